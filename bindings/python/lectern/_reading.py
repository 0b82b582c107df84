"""What is in a collection."""

from __future__ import annotations

from typing import Iterator, List, Optional

from ._errors import NotFound
from ._library import LIBRARY, address, opened, result, text
from ._results import Document, Stats, document_of, made
from ._seam import Seam


class Reading(Seam):
    """Documents by their ids, in order of id, and by a filter."""

    def get(self, id: str) -> Document:
        """The document of an id.

        Raises:
            NotFound: There is none.
        """
        return document_of(self._json("get", text(id, "id")))

    def documents(
        self, *, after: Optional[str] = None, filter: Optional[str] = None
    ) -> Iterator[Document]:
        """All documents in order of id, one after the other.

        Args:
            after: Begins behind this id.
            filter: Only those that fulfil it. Documents without text are in no index, and not
                among them.
        """
        if filter is not None:
            return self._chosen(self.select(filter), after)
        return self._walk(after)

    def _chosen(self, ids: List[str], after: Optional[str]) -> Iterator[Document]:
        begin = None if after is None else text(after, "id")
        for one in ids:
            if begin is not None and one.encode() <= begin:
                continue
            try:
                yield self.get(one)
            except NotFound:  # removed meanwhile
                continue

    def _walk(self, after: Optional[str]) -> Iterator[Document]:
        begin = None if after is None else text(after, "id")
        with self._open.used() as handle:
            walk = address(opened("documents_open", handle, begin))
        try:
            while True:
                document = result("documents_next", walk)
                if document is None:
                    return
                yield document_of(document)
        finally:
            if not self._open.elsewhere:
                LIBRARY.lectern_documents_close(walk)

    def select(self, filter: str) -> List[str]:
        """The ids of all documents that fulfil a filter, in order; of those with text.

        Raises:
            InvalidArgument: The filter is malformed; the message names the column.
        """
        found = self._json("select", text(filter, "filter"))
        return list(found["documents"])

    def __iter__(self) -> Iterator[Document]:
        return self.documents()

    def __getitem__(self, id: str) -> Document:
        return self.get(id)

    def __contains__(self, id: object) -> bool:
        if not isinstance(id, str):
            return False
        try:
            self.get(id)
        except NotFound:
            return False
        return True

    def __len__(self) -> int:
        return self.stats().documents

    def __bool__(self) -> bool:
        return True  # not: has documents

    def stats(self) -> Stats:
        """Counts, the pipeline, the fingerprint of the vectors, the size on disk."""
        return made(Stats, self._json("stats"))
