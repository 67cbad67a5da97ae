"""Intervals as a rig, and the rows that are better known over it than by what they are made of.

Rows that are polynomials, and those that follow from inverses and an order, are what they are over any such rig. Others
follow from the errors they make (`certainty`): about the middle of an interval, or, where they grow with every operand,
at both ends.

>>> import catdiff as cd
>>> wave = cd.exp(cd.f64()) >> cd.relu
>>> cd.over(wave, INTERVALS)(Interval(0, 1)).within(Interval(0.99, 2.72))
True
>>> cd.over(cd.pow(cd.f64(), exponent=2), INTERVALS)(Interval(-1, 2))            # and not [-2, 4]
[0.0, 4.0]
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ..category.label import Label
from ..generators.rig import ARITHMETIC, Rig
from .certainty import agree, by_errors, by_order, enclosing, truth
from .interval import INF, Interval, choose, interval, less, low_sum, recip, rounded_out
from .meanings import entrywise

GROWING = frozenset(
    ("exp", "expm1", "log", "log1p", "sqrt", "asin", "sinh", "tanh", "sigmoid", "softplus", "atan", "erf", "logaddexp")
)  # rows that grow with every operand
LARGEST = 64  # an exponent of a power that is worked out exactly, and then rounded


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
    """A whole power, at the ends of x, or of |x| where it is even; others, and large ones, by their errors."""
    p = label.attrs["exponent"]
    if p != int(p) or abs(p) > LARGEST:
        return by_errors(k, label, split, join)
    n = abs(int(p))

    def of(v: Any) -> Interval:
        x = interval(v) if n % 2 else _absolute(v)
        y = Interval(_raised(x.low, n, -INF), _raised(x.high, n, INF))
        return recip(y) if p < 0 else y

    return entrywise(of, 1)


def _raised(x: float, n: int, far: float) -> float:
    return (x**n if n else 1.0) if math.isinf(x) else rounded_out(Fraction(x) ** n, far)


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
    if lab.row.name in GROWING:
        return _at_both_ends(lab)
    return None if by_order(lab) else by_errors(k, lab, split, join)


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
