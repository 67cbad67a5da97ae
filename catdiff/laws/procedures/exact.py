"""`exact`: both sides at random points, in exact rational arithmetic, compared with `==`.

It takes whatever means something over ℚ, division and what has kinks included, and tests it. Points are dyadic, so that
a counterexample is also an argument for the floats of its wires.

>>> import catdiff as cd
>>> f = cd.recip(cd.f64()) >> cd.recip
>>> decide(f, cd.id(cd.f64())).strength, decide(f, -cd.id(cd.f64())).strength
('tested', 'violated')
>>> decide(cd.exp(cd.f64()), cd.exp(cd.f64()) + 1.0).note
'exp: exp means nothing over ℚ'
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...category.objects import Sort
from ...errors import EvaluationError
from ...interpret.exact import RATIONAL
from ...interpret.over import evaluate
from ..decision import Decision
from .common import ROUNDED, meaningful, nearly, procedure, root, same, watch

UNDEFINED = (ZeroDivisionError, IndexError)  # at some points; a law says nothing there
TRIES = 5  # points drawn for one at which both sides are defined


@procedure
def decide(left: Morphism, right: Morphism, points: int, seed: int, deadline: float | None) -> Decision:
    """Whether both sides agree at random rational points. See the module."""
    meaningful(RATIONAL, left, right)
    rng, check = np.random.default_rng(seed), watch(deadline)
    tried, undefined, several = 0, "", any(s.size for s in left.dom.wires)
    for _ in range(TRIES * points):
        args = [point(s, rng) for s in left.dom.wires]
        try:
            ys, zs = (evaluate(f, args, RATIONAL, check) for f in (left, right))
        except EvaluationError as error:
            if not isinstance(root(error), UNDEFINED):
                raise
            undefined = str(root(error))
            continue
        tried += 1
        if not same(ys, zs, RATIONAL):
            if nearly(left, args, ys, zs):
                return Decision("exact", "undecided", tried, ROUNDED)
            return Decision("exact", "violated", tried, "in rational arithmetic", args, ys, zs)
        if tried == points or not several:
            break
    if not tried:
        return Decision("exact", "undecided", note=f"no point was found where both sides are defined: {undefined}")
    return Decision("exact", "tested" if several else "exhaustive", tried, "in rational arithmetic")


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
