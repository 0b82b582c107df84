"""What goes into a collection, and out of it."""

from __future__ import annotations

import ctypes
from typing import Any, Iterable, Iterator, List, Mapping, Optional, Union

import numpy as np

from ._calls import Cancel, Work, run, watched
from ._errors import InvalidArgument
from ._given import Path, paths_of
from ._library import call, json_bytes, result, text, texts
from ._progress import ProgressOption, heard
from ._reading import Reading
from ._results import IngestReport, ingest_of

# {"id", "text"}, and "title" and "metadata" where there are some.
DocumentFields = Mapping[str, Any]

# Documents are handed over in groups of so many, or of so many characters.
_GROUP_DOCUMENTS = 1000
_GROUP_CHARACTERS = 8_000_000


def _grouped(documents: Iterable[DocumentFields]) -> Iterator[List[DocumentFields]]:
    group: List[DocumentFields] = []
    characters = 0
    for number, document in enumerate(documents):
        if not isinstance(document, Mapping):
            kind = type(document).__name__
            place = f"documents/{number}"
            raise InvalidArgument(f"a document is a mapping with id and text, not {kind}", place)
        group.append(document)
        text_of = document.get("text")
        characters += len(text_of) if isinstance(text_of, str) else 0
        if len(group) == _GROUP_DOCUMENTS or characters >= _GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


class Writing(Reading):
    """Documents and files go in; documents go out and are changed."""

    def _ingest(
        self, paths: Union[Path, Iterable[Path]], progress: ProgressOption
    ) -> Work[IngestReport]:
        fields = {"paths": paths_of(paths)}
        return self._progressing("ingest", fields, ingest_of, progress, "ingest")

    def ingest(
        self, paths: Union[Path, Iterable[Path]], *, progress: ProgressOption = False
    ) -> IngestReport:
        """Stores files and folders, with all that is below them.

        What is stored already and has not changed is passed over. A file that cannot be read is in
        the report, and the others are stored. Ctrl-C ends it: what is stored stays, and the same
        call goes on from there.

        Args:
            paths: Files and folders; ``~`` is the user's.
            progress: True for a bar (tqdm), or a function that is given ``Progress``.

        Raises:
            InvalidArgument: No path, or the collection was opened without models.
            ResourceExhausted: The disk is full.
        """
        return run(self._ingest(paths, progress))

    def _ingest_bytes(self, name: str, data: Any) -> Work[IngestReport]:
        def work(cancel: Cancel) -> IngestReport:
            view = memoryview(data).cast("B")
            # No copy, and its bytes cannot move while the array has them.
            array = np.frombuffer(view, dtype=np.uint8) if view.nbytes else None
            place = None if array is None else array.ctypes.data_as(ctypes.c_void_p)
            with self._open.used(cancel) as handle:
                return watched(
                    cancel,
                    lambda watch: ingest_of(
                        result(
                            "collection_add_bytes",
                            handle,
                            text(name, "name"),
                            place,
                            view.nbytes,
                            watch,
                        )
                    ),
                )

        return work

    def ingest_bytes(self, name: str, data: Any) -> IngestReport:
        """Stores a file that is in memory, without a copy of it.

        Args:
            name: As a file is called: what it ends with says what it is.
            data: Anything with bytes in one piece: ``bytes``, ``bytearray``, ``memoryview``.
        """
        return run(self._ingest_bytes(name, data))

    def _put(
        self,
        documents: Union[DocumentFields, Iterable[DocumentFields]],
        keep_existing: bool,
        progress: ProgressOption,
    ) -> Work[IngestReport]:
        given = [documents] if isinstance(documents, Mapping) else documents

        def work(cancel: Cancel) -> IngestReport:
            report = IngestReport(0, 0, 0, 0, [], 0.0)
            with heard(progress, "put") as on_event:
                for group in _grouped(given):
                    fields = {"documents": group, "keep_existing": keep_existing}
                    report += self._watched("put", fields, ingest_of, cancel, None, on_event)
                    if cancel.requested:
                        break
            return report

        return work

    def put(
        self,
        documents: Union[DocumentFields, Iterable[DocumentFields]],
        *,
        keep_existing: bool = False,
        progress: ProgressOption = False,
    ) -> IngestReport:
        """Stores documents; one whose id is there is replaced.

        Many may come from a generator: they are stored in groups of a thousand, and those that are
        stored stay when a later group fails or Ctrl-C comes.

        Args:
            documents: One mapping, or many, with ``id`` and ``text``, and perhaps ``title`` and
                ``metadata`` (what JSON can say).
            keep_existing: A document whose id is there is left as it is, and named in ``kept``.
            progress: As ``ingest``.

        Raises:
            InvalidArgument: A document is malformed; ``place`` says which field of which.
        """
        return run(self._put(documents, keep_existing, progress))

    def delete(
        self, ids: Union[str, Iterable[str]] = (), *, filter: Optional[str] = None
    ) -> int:
        """Takes documents out: those of these ids, or all that fulfil a filter.

        Returns:
            How many there were. They are found by nothing any more.
        """
        wanted = [ids] if isinstance(ids, str) else list(ids)
        if filter is not None:
            if wanted:
                raise InvalidArgument("name ids or a filter, not both")
            wanted = self.select(filter)
        encoded = [text(one, "id") for one in wanted]
        removed = ctypes.c_uint64()
        with self._open.used() as handle:
            call(
                "collection_remove", handle, texts(encoded), len(encoded), ctypes.byref(removed)
            )
        return removed.value

    def patch_metadata(self, id: str, patch: Mapping[str, Any]) -> bool:
        """Changes the metadata of a document, and nothing else of it; no model runs.

        Args:
            id: The document's.
            patch: Values to set; None takes a key out, and mappings are merged (RFC 7396).

        Returns:
            False: it was so already.

        Raises:
            NotFound: There is no such document.
        """
        name = text(id, "id")
        if not isinstance(patch, Mapping):
            raise InvalidArgument(f"a patch is a mapping, not {type(patch).__name__}")
        fields = json_bytes(patch)
        changed = ctypes.c_int32()
        with self._open.used() as handle:
            call("collection_patch_metadata", handle, name, fields, ctypes.byref(changed))
        return changed.value != 0
