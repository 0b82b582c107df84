"""Fits weight and bias of the answerable logit, so that 1 / (1 + exp(-(weight * logit + bias))) is a probability.

    python3 calibrate.py SCORES.json CALIBRATION.json      # SCORES: what evaluate.py --scores wrote

It is fitted on the kinds of text that were left out of the training, and shown on all others.
"""
from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from prepare import LEFT_OUT


def fit(yes: list[float], no: list[float]) -> tuple[float, float]:
    """Logistic regression by Newton's method; yes and no weigh the same in sum."""
    w, b = 1.0, 0.0
    points = [(x, 1.0, 0.5 / len(yes)) for x in yes] + [(x, 0.0, 0.5 / len(no)) for x in no]
    for _ in range(50):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for x, y, k in points:
            p = 1 / (1 + math.exp(-max(-30.0, min(30.0, w * x + b))))
            g0, g1, v = g0 + k * (p - y), g1 + k * (p - y) * x, k * p * (1 - p)
            h00, h01, h11 = h00 + v, h01 + v * x, h11 + v * x * x
        det = h00 * h11 - h01 * h01
        if det < 1e-12:
            break
        b, w = b - (h11 * g0 - h01 * g1) / det, w - (h00 * g1 - h01 * g0) / det
    return w, b


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", type=Path), parser.add_argument("out", type=Path)
    args = parser.parse_args()
    sets = json.loads(args.scores.read_text())
    mine = [s for name, s in sets.items() if name.startswith(LEFT_OUT)]
    w, b = fit([x[0] for s in mine for x in s["yes"]], [x[0] for s in mine for x in s["no"]])
    args.out.write_text(json.dumps({"weight": round(w, 4), "bias": round(b, 4)}) + "\n")
    print(f"weight {w:.4f}, bias {b:.4f}, fitted on {', '.join(LEFT_OUT)}")
    cuts = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    print(f"{'coverage / false at':26s}" + "".join(f"      {c}    " for c in cuts) + "  Brier")
    for name, s in sets.items():
        probability = {k: [1 / (1 + math.exp(-(w * x[0] + b))) for x in s[k]] for k in ("yes", "no")}
        if not probability["yes"] or not probability["no"]:
            continue
        share = lambda k, c: sum(p >= c for p in probability[k]) / len(probability[k])
        brier = (sum((1 - p) ** 2 for p in probability["yes"]) / len(probability["yes"]) + sum(p ** 2 for p in probability["no"]) / len(probability["no"])) / 2
        print(f"{name:26s}" + "".join(f"  {share('yes', c):.2f} / {share('no', c):.2f}" for c in cuts) + f"   {brier:.3f}")


if __name__ == "__main__":
    main()
