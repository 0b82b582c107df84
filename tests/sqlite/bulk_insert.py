#!/usr/bin/env python3
"""How fast rows come into a table, beside `lectern ingest` of the same rows.

    bulk_insert.py [EXTENSION LECTERN] [--rows N] [--pipeline NAME]

Without names they are those of build/. Wanted is a ratio of .8 by the clock. Both are processes of
their own, which load the models, embed the same texts and end when all is on disk; one after the
other, twice, and the better time counts. On a machine that is busy with other work look at the
processor's time, which is printed beside it.
"""

import argparse
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

INSERT = """
import json, sqlite3, sys
extension, pipeline = sys.argv[1:]
database = sqlite3.connect("rows.db", isolation_level=None)
database.enable_load_extension(True)
database.load_extension(extension)
database.execute(f"CREATE VIRTUAL TABLE t USING lectern(title, body, n UNINDEXED, pipeline='{pipeline}')")
database.execute("BEGIN")
for line in open("rows.jsonl", encoding="utf-8"):
    row = json.loads(line)
    database.execute("INSERT INTO t VALUES (?, ?, ?)", (row["title"], row["text"], row["n"]))
database.execute("COMMIT")
database.close()
"""

CHECK = """
import sqlite3, sys
database = sqlite3.connect("rows.db", isolation_level=None)
database.enable_load_extension(True)
database.load_extension(sys.argv[1])
count = lambda what: database.execute("SELECT count(*) FROM " + what).fetchone()[0]
assert count("t") == count("t WHERE t MATCH 'the' AND mode = 'dense'") + count("lectern_refused('t')")
database.close()
"""


def seconds(*command):
    """Seconds by the clock, and of the processor."""
    begin, before = time.monotonic(), os.times()
    words = [str(word) for word in command]
    done = subprocess.run(words, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=3000)
    # 2: some rows were refused, as a model of words does that knows none of them; so the table does.
    assert done.returncode in (0, 2), done.stderr.decode()
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - begin, used


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    build = pathlib.Path(__file__).resolve().parents[2] / "build"
    parser.add_argument("extension", type=pathlib.Path, nargs="?", default=build / "lib/lectern/sqlite/lectern.so")
    parser.add_argument("lectern", type=pathlib.Path, nargs="?", default=build / "bin/lectern")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--pipeline", default="search-only")
    context = parser.parse_args()
    for file in (context.extension, context.lectern):
        if not file.is_file():
            sys.exit(f"{file} is not there; build first, or name the extension and the program")
    if not hasattr(sqlite3.Connection, "enable_load_extension"):
        sys.exit(f"the module sqlite3 of {sys.executable} loads no extensions; take the system's python3")
    extension, program = context.extension.resolve().with_suffix(""), context.lectern.resolve()
    if pathlib.Path(context.pipeline).is_file():
        context.pipeline = str(pathlib.Path(context.pipeline).resolve())
    samples = sorted((pathlib.Path(__file__).resolve().parents[2] / "samples").glob("*.md"))
    words = " ".join(sample.read_text(encoding="utf-8") for sample in samples).split()
    dice = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="lectern rows ") as folder:
        os.chdir(folder)
        with open("rows.jsonl", "w", encoding="utf-8") as rows:
            for number in range(context.rows):
                at = dice.randrange(len(words) - 200)
                text = " ".join(words[at : at + dice.randrange(60, 180)])
                rows.write(json.dumps({"_id": str(number), "title": f"Row {number}", "text": text, "n": number}) + "\n")
        table, command = [], []
        for _ in range(2):
            table.append(seconds(sys.executable, "-c", INSERT, extension, context.pipeline))
            seconds(sys.executable, "-c", CHECK, extension)
            command.append(seconds(program, "ingest", "-c", "collection", "--pipeline", context.pipeline, "rows.jsonl"))
            subprocess.run(["rm", "-rf", "collection", "rows.db", "rows.db-t.lectern"], check=True)
        os.chdir("/")
    print(f"{context.rows} rows, pipeline {context.pipeline}")
    for what, place in (("by the clock", 0), ("of the processor", 1)):
        ours, theirs = (min(times[place] for times in both) for both in (table, command))
        print(f"{what}: INSERT {ours:.1f} s, lectern ingest {theirs:.1f} s; the table is {theirs / ours:.2f} times as fast")


if __name__ == "__main__":
    main()
