#!/usr/bin/env python3
"""scale.py: what the vector index costs at some sizes, and how that grows.

    tests/bench/scale.py --rows 100000,1000000 --kind f32,int8,pq --from COLLECTION

Stores so many vectors in a new collection, builds its index, opens it in another process and searches,
for each size and kind; prints tables, and the ratio of each size to the one before. The vectors are those
of an embedded collection (or a file of f32 numbers with --dimension), with noise: a million rows of a few
thousand texts. --noise 0.5 moves a row to a cosine of about .89 with its origin. Needs the disk of the
rows (1.6 kB each for 384 numbers) in --folder. Nothing else should run meanwhile.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = ("f32", "bf16", "f16", "int8", "pq")


def sizes(text):
    out = [int(float(one)) for one in text.split(",")]
    if not out or min(out) < 1:
        raise argparse.ArgumentTypeError("sizes are whole numbers between commas: 100000,1000000")
    return sorted(out)


def kinds(text):
    out = text.split(",")
    for one in out:
        if one not in KINDS:
            raise argparse.ArgumentTypeError(f"'{one}' is no kind; take some of {', '.join(KINDS)}")
    return out


def options(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=sizes, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--kind", type=kinds, default=["f32", "int8", "pq"])
    parser.add_argument("--from", dest="origin", default="made",
                        help="a collection, or a file of f32 numbers; 'made': random centres")
    parser.add_argument("--dimension", type=int, default=384, help="of a file, and of what is made")
    parser.add_argument("--noise", type=float, default=0.5, help="length of what is added to a row of length 1")
    parser.add_argument("--seal-at", type=int, default=50_000, help="rows that a segment begins with")
    parser.add_argument("--folder", help="where the collections are written; each is removed")
    parser.add_argument("--build", default=str(ROOT / "build-check"), help="the build folder")
    parser.add_argument("--json", help="a file for all figures")
    return parser.parse_args(arguments)


def child(*command):
    """What it printed, as JSON, and the most memory that it had, in bytes."""
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE) as process:
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"scale.py: {' '.join(map(str, command))} ended with {process.returncode}")
    return json.loads(text), usage.ru_maxrss * 1024


def measure(asked, rows, kind):
    bench = pathlib.Path(asked.build) / "bench" / "scale_bench"
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix="lectern-scale-") as scratch:
        rest = (pathlib.Path(scratch) / "c", rows, kind, min(asked.seal_at, rows), asked.noise, asked.origin, asked.dimension)
        filled, filling = child(bench, "fill", *rest)
        searched, searching = child(bench, "search", *rest)
    return {**filled, **searched, "kind": kind, "fill_peak_bytes": filling, "search_peak_bytes": searching}


def table(head, lines):
    widths = [max(len(str(line[i])) for line in [head, *lines]) for i in range(len(head))]
    for line in [head, *lines]:
        print("  ".join(str(cell).rjust(width) for cell, width in zip(line, widths)))
    print()


def megabytes(count):
    return f"{count / 1e6:.0f}"


def costs(all_of):
    print("What it takes: seconds to store and to build, MB of the index in memory, the most that the process had\n"
          "while it filled and while it searched, MB of the index and of the whole collection on disk, seconds to open")
    table(["rows", "kind", "store", "build", "rows/s", "memory", "peak fill", "peak search", "index", "disk", "open"],
          [[one["rows"], one["kind"], f"{one['store_seconds']:.1f}", f"{one['build_seconds']:.1f}",
            f"{one['rows'] / max(one['store_seconds'] + one['build_seconds'], 1e-9):.0f}",
            megabytes(one["memory_bytes"]), megabytes(one["fill_peak_bytes"]), megabytes(one["search_peak_bytes"]),
            megabytes(one["index_bytes"]), megabytes(one["disk_bytes"]), f"{one['open_seconds']:.2f}"]
           for one in all_of])


def searches(all_of):
    print("Searches for 10, one at a time: milliseconds, and the part of the 10 nearest (by comparing all) that is found")
    table(["rows", "kind", "passes", "p50", "p95", "p99", "recall@10"],
          [[one["rows"], one["kind"], f"{search['passes']:.2%}", f"{search['p50']:.2f}", f"{search['p95']:.2f}",
            f"{search['p99']:.2f}", f"{search['recall']:.3f}"] for one in all_of for search in one["searches"]])


def growth(all_of):
    lines = []
    for kind in dict.fromkeys(one["kind"] for one in all_of):
        same = [one for one in all_of if one["kind"] == kind]
        for before, after in zip(same, same[1:]):
            def ratio(of):
                return f"{of(after) / max(of(before), 1e-9):.2f}"
            lines.append([kind, f"{before['rows']} to {after['rows']}", ratio(lambda one: one["rows"]),
                          ratio(lambda one: one["store_seconds"] + one["build_seconds"]),
                          ratio(lambda one: one["memory_bytes"]), ratio(lambda one: one["search_peak_bytes"]),
                          ratio(lambda one: one["disk_bytes"]), ratio(lambda one: one["open_seconds"]),
                          ratio(lambda one: one["searches"][0]["p50"])])
    if not lines:
        return
    print("How it grows: each figure divided by that of the size before")
    table(["kind", "from", "rows", "ingest", "memory", "peak search", "disk", "open", "p50"], lines)


def main(arguments=None):
    asked = options(arguments)
    all_of = []
    for kind in asked.kind:
        for rows in asked.rows:
            all_of.append(measure(asked, rows, kind))
            print(f"{rows} rows as {kind}: done", file=sys.stderr, flush=True)
    first = all_of[0]
    print("Rows around random centres" if asked.origin == "made"
          else f"Rows made of {first['given']} real vectors of {asked.origin}, perturbed (noise {asked.noise:g})",
          f"of {first['dimension']} numbers; {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}\n")
    costs(all_of)
    searches(all_of)
    growth(all_of)
    if asked.json:
        pathlib.Path(asked.json).write_text(json.dumps(all_of, indent=1))


if __name__ == "__main__":
    main()
