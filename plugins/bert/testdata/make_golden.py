#!/usr/bin/env python3
"""Makes the golden data of the BERT embedder's tests.

The reference is written here in NumPy, in float64, from the papers' formulas, and shares nothing
with the plugin. Needs numpy, safetensors, tokenizers and onnx:

    python3 make_golden.py ~/.cache/lectern/models/all-MiniLM-L6-v2

Writes beside itself:
    minilm.json, minilm.f32   texts with their token ids; one vector (mean, normalised) each
    bert/ distilbert/ roberta/  tiny models with random weights, their ids and vectors of all
                                poolings in expected.json
    dense/                      layers behind the pooling of bert/, each with expected.json
    onnx/                       a two-table model.onnx with expected.json
"""
import json
import math
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

HERE = pathlib.Path(__file__).parent
erf = np.vectorize(math.erf)

ENGLISH = (
    "Search by meaning finds a passage even when it shares no word with the question. An encoder "
    "reads the passage and gives a vector; the question gets a vector in the same space, and the "
    "nearest passages are the answer. What matters is how the encoder was trained, how long the "
    "passages are, and whether the vectors are compared by their angle. ")

TEXTS = [
    "BERT", "GPT writes.", "Why is BERT not GPT?", "hello world", "a", "1234567890", "C++ 20 & TBB",
    "The cat sat on the mat.",
    "An encoder reads text in both directions; a decoder writes it from left to right.",
    "Der Transformer kommt ohne Rekurrenz aus.", "Où est la bibliothèque ?", "¿Qué es un vector?",
    "機械はどうやって読むのか", "什么是词向量?", "Что такое внимание?", "Τι είναι ένα διάνυσμα;",
    "ما هو المحول؟", "הקשב הוא כל מה שצריך", "ध्यान क्या है?", "주의 메커니즘", "🙂🚀 emoji only 🙂",
    ENGLISH, ENGLISH * 2, ENGLISH * 5,
]


def layer_norm(x, weight, bias, epsilon):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon) * weight + bias


ACTIVATIONS = {
    "gelu": lambda x: x * 0.5 * (1 + erf(x / math.sqrt(2))),
    "gelu_new": lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "relu": lambda x: np.maximum(x, 0),
}

BERT_NAMES = ("encoder.layer.{}.", "attention.self.query", "attention.self.key",
              "attention.self.value", "attention.output.dense", "attention.output.LayerNorm",
              "intermediate.dense", "output.dense", "output.LayerNorm")
DISTILBERT_NAMES = ("transformer.layer.{}.", "attention.q_lin", "attention.k_lin",
                    "attention.v_lin", "attention.out_lin", "sa_layer_norm", "ffn.lin1", "ffn.lin2",
                    "output_layer_norm")


def shape_of(config):
    if config["model_type"] == "distilbert":
        return (config["n_layers"], config["n_heads"], config["activation"], 1e-12,
                DISTILBERT_NAMES, 0)
    first = config["pad_token_id"] + 1 if config["model_type"] == "roberta" else 0
    return (config["num_hidden_layers"], config["num_attention_heads"], config["hidden_act"],
            config["layer_norm_eps"], BERT_NAMES, first)


def hidden_state(config, weights, ids, types=0):
    """The last hidden state of one sequence without padding, [tokens, hidden]."""
    layers, heads, activation, epsilon, names, first = shape_of(config)
    w = {name: value.astype(np.float64) for name, value in weights.items()}

    def dense(name, x):
        return x @ w[name + ".weight"].T + w[name + ".bias"]

    def norm(name, x):
        return layer_norm(x, w[name + ".weight"], w[name + ".bias"], epsilon)

    n = len(ids)
    x = w["embeddings.word_embeddings.weight"][ids]
    x = x + w["embeddings.position_embeddings.weight"][first:first + n]
    if "embeddings.token_type_embeddings.weight" in w:
        x = x + w["embeddings.token_type_embeddings.weight"][types]
    x = norm("embeddings.LayerNorm", x)
    for layer in range(layers):
        p = names[0].format(layer)
        q, k, v = (dense(p + name, x).reshape(n, heads, -1).transpose(1, 0, 2)
                   for name in names[1:4])
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        context = (scores @ v).transpose(1, 0, 2).reshape(n, -1)
        x = norm(p + names[5], x + dense(p + names[4], context))
        inner = ACTIVATIONS[activation](dense(p + names[6], x))
        x = norm(p + names[8], x + dense(p + names[7], inner))
    return x


POOLINGS = ("mean", "cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")


