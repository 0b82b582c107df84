#!/usr/bin/env python3
"""Search across languages, and the command: translation_test.py PROGRAM SOURCE

Of the Portuguese questions of tests/data/samples-questions-pt.jsonl on the English samples/, the first
hit is right for at least 24 of 30 when the pipeline translates them. Needs the models of
setup/third-party.sh translate.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
MODELS = pathlib.Path(os.environ.get("LECTERN_MODELS") or
                      pathlib.Path(os.environ.get("LECTERN_CACHE") or
                                   pathlib.Path.home() / ".cache/lectern") / "models")
WANTED = 24

PIPELINE = """version: 1
pipeline: across
stages:
  text:     {plugin: documents, stage: text}
  html:     {plugin: documents, stage: html}
  pdf:      {plugin: documents, stage: pdf}
  jsonl:    {plugin: documents, stage: jsonl}
  chunks:   {plugin: passages, stage: splitter, options: {max_tokens: 200}}
  tokens:   {plugin: wordpiece, options: {model: all-MiniLM-L6-v2}}
  vectors:  {plugin: bert, options: {model: all-MiniLM-L6-v2}}
  to_en:    {plugin: translate, options: {model: pt-en-tiny}}
ingest: [source, [text, html, pdf, jsonl], chunks, tokens, vectors, commit]
query: [query, to_en, tokens, vectors, search]
"""

problems = []


def expect(fulfilled, what):
    if not fulfilled:
        problems.append(what)


def lectern(*words, **options):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, **options)


def check_search(folder):
    (folder / "across.yaml").write_text(PIPELINE)
    shutil.copytree(SOURCE / "samples", folder / "samples")
    questions = SOURCE / "tests/data/samples-questions-pt.jsonl"
    asked = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    with open(folder / "qrels.tsv", "w", encoding="utf-8") as qrels:
        for question in asked:
            for document in question["documents"]:
                qrels.write(f"{question['_id']}\t{document}\t1\n")
    done = lectern("ingest", "-c", "notes", "--pipeline", "across.yaml", "samples", cwd=folder)
    expect(done.returncode == 0, f"ingest: {done.stderr}")
    done = lectern("eval", "-c", "notes", "--queries", str(questions), "--qrels", "qrels.tsv",
                   "--per-query", "figures.jsonl", "--json", cwd=folder)
    expect(done.returncode == 0, f"eval: {done.stderr}")
    figures = [json.loads(line) for line in (folder / "figures.jsonl").read_text().splitlines()]
    right = [one["query"] for one in figures if one["mrr@10"] == 1]
    missed = sorted({one["_id"] for one in asked} - set(right))
    print(f"{len(right)} of {len(asked)} first hits are right; not: {' '.join(missed)}")
    expect(len(figures) == 30, f"{len(figures)} questions were asked")
    expect(len(right) >= WANTED, f"{len(right)} first hits are right, and {WANTED} are wanted")


def check_command(folder):
    (folder / "a.txt").write_text("Where is the library?\n", encoding="utf-8")
    (folder / "b.txt").write_text("Water boils at 100 degrees.\n", encoding="utf-8")
    both = lectern("translate", "-m", "en-pt-tiny", "a.txt", "b.txt", cwd=folder)
    expect(both.returncode == 0, f"translate: {both.stderr}")
    piped = lectern("translate", "-m", "en-pt-tiny", cwd=folder,
                    input="Where is the library?\nWater boils at 100 degrees.\n")
    expect(both.stdout == "Onde está a biblioteca?\nÁgua ferve a 100 graus.\n",
           f"translate says {both.stdout!r}")
    expect(piped.returncode == 0 and piped.stdout.count("\n") == 2, f"piped: {piped.stdout!r}")
    kept = lectern("translate", "-m", "en-pt-tiny", "-o", "out.txt", "a.txt", cwd=folder)
    expect(kept.stdout == "" and (folder / "out.txt").read_text() == "Onde está a biblioteca?\n",
           "-o writes a file and nothing else")
    (folder / "broken").mkdir()
    for file in (MODELS / "en-pt-tiny").iterdir():
        shutil.copy(file, folder / "broken")
    model = next((folder / "broken").glob("model.*.bin"))
    model.write_bytes(model.read_bytes()[:100_000])
    (folder / "zeros.txt").write_bytes("Where is the library?".encode("utf-16"))
    for words, says in (
            (("-m", "en-pt-tiny", "zeros.txt"), "'zeros.txt': there is a byte of zero at byte 3"),
            (("-m", "broken", "a.txt"), "it ends within the item"),
            (("-m", "nowhere", "a.txt"), "there is no model"),
            (("-m", "en-pt-tiny", "c.txt"), "cannot read 'c.txt'"),
            (("-m", "en-pt-tiny", "."), "is a folder"),
            (("-m", "en-pt-tiny", "--beam", "65", "a.txt"), "--beam")):
        done = lectern("translate", *words, cwd=folder)
        expect(done.returncode == 1 and says in done.stderr, f"{words}: {done.stderr}")
        done = lectern("translate", *words, "--json", cwd=folder)
        expect("error" in json.loads(done.stdout or "{}"), f"{words} --json: {done.stdout}")


def main():
    if not (MODELS / "en-pt-tiny").is_dir() or not (MODELS / "pt-en-tiny").is_dir():
        print("skipped: no models; run setup/third-party.sh translate")
        return 0
    with tempfile.TemporaryDirectory(prefix="translation-") as name:
        check_search(pathlib.Path(name))
        check_command(pathlib.Path(name))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
