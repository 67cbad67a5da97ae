"""The elementwise language, as a flat table.

Each row says what the generator does to arrays and has its two derivatives, `R[φ](x, ȳ)` and `D[φ](x, ẋ)`, written
independently of one another as functions over wires. A rule that needs the value again writes `exp(x)` again: boxes
that occur twice on the same wires are shared, so the forward value is what it reads.

Over the complex numbers the pairing is `⟨u, v⟩ = Re Σ conj(u) v`, so R multiplies by the conjugate of the derivative.

Where there is no derivative, or no value, a choice is made that keeps NaN out of gradients:

- `relu`, `abs`, `sign` and `step` have derivative 0 at their kinks; `hypot` and `atan2` have 0 at the origin;
- where `maximum` or `minimum` ties, each operand gets half; `where(x >= y, x, y)` gives the first the whole;
- `ratio(x, y)` is x / y, and 0 where y is 0, to any order; the rules of norms are made of it;
- `xlogy(0, y)` is 0, with derivative log y in x; at (0, 0) both derivatives are 0.

>>> import catdiff as cd
>>> cd.R(cd.hypot(cd.f64(), cd.f64()))(0.0, 0.0, 1.0) == (0.0, 0.0)
True
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..category.binder import build
from ..category.families import Family, family
from ..category.morphism import Morphism
from ..category.objects import UNIT, Object, checked
from ..category.structure import copy, id, wiring
from ..errors import SignatureError, with_line
from . import crossing, growth, kernels, rounding
from .casts import cast, conj, real
from .logic import logical_and, where
from .rows import ANY, REAL, elementwise, type_rule, unary


def flat(name: str, forward: Any, about: str) -> Family:
    """A row that is locally constant: its derivatives are zero wherever they exist."""
    return elementwise(
        name, 1, forward, None, None, REAL, locally_constant=True, error=crossing.stepped(forward), about=about
    )


def _abs_type(dom: Object) -> Object:
    """The real dtypes to themselves, c128 to f64."""
    result = "f64" if len(dom) and dom.wires[0].dtype.kind == "complex" else None
    return type_rule("abs", 1, ("real", "complex"), result)(dom)


def _pow_type(dom: Object, exponent: Any) -> Object:
    """The exponent is a real number."""
    if isinstance(exponent, bool) or not isinstance(exponent, (int, float)) or not -(2.0**1000) < exponent < 2.0**1000:
        raise SignatureError(with_line(f"pow: the exponent is a number, not {exponent!r}", "cd.exp(y * cd.log(x))"))
    return type_rule("pow", 1, ("real", "complex"))(dom)


def _floordiv_type(dom: Object, by: Any) -> Object:
    """The divisor is a whole number from 1 on, that fits into 64 bits."""
    if type(by) is not int or not 1 <= by < 2**63:
        raise SignatureError(with_line(f"floordiv divides by a whole number from 1 on, not {by!r}"))
    return type_rule("floordiv", 1, ("exact",), dtypes=("integer",))(dom)


def _phase(z: Any) -> Any:
    """z / |z|, and 0 at 0."""
    return ratio(z, cast(abs(z), dtype="c128"))


def _abs_R(x: Any, ȳ: Any) -> Any:
    return sign(x) * ȳ if x.dtype.kind == "real" else _phase(x) * cast(ȳ, dtype="c128")


def _abs_D(x: Any, ẋ: Any) -> Any:
    return (step(x) - step(-x)) * ẋ if x.dtype.kind == "real" else real(conj(_phase(x)) * ẋ)


def _apart(x: Any, y: Any) -> tuple[Any, Any]:
    """x and y, but (0, 1) in the place of (0, 0)."""
    both = logical_and(x == 0.0, y == 0.0)
    return where(both, 0.0, x), where(both, 1.0, y)


def _xlogy_R(x: Any, y: Any, z̄: Any) -> tuple[Any, Any]:
    x, y = _apart(x, y)
    return log(y) * z̄, x / y * z̄


def _xlogy_D(x: Any, y: Any, ẋ: Any, ẏ: Any) -> Any:
    x, y = _apart(x, y)
    return ẋ * log(y) + x * recip(y) * ẏ


def _leg(x: Any) -> Any:
    """√(1 − x²), for complex x on the sheet of `asin`: 1 − x² forgets on which side of the cut x lies."""
    return sqrt(1.0 - x * x) if x.dtype.kind == "real" else cos(asin(x))


def _other_leg(x: Any) -> Any:
    """The same by another road."""
    return sqrt((1.0 - x) * (1.0 + x)) if x.dtype.kind == "real" else sin(acos(x))


def _half_exp(x: Any) -> Any:
    """½eˣ, which is finite for some x where eˣ is not."""
    return (0.5 * exp(0.5 * x)) * exp(0.5 * x)


def _choice(d: Any, z̄: Any) -> tuple[Any, Any]:
    """The cotangent of a choice by the sign of d: all to the winner, half to each where d is 0."""
    half = 0.5 * z̄
    return where(d > 0.0, z̄, where(d < 0.0, 0.0, half)), where(d < 0.0, z̄, where(d > 0.0, 0.0, half))


# fmt: off
# polynomials, over any rig -------------------------------------------------------------------------------------
#                  name    arity         over a rig                      R[φ](…x, ȳ)                     D[φ](…x, …ẋ)
add = elementwise("add", 2, None, lambda x, y, z̄: (z̄, z̄), lambda x, y, ẋ, ẏ: ẋ + ẏ, ANY, over=lambda k, _: k.add, zeros="sum", commutative=True, title=lambda _: "+", error=rounding.total, about="x + y")
neg = elementwise("neg", 1, None, lambda x, ȳ: -ȳ, lambda x, ẋ: neg(ẋ), ANY, over=lambda k, _: k.neg, zeros="all", title=lambda _: "−", error=rounding.kept, about="−x")
sub = elementwise("sub", 2, None, lambda x, y, z̄: (z̄, -z̄), lambda x, y, ẋ, ẏ: ẋ - ẏ, ANY, over=lambda k, _: k.sub, zeros="all", title=lambda _: "−", error=rounding.total, about="x − y")
mul = elementwise("mul", 2, None, lambda x, y, z̄: (conj(y) * z̄, conj(x) * z̄), lambda x, y, ẋ, ẏ: ẋ * y + x * ẏ, ANY, over=lambda k, _: k.mul, zeros="any", commutative=True, title=lambda _: "×", error=rounding.product, about="x · y")

# smooth --------------------------------------------------------------------------------------------------------
recip = unary("recip", lambda x: 1 / x, lambda x, ȳ: -((ȳ / conj(x)) / conj(x)), lambda x, ẋ: -(recip(x) * (recip(x) * ẋ)), error=growth.recip, about="1 / x")
div = elementwise("div", 2, np.divide, lambda x, y, z̄: (z̄ / conj(y), -(conj(x / y) * (z̄ / conj(y)))), lambda x, y, ẋ, ẏ: (ẋ - (x / y) * ẏ) / y, title=lambda _: "÷", error=growth.div, about="x / y")
ratio = elementwise("ratio", 2, kernels.ratio, lambda x, y, z̄: (ratio(z̄, conj(y)), -ratio(conj(ratio(x, y)) * z̄, conj(y))), lambda x, y, ẋ, ẏ: ratio(ẋ - ratio(x, y) * ẏ, y), title=lambda _: "÷₀", error=growth.ratio, about="x / y, and 0 where y is 0")
exp = unary("exp", np.exp, lambda x, ȳ: conj(exp(x)) * ȳ, lambda x, ẋ: ẋ * exp(x), error=growth.exp, about="eˣ")
expm1 = unary("expm1", np.expm1, lambda x, ȳ: conj(exp(x)) * ȳ, lambda x, ẋ: ẋ * (expm1(x) + 1.0), error=growth.expm1, about="eˣ − 1, exact near 0")
log = unary("log", np.log, lambda x, ȳ: ȳ / conj(x), lambda x, ẋ: ẋ * recip(x), error=growth.log, about="natural logarithm")
log1p = unary("log1p", kernels.log1p, lambda x, ȳ: ȳ / conj(1.0 + x), lambda x, ẋ: ẋ * recip(1.0 + x), error=growth.log1p, about="log(1 + x), exact near 0")
sin = unary("sin", np.sin, lambda x, ȳ: conj(cos(x)) * ȳ, lambda x, ẋ: cos(x) * ẋ, error=growth.sin, about="sine")
cos = unary("cos", np.cos, lambda x, ȳ: -(conj(sin(x)) * ȳ), lambda x, ẋ: -(sin(x) * ẋ), error=growth.cos, about="cosine")
sqrt = unary("sqrt", np.sqrt, lambda x, ȳ: ȳ / conj(2.0 * sqrt(x)), lambda x, ẋ: 0.5 * recip(sqrt(x)) * ẋ, error=growth.sqrt, about="square root")
tan = unary("tan", np.tan, lambda x, ȳ: conj(1.0 + tan(x) * tan(x)) * ȳ, lambda x, ẋ: recip(cos(x) * cos(x)) * ẋ, error=growth.tan, about="tangent")
asin = unary("asin", np.arcsin, lambda x, ȳ: ȳ / conj(_leg(x)), lambda x, ẋ: recip(_other_leg(x)) * ẋ, error=growth.asin, about="arc sine")
acos = unary("acos", np.arccos, lambda x, ȳ: -(ȳ / conj(_leg(x))), lambda x, ẋ: -(recip(_other_leg(x)) * ẋ), error=growth.acos, about="arc cosine")
sinh = unary("sinh", np.sinh, lambda x, ȳ: conj(cosh(x)) * ȳ, lambda x, ẋ: (_half_exp(x) + _half_exp(-x)) * ẋ, error=growth.sinh, about="hyperbolic sine")
cosh = unary("cosh", np.cosh, lambda x, ȳ: conj(sinh(x)) * ȳ, lambda x, ẋ: (_half_exp(x) - _half_exp(-x)) * ẋ, error=growth.cosh, about="hyperbolic cosine")
tanh = unary("tanh", np.tanh, lambda x, ȳ: conj(sech2(x)) * ȳ, lambda x, ẋ: (1.0 - tanh(x) * tanh(x)) * ẋ, error=growth.tanh, about="hyperbolic tangent")
sech2 = unary("sech2", kernels.sech2, lambda x, ȳ: -2.0 * (conj(tanh(x) * sech2(x)) * ȳ), lambda x, ẋ: -2.0 * sech2(x) * tanh(x) * ẋ, title=lambda _: "sech²", error=growth.sech2, about="1 / cosh² x, the derivative of tanh")
sigmoid = unary("sigmoid", kernels.sigmoid, lambda x, ȳ: conj(bell(x)) * ȳ, lambda x, ẋ: sigmoid(x) * sigmoid(-x) * ẋ, error=growth.sigmoid, about="1 / (1 + e⁻ˣ)")
bell = unary("bell", kernels.bell, lambda x, ȳ: -(conj(bell(x) * tanh(0.5 * x)) * ȳ), lambda x, ẋ: bell(x) * (1.0 - 2.0 * sigmoid(x)) * ẋ, title=lambda _: "σ′", error=growth.bell, about="σ(x) σ(−x), the derivative of sigmoid")
softplus = unary("softplus", kernels.softplus, lambda x, ȳ: conj(sigmoid(x)) * ȳ, lambda x, ẋ: exp(-softplus(-x)) * ẋ, error=growth.softplus, about="log(1 + eˣ)")
atan = unary("atan", np.arctan, lambda x, ȳ: ȳ / conj(1.0 + x * x), lambda x, ẋ: recip(1.0 + x * x) * ẋ, error=growth.atan, about="arc tangent")
erf = unary("erf", kernels.erf, lambda x, ȳ: bump(x) * ȳ, lambda x, ẋ: 2 / math.sqrt(math.pi) * exp(-(x * x)) * ẋ, REAL, error=growth.erf, about="error function")
bump = unary("bump", kernels.bump, lambda x, ȳ: -2.0 * ((x * bump(x)) * ȳ), lambda x, ẋ: -2.0 * x * bump(x) * ẋ, REAL, title=lambda _: "erf′", error=growth.bump, about="2/√π · exp(−x²), the derivative of erf")
xlogy = elementwise("xlogy", 2, kernels.xlogy, _xlogy_R, _xlogy_D, REAL, error=growth.xlogy, about="x log y, and 0 where x is 0")
logaddexp = elementwise("logaddexp", 2, np.logaddexp, lambda x, y, z̄: (sigmoid(x - y) * z̄, sigmoid(y - x) * z̄), lambda x, y, ẋ, ẏ: exp(x - logaddexp(x, y)) * ẋ + exp(y - logaddexp(x, y)) * ẏ, REAL, commutative=True, error=growth.logaddexp, about="log(eˣ + eʸ)")
atan2 = elementwise("atan2", 2, np.arctan2, lambda y, x, z̄: (ratio(ratio(x, hypot(x, y)) * z̄, hypot(x, y)), -ratio(ratio(y, hypot(x, y)) * z̄, hypot(x, y))), lambda y, x, ẏ, ẋ: ratio(ratio(x, hypot(x, y)) * ẏ - ratio(y, hypot(x, y)) * ẋ, hypot(x, y)), REAL, error=growth.atan2, about="the angle of the point (x, y), of y first")
hypot = elementwise("hypot", 2, np.hypot, lambda x, y, z̄: (ratio(x, hypot(x, y)) * z̄, ratio(y, hypot(x, y)) * z̄), lambda x, y, ẋ, ẏ: ratio(x * ẋ + y * ẏ, hypot(x, y)), REAL, commutative=True, error=growth.hypot, about="√(x² + y²)")
pow = unary("pow", kernels.power, lambda x, ȳ, exponent: (None,) if exponent == 0 else exponent * (conj(pow(x, exponent=exponent - 1)) * ȳ), lambda x, ẋ, exponent: (None,) if exponent == 0 else pow(x, exponent=exponent - 1) * ẋ * exponent, rule=_pow_type, title=lambda label: f"^{label.attrs['exponent']:g}", error=growth.pow, about="x to a constant power")

# with kinks ----------------------------------------------------------------------------------------------------
abs = unary("abs", np.abs, _abs_R, _abs_D, rule=_abs_type, error=growth.abs, about="|x|, of complex x too")
relu = unary("relu", kernels.positive_part, lambda x, ȳ: step(x) * ȳ, lambda x, ẋ: where(x > 0.0, ẋ, 0.0), REAL, error=growth.relu, about="max(x, 0)")
maximum = elementwise("maximum", 2, np.maximum, lambda x, y, z̄: _choice(x - y, z̄), lambda x, y, ẋ, ẏ: where(x > y, ẋ, where(y > x, ẏ, 0.5 * (ẋ + ẏ))), REAL, commutative=True, error=growth.maximum, about="the larger of x and y")
minimum = elementwise("minimum", 2, np.minimum, lambda x, y, z̄: _choice(y - x, z̄), lambda x, y, ẋ, ẏ: where(x < y, ẋ, where(y < x, ẏ, 0.5 * (ẋ + ẏ))), REAL, commutative=True, error=growth.minimum, about="the smaller of x and y")
sign = flat("sign", np.sign, "−1, 0 or 1")
step = flat("step", kernels.heaviside, "1 where x > 0, else 0")
floor = flat("floor", np.floor, "⌊x⌋")
ceil = flat("ceil", np.ceil, "⌈x⌉")
round = flat("round", np.round, "the nearest integer, the even one of two")
floordiv = elementwise("floordiv", 1, lambda x, by: x // by, None, None, rule=_floordiv_type, locally_constant=True, title=lambda label: f"÷ {label.attrs['by']}", error=rounding.kept, about="⌊x / by⌋ of integers, by a number: a shift to the right, where it is a power of 2")

# fmt: on


def plus(A: Object) -> Morphism:
    """`+ : A ⊗ A → A`, the sum of two words, wire by wire: an `add` for each wire of A.

    With `cd.zero(A)` it makes every object a commutative monoid. Raises `SignatureError` where a wire has no sum, as
    bool and index wires have none.

    >>> import catdiff as cd
    >>> A = cd.f64() @ cd.f64(2)
    >>> cd.plus(A).dom == A @ A, cd.plus(A).cod == A
    (True, True)
    >>> cd.plus(A)(1.0, [2.0, 3.0], 10.0, [20.0, 30.0])[1]
    array([22., 33.])
    >>> cd.R(cd.copy(A)) == cd.discard(A) @ cd.plus(A)
    True
    """
    n, sums = len(checked(A, "plus")), id(UNIT)
    for X in A:
        sums = sums @ add(X @ X)
    return wiring(A @ A, [k for i in range(n) for k in (i, n + i)]) >> sums


@family("square")
def square(A: Object) -> Morphism:
    """x · x, over any rig."""
    return copy(A) >> mul(A @ A)


@family("clip")
def clip(A: Object, low: float | None = None, high: float | None = None) -> Morphism:
    """x between the numbers low and high: `minimum(maximum(x, low), high)`. At a bound the derivative is ½."""
    if low is not None and high is not None and not low <= high:
        raise SignatureError(with_line(f"clip: low is {low} and high is {high}"))

    def body(x: Any) -> Any:
        x = x if low is None else maximum(x, low)
        return x if high is None else minimum(x, high)

    return build(A, body)
