#!/usr/bin/env python3
"""abstracts.py COUNT: BEIR rows of that many scientific abstracts on stdout, always the same.

With LECTERN_DATA they are the abstracts of the Cranfield collection, again and again with their sentences in
another order; without, sentences of the samples put together to the same lengths (about 240 tokens).
"""
import json
import os
import pathlib
import random
import re
import sys

count = int(sys.argv[1])
generator = random.Random(20)
data = os.environ.get("LECTERN_DATA")
abstracts = []
if data and pathlib.Path(data, "cranfield/corpus.jsonl").exists():
    with open(pathlib.Path(data, "cranfield/corpus.jsonl"), encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            sentences = [part.strip() for part in re.split(r"(?<=\.)\s", row["text"]) if part.strip()]
            if sentences:
                abstracts.append((row.get("title", ""), sentences))
else:
    samples = pathlib.Path(__file__).parents[2] / "samples"
    sentences = []
    for file in sorted(samples.glob("*.md")):
        text = re.sub(r"\s+", " ", file.read_text(encoding="utf-8"))
        sentences += [part for part in re.split(r"(?<=\.)\s", text) if 40 < len(part) < 400]
    for number in range(1400):
        length = max(200, generator.gauss(1000, 350))  # characters
        chosen = []
        while sum(map(len, chosen)) < length:
            chosen.append(generator.choice(sentences))
        abstracts.append((f"Abstract {number}", chosen))

for number in range(count):
    title, sentences = abstracts[number % len(abstracts)]
    if number >= len(abstracts):
        sentences = generator.sample(sentences, len(sentences))
    row = {"_id": f"abstract-{number}", "title": title, "text": f"{' '.join(sentences)} (No. {number}.)"}
    print(json.dumps(row, ensure_ascii=False))