def joined(hidden, kinds):
    """Poolings one behind the other, of any length."""
    places = np.arange(1, len(hidden) + 1)
    each = {"mean": hidden.mean(0), "cls": hidden[0], "max": hidden.max(0),
            "mean_sqrt_len_tokens": hidden.sum(0) / math.sqrt(len(hidden)),
            "weightedmean": (hidden * places[:, None]).sum(0) / places.sum(),
            "lasttoken": hidden[-1]}
    return np.concatenate([each[kind] for kind in kinds])


def unit(vector):
    return vector / np.linalg.norm(vector)


def pooled(hidden, kind):
    return unit(joined(hidden, [kind]))


def make_minilm(folder):
    config = json.loads((folder / "config.json").read_text())
    weights = load_file(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    ids = [tokenizer.encode(text).ids for text in TEXTS]
    vectors = np.array([pooled(hidden_state(config, weights, i), "mean") for i in ids])
    rows = [json.dumps({"text": t, "ids": i}, ensure_ascii=False) for t, i in zip(TEXTS, ids)]
    (HERE / "minilm.json").write_text("[\n" + ",\n".join(rows) + "\n]\n")
    vectors.astype("<f4").tofile(HERE / "minilm.f32")


def random_weights(rng, names, layers, hidden, inner, tables):
    def noise(*shape):
        return (rng.standard_normal(shape) * 0.3).astype(np.float32)

    weights = {f"embeddings.{name}.weight": noise(rows, hidden) for name, rows in tables.items()}
    norms = ["embeddings.LayerNorm"]
    for layer in range(layers):
        p = names[0].format(layer)
        norms += [p + names[5], p + names[8]]
        for name in names[1:5]:
            weights[p + name + ".weight"] = noise(hidden, hidden)
            weights[p + name + ".bias"] = noise(hidden)
        weights[p + names[6] + ".weight"] = noise(inner, hidden)
        weights[p + names[6] + ".bias"] = noise(inner)
        weights[p + names[7] + ".weight"] = noise(hidden, inner)
        weights[p + names[7] + ".bias"] = noise(hidden)
    for name in norms:
        weights[name + ".weight"] = 1 + noise(hidden)
        weights[name + ".bias"] = noise(hidden)
    return weights


def rounded(vector):
    return [round(float(x), 6) for x in vector]


def make_tiny(kind, config, names, tables, hidden, prefix, seed):
    """A random model: a folder with config.json, model.safetensors and expected.json."""
    rng = np.random.default_rng(seed)
    weights = random_weights(rng, names, 2, hidden, 2 * hidden, tables)
    folder = HERE / kind
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    save_file({prefix + name: value for name, value in weights.items()},
              folder / "model.safetensors", metadata={"format": "pt"})
    ids = [[2, 5, 3], [2, 7, 9, 11, 13, 3], [2] + list(range(4, 18)) + [3], [2, 3]]
    expected = {"ids": ids}
    states = [hidden_state(config, weights, i) for i in ids]
    for pooling in POOLINGS:
        expected[pooling] = [rounded(pooled(state, pooling)) for state in states]
    expected["cls+mean"] = [rounded(unit(joined(state, ["cls", "mean"]))) for state in states]
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


def make_tiny_models():
    bert = {"model_type": "bert", "hidden_size": 16, "num_hidden_layers": 2,
            "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 20,
            "max_position_embeddings": 24, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
            "hidden_act": "gelu_new", "position_embedding_type": "absolute", "pad_token_id": 0}
    tables = {"word_embeddings": 20, "position_embeddings": 24, "token_type_embeddings": 2}
    make_tiny("bert", bert, BERT_NAMES, tables, 16, "0.auto_model.", 1)
    roberta = dict(bert, model_type="roberta", hidden_act="gelu", pad_token_id=1,
                   type_vocab_size=1, layer_norm_eps=1e-5)
    make_tiny("roberta", roberta, BERT_NAMES, dict(tables, token_type_embeddings=1), 16,
              "roberta.", 2)
    distilbert = {"model_type": "distilbert", "dim": 16, "n_layers": 2, "n_heads": 2,
                  "hidden_dim": 32, "vocab_size": 20, "max_position_embeddings": 24,
                  "activation": "relu", "pad_token_id": 0}
    make_tiny("distilbert", distilbert, DISTILBERT_NAMES,
              {"word_embeddings": 20, "position_embeddings": 24}, 16, "distilbert.", 3)


DENSE_ACTIVATIONS = {"activation.Tanh": np.tanh, "activation.GELU": ACTIVATIONS["gelu"],
                     "activation.ReLU": ACTIVATIONS["relu"], "linear.Identity": lambda x: x,
                     "activation.Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
                     "activation.SiLU": lambda x: x / (1 + np.exp(-x))}


def make_dense(kind, poolings, in_features, out_features, activation, bias, residual, seed):
    """A layer behind poolings of bert/; residual is None where the configuration does not name it,
    as before version 5.4."""
    rng = np.random.default_rng(seed)
    bert = HERE / "bert"
    config = json.loads((bert / "config.json").read_text())
    encoder = {name.removeprefix("0.auto_model."): value
               for name, value in load_file(bert / "model.safetensors").items()}
    weights = {"linear.weight": rng.standard_normal((out_features, in_features)) * 0.3}
    if bias:
        weights["linear.bias"] = rng.standard_normal(out_features) * 0.3
    if residual and in_features != out_features:
        weights["residual.weight"] = rng.standard_normal((out_features, in_features)) * 0.3
    weights = {name: value.astype(np.float32) for name, value in weights.items()}
    layer = {"in_features": in_features, "out_features": out_features, "bias": bias,
             "activation_function": "torch.nn.modules." + activation}
    if residual is not None:
        layer |= {"module_input_name": "sentence_embedding",
                  "module_output_name": "sentence_embedding", "use_residual": residual}
    folder = HERE / "dense" / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(layer, indent=4) + "\n")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    ids = json.loads((bert / "expected.json").read_text())["ids"]
    vectors = []
    for i in ids:
        x = joined(hidden_state(config, encoder, i), poolings)
        y = x @ weights["linear.weight"].astype(np.float64).T + weights.get("linear.bias", 0)
        y = DENSE_ACTIVATIONS[activation](y)
        if residual:
            y = y + (x if in_features == out_features
                     else x @ weights["residual.weight"].astype(np.float64).T)
        vectors.append(rounded(unit(y)))
    expected = {"ids": ids, "pooling": poolings, "vectors": vectors}
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


