"""The same for asyncio: nothing blocks the loop, and a task that is cancelled ends its work."""

from __future__ import annotations

import asyncio
import pathlib
from typing import Any, List

import numpy as np
import pytest

import lectern


async def ticks(count: List[int]) -> None:
    """Counts while the loop is free."""
    while True:
        count[0] += 1
        await asyncio.sleep(0)


async def test_everything(empty: lectern.Collection, tmp_path: pathlib.Path) -> None:
    notes = empty.aio
    report = await notes.put([{"id": "a", "text": "The moon is made of cheese."}, {"id": "b", "text": "the sea"}])
    assert report.documents == 2
    (tmp_path / "c.txt").write_text("cheese", encoding="utf-8")
    assert (await notes.ingest(tmp_path / "c.txt")).documents == 1
    assert (await notes.ingest_bytes("d.txt", b"bread")).documents == 1
    assert [one.id async for one in notes.documents(filter="id begins 'a'")] == ["a"]
    assert len([one async for one in notes.documents()]) == 4
    assert (await notes.get("b")).text == "the sea"
    found, vectors = await asyncio.gather(
        notes.search("moon", k=1, facets=["id"], deadline=60), notes.embed(["moon", "sea"])
    )
    assert found[0].document == "a" and found.facets["id"]
    assert np.array_equal(vectors[1], await notes.embed("sea"))
    answer = await notes.ask("What raises the tides of the sea?", extractive=True)
    assert answer.citations
    assert (await notes.summarize("a", extractive=True)).text
    assert (await notes.generate("speak", max_tokens=5)).text
    assert await notes.patch_metadata("a", {"seen": True})
    assert not await notes.patch_metadata("a", {"seen": True})
    assert (await notes.get("a")).metadata == {"seen": True}
    assert (await notes.verify()).clean
    assert await notes.delete("a") == 1
    assert (await notes.stats()).documents == 3
    with pytest.raises(lectern.Unsupported):
        await notes.rerank("a", ["b"])
    with pytest.raises(lectern.NotFound):
        await notes.get("a")
    await notes.close()
    assert empty.closed


async def test_streams(notes: lectern.Collection) -> None:
    stream = notes.aio.ask_stream("What raises the tides of the sea?")
    pieces = [piece async for piece in stream]
    assert "".join(pieces) == (await stream.result()).text
    assert (await stream.evidence())[0].document == "tides"
    async with notes.aio.ask_stream("What raises the patient tides?") as patient:
        assert await patient.evidence()  # it waits now until it is ended
    with pytest.raises(lectern.Cancelled):
        await patient.result()


async def test_a_stream_that_is_dropped_ends(notes: lectern.Collection) -> None:
    """So the loop can end, which waits for the threads of its calls."""
    stream = notes.aio.ask_stream("What raises the patient tides?")
    assert await stream.evidence()
    future = stream._future
    del stream
    done, _ = await asyncio.wait([future], timeout=60)
    assert done and isinstance(future.exception(), lectern.Cancelled)


async def test_a_cancelled_task_ends_its_work(notes: lectern.Collection) -> None:
    count = [0]
    other = asyncio.create_task(ticks(count))
    asking = asyncio.create_task(notes.aio.ask("What raises the patient tides?"))
    while count[0] < 1000:  # the loop goes on while the answer is worked on
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking  # it would never end by itself
    other.cancel()
    assert (await notes.aio.search("moon"))[0].document == "tides"


@pytest.mark.parametrize("what", ["ask", "generate", "follow"])
async def test_whatever_runs_ends_with_its_task(notes: lectern.Collection, tmp_path: pathlib.Path, what: str) -> None:
    """None of these would end by itself."""
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    used = notes._open.used

    def noted(*arguments: Any) -> Any:
        loop.call_soon_threadsafe(begun.set)
        return used(*arguments)

    notes._open.used = noted  # type: ignore[method-assign,assignment]
    calls = {
        "ask": lambda: notes.aio.ask("What raises the patient tides?"),
        "generate": lambda: notes.aio.generate("be patient"),
        "follow": lambda: notes.aio.follow(tmp_path, on_sync=lambda report: None),
    }
    task = asyncio.create_task(calls[what]())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await notes.aio.search("moon"))[0].document == "tides"


async def test_sources_and_streams(notes: lectern.Collection, tmp_path: pathlib.Path) -> None:
    (tmp_path / "c.txt").write_text("cheese", encoding="utf-8")
    await notes.aio.add_source(tmp_path, include="*.txt")
    assert [one.include for one in await notes.aio.sources()] == [["*.txt"]]
    assert len((await notes.aio.sync()).changes) == 1
    assert await notes.aio.remove_source(tmp_path) == 1
    async with notes.aio.summarize_stream("tides", extractive=True) as summary:
        assert "".join([piece async for piece in summary]) == (await summary.result()).text
    async with notes.aio.generate_stream("speak", max_tokens=9) as generated:
        assert "".join([piece async for piece in generated]) == (await generated.result()).text


def test_it_has_every_method() -> None:
    """But those that read what is in memory, or are iterated over."""
    here = {name for name in dir(lectern.Collection) if not name.startswith("_")}
    there = {name for name in dir(lectern.AsyncCollection) if not name.startswith("_")}
    assert here - there == {"aio", "closed", "dimension"}


async def test_a_cancelled_ingest_keeps_what_is_stored(empty: lectern.Collection) -> None:
    started: asyncio.Event = asyncio.Event()
    loop = asyncio.get_running_loop()

    def documents() -> Any:
        for i in range(1_000_000):
            if i == 1500:  # the first group is stored
                loop.call_soon_threadsafe(started.set)
            yield {"id": f"{i}", "text": "the moon"}

    task = asyncio.create_task(empty.aio.put(documents()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stored = len(empty)
    assert 1000 <= stored < 1_000_000
    assert empty.verify().clean and len(empty) == stored
