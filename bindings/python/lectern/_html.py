"""How results look in a notebook. No styles of their own but what every theme can carry."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Sequence

if TYPE_CHECKING:
    from ._results import Citation, Hit


def answer(text: str, status: str, citations: Sequence[Citation]) -> str:
    """The text, and what its marks stand for, which show as one moves over them."""
    quotes = {citation.n: citation.quote for citation in citations}

    def mark(match: re.Match[str]) -> str:
        quote = quotes.get(int(match[1]))
        if quote is None:
            return match[0]
        return f'<sup title="{escape(quote)}">[{match[1]}]</sup>'

    marked = re.sub(r"\[(\d+)\]", mark, escape(text))
    out = [f"<p>{marked}</p>"]
    if citations:
        out.append("<ul style='list-style: none; padding-left: 1em'>")
        for citation in citations:
            place = f"{escape(citation.document)}:{citation.begin}-{citation.end}"
            out.append(
                f"<li>[{citation.n}] <code>{place}</code> &ldquo;{escape(citation.quote)}&rdquo;</li>"
            )
        out.append("</ul>")
    out.append(f"<p><small>{escape(status)}</small></p>")
    return "".join(out)


def hits(found: Sequence[Hit]) -> str:
    """A table of the hits."""
    if not found:
        return "<p>nothing found</p>"
    rows = "".join(
        f"<tr><td>{number}</td><td>{hit.score:.3f}</td><td><code>{escape(hit.document)}</code></td>"
        f"<td>{escape(hit.title)}</td><td style='text-align: left'>{escape(hit.text)}</td></tr>"
        for number, hit in enumerate(found, 1)
    )
    heads = "".join(f"<th>{head}</th>" for head in ("", "score", "document", "title", "text"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
