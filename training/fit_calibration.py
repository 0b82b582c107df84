"""Fits the calibration of a reader over all that it sees, and judges it on kinds of text left out in turn.

    python3 fit_calibration.py SETS.json SIGNS_PROGRAM MODELS READER [--out CALIBRATION.json]

SETS is what `evaluate.py --sets` keeps: questions with a passage that answers, and with one that does not.
SIGNS_PROGRAM is `reader_signs` of a developer's build (plugins/tasks), MODELS the models folder, READER an exported
reader. Every kind of text weighs the same, and so do answerable and unanswerable pairs within one.
"""
from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
import torch

from encoding import load_tokenizer
from evaluate import auc, at_false, false_at
from model import Reader

SIGNS = ("answers", "sureness", "similarity", "overlap", "sentence_overlap", "missing")
KEYS = ("weight", "span_weight", "similarity_weight", "overlap_weight", "sentence_weight", "missing_weight")


def embed(base: Path, texts: list[str]) -> np.ndarray:
    """Unit vectors of the base model, as the search has them: the mean over the tokens."""
    model, tokenizer = Reader(base).eval(), load_tokenizer(base)
    out = np.zeros((len(texts), 384), np.float32)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    for at in range(0, len(order), 16):
        part = order[at:at + 16]
        rows = [[101, *tokenizer.encode(texts[i], add_special_tokens=False).ids[:254], 102] for i in part]
        n = max(map(len, rows))
        ids = torch.tensor([r + [0] * (n - len(r)) for r in rows])
        mask = torch.tensor([[1] * len(r) + [0] * (n - len(r)) for r in rows])
        with torch.no_grad():
            hidden = model.norm(model.words(ids) + model.places(torch.arange(n))[None] + model.types(torch.zeros_like(ids)))
            bias = torch.zeros(len(part), 1, 1, n).masked_fill(mask[:, None, None] == 0, -1e4)
            for layer in model.layers:
                hidden = layer(hidden, bias)
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        out[part] = torch.nn.functional.normalize(mean, dim=1).numpy()
    return out


def signs_of(pairs: list[dict], program: Path, models: Path, reader: Path) -> np.ndarray:
    lines = "".join(json.dumps(p) + "\n" for p in pairs)
    done = subprocess.run([program, models, reader], input=lines, capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return np.array([[r.get(s, 0.0) for s in SIGNS] for r in rows])


def fit(x: np.ndarray, y: np.ndarray, weight: np.ndarray, ridge: float = 1e-3) -> np.ndarray:
    """Logistic regression by Newton's method; the last value is the bias."""
    mean, scale = x.mean(0), x.std(0) + 1e-9
    z = np.column_stack([(x - mean) / scale, np.ones(len(x))])
    w = np.zeros(z.shape[1])
    penalty = ridge * np.diag([1.0] * (z.shape[1] - 1) + [0.0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-z @ w))
        g = z.T @ (weight * (p - y)) + penalty @ w
        h = (z * (weight * p * (1 - p))[:, None]).T @ z + penalty
        w -= np.linalg.solve(h, g)
    return np.append(w[:-1] / scale, w[-1] - (w[:-1] * mean / scale).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("sets", "program", "models", "reader"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--out", type=Path), parser.add_argument("--base", default="all-MiniLM-L6-v2")
    parser.add_argument("--leave", default="xquad,people", help="kinds that only judge, by the beginning of their names")
    args = parser.parse_args()
    sets = json.loads(args.sets.read_text())
    pairs, kind, label = [], [], []
    for name, (yes, no) in sets.items():
        for r in yes:
            pairs.append({"question": r["question"], "passage": r["shown"]}), kind.append(name), label.append(1.0)
        for q, p in no:
            pairs.append({"question": q, "passage": p}), kind.append(name), label.append(0.0)
    base = args.models / args.base
    vectors = embed(base, [p["question"] for p in pairs] + [p["passage"] for p in pairs])
    for i, p in enumerate(pairs):
        p["score"] = float(vectors[i] @ vectors[len(pairs) + i])
    x, y, kind = signs_of(pairs, args.program, args.models, args.reader), np.array(label), np.array(kind)
    weight = np.zeros(len(y))
    for name in sets:
        for value in (0.0, 1.0):
            here = (kind == name) & (y == value)
            weight[here] = 0.5 / max(1, here.sum()) / len(sets)
    leave = tuple(args.leave.split(",")) if args.leave else ()
    learn = np.array([not k.startswith(leave) for k in kind]) if leave else np.ones(len(kind), bool)
    print(f"{'kind':28s}   AUC: reader alone, with all signs; coverage at 5 %, 10 % false; false at coverage .80")
    for name in sets:
        source = name.split(" (")[0]
        others = learn & np.array([k.split(" (")[0] != source for k in kind])
        w = fit(x[others], y[others], weight[others])
        here = kind == name
        score = x[here] @ w[:-1] + w[-1]
        yes, no = list(score[y[here] == 1]), list(score[y[here] == 0])
        alone = auc(list(x[here][y[here] == 1, 0]), list(x[here][y[here] == 0, 0]))
        print(f"{name:28s}   {alone:.3f} {auc(yes, no):.3f}   {at_false(yes, no, .05):.2f} {at_false(yes, no, .1):.2f}   {false_at(yes, no, .8):.2f}")
    w = fit(x[learn], y[learn], weight[learn])
    calibration = {**{k: round(float(v), 4) for k, v in zip(KEYS, w)}, "bias": round(float(w[-1]), 4)}
    print(json.dumps(calibration))
    for cut in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        p = 1 / (1 + np.exp(-(x @ w[:-1] + w[-1])))
        shares = [(name, (p[(kind == name) & (y == 1)] >= cut).mean(), (p[(kind == name) & (y == 0)] >= cut).mean()) for name in sets]
        print(f"at {cut}: " + ", ".join(f"{n.split('-')[-1]} {a:.2f}/{b:.2f}" for n, a, b in shares))
    if args.out:
        args.out.write_text(json.dumps(calibration) + "\n")


if __name__ == "__main__":
    main()
