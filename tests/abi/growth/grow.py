#!/usr/bin/env python3
"""Writes the headers of a later minor version: every struct of the plugin ABI that begins with
struct_size has two more fields at its end, and the minor version is one higher.

usage: grow.py INCLUDE OUT      lectern/plugin.h, plugin.hpp, plugin/ and code.h of INCLUDE to OUT
"""
import pathlib
import re
import sys

MINOR = re.compile(r"(#define LECTERN_ABI_MINOR )(\d+)u")
STRUCT = re.compile(
    r"(typedef struct (lectern_\w+) \{\n    uint32_t struct_size;.*?\n)(\} \2;)", re.DOTALL)


def grown(header):
    """The text of a header with larger structs, how many these are, and of how many."""
    header, structs = STRUCT.subn(r"\1    uint64_t later_1;\n    uint64_t later_2;\n\3", header)
    return header, structs, header.count("typedef struct lectern_")


def later(header):
    """The text of a header with the next minor version, and whether it defines one."""
    return MINOR.subn(lambda found: f"{found[1]}{int(found[2]) + 1}u", header)


def main():
    include, out = map(pathlib.Path, sys.argv[1:])
    structs, every, versions = 0, 0, 0
    files = [include / "lectern" / name for name in ("plugin.h", "plugin.hpp", "code.h")]
    for file in files + sorted((include / "lectern/plugin").iterdir()):
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".h":
            text, larger, all_of_it = grown(text)
            text, version = later(text)
            structs, every, versions = structs + larger, every + all_of_it, versions + version
        copy = out / file.relative_to(include)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")
    if versions != 1:
        raise SystemExit(f"{versions} lines define LECTERN_ABI_MINOR")
    # All but lectern_text and lectern_range, which are values.
    if structs != every - 2 or structs < 30:
        raise SystemExit(f"{structs} of {every - 2} structs have grown")


main()
