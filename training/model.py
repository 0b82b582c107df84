"""The reader: a BERT encoder that reads a question and a passage together, with three outputs."""
from __future__ import annotations

import json
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file

PARTS = (("out", "attention.output.dense"), ("norm1", "attention.output.LayerNorm"), ("up", "intermediate.dense"),
         ("down", "output.dense"), ("norm2", "output.LayerNorm"))


class Layer(nn.Module):
    """One BERT layer; query, key and value are one matrix, which is faster."""

    def __init__(self, hidden: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv, self.out = nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden)
        self.norm1, self.norm2 = nn.LayerNorm(hidden, 1e-12), nn.LayerNorm(hidden, 1e-12)
        self.up, self.down = nn.Linear(hidden, inner), nn.Linear(inner, hidden)

    def drop(self, x: torch.Tensor) -> torch.Tensor:
        return F.dropout(x, self.dropout, self.training) if self.dropout else x

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        b, n, h = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype)).transpose(1, 2).reshape(b, n, h)
        x = self.norm1(x + self.drop(self.out(a)))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Reader(nn.Module):
    """ids, types, mask [batch, tokens] -> start and end logits [batch, tokens], answerable logit [batch].

    The embeddings and the lowest `frozen` layers stay those of the base model: they cost no backward pass and
    need not be shipped.
    """

    def __init__(self, base: Path, frozen: int = 2, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = json.loads((base / "config.json").read_text())
        c, h = self.config, self.config["hidden_size"]
        self.frozen = frozen
        self.words = nn.Embedding(c["vocab_size"], h)
        self.places, self.types = nn.Embedding(c["max_position_embeddings"], h), nn.Embedding(2, h)
        self.norm = nn.LayerNorm(h, 1e-12)
        self.layers = nn.ModuleList(Layer(h, c["num_attention_heads"], c["intermediate_size"], dropout)
                                    for _ in range(c["num_hidden_layers"]))
        self.span, self.answers = nn.Linear(h, 2), nn.Linear(h, 1)
        for head in (self.span, self.answers):
            nn.init.normal_(head.weight, std=0.02), nn.init.zeros_(head.bias)
        self.take(load_file(base / "model.safetensors"))
        for part in (self.words, self.places, self.types, self.norm, *self.layers[:frozen]):
            part.requires_grad_(False)

    def take(self, tensors: dict[str, torch.Tensor]) -> None:
        """Overwrites what `tensors` (names as Hugging Face's BERT has them) holds."""
        own = {name: p for p, name in self.named()}
        for name, value in tensors.items():
            name = name if name.startswith(("bert.", "qa_outputs", "answerable")) else "bert." + name
            if name in own:
                own[name].data.copy_(value.float())

    def named(self) -> list[tuple[torch.Tensor, str]]:
        """Every weight with its usual name; query, key and value are views of one matrix."""
        e = "bert.embeddings."
        out = [(self.words.weight, e + "word_embeddings.weight"), (self.places.weight, e + "position_embeddings.weight"),
               (self.types.weight, e + "token_type_embeddings.weight"), (self.norm.weight, e + "LayerNorm.weight"),
               (self.norm.bias, e + "LayerNorm.bias")]
        for i, layer in enumerate(self.layers):
            p = f"bert.encoder.layer.{i}."
            for kind in ("weight", "bias"):
                qkv = getattr(layer.qkv, kind).data.chunk(3)
                out += [(t, f"{p}attention.self.{n}.{kind}") for t, n in zip(qkv, ("query", "key", "value"))]
                out += [(getattr(getattr(layer, part), kind), f"{p}{name}.{kind}") for part, name in PARTS]
        return out + [(self.span.weight, "qa_outputs.weight"), (self.span.bias, "qa_outputs.bias"),
                      (self.answers.weight, "answerable.weight"), (self.answers.bias, "answerable.bias")]

    def trained(self) -> dict[str, torch.Tensor]:
        """The weights that differ from the base model's."""
        above = tuple(f"bert.encoder.layer.{i}." for i in range(self.frozen, len(self.layers)))
        return {name: t.detach().clone() for t, name in self.named() if name.startswith(above + ("qa_outputs", "answerable"))}

    def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        bias = torch.zeros(ids.shape[0], 1, 1, ids.shape[1], device=ids.device).masked_fill(mask[:, None, None] == 0, -1e4)
        with torch.no_grad():
            x = self.norm(self.words(ids) + self.places(torch.arange(ids.shape[1], device=ids.device))[None] + self.types(types))
            for layer in self.layers[:self.frozen]:
                x = layer(x, bias)
        for layer in self.layers[self.frozen:]:
            x = layer(x, bias)
        ends = self.span(x).float()
        return ends[..., 0], ends[..., 1], self.answers(x[:, 0])[:, 0].float()


def best_device(wanted: str) -> torch.device:
    return torch.device(("cuda" if torch.cuda.is_available() else "cpu") if wanted == "auto" else wanted)


def autocast(device: torch.device) -> torch.autocast:
    """bf16 where a GPU has it; on a CPU without bf16 instructions f32 is faster."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")
