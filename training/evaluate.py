"""Judges a reader: F1 of the span, and how well it tells passages that answer from those that do not.

    python3 evaluate.py BASE READER DATA        # READER: an exported folder or a checkpoint of train.py
"""
from __future__ import annotations

import argparse
import collections
import json
import os
import random
import re
import string
from pathlib import Path

import torch
from safetensors.torch import load_file

from encoding import collate, encode, load_tokenizer
from model import Reader, autocast, best_device
from prepare import LEFT_OUT, held_out, read
import written
from text import window_around, window_like, windows_without

PRODUCT_CHARS = 800       # passages of the product have up to about 200 tokens
LONGEST_SPAN = 30


def load(base: Path, weights: Path) -> Reader:
    state = load_file(weights / "model.safetensors") if weights.is_dir() else torch.load(weights, map_location="cpu")["weights"]
    model = Reader(base)
    model.take(state)
    return model.eval()


def predict(model: Reader, tokenizer, pairs: list[tuple[str, str]], device: torch.device, most: int = 320) -> list[tuple[float, float, int, int]]:
    """(answerable logit, margin of the best span over the mean, begin, end in characters) of each (question, passage)."""
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1]))
    out: list = [None] * len(pairs)
    for at in range(0, len(order), 16):
        part = order[at:at + 16]
        rows = [encode(tokenizer, *pairs[i], most=most) for i in part]
        ids, types, mask, _, _, _ = collate(rows, device)
        with torch.no_grad(), autocast(device):
            start, end, answers = (t.float().cpu() for t in model(ids, types, mask))
        for k, (i, row) in enumerate(zip(part, rows)):
            n = len(row.offsets)
            if not n:
                out[i] = (-20.0, -20.0, 0, 0)
                continue
            a, b = start[k, row.passage_at:row.passage_at + n], end[k, row.passage_at:row.passage_at + n]
            score = (a[:, None] + b[None]).masked_fill(~torch.ones(n, n).triu().tril(LONGEST_SPAN - 1).bool(), -1e4)
            best = int(score.argmax())
            first, last = divmod(best, n)
            sure = float(score[first, last] - torch.logsumexp(a, 0) - torch.logsumexp(b, 0))
            out[i] = (float(answers[k]), sure, row.offsets[first][0], row.offsets[last][1])
    return out


def f1(given: str, wanted: str) -> float:
    def norm(s: str) -> list[str]:
        return re.sub(r"\b(a|an|the)\b", " ", "".join(c for c in s.lower() if c not in string.punctuation)).split()
    g, w = norm(given), norm(wanted)
    same = sum((collections.Counter(g) & collections.Counter(w)).values())
    return 2 * same / (len(g) + len(w)) if g and w else float(g == w)


def auc(yes: list[float], no: list[float]) -> float:
    return sum((p > n) + 0.5 * (p == n) for p in yes for n in no) / max(1, len(yes) * len(no))


def at_false(yes: list[float], no: list[float], share: float) -> float:
    """Coverage of the answerable at the threshold that lets `share` of the others pass."""
    cut = sorted(no, reverse=True)[int(share * len(no))] if no else 0
    return sum(y > cut for y in yes) / max(1, len(yes))


def false_at(yes: list[float], no: list[float], coverage: float) -> float:
    """Share of the unanswerable that pass where `coverage` of the answerable do."""
    cut = sorted(yes, reverse=True)[int(coverage * len(yes))]
    return sum(n >= cut for n in no) / max(1, len(no))


def as_product(row: dict, rng: random.Random) -> str:
    """A window of the passage as the product would hand it over."""
    text = row["passage"]
    if len(text) <= PRODUCT_CHARS * 1.3:
        return text
    if row["answers"]:
        a = row["answers"][0]
        b, e = window_around(text, a["start"], a["start"] + len(a["text"]), PRODUCT_CHARS, rng)
    else:
        b, e = window_like(row["question"], text, PRODUCT_CHARS, rng)
    return text[b:e]


def nearest(questions: list[str], passages: list[str], wrong: list[set[int]]) -> list[int]:
    """For each question the passage most like it by rare words that is not among its `wrong` ones and lacks one of its two rarest words."""
    bags = [set(w[:6] for w in re.findall(r"[a-z0-9]+", p.lower())) for p in passages]
    df = collections.Counter(w for bag in bags for w in bag)
    out = []
    for q, no in zip(questions, wrong):
        no = no if len(no) < len(bags) else set()
        qw = set(w[:6] for w in re.findall(r"[a-z0-9]+", q.lower()))
        rare = sorted(qw, key=lambda w: df[w])[:2]
        open_ = [i for i in range(len(bags)) if i not in no]
        out.append(max([i for i in open_ if not all(w in bags[i] for w in rare)] or open_, key=lambda i: sum(1 / df[w] ** 0.7 for w in qw & bags[i])))
    return out


