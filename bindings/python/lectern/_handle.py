"""The handle of an open collection: who uses it, and when it is closed."""

from __future__ import annotations

import threading
import weakref
from contextlib import contextmanager
from typing import Any, Iterator, Optional

from ._calls import Cancel
from ._errors import Unavailable
from ._library import LIBRARY, address


class Handle:
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
