#!/usr/bin/env python3
"""Runs one case of the command line's tests: run.py FOLDER. README.md describes a case."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIP = 77  # ctest shows the case as skipped
PROGRESS = r"^ *\d+%  .*\n"  # comes or not, as the machine is slow or quick


class Mismatch(Exception):
    pass


class Step:
    def __init__(self, command, line):
        self.command, self.line = command, line
        self.out, self.err, self.json, self.code = [], [], [], 0
        self.prints_json = False


def read_steps(path):
    steps = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("# ") or line in ("", "#"):
            continue
        if line.startswith("$ "):
            steps.append(Step(line[2:], number))
            continue
        if not steps:
            raise SystemExit(f"{path}:{number}: a case begins with a command: $ COMMAND")
        step = steps[-1]
        if line.startswith("  ") and not step.out:  # the command goes on
            step.command += "\n" + line[2:]
        elif line == "!" or line.startswith("! "):
            step.err.append(line[2:])
        elif line.startswith("? "):
            step.code = int(line[2:])
        elif line.startswith("json"):
            step.prints_json = True
            if line != "json":
                step.json.append(line[5:])
        else:
            step.out.append(line[1:] if line.startswith("\\") else line)
    return steps


def matches(text, pattern):
    """… stands for anything within a line."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("…"))), text, re.DOTALL) is not None


def check_lines(what, got, wanted):
    """A line that is only … stands for any lines."""
    lines = got.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    reach = {0}  # how many lines may have been matched so far
    for pattern in wanted:
        if pattern == "…":
            reach = set(range(min(reach), len(lines) + 1))
        else:
            reach = {at + 1 for at in reach if at < len(lines) and matches(lines[at], pattern)}
        if not reach:
            raise Mismatch(f"{what} has nothing that fits: {pattern}")
    if len(lines) not in reach:
        raise Mismatch(f"{what} has lines that nobody expects")


def value_at(value, path):
    """.hits[0].score; a last # gives the length."""
    for key, index, length in re.findall(r"\.([^.\[#]+)|\[(\d+)\]|(#)", path):
        if length:
            value = len(value)
        elif index:
            value = value[int(index)]
        else:
            value = value[key]
    return value


def check_json(got, checks):
    lines = got.split("\n")
    if len(lines) != 2 or lines[1]:
        raise Mismatch("stdout is not one JSON object on one line and nothing else")
    try:
        whole = json.loads(lines[0])
    except ValueError as error:
        raise Mismatch(f"stdout is not JSON: {error}") from error
    if not isinstance(whole, dict):
        raise Mismatch("stdout is not a JSON object")
    for check in checks:
        path, relation, wanted = (check.split(" ", 2) + [""])[:3]
        try:
            value = value_at(whole, path)
        except (KeyError, IndexError, TypeError):
            raise Mismatch(f"json {check}: there is no {path}") from None
        if relation == "keys":
            good = sorted(value) == sorted(wanted.split())
            value = " ".join(sorted(value))
        elif relation == "has":
            good = all(key in value for key in wanted.split())
        elif relation == "~":
            good = matches(value, wanted)
        elif relation == "sorted":
            numbers = [value_at(item, wanted) for item in value]
            good = numbers == sorted(numbers, reverse=True)
        elif relation == "distinct":
            items = [value_at(item, wanted) for item in value]
            good = len(set(items)) == len(items)
        else:
            other = json.loads(wanted)
            good = {
                "=": lambda: value == other,
                ">": lambda: value > other,
                ">=": lambda: value >= other,
                "<": lambda: value < other,
            }[relation]()
        if not good:
            raise Mismatch(f"json {check}: it is {value!r}")


def run(case, folder):
    environment = dict(os.environ, CASE=str(case), LC_ALL="C.UTF-8", TERM="xterm")
    for step in read_steps(case / "case.txt"):
        # A folder's name may have spaces in it: no variable is split at them.
        done = subprocess.run(["bash", "-c", "IFS=$'\\n\\t'\n" + step.command], cwd=folder, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        out = done.stdout.decode("utf-8", "backslashreplace")
        err = done.stderr.decode("utf-8", "backslashreplace")
        if done.returncode == SKIP:
            print(f"skipped: {out}{err}")
            return SKIP
        try:
            if step.prints_json:
                check_json(out, step.json)
            else:
                check_lines("stdout", out, step.out)
            check_lines("stderr", re.sub(PROGRESS, "", err, flags=re.MULTILINE), step.err)
            if done.returncode != step.code:
                raise Mismatch(f"the exit code is {done.returncode}, not {step.code}")
        except Mismatch as mismatch:
            print(f"{case}/case.txt:{step.line}: {mismatch}\n$ {step.command}")
            print(f"--- stdout\n{out[:20000]}--- stderr\n{err[:20000]}--- exit code {done.returncode}")
            return 1
    return 0


def main():
    case = pathlib.Path(sys.argv[1]).resolve()
    folder = tempfile.mkdtemp(prefix="lectern-cli-")
    try:
        for item in case.iterdir():
            if item.name != "case.txt":
                (shutil.copytree if item.is_dir() else shutil.copy)(item, pathlib.Path(folder, item.name))
        return run(case, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
