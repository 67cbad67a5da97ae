"""What a report on a foreign rule says beside its reason: how sharp it saw, where a counterexample lies.

>>> sharpness([])
'all of them zero'
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..counterexample import Counterexample
from ..names import numbered
from .cases import Bench, Case
from .evidence import number
from .kinks import Membership, kinked
from .linear import Departure

STATEMENT = "⟨ȳ, D[f](x, d)⟩ = ⟨vjp(x, ȳ), d⟩"


def sharpness(judged: Sequence[Case]) -> str:
    """How small a mistake would have been seen."""
    shares = []
    for c in judged:
        size = np.abs(c.right)
        loud = c.smooth & (size > 1e-3 * size.max(initial=0.0)) & (size > c.tolerance)
        shares += list((c.tolerance[loud] / size[loud]).ravel())
    if not shares:
        return "all of them zero"
    return f"which see a relative error of {number(float(np.median(shares)), 1)}"


def unjudged(cases: Sequence[Case]) -> str:
    """Why no point told anything."""
    if any(kinked(c) for c in cases):
        return "no point that was tried is smooth; pass sample="
    return (
        "differences tell nothing: at every point forward is too noisy, or changes too fast, or its domain is too "
        "thin; pass sample="
    )


def counterexample(bench: Bench, case: Case, seed: int) -> Counterexample:
    """The first disagreement at a point, with all that is needed to see it again."""
    row, column = np.argwhere(case.wrong)[0]
    cotangent = bench.outputs.at(case.cotangents[row], bench.outputs.zeros())
    left = bench.inputs.at(case.answers[row], bench.inputs.zeros())
    direction = bench.inputs.at(case.directions[column].vector, bench.inputs.zeros())
    return Counterexample(
        "R = D†",
        STATEMENT,
        None,
        [*case.x, *cotangent, *direction],
        [case.right[row, column]],
        [case.left[row, column], *left],
        "vjp",
        seed,
        names=tuple(numbered([("x", len(case.x)), ("ȳ", len(cotangent)), ("d", len(direction))])),
        sides=("⟨ȳ, D[f](x, d)⟩, by differences", "⟨vjp(x, ȳ), d⟩, and vjp(x, ȳ)"),
    )


def nonlinear(departure: Departure) -> str:
    """How a rule is not linear in the cotangent."""
    if departure.law == "zero":
        added = number(float(np.abs(departure.left).max()), 3)
        return f"vjp adds a constant: at the cotangent zero it gives {added}, not zero"
    what = (
        "vjp(x, a + b) is not vjp(x, a) + vjp(x, b)"
        if departure.law == "additive"
        else "vjp(x, s·a) is not s·vjp(x, a)"
    )
    return f"it is not linear in the cotangent: {what}, by {number(departure.size, 2)} of its size"


def outside(bench: Bench, found: Membership) -> str:
    """What a rule answers at a kink, and what it could."""
    where = found.case.said or "a kink"
    entries = [round(float(v), 4) for v in found.answer[:6]]
    near = [round(float(v), 4) for v in found.nearest[:6]]
    return (
        f"wrong at ties and kinks only: at a point with {where} it answers {entries} for "
        f"{bench.outputs.name(found.output, 'y')}, which is no mixture of the slopes beside the kink "
        f"(the nearest is {near})"
    )
