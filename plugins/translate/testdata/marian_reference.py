"""Marian's Transformer with simpler recurrent units, by hand in NumPy.

Written from the papers (Vaswani et al. 2017; Kim et al., "From Research to Production and Back",
2019, for the unit) and from the layout of the files; shares nothing with the plugin. float64
throughout, weights dequantised.
"""
import pathlib
import struct

import numpy as np

INT8 = 0x4101
F32 = 0x404
BYTES = 0x101


def read_items(path):
    """The items of a model file: name to array; of "special:model.yml" the text."""
    data = pathlib.Path(path).read_bytes()
    version, count = struct.unpack_from("<QQ", data, 0)
    assert version == 1
    at = 16
    heads = [struct.unpack_from("<QQQQ", data, at + 32 * i) for i in range(count)]
    at += 32 * count
    names = []
    for head in heads:
        names.append(data[at:at + head[0] - 1].decode())
        at += head[0]
    shapes = []
    for head in heads:
        shapes.append(struct.unpack_from(f"<{head[2]}i", data, at))
        at += 4 * head[2]
    (padding,) = struct.unpack_from("<Q", data, at)
    at += 8 + padding
    out = {}
    for (_, kind, _, size), name, shape in zip(heads, names, shapes):
        raw = data[at:at + size]
        at += size
        elements = int(np.prod(shape))
        if kind == BYTES:
            out[name] = raw.rstrip(b"\0").decode()
        elif kind == F32:
            out[name] = np.frombuffer(raw, "<f4", elements).reshape(shape).astype(np.float64)
        elif kind == INT8:
            values = np.frombuffer(raw, np.int8, elements).astype(np.float64)
            (scale,) = struct.unpack_from("<f", raw, elements)
            values /= scale
            # Matrices are kept transposed, tables of embeddings are not.
            if "Wemb" in name:
                out[name] = values.reshape(shape)
            else:
                out[name] = values.reshape(shape[::-1]).T
        else:
            raise ValueError(f"{name}: type {kind:#x}")
    return out


def config_of(items):
    """The flat keys of the YAML text; lists and nested keys are not needed."""
    out = {}
    for line in items["special:model.yml"].splitlines():
        if ":" in line and not line.startswith(" "):
            key, value = line.split(":", 1)
            out[key] = value.strip().strip('"')
    return out


def layer_norm(x, scale, bias):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-6) * scale + bias


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def positions(count, size, start=0):
    half = size // 2
    rates = np.exp(-np.log(10000) / (half - 1) * np.arange(half))
    angles = np.arange(start, start + count)[:, None] * rates[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], -1)


