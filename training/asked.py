"""Questions asked anew about passages of train.jsonl.gz (asked.jsonl): near misses that are meant to fool a reader, and answerable ones.

One JSON object a line: id (of a row of train.jsonl.gz, whose passage is meant), q, and a (the exact words that answer,
or null where the passage does not answer). The passages' texts stay where they are.
"""
from __future__ import annotations

import json
from pathlib import Path

FILE = Path(__file__).parent / "asked.jsonl"


def rows(train: list[dict], file: Path = FILE) -> list[dict]:
    """Rows as train.jsonl.gz has them, those left out whose passage is not there."""
    by = {r["id"]: r for r in train}
    out = []
    for n, line in enumerate(file.read_text().splitlines()):
        asked = json.loads(line)
        row = by.get(asked["id"])
        if row is None:
            continue
        answers = [] if asked["a"] is None else [{"text": asked["a"], "start": row["passage"].index(asked["a"])}]
        out.append({**row, "id": f"asked-{n}", "question": asked["q"], "answers": answers, "answerable": bool(answers), "neg_passage": None, "source": "asked"})
    return out
