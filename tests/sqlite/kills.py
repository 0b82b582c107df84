#!/usr/bin/env python3
"""Kills a process that writes to tables USING lectern, many times, and looks at what is left.

    kills.py EXTENSION [--kills N] [--seed S] [--folder DISK] [--sabotage lost-change|lost-follow]

`lectern-crash --sqlite` becomes this, with the extension beside which it is installed.

A worker does transactions that follow from the seed and their number: it inserts, replaces, updates
and deletes rows of a table with its own content and of one that triggers keep in step with another
table, with savepoints, some of which are rolled back, as are some transactions. It is killed with
SIGKILL, at any moment or at a named place of the extension or the engine. Another process then opens
the database:

* the transaction that is said to be committed is; of the one in flight all is there, or nothing;
* each row is found by the word that its present text alone has, and nothing by the words of texts
  that were replaced, deleted or rolled back; 'integrity-check' has nothing to say;
* no more documents were put into the index at the opening than transactions in flight had rows: it
  was not made anew.

--sabotage breaks the worker on purpose; the run must then fail. Exit code 0: nothing was wrong.
"""

import argparse
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import small_model

ROWS = 40  # rowids: few, so that most changes are of a row that is there
OPERATIONS = 8  # of one transaction
JOURNALS = ("DELETE", "WAL")  # by the seed
PLACES = (
    ("sqlite.before_commit", 12),
    ("sqlite.after_commit", 12),
    ("sqlite.after_apply", 12),
    ("sqlite.while_removing", 2),  # of a rebuild: one in twenty transactions has one
    ("storage.before_write", 20),
    ("storage.after_write", 20),
)
WORDS = "moon tides sea bread oven flour cheese milk cow".split()
TABLES = ("notes", "linked")
SCHEMA = """
CREATE VIRTUAL TABLE notes USING lectern(body, n UNINDEXED, pipeline='small.yaml');
CREATE TABLE articles(id INTEGER PRIMARY KEY, body, n);
CREATE VIRTUAL TABLE linked USING lectern(body, n UNINDEXED, content='articles', content_rowid='id', pipeline='small.yaml');
CREATE TRIGGER inserted AFTER INSERT ON articles BEGIN
  INSERT INTO linked(rowid, body, n) VALUES (new.id, new.body, new.n);
END;
CREATE TRIGGER deleted AFTER DELETE ON articles BEGIN
  INSERT INTO linked(linked, rowid, body, n) VALUES ('delete', old.id, old.body, old.n);
END;
CREATE TRIGGER updated AFTER UPDATE ON articles BEGIN
  INSERT INTO linked(linked, rowid, body, n) VALUES ('delete', old.id, old.body, old.n);
  INSERT INTO linked(rowid, body, n) VALUES (new.id, new.body, new.n);
END;
CREATE TABLE steps(n INTEGER PRIMARY KEY);
"""


# ---------------------------------------------------------------------- script


def own_word(table, rowid, step, number):
    return f"{table[0]}{rowid}x{step}x{number}"


def script(seed, step):
    """The operations of a transaction: (kind, table, rowid, text), and how it ends."""
    dice = random.Random(seed * 1_000_003 + step)
    operations = []
    for number in range(dice.randint(1, OPERATIONS)):
        table = dice.choice(TABLES)
        rowid = dice.randint(1, ROWS)
        text = " ".join([own_word(table, rowid, step, number), *dice.choices(WORDS, k=dice.randint(3, 120))])
        kind = dice.choice(["put", "put", "put", "delete", "savepoint", "back"])
        operations.append(("rebuild" if dice.random() < 0.01 else kind, table, rowid, text))
    return operations, "ROLLBACK" if dice.random() < 0.15 else "COMMIT"


def state_after(seed, step):
    """{table: {rowid: (text, step)}}, and the words of all texts that are not there."""
    state = {table: {} for table in TABLES}
    words = set()
    for at in range(1, step + 1):
        operations, end = script(seed, at)
        after = {table: dict(rows) for table, rows in state.items()}
        saved = None
        for kind, table, rowid, text in operations:
            if kind == "put":
                words.add((table, text.split()[0]))
                after[table][rowid] = (text, at)
            elif kind == "delete":
                after[table].pop(rowid, None)
            elif kind == "savepoint" and saved is None:
                saved = {one: dict(rows) for one, rows in after.items()}
            elif kind == "back" and saved is not None:
                after, saved = saved, None
        if end == "COMMIT":
            state = after
    for table, rows in state.items():
        for text, _ in rows.values():
            words.discard((table, text.split()[0]))
    return state, words


