"""Trains the chat model. The schedule counts steps: warm-up, a level stretch, then a straight line to zero.

Two processes of one thread each share a step: beside other load they wait for each other once a step, two threads would at every operation."""

import argparse
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing

from model import CHAT, Llama
from optimise import Optimiser
from weights import published

# Rows, length and counted positions, for each of the processes.
SHAPES = {"short": (12, 256, 1280), "long": (1, 2048, 1664)}
PROCESSES = 2
LONG_EVERY = 4
# By the marks of tokens.encode_turns: context, answer, never, free text where an end might come, free text elsewhere, what is out of place there.
WEIGHTS = np.array([0.1, 1.0, 0.0, 2.0, 0.5, 0.0])


class Rows:
    """Rows of one length in a seeded order, with the positions that count towards the loss."""

    def __init__(self, folder: Path, kind: str):
        self.rows, self.length, self.count = SHAPES[kind]
        ids, said = np.load(folder / f"{kind}.ids.npy"), np.load(folder / f"{kind}.said.npy")
        total = (len(ids) - 1) // self.length
        self.ids, self.said = ids, said
        self.order = np.random.default_rng(5).permutation(total)

    def batch(self, number: int):
        at = np.arange(number * self.rows, (number + 1) * self.rows) % len(self.order)
        starts = self.order[at, None] * self.length + np.arange(self.length + 1)
        ids, said = self.ids[starts].astype(np.int64), self.said[starts]
        mark = said[:, 1:].ravel()
        weight, endless = WEIGHTS[mark], mark >= 3
        rank = np.random.default_rng(number).random(weight.size) + ((weight < 0.5) & ~endless)
        index = np.sort(np.argsort(rank)[: self.count])
        target = ids[:, 1:].ravel()[index]
        return (torch.from_numpy(ids[:, :-1].copy()), torch.from_numpy(index), torch.from_numpy(target), torch.from_numpy(weight[index]).float(), torch.from_numpy(endless[index]).float())


def save(path: Path, model: Llama, optimiser: Optimiser, step: int) -> None:
    temporary = path.with_suffix(".partial")
    torch.save({"model": {k: v for k, v in model.state_dict().items()}, "optimiser": optimiser.state(), "step": step}, temporary)
    os.replace(temporary, path)


@torch.no_grad()
def rounded(weight: torch.Tensor) -> torch.Tensor:
    """A matrix as a Q4_0 file would hold it."""
    blocks = weight.view(-1, 32)
    peak = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
    scale = peak / -8 + (peak == 0)
    return ((blocks / scale).round().clamp(-8, 7) * scale).view_as(weight)


def factor(step: int, warm_up: int, decay_from: int, steps: int) -> float:
    rise = min(1.0, (step + 1) / warm_up)
    return rise if step < decay_from else rise * max(0.0, (steps - step) / (steps - decay_from))


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--steps", type=int, default=6000)
    options.add_argument("--decay-from", type=int, default=3000)
    options.add_argument("--peak", type=float, default=1.0)
    options.add_argument("--warm-up", type=int, default=100)
    options.add_argument("--resume", type=Path, help="a checkpoint, with its optimiser and step")
    options.add_argument("--start", type=Path, help="a published F16 file: its weights, a fresh optimiser, step 0")
    options.add_argument("--bf16", action="store_true", help="autocast: worth it only where the processor has 16-bit products")
    options.add_argument("--round-from", type=int, help="from this step on, every third step reads its matrices rounded to four bits and changes the whole ones")
    options.add_argument("--name", default="chat")
    options.add_argument("--save-every", type=int, default=200)
    given = options.parse_args()
    (given.folder / "meeting").unlink(missing_ok=True)
    torch.multiprocessing.spawn(run, (given,), PROCESSES)


def run(rank: int, given: argparse.Namespace) -> None:
    dist.init_process_group("gloo", init_method=f"file://{given.folder / 'meeting'}", rank=rank, world_size=PROCESSES)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(11)
    model = Llama(CHAT)
    if given.start:
        model.load_state_dict(published(given.start, CHAT))
    optimiser = Optimiser(model, small=given.bf16)
    step = 0
    if given.resume:
        kept = torch.load(given.resume, weights_only=True)
        model.load_state_dict(kept["model"])
        optimiser.restore(kept["optimiser"])
        step = kept["step"]
    data = {kind: Rows(given.folder, kind) for kind in SHAPES}
    loss_of = torch.compile(model.loss, dynamic=False)
    say = print if rank == 0 else lambda *_, **__: None
    say(f"{model.size():,} parameters; rows {[len(d.order) for d in data.values()]}", flush=True)
    means, began, spoken = {kind: [] for kind in SHAPES}, time.time(), 0
    while step < given.steps:
        kind = "long" if step % LONG_EVERY == LONG_EVERY - 1 else "short"
        number = step // LONG_EVERY if kind == "long" else step - step // LONG_EVERY
        whole = []
        if given.round_from is not None and step >= given.round_from and step % 3 == 0:
            whole = [(p, p.detach().clone()) for n, p in model.named_parameters() if p.ndim == 2 and n.startswith("blk")]
            for p, _ in whole:
                p.data.copy_(rounded(p))
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=given.bf16):
            loss = loss_of(*data[kind].batch(number * PROCESSES + rank))
        loss.backward()
        for p, kept in whole:
            p.data.copy_(kept)
        optimiser.step(given.peak * factor(step, given.warm_up, given.decay_from, given.steps))
        means[kind].append(loss.item())
        spoken += PROCESSES * SHAPES[kind][0] * SHAPES[kind][1]
        step += 1
        if step % 10 == 0:
            text = " ".join(f"{k} {np.mean(v):.4f}" for k, v in means.items())
            say(f"step {step} {text} {spoken / (time.time() - began):.0f} tok/s {time.time() - began:.0f} s", flush=True)
            means = {k: [] for k in SHAPES}
        if rank == 0 and (step % given.save_every == 0 or step == given.steps):
            save(given.folder / f"{given.name}.pt", model, optimiser, step)


if __name__ == "__main__":
    main()
