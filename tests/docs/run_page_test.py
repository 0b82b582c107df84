#!/usr/bin/env python3
"""run_page.py refuses what it must: an unmarked block, a failing command, missing output."""

import pathlib
import subprocess
import sys
import tempfile

SCRIPT = pathlib.Path(__file__).with_name("run_page.py")

# (name, page, exit code, text in the output)
CASES = [
    ("no marker", "```sh\ntrue\n```\n", 1, ":1: the line before the block does not say"),
    ("a marker far above", "<!-- run -->\n\nwords\n\n```sh\ntrue\n```\n", 1, ":5: the line before"),
    ("run", "<!-- run -->\n```sh\necho one\n```\n", 0, "1 of 1 blocks used"),
    ("run, blank line between", "<!-- run -->\n\n```sh\ntrue\n```\n", 0, "1 of 1 blocks used"),
    ("fails", "<!-- run -->\n```sh\nfalse\ntrue\n```\n", 1, ":2: the commands end with exit code 1"),
    ("fails in a pipe", "<!-- run -->\n```sh\nfalse | cat\n```\n", 1, "exit code 1"),
    ("output", "<!-- run; output has: a b | c -->\n```sh\necho a b; echo c\n```\n", 0, "1 of 1"),
    ("no such output", "<!-- run; output has: a | d -->\n```sh\necho a\n```\n", 1, "the output lacks: d"),
    ("console", "<!-- run; output has: 7 -->\n```console\n$ echo \\\n>   $((3+4))\nshown\n```\n", 0, "1 of 1"),
    ("console, no command", "<!-- run -->\n```console\nshown\n```\n", 1, "no command"),
    ("file", "<!-- file: a/b -->\n```cpp\nx\n```\n<!-- run -->\n```sh\ngrep x a/b\n```\n", 0, "2 of 2"),
    ("file outside", "<!-- file: ../b -->\n```cpp\nx\n```\n", 1, "outside the scratch folder"),
    ("not run", "*Not run by the tests: it takes an hour.*\n```sh\nfalse\n```\n", 0, "0 of 1"),
    ("not run, no reason", "*Not run by the tests.*\n```sh\nfalse\n```\n", 1, ":2: the line before"),
    ("text", "```text\npicture\n```\n", 0, "0 of 1"),
    ("no end", "<!-- run -->\n```sh\ntrue\n", 1, "line 2: the block has no end"),
]


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        page = folder / "page.md"
        for title, text, code, expected in CASES:
            page.write_text(text, encoding="utf-8")
            done = subprocess.run(
                [sys.executable, SCRIPT, page, "--source", folder, "--build", folder],
                capture_output=True,
                text=True,
            )
            output = done.stdout + done.stderr
            if done.returncode != code or expected not in output:
                failed += 1
                print(f"FAILED: {title}: exit code {done.returncode}\n{output}")
    print(f"{len(CASES) - failed} of {len(CASES)} cases passed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
