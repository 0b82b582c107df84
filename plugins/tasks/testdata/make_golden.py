#!/usr/bin/env python3
"""Makes the models of the task plugin's tests and the values that they must give.

The reference is NumPy in float64 (hidden_state of ../../bert/testdata/make_golden.py, and the heads
below) and shares nothing with the plugin. Needs numpy, safetensors and onnx:

    python3 make_golden.py

Writes beside itself:
    reranker/    one label, random weights: scores of pairs in expected.json
    two-labels/  the same with two labels
    spans/       start and end of an answer, random weights: logits of pairs in expected.json
    answers/     the same, with weights set by hand: an answer is one of the words in ANSWERS, or
                 several side by side; a passage without such a word has none
    inference/   three labels, weights set by hand: a pair with "not" is a contradiction, else one
                 with "maybe" is neutral, else the premise entails the hypothesis
    lstm/        an LSTM over words.txt that adds up good and bad words: two labels a text
    rnn/         a recurrent network over words.txt that labels each word; exported for one text at a
                 time, as such networks often are
                 (weights.json of both: the tests compute them again in plain loops)
"""
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "bert" / "testdata"))
from make_golden import BERT_NAMES, hidden_state, random_weights  # noqa: E402

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
WORDS = ("the a of and is not in to was by with on what who when where which why how moon sea tide "
         "bread yeast dough rises mountain river bridge stone light water star rock city born died "
         "built maybe first second 1876 1923 paris london ada grace engine machine writes reads word").split()
VOCABULARY = SPECIAL + WORDS
MAX_TOKENS = 32

PAIRS = [
    ("why rises the tide", ["the moon", "yeast in the dough rises", "the sea and the moon and the tide",
                            "stone", "a river with a bridge of stone in london was built in 1876"]),
    ("who was born in 1923", ["ada was born in london", "grace died in 1923",
                              "the engine writes and the machine reads unknownword"]),
]


def ids_of(text):
    return [VOCABULARY.index(word) if word in VOCABULARY else 1 for word in text.split()]


def pair(first, second):
    """Token ids and types of [CLS] first [SEP] second [SEP]."""
    a, b = ids_of(first), ids_of(second)
    assert len(a) + len(b) + 3 <= MAX_TOKENS
    return [2] + a + [3] + b + [3], [0] * (len(a) + 2) + [1] * (len(b) + 1)


def config_of(labels, architecture, hidden=16, layers=2, heads=2):
    return {"architectures": [architecture], "model_type": "bert", "hidden_size": hidden,
            "num_hidden_layers": layers, "num_attention_heads": heads,
            "intermediate_size": 2 * hidden, "vocab_size": len(VOCABULARY),
            "max_position_embeddings": MAX_TOKENS, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
            "hidden_act": "gelu", "pad_token_id": 0,
            "id2label": {str(i): name for i, name in enumerate(labels)}}


