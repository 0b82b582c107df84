"""The care of collections that are not open."""

from __future__ import annotations

from typing import List

from ._calls import Cancel, run, watched
from ._errors import InvalidArgument
from ._given import Path, path_text
from ._library import call, request, result, text
from ._progress import ProgressOption, heard
from ._results import (
    Backup,
    CopyReport,
    RepairReport,
    VerifyReport,
    all_made,
    copy_of,
    made,
    repair_of,
    verify_of,
)


def verify(folder: Path) -> VerifyReport:
    """Reads everything of a collection that is not open, and changes nothing.

    Damage is in the report.

    Raises:
        NotFound: There is no collection.
        Unavailable: It is open.
    """
    name = text(path_text(folder), "folder")
    return run(lambda _: verify_of(result("folder_verify", name)))


def repair(folder: Path) -> RepairReport:
    """Saves what can be read and rebuilds what is derived, of a collection that is not open.

    What was damaged is kept below ``folder/damaged``. A collection in order is left alone.
    """
    name = text(path_text(folder), "folder")
    return run(lambda _: repair_of(result("folder_repair", name)))


def backups(folder: Path) -> List[Backup]:
    """The backups in a folder, oldest first."""
    name = text(path_text(folder), "folder")
    return all_made(Backup, result("folder_backups", name)["backups"])


def restore(folder: Path, to: Path, *, id: int = 0) -> Backup:
    """Makes the collection ``to``, a folder that is empty or not there, from a backup.

    Args:
        folder: Of the backups.
        to: Of the collection.
        id: Which backup; 0: the latest that is whole.
    """
    fields = {"folder": path_text(folder), "to": path_text(to), "id": id}
    return run(lambda _: made(Backup, result("folder_restore", request(fields))))


def delete_backup(folder: Path, id: int) -> None:
    """Takes one backup out of a folder; what others share with it stays.

    Raises:
        NotFound: There is none of that number.
    """
    name = text(path_text(folder), "folder")
    if not 0 < id < 2**32:
        raise InvalidArgument(f"{id} is no number of a backup")
    run(lambda _: call("folder_delete_backup", name, id))


def copy(
    source: Path, to: Path, *, replace: bool = False, progress: ProgressOption = False
) -> CopyReport:
    """Copies a collection to another place, folders or clusters (``opensearch://...``).

    Nothing is embedded again. Ctrl-C ends it, and the same call goes on from there; in the end both
    are read and compared.

    Args:
        source: The collection that is read.
        to: The copy; it is made when it is not there.
        replace: Documents that are others there are replaced, and those that ``source`` does not
            have are deleted. Without it, one that it does not have ends the call before anything
            is written.
        progress: True for a bar (tqdm), or a function that is given ``Progress``.
    """
    fields = request({"from": path_text(source), "to": path_text(to), "replace": replace})

    def work(cancel: Cancel) -> CopyReport:
        with heard(progress, "copy") as on_event:
            return watched(
                cancel,
                lambda watch: copy_of(result("folder_copy", fields, watch)),
                on_event=on_event,
            )

    return run(work)
