"""Ctrl-C: what runs ends soon, and what is stored is kept."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import textwrap
from typing import Any, Dict

import pytest

import lectern

PROGRAM = """
    import signal, sys, threading, lectern
    folder, pipeline, cache, plugins, what = sys.argv[1:]
    notes = lectern.open(folder, pipeline=pipeline, cache=cache, plugins=[plugins])

    def documents(enough):
        for i in range(1_000_000):
            if i == enough:
                print("ready", flush=True)
                if what.startswith("put itself "):  # what this thread takes does not wake the one that waits
                    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            yield {"id": str(i), "text": "the moon"}

    begun = []
    came = threading.Event()

    request = lectern._calls.Cancel.request

    def requested(cancel):
        request(cancel)
        came.set()

    lectern._calls.Cancel.request = requested

    def progress(now):
        if now.documents > 0 and not begun:
            begun.append(now)
            print("ready", flush=True)
            came.wait()  # so that the end is asked for before it has come by itself

    try:
        if what.startswith("put "):
            notes.put(documents(int(what.split()[-1])))
        elif what.startswith("ingest "):
            notes.ingest(what[7:], progress=progress)
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
        if not what.startswith("put itself "):
            child.send_signal(signal.SIGINT)
        lines = child.stdout.read().splitlines()
        assert child.wait(120) == 0
    last = lines[-1].split()
    assert last[:2] == ["interrupted", "with"], lines
    return int(last[2])


@pytest.mark.parametrize("how", ["put", "put itself"])
@pytest.mark.parametrize("enough", [1500, 20_000])  # that many equal rows are more than a graph is built of
def test_put(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path, enough: int, how: str) -> None:
    stored = interrupted(tmp_path / "notes", small, options, f"{how} {enough}")
    # Groups of a thousand are stored one after the other: at least those before the one that was begun.
    assert enough - 1000 <= stored < 1_000_000
    with lectern.open(tmp_path / "notes", **options) as notes:
        assert len(notes) == stored and notes.verify().clean
        # No hole in it, and all of it is found.
        assert all(str(i) in notes for i in range(0, enough - 1000, 97))
        assert len(notes.search("moon", mode="lexical", k=1000)) == min(stored, 1000)


def test_ingest(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    """What is stored is kept, and the same call goes on from there."""
    folder, count = tmp_path / "files", 20_000
    folder.mkdir()
    for i in range(count):
        (folder / f"{i}.txt").write_text(f"the moon {i}", encoding="utf-8")
    stored = interrupted(tmp_path / "notes", small, options, f"ingest {folder}")
    assert 0 < stored < count
    with lectern.open(tmp_path / "notes", **options) as notes:
        assert len(notes) == stored and notes.verify().clean
        report = notes.ingest(folder)
        assert (report.skipped, report.documents, report.failed) == (stored, count - stored, [])
        assert len(notes) == count


def test_ask(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    assert interrupted(tmp_path / "notes", small, options, "ask") == 1


def test_stream(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    assert interrupted(tmp_path / "notes", small, options, "stream") == 1


def test_follow(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("Bread", encoding="utf-8")
    assert interrupted(tmp_path / "notes", small, options, str(folder)) == 1
