"""Collections in Haystack: a document store and a retriever.

    from haystack import Pipeline
    from lectern.haystack import LecternDocumentStore, LecternRetriever

    store = LecternDocumentStore("notes")
    pipeline = Pipeline()
    pipeline.add_component("retriever", LecternRetriever(store, top_k=5))
    pipeline.run({"retriever": {"query": "how machines read"}})

A collection makes its own vectors, from ``content``: no embedder stands before it, and embeddings
that documents bring are not stored. Neither are scores and blobs. A condition on a list in ``meta``
holds when one of its values fulfils it.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from typing import Any, Dict, Iterable, List, Optional

import numpy as np
from haystack import component, default_from_dict, default_to_dict
from haystack.dataclasses import Document
from haystack.document_stores.errors import DocumentStoreError, DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy, FilterPolicy
from haystack.document_stores.types.filter_policy import apply_filter_policy
from haystack.errors import FilterError
from haystack.utils.filters import document_matches_filter

from ._collection import Collection, open as open_collection
from ._errors import InvalidArgument, NotFound
from ._results import Document as Stored, Hit

__all__ = ["LecternDocumentStore", "LecternRetriever", "filter_text"]

Filters = Dict[str, Any]

# Fields that every document of a collection has besides its metadata.
_BUILT_IN = ("id", "title", "committed")
_KEYWORDS = ("and", "or", "not", "in", "contains", "begins", "exists", "true", "false")
# What a filter that does not say "meta." means of a document itself.
_OF_DOCUMENTS = ("content", "blob", "score", "embedding", "sparse_embedding")
# Filters that all documents fulfil, and that none does.
_EVERY = "id exists"
_NONE = "not (id exists)"
_ORDER = (">", ">=", "<", "<=")


class _NotInIndex(FilterError):
    """A condition that only the documents themselves decide."""


def _field(name: str) -> str:
    """A field of a Haystack filter as Lectern's filters name it."""
    if name == "id":
        return "id"
    if name in _OF_DOCUMENTS:
        raise _NotInIndex(f"the field {name!r} is not in the index; filters are on id and meta")
    own = name[len("meta.") :] if name.startswith("meta.") else name
    if own in _BUILT_IN:
        own = f"metadata.{own}"
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", own) and own.lower() not in _KEYWORDS
    if plain:
        return own
    if "`" in own:
        raise FilterError(f"the field {name!r} has a backtick in its name")
    return f"`{own}`"


def _plain(value: Any) -> Any:
    """Numbers of numpy as Python's, and dates as they are stored."""
    if isinstance(value, np.generic):
        return value.item()
    return value.isoformat() if isinstance(value, datetime.date) else value  # and datetime


def _value(value: Any) -> str:
    value = _plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return json.dumps(value)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    raise FilterError(
        f"a filter compares with strings, numbers, dates and booleans, not with {value!r}"
    )


_DATE = re.compile(r"\d{4}-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?")


def _comparison(condition: Filters) -> str:
    for key in ("field", "operator", "value"):
        if key not in condition:
            raise FilterError(f"'{key}' is missing in {condition}")
    field, operator = _field(condition["field"]), condition["operator"]
    value = _plain(condition["value"])
    if operator in _ORDER:
        if value is None:
            return _NONE  # nothing is more or less than nothing
        if isinstance(value, list):
            raise FilterError(f"{operator} compares with one value, not with a list")
        if isinstance(value, str) and not _DATE.fullmatch(value):
            raise FilterError(f"{operator} compares numbers and dates, and {value!r} is none")
        return f"{field} {operator} {_value(value)}"
    if operator in ("in", "not in"):
        if not isinstance(value, list):
            raise FilterError(f"'{operator}' takes a list, not {value!r}")
        alone = " or ".join(f"({_equal(field, one)})" for one in value) or _NONE
        return alone if operator == "in" else f"not ({alone})"
    if operator == "==":
        return _equal(field, value)
    if operator == "!=":
        return f"not ({_equal(field, value)})"
    raise FilterError(f"there is no operator {operator!r}")


def _equal(field: str, value: Any) -> str:
    return f"{field} not exists" if value is None else f"{field} = {_value(value)}"


def filter_text(filters: Filters) -> str:
    """A filter of Haystack as Lectern's filters are written.

    Raises:
        FilterError: It is malformed.
    """
    if "field" in filters:
        return _comparison(filters)
    for key in ("operator", "conditions"):
        if key not in filters:
            raise FilterError(f"'{key}' is missing in {filters}")
    parts = [f"({filter_text(one)})" for one in filters["conditions"]]
    operator = filters["operator"]
    if operator == "NOT":
        return f"not ({' and '.join(parts) or _EVERY})"
    if operator == "AND":
        return " and ".join(parts) or _EVERY
    if operator == "OR":
        return " or ".join(parts) or _NONE
    raise FilterError(f"there is no operator {operator!r}")


