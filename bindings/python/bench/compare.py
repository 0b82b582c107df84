#!/usr/bin/env python3
"""Lectern beside Chroma, LanceDB and txtai: the same rows, the same model, one table.

    compare.py [--data FOLDER] [--rows N] [--queries N] [--only NAME,...]
               [--minutes N] [--environments FOLDER --wheel FILE] [--install]

FOLDER has corpus.jsonl ("_id", "title", "text"), queries.jsonl ("_id", "text") and qrels.tsv
(query, document, relevance), as BEIR has them; a name is one below LECTERN_DATA. Without one the
landmark papers of samples/ are searched for by their titles.

Each contestant runs in a process of its own, one after the other, and takes the rows in groups of
100. The vectors of all of them come from Lectern's engine, so they are the same to the bit, and what
differs is what each makes of them; the others' own ways to run that model (PyTorch, onnxruntime)
differ too, and are not measured. Each is asked for 10 documents a query, as text: the time has the
query's embedding in it. Lectern searches by words and meaning, as its pipeline says, and once more by
vectors alone, as the others do. Then a new process takes the rows again, is killed in the middle of it
(SIGKILL), and what it had acknowledged is looked for: whether it opens, searches, and has that many
rows. Memory is the peak of the process, libraries and model included.

A contestant that fails is a line of the table that says why. When --minutes are over, what has not
begun is left out in the same way; --install makes the environments and ends.
`bindings/python/bench/compare` calls this with environments in the cache; without --environments all
run in the Python that runs this.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import os
import pathlib
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union

SOURCE = pathlib.Path(__file__).resolve().parents[3]
GROUP = 100
RESULT = "result: "  # before what a process says, since the libraries say things of their own
BEFORE = "before it: "  # a process that failed before it was killed
# Nobody is called up, and nothing is fetched.
ENVIRONMENT = {"ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1"}

Row = Tuple[str, str]  # id and text
Hits = List[str]  # ids, best first


# ---------------------------------------------------------------------------- the rows


def json_lines(file: pathlib.Path) -> List[Dict[str, Any]]:
    """The objects of a file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


class Data:
    """Rows, queries, and which documents are relevant to them."""

    def __init__(self, folder: str, rows: int, queries: int) -> None:
        if folder:
            path = pathlib.Path(folder)
            if not path.is_dir():
                path = pathlib.Path(os.environ.get("LECTERN_DATA", ".")) / folder
            if not (path / "corpus.jsonl").is_file():
                sys.exit(f"error: --data: {path} has no corpus.jsonl")
            corpus = json_lines(path / "corpus.jsonl")[:rows]
            asked = [(one["_id"], one["text"]) for one in json_lines(path / "queries.jsonl")]
            judged: Dict[str, Dict[str, int]] = {}
            for line in (path / "qrels.tsv").read_text(encoding="utf-8").splitlines():
                parts = line.split()
                if len(parts) >= 3 and parts[-1].lstrip("-").isdigit():
                    judged.setdefault(parts[0], {})[parts[-2]] = int(parts[-1])
        else:
            corpus = json_lines(SOURCE / "samples/landmark-papers.jsonl")[:rows]
            asked = [(one["_id"], one["title"]) for one in corpus]
            judged = {one["_id"]: {one["_id"]: 1} for one in corpus}
            corpus = [{**one, "title": ""} for one in corpus]
        texts = ((one["_id"], f"{one.get('title', '')}\n{one['text']}".strip()) for one in corpus)
        # Whoever has nothing to say is no row: Lectern takes no document without text.
        self.rows: List[Row] = [row for row in texts if row[1]]
        known = {row[0] for row in self.rows}
        self.relevant = {
            query: {one: grade for one, grade in grades.items() if one in known and grade > 0}
            for query, grades in judged.items()
        }
        # Those that the rows answer.
        self.queries = [one for one in asked if self.relevant.get(one[0])][:queries]

    def groups(self) -> Iterator[List[Row]]:
        """The rows in the groups in which they are stored."""
        for begin in range(0, len(self.rows), GROUP):
            yield self.rows[begin : begin + GROUP]

    def ndcg(self, found: Dict[str, Hits]) -> float:
        """nDCG@10, mean over the queries."""
        values = []
        for query, _ in self.queries:
            grades = self.relevant[query]
            got = [grades.get(one, 0) / math.log2(rank + 2) for rank, one in enumerate(found[query][:10])]
            best = sorted(grades.values(), reverse=True)[:10]
            ideal = [grade / math.log2(rank + 2) for rank, grade in enumerate(best)]
            values.append(sum(got) / sum(ideal))
        return statistics.mean(values)


