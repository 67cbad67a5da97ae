"""Laws that are measured: how a Taylor remainder shrinks, what a gradient may cost, where it may not be NaN.

Source: Griewank and Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, Section 3.3 for the cheap gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import factorial
from typing import Any

import numpy as np

from ...category.morphism import Atom, Morphism
from ...category.objects import Object, Sort
from ...category.structure import wiring
from ...errors import EvaluationError, MeaningError
from ...generators.constants import zero
from ...interpret.bounds import Bounded, bounded
from ...interpret.cost import cost, size_in_bytes
from ...interpret.over import evaluate
from ...interpret.polynomial import indeterminates
from ..decision import Decision
from ..law import Calculus, Laws
from ..names import numbered
from ..procedures.polynomial import coefficients
from ..random.sampler import point
from ..subject import generators_of
from ..trial import Trial

LAWS = Laws("Griewank and Walther, Evaluating Derivatives, SIAM 2008")
OMEGA, CONJUGATES = 4, 1  # what a gradient may cost, in evaluations of the function; and for complex wires besides
MODERATE = ("ties", "integers", "ordinary")  # kinds of points at which nothing overflows by its size
LEVEL = 0.7  # what is continuous changes by half when the step is halved
NOISE = 8  # a remainder counts where it is so many times as large as what errors can make
STEP = 12  # a violation shows differences at the step 2^-STEP
POWERS = ("1", "ε", "ε²", "ε³")
QUOTIENTS = ("f(x)", "(f(x + εv) − f(x)) / ε", "2 (f(x + εv) − f(x) − ε D[f](x, v)) / ε²")
DERIVATIVES = ("f(x)", "D[f](x, v)", "D[D[f]]((x, v), (v, 0))")
LADDERS = tuple(tuple(2.0**-k for k in range(top, top + 3)) for top in (10, 17, 24))  # steps of Taylor expansions


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


def not_real(f: Morphism) -> str | None:
    """Why there are no small steps."""
    other = [s for s in (*f.dom.wires, *f.cod.wires) if s.dtype.kind not in ("real", "complex")]
    return f"f has {other[0].dtype.name} wires" if other else None


def _values(f: Morphism, args: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """The outputs of f as one flat array, and bounds of their errors."""
    try:
        found = bounded(f.net, args)
    except EvaluationError:  # outside the domain
        return np.full(1, np.nan), np.zeros(1)
    flat = [np.concatenate([np.ravel(part(b)) for b in found] or [np.zeros(0)]) for part in (_value, _bound)]
    return flat[0], flat[1]


def _value(b: Bounded) -> Any:
    return b.value


def _bound(b: Bounded) -> Any:
    return np.broadcast_to(b.bound, np.shape(b.value))


def _too_slow(f: Morphism, terms: Sequence[Morphism], x: Sequence[Any], v: Sequence[Any]) -> bool | None:
    """Whether the remainder shrinks too slowly on every ladder of steps that tells: a function that varies fast has to
    be looked at closely. None where the first says nothing.
    """
    first, *closer = LADDERS
    found = _slow_on(first, f, terms, x, v)
    return found and all(_slow_on(steps, f, terms, x, v) is not False for steps in closer)


def _slow_on(
    steps: Sequence[float], f: Morphism, terms: Sequence[Morphism], x: Sequence[Any], v: Sequence[Any]
) -> bool | None:
    """Whether the remainder after these terms shrinks more slowly than by the next power; None where f is not finite,
    where a kink lies on the way, or errors are so large that a wrong last term would not be seen.

    `terms[j]` takes x and v to the (j + 1)-th derivative of f along v.
    """
    values, bounds = zip(_values(f, x), *(_values(term, [*x, *v]) for term in terms), strict=True)
    expansion = [(y / factorial(j), e) for j, (y, e) in enumerate(zip(values, bounds, strict=True))]
    size = max([float(np.max(np.abs(y), initial=0.0)) for y, _ in expansion])
    order, remainders, known = len(terms), list[float](), True
    jumps: list[list[float]] = [[] for _ in terms]
    for ε in steps:
        moved = [np.asarray(a + ε * b, a.dtype) for a, b in zip(x, v, strict=True)]
        y, noise = _values(f, moved)
        for j, (value, bound) in enumerate(expansion):
            y, noise = y - ε**j * value, noise + ε**j * bound
        if not np.all(np.isfinite(y) & np.isfinite(noise)):
            return None
        slip = sum(float(np.sum(np.spacing(np.abs(a)))) for a in moved)  # x + εv is rounded, and so are the terms
        error = NOISE * (float(np.max(noise, initial=0.0)) + 2.0**-50 * size + slip * size)
        if error > ε**order * size:
            return None
        for term, here, e, jump in zip(terms, values[1:], bounds[1:], jumps, strict=True):
            there, unsure = _values(term, [*moved, *v])
            jump.append(float(np.max(np.abs(there - here) - NOISE * (unsure + e), initial=0.0)))
        remainders.append(float(np.max(np.abs(y), initial=0.0)))
        known = known and remainders[-1] > error
    if any(jump[-1] > 0 and any(b > LEVEL * a for a, b in pairwise(jump)) for jump in jumps):
        return None  # a derivative itself jumps between x and x + εv
    return known and all(b > a / 2 ** (order + 0.5) for a, b in pairwise(remainders))


def _taylor(k: Calculus, f: Morphism, order: int, trial: Trial) -> Decision:
    """The Taylor expansion of this order: of exact programs as polynomials in ε, of others in small steps."""
    A, once = f.dom, k.D(f)
    terms = [once, copy_of(A, [0, 1, 1]) @ zero(A) >> k.D(once)][:order]
    decide = _by_steps if not_real(f) is None else _formally
    try:
        return decide(f, terms, trial)
    except MeaningError as error:
        return Decision("differences", "not applicable", note=str(error))


def _formally(f: Morphism, terms: Sequence[Morphism], trial: Trial) -> Decision:
    """`f(x + εv)` as a polynomial in ε, whose coefficients are the derivatives over their factorials."""
    base, ring = coefficients(f)
    assert ring.entry is not None
    ε = indeterminates(Object((Sort("rational" if base.characteristic == 0 else "z2"),)), ring)[0].item()
    order, used = len(terms), 0
    for x, rng in trial.inputs(f.dom, ("integers",)):
        v = point(f.dom, rng, "integers")
        lines = [ring.mul(ring.embed(b), np.array(ε, object)) for b in v]
        moved = [ring.add(ring.embed(a), line) for a, line in zip(x, lines, strict=True)]
        expanded = evaluate(f, moved, ring)
        wanted = evaluate(terms[-1], [*x, *v], base)
        used += 1
        for p, d in zip(expanded, wanted, strict=True):
            got = [base.entry(factorial(order) * q.terms.get(order, 0)) for q in np.asarray(p).flat]  # type: ignore[misc]
            if any(a != b for a, b in zip(got, np.asarray(d).flat, strict=True)):
                read = f"{factorial(order)} × the coefficient of {POWERS[order]} in f(x + εv)"
                said = f"{read} is another"
                return _slow(f, order, used, said, [*x, *v], read, np.array(got, object), np.ravel(d))
    return Decision("differences", "tested", used, "as polynomials in ε")


def _by_steps(f: Morphism, terms: Sequence[Morphism], trial: Trial) -> Decision:
    """`f(x + εv)` at steps that are halved: how the remainder shrinks."""
    A, order, used = f.dom, len(terms), 0
    for x, rng in trial.inputs(A):
        directions = [point(A, rng) for _ in range(2)]
        slow = [_too_slow(f, terms, x, v) for v in directions]
        if None in slow:
            continue
        used += 1
        if all(slow):  # in two directions, so that it is no kink that happens to be crossed
            said = f"the remainder shrinks more slowly than {POWERS[order + 1]}"
            args, read = [*x, *directions[0]], f"{QUOTIENTS[order]} at ε = 2^-{STEP}"
            return _slow(f, order, used, said, args, read, *_quotient(f, terms, x, directions[0]))
    note = f"remainder O({POWERS[order + 1]})" if used else "at every point tried f is not finite, or errors hide it"
    return Decision("differences", "tested" if used else "undecided", used, note)


def _slow(
    f: Morphism, order: int, used: int, said: str, args: Sequence[Any], read: str, got: np.ndarray, says: np.ndarray
) -> Decision:
    """The violation of a Taylor expansion: what f itself gives, and what the derivative says."""
    names, sides = numbered([("x", len(f.dom)), ("v", len(f.dom))]), (read, DERIVATIVES[order])
    return Decision("differences", "violated", used, said, args, [got], [says], names, sides)


def _quotient(f: Morphism, terms: Sequence[Morphism], x: Sequence[Any], v: Sequence[Any]) -> tuple[np.ndarray, ...]:
    """What the last term is to be, by differences at one step, and what it is."""
    ε, order = 2.0**-STEP, len(terms)
    remainder = _values(f, [np.asarray(a + ε * b, a.dtype) for a, b in zip(x, v, strict=True)])[0]
    expansion = [_values(f, x)[0], *[_values(term, [*x, *v])[0] for term in terms]]
    for j, value in enumerate(expansion[:-1]):
        remainder = remainder - ε**j / factorial(j) * value
    return factorial(order) / ε**order * remainder, expansion[-1]


def copy_of(A: Object, parts: Sequence[int]) -> Morphism:
    """`(x, v) ↦` these of them."""
    n = len(A)
    return wiring(A @ A, [p * n + i for p in parts for i in range(n)])


@LAWS.measured("TAYLOR.1", "first order", "f(x + εv) = f(x) + ε D[f](x, v) + O(ε²)", order=2)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    return _taylor(k, f, 1, trial)


@LAWS.measured(
    "TAYLOR.2",
    "second order",
    "f(x + εv) = f(x) + ε D[f] + ½ε² D[D[f]]((x, v), (v, 0)) + O(ε³)",
    order=4,
)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    return _taylor(k, f, 2, trial)


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
        if not np.all(np.isfinite(_values(forward, [*a, *v])[0])):
            continue
        used += 1
        back = _values(reverse, [*a, *w])[0]
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
