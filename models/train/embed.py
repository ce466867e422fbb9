"""Trains the sentence-embedding model: a question and its passage, or two wordings of one question, should point the same way."""

import argparse
import os
import random
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import retrieval
import tokens
from model import EMBED, Llama
from optimise import Optimiser
from overlap import HeldOut

PAIRS, LENGTH, TEMPERATURE, WARM_UP = 64, 48, 0.05, 20


def pack(tokenizer, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    ids = np.full((len(texts), LENGTH), tokens.TEXT_END, np.int64)
    share = np.zeros((len(texts), LENGTH, 1), np.float32)
    for row, text in enumerate(texts):
        line = [tokens.TEXT_END, *tokenizer.encode(text).ids[: LENGTH - 2], tokens.END]
        ids[row, : len(line)] = line
        share[row, : len(line)] = 1 / len(line)
    return torch.from_numpy(ids), torch.from_numpy(share)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("tokenizer")
    options.add_argument("heldout")
    options.add_argument("chat", type=Path)
    options.add_argument("--steps", type=int, default=300)
    options.add_argument("--threads", type=int, default=2)
    given = options.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(12)
    model, rng, tokenizer = Llama(EMBED), random.Random(12), tokens.load(given.tokenizer)
    # It starts from the lower layers of the chat model, which already know the words.
    model.load_state_dict(torch.load(given.chat, weights_only=True)["model"], strict=False)
    held = HeldOut(given.heldout)
    optimiser = Optimiser(model, matrix_rate=0.01, other_rate=2e-3)

    def loss_of(ids, share):
        point = F.normalize((model.hidden(ids).float() * share).sum(1), dim=-1)
        score = point[:PAIRS] @ point[PAIRS:].T / TEMPERATURE
        right = torch.arange(PAIRS)
        return (F.cross_entropy(score, right) + F.cross_entropy(score.T, right)) / 2

    recent, began = [], time.time()
    for step in range(given.steps):
        pairs = retrieval.batch(rng, PAIRS)
        if any(held.hit(text) for pair in pairs for text in pair):
            sys.exit("a training pair holds a held-out run of words")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = loss_of(*pack(tokenizer, [a for a, _ in pairs] + [b for _, b in pairs]))
        loss.backward()
        optimiser.step(min(1.0, (step + 1) / WARM_UP) * min(1.0, 2 * (given.steps - step) / given.steps))
        recent.append(loss.item())
        if (step + 1) % 25 == 0 or step + 1 == given.steps:
            print(f"step {step + 1} loss {np.mean(recent):.4f} {time.time() - began:.0f} s", flush=True)
            recent = []
            torch.save({"model": model.state_dict()}, given.folder / "embed.partial")
            os.replace(given.folder / "embed.partial", given.folder / "embed.pt")


if __name__ == "__main__":
    main()
