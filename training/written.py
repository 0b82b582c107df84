"""Documents written for this project (written/*.jsonl), each with questions that it answers and questions that it does not.

One JSON object a line: kind, title, text, and questions with q, a (the exact words that answer, or null where
nobody could answer from this text) and at (which occurrence of a in the text, 0 first).
"""
from __future__ import annotations

import collections
import hashlib
import json
import random
from pathlib import Path

from text import overlap, window_around, window_like, windows_without, words

HOME = Path(__file__).parent / "written"
HELD_OUT = 8            # one document of so many is never trained on; it judges
SHORTEST = 250          # characters of a window; shorter documents are shown whole


def documents(folder: Path = HOME) -> list[dict]:
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines() if line.strip()]


def is_held_out(document: dict) -> bool:
    return int(hashlib.sha256(document["text"].encode()).hexdigest(), 16) % HELD_OUT == 0


def place(document: dict, question: dict) -> int:
    """Where the answer begins, in characters."""
    at = -1
    for _ in range(question.get("at", 0) + 1):
        at = document["text"].index(question["a"], at + 1)
    return at


def nearest(document: dict, question: dict, all_documents: list[dict], bags: list[set[str]], rare: collections.Counter) -> dict | None:
    """Another document that has the rarest of the question's words but one, and not its answer."""
    asked = set(words(question["q"]))
    rarest = set(sorted(asked, key=lambda w: rare[w])[:2])
    def near(i: int) -> float:
        return sum(1 / max(1, rare[w]) for w in asked & bags[i])
    open_ = [i for i, d in enumerate(all_documents) if d is not document and not rarest <= bags[i] and question["a"].lower() not in d["text"].lower()]
    return all_documents[max(open_, key=near)] if open_ else None


class Written:
    """Rows as prepare.py has them. The text of an unanswered question is shown whole, or around what is most like it."""

    def __init__(self, found: list[dict], seed: int) -> None:
        self.documents, self.rng, self.out = found, random.Random(seed), []
        self.bags = [set(words(d["title"] + " " + d["text"])) for d in found]
        self.rare = collections.Counter(w for bag in self.bags for w in bag)

    def chars(self, text: str) -> int:
        return len(text) if self.rng.random() < 0.5 else int(self.rng.uniform(SHORTEST, max(SHORTEST + 1, len(text))))

    def add(self, kind: str, document: dict, question: str, passage: str, begin: int = -1, end: int = -1) -> None:
        head = document["title"] + ": " if self.rng.random() < 0.6 else ""
        shift = len(head) if begin >= 0 else 0
        asked = question if self.rng.random() < 0.85 else question[0].lower() + question[1:].rstrip("?")
        self.out.append({"kind": "written" + kind, "source": "written", "question": asked, "passage": head + passage.rstrip(),
                         "start": begin + shift, "end": end + shift})

    def question(self, document: dict, question: dict) -> None:
        text, rng = document["text"], self.rng
        if question["a"] is None:
            b, e = window_like(question["q"], text, self.chars(text), rng)
            self.add("-no", document, question["q"], text[b:e])
            return
        begin = place(document, question)
        end = begin + len(question["a"])
        b, e = window_around(text, begin, end, self.chars(text), rng)
        self.add("", document, question["q"], text[b:e], begin - b, end - b)
        draw = rng.random()
        if draw < 0.2:
            w = windows_without(question["q"], text, [question["a"]], begin, end, self.chars(text), rng)
            if w and overlap(question["q"], text[w[0]:w[1]]) >= 0.15:
                self.add("-beside", document, question["q"], text[w[0]:w[1]])
        elif draw < 0.45:
            other = nearest(document, question, self.documents, self.bags, self.rare)
            if other:
                b, e = window_like(question["q"], other["text"], self.chars(other["text"]), rng)
                self.add("-other", other, question["q"], other["text"][b:e])


def rows(seed: int, found: list[dict] | None = None) -> list[dict]:
    made = Written([d for d in (documents() if found is None else found) if not is_held_out(d)], seed)
    for document in made.documents:
        for question in document["questions"]:
            made.question(document, question)
    return made.out


def sets(found: list[dict] | None = None) -> dict[str, tuple[list[dict], list[tuple[str, str]]]]:
    """For evaluate.py: the held-out documents, whole, by the file's name's kind."""
    yes, no = [], []
    for d in found or documents():
        if not is_held_out(d):
            continue
        shown = d["title"] + ": " + d["text"]
        for q in d["questions"]:
            if q["a"] is None:
                no.append((q["q"], shown))
            else:
                yes.append({"question": q["q"], "passage": d["text"], "shown": shown, "answers": [{"text": q["a"], "start": place(d, q)}]})
    return {"written (held out)": (yes, no)}
