"""How a call that takes long is watched, ended from another thread, and waited for."""

from __future__ import annotations

import asyncio
import ctypes
import json
import threading
import weakref
from typing import Any, Callable, List, Optional, TypeVar

from ._errors import ResourceExhausted
from ._library import LIBRARY, ON_EVENT, ON_TEXT, Watch, address

T = TypeVar("T")

# What a call does, given the handle that ends it.
Work = Callable[["Cancel"], T]
OnText = Callable[[str], Any]
OnEvent = Callable[[str, Any], Any]


class Cancel:
    """Ends calls from another thread."""

    def __init__(self) -> None:
        handle: Optional[int] = LIBRARY.lectern_cancel_new()
        if not handle:
            raise ResourceExhausted("out of memory")
        self.handle: int = handle
        self.requested = False
        # Not at the interpreter's end: a call that still runs is ended with it, and looks at it.
        weakref.finalize(self, LIBRARY.lectern_cancel_free, address(handle)).atexit = False

    def request(self) -> None:
        """Every call that was given this ends soon. From any thread."""
        self.requested = True
        LIBRARY.lectern_cancel_request(address(self.handle))


class Watching:
    """A lectern_watch with its callbacks.

    What a callback raises ends the call, and ``check`` raises it again.
    """

    def __init__(
        self,
        cancel: Cancel,
        on_text: Optional[OnText] = None,
        on_event: Optional[OnEvent] = None,
    ) -> None:
        self._cancel = cancel
        self._raised: List[BaseException] = []
        self._on_text = on_text
        self._on_event = on_event
        # They and the struct must live as long as the call.
        self._text = ON_TEXT(self._take_text) if on_text is not None else ON_TEXT()
        self._event = ON_EVENT(self._take_event) if on_event is not None else ON_EVENT()
        self._watch = Watch(
            ctypes.sizeof(Watch), 0, None, self._text, self._event, address(cancel.handle)
        )

    def pointer(self) -> Any:
        """For the parameter ``watch``."""
        return ctypes.byref(self._watch)

    def _guarded(self, function: Callable[[], Any]) -> int:
        if self._raised:
            return 0
        try:
            function()
        except BaseException as error:  # pylint: disable=broad-exception-caught
            self._raised.append(error)
            self._cancel.request()
            return 0
        return 1

    def _take_text(self, _: Any, piece: int, size: int) -> int:
        on_text = self._on_text
        assert on_text is not None
        return self._guarded(lambda: on_text(ctypes.string_at(piece, size).decode()))

    def _take_event(self, _: Any, name: bytes, value: bytes) -> int:
        on_event = self._on_event
        assert on_event is not None
        return self._guarded(lambda: on_event(name.decode(), json.loads(value)))

    def check(self) -> None:
        """Raises what a callback has raised."""
        if self._raised:
            raise self._raised[0]


def watched(
    cancel: Cancel,
    function: Callable[[Any], T],
    on_text: Optional[OnText] = None,
    on_event: Optional[OnEvent] = None,
) -> T:
    """``function``, which is given the parameter ``watch``."""
    watching = Watching(cancel, on_text, on_event)
    try:
        out = function(watching.pointer())
    except Exception:
        watching.check()
        raise
    watching.check()
    return out


# Seconds, after which a thread that waits looks whether there was a signal. One that comes just before
# it sleeps, or to another thread, does not wake it.
A_MOMENT = 0.1


def wait_for(event: threading.Event) -> None:
    """Waits so that Ctrl-C ends it."""
    while not event.wait(A_MOMENT):
        pass


def run(work: Work[T]) -> T:
    """Runs work so that Ctrl-C ends it.

    Python handles signals on its main thread, between two of its own instructions; so there the
    work is done on another thread, while this one waits for either.
    """
    cancel = Cancel()
    if threading.current_thread() is not threading.main_thread():
        return work(cancel)
    outcome: List[T] = []
    failure: List[BaseException] = []
    done = threading.Event()

    def body() -> None:
        try:
            outcome.append(work(cancel))
        except BaseException as error:  # pylint: disable=broad-exception-caught
            failure.append(error)
        finally:
            done.set()

    started = False
    try:
        threading.Thread(target=body, name="lectern", daemon=True).start()
        started = True
        wait_for(done)
    except BaseException:
        cancel.request()
        # What is stored is stored when the caller goes on. A thread that was interrupted while it
        # began may never have.
        if started:
            wait_for(done)
        else:
            done.wait(5)
        raise
    if failure:
        raise failure[0]
    return outcome[0]


async def run_async(work: Work[T]) -> T:
    """Runs work on another thread; a task that is cancelled ends it, and waits for that."""
    cancel = Cancel()
    future = asyncio.get_running_loop().run_in_executor(None, work, cancel)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        cancel.request()
        await asyncio.wait([future])
        if not future.cancelled():
            future.exception()  # looked at: it is the cancellation
        raise
