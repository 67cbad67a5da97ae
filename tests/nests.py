"""Programs of boxes within boxes within boxes, all different: what pages are tried on."""

from __future__ import annotations

from functools import reduce
from operator import matmul
from random import Random

import catdiff as cd

S = cd.f64(3)
GENERATORS = (cd.sin(S), cd.exp(S), cd.tanh(S), cd.mul(S @ S))


def layered(rng: Random, boxes: list[cd.Morphism], width: int) -> cd.Morphism:
    """Boxes one after another on `width` wires: each reads some and puts what it makes in their places."""
    live, made, steps = list(range(width)), width, []
    for f in boxes:
        places = rng.sample(range(width), len(f.dom))
        steps.append((f, [live[p] for p in places]))
        for i, p in zip(range(len(f.cod)), places, strict=False):
            live[p] = made + i
        made += len(f.cod)
    return cd.program(reduce(matmul, [S] * width), steps, live)


def three_levels(n: int, seed: int = 0) -> cd.Morphism:
    """n boxes `block i` of n boxes `block i.j` of n generators each: n³ + n² + n boxes, no two interiors equal."""
    rng = Random(seed)

    def block(name: str, level: int) -> cd.Morphism:
        if level == 0:
            return layered(rng, [rng.choice(GENERATORS) for _ in range(n)], 4).box(name)
        return layered(rng, [block(f"{name}.{i}", level - 1) for i in range(n)], 7).box(name)

    return layered(rng, [block(f"block {i}", 1) for i in range(n)], 12)
