#!/usr/bin/env python3
"""A collection in a folder and the same on a cluster, in one run: ingest, search, disk, ranking.

    cluster.py LECTERN HOST:PORT,… ROWS.jsonl [--queries Q --qrels J] [--pipeline P] [-n SEARCHES]

ROWS and the queries are BEIR's. The index is removed at the end. Run it on a quiet machine.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.request

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("lectern")
parser.add_argument("cluster")
parser.add_argument("rows")
parser.add_argument("--queries")
parser.add_argument("--qrels")
parser.add_argument("--pipeline", default="search-only")
parser.add_argument("-n", type=int, default=200)
options = parser.parse_args()


def lectern(*arguments):
    done = subprocess.run([options.lectern, *map(str, arguments), "--json"], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 2):
        raise SystemExit(f"lectern {arguments[0]}: {done.stderr}")
    return json.loads(done.stdout)


def cluster(method, path):
    request = urllib.request.Request(f"http://{options.cluster.split(',')[0]}{path}", method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=300) as answer:
        return json.load(answer)


def queries_of_lines(folder):
    """A file of plain queries, for `lectern bench`."""
    if not options.queries:
        return ()
    with open(options.queries, encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file if line.strip()]
    path = folder / "queries.txt"
    path.write_text("\n".join(text.replace("\n", " ") for text in texts) + "\n", encoding="utf-8")
    return ("--queries", path)


def measure(place, folder):
    begin = time.monotonic()
    ingest = lectern("ingest", "-c", place, "--pipeline", options.pipeline, options.rows)
    out = {"documents": ingest["documents"], "chunks": ingest["chunks"],
           "ingest_chunks_per_second": ingest["chunks"] / ingest["seconds"],
           "ingest_seconds": ingest["seconds"], "whole_seconds": time.monotonic() - begin}
    if options.queries and options.qrels:
        measures = lectern("eval", "-c", place, "--queries", options.queries, "--qrels", options.qrels)
        out["eval"] = measures
    bench = lectern("bench", "-c", place, "-n", options.n, "--questions", 0, "--ingest", 0, *queries_of_lines(folder))
    out["search_milliseconds"] = bench["search_milliseconds"]
    return out


def merged_bytes(name):
    """Of one copy, when Lucene has merged its files."""
    cluster("POST", f"/{name}/_forcemerge?max_num_segments=1")
    cluster("POST", f"/{name}/_flush")
    cluster("POST", f"/{name}/_refresh")
    return cluster("GET", f"/{name}/_stats/store")["_all"]["primaries"]["store"]["size_in_bytes"]


with tempfile.TemporaryDirectory(prefix="lectern-cluster-bench-") as scratch:
    scratch = pathlib.Path(scratch)
    name = f"bench-{os.getpid()}"
    local = measure(scratch / "collection", scratch)
    local["bytes"] = lectern("stats", "-c", scratch / "collection")["disk_bytes"]
    try:
        remote = measure(f"opensearch://{options.cluster}/{name}", scratch)
        remote["bytes"] = cluster("GET", f"/{name}/_stats/store")["_all"]["primaries"]["store"]["size_in_bytes"]
        remote["bytes_merged"] = merged_bytes(name)
        remote["copies"] = cluster("GET", f"/{name}/_stats/store")["_shards"]["successful"]
        # The same rows once more, with their vectors: what the cluster takes when nobody embeds.
        copy = lectern("copy", scratch / "collection", f"opensearch://{options.cluster}/{name}-copy")
        remote["copy_seconds"] = copy["seconds"]
        cluster("DELETE", f"/{name}-copy")
        heap = cluster("GET", "/_nodes/stats/jvm")["nodes"].values()
        remote["heap_used_bytes"] = [one["jvm"]["mem"]["heap_used_in_bytes"] for one in heap]
    finally:
        cluster("DELETE", f"/{name}")
    print(json.dumps({"folder": local, "cluster": remote,
                      "ingest_ratio": remote["ingest_chunks_per_second"] / local["ingest_chunks_per_second"]}, indent=1))
