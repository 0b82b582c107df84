#!/usr/bin/env python3
"""Lectern beside Chroma, LanceDB and txtai: the same rows, the same model, one table.

    compare.py [--data FOLDER] [--rows N] [--queries N] [--only NAME,...]

FOLDER has corpus.jsonl ("_id", "title", "text"), queries.jsonl ("_id", "text") and qrels.tsv
(query, document, relevance), as BEIR has them; a name is one below LECTERN_DATA. Without one the
landmark papers of samples/ are searched for by their titles.

Each contestant runs in a process of its own and takes the rows in groups of 100. All have the model of
one folder, the one that Lectern reads: Chroma and LanceDB are given the vectors that
sentence-transformers makes with it, and txtai loads it itself, as its users do (both in PyTorch, f32).
Each is asked for 10 documents a query, one query after the other, as text: the time has the query's
embedding in it. `lectern` searches by words and meaning, as its pipeline says; `lectern-dense` by
vectors alone, as the others do. Then a new process takes the rows again, is killed in the middle of it
(SIGKILL), and what it had acknowledged is looked for: whether it opens, searches, and has that many
rows. Peak memory is that of the process, libraries and model included.

`bindings/python/bench/compare` makes an environment with all of them and runs this in it.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
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
import time
from typing import Any, Callable, Dict, Iterator, List, Tuple

SOURCE = pathlib.Path(__file__).resolve().parents[3]
GROUP = 100
SECONDS = 3600  # for one process
RESULT = "result: "  # before what a process says, since the libraries say things of their own
# Nobody is called up, and nothing is fetched.
ENVIRONMENT = {
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "true",
}
MODEL = "all-MiniLM-L6-v2"

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
        self.rows: List[Row] = [
            (one["_id"], f"{one.get('title', '')}\n{one['text']}".strip()) for one in corpus
        ]
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


def model_folder() -> str:
    """Where Lectern has its model."""
    named = os.environ.get("LECTERN_MODELS")
    if named:
        return str(pathlib.Path(named) / MODEL)
    cache = os.environ.get("LECTERN_CACHE", str(pathlib.Path.home() / ".cache/lectern"))
    return str(pathlib.Path(cache) / "models" / MODEL)


def sentence_transformer() -> Callable[[List[str]], Any]:
    """The model as the others run it: texts to rows of float32."""
    from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found]

    model = SentenceTransformer(model_folder(), device="cpu")
    return lambda texts: model.encode(texts, normalize_embeddings=True, show_progress_bar=False)


class Lectern:
    """Words and meaning, as the pipeline search-only has it."""

    package = "lectern"
    mode = "hybrid"

    def __init__(self, folder: str) -> None:
        import lectern

        self._notes = lectern.open(f"{folder}/lectern", pipeline="search-only")

    def add(self, rows: List[Row]) -> None:
        self._notes.put({"id": name, "text": text} for name, text in rows)

    def search(self, query: str) -> Hits:
        return [hit.document for hit in self._notes.search(query, k=10, mode=self.mode)]

    def count(self) -> int:
        return len(self._notes)


class LecternDense(Lectern):
    """By vectors alone."""

    mode = "dense"


class Chroma:
    """A persistent client."""

    package = "chromadb"

    def __init__(self, folder: str) -> None:
        import chromadb  # type: ignore[import-not-found]

        self._embed = sentence_transformer()
        client = chromadb.PersistentClient(f"{folder}/chroma")
        # Its own function for embedding would fetch a model.
        self._collection = client.get_or_create_collection(
            "rows", metadata={"hnsw:space": "cosine"}, embedding_function=None
        )

    def add(self, rows: List[Row]) -> None:
        texts = [text for _, text in rows]
        names = [name for name, _ in rows]
        self._collection.add(ids=names, documents=texts, embeddings=self._embed(texts).tolist())

    def search(self, query: str) -> Hits:
        found = self._collection.query(query_embeddings=self._embed([query]).tolist(), n_results=10)
        return list(found["ids"][0])

    def count(self) -> int:
        return int(self._collection.count())


class Lance:
    """A table without an index, which so few rows do not need."""

    package = "lancedb"

    def __init__(self, folder: str) -> None:
        import lancedb  # type: ignore[import-not-found]

        self._embed = sentence_transformer()
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

    def search(self, query: str) -> Hits:
        found = self._table.search(self._embed([query])[0].tolist()).distance_type("cosine").limit(10).to_list()
        return [row["id"] for row in found]

    def count(self) -> int:
        return 0 if self._table is None else int(self._table.count_rows())


class Txtai:
    """An index in memory, which is saved after each group so that it is on disk as the others' are."""

    package = "txtai"

    def __init__(self, folder: str) -> None:
        from txtai import Embeddings  # type: ignore[import-not-found]

        self._path = f"{folder}/txtai"
        self._embeddings = Embeddings(path=model_folder(), content=False)
        if self._embeddings.exists(self._path):
            self._embeddings.load(self._path)

    def add(self, rows: List[Row]) -> None:
        self._embeddings.upsert([(name, text, None) for name, text in rows])
        self._embeddings.save(self._path)

    def search(self, query: str) -> Hits:
        return [name for name, _ in self._embeddings.search(query, 10)]

    def count(self) -> int:
        return int(self._embeddings.count()) if self._embeddings.config else 0


CONTESTANTS: Dict[str, Any] = {
    "lectern": Lectern,
    "lectern-dense": LecternDense,
    "chroma": Chroma,
    "lancedb": Lance,
    "txtai": Txtai,
}


# ---------------------------------------------------------------------------- the measurement