def save(name, config, weights, head, expected):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    tensors = {"bert." + key: value for key, value in weights.items()}
    save_file({**tensors, **head}, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


def random_encoder(rng, config):
    tables = {"word_embeddings": len(VOCABULARY), "position_embeddings": MAX_TOKENS,
              "token_type_embeddings": 2}
    hidden = config["hidden_size"]
    return random_weights(rng, BERT_NAMES, config["num_hidden_layers"], hidden, 2 * hidden, tables)


def noise(rng, scale, *shape):
    return (rng.standard_normal(shape) * scale).astype(np.float32)


def sequence_logits(config, weights, pooler, classifier, first, second):
    ids, types = pair(first, second)
    state = hidden_state(config, weights, ids, types)[0]
    pooled = np.tanh(state @ pooler[0].T.astype(np.float64) + pooler[1])
    return pooled @ classifier[0].T.astype(np.float64) + classifier[1]


def make_reranker(name, labels, seed):
    rng = np.random.default_rng(seed)
    config = config_of(labels, "BertForSequenceClassification")
    weights = random_encoder(rng, config)
    pooler = noise(rng, 0.4, 16, 16), noise(rng, 0.2, 16)
    classifier = noise(rng, 0.8, len(labels), 16), noise(rng, 0.2, len(labels))
    queries = []
    for query, passages in PAIRS:
        logits = [sequence_logits(config, weights, pooler, classifier, query, p) for p in passages]
        scores = [1 / (1 + np.exp(-(x[0] if len(labels) == 1 else x[1] - x[0]))) for x in logits]
        queries.append({"query": query, "passages": passages,
                        "scores": [round(float(s), 6) for s in scores]})
    head = {"bert.pooler.dense.weight": pooler[0], "bert.pooler.dense.bias": pooler[1],
            "classifier.weight": classifier[0], "classifier.bias": classifier[1]}
    save(name, config, weights, head, queries)


def make_spans():
    rng = np.random.default_rng(13)
    config = config_of(["LABEL_0", "LABEL_1"], "BertForQuestionAnswering")
    weights = random_encoder(rng, config)
    head = {"qa_outputs.weight": noise(rng, 1.0, 2, 16), "qa_outputs.bias": noise(rng, 0.2, 2)}
    rows = []
    for question, passages in PAIRS:
        for passage in passages:
            ids, types = pair(question, passage)
            logits = hidden_state(config, weights, ids, types) @ head["qa_outputs.weight"].T.astype(
                np.float64) + head["qa_outputs.bias"]
            rows.append({"ids": ids, "types": types,
                         "logits": [round(float(x), 6) for x in logits.reshape(-1)]})
    save("spans", config, weights, head, rows)


def plain_encoder(config, features):
    """One layer that adds the mean of all tokens' `mixed` features to every token, and nothing else.

    `features`: word -> its row of the embedding table; every other word has the last row of it.
    """
    hidden = config["hidden_size"]
    zero = np.zeros((hidden, hidden), np.float32)
    names = BERT_NAMES
    weights = {"embeddings.word_embeddings.weight": np.array(
                   [features.get(word, features[None]) for word in VOCABULARY], np.float32),
               "embeddings.position_embeddings.weight": np.zeros((MAX_TOKENS, hidden), np.float32),
               "embeddings.token_type_embeddings.weight": np.zeros((2, hidden), np.float32)}
    p = names[0].format(0)
    for name in ("embeddings.LayerNorm", p + names[5], p + names[8]):
        weights[name + ".weight"] = np.ones(hidden, np.float32)
        weights[name + ".bias"] = np.zeros(hidden, np.float32)
    for name in names[1:5]:
        weights[p + name + ".weight"] = zero
        weights[p + name + ".bias"] = np.zeros(hidden, np.float32)
    weights[p + names[6] + ".weight"] = np.zeros((2 * hidden, hidden), np.float32)
    weights[p + names[6] + ".bias"] = np.zeros(2 * hidden, np.float32)
    weights[p + names[7] + ".weight"] = np.zeros((hidden, 2 * hidden), np.float32)
    weights[p + names[7] + ".bias"] = np.zeros(hidden, np.float32)
    return weights


ANSWERS = ["1876", "1923", "paris", "london", "ada", "grace"]


def make_answers():
    config = config_of(["LABEL_0", "LABEL_1"], "BertForQuestionAnswering", hidden=8, layers=1)
    # Feature 0: may be an answer; 1: [CLS]. The rest keeps the layer norms of all words alike.
    word = [0, 0, 1, 1, -1, -1, 0, 0]
    features = {None: word, "[CLS]": [0, 2] + word[2:]}
    features.update({name: [2, 0] + word[2:] for name in ANSWERS})
    weights = plain_encoder(config, features)
    # An answer's token: about 5 as start and as end; [CLS]: about 2; every other word: below 0.
    head = np.zeros((2, 8), np.float32)
    head[:, 0], head[:, 1] = 4, 2
    bias = np.array([-1, -1], np.float32)
    rows = []
    for text in ["[CLS] the moon", "[CLS] ada was born in london"]:
        ids = [VOCABULARY.index(w) for w in text.split()]
        logits = hidden_state(config, weights, ids) @ head.T + bias
        rows.append({"ids": ids, "types": [0] * len(ids),
                     "logits": [round(float(x), 6) for x in logits.reshape(-1)]})
    save("answers", config, weights, {"qa_outputs.weight": head, "qa_outputs.bias": bias}, rows)


INFERENCES = [
    ("the moon rises", "the moon rises", "entailment"),
    ("the tide rises with the moon and the sea", "the tide rises", "entailment"),
    ("the bridge was built in 1876", "the bridge is a bridge maybe", "neutral"),
    ("ada was born in london", "ada was not born in london", "contradiction"),
    ("a river with a bridge of stone in london was built in 1876", "the bridge is not of stone in "
     "london and not by the river", "contradiction"),
    ("maybe not", "the moon", "contradiction"),
]


def make_inference():
    labels = ["contradiction", "entailment", "neutral"]
    config = config_of(labels, "BertForSequenceClassification", hidden=8, layers=1)
    word = [0, 0, 1, 1, -1, -1, 0, 0]
    features = {None: word, "not": [4, 0] + word[2:], "maybe": [0, 4] + word[2:]}
    weights = plain_encoder(config, features)
    # Attention looks at all tokens alike; their mean features 0 and 1 go to every token, enlarged.
    p = BERT_NAMES[0].format(0)
    value = np.zeros((8, 8), np.float32)
    value[0, 0] = value[1, 1] = 30
    weights[p + BERT_NAMES[3] + ".weight"] = value
    weights[p + BERT_NAMES[4] + ".weight"] = np.eye(8, dtype=np.float32)
    pooler = np.zeros((8, 8), np.float32)
    pooler[0, 0] = pooler[1, 1] = 4
    bias = np.zeros(8, np.float32)
    bias[:2], bias[2] = -2, 5  # feature 2 of the pooler is always 1
    classifier = np.zeros((3, 8), np.float32)
    classifier[0, 0], classifier[0, 2] = 6, 2      # contradiction: 8 or -4
    classifier[2, 1] = 4                           # neutral: 4 or -4
    rows = []
    for premise, hypothesis, wanted in INFERENCES:
        logits = sequence_logits(config, weights, (pooler, bias), (classifier, 0), premise,
                                 hypothesis)
        shares = np.exp(logits) / np.exp(logits).sum()
        assert labels[int(shares.argmax())] == wanted, (premise, hypothesis, shares)
        assert shares.max() > 0.9, (premise, hypothesis, shares)
        rows.append({"premise": premise, "hypothesis": hypothesis, "label": wanted,
                     "probabilities": {name: round(float(x), 6)
                                       for name, x in zip(labels, shares)}})
    head = {"bert.pooler.dense.weight": pooler, "bert.pooler.dense.bias": bias,
            "classifier.weight": classifier, "classifier.bias": np.zeros(3, np.float32)}
    save("inference", config, weights, head, rows)


WORD_LIST = ["<pad>", "<unk>", "good", "fine", "bad", "awful", "bread", "ada", "grace", "paris",
             "london", "the", "is", "in"]


def save_recurrent(name, nodes, tensors, batch, output, weights, labels):
    ids = helper.make_tensor_value_info("words", TensorProto.INT64, [batch, "tokens"])
    out = helper.make_tensor_value_info("scores", TensorProto.FLOAT, output)
    constants = [numpy_helper.from_array(np.asarray(value), key) for key, value in tensors.items()]
    graph = helper.make_graph(nodes, name, [ids], [out], constants)
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8),
              str(folder / "model.onnx"))
    (folder / "words.txt").write_text("\n".join(WORD_LIST) + "\n")
    plain = {key: np.asarray(value, np.float64).round(6).tolist() for key, value in weights.items()}
    (folder / "weights.json").write_text(json.dumps({**plain, "labels": labels}) + "\n")


