#!/usr/bin/env bash
# Installs the S3 server that the tests of media in a bucket are run against (moto, from PyPI, at the versions that
# requirements.txt pins) into the folder S3_SERVER_DIR, by default target/s3-server in the repository. Once; anew when the pins change.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${S3_SERVER_DIR:-$here/../../target/s3-server}
mkdir -p "$folder"
pins=$(sha256sum < "$here/requirements.txt")
if [ "$(cat "$folder/pins" 2>/dev/null || true)" != "$pins" ]; then
    rm -rf "$folder/python"
    python3 -m venv "$folder/python"
    "$folder/python/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    echo "$pins" > "$folder/pins"
fi
