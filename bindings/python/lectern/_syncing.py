"""A collection in step with folders."""

from __future__ import annotations

import ctypes
from typing import Any, Callable, Iterable, List, Optional, Union

from ._calls import Cancel, Work, run, watched
from ._given import Path, listed, path_text, paths_of
from ._library import call, request, text
from ._progress import ProgressOption
from ._results import Source, SyncReport, all_made, sync_of
from ._seam import Seam


class Syncing(Seam):
    """Folders that a collection is made equal to."""

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
            "paths": paths_of(paths),
            "include": listed(include),
            "exclude": listed(exclude),
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

    def _follow(
        self,
        paths: Union[Path, Iterable[Path]],
        on_sync: Callable[[SyncReport], Any],
        on_failure: Optional[Callable[[str], Any]],
        debounce: float,
    ) -> Work[None]:
        fields = {"paths": paths_of(paths), "debounce_milliseconds": round(debounce * 1000)}

        def heard_of(name: str, event: Any) -> None:
            if name == "synced":
                on_sync(sync_of(event))
            elif name == "failed" and on_failure is not None:
                on_failure(event["message"])

        def work(cancel: Cancel) -> None:
            with self._open.used(cancel) as handle:
                watched(
                    cancel,
                    lambda watch: call("collection_follow", handle, request(fields), watch),
                    None,
                    heard_of,
                )

        return work

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

        run(self._follow(paths, on_sync, on_failure, debounce))

    def sources(self) -> List[Source]:
        """The folders that ``sync`` remembers."""
        return all_made(Source, self._json("sources")["sources"])

    def add_source(
        self, path: Path, *, include: Iterable[str] = (), exclude: Iterable[str] = ()
    ) -> None:
        """Remembers a folder for ``sync``; one that is there gets these patterns."""
        fields = {"path": path_text(path), "include": listed(include), "exclude": listed(exclude)}
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