# ---------------------------------------------------------------------------- the contestants


def embedder(folder: str) -> Callable[..., Any]:
    """The model, for those who are given vectors: texts to rows of float32, each of length 1."""
    import lectern

    # A collection of its own, which stays empty.
    model = lectern.open(f"{folder}/model", pipeline="search-only")
    return model.embed


class Lectern:
    """Words and meaning, as the pipeline search-only has it, and by vectors alone."""

    package = "lectern"
    ways = {"": "hybrid", " by vectors": "dense"}

    def __init__(self, folder: str) -> None:
        import lectern

        self._notes = lectern.open(f"{folder}/lectern", pipeline="search-only")

    def add(self, rows: List[Row]) -> None:
        report = self._notes.put({"id": name, "text": text} for name, text in rows)
        if report.failed:
            raise RuntimeError(f"not stored: {report.failed[0]}")

    def search(self, query: str, way: str) -> Hits:
        # Its hits are passages, of which several may be of one document.
        hits = self._notes.search(query, k=30, mode=way)
        return list(dict.fromkeys(hit.document for hit in hits))[:10]

    def count(self) -> int:
        return len(self._notes)


class Chroma:
    """A persistent client."""

    package = "chromadb"
    ways = {"": ""}

    def __init__(self, folder: str) -> None:
        import chromadb  # type: ignore[import-not-found]

        self._embed = embedder(folder)
        client = chromadb.PersistentClient(f"{folder}/chroma")
        # Its own function for embedding would fetch a model.
        self._collection = client.get_or_create_collection(
            "rows", metadata={"hnsw:space": "cosine"}, embedding_function=None
        )

    def add(self, rows: List[Row]) -> None:
        texts = [text for _, text in rows]
        self._collection.add(ids=[name for name, _ in rows], documents=texts, embeddings=self._embed(texts))

    def search(self, query: str, way: str) -> Hits:
        vectors = self._embed([query], purpose="query")
        return list(self._collection.query(query_embeddings=vectors, n_results=10)["ids"][0])

    def count(self) -> int:
        return int(self._collection.count())


class Lance:
    """A table without an index, which so few rows do not need."""

    package = "lancedb"
    ways = {"": ""}

    def __init__(self, folder: str) -> None:
        import lancedb  # type: ignore[import-not-found]

        self._embed = embedder(folder)
        self._base = lancedb.connect(f"{folder}/lance")
        # It is made with the first rows.
        there = pathlib.Path(folder, "lance", "rows.lance").is_dir()
        self._table = self._base.open_table("rows") if there else None

    def add(self, rows: List[Row]) -> None:
        vectors = self._embed([text for _, text in rows])
        data = [
            {"id": name, "text": text, "vector": vector.tolist()}
            for (name, text), vector in zip(rows, vectors)
        ]
        if self._table is None:
            self._table = self._base.create_table("rows", data)
        else:
            self._table.add(data)

    def search(self, query: str, way: str) -> Hits:
        if self._table is None:
            return []
        vector = self._embed(query, purpose="query")
        found = self._table.search(vector).distance_type("cosine").limit(10).to_list()
        return [row["id"] for row in found]

    def count(self) -> int:
        return 0 if self._table is None else int(self._table.count_rows())


class Txtai:
    """An index in memory, which is saved after each group so that it is on disk as the others' are."""

    package = "txtai"
    ways = {"": ""}

    def __init__(self, folder: str) -> None:
        from txtai import Embeddings  # type: ignore[import-not-found]

        self._embed = embedder(folder)
        self._path = f"{folder}/txtai"
        # It is given vectors in the place of texts, for rows and for queries.
        self._embeddings = Embeddings(method="external", content=False)
        if self._embeddings.exists(self._path):
            self._embeddings.load(self._path)

    def add(self, rows: List[Row]) -> None:
        vectors = self._embed([text for _, text in rows])
        self._embeddings.upsert([(name, vector, None) for (name, _), vector in zip(rows, vectors)])
        self._embeddings.save(self._path)

    def search(self, query: str, way: str) -> Hits:
        if not self.count():
            return []
        return [name for name, _ in self._embeddings.search(self._embed(query, purpose="query"), 10)]

    def count(self) -> int:
        return int(self._embeddings.count()) if self._embeddings.ann else 0


CONTESTANTS: Dict[str, Any] = {"lectern": Lectern, "chroma": Chroma, "lancedb": Lance, "txtai": Txtai}


