"""Stages in Python: plugins of this process, through the plugin ABI."""

from __future__ import annotations

import ctypes
import itertools
import json
import logging
import re
import threading
import weakref
from ctypes import POINTER, c_void_p
from dataclasses import dataclass, field
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
)

from . import _abi as abi
from ._errors import InvalidArgument, LecternError
from ._library import function, json_bytes

if TYPE_CHECKING:
    from ._engine import Engine

__all__ = [
    "CustomStage",
    "GenerationRequest",
    "GeneratorStage",
    "Record",
    "RerankerStage",
    "StageHit",
    "stage",
]


@dataclass
class Record:
    """A document on its way into a collection; or a query, which has only ``text``."""

    text: str
    id: str = ""
    title: str = ""
    metadata: Dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StageHit:
    """A hit that a reranker is asked about."""

    text: str
    title: str = ""
    document: str = ""
    score: float = 0.0
    metadata: Dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GenerationRequest:
    """What a generator is asked for. ``max_tokens`` 0: what is left of the context."""

    messages: List[Dict[str, str]]
    max_tokens: int
    temperature: float
    top_p: float
    seed: int
    stop: List[str]
    grammar: str


class CustomStage:
    """Any record in, any record out. Subclass it, and decorate with ``stage("custom")``.

    Args:
        options: Of the pipeline file, checked, with defaults.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    def process(self, record: Record) -> Iterable[Record]:
        """None, one or many records in the place of this one. From any thread."""
        raise NotImplementedError


class RerankerStage:
    """Orders hits. Subclass it, and decorate with ``stage("reranker")``."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    def rerank(self, query: str, hits: Sequence[StageHit]) -> Iterable[float]:
        """One finite number a hit: larger is better. From any thread."""
        raise NotImplementedError


