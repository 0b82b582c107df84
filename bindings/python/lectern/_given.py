"""What a caller gives, as requests say it. What is wrong with it is said before C is called."""

from __future__ import annotations

import math
import numbers
import os
from typing import Iterable, List, Optional, Union

from ._errors import InvalidArgument

Path = Union[str, "os.PathLike[str]"]


def path_text(path: Path) -> str:
    """A path as text, with ``~`` for the user's folder."""
    out = os.fsdecode(os.path.expanduser(path))
    try:
        out.encode()
    except UnicodeEncodeError:
        raise InvalidArgument(
            f"the path {out!r} is not UTF-8; name the folder that it is in"
        ) from None
    if "\0" in out:
        raise InvalidArgument(f"the path {out!r} has a NUL byte in it")
    return out


def paths_of(paths: Union[Path, Iterable[Path]]) -> List[str]:
    """One path or many."""
    if isinstance(paths, (str, bytes, os.PathLike)):
        return [path_text(paths)]
    return [path_text(path) for path in paths]


def listed(values: Iterable[str]) -> List[str]:
    """Texts; one alone is not the list of its letters."""
    return [values] if isinstance(values, str) else list(values)


def milliseconds(deadline: Optional[float]) -> Optional[int]:
    """A deadline in seconds; None: there is none."""
    if deadline is None:
        return None
    seconds = float(deadline) if isinstance(deadline, numbers.Real) else math.nan  # numpy's, too
    if math.isnan(seconds):
        raise InvalidArgument(f"a deadline is a number of seconds, not {deadline!r}", "deadline")
    return None if seconds == math.inf else round(max(seconds, 0.001) * 1000)
