"""Text that is read while it is written."""

from __future__ import annotations

import asyncio
import queue
import threading
from typing import Any, AsyncIterator, Callable, Generic, Iterator, List, Optional, TypeVar, Union

from ._calls import A_MOMENT, Cancel, OnEvent, OnText, wait_for
from ._errors import Cancelled
from ._results import Citation, citations_of

T = TypeVar("T")

# What a stream does, given the handle that ends it and what hears of it.
StreamWork = Callable[[Cancel, Optional[OnText], Optional[OnEvent]], T]


class _Ended:
    """The last thing in the queue."""


class Stream(Generic[T], Iterator[str]):
    """Iterates over the pieces of a text as it is written.

    ``result`` is what the call gives at the end; it waits for that, and also works when nothing was
    iterated over. A stream that is no longer wanted is closed: the work then ends soon. It is a
    context manager that closes itself.
    """

    def __init__(self, work: StreamWork[T]) -> None:
        self.cancel = Cancel()
        self._pieces: queue.SimpleQueue[Union[str, _Ended]] = queue.SimpleQueue()
        self._done = threading.Event()
        self._told = threading.Event()
        self._evidence: List[Citation] = []
        self._result: List[T] = []
        self._failure: Optional[BaseException] = None
        try:
            threading.Thread(
                target=self._body, args=(work,), name="lectern-stream", daemon=True
            ).start()
        except BaseException:  # Ctrl-C
            self.cancel.request()
            raise

    def _body(self, work: StreamWork[T]) -> None:
        try:
            self._result.append(work(self.cancel, self._pieces.put, self._hear))
        except BaseException as error:  # pylint: disable=broad-exception-caught
            self._failure = error
        finally:
            self._told.set()
            self._done.set()
            self._pieces.put(_Ended())

    def _hear(self, name: str, json: Any) -> None:
        if name == "evidence":
            self._evidence = citations_of(json["evidence"])
            self._told.set()

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
        self._pieces.put(piece)  # and so it stays
        if self._failure is not None and not self.cancel.requested:
            raise self._failure
        raise StopIteration

    def _next(self) -> Union[str, _Ended]:
        while True:
            try:
                return self._pieces.get(timeout=A_MOMENT)
            except queue.Empty:
                pass

    @property
    def evidence(self) -> List[Citation]:
        """The numbered passages that an answer may cite: known before its first piece.

        Waits for them. Empty when the collection does not say, and for what is no answer.
        """
        wait_for(self._told)
        return self._evidence

    @property
    def result(self) -> T:
        """What the call gives at its end.

        Raises:
            Cancelled: The stream was closed before.
            LecternError: The call failed.
        """
        wait_for(self._done)
        if self._failure is not None:
            raise self._failure
        return self._result[0]

    def close(self) -> None:
        """Ends the work, and waits for that."""
        self.cancel.request()
        wait_for(self._done)

    def __enter__(self) -> Stream[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncStream(Generic[T], AsyncIterator[str]):
    """The same for asyncio: ``async for piece in stream``, then ``await stream.result()``."""

    def __init__(self, work: StreamWork[T]) -> None:
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[Union[str, _Ended]] = asyncio.Queue()
        self.cancel = Cancel()
        self._evidence: List[Citation] = []
        self._told = asyncio.Event()
        self._future = self._loop.run_in_executor(None, self._body, work)

    def _in_loop(self, function: Callable[..., object], *arguments: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:  # the loop has ended before us
            self.cancel.request()

    def _put(self, piece: Union[str, _Ended]) -> None:
        self._in_loop(self._pieces.put_nowait, piece)

    def _hear(self, name: str, json: Any) -> None:
        if name == "evidence":
            self._evidence = citations_of(json["evidence"])
            self._in_loop(self._told.set)

    def _body(self, work: StreamWork[T]) -> T:
        try:
            return work(self.cancel, self._put, self._hear)
        finally:
            self._in_loop(self._told.set)
            self._put(_Ended())

    def __aiter__(self) -> AsyncStream[T]:
        return self

    async def __anext__(self) -> str:
        try:
            piece = await self._pieces.get()
        except asyncio.CancelledError:
            self.cancel.request()
            raise
        if isinstance(piece, str):
            return piece
        self._pieces.put_nowait(piece)
        try:
            await asyncio.shield(self._future)
        except Cancelled:
            if not self.cancel.requested:
                raise
        raise StopAsyncIteration

    async def evidence(self) -> List[Citation]:
        """The numbered passages that an answer may cite; as ``Stream.evidence``."""
        await self._told.wait()
        return self._evidence

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
