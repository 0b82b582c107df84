#!/usr/bin/env bash
# Checks (or with --fix, corrects) the format of all C and C++ files of the project.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
mode=(--dry-run -Werror)
[[ ${1:-} != --fix ]] || mode=(-i)
tool=
for candidate in clang-format-14 clang-format; do
    if command -v "$candidate" >/dev/null 2>&1; then
        tool=$candidate
        break
    fi
done
if [[ -z $tool ]]; then
    echo "error: clang-format is missing; install it (Debian: apt-get install clang-format-14)" >&2
    exit 1
fi
# Another major version formats differently and would contradict the check.
version=$("$tool" --version)
if [[ $version != *"version 14."* ]]; then
    echo "clang-format 14 decides the format; this is $version: not checked"
    exit 0
fi
find . -path './build*' -prune -o -path ./.git -prune -o \
    -type f \( -name '*.c' -o -name '*.h' -o -name '*.cpp' -o -name '*.hpp' \) -print0 |
    xargs -0 -r -P "$(nproc)" -n 16 "$tool" "${mode[@]}"
