"""A reverse derivative is linear in the cotangent: vjp(x, a + b) = vjp(x, a) + vjp(x, b), at any size.

Small cotangents, large ones, and zero are tried; where it is linear for small ones only and right there, the
rule clips.

>>> import catdiff as cd
>>> departure(np.array([2.0]), np.array([2.0]), np.array([1e-15]))
0.0
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cases import Bench
from .spaces import Arrays

SMALL, LARGE = 2.0**-24, 2.0**14  # sizes of cotangents at which a rule that clips, or adds something, shows itself


@dataclass(frozen=True)
class Departure:
    """A place where a rule is not linear in the cotangent."""

    law: str  # "zero", "additive" or "homogeneous"
    x: Arrays
    cotangent: np.ndarray
    left: np.ndarray
    right: np.ndarray
    size: float  # relative


def departure(left: np.ndarray, right: np.ndarray, slack: np.ndarray) -> float:
    """By how much two answers differ that should be one, relative to their size; 0 where rounding explains it."""
    if np.array_equal(left, right, equal_nan=True) or not (np.isfinite(left).all() and np.isfinite(right).all()):
        return 0.0
    apart = np.abs(left - right)
    if (apart <= slack).all():
        return 0.0
    return float(apart.max() / max(1e-300, np.abs(right).max(), np.abs(left).max()))


def departures(bench: Bench, x: Arrays, height: float) -> list[Departure]:
    """Where vjp(x, ·) is not linear, by random cotangents at x; `height` is how large answers are elsewhere."""
    outputs, rng, found = bench.outputs, bench.rng, []
    if not outputs.size or not bench.inputs.size:
        return found
    a, b = rng.normal(size=outputs.size), rng.normal(size=outputs.size)
    va, vb = bench.attempt(x, a), bench.attempt(x, b)
    lost = _lost(bench, x, a, va) + _lost(bench, x, b, vb)
    lost = (
        lost + bench.unit * (np.abs(a).max() + np.abs(b).max()) * height
    )  # where answers cancel, this is what is left
    zero = bench.attempt(x, 0 * a)
    if np.isfinite(va).all() and np.isfinite(zero).all() and np.any(zero != 0):
        found.append(Departure("zero", x, 0 * a, zero, 0 * zero, 1.0))
    both = bench.attempt(x, a + b)
    trials = [("additive", a + b, both, va + vb)]
    for f in (-1.0, 3.0, SMALL, LARGE):
        law = "size" if f in (SMALL, LARGE) else "homogeneous"
        trials.append((law, f * a, bench.attempt(x, f * a) / f, va))
    for law, cotangent, left, right in trials:
        size = departure(left, right, 64 * lost)
        # far from one the cotangent may cost half of the digits: an exponential of [[A, ȳ], [0, A]] is scaled by it
        if size > (np.sqrt(bench.unit) if law == "size" else 0.0):
            found.append(Departure("homogeneous" if law == "size" else law, x, cotangent, left, right, size))
    return found


def _lost(bench: Bench, x: Arrays, cotangent: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """What rounding changes in an answer, entry by entry: seen when the cotangent is changed in its last places."""
    worst = bench.unit * np.abs(answer)
    worst = np.maximum(worst, bench.unit * np.abs(answer).max(initial=0.0))
    for _ in range(4):
        factor = 1 + 8 * bench.unit * bench.rng.normal(size=cotangent.size)
        with np.errstate(all="ignore"):
            worst = np.maximum(worst, np.abs(bench.attempt(x, cotangent * factor) - answer))
    return np.where(np.isfinite(worst), worst, np.inf)
