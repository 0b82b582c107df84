"""liblectern.so through ctypes: where it is, what its functions take, and how a call ends.

ctypes lets go of the interpreter's lock for the time of every call.
"""

from __future__ import annotations

import ctypes
import json
import os
import pathlib
import weakref
from ctypes import POINTER, c_char_p, c_float, c_int32, c_uint32, c_uint64, c_void_p
from typing import Any, Callable, List, Mapping, Optional

import numpy as np

from ._errors import InvalidArgument, LecternError, error_of

NATIVE = pathlib.Path(__file__).resolve().parent / "_native"
SONAME = "liblectern.so.0"

ON_TEXT = ctypes.CFUNCTYPE(c_int32, c_void_p, c_void_p, c_uint64)
ON_EVENT = ctypes.CFUNCTYPE(c_int32, c_void_p, c_char_p, c_char_p)
ON_LOG = ctypes.CFUNCTYPE(None, c_void_p, c_int32, c_char_p, c_char_p)


def function(kind: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorates what C calls, with the kind of function that it is. It must not raise."""

    def decorate(body: Callable[..., Any]) -> Any:
        return kind(body)

    return decorate


class Watch(ctypes.Structure):
    """lectern_watch."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("data", c_void_p),
        ("on_text", ON_TEXT),
        ("on_event", ON_EVENT),
        ("cancel", c_void_p),
    ]


_TEXTS = POINTER(c_char_p)
_OUT = POINTER(c_void_p)
_WATCH = POINTER(Watch)

# What stands before the last parameter, which is the error's place.
_FUNCTIONS = {
    "engine_open": (c_char_p, ON_LOG, c_void_p, _OUT),
    "engine_plugins": (c_void_p, _OUT),
    "engine_folders": (c_void_p, _OUT),
    "engine_add_plugin": (c_void_p, c_void_p),
    "collection_open": (c_void_p, c_char_p, c_char_p, _OUT),
    "collection_stats": (c_void_p, _OUT),
    "collection_ingest": (c_void_p, c_char_p, _WATCH, _OUT),
    "collection_put": (c_void_p, c_char_p, _WATCH, _OUT),
    "collection_add_bytes": (c_void_p, c_char_p, c_void_p, c_uint64, _WATCH, _OUT),
    "collection_sync": (c_void_p, c_char_p, _WATCH, _OUT),
    "collection_follow": (c_void_p, c_char_p, _WATCH),
    "collection_sources": (c_void_p, _OUT),
    "collection_add_source": (c_void_p, c_char_p),
    "collection_remove_source": (c_void_p, c_char_p, POINTER(c_uint64)),
    "collection_remove": (c_void_p, _TEXTS, c_uint64, POINTER(c_uint64)),
    "collection_get": (c_void_p, c_char_p, _OUT),
    "collection_select": (c_void_p, c_char_p, _OUT),
    "collection_patch_metadata": (c_void_p, c_char_p, c_char_p, POINTER(c_int32)),
    "documents_open": (c_void_p, c_char_p, _OUT),
    "documents_next": (c_void_p, _OUT),
    "collection_search": (c_void_p, c_char_p, _WATCH, _OUT),
    "collection_ask": (c_void_p, c_char_p, _WATCH, _OUT),
    "collection_summarize": (c_void_p, c_char_p, _WATCH, _OUT),
    "collection_embed": (
        c_void_p,
        _TEXTS,
        c_uint64,
        c_int32,
        POINTER(c_float),
        c_uint64,
        POINTER(c_uint32),
    ),
    "collection_embed_texts": (
        c_void_p,
        _TEXTS,
        POINTER(c_uint64),
        c_uint64,
        c_int32,
        _WATCH,
        c_void_p,
        c_uint64,
        _OUT,
    ),
    "collection_rerank": (c_void_p, c_char_p, _WATCH, _OUT),
    "collection_generate": (c_void_p, c_char_p, _WATCH, _OUT),
    "collection_reembed": (c_void_p, c_char_p, _WATCH, _OUT),
    "collection_verify": (c_void_p, _WATCH, _OUT),
    "collection_backup": (c_void_p, c_char_p, _WATCH, _OUT),
    "collection_flush": (c_void_p,),
    "folder_verify": (c_char_p, _OUT),
    "folder_repair": (c_char_p, _OUT),
    "folder_backups": (c_char_p, _OUT),
    "folder_restore": (c_char_p, _OUT),
    "folder_delete_backup": (c_char_p, c_uint32),
    "folder_copy": (c_char_p, _WATCH, _OUT),
}
_ENDS = (
    "error_free",
    "string_free",
    "cancel_request",
    "cancel_free",
    "engine_close",
    "collection_close",
    "documents_close",
)


def _candidates() -> List[str]:
    """The library's files, best first: the one that is named, the wheel's, the system's."""
    named = os.environ.get("LECTERN_LIBRARY")
    if named:
        return [named]
    out = [str(path) for path in (NATIVE / "lib" / SONAME,) if path.is_file()]
    return [*out, SONAME]


