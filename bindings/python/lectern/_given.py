"""What a caller gives, as requests say it."""

from __future__ import annotations

import os
from typing import Iterable, List, Optional, Union

from ._engine import Path, path_text


def paths_of(paths: Union[Path, Iterable[Path]]) -> List[str]:
    if isinstance(paths, (str, os.PathLike)):
        return [path_text(paths)]
    return [path_text(path) for path in paths]


def milliseconds(deadline: Optional[float]) -> Optional[int]:
    return None if deadline is None else max(1, round(deadline * 1000))
