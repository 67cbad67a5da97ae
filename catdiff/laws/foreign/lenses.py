"""Lenses that are no reverse derivatives, told from mistakes.

Any vjp beside a forward is a lens; a reverse derivative is one whose backward half is forced by the forward half.
What people leave it for on purpose has a signature. *Straight-through* and other surrogates: forward is locally
constant but not constant, so that its derivative, zero, says nothing, and vjp is linear and not zero. *Clipping*: vjp
is right for small cotangents and not linear in large ones. *Scaled*, *reversed* and *stopped* gradients: forward is the
identity, and vjp a multiple of it. A scaled answer of any other function is a mistake.

>>> import catdiff as cd, numpy as np
>>> report = cd.laws.check_rule(np.round, lambda x, ȳ: ȳ, cd.f64(3), cd.f64(3))
>>> report.verdict, report.reason.split(":")[0]
('lens', 'a straight-through rule')
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .cases import SAFE, Bench, Case, along_directions
from .linear import SMALL, Departure

FLAT = 0.98  # of the slopes: a staircase may have one that coarse steps climb evenly


def recognised(bench: Bench, cases: Sequence[Case], departures: Sequence[Departure]) -> str | None:
    """What kind of lens the rule is, in words; None where it is none of those known."""
    ordinary = [c for c in cases if c.strict and c.judged]
    if not ordinary:
        return None
    if departures:
        if any(d.law == "zero" for d in departures):
            return None
        return _surrogate(ordinary) or _clipping(bench, ordinary, departures)
    return _surrogate(ordinary) or _multiple(bench, ordinary)


def _surrogate(cases: Sequence[Case]) -> str | None:
    still = np.concatenate([(np.abs(c.right) <= SAFE * c.error)[c.smooth] for c in cases])
    flat = np.mean(still) >= FLAT
    first = cases[0].y
    varies = any(not np.array_equal(a, b) for c in cases for a, b in zip(c.y, first, strict=True))
    if not flat or not varies or not all(np.isfinite(c.answers).all() for c in cases):
        return None
    square = cases[0].answers.shape
    whole = square[0] == square[1] and all(np.array_equal(c.answers, c.cotangents) for c in cases)
    masked = square[0] == square[1] and all(
        np.all((c.answers == c.cotangents) | (c.answers == 0)) and np.array_equal(c.cotangents, np.eye(square[0]))
        for c in cases
    )
    if whole or masked:
        passed = "cotangents pass as they are" if whole else "cotangents pass as they are, or not at all"
        return (
            f"a straight-through rule: forward is locally constant, so its derivative is zero, and {passed}. "
            "A lens on purpose, but not the reverse derivative"
        )
    return (
        "a surrogate gradient: forward is locally constant, so its derivative is zero, and vjp answers with a linear "
        "map of its own. A lens on purpose, but not the reverse derivative"
    )


def _clipping(bench: Bench, cases: Sequence[Case], departures: Sequence[Departure]) -> str | None:
    if any(d.law == "zero" for d in departures):
        return None
    for c in cases[:8]:
        # the same cases with cotangents so small that nothing is clipped
        answers = np.array([bench.attempt(c.x, SMALL * row) / SMALL for row in c.cotangents])
        left = along_directions(answers, c.directions)
        with np.errstate(invalid="ignore"):
            slack = c.tolerance + 64 * bench.unit * np.abs(left)
            if np.any(c.smooth & ~(np.abs(left - c.right) <= slack)):
                return None
    if all(abs(np.abs(d.cotangent).max()) <= 2 * SMALL * 8 for d in departures):
        return None
    largest = max(departures, key=lambda d: float(np.abs(d.cotangent).max()))
    shrinks = np.abs(largest.left).max(initial=0.0) < np.abs(largest.right).max(initial=0.0)
    word = "clips" if shrinks or largest.law == "additive" else "changes"
    return (
        f"a clipped gradient: vjp is the reverse derivative for small cotangents and {word} large ones, so it is not "
        "linear in the cotangent. A lens on purpose, but not the reverse derivative"
    )


def _multiple(bench: Bench, cases: Sequence[Case]) -> str | None:
    if bench.inputs.size != bench.outputs.size or not bench.inputs.size:
        return None
    factors: set[float] = set()
    for c in cases:
        if not np.array_equal(bench.inputs.flat(c.x), bench.outputs.flat(c.y)):
            return None
        pairs = c.smooth & (np.abs(c.right) > 0.5) & (np.abs(c.cotangents).sum(axis=1) == 1)[:, None]
        if (
            np.any(np.abs(c.left[c.smooth & (np.abs(c.right) <= 0.5)]) > 1e-6)
            and len(c.cotangents) == c.answers.shape[1]
        ):
            return None
        factors |= {round(float(v), 6) for v in (c.left[pairs] / c.right[pairs])}
    if len(factors) != 1:
        return None
    factor = factors.pop()
    if factor == 0:
        said = "a stopped gradient: forward is the identity, and no cotangent passes"
        return f"{said}. A lens on purpose, but not the reverse derivative"
    name = "reversed" if factor < 0 else "scaled"
    return (
        f"a {name} gradient: forward is the identity, and cotangents are multiplied by {factor:g}. "
        "A lens on purpose, but not the reverse derivative"
    )
