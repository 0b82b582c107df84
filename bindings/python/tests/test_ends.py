"""How collections end: closed while they are used, with the interpreter, in a process that was forked."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import threading
import time
from typing import Any, Dict

import pytest

import lectern

PROGRAM = """
    import asyncio, sys, threading, lectern
    folder, pipeline, cache, plugins, what = sys.argv[1:]
    notes = lectern.open(folder, pipeline=pipeline, cache=cache, plugins=[plugins])
    notes.put({"id": "a", "text": "The moon raises the patient tides"})
    asked = "What raises the patient tides?"
    if what == "stream":
        stream = notes.ask_stream(asked)
        assert stream.evidence
    elif what == "circle":
        notes.circle, notes.stream = notes, notes.ask_stream(asked)
        assert notes.stream.evidence
        del notes
    elif what == "thread":
        begun = threading.Event()

        def asking():
            try:
                notes.ask(asked)
            except lectern.LecternError:
                pass

        used = notes._open.used

        def noted(*arguments):
            begun.set()
            return used(*arguments)

        notes._open.used = noted
        threading.Thread(target=asking, daemon=True).start()
        begun.wait()
    elif what == "walk":
        walk = notes.documents()
        assert next(walk).id == "a"
    else:
        async def main():
            async with notes.aio.ask_stream(asked) as stream:
                assert await stream.evidence()
                raise SystemExit(0)

        asyncio.run(main())
    print("at the end", flush=True)
"""


@pytest.mark.parametrize("what", ["stream", "circle", "thread", "walk", "asyncio"])
def test_the_interpreter_ends_while_something_runs(
    small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path, what: str
) -> None:
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(tmp_path / "notes"), str(small)]
    command += [options["cache"], options["plugins"][0], what]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=os.environ)
    assert done.returncode == 0, (done.returncode, done.stderr)
    assert done.stdout == ("" if what == "asyncio" else "at the end\n")


def test_close_is_interrupted(
    small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path
) -> None:
    """It is closed all the same, when the call that it has waited for is done."""
    (tmp_path / "a.txt").write_text("The moon", encoding="utf-8")
    notes = lectern.open(tmp_path / "notes", pipeline=small, **options)
    running, go_on = threading.Event(), threading.Event()

    def progress(_: lectern.Progress) -> None:
        running.set()
        go_on.wait()

    def interrupt() -> None:
        while not notes.closed:
            time.sleep(0)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    ingest = threading.Thread(target=notes.ingest, args=[tmp_path / "a.txt"], kwargs={"progress": progress})
    ingest.start()
    running.wait()
    other = threading.Thread(target=interrupt)
    other.start()
    with pytest.raises(KeyboardInterrupt):
        notes.close()
    other.join()
    with pytest.raises(lectern.Unavailable, match="closed"):
        notes.stats()
    go_on.set()
    ingest.join()
    with lectern.open(tmp_path / "notes", **options) as again:  # nobody has it
        assert len(again) == 1
    notes.close()


def test_a_forked_process(notes: lectern.Collection) -> None:
    """What it does to its copy is nothing to the collection, and ends."""
    walk = notes.documents()
    assert next(walk).id == "bread"
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        failed = 1
        try:
            notes.search("moon")
        except lectern.Unavailable as error:
            failed = 0 if "forked" in str(error) else 2
        notes.close()
        walk.close()  # type: ignore[attr-defined]
        os._exit(failed)
    assert os.waitpid(child, 0)[1] == 0
    assert next(walk).id == "cheese"
    assert notes.put({"id": "a", "text": "the sea"}).documents == 1
    assert notes.search("moon")[0].document == "tides" and notes.verify().clean