def make_dense_layers():
    make_dense("tanh", ["mean"], 16, 8, "activation.Tanh", True, None, 11)
    make_dense("identity", ["mean"], 16, 8, "linear.Identity", False, None, 12)
    make_dense("joined", ["cls", "mean"], 32, 8, "activation.ReLU", True, False, 13)
    make_dense("residual", ["lasttoken"], 16, 16, "activation.GELU", True, True, 14)
    make_dense("projected", ["cls"], 16, 8, "activation.SiLU", True, True, 15)
    make_dense("sigmoid", ["cls"], 16, 8, "activation.Sigmoid", True, False, 16)


def make_onnx():
    """last_hidden_state = words[ids] + types[token types]; enough to test inputs and outputs."""
    rng = np.random.default_rng(4)
    words = rng.standard_normal((20, 8)).astype(np.float32)
    types = rng.standard_normal((2, 8)).astype(np.float32)
    ints = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
            for name in ("input_ids", "attention_mask", "token_type_ids")]
    out = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT,
                                        ["batch", "tokens", 8])
    nodes = [helper.make_node("Gather", ["words", "input_ids"], ["w"]),
             helper.make_node("Gather", ["types", "token_type_ids"], ["t"]),
             helper.make_node("Unsqueeze", ["attention_mask", "axis"], ["m"]),
             helper.make_node("Cast", ["m"], ["f"], to=TensorProto.FLOAT),
             helper.make_node("Add", ["w", "t"], ["s"]),
             helper.make_node("Mul", ["s", "f"], ["last_hidden_state"])]
    tensors = [numpy_helper.from_array(words, "words"), numpy_helper.from_array(types, "types"),
               numpy_helper.from_array(np.array([2]), "axis")]
    graph = helper.make_graph(nodes, "tiny", ints, [out], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    folder = HERE / "onnx"
    folder.mkdir(exist_ok=True)
    onnx.save(model, str(folder / "model.onnx"))
    ids = [[2, 5, 3], [2, 7, 9, 11, 3]]
    expected = {"ids": ids}
    states = [(words[i] + types[0]).astype(np.float64) for i in ids]
    for pooling in POOLINGS:
        expected[pooling] = [rounded(pooled(state, pooling)) for state in states]
    expected["cls+mean"] = [rounded(unit(joined(state, ["cls", "mean"]))) for state in states]
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    make_minilm(pathlib.Path(sys.argv[1]).expanduser())
    make_tiny_models()
    make_dense_layers()
    make_onnx()
