"""Decided at points, in the arithmetic the program runs in: both sides are evaluated, each with a bound on its error.

Two sides that are equal as real functions may differ by what rounding does to each, and by no more; that is a running
error bound, worked out with the values (see `interpret/bounds`), and not a tolerance somebody chose. Where it is
infinite, at a point outside a domain or on a jump, a point says nothing and is not counted.

>>> import catdiff as cd
>>> A = cd.f64()
>>> square, cube = cd.copy(A) >> cd.mul, cd.copy(A, 3) >> cd.mul @ cd.id(A) >> cd.mul
>>> decide(square, square).note
'equal to the last bit'
>>> d = decide(square, cube, inputs=[[np.array(2.0)]])
>>> d.strength, float(d.left[0]), float(d.right[0])
('violated', 4.0, 8.0)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from math import inf
from statistics import median
from time import monotonic
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...errors import ArgumentError, EvaluationError, SignatureError, with_line
from ...interpret.bounds import Bounded, bounded, worst
from ...interpret.functor import run
from ...interpret.numpy import NUMPY
from ..decision import Decision
from ..random.sampler import points as sampled

NAME = "float"
TRIES = 4  # points looked at for each that is wanted, where many say nothing


def decide(
    left: Morphism,
    right: Morphism,
    points: int = 50,
    seed: int = 0,
    deadline: float | None = None,
    inputs: Iterable[Sequence[Any]] | None = None,
) -> Decision:
    """Compare both sides at so many points, of `inputs` or drawn by the seed, until the deadline of `monotonic`."""
    if left.dom != right.dom or left.cod != right.cod:
        raise SignatureError(with_line(f"equal morphisms have one type: {left} and {right}"))
    inputs, deadline = sampled(left.dom, seed) if inputs is None else inputs, inf if deadline is None else deadline
    used, seen, guessed, failed = 0, list[float](), False, ""
    for args in islice(inputs, TRIES * points):
        if used >= points or monotonic() > deadline:
            break
        try:
            with np.errstate(all="ignore"):
                if _same(run(left.net, args, NUMPY), run(right.net, args, NUMPY)):
                    used += 1  # and nothing about rounding need be known
                    continue
                l, r = bounded(left.net, args), bounded(right.net, args)
        except (EvaluationError, ArgumentError) as error:
            failed = failed or str(error).splitlines()[0]
            continue
        told = _compared(l, r)
        if told is None:
            continue
        used += 1
        wrong, tolerance = told
        if wrong:
            note = f"{_apart(l, r)}; rounding explains {tolerance:.0e}" if tolerance else "they differ"
            return Decision(NAME, "violated", used, note, args, [b.value for b in l], [b.value for b in r])
        guessed = guessed or any(b.empirical for b in (*l, *r))
        seen.append(tolerance)
    if not used:
        return Decision(
            NAME,
            "undecided",
            note=failed or ("the time was up" if monotonic() > deadline else "no point says anything"),
        )
    kind = "empirical tolerance" if guessed else "tolerance"
    return Decision(NAME, "tested", used, f"{kind} {median(seen):.0e}" if seen else "equal to the last bit")


def _same(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Whether the two agree bit for bit, but for the sign of zero, and are finite."""
    return all(
        np.array_equal(x, y) and (x.dtype.kind not in "fc" or bool(np.isfinite(x).all()))
        for x, y in zip(left, right, strict=True)
    )


def _apart(left: Sequence[Bounded], right: Sequence[Bounded]) -> str:
    """By how much of their size two sides differ."""
    with np.errstate(all="ignore"):
        shares = [
            float(np.max(np.abs(l.value - r.value)) / np.max(np.maximum(np.abs(l.value), np.abs(r.value))))
            for l, r in zip(left, right, strict=True)
            if np.asarray(l.value).dtype.kind in "fc" and np.size(l.value)
        ]
    return f"they differ by {max([s for s in shares if s == s], default=0.0):.0e} of their size"


def _compared(left: Sequence[Bounded], right: Sequence[Bounded]) -> tuple[bool, float] | None:
    """Whether the sides differ by more than their bounds allow, and those bounds beside the size of the values; None
    where no entry says anything.
    """
    found = worst(left, right)
    if left and all(w.index is not None and w.unknown == np.size(l.value) for w, l in zip(found, left, strict=True)):
        return None
    return any(w.ratio > 1 for w in found), max(map(_tolerance, left, right), default=0.0)


def _tolerance(l: Bounded, r: Bounded) -> float:
    """What the bounds allow beside the size of the values, where both are finite; 0 of what is exact."""
    x, y, allowed = np.asarray(l.value), np.asarray(r.value), np.asarray(l.bound + r.bound)
    if x.dtype.kind not in "fc":
        return 0.0
    says = np.isfinite(allowed) & np.isfinite(x) & np.isfinite(y)
    top = float(np.max(np.maximum(np.abs(x), np.abs(y)), where=says, initial=0.0))
    return float(np.max(allowed, where=says, initial=0.0)) / top if top else 0.0