# ---------------------------------------------------------------------- worker


def connect(extension):
    database = sqlite3.connect("test.db", isolation_level=None, timeout=60)
    database.enable_load_extension(True)
    database.load_extension(extension)
    return database


def put(database, table, rowid, text, step):
    if table == "notes":
        database.execute("INSERT OR REPLACE INTO notes(rowid, body, n) VALUES (?, ?, ?)", (rowid, text, step))
        return
    changed = database.execute("UPDATE articles SET body = ?, n = ? WHERE id = ?", (text, step, rowid)).rowcount
    if changed == 0:
        database.execute("INSERT INTO articles VALUES (?, ?, ?)", (rowid, text, step))


def transact(database, seed, step, sabotage):
    operations, end = script(seed, step)
    database.execute("BEGIN IMMEDIATE")
    saved = False
    for kind, table, rowid, text in operations:
        if kind == "put" and sabotage == "lost-follow" and table == "notes" and step % 3 == 0:
            # Behind the table's back.
            database.execute("REPLACE INTO notes_content VALUES (?, ?, ?)", (rowid, text, step))
            database.execute("REPLACE INTO notes_rows VALUES (?, ?)", (rowid, step))
        elif kind == "put" and not (sabotage == "lost-change" and step % 3 == 0):
            put(database, table, rowid, text, step)
        elif kind == "delete":
            column = "rowid" if table == "notes" else "id"
            database.execute(f"DELETE FROM {'notes' if table == 'notes' else 'articles'} WHERE {column} = ?", (rowid,))
        elif kind == "rebuild":
            database.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")
        elif kind == "savepoint" and not saved:
            database.execute("SAVEPOINT s")
            saved = True
        elif kind == "back" and saved:
            database.execute("ROLLBACK TO s")
            database.execute("RELEASE s")
            saved = False
    if end == "ROLLBACK":
        database.execute("ROLLBACK")
        database.execute("INSERT INTO steps VALUES (?)", (step,))
    else:
        database.execute("INSERT INTO steps VALUES (?)", (step,))
        database.execute("COMMIT")


def work(extension, seed, sabotage):
    database = connect(extension)
    if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'steps'").fetchone():
        database.execute(f"PRAGMA journal_mode = {JOURNALS[seed % len(JOURNALS)]}")
        # One transaction, though executescript would commit before it.
        database.execute("BEGIN IMMEDIATE")
        statement = ""
        for line in SCHEMA.strip().split("\n"):
            statement += line + "\n"
            if sqlite3.complete_statement(statement):
                database.execute(statement)
                statement = ""
        database.execute("COMMIT")
    step = (database.execute("SELECT max(n) FROM steps").fetchone()[0] or 0) + 1
    print("opened", flush=True)
    while True:
        print("begun", step, flush=True)
        transact(database, seed, step, sabotage)
        print("done", step, flush=True)
        step += 1


# --------------------------------------------------------------------- checker


def found_by(database, table, word):
    sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND mode = 'lexical'"
    return [row[0] for row in database.execute(sql, (word,))]


def check(extension, seed, begun, done):
    """Prints what is wrong. The last transaction that is there is printed as well."""
    now = time.time()
    begin = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03}Z"
    database = connect(extension)
    if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'steps'").fetchone():
        if done > 0 or database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] > 0:
            print("WRONG the tables are not there")
        return
    step = database.execute("SELECT max(n) FROM steps").fetchone()[0] or 0
    print("step", step)
    if not done <= step <= begun:
        print(f"WRONG step {done} was done and {begun} begun; the database is at {step}")
    state, gone = state_after(seed, step)
    for table in TABLES:
        rows = {row[0]: row[1:] for row in database.execute(f"SELECT rowid, body, n FROM {table}")}
        for rowid in rows.keys() | state[table].keys():
            if rows.get(rowid) != state[table].get(rowid):
                print(f"WRONG {table} {rowid} is {str(rows.get(rowid))[:60]}, and not {str(state[table].get(rowid))[:60]}")
    for table in TABLES:
        for rowid, (text, _) in state[table].items():
            hits = found_by(database, table, text.split()[0])
            if hits != [rowid]:
                print(f"WRONG {table} {rowid} is to be found by {text.split()[0]}, which finds {hits}")
        try:
            database.execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")
        except sqlite3.Error as error:
            print(f"WRONG {error}")
        sql = f"SELECT count(DISTINCT rowid) FROM lectern_search('{table}', 'moon bread', 10000, ?)"
        (made,) = database.execute(sql, (f"committed >= {begin}",)).fetchone()
        print("made", table, made)
        rebuilt = any(kind == "rebuild" for at in (step - 1, step) for kind, *_ in script(seed, at)[0])
        if made > 2 * OPERATIONS and not rebuilt:
            print(f"WRONG {made} documents of {table} were put into the index at the opening")
    for table, word in random.Random(step).sample(sorted(gone), min(len(gone), 60)):
        if hits := found_by(database, table, word):
            print(f"WRONG {word} is in no text of {table}, and finds {hits}")
    database.close()


