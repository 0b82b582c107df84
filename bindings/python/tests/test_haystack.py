"""Haystack's own tests of document stores, and ours of the retriever."""

from __future__ import annotations

import datetime
import os
import pathlib
from typing import Any, Iterator, List

import numpy as np
import pytest
from haystack import Pipeline
from haystack.dataclasses import Document
from haystack.document_stores.errors import DocumentStoreError, DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy
from haystack.errors import FilterError
from haystack.testing.document_store import (
    CountDocumentsByFilterTest,
    DocumentStoreBaseExtendedTests,
)

import lectern
from lectern.haystack import LecternDocumentStore, LecternRetriever, filter_text


@pytest.fixture
def document_store(
    default_engine: lectern.Engine, tmp_path: pathlib.Path
) -> Iterator[LecternDocumentStore]:
    cache = os.environ.get("LECTERN_TEST_CACHE")
    store = LecternDocumentStore(str(tmp_path / "notes"), pipeline="search-only", cache=cache)
    # With the engine of all tests, whose model is loaded already.
    store._open = default_engine.open(tmp_path / "notes", pipeline="search-only")
    yield store
    store.close()


class TestDocumentStore(DocumentStoreBaseExtendedTests, CountDocumentsByFilterTest):
    @pytest.fixture
    def document_store(self, document_store: LecternDocumentStore) -> LecternDocumentStore:  # type: ignore[override]
        return document_store

    @staticmethod
    def assert_documents_are_equal(received: List[Document], expected: List[Document]) -> None:
        """Documents come in order of id; embeddings and scores are not stored."""

        def plain(documents: List[Document]) -> List[Any]:
            return sorted((one.id, one.content, sorted(one.meta.items())) for one in documents)

        assert plain(received) == plain(expected)

    def test_write_documents(self, document_store: LecternDocumentStore) -> None:
        """The suite leaves the default policy to the store: here nothing is overwritten."""
        document = Document(content="test doc")
        assert document_store.write_documents([document]) == 1
        with pytest.raises(DuplicateDocumentError):
            document_store.write_documents([document])
        self.assert_documents_are_equal(document_store.filter_documents(), [document])


def test_policies_hold_within_a_list(document_store: LecternDocumentStore) -> None:
    twice = [Document(id="a", content="one"), Document(id="a", content="two")]
    with pytest.raises(DuplicateDocumentError):
        document_store.write_documents(twice)
    assert document_store.write_documents(twice, DuplicatePolicy.SKIP) == 1
    assert document_store.filter_documents()[0].content == "one"
    assert document_store.write_documents(twice, DuplicatePolicy.OVERWRITE) == 2
    assert document_store.filter_documents()[0].content == "two"
    with pytest.raises(DocumentStoreError, match="not stored"):
        document_store.write_documents([Document(id="../a", content="b")])


def test_a_document_without_content_is_refused(document_store: LecternDocumentStore) -> None:
    documents = [Document(id="a", meta={"n": 1}), Document(id="b", content="text")]
    with pytest.raises(DocumentStoreError, match="no text"):
        document_store.write_documents(documents)
    assert [one.id for one in document_store.filter_documents()] == ["b"]


def test_a_filter_of_another_kind_finds_what_it_may(document_store: LecternDocumentStore) -> None:
    document_store.write_documents([Document(id="a", content="text", meta={"n": 1})])
    filters = {"field": "meta.n", "operator": "==", "value": "1"}
    assert document_store.filter_documents(filters) == []
    with pytest.raises(FilterError, match="holds numbers"):
        LecternRetriever(document_store, filters=filters).run("text")


def test_a_filter_on_a_document_itself(document_store: LecternDocumentStore) -> None:
    """It is not taken for one on metadata, which no document has."""
    document_store.write_documents([Document(id="a", content="one"), Document(id="b", content="two")])
    filters: Any = {"field": "content", "operator": "==", "value": None}
    assert document_store.filter_documents(filters) == [] and document_store.delete_by_filter(filters) == 0
    filters = {"field": "content", "operator": "==", "value": "two"}
    assert [one.id for one in document_store.filter_documents(filters)] == ["b"]
    with pytest.raises(FilterError, match="'content' is not in the index"):
        LecternRetriever(document_store, filters=filters).run("one")


