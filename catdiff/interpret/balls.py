"""Values with absolute error bounds as a rig: an entry is what floats compute, and how far that may be off.

The arithmetic is that of float64, and beside it goes a bound on the distance from the number that is meant: the bounds
of both operands, amplified as a sum or a product amplifies them, and one rounding. It is the interpreter `bounds`
entry by entry, so that bounds can be the coefficients of polynomials or of duals, and a program can mix entries that
are exact with measured ones.

>>> x, y = Ball(2.0, 0.5), Ball(3.0)
>>> x * y, x + y
(6.0 ± 1.5, 5.0 ± 0.5)
>>> Ball(0.1) + Ball(0.2)
0.30000000000000004 ± 3.3e-17

Two balls of one number meet, and laws hold up to that. Rows that are no polynomials follow from the errors they make
(`certainty`), and comparisons are unknown where the balls meet.

>>> import catdiff as cd
>>> cd.over(cd.sin(cd.f64()), BALLS)(Ball(0.0, 0.25))
0.0 ± 0.25
>>> cd.over(cd.gt(cd.f64(), cd.f64()), BALLS)(Ball(2.0, 0.5), 2.25)
unknown

Source: Higham, Accuracy and Stability of Numerical Algorithms (2nd ed.), §3.3.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from ..category.label import Label
from ..generators.rig import ARITHMETIC, Rig
from .certainty import MARGIN, Certainty, agree, by_errors, by_order, chosen, truth
from .exact import fraction
from .interval import nearest

UNIT, LEAST = 2.0**-53, 2.0**-1074  # half a unit in the last place of 1, and the least float


class Ball:
    """The numbers at most `bound` from `value`. Immutable. Raises ValueError where the bound is none."""

    __slots__ = ("bound", "value")

    def __init__(self, value: float, bound: float = 0.0) -> None:
        self.value, self.bound = float(value), float(bound)
        if not self.bound >= 0:
            raise ValueError(f"a bound on an error is 0 or more, not {bound!r}")
        if self.value != self.value:
            self.bound = math.inf

    def __add__(self, other: Any) -> Ball:
        o = ball(other)
        y = self.value + o.value
        rounded = 0.0 if self.value == 0 or o.value == 0 else UNIT * abs(y)
        return _grown(y, self.bound + o.bound + rounded)

    def __mul__(self, other: Any) -> Ball:
        o = ball(other)
        if self == 0 or o == 0:
            return Ball(0.0)
        y, a, b = self.value * o.value, abs(self.value), abs(o.value)
        rounded = 0.0 if a == 1 or b == 1 else UNIT * abs(y) + LEAST
        return _grown(y, _times(a, o.bound) + _times(b + o.bound, self.bound) + rounded)

    def __neg__(self) -> Ball:
        return Ball(-self.value, self.bound)

    def __sub__(self, other: Any) -> Ball:
        return self + -ball(other)

    def __rsub__(self, other: Any) -> Ball:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def meets(self, other: Any) -> bool:
        """Whether a number is in both."""
        o = ball(other)
        apart, allowed = abs(self.value - o.value), (self.bound + o.bound) * MARGIN
        return apart <= allowed or allowed == math.inf or self.value == o.value

    def __contains__(self, number: Any) -> bool:
        if self.bound == math.inf:
            return True
        return abs(fraction(number) - Fraction(self.value)) <= Fraction(self.bound)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ball):
            try:
                other = ball(other)
            except ValueError:
                return False
        return (self.value, self.bound) == (other.value, other.bound)

    def __hash__(self) -> int:
        return hash((self.value, self.bound))

    def __repr__(self) -> str:
        return f"{self.value!r} ± {self.bound:.2g}"


def _times(a: float, b: float) -> float:
    """A product of magnitudes, where 0 · inf is 0."""
    return a * b if a and b else 0.0


def _grown(value: float, bound: float) -> Ball:
    """A ball whose bound was worked out in floats, with a margin for that."""
    if not math.isfinite(value) or bound != bound:
        return Ball(value, math.inf)
    return Ball(value, bound * MARGIN + LEAST if bound else 0.0)


def ball(v: Any) -> Ball:
    """A number as the float next to it, and how far that is."""
    if isinstance(v, Ball):
        return v
    if isinstance(v, Certainty):
        return Ball(sum(v.ends) / 2, (v.ends[1] - v.ends[0]) / 2)
    exact = fraction(v)
    value = nearest(exact)
    off = abs(exact - Fraction(value)) if math.isfinite(value) else Fraction(0)
    return _grown(value, nearest(off) + LEAST if off else 0.0)


def recip(v: Any) -> Ball:
    """1 / x. Raises ZeroDivisionError where x may be 0."""
    x = ball(v)
    left = abs(x.value) * (1 - UNIT * 4) - x.bound
    if not left > 0:
        raise ZeroDivisionError(f"0 is in {x}")
    y = 1 / x.value
    return _grown(y, abs(y) * (x.bound / left) + 2 * UNIT * abs(y) + LEAST)


def less(x: Any, y: Any) -> Certainty:
    """x < y, where all their numbers agree on it."""
    x, y = ball(x), ball(y)
    if x.meets(y):
        exact = x.bound == y.bound == 0
        return Certainty(False if exact else None)
    return Certainty(x.value < y.value)


def choose(c: Any, x: Any, y: Any) -> Any:
    """x where c holds, else y; where that is unknown, the value that was computed for x, off by as much as y may be."""
    return chosen(c, x, y, _either)


def _either(x: Any, y: Any) -> Ball:
    x, y = ball(x), ball(y)
    return _grown(x.value, max(x.bound, abs(x.value - y.value) * MARGIN + y.bound))


def split(v: Any) -> tuple[float, float]:
    """The value and the bound."""
    x = ball(v)
    return x.value, x.bound


def _derived(k: Rig, lab: Label) -> Any:
    return None if by_order(lab) else by_errors(k, lab, split, Ball)


def _sample(rng: np.random.Generator) -> Ball:
    value, bound = rng.normal(size=2).tolist()
    return Ball(value, abs(bound) * float(rng.integers(0, 2)) / 8)


BALLS = Rig(
    name="floats with error bounds",
    entry=ball,
    recip=recip,
    less=less,
    choose=choose,
    truth=truth,
    derived=_derived,
    carries=ARITHMETIC - {"z2"} | {"bool"},
    agree=agree,
    sample=_sample,
)
