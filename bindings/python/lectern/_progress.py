"""How far a call is: a bar of tqdm, in terminals and notebooks, or a function of the caller."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping, Optional, Union
from contextlib import contextmanager

from ._errors import InvalidArgument
from ._results import Progress

# True: a bar. A function is called about ten times a second, from any thread, one call at a time;
# what it raises ends the work.
ProgressOption = Union[bool, Callable[[Progress], Any]]
OnEvent = Callable[[str, Any], Any]

# What each kind of event counts, and its unit in a bar.
_COUNTED = (
    ("bytes_read", "bytes_total", "B"),
    ("bytes", "bytes_total", "B"),
    ("chunks", "chunks_total", "chunk"),
    ("documents", "documents_total", "doc"),
)


def progress_of(json: Mapping[str, Any]) -> Progress:
    """An event ``progress``."""
    for done, total, _ in _COUNTED:
        if done in json and total in json:
            return Progress(
                done=json[done],
                total=json[total],
                fraction=json.get("fraction", json[done] / max(1, json[total])),
                documents=json.get("documents", 0),
                tokens=json.get("tokens", 0),
                seconds=json.get("seconds", 0.0),
            )
    return Progress(0, 0)


def _unit_of(json: Mapping[str, Any]) -> str:
    return next((unit for done, total, unit in _COUNTED if done in json and total in json), "it")


@contextmanager
def heard(progress: ProgressOption, what: str) -> Iterator[Optional[OnEvent]]:
    """What takes the events of a call; None when nobody wants them."""
    if progress is False or progress is None:
        yield None
        return
    if progress is not True and not callable(progress):
        raise InvalidArgument(f"progress is True or a function, not {progress!r}", "progress")
    if progress is not True:

        def tell(name: str, json: Any) -> None:
            if name == "progress":
                progress(progress_of(json))

        yield tell
        return

    from tqdm.auto import tqdm  # here: it is slow to load in a notebook

    bar: Any = tqdm(desc=what, unit="B", unit_scale=True, total=0)

    def show(name: str, json: Any) -> None:
        if name != "progress":
            return
        now = progress_of(json)
        bar.unit = _unit_of(json)
        bar.total = now.total
        bar.set_postfix(documents=now.documents, refresh=False)
        bar.update(round(now.fraction * now.total) - bar.n)

    try:
        yield show
    finally:
        bar.close()
