"""The models of a collection alone: vectors, a reranker's scores, a generator's text."""

from __future__ import annotations

import ctypes
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from ._calls import Cancel, OnEvent, OnText, Work, run, watched
from ._errors import InvalidArgument
from ._given import listed, milliseconds
from ._library import call, result, texts
from ._results import Generated, made
from ._seam import Seam
from ._streams import Stream, StreamWork

Floats = npt.NDArray[np.float32]
# {"role": "system", "user" or "assistant", "content"}
Message = Mapping[str, str]

# Texts that are embedded by one call of C.
_GROUP_TEXTS = 8192

_PURPOSES = {"query": 0, "passage": 1}


class Modelling(Seam):
    """Embeds, reranks and generates."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has.

        Raises:
            InvalidArgument: The collection was opened without models.
        """
        dimension = ctypes.c_uint32()
        with self._open.used() as handle:
            call("collection_embed", handle, None, 0, 0, None, 0, ctypes.byref(dimension))
        return dimension.value

    def _embed(self, values: Iterable[str], purpose: str) -> Work[Floats]:
        number = _PURPOSES.get(purpose)
        if number is None:
            raise InvalidArgument(f"a text is embedded as query or passage, not as {purpose!r}")
        given = list(values)

        def work(cancel: Cancel) -> Floats:
            dimension = self.dimension
            out: Floats = np.empty((len(given), dimension), dtype=np.float32)
            for begin in range(0, len(given), _GROUP_TEXTS):
                encoded = [_encoded(one) for one in given[begin : begin + _GROUP_TEXTS]]
                sizes = (ctypes.c_uint64 * len(encoded))(*map(len, encoded))
                rows = out[begin : begin + len(encoded)]
                self._embed_rows(encoded, sizes, number, rows, cancel)
            return out

        return work

    def _embed_rows(
        self, encoded: List[bytes], sizes: Any, purpose: int, rows: Floats, cancel: Cancel
    ) -> None:
        with self._open.used(cancel) as handle:
            watched(
                cancel,
                lambda watch: result(
                    "collection_embed_texts",
                    handle,
                    texts(encoded),
                    sizes,
                    len(encoded),
                    purpose,
                    watch,
                    rows.ctypes.data_as(ctypes.c_void_p),
                    rows.size,
                ),
            )

    def embed(self, texts: Union[str, Iterable[str]], *, purpose: str = "passage") -> Floats:
        """The vectors of texts, by the collection's model.

        They are written by the engine into the array that is given out.

        Args:
            texts: Many, or one.
            purpose: ``"query"`` or ``"passage"``: models put different prefixes before them.

        Returns:
            float32, shape (number of texts, dimension); of one text, shape (dimension,).
            Rows of length 1, for the pipelines that ship. The end of a text that is longer than
            the model reads is left out.

        Raises:
            InvalidArgument: The collection was opened without models.
        """
        if isinstance(texts, str):
            row: Floats = run(self._embed([texts], purpose))[0]
            return row
        return run(self._embed(texts, purpose))

    def _rerank(self, query: str, passages: Iterable[str]) -> Work[Floats]:
        fields = {"query": query, "passages": listed(passages)}

        def convert(scores: Any) -> Floats:
            return np.asarray(scores["scores"], dtype=np.float32)

        return lambda cancel: self._watched("rerank", fields, convert, cancel)

    def rerank(self, query: str, passages: Iterable[str]) -> Floats:
        """How well each passage answers the query, by the pipeline's reranker.

        Returns:
            float32, shape (number of passages,); larger is better.

        Raises:
            Unsupported: The pipeline has no reranker.
        """
        return run(self._rerank(query, passages))

    def _generate(
        self, messages: Union[str, Sequence[Message]], options: Dict[str, Any]
    ) -> StreamWork[Generated]:
        if isinstance(messages, str):
            messages = [{"role": "user", "content": messages}]
        fields = {"messages": list(messages), **options}

        def convert(value: Any) -> Generated:
            return made(Generated, value)

        def work(
            cancel: Cancel, on_text: Optional[OnText], on_event: Optional[OnEvent]
        ) -> Generated:
            return self._watched("generate", fields, convert, cancel, on_text, on_event)

        return work

    def generate(
        self,
        messages: Union[str, Sequence[Message]],
        *,
        max_tokens: int = 256,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        stop: Sequence[str] = (),
        deadline: Optional[float] = None,
    ) -> Generated:
        """What the pipeline's generator says by itself. Nothing of it is verified.

        Args:
            messages: ``{"role": "system", "user" or "assistant", "content": ...}``; or one text.
            max_tokens: Of the answer; 0: what is left of the context.
            temperature: 0 takes the likeliest token always.
            top_p: 1 is off.
            seed: Of the drawing.
            stop: The text ends before the first of these.
            deadline: Seconds.

        Raises:
            ResourceExhausted: The messages do not fit into the model's context.
            Unsupported: The pipeline has no generator.
        """
        options = generate_options(max_tokens, temperature, top_p, seed, stop, deadline)
        work = self._generate(messages, options)
        return run(lambda cancel: work(cancel, None, None))

    def generate_stream(
        self,
        messages: Union[str, Sequence[Message]],
        *,
        max_tokens: int = 256,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        stop: Sequence[str] = (),
        deadline: Optional[float] = None,
    ) -> Stream[Generated]:
        """The same as it is written."""
        options = generate_options(max_tokens, temperature, top_p, seed, stop, deadline)
        return self._stream(self._generate(messages, options))


def _encoded(value: str) -> bytes:
    if not isinstance(value, str):
        raise InvalidArgument(f"a text is a str, not {type(value).__name__}")
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"a text is not valid Unicode: {error}") from None


def generate_options(
    max_tokens: int = 256,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 0,
    stop: Sequence[str] = (),
    deadline: Optional[float] = None,
) -> Dict[str, Any]:
    """What ``generate`` says of how it is to be written."""
    return {
        "max_tokens": max_tokens,
        "temperature": temperature,
        "top_p": top_p,
        "seed": seed,
        "stop": listed(stop) or None,
        "deadline_milliseconds": milliseconds(deadline),
    }
