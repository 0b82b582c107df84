"""Passages by meaning and words."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from ._calls import Cancel, Work, run
from ._errors import InvalidArgument
from ._given import listed, milliseconds
from ._results import SearchResult
from ._seam import Seam

Vector = Union[Sequence[float], npt.NDArray[Any]]


class Searching(Seam):
    """Searches."""

    def _search(
        self,
        query: str,
        k: int,
        filter: Optional[str],
        vector: Optional[Vector],
        options: Dict[str, Any],
    ) -> Work[SearchResult]:
        fields = {
            # Not there beside what stands in its place.
            "query": query or (None if vector is not None or options.get("similar") else ""),
            "k": k,
            "filter": filter,
            "vector": None if vector is None else _numbers(vector),
            **options,
        }
        return lambda cancel: self._watched("search", fields, SearchResult, cancel)

    def search(
        self,
        query: str = "",
        *,
        k: int = 10,
        filter: Optional[str] = None,
        vector: Optional[Vector] = None,
        mode: Optional[str] = None,
        weight: Optional[float] = None,
        fusion: Optional[str] = None,
        feedback: Optional[float] = None,
        candidates: Optional[int] = None,
        offset: int = 0,
        min_score: Optional[float] = None,
        similar: Optional[str] = None,
        plain: bool = False,
        prefix: bool = False,
        typos: Optional[bool] = None,
        chunks: bool = False,
        facets: Sequence[str] = (),
        sort: Optional[str] = None,
        summarize: Optional[str] = None,
        deadline: Optional[float] = None,
        explain: bool = False,
    ) -> SearchResult:
        """Passages by meaning and words.

        Args:
            query: What to look for: words, and the signs of the query language (docs/search.md).
            k: How many hits, 1 to 10,000.
            filter: A condition on metadata: ``year > 2015 and topic = "retrieval"``.
            vector: Shape (dimension,): searched for in place of the query's, of the same model.
            mode: ``"hybrid"``, ``"dense"`` or ``"lexical"``; left out: what the pipeline says.
            weight: Of the meaning in a hybrid search, 0 to 1.
            fusion: ``"convex"`` or ``"rrf"``.
            feedback: How far a hybrid search learns from its best hits, 0 to 1.
            candidates: Passages that each side finds first.
            offset: Hits to leave out before the first: with ``k=10``, 20 gives the third page.
            min_score: Leave out hits with a smaller score.
            similar: In place of a query: more like the document of this id.
            plain: The query is prose: quotation marks, ``-`` and ``*`` are no signs.
            prefix: The last word may be the beginning of one.
            typos: Whether words that no passage has are looked for as if they were mistyped.
            chunks: Several hits of one document.
            facets: Fields whose values are counted.
            sort: ``"field"`` or ``"-field"``: the order of the best hits.
            summarize: ``"list"`` or ``"each"``.
            deadline: Seconds.
            explain: Fill ``stages``.

        Raises:
            InvalidArgument: ``place`` names the argument that is wrong.
            DeadlineExceeded: It took longer than ``deadline``.
        """
        options = {
            "mode": mode,
            "weight": weight,
            "fusion": fusion,
            "feedback": feedback,
            "candidates": candidates,
            "offset": offset,
            "min_score": min_score,
            "similar": similar,
            "plain": plain or None,
            "prefix": prefix or None,
            "typos": typos,
            "chunks": chunks,
            "facets": listed(facets) or None,
            "sort": sort,
            "summarize": summarize,
            "deadline_milliseconds": milliseconds(deadline),
            "explain": explain,
        }
        work = self._search(query, k, filter, vector, options)
        # A search takes milliseconds: not worth a thread.
        return work(Cancel()) if summarize is None else run(work)


def _numbers(vector: Vector) -> Any:
    try:
        out = np.asarray(vector, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidArgument(f"the vector is no list of numbers: {error}", "vector") from None
    if not np.isfinite(out).all():
        raise InvalidArgument("the vector has an infinity or NaN in it", "vector")
    return out.tolist()
