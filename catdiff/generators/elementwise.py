"""The elementwise language, as a flat table.

Each row says what the generator does to arrays and has its two derivatives, `R[φ](x, ȳ)` and `D[φ](x, ẋ)`, written
independently of one another as functions over wires. A rule that needs the value again writes `exp(x)` again: boxes
that occur twice on the same wires are shared, so the forward value is what it reads.

Over the complex numbers the pairing is `⟨u, v⟩ = Re Σ conj(u) v`, so R multiplies by the conjugate of the derivative.
Non-smooth generators: `relu`, `abs`, `sign` and `step` have derivative 0 at their kinks; where `maximum` ties, each
operand gets half.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..category.binder import build
from ..category.families import Family
from ..category.label import Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import DTYPES, UNIT, Object
from ..errors import SignatureError, with_line
from .linear import broadcast_to, conj

SMOOTH, REAL = ("real", "complex"), ("real",)
ANY = ("real", "complex", "exact")


def type_rule(name: str, arity: int, kinds: tuple[str, ...], result: str | None = None) -> Callable[..., Object]:
    """Type rule: `arity` equal wires of these kinds of dtype, to one wire of the same sort (or dtype `result`)."""

    def rule(dom: Object, **attrs: Any) -> Object:
        wires = dom.wires
        if len(wires) != arity or any(w is not wires[0] for w in wires):
            raise SignatureError(with_line(f"{name} takes {arity} equal wire{'s' * (arity > 1)}, not {dom}"))
        if wires[0].dtype.kind not in kinds:
            allowed = ", ".join(d.name for d in DTYPES.values() if d.kind in kinds)
            raise SignatureError(with_line(f"{name} is not defined on {wires[0].dtype.name}; it takes {allowed}"))
        return Object((wires[0],)) if result is None else Object((type(wires[0])(result, wires[0].shape),))

    return rule


def _common(shapes: list[tuple[int, ...]], name: str) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise SignatureError(with_line(f"{name}: shapes {shapes} do not broadcast together")) from None


def aligned(row: Row, arity: int) -> Callable[..., Morphism]:
    """The family of a row: visible broadcasts in front where shapes differ; one box per wire where it is unary."""

    def member(dom: Object, **attrs: Any) -> Morphism:
        if arity == 1 and len(dom) != 1:
            f = None
            for A in dom:
                f = Atom(label(row, A, attrs)) if f is None else f @ Atom(label(row, A, attrs))
            if f is None:
                raise SignatureError(with_line(f"{row.name} of no wires"))
            return f
        if len(dom) == 1 < arity:
            dom = _power(dom, arity)
        shape = _common([w.shape for w in dom.wires], row.name)
        if all(w.shape == shape for w in dom.wires):
            return Atom(label(row, dom, attrs))
        full = UNIT
        for w in dom.wires:
            full = full @ Object((w.with_shape(shape),))
        atom = Atom(label(row, full, attrs))
        return build(dom, lambda *xs: atom(*[broadcast_to(x, shape) if x.shape != shape else x for x in xs]))

    member.__doc__ = row.source or None
    return member


def _power(A: Object, n: int) -> Object:
    word = UNIT
    for _ in range(n):
        word = word @ A
    return word


def elementwise(
    name: str,
    arity: int,
    forward: Any,
    R: Any,
    D: Any,
    kinds: tuple[str, ...] = SMOOTH,
    result: str | None = None,
    **more: Any,
) -> Family:
    """Register a row of the table and return its family."""
    row = register(
        Row(
            name=name,
            type_rule=type_rule(name, arity, kinds, result),
            forward=None if "over" in more else forward,
            R=R,
            D=D,
            flops=lambda label: label.cod.wires[0].size,
            **more,
        )
    )
    return Family(name, aligned(row, arity), arity, (lambda cod: cod) if arity == 1 else None)


def unary(name: str, forward: Any, R: Any, D: Any, kinds: tuple[str, ...] = SMOOTH, **more: Any) -> Family:
    """A row with one operand."""
    return elementwise(name, 1, forward, R, D, kinds, **more)


def flat(name: str, arity: int, forward: Any, kinds: tuple[str, ...] = REAL, result: str | None = None) -> Family:
    """A row that is locally constant: its derivatives are zero wherever they exist."""
    return elementwise(name, arity, forward, None, None, kinds, result, locally_constant=True)


def _stable_sigmoid(x: Any) -> Any:
    e = np.exp(-np.abs(x)) if np.isrealobj(x) else None
    return 1 / (1 + np.exp(-x)) if e is None else np.where(x >= 0, 1 / (1 + e), e / (1 + e)).astype(x.dtype)[()]


def _bell(x: Any) -> Any:
    if not np.isrealobj(x):
        return 1 / (2 + np.exp(x) + np.exp(-x))
    e = np.exp(-np.abs(x))
    return e / ((1 + e) * (1 + e))


def _sech2(x: Any) -> Any:
    if not np.isrealobj(x):
        return 1 / np.cosh(x) ** 2
    e = np.exp(-2 * np.abs(x))
    return 4 * e / ((1 + e) * (1 + e))


def _softplus(x: Any) -> Any:
    return np.logaddexp(x, x.dtype.type(0)) if np.isrealobj(x) else np.log(1 + np.exp(x))


def _erf(x: Any) -> Any:
    return np.asarray(np.vectorize(math.erf, otypes=[np.float64])(x)).astype(np.asarray(x).dtype)[()]


def _bump(x: Any) -> Any:
    return np.asarray(x).dtype.type(2 / math.sqrt(math.pi)) * np.exp(-x * x)


def _xlogy(x: Any, y: Any) -> Any:
    safe = np.where(x == 0, 1, y)
    return np.where(x == 0, 0, x * np.log(safe)).astype(x.dtype)[()]


# fmt: off
# polynomials, over any rig -------------------------------------------------------------------------------------
#                  name    arity         over a rig                      R[φ](…x, ȳ)                     D[φ](…x, …ẋ)
add = elementwise("add", 2, None, lambda x, y, z̄: (z̄, z̄), lambda x, y, ẋ, ẏ: ẋ + ẏ, ANY, over=lambda k, x, y: k.add(x, y), zeros="sum", commutative=True, title=lambda _: "+")
neg = elementwise("neg", 1, None, lambda x, ȳ: -ȳ, lambda x, ẋ: neg(ẋ), ANY, over=lambda k, x: k.neg(x), zeros="all", title=lambda _: "−")
sub = elementwise("sub", 2, None, lambda x, y, z̄: (z̄, -z̄), lambda x, y, ẋ, ẏ: ẋ - ẏ, ANY, over=lambda k, x, y: k.add(x, k.neg(y)), zeros="all", title=lambda _: "−")
mul = elementwise("mul", 2, None, lambda x, y, z̄: (conj(y) * z̄, conj(x) * z̄), lambda x, y, ẋ, ẏ: ẋ * y + x * ẏ, ANY, over=lambda k, x, y: k.mul(x, y), zeros="any", commutative=True, title=lambda _: "×")

# smooth --------------------------------------------------------------------------------------------------------
recip = unary("recip", lambda x: 1 / x, lambda x, ȳ: -(ȳ / conj(x * x)), lambda x, ẋ: -(recip(x) * recip(x) * ẋ))
div = elementwise("div", 2, np.divide, lambda x, y, z̄: (z̄ / conj(y), -(conj(x / y) * (z̄ / conj(y)))), lambda x, y, ẋ, ẏ: (ẋ * y - x * ẏ) / (y * y), title=lambda _: "÷")
exp = unary("exp", np.exp, lambda x, ȳ: conj(exp(x)) * ȳ, lambda x, ẋ: ẋ * exp(x))
expm1 = unary("expm1", np.expm1, lambda x, ȳ: conj(exp(x)) * ȳ, lambda x, ẋ: ẋ * (expm1(x) + 1.0))
log = unary("log", np.log, lambda x, ȳ: ȳ / conj(x), lambda x, ẋ: ẋ * recip(x))
log1p = unary("log1p", np.log1p, lambda x, ȳ: ȳ / conj(1.0 + x), lambda x, ẋ: ẋ * recip(1.0 + x))
sin = unary("sin", np.sin, lambda x, ȳ: conj(cos(x)) * ȳ, lambda x, ẋ: cos(x) * ẋ)
cos = unary("cos", np.cos, lambda x, ȳ: -(conj(sin(x)) * ȳ), lambda x, ẋ: -(sin(x) * ẋ))
sqrt = unary("sqrt", np.sqrt, lambda x, ȳ: ȳ / conj(2.0 * sqrt(x)), lambda x, ẋ: 0.5 * recip(sqrt(x)) * ẋ)
tanh = unary("tanh", np.tanh, lambda x, ȳ: conj(sech2(x)) * ȳ, lambda x, ẋ: (1.0 - tanh(x) * tanh(x)) * ẋ)
sech2 = unary("sech2", _sech2, lambda x, ȳ: -2.0 * (conj(tanh(x) * sech2(x)) * ȳ), lambda x, ẋ: -2.0 * sech2(x) * tanh(x) * ẋ, title=lambda _: "sech²")
sigmoid = unary("sigmoid", _stable_sigmoid, lambda x, ȳ: conj(bell(x)) * ȳ, lambda x, ẋ: sigmoid(x) * sigmoid(-x) * ẋ)
bell = unary("bell", _bell, lambda x, ȳ: -(conj(bell(x) * tanh(0.5 * x)) * ȳ), lambda x, ẋ: bell(x) * (1.0 - 2.0 * sigmoid(x)) * ẋ, title=lambda _: "σ′")
softplus = unary("softplus", _softplus, lambda x, ȳ: conj(sigmoid(x)) * ȳ, lambda x, ẋ: recip(1.0 + exp(-x)) * ẋ)
atan = unary("atan", np.arctan, lambda x, ȳ: ȳ / conj(1.0 + x * x), lambda x, ẋ: recip(1.0 + x * x) * ẋ)
erf = unary("erf", _erf, lambda x, ȳ: bump(x) * ȳ, lambda x, ẋ: 2 / math.sqrt(math.pi) * exp(-(x * x)) * ẋ, REAL)
bump = unary("bump", _bump, lambda x, ȳ: -2.0 * ((x * bump(x)) * ȳ), lambda x, ẋ: -2.0 * x * bump(x) * ẋ, REAL, title=lambda _: "erf′")
xlogy = elementwise("xlogy", 2, _xlogy, lambda x, y, z̄: (log(y) * z̄, x / y * z̄), lambda x, y, ẋ, ẏ: ẋ * log(y) + x * (ẏ / y), REAL)
atan2 = elementwise("atan2", 2, np.arctan2, lambda y, x, z̄: (x / (x * x + y * y) * z̄, -(y / (x * x + y * y) * z̄)), lambda y, x, ẏ, ẋ: (x * ẏ - y * ẋ) / (x * x + y * y), REAL)
hypot = elementwise("hypot", 2, np.hypot, lambda x, y, z̄: (x / hypot(x, y) * z̄, y / hypot(x, y) * z̄), lambda x, y, ẋ, ẏ: (x * ẋ + y * ẏ) / hypot(x, y), REAL)
pow = unary("pow", lambda x, exponent: np.power(x, np.asarray(x).dtype.type(exponent)), lambda x, ȳ, exponent: None if exponent == 0 else exponent * (conj(pow(x, exponent=exponent - 1)) * ȳ), lambda x, ẋ, exponent: None if exponent == 0 else pow(x, exponent=exponent - 1) * ẋ * exponent, title=lambda label: f"^{label.attrs['exponent']:g}")

# with kinks ----------------------------------------------------------------------------------------------------
abs = unary("abs", np.abs, lambda x, ȳ: sign(x) * ȳ, lambda x, ẋ: (step(x) - step(-x)) * ẋ, REAL)
relu = unary("relu", lambda x: np.maximum(x, np.asarray(x).dtype.type(0)), lambda x, ȳ: step(x) * ȳ, lambda x, ẋ: where(x > 0.0, ẋ, 0.0), REAL)
maximum = elementwise("maximum", 2, np.maximum, lambda x, y, z̄: _split(x - y, z̄), lambda x, y, ẋ, ẏ: where(x > y, ẋ, where(y > x, ẏ, 0.5 * (ẋ + ẏ))), REAL, commutative=True)
minimum = elementwise("minimum", 2, np.minimum, lambda x, y, z̄: _split(y - x, z̄), lambda x, y, ẋ, ẏ: where(x < y, ẋ, where(y < x, ẏ, 0.5 * (ẋ + ẏ))), REAL, commutative=True)
sign = flat("sign", 1, np.sign)
step = flat("step", 1, lambda x: np.heaviside(x, np.asarray(x).dtype.type(0)))
floor = flat("floor", 1, np.floor)
ceil = flat("ceil", 1, np.ceil)
round = flat("round", 1, np.round)

# comparisons: bool wires are discrete, nothing flows back through them ------------------------------------------
COMPARABLE = ("real", "exact", "discrete")
lt = flat("lt", 2, np.less, COMPARABLE, "bool")
le = flat("le", 2, np.less_equal, COMPARABLE, "bool")
gt = flat("gt", 2, np.greater, COMPARABLE, "bool")
ge = flat("ge", 2, np.greater_equal, COMPARABLE, "bool")
eq = flat("eq", 2, np.equal, (*COMPARABLE, "complex"), "bool")
ne = flat("ne", 2, np.not_equal, (*COMPARABLE, "complex"), "bool")


# fmt: on


def _split(d: Any, z̄: Any) -> tuple[Any, Any]:
    """The cotangent of a choice by the sign of d: all to the winner, half to each where d is 0."""
    half = 0.5 * z̄
    return where(d > 0.0, z̄, where(d < 0.0, 0.0, half)), where(d < 0.0, z̄, where(d > 0.0, 0.0, half))


def _where_type(dom: Object) -> Object:
    w = dom.wires
    if len(w) != 3 or w[0].dtype.name != "bool" or w[1] is not w[2] or w[0].shape != w[1].shape:
        raise SignatureError(with_line(f"where takes bool, A, A of one shape, not {dom}"))
    return dom[1]


WHERE = register(
    Row(
        name="where",
        type_rule=_where_type,
        forward=np.where,
        R=lambda c, x, y, z̄: (None, where(c, z̄, 0.0), where(c, 0.0, z̄)),
        D=lambda c, x, y, ċ, ẋ, ẏ: where(c, ẋ, ẏ),
        zeros="branches",
        flops=lambda label: label.cod.wires[0].size,
    )
)
where = Family("where", aligned(WHERE, 3), 3)
