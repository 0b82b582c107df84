"""Collections in LangChain: a vector store, a retriever of passages, and the embeddings.

    from lectern.langchain import LecternVectorStore

    store = LecternVectorStore(lectern.open("notes"))
    store.add_texts(["BERT reads.", "GPT writes."])
    store.as_retriever().invoke("Who reads?")

A collection makes its own vectors: there is no embedding to be passed in. What is stored is found
at once, by meaning and by words, and filters are Lectern's: ``year > 2015 and topic = "retrieval"``.
"""

from __future__ import annotations

import uuid
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import VectorStore
from langchain_core.vectorstores.utils import maximal_marginal_relevance
from pydantic import ConfigDict

from ._collection import Collection, open as open_collection
from ._errors import InvalidArgument, NotFound
from ._results import Document as Stored, Hit, SearchResult

__all__ = ["LecternEmbeddings", "LecternRetriever", "LecternVectorStore"]

# What people and models ask: a dash in it is no sign.
_PROSE = {"plain": True}


class LecternEmbeddings(Embeddings):
    """The model of a collection.

    Args:
        collection: An open one, or its folder.
        **options: Of ``lectern.open``, with a folder.
    """

    def __init__(self, collection: Any, **options: Any) -> None:
        self.collection = _collection(collection, options)

    def embed_documents(self, texts: List[str]) -> List[List[float]]:
        """Vectors of passages."""
        return [list(map(float, row)) for row in self.collection.embed(texts)]

    def embed_query(self, text: str) -> List[float]:
        """The vector of a query."""
        return list(map(float, self.collection.embed(text, purpose="query")))

    async def aembed_documents(self, texts: List[str]) -> List[List[float]]:
        """The same for asyncio."""
        return [list(map(float, row)) for row in await self.collection.aio.embed(texts)]

    async def aembed_query(self, text: str) -> List[float]:
        """The same for asyncio."""
        return list(map(float, await self.collection.aio.embed(text, purpose="query")))


def _collection(given: Any, options: Dict[str, Any]) -> Collection:
    if isinstance(given, Collection):
        if options:
            raise InvalidArgument("the collection is open already, so it takes no options")
        return given
    return open_collection(given, **options)


def _document(stored: Stored) -> Document:
    return Document(id=stored.id, page_content=stored.text, metadata=stored.metadata)


