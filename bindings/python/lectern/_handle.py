"""The handle of an open collection: who uses it, and when it is closed."""

from __future__ import annotations

import os
import threading
import weakref
from contextlib import contextmanager
from typing import Any, Iterator, Optional

from ._calls import A_MOMENT, Cancel
from ._errors import Unavailable
from ._library import LIBRARY, address


class Handle:
    """A handle that is closed when nobody uses it any more."""

    def __init__(self, handle: int) -> None:
        self._handle: Optional[int] = handle
        self._process = os.getpid()
        self._condition = threading.Condition()
        # Guarded by the condition.
        self._users = 0
        self._calls: weakref.WeakSet[Cancel] = weakref.WeakSet()
        self._streams: weakref.WeakSet[Cancel] = weakref.WeakSet()
        self._closing = False
        self._left = False  # who closes it does not wait any more: the last user does it
        self._last = threading.Lock()  # one closes it, and others wait for that

    @property
    def elsewhere(self) -> bool:
        """This is a child of the process that has it, without the threads that work for it."""
        return os.getpid() != self._process

    @contextmanager
    def used(self, cancel: Optional[Cancel] = None) -> Iterator[Any]:
        """The handle, for the time of a call that `cancel` ends."""
        if self.elsewhere:
            raise Unavailable("the collection was opened before this process was forked")
        with self._condition:
            if self._closing or self._handle is None:
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
                close = self._left and self._users == 0
                self._condition.notify_all()
            if close:
                self._close()

    @property
    def closed(self) -> bool:
        """Nobody may use it any more."""
        return self._closing

    def add_stream(self, cancel: Cancel) -> None:
        """A stream that ends with the collection."""
        with self._condition:
            self._streams.add(cancel)

    def close(self) -> None:
        """Ends streams, which may be waited for without end, and waits for the other calls.

        Ctrl-C ends the waiting; then it is closed when the last of them is done.
        """
        if self.elsewhere:
            return  # the parent's, whose threads are not here to end
        with self._condition:
            try:
                self._closing = True
                for cancel in self._streams:
                    cancel.request()
                while self._users > 0:
                    self._condition.wait(A_MOMENT)
            except BaseException:
                self._left = True
                raise
        self._close()

    def _close(self) -> None:
        with self._last:
            handle, self._handle = self._handle, None
            if handle is not None:
                LIBRARY.lectern_collection_close(address(handle))

    def end(self) -> None:
        """At the end of the interpreter: nobody waits for a result any more."""
        if self.elsewhere:
            return
        with self._condition:
            for cancel in self._calls:
                cancel.request()
        self.close()
