"""The care of a collection that is open."""

from __future__ import annotations

from ._calls import Work, run
from ._given import Path, path_text
from ._library import call
from ._progress import ProgressOption
from ._results import Backup, ReembedReport, VerifyReport, made, verify_of
from ._seam import Seam


class Upkeep(Seam):
    """Another model, a check, a backup."""

    def _reembed(
        self, pipeline: Path, truncate: bool, progress: ProgressOption
    ) -> Work[ReembedReport]:
        fields = {"pipeline": path_text(pipeline), "truncate": truncate}
        return self._progressing(
            "reembed", fields, lambda value: made(ReembedReport, value), progress, "reembed"
        )

    def reembed(
        self, pipeline: Path, *, truncate: bool = False, progress: ProgressOption = False
    ) -> ReembedReport:
        """Changes the model: embeds every passage anew while the old one serves.

        What is done when Ctrl-C comes is kept, and the same call goes on from there.

        Args:
            pipeline: A file, or the name of one that ships.
            truncate: Passages that the new model does not read whole are cut, not refused.
            progress: As ``ingest``.
        """
        return run(self._reembed(pipeline, truncate, progress))

    def _verify(self, progress: ProgressOption) -> Work[VerifyReport]:
        return self._progressing("verify", None, verify_of, progress, "verify")

    def verify(self, *, progress: ProgressOption = False) -> VerifyReport:
        """Reads everything, and changes nothing. Damage is in the report."""
        return run(self._verify(progress))

    def _backup(self, folder: Path, progress: ProgressOption) -> Work[Backup]:
        fields = {"folder": path_text(folder)}
        return self._progressing(
            "backup", fields, lambda value: made(Backup, value), progress, "backup"
        )

    def backup(self, folder: Path, *, progress: ProgressOption = False) -> Backup:
        """Backs up into a folder that is empty, not there, or has earlier backups.

        Only what is new is copied; searches and writes go on. ``lectern.restore`` brings it back.
        """
        return run(self._backup(folder, progress))

    def flush(self) -> None:
        """Writes the index caches, so that the next open is quick. Nothing is lost without it."""
        with self._open.used() as handle:
            call("collection_flush", handle)
