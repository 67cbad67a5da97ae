"""Intervals with outward rounding: a pair of floats between which a number surely is.

Every operation gives an interval that encloses what it does to any numbers in those it was given; where an end is
rounded, it is rounded outward, and where it is not, it stays. A constant such as 0.1 is the binary fraction it is; ⅓
lies between two floats.

>>> x, y = Interval(1, 2), Interval(-1, 3)
>>> x + y, x * y, y * y
([0.0, 5.0], [-2.0, 6.0], [-3.0, 9.0])
>>> third = recip(3)
>>> third.low < third.high, third * 3
(True, [0.9999999999999999, 1.0000000000000002])

Two intervals of one number meet, so laws hold up to that: `x (y + z)` lies in `x y + x z`.

Source: Moore, Interval Analysis (1966); IEEE Std 1788-2015 for infinite ends.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from .certainty import Certainty, chosen
from .exact import fraction

INF = math.inf


def below(exact: Fraction, x: float) -> float:
    """The largest float that is at most a number next to x."""
    return x if x == -INF or (x != INF and Fraction(x) <= exact) else math.nextafter(x, -INF)


def nearest(q: Fraction) -> float:
    """The float next to a fraction, an infinity past the last."""
    try:
        return float(q)
    except OverflowError:
        return INF if q > 0 else -INF


def low_sum(a: float, b: float) -> float:
    """a + b, rounded down. The error of a sum is a float, and comes out as one.

    Source: Møller; Knuth, The Art of Computer Programming 2, §4.2.2.
    """
    s = a + b
    if math.isinf(s):
        return s if math.isinf(a) or math.isinf(b) or s < 0 else math.nextafter(s, -INF)
    t = s - a
    lost = (a - (s - t)) + (b - t)
    return s if lost >= 0 else math.nextafter(s, -INF)


def low_product(a: float, b: float) -> float:
    """a · b, rounded down; 0 times anything is 0."""
    if a == 0 or b == 0:
        return 0.0
    p = a * b
    if math.isinf(p):
        return p if math.isinf(a) or math.isinf(b) or p < 0 else math.nextafter(p, -INF)
    if a.is_integer() and b.is_integer() and abs(p) < 2.0**53:
        return p
    return below(Fraction(a) * Fraction(b), p)


class Interval:
    """The numbers x with low ≤ x ≤ high. Immutable. Raises ValueError where there are none."""

    __slots__ = ("high", "low")

    def __init__(self, low: Any, high: Any) -> None:
        self.low, self.high = rounded_out(low, -INF), rounded_out(high, INF)
        if not self.low <= self.high:
            raise ValueError(f"there is no number between {low!r} and {high!r}")

    def __add__(self, other: Any) -> Interval:
        o = interval(other)
        return Interval(low_sum(self.low, o.low), -low_sum(-self.high, -o.high))

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Any) -> Interval:
        return self + -interval(other)

    def __rsub__(self, other: Any) -> Interval:
        return -self + other

    def __mul__(self, other: Any) -> Interval:
        o = interval(other)
        ends = [(a, b) for a in (self.low, self.high) for b in (o.low, o.high)]
        return Interval(min(low_product(a, b) for a, b in ends), -min(low_product(-a, b) for a, b in ends))

    __radd__, __rmul__ = __add__, __mul__

    def hull(self, other: Any) -> Interval:
        """The least interval that has both in it."""
        o = interval(other)
        return Interval(min(self.low, o.low), max(self.high, o.high))

    def meets(self, other: Any) -> bool:
        """Whether a number is in both."""
        o = interval(other)
        return self.low <= o.high and o.low <= self.high

    def within(self, other: Any) -> bool:
        """Whether every number of it is in the other."""
        o = interval(other)
        return o.low <= self.low and self.high <= o.high

    def __contains__(self, number: Any) -> bool:
        exact = fraction(number)
        return not (
            (self.low != -INF and exact < Fraction(self.low)) or (self.high != INF and exact > Fraction(self.high))
        )

    def __eq__(self, other: object) -> bool:
        o = other if isinstance(other, Interval) else _point(other)
        return o is not None and (self.low, self.high) == (o.low, o.high)

    def __hash__(self) -> int:
        return hash((self.low, self.high))

    def __repr__(self) -> str:
        return f"[{self.low!r}, {self.high!r}]"


def rounded_out(v: Any, far: float) -> float:
    """A number as the float next to it on the side of `far`, an infinity."""
    if isinstance(v, float):
        return v + 0.0
    if far > 0:
        return -rounded_out(-v, -far) + 0.0
    exact = fraction(v)
    return below(exact, nearest(exact))


def _point(v: Any) -> Interval | None:
    try:
        return interval(v)
    except ValueError:
        return None


def interval(v: Any) -> Interval:
    """A number as the least interval it is in."""
    if isinstance(v, Interval):
        return v
    if isinstance(v, Certainty):
        return Interval(*v.ends)
    exact = fraction(v)
    return Interval(exact, exact)


def recip(v: Any) -> Interval:
    """1 / x. Raises ZeroDivisionError where x may be 0."""
    x = interval(v)
    if x.low <= 0 <= x.high:
        raise ZeroDivisionError(f"0 is in {x}")
    return Interval(_inverse(x.high, -INF), _inverse(x.low, INF))


def _inverse(x: float, far: float) -> float:
    return 0.0 if math.isinf(x) else rounded_out(1 / Fraction(x), far)


def less(x: Any, y: Any) -> Certainty:
    """x < y, where all their numbers agree on it."""
    x, y = interval(x), interval(y)
    return Certainty(True if x.high < y.low else False if x.low >= y.high else None)


def choose(c: Any, x: Any, y: Any) -> Any:
    """x where c holds, else y, and where that is unknown what encloses both."""
    return chosen(c, x, y, lambda x, y: interval(x).hull(y))
