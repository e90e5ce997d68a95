#!/usr/bin/env bash
# Checks the two published documents with validators that are not ours; anything they say is a failure.
# Usage: tests/openapi/run.sh openapi.json openapi-3.0.json
# The tools are installed once, at the versions that requirements.txt and package-lock.json pin, into the folder
# OPENAPI_CHECKS_DIR (by default target/openapi-checks in the repository).
set -euo pipefail

if [ $# -ne 2 ]; then
    echo "usage: $0 OPENAPI_3_1 OPENAPI_3_0" >&2
    exit 2
fi
newer=$(realpath "$1")
older=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
tools=${OPENAPI_CHECKS_DIR:-$here/../../target/openapi-checks}
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)

# Installed anew when the pins change.
pins=$(cat "$here/requirements.txt" "$here/package-lock.json" | sha256sum)
if [ "$(cat "$tools/pins" 2>/dev/null || true)" != "$pins" ]; then
    rm -rf "$tools/python" "$tools/node_modules"
    python3 -m venv "$tools/python"
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    cp "$here/package.json" "$here/package-lock.json" "$tools/"
    (cd "$tools" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    echo "$pins" > "$tools/pins"
fi

failed=0
"$tools/python/bin/python" "$here/check.py" "$newer" "$older" || failed=1

# Neither tool may ask the network for a newer version of itself or send what it sees.
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
for document in "$newer" "$older"; do
    "$tools/node_modules/.bin/spectral" lint --ruleset "$here/.spectral.yaml" --fail-severity hint "$document" || failed=1
    report=$("$tools/node_modules/.bin/redocly" lint --config "$here/redocly.yaml" --format json "$document" 2> /dev/null || true)
    printf '%s' "$report" | "$tools/python/bin/python" "$here/count_problems.py" "$document" || failed=1
done

if [ "$failed" -ne 0 ]; then
    echo "The documents are not fit to be published." >&2
fi
exit "$failed"
