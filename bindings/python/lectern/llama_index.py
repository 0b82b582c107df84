"""Collections in LlamaIndex: a retriever of passages.

    from llama_index.core.query_engine import RetrieverQueryEngine
    from lectern.llama_index import LecternRetriever

    engine = RetrieverQueryEngine.from_args(LecternRetriever(lectern.open("notes")), llm=llm)
"""

from __future__ import annotations

from typing import Any, List

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import (
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)

from ._collection import Collection
from ._results import Hit, SearchResult

__all__ = ["LecternRetriever"]


class LecternRetriever(BaseRetriever):
    """Passages of a collection, with where they stand.

    A node's metadata is that of the document, and ``document`` (its id), ``title``, ``begin`` and
    ``end`` (bytes of its text), which are not shown to models.

    Args:
        collection: An open one.
        similarity_top_k: How many.
        **options: As ``Collection.search``: ``filter``, ``mode``, ``weight`` ...
    """

    def __init__(self, collection: Collection, similarity_top_k: int = 4, **options: Any) -> None:
        super().__init__()
        self.collection = collection
        self.similarity_top_k = similarity_top_k
        self.options = options

    def _retrieve(self, query_bundle: QueryBundle) -> List[NodeWithScore]:
        options = {"plain": True, "k": self.similarity_top_k, **self.options}
        return _nodes(self.collection.search(query_bundle.query_str, **options))

    async def _aretrieve(self, query_bundle: QueryBundle) -> List[NodeWithScore]:
        options = {"plain": True, "k": self.similarity_top_k, **self.options}
        return _nodes(await self.collection.aio.search(query_bundle.query_str, **options))


def _nodes(found: SearchResult) -> List[NodeWithScore]:
    return [NodeWithScore(node=_node(hit), score=hit.score) for hit in found]


def _node(hit: Hit) -> TextNode:
    places = {"document": hit.document, "title": hit.title, "begin": hit.begin, "end": hit.end}
    return TextNode(
        id_=f"{hit.document}#{hit.begin}-{hit.end}",
        text=hit.text,
        metadata={**hit.metadata, **places},
        excluded_llm_metadata_keys=["begin", "end"],
        excluded_embed_metadata_keys=list(places),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.document)},
    )
