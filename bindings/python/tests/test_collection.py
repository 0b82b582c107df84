"""Collections: what goes in comes out, in whatever way."""

from __future__ import annotations

import json
import logging
import pathlib
import threading
from typing import Any, Dict, List

import numpy as np
import pytest

import lectern
from conftest import DOCUMENTS


def test_documents(notes: lectern.Collection) -> None:
    assert [one.id for one in notes] == ["bread", "cheese", "tides"]
    assert [one.id for one in notes.documents(after="bread")] == ["cheese", "tides"]
    assert len(notes) == 3 and notes and "tides" in notes and "none" not in notes
    tides = notes["tides"]
    assert (tides.title, tides.text) == ("Tides", DOCUMENTS[0]["text"])
    assert tides.metadata == {"year": 2020, "topic": "sky"}
    (chunk,) = tides.chunks
    assert (chunk.begin, chunk.end) == (0, len(tides.text))
    with pytest.raises(lectern.NotFound) as failed:
        notes.get("none")
    assert failed.value.code == 2 and failed.value.word == "not_found"
    assert isinstance(failed.value, LookupError)


def test_filters(notes: lectern.Collection) -> None:
    assert notes.select("year > 2000") == ["tides"]
    assert [one.id for one in notes.documents(filter="year exists")] == ["bread", "tides"]
    assert [one.id for one in notes.documents(after="bread", filter="year exists")] == ["tides"]
    with pytest.raises(lectern.InvalidArgument, match="column 8") as failed:
        notes.select("year > ")
    assert failed.value.place == "filter"


def test_delete(notes: lectern.Collection) -> None:
    assert notes.delete("bread") == 1
    assert notes.delete(["bread", "none"]) == 0
    assert notes.delete(filter="topic = 'sky'") == 1
    assert [one.id for one in notes] == ["cheese"]
    assert notes.delete(filter="year = 1999") == 0
    with pytest.raises(lectern.InvalidArgument):
        notes.delete("cheese", filter="year = 1999")
    with pytest.raises(lectern.InvalidArgument, match="NUL"):
        notes.delete("a\0b")


def test_put(notes: lectern.Collection) -> None:
    report = notes.put(
        ({"id": f"many/{i}", "text": "bread and cheese"} for i in range(2500)), progress=False
    )
    assert (report.documents, report.chunks, report.replaced) == (2500, 2500, 0)
    assert len(notes) == 2503
    report = notes.put({"id": "bread", "text": "the sea"}, keep_existing=True)
    assert (report.documents, report.kept) == (0, ["bread"])
    report = notes.put({"id": "bread", "text": "the sea"})
    assert (report.documents, report.replaced) == (1, 1) and notes["bread"].text == "the sea"
    for wrong, place in (
        ({"id": "a", "txt": ""}, "documents/0/txt"),
        ({"text": "a"}, "documents/0/id"),
        ({"id": "a", "text": "b", "metadata": {"x": float("nan")}}, ""),
        ({"id": "a", "text": "\ud800"}, ""),
        ({"id": "a", "text": "b", "metadata": {"x": object()}}, ""),
    ):
        with pytest.raises(lectern.InvalidArgument) as failed:
            notes.put(wrong)
        assert failed.value.place == place, wrong
    report = notes.put({"id": "../a", "text": "bread"})
    assert report.documents == 0 and report.failed[0].path == "../a"


def test_files(notes: lectern.Collection, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "one.txt").write_text("The moon is made of cheese.", encoding="utf-8")
    (folder / "two.txt").write_bytes(b"\xff\xfe\x00")
    heard: List[lectern.Progress] = []
    report = notes.ingest([folder, tmp_path / "missing"], progress=heard.append)
    assert report.documents >= 1 and any("missing" in one.path for one in report.failed)
    assert heard and heard[-1].total > 0 and 0 <= heard[-1].fraction <= 1
    assert notes.ingest(folder).skipped >= 1
    report = notes.ingest_bytes("memory.txt", memoryview(b"the sea and the moon"))
    assert report.documents == 1 and notes["memory.txt"].text == "the sea and the moon"
    notes.ingest_bytes("array.txt", bytearray(b"milk"))
    assert notes["array.txt"].text == "milk"

    def fails(_: lectern.Progress) -> None:
        raise RuntimeError("I have seen enough")

    (folder / "three.txt").write_text("Bread of milk.", encoding="utf-8")
    with pytest.raises(RuntimeError, match="seen enough"):
        notes.ingest(folder, progress=fails)


