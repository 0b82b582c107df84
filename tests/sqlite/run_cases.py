#!/usr/bin/env python3
"""Runs cases in the format of sqllogictest: run_cases.py EXTENSION CASES.test…

Each file has a folder of its own, with small.yaml, a pipeline of a few words (small_model.py), and
the database test.db. Of the format:

    statement ok [CONNECTION]             the statement below works
    statement error [CONNECTION]          it fails; behind a line "----" stands a part of the message
    query TYPES [SORT] [CONNECTION]       T text, I a whole number, R three digits behind the point;
                                          SORT: nosort, rowsort or valuesort; behind "----" the values,
                                          one a line, NULL and (empty) for what has no letters
    restart                               closes all connections
    remove NAME                           a file or folder that must be there
    exists NAME, missing NAME
    halt                                  ends the file
    # a comment

A connection is opened on test.db when its name is first used; "memory" is one without a file.
"""

import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile

import small_model

SORTS = ("nosort", "rowsort", "valuesort")


class Wrong(Exception):
    """A case that does not hold."""


class Cases:
    def __init__(self, extension, path):
        self.extension = extension
        self.path = path
        self.connections = {}
        self.count = 0

    def connection(self, name):
        if name not in self.connections:
            database = sqlite3.connect(":memory:" if name == "memory" else "test.db", isolation_level=None, timeout=5)
            database.enable_load_extension(True)
            database.load_extension(self.extension)
            self.connections[name] = database
        return self.connections[name]

    def close(self):
        for database in self.connections.values():
            database.close()
        self.connections = {}

    def run(self):
        lines = self.path.read_text(encoding="utf-8").split("\n")
        records, begin = [], None
        for at, line in enumerate([*lines, ""]):
            if line.startswith("#"):
                continue
            if line.strip() and begin is None:
                begin = at
            elif not line.strip() and begin is not None:
                records.append((begin, [one for one in lines[begin:at] if not one.startswith("#")]))
                begin = None
        for line, record in records:
            if record[0] == "halt":
                break
            try:
                self.record(record)
            except (Wrong, sqlite3.Error) as wrong:
                raise Wrong(f"{self.path.name}:{line + 1}: {wrong}\n  " + "\n  ".join(record)) from None
            self.count += 1
        self.close()

    def record(self, record):
        kind, *words = record[0].split()
        rest = record[1:]
        split = rest.index("----") if "----" in rest else len(rest)
        sql, expected = "\n".join(rest[:split]), rest[split + 1 :]
        if kind == "statement":
            self.statement(words[0], words[1] if len(words) > 1 else "main", sql, expected)
        elif kind == "query":
            sort = words[1] if len(words) > 1 and words[1] in SORTS else "nosort"
            connection = next((word for word in words[1:] if word not in SORTS), "main")
            self.query(words[0], sort, connection, sql, expected)
        elif kind == "restart":
            self.close()
        elif kind == "remove":
            path = pathlib.Path(words[0])
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        elif kind in ("exists", "missing"):
            if pathlib.Path(words[0]).exists() != (kind == "exists"):
                raise Wrong("there are " + ", ".join(sorted(os.listdir("."))))
        else:
            raise Wrong(f"'{kind}' is not known")

    def statement(self, wanted, connection, sql, expected):
        try:
            self.connection(connection).execute(sql).fetchall()
        except sqlite3.Error as error:
            if wanted == "ok":
                raise
            if not expected:
                raise Wrong("a part of the message is wanted behind ----") from None
            for part in expected:
                if part not in str(error):
                    raise Wrong(f"the error is: {error}") from None
            return
        if wanted != "ok":
            raise Wrong("it works")

    def query(self, types, sort, connection, sql, expected):
        rows = self.connection(connection).execute(sql).fetchall()
        shown = []
        for row in rows:
            if len(row) != len(types):
                raise Wrong(f"a row has {len(row)} columns")
            shown.append([show(value, kind) for value, kind in zip(row, types)])
        if sort == "rowsort":
            shown.sort()
        values = [value for row in shown for value in row]
        if sort == "valuesort":
            values.sort()
        if values != expected:
            raise Wrong("the values are:\n" + "\n".join(values))


def show(value, kind):
    if value is None:
        return "NULL"
    if kind == "R":
        return f"{value:.3f}"
    if kind == "I":
        return str(int(value))
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text.replace("\n", "\\n").replace("\0", "\\0") or "(empty)"


def main():
    extension, *files = sys.argv[1:]
    extension = str(pathlib.Path(extension).resolve().with_suffix(""))
    failed = 0
    for path in [pathlib.Path(file).resolve() for file in files]:
        with tempfile.TemporaryDirectory(prefix="lectern sqlite ") as name:
            small_model.write(pathlib.Path(name))
            os.chdir(name)
            cases = Cases(extension, path)
            try:
                cases.run()
                print(f"{path.name}: {cases.count} cases hold")
            except Wrong as wrong:
                print(f"FAILED: {wrong}")
                failed += 1
            finally:
                cases.close()
                os.chdir("/")
    assert files, "no cases"
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