# ---------------------------------------------------------------------- rounds


def kill_one(context, number):
    """Runs a worker to its death: (where, begun, done)."""
    dice = random.Random(context.seed * 7919 + number)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    place = None
    if number % 2 == 1:
        name, passes = PLACES[number // 2 % len(PLACES)]
        place = f"{name}@{dice.randint(1, passes)}"
        environment["LECTERN_KILL_POINT"] = place
    delay = None if place else dice.random() * 0.6
    child = subprocess.Popen(
        [sys.executable, __file__, context.extension, "--worker", "--seed", str(context.seed), "--sabotage", context.sabotage],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    begun = done = 0
    lines = iter(child.stdout.readline, "")
    from_start = dice.random() < 0.25
    if delay is not None and from_start:
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
    for line in lines:
        word, *step = line.split()
        if word == "begun":
            begun = int(step[0])
        elif word == "done":
            done = int(step[0])
        elif word == "opened" and delay is not None and not from_start:
            # What is done meanwhile is read behind it.
            time.sleep(delay)
            child.send_signal(signal.SIGKILL)
    code = child.wait(timeout=120)
    if code != -signal.SIGKILL:
        raise RuntimeError(f"the worker ended with {code}; it says above why")
    return place or "any moment", begun, done


def run(context):
    folder = os.path.abspath(tempfile.mkdtemp(prefix="lectern kills ", dir=context.folder))
    small_model.write(pathlib.Path(folder))
    os.chdir(folder)
    problems, places, last, documents = [], {}, 0, 0
    for number in range(context.kills):
        where, begun, done = kill_one(context, number)
        # A worker that was killed before it told of a step is where the one before it was left.
        checked = subprocess.run(
            [sys.executable, __file__, context.extension, "--check", "--seed", str(context.seed)]
            + ["--begun", str(max(begun, last)), "--done", str(max(done, last))],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        places[where.split("@")[0]] = places.get(where.split("@")[0], 0) + 1
        for line in checked.stdout.split("\n"):
            word, *rest = line.split()[:3] or [""]
            last = int(rest[0]) if word == "step" else last
            documents += int(rest[1]) if word == "made" else 0
        problems = [line for line in checked.stdout.split("\n") if line.startswith("WRONG")]
        if checked.returncode != 0:
            problems.append(f"the check ended with {checked.returncode}: {checked.stderr}")
        print(f"kill {number + 1} at {where}, {last} transactions", flush=True)
        if problems:
            break
    for problem in problems[:20]:
        print("FAILED:", problem)
    print(f"{sum(places.values())} kills: {places}; {documents} documents were made up for")
    os.chdir("/")
    if problems:
        print(f"replay with --seed {context.seed}; the database is kept in {folder}")
    if not problems or context.sabotage != "none":
        shutil.rmtree(folder)
    return 1 if problems else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("extension")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--folder", help="on the disk to test; a new folder is made in it")
    parser.add_argument("--sabotage", choices=["none", "lost-change", "lost-follow"], default="none")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--begun", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--done", type=int, default=0, help=argparse.SUPPRESS)
    context = parser.parse_args()
    context.extension = str(pathlib.Path(context.extension).resolve().with_suffix(""))
    if context.worker:
        return work(context.extension, context.seed, context.sabotage)
    if context.check:
        return check(context.extension, context.seed, context.begun, context.done)
    if not hasattr(sqlite3.Connection, "enable_load_extension"):
        sys.exit(f"the module sqlite3 of {sys.executable} loads no extensions; take the system's python3")
    print("seed", context.seed, flush=True)
    code = run(context)
    if context.sabotage != "none":
        print("the sabotage was", "found" if code else "NOT found")
        return 0 if code else 1
    return code


if __name__ == "__main__":
    sys.exit(main())
