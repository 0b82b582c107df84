#!/usr/bin/env python3
"""A collection in a folder and the same on a cluster, in one run.

    cluster.py LECTERN HOST:PORT,… ROWS.jsonl [--queries Q --qrels J] [--documents N] [-n SEARCHES]
        ingest, search, disk, heap, and what a million chunks would take at these figures
    cluster.py --ranking LECTERN HOST:PORT,… FOLDER…
        nDCG@10 of both, of each folder with corpus.jsonl, queries.jsonl and qrels.tsv (BEIR's);
        exit code 1 when they differ by more than 0.01

The indexes are removed at the end. Run it on a quiet machine; LECTERN_OPENSEARCH_REPLICAS and …_SHARDS say how the
index is made, and setup/opensearch.sh starts nodes (LECTERN_CLUSTER_JAVA=" " for a benchmark). Nodes on the same
machine take its cores from the embedder: how long they had them is printed.
"""
import argparse
import itertools
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

WANTED_INGEST = 0.85  # of the folder's speed
MOST_APART = 0.01  # nDCG@10

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("lectern", help="the program")
parser.add_argument("cluster", help="HOST:PORT,… without TLS and without a key")
parser.add_argument("rows", nargs="+", help="BEIR's corpus.jsonl; with --ranking folders")
parser.add_argument("--ranking", action="store_true", help="compare the rankings alone")
parser.add_argument("--queries", help="what is searched for; without it titles")
parser.add_argument("--qrels", help="with --queries: the ranking too")
parser.add_argument("--pipeline", default="search-only")
parser.add_argument("--documents", type=int, default=0, help="only the first rows (0: all)")
parser.add_argument("--warm-up", type=int, default=8, help="rounds of writes and searches before, at most (8): Java compiles what\n"
                    "is used often, for longer than a short ingest takes")
parser.add_argument("-n", type=int, default=200, help="searches (200)")
parser.add_argument("--limit", type=int, default=0, help="only the first queries of a ranking (0: all)")
parser.add_argument("--copy", action="store_true", help="also copy the folder to the cluster, which embeds nothing")
parser.add_argument("--json", help="a file for all figures")
options = parser.parse_args()
if not options.ranking and len(options.rows) > 1:
    parser.error("one file of rows; several folders are for --ranking")
if options.qrels and not options.queries:
    parser.error("--qrels needs --queries")


def say(text):
    print(f"{time.strftime('%T')} {text}", file=sys.stderr, flush=True)


