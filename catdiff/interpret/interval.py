"""Intervals with outward rounding: an entry is a pair of floats between which a number surely is.

Every operation gives an interval that encloses what it does to any numbers in those it was given; where an end is
rounded, it is rounded outward, and where it is not, it stays. A constant such as 0.1 is the binary fraction it is; ⅓
lies between two floats.

>>> x, y = Interval(1, 2), Interval(-1, 3)
>>> x + y, x * y, y * y
([0.0, 5.0], [-2.0, 6.0], [-3.0, 9.0])
>>> third = INTERVALS.recip(INTERVALS.entry(3))
>>> third.low < third.high, third * 3
(True, [0.9999999999999999, 1.0000000000000002])

Two intervals of one number overlap, so laws hold up to that: `x (y + z)` lies in `x y + x z`. Rows that are no
polynomials follow from the errors they make (`certainty`), and those that are monotone are evaluated at both ends:

>>> import catdiff as cd
>>> cd.over(cd.exp(cd.f64()) >> cd.relu, INTERVALS)(Interval(0, 1)).within(Interval(0.99, 2.72))
True

Source: Moore, Interval Analysis (1966); IEEE Std 1788-2015 for infinite ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ..category.label import Label
from ..generators.rig import ARITHMETIC, Rig
from .certainty import Certainty, agree, by_errors, enclosing, truth
from .exact import fraction
from .meanings import entrywise

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
        self.low, self.high = _end(low, -INF), _end(high, INF)
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


def _end(v: Any, far: float) -> float:
    """A number as a float on the side of `far`."""
    if isinstance(v, float):
        return v + 0.0
    if far > 0:
        return -_end(-v, -far)
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
    return 0.0 if math.isinf(x) else _end(1 / Fraction(x), far)


def less(x: Any, y: Any) -> Certainty:
    """x < y, where all their numbers agree on it."""
    x, y = interval(x), interval(y)
    return Certainty(True if x.high < y.low else False if x.low >= y.high else None)


def choose(c: Any, x: Any, y: Any) -> Any:
    """x where c holds, else y, and where that is unknown what encloses both."""
    known = truth(c).value
    if known is not None:
        return x if known else y
    return (
        (truth(c) & x) | (~truth(c) & y)
        if isinstance(x, Certainty) or isinstance(y, Certainty)
        else interval(x).hull(y)
    )


# -- rows that are better known than by what they are made of --------------------------------------------------------

MONOTONE = {
    *(
        "exp",
        "expm1",
        "log",
        "log1p",
        "sqrt",
        "asin",
        "sinh",
        "tanh",
        "sigmoid",
        "softplus",
        "atan",
        "erf",
        "logaddexp",
    ),
}  # rows that grow with every operand: what is between their values at the ends


def _absolute(v: Any) -> Interval:
    x = interval(v)
    return Interval(max(x.low, -x.high, 0.0), max(-x.low, x.high))


def _stepped(f: Callable[[float], float]) -> Any:
    """A row to whole numbers that grows."""
    return lambda k, label: entrywise(lambda v: Interval(*map(f, (interval(v).low, interval(v).high))), 1)


def _whole(f: Callable[[float], Any]) -> Callable[[float], float]:
    return lambda x: x if math.isinf(x) else float(f(x))


def _extreme(pick: Callable[[float, float], float]) -> Callable[[Any, Any], Interval]:
    def of(x: Any, y: Any) -> Interval:
        x, y = interval(x), interval(y)
        return Interval(pick(x.low, y.low), pick(x.high, y.high))

    return of


def _folded(pick: Callable[[float, float], float]) -> Any:
    """An extremum over axes."""

    def meaning(k: Rig, label: Label) -> Any:
        axes, fold = label.attrs["axes"], entrywise(_extreme(pick), 2)
        return lambda x: fold.reduce(
            np.moveaxis(x, axes, range(-len(axes), 0)).reshape((*label.cod.shape, -1)) if axes else x[..., None],
            axis=-1,
        )

    return meaning


def _power(k: Rig, label: Label) -> Any:
    """A whole power, at the ends of x, or of |x| where it is even; other powers are known by their errors."""
    p = label.attrs["exponent"]
    if p != int(p):
        return by_errors(k, label, split, join)
    n = abs(int(p))

    def of(v: Any) -> Interval:
        x = interval(v) if n % 2 else _absolute(v)
        y = Interval(_raised(x.low, n, -INF), _raised(x.high, n, INF))
        return recip(y) if p < 0 else y

    return entrywise(of, 1)


def _raised(x: float, n: int, far: float) -> float:
    return (x**n if n else 1.0) if math.isinf(x) else _end(Fraction(x) ** n, far)


def split(v: Any) -> tuple[float, float]:
    """A centre and a radius that reach both ends."""
    x = interval(v)
    if math.isinf(x.low) or math.isinf(x.high):
        return 0.0, INF
    centre = x.low / 2 + x.high / 2
    return centre, math.nextafter(max(x.high - centre, centre - x.low), INF) if x.low < x.high else 0.0


def join(centre: float, radius: float) -> Interval:
    """The interval about a centre; everything where nothing is known."""
    if not math.isfinite(centre) or not math.isfinite(radius):
        return Interval(-INF, INF)
    return Interval(low_sum(centre, -radius), -low_sum(-centre, -radius))


def _at_both_ends(lab: Label) -> Callable[..., Any]:
    """A row that grows with every operand: from its values at the low ends to those at the high ends."""
    compute = enclosing(lab)

    def run(*xs: Any) -> Any:
        ends = []
        for side in ("low", "high"):
            at = [np.array([getattr(interval(v), side) for v in x.flat], np.float64).reshape(x.shape) for x in xs]
            ends.append(np.frompyfunc(join, 2, 1)(*compute(at, [np.zeros(a.shape) for a in at])[0]))
        return np.frompyfunc(lambda a, b: a.hull(b), 2, 1)(*ends)

    return run


def _derived(k: Rig, lab: Label) -> Any:
    if lab.row.name in MONOTONE:
        return _at_both_ends(lab)
    return by_errors(k, lab, split, join)


def _sample(rng: np.random.Generator) -> Interval:
    low, wide = rng.normal(size=2).tolist()
    return Interval(low, low + abs(wide) * float(rng.integers(0, 2)))


INTERVALS = Rig(
    name="intervals",
    entry=interval,
    recip=recip,
    less=less,
    choose=choose,
    truth=truth,
    rows={
        "abs": lambda k, label: entrywise(_absolute, 1),
        "relu": lambda k, label: entrywise(lambda x: _extreme(max)(x, 0), 1),
        "maximum": lambda k, label: entrywise(_extreme(max), 2),
        "minimum": lambda k, label: entrywise(_extreme(min), 2),
        "max": _folded(max),
        "min": _folded(min),
        "pow": _power,
        "floor": _stepped(_whole(math.floor)),
        "ceil": _stepped(_whole(math.ceil)),
        "round": _stepped(_whole(round)),
    },
    derived=_derived,
    carries=ARITHMETIC - {"z2"} | {"bool"},
    agree=agree,
    sample=_sample,
)
