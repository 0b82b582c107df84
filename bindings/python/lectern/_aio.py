"""Collections for asyncio. The work is done on other threads; the event loop never waits for it."""

from __future__ import annotations

import asyncio
from typing import (
    TYPE_CHECKING,
    Any,
    AsyncIterator,
    Callable,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    TypeVar,
    Union,
)

from ._calls import run_async
from ._given import listed, milliseconds
from ._modelling import generate_options
from ._streams import AsyncStream, StreamWork

if TYPE_CHECKING:
    from ._collection import Collection, DocumentFields, Floats, Message, Turn, Vector
    from ._given import Path
    from ._progress import ProgressOption
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
    )

T = TypeVar("T")

# pylint: disable=protected-access


class AsyncCollection:
    """The methods of ``Collection``, to be awaited. ``notes.aio`` gives it.

    A task that is cancelled ends its work, and waits for that: what an ingest has stored is stored
    then. Functions for progress are called from other threads.
    """

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    async def _call(self, function: Callable[[], T]) -> T:
        return await run_async(lambda _: function())

    def _stream(self, work: StreamWork[T]) -> AsyncStream[T]:
        stream = AsyncStream(work)
        self.collection._open.add_stream(stream.cancel)
        return stream

    async def ingest(
        self, paths: Union[Path, Iterable[Path]], *, progress: ProgressOption = False
    ) -> IngestReport:
        """As ``Collection.ingest``."""
        return await run_async(self.collection._ingest(paths, progress))

    async def ingest_bytes(self, name: str, data: Any) -> IngestReport:
        """As ``Collection.ingest_bytes``."""
        return await run_async(self.collection._ingest_bytes(name, data))

    async def put(
        self,
        documents: Union[DocumentFields, Iterable[DocumentFields]],
        *,
        keep_existing: bool = False,
        progress: ProgressOption = False,
    ) -> IngestReport:
        """As ``Collection.put``."""
        return await run_async(self.collection._put(documents, keep_existing, progress))

    async def delete(
        self, ids: Union[str, Iterable[str]] = (), *, filter: Optional[str] = None
    ) -> int:
        """As ``Collection.delete``."""
        return await self._call(lambda: self.collection.delete(ids, filter=filter))

    async def patch_metadata(self, id: str, patch: Mapping[str, Any]) -> bool:
        """As ``Collection.patch_metadata``."""
        return await self._call(lambda: self.collection.patch_metadata(id, patch))

    async def sync(
        self,
        paths: Union[Path, Iterable[Path]] = (),
        *,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        dry_run: bool = False,
        accept_loss: bool = False,
        progress: ProgressOption = False,
    ) -> SyncReport:
        """As ``Collection.sync``."""
        return await run_async(
            self.collection._sync(paths, include, exclude, dry_run, accept_loss, progress)
        )

    async def follow(
        self,
        paths: Union[Path, Iterable[Path]] = (),
        *,
        on_sync: Callable[[SyncReport], Any],
        on_failure: Optional[Callable[[str], Any]] = None,
        debounce: float = 0.5,
    ) -> None:
        """As ``Collection.follow``, until its task is cancelled."""
        await run_async(self.collection._follow(paths, on_sync, on_failure, debounce))

    async def sources(self) -> List[Source]:
        """As ``Collection.sources``."""
        return await self._call(self.collection.sources)

    async def add_source(
        self, path: Path, *, include: Iterable[str] = (), exclude: Iterable[str] = ()
    ) -> None:
        """As ``Collection.add_source``."""
        await self._call(
            lambda: self.collection.add_source(path, include=include, exclude=exclude)
        )

    async def remove_source(self, path: Path) -> int:
        """As ``Collection.remove_source``."""
        return await self._call(lambda: self.collection.remove_source(path))

    async def get(self, id: str) -> Document:
        """As ``Collection.get``."""
        return await self._call(lambda: self.collection.get(id))

    async def documents(
        self, *, after: Optional[str] = None, filter: Optional[str] = None
    ) -> AsyncIterator[Document]:
        """As ``Collection.documents``: ``async for document in notes.aio.documents()``."""
        walk = await self._call(lambda: self.collection.documents(after=after, filter=filter))
        while True:
            document = await self._call(lambda: next(walk, None))
            if document is None:
                return
            yield document

    async def select(self, filter: str) -> List[str]:
        """As ``Collection.select``."""
        return await self._call(lambda: self.collection.select(filter))

    async def stats(self) -> Stats:
        """As ``Collection.stats``."""
        return await self._call(self.collection.stats)

    async def search(
        self,
        query: str = "",
        *,
        k: int = 10,
        filter: Optional[str] = None,
        vector: Optional[Vector] = None,
        **options: Any,
    ) -> SearchResult:
        """As ``Collection.search``, with the same options."""
        if options.get("facets") is not None:
            options["facets"] = listed(options["facets"]) or None
        options["deadline_milliseconds"] = milliseconds(options.pop("deadline", None))
        return await run_async(self.collection._search(query, k, filter, vector, options))

    async def ask(
        self,
        question: str,
        *,
        filter: Optional[str] = None,
        extractive: bool = False,
        history: Iterable[Turn] = (),
        language: Optional[str] = None,
        deadline: Optional[float] = None,
        explain: bool = False,
    ) -> Answer:
        """As ``Collection.ask``."""
        work = self.collection._ask(
            question, filter, extractive, history, language, deadline, explain
        )
        return await run_async(lambda cancel: work(cancel, None, None))

    def ask_stream(
        self,
        question: str,
        *,
        filter: Optional[str] = None,
        extractive: bool = False,
        history: Iterable[Turn] = (),
        language: Optional[str] = None,
        deadline: Optional[float] = None,
    ) -> AsyncStream[Answer]:
        """As ``Collection.ask_stream``: ``async for piece in stream``."""
        return self._stream(
            self.collection._ask(question, filter, extractive, history, language, deadline, False)
        )

    async def summarize(
        self, document: str, *, extractive: bool = False, deadline: Optional[float] = None
    ) -> Summary:
        """As ``Collection.summarize``."""
        work = self.collection._summarize(document, extractive, deadline)
        return await run_async(lambda cancel: work(cancel, None, None))

    def summarize_stream(
        self, document: str, *, extractive: bool = False, deadline: Optional[float] = None
    ) -> AsyncStream[Summary]:
        """As ``Collection.summarize_stream``."""
        return self._stream(self.collection._summarize(document, extractive, deadline))

    async def embed(self, texts: Union[str, Iterable[str]], *, purpose: str = "passage") -> Floats:
        """As ``Collection.embed``."""
        if isinstance(texts, str):
            row: Floats = (await run_async(self.collection._embed([texts], purpose)))[0]
            return row
        return await run_async(self.collection._embed(texts, purpose))

    async def rerank(self, query: str, passages: Iterable[str]) -> Floats:
        """As ``Collection.rerank``."""
        return await run_async(self.collection._rerank(query, passages))

    async def generate(
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
        """As ``Collection.generate``."""
        options = generate_options(max_tokens, temperature, top_p, seed, stop, deadline)
        work = self.collection._generate(messages, options)
        return await run_async(lambda cancel: work(cancel, None, None))

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
    ) -> AsyncStream[Generated]:
        """As ``Collection.generate_stream``."""
        options = generate_options(max_tokens, temperature, top_p, seed, stop, deadline)
        return self._stream(self.collection._generate(messages, options))

    async def reembed(
        self, pipeline: Path, *, truncate: bool = False, progress: ProgressOption = False
    ) -> ReembedReport:
        """As ``Collection.reembed``."""
        return await run_async(self.collection._reembed(pipeline, truncate, progress))

    async def verify(self, *, progress: ProgressOption = False) -> VerifyReport:
        """As ``Collection.verify``."""
        return await run_async(self.collection._verify(progress))

    async def backup(self, folder: Path, *, progress: ProgressOption = False) -> Backup:
        """As ``Collection.backup``."""
        return await run_async(self.collection._backup(folder, progress))

    async def flush(self) -> None:
        """As ``Collection.flush``."""
        await self._call(self.collection.flush)

    async def close(self) -> None:
        """As ``Collection.close``."""
        await asyncio.shield(self._call(self.collection.close))
