#!/usr/bin/env bash
# The published interface under programs that are not ours: validators, generated clients, a browser.
# Called by tests/all.sh; needs node, npm, python3 and chromium. What it installs goes to target/interface.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
tools=$root/target/interface
mkdir -p "$tools"

cargo build --locked -p masthead-server
masthead=${CARGO_TARGET_DIR:-$root/target}/debug/masthead

echo "-- validators"
OPENAPI_CHECKS_DIR=$tools/openapi tests/openapi/run.sh openapi/openapi.json openapi/openapi-3.0.json

echo "-- a server"
data=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
email=client@paper.example
# Made for this run and gone with it.
password=$(openssl rand -base64 24)
base=http://127.0.0.1:$port
MASTHEAD_DATA_DIR=$data MASTHEAD_BIND=127.0.0.1:$port MASTHEAD_ADMIN_EMAIL=$email MASTHEAD_ADMIN_PASSWORD=$password "$masthead" serve 2> "$data/log" &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$data"' EXIT
for _ in $(seq 100); do
    curl --silent --fail --output /dev/null "$base/health/ready" && break
    kill -0 $server 2>/dev/null || { cat "$data/log"; exit 1; }
    python3 -c 'import time; time.sleep(0.1)'
done

echo "-- served as printed"
for pair in openapi.json: openapi-3.0.json:--3.0; do
    # shellcheck disable=SC2086
    "$masthead" openapi ${pair#*:} > "$data/printed.json"
    curl --silent --fail "$base/${pair%%:*}" | cmp - "$data/printed.json"
    cmp "$data/printed.json" "openapi/${pair%%:*}"
done

echo "-- TypeScript"
mkdir -p "$tools/typescript"
cp tests/clients/typescript/* "$tools/typescript/"
(
    cd "$tools/typescript"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    node_modules/.bin/openapi-typescript "$root/openapi/openapi.json" --default-non-nullable=false --output schema.ts
    node_modules/.bin/tsc
    node built/round_trip.js "$base" "$email" "$password"
)

echo "-- Python"
[ -x "$tools/python/bin/python" ] || python3 -m venv "$tools/python"
"$tools/python/bin/pip" install --quiet --disable-pip-version-check --requirement tests/clients/python/requirements.txt
rm -rf "$tools/masthead-client"
(cd "$tools" && PATH=$tools/python/bin:$PATH python/bin/openapi-python-client generate --path "$root/openapi/openapi.json" --output-path masthead-client --fail-on-warning --meta none 2>&1) | tee "$data/generator"
if grep -qi warning "$data/generator"; then
    echo "openapi-python-client warns" >&2
    exit 1
fi
rm -rf "$tools/site" && mkdir -p "$tools/site" && cp -r "$tools/masthead-client" "$tools/site/masthead_client"
PYTHONPATH=$tools/site "$tools/python/bin/python" tests/clients/python/round_trip.py "$base" "$email" "$password"

echo "-- calendars"
"$tools/python/bin/python" tests/clients/python/calendar_check.py "$base" "$email" "$password"
node "$tools/typescript/calendar.mjs" "$base"

echo "-- browser"
mkdir -p "$tools/browser"
cp tests/browser/*.json tests/browser/*.mjs "$tools/browser/"
(cd "$tools/browser" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
node "$tools/browser/docs.mjs" "$base"
