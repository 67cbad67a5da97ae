"""`proof`: both sides as terms, and z3 is asked for a point where they differ.

That there is none is a proof, for every real or integer input at which no divisor is 0; a point is tried in exact
arithmetic before it is called a refutation. It decides linear and piecewise linear programs and circuits, most
polynomial ones, and gives up when the time is over (ten seconds where no deadline is given).

    x, relu = cd.id(cd.f64()), cd.relu(cd.f64())
    decide(relu - (-x >> relu), x).strength            # 'proved': relu(x) − relu(−x) = x
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from time import monotonic
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...errors import ArgumentError, BudgetError, EvaluationError, MeaningError
from ...generators.rig import Rig
from ...interpret.exact import RATIONAL
from ...interpret.over import evaluate
from ...interpret.proof import KNOWN, circuits, divisors, solver, terms, variables, z3_of
from ..decision import Decision
from .common import ROUNDED, meaningful, nearly, procedure, same, symbolic, watch

PATIENCE = 10.0  # seconds, where there is no deadline
DEEPEST = 24  # degrees that z3 is asked about: beyond, it may neither answer nor stop
PRECISIONS = (0, 2, 6, 12, 24)  # bits after the point that are tried for a counterexample, the fewest first


@procedure
def decide(left: Morphism, right: Morphism, points: int, seed: int, deadline: float | None) -> Decision:
    """Whether there is no point where the sides differ. See the module."""
    try:
        z3 = solver()
    except ImportError:
        raise MeaningError("z3 is not installed: pip install 'catdiff[proof]'") from None
    deadline = monotonic() + PATIENCE if deadline is None else deadline
    k = _rig(left)
    meaningful(k, left, right)
    symbolic(left)
    args, check = variables(left.dom), watch(deadline)
    ys, zs = (evaluate(f, args, k, check) for f in (left, right))
    pairs = [pair for y, z in zip(ys, zs, strict=True) for pair in zip(y.flat, z.flat, strict=True)]
    differ = [_differ(a, b, z3) for a, b in pairs if a != b]
    if (most := _degree(differ, z3)) > DEEPEST:
        raise BudgetError(f"z3 is not asked about polynomials of degree {most}: {DEEPEST} at most")
    known = [v.value for y in (*ys, *zs) for v in y.flat if hasattr(v, "value")]
    context = z3.Context()  # of its own, so that what was asked before has no part in the answer
    query = z3.Solver(ctx=context)
    query.set(random_seed=seed % 2**30)
    query.add(*((d != 0).translate(context) for d in divisors(known)))
    if divisors(known) and _asked(query, deadline) == z3.unsat:
        return Decision("proof", "undecided", note="there is no point at which no divisor is 0")
    query.add(z3.Or(*differ).translate(context))
    answer = _asked(query, deadline) if differ else z3.unsat
    if answer == z3.unsat:
        return Decision("proof", "proved", note=f"by z3, {_domain(k, divisors(known))}")
    if answer != z3.sat:
        return Decision("proof", "undecided", note=f"z3 gave up: {query.reason_unknown()}")
    return _refuted(left, right, _model(query.model(), args, left, z3))


def _degree(formulas: Sequence[Any], z3: Any) -> int:
    """The largest degree of a polynomial in these formulas, products counted as they stand."""
    degrees: dict[int, int] = {}
    stack = list(formulas)
    while stack:
        e = stack[-1]
        open_ = [c for c in e.children() if c.get_id() not in degrees]
        if open_:
            stack += open_
            continue
        below = [degrees[c.get_id()] for c in e.children()]
        own = sum(below) if z3.is_mul(e) or z3.is_div(e) else max(below, default=int(z3.is_const(e)))
        degrees[e.get_id()] = min(own, 2**30)
        stack.pop()
    return max([degrees[e.get_id()] for e in formulas], default=0)


def _asked(query: Any, deadline: float) -> Any:
    """What z3 answers in the time that is left."""
    query.set(timeout=max(1, int(1000 * (deadline - monotonic()))))
    return query.check()


def _rig(f: Morphism) -> Rig:
    names = {s.dtype.name for s in (*f.dom.wires, *f.cod.wires)}
    if "z2" in names and names - {"z2", "bool"}:
        raise MeaningError(f"wires of {' and '.join(sorted(names))} have no common terms")
    return circuits() if "z2" in names else terms()


def _domain(k: Rig, divided: list[Any]) -> str:
    where = "for all bits" if k is circuits() else "over the reals, and the integers on wires of them"
    return f"{where}, where no divisor is 0" if divided else where


def _differ(a: Any, b: Any, z3: Any) -> Any:
    """The term that says that two outputs differ."""
    if not hasattr(a, "value"):
        return z3.BoolVal(bool(a != b))
    like = b.value if isinstance(a.value, KNOWN) else a.value
    if isinstance(like, KNOWN):
        return z3.BoolVal(a.value != b.value)
    return z3_of(a.value, like) != z3_of(b.value, like)


def _model(model: Any, args: Sequence[Any], f: Morphism, z3: Any) -> list[np.ndarray]:
    """The point of a model: Fractions, or truth values."""
    found = []
    for sort, x in zip(f.dom.wires, args, strict=True):
        y = np.empty(x.shape, object)
        for i, v in enumerate(x.flat):
            value = model.eval(v.value.translate(model.ctx), model_completion=True)
            y.reshape(-1)[i] = z3.is_true(value) if z3.is_bool(value) else _number(value, z3)
        found.append(y if sort.dtype.kind == "real" else y.astype(sort.dtype.carrier))
    return found


def _number(value: Any, z3: Any) -> Fraction:
    """A number of z3; one that is no fraction, such as √2, to twenty digits."""
    value = value.approx(20) if z3.is_algebraic_value(value) else value
    return Fraction(str(value))


def _refuted(left: Morphism, right: Morphism, exact: list[np.ndarray]) -> Decision:
    """The point, with as few digits as show the difference."""
    for digits in (*PRECISIONS, None):
        args = [_rounded(x, s.dtype.carrier, digits) for x, s in zip(exact, left.dom.wires, strict=True)]
        try:
            ys, zs = (evaluate(f, args, RATIONAL) for f in (left, right))
        except (EvaluationError, ArgumentError):
            continue
        if not same(ys, zs, RATIONAL):
            if nearly(left, args, ys, zs):
                return Decision("proof", "undecided", note=ROUNDED)
            return Decision("proof", "violated", 1, "found by z3", args, ys, zs)
    return Decision("proof", "undecided", note="z3 gives a point at which exact arithmetic sees no difference")


def _rounded(x: np.ndarray, carrier: str, digits: int | None) -> np.ndarray:
    """Fractions as floats with so many bits after the point, or as they are."""
    if x.dtype != object or carrier == "object" or digits is None:
        return x
    return np.array([round(v * 2**digits) / 2**digits for v in x.flat], carrier).reshape(x.shape)
