"""Damages every file of a collection in every way, one at a time, and looks at it as a user would: search,
verify, repair. Never a crash or a hang; no hit that is not so; messages that name the file and say what to
do; after a repair every document that is not named as lost, byte for byte, and a clean verify.

damage_test.py --program LECTERN --folder FOLDER [--every] [--rows N] [--only PATTERN] [--jobs N]

--every: all files and all kinds of damage (half an hour). Without it a file or a few of each kind, and four
kinds of damage. --only: a pattern for "FILE, DAMAGE".
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

PIPELINE = """version: 1
pipeline: damaged
memory: 256 MiB
stages:
  jsonl:   {plugin: documents, stage: jsonl}
  text:    {plugin: documents, stage: text}
  chunks:  {plugin: passages, stage: splitter, options: {max_tokens: 200}}
  tokens:  {plugin: words}
  vectors: {plugin: word2vec, options: {model: words.vec}}
ingest: [source, [jsonl, text], chunks, tokens, vectors, commit]
query:  [query, tokens, vectors, search]
search: {seal_at: 300}
"""
LETTERS = ("bdfghklmnprstvwz", "aeiou")
TIMEOUT = 120
ADVICE = re.compile(r"repair|restore|backup|newer Lectern|check |built again|name ")


def word(number):
    out = ""
    for _ in range(3):
        out += LETTERS[0][number % 16] + LETTERS[1][number % 5]
        number //= 16
    return out


def write_words(file):
    draw = random.Random(1)
    with open(file, "w", encoding="utf-8") as out:
        out.write("4096 16\n")
        for i in range(4096):
            out.write(word(i) + "".join(f" {draw.gauss(0, 1):.4f}" for _ in range(16)) + "\n")


def text_of(seed, row, version):
    draw = random.Random(f"{seed} {row} {version}")
    return " ".join(word(draw.randrange(4096)) for _ in range(40)) + f" {word(row % 4096)}."


class Failed(Exception):
    pass


class Lectern:
    def __init__(self, program, home):
        self.program = program
        self.environment = dict(os.environ, LECTERN_CACHE=str(home / "cache"))

    def run(self, *arguments):
        """Exit code, stdout, stderr. A signal or a hang is a failure of the case."""
        command = [self.program, *map(str, arguments)]
        try:
            done = subprocess.run(command, env=self.environment, check=False, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            raise Failed(f"{arguments[0]} hangs") from None
        out, error = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        if done.returncode not in (0, 1, 2):
            raise Failed(f"{arguments[0]} ended with {done.returncode}: {error[-600:]}")
        if "a defect" in error:
            raise Failed(f"{arguments[0]}: {error[-600:]}")
        return done.returncode, out, error


class Collection:
    """Rows in some versions, in tables, in graphs and in the log; `old` is a copy of an earlier time."""

    def __init__(self, lectern, folder, name, rows):
        self.history = {}  # id: the texts it has had; None: removed
        self.path = folder / name
        self.old = folder / f"{name}-old"
        pipeline = folder / "pipeline.yaml"

        def ingest(rows_and_versions):
            file = folder / "rows.jsonl"
            with open(file, "w", encoding="utf-8") as out:
                for row, version in rows_and_versions:
                    text = text_of(name, row, version)
                    out.write(json.dumps({"_id": f"r{row}", "title": f"row {row}", "text": text}) + "\n")
                    self.history.setdefault(f"r{row}", []).append(text)
            code, _, error = lectern.run("ingest", "-c", self.path, "--pipeline", pipeline, file)
            assert code == 0, error

        def delete(numbers):
            numbers = [row for row in numbers if self.history[f"r{row}"][-1] is not None]
            code, _, error = lectern.run("delete", "-c", self.path, *(f"r{row}" for row in numbers))
            assert code == 0, error
            for row in numbers:
                self.history[f"r{row}"].append(None)

        ingest((row, 1) for row in range(rows))
        ingest((row, 2) for row in range(0, rows, 7))
        delete(range(3, rows, 31))
        shutil.copytree(self.path, self.old)
        ingest((row, 3) for row in range(0, rows, 11))
        delete(range(5, rows, 37))
        ingest((row, 1) for row in range(rows, rows + 20))

    def live(self):
        return {name: texts[-1] for name, texts in self.history.items() if texts[-1] is not None}


def documents(lectern, path):
    """Every document by what a search for everything finds."""
    code, out, error = lectern.run("search", "-c", path, "--mode", "dense", "--chunks", "-k", 10000, "--json", word(1))
    if code != 0:
        raise Failed(f"it cannot be searched after the repair: {error[-600:]}")
    hits = json.loads(out)["hits"]
    found = {}
    for hit in hits:
        if found.setdefault(hit["document"], hit["text"]) != hit["text"]:
            raise Failed(f"{hit['document']} has two texts")
    return found


QUERIES = [word(77) + " " + word(401), word(9) + " " + word(1234) + " " + word(2222)]


def flip(at):
    def change(file, _):
        data = bytearray(file.read_bytes())
        if not data:
            return False
        data[int(at * (len(data) - 1))] ^= 1
        file.write_bytes(data)
        return True
    return change


def cut(part):
    def change(file, _):
        size = file.stat().st_size
        if size == 0:
            return False
        os.truncate(file, int(size * part))
        return True
    return change


def remove(file, _):
    file.unlink()
    return True


def garbage(file, _):
    file.write_bytes(random.Random(3).randbytes(max(file.stat().st_size, 100)))
    return True


def other(which):
    """The file of the same kind of another collection, of an earlier time, or of this one."""
    def change(file, context):
        path = file.relative_to(context.damaged)
        if which == "sibling":
            root = context.collection.path
            pool = [one for one in context.kin(root, path) if one != root / path]
        else:
            root = context.other.path if which == "foreign" else context.collection.old
            pool = context.kin(root, path)
            same = root / path
            if same in pool:
                pool = [same]
        pool = [one for one in pool if one.read_bytes() != file.read_bytes()]
        if not pool:
            return False
        # Of like size, so that it is not the size that gives it away.
        size = file.stat().st_size
        shutil.copyfile(min(pool, key=lambda one: abs(one.stat().st_size - size)), file)
        return True
    return change


DAMAGES = {
    "first byte": flip(0), "a tenth": flip(0.1), "middle byte": flip(0.5), "last byte": flip(1),
    "cut to half": cut(0.5), "cut to nothing": cut(0), "deleted": remove, "garbage": garbage,
    "of another collection": other("foreign"), "of an earlier time": other("earlier"), "of its neighbour": other("sibling"),
}


def kind(path):
    name = path.name
    if path.suffix in (".sst", ".log", ".segment"):
        return path.suffix
    return name.split("-")[0]


class Case:
    def __init__(self, lectern, collection, another, folder, name, damage):
        self.lectern, self.collection, self.other = lectern, collection, another
        self.name, self.damage = name, damage
        self.damaged = folder / f"case-{name.replace('/', '-')}-{damage.replace(' ', '-')}"
        self.notes = []

    @staticmethod
    def kin(root, path):
        return [one for one in (root / path).parent.glob("*") if one.is_file() and kind(one) == kind(path)]

    def fresh(self):
        shutil.rmtree(self.damaged, ignore_errors=True)
        shutil.copytree(self.collection.path, self.damaged)
        return DAMAGES[self.damage](self.damaged / self.name, self)

    def run(self):
        try:
            if not self.fresh():
                return None
            self.search()
            self.fresh()
            self.verify_and_repair()
        except Failed as failed:
            return f"{self.name}, {self.damage}: {failed}"
        finally:
            shutil.rmtree(self.damaged, ignore_errors=True)
        return ""

    def message(self, error):
        base = pathlib.Path(self.name).name
        if base not in error and not re.search(r"commits? \d|CURRENT|settings", error):
            raise Failed(f"the message does not name the file: {error[-500:]}")
        if not ADVICE.search(error):
            raise Failed(f"the message does not say what to do: {error[-500:]}")

    def search(self):
        """Refused, or right."""
        live = self.collection.live()
        opened = False
        for mode in ("dense", "lexical", "hybrid"):
            for query in QUERIES:
                code, out, error = self.lectern.run("search", "-c", self.damaged, "--mode", mode, "--json", query)
                if code != 0:
                    self.message(error)
                    # Postings that are merged behind a search are read by no search before it.
                    if opened and mode == "dense" and "reading postings" not in error:
                        raise Failed(f"first it opened, then not: {error[-500:]}")
                    continue
                opened = True
                hits = json.loads(out)["hits"]
                for hit in hits:
                    if hit["text"] != live.get(hit["document"]):
                        raise Failed(f"a wrong hit in {mode}: {hit['document']}")
                expected = EXPECTED[(mode, query)]
                if [hit["document"] for hit in hits] != expected:
                    raise Failed(f"other hits in {mode}: {[hit['document'] for hit in hits]} for {expected}")

    def verify_and_repair(self):
        live = self.collection.live()
        code, out, error = self.lectern.run("verify", "-c", self.damaged)
        verified = code
        if code == 1:
            self.message(error)
        elif code == 2:
            self.message(out)
        code, out, error = self.lectern.run("repair", "-c", self.damaged, "--json")
        if code == 1:
            raise Failed(f"it is not repaired (verify: {verified}): {error[-600:]}")
        report = json.loads(out)
        if verified == 0 and (code != 0 or report["found"]):
            raise Failed(f"verify said nothing, repair did: {out[-600:]}")
        if verified == 2 and not report["found"]:
            raise Failed("verify has findings, repair none")
        again, out, error = self.lectern.run("verify", "-c", self.damaged)
        if again != 0:
            raise Failed(f"not clean after the repair: {out[-600:]}{error[-600:]}")
        lost = " ".join(f"{one['where']} {one['what']}" for one in report["lost"])
        if bool(lost) != (code == 2):
            raise Failed(f"exit code {code} and lost: {lost}")
        # What a log or a list of files has lost is known by commits, not by documents.
        by_commits = "commit" in lost or kind(pathlib.Path(self.name)) in (".log", "MANIFEST", "CURRENT")
        if "lectern reembed" in lost or "the pipeline;" in lost:
            pipeline = self.damaged.parent / "pipeline.yaml"
            code, _, error = self.lectern.run("reembed", "-c", self.damaged, "--pipeline", pipeline)
            if code != 0:
                raise Failed(f"its vectors cannot be made again: {error[-300:]}")
        found = documents(self.lectern, self.damaged) if report["documents"] else {}
        for name, text in found.items():
            if text == live.get(name):
                continue
            if not by_commits or text not in self.collection.history.get(name, []):
                raise Failed(f"{name} is not what it was")
            if not lost:
                raise Failed(f"{name} is of an earlier time, and nothing is said to be lost")
        missing = [name for name in live if name not in found]
        silent = [name for name in missing if f'"{name}"' not in lost]
        if silent and not (by_commits and lost):
            raise Failed(f"{len(silent)} of {len(missing)} missing documents are not named, like {silent[0]}; lost: {lost[:300]}")
        self.notes.append(f"verify {verified}, repair {code}, {len(missing)} lost" + (f" ({lost[:160]})" if lost else ""))


EXPECTED = {}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--rows", type=int, default=700)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    if given.folder.exists():
        if any(given.folder.iterdir()) and not (given.folder / "words.vec").is_file():
            parser.error(f"--folder {given.folder} is not empty and no former run's; name another")
        shutil.rmtree(given.folder)
    given.folder.mkdir(parents=True)
    (given.folder / "pipeline.yaml").write_text(PIPELINE, encoding="utf-8")
    write_words(given.folder / "words.vec")
    lectern = Lectern(given.program, given.folder)
    collection = Collection(lectern, given.folder, "collection", given.rows)
    another = Collection(lectern, given.folder, "another", given.rows)
    look = given.folder / "look"
    shutil.copytree(collection.path, look)
    for mode in ("dense", "lexical", "hybrid"):
        for query in QUERIES:
            code, out, error = lectern.run("search", "-c", look, "--mode", mode, "--json", query)
            assert code == 0, error
            EXPECTED[(mode, query)] = [hit["document"] for hit in json.loads(out)["hits"]]
    assert documents(lectern, look) == collection.live()

    files = sorted(one.relative_to(collection.path) for one in collection.path.rglob("*") if one.is_file())
    print(f"{len(files)} files: {', '.join(map(str, files))}")
    if not given.every:
        seen, few = set(), []
        for file in sorted(files, key=lambda one: -(collection.path / one).stat().st_size):
            if kind(file) not in seen or (kind(file) == ".sst" and sum(kind(one) == ".sst" for one in few) < 4):
                few.append(file)
            seen.add(kind(file))
        files = few
    damages = DAMAGES if given.every else ("middle byte", "cut to half", "deleted", "of another collection")
    cases = [Case(lectern, collection, another, given.folder, str(file), damage)
             for file in files for damage in damages if re.search(given.only, f"{file}, {damage}")]
    failures = tried = 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for case, result in zip(cases, pool.map(Case.run, cases)):
            tried += result is not None
            if result:
                failures += 1
                print(f"FAILED {result}", flush=True)
            elif given.verbose and result is not None:
                print(f"ok     {case.name}, {case.damage}: {'; '.join(case.notes)}", flush=True)
    print(f"{tried} damages of {len(files)} files, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