class GeneratorStage:
    """Writes. Subclass it, and decorate with ``stage("generator")``.

    Attributes:
        context_tokens: What the messages and the text may have together.
        model: A name for people.
    """

    context_tokens: int = 4096
    model: str = "python"

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    def generate(self, request: GenerationRequest) -> Iterable[str]:
        """The text, in pieces. From any thread. What comes after the last one that is wanted is
        not asked for.
        """
        raise NotImplementedError

    def count_tokens(self, messages: Sequence[Mapping[str, str]]) -> int:
        """Tokens of the messages. As it is, an estimate that is rather too high."""
        return sum(8 + len(one["content"].encode()) // 3 for one in messages)


_Class = TypeVar("_Class", bound=Type[Any])

_BASES: Dict[str, Tuple[int, Type[Any], int, int]] = {
    "custom": (abi.CUSTOM, CustomStage, abi.TEXT_PORT, abi.TEXT_PORT),
    "reranker": (abi.RERANKER, RerankerStage, abi.HITS_PORT, abi.HITS_PORT),
    "generator": (abi.GENERATOR, GeneratorStage, abi.EVIDENCE_PORT, abi.ANSWER_PORT),
}
_ROLES = ("system", "user", "assistant")

_log = logging.getLogger("lectern.stage")


# ---------------------------------------------------------------------------- instances


class _Instance:
    """A stage that is there, and the struct that the engine has of it."""

    def __init__(self, kind: str, number: int, python: Any) -> None:
        self.kind = kind
        self.python = python
        self.fingerprint = f"python:{type(python).__qualname__}".encode()
        self.model = str(getattr(python, "model", "")).encode()
        self.face = abi.Stage(
            ctypes.sizeof(abi.Stage), 0, number, _destroy, _input, _output, _capability
        )


_instances: Dict[int, _Instance] = {}
_numbers = itertools.count(1)


def _instance(face: Any) -> _Instance:
    return _instances[face.contents.self]


def _failed(call: Any, error: BaseException) -> int:
    """Tells the engine of an exception: its code."""
    known = isinstance(error, LecternError)
    if not known:
        _log.error("a stage in Python failed", exc_info=error)
    message = str(error) if known else f"{type(error).__name__}: {error}"
    if call:
        said = message.encode("utf-8", "replace")
        call.contents.set_error(call, abi.text_of(said))
    return error.code if isinstance(error, LecternError) else abi.INTERNAL


def _guarded(call: Any, body: Callable[[], int]) -> int:
    try:
        return body()
    except BaseException as error:  # pylint: disable=broad-exception-caught
        return _failed(call, error)


@function(abi.DESTROY)
def _destroy(face: Any) -> None:
    _instances.pop(face.contents.self, None)


def _port(kind: int, out: Any) -> int:
    out.contents.type = kind
    out.contents.dimension = 0
    out.contents.fingerprint = None
    return abi.OK


@function(abi.PORT_OF)
def _input(face: Any, out: Any) -> int:
    return _port(_BASES[_instance(face).kind][2], out)


@function(abi.PORT_OF)
def _output(face: Any, out: Any) -> int:
    return _port(_BASES[_instance(face).kind][3], out)


@function(abi.CAPABILITY)
def _capability(face: Any, name: bytes) -> Optional[int]:
    table = _TABLES.get(name)
    if table is None or name != f"lectern.{_instance(face).kind}/1".encode():
        return None
    return ctypes.addressof(table)


# ---------------------------------------------------------------------------- the functions


def _object(text: str) -> Dict[str, Any]:
    value = json.loads(text) if text else {}
    return value if isinstance(value, dict) else {}


@function(abi.PROCESS)
def _process(face: Any, call: Any, record: Any, sink: Any) -> int:
    def body() -> int:
        given = record.contents
        mine = Record(
            given.text.str(), given.id.str(), given.title.str(), _object(given.metadata.str())
        )
        for out in _instance(face).python.process(mine):
            parts = [part.encode() for part in (out.id, out.title, out.text)]
            parts.append(json_bytes(out.metadata))
            document = abi.Document(
                ctypes.sizeof(abi.Document), 0, *(abi.text_of(part) for part in parts)
            )
            code: int = sink.contents.document(sink, ctypes.byref(document))
            if code != abi.OK:
                return code
        return abi.OK

    return _guarded(call, body)


def _scored(face: Any, query: str, hits: List[StageHit], scores: Any) -> int:
    given = list(_instance(face).python.rerank(query, hits))
    if len(given) != len(hits):
        raise InvalidArgument(f"a reranker gave {len(given)} scores for {len(hits)} hits")
    for index, score in enumerate(given):
        scores[index] = score
    return abi.OK


@function(abi.RERANK)
def _rerank(face: Any, call: Any, query: Any, passages: Any, count: int, scores: Any) -> int:
    def body() -> int:
        hits = [StageHit(passages[index].str()) for index in range(count)]
        return _scored(face, query.str(), hits, scores)

    return _guarded(call, body)


@function(abi.RERANK_HITS)
def _rerank_hits(face: Any, call: Any, query: Any, begin: Any, count: int, scores: Any) -> int:
    def body() -> int:
        hits = [
            StageHit(
                one.text.str(),
                one.title.str(),
                one.document.str(),
                one.score,
                _object(one.metadata.str()),
            )
            for one in abi.items(abi.Hit, begin, count)
        ]
        return _scored(face, query.str(), hits, scores)

    return _guarded(call, body)


def _messages(begin: Any, count: int) -> List[Dict[str, str]]:
    return [
        {"role": _ROLES[min(one.role, 2)], "content": one.text.str()}
        for one in abi.items(abi.Message, begin, count)
    ]


@function(abi.INFO)
def _info(face: Any, out: Any) -> int:
    instance = _instance(face)
    out.contents.context_tokens = instance.python.context_tokens
    out.contents.fingerprint = instance.fingerprint
    out.contents.model = instance.model
    return abi.OK


@function(abi.COUNT_TOKENS)
def _count_tokens(face: Any, call: Any, begin: Any, count: int, out: Any) -> int:
    def body() -> int:
        out[0] = _instance(face).python.count_tokens(_messages(begin, count))
        return abi.OK

    return _guarded(call, body)


@function(abi.GENERATE)
def _generate(face: Any, call: Any, request: Any, sink: Any, report: Any) -> int:
    def body() -> int:
        python = _instance(face).python
        wanted = request.contents
        asked = GenerationRequest(
            messages=_messages(wanted.messages, wanted.message_count),
            max_tokens=wanted.max_tokens,
            temperature=wanted.temperature,
            top_p=wanted.top_p,
            seed=wanted.seed,
            stop=[wanted.stop[index].str() for index in range(wanted.stop_count)],
            grammar=wanted.grammar.str(),
        )
        if report:
            report.contents.prompt_tokens = python.count_tokens(asked.messages)
        written = ""
        for piece in _before(asked.stop, python.generate(asked)):
            if call.contents.is_cancelled(call):
                return abi.CANCELLED
            written += piece
            said = piece.encode()
            code: int = sink.contents.text(sink, abi.text_of(said)) if said else abi.OK
            if code != abi.OK:
                return code
        if report:
            said_so = [{"role": "assistant", "content": written}]
            report.contents.answer_tokens = python.count_tokens(said_so)
        return abi.OK

    return _guarded(call, body)


def _before(stop: Sequence[str], pieces: Iterable[str]) -> Iterator[str]:
    """What stands before the first of the texts that end an answer.

    What may be the begin of one is held back until more is known.
    """
    held = ""
    for piece in pieces:
        held += piece
        places = [place for place in map(held.find, filter(None, stop)) if place >= 0]
        if places:
            yield held[: min(places)]
            return
        begun = (n for text in stop for n in range(1, len(text)) if held.endswith(text[:n]))
        keep = len(held) - max(begun, default=0)
        yield held[:keep]
        held = held[keep:]
    yield held


_TABLES: Dict[bytes, Any] = {
    b"lectern.custom/1": abi.Custom(ctypes.sizeof(abi.Custom), 0, _process),
    b"lectern.reranker/1": abi.Reranker(ctypes.sizeof(abi.Reranker), 0, _rerank, _rerank_hits),
    b"lectern.generator/1": abi.Generator(
        ctypes.sizeof(abi.Generator), 0, _info, _count_tokens, _generate, None
    ),
}


# ---------------------------------------------------------------------------- entries


class _Entry:
    """A plugin with one stage type. It stays until the process ends."""

    def __init__(self, name: str, kind: str, description: str, schema: str, python: Any) -> None:
        self.kind = kind
        self.schema = schema
        self.python = python  # the class; another one of the same name takes its place
        self._texts = [text.encode() for text in (name, description, schema)]
        self._create = abi.CREATE(self._make)
        self._type = abi.StageType(
            ctypes.sizeof(abi.StageType),
            _BASES[kind][0],
            b"stage",
            self._texts[1],
            self._texts[2],
            self._create,
        )
        self._types = (POINTER(abi.StageType) * 1)(ctypes.pointer(self._type))
        self._plugin = abi.Plugin(
            ctypes.sizeof(abi.Plugin),
            abi.MAJOR,
            abi.MINOR,
            self._texts[0],
            b"0",
            self._texts[1],
            b"",
            None,
            None,
            1,
            0,
            ctypes.cast(self._types, POINTER(POINTER(abi.StageType))),
        )

    @property
    def address(self) -> int:
        return ctypes.addressof(self._plugin)

    def _make(self, call: Any, config: Any, out: Any) -> int:
        def body() -> int:
            instance = _Instance(
                self.kind, next(_numbers), self.python(_object(config.contents.options.str()))
            )
            _instances[instance.face.self] = instance
            out[0] = c_void_p(ctypes.addressof(instance.face))
            return abi.OK

        return _guarded(call, body)


_entries: Dict[str, _Entry] = {}
_engines: weakref.WeakSet[Engine] = weakref.WeakSet()
_lock = threading.RLock()


def introduce(engine: Engine) -> None:
    """Gives an engine all stages that there are, and those that come."""
    with _lock:
        for entry in _entries.values():
            engine.add_plugin(entry.address)
        _engines.add(engine)


def _register(name: str, entry: _Entry) -> None:
    with _lock:
        before = _entries.get(name)
        if before is not None:
            # A cell of a notebook that ran again.
            if (before.kind, before.schema) != (entry.kind, entry.schema):
                raise InvalidArgument(
                    f"there is a stage '{name}' of another kind or with other options; give this "
                    "one another name"
                )
            before.python = entry.python
            return
        from ._engine import Engine  # here: it needs stages

        # An engine says what is wrong with it.
        engines = list(_engines) or [Engine()]
        # Kept from now on, since an engine may have it when another one refuses it.
        _entries[name] = entry
        try:
            for engine in engines:
                engine.add_plugin(entry.address)
        except LecternError:
            _refused.append(_entries.pop(name))
            raise


_refused: List[_Entry] = []


def stage(
    kind: str,
    *,
    name: Optional[str] = None,
    description: str = "",
    options: Optional[Mapping[str, Any]] = None,
) -> Callable[[_Class], _Class]:
    """Makes a class a stage of pipelines, in this process.

    The pipeline file names it as a plugin: ``{plugin: shout}``. It is there for every engine of
    this process, and in no other: ``lectern`` on the command line says that there is no such plugin.

        @lectern.stage("custom", name="shout")
        class Shout(lectern.CustomStage):
            def process(self, record):
                record.text = record.text.upper()
                yield record

    Args:
        kind: ``"custom"``, ``"reranker"`` or ``"generator"``; the class is a subclass of
            ``CustomStage``, ``RerankerStage`` or ``GeneratorStage``.
        name: In pipeline files: letters, digits, ``-`` and ``_``. Left out: the class's name in
            small letters, with ``-`` between its words.
        description: One line for people.
        options: What the pipeline file may say, as the ``properties`` of a JSON Schema:
            ``{"loud": {"type": "boolean", "default": False}}``. Others are refused.

    Raises:
        InvalidArgument: The kind, the class or the name is wrong, or the name is taken.
    """
    if kind not in _BASES:
        raise InvalidArgument(f"a stage in Python is {', '.join(_BASES)}, not {kind!r}")

    def decorate(python: _Class) -> _Class:
        base = _BASES[kind][1]
        if not (isinstance(python, type) and issubclass(python, base)):
            raise InvalidArgument(f"a {kind} stage is a subclass of lectern.{base.__name__}")
        own = name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", python.__name__).lower()
        schema = json.dumps({"type": "object", "properties": dict(options or {})})
        lines = (python.__doc__ or "").strip().splitlines()
        about = description or (lines[0] if lines else f"{python.__module__}.{python.__name__}")
        _register(own, _Entry(own, kind, about, schema, python))
        return python

    return decorate
