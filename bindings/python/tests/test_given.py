"""What a caller gives: one text is not its letters, numpy's numbers are numbers, and what is wrong is said."""

from __future__ import annotations

import collections
import copy
import math
import os
import pathlib
import pickle
import types
from typing import Any, Callable, Dict

import numpy as np
import pytest

import lectern


def test_one_text_is_not_its_letters(notes: lectern.Collection, tmp_path: pathlib.Path) -> None:
    assert list(notes.search("moon", facets="year").facets) == ["year"]
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("a.txt", "b.md"):
        (folder / name).write_text("Bread", encoding="utf-8")
    (added,) = notes.sync(folder, exclude="*.md", dry_run=True).changes
    assert added.file.endswith("a.txt")
    (added,) = notes.sync(folder, include="*.md", dry_run=True).changes
    assert added.file.endswith("b.md")
    notes.add_source(folder, include="*.md", exclude="*.txt")
    (source,) = notes.sources()
    assert (source.include, source.exclude) == (["*.md"], ["*.txt"])


def test_one_folder_of_plugins(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    for plugins in (options["plugins"][0], pathlib.Path(options["plugins"][0])):
        with lectern.open(tmp_path / "notes", pipeline=small, plugins=plugins, cache=options["cache"]) as notes:
            assert "patient" in [one["name"] for one in notes.engine.plugins()]


def test_numbers_of_numpy(notes: lectern.Collection) -> None:
    metadata = {"year": np.int64(2015), "part": np.float32(0.5), "seen": np.bool_(True), "all": np.arange(2)}
    of_others = types.MappingProxyType({**metadata, "name": np.str_("n")})
    document = collections.UserDict({"id": "a", "text": "the sea", "metadata": of_others})
    assert notes.put([document]).documents == 1
    assert notes["a"].metadata == {"year": 2015, "part": 0.5, "seen": True, "all": [0, 1], "name": "n"}
    assert notes.patch_metadata("a", {"year": np.int32(2016)}) and notes.select("year = 2016") == ["a"]
    assert len(notes.search("sea", k=np.int64(1), weight=np.float32(0.5), mode="hybrid", deadline=np.float32(60))) == 1
    vector = notes.embed("sea", purpose="query")
    for same in (vector.astype(">f8"), np.repeat(vector, 2)[::2], tuple(vector), memoryview(vector)):
        assert notes.search(vector=same, k=1)[0].document == "a"  # type: ignore[arg-type]


def test_deadlines(notes: lectern.Collection) -> None:
    assert notes.search("sea", deadline=math.inf)
    for wrong in (math.nan, "1"):
        with pytest.raises(lectern.InvalidArgument, match="a number of seconds") as failed:
            notes.search("sea", deadline=wrong)  # type: ignore[arg-type]
        assert failed.value.place == "deadline"


CALLS: Dict[str, Callable[[Any], Any]] = {
    "the id is a str, not int": lambda notes: notes.get(5),
    "the id is a str, not NoneType": lambda notes: notes[None],
    "the id is a str, not bytes": lambda notes: list(notes.documents(after=b"a", filter="year > 1")),
    "the filter is a str": lambda notes: notes.select(5),
    "a text is a str, not bytes": lambda notes: notes.embed([b"moon"]),
    "a document is a mapping with id and text, not str": lambda notes: notes.put("moon"),
    "a document is a mapping with id and text, not tuple": lambda notes: notes.put([("id", "a")]),
    "'text' must be a string": lambda notes: notes.put({"id": "a", "text": 5}),
    "a patch is a mapping, not str": lambda notes: notes.patch_metadata("tides", "year"),
    "Object of type set is not JSON": lambda notes: notes.patch_metadata("tides", {"a": {1}}),
    "the vector is no list of numbers": lambda notes: notes.search(vector=["a"] * 8),
    "the vector has an infinity or NaN": lambda notes: notes.search(vector=[math.nan] * 8),
    "a turn is a question and its answer": lambda notes: notes.ask("moon", history=["What?"]),
    "progress is True or a function, not 1": lambda notes: notes.put([], progress=1),
    "NUL byte": lambda notes: notes.ingest(f"{notes.folder}\0b"),
    "is not UTF-8; name the folder that it is in": lambda notes: notes.ingest(os.fsdecode(b"/a/\xff.txt")),
}


@pytest.mark.parametrize("message", CALLS)
def test_what_is_wrong_is_said(notes: lectern.Collection, message: str) -> None:
    with pytest.raises(lectern.InvalidArgument, match=message):
        CALLS[message](notes)


def test_a_file_whose_name_is_not_utf8(notes: lectern.Collection, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / os.fsdecode(b"\xff.txt")).write_text("Bread", encoding="utf-8")
    report = notes.ingest(folder)
    assert report.documents + len(report.failed) == 1, report


def test_handles_are_not_copied(notes: lectern.Collection) -> None:
    """A number that is an address here is none elsewhere."""
    for one in (notes, notes.engine):
        for how in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match="neither copied nor pickled"):
                how(one)
    hit = notes.search("moon")[0]
    assert pickle.loads(pickle.dumps(hit)) == copy.deepcopy(hit) == hit
