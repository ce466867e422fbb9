"""Muon for the matrices of the blocks, AdamW for embeddings and norms. Several processes share the work of one step."""

import torch
import torch.distributed as dist


@torch.compile
def orthogonal(batch: torch.Tensor, small: bool) -> torch.Tensor:
    """Newton-Schulz iteration towards the nearest semi-orthogonal matrix, for a stack of matrices."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = batch.to(torch.bfloat16) if small else batch.float()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.transpose(-1, -2)
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.transpose(-1, -2)
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return (x.transpose(-1, -2) if tall else x).float()


def shared(gradients: list[torch.Tensor]) -> None:
    """Replaces every gradient by its mean over the processes."""
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    for g, part in zip(gradients, flat.div_(dist.get_world_size()).split([g.numel() for g in gradients])):
        g.copy_(part.view_as(g))


class Muon:
    def __init__(self, parameters, momentum: float = 0.95, decay: float = 0.02, small: bool = False):
        self.groups: dict[tuple, list] = {}
        for p in parameters:
            self.groups.setdefault(tuple(p.shape), []).append(p)
        self.buffers = {shape: torch.zeros(len(group), *shape) for shape, group in self.groups.items()}
        self.momentum, self.decay, self.small = momentum, decay, small

    @torch.no_grad()
    def step(self, rate: float) -> None:
        for shape, group in self.groups.items():
            gradient = torch.stack([p.grad for p in group])
            buffer = self.buffers[shape].lerp_(gradient, 1 - self.momentum)
            update = self.update(gradient.lerp_(buffer, self.momentum))
            scale = rate * max(1.0, shape[0] / shape[1]) ** 0.5
            for p, u in zip(group, update):
                p.mul_(1 - rate * self.decay).add_(u, alpha=-scale)


    def update(self, batch: torch.Tensor) -> torch.Tensor:
        if not dist.is_initialized():
            return orthogonal(batch, self.small)
        # Each process does its share of the stack.
        parts = list(batch.chunk(dist.get_world_size()))
        done = orthogonal(parts[dist.get_rank()], self.small).contiguous()
        parts = [torch.empty_like(done) for _ in parts]
        dist.all_gather(parts, done)
        return torch.cat(parts)


class Optimiser:
    def __init__(self, model: torch.nn.Module, matrix_rate: float = 0.02, other_rate: float = 3e-3, small: bool = False):
        blocks = [p for n, p in model.named_parameters() if p.ndim == 2 and n.startswith("blk")]
        others = [p for n, p in model.named_parameters() if p.ndim != 2 or not n.startswith("blk")]
        self.muon, self.parameters = Muon(blocks, small=small), blocks + others
        self.adam = torch.optim.AdamW(others, lr=other_rate, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
        self.matrix_rate, self.other_rate = matrix_rate, other_rate

    def step(self, factor: float) -> None:
        if dist.is_initialized():
            shared([p.grad for p in self.parameters])
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for group in self.adam.param_groups:
            group["lr"] = self.other_rate * factor
        self.muon.step(self.matrix_rate * factor)
        self.adam.step()
        for p in self.parameters:
            p.grad = None

    def state(self) -> dict:
        return {"muon": {str(k): v for k, v in self.muon.buffers.items()}, "adam": self.adam.state_dict()}

    def restore(self, state: dict) -> None:
        self.muon.buffers = {k: state["muon"][str(k)] for k in self.muon.buffers}
        self.adam.load_state_dict(state["adam"])
