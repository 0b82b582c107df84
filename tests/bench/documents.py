#!/usr/bin/env python3
"""How fast files become text, beside pdftotext and markitdown, as ratios of one run.

    tests/bench/documents.py --build build-check FILE_OR_FOLDER...

Lectern's is what the table of --explain says of the stage "extract" of an ingest with the small word vectors of
tests/format: on one thread, and on all of the machine's, as an ingest does by itself (its time over the threads).
pdftotext is run once for each PDF, as Lectern does; markitdown, if python3 finds
it, in one process over all files, its import and start not counted. Files that one of the two cannot read are
left out of both sides. Each side has the best of three runs, one after the other.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

RUNS = 3

MARKITDOWN = """
import json, sys, time
from markitdown import MarkItDown
reader = MarkItDown()
for name in json.load(sys.stdin):
    begin = time.perf_counter()
    try:
        read = bool(reader.convert(name).text_content.strip())
    except Exception:
        read = False
    print(json.dumps([name, read, time.perf_counter() - begin]), flush=True)
"""


def files_of(paths):
    for path in map(pathlib.Path, paths):
        yield from (sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path])


def lectern_seconds(build, source, files, threads=1):
    """(seconds of extraction by each thread, files that failed)"""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = pathlib.Path(folder) / "pipeline.yaml"
        pipeline.write_text(pipeline_text(source), encoding="utf-8")
        ran = subprocess.run(
            [build / "bin/lectern", "ingest", "-c", folder + "/collection", "--pipeline", pipeline,
             "--threads", str(threads), "--explain", "--json", *map(str, files)], capture_output=True, text=True, check=False)
    found = re.search(r"^extract .*?([\d.]+)\s*$", ran.stderr, re.M)
    if not found:
        sys.exit(f"lectern ingest said no time of 'extract': {ran.stderr[-500:]}")
    failed = {one["path"].split(": ")[0] for one in json.loads(ran.stdout)["failed"]}
    return float(found[1]) / 1e3 / threads, failed


def pipeline_text(source):
    """The extractors that ship, without OCR, over small word vectors."""
    text = (source / "config/pipelines/search-only.yaml").read_text(encoding="utf-8")
    text = re.sub(r"tokens: +\{.*\}", "tokens: {plugin: words}", text)
    model = source / "tests/format/v2/word2vec.bin"
    text = re.sub(r"vectors: +\{.*\}", f"vectors: {{plugin: word2vec, options: {{model: {model}}}}}", text)
    text = text.replace("stage: pdf}", "stage: pdf, options: {ocr: false}}")
    return text.replace("{plugin: ocr}", "{plugin: ocr, options: {enabled: false}}")


def pdftotext_seconds(files):
    begin = time.perf_counter()
    for file in files:
        subprocess.run(["pdftotext", "-enc", "UTF-8", file, "-"], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - begin


def markitdown_seconds(python, files):
    """{file: seconds} of those it reads; nothing when it is not installed."""
    ran = subprocess.run([python, "-c", MARKITDOWN], input=json.dumps([str(f) for f in files]),
                         capture_output=True, text=True, check=False)
    if "No module named" in ran.stderr:
        return None
    rows = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("[")]
    return {name: seconds for name, read, seconds in rows if read}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--python", default="python3", help="one that has markitdown")
    arguments = parser.parse_args()
    source = pathlib.Path(__file__).resolve().parents[2]
    files = list(files_of(arguments.paths))
    _, failed = lectern_seconds(arguments.build, source, files)
    files = [file for file in files if str(file) not in failed]

    pdfs = [file for file in files if file.suffix.lower() == ".pdf"]
    if pdfs:
        rounds = [(lectern_seconds(arguments.build, source, pdfs)[0],
                   lectern_seconds(arguments.build, source, pdfs, os.cpu_count())[0],
                   pdftotext_seconds(pdfs)) for _ in range(RUNS)]
        ours, together, theirs = map(min, zip(*rounds))
        print(f"{len(pdfs)} PDFs: lectern {ours:.2f} s, pdftotext {theirs:.2f} s, {theirs / ours:.2f} times as fast")
        print(f"  on {os.cpu_count()} threads: {together:.2f} s, {theirs / together:.2f} times as fast")
    office = [file for file in files if file.suffix.lower() in (".docx", ".pptx", ".xlsx", ".epub", ".html", ".csv")]
    times = markitdown_seconds(arguments.python, office) if office else None
    if times is None:
        print("markitdown is not installed, or there are no files for it")
        return
    both = [file for file in office if str(file) in times]
    ours = min(lectern_seconds(arguments.build, source, both)[0] for _ in range(RUNS))
    again = [markitdown_seconds(arguments.python, both) for _ in range(RUNS - 1)]
    theirs = min(sum(run[str(file)] for file in both) for run in [times, *again])
    print(f"{len(both)} office files: lectern {ours:.2f} s, markitdown {theirs:.2f} s, {theirs / ours:.1f} times as fast")


main()
