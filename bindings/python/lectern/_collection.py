"""A collection: documents go in, passages and answers come out."""

from __future__ import annotations

import ctypes
import os
import threading
import weakref
from contextlib import contextmanager
from typing import (
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
)

import numpy as np
import numpy.typing as npt

from ._aio import AsyncCollection
from ._calls import Cancel, OnEvent, OnText, Work, run, watched
from ._engine import Engine, Path, path_text, shared_engine
from ._errors import InvalidArgument, NotFound, Unavailable
from ._library import (
    LIBRARY,
    address,
    call,
    json_bytes,
    opened,
    request,
    result,
    text,
    texts,
)
from ._progress import ProgressOption, heard
from ._results import (
    Answer,
    Backup,
    Document,
    Generated,
    IngestReport,
    ReembedReport,
    SearchResult,
    Source,
    Stats,
    Summary,
    SyncReport,
    VerifyReport,
    all_made,
    answer_of,
    document_of,
    ingest_of,
    made,
    summary_of,
    sync_of,
    verify_of,
)
from ._streams import Stream, StreamWork

T = TypeVar("T")

Floats = npt.NDArray[np.float32]
Vector = Union[Sequence[float], npt.NDArray[Any]]
# {"id", "text"}, and "title" and "metadata" where there are some.
DocumentFields = Mapping[str, Any]
# A question, and the answer to it ("" where the collection did not say).
Turn = Tuple[str, str]
# {"role": "system", "user" or "assistant", "content"}
Message = Mapping[str, str]

# Documents are handed over in groups of so many, or of so many characters.
_GROUP_DOCUMENTS = 1000
_GROUP_CHARACTERS = 8_000_000
# Texts that are embedded by one call of C.
_GROUP_TEXTS = 8192

_PURPOSES = {"query": 0, "passage": 1}


class _Open:
    """A handle that is closed when nobody uses it any more."""

    def __init__(self, handle: int) -> None:
        self._handle: Optional[int] = handle
        self._condition = threading.Condition()
        self._users = 0
        # Guarded by the condition.
        self._calls: weakref.WeakSet[Cancel] = weakref.WeakSet()
        self._streams: weakref.WeakSet[Cancel] = weakref.WeakSet()

    @contextmanager
    def used(self, cancel: Optional[Cancel] = None) -> Iterator[Any]:
        """The handle, for the time of a call that `cancel` ends."""
        with self._condition:
            if self._handle is None:
                raise Unavailable("the collection is closed")
            self._users += 1
            handle = self._handle
            if cancel is not None:
                self._calls.add(cancel)
        try:
            yield address(handle)
        finally:
            with self._condition:
                self._users -= 1
                self._condition.notify_all()

    @property
    def closed(self) -> bool:
        return self._handle is None

    def add_stream(self, cancel: Cancel) -> None:
        """A stream that ends with the collection."""
        with self._condition:
            self._streams.add(cancel)

    def close(self) -> None:
        """Ends streams, which may be waited for without end, and waits for the other calls."""
        with self._condition:
            for cancel in self._streams:
                cancel.request()
            handle, self._handle = self._handle, None
            self._condition.wait_for(lambda: self._users == 0)
        if handle is not None:
            LIBRARY.lectern_collection_close(address(handle))

    def end(self) -> None:
        """At the end of the interpreter: nobody waits for a result any more."""
        with self._condition:
            for cancel in self._calls:
                cancel.request()
        self.close()


def _grouped(documents: Iterable[DocumentFields]) -> Iterator[List[DocumentFields]]:
    group: List[DocumentFields] = []
    characters = 0
    for document in documents:
        group.append(document)
        characters += len(document.get("text") or "")
        if len(group) == _GROUP_DOCUMENTS or characters >= _GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _paths(paths: Union[Path, Iterable[Path]]) -> List[str]:
    if isinstance(paths, (str, os.PathLike)):
        return [path_text(paths)]
    return [path_text(path) for path in paths]


def _milliseconds(deadline: Optional[float]) -> Optional[int]:
    return None if deadline is None else max(1, round(deadline * 1000))


