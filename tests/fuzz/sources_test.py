#!/usr/bin/env python3
"""A fuzz target that names its sources names all that these need. Under clang it is linked of them
alone, which is seen by none of the other builds: a function that moves into a file of its own would
be missed there, long after.

usage: sources_test.py ROOT LIST      a line of LIST: target TAB its files TAB its libraries' files
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
# Files that are compiled together (cmake's lectern_group): it includes them, from the root.
GROUP = re.compile(r"_group_[0-9]+\.cpp$")
# Where an include of the project is looked for, beside the folder of the file itself.
FOLDERS = ("", "plugins", "include")
# Headers of which the target uses what stands in the header itself.
HEADER_ALONE = {
    "http_json": {"apps/server/api/scope.cpp", "apps/server/http/media_type.cpp"},
    "lexical_rows": {"index/lexical/state.cpp", "storage/store/types.cpp"},
    "linear_classifier": {"plugins/tasks/logistic_regression.cpp"},
    "marian": {"plugins/translate/bytes.cpp"},
    "option_schema": {"api/schema.cpp"},
    "storage": {"storage/store/sources.cpp"},
    "vector_segment": {"index/vector/vector_index.cpp"},
}


def included(root, source):
    """The project's headers that the file includes, and those of the headers that belong to it: its own, of the same
    name, and any that no file implements, for what stands in them is compiled with it."""
    found, left = {}, [source]
    while left:
        file = left.pop()
        for header in INCLUDE.findall((root / file).read_text(encoding="utf-8")):
            for folder in (pathlib.PurePath(file).parent, *FOLDERS):
                if (root / folder / header).is_file():
                    path = (root / folder / header).resolve().relative_to(root)
                    if path not in found:
                        found[path] = path.with_suffix(".cpp")
                        if str(found[path]) == source or not (root / found[path]).is_file():
                            left.append(path)
                    break
    return found


def implementations(root, source):
    """The other files that implement what the source includes."""
    for file in included(root, source).values():
        if str(file) != source and (root / file).is_file():
            yield str(file)


def ungrouped(root, files):
    for file in files:
        if GROUP.search(file):
            yield from INCLUDE.findall((root / file).read_text(encoding="utf-8"))
        else:
            yield file


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    wrong, targets = [], 0
    for line in pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").splitlines():
        name, sources, others = line.split("\t")
        sources = sources.split(";")
        known = set(sources) | set(ungrouped(root, filter(None, others.split(";"))))
        known |= HEADER_ALONE.get(name, set())
        targets += 1
        for source in [*sources, f"tests/fuzz/targets/{name}.cpp"]:
            wrong += [f"fuzz_{name} lacks {other}, of which {source} includes the header"
                      for other in implementations(root, source) if other not in known]
    for line in wrong:
        print(line)
    if wrong:
        sys.exit("add them to the target's SOURCES in tests/fuzz/CMakeLists.txt; a header of which it "
                 "needs no more than what stands in it goes into HEADER_ALONE in sources_test.py")
    if targets < 10:
        sys.exit(f"only {targets} targets name their sources: the list is not what it was")


main()