def _document(stored: Stored, score: Optional[float] = None) -> Document:
    return Document(id=stored.id, content=stored.text, meta=stored.metadata, score=score)


class LecternDocumentStore:
    """A collection as a document store.

    Args:
        folder: Of the collection, which is made when it is not there.
        pipeline: A file, or the name of one that ships; see ``lectern.open``.
        models: The folder of models.
        plugins: Folders with plugins of your own.
        cache: For derived files.
    """

    def __init__(
        self,
        folder: str,
        *,
        pipeline: Optional[str] = None,
        models: Optional[str] = None,
        plugins: Iterable[str] = (),
        cache: Optional[str] = None,
    ) -> None:
        self._options: Dict[str, Any] = {
            "folder": str(folder),
            "pipeline": None if pipeline is None else str(pipeline),
            "models": None if models is None else str(models),
            "plugins": [str(one) for one in plugins],
            "cache": None if cache is None else str(cache),
        }
        self._open: Optional[Collection] = None

    @property
    def collection(self) -> Collection:
        """The collection, opened when it is first asked for."""
        if self._open is None:
            self._open = open_collection(**self._options)
        return self._open

    def close(self) -> None:
        """Closes the collection; what is asked for later opens it again."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def to_dict(self) -> Dict[str, Any]:
        """For pipelines that are written to a file."""
        out: Dict[str, Any] = default_to_dict(self, **self._options)
        return out

    @classmethod
    def from_dict(cls, data: Dict[str, Any]) -> LecternDocumentStore:
        """The store that ``to_dict`` was asked of."""
        store: LecternDocumentStore = default_from_dict(cls, data)
        return store

    # ------------------------------------------------------------------ reading

    def count_documents(self) -> int:
        """How many there are."""
        return len(self.collection)

    def filter_documents(self, filters: Optional[Filters] = None) -> List[Document]:
        """All documents that fulfil a filter, in order of id.

        The index decides, but for a filter that it refuses, since a field holds values of another
        kind than the filter names, or is none of ``meta`` (``content``): then every document is
        read and asked.

        Raises:
            FilterError: The filter is malformed.
        """
        if not filters:
            return [_document(one) for one in self.collection.documents()]
        try:
            written = filter_text(filters)
            return [_document(one) for one in self.collection.documents(filter=written)]
        except (InvalidArgument, _NotInIndex):
            every = (_document(one) for one in self.collection.documents())
            return [one for one in every if document_matches_filter(filters, one)]

    def count_documents_by_filter(self, filters: Filters) -> int:
        """How many documents fulfil a filter."""
        return len(self.filter_documents(filters))

    # ------------------------------------------------------------------ writing

    def write_documents(
        self, documents: List[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE
    ) -> int:
        """Stores documents.

        Args:
            documents: With ``content``, and what JSON can say in ``meta``.
            policy: NONE is FAIL here: nothing is stored when one of the ids is there.

        Returns:
            How many were written.

        Raises:
            DuplicateDocumentError: By the policy.
            DocumentStoreError: A document cannot be stored, such as one without content, or whose
                id is none for Lectern. The others are stored, unless JSON cannot say its ``meta``.
        """
        if not isinstance(documents, list) or any(
            not isinstance(one, Document) for one in documents
        ):
            raise ValueError("write_documents takes a list of Documents")
        given = {one.id: one for one in documents}  # the last of an id
        if policy == DuplicatePolicy.SKIP:
            given = {one.id: one for one in reversed(documents)}
        elif policy != DuplicatePolicy.OVERWRITE:
            if len(given) < len(documents):
                raise DuplicateDocumentError("two of the documents have the same id")
            for name in given:
                if name in self.collection:
                    raise DuplicateDocumentError(f"there is a document of the id '{name}'")
        try:
            report = self.collection.put(
                (_fields(one) for one in given.values()),
                keep_existing=policy != DuplicatePolicy.OVERWRITE,
            )
        except InvalidArgument as error:
            raise DocumentStoreError(f"the documents cannot be stored: {error}") from error
        if report.failed:
            first = report.failed[0]
            raise DocumentStoreError(
                f"{len(report.failed)} documents were not stored; the first: {first.path}: "
                f"{first.error}"
            )
        if policy == DuplicatePolicy.OVERWRITE:
            return len(documents)
        if report.kept and policy != DuplicatePolicy.SKIP:
            raise DuplicateDocumentError(f"there is a document of the id '{report.kept[0]}'")
        return len(given) - len(report.kept)

    def delete_documents(self, document_ids: List[str]) -> None:
        """Takes documents out; ids that are not there are passed over."""
        self.collection.delete(document_ids)

    def delete_all_documents(self) -> None:
        """Takes all documents out."""
        self.collection.delete([one.id for one in self.collection.documents()])

    def delete_by_filter(self, filters: Filters) -> int:
        """Takes the documents out that fulfil a filter: how many."""
        return self.collection.delete([one.id for one in self.filter_documents(filters)])

    def update_by_filter(self, filters: Filters, meta: Dict[str, Any]) -> int:
        """Adds to the metadata of the documents that fulfil a filter: how many."""
        found = self.filter_documents(filters)
        changed = [
            Document(id=one.id, content=one.content, meta={**one.meta, **meta}) for one in found
        ]
        self.write_documents(changed, DuplicatePolicy.OVERWRITE)
        return len(changed)


def _fields(document: Document) -> Dict[str, Any]:
    title = document.meta.get("title")
    fields = {"id": document.id, "text": document.content or "", "metadata": dict(document.meta)}
    return {**fields, "title": title} if isinstance(title, str) else fields


@component
class LecternRetriever:
    """Finds documents of a store by meaning and words.

    Args:
        document_store: A ``LecternDocumentStore``.
        top_k: How many.
        filters: What all must fulfil.
        filter_policy: What becomes of filters that a run brings.
        passages: True: the passages that were found, with ``begin`` and ``end`` (bytes of the
            content) and ``source_id`` in their ``meta``. False: their whole documents.
        mode: ``"hybrid"``, ``"dense"`` or ``"lexical"``; None: what the pipeline says.
    """

    def __init__(
        self,
        document_store: LecternDocumentStore,
        *,
        top_k: int = 10,
        filters: Optional[Filters] = None,
        filter_policy: FilterPolicy = FilterPolicy.REPLACE,
        passages: bool = False,
        mode: Optional[str] = None,
    ) -> None:
        if not isinstance(document_store, LecternDocumentStore):
            raise ValueError("document_store must be a LecternDocumentStore")
        self.document_store = document_store
        self.top_k = top_k
        self.filters = filters or {}
        self.filter_policy = filter_policy
        self.passages = passages
        self.mode = mode

    def to_dict(self) -> Dict[str, Any]:
        """For pipelines that are written to a file."""
        out: Dict[str, Any] = default_to_dict(
            self,
            document_store=self.document_store.to_dict(),
            top_k=self.top_k,
            filters=self.filters,
            filter_policy=self.filter_policy.value,
            passages=self.passages,
            mode=self.mode,
        )
        return out

    @classmethod
    def from_dict(cls, data: Dict[str, Any]) -> LecternRetriever:
        """The retriever that ``to_dict`` was asked of."""
        options = dict(data["init_parameters"])
        options["document_store"] = LecternDocumentStore.from_dict(options["document_store"])
        options["filter_policy"] = FilterPolicy.from_str(options["filter_policy"])
        retriever: LecternRetriever = default_from_dict(cls, {**data, "init_parameters": options})
        return retriever

    @component.output_types(documents=List[Document])
    def run(
        self, query: str, filters: Optional[Filters] = None, top_k: Optional[int] = None
    ) -> Dict[str, List[Document]]:
        """The documents that fit best, with their scores.

        Args:
            query: What to look for.
            filters: By ``filter_policy``.
            top_k: In place of the retriever's.
        """
        wanted = apply_filter_policy(self.filter_policy, self.filters, filters)
        collection = self.document_store.collection
        try:
            hits = collection.search(
                query,
                k=self.top_k if top_k is None else top_k,
                filter=filter_text(wanted) if wanted else None,
                mode=self.mode,
                plain=True,  # what people and models ask: a dash in it is no sign
                chunks=self.passages,
            )
        except InvalidArgument as error:
            of_filter = error.place == "filter" or str(error).startswith("filter")
            raise (FilterError(str(error)) if of_filter else error) from error
        if self.passages:
            return {"documents": [_passage(hit) for hit in hits]}
        return {"documents": list(_whole(collection, hits))}


def _passage(hit: Hit) -> Document:
    place = {"source_id": hit.document, "begin": hit.begin, "end": hit.end}
    return Document(
        id=f"{hit.document}#{hit.begin}-{hit.end}",
        content=hit.text,
        meta={**hit.metadata, **place},
        score=hit.score,
    )


def _whole(collection: Collection, hits: Iterable[Hit]) -> Iterable[Document]:
    for hit in hits:
        try:
            yield _document(collection.get(hit.document), hit.score)
        except NotFound:  # removed meanwhile
            continue
