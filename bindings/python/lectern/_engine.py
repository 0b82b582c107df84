"""What the collections of a program share."""

from __future__ import annotations

import itertools
import logging
import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence, Tuple

from ._given import Path, path_text, paths_of
from ._library import ON_LOG, address, call, ended_with, function, opened, request, result

if TYPE_CHECKING:
    from ._collection import Collection

# level (of the module logging), the room or plugin that speaks, and what it says. From any thread.
Log = Callable[[int, str, str], Any]

_LEVELS = {0: logging.DEBUG, 1: logging.INFO, 2: logging.WARNING, 3: logging.ERROR}


def log_to_logging(level: int, source: str, message: str) -> None:
    """The log of who names none: that of the module logging, ``lectern`` and below."""
    name = f"lectern.{source.replace(' ', '_')}" if source else "lectern"
    logging.getLogger(name).log(level, "%s", message)


# One callback of C for all engines. It may be called as long as something of an engine lives, so
# neither it nor the functions behind it ever end.
_logs: Dict[int, Log] = {}
_log_numbers = itertools.count(1)


@function(ON_LOG)
def _on_log(number: Optional[int], level: int, source: bytes, message: bytes) -> None:
    try:
        _logs[number or 0](
            _LEVELS.get(level, logging.ERROR),
            source.decode("utf-8", "replace"),
            message.decode("utf-8", "replace"),
        )
    except Exception:  # pylint: disable=broad-exception-caught
        logging.getLogger("lectern").exception("the log function failed")


@dataclass(frozen=True)
class Folders:
    """Where an engine looks.

    Attributes:
        plugins: For plugins.
        models: For models.
        cache: For derived files, which may be deleted.
        pipelines: For the pipelines that ship.
    """

    plugins: List[str]
    models: str
    cache: str
    pipelines: str


class Engine:
    """Folders, plugins, models, threads and a log, which collections share.

    A model that several collections use is in memory once. Engines of one process share nothing.
    ``lectern.open`` makes one for each set of options, so most programs need none of their own.

    Args:
        plugins: Folders with plugins besides those that ship.
        models: The folder of models. Left out: ``LECTERN_MODELS``, then the user's cache.
        cache: For compiled models and the like. Left out: the user's cache.
        pipelines: Folder of the pipelines that have names.
        threads: That one request may keep busy; 0: what the pipeline says, or all cores.
        log: Called with the level (of ``logging``), the speaker and the message, from any thread.
            Left out: the loggers ``lectern`` and below.

    Raises:
        InvalidArgument: An option is out of range.
    """

    def __init__(
        self,
        *,
        plugins: Sequence[Path] = (),
        models: Optional[Path] = None,
        cache: Optional[Path] = None,
        pipelines: Optional[Path] = None,
        threads: int = 0,
        log: Optional[Log] = None,
    ) -> None:
        options = {
            "plugins": paths_of(plugins) or None,
            "models": None if models is None else path_text(models),
            "cache": None if cache is None else path_text(cache),
            "pipelines": None if pipelines is None else path_text(pipelines),
            "threads": threads,
        }
        number = next(_log_numbers)
        _logs[number] = log if log is not None else log_to_logging
        self._handle = opened("engine_open", request(options), _on_log, address(number))
        ended_with(self, "engine_close", self._handle)
        from . import _stage  # here: it needs engines

        _stage.introduce(self)

    def __reduce__(self) -> Any:
        raise TypeError("an engine is of this process: it is neither copied nor pickled")

    @property
    def handle(self) -> Any:
        """For the functions of C."""
        return address(self._handle)

    def open(
        self,
        folder: Path,
        *,
        pipeline: Optional[Path] = None,
        create: bool = True,
        load_models: bool = True,
    ) -> Collection:
        """Opens a collection of this engine; see ``lectern.open``."""
        from ._collection import Collection

        return Collection(
            folder, pipeline=pipeline, create=create, load_models=load_models, engine=self
        )

    def plugins(self) -> List[Dict[str, Any]]:
        """What is used: name, version, stages with the JSON Schema of their options."""
        found = result("engine_plugins", self.handle)
        return list(found["plugins"])

    def refused_plugins(self) -> List[Dict[str, str]]:
        """What was refused, and why: path, name, reason."""
        found = result("engine_plugins", self.handle)
        return list(found["refused"])

    def folders(self) -> Folders:
        """Where this engine looks."""
        return Folders(**result("engine_folders", self.handle))

    def add_plugin(self, entry: int) -> None:
        """Adds a plugin that is part of this process, by the address of its ``lectern_plugin``,
        which must stay until the process ends. ``lectern.stage`` does it for stages in Python.

        Raises:
            InvalidArgument: The entry is wrong, or its name is taken.
        """
        call("engine_add_plugin", self.handle, address(entry))


_shared: weakref.WeakValueDictionary[Tuple[Any, ...], Engine] = weakref.WeakValueDictionary()
_sharing = threading.Lock()


def shared_engine(
    plugins: Sequence[Path], models: Optional[Path], cache: Optional[Path], threads: int
) -> Engine:
    """The engine of these options, as long as one of its collections is open."""
    key = (
        tuple(paths_of(plugins)),
        None if models is None else path_text(models),
        None if cache is None else path_text(cache),
        threads,
    )
    with _sharing:
        engine = _shared.get(key)
        if engine is None:
            engine = Engine(plugins=plugins, models=models, cache=cache, threads=threads)
            _shared[key] = engine
        return engine
