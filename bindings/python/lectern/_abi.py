"""The plugin ABI (``lectern/plugin.h``) for ctypes: what stages in Python take and give.

Of version 1.2. The host hands out every struct in the size of that version.
"""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER,
    c_char_p,
    c_double,
    c_float,
    c_int32,
    c_uint16,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, Iterator

MAJOR, MINOR = 1, 2

TEXT_PORT, HITS_PORT, EVIDENCE_PORT, ANSWER_PORT = 2, 6, 7, 8
RERANKER, GENERATOR, CUSTOM = 5, 7, 8

OK, INVALID_ARGUMENT, CANCELLED, INTERNAL = 0, 1, 6, 9


class Text(ctypes.Structure):
    """lectern_text: borrowed UTF-8."""

    _fields_ = [("data", c_void_p), ("size", c_uint64)]

    def str(self) -> str:
        """What it says."""
        return ctypes.string_at(self.data, self.size).decode() if self.size else ""


def text_of(value: bytes) -> Text:
    """A text that is valid as long as the bytes."""
    return Text(ctypes.cast(c_char_p(value), c_void_p), len(value))


class Call(ctypes.Structure):
    """lectern_call."""


SET_ERROR = ctypes.CFUNCTYPE(None, POINTER(Call), Text)
ITEM_ERROR = ctypes.CFUNCTYPE(None, POINTER(Call), c_uint64, c_int32, Text)
IS_CANCELLED = ctypes.CFUNCTYPE(c_int32, POINTER(Call))
Call._fields_ = [
    ("struct_size", c_uint32),
    ("reserved", c_uint32),
    ("host_data", c_void_p),
    ("set_error", SET_ERROR),
    ("item_error", ITEM_ERROR),
    ("is_cancelled", IS_CANCELLED),
]


class Port(ctypes.Structure):
    """lectern_port."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("type", c_uint32),
        ("dimension", c_uint32),
        ("reserved", c_uint32),
        ("fingerprint", c_char_p),
    ]


class StageConfig(ctypes.Structure):
    """lectern_stage_config, as far as it is used here."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("host_data", c_void_p),
        ("host", c_void_p),
        ("pipeline", c_void_p),
        ("stage", c_char_p),
        ("options", Text),
    ]


class Stage(ctypes.Structure):
    """lectern_stage."""


DESTROY = ctypes.CFUNCTYPE(None, POINTER(Stage))
PORT_OF = ctypes.CFUNCTYPE(c_int32, POINTER(Stage), POINTER(Port))
CAPABILITY = ctypes.CFUNCTYPE(c_void_p, POINTER(Stage), c_char_p)
Stage._fields_ = [
    ("struct_size", c_uint32),
    ("reserved", c_uint32),
    ("self", c_void_p),
    ("destroy", DESTROY),
    ("input", PORT_OF),
    ("output", PORT_OF),
    ("get_capability", CAPABILITY),
]

CREATE = ctypes.CFUNCTYPE(c_int32, POINTER(Call), POINTER(StageConfig), POINTER(c_void_p))


class StageType(ctypes.Structure):
    """lectern_stage_type."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("kind", c_uint32),
        ("name", c_char_p),
        ("description", c_char_p),
        ("options", c_char_p),
        ("create", CREATE),
    ]


class Plugin(ctypes.Structure):
    """lectern_plugin."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("abi_major", c_uint16),
        ("abi_minor", c_uint16),
        ("name", c_char_p),
        ("version", c_char_p),
        ("description", c_char_p),
        ("license", c_char_p),
        ("init", c_void_p),
        ("deinit", c_void_p),
        ("stage_type_count", c_uint32),
        ("reserved", c_uint32),
        ("stage_types", POINTER(POINTER(StageType))),
    ]


