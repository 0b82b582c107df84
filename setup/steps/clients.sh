#!/usr/bin/env bash
# What the tests of the server talk to it with: the official clients for Python and Node, and the
# suites of others that try its interface, its MCP, its metrics and its page, in a virtual environment
# and a node_modules of the cache. For ./check. MCP's suite wants a newer Node than Debian has, which
# comes as a package too.
set -euo pipefail
# shellcheck source=../paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../paths.sh"
# shellcheck source=../common.sh
source "$LECTERN_SETUP_DIR/common.sh"

with_lock clients
! artefact_ready clients || exit 0
need python3 python3
need node nodejs
need npm npm

work=$LECTERN_CACHE/.work/clients
rm -rf "$work" "$CLIENTS_DIR"
mkdir -p "$work/node"
python3 -m venv "$CLIENTS_DIR/python" ||
    die "python3 makes no virtual environment" "install it (Debian: apt-get install python3-venv), then run the same command again"
"$CLIENTS_DIR/python/bin/python" -m pip install --no-deps --no-input --progress-bar off \
    --disable-pip-version-check --retries 5 --timeout 60 \
    --requirement "$LECTERN_SETUP_DIR/clients/requirements.txt" ||
    die "pip could not install the test clients" \
        "check the network and the proxy settings (pip config list), then run the same command again"
cp "$LECTERN_SETUP_DIR/clients/package.json" "$LECTERN_SETUP_DIR/clients/package-lock.json" "$work/node/"
(cd "$work/node" && npm ci --ignore-scripts --no-audit --no-fund) ||
    die "npm could not install the test clients" \
        "check the network and the proxy settings (npm config list), then run the same command again"
mv -T "$work/node" "$CLIENTS_DIR/node"
# promtool alone, out of Debian's package: installed, that starts a Prometheus. Elsewhere its test
# takes the promtool that is there, or says that there is none.
if command -v apt-get >/dev/null 2>&1; then
    (cd "$work" && apt-get download prometheus && dpkg-deb --fsys-tarfile prometheus_*.deb |
        tar -x --strip-components=3 -C "$CLIENTS_DIR" ./usr/bin/promtool) ||
        die "apt-get could not download the package prometheus, of which the tests use promtool" \
            "run apt-get update, then the same command again"
fi
rm -rf "$work"
touch "$CLIENTS_DIR/complete"
