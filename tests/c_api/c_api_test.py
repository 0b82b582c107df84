#!/usr/bin/env python3
"""The C interface: c_api_test.py exports|c|python ... as CMakeLists.txt calls it.

exports: liblectern.so exports the functions of lectern.h, those of the C++ headers, and nothing
else. c, python: the programs beside this file, on a small model that is made here.
"""

import argparse
import pathlib
import random
import re
import subprocess
import sys
import tempfile

# What the C++ headers declare with LECTERN_API.
CPP = re.compile(
    r"lectern::(Engine::(~?Engine|operator=|[a-z_]+)|Collection::(~?Collection|operator=|[a-z_]+)"
    r"|Translator::(~?Translator|operator=|[a-z_]+)"
    r"|version|name|list_plugins|describe_pipeline|search_all|copy_collection|is_in_cluster|cluster_collections?|drop_cluster_collection|patch_metadata|generate_within|delete_backup|backup_files|collection_id|use_own_pipeline|merge_metadata|train|evaluate|running_calls|overdue_call)(\[abi:cxx11\])?\("
)

PIPELINE = """version: 1
pipeline: small
stages:
  text: {plugin: documents, stage: text}
  chunks: {plugin: passages, stage: splitter}
  tokens: {plugin: words}
  vectors: {plugin: word2vec, options: {model: words.vec}}
  evidence: {plugin: patient, stage: reader}
  writer: {plugin: patient, stage: writer}
ingest: [source, text, chunks, tokens, vectors, commit]
query: [query, tokens, vectors, search, evidence, writer, verify]
search: {mode: lexical}
answer: {abstain_below: 0, writing: free}
"""


def case_exports(context):
    header = (context.include / "lectern/lectern.h").read_text(encoding="utf-8")
    declared = set(re.findall(r"^LECTERN_C_API [^;]*?\b(lectern_\w+)\(", header, re.MULTILINE))
    assert len(declared) > 20, declared
    command = [context.nm, "--dynamic", "--defined-only", "--demangle", "--format=posix", context.library]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    exported = {re.match(r"(.*) [A-Za-z] [0-9a-f]+( [0-9a-f]+)?$", line)[1] for line in listed.splitlines()}
    functions = {name for name in exported if re.fullmatch(r"lectern_\w+", name)}
    assert functions == declared, functions ^ declared
    others = {name for name in exported - functions if not CPP.match(name)}
    assert not others, sorted(others)
    assert any(name.startswith("lectern::Engine::open(") for name in exported), exported


def run(folder, *command):
    (folder / "small.yaml").write_text(PIPELINE, encoding="utf-8")
    random.seed(1)
    words = "the moon raises tides of sea bread is baked in an oven cheese made milk what".split()
    rows = [" ".join([word] + [f"{random.gauss(0, 1):.4f}" for _ in range(8)]) for word in words]
    (folder / "words.vec").write_text(f"{len(rows)} 8\n" + "\n".join(rows) + "\n", encoding="utf-8")
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, timeout=200)
    print(done.stdout, flush=True)
    assert done.returncode == 0 and "all is well" in done.stdout, done.returncode


def case_c(context):
    with tempfile.TemporaryDirectory(prefix="lectern c api ") as name:
        run(pathlib.Path(name), context.program, name, f"{name}/small.yaml", context.plugins)


def case_python(context):
    program = pathlib.Path(__file__).with_name("notes.py")
    with tempfile.TemporaryDirectory(prefix="lectern c api ") as name:
        run(pathlib.Path(name), sys.executable, program, context.library, name, f"{name}/small.yaml", context.plugins)


def main():
    cases = {name[5:]: case for name, case in globals().items() if name.startswith("case_")}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=cases)
    parser.add_argument("--library", type=pathlib.Path, required=True)
    parser.add_argument("--include", type=pathlib.Path, required=True)
    parser.add_argument("--plugins", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--nm", required=True)
    context = parser.parse_args()
    cases[context.case](context)


if __name__ == "__main__":
    main()
