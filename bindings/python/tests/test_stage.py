"""Stages in Python, in pipelines that the engine runs."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Sequence

import numpy as np
import pytest

import lectern

MADE: List[Mapping[str, Any]] = []
ASKED: List[lectern.GenerationRequest] = []


@lectern.stage(
    "custom",
    name="py-shout",
    options={
        "mark": {"type": "string", "default": "!"},
        "double": {"type": "boolean", "default": False},
    },
)
class Shout(lectern.CustomStage):
    """Adds a mark; leaves out what is secret; fails on what is odd."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        MADE.append(options)

    def process(self, record: lectern.Record) -> Iterable[lectern.Record]:
        if "secret" in record.text:
            return
        if "odd" in record.text:
            raise ValueError("this is odd")
        record.text += self.options["mark"]
        record.metadata["shouted"] = np.bool_(True)  # as JSON says it
        yield record
        if self.options["double"]:
            yield lectern.Record(f"once more: {record.text}", id=f"{record.id}/2")


@lectern.stage("reranker")
class PyBackwards(lectern.RerankerStage):
    def rerank(self, query: str, hits: Sequence[lectern.StageHit]) -> Iterable[float]:
        assert query == "the sea" and all(hit.document and hit.text for hit in hits)
        return [float(hit.metadata.get("place", 0)) for hit in hits]


@lectern.stage("generator")
class PyWriter(lectern.GeneratorStage):
    context_tokens = 100_000
    model = "a few lines of Python"

    def generate(self, request: lectern.GenerationRequest) -> Iterator[str]:
        ASKED.append(request)
        yield "The moon raises "
        yield "the tides of the sea."
        yield " And it is made of cheese."


def pipeline(small: pathlib.Path, **changes: str) -> pathlib.Path:
    """The small pipeline with texts put in the place of others."""
    text = small.read_text(encoding="utf-8")
    for before, after in changes.items():
        old = {"stages": "  writer: {plugin: patient, stage: writer}\n", "ingest": "text, chunks",
               "writing": "evidence, writer, verify", "query": "search, evidence"}[before]
        assert old in text
        text = text.replace(old, after)
    file = small.with_name(f"{'-'.join(changes)}.yaml")
    file.write_text(text, encoding="utf-8")
    return file


def test_custom(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    file = pipeline(
        small,
        stages="  loud: {plugin: py-shout, options: {mark: '?', double: true}}\n"
        "  writer: {plugin: patient, stage: writer}\n",
        ingest="text, loud, chunks",
    )
    with lectern.open(tmp_path / "notes", pipeline=file, **options) as notes:
        assert MADE[-1] == {"mark": "?", "double": True}
        report = notes.put(
            [
                {"id": "a", "text": "the moon", "metadata": {"year": 1}},
                {"id": "b", "text": "secret bread"},
                {"id": "c", "text": "odd milk"},
            ]
        )
        assert report.documents == 2 and "this is odd" in report.failed[0].error
        assert [one.id for one in notes] == ["a", "a/2"]
        assert notes["a"].text == "the moon?"
        assert notes["a"].metadata == {"year": 1, "shouted": True}
        assert notes["a/2"].text == "once more: the moon?"


def test_wrong_options(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    file = pipeline(
        small,
        stages="  loud: {plugin: py-shout, options: {mrak: '?'}}\n"
        "  writer: {plugin: patient, stage: writer}\n",
        ingest="text, loud, chunks",
    )
    with pytest.raises(lectern.InvalidArgument, match="mrak"):
        lectern.open(tmp_path / "notes", pipeline=file, **options)


def test_reranker(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    file = pipeline(
        small,
        stages="  order: {plugin: py-backwards}\n  writer: {plugin: patient, stage: writer}\n",
        query="search, order, evidence",
    )
    with lectern.open(tmp_path / "notes", pipeline=file, **options) as notes:
        notes.put(
            {"id": str(i), "text": "the sea", "metadata": {"place": i}} for i in (3, 1, 2)
        )
        assert [hit.document for hit in notes.search("the sea")] == ["3", "2", "1"]


def test_generator(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    file = pipeline(small, stages="  writer: {plugin: py-writer}\n")
    with lectern.open(tmp_path / "notes", pipeline=file, **options) as notes:
        notes.put({"id": "tides", "text": "The moon raises the tides of the sea."})
        answer = notes.ask("What raises the tides of the sea?")
        assert "moon raises the tides" in answer.text and "cheese" not in answer.text
        assert answer.citations[0].document == "tides"
        assert ASKED[-1].messages[-1]["role"] == "user"
        # What ends the text may lie across pieces.
        made = notes.generate("speak", stop=["raises the"], temperature=0.5)
        assert made.text.strip() == "The moon" and ASKED[-1].temperature == 0.5
        assert notes.generate("speak", stop=["mouse"]).text.endswith("cheese.")


def test_what_is_no_stage() -> None:
    with pytest.raises(lectern.InvalidArgument, match="custom, reranker, generator"):
        lectern.stage("embedder")
    with pytest.raises(lectern.InvalidArgument, match="CustomStage"):
        lectern.stage("custom")(type("Nothing", (), {}))
    engine = lectern.Engine()
    with pytest.raises(lectern.InvalidArgument, match="bert"):
        lectern.stage("custom", name="bert")(type("Bert", (lectern.CustomStage,), {}))
    with pytest.raises(lectern.InvalidArgument):
        lectern.stage("custom", name="no name")(type("Odd", (lectern.CustomStage,), {}))
    with pytest.raises(lectern.InvalidArgument, match="other options"):
        lectern.stage("custom", name="py-shout")(type("Other", (lectern.CustomStage,), {}))
    assert "py-shout" in {one["name"] for one in engine.plugins()}


def test_a_class_takes_the_place_of_its_earlier_self(
    small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path
) -> None:
    """As when a cell of a notebook is run again."""
    for mark in ("moon", "sea"):

        @lectern.stage("custom", name="py-again")
        class Again(lectern.CustomStage):  # pylint: disable=unused-variable
            word = mark

            def process(self, record: lectern.Record) -> Iterable[lectern.Record]:
                yield lectern.Record(self.word, id=record.id)

    file = pipeline(
        small,
        stages="  again: {plugin: py-again}\n  writer: {plugin: patient, stage: writer}\n",
        ingest="text, again, chunks",
    )
    with lectern.open(tmp_path / "notes", pipeline=file, **options) as notes:
        notes.put({"id": "a", "text": "bread"})
        assert notes["a"].text == "sea"
