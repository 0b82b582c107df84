#!/usr/bin/env bash
# What the tests of the Python package run with: LangChain, Haystack and LlamaIndex with their own
# tests, pytest and mypy, in a virtual environment of the cache; sqlite-vec for those of the extension
# for SQLite. For ./check.
set -euo pipefail
# shellcheck source=../paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../paths.sh"
# shellcheck source=../common.sh
source "$LECTERN_SETUP_DIR/common.sh"

with_lock python
! artefact_ready python || exit 0
need python3 python3
python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
    die "the pinned packages are for Python 3.11, and python3 is $(python3 --version)" \
        "put a Python 3.11 first in PATH (Debian 12 has it)"

rm -rf "$PYTHON_DIR"
python3 -m venv "$PYTHON_DIR" ||
    die "python3 makes no virtual environment" "install it (Debian: apt-get install python3-venv), then run the same command again"
"$PYTHON_DIR/bin/python" -m pip install --no-deps --require-hashes --only-binary :all: --no-input \
    --progress-bar off --disable-pip-version-check --retries 5 --timeout 60 \
    --requirement "$LECTERN_SETUP_DIR/python/requirements.txt" ||
    die "pip could not install what the tests of the Python package need" \
        "check the network and the proxy settings (pip config list), then run the same command again"
touch "$PYTHON_DIR/complete"
