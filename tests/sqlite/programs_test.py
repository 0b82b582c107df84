#!/usr/bin/env python3
"""The extension in the programs that load it: programs_test.py CASE --extension FILE [--program FILE]
[--clients FOLDER].

c: a program of our own. shell: sqlite3. python: Python's module, with threads, a backup, and two
processes of which one has the index. interrupt: what takes long is interrupted. vec: beside sqlite-vec,
which is in the environment of the clients (setup/third-party.sh python). bert: the models that ship.
"""

import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading

import small_model


def output_of(*command, stdin=None):
    done = subprocess.run(
        [str(word) for word in command], input=stdin, capture_output=True, text=True, timeout=250, check=False
    )
    print(done.stdout, done.stderr, flush=True)
    assert done.returncode == 0, done.returncode
    return done.stdout


def connect(context, name="test.db"):
    database = sqlite3.connect(name, isolation_level=None, timeout=60, check_same_thread=False)
    database.enable_load_extension(True)
    database.load_extension(str(context.extension))
    return database


def found(database, query, table="notes"):
    sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND mode = 'lexical'"
    return sorted(row[0] for row in database.execute(sql, (query,)))


def case_c(context):
    assert "all is well" in output_of(context.program, context.extension)
    assert not pathlib.Path("program.db-notes.lectern").exists()


SHELL = """
.load {extension}
.bail on
CREATE VIRTUAL TABLE notes USING lectern(body, year UNINDEXED, pipeline='small.yaml');
INSERT INTO notes VALUES ('The moon raises tides.', 2016), ('Bread is baked in the oven.', 2010);
SELECT rowid, snippet(notes) FROM notes WHERE notes MATCH 'oven' AND year < 2015 ORDER BY score DESC LIMIT 1;
INSERT INTO notes(notes) VALUES ('integrity-check');
.print the dump
.dump
"""


def case_shell(context):
    said = output_of("sqlite3", "test.db", stdin=SHELL.format(extension=context.extension))
    answer, dump = said.split("the dump\n")
    assert answer == "2|Bread is baked in the oven.\n", answer
    assert pathlib.Path("test.db-notes.lectern/store").is_dir()
    # A dump makes the same table elsewhere, with an index of its own.
    load = f".load {context.extension}\n"
    output_of("sqlite3", "again.db", stdin=load + dump)
    query = "SELECT rowid FROM notes WHERE notes MATCH 'oven' AND mode = 'lexical';\n"
    assert output_of("sqlite3", "again.db", stdin=load + query) == "2\n"
    assert pathlib.Path("again.db-notes.lectern/store").is_dir()
    # Who did not load it is told so.
    bare = subprocess.run(["sqlite3", "test.db", "SELECT * FROM notes"], capture_output=True, text=True, check=False)
    assert bare.returncode != 0 and "no such module: lectern" in bare.stderr, bare.stderr


OTHER = """
import sqlite3, sys
database = sqlite3.connect("test.db", isolation_level=None, timeout=60)
database.enable_load_extension(True)
database.load_extension(sys.argv[1])
for line in sys.stdin:
    try:
        print("rows", database.execute(line).fetchall(), flush=True)
    except sqlite3.Error as error:
        print("error", error, flush=True)
"""


class Other:
    """A process with a connection of its own."""

    def __init__(self, context):
        self.child = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(context.extension)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, sql):
        self.child.stdin.write(sql + "\n")
        self.child.stdin.flush()
        return self.child.stdout.readline().rstrip("\n")

    def end(self):
        self.child.stdin.close()
        assert self.child.wait(timeout=60) == 0