def sets(data: Path, xquad: Path | None, most: int) -> dict[str, tuple[list[dict], list[tuple[str, str]]]]:
    """name -> (answerable rows with `shown`, pairs that are not answered)."""
    rng = random.Random(4)
    train, dev = read(data), [json.loads(line) for line in (data / "dev.jsonl").open()]
    out = {}
    for source in sorted({r["source"] for r in dev}):
        yes = [r for r in dev if r["source"] == source and r["answerable"]]
        no = [(r["question"], as_product(r, rng)) for r in dev if r["source"] == source and not r["answerable"]]
        if source in LEFT_OUT:      # none of its rows is trained on, and those of train.jsonl.gz have a near passage
            yes = rng.sample([r for r in train if r["source"] == source and r["neg_passage"]], min(most, 400))
            no = [(r["question"], as_product({"passage": r["neg_passage"], "answers": [], "question": r["question"]}, rng)) for r in yes]
        if not no:        # the nearest other passage of the same kind that holds neither the answer nor every rare word
            yes = yes[:most]
            passages = sorted({r["passage"] for r in train + dev if r["source"] == source})[:1500]
            lower = [p.lower() for p in passages]
            wrong = [{i for i, p in enumerate(lower) if p == r["passage"].lower() or any(a["text"].lower() in p for a in r["answers"] if len(a["text"]) > 2)} for r in yes]
            no = [(r["question"], as_product({"passage": passages[i], "answers": [], "question": r["question"]}, rng))
                  for r, i in zip(yes, nearest([r["question"] for r in yes], passages, wrong))]
        out[source] = (yes[:most], no[:most])
        if source in LEFT_OUT:      # sentences beside the answer, which is harder and has no part in what was trained
            rows, beside = yes[-most:], []
            for r in rows:
                a = r["answers"][0]
                w = windows_without(r["question"], r["passage"], [x["text"] for x in r["answers"]], a["start"], a["start"] + len(a["text"]), PRODUCT_CHARS, rng)
                beside += [(r["question"], r["passage"][w[0]:w[1]])] if w else []
            out[source + " (beside)"] = (yes[:most], beside)
    out_passages = held_out(train)
    people = [r for r in train if r["source"] == "squad20-dev" and r["passage"] in out_passages]
    out["people (held out)"] = ([r for r in people if r["answerable"]], [(r["question"], as_product(r, rng)) for r in people if not r["answerable"]])
    if xquad:
        corpus = {d["_id"]: d["text"] for d in map(json.loads, (xquad / "corpus.jsonl").open())}
        articles = sorted({i.split("p")[0] for i in corpus})[::2]      # one half of the articles, only for looking
        queries = [q for q in map(json.loads, (xquad / "queries.jsonl").open()) if q["doc"].split("p")[0] in articles]
        yes = [{"question": q["text"], "passage": corpus[q["doc"]], "answers": [{"text": a, "start": s} for a, s in zip(q["answers"], q["answer_starts"])]} for q in queries]
        no = []
        for q in queries:
            beside = [t for i, t in corpus.items() if i.split("p")[0] == q["doc"].split("p")[0] and i != q["doc"]]
            no.append((q["text"], beside[nearest([q["text"]], beside, [set()])[0]]))
        out["xquad (same article)"] = (yes[:most], no[:most])
    for yes, _ in out.values():
        for r in yes:
            r["shown"] = as_product(r, rng)
    return {**out, **written.sets()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path), parser.add_argument("reader", type=Path)
    parser.add_argument("data", type=Path, nargs="?", default=Path(os.environ.get("LECTERN_DATA", ".")))
    parser.add_argument("--device", default="auto"), parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--most", type=int, default=10 ** 9, help="questions of a set"), parser.add_argument("--scores", type=Path, help="write every score here")
    parser.add_argument("--sets", type=Path, help="keep the made sets in this file, and take them from it")
    parser.add_argument("--only", default="", help="sets whose name holds this")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    device, tokenizer, model = best_device(args.device), load_tokenizer(args.base), load(args.base, args.reader)
    model.to(device)
    scores, known, f1s, aucs = {}, {}, [], []
    print(f"{'set':24s}   yes    no   F1   AUC  coverage at 5 %, 10 % false  false at coverage .80")
    if args.sets and args.sets.exists():
        judged = json.loads(args.sets.read_text())
    else:
        judged = sets(args.data / "reading", args.data / "xquad-en" if (args.data / "xquad-en").exists() else None, args.most)
        if args.sets:
            args.sets.write_text(json.dumps(judged))
    for name, (yes, no) in judged.items():
        if args.only not in name:
            continue
        pairs = [(r["question"], r["shown"]) for r in yes] + [tuple(pair) for pair in no]
        fresh = [pair for pair in dict.fromkeys(pairs) if pair not in known]
        known.update(zip(fresh, predict(model, tokenizer, fresh, device)))
        good, bad = [known[p] for p in pairs[:len(yes)]], [known[p] for p in pairs[len(yes):]]
        f = [max(f1(r["shown"][g[2]:g[3]], a["text"]) for a in r["answers"]) for r, g in zip(yes, good)]
        y, n = [g[0] for g in good], [g[0] for g in bad]
        scores[name] = {"yes": [[g[0], g[1], x] for g, x in zip(good, f)], "no": [[g[0], g[1]] for g in bad]}
        mean = sum(f) / len(f)
        if "(" not in name:
            f1s += f
            aucs.append(auc(y, n))
        print(f"{name:24s} {len(yes):5d} {len(no):5d}  {mean:.3f} {auc(y, n):.3f}  {at_false(y, n, 0.05):.2f}, {at_false(y, n, 0.10):.2f}   {false_at(y, n, 0.8):.2f}", flush=True)
    if f1s:
        print(f"all of dev: F1 {sum(f1s) / len(f1s):.4f}, mean AUC {sum(aucs) / len(aucs):.4f}")
    if args.scores:
        args.scores.write_text(json.dumps(scores))


if __name__ == "__main__":
    main()
