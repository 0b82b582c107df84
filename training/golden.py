"""Writes what the exported reader gives for a few pairs, to test another implementation against.

    python3 golden.py BASE READER GOLDEN.json

Computed in f32 from the weights as they are shipped (bf16). Spans are in bytes of the UTF-8 passage.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from encoding import load_tokenizer
from evaluate import LONGEST_SPAN, load, predict

PAIRS = (
    ("When did the Orion project start?", "The Orion project started in March 2019."),
    ("When did the Vega project start?", "The Orion project started in March 2019. The Vega project has a budget of 40,000 euros."),
    ("Which port does the server listen on by default?", "By default the server listens on port 8080. Use --bind to change the address."),
    ("Which port does git daemon use?", "* \"git daemon\" learned to log where it listens.\n* \"git log\" is faster on large histories."),
    ("What does -q do?", "-p, --port PORT   port to listen on (default 9418)\n-q, --quiet       print only errors\n-v, --verbose     print more messages"),
    ("Who wrote the café guide?", "Café guide: “Où boire à Genève” was written by Zoë Müller in 2011; it lists 80 cafés."),
    ("Why do leaves turn yellow in autumn?", "In autumn the green chlorophyll of leaves breaks down. The yellow carotenoids, which were hidden by it, become visible."),
    ("How do I install curl?", "Contents\n1 Introduction\n2 Installing curl\n3 Using curl with a proxy"),
    ("What is the capital of Australia?", "Notes: Geography: Canberra was chosen as the capital of Australia in 1908, as a compromise between Sydney and Melbourne."),
    ("Who discovered penicillin in 1935?", "Penicillin was discovered in 1928 by the Scottish scientist Alexander Fleming."),
    ("東京の人口は?", "東京 (Tokyo) has about 14 million people. 😀 It is the capital of Japan."),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path), parser.add_argument("reader", type=Path), parser.add_argument("out", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    calibration = json.loads((args.reader / "config.json").read_text())["reader"]["calibration"]
    rows = []
    tokenizer, model = load_tokenizer(args.base), load(args.base, args.reader)
    for question, passage in PAIRS:      # one by one: no padding
        logit, score, begin, end = predict(model, tokenizer, [(question, passage)], torch.device("cpu"), most=256)[0]
        rows.append({"question": question, "passage": passage, "answerable": round(logit, 5), "span_log_probability": round(score, 5),
                     "begin": len(passage[:begin].encode()), "end": len(passage[:end].encode()), "text": passage[begin:end]})
        print(f"{logit:7.3f} {score:7.3f}  {question} -> {passage[begin:end]!r}")
    args.out.write_text(json.dumps({"max_answer_tokens": LONGEST_SPAN, "calibration": calibration, "rows": rows}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
