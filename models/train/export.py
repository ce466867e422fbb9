"""Writes a checkpoint as GGUF (F16, Q8_0, Q4_0) and the manifest beside it."""

import hashlib
import json
import os
import sys
from pathlib import Path

import gguf
import numpy as np
import torch

from model import CHAT, EMBED, Config
from tokens import CHAT_TEMPLATE, END, SPECIAL, TEXT_END

TYPES = {
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
    "q4_0": (gguf.GGMLQuantizationType.Q4_0, gguf.LlamaFileType.MOSTLY_Q4_0),
}


def interleave(weight: np.ndarray, heads: int) -> np.ndarray:
    """From halves to pairs, the order in which llama.cpp rotates."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def four_bits(weight: np.ndarray) -> np.ndarray:
    """Q4_0 blocks (32 values, one scale) with the scale that keeps the squared error smallest; the plain rule takes the largest value for -8."""
    blocks = weight.reshape(-1, 32).astype(np.float32)
    peak = np.take_along_axis(blocks, np.abs(blocks).argmax(1)[:, None], 1)
    least, best = np.full((len(blocks), 1), np.inf, np.float32), np.zeros((len(blocks), 1), np.float16)
    for divisor in np.concatenate((np.linspace(-10, -6.5, 29), np.linspace(6.5, 8, 7))):
        scale = (peak / np.float32(divisor)).astype(np.float16)
        error = ((levels(blocks, scale) * scale.astype(np.float32) - blocks) ** 2).sum(1, keepdims=True)
        best, least = np.where(error < least, scale, best), np.minimum(error, least)
    codes = (levels(blocks, best) + 8).astype(np.uint8)
    packed = codes[:, :16] | codes[:, 16:] << 4
    return np.concatenate((best.view(np.uint8), packed), 1).reshape(*weight.shape[:-1], -1)


def levels(blocks: np.ndarray, scale: np.ndarray) -> np.ndarray:
    wide = scale.astype(np.float32)
    return np.clip(np.rint(np.divide(blocks, wide, out=np.zeros_like(blocks), where=wide != 0)), -8, 7)


def write(path: Path, name: str, config: Config, state: dict, tokenizer: dict, kind: str, pooling: int | None) -> None:
    block, file_type = TYPES[kind]
    temporary = path.with_suffix(".partial")
    out = gguf.GGUFWriter(str(temporary), "llama")
    out.add_name(name)
    out.add_license("MIT")
    out.add_file_type(file_type)
    out.add_quantization_version(gguf.GGML_QUANT_VERSION)
    out.add_context_length(config.context)
    out.add_embedding_length(config.width)
    out.add_block_count(config.layers)
    out.add_feed_forward_length(config.ffn)
    out.add_head_count(config.heads)
    out.add_head_count_kv(config.kv_heads)
    out.add_key_length(config.head_dim)
    out.add_value_length(config.head_dim)
    out.add_layer_norm_rms_eps(config.eps)
    out.add_rope_dimension_count(config.head_dim)
    out.add_rope_freq_base(config.rope_base)
    out.add_vocab_size(config.vocab)
    if pooling is not None:
        out.add_uint32("llama.pooling_type", pooling)
    vocabulary = sorted(tokenizer["model"]["vocab"].items(), key=lambda entry: entry[1])
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("smollm")
    out.add_token_list([token for token, _ in vocabulary])
    out.add_token_types([gguf.TokenType.CONTROL if token in SPECIAL else gguf.TokenType.NORMAL for token, _ in vocabulary])
    out.add_token_merges([" ".join(m) if isinstance(m, list) else m for m in tokenizer["model"]["merges"]])
    out.add_bos_token_id(TEXT_END)
    out.add_eos_token_id(END)
    out.add_eot_token_id(END)
    out.add_pad_token_id(TEXT_END)
    out.add_add_bos_token(True)
    out.add_add_eos_token(pooling is not None)
    out.add_chat_template(CHAT_TEMPLATE)
    for key, tensor in state.items():
        data = tensor.float().numpy()
        if "attn_q" in key or "attn_k" in key:
            data = interleave(data, config.heads if "attn_q" in key else config.kv_heads)
        if data.ndim == 1:
            out.add_tensor(key, data)
            continue
        used = gguf.GGMLQuantizationType.Q8_0 if kind == "q4_0" and key == "token_embd.weight" else block
        packed = four_bits(data) if used == gguf.GGMLQuantizationType.Q4_0 else gguf.quants.quantize(data, used)
        out.add_tensor(key, packed, raw_dtype=used)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    os.replace(temporary, path)


def describe(path: Path, kind: str, config: Config, parameters: int, use: str) -> dict:
    data = path.read_bytes()
    return {
        "name": path.name, "use": use, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "quantisation": kind.upper(), "architecture": "llama", "parameters": parameters,
        "contextLength": config.context, "vocabulary": config.vocab, "width": config.width, "layers": config.layers, "heads": config.heads, "kvHeads": config.kv_heads, "headDimension": config.head_dim, "feedForward": config.ffn,
    }


def export(checkpoint: str, tokenizer_path: str, folder: str, use: str, base: str, kinds: list[str], pooling: int | None = None) -> list[dict]:
    config = CHAT if use == "chat" else EMBED
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["model"]
    tokenizer = json.loads(Path(tokenizer_path).read_text())
    parameters = sum(t.numel() for t in state.values())
    files = []
    for kind in kinds:
        path = Path(folder) / f"{base}-{kind}.gguf"
        write(path, base, config, state, tokenizer, kind, pooling)
        files.append(describe(path, kind, config, parameters, use))
    return files


def main() -> None:
    folder, tokenizer, chat, *embed = sys.argv[1:]
    files = export(chat, tokenizer, folder, "chat", "cortensor-5m", ["f16", "q8_0", "q4_0"])
    if embed:
        files += export(embed[0], tokenizer, folder, "embedding", "cortensor-embed-3m", ["q8_0"], int(gguf.PoolingType.MEAN))
    else:
        # Without a checkpoint of its own the embedding file stays as it is.
        before = json.loads((Path(folder) / "manifest.json").read_text())
        files += [file for file in before["files"] if file["use"] == "embedding"]
    manifest = {
        "version": 1,
        "default": "cortensor-5m-q8_0.gguf",
        "chat": {"template": "chatml", "stopTokens": ["<|im_end|>"], "prependBos": True},
        "embedding": {"file": "cortensor-embed-3m-q8_0.gguf", "dimensions": EMBED.width, "trainedTokens": 48, "pooling": "mean", "prefix": "", "suffix": "", "prependBos": True, "appendEos": True, "normalise": True},
        "files": files,
    }
    temporary = Path(folder) / "manifest.json.partial"
    temporary.write_text(json.dumps(manifest, indent=2) + "\n")
    os.replace(temporary, Path(folder) / "manifest.json")


if __name__ == "__main__":
    main()
