"""Taylor's laws: f near a point is what its derivatives say. They need nothing but the function, no second rule.

At ordinary points the remainder of an expansion has to shrink as fast as its order says. At ties, integers, large and
tiny points a function often has a kink, and a wrong rule is often wrong there only: so there f is asked first whether
it differentiates. Its slopes at points all around have to agree with each other much better than with the rule, at
steps that get ever shorter, before the rule is wrong; where they do not, nothing is said.

Source: Griewank and Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, Chapter 13.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, pairwise
from math import factorial
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...category.objects import Object, Sort
from ...category.structure import id
from ...errors import MeaningError
from ...generators.constants import zero
from ...generators.rig import Rig
from ...interpret.polynomial import indeterminates
from ..decision import Decision
from ..law import Calculus, Laws
from ..names import numbered
from ..procedures.common import values_at
from ..procedures.polynomial import coefficients
from ..random.sampler import point
from ..trial import Trial
from .slopes import LEVEL, NOISE, ROUNDING, scaled, tied, values, wrong_at

LAWS = Laws("Griewank and Walther, Evaluating Derivatives, SIAM 2008")
KINDS = ("ordinary", "ties", "positive", "integers", "ordinary", "large", "ordinary", "tiny")
REMAINDERS = {"ordinary", "positive"}  # kinds at which a kink is rarely near
TOPS = {"f32": (5, 8)}  # the first of three steps, as an exponent of 2, where the smallest drown in rounding
FINE_TOPS = (10, 17, 24)
HALFWAY = 0.5  # between the power that a remainder shrinks by where a term is wrong, and where it is right
STEP = 12  # a violation shows differences at the step 2^-STEP
POWERS = ("1", "ε", "ε²", "ε³")
QUOTIENTS = ("f(x)", "(f(x + εv) − f(x)) / ε", "2 (f(x + εv) − f(x) − ε D[f](x, v)) / ε²")
DERIVATIVES = ("f(x)", "D[f](x, v)", "D[D[f]]((x, v), (v, 0))")


def not_real(f: Morphism) -> str | None:
    """Why there are no small steps."""
    other = [s for s in (*f.dom.wires, *f.cod.wires) if s.dtype.kind not in ("real", "complex")]
    return f"f has {other[0].dtype.name} wires" if other else None


def _too_slow(f: Morphism, terms: Sequence[Morphism], x: Sequence[Any], v: list[Any]) -> bool | None:
    """Whether the remainder shrinks too slowly on every ladder of steps that tells: a function that varies fast has to
    be looked at closely. None where the first says nothing.
    """
    names = [s.dtype.name for s in (*f.dom.wires, *f.cod.wires)]
    tops = next((TOPS[name] for name in names if name in TOPS), FINE_TOPS)
    first, *closer = [tuple(2.0**-k for k in range(top, top + 3)) for top in tops]
    found = _slow_on(first, f, terms, x, v)
    return found and all(_slow_on(steps, f, terms, x, v) is not False for steps in closer)


def _slow_on(
    steps: Sequence[float], f: Morphism, terms: Sequence[Morphism], x: Sequence[Any], v: list[Any]
) -> bool | None:
    """Whether the remainder after these terms shrinks more slowly than by the next power; None where f is not finite,
    where a kink lies on the way, or errors are so large that a wrong last term would not be seen.

    `terms[j]` takes x and j + 1 directions to the derivative of f along them.
    """
    here = [values(f, x), *_along(terms, x, v)]
    expansion = [(y / factorial(j), e) for j, (y, e) in enumerate(here)]
    size = max([float(np.max(np.abs(y), initial=0.0)) for y, _ in expansion])
    order, remainders, known = len(terms), list[float](), True
    jumps: list[list[float]] = [[] for _ in terms]
    for ε in steps:
        moved = [np.asarray(a + ε * b, a.dtype) for a, b in zip(x, v, strict=True)]
        y, noise = values(f, moved)
        for j, (value, bound) in enumerate(expansion):
            y, noise = y - ε**j * value, noise + ε**j * bound
        if not np.all(np.isfinite(y) & np.isfinite(noise)):
            return None
        slip = sum(float(np.sum(np.spacing(np.abs(a)))) for a in moved)  # x + εv is rounded, and so are the terms
        error = NOISE * (float(np.max(noise, initial=0.0)) + ROUNDING * size + slip * size)
        if error > ε**order * size:
            return None
        for (d, e), (there, unsure), jump in zip(here[1:], _along(terms, moved, v), jumps, strict=True):
            jump.append(float(np.max(np.abs(there - d) - NOISE * (unsure + e), initial=0.0)))
        remainders.append(float(np.max(np.abs(y), initial=0.0)))
        known = known and remainders[-1] > error
    if any(jump[-1] > 0 and any(b > LEVEL * a for a, b in pairwise(jump)) for jump in jumps):
        return None  # a derivative itself jumps between x and x + εv
    return known and all(b > a / 2 ** (order + HALFWAY) for a, b in pairwise(remainders))


def _along(terms: Sequence[Morphism], x: Sequence[Any], v: list[Any]) -> list[Any]:
    """What these derivatives are at x, all their directions being v."""
    return [values(term, [*x, *(v * (j + 1))]) for j, term in enumerate(terms)]


def _taylor(k: Calculus, f: Morphism, order: int, trial: Trial) -> Decision:
    """The Taylor expansion of this order: of exact programs as polynomials in ε, of others in small steps."""
    A, once = f.dom, k.D(f)
    terms = [once, id(A @ A @ A) @ zero(A) >> k.D(once)][:order]
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
    places = [(x, point(f.dom, rng, "integers")) for x, rng in trial.inputs(f.dom, ("integers",))]
    moved = [[_line(ring, a, b, ε) for a, b in zip(x, v, strict=True)] for x, v in places]
    directed = [[*x, *(v * order)] for x, v in places]
    both = zip(places, values_at(f, moved, ring), values_at(terms[-1], directed, base), strict=True)
    for (x, v), expanded, wanted in both:
        used += 1
        for p, d in zip(expanded, wanted, strict=True):
            got = [base.entry(factorial(order) * q.terms.get(order, 0)) for q in np.asarray(p).flat]  # type: ignore[misc]
            if any(a != b for a, b in zip(got, np.asarray(d).flat, strict=True)):
                read = f"{factorial(order)} × the coefficient of {POWERS[order]} in f(x + εv)"
                return _violated(
                    f, order, used, f"{read} is another", [*x, *v], read, np.array(got, object), np.ravel(d)
                )
    return Decision("differences", "tested", used, "as polynomials in ε")


def _line(ring: Rig, a: Any, b: Any, ε: Any) -> np.ndarray:
    """a + bε, entry by entry."""
    return np.asarray(ring.add(ring.embed(a), ring.mul(ring.embed(b), np.array(ε, object))), object)


def _by_steps(f: Morphism, terms: Sequence[Morphism], trial: Trial) -> Decision:
    """`f(x + εv)` at steps that are halved: how the remainder shrinks; or, where points are special, slopes nearby."""
    A, order, used = f.dom, len(terms), 0
    for (x, rng), kind in zip(trial.inputs(A, KINDS), cycle(KINDS), strict=False):
        ordinary = kind in REMAINDERS or trial.sample is not None
        directions = [point(A, rng) for _ in range(2)]
        slow = [_too_slow(f, terms, x, v) for v in directions] if ordinary else [None]
        wrong = None if None in slow else all(slow)  # in two directions, so that no kink happens to be crossed
        said, v = f"the remainder shrinks more slowly than {POWERS[order + 1]}", directions[0]
        if wrong is None and (not ordinary or trial.sample is not None):
            wrong = _wrong_slope(f, terms, x, rng)
            said, v = f"derivative {order} of f, by its slopes near this point, is another", tied(x, scaled(x, v))
        if wrong is None:
            continue
        used += 1
        if wrong:
            read = f"{QUOTIENTS[order]} at ε = 2^-{STEP}"
            return _violated(f, order, used, said, [*x, *v], read, *_quotient(f, terms, x, v))
    note = f"remainder O({POWERS[order + 1]})" if used else "at every point tried f is not finite, or errors hide it"
    return Decision("differences", "tested" if used else "undecided", used, note)


def _violated(
    f: Morphism, order: int, used: int, said: str, args: Sequence[Any], read: str, got: np.ndarray, says: np.ndarray
) -> Decision:
    """The violation of a Taylor expansion: what f itself gives, and what the derivative says."""
    names, sides = numbered([("x", len(f.dom)), ("v", len(f.dom))]), (read, DERIVATIVES[order])
    return Decision("differences", "violated", used, said, args, [got], [says], names, sides)


def _quotient(f: Morphism, terms: Sequence[Morphism], x: Sequence[Any], v: list[Any]) -> tuple[np.ndarray, ...]:
    """What the last term is to be, by differences at one step, and what it is."""
    ε, order = 2.0**-STEP, len(terms)
    here = [values(f, x)[0], *[y for y, _ in _along(terms, x, v)]]
    remainder = values(f, [np.asarray(a + ε * b, a.dtype) for a, b in zip(x, v, strict=True)])[0]
    for j, value in enumerate(here[:-1]):
        remainder = remainder - ε**j / factorial(j) * value
    return factorial(order) / ε**order * remainder, here[-1]


def _wrong_slope(f: Morphism, terms: Sequence[Morphism], x: Sequence[Any], rng: np.random.Generator) -> bool | None:
    """Whether the last of these terms is not what the slopes of the one before it, or of f, near x say."""
    if len(terms) == 1:
        return wrong_at(x, lambda p: values(f, p), lambda w: values(terms[0], [*x, *w]), rng)
    v = scaled(x, point(f.dom, rng))
    return wrong_at(x, lambda p: values(terms[0], [*p, *v]), lambda w: values(terms[1], [*x, *v, *w]), rng)


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
    "TAYLOR.3",
    "first order, of generators",
    "g(x + εv) = g(x) + ε D[g](x, v) + O(ε²), of each generator g of f and of its derivatives up to the third",
    order=2,
    each=3,
)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    return _taylor(k, f, 1, trial)
