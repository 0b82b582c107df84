"""Writes a trained reader as a folder in Hugging Face's form, with only what differs from the base model, in bf16.

    python3 export.py BASE OUT CHECKPOINT... [--calibration calibration.json] [--note "..."]

Of several checkpoints the mean of the weights is written: the last ones of a run, averaged, are better than the last.
"""
from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch
import xxhash
from safetensors.torch import save_file

MOST_BYTES = 25_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path), parser.add_argument("out", type=Path), parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--calibration", type=Path, help="what calibrate.py or fit_calibration.py wrote")
    parser.add_argument("--note", default="", help="how it was trained, for config.json")
    args = parser.parse_args()
    states = [torch.load(checkpoint, map_location="cpu") for checkpoint in args.checkpoints]
    config = json.loads((args.base / "config.json").read_text())
    for key in ("_name_or_path", "gradient_checkpointing", "transformers_version", "use_cache"):
        config.pop(key, None)
    calibration = json.loads(args.calibration.read_text()) if args.calibration else {"weight": 1.0, "bias": 0.0}
    config["architectures"] = ["BertForQuestionAnswering"]
    config["reader"] = {
        "base": "all-MiniLM-L6-v2",
        "base_sha256": hashlib.sha256((args.base / "model.safetensors").read_bytes()).hexdigest(),
        "base_xxh64": xxhash.xxh64((args.base / "model.safetensors").read_bytes()).hexdigest(),
        "calibration": calibration,
        "max_tokens": 256, "max_question_tokens": 48, "max_answer_tokens": 30,
        "trained": args.note or f"{max(state['seen'] for state in states)} rows",
    }
    args.out.mkdir(parents=True, exist_ok=True)
    tensors = {name: torch.stack([state["weights"][name].float() for state in states]).mean(0).to(torch.bfloat16)
               for name in states[0]["weights"]}
    part = args.out / "model.part"
    save_file(tensors, part, metadata={"format": "pt"})
    size = part.stat().st_size
    if size > MOST_BYTES:
        part.unlink()
        raise SystemExit(f"{size} bytes are more than {MOST_BYTES}: freeze more layers")
    part.chmod(0o644)
    part.replace(args.out / "model.safetensors")
    (args.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(f"{args.out}: {len(tensors)} tensors, {size} bytes")


if __name__ == "__main__":
    main()
