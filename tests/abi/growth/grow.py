#!/usr/bin/env python3
"""Writes the headers of a later minor version: every struct of plugin.h that begins with struct_size
has two more fields at its end, and the minor version is one higher.

usage: grow.py INCLUDE OUT      INCLUDE/lectern/plugin.h and plugin.hpp to OUT/lectern/, with code.h
"""
import pathlib
import re
import sys


def grown(header):
    """The text of plugin.h with larger structs, and how many there are."""
    minor = re.compile(r"(#define LECTERN_ABI_MINOR )(\d+)u")
    header, count = minor.subn(lambda found: f"{found[1]}{int(found[2]) + 1}u", header)
    if count != 1:
        raise SystemExit("plugin.h has no line that defines LECTERN_ABI_MINOR")
    struct = re.compile(
        r"(typedef struct (lectern_\w+) \{\n    uint32_t struct_size;.*?\n)(\} \2;)", re.DOTALL)
    return struct.subn(r"\1    uint64_t later_1;\n    uint64_t later_2;\n\3", header)


def main():
    include, out = map(pathlib.Path, sys.argv[1:])
    header, structs = grown((include / "lectern/plugin.h").read_text(encoding="utf-8"))
    # All but lectern_text and lectern_range, which are values.
    every = header.count("typedef struct lectern_")
    if structs != every - 2:
        raise SystemExit(f"{structs} of {every - 2} structs have grown")
    (out / "lectern").mkdir(parents=True, exist_ok=True)
    (out / "lectern/plugin.h").write_text(header, encoding="utf-8")
    for name in ("plugin.hpp", "code.h"):
        text = (include / "lectern" / name).read_text(encoding="utf-8")
        (out / "lectern" / name).write_text(text, encoding="utf-8")


main()
