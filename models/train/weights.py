"""Reads the weights of an F16 chat file back, so that training can go on from the published file alone."""

from pathlib import Path

import gguf
import numpy as np
import torch

from model import Config


def halves(weight: np.ndarray, heads: int) -> np.ndarray:
    """From pairs to halves, the order in which `model.rotate` works; undoes `export.interleave`."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def published(path: Path, config: Config) -> dict[str, torch.Tensor]:
    """The state of a model by parameter name, as 32-bit floats."""
    state = {}
    for tensor in gguf.GGUFReader(path).tensors:
        data = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        if "attn_q" in tensor.name or "attn_k" in tensor.name:
            data = halves(data, config.heads if "attn_q" in tensor.name else config.kv_heads)
        state[tensor.name] = torch.from_numpy(data.copy())
    return state