class LecternVectorStore(VectorStore):
    """A collection as a vector store. What it finds are whole documents, as they were added.

    Args:
        collection: An open one, or its folder.
        **options: Of ``lectern.open``, with a folder.
    """

    def __init__(self, collection: Any, **options: Any) -> None:
        self.collection = _collection(collection, options)

    @property
    def embeddings(self) -> LecternEmbeddings:
        """The collection's model."""
        return LecternEmbeddings(self.collection)

    # ------------------------------------------------------------------ writing

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: Optional[List[Dict[str, Any]]] = None,
        *,
        ids: Optional[List[str]] = None,
        **kwargs: Any,
    ) -> List[str]:
        """Stores texts; one whose id is there is replaced.

        Args:
            texts: Any number.
            metadatas: One a text: what JSON can say.
            ids: One a text. Left out, they are drawn.
            **kwargs: None.

        Returns:
            The ids.
        """
        _no_others(kwargs)
        given = list(texts)
        for name, values in (("metadatas", metadatas), ("ids", ids)):
            if values is not None and len(values) != len(given):
                raise InvalidArgument(f"there are {len(given)} texts, and {len(values)} {name}")
        documents = [
            Document(
                id=None if ids is None else ids[index],
                page_content=text,
                metadata={} if metadatas is None else metadatas[index] or {},
            )
            for index, text in enumerate(given)
        ]
        return self.add_documents(documents)

    def add_documents(
        self, documents: List[Document], *, ids: Optional[List[str]] = None, **kwargs: Any
    ) -> List[str]:
        """Stores documents; one whose id is there is replaced. Those without an id get one."""
        _no_others(kwargs)
        documents = list(documents)  # what gives them once is gone through twice
        if ids is not None and len(ids) != len(documents):
            raise InvalidArgument(f"there are {len(documents)} documents, and {len(ids)} ids")
        names = [
            (ids[index] if ids is not None else document.id) or str(uuid.uuid4())
            for index, document in enumerate(documents)
        ]
        report = self.collection.put(
            {"id": name, "text": document.page_content, "metadata": document.metadata}
            for name, document in zip(names, documents)
        )
        if report.failed:
            first = report.failed[0]
            raise InvalidArgument(
                f"{len(report.failed)} of {len(names)} documents were not stored; the first: "
                f"{first.path}: {first.error}"
            )
        return names

    def delete(self, ids: Optional[List[str]] = None, **kwargs: Any) -> Optional[bool]:
        """Takes documents out; ids that are not there are no failure.

        Args:
            ids: Left out: all documents.
            **kwargs: None.
        """
        _no_others(kwargs)
        if ids is None:
            ids = [document.id for document in self.collection.documents()]
        self.collection.delete(ids)
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> List[Document]:
        """The documents of these ids; ids that are not there are passed over."""
        out = []
        for one in ids:
            try:
                out.append(_document(self.collection.get(one)))
            except NotFound:
                continue
        return out

    # ------------------------------------------------------------------ searching

    def _found(self, result: SearchResult) -> List[Tuple[Document, float]]:
        out = []
        for hit in result:
            try:
                out.append((_document(self.collection.get(hit.document)), hit.score))
            except NotFound:  # removed meanwhile
                continue
        return out

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> List[Document]:
        """The documents that fit best.

        Args:
            query: What to look for.
            k: How many.
            **kwargs: As ``Collection.search``: ``filter``, ``mode``, ``weight`` ...
        """
        return [document for document, _ in self.similarity_search_with_score(query, k, **kwargs)]

    def similarity_search_with_score(
        self, query: str, k: int = 4, **kwargs: Any
    ) -> List[Tuple[Document, float]]:
        """The same with scores: larger is better, 0 to 1 in a hybrid search."""
        return self._found(self.collection.search(query, k=k, **{**_PROSE, **kwargs}))

    def similarity_search_by_vector(
        self, embedding: List[float], k: int = 4, **kwargs: Any
    ) -> List[Document]:
        """The documents nearest to a vector of the collection's model."""
        found = self._found(self.collection.search(vector=embedding, k=k, **kwargs))
        return [document for document, _ in found]

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return lambda score: min(1.0, max(0.0, score))

    def max_marginal_relevance_search(
        self,
        query: str,
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        **kwargs: Any,
    ) -> List[Document]:
        """Documents that fit the query and not each other.

        Args:
            query: What to look for.
            k: How many.
            fetch_k: Of so many that fit best.
            lambda_mult: 1: the best; 0: the most different.
            **kwargs: As ``similarity_search``.
        """
        hits = self.collection.search(query, k=max(k, fetch_k), **{**_PROSE, **kwargs})
        if not len(hits):
            return []
        chosen = maximal_marginal_relevance(
            self.collection.embed(query, purpose="query"),
            list(self.collection.embed(hit.text for hit in hits)),
            lambda_mult,
            k,
        )
        return self.get_by_ids([hits[index].document for index in chosen])

    @classmethod
    def from_texts(
        cls,
        texts: List[str],
        embedding: Optional[Embeddings] = None,
        metadatas: Optional[List[Dict[str, Any]]] = None,
        *,
        ids: Optional[List[str]] = None,
        collection: Any = None,
        **kwargs: Any,
    ) -> LecternVectorStore:
        """A store with these texts in it.

        Args:
            texts: Any number.
            embedding: None, or that of a Lectern collection, which is then stored into.
            metadatas: One a text.
            ids: One a text.
            collection: An open one, or its folder.
            **kwargs: Of ``lectern.open``, with a folder.
        """
        if collection is None and isinstance(embedding, LecternEmbeddings):
            collection = embedding.collection
        elif embedding is not None:
            raise InvalidArgument(
                "a collection makes its own vectors; leave the embedding out, or pass "
                "LecternEmbeddings"
            )
        if collection is None:
            raise InvalidArgument("name the folder of the collection: collection=\"notes\"")
        store = cls(collection, **kwargs)
        store.add_texts(texts, metadatas, ids=ids)
        return store


class LecternRetriever(BaseRetriever):
    """Passages of a collection, with where they stand.

    A passage's metadata is that of its document, and ``source`` (the document's id), ``title``,
    ``begin`` and ``end`` (bytes of its text) and ``score``.

    Attributes:
        collection: An open one.
        k: How many.
        options: As ``Collection.search``: ``filter``, ``mode``, ``weight`` ...
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    collection: Collection
    k: int = 4
    options: Dict[str, Any] = {}

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any
    ) -> List[Document]:
        return [_passage(hit) for hit in self.collection.search(query, **self._asked(kwargs))]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **kwargs: Any
    ) -> List[Document]:
        found = await self.collection.aio.search(query, **self._asked(kwargs))
        return [_passage(hit) for hit in found]

    def _asked(self, kwargs: Dict[str, Any]) -> Dict[str, Any]:
        return {**_PROSE, "k": self.k, **self.options, **kwargs}


def _passage(hit: Hit) -> Document:
    return Document(
        id=f"{hit.document}#{hit.begin}-{hit.end}",
        page_content=hit.text,
        metadata={
            **hit.metadata,
            "source": hit.document,
            "title": hit.title,
            "begin": hit.begin,
            "end": hit.end,
            "score": hit.score,
        },
    )


def _no_others(kwargs: Dict[str, Any]) -> None:
    if kwargs:
        raise InvalidArgument(f"there is no option {', '.join(kwargs)}")