# ---------------------------------------------------------------------------- the measurement


def ways_of(name: str, contestant: Any, data: Data) -> Dict[str, Dict[str, float]]:
    """The queries, in each of the ways in which a contestant is asked, by the name of its line."""
    out = {}
    for line, way in CONTESTANTS[name].ways.items():
        contestant.search("warm up", way)
        times, found = [], {}
        for query, text in data.queries:
            begin = time.perf_counter()
            found[query] = contestant.search(text, way)
            times.append((time.perf_counter() - begin) * 1000)
        cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
        out[name + line] = {"p50": cuts[49], "p95": cuts[94], "ndcg": data.ndcg(found)}
    return out


def measure(name: str, data: Data, folder: str) -> Dict[str, Any]:
    """In a process of its own: ingest, then the queries."""
    contestant = CONTESTANTS[name](folder)
    begin = time.perf_counter()
    for group in data.groups():
        contestant.add(group)
    ingest = time.perf_counter() - begin
    return {
        "version": importlib.metadata.version(CONTESTANTS[name].package),
        "ingest": len(data.rows) / ingest,
        "there": contestant.count(),
        "ways": ways_of(name, contestant, data),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def store_slowly(name: str, data: Data, folder: str) -> None:
    """Says what is acknowledged, group by group, until it is killed."""
    contestant = CONTESTANTS[name](folder)
    done = 0
    for group in data.groups():
        contestant.add(group)
        done += len(group)
        say(done)


def count(name: str, folder: str) -> int:
    """What is there, if it is searched at all."""
    contestant = CONTESTANTS[name](folder)
    for way in CONTESTANTS[name].ways.values():
        contestant.search("is it whole?", way)
    return int(contestant.count())


def say(result: Any) -> None:
    """What a process gives to the one that started it."""
    print(f"{RESULT}{json.dumps(result)}", flush=True)


class Failed(Exception):
    """A process that gave no result."""


class Runner:
    """Starts the processes, each with a folder of its own, until the time is over."""

    def __init__(self, options: argparse.Namespace, pythons: Dict[str, Union[pathlib.Path, str]]) -> None:
        self._options = options
        self._pythons = pythons
        self._end = time.monotonic() + options.minutes * 60

    def python(self, name: str) -> str:
        """Of a contestant."""
        python = self._pythons.get(name, pathlib.Path(sys.executable))
        if isinstance(python, str):
            raise Failed(python)
        return str(python)

    def start(self, role: str, name: str, folder: str) -> Tuple[subprocess.Popen[str], Any]:
        """A process, and the file with what it complains of."""
        options = self._options
        command = [self.python(name), __file__, "--data", options.data, "--rows", str(options.rows)]
        command += ["--queries", str(options.queries), "--child", role, "--only", name, "--folder", folder]
        if self._end <= time.monotonic():
            raise Failed(f"not begun within {options.minutes:g} minutes (--minutes)")
        errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        environment = {**os.environ, **ENVIRONMENT}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        return process, errors

    def results(self, role: str, name: str, folder: str, enough: int = 0) -> List[Any]:
        """What a process says. With `enough` it is killed when it has said that much."""
        process, errors = self.start(role, name, folder)
        late = threading.Timer(max(0.0, self._end - time.monotonic()), process.kill)
        late.start()
        out: List[Any] = []
        with errors, process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith(RESULT):
                    out.append(json.loads(line[len(RESULT) :]))
                if enough and len(out) == enough:
                    process.send_signal(signal.SIGKILL)
                    break
            code = process.wait()
            late.cancel()
            if (enough and len(out) == enough) or (code == 0 and out):
                return out
            if self._end <= time.monotonic():
                raise Failed(f"not done within {self._options.minutes:g} minutes (--minutes)")
            errors.seek(0)
            said = errors.read()
        sys.stderr.write(said)
        last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), f"exit code {code}")
        raise Failed(f"failed: {last}")

    def measured(self, name: str) -> Dict[str, Any]:
        """Ingest and queries."""
        with tempfile.TemporaryDirectory(prefix="lectern-compare-") as folder:
            result: Dict[str, Any] = self.results("measure", name, folder)[-1]
        return result

    def killed(self, name: str, groups: int) -> str:
        """What is there of what was acknowledged before a kill in the middle."""
        with tempfile.TemporaryDirectory(prefix="lectern-compare-") as folder:
            try:
                acknowledged = self.results("store", name, folder, enough=max(1, groups // 2))[-1]
            except Failed as failed:
                return f"{BEFORE}{failed}"
            try:
                there = self.results("count", name, folder)[-1]
            except Failed as failed:
                return f"does not open: {failed}"
        return f"{min(there, acknowledged)} of {acknowledged}"


# ---------------------------------------------------------------------------- the table

COLUMNS = (
    ("ingest", "rows/s", True),
    ("p50", "p50 ms", False),
    ("p95", "p95 ms", False),
    ("memory", "MiB", False),
    ("ndcg", "nDCG@10", True),
)


class Table:
    """Figures, and in brackets how many times better (above 1) or worse Lectern is."""

    def __init__(self) -> None:
        self._results: List[Tuple[str, Dict[str, float], str]] = []
        self._failed: List[str] = []
        self._ours: Optional[Dict[str, float]] = None

    def add(self, name: str, result: Dict[str, Any]) -> None:
        """A contestant's lines."""
        for line, asked in result["ways"].items():
            values = {"ingest": result["ingest"], "memory": result["memory"], **asked}
            self._results.append((f"{line} {result['version']}", values, result["killed"]))
            if name == "lectern" and self._ours is None:
                self._ours = values

    def _cell(self, values: Dict[str, float], key: str, more: bool) -> str:
        text = f"{values[key]:.3f}" if key == "ndcg" else f"{values[key]:.1f}"
        ours = self._ours
        if ours is None or ours is values or not values[key] or not ours[key]:
            return text
        ratio = ours[key] / values[key] if more else values[key] / ours[key]
        return f"{text} ({ratio:.2f}x)"

    def add_failure(self, name: str, why: str) -> None:
        """A line that says why there are no figures."""
        self._failed.append(f"{name}  {why}")

    def text(self) -> str:
        """The table."""
        lines = [["", *(head for _, head, _ in COLUMNS), "after kill -9"]]
        for name, values, killed in self._results:
            lines.append([name, *(self._cell(values, key, more) for key, _, more in COLUMNS), killed])
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        rows = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths)) for line in lines)
        return "\n".join([*(row.rstrip() for row in rows), *self._failed])


