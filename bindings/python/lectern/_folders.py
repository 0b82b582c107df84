"""The care of collections that are not open."""

from __future__ import annotations

from typing import List

from ._calls import run
from ._engine import Path, path_text
from ._library import request, result, text
from ._results import (
    Backup,
    RepairReport,
    VerifyReport,
    all_made,
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