def test_a_bar_is_shown(
    notes: lectern.Collection, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.txt").write_text("The moon is made of cheese.", encoding="utf-8")
    notes.ingest(tmp_path / "one.txt", progress=True)
    assert "ingest" in capsys.readouterr().err


def test_sync(notes: lectern.Collection, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"Bread {name}", encoding="utf-8")
    report = notes.sync(folder, dry_run=True)
    assert [one.change for one in report.changes] == ["added"] * 3 and report.documents == 0
    report = notes.sync(folder, exclude=["c.txt"])
    assert report.documents == 2 and len(notes) == 5
    (folder / "a.txt").unlink()
    report = notes.sync()
    (change,) = report.changes
    assert change.change == "removed" and change.file.endswith("folder/a.txt")
    (source,) = notes.sources()
    assert (source.path, source.files, source.exclude) == (str(folder), 1, ["c.txt"])
    assert notes.remove_source(folder) == 1 and not notes.sources()
    with pytest.raises(lectern.InvalidArgument):
        notes.sync()
    notes.add_source(folder, include=["*.md"])
    assert notes.sources()[0].include == ["*.md"]


def test_follow(notes: lectern.Collection, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("Bread", encoding="utf-8")
    reports: List[lectern.SyncReport] = []

    class Enough(Exception):
        pass

    def on_sync(report: lectern.SyncReport) -> None:
        reports.append(report)
        if len(reports) == 2:
            raise Enough
        (folder / "b.txt").write_text("Cheese", encoding="utf-8")

    with pytest.raises(Enough):
        notes.follow(folder, on_sync=on_sync, debounce=0.05)
    assert [one.documents for one in reports] == [1, 1]


def test_search(notes: lectern.Collection) -> None:
    found = notes.search("tides of the sea", k=2, facets=["year"], explain=True)
    assert found[0].document == "tides" and found.hits[0] is found[0] and len(found[:1]) == 1
    hit = found[0]
    assert hit.text == notes["tides"].text.encode()[hit.begin : hit.end].decode()
    assert (hit.title, hit.metadata["year"]) == ("Tides", 2020)
    assert found.facets["year"] and found.stages and found.milliseconds > 0
    assert [hit.document for hit in notes.search("sea bread", filter="year < 2000")] == ["bread"]
    assert (hit.place, hit.context) == (None, "")
    begin, end = hit.highlights[0]
    assert notes["tides"].text[begin:end] == "tides"
    assert found.facet_statistics["year"]["most"] == 2020
    near = [hit.document for hit in notes.search(similar="tides", mode="dense")]
    assert sorted(near) == ["bread", "cheese"]
    assert [hit.document for hit in notes.search('"sea of tides"')] == []
    assert notes.search('"sea of tides"', plain=True)[0].document == "tides"
    assert notes.search("che", prefix=True)[0].document == "cheese"
    assert not notes.search("sea", offset=1, min_score=0.0)
    assert "yaer" in notes.search("sea", filter="yaer = 1").hints[0]
    assert notes.search("tides of the sea", k=1, offset=1)[0].document != hit.document
    assert len(notes.search("sea", min_score=1000)) == 0
    for options, place in (({"k": 0}, "k"), ({"mode": "odd"}, "mode"), ({"weight": 2}, "weight")):
        with pytest.raises(lectern.InvalidArgument) as failed:
            notes.search("sea", **options)  # type: ignore[arg-type]
        assert failed.value.place == place
        assert isinstance(failed.value, ValueError)


def test_vectors(notes: lectern.Collection) -> None:
    assert notes.dimension == notes.stats().dimension == 8
    vectors = notes.embed(["moon", "tides of the sea", "moon"])
    assert vectors.shape == (3, 8) and vectors.dtype == np.float32 and vectors.flags.c_contiguous
    assert np.array_equal(vectors[0], vectors[2]) and not np.array_equal(vectors[0], vectors[1])
    assert np.array_equal(notes.embed("moon"), vectors[0])
    assert notes.embed([]).shape == (0, 8)
    with pytest.raises(lectern.InvalidArgument, match="NUL byte at offset 4"):
        notes.embed(["moon\0"])
    tides = notes.embed("The moon raises the tides of the sea.", purpose="query")
    assert notes.search(vector=tides, k=1)[0].document == "tides"
    assert notes.search(vector=tides.tolist(), k=1)[0].document == "tides"
    with pytest.raises(lectern.InvalidArgument):
        notes.embed("moon", purpose="poem")
    with pytest.raises(lectern.InvalidArgument):
        notes.search(vector=[1.0, 2.0])
    with pytest.raises(lectern.Unsupported):
        notes.rerank("moon", ["sea"])


def test_ask(notes: lectern.Collection) -> None:
    pieces: List[str] = []
    answer = notes.ask("What raises the tides of the sea?", on_text=pieces.append)
    assert answer.text == str(answer) == "".join(pieces) and "moon raises the tides" in answer.text
    assert answer.status == "answered" and not answer.abstained
    (citation,) = answer.citations
    assert citation.quote == DOCUMENTS[0]["text"] and citation.n == 1
    assert "title=" in answer._repr_html_() and citation.quote in answer._repr_html_()
    assert answer.milliseconds["total"] > 0 and answer.hits
    assert "<table>" in notes.search("sea")._repr_html_()

    again = notes.ask("What raises them?", history=[("What are the tides?", "")], extractive=True)
    assert "tides" in again.question

    def fails(_: str) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        notes.ask("What raises the tides of the sea?", on_text=fails)


def test_html_is_escaped(empty: lectern.Collection) -> None:
    empty.put({"id": "<b>", "text": "The moon & the <script>sea</script>", "title": "<i>"})
    html = empty.search("moon")._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html and "&lt;i&gt;" in html


def test_streams(notes: lectern.Collection) -> None:
    stream = notes.ask_stream("What raises the tides of the sea?")
    assert stream.evidence[0].document == "tides"
    assert "".join(stream) == stream.result.text and not list(stream)
    with notes.ask_stream("What raises the patient tides?") as stream:
        assert stream.evidence  # it waits now until it is ended
    with pytest.raises(lectern.Cancelled):
        stream.result  # noqa: B018  pylint: disable=pointless-statement
    with notes.summarize_stream("tides", extractive=True) as summary:
        assert "".join(summary) == summary.result.text
    failing = notes.summarize_stream("none")
    with pytest.raises(lectern.NotFound):
        list(failing)
    assert str(notes.summarize("tides", extractive=True)).startswith("The moon")


def test_a_stream_that_is_dropped_ends(notes: lectern.Collection) -> None:
    stream = notes.ask_stream("What raises the patient tides?")
    assert stream.evidence
    (thread,) = (one for one in threading.enumerate() if one.name == "lectern-stream")
    del stream
    thread.join(60)  # it would never end by itself
    assert not thread.is_alive()


def test_generate(notes: lectern.Collection) -> None:
    generated = notes.generate("speak")
    assert "moon raises" in generated.text and not generated.truncated
    messages = [{"role": "system", "content": "short"}, {"role": "user", "content": "speak"}]
    with notes.generate_stream(messages, max_tokens=9) as stream:
        assert "".join(stream) == stream.result.text
    with pytest.raises(lectern.InvalidArgument) as failed:
        notes.generate([{"role": "cook", "content": "soup"}])
    assert failed.value.place == "messages"
    with pytest.raises(lectern.DeadlineExceeded) as late:
        notes.generate("be patient", deadline=0.05)
    assert isinstance(late.value, TimeoutError)


def test_threads(notes: lectern.Collection) -> None:
    failures: List[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                notes.put({"id": f"{number}/{turn}", "text": "cheese of the moon"})
                assert len(notes.search("moon", k=3)) >= 2
        except BaseException as error:  # pylint: disable=broad-exception-caught
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and len(notes) == 23


def test_the_lock_of_the_interpreter_is_free(notes: lectern.Collection) -> None:
    """While C works, Python goes on: the call below returns only because another thread ends it."""
    stream = notes.ask_stream("What raises the patient tides?")
    assert stream.evidence
    done = threading.Event()
    threading.Thread(target=lambda: (stream.close(), done.set())).start()
    with pytest.raises(lectern.Cancelled):
        stream.result  # noqa: B018  pylint: disable=pointless-statement
    assert done.wait(60)


def test_upkeep(notes: lectern.Collection, tmp_path: pathlib.Path) -> None:
    notes.flush()
    report = notes.verify()
    assert report.clean and report.readable and report.documents == 3
    backup = notes.backup(tmp_path / "backups")
    assert backup.id == 1 and backup.documents == 3
    assert [one.id for one in lectern.backups(tmp_path / "backups")] == [1]
    with pytest.raises(lectern.Unavailable):
        lectern.verify(notes.folder)
    notes.close()
    assert lectern.verify(notes.folder).clean
    assert not lectern.repair(notes.folder).found
    assert lectern.restore(tmp_path / "backups", tmp_path / "restored").documents == 3
    lectern.delete_backup(tmp_path / "backups", 1)
    assert not lectern.backups(tmp_path / "backups")
    with pytest.raises(lectern.NotFound):
        lectern.delete_backup(tmp_path / "backups", 1)
    with pytest.raises(lectern.InvalidArgument):
        lectern.delete_backup(tmp_path / "backups", -1)
    seen: List[lectern.Progress] = []
    copied = lectern.copy(notes.folder, tmp_path / "copied", progress=seen.append)
    assert copied.documents == copied.same == 3 and not copied.different and seen
    assert lectern.copy(notes.folder, tmp_path / "copied").resumed == 3
    with lectern.open(tmp_path / "restored", load_models=False) as restored:
        assert len(restored) == 3
        with pytest.raises(lectern.InvalidArgument, match="without models"):
            restored.search("moon")


def test_open(
    notes: lectern.Collection, small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path
) -> None:
    with pytest.raises(lectern.Unavailable):
        lectern.open(notes.folder, **options)
    with pytest.raises(lectern.NotFound):
        lectern.open(tmp_path / "none", create=False, **options)
    with pytest.raises(lectern.InvalidArgument):
        lectern.open(tmp_path / "other", engine=notes.engine, threads=2)
    with pytest.raises(lectern.InvalidArgument, match="threads") as failed:
        lectern.Engine(threads=5000)
    assert failed.value.place == "threads"
    with lectern.open(tmp_path / "other", pipeline=small, **options) as other:
        assert other.engine is notes.engine  # the same options
    assert other.closed and "closed" in repr(other) and "3 documents" in repr(notes)
    other.close()
    with pytest.raises(lectern.Unavailable, match="closed"):
        other.stats()
    folders = notes.engine.folders()
    assert folders.cache == options["cache"] and folders.pipelines.endswith("share/lectern/pipelines")
    assert {"bert", "patient"} <= {one["name"] for one in notes.engine.plugins()}
    assert not notes.engine.refused_plugins()


def test_close_waits_for_walks_and_calls(notes: lectern.Collection) -> None:
    walk = notes.documents()
    assert next(walk).id == "bread"
    notes.close()
    assert next(walk).id == "cheese"  # a walk keeps its collection
    walk.close()  # type: ignore[attr-defined]


def test_the_log(small: pathlib.Path, tmp_path: pathlib.Path, options: Dict[str, Any]) -> None:
    said: List[Any] = []
    engine = lectern.Engine(
        plugins=[*options["plugins"], tmp_path / "nowhere"],
        cache=options["cache"],
        log=lambda *line: said.append(line),
    )
    engine.plugins()
    assert any(level == logging.WARNING and "nowhere" in text for level, _, text in said), said


def test_reembed(notes: lectern.Collection, small: pathlib.Path, tmp_path: pathlib.Path) -> None:
    drawn = small.with_name("other.vec")
    lines = small.with_name("words.vec").read_text(encoding="utf-8").splitlines()
    drawn.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    other = small.with_name("other.yaml")
    other.write_text(
        small.read_text(encoding="utf-8").replace("words.vec", "other.vec"), encoding="utf-8"
    )
    before = notes.stats().fingerprint
    heard: List[lectern.Progress] = []
    report = notes.reembed(other, progress=heard.append)
    assert report.chunks == 3 and report.previous_fingerprint == before != report.fingerprint
    assert heard[-1].total == 3


def test_results_survive_a_later_library() -> None:
    """Fields that a later liblectern adds are passed over."""
    hit = json.loads('{"document": "a", "chunk": 1, "score": 1, "dense_score": null, "text": "t",'
                     '"lexical_score": 1, "title": "", "begin": 0, "end": 1, "metadata": {},'
                     '"new": 1}')
    found = lectern.SearchResult({"hits": [hit], "milliseconds": 1, "new": {}})
    assert found[0].document == "a"
