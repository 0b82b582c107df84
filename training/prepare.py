"""Makes the rows that the reader is trained on: windows of passages with questions that they answer or do not.

    python3 prepare.py DATA ROWS.jsonl        # DATA: the folder with train.jsonl.gz, or $LECTERN_DATA/reading
"""
from __future__ import annotations

import argparse
import collections
import gzip
import hashlib
import json
import os
import random
from pathlib import Path

import asked
import made
import written
from text import NAME, changed_passage, changed_question, overlap, window_around, window_like, windows_without

# Never trained on: the calibration is fitted on these two kinds of text.
LEFT_OUT = ("squadshifts-amazon", "fairytaleqa")
CAPS = {"squad11": 4000, "squadshifts-new_wiki": 2400, "squadshifts-reddit": 2600, "nq-open": 1500, "qamr": 1200}
HELD_OUT_ROWS = 300        # of squad20-dev, whole passages: they judge questions that people wrote to be unanswerable


def held_out(rows: list[dict]) -> set[str]:
    """Passages of squad20-dev, about 300 rows, kept out of the training."""
    by = collections.Counter(r["passage"] for r in rows if r["source"] == "squad20-dev")
    out: set[str] = set()
    count = 0
    for passage in sorted(by, key=lambda p: hashlib.sha256(p.encode()).hexdigest()):
        if count >= HELD_OUT_ROWS:
            break
        out.add(passage)
        count += by[passage]
    return out


def read(data: Path) -> list[dict]:
    with gzip.open(data / "train.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


def length(rng: random.Random) -> int:
    """Characters of a window: mostly short, which lets more rows fit in the time."""
    return int(rng.choice([rng.uniform(60, 250), rng.uniform(150, 450), rng.uniform(250, 650)])) if rng.random() < 0.9 else int(rng.uniform(600, 900))


class Maker:
    def __init__(self, rows: list[dict], seed: int) -> None:
        self.rng, self.out = random.Random(seed), []
        self.names = sorted({n for r in rows for n in NAME.findall(r["passage"][:300])})
        self.titles = sorted({r["title"].replace("_", " ") for r in rows if r["title"] and r["source"].startswith(("squad11", "squad20", "nq", "squadshifts-new"))})

    def add(self, kind: str, row: dict, passage: str, begin: int = -1, end: int = -1, titled: bool = True) -> None:
        """Some passages come with title and heading before them, as the product hands them over."""
        head, rng = "", self.rng
        if titled and rng.random() < 0.3:
            own = row["title"].replace("_", " ")
            title = own if own and not own.startswith(("Amazon", "Reddit", "Filtered", "paper-", "wikipedia", "wikinews")) else rng.choice(self.titles)
            head = title + ": "
            if rng.random() < 0.4:
                head += rng.choice(["History", "Overview", "Introduction", "Notes", "Background", "Details", "Description", "Usage", rng.choice(self.titles)]) + ": "
        shift = len(head) if begin >= 0 else 0
        self.out.append({"kind": kind, "source": row["source"], "question": row["question"], "passage": head + passage.rstrip(),
                         "start": begin + shift, "end": end + shift})

    def positive(self, row: dict) -> None:
        # the middle one by length of the answers that people gave, rather a short one
        a = sorted(row["answers"], key=lambda a: (len(a["text"]), a["start"]))[(len(row["answers"]) - 1) // 2]
        text, begin, end = row["passage"], a["start"], a["start"] + len(a["text"])
        b, e = window_around(text, begin, end, length(self.rng), self.rng)
        while end > begin + 1 and text[end - 1] in " .,;:\n":
            end -= 1
        self.add("answer", row, text[b:e], begin - b, end - b)

    def people(self, row: dict) -> None:
        b, e = window_like(row["question"], row["passage"], max(250, length(self.rng)), self.rng)
        self.add("people", row, row["passage"][b:e])

    def negative(self, row: dict, kind: str) -> bool:
        rng, a = self.rng, row["answers"][0]
        text, begin, end = row["passage"], a["start"], a["start"] + len(a["text"])
        if kind == "mined":
            if not row.get("neg_passage"):
                return False
            b, e = window_like(row["question"], row["neg_passage"], length(rng), rng)
            self.add(kind, row, row["neg_passage"][b:e])
            return True
        if kind == "beside":
            found = windows_without(row["question"], text, [x["text"] for x in row["answers"]], begin, end, length(rng), rng)
            if not found or overlap(row["question"], text[found[0]:found[1]]) < 0.15:
                return False
            self.add(kind, row, text[found[0]:found[1]])
            return True
        b, e = window_around(text, begin, end, length(rng), rng)
        if kind == "question":
            asked = changed_question(row["question"], text, a["text"], self.names, rng)
            if not asked:
                return False
            self.add(kind, {**row, "question": asked}, text[b:e])
            return True
        changed = changed_passage(row["question"], text[b:e], begin - b, end - b, self.names, rng)
        if not changed:
            return False
        self.add("passage", row, changed, titled=False)
        return True


def prepare(data: Path, seed: int, mined: float, made_share: float, share: float = 1, written_times: int = 1) -> list[dict]:
    rows = read(data)
    out, maker = held_out(rows), Maker(rows, seed)
    rng, by = maker.rng, collections.defaultdict(list)
    kept = [r for r in rows if r["source"] not in LEFT_OUT and not (r["source"] == "squad20-dev" and r["passage"] in out)]
    for r in kept:
        by[r["source"]].append(r)
    by["asked"] = asked.rows(kept)
    for source in sorted(by):
        rng.shuffle(by[source])
        for row in by[source][:CAPS.get(source)]:
            if not row["answerable"]:
                maker.people(row)
                continue
            maker.positive(row)
            if source == "qamr" and rng.random() < 0.5:
                continue
            kinds = rng.choices(["mined", "beside", "question", "passage"], [mined, (1 - mined) * 0.42, (1 - mined) * 0.32, (1 - mined) * 0.26], k=6)
            wanted = 1 if rng.random() < 0.75 else 0
            for kind in kinds:
                if wanted and maker.negative(row, kind):
                    wanted -= 1
    real = [r for by_source in by.values() for r in by_source if r["answerable"]]
    maker.out += [row for row in made.rows(real, seed) if rng.random() < made_share]
    if share < 1:
        maker.out = [row for row in maker.out if rng.random() < share]
    for time in range(written_times):
        maker.out += written.rows(seed * 100 + time)
    rng.shuffle(maker.out)
    return maker.out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=Path(os.environ.get("LECTERN_DATA", ".")) / "reading")
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--mined", type=float, default=0.6, help="share of near passages of other places among the made negatives of a question")
    parser.add_argument("--made", type=float, default=0.6, help="share of the composed rows that is taken")
    parser.add_argument("--share", type=float, default=1, help="share of all rows but the written ones that is taken")
    parser.add_argument("--written", type=int, default=1, help="how often the written documents are taken, each time with other windows")
    args = parser.parse_args()
    rows = prepare(args.data, args.seed, args.mined, args.made, args.share, args.written)
    with args.out.open("w") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    kinds = collections.Counter((r["kind"], r["start"] >= 0) for r in rows)
    print(len(rows), "rows:", ", ".join(f"{k[0]} {n}" for k, n in sorted(kinds.items())))
    print("words a row:", sum(len(r["passage"].split()) for r in rows) / len(rows))


if __name__ == "__main__":
    main()
