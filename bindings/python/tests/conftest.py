"""What the tests share: a small pipeline that is made here, and the default one where it counts.

The small one has word vectors of a few words, and the plugin `patient` of the build, for which every
passage is evidence, and which writes one sentence.
"""

from __future__ import annotations

import os
import pathlib
import random
from typing import Any, Dict, Iterator

import pytest

import lectern

WORDS = "the moon raises tides of sea bread is baked in an oven cheese made milk what".split()

PIPELINE = """version: 1
pipeline: small
stages:
  text: {plugin: documents, stage: text}
  chunks: {plugin: passages, stage: splitter}
  tokens: {plugin: words}
  vectors: {plugin: word2vec, options: {model: words.vec}}
  evidence: {plugin: patient, stage: reader}
  writer: {plugin: patient, stage: writer}
ingest: [source, text, chunks, tokens, vectors, commit]
query: [query, tokens, vectors, search, evidence, writer, verify]
search: {mode: lexical}
answer: {abstain_below: 0, writing: free}
"""

DOCUMENTS = [
    {
        "id": "tides",
        "title": "Tides",
        "text": "The moon raises the tides of the sea.",
        "metadata": {"year": 2020, "topic": "sky"},
    },
    {"id": "bread", "text": "Bread is baked in an oven. ☕", "metadata": {"year": 1999}},
    {"id": "cheese", "text": "Cheese is made of milk."},
]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The small pipeline's file."""
    folder = tmp_path_factory.mktemp("small")
    drawn = random.Random(1)
    rows = [" ".join([word, *(f"{drawn.gauss(0, 1):.4f}" for _ in range(8))]) for word in WORDS]
    (folder / "words.vec").write_text(f"{len(rows)} 8\n" + "\n".join(rows) + "\n", encoding="utf-8")
    file = folder / "small.yaml"
    file.write_text(PIPELINE, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def options(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, Any]:
    """Where the engine of the small pipeline looks."""
    return {
        "plugins": [os.environ["LECTERN_PATIENT_PLUGIN"]],
        "cache": str(tmp_path_factory.mktemp("cache")),
    }


@pytest.fixture
def empty(small: pathlib.Path, options: Dict[str, Any], tmp_path: pathlib.Path) -> Iterator[Any]:
    """A collection of the small pipeline."""
    with lectern.open(tmp_path / "notes", pipeline=small, **options) as notes:
        yield notes


@pytest.fixture
def notes(empty: lectern.Collection) -> lectern.Collection:
    """The same with three documents in it."""
    report = empty.put(DOCUMENTS)
    assert report.documents == 3 and not report.failed
    return empty


@pytest.fixture(scope="session")
def default_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lectern.Engine]:
    """One engine for all collections of a pipeline that ships.

    One of them stays open, so that the model stays in memory.
    """
    engine = lectern.Engine(cache=os.environ.get("LECTERN_TEST_CACHE"))
    with engine.open(tmp_path_factory.mktemp("kept") / "notes", pipeline="search-only"):
        yield engine
