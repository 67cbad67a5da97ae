"""Planted bugs: rows of the table of generators with one rule changed, each the sort of mistake that people make.

A mutant is the row it is made from, what was changed, and a program in which it occurs among right generators. The
table itself is never touched: a changed row is a row of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from unittest.mock import patch

import numpy as np

import catdiff as cd
from catdiff.category.label import TABLE, Row, label
from catdiff.category.morphism import Atom, Morphism
from catdiff.category.objects import Object
from catdiff.derivative import sweep
from catdiff.generators.linear import contract, read
from catdiff.generators.shapes import batched, relabel
from catdiff.hypernet.build import of_net
from catdiff.hypernet.net import Net

NUMBERS = count()


@dataclass(frozen=True)
class Mutant:
    """`name`: what is wrong, in words; `program`: where it is planted; `control`: the same with the right row; `blame`:
    the box that a report has to name.
    """

    name: str
    program: Callable[[], Morphism]
    control: Callable[[], Morphism]
    blame: str


def changed(row: str, dom: Object, attrs: dict[str, Any] | None = None, **columns: Any) -> Morphism:
    """The generator of that row with other columns, at dom. It has a name of its own, as boxes are equal by name, and
    the title of the row it is made from.
    """
    title = TABLE[row].title or (lambda lab: row)
    return Atom(label(replace(TABLE[row], name=f"{row} {next(NUMBERS)}", title=title, **columns), dom, attrs or {}))


def planted(f: Morphism) -> Morphism:
    """f among other generators, in a box: sines before it and after it, where its wires are real."""
    before, after = (_waves(A) for A in (f.dom, f.cod))
    return (before >> f >> after).box("model")


def _waves(A: Object) -> Morphism:
    f = cd.id(cd.UNIT)
    for X in A:
        f = f @ (cd.sin(X) if X.dtype.kind == "real" else cd.id(X))
    return f


V, M = cd.f64(3), cd.f64(3, 3)
MUTANTS: list[Mutant] = []


def fresh(net: Net) -> Net:
    """The same net, of which nothing is remembered."""
    return Net(net.dom, net.labels, net.edges, net.sources, net.outputs)


def mutant(
    name: str, row: str, dom: Object, attrs: dict[str, Any] | None = None, blame: str = "", **columns: Any
) -> str:
    """Plant a changed row; the mutant's name."""
    title = label(TABLE[row], dom, attrs or {}).title
    wrong, right = (lambda: planted(changed(row, dom, attrs, **columns))), (lambda: planted(changed(row, dom, attrs)))
    MUTANTS.append(Mutant(f"{row}: {name}", wrong, right, blame or title))
    return MUTANTS[-1].name


# -- products and sums ------------------------------------------------------------------------
mutant("factors swapped", "mul", V @ V, R=lambda x, y, z̄: (x * z̄, y * z̄))
mutant("R doubled", "mul", V @ V, R=lambda x, y, z̄: (2.0 * (y * z̄), 2.0 * (x * z̄)))
mutant("R is zero", "mul", V @ V, R=lambda x, y, z̄: (None, None))
mutant("R of a sum", "mul", V @ V, R=lambda x, y, z̄: (z̄, z̄))
mutant("R doubled", "add", V @ V, R=lambda x, y, z̄: (2.0 * z̄, 2.0 * z̄))

