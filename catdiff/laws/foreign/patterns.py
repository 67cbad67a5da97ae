"""What is wrong with a rule, in a practitioner's words.

Each pattern looks at all the evidence and says either what it sees or nothing; the first that speaks is the reason,
with where it holds (which inputs and outputs, the diagonal, where x < 0) and one disagreement in numbers.

>>> factor_said(-1.0, []), factor_said(2.0, [])
('the sign is wrong', 'off by a factor 2')
>>> factor_said(0.25, [4])
'off by a factor 1/4 (an axis has 4 entries: a mean taken for a sum, or once too often?)'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from .arrangements import arranged
from .atoms import FITTING, elementwise
from .cases import Bench, Case
from .evidence import Evidence, number

VARIES = 1e-3  # relative change of slopes from point to point that is no accident
ZERO = "zero: no cotangent comes back where there is a slope"


def explained(bench: Bench, cases: Sequence[Case], wrong: Sequence[Case]) -> str:
    """Why the rule is wrong, in a sentence or two."""
    ordinary = [c for c in cases if not c.said]
    seen, everything = Evidence(bench, cases), Evidence(bench, cases)
    if any(c.wrong.any() for c in ordinary):  # what goes wrong at special points as well would hide what it is
        seen = Evidence(bench, ordinary)
    what = (
        _missing_numbers(seen)
        or _superfluous(seen)
        or _stuck(seen)
        or _nothing(seen)
        or (arranged(bench, cases) if _is_complex(bench) else None)
        or _on_the_diagonal(everything)
        or _multiple(seen, lambda: arranged(bench, cases))
        or arranged(bench, cases)
        or _gaps(seen)
        or _digits(seen)
        or elementwise(seen)
        or "it disagrees with the slopes"
    )
    where = _place(seen) + _region(seen)
    count = f"{len(wrong)} of {len(everything.cases)} points"
    return f"{what}{where}: {seen.example()} ({count})"


def _missing_numbers(seen: Evidence) -> str | None:
    off = seen.answer[seen.off]
    return "vjp gives NaN or infinity where there is a derivative" if not np.isfinite(off).any() else None


def _stuck(seen: Evidence) -> str | None:
    """The same answers at points where the slopes differ."""
    ordinary = [c for c in seen.cases if not c.said and np.isfinite(c.answers).all()]
    if len(ordinary) < 3 or not np.any(ordinary[0].answers):
        return None
    first = ordinary[0]
    same = all(c.answers.shape == first.answers.shape and np.array_equal(c.answers, first.answers) for c in ordinary)
    varies = any(c.right.shape == first.right.shape and _changes(c, first) for c in ordinary)
    if same and varies and _passes(ordinary):
        return "cotangents pass as they are, where forward is flat too: a mask is missing, or it is straight-through"
    if same and varies and all(np.array_equal(c.answers, c.cotangents) for c in ordinary):
        return "cotangents pass as they are, and the derivative is not constant"
    if same and varies:
        said = "vjp gives the same cotangents at every x, and the derivative is not constant"
        return f"{said} (a residual kept from an earlier call?)"
    return None


def _passes(cases: Sequence[Case]) -> bool:
    """Whether vjp is the identity, and the slopes are its own or zero."""
    for c in cases:
        own = np.abs(c.left - c.right) <= c.tolerance
        flat = np.abs(c.right) <= c.tolerance
        if not np.array_equal(c.answers, c.cotangents) or not np.all((own | flat)[c.smooth]):
            return False
    return True


def _changes(c: Case, first: Case) -> bool:
    beyond = np.abs(c.right - first.right) > VARIES * np.abs(first.right).max() + c.tolerance + first.tolerance
    return bool(np.any(beyond & c.smooth & first.smooth))


def _nothing(seen: Evidence) -> str | None:
    """Nothing comes back to whole inputs."""
    dead = [i for i in seen.bench.inputs.live if not np.any(seen.answer[seen.wire == i])]
    if not dead or not _silent(seen):
        return None
    others = [i for i in seen.bench.inputs.live if i not in dead]
    hint = f" (if it is meant to be a constant, say wires={others})" if others else ""
    return f"{ZERO}{hint}"


def _gaps(seen: Evidence) -> str | None:
    """Nothing comes back to some entries, for no reason that shows."""
    return ZERO if _silent(seen) else None


def _silent(seen: Evidence) -> bool:
    """Whether all that is wrong is zero."""
    single = seen.off & (seen.entry >= 0)
    return bool(single.any() and not np.any(seen.answer[single]))


def _superfluous(seen: Evidence) -> str | None:
    if np.all(np.abs(seen.slope[seen.off]) <= seen.slack[seen.off]) and np.isfinite(seen.answer[seen.off]).all():
        said = "cotangents come back to entries on which the output does not depend"
        return f"not zero where it has to be: {said} (a mask is missing?)"
    return None


def _is_complex(bench: Bench) -> bool:
    return any(e.imaginary for e in bench.inputs.entries)


def factor_said(factor: float, extents: Sequence[int]) -> str:
    """A constant factor in words."""
    if factor == -1:
        return "the sign is wrong"
    simple = Fraction(factor).limit_denominator(64)
    if 0 < abs(factor - 1) < 1e-5:
        return f"nearly right, but off by a factor 1 {'+' if factor > 1 else '-'} {number(abs(factor - 1), 2)}"
    text = str(simple) if abs(float(simple) - factor) < 1e-9 * abs(factor) else number(factor, 8)
    hint = ""
    for n in extents:
        if n > 1 and (abs(abs(factor) - n) < 1e-6 or abs(abs(factor) * n - 1) < 1e-6):
            hint = f" (an axis has {n} entries: a mean taken for a sum, or once too often?)"
            break
    return f"off by a factor {text}{hint}"


def _ratio(seen: Evidence, among: np.ndarray) -> float | None:
    """The one factor between answers and slopes on these pairs."""
    single = among & (seen.entry >= 0)
    among = single if single.any() else among  # a mixture may mix right ones with wrong ones
    loud = among & seen.loud & np.isfinite(seen.answer)
    if not loud.any():
        return None
    ratios = seen.answer[loud] / seen.slope[loud]
    best = int(np.argmin(seen.slack[loud] / np.abs(seen.slope[loud])))
    factor = float(ratios[best])
    simple = float(Fraction(factor).limit_denominator(64))
    error = 2 * float((seen.slack[loud] / np.abs(seen.slope[loud]))[best]) + 1e-12 * abs(factor)
    factor = simple if abs(simple - factor) <= error else factor
    fits = np.abs(seen.answer - factor * seen.slope) <= (1 + abs(factor)) * seen.slack + 1e-9 * np.abs(seen.answer)
    return factor if np.mean(fits[among]) >= FITTING and abs(factor) > 1e-12 else None


def _multiple(seen: Evidence, arrangement: Callable[[], str | None]) -> str | None:
    factor = _ratio(seen, seen.off)
    if factor == -1 and np.any(seen.loud & ~seen.off):  # of a rotation the transpose differs by signs
        moved = arrangement()
        if moved and moved.startswith("transposed"):
            return moved
    return None if factor is None else factor_said(factor, _extents(seen))


def _extents(seen: Evidence) -> list[int]:
    inputs, outputs = seen.bench.inputs, seen.bench.outputs
    shapes = [s.shape for s in (*inputs.sorts, *outputs.sorts)]
    return sorted({n for shape in shapes for n in shape} | {int(np.prod(shape, dtype=int)) for shape in shapes})


def _diagonal(seen: Evidence) -> np.ndarray:
    """The pairs whose input entry lies on the diagonal of a square matrix."""
    inputs = seen.bench.inputs
    out = np.zeros(len(seen.entry), bool)
    for k, entry in enumerate(seen.entry):
        if entry >= 0:
            wire, index, _ = inputs.entries[entry]
            shape = inputs.sorts[wire].shape
            if len(shape) >= 2 and shape[-1] == shape[-2] > 1:
                place = np.unravel_index(index, shape)
                out[k] = place[-1] == place[-2]
    return out


def _on_the_diagonal(seen: Evidence) -> str | None:
    """A factor that shows on the diagonal at the simplest matrices, and is mixed with the rest at others."""
    diagonal = _diagonal(seen)
    if not diagonal.any():
        return None
    simple = np.array([c.said.startswith(("the unit matrix", "a diagonal matrix")) for c in seen.cases] or [False])
    for among in (np.ones(len(seen.off), bool), simple[seen.case]):
        off = seen.off & among
        rest = among & ~diagonal & seen.loud
        if off.any() and np.all(diagonal[off]) and rest.any():
            factor = _ratio(seen, off)
            if factor is not None:
                at = "" if among.all() else ", as is seen at diagonal matrices (elsewhere it spreads over all entries)"
                return f"{factor_said(factor, [])} on the diagonal{at}"
    return None


def _digits(seen: Evidence) -> str | None:
    """Nearly right: how many digits, and of what kind the error is."""
    off = seen.off & seen.loud & np.isfinite(seen.answer)
    if not off.any() or not np.all(seen.loud[seen.off] | (np.abs(seen.answer - seen.slope)[seen.off] < 1e-3)):
        return None
    share = np.abs(seen.answer[off] - seen.slope[off]) / np.abs(seen.slope[off])
    worst = float(share.max())
    if worst > 1e-2:
        return None
    if seen.bench.unit < 2.0**-30 and worst < 1e-4 and float(np.median(share)) < 2.0**-22:
        single = np.all(seen.answer[off] == seen.answer[off].astype(np.float32))
        if single or np.median(share) > 2.0**-30:
            kind = "the answers are float32 numbers" if single else "as if something inside were float32"
            return f"nearly right, but to {number(worst, 1)} only, where float64 has 1e-16: {kind}"
    x = np.abs(seen.x[off])
    small = np.isfinite(x) & (x > 0)
    grows = small.sum() > 3 and np.corrcoef(np.log(x[small]), np.log(share[small]))[0, 1] < -0.8
    kind = (
        ", the more the smaller x is (an eps added to it?)"
        if grows
        else " (an approximation, a solver not converged, an added eps?)"
    )
    return f"nearly right, but off by up to {number(worst, 1)} of its size{kind}"


def _place(seen: Evidence) -> str:
    """The inputs and outputs it is about, where that is not all of them."""
    out = ""
    for word, own, count in (
        ("input", seen.wire, seen.bench.inputs.live),
        ("output", seen.outer, seen.bench.outputs.live),
    ):
        known = own >= 0
        bad = sorted({int(w) for w in own[seen.off & known]})
        if len(count) > 1 and bad and len(bad) < len(count):
            out += f", in {word} {', '.join(map(str, bad))}"
    if not out and len(seen.bench.outputs.live) == 1:
        places = {int(k) for k in seen.output[seen.off] if k >= 0}
        loud = {int(k) for k in seen.output[seen.loud & ~seen.off] if k >= 0} - places
        if len(places) == 1 and len(loud) > 1:
            out = f", for output entry {seen.bench.outputs.name(places.pop(), 'y')} only"
    return out


def _region(seen: Evidence) -> str:
    """Where on the line the input lies when it is wrong, if that is one side of something."""
    known = np.isfinite(seen.x)
    clear = seen.loud | (np.abs(seen.answer) > 20 * seen.slack)
    bad, good = seen.x[seen.off & known], seen.x[~seen.off & known & clear]
    specials = {seen.cases[k].said for k in seen.case[seen.off]}
    if "" not in specials:
        return f", only at points with {sorted(specials)[0]}"
    if len(bad) < 3 or len(good) < max(3, 0.2 * len(bad)):  # a few right ones far out are no region
        return ""
    for text, inside in (("x < 0", lambda v: v < 0), ("x > 0", lambda v: v > 0)):
        if inside(bad).all() and not inside(good).any():
            return f", only where {text}"
        if inside(bad).all() and not inside(good[good != 0]).any():
            return f", only where {text}"
    for text, size in (("|x|", np.abs), ("x", np.asarray)):
        low, high = size(bad).min(), size(bad).max()
        if 0 < size(good).max() < low:
            return (
                f", only where {text} is large (from {number(float(size(good).max()), 3)}…{number(float(low), 3)} on)"
            )
        if text == "x" and size(good).min() > high:
            return f", only where x is below {number(float(high), 3)}…{number(float(size(good).min()), 3)}"
    return ""
