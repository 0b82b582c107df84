"""What the parts of a collection are made on: its handle, and the calls of C with it."""

from __future__ import annotations

import weakref
from typing import Any, Callable, Optional, TypeVar

from ._calls import Cancel, OnEvent, OnText, Work, watched
from ._engine import Engine, shared_engine
from ._given import Path, path_text
from ._handle import Handle
from ._library import opened, request, result, text
from ._progress import ProgressOption, heard
from ._streams import Stream, StreamWork

T = TypeVar("T")


class Seam:
    """An open collection without what it does; ``Collection`` has that."""

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
        self._open = Handle(handle)
        # Also at the interpreter's end: threads of the engine must not call into what is gone.
        self._end = weakref.finalize(self, self._open.end)

    def close(self) -> None:
        """Closes the collection, after the calls that are running; streams are ended.

        Later calls are refused. A second close does nothing; after one that Ctrl-C has ended, it
        waits again.
        """
        self._open.close()
        self._end.detach()

    @property
    def closed(self) -> bool:
        """It was closed."""
        return self._open.closed

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
