"""Laws of rows that nobody computes with: bounds of errors, which tolerances are made of, and counts of work.

A bound that is too small makes right programs look wrong, and one that is too large makes wrong ones look right; a
count is what `CHEAP` and `summary` believe. They are held against what the generator does, as in `rows`.

>>> import catdiff as cd
>>> report = cd.laws.check(cd.sin(cd.f64(2)), laws="ROW.5, ROW.6", points=8)
>>> report.strongest()
{'ROW.5': 'tested', 'ROW.6': 'tested'}
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...category.morphism import Morphism
from ...errors import without_line
from ...interpret.bounds import Bounded, bounded
from ...interpret.cost import cost
from ..decision import Decision
from ..law import Calculus, Laws
from ..random.sampler import KINDS
from ..trial import Trial
from .rows import AXIS, SOURCE, composite, evaluated, mapped, the, violated

LAWS = Laws(SOURCE, structural=True, each=1)
NUDGE = 2.0**-20  # how far operands are off, beside their size, where bounds are tried
INSIDE = 0.75  # of what is allowed, operands move
SLACK = 1 + 2.0**-9  # for the rounding of a difference that is held against a bound
FEWEST = 2  # points at which a generator has to be seen to only move what it reads


def unbounded(f: Morphism) -> str | None:
    """Why there is no bound to hold against anything."""
    if why := composite(f):
        return why
    if the(f).row.error is None:
        return "the row has no bounds: tolerances are empirical"
    floating = any(s.dtype.kind in ("real", "complex") for s in f.cod.wires)
    return None if floating else "nothing is rounded"


@LAWS.measured(
    "ROW.5",
    "bounds of errors",
    "|g(x + e) − g(x)| ≤ error(x, |e|) + error(x + e, 0), and error(x, 0) < |g(x)| somewhere",
    column="error",
    where=unbounded,
)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    used, told, judged = 0, False, 0
    for x, rng in trial.inputs(f.dom, KINDS):
        es = [NUDGE * np.abs(v) * rng.integers(0, 2, v.shape) if v.dtype.kind in "fc" else np.zeros(v.shape) for v in x]
        near = [np.asarray(v + INSIDE * e * rng.uniform(-1, 1, e.shape), v.dtype) for v, e in zip(x, es, strict=True)]
        if not (_defined(f, x) and _defined(f, near)):
            continue
        used += 1
        try:
            with np.errstate(all="ignore"):
                here = bounded(f, [Bounded(v, e) for v, e in zip(x, es, strict=True)])
                there, exact = bounded(f, near), bounded(f, x)
        except Exception as error:
            return violated(f, used, f"there is no bound: {without_line(str(error)).splitlines()[0]}", x)
        for a, b in zip(here, there, strict=True):
            if _beyond(a, b):
                return violated(f, used, "an error is larger than its bound", x)
        sizes = [(float(np.max(b.bound)), float(np.max(np.abs(b.value)))) for b in exact if np.size(b.value)]
        finite = [(e, y) for e, y in sizes if np.isfinite(y) and y > 0]
        told, judged = told or any(e < y for e, y in finite), judged + bool(finite)
    if judged and not told:
        return Decision("points", "violated", used, "at every point tried the bound is larger than the value")
    return Decision("points", "tested" if used else "undecided", used, "" if used else "defined at no point tried")


def _defined(f: Morphism, x: Sequence[np.ndarray]) -> bool:
    """Whether f gives something of its type at x."""
    made = evaluated(f, x)
    return made is not None and [np.shape(y) for y in made] == [s.shape for s in f.cod.wires]


def _beyond(a: Bounded, b: Bounded) -> bool:
    """Whether two values are further from each other than their bounds together allow."""
    if np.asarray(a.value).dtype.kind not in "fc":
        return False
    with np.errstate(all="ignore"):
        apart, allowed = np.abs(a.value - b.value), (a.bound + b.bound) * SLACK
    return bool(np.any((apart > allowed) & np.isfinite(allowed) & np.isfinite(apart)))


def uncounted(f: Morphism) -> str | None:
    """Why there is no count."""
    return composite(f) or (None if the(f).row.flops else "the row does not count its work")


@LAWS.measured(
    "ROW.6",
    "counted work",
    "flops(g.map(n)) = n flops(g), and flops(g) = 0 only where g moves what it reads",
    column="flops",
    where=uncounted,
)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    once, often = cost(f).flops, cost(mapped(f, (True,) * len(f.dom))).flops
    if isinstance(once, bool) or not isinstance(once, int) or once < 0:
        return Decision("counted", "violated", 0, f"{once!r} is no count")
    if often != AXIS * once:
        return Decision("counted", "violated", 0, f"{once} operations, and {often} for {AXIS} times as much")
    if once:
        return Decision("counted", "tested", 1, f"{once} operations")
    return _moves_only(f, trial)


def _moves_only(f: Morphism, trial: Trial) -> Decision:
    """Whether each number that f gives is one that it reads, in as many digits as there are, or a constant."""
    used, first = 0, list[np.ndarray]()
    for x, _ in trial.inputs(f.dom):
        made = evaluated(f, x)
        if made is None:
            continue
        numbers = [_parts(y) for y in made]
        first = first or numbers
        for y, constant in zip(numbers, first, strict=True):
            read = {0, *(v for a in x for v in _parts(a).astype(y.dtype).tolist())}
            if not all(v == c or v in read for v, c in zip(y.tolist(), constant.tolist(), strict=True)):
                return violated(f, used, "it counts nothing and computes something", x)
        used += 1
    told = used >= FEWEST
    return Decision(
        "points", "tested" if told else "undecided", used, "" if told else f"defined at {used} points tried"
    )


def _parts(x: np.ndarray) -> np.ndarray:
    """The entries, of complex ones both parts."""
    flat = np.ravel(x)
    return np.concatenate([np.real(flat), np.imag(flat)]) if flat.dtype.kind == "c" else flat