# ---------------------------------------------------------------------------- the program


def as_child(options: argparse.Namespace, data: Data) -> None:
    """One of the processes."""
    if options.child == "measure":
        say(measure(options.only, data, options.folder))
    elif options.child == "store":
        store_slowly(options.only, data, options.folder)
    else:
        say(count(options.only, options.folder))


def main() -> None:
    """Runs all contestants, or is one of their processes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", default="", help="a folder, or a name below LECTERN_DATA")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--only", default=",".join(CONTESTANTS), help="names, with commas")
    parser.add_argument("--minutes", type=float, default=20, help="for all of it, without the installation")
    parser.add_argument("--environments", type=pathlib.Path, help="folder of the contestants' environments, made where missing")
    parser.add_argument("--wheel", type=pathlib.Path, help="of Lectern, for the environments")
    parser.add_argument("--install", action="store_true", help="make the environments and end")
    parser.add_argument("--child", choices=["measure", "store", "count"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    data = Data(options.data, options.rows, options.queries)
    if options.child:
        as_child(options, data)
        return

    names = options.only.split(",")
    for name in names:
        if name not in CONTESTANTS:
            parser.error(f"--only: there is no {name!r}; there are {', '.join(CONTESTANTS)}")
    if not data.queries:
        parser.error("none of the queries is answered by these rows; take more --rows")
    pythons: Dict[str, Union[pathlib.Path, str]] = {}
    if options.environments is not None:
        if options.wheel is None:
            parser.error("--environments needs --wheel")
        import environments  # here: the processes do without it

        pythons = environments.install(options.environments.resolve(), names, options.wheel.resolve())
    if options.install:
        for name, python in pythons.items():
            print(f"{name}: {python}")
        sys.exit(1 if any(isinstance(python, str) for python in pythons.values()) else 0)

    print(f"{len(data.rows)} rows, {len(data.queries)} queries, {os.cpu_count()} cores", flush=True)
    runner, table, whole = Runner(options, pythons), Table(), True
    for name in names:
        try:
            result = runner.measured(name)
        except Failed as failed:
            table.add_failure(name, str(failed))
            whole = False
            continue
        result["killed"] = runner.killed(name, len(list(data.groups())))
        whole = whole and not result["killed"].startswith(BEFORE)
        if result["there"] != len(data.rows):
            result["killed"] += f" (has {result['there']} of {len(data.rows)} rows without one)"
        table.add(name, result)
    print(table.text())
    sys.exit(0 if whole else 1)


if __name__ == "__main__":
    main()