def two_processes(context):
    database = connect(context)
    database.execute("CREATE VIRTUAL TABLE notes USING lectern(body, pipeline='small.yaml')")
    database.execute("INSERT INTO notes VALUES ('the moon'), ('the bread')")
    other = Other(context)
    # The other reads and writes the table; to search is for the one that has the index.
    assert other.ask("SELECT count(*) FROM notes") == "rows [(2,)]"
    assert other.ask("INSERT INTO notes VALUES ('the cheese')") == "rows []"
    assert other.ask("DELETE FROM notes WHERE rowid = 1") == "rows []"
    said = other.ask("SELECT rowid FROM notes WHERE notes MATCH 'moon'")
    assert said.startswith("error") and "open in another process" in said and str(os.getpid()) in said, said
    assert found(database, "cheese moon") == [3]
    database.execute("INSERT INTO notes(notes) VALUES ('integrity-check')")
    # A rebuild by one that has not the index is made by the one that has.
    assert other.ask("INSERT INTO notes(notes) VALUES ('rebuild')") == "rows []"
    assert found(database, "cheese bread") == [2, 3]
    database.execute("INSERT INTO notes(notes) VALUES ('integrity-check')")
    # It is free when that one has closed its connection.
    assert other.ask("INSERT INTO notes VALUES ('the butter')") == "rows []"
    database.close()
    said = other.ask("SELECT rowid FROM notes WHERE notes MATCH 'butter' AND mode = 'lexical'")
    assert said == "rows [(4,)]", said
    other.end()


def threads(context):
    """Readers and a writer at once, each with a connection of its own."""
    writer = connect(context, "threads.db")
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("CREATE VIRTUAL TABLE notes USING lectern(body, n UNINDEXED, pipeline='small.yaml')")
    writer.execute("INSERT INTO notes(rowid, body, n) VALUES (1, 'the moon', 0)")
    ended, wrong = threading.Event(), []

    def read():
        database = connect(context, "threads.db")
        try:
            while not ended.is_set():
                rows = database.execute("SELECT rowid, body, n FROM notes WHERE notes MATCH 'moon' AND n >= 0").fetchall()
                # Each row whole, in one state: the text and the number were written together.
                wrong.extend(row for row in rows if row[1] != "the moon" + " moon" * row[2])
        except sqlite3.Error as error:
            wrong.append(error)
        database.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for i in range(40):
        writer.execute("BEGIN")
        writer.execute("UPDATE notes SET body = 'the moon' || ?, n = ? WHERE rowid = 1", (" moon" * (i % 7), i % 7))
        writer.execute("INSERT INTO notes(body, n) VALUES ('the moon', 0)")
        writer.execute("ROLLBACK" if i % 5 == 4 else "COMMIT")
    ended.set()
    for reader in readers:
        reader.join()
    assert not wrong, wrong[:3]
    assert writer.execute("SELECT count(*) FROM notes WHERE notes MATCH 'moon'").fetchone() == (33,)
    writer.execute("INSERT INTO notes(notes) VALUES ('integrity-check')")
    writer.close()


def backup(context):
    """SQLite's own backup of a database whose index is open: the copy makes an index of its own."""
    database = connect(context, "origin.db")
    database.execute("CREATE VIRTUAL TABLE notes USING lectern(body, pipeline='small.yaml')")
    database.execute("INSERT INTO notes(rowid, body) VALUES (1, 'the moon'), (2, 'the bread')")
    assert found(database, "moon") == [1]
    target = sqlite3.connect("copied.db")
    database.backup(target)
    target.close()
    database.execute("UPDATE notes SET body = 'the cheese' WHERE rowid = 1")
    copy = connect(context, "copied.db")
    assert found(copy, "moon cheese") == [1]
    assert pathlib.Path("copied.db-notes.lectern/store").is_dir()
    copy.execute("INSERT INTO notes(rowid, body) VALUES (3, 'the oven')")
    assert (found(copy, "oven"), found(database, "oven cheese")) == ([3], [1])
    for one in (copy, database):
        one.execute("INSERT INTO notes(notes) VALUES ('integrity-check')")
        one.close()


def case_python(context):
    database = connect(context, "first.db")
    database.execute("CREATE VIRTUAL TABLE notes USING lectern(body, pipeline='small.yaml')")
    with database:
        database.executemany("INSERT INTO notes VALUES (?)", [("The moon raises tides.",), ("Bread is baked.",)])
    assert found(database, "bread") == [2]
    (blob,) = database.execute("SELECT lectern_embed('moon', 'notes')").fetchone()
    assert len(struct.unpack("4f", blob)) == 4
    # An ending without a close leaves nothing undone.
    code = OTHER.replace("for line in sys.stdin:", "for line in ['INSERT INTO notes VALUES (\"the oven\")']:")
    output_of(sys.executable, "-c", code.replace("test.db", "first.db"), context.extension)
    database.close()
    database = connect(context, "first.db")
    assert found(database, "oven") == [3]
    database.close()
    two_processes(context)
    threads(context)
    backup(context)