# -- signs, factors, terms -------------------------------------------------------------------------------------
mutant("wrong sign", "cos", V, R=lambda x, ȳ: cd.sin(x) * ȳ)
mutant("minus missing in the denominator", "div", V @ V, R=lambda x, y, z̄: (z̄ / y, x / y / y * z̄))
mutant("factor ½ missing", "sqrt", V, R=lambda x, ȳ: ȳ / cd.sqrt(x))
mutant("exponent not lowered", "pow", V, {"exponent": 3}, R=lambda x, ȳ, exponent: 3.0 * cd.pow(x, exponent=3) * ȳ)
mutant("constant of the normal distribution", "erf", V, R=lambda x, ȳ: 0.5**0.5 * (cd.bump(x) * ȳ))
mutant("off by one part in a million", "exp", V, R=lambda x, ȳ: (1 + 1e-6) * (cd.exp(x) * ȳ))
mutant("sum term dropped", "softmax", V, {"axis": -1}, R=lambda x, ȳ, axis: cd.softmax(x, axis=axis) * ȳ)
mutant(
    "sum term not weighted",
    "log_softmax",
    V,
    {"axis": -1},
    R=lambda x, ȳ, axis: ȳ - cd.broadcast(ȳ.sum(-1, keepdims=True) / 3.0, shape=(3,)),
)
mutant("same weight for both", "logaddexp", V @ V, R=lambda x, y, z̄: (cd.sigmoid(x - y) * z̄, cd.sigmoid(x - y) * z̄))
mutant("arguments exchanged", "atan2", V @ V, R=lambda y, x, z̄: (-(y / (x * x + y * y) * z̄), x / (x * x + y * y) * z̄))
mutant("mean instead of sum", "hypot", V @ V, R=lambda x, y, z̄: (x / (x + y) * z̄, y / (x + y) * z̄))
mutant("stale residual", "tanh", V, R=lambda x, ȳ: cd.sech2(cd.tanh(x)) * ȳ)
mutant("derivative of the value, not of the input", "sigmoid", V, R=lambda x, ȳ: cd.bell(cd.sigmoid(x)) * ȳ)

# -- kinks and ties --------------------------------------------------------------------------------------------
mutant("straight through", "relu", V, R=lambda x, ȳ: ȳ + 0.0 * x)
mutant(
    "both get all where they tie",
    "maximum",
    V @ V,
    R=lambda x, y, z̄: (cd.where(x >= y, z̄, 0.0), cd.where(y >= x, z̄, 0.0)),
)
mutant("the loser gets it", "minimum", V @ V, R=lambda x, y, z̄: (cd.where(x > y, z̄, 0.0), cd.where(x > y, 0.0, z̄)))
mutant("one at the kink", "abs", V, R=lambda x, ȳ: cd.where(x >= 0.0, ȳ, -ȳ))
mutant(
    "branches exchanged",
    "where",
    cd.bool(3) @ V @ V,
    R=lambda c, x, y, z̄: (None, cd.where(c, 0.0, z̄), cd.where(c, z̄, 0.0)),
)
mutant(
    "not put back in place", "sort", V, {"axis": -1}, R=lambda x, ȳ, axis: cd.take_along_axis(ȳ, cd.argsort(x), axis=-1)
)

# -- shapes, sums over axes, windows ---------------------------------------------------------------------------
SQUARE = {"span": "a b, b c -> a c | a=3 b=3 c=3"}


def _untransposed(x: Any, y: Any, z̄: Any, span: str) -> tuple[Any, Any]:
    return contract(read(span), z̄, y), contract(read(span), x, z̄)


def _mean(x: Any, ȳ: Any, span: str) -> Any:
    return contract(read(span).transpose(0, x.shape), ȳ) * 0.5


def _rolled(x: Any, ȳ: Any, span: str) -> Any:
    return cd.roll(contract(read(span).transpose(0, x.shape), ȳ), 1, axis=0)


mutant("transposes missing", "contract", M @ M, SQUARE, R=_untransposed)
mutant("a broadcast that is averaged back", "contract", V, {"span": "a -> b a | a=3 b=2"}, R=_mean)
mutant("off by one in a window", "contract", cd.f64(5), {"span": "a+b -> a b | a=3 b=3"}, R=_rolled)
mutant("not reversed", "cumsum", V, {"axis": -1, "reverse": False}, dagger=lambda old: cd.cumsum(old.dom, axis=-1))
mutant(
    "divides by what may be zero",
    "cumprod",
    V,
    {"axis": -1},
    R=lambda x, ȳ, axis: cd.cumsum(ȳ * cd.cumprod(x), reverse=True) / x,
)
mutant(
    "coefficients not moved on",
    "linrec",
    V @ V,
    {"axis": -1, "reverse": False},
    R=lambda a, x, ȳ, axis, reverse: _unshifted(a, x, ȳ),
)
mutant(
    "parts exchanged",
    "concat",
    cd.f64(2) @ cd.f64(2),
    {"axis": -1},
    dagger=lambda old: cd.split(old.cod, 2) >> cd.swap(cd.f64(2), cd.f64(2)),
)
mutant(
    "in the other memory order",
    "reshape",
    cd.f64(2, 3),
    {"shape": (6,)},
    dagger=lambda old: cd.reshape(old.cod, (3, 2)) >> cd.transpose,
)