def measure(name: str, data: Data, folder: str) -> Dict[str, Any]:
    """In a process of its own: ingest, then the queries."""
    contestant = CONTESTANTS[name](folder)
    begin = time.perf_counter()
    for group in data.groups():
        contestant.add(group)
    ingest = time.perf_counter() - begin
    contestant.search("warm up")
    times, found = [], {}
    for query, text in data.queries:
        begin = time.perf_counter()
        found[query] = contestant.search(text)
        times.append((time.perf_counter() - begin) * 1000)
    cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return {
        "ingest": len(data.rows) / ingest,
        "p50": cuts[49],
        "p95": cuts[94],
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "ndcg": data.ndcg(found),
        "there": contestant.count(),
    }


def store_slowly(name: str, data: Data, folder: str) -> None:
    """Says what is acknowledged, group by group, until it is killed."""
    contestant = CONTESTANTS[name](folder)
    done = 0
    for group in data.groups():
        contestant.add(group)
        done += len(group)
        say(done)


def child(role: str, name: str, folder: str, options: argparse.Namespace) -> List[str]:
    """The command of a contestant's process."""
    command = [sys.executable, __file__, "--data", options.data, "--rows", str(options.rows)]
    command += ["--queries", str(options.queries), "--child", role, "--only", name]
    return [*command, "--folder", folder]


def said(command: List[str]) -> Any:
    """What such a process gives; None when it failed."""
    try:
        done = subprocess.run(
            command, check=False, stdout=subprocess.PIPE, text=True, timeout=SECONDS, env={**os.environ, **ENVIRONMENT}
        )
    except subprocess.TimeoutExpired:
        print(f"not done after {SECONDS} s: {' '.join(command)}", file=sys.stderr)
        return None
    results = [line for line in done.stdout.splitlines() if line.startswith(RESULT)]
    return json.loads(results[-1][len(RESULT) :]) if done.returncode == 0 and results else None


def say(result: Any) -> None:
    """The other side."""
    print(f"{RESULT}{json.dumps(result)}", flush=True)


def killed(name: str, data: Data, folder: str, options: argparse.Namespace) -> str:
    """What is there of what was acknowledged before a kill in the middle."""
    middle = max(1, len(list(data.groups())) // 2)
    acknowledged = 0
    with subprocess.Popen(
        child("store", name, folder, options),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **ENVIRONMENT},
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith(RESULT):
                continue
            acknowledged = json.loads(line[len(RESULT) :])
            middle -= 1
            if middle == 0:
                process.send_signal(signal.SIGKILL)
                break
    if middle > 0:
        return "failed before"
    there = said(child("count", name, folder, options))
    return "does not open" if there is None else f"{min(there, acknowledged)} of {acknowledged}"


COLUMNS = (
    ("ingest", "rows/s", True),
    ("p50", "p50 ms", False),
    ("p95", "p95 ms", False),
    ("memory", "MiB", False),
    ("ndcg", "nDCG@10", True),
)


def table(results: Dict[str, Dict[str, Any]]) -> str:
    """Figures, and in brackets how many times better (above 1) or worse Lectern is."""
    heads = ["", *(head for _, head, _ in COLUMNS), "after kill -9"]
    lines = [heads]
    ours = results.get("lectern") or results.get("lectern-dense")
    for name, result in results.items():
        cells = [f"{name} {result['version']}"]
        for key, _, more in COLUMNS:
            value = result[key]
            text = f"{value:.3f}" if key == "ndcg" else f"{value:.1f}"
            if ours is not None and ours is not result and value and ours[key]:
                ratio = ours[key] / value if more else value / ours[key]
                text += f" ({ratio:.2f}x)"
            cells.append(text)
        lines.append([*cells, result["killed"]])
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)) for line in lines)


def main() -> None:
    """Runs all contestants, or is one of their processes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", default="", help="a folder, or a name below LECTERN_DATA")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--only", default=",".join(CONTESTANTS), help="names, with commas")
    parser.add_argument("--child", choices=["measure", "store", "count"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    data = Data(options.data, options.rows, options.queries)
    if options.child == "measure":
        say(measure(options.only, data, options.folder))
        return
    if options.child == "store":
        store_slowly(options.only, data, options.folder)
        return
    if options.child == "count":
        contestant = CONTESTANTS[options.only](options.folder)
        contestant.search("is it whole?")
        say(contestant.count())
        return

    names = options.only.split(",")
    for name in names:
        if name not in CONTESTANTS:
            parser.error(f"--only: there is no {name!r}; there are {', '.join(CONTESTANTS)}")
    if not data.queries:
        parser.error("none of the queries is answered by these rows; take more --rows")
    failed = False
    print(f"{len(data.rows)} rows, {len(data.queries)} queries, {os.cpu_count()} cores")
    results: Dict[str, Dict[str, Any]] = {}
    for name in names:
        package = CONTESTANTS[name].package
        if importlib.util.find_spec(package) is None:
            print(f"{name}: left out, for {package} is not installed")
            continue
        with tempfile.TemporaryDirectory(prefix="lectern-compare-") as folder:
            result = said(child("measure", name, folder, options))
        if result is None:
            print(f"{name}: left out, for it failed (above)")
            failed = True
            continue
        if result["there"] != len(data.rows):
            print(f"{name}: has {result['there']} of {len(data.rows)} rows")
        with tempfile.TemporaryDirectory(prefix="lectern-compare-") as folder:
            result["killed"] = killed(name, data, folder, options)
        result["version"] = importlib.metadata.version(package)
        results[name] = result
    print(table(results))
    sys.exit(1 if failed or not results else 0)


if __name__ == "__main__":
    main()
