"""LangChain's own tests of vector stores, retrievers and embeddings, and ours of the rest."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, Iterator, Type

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests import (
    EmbeddingsIntegrationTests,
    RetrieversIntegrationTests,
    VectorStoreIntegrationTests,
)

import lectern
from lectern.langchain import LecternEmbeddings, LecternRetriever, LecternVectorStore


@pytest.fixture
def collection(
    default_engine: lectern.Engine, tmp_path: pathlib.Path
) -> Iterator[lectern.Collection]:
    with default_engine.open(tmp_path / "notes", pipeline="search-only") as notes:
        yield notes


class TestVectorStore(VectorStoreIntegrationTests):
    """The collection makes its vectors, so the suite's embeddings are not passed to it."""

    @pytest.fixture
    def vectorstore(self, collection: lectern.Collection) -> VectorStore:  # type: ignore[override]
        return LecternVectorStore(collection)


class TestEmbeddings(EmbeddingsIntegrationTests):
    @pytest.fixture(autouse=True)
    def _collection(self, collection: lectern.Collection) -> None:
        self._notes = collection

    @property
    def embeddings_class(self) -> Type[Embeddings]:
        return LecternEmbeddings

    @property
    def embedding_model_params(self) -> Dict[str, Any]:
        return {"collection": self._notes}


class TestRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _collection(self, collection: lectern.Collection) -> None:
        collection.put({"id": str(i), "text": f"Passage {i} about reading."} for i in range(6))
        self._notes = collection

    @property
    def retriever_constructor(self) -> Type[BaseRetriever]:
        return LecternRetriever

    @property
    def retriever_constructor_params(self) -> Dict[str, Any]:
        return {"collection": self._notes}

    @property
    def retriever_query_example(self) -> str:
        return "who reads?"


def test_the_rest_of_the_store(collection: lectern.Collection) -> None:
    store = LecternVectorStore.from_texts(
        ["Rome is in Italy.", "Bread is baked in an oven.", "Rolls are baked in an oven."],
        metadatas=[{"year": 1}, {"year": 2}, {"year": 3}],
        ids=["rome", "bread", "rolls"],
        collection=collection,
    )
    assert [one.id for one in store.similarity_search("Where is Rome?", k=1)] == ["rome"]
    found = store.similarity_search("What is baked?", k=3, filter="year >= 2")
    assert {one.id for one in found} == {"bread", "rolls"}
    scored = store.similarity_search_with_relevance_scores("What is baked?", k=2)
    assert all(0 <= score <= 1 for _, score in scored)
    vector = store.embeddings.embed_query("Where is Rome?")
    assert store.similarity_search_by_vector(vector, k=1)[0].id == "rome"
    different = store.max_marginal_relevance_search("baked bread", k=2, lambda_mult=0.0)
    assert different[0].id == "bread" and different[1].id == "rome"
    retriever = store.as_retriever(search_kwargs={"k": 1})
    assert retriever.invoke("Where is Rome?")[0].page_content == "Rome is in Italy."
    with pytest.raises(lectern.InvalidArgument):
        store.add_texts(["a", "b"], ids=["a"])
    with pytest.raises(lectern.InvalidArgument):
        store.add_texts(["a"], batch=7)
    with pytest.raises(lectern.InvalidArgument, match="not stored"):
        store.add_documents([Document(id="../a", page_content="b")])
    with pytest.raises(lectern.InvalidArgument, match="own vectors"):
        LecternVectorStore.from_texts(["a"], VectorStoreIntegrationTests.get_embeddings())
    store.delete()
    assert len(collection) == 0
    given: Any = (Document(id=name, page_content="Rome is in Italy.") for name in ("a", "b"))
    assert store.add_documents(given) == ["a", "b"] and len(collection) == 2
    unsaid: Any = [None, {"year": 1}]
    store.add_texts(["one", "two"], unsaid, ids=["c", "d"])
    assert [one.metadata for one in store.get_by_ids(["c", "d"])] == [{}, {"year": 1}]


def test_the_retriever_says_where_a_passage_stands(collection: lectern.Collection) -> None:
    collection.put(
        {"id": "a", "title": "T", "text": "Rome is in Italy.", "metadata": {"year": 1}}
    )
    retriever = LecternRetriever(collection=collection, k=1, options={"filter": "year = 1"})
    (passage,) = retriever.invoke("Where is Rome?")
    assert passage.metadata["source"] == "a" and passage.metadata["year"] == 1
    assert (passage.metadata["begin"], passage.metadata["end"]) == (0, 17)
    assert not retriever.invoke("Where is Rome?", filter="year = 2")


async def test_the_retriever_for_asyncio(collection: lectern.Collection) -> None:
    collection.put({"id": "a", "text": "Rome is in Italy.", "metadata": {"year": 1}})
    retriever = LecternRetriever(collection=collection, k=1)
    (passage,) = await retriever.ainvoke("Where is Rome?", filter="year = 1")
    assert passage.metadata["source"] == "a"
    assert not await retriever.ainvoke("Where is Rome?", filter="year = 2")
