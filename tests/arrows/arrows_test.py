#!/usr/bin/env python3
"""Fails when a file includes a header of a room that its own room may not know: arrows.txt."""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)
SOURCES = {".c", ".cc", ".cpp", ".h", ".hpp", ".inc"}
# Of no room: what the build makes, and what other projects wrote.
SKIPPED = ("build", ".git")


def read_rules(text):
    rooms, libraries = {}, {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        if " only " in line:
            prefix, allowed = line.split(" only ")
            libraries[prefix] = allowed.split()
        elif ":" in line:
            room, allowed = line.split(":")
            rooms[room] = allowed.split()
        else:
            sys.exit(f"arrows.txt:{number}: neither 'ROOM: ROOMS' nor 'HEADERS only ROOM'")
    return rooms, libraries


def lies_in(path, room):
    return path == room or path.startswith(room + "/")


def is_test(path):
    return bool(re.search(r"_(test|bench)\.|/testdata/|/testing/|/test_\w+\.hpp$", path))


class Rooms:
    def __init__(self, root, rules):
        self.rooms, self.libraries = rules
        self.tops = {path.name for path in root.iterdir() if path.is_dir()}
        plugins = root / "plugins"
        self.plugins = {path.name for path in plugins.iterdir() if path.is_dir()}

    def room_of(self, path):
        known = [room for room in self.rooms if lies_in(path, room)]
        return max(known, key=len, default=None)

    def header_path(self, header):
        """Where a header of the project lies, as rooms name it; None: a library's, or beside."""
        top = header.split("/")[0]
        if top == "lectern":
            return header
        if "/" not in header:
            return None
        if top in self.tops:
            return header
        return "plugins/" + header if top in self.plugins else None

    def wrong(self, path, header):
        """Why `path` may not include `header`; None when it may."""
        for prefix, allowed in self.libraries.items():
            if header.startswith(prefix) and not any(lies_in(path, room) for room in allowed):
                if not lies_in(path, "tests"):
                    return f"<{prefix}…> is for {', '.join(allowed)} alone"
        target = self.header_path(header)
        if target is None:
            return None
        room = self.room_of(path)
        if room is None:
            return "its folder is in no line of arrows.txt"
        allowed = self.rooms[room] + [room]
        if room == "include":
            allowed.append("lectern")
        if is_test(path):
            allowed += ["tests", "storage/testing", "lectern"]
        if "*" in allowed or any(lies_in(target, one) for one in allowed):
            return None
        return f"{room} may include {', '.join(allowed)}"

    def check(self, path, text):
        found = []
        for match in INCLUDE.finditer(text):
            why = self.wrong(path, match.group(1))
            if why:
                line = text.count("\n", 0, match.start(1)) + 1
                found.append(f"{path}:{line}: includes {match.group(1)}, but {why}")
        return found


def sources(root):
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root).as_posix()
        if path.suffix in SOURCES and not relative.startswith(SKIPPED):
            yield relative, path.read_text(encoding="utf-8", errors="replace")


# A rule that lets everything through would go unnoticed.
MUST_FAIL = [
    ("engine/search/query.cpp", "storage/store/store.hpp"),
    ("engine/collection/collection.cpp", "index/vector/vector_index.hpp"),
    ("engine/sync/sync.cpp", "rocksdb/db.h"),
    ("corpus/corpus.hpp", "faiss/Index.h"),
    ("storage/store/store.cpp", "engine/search/query.hpp"),
    ("index/lexical/search.cpp", "corpus/corpus.hpp"),
    ("plugins/office/docx.cpp", "engine/pipeline/pipeline.hpp"),
    ("apps/cli/search.cpp", "corpus/corpus.hpp"),
    ("apps/server/work/jobs.cpp", "apps/server/openai/openai.hpp"),
    ("apps/server/http/parser.cpp", "apps/server/work/collections.hpp"),
    ("a_new_room/a.cpp", "text/text.hpp"),
]
MUST_PASS = [
    ("engine/search/query.cpp", "corpus/corpus.hpp"),
    ("corpus/local/local.cpp", "index/vector/vector_index.hpp"),
    ("plugins/office/docx.cpp", "documents/xml.hpp"),
    ("apps/cli/search.cpp", "lectern/lectern.hpp"),
    ("storage/store/database.cpp", "rocksdb/db.h"),
]


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    text = (pathlib.Path(__file__).parent / "arrows.txt").read_text(encoding="utf-8")
    rooms = Rooms(root, read_rules(text))
    problems = [f"let through: {path} includes {header}"
                for path, header in MUST_FAIL if not rooms.check(path, f'#include "{header}"\n')]
    problems += [f"refused: {path} includes {header}"
                 for path, header in MUST_PASS if rooms.check(path, f'#include "{header}"\n')]
    count = 0
    for path, text in sources(root):
        count += 1
        problems += rooms.check(path, text)
    print("\n".join(problems) or f"{count} files, every include goes the way it may")
    return 1 if problems or count < 500 else 0


if __name__ == "__main__":
    sys.exit(main())
