"""Whether a derivative is wrong at a point where its function may have a kink.

A function differentiates at x, strictly, where its slopes at all points near x agree in the limit. So the slopes of f
along one direction are taken at points all around x, and held against what the rule says at x. Where they differ from
the rule by much more than from each other, and go on doing so at steps that get ever shorter, the rule is wrong. Where
they differ from each other there is a kink or a jump, of which nothing is said here.

>>> import catdiff as cd
>>> A, zero = cd.f64(), [np.array(0.0)]
>>> def rule(says):
...     return lambda w: (np.ravel(says * w[0]), np.zeros(1))
>>> square, kink = (lambda p, f=f: values(f, p) for f in (cd.square(A), cd.abs(A)))
>>> [wrong_at(zero, square, rule(d), np.random.default_rng(0)) for d in (0.0, 1.0)]
[False, True]
>>> wrong_at(zero, kink, rule(0.5), np.random.default_rng(0)) is None
True

Source: Clarke, Optimization and Nonsmooth Analysis, 1983, Section 2.2, for strict derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...errors import EvaluationError
from ...interpret.bounds import bounded

Point = Sequence[Any]
Values = tuple[np.ndarray, np.ndarray]  # numbers, and bounds of their errors
Known = Callable[[Point], Values]

LEVEL = 0.7  # what is continuous changes by half when the step is halved
CLEAR = 0.01  # of the size of a function and its slope, noise lets both be seen
AROUND = 16  # directions, each with its opposite, in which points lie
APART = 8  # a rule is wrong that is so many times as far from slopes as they are from each other
NOISE = 8  # and so many times as far as errors can make it
ROUNDING = 2.0**-50  # of what is said itself, in its size
TOPS = (10, 17, 24, 40, 80)  # the first of three steps, each half the one before, as an exponent of 2


def values(f: Morphism, args: Sequence[Any]) -> Values:
    """The outputs of f as one flat array, and bounds of their errors; NaN where it is not defined."""
    try:
        found = bounded(f.net, args)
    except EvaluationError:  # outside the domain
        return np.full(1, np.nan), np.zeros(1)
    bounds = [np.ravel(np.broadcast_to(b.bound, np.shape(b.value))) for b in found]
    empty = [np.zeros(0)]
    return np.concatenate([np.ravel(b.value) for b in found] or empty), np.concatenate(bounds or empty)


def scaled(x: Point, direction: Point) -> list[np.ndarray]:
    """A direction in which tiny entries move by as little as they are large, so that none changes its sign."""
    size = [np.where(np.asarray(a) == 0, 1.0, np.minimum(np.abs(a), 1.0)) for a in x]
    return [np.asarray(s * v, v.dtype) for s, v in zip(size, direction, strict=True)]


def wrong_at(x: Point, f: Known, rule: Known, rng: np.random.Generator) -> bool | None:
    """Whether `rule`, linear in its direction, is not the derivative of `f` at x; None where f has none, or nothing is
    to be seen. Both give flat arrays with bounds.
    """
    v = tied(x, _random(x, rng))
    if not np.all(np.isfinite(rule(v)[0])):
        return _smooth(x, v, f, rng)  # a number is due, and none is said
    first = _seen(TOPS[0], x, v, f, rule, rng)
    if first is None or first.kinked.all():
        return None
    suspects = first.wrong
    for top in TOPS[1:]:
        if not suspects.any():
            return False
        closer = _seen(top, x, v, f, rule, rng)
        if closer is not None:
            suspects = suspects & (closer.wrong | (4 * closer.noise > first.gap))  # or errors could hide it here
    return bool(suspects.any())


def _smooth(x: Point, v: Point, f: Known, rng: np.random.Generator) -> bool | None:
    """True where f is defined at x, and its slopes around x agree the better the nearer they are; None elsewhere."""
    y, nothing = f(x)[0], np.zeros_like(f(x)[0])
    if not np.all(np.isfinite(y)):
        return None
    for top in TOPS[:2]:
        seen = _seen(top, x, v, f, lambda w: (nothing, nothing), rng)
        if seen is None or seen.kinked.any() or np.any(seen.noise > CLEAR * (1 + np.abs(y) + seen.gap)):
            return None
    return True


def tied(x: Point, v: Point) -> list[np.ndarray]:
    """The direction in which entries of x that are equal stay so: a branch for ties is then seen in slopes at x."""
    moves: dict[Any, Any] = {}
    for a, b in zip(x, v, strict=True):
        for place, step in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True):
            moves.setdefault(place, step)
    return [np.array([moves[p] for p in a.ravel().tolist()], a.dtype).reshape(a.shape) for a in x]


def _random(x: Point, rng: np.random.Generator) -> list[np.ndarray]:
    """A direction, of which no two entries agree."""
    found = []
    for a in x:
        v = rng.choice([-1.0, 1.0], a.shape) * rng.uniform(0.3, 1.3, a.shape)
        found.append(np.asarray(v + 1j * rng.uniform(-1, 1, a.shape) if a.dtype.kind == "c" else v, a.dtype))
    return scaled(x, found)


@dataclass(frozen=True)
class Seen:
    """What three steps show of each output: that the rule seems wrong, or that slopes differ among themselves; how far
    they are from the rule, and what errors can make.
    """

    wrong: np.ndarray
    kinked: np.ndarray
    gap: np.ndarray
    noise: np.ndarray


def _seen(top: int, x: Point, v: Point, f: Known, rule: Known, rng: np.random.Generator) -> Seen | None:
    """What the steps 2⁻ᵗᵒᵖ, half and a quarter of it show; None where something is not finite."""
    told = []
    for k in range(top, top + 3):
        found = _gap(2.0**-k, x, v, f, rule, rng)
        if found is None:
            return None
        told.append(found)
    far = [gap > APART * spread + noise for gap, spread, noise in told]
    apart = [spread > noise for _, spread, noise in told]
    gaps, spreads = ([b > LEVEL * a for a, b in pairwise([t[i] for t in told])] for i in (0, 1))
    every, (gap, _, noise) = np.logical_and.reduce, told[-1]
    return Seen(every([*far, *gaps]), every([*apart, *spreads]), gap, noise)


def _gap(
    step: float, x: Point, v: Point, f: Known, rule: Known, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """How far the slopes around x are from the rule on the mean, from each other, and what errors can make."""
    errors = list[np.ndarray]()
    gap = spread = noise = np.zeros(0)
    for base in _around(x, v, step, rng):
        told = _slope(base, v, step / 2, f, rule)
        if told is None:
            return None
        errors.append(told[0])
        noise = np.maximum(noise, told[1]) if noise.size else told[1]
        centre = np.mean(errors, axis=0)
        gap, spread = np.abs(centre), np.max([np.abs(e - centre) for e in errors], axis=0)
        if not np.any(gap > APART * spread + NOISE * noise):  # nothing that more points could confirm
            break
    return gap, spread, NOISE * noise


def _around(x: Point, v: Point, step: float, rng: np.random.Generator) -> Iterator[list[np.ndarray]]:
    """x, and points around it at so short a distance, in pairs that lie opposite."""
    yield list(x)
    for i in range(AROUND):
        u = v if i == 0 else _random(x, rng)
        for sign in (1.0, -1.0):
            yield [np.asarray(a + sign * 2 * step * b, a.dtype) for a, b in zip(x, u, strict=True)]


def _slope(base: Point, v: Point, h: float, f: Known, rule: Known) -> tuple[np.ndarray, np.ndarray] | None:
    """The slope of f at a point less what the rule says of the very step that was taken, and a bound of its error."""
    ahead = [np.asarray(a + h * b, a.dtype) for a, b in zip(base, v, strict=True)]
    back = [np.asarray(a - h * b, a.dtype) for a, b in zip(base, v, strict=True)]
    taken = [np.asarray((a - b) / (2 * h), a.dtype) for a, b in zip(ahead, back, strict=True)]
    (y, e), (z, d), (said, unsure) = f(ahead), f(back), rule(taken)
    if not all(np.all(np.isfinite(a)) for a in (y, z, said, e, d, unsure)):
        return None
    return (y - z) / (2 * h) - said, (e + d) / (2 * h) + unsure + ROUNDING * np.abs(said)