class Model:
    def __init__(self, path):
        self.w = read_items(path)
        config = config_of(self.w)
        self.heads = int(config["transformer-heads"])
        self.encoder_depth = int(config["enc-depth"])
        self.decoder_depth = int(config["dec-depth"])
        self.size = int(config["dim-emb"])
        self.source = self.w.get("encoder_Wemb", self.w.get("Wemb"))
        self.target = self.w.get("decoder_Wemb", self.w.get("Wemb"))

    def norm(self, x, prefix):
        return layer_norm(x, self.w[prefix + "_ln_scale"], self.w[prefix + "_ln_bias"])

    def affine(self, x, prefix, name):
        return x @ self.w[f"{prefix}_W{name}"] + self.w[f"{prefix}_b{name}"]

    def attention(self, x, memory, prefix):
        def split(y):
            return y.reshape(len(y), self.heads, -1).transpose(1, 0, 2)
        q = split(self.affine(x, prefix, "q"))
        k = split(self.affine(memory, prefix, "k"))
        v = split(self.affine(memory, prefix, "v"))
        weights = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]))
        joined = (weights @ v).transpose(1, 0, 2).reshape(len(x), -1)
        return self.norm(x + self.affine(joined, prefix, "o"), prefix + "_Wo")

    def ffn(self, x, prefix):
        inner = np.maximum(self.affine(x, prefix, "1"), 0)
        return self.norm(x + self.affine(inner, prefix, "2"), prefix + "_ffn")

    def encode(self, ids):
        """ids with the end of sentence: the encoder's output, [tokens, size]."""
        x = self.source[ids] * np.sqrt(self.size) + positions(len(ids), self.size)
        for layer in range(1, self.encoder_depth + 1):
            x = self.attention(x, x, f"encoder_l{layer}_self")
            x = self.ffn(x, f"encoder_l{layer}_ffn")
        return x

    def start(self):
        return [np.zeros(self.size) for _ in range(self.decoder_depth)]

    def step(self, memory, states, last, position):
        """One token on: the decoder's output before the logits, and the new states.
        `last`: the token before, or None at the start."""
        x = np.zeros(self.size) if last is None else self.target[last] * np.sqrt(self.size)
        x = (x + positions(1, self.size, position)[0])[None, :]
        after = []
        for layer in range(1, self.decoder_depth + 1):
            prefix = f"decoder_l{layer}"
            gate = sigmoid(x @ self.w[prefix + "_rnn_Wf"] + self.w[prefix + "_rnn_bf"])
            state = gate * states[layer - 1] + (1 - gate) * (x @ self.w[prefix + "_rnn_W"])
            after.append(state[0])
            x = self.norm(x + np.maximum(state, 0), prefix + "_rnn_ffn")
            x = self.attention(x, memory, prefix + "_context")
            x = self.ffn(x, prefix + "_ffn")
        return x[0], after

    def logits(self, x, words):
        return self.target[words] @ x + self.w["decoder_ff_logit_out_b"][0, words]

    def greedy(self, ids, words, most=None):
        """The likeliest token at each step, out of `words`, without the end of sentence (0). Token
        1, which stands for what is not known, is never written."""
        words = words[words != 1]
        memory = self.encode(ids)
        states, out, last = self.start(), [], None
        for position in range(most or int(2.5 * len(ids)) + 1):
            x, states = self.step(memory, states, last, position)
            last = int(words[np.argmax(self.logits(x, words))])
            if last == 0:
                break
            out.append(last)
        return out

    def beam(self, ids, words, width, power=1.0):
        """The best translation of `width` that are written at once; as many fewer once some have
        ended. Scores are mean logarithms of the probabilities. Token 1 is never written."""
        memory = self.encode(ids)
        drafts, finished = [([], 0.0, self.start())], []
        most = int(2.5 * len(ids)) + 1
        for position in range(most):
            found = []
            for tokens, score, states in drafts:
                x, after = self.step(memory, states, tokens[-1] if tokens else None, position)
                logits = self.logits(x, words)
                logs = logits - logits.max()
                logs -= np.log(np.exp(logs).sum())
                found += [(score + logs[i], tokens + [int(words[i])], after)
                          for i in range(len(words)) if words[i] != 1]
            found.sort(key=lambda one: -one[0])
            drafts = []
            for score, tokens, after in found[:width - len(finished)]:
                if tokens[-1] == 0:
                    finished.append((score / len(tokens) ** power, tokens[:-1]))
                elif len(tokens) < most:
                    drafts.append((tokens, score, after))
                else:
                    finished.append((score / len(tokens) ** power, tokens))
            if not drafts:
                break
        return max(finished, key=lambda one: one[0])[1]


class Shortlist:
    def __init__(self, path):
        data = pathlib.Path(path).read_bytes()
        magic, _, self.first, _, offsets, words = struct.unpack_from("<6Q", data, 0)
        assert magic == 0xF11A48D5013417F5
        self.offsets = np.frombuffer(data, "<u8", offsets, 48)
        self.words = np.frombuffer(data, "<u4", words, 48 + 8 * offsets)

    def of(self, ids):
        out = set(range(self.first))
        for token in ids:
            out.update(self.words[self.offsets[token]:self.offsets[token + 1]].tolist())
        return np.array(sorted(out))