def _unshifted(a: Any, x: Any, ȳ: Any) -> tuple[Any, Any]:
    x̄ = cd.linrec(a, ȳ, reverse=True)
    y = cd.linrec(a, x)
    return cd.concat(0.0 * y[:1], y[:-1], axis=0) * x̄, x̄


# -- dtypes ----------------------------------------------------------------------------------------------------
mutant(
    "rounded to float32 on the way", "sin", V, R=lambda x, ȳ: cd.cast(cd.cast(cd.cos(x) * ȳ, dtype="f32"), dtype="f64")
)
mutant("conjugates missing", "mul", cd.c128(2) @ cd.c128(2), R=lambda x, y, z̄: (y * z̄, x * z̄))
mutant("a real rule at complex points", "recip", cd.c128(2), R=lambda x, ȳ: -(ȳ / x / x))
mutant("xor for a product", "mul", cd.z2(3) @ cd.z2(3), R=lambda x, y, z̄: (z̄, z̄))
mutant("a missing term over the integers", "mul", cd.integer(2) @ cd.integer(2), R=lambda x, y, z̄: (y * z̄, None))

# -- the other columns of a row ----------------------------------------------------------------------------------
E = ("exp", V)


def _turned(old: Any, mask: Any, n: int) -> Morphism:
    return Atom(relabel(old, batched(old.dom, mask, n))) >> cd.flip(axis=0)


def _shifted_softmax(old: Any) -> Morphism:
    return cd.softmax(old.dom, axis=-1) + 1.0


COLUMNS = {
    "type_rule: another extent": mutant("another extent than its type says", *E, forward=lambda x: np.exp(x[:1])),
    "R: nothing": mutant("R gives nothing", *E, R=lambda x, ȳ: None),
    "D: nothing": mutant("D gives nothing", *E, D=lambda x, ẋ: None),
    "D: zero": mutant("D is zero", *E, D=lambda x, ẋ: (None,)),
    "dagger: not of a linear map": mutant("said to be linear", *E, R=None, D=None, dagger=lambda old: Atom(old)),
    "locally_constant": mutant("said to be locally constant", *E, R=None, D=None, locally_constant=True),
    "definition: off by one": mutant(
        "a definition that is off by one", "softmax", V, {"axis": -1}, definition=_shifted_softmax
    ),
    "batch: order of slices": mutant("slices in another order", *E, batch=_turned),
    "batch: on one slice": mutant(
        "a kernel that mixes slices",
        "cumsum",
        V,
        {"axis": -1, "reverse": False},
        over=None,
        kernel=lambda lab: lambda x: np.cumsum(x).reshape(x.shape),
    ),
    "error: too small": mutant(
        "bounds without what the operand is off", *E, error=lambda lab: lambda xs, es, y: 0.0 * y
    ),
    "error: says nothing": mutant("bounds that say nothing", *E, error=lambda lab: lambda xs, es, y: 1.0 + np.abs(y)),
    "flops: none": mutant("work that is not counted", *E, flops=lambda lab: 0),
    "flops: a constant": mutant("work that does not grow", *E, flops=lambda lab: 7),
    "zeros: all": mutant("said to be 0 at 0", "cosh", V, zeros="all"),
    "zeros: any": mutant("said to be multilinear", "hypot", V @ V, zeros="any"),
    "zeros: sum": mutant("said to be a sum", "sub", V @ V, zeros="sum"),
    "commutative": mutant("said to commute", "sub", V @ V, commutative=True),
}