class Collection:
    """An open collection. ``lectern.open`` gives one.

    It may be used from many threads at once: writers wait for each other, searches for nobody. No
    call holds the interpreter's lock while it works. A context manager that closes itself.

    ``id in notes`` says whether there is a document, ``len(notes)`` how many, ``notes[id]`` gives
    one, and iteration gives all of them in order of id.
    """

    def __init__(
        self,
        folder: Path,
        *,
        pipeline: Optional[Path] = None,
        create: bool = True,
        load_models: bool = True,
        engine: Optional[Engine] = None,
    ) -> None:
        self.engine = engine if engine is not None else shared_engine((), None, None, 0)
        self.folder = path_text(folder)
        options = {
            "pipeline": None if pipeline is None else path_text(pipeline),
            "create": create,
            "load_models": load_models,
        }
        handle = opened(
            "collection_open", self.engine.handle, text(self.folder, "folder"), request(options)
        )
        self._open = _Open(handle)
        # Also at the interpreter's end: threads of the engine must not call into what is gone.
        self._end = weakref.finalize(self, self._open.end)

    def close(self) -> None:
        """Closes the collection, after the calls that are running; streams are ended.

        Later calls are refused. A second close does nothing.
        """
        if self._end.detach() is not None:
            self._open.close()

    @property
    def closed(self) -> bool:
        """It was closed."""
        return self._open.closed

    def __enter__(self) -> Collection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"{len(self)} documents"
        return f"<lectern.Collection {self.folder!r}, {state}>"

    @property
    def aio(self) -> AsyncCollection:
        """The same for asyncio: ``await notes.aio.search(...)``."""
        return AsyncCollection(self)

    # ------------------------------------------------------------------ the seam to C

    def _json(self, name: str, *arguments: Any) -> Any:
        with self._open.used() as handle:
            return result(f"collection_{name}", handle, *arguments)

    def _watched(
        self,
        name: str,
        fields: Any,
        convert: Callable[[Any], T],
        cancel: Cancel,
        on_text: Optional[OnText] = None,
        on_event: Optional[OnEvent] = None,
    ) -> T:
        """``lectern_collection_<name>(handle, request, watch, ...)``."""
        arguments = () if fields is None else (request(fields),)
        with self._open.used(cancel) as handle:
            return watched(
                cancel,
                lambda watch: convert(
                    result(f"collection_{name}", handle, *arguments, watch)
                ),
                on_text,
                on_event,
            )

    def _progressing(
        self,
        name: str,
        fields: Any,
        convert: Callable[[Any], T],
        progress: ProgressOption,
        what: str,
    ) -> Work[T]:
        def work(cancel: Cancel) -> T:
            with heard(progress, what) as on_event:
                return self._watched(name, fields, convert, cancel, None, on_event)

        return work

    def _stream(self, work: StreamWork[T]) -> Stream[T]:
        stream = Stream(work)
        self._open.add_stream(stream.cancel)
        return stream

    # ------------------------------------------------------------------ writing

    def _ingest(
        self, paths: Union[Path, Iterable[Path]], progress: ProgressOption
    ) -> Work[IngestReport]:
        fields = {"paths": _paths(paths)}
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
        fields = json_bytes(dict(patch))
        changed = ctypes.c_int32()
        with self._open.used() as handle:
            call("collection_patch_metadata", handle, name, fields, ctypes.byref(changed))
        return changed.value != 0

    # ------------------------------------------------------------------ in step with folders

    def _sync(
        self,
        paths: Union[Path, Iterable[Path]],
        include: Iterable[str],
        exclude: Iterable[str],
        dry_run: bool,
        accept_loss: bool,
        progress: ProgressOption,
    ) -> Work[SyncReport]:
        fields = {
            "paths": _paths(paths),
            "include": list(include),
            "exclude": list(exclude),
            "dry_run": dry_run,
            "accept_loss": accept_loss,
        }
        return self._progressing("sync", fields, sync_of, progress, "sync")

    def sync(
        self,
        paths: Union[Path, Iterable[Path]] = (),
        *,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        dry_run: bool = False,
        accept_loss: bool = False,
        progress: ProgressOption = False,
    ) -> SyncReport:
        """Makes the collection equal to folders: what is gone there is taken out here.

        Args:
            paths: Become sources of the collection. None: those that it has.
            include: Patterns, as a ``.gitignore`` has them, that files must fit.
            exclude: Patterns of what is left out.
            dry_run: Says what would be done, and changes nothing.
            accept_loss: A source that is missing, or of which most is gone, is refused otherwise.
            progress: As ``ingest``.

        Raises:
            InvalidArgument: There is no source, or one lost too much. Nothing is changed then.
        """
        return run(self._sync(paths, include, exclude, dry_run, accept_loss, progress))

    def follow(
        self,
        paths: Union[Path, Iterable[Path]] = (),
        *,
        on_sync: Callable[[SyncReport], Any],
        on_failure: Optional[Callable[[str], Any]] = None,
        debounce: float = 0.5,
    ) -> None:
        """Syncs, and again whenever something changes in the folders, until Ctrl-C comes.

        In another thread it ends when a function that it calls raises.

        Args:
            paths: As ``sync``.
            on_sync: Is given the report of each sync that changed something, and of the first.
            on_failure: Is told of a later sync that failed; it is tried again.
            debounce: Seconds in which nothing must have changed before a change is taken up.
        """

        def heard_of(name: str, event: Any) -> None:
            if name == "synced":
                on_sync(sync_of(event))
            elif name == "failed" and on_failure is not None:
                on_failure(event["message"])

        def work(cancel: Cancel) -> None:
            fields = {"paths": _paths(paths), "debounce_milliseconds": round(debounce * 1000)}
            with self._open.used(cancel) as handle:
                watched(
                    cancel,
                    lambda watch: call("collection_follow", handle, request(fields), watch),
                    None,
                    heard_of,
                )

        run(work)

    def sources(self) -> List[Source]:
        """The folders that ``sync`` remembers."""
        return all_made(Source, self._json("sources")["sources"])

    def add_source(
        self, path: Path, *, include: Iterable[str] = (), exclude: Iterable[str] = ()
    ) -> None:
        """Remembers a folder for ``sync``; one that is there gets these patterns."""
        fields = {"path": path_text(path), "include": list(include), "exclude": list(exclude)}
        with self._open.used() as handle:
            call("collection_add_source", handle, request(fields))

    def remove_source(self, path: Path) -> int:
        """Forgets a folder. Its documents stay: how many these are."""
        left = ctypes.c_uint64()
        with self._open.used() as handle:
            call(
                "collection_remove_source",
                handle,
                text(path_text(path), "path"),
                ctypes.byref(left),
            )
        return left.value

    # ------------------------------------------------------------------ reading

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
        for one in ids:
            if after is not None and one.encode() <= after.encode():
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

    # ------------------------------------------------------------------ searching

    def _search(
        self,
        query: str,
        k: int,
        filter: Optional[str],
        vector: Optional[Vector],
        options: Dict[str, Any],
    ) -> Work[SearchResult]:
        fields = {
            # Not there beside what stands in its place.
            "query": query or (None if vector is not None or options.get("similar") else ""),
            "k": k,
            "filter": filter,
            "vector": None if vector is None else np.asarray(vector, dtype=np.float64).tolist(),
            **options,
        }
        return lambda cancel: self._watched("search", fields, SearchResult, cancel)

    def search(
        self,
        query: str = "",
        *,
        k: int = 10,
        filter: Optional[str] = None,
        vector: Optional[Vector] = None,
        mode: Optional[str] = None,
        weight: Optional[float] = None,
        fusion: Optional[str] = None,
        feedback: Optional[float] = None,
        candidates: Optional[int] = None,
        offset: int = 0,
        min_score: Optional[float] = None,
        similar: Optional[str] = None,
        plain: bool = False,
        prefix: bool = False,
        typos: Optional[bool] = None,
        chunks: bool = False,
        facets: Sequence[str] = (),
        sort: Optional[str] = None,
        summarize: Optional[str] = None,
        deadline: Optional[float] = None,
        explain: bool = False,
    ) -> SearchResult:
        """Passages by meaning and words.

        Args:
            query: What to look for: words, and the signs of the query language (docs/search.md).
            k: How many hits, 1 to 10,000.
            filter: A condition on metadata: ``year > 2015 and topic = "retrieval"``.
            vector: Shape (dimension,): searched for in place of the query's, of the same model.
            mode: ``"hybrid"``, ``"dense"`` or ``"lexical"``; left out: what the pipeline says.
            weight: Of the meaning in a hybrid search, 0 to 1.
            fusion: ``"convex"`` or ``"rrf"``.
            feedback: How far a hybrid search learns from its best hits, 0 to 1.
            candidates: Passages that each side finds first.
            offset: Hits to leave out before the first: with ``k=10``, 20 gives the third page.
            min_score: Leave out hits with a smaller score.
            similar: In place of a query: more like the document of this id.
            plain: The query is prose: quotation marks, ``-`` and ``*`` are no signs.
            prefix: The last word may be the beginning of one.
            typos: Whether words that no passage has are looked for as if they were mistyped.
            chunks: Several hits of one document.
            facets: Fields whose values are counted.
            sort: ``"field"`` or ``"-field"``: the order of the best hits.
            summarize: ``"list"`` or ``"each"``.
            deadline: Seconds.
            explain: Fill ``stages``.

        Raises:
            InvalidArgument: ``place`` names the argument that is wrong.
            DeadlineExceeded: It took longer than ``deadline``.
        """
        options = {
            "mode": mode,
            "weight": weight,
            "fusion": fusion,
            "feedback": feedback,
            "candidates": candidates,
            "offset": offset,
            "min_score": min_score,
            "similar": similar,
            "plain": plain or None,
            "prefix": prefix or None,
            "typos": typos,
            "chunks": chunks,
            "facets": list(facets) or None,
            "sort": sort,
            "summarize": summarize,
            "deadline_milliseconds": _milliseconds(deadline),
            "explain": explain,
        }
        work = self._search(query, k, filter, vector, options)
        # A search takes milliseconds: not worth a thread.
        return work(Cancel()) if summarize is None else run(work)

    def _ask(
        self,
        question: str,
        filter: Optional[str],
        extractive: bool,
        history: Iterable[Turn],
        language: Optional[str],
        deadline: Optional[float],
        explain: bool,
    ) -> StreamWork[Answer]:
        turns = [{"question": asked, "answer": answer} for asked, answer in history]
        fields = {
            "question": question,
            "filter": filter,
            "extractive": extractive,
            "history": turns or None,
            "language": language,
            "deadline_milliseconds": _milliseconds(deadline),
            "explain": explain,
        }

        def work(cancel: Cancel, on_text: Optional[OnText], on_event: Optional[OnEvent]) -> Answer:
            return self._watched("ask", fields, answer_of, cancel, on_text, on_event)

        return work

    def ask(
        self,
        question: str,
        *,
        filter: Optional[str] = None,
        extractive: bool = False,
        history: Iterable[Turn] = (),
        language: Optional[str] = None,
        deadline: Optional[float] = None,
        explain: bool = False,
        on_text: Optional[Callable[[str], Any]] = None,
    ) -> Answer:
        """A short answer in which every sentence points at the bytes that support it.

        Args:
            question: In words.
            filter: As ``search``: nothing else is read.
            extractive: Quotations only; the generator is never started.
            history: The conversation so far, as ``(question, answer)``, the oldest first: a
                question may lean on it ("When did they do it?").
            language: The answer is translated into it, where the pipeline has a stage for that.
            deadline: Seconds.
            explain: Fill ``stages``.
            on_text: Is given the answer as it is written, sentence by sentence, each verified.

        Raises:
            InvalidArgument: ``place`` names the argument that is wrong.
            Unsupported: The pipeline has no reader.
        """
        work = self._ask(question, filter, extractive, history, language, deadline, explain)
        return run(lambda cancel: work(cancel, on_text, None))

    def ask_stream(
        self,
        question: str,
        *,
        filter: Optional[str] = None,
        extractive: bool = False,
        history: Iterable[Turn] = (),
        language: Optional[str] = None,
        deadline: Optional[float] = None,
    ) -> Stream[Answer]:
        """The same as it is written: ``for piece in stream``, then ``stream.result``."""
        return self._stream(
            self._ask(question, filter, extractive, history, language, deadline, False)
        )

    def _summarize(
        self, document: str, extractive: bool, deadline: Optional[float]
    ) -> StreamWork[Summary]:
        fields = {
            "document": document,
            "extractive": extractive,
            "deadline_milliseconds": _milliseconds(deadline),
        }

        def work(cancel: Cancel, on_text: Optional[OnText], on_event: Optional[OnEvent]) -> Summary:
            return self._watched("summarize", fields, summary_of, cancel, on_text, on_event)

        return work

    def summarize(
        self, document: str, *, extractive: bool = False, deadline: Optional[float] = None
    ) -> Summary:
        """What a document is about, in a few sentences, each checked against what it cites.

        Raises:
            NotFound: There is no document of this id.
        """
        work = self._summarize(document, extractive, deadline)
        return run(lambda cancel: work(cancel, None, None))

    def summarize_stream(
        self, document: str, *, extractive: bool = False, deadline: Optional[float] = None
    ) -> Stream[Summary]:
        """The same as it is written."""
        return self._stream(self._summarize(document, extractive, deadline))

    # ------------------------------------------------------------------ the models alone

    @property
    def dimension(self) -> int:
        """How many numbers a vector has.

        Raises:
            InvalidArgument: The collection was opened without models.
        """
        dimension = ctypes.c_uint32()
        with self._open.used() as handle:
            call("collection_embed", handle, None, 0, 0, None, 0, ctypes.byref(dimension))
        return dimension.value

    def _embed(self, values: Iterable[str], purpose: str) -> Work[Floats]:
        number = _PURPOSES.get(purpose)
        if number is None:
            raise InvalidArgument(f"a text is embedded as query or passage, not as {purpose!r}")
        given = list(values)

        def work(cancel: Cancel) -> Floats:
            dimension = self.dimension
            out: Floats = np.empty((len(given), dimension), dtype=np.float32)
            for begin in range(0, len(given), _GROUP_TEXTS):
                encoded = [_encoded(one) for one in given[begin : begin + _GROUP_TEXTS]]
                sizes = (ctypes.c_uint64 * len(encoded))(*map(len, encoded))
                rows = out[begin : begin + len(encoded)]
                self._embed_rows(encoded, sizes, number, rows, cancel)
            return out

        return work

    def _embed_rows(
        self, encoded: List[bytes], sizes: Any, purpose: int, rows: Floats, cancel: Cancel
    ) -> None:
        with self._open.used(cancel) as handle:
            watched(
                cancel,
                lambda watch: result(
                    "collection_embed_texts",
                    handle,
                    texts(encoded),
                    sizes,
                    len(encoded),
                    purpose,
                    watch,
                    rows.ctypes.data_as(ctypes.c_void_p),
                    rows.size,
                ),
            )

    def embed(self, texts: Union[str, Iterable[str]], *, purpose: str = "passage") -> Floats:
        """The vectors of texts, by the collection's model.

        They are written by the engine into the array that is given out.

        Args:
            texts: Many, or one.
            purpose: ``"query"`` or ``"passage"``: models put different prefixes before them.

        Returns:
            float32, shape (number of texts, dimension); of one text, shape (dimension,).
            Rows of length 1, for the pipelines that ship. The end of a text that is longer than
            the model reads is left out.

        Raises:
            InvalidArgument: The collection was opened without models.
        """
        if isinstance(texts, str):
            row: Floats = run(self._embed([texts], purpose))[0]
            return row
        return run(self._embed(texts, purpose))

    def _rerank(self, query: str, passages: Iterable[str]) -> Work[Floats]:
        fields = {"query": query, "passages": list(passages)}

        def convert(scores: Any) -> Floats:
            return np.asarray(scores["scores"], dtype=np.float32)

        return lambda cancel: self._watched("rerank", fields, convert, cancel)

    def rerank(self, query: str, passages: Iterable[str]) -> Floats:
        """How well each passage answers the query, by the pipeline's reranker.

        Returns:
            float32, shape (number of passages,); larger is better.

        Raises:
            Unsupported: The pipeline has no reranker.
        """
        return run(self._rerank(query, passages))

    def _generate(
        self, messages: Union[str, Sequence[Message]], options: Dict[str, Any]
    ) -> StreamWork[Generated]:
        if isinstance(messages, str):
            messages = [{"role": "user", "content": messages}]
        fields = {"messages": [dict(one) for one in messages], **options}

        def convert(value: Any) -> Generated:
            return made(Generated, value)

        def work(
            cancel: Cancel, on_text: Optional[OnText], on_event: Optional[OnEvent]
        ) -> Generated:
            return self._watched("generate", fields, convert, cancel, on_text, on_event)

        return work

    def generate(
        self,
        messages: Union[str, Sequence[Message]],
        *,
        max_tokens: int = 256,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        stop: Sequence[str] = (),
        deadline: Optional[float] = None,
    ) -> Generated:
        """What the pipeline's generator says by itself. Nothing of it is verified.

        Args:
            messages: ``{"role": "system", "user" or "assistant", "content": ...}``; or one text.
            max_tokens: Of the answer; 0: what is left of the context.
            temperature: 0 takes the likeliest token always.
            top_p: 1 is off.
            seed: Of the drawing.
            stop: The text ends before the first of these.
            deadline: Seconds.

        Raises:
            ResourceExhausted: The messages do not fit into the model's context.
            Unsupported: The pipeline has no generator.
        """
        options = _generate_options(max_tokens, temperature, top_p, seed, stop, deadline)
        work = self._generate(messages, options)
        return run(lambda cancel: work(cancel, None, None))

    def generate_stream(
        self,
        messages: Union[str, Sequence[Message]],
        *,
        max_tokens: int = 256,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        stop: Sequence[str] = (),
        deadline: Optional[float] = None,
    ) -> Stream[Generated]:
        """The same as it is written."""
        options = _generate_options(max_tokens, temperature, top_p, seed, stop, deadline)
        return self._stream(self._generate(messages, options))

    # ------------------------------------------------------------------ maintenance

    def _reembed(
        self, pipeline: Path, truncate: bool, progress: ProgressOption
    ) -> Work[ReembedReport]:
        fields = {"pipeline": path_text(pipeline), "truncate": truncate}
        return self._progressing(
            "reembed", fields, lambda value: made(ReembedReport, value), progress, "reembed"
        )

    def reembed(
        self, pipeline: Path, *, truncate: bool = False, progress: ProgressOption = False
    ) -> ReembedReport:
        """Changes the model: embeds every passage anew while the old one serves.

        What is done when Ctrl-C comes is kept, and the same call goes on from there.

        Args:
            pipeline: A file, or the name of one that ships.
            truncate: Passages that the new model does not read whole are cut, not refused.
            progress: As ``ingest``.
        """
        return run(self._reembed(pipeline, truncate, progress))

    def _verify(self, progress: ProgressOption) -> Work[VerifyReport]:
        return self._progressing("verify", None, verify_of, progress, "verify")

    def verify(self, *, progress: ProgressOption = False) -> VerifyReport:
        """Reads everything, and changes nothing. Damage is in the report."""
        return run(self._verify(progress))

    def _backup(self, folder: Path, progress: ProgressOption) -> Work[Backup]:
        fields = {"folder": path_text(folder)}
        return self._progressing(
            "backup", fields, lambda value: made(Backup, value), progress, "backup"
        )

    def backup(self, folder: Path, *, progress: ProgressOption = False) -> Backup:
        """Backs up into a folder that is empty, not there, or has earlier backups.

        Only what is new is copied; searches and writes go on. ``lectern.restore`` brings it back.
        """
        return run(self._backup(folder, progress))

    def flush(self) -> None:
        """Writes the index caches, so that the next open is quick. Nothing is lost without it."""
        with self._open.used() as handle:
            call("collection_flush", handle)