def make_lstm():
    # Feature 0: good words 1, bad words -1; feature 1: some noise.
    value = {"good": 1.0, "fine": 0.6, "bad": -1.0, "awful": -1.4}
    words = np.array([[value.get(word, 0), 0.1 * (i % 5) - 0.2] for i, word in enumerate(WORD_LIST)],
                     np.float32)
    rng = np.random.default_rng(14)
    w, r = noise(rng, 0.1, 1, 8, 2), noise(rng, 0.1, 1, 8, 2)
    b = noise(rng, 0.1, 1, 16)
    w[0, 6, 0] = 0.8  # gates in the order input, output, forget, cell; two units each
    b[0, 0:6] += 2    # open gates
    out_w, out_b = np.array([[-3, 3], [0.2, -0.1]], np.float32), np.array([0.1, 0], np.float32)
    nodes = [helper.make_node("Gather", ["table", "words"], ["embedded"]),
             helper.make_node("Transpose", ["embedded"], ["steps"], perm=[1, 0, 2]),
             helper.make_node("LSTM", ["steps", "w", "r", "b"], ["all", "last"], hidden_size=2),
             helper.make_node("Squeeze", ["last", "axis"], ["state"]),
             helper.make_node("Gemm", ["state", "out_w", "out_b"], ["scores"])]
    tensors = {"table": words, "w": w, "r": r, "b": b, "axis": np.array([0]), "out_w": out_w,
               "out_b": out_b}
    weights = {"table": words, "w": w[0], "r": r[0], "b": b[0], "out_w": out_w, "out_b": out_b}
    save_recurrent("lstm", nodes, tensors, "batch", ["batch", 2], weights, ["negative", "positive"])


