"""What goes wrong, as exceptions: one class for each code of ``lectern/code.h``."""

from __future__ import annotations

from typing import Dict, Type

__all__ = [
    "Cancelled",
    "Corrupt",
    "DeadlineExceeded",
    "Internal",
    "InvalidArgument",
    "LecternError",
    "NotFound",
    "ResourceExhausted",
    "Unavailable",
    "Unsupported",
]


class LecternError(Exception):
    """A call failed. Its text says what, where and what to do.

    Attributes:
        code: The number in ``lectern/code.h``.
        word: The code as the HTTP interface says it: ``"not_found"``.
        place: The field of the request that is wrong (``"k"``, ``"documents/2/title"``), or ``""``.
    """

    code: int = 9
    word: str = "internal"

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


class InvalidArgument(LecternError, ValueError):
    """What was given is wrong: an option, a filter, a file's content."""

    code = 1
    word = "invalid_argument"


class NotFound(LecternError, LookupError):
    """A document, a file, a model or a collection is not there."""

    code = 2
    word = "not_found"


class Unsupported(LecternError):
    """Well-formed, but not done here: a pipeline without the stage that it takes."""

    code = 3
    word = "unsupported"


class Corrupt(LecternError):
    """Bytes that fail their own checks."""

    code = 4
    word = "corrupt"


class ResourceExhausted(LecternError):
    """Memory, disk or a limit."""

    code = 5
    word = "resource_exhausted"


class Cancelled(LecternError):
    """The call was no longer wanted."""

    code = 6
    word = "cancelled"


class DeadlineExceeded(LecternError, TimeoutError):
    """The call's ``deadline`` has passed."""

    code = 7
    word = "deadline_exceeded"


class Unavailable(LecternError):
    """The collection is open elsewhere, or a program that is needed is missing."""

    code = 8
    word = "unavailable"


class Internal(LecternError):
    """A defect of Lectern."""


_BY_CODE: Dict[int, Type[LecternError]] = {
    kind.code: kind
    for kind in (
        InvalidArgument,
        NotFound,
        Unsupported,
        Corrupt,
        ResourceExhausted,
        Cancelled,
        DeadlineExceeded,
        Unavailable,
        Internal,
    )
}


def error_of(code: int, message: str, place: str = "") -> LecternError:
    """The exception of a code; one that is not known yet is a plain LecternError."""
    kind = _BY_CODE.get(code)
    if kind is not None:
        return kind(message, place)
    error = LecternError(message, place)
    error.code = code
    return error
