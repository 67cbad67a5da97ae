"""`exact`: both sides at random entries of a rig, the rationals where no other is named, compared with `==`.

It takes whatever means something over the rig, over ℚ division and what has kinks included, and tests it. Rational
points are dyadic, so that a counterexample is also an argument for the floats of its wires. Both sides are run as one
program, so that what they share is worked out once, and at all points at once, along an axis in front; where it is
undefined at one of them, they are run one by one.

>>> import catdiff as cd
>>> f = cd.recip(cd.f64()) >> cd.recip
>>> decide(f, cd.id(cd.f64())).strength, decide(f, -cd.id(cd.f64())).strength
('tested', 'violated')
>>> decide(cd.exp(cd.f64()), cd.exp(cd.f64()) + 1.0).note
'exp: exp means nothing over ℚ'
>>> x, cube = cd.id(cd.f64()), cd.pow(cd.f64(), exponent=3)
>>> decide(cube, x, rig=cd.rigs.MOD(3)).strength, decide(cube, x, rig=cd.rigs.MOD(5)).strength
('tested', 'violated')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...category.objects import Sort
from ...category.structure import pair
from ...errors import EvaluationError
from ...generators.rig import Rig
from ...interpret.exact import RATIONAL
from ...interpret.over import evaluate
from ..decision import Decision
from .common import ROUNDED, along_axis, meaningful, nearly, procedure, root, same, shareable, watch

UNDEFINED = (ZeroDivisionError, IndexError)  # at some points; a law says nothing there
TRIES = 5  # points drawn for one at which both sides are defined
Values = list[np.ndarray]


@procedure
def decide(
    left: Morphism, right: Morphism, points: int, seed: int, deadline: float | None, rig: Rig | None = None
) -> Decision:
    """Whether both sides agree at random entries. See the module."""
    k = rig or RATIONAL
    meaningful(k, left, right)
    several = any(s.size for s in left.dom.wires)
    runs = _Runs(pair(left, right), len(left.cod), k, point if rig is None else _entries(rig), watch(deadline))
    tried, note = 0, f"in {'rational' if rig is None else rig.name} arithmetic"
    for args, (ys, zs) in runs.at(points if several else 1, np.random.default_rng(seed)):
        tried += 1
        if not same(ys, zs, k):
            if rig is None and nearly(left, args, ys, zs):
                return Decision("exact", "undecided", tried, ROUNDED)
            return Decision("exact", "violated", tried, note, args, ys, zs)
    if not tried:
        return Decision("exact", "undecided", note=f"no point was found where both sides are defined: {runs.undefined}")
    return Decision("exact", "tested" if several else "exhaustive", tried, note)


Run = tuple[Values, Sequence[Values]]  # a point, and what both sides give there


@dataclass
class _Runs:
    """Both sides of an equation, `⟨l, r⟩ : A → B ⊗ B`, at random points of a rig."""

    sides: Morphism
    outputs: int
    k: Rig
    draw: Callable[[Sort, np.random.Generator], np.ndarray]
    check: Callable[[], None] | None
    undefined: str = ""

    def at(self, points: int, rng: np.random.Generator) -> Iterator[Run]:
        """At most so many points at which both sides are defined, and the values of both."""
        wires, found = self.sides.dom.wires, 0
        many = (
            [self.draw(s.with_shape((points, *s.shape)), rng) for s in wires] if shareable(self.sides, points) else []
        )
        values = self.together(many, points) if many else None
        for i in range(TRIES * points):
            args = [x[i, ...] for x in many] if many and i < points else [self.draw(s, rng) for s in wires]
            run = self.one(args) if values is None else (args, [[y[i, ...] for y in ys] for ys in values])
            if run is not None:
                yield run
                found += 1
            if found == points:
                return

    def together(self, args: Values, points: int) -> Sequence[Values] | None:
        """The values at all points, along an axis in front; None where one of them is undefined, seen one by one."""
        try:
            return self.parted(evaluate(along_axis(self.sides, points), args, self.k, self.check))
        except EvaluationError as error:
            if not isinstance(root(error), UNDEFINED):
                raise
            return None

    def one(self, args: Values) -> Run | None:
        """The values at a point; None where a side is undefined there."""
        try:
            return args, self.parted(evaluate(self.sides, args, self.k, self.check))
        except EvaluationError as error:
            if not isinstance(root(error), UNDEFINED):
                raise
            self.undefined = str(root(error))
            return None

    def parted(self, ys: Values) -> Sequence[Values]:
        """The values of the left side, and those of the right."""
        return ys[: self.outputs], ys[self.outputs :]


def _entries(k: Rig) -> Callable[[Sort, np.random.Generator], np.ndarray]:
    """Random entries on the wires that carry some, and values on the others."""
    carried = k.carries - {"bool"}
    return lambda s, rng: k.draw(rng, s.shape) if s.dtype.name in carried else point(s, rng)


def point(sort: Sort, rng: np.random.Generator) -> np.ndarray:
    """Random numbers that the carrier of the sort has exactly, few of them equal; index 0."""
    wide = rng.integers(-(2**12), 2**12 + 1, sort.shape)
    match sort.dtype.name:
        case "f32" | "f64" | "c128":
            values: Any = wide / 2.0**10
        case "rational":
            values = np.empty(sort.shape, object)
            values.reshape(-1)[:] = [Fraction(int(n), 2**10) for n in wide.flat]
        case "integer":
            values = rng.integers(-6, 7, sort.shape)
        case "index":
            values = np.zeros(sort.shape)
        case _:
            values = rng.integers(0, 2, sort.shape)
    return np.asarray(values, sort.dtype.carrier)
