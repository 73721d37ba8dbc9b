"""The examples of the demo ``perceptron``: twenty points that a line separates, and XOR."""

import math

import torch

SEED, OFFSET, GAP, COUNT = 40, 0.9, 0.2, 20


def plane() -> list[list[float]]:
    """Points ``[x1, x2, label]`` in a square, labeled by a secret line and at least ``GAP`` away from it.

    All coordinates are quarters, so that every step of the learning rule is exact, in any language.
    """
    generator = torch.Generator().manual_seed(SEED)
    angle = 2 * math.pi * torch.rand(1, generator=generator).item()
    cells = torch.randperm(25 * 25, generator=generator)
    points = torch.stack([cells // 25, cells % 25], dim=1).double() / 4 - 3
    side = points @ torch.tensor([math.cos(angle), math.sin(angle)], dtype=torch.float64) + OFFSET
    keep = (side.abs() >= GAP).nonzero()[:COUNT, 0]
    return torch.cat([points[keep], side[keep, None].sign()], dim=1).tolist()


def data() -> dict:
    """What the demo is given."""
    xor = [[0, 0, -1], [0, 1, 1], [1, 0, 1], [1, 1, -1]]  # in the chapter's order
    return {"plane": plane(), "xor": xor}