ROWS = 4000  # fewer than a graph is built of


def case_interrupt(context):
    """sqlite3_interrupt ends the embedding of a commit that stands, and that of a search; the next one goes on."""
    database = connect(context)
    database.execute("CREATE VIRTUAL TABLE notes USING lectern(body, pipeline='small.yaml')")
    other = sqlite3.connect("test.db", check_same_thread=False)
    mark = pathlib.Path("test.db-notes.lectern/sqlite.json")
    ended = threading.Event()

    def interrupt_when(begun):
        while not ended.is_set() and not begun():
            pass
        while not ended.wait(0.005):
            database.interrupt()

    def interrupted(begun, sql):
        ended.clear()
        thread = threading.Thread(target=interrupt_when, args=(begun,))
        thread.start()
        try:
            database.execute(sql).fetchall()
            return ""
        except sqlite3.OperationalError as error:
            return str(error)
        finally:
            ended.set()
            thread.join()

    database.execute("BEGIN")
    text = "The moon raises the tides of the sea, and bread is made in the oven by one old baker."
    database.executemany("INSERT INTO notes VALUES (?)", ((f"{text} row {n}",) for n in range(ROWS)))
    before = json.loads(mark.read_text())["version"] if mark.exists() else 0
    committed = lambda: other.execute("SELECT count(*) FROM notes_content").fetchone() != (0,)
    assert interrupted(committed, "COMMIT") == "", "the commit stands"
    assert json.loads(mark.read_text())["version"] == before, "the index has followed all the same"
    search = "SELECT count(*) FROM notes WHERE notes MATCH 'bread' AND mode = 'lexical'"
    assert "interrupt" in interrupted(lambda: True, search)
    # Nobody interrupts: all rows come in, the same ones once.
    assert found(database, f'"row {ROWS - 1}"') == [ROWS]
    (last,) = database.execute("SELECT max(version) FROM notes_log").fetchone()
    assert json.loads(mark.read_text())["version"] == last
    database.execute("INSERT INTO notes(notes) VALUES ('integrity-check')")
    database.close()
    other.close()


