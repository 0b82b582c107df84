"""From question and passage to the tokens that the reader reads: [CLS] question [SEP] passage [SEP]."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

CLS, SEP, QUESTION_TOKENS = 101, 102, 48


@dataclass
class Encoded:
    ids: list[int]
    passage_at: int                      # index of the first token of the passage
    offsets: list[tuple[int, int]]       # characters of the passage, token by token
    start: int                           # index of the answer's first and last token, -1 without one
    end: int


def load_tokenizer(base: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding(), tokenizer.no_truncation()
    return tokenizer


def encode(tokenizer: Tokenizer, question: str, passage: str, begin: int = -1, end: int = -1, most: int = 256) -> Encoded:
    """The first `most` tokens; an answer (characters begin to end) that does not fit is none."""
    q = tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION_TOKENS]
    p = tokenizer.encode(passage, add_special_tokens=False)
    room = most - 3 - len(q)
    window, offsets = p.ids[:room], p.offsets[:room]
    inside = [i for i, (a, b) in enumerate(p.offsets) if begin >= 0 and b > begin and a < end]
    at = len(q) + 2
    fits = bool(inside) and inside[-1] < len(window)
    return Encoded([CLS, *q, SEP, *window, SEP], at, offsets, at + inside[0] if fits else -1, at + inside[-1] if fits else -1)


def collate(rows: list[Encoded], device: torch.device) -> tuple[torch.Tensor, ...]:
    """ids, types, mask [rows, tokens], start, end [rows]."""
    n = max(len(r.ids) for r in rows)
    ids = torch.tensor([r.ids + [0] * (n - len(r.ids)) for r in rows])
    types = torch.tensor([[0] * r.passage_at + [1] * (len(r.ids) - r.passage_at) + [0] * (n - len(r.ids)) for r in rows])
    mask = torch.tensor([[1] * len(r.ids) + [0] * (n - len(r.ids)) for r in rows])
    # the closing [SEP] has type 1 as in BERT, but no answer begins or ends there
    inside = torch.tensor([[0] * r.passage_at + [1] * len(r.offsets) + [0] * (n - r.passage_at - len(r.offsets)) for r in rows])
    start, end = torch.tensor([r.start for r in rows]), torch.tensor([r.end for r in rows])
    return tuple(t.to(device) for t in (ids, types, mask, inside, start, end))