# -- the other derivative, and the second ----------------------------------------------------------------------
mutant("D has the wrong sign, R is right", "cos", V, D=lambda x, ẋ: cd.sin(x) * ẋ)
mutant("R and D wrong alike", "exp", V, R=lambda x, ȳ: 2.0 * (cd.exp(x) * ȳ), D=lambda x, ẋ: cd.exp(x) * (ẋ + ẋ))


def _second() -> Morphism:
    bell = changed("bell", V, R=lambda x, ȳ: cd.bell(x) * cd.tanh(0.5 * x) * ȳ)
    return planted(changed("sigmoid", V, R=lambda x, ȳ: bell(x) * ȳ))


MUTANTS.append(Mutant("sigmoid: only the second derivative is wrong", _second, lambda: planted(cd.sigmoid(V)), "σ′"))


def _overwriting() -> Morphism:
    """A gather whose transpose overwrites where it should add: wrong only where an index occurs twice."""

    def scatter(y: Any) -> Any:
        x = np.zeros(3)
        x[[0, 2, 0]] = y
        return x

    back = Row(name="scatter", type_rule=lambda dom: V, forward=scatter, dagger=lambda old: Atom(label(gather, V)))
    gather = Row(
        name="gather", type_rule=lambda dom: V, forward=lambda x: x[[0, 2, 0]], dagger=lambda old: Atom(label(back, V))
    )
    return planted(Atom(label(gather, V)))


INDICES = cd.const([0, 2, 0], "index")
RIGHT = planted(cd.id(V) @ INDICES >> cd.gather)
MUTANTS.append(Mutant("gather: the transpose overwrites", _overwriting, lambda: RIGHT, "gather"))


# -- machinery: rules that are right, put together wrongly -------------------------------------------------------


def _first_only(f: Morphism) -> Morphism:
    """R with the accumulation at a copy lost: of two cotangents the first is kept."""
    with patch.object(sweep, "add_wires", lambda b, sort, x, y: x):
        return cd.R(of_net(fresh(f.flatten().net)))


def _order_of_inputs(f: Morphism) -> Morphism:
    """R with the cotangents of two equal wires in each other's place."""
    r, n = cd.R(f), len(f.dom)
    twins = [(i, j) for i in range(n) for j in range(i) if f.dom.wires[i] is f.dom.wires[j]]
    order = [*range(n)]
    for i, j in twins[:1]:
        order[i], order[j] = j, i
    return r >> cd.permute(f.dom, order)


def _at_the_wrong_point(f: Morphism) -> Morphism:
    """R taken at the doubled input: a residual of another point."""
    A, B = f.dom, f.cod
    return (cd.copy(A) >> cd.plus(A)) @ cd.id(B) >> cd.R(f)


def _clipped(f: Morphism) -> Morphism:
    """R that is not additive: its cotangents are clipped."""
    clip = cd.id(cd.UNIT)
    for X in f.dom:
        clip = clip @ (cd.clip(X, -0.5, 0.5) if X.dtype.kind == "real" else cd.id(X))
    return cd.R(f) >> clip


MACHINERY = {
    "accumulation at a copy lost": _first_only,
    "cotangents of two inputs exchanged": _order_of_inputs,
    "residual of another point": _at_the_wrong_point,
    "cotangents clipped": _clipped,
}
PROGRAM = (cd.sin(V) @ cd.exp(V) >> cd.mul >> cd.copy(V) >> cd.mul).box("model")


def calculus(R: Callable[[Morphism], Morphism]) -> cd.laws.Calculus:
    """Operators all of which follow from this R, but for the rows' own D."""

    def D(f: Morphism) -> Morphism:
        A, B = f.dom, f.cod
        return cd.id(A) @ cd.zero(B) @ cd.id(A) >> R(R(f)) >> cd.discard(A) @ cd.id(B)

    def vjp(f: Morphism) -> Morphism:
        return cd.pair(cd.id(f.dom) @ cd.discard(f.cod) >> f, R(f))

    return cd.laws.Calculus(R=R, D=D, vjp=vjp, dagger=lambda f: cd.zero(f.dom) @ cd.id(f.cod) >> R(f))