def case_vec(context):
    """The vectors of lectern_embed are what sqlite-vec reads, in the same database and transactions."""
    files = sorted((context.clients or pathlib.Path("none")).glob("lib/python3*/site-packages/sqlite_vec/vec0.so"))
    if not files:
        print("skipped: there is no sqlite-vec; setup/third-party.sh python installs it")
        sys.exit(77)
    database = connect(context)
    database.load_extension(str(files[0].with_suffix("")))
    database.execute("CREATE VIRTUAL TABLE notes USING lectern(body, pipeline='small.yaml')")
    texts = ["moon tides sea", "moon bread", "bread oven flour", "cheese milk"]
    with database:
        database.executemany("INSERT INTO notes VALUES (?)", [(text,) for text in texts])
    sql = "SELECT vec_length(v), vec_type(v), vec_to_json(v) FROM (SELECT lectern_embed('moon', 'notes') AS v)"
    length, kind, numbers = database.execute(sql).fetchone()
    (blob,) = database.execute("SELECT lectern_embed('moon', 'notes')").fetchone()
    assert (length, kind) == (4, "float32")
    assert all(abs(a - b) < 1e-5 for a, b in zip(json.loads(numbers), struct.unpack("4f", blob))), numbers

    # Its distance is what Lectern's own search says: 1 - cosine.
    sql = """SELECT found.rowid, found.dense_score,
        vec_distance_cosine(lectern_embed(found.text, 'notes'), lectern_embed('sea', 'notes', 'query'))
        FROM lectern_search('notes', 'sea', 4, NULL, 'dense') AS found"""
    rows = database.execute(sql).fetchall()
    assert [row[0] for row in rows[:2]] == [1, 2] and len(rows) == 4, rows
    assert all(abs(1 - distance - cosine) < 0.02 for _, cosine, distance in rows), rows

    # A table of sqlite-vec beside ours.
    database.execute("CREATE VIRTUAL TABLE vectors USING vec0(embedding float[4] distance_metric=cosine)")
    database.execute("INSERT INTO vectors(rowid, embedding) SELECT rowid, lectern_embed(body, 'notes') FROM notes")
    near = """SELECT rowid FROM vectors WHERE embedding MATCH lectern_embed(?, 'notes', 'query') AND k = 2
        ORDER BY distance"""
    assert database.execute(near, ("sea",)).fetchall() == [(1,), (2,)]
    ours = "SELECT rowid FROM notes WHERE notes MATCH ? AND mode = 'dense' ORDER BY score DESC LIMIT 2"
    assert database.execute(ours, ("sea",)).fetchall() == [(1,), (2,)]
    # What it has stored, as a query of ours.
    (stored,) = database.execute("SELECT embedding FROM vectors WHERE rowid = 4").fetchone()
    assert database.execute(ours, (stored,)).fetchone() == (4,)

    # Both are part of a transaction.
    text = "cheese milk sea"
    for end, wanted in (("ROLLBACK", (4,)), ("COMMIT", (5,))):
        database.execute("BEGIN")
        database.execute("INSERT INTO notes(rowid, body) VALUES (5, ?)", (text,))
        database.execute("INSERT INTO vectors(rowid, embedding) VALUES (5, lectern_embed(?, 'notes'))", (text,))
        database.execute(end)
        both = [database.execute(sql, (text,)).fetchone() for sql in (near, ours)]
        assert both == [wanted, wanted], (end, both)
    database.execute("INSERT INTO notes(notes) VALUES ('integrity-check')")
    database.close()


def case_bert(context):
    """The models that ship: by meaning, without a word in common; an answer; the vector's length."""
    database = connect(context)
    database.execute("CREATE VIRTUAL TABLE papers USING lectern(title, body, year INTEGER UNINDEXED)")
    with database:
        database.executemany(
            "INSERT INTO papers VALUES (?, ?, ?)",
            [
                ("Thinking", "I propose to consider the question whether machines can think.", 1950),
                ("Bits", "The unit which corresponds to a choice between two alternatives is called a bit.", 1948),
                ("BERT", "BERT Base has 12 layers, 768 hidden dimensions and 110 million parameters.", 2018),
                ("Bread", "A loaf needs forty minutes in a hot oven.", 2019),
            ],
        )
    sql = "SELECT title FROM papers WHERE papers MATCH ? AND mode = 'dense' AND year < 2019 ORDER BY score DESC LIMIT 1"
    assert database.execute(sql, ("are computers intelligent",)).fetchone() == ("Thinking",)
    assert database.execute(sql, ("size of a neural network",)).fetchone() == ("BERT",)
    ask = "SELECT status, citations ->> '$[0].rowid' FROM lectern_ask('papers', ?, NULL, 1)"
    assert database.execute(ask, ("How many parameters does BERT Base have?",)).fetchone() == ("extractive", 3)
    assert database.execute("SELECT length(lectern_embed('moon'))").fetchone() == (4 * 384,)
    database.execute("INSERT INTO papers(papers) VALUES ('integrity-check')")
    database.close()


def main():
    cases = {name[5:]: case for name, case in globals().items() if name.startswith("case_")}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=cases)
    parser.add_argument("--extension", type=pathlib.Path, required=True)
    parser.add_argument("--program", type=pathlib.Path)
    parser.add_argument("--clients", type=pathlib.Path)
    context = parser.parse_args()
    context.extension = context.extension.resolve().with_suffix("")
    folder = tempfile.mkdtemp(prefix="lectern sqlite ")
    small_model.write(pathlib.Path(folder))
    os.chdir(folder)
    try:
        cases[context.case](context)
    finally:
        os.chdir("/")
        shutil.rmtree(folder)
    print("all is well")


if __name__ == "__main__":
    main()