def make_rnn():
    person, place = ["ada", "grace"], ["paris", "london"]
    words = np.array([[1.5 * (w in person), 1.5 * (w in place), 0.1] for w in WORD_LIST], np.float32)
    rng = np.random.default_rng(15)
    w = (np.eye(3)[None] + noise(rng, 0.05, 1, 3, 3)).astype(np.float32)
    r, b = noise(rng, 0.1, 1, 3, 3), noise(rng, 0.05, 1, 6)
    out_w = np.array([[-2, 4, 0], [-2, 0, 4], [6, 0, 0]], np.float32)  # rows: units
    out_b = np.array([1, 0, 0], np.float32)
    nodes = [helper.make_node("Gather", ["table", "words"], ["embedded"]),
             helper.make_node("Transpose", ["embedded"], ["steps"], perm=[1, 0, 2]),
             helper.make_node("RNN", ["steps", "w", "r", "b", "", "first"], ["all", "last"],
                              hidden_size=3),
             helper.make_node("Squeeze", ["all", "axis"], ["states"]),
             helper.make_node("Transpose", ["states"], ["rows"], perm=[1, 0, 2]),
             helper.make_node("MatMul", ["rows", "out_w"], ["product"]),
             helper.make_node("Add", ["product", "out_b"], ["scores"])]
    tensors = {"table": words, "w": w, "r": r, "b": b, "first": np.zeros((1, 1, 3), np.float32),
               "axis": np.array([1]), "out_w": out_w, "out_b": out_b}
    weights = {"table": words, "w": w[0], "r": r[0], "b": b[0], "out_w": out_w, "out_b": out_b}
    save_recurrent("rnn", nodes, tensors, 1, [1, "tokens", 3], weights, ["O", "PER", "LOC"])


if __name__ == "__main__":
    make_reranker("reranker", ["LABEL_0"], 11)
    make_reranker("two-labels", ["no", "yes"], 12)
    make_spans()
    make_answers()
    make_inference()
    make_lstm()
    make_rnn()
