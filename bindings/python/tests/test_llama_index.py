"""The retriever with LlamaIndex's own query engine."""

from __future__ import annotations

import pathlib
from typing import Iterator

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine

import lectern
from lectern.llama_index import LecternRetriever


@pytest.fixture
def collection(
    default_engine: lectern.Engine, tmp_path: pathlib.Path
) -> Iterator[lectern.Collection]:
    with default_engine.open(tmp_path / "notes", pipeline="search-only") as notes:
        notes.put(
            [
                {"id": "rome", "title": "T", "text": "Rome is in Italy.", "metadata": {"year": 1}},
                {"id": "bread", "text": "Bread is baked in an oven."},
            ]
        )
        yield notes


def test_nodes(collection: lectern.Collection) -> None:
    (found,) = LecternRetriever(collection, similarity_top_k=1).retrieve("Where is Rome?")
    assert found.text == "Rome is in Italy." and found.score and found.score > 0
    assert found.node.metadata["document"] == "rome" and found.node.metadata["year"] == 1
    assert found.node.ref_doc_id == "rome"
    assert not LecternRetriever(collection, filter="year = 2").retrieve("Rome")


async def test_nodes_for_asyncio(collection: lectern.Collection) -> None:
    (found,) = await LecternRetriever(collection, similarity_top_k=1).aretrieve("Where is Rome?")
    assert found.node.ref_doc_id == "rome"


def test_a_query_engine(collection: lectern.Collection) -> None:
    retriever = LecternRetriever(collection, similarity_top_k=1)
    engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
    response = engine.query("Where is Rome?")
    # The model that only repeats its prompt was given the passage.
    assert "Rome is in Italy." in str(response)
    assert response.source_nodes[0].node.ref_doc_id == "rome"
