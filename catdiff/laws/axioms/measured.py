"""Laws that are measured: what a gradient may cost, where it may not be NaN, which digits it keeps.

Source: Griewank and Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, Section 3.3 for the cheap gradient.
"""

from __future__ import annotations

import numpy as np

from ...category.morphism import Atom, Morphism
from ...interpret.cost import cost, size_in_bytes
from ..decision import Decision
from ..law import Calculus, Laws
from ..names import numbered
from ..random.sampler import point
from ..subject import generators_of
from ..trial import Trial
from .slopes import values
from .taylor import not_real

LAWS = Laws("Griewank and Walther, Evaluating Derivatives, SIAM 2008")
OMEGA, CONJUGATES = 4, 1  # what a gradient may cost, in evaluations of the function; and for complex wires besides
MODERATE = ("ties", "integers", "ordinary")  # kinds of points at which nothing overflows by its size


@LAWS.measured(
    "CHEAP.1",
    "a gradient is cheap",
    "work⟨f, R[f]⟩ ≤ (ω + 1) · work(f), ω = 4 (complex: 5) or what the costliest generator takes alone",
    source="Griewank and Walther, Evaluating Derivatives, Section 3.3",
)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    alone = max([_ratio(k, Atom(lab)) for lab in generators_of(f)], default=0.0)
    omega = OMEGA + CONJUGATES * any(s.dtype.kind == "complex" for s in (*f.dom.wires, *f.cod.wires))
    ratio, allowed = _ratio(k, f), max(float(omega), alone)
    allowed += 1  # for sums where wires are copied, and what is handed on between boxes
    said = f"ratio {ratio:.2f}" + (f", of the costliest generator alone {alone:.2f}" if alone > omega else "")
    return Decision("counted", "proved" if ratio <= allowed else "violated", note=said)


def _ratio(k: Calculus, f: Morphism) -> float:
    """The work of `⟨f, R[f]⟩` over that of f."""
    word = min([np.dtype(s.dtype.carrier).itemsize for s in (*f.dom.wires, *f.cod.wires)], default=1)
    return _work(k.vjp(f), word) / max(1.0, _work(f, word))


def _work(f: Morphism, word: int) -> float:
    """FLOPs, and words of so many bytes that are written or stand on the interface."""
    found = cost(f)
    return found.flops + (found.bytes + size_in_bytes(f.dom) + size_in_bytes(f.cod)) / word


@LAWS.measured(
    "FIN.1",
    "no NaN",
    "R[f](a, b̄) is finite where f(a) and D[f](a, ȧ) are, D the rows' own",
    source="double `where`: a gradient that is NaN because of a branch that was not taken",
    where=not_real,
)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    used, forward, reverse = 0, k.jvp(f), k.R(f)
    for a, rng in trial.inputs(f.dom, MODERATE):
        v, w = point(f.dom, rng), point(f.cod, rng)
        if not np.all(np.isfinite(values(forward, [*a, *v])[0])):
            continue
        used += 1
        back = values(reverse, [*a, *w])[0]
        if not np.all(np.isfinite(back)):
            names, sides = numbered([("a", len(f.dom)), ("b̄", len(f.cod))]), ("R[f](a, b̄)", "to be")
            said = "R is not finite where D is"
            return Decision("points", "violated", used, said, [*a, *w], [back], ["finite"], names, sides)
    return Decision("points", "tested" if used else "undecided", used, "" if used else "D is finite at no point tried")


@LAWS.measured(
    "PREC.1",
    "precision is kept",
    "R[f] and R[R[f]] have no wire of less precision than f has",
    source="rounding that hides in a derivative is within the error bounds of the other laws",
    order=2,
)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    once = k.R(f)
    own, *derived = (_digits(g) for g in (f, once, k.R(once)))
    lost = [name for name, digits in zip(("R[f]", "R[R[f]]"), derived, strict=True) if digits < own]
    note = f"{lost[0]} rounds to fewer digits than f" if lost else ""
    return Decision("counted", "violated" if lost else "proved", note=note)


def _digits(f: Morphism) -> float:
    """The least number of binary digits that a wire of f has; infinite where all are exact."""
    boxes = generators_of(f)
    wires = [s for A in (f.dom, f.cod, *(x.cod for x in boxes)) for s in A.wires if s.dtype.kind in ("real", "complex")]
    return min([np.finfo(s.dtype.carrier).nmant for s in wires], default=np.inf)
