"""Cited text: answers to questions, and what documents are about."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Optional, Tuple

from ._calls import Cancel, OnEvent, OnText, run
from ._errors import InvalidArgument
from ._given import milliseconds
from ._results import Answer, Summary, answer_of, summary_of
from ._seam import Seam
from ._streams import Stream, StreamWork

# A question, and the answer to it ("" where the collection did not say).
Turn = Tuple[str, str]


class Answering(Seam):
    """Answers and summaries, whole or as they are written."""

    def _ask(
        self,
        question: str,
        filter: Optional[str],
        extractive: bool,
        history: Iterable[Turn],
        language: Optional[str],
        deadline: Optional[float],
        explain: bool,
    ) -> StreamWork[Answer]:
        try:
            turns = [{"question": asked, "answer": answer} for asked, answer in history]
        except ValueError as error:
            why = f"a turn is a question and its answer: {error}"
            raise InvalidArgument(why, "history") from None
        fields = {
            "question": question,
            "filter": filter,
            "extractive": extractive,
            "history": turns or None,
            "language": language,
            "deadline_milliseconds": milliseconds(deadline),
            "explain": explain,
        }

        def work(cancel: Cancel, on_text: Optional[OnText], on_event: Optional[OnEvent]) -> Answer:
            return self._watched("ask", fields, answer_of, cancel, on_text, on_event)

        return work

    def ask(
        self,
        question: str,
        *,
        filter: Optional[str] = None,
        extractive: bool = False,
        history: Iterable[Turn] = (),
        language: Optional[str] = None,
        deadline: Optional[float] = None,
        explain: bool = False,
        on_text: Optional[Callable[[str], Any]] = None,
    ) -> Answer:
        """A short answer in which every sentence points at the bytes that support it.

        Args:
            question: In words.
            filter: As ``search``: nothing else is read.
            extractive: Quotations only; the generator is never started.
            history: The conversation so far, as ``(question, answer)``, the oldest first: a
                question may lean on it ("When did they do it?").
            language: The answer is translated into it, where the pipeline has a stage for that.
            deadline: Seconds.
            explain: Fill ``stages``.
            on_text: Is given the answer as it is written, sentence by sentence, each verified.

        Raises:
            InvalidArgument: ``place`` names the argument that is wrong.
            Unsupported: The pipeline has no reader.
        """
        work = self._ask(question, filter, extractive, history, language, deadline, explain)
        return run(lambda cancel: work(cancel, on_text, None))

    def ask_stream(
        self,
        question: str,
        *,
        filter: Optional[str] = None,
        extractive: bool = False,
        history: Iterable[Turn] = (),
        language: Optional[str] = None,
        deadline: Optional[float] = None,
    ) -> Stream[Answer]:
        """The same as it is written: ``for piece in stream``, then ``stream.result``."""
        return self._stream(
            self._ask(question, filter, extractive, history, language, deadline, False)
        )

    def _summarize(
        self, document: str, extractive: bool, deadline: Optional[float]
    ) -> StreamWork[Summary]:
        fields = {
            "document": document,
            "extractive": extractive,
            "deadline_milliseconds": milliseconds(deadline),
        }

        def work(cancel: Cancel, on_text: Optional[OnText], on_event: Optional[OnEvent]) -> Summary:
            return self._watched("summarize", fields, summary_of, cancel, on_text, on_event)

        return work

    def summarize(
        self, document: str, *, extractive: bool = False, deadline: Optional[float] = None
    ) -> Summary:
        """What a document is about, in a few sentences, each checked against what it cites.

        Raises:
            NotFound: There is no document of this id.
        """
        work = self._summarize(document, extractive, deadline)
        return run(lambda cancel: work(cancel, None, None))

    def summarize_stream(
        self, document: str, *, extractive: bool = False, deadline: Optional[float] = None
    ) -> Stream[Summary]:
        """The same as it is written."""
        return self._stream(self._summarize(document, extractive, deadline))
