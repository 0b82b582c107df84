"""A collection: documents go in, passages and answers come out."""

from __future__ import annotations

from typing import Any, Optional, Sequence

from ._aio import AsyncCollection
from ._answering import Answering, Turn
from ._engine import Engine, shared_engine
from ._errors import InvalidArgument
from ._given import Path
from ._modelling import Floats, Message, Modelling
from ._searching import Searching, Vector
from ._syncing import Syncing
from ._upkeep import Upkeep
from ._writing import DocumentFields, Writing

__all__ = [
    "Collection",
    "DocumentFields",
    "Floats",
    "Message",
    "Turn",
    "Vector",
    "open",
]


class Collection(Writing, Syncing, Searching, Answering, Modelling, Upkeep):
    """An open collection. ``lectern.open`` gives one.

    It may be used from many threads at once: writers wait for each other, searches for nobody. No
    call holds the interpreter's lock while it works. A context manager that closes itself.

    ``id in notes`` says whether there is a document, ``len(notes)`` how many, ``notes[id]`` gives
    one, and iteration gives all of them in order of id.
    """

    def __enter__(self) -> Collection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise TypeError("a collection is open in one process: it is neither copied nor pickled")

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"{len(self)} documents"
        return f"<lectern.Collection {self.folder!r}, {state}>"

    @property
    def aio(self) -> AsyncCollection:
        """The same for asyncio: ``await notes.aio.search(...)``."""
        return AsyncCollection(self)


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
