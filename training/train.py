"""Trains the reader on rows that prepare.py wrote. See README.md."""
from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from pathlib import Path
from typing import Iterator

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from encoding import Encoded, collate, encode, load_tokenizer
from model import Reader, autocast, best_device


def batches(rows: list[dict], tokenizer, args: argparse.Namespace, skip: int) -> Iterator[tuple[int, list[Encoded]]]:
    """Batches of rows of like length; `skip` rows were seen before. Yields the rows seen so far with each."""
    pool = args.batch * 40
    while skip < len(rows) * args.epochs:
        at = skip % len(rows)
        part = rows[at:at + pool]
        ready = sorted((encode(tokenizer, r["question"], r["passage"], r["start"], r["end"], args.most) for r in part), key=lambda r: len(r.ids))
        cut = [ready[i:i + args.batch] for i in range(0, len(ready), args.batch)]
        random.Random(args.seed + skip).shuffle(cut)
        for one in cut:
            skip += len(one)
            yield skip, one


def losses(model: Reader, batch: list[Encoded], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    ids, types, mask, inside, s, e = collate(batch, device)
    with autocast(device):
        start, end, answers = model(ids, types, mask)
    has = s >= 0
    judged = F.binary_cross_entropy_with_logits(answers, has.float())
    if not has.any():
        return judged, judged * 0
    start, end = (t.masked_fill(inside == 0, -1e4)[has] for t in (start, end))
    return judged, (F.cross_entropy(start, s[has]) + F.cross_entropy(end, e[has])) / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path, help="folder of the base model"), parser.add_argument("rows_file", type=Path)
    parser.add_argument("out", type=Path, help="checkpoint; training goes on from it where it is there")
    parser.add_argument("--init", type=Path, help="folder of an exported reader to begin with")
    parser.add_argument("--rows", type=int, default=10 ** 9), parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--minutes", type=float, default=0, help="plan the learning rate by time and stop then (0: by rows)")
    parser.add_argument("--lr", type=float, default=1.2e-4), parser.add_argument("--head-lr", type=float, default=6e-4)
    parser.add_argument("--batch", type=int, default=24), parser.add_argument("--most", type=int, default=256)
    parser.add_argument("--frozen", type=int, default=2), parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--warm", type=float, default=0.04, help="share of the plan in which the learning rate rises")
    parser.add_argument("--device", default="auto"), parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=2), parser.add_argument("--save-every", type=float, default=240, help="seconds")
    args = parser.parse_args()
    random.seed(args.seed), torch.manual_seed(args.seed), torch.set_num_threads(args.threads)
    device, tokenizer = best_device(args.device), load_tokenizer(args.base)
    rows = [json.loads(line) for line in args.rows_file.open()][:args.rows]
    model = Reader(args.base, args.frozen, args.dropout)
    if args.init:
        model.take(load_file(args.init / "model.safetensors"))
    model.to(device).train()
    heads = [*model.span.parameters(), *model.answers.parameters()]
    body = [p for layer in model.layers[args.frozen:] for p in layer.parameters()]
    optimizer = torch.optim.AdamW([{"params": body, "lr": args.lr}, {"params": heads, "lr": args.head_lr}], weight_decay=0.01, fused=True)
    seen, before = 0, 0.0
    if args.out.exists():
        state = torch.load(args.out, map_location=device)
        model.take(state["weights"]), optimizer.load_state_dict(state["optimizer"])
        before = state["seconds"]
        seen = state["seen"] if state["rows_file"] == str(args.rows_file) else 0
    begun = saved = time.time()
    steps = tokens = 0
    recent: dict[str, list[float]] = defaultdict(list)

    def save() -> None:
        part = args.out.with_suffix(".part")
        torch.save({"weights": model.trained(), "optimizer": optimizer.state_dict(), "seen": seen,
                    "seconds": before + time.time() - begun, "rows_file": str(args.rows_file), "frozen": args.frozen}, part)
        part.replace(args.out)

    for after, batch in batches(rows, tokenizer, args, seen):
        spent = before + time.time() - begun
        progress = spent / (args.minutes * 60) if args.minutes else seen / (len(rows) * args.epochs)
        if progress >= 1:
            break
        scale = min(1.0, progress / args.warm + 0.02) * max(0.0, 1 - progress) / (1 - args.warm)
        for group, peak in zip(optimizer.param_groups, (args.lr, args.head_lr)):
            group["lr"] = peak * scale
        judged, span = losses(model, batch, device)
        (judged + span).backward()
        torch.nn.utils.clip_grad_norm_(body + heads, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seen, steps, tokens = after, steps + 1, tokens + sum(len(r.ids) for r in batch)
        recent["answerable"].append(judged.item()), recent["span"].append(span.item())
        if steps % 20 == 0:
            means = ", ".join(f"{k} {sum(v) / len(v):.3f}" for k, v in recent.items())
            print(f"{time.strftime('%H:%M:%S')} {seen} rows, {progress:.3f}: {means}; {tokens / (time.time() - begun):.0f} tokens/s", flush=True)
            recent.clear()
        if time.time() - saved > args.save_every:
            save()
            saved = time.time()
    save()
    print(f"done: {seen} rows", flush=True)


if __name__ == "__main__":
    main()