def test_meta_that_is_no_json(document_store: LecternDocumentStore) -> None:
    with pytest.raises(DocumentStoreError, match="not JSON serializable"):
        document_store.write_documents([Document(id="a", content="one", meta={"when": object()})])


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ({"field": "a", "operator": ">", "value": datetime.date(2020, 1, 2)}, 'a > "2020-01-02"'),
        ({"field": "a", "operator": "==", "value": datetime.datetime(2020, 1, 2, 3)}, 'a = "2020-01-02T03:00:00"'),
        ({"field": "a", "operator": "in", "value": [np.int64(3), np.float32(0.5)]}, "(a = 3) or (a = 0.5)"),
        ({"operator": "AND", "conditions": []}, "id exists"),
        ({"operator": "OR", "conditions": []}, "not (id exists)"),
        ({"operator": "NOT", "conditions": []}, "not (id exists)"),
        ({"field": "meta.a", "operator": "==", "value": 'x"\\'}, 'a = "x\\"\\\\"'),
        ({"field": "meta.title", "operator": "!=", "value": True}, "not (metadata.title = true)"),
        ({"field": "id", "operator": "in", "value": ["a"]}, '(id = "a")'),
        ({"field": "meta.my field", "operator": ">", "value": 1.5}, "`my field` > 1.5"),
        ({"field": "meta.not", "operator": "==", "value": None}, "`not` not exists"),
        (
            {
                "operator": "NOT",
                "conditions": [
                    {"field": "a.b", "operator": "<", "value": "2020-01-01"},
                    {"field": "c", "operator": "not in", "value": []},
                ],
            },
            'not ((a.b < "2020-01-01") and (not (not (id exists))))',
        ),
    ],
)
def test_filters_are_translated(filters: Any, text: str) -> None:
    assert filter_text(filters) == text


@pytest.mark.parametrize(
    "filters",
    [
        {"field": "a", "operator": "~", "value": 1},
        {"operator": "XOR", "conditions": []},
        {"field": "a", "operator": "==", "value": [1]},
        {"field": "meta.a`b", "operator": "==", "value": 1},
        {"field": "a", "operator": "==", "value": float("nan")},
        {"field": "a", "operator": ">", "value": float("inf")},
    ],
)
def test_wrong_filters(filters: Any) -> None:
    with pytest.raises(FilterError):
        filter_text(filters)


def test_the_retriever_in_a_pipeline(document_store: LecternDocumentStore) -> None:
    document_store.write_documents(
        [
            Document(id="rome", content="Rome is in Italy.", meta={"year": 1}),
            Document(id="bread", content="Bread is baked in an oven.", meta={"year": 2}),
        ]
    )
    pipeline = Pipeline()
    pipeline.add_component("retriever", LecternRetriever(document_store, top_k=1))
    found = pipeline.run({"retriever": {"query": "Where is Rome?"}})["retriever"]["documents"]
    assert [one.id for one in found] == ["rome"] and found[0].score > 0
    filters = {"field": "meta.year", "operator": "==", "value": 2}
    question = {"query": "Where is Rome?", "filters": filters}
    found = pipeline.run({"retriever": question})["retriever"]["documents"]
    assert [one.id for one in found] == ["bread"]
    passages = LecternRetriever(document_store, passages=True).run("Where is Rome?")["documents"]
    assert passages[0].meta["source_id"] == "rome" and passages[0].meta["end"] == 17

    document_store.close()
    again = Pipeline.loads(pipeline.dumps(), allowed_modules=["lectern.haystack"])
    found = again.run({"retriever": {"query": "Where is Rome?"}})["retriever"]["documents"]
    assert [one.id for one in found] == ["rome"]
    again.get_component("retriever").document_store.close()
