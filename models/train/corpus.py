"""Generates the training text as token ids, drops what overlaps with the held-out items, and checks what was written."""

import random
import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np

import mixture
import tokens
from freetext import MARK
from overlap import HeldOut

MAKERS = {"short": mixture.short_conversation, "long": mixture.long_conversation}


def shard(job):
    kind, number, seed, budget, tokenizer_path, held_path = job
    rng, tokenizer, held = random.Random(f"{kind} {number}{seed}"), tokens.load(tokenizer_path), HeldOut(held_path)
    ids, said, dropped, cut = [], [], 0, False
    while len(ids) < budget:
        turns = MAKERS[kind](rng)
        if any(held.hit(text.replace(MARK, "")) for _, text in turns):
            dropped += 1
            continue
        more, mask = tokens.encode_turns(tokenizer, turns)
        if cut or rng.random() < 0.5:
            more, mask = [tokens.TEXT_END, *more], [2, *mask]
        cut = turns[-1][0] == "cut"
        ids += more
        said += mask
    return np.array(ids[:budget], np.uint16), np.array(said[:budget], np.uint8), dropped


def build(folder: Path, kind: str, total: int, tokenizer_path: str, held_path: str, seed: str = "", shards: int = 8) -> None:
    jobs = [(kind, n, seed, total // shards, tokenizer_path, held_path) for n in range(shards)]
    with Pool(2) as pool:
        parts = pool.map(shard, jobs, chunksize=1)
    np.save(folder / f"{kind}.ids.npy", np.concatenate([p[0] for p in parts]))
    said = np.concatenate([p[1] for p in parts])
    np.save(folder / f"{kind}.said.npy", said)
    print(f"{kind}: {len(said):,} tokens, {np.isin(said, (1, 3, 4)).mean():.0%} said by the model, {sum(p[2] for p in parts)} conversations dropped for overlap", flush=True)


def check(folder: Path, tokenizer_path: str, held_path: str) -> None:
    tokenizer, held = tokens.load(tokenizer_path), HeldOut(held_path)
    for kind in MAKERS:
        ids = np.load(folder / f"{kind}.ids.npy")
        ends = np.flatnonzero(ids == tokens.END)
        start = 0
        for end in ends:
            found = held.hit(tokenizer.decode(ids[start:end].tolist()))
            if found:
                sys.exit(f"the {kind} training text holds a held-out run of words: {found}")
            start = end + 1
    print("no overlap with the held-out items")


if __name__ == "__main__":
    target, tokenizer_file, held_file = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    if sys.argv[4] == "check":
        check(target, tokenizer_file, held_file)
    else:
        build(target, "long", int(float(sys.argv[5])), tokenizer_file, held_file, *sys.argv[6:])
        build(target, "short", int(float(sys.argv[4])), tokenizer_file, held_file, *sys.argv[6:])