def _encoded(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"a text is not valid Unicode: {error}") from None


def _generate_options(
    max_tokens: int,
    temperature: float,
    top_p: float,
    seed: int,
    stop: Sequence[str],
    deadline: Optional[float],
) -> Dict[str, Any]:
    return {
        "max_tokens": max_tokens,
        "temperature": temperature,
        "top_p": top_p,
        "seed": seed,
        "stop": list(stop) or None,
        "deadline_milliseconds": _milliseconds(deadline),
    }


def open(  # noqa: A001  pylint: disable=redefined-builtin
    folder: Path,
    *,
    pipeline: Optional[Path] = None,
    create: bool = True,
    load_models: bool = True,
    plugins: Sequence[Path] = (),
    models: Optional[Path] = None,
    cache: Optional[Path] = None,
    threads: int = 0,
    engine: Optional[Engine] = None,
) -> Collection:
    """Opens a collection, which is made when it is not there.

    Args:
        folder: Of the collection. One process has it open at a time.
        pipeline: A file, or the name of one that ships (``"bert"``, ``"word2vec"``,
            ``"search-only"``). Left out: the one that it was made with; for a new one, ``"bert"``.
        create: False: a collection that is not there is ``NotFound``.
        load_models: False: ``get``, ``delete``, ``documents`` and ``stats`` work, and are there at
            once.
        plugins: As ``Engine``, like the next three. Collections that are opened with the same
            options share an engine.
        models: The folder of models.
        cache: For compiled models and the like.
        threads: That one request may keep busy.
        engine: In place of these.

    Raises:
        Unavailable: Another process, or this one, has it open; or a plugin cannot be loaded.
        NotFound: A model, the pipeline, or with ``create=False`` the collection is not there.
        InvalidArgument: The pipeline is not the one that the collection was made with.
    """
    if engine is None:
        engine = shared_engine(plugins, models, cache, threads)
    elif plugins or models is not None or cache is not None or threads:
        raise InvalidArgument("an engine has its folders and threads already")
    return Collection(
        folder, pipeline=pipeline, create=create, load_models=load_models, engine=engine
    )
