"""Ctrl-C: what runs ends soon, and what is stored is kept."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import textwrap
from typing import Any, Dict

import lectern

PROGRAM = """
    import sys, lectern
    folder, pipeline, cache, plugins, what = sys.argv[1:]
    notes = lectern.open(folder, pipeline=pipeline, cache=cache, plugins=[plugins])

    def documents():
        for i in range(1_000_000):
            if i == 1500:
                print("ready", flush=True)
            yield {"id": str(i), "text": "the moon"}

    try:
        if what == "put":
            notes.put(documents())
        elif what == "ask":
            notes.put({"id": "a", "text": "The moon raises the patient tides"})
            print("ready", flush=True)
            notes.ask("What raises the patient tides?")
        elif what == "stream":
            notes.put({"id": "a", "text": "The moon raises the patient tides"})
            stream = notes.ask_stream("What raises the patient tides?")
            assert stream.evidence
            print("ready", flush=True)
            list(stream)
        else:
            notes.follow(what, on_sync=lambda report: print("ready", flush=True))
    except KeyboardInterrupt:
        print("interrupted with", len(notes), flush=True)
    notes.close()
"""


def interrupted(folder: pathlib.Path, small: pathlib.Path, options: Dict[str, Any], what: str) -> int:
    """How many documents there were when the program had taken its Ctrl-C."""
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(folder), str(small)]
    command += [options["cache"], options["plugins"][0], what]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        lines = child.stdout.read().splitlines()
        assert child.wait(120) == 0
    last = lines[-1].split()
    assert last[:2] == ["interrupted", "with"], lines
    return int(last[2])


def test_put(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    stored = interrupted(tmp_path / "notes", small, options, "put")
    assert 1000 <= stored < 1_000_000
    with lectern.open(tmp_path / "notes", **options) as notes:
        assert len(notes) == stored and notes.verify().clean


def test_ask(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    assert interrupted(tmp_path / "notes", small, options, "ask") == 1


def test_stream(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    assert interrupted(tmp_path / "notes", small, options, "stream") == 1


def test_follow(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("Bread", encoding="utf-8")
    assert interrupted(tmp_path / "notes", small, options, str(folder)) == 1
