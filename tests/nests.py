"""Programs of boxes within boxes within boxes, all different: what pages are tried on."""

from __future__ import annotations

from functools import reduce
from operator import matmul
from random import Random

import catdiff as cd

S = cd.f64(3)
GENERATORS = (cd.sin(S), cd.exp(S), cd.tanh(S), cd.mul(S @ S))


def layered(rng: Random, boxes: list[cd.Morphism], width: int) -> cd.Morphism:
    """Boxes in layers on `width` wires, the wires permuted at random between one layer and the next."""
    live, made, steps, free = list(range(width)), width, [], list[int]()
    for f in boxes:
        if len(free) < len(f.dom):
            free = rng.sample(range(width), width)
        places, free = free[: len(f.dom)], free[len(f.dom) :]
        steps.append((f, [live[p] for p in places]))
        for i, p in zip(range(len(f.cod)), places, strict=False):
            live[p] = made + i
        made += len(f.cod)
    return cd.program(reduce(matmul, [S] * width), steps, live)


def three_levels(n: int, seed: int = 0) -> cd.Morphism:
    """n boxes `block i` of n boxes `block i.j` of n generators each: n³ + n² + n boxes, no two interiors equal."""
    rng = Random(seed)

    def block(name: str, level: int) -> cd.Morphism:
        inner = [block(f"{name}.{i}", 0) if level else rng.choice(GENERATORS) for i in range(n)]
        return layered(rng, inner, 9 if level else 3).box(name)

    return layered(rng, [block(f"block {i}", 1) for i in range(n)], 27)


def wave() -> cd.Morphism:
    """x ↦ tanh(w(x) · w(x)), with w in a box, twice, within a box."""
    w = (cd.sin(S) >> cd.exp).box("wave")
    return (cd.copy(S) >> w @ (cd.sqrt(S) >> w) >> cd.mul).box("pair") >> cd.tanh
