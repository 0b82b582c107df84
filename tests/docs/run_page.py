#!/usr/bin/env python3
"""Runs the examples of a page of documentation, from top to bottom, in one scratch folder.

    run_page.py PAGE.md --source FOLDER --build FOLDER

The scratch folder looks like a checkout that was built: build/, samples/ and include/ are there.
The line before a block says what is done with it:

    <!-- run -->                       its commands are run by bash and must succeed
    <!-- run; output has: A | B -->    and their output has these texts
    <!-- file: some/name -->           it is written to that file, for the blocks behind it
    <!-- pipeline -->                  tests/examples/plugin_guide_test.cpp reads it
    *Not run by the tests: why.*       the reader is told

In a `console` block commands stand behind "$ " (and "> "), and the rest shows their output. Blocks
of the language `text` are no examples. Any other block must have such a line.
"""

import argparse
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

SECONDS = 600  # for the commands of one block


class Wrong(Exception):
    """An example does not do what its page says."""


@dataclasses.dataclass
class Block:
    line: int  # of the opening fence, from 1
    language: str
    before: str  # the line that says what is done with it
    text: str


def blocks(page):
    lines = page.split("\n")
    found, at = [], 0
    while at < len(lines):
        fence = re.fullmatch(r"```([A-Za-z+]*)", lines[at])
        if fence:
            end = next((i for i in range(at + 1, len(lines)) if lines[i] == "```"), None)
            if end is None:
                raise Wrong(f"line {at + 1}: the block has no end")
            above = [line for line in lines[max(0, at - 2) : at] if line.strip()]
            text = "".join(line + "\n" for line in lines[at + 1 : end])
            found.append(Block(at + 1, fence[1] or "text", above[-1].strip() if above else "", text))
            at = end
        at += 1
    return found


def commands(block):
    if block.language != "console":
        return block.text
    shown = [line[2:] for line in block.text.split("\n") if line.startswith(("$ ", "> "))]
    if not shown:
        raise Wrong("the console block has no command behind '$ '")
    return "\n".join(shown)


def run(block, scratch, environment, expected):
    child = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", commands(block)],
        cwd=scratch,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = child.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        raise Wrong(f"the commands take longer than {SECONDS} s") from None
    print(output, flush=True)
    if child.returncode != 0:
        raise Wrong(f"the commands end with exit code {child.returncode}")
    for text in expected:
        if text not in output:
            raise Wrong(f"the output lacks: {text}")


def do(block, scratch, environment):
    """What the line before the block says. True when the block was used."""
    if block.language == "text" or block.before == "<!-- pipeline -->":
        return False
    if re.fullmatch(r"\*Not run by the tests: .+\.\*", block.before):
        return False
    if match := re.fullmatch(r"<!-- file: (\S+) -->", block.before):
        path = (scratch / match[1]).resolve()
        if not path.is_relative_to(scratch.resolve()):
            raise Wrong(f"{match[1]} is outside the scratch folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        return True
    if match := re.fullmatch(r"<!-- run(?:; output has: (.+))? -->", block.before):
        run(block, scratch, environment, match[1].split(" | ") if match[1] else [])
        return True
    raise Wrong("the line before the block does not say what is done with it; see tests/docs/run_page.py")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    environment = dict(os.environ)
    if "LECTERN_CACHE" not in environment:
        environment["LECTERN_CACHE"] = str(pathlib.Path.home() / ".cache/lectern")
    for name in ("LECTERN_PLUGINS", "LECTERN_MODELS"):
        environment.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="lectern-docs-") as name:
        scratch = pathlib.Path(name)
        environment["HOME"] = name
        (scratch / "build").symlink_to(arguments.build.resolve())
        for folder in ("samples", "include"):
            (scratch / folder).symlink_to((arguments.source / folder).resolve())
        try:
            found = blocks(arguments.page.read_text(encoding="utf-8"))
        except Wrong as wrong:
            sys.exit(f"{arguments.page}: {wrong}")
        used = 0
        for block in found:
            try:
                used += do(block, scratch, environment)
            except Wrong as wrong:
                sys.exit(f"{arguments.page}:{block.line}: {wrong}")
    print(f"{arguments.page}: {used} of {len(found)} blocks used")


if __name__ == "__main__":
    main()