def _load() -> ctypes.CDLL:
    reasons = []
    for path in _candidates():
        try:
            return ctypes.CDLL(path)
        except OSError as error:
            reasons.append(str(error))
    raise ImportError(
        "liblectern.so cannot be loaded: "
        + "; ".join(reasons)
        + ". Install the wheel (docs/python.md), or name the library in LECTERN_LIBRARY"
    )


def _check_processor() -> None:
    """An instruction that the processor does not have would end the process without a word."""
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return
    if "flags" in flags and " avx2 " not in flags:
        raise ImportError("lectern needs a processor with AVX2, and this one has none")


def _declare(library: ctypes.CDLL) -> ctypes.CDLL:
    for name, arguments in _FUNCTIONS.items():
        try:
            function = getattr(library, f"lectern_{name}")
        except AttributeError as error:
            raise ImportError(f"liblectern.so is older than this package: {error}") from None
        function.argtypes = [*arguments, _OUT]
        function.restype = c_int32
    for name in _ENDS:
        function = getattr(library, f"lectern_{name}")
        function.argtypes = [c_void_p]
        function.restype = None
    for name in ("error_word", "error_message", "error_place"):
        function = getattr(library, f"lectern_{name}")
        function.argtypes = [c_void_p]
        function.restype = c_char_p
    library.lectern_version.argtypes = []
    library.lectern_version.restype = c_char_p
    library.lectern_cancel_new.argtypes = []
    library.lectern_cancel_new.restype = c_void_p
    return library


_check_processor()
LIBRARY = _declare(_load())


def version() -> str:
    """The engine's version, ``"0.1.0"``."""
    text: bytes = LIBRARY.lectern_version()
    return text.decode()


def _failure(code: int, error: c_void_p) -> LecternError:
    if not error.value:
        return error_of(code, "out of memory")
    try:
        message, place = (
            getattr(LIBRARY, f"lectern_error_{part}")(error).decode("utf-8", "replace")
            for part in ("message", "place")
        )
    finally:
        LIBRARY.lectern_error_free(error)
    return error_of(code, message, place)


def ended_with(owner: object, name: str, handle: int) -> Any:
    """Has ``lectern_<name>`` end a handle when its owner is gone, or the interpreter.

    Not in a process that was forked from ours: the threads of what would be ended are not there.
    """
    process = os.getpid()

    def end() -> None:
        if os.getpid() == process:
            getattr(LIBRARY, f"lectern_{name}")(address(handle))

    return weakref.finalize(owner, end)


def call(name: str, *arguments: Any) -> None:
    """Calls ``lectern_<name>``.

    Raises:
        LecternError: The subclass of its code.
    """
    error = c_void_p()
    code = getattr(LIBRARY, f"lectern_{name}")(*arguments, ctypes.byref(error))
    if code != 0:
        raise _failure(code, error)


def opened(name: str, *arguments: Any) -> int:
    """The handle that ``lectern_<name>`` gives."""
    out = c_void_p()
    call(name, *arguments, ctypes.byref(out))
    if out.value is None:
        raise error_of(9, f"lectern_{name} gave nothing")
    return out.value


def result(name: str, *arguments: Any) -> Any:
    """What the JSON says that ``lectern_<name>`` gives; None when it gives none."""
    out = c_void_p()
    call(name, *arguments, ctypes.byref(out))
    if not out.value:
        return None
    try:
        return json.loads(ctypes.string_at(out.value))
    finally:
        LIBRARY.lectern_string_free(out)


def text(value: str, what: str) -> bytes:
    """A text for a parameter that ends with a NUL byte."""
    if not isinstance(value, str):
        raise InvalidArgument(f"the {what} is a str, not {type(value).__name__}")
    try:
        out = value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"the {what} is not valid Unicode: {error}") from None
    if b"\0" in out:
        raise InvalidArgument(f"the {what} has a NUL byte in it")
    return out


def request(fields: Any) -> bytes:
    """JSON without what is None."""
    if isinstance(fields, dict):
        fields = {name: value for name, value in fields.items() if value is not None}
    return json_bytes(fields)


def plain(value: Any) -> Any:
    """What JSON makes of what it does not know: other mappings, and numbers of numpy."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def json_bytes(fields: Any) -> bytes:
    """JSON of exactly this."""
    try:
        return json.dumps(fields, ensure_ascii=False, allow_nan=False, default=plain).encode()
    except (TypeError, ValueError, RecursionError) as error:  # also UnicodeEncodeError
        raise InvalidArgument(f"this is no JSON: {error}") from None


def texts(values: List[bytes]) -> Any:
    """A ``const char* const*`` to bytes that the caller keeps."""
    return (c_char_p * len(values))(*values) if values else None


def address(value: Optional[int]) -> c_void_p:
    """A pointer's number as a parameter."""
    return c_void_p(value)
