"""Text that is read while it is written."""

from __future__ import annotations

import asyncio
import queue
import threading
import weakref
from typing import Any, AsyncIterator, Callable, Generic, Iterator, List, Optional, TypeVar, Union

from ._calls import A_MOMENT, Cancel, OnEvent, OnText, wait_for
from ._errors import Cancelled
from ._results import Citation, citations_of

T = TypeVar("T")

# What a stream does, given the handle that ends it and what hears of it.
StreamWork = Callable[[Cancel, Optional[OnText], Optional[OnEvent]], T]


class _Ended:
    """The last thing in the queue."""


class _Running(Generic[T]):
    """What the thread of a stream has: not the stream, so that one that is dropped is seen."""

    def __init__(self) -> None:
        self.cancel = Cancel()
        self.pieces: queue.SimpleQueue[Union[str, _Ended]] = queue.SimpleQueue()
        self.done = threading.Event()
        self.told = threading.Event()
        self.evidence: List[Citation] = []
        self.result: List[T] = []
        self.failure: Optional[BaseException] = None

    def run(self, work: StreamWork[T]) -> None:
        """On the thread."""
        try:
            self.result.append(work(self.cancel, self.pieces.put, self._hear))
        except BaseException as error:  # pylint: disable=broad-exception-caught
            self.failure = error
        finally:
            self.told.set()
            self.done.set()
            self.pieces.put(_Ended())

    def _hear(self, name: str, json: Any) -> None:
        if name == "evidence":
            self.evidence = citations_of(json["evidence"])
            self.told.set()


class Stream(Generic[T], Iterator[str]):
    """Iterates over the pieces of a text as it is written.

    ``result`` is what the call gives at the end; it waits for that, and also works when nothing was
    iterated over. A stream that is no longer wanted is closed, or dropped: the work then ends soon.
    It is a context manager that closes itself.
    """

    def __init__(self, work: StreamWork[T]) -> None:
        running: _Running[T] = _Running()
        self._running = running
        self.cancel = running.cancel
        weakref.finalize(self, running.cancel.request).atexit = False
        try:
            threading.Thread(
                target=running.run, args=(work,), name="lectern-stream", daemon=True
            ).start()
        except BaseException:  # Ctrl-C
            self.cancel.request()
            raise

    def __iter__(self) -> Stream[T]:
        return self

    def __next__(self) -> str:
        try:
            piece = self._next()
        except BaseException:  # Ctrl-C
            self.cancel.request()
            raise
        if isinstance(piece, str):
            return piece
        self._running.pieces.put(piece)  # and so it stays
        if self._running.failure is not None and not self.cancel.requested:
            raise self._running.failure
        raise StopIteration

    def _next(self) -> Union[str, _Ended]:
        while True:
            try:
                return self._running.pieces.get(timeout=A_MOMENT)
            except queue.Empty:
                pass

    @property
    def evidence(self) -> List[Citation]:
        """The numbered passages that an answer may cite: known before its first piece.

        Waits for them. Empty when the collection does not say, and for what is no answer.
        """
        wait_for(self._running.told)
        return self._running.evidence

    @property
    def result(self) -> T:
        """What the call gives at its end.

        Raises:
            Cancelled: The stream was closed before.
            LecternError: The call failed.
        """
        wait_for(self._running.done)
        if self._running.failure is not None:
            raise self._running.failure
        return self._running.result[0]

    def close(self) -> None:
        """Ends the work, and waits for that."""
        self.cancel.request()
        wait_for(self._running.done)

    def __enter__(self) -> Stream[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _AsyncRunning(Generic[T]):
    """What the thread of a stream has, as ``_Running``; the loop is told from there."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.cancel = Cancel()
        self.pieces: asyncio.Queue[Union[str, _Ended]] = asyncio.Queue()
        self.told = asyncio.Event()
        self.evidence: List[Citation] = []

    def _in_loop(self, function: Callable[..., object], *arguments: Any) -> None:
        try:
            self.loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:  # the loop has ended before us
            self.cancel.request()

    def _put(self, piece: Union[str, _Ended]) -> None:
        self._in_loop(self.pieces.put_nowait, piece)

    def _hear(self, name: str, json: Any) -> None:
        if name == "evidence":
            self.evidence = citations_of(json["evidence"])
            self._in_loop(self.told.set)

    def run(self, work: StreamWork[T]) -> T:
        """On the thread."""
        try:
            return work(self.cancel, self._put, self._hear)
        finally:
            self._in_loop(self.told.set)
            self._put(_Ended())


class AsyncStream(Generic[T], AsyncIterator[str]):
    """The same for asyncio: ``async for piece in stream``, then ``await stream.result()``."""

    def __init__(self, work: StreamWork[T]) -> None:
        running: _AsyncRunning[T] = _AsyncRunning()
        self._running = running
        self.cancel = running.cancel
        weakref.finalize(self, running.cancel.request).atexit = False
        self._future = running.loop.run_in_executor(None, running.run, work)

    def __aiter__(self) -> AsyncStream[T]:
        return self

    async def __anext__(self) -> str:
        try:
            piece = await self._running.pieces.get()
        except asyncio.CancelledError:
            self.cancel.request()
            raise
        if isinstance(piece, str):
            return piece
        self._running.pieces.put_nowait(piece)
        try:
            await asyncio.shield(self._future)
        except Cancelled:
            if not self.cancel.requested:
                raise
        raise StopAsyncIteration

    async def evidence(self) -> List[Citation]:
        """The numbered passages that an answer may cite; as ``Stream.evidence``."""
        await self._running.told.wait()
        return self._running.evidence

    async def result(self) -> T:
        """What the call gives at its end; as ``Stream.result``."""
        try:
            return await asyncio.shield(self._future)
        except asyncio.CancelledError:
            self.cancel.request()
            raise

    async def aclose(self) -> None:
        """Ends the work, and waits for that."""
        self.cancel.request()
        await asyncio.wait([self._future])
        if not self._future.cancelled():
            self._future.exception()

    async def __aenter__(self) -> AsyncStream[T]:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