def lectern(*arguments):
    """What it prints, and the seconds of processors that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([options.lectern, *map(str, arguments), "--json"], capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # 2: a row that cannot be stored, as Cranfield has two without text.
    if done.returncode not in (0, 2):
        raise SystemExit(f"lectern {' '.join(map(str, arguments))}: {done.stderr or done.stdout}")
    return json.loads(done.stdout), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ask(method, path):
    request = urllib.request.Request(f"http://{options.cluster.split(',')[0]}{path}", method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=600) as answer:
        return json.load(answer)


def remove(name):
    try:
        ask("DELETE", f"/{name}")
    except urllib.error.HTTPError as error:
        if error.code != 404:  # it was never made
            raise


def place(name):
    return f"opensearch://{options.cluster}/{name}"


def node_seconds():
    """Of processors, by all nodes since they were started."""
    nodes = ask("GET", "/_nodes/stats/process")["nodes"].values()
    return sum(one["process"]["cpu"]["total_in_millis"] for one in nodes) / 1000


def stored_bytes(name):
    return ask("GET", f"/{name}/_stats/store")["_all"]["primaries"]["store"]["size_in_bytes"]


def merged_bytes(name):
    """Of one copy, when Lucene has merged its files and has let go of those before."""
    ask("POST", f"/{name}/_forcemerge?max_num_segments=1")
    last = None
    for _ in range(20):
        ask("POST", f"/{name}/_flush?force=true")
        ask("POST", f"/{name}/_refresh")
        now = stored_bytes(name)
        if now == last:
            break
        last = now
        time.sleep(1)
    return now


def first_rows(source, to, count):
    with open(source, encoding="utf-8") as rows, open(to, "w", encoding="utf-8") as out:
        out.writelines(itertools.islice(rows, count))
    return to


def lines_of_queries(folder):
    """A file of plain queries, for `lectern bench`."""
    if not options.queries:
        return ()
    with open(options.queries, encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file if line.strip()]
    path = folder / "queries.txt"
    path.write_text("".join(text.replace("\n", " ") + "\n" for text in texts), encoding="utf-8")
    return ("--queries", path)


def ndcg(where, queries, qrels):
    limit = ("--limit", options.limit) if options.limit else ()
    return lectern("eval", "-c", where, "--queries", queries, "--qrels", qrels, *limit)[0]["metrics"]["ndcg@10"]


def measure(where, rows, queries):
    say(f"ingest into {where}")
    nodes = node_seconds()
    ingest, seconds = lectern("ingest", "-c", where, "--pipeline", options.pipeline, rows)
    out = {"documents": ingest["documents"], "chunks": ingest["chunks"], "tokens": ingest["tokens"],
           "ingest_seconds": ingest["seconds"], "chunks_per_second": ingest["chunks"] / ingest["seconds"],
           "lectern_processor_seconds": seconds, "node_processor_seconds": node_seconds() - nodes}
    say(f"search {where}")
    bench, _ = lectern("bench", "-c", where, "-n", options.n, "--questions", 0, "--ingest", 0, *queries)
    out["search_milliseconds"] = bench["search_milliseconds"]
    if options.qrels:
        say(f"eval {where}")
        out["ndcg@10"] = ndcg(where, options.queries, options.qrels)
    return out


def warm_up(folder, name, queries):
    """As a cluster is that has run for a while: the same writes and searches, until a round takes its processors no
    less than the one before. The seconds of each."""
    rounds = []
    while len(rounds) < options.warm_up:
        say(f"warm up, round {len(rounds) + 1}")
        before = node_seconds()
        lectern("copy", folder, place(name))
        lectern("bench", "-c", place(name), "-n", options.n, "--questions", 0, "--ingest", 0, *queries)
        remove(name)
        rounds.append(node_seconds() - before)
        if len(rounds) > 1 and rounds[-1] > 0.9 * rounds[-2]:
            break
    return rounds


def speed(scratch, name):
    rows = pathlib.Path(options.rows[0])
    if options.documents:
        rows = first_rows(rows, scratch / "rows.jsonl", options.documents)
    queries = lines_of_queries(scratch)
    local = measure(scratch / "collection", rows, queries)
    local["bytes"] = lectern("stats", "-c", scratch / "collection")[0]["disk_bytes"]
    rounds = warm_up(scratch / "collection", name + "-warm", queries)
    remote = measure(place(name), rows, queries)
    remote["warm_up_node_seconds"] = rounds
    remote["bytes"] = stored_bytes(name)
    say("merge")
    remote["bytes_merged"] = merged_bytes(name)
    settings = ask("GET", f"/{name}/_settings")[name]["settings"]["index"]
    remote["copies"] = int(settings["number_of_replicas"]) + 1
    remote["shards"] = int(settings["number_of_shards"])
    nodes = ask("GET", "/_nodes/stats/jvm")["nodes"].values()
    remote["nodes"] = len(nodes)
    remote["heap_used_bytes"] = [one["jvm"]["mem"]["heap_used_in_bytes"] for one in nodes]
    remote["heap_max_bytes"] = [one["jvm"]["mem"]["heap_max_in_bytes"] for one in nodes]
    if options.copy:
        say("copy")
        remote["copy_seconds"] = lectern("copy", scratch / "collection", place(name + "-copy"))[0]["seconds"]
    return {"folder": local, "cluster": remote}


def print_speed(figures):
    local, remote = figures["folder"], figures["cluster"]
    chunks = remote["chunks"]

    def line(what, one, other, more=""):
        print(f"{what:34}{one:>16}{other:>16}  {more}".rstrip())

    def both(key, form):
        return form.format(local[key]), form.format(remote[key])

    ratio = remote["chunks_per_second"] / local["chunks_per_second"]
    figures["ingest_ratio"] = ratio
    print(f"{remote['documents']} documents, {chunks} chunks, {remote['tokens'] / chunks:.0f} tokens a chunk; "
          f"{remote['nodes']} nodes, {remote['shards']} shards, {remote['copies']} copies; {os.cpu_count()} cores here")
    line("", "folder", "cluster")
    line("ingest, chunks a second", *both("chunks_per_second", "{:.1f}"), f"ratio {ratio:.2f} (wanted {WANTED_INGEST})")
    line("  tokens a second", *(f"{one['tokens'] / one['ingest_seconds']:.0f}" for one in (local, remote)))
    line("  seconds", *both("ingest_seconds", "{:.1f}"))
    line("  processor seconds of lectern", *both("lectern_processor_seconds", "{:.1f}"))
    line("  processor seconds of the nodes", "", f"{remote['node_processor_seconds']:.1f}")
    if remote["warm_up_node_seconds"]:
        line("  of each round of the warm-up", "", ", ".join(f"{one:.0f}" for one in remote["warm_up_node_seconds"]))
    for part in ("p50", "p95"):
        line(f"search, milliseconds, {part}", *(f"{one['search_milliseconds']['total'][part]:.1f}"
                                              for one in (local, remote)))
    line("disk, bytes a chunk", f"{local['bytes'] / chunks:.0f}", f"{remote['bytes_merged'] / chunks:.0f}",
         f"one copy, merged; {remote['bytes'] / chunks:.0f} before")
    line("heap used, MB of each node", "", ", ".join(f"{used / 1e6:.0f}" for used in remote["heap_used_bytes"]),
         f"of {remote['heap_max_bytes'][0] / 1e6:.0f}")
    if "ndcg@10" in remote:
        line("nDCG@10", *both("ndcg@10", "{:.4f}"), f"apart {abs(local['ndcg@10'] - remote['ndcg@10']):.4f}")
    if "copy_seconds" in remote:
        line("copied and compared, chunks a second", "", f"{chunks / remote['copy_seconds']:.1f}")
    million = 1e6 / chunks
    print(f"a million chunks at these figures: {remote['bytes_merged'] * million / 1e9:.1f} GB on disk, "
          f"{remote['bytes_merged'] * million * remote['copies'] / 1e9:.1f} GB with {remote['copies']} copies "
          f"(a folder {local['bytes'] * million / 1e9:.1f} GB); "
          f"ingest {remote['ingest_seconds'] * million / 3600:.1f} hours here "
          f"(a folder {local['ingest_seconds'] * million / 3600:.1f})")


def ranking(scratch, name):
    figures = {}
    for number, folder in enumerate(map(pathlib.Path, options.rows)):
        queries = folder / "queries.jsonl"
        qrels = next((file for file in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if file.exists()), None)
        if qrels is None or not queries.exists():
            raise SystemExit(f"{folder}: corpus.jsonl, queries.jsonl and qrels.tsv (or qrels/test.tsv) must be there")
        here, there = scratch / str(number), place(f"{name}-{number}")
        say(f"{folder.name}: ingest, and copy to the cluster")
        lectern("ingest", "-c", here, "--pipeline", options.pipeline, folder / "corpus.jsonl")
        lectern("copy", here, there)
        say(f"{folder.name}: eval")
        one, other = ndcg(here, queries, qrels), ndcg(there, queries, qrels)
        figures[folder.name] = {"folder": one, "cluster": other, "apart": abs(one - other)}
        print(f"{folder.name:20} nDCG@10: folder {one:.4f}, cluster {other:.4f}, apart {abs(one - other):.4f} "
              f"(at most {MOST_APART})", flush=True)
        remove(f"{name}-{number}")
    return figures


with tempfile.TemporaryDirectory(prefix="lectern-cluster-bench-") as place_of_it:
    base = f"bench-{os.getpid()}"
    made = [f"{base}-{number}" for number in range(len(options.rows))] if options.ranking \
        else [base, base + "-warm", base + "-copy"]
    try:
        all_figures = (ranking if options.ranking else speed)(pathlib.Path(place_of_it), base)
    finally:
        for one_index in made:
            remove(one_index)
    if not options.ranking:
        print_speed(all_figures)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(all_figures, indent=1) + "\n", encoding="utf-8")
    if options.ranking and any(one["apart"] > MOST_APART for one in all_figures.values()):
        raise SystemExit(1)
