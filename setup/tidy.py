#!/usr/bin/env python3
"""Runs clang-tidy over our files, skipping those that have not changed since they passed.

    setup/tidy.py BUILD-FOLDER [--jobs N]

A file counts as changed when itself, a header of ours that it includes, its compile
command or .clang-tidy changed. BUILD-FOLDER must have been built: ninja knows the headers.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def headers_of_ours(build):
    """{object file: [our files it was compiled from]}, as ninja recorded them."""
    text = subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True, capture_output=True, text=True).stdout
    found, current = {}, []
    for line in text.splitlines():
        if line.startswith("    "):
            path = (build / line.strip()).resolve()
            if path.is_relative_to(ROOT) and not path.is_relative_to(build):
                current.append(path)
        elif ": #deps" in line:
            current = found.setdefault(line.split(": #deps")[0], [])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    build = arguments.build.resolve()

    tidy = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    if not tidy:
        sys.exit("error: clang-tidy is missing; install it (Debian: apt-get install clang-tidy-14)")
    configuration = (ROOT / ".clang-tidy").read_bytes()
    passed = build / "tidy-passed"
    passed.mkdir(exist_ok=True)
    hashes = {}

    def digest(path):
        if path not in hashes:
            hashes[path] = hashlib.sha256(path.read_bytes()).digest()
        return hashes[path]

    headers = headers_of_ours(build)
    work = []
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if not source.is_relative_to(ROOT) or source.is_relative_to(build):
            continue
        key = hashlib.sha256(configuration + entry["command"].encode())
        for path in sorted({source, *headers.get(entry.get("output", ""), [])}):
            if path.exists():
                key.update(str(path).encode() + digest(path))
        stamp = passed / key.hexdigest()
        if not stamp.exists():
            work.append((source, stamp))

    def check(item):
        source, stamp = item
        result = subprocess.run([tidy, "--quiet", "-p", build, source], capture_output=True, text=True)
        if result.returncode == 0:
            stamp.touch()
        return source, result

    failed = 0
    print(f"clang-tidy: {len(work)} changed files", flush=True)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for source, result in pool.map(check, work):
            if result.returncode != 0:
                failed += 1
                print(f"{source.relative_to(ROOT)}:\n{result.stdout}{result.stderr}", flush=True)
    if failed:
        sys.exit(f"clang-tidy: {failed} files with findings")


if __name__ == "__main__":
    main()
