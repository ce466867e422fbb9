"""A small llama-architecture transformer: RMSNorm, RoPE, SwiGLU, grouped queries, tied embeddings."""

from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

ATTENTION_BLOCK = 512
END_COST = 0.05


@dataclass(frozen=True)
class Config:
    vocab: int = 2048
    width: int = 256
    layers: int = 6
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 64
    ffn: int = 768
    context: int = 2048
    rope_base: float = 10_000.0
    eps: float = 1e-5


CHAT = Config()
EMBED = Config(layers=3)


def rope_table(config: Config) -> tuple[torch.Tensor, torch.Tensor]:
    half = config.head_dim // 2
    frequency = config.rope_base ** (-torch.arange(half, dtype=torch.float32) / half)
    angle = torch.arange(config.context, dtype=torch.float32)[:, None] * frequency[None, :]
    return angle.cos(), angle.sin()


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)


class Norm(nn.Module):
    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        wide = x.float()
        scale = torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)
        return (wide * scale * self.weight).to(x.dtype)


class Block(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.attn_norm = Norm(c.width, c.eps)
        self.attn_q = nn.Linear(c.width, c.heads * c.head_dim, bias=False)
        self.attn_k = nn.Linear(c.width, c.kv_heads * c.head_dim, bias=False)
        self.attn_v = nn.Linear(c.width, c.kv_heads * c.head_dim, bias=False)
        self.attn_output = nn.Linear(c.heads * c.head_dim, c.width, bias=False)
        self.ffn_norm = Norm(c.width, c.eps)
        self.ffn_gate = nn.Linear(c.width, c.ffn, bias=False)
        self.ffn_up = nn.Linear(c.width, c.ffn, bias=False)
        self.ffn_down = nn.Linear(c.ffn, c.width, bias=False)

    def attend(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        c, (rows, length, _) = self.c, x.shape
        q = self.attn_q(x).view(rows, length, c.heads, c.head_dim).transpose(1, 2)
        k = self.attn_k(x).view(rows, length, c.kv_heads, c.head_dim).transpose(1, 2)
        v = self.attn_v(x).view(rows, length, c.kv_heads, c.head_dim).transpose(1, 2)
        q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        group = c.heads // c.kv_heads
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        parts = []
        # Queries in blocks, each against the keys up to its own end: plain products are faster here than fused attention.
        for start in range(0, length, ATTENTION_BLOCK):
            end = min(start + ATTENTION_BLOCK, length)
            score = (q[:, :, start:end] @ k[:, :, :end].transpose(-1, -2)).float() * c.head_dim**-0.5
            future = torch.arange(end)[None, :] > torch.arange(start, end)[:, None]
            weight = score.masked_fill(future, -1e30).softmax(-1).to(v.dtype)
            parts.append(weight @ v[:, :, :end])
        mixed = torch.cat(parts, 2).transpose(1, 2).reshape(rows, length, -1)
        return self.attn_output(mixed)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        x = x + self.attend(self.attn_norm(x), cos, sin)
        y = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(y)) * self.ffn_up(y))


class Llama(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.token_embd = nn.Embedding(c.vocab, c.width)
        self.blk = nn.ModuleList(Block(c) for _ in range(c.layers))
        self.output_norm = Norm(c.width, c.eps)
        cos, sin = rope_table(c)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        nn.init.normal_(self.token_embd.weight, std=0.02)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2 and name.startswith("blk"):
                deep = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(parameter, std=0.04 / (2 * c.layers) ** 0.5 if deep else 0.04)

    def hidden(self, tokens: torch.Tensor) -> torch.Tensor:
        length = tokens.shape[1]
        cos, sin = self.cos[:length], self.sin[:length]
        x = self.token_embd(tokens)
        for block in self.blk:
            x = block(x, cos, sin)
        return self.output_norm(x)

    def loss(self, tokens: torch.Tensor, index: torch.Tensor, target: torch.Tensor, weight: torch.Tensor, endless: torch.Tensor):
        """Weighted cross entropy at the flat positions in `index` only, a fixed count of them; where the text is endless, control tokens cost something down to a chance of e^-14."""
        at = self.hidden(tokens).flatten(0, 1)[index]
        logits = F.linear(at, self.token_embd.weight.to(at.dtype)).float()
        logs = logits.log_softmax(-1)
        each = -logs.gather(1, target[:, None])[:, 0]
        ends = F.relu(logs[:, :3].logsumexp(-1) + 14.0)
        return (each * weight).sum() / weight.sum() + END_COST * (ends * endless).sum() / endless.sum().clamp(1.0)

    def size(self) -> int:
        return sum(p.numel() for p in self.parameters())
