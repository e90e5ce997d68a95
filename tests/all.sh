#!/usr/bin/env bash
# All checks, in the order of their cost. On Debian and Ubuntu it installs the packages it needs where they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=()
need() { # command package
    command -v "$1" >/dev/null 2>&1 || packages+=("$2")
}
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages+=(postgresql)
need openssl openssl
[ -x /usr/sbin/nginx ] || need nginx nginx-light
need chromium chromium
need node nodejs
need npm npm
need python3 python3
python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || packages+=(python3-venv)
if [ "${#packages[@]}" -gt 0 ]; then
    echo "== installing Debian packages: ${packages[*]}"
    as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -q
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}"
fi

step() {
    echo
    echo "== $* ($(date -u +%H:%M:%S))"
}

step formatting
cargo fmt --all --check

step tests
# Most tests wait for a disk, a database or a client more than they calculate: more of them at once than there are cores.
cargo test --workspace --locked -- --test-threads "$(($(nproc) * 2))"

step lints
cargo clippy --workspace --all-targets --locked -- -D warnings

step documentation
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

step "API document, clients, browser"
tests/interface.sh

echo
echo "== all checks passed ($(date -u +%H:%M:%S))"
