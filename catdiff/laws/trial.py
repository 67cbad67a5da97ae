"""What a law is tried on: how many points, from which seed or of whose making, and until when.

>>> import catdiff as cd
>>> trial = Trial(points=2, seed=0, deadline=inf, sample=None)
>>> [len(x) for x, rng in trial.inputs(cd.mul(cd.f64(), cd.f64()).dom)]
[2, 2]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any

import numpy as np

from ..category.objects import Object
from ..errors import ArgumentError, with_line
from ..interpret.numpy import argument
from .random.sampler import point

Sample = Callable[[np.random.Generator], Sequence[Any]] | Sequence[Sequence[Any]]
Drawn = tuple[list[Any], np.random.Generator]


@dataclass(frozen=True)
class Trial:
    """`points` points, drawn by `seed` or by `sample(rng)`, as long as `monotonic()` is less than `deadline`."""

    points: int
    seed: int
    deadline: float = inf
    sample: Sample | None = None

    def inputs(
        self, A: Object, kinds: Sequence[str] = ("ordinary",)
    ) -> Iterator[tuple[list[Any], np.random.Generator]]:
        """Points of A, of these kinds in turn where nobody says how they are made, each with the generator to go on."""
        rng = np.random.default_rng(self.seed)
        for i in range(self.points):
            if monotonic() > self.deadline:
                return
            yield point(A, rng, kinds[i % len(kinds)]) if self.sample is None else sampled(self.sample, A, rng), rng


def sampled(sample: Sample, A: Object, rng: np.random.Generator) -> list[Any]:
    """A point that the caller made, or one of several. Raises `ArgumentError` where it does not lie on A."""
    made = sample(rng) if callable(sample) else sample[int(rng.integers(len(sample)))] if len(sample) else None
    if not isinstance(made, (list, tuple)) or len(made) != len(A):
        raise ArgumentError(with_line(f"sample makes a list of {len(A)} arrays, one per wire of {A}, not {made!r}"))
    return [argument(x, s, i) for i, (x, s) in enumerate(zip(made, A.wires, strict=True))]