class Document(ctypes.Structure):
    """lectern_document."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("id", Text),
        ("title", Text),
        ("text", Text),
        ("metadata", Text),
    ]


class DocumentSink(ctypes.Structure):
    """lectern_document_sink."""


TAKE_DOCUMENT = ctypes.CFUNCTYPE(c_int32, POINTER(DocumentSink), POINTER(Document))
DocumentSink._fields_ = [
    ("struct_size", c_uint32),
    ("reserved", c_uint32),
    ("host_data", c_void_p),
    ("document", TAKE_DOCUMENT),
    ("failed", c_void_p),
]

PROCESS = ctypes.CFUNCTYPE(
    c_int32, POINTER(Stage), POINTER(Call), POINTER(Document), POINTER(DocumentSink)
)


class Custom(ctypes.Structure):
    """lectern_custom."""

    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("process", PROCESS)]


class Hit(ctypes.Structure):
    """lectern_hit."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("score", c_float),
        ("document", Text),
        ("title", Text),
        ("text", Text),
        ("metadata", Text),
    ]


RERANK = ctypes.CFUNCTYPE(
    c_int32, POINTER(Stage), POINTER(Call), Text, POINTER(Text), c_uint64, POINTER(c_float)
)
RERANK_HITS = ctypes.CFUNCTYPE(
    c_int32, POINTER(Stage), POINTER(Call), Text, c_void_p, c_uint64, POINTER(c_float)
)


class Reranker(ctypes.Structure):
    """lectern_reranker."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("rerank", RERANK),
        ("rerank_hits", RERANK_HITS),
    ]


class Message(ctypes.Structure):
    """lectern_message."""

    _fields_ = [("struct_size", c_uint32), ("role", c_uint32), ("text", Text)]


class Generation(ctypes.Structure):
    """lectern_generation."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("max_tokens", c_uint32),
        ("messages", c_void_p),
        ("message_count", c_uint64),
        ("temperature", c_float),
        ("top_p", c_float),
        ("seed", c_uint64),
        ("stop", POINTER(Text)),
        ("stop_count", c_uint64),
        ("grammar", Text),
    ]


class TextSink(ctypes.Structure):
    """lectern_text_sink."""


TAKE_TEXT = ctypes.CFUNCTYPE(c_int32, POINTER(TextSink), Text)
TextSink._fields_ = [
    ("struct_size", c_uint32),
    ("reserved", c_uint32),
    ("host_data", c_void_p),
    ("text", TAKE_TEXT),
]


class GenerationReport(ctypes.Structure):
    """lectern_generation_report."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("prompt_tokens", c_uint32),
        ("reused_tokens", c_uint32),
        ("answer_tokens", c_uint32),
        ("prefill_seconds", c_double),
        ("decode_seconds", c_double),
        ("truncated", c_uint32),
        ("reserved", c_uint32),
    ]


class GeneratorInfo(ctypes.Structure):
    """lectern_generator_info."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("context_tokens", c_uint32),
        ("fingerprint", c_char_p),
        ("model", c_char_p),
    ]


INFO = ctypes.CFUNCTYPE(c_int32, POINTER(Stage), POINTER(GeneratorInfo))
COUNT_TOKENS = ctypes.CFUNCTYPE(
    c_int32, POINTER(Stage), POINTER(Call), c_void_p, c_uint64, POINTER(c_uint64)
)
GENERATE = ctypes.CFUNCTYPE(
    c_int32,
    POINTER(Stage),
    POINTER(Call),
    POINTER(Generation),
    POINTER(TextSink),
    POINTER(GenerationReport),
)


class Generator(ctypes.Structure):
    """lectern_generator."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("info", INFO),
        ("count_tokens", COUNT_TOKENS),
        ("generate", GENERATE),
        ("warm", c_void_p),
    ]


def items(kind: Any, begin: Any, count: int) -> Iterator[Any]:
    """The structs of an array, which may be larger than they are here."""
    if not count or not begin:
        return
    stride = c_uint32.from_address(begin).value
    for index in range(count):
        yield kind.from_address(begin + index * stride)
