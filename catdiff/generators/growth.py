"""How elementwise generators amplify errors: closed forms of `|φ(x + t) − φ(x)|` over all |t| ≤ e.

Each is an addition theorem turned into an inequality, so that it holds for large e as for small, for real x on an
interval and for complex x in a disc: `|e^{x+t} − e^x| = |e^x| |e^t − 1| ≤ e^{Re x} (e^e − 1)`. Where the disc meets a
pole there is no bound; where it meets a branch cut, the jump across is added. Real functions that are bounded have
bounds that are. None of this looks at a derivative rule of the table.

>>> import catdiff as cd
>>> x, e = np.array(0.5), np.array(0.1)
>>> bound = exp(cd.exp(cd.f64()).label)((x,), (e,), np.exp(x))
>>> bool(np.exp(0.6) - np.exp(0.5) <= bound < 1.001 * (np.exp(0.6) - np.exp(0.5)))
True

Source: Higham, Accuracy and Stability of Numerical Algorithms (2nd ed.), §3.3; the addition theorems are in any table.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..category.label import Label
from . import kernels
from .rounding import Bound, Error, over, smooth

EDGE = math.pi * (1 - 2.0**-40)  # an angle that may be π, up to rounding


def _real(x: Any) -> bool:
    return not np.iscomplexobj(x)


def _length(x: Any) -> Any:
    """|x|, a little less: what is left of it less e, however little, is then no more than there is."""
    return np.abs(x) * (1 - 2.0**-30)


def _crosses(z: Any, e: Any) -> Any:
    """Whether the disc about a complex z may meet the cut along the negative real axis."""
    if _real(z):
        return False
    return np.abs(np.angle(z)) + np.arcsin(np.minimum(e / np.abs(z), 1.0)) >= EDGE


def _versed(e: Any) -> Any:
    """cosh e − 1."""
    return 2 * np.sinh(e / 2) ** 2


# exponentials and logarithms: e^{x+t} = e^x e^t ---------------------------------------------------------------------


def _exp(x: Any, e: Any, y: Any) -> Any:
    return np.exp(np.real(x) + e) * -np.expm1(-e)


def _log(x: Any, e: Any, y: Any) -> Any:
    """`log(x + t) − log x = log(1 + t/x)`, whose modulus is greatest where t/x = −e/|x|."""
    return -np.log1p(-over(e, _length(x))) + np.where(_crosses(x, e), 2 * np.pi, 0.0)


def _log1p_size(x: Any, y: Any) -> Any:
    """The complex kernel takes log(1 + (|1 + x|² − 1)), which loses digits where 1 + x is near 0."""
    if _real(x):
        return np.abs(y)
    a = np.abs(x)
    return np.abs(y) + a * (2 + a) / np.abs(1 + x) ** 2


def _softplus(x: Any, e: Any, y: Any) -> Any:
    """`log(1 + e^{x+t}) − log(1 + e^x) = log(1 + σ(x)(e^t − 1))`."""
    s = np.abs(kernels.sigmoid(x)) * np.expm1(e)
    if _real(x):
        return np.fmin(e, np.log1p(s))
    g = -np.log1p(-s)
    return g + np.where(np.abs(np.imag(y)) + g >= EDGE, 2 * np.pi, 0.0)


def _softplus_size(x: Any, y: Any) -> Any:
    if _real(x):
        return np.abs(y)
    right = x.real > 0
    small = np.exp(np.where(right, -x, x))
    return np.abs(y) + np.where(right, np.abs(x), 0.0) + np.abs(small) * (3 + np.abs(x)) / np.abs(1 + small) ** 2


def _logaddexp(x: Any, y: Any, dx: Any, dy: Any, z: Any) -> Any:
    """Its derivatives are weights, so no more than the larger error; `log(p e^s + q e^t)` with weights p, q."""
    return np.fmin(np.maximum(dx, dy), np.log1p(np.exp(x - z) * np.expm1(dx) + np.exp(y - z) * np.expm1(dy)))


def _logaddexp_size(x: Any, y: Any, z: Any) -> Any:
    d = np.abs(x - y)
    return np.abs(z) + np.abs(np.maximum(x, y)) + (1 + d) * np.exp(-d)


def _xlogy(x: Any, y: Any, dx: Any, dy: Any, z: Any) -> Any:
    there = np.where((x == 0) & (dx == 0), 1.0, y)  # 0 log y is 0 whatever y may be
    known = np.where((x == 0) & (dx == 0), 0.0, dy)
    return np.abs(np.log(there)) * dx + (np.abs(x) + dx) * -np.log1p(-over(known, _length(there)))


# roots, powers, quotients: (x + t)^p = x^p (1 + t/x)^p --------------------------------------------------------------


def _recip(x: Any, e: Any, y: Any) -> Any:
    return np.abs(y) * over(e, _length(x) - e)


def _div(x: Any, y: Any, dx: Any, dy: Any, z: Any) -> Any:
    left = _length(y) - dy
    return over(dx, left) + np.abs(z) * over(dy, left)


def _ratio(x: Any, y: Any, dx: Any, dy: Any, z: Any) -> Any:
    return np.where((y == 0) & (dy == 0), 0.0, _div(x, y, dx, dy, z))


def _sqrt(x: Any, e: Any, y: Any) -> Any:
    """`√a − √b = (a − b)/(√a + √b)`, which is at most `√|a − b|` for real a and b."""
    if _real(x):
        return np.fmin(np.sqrt(e), e / y)
    r = over(e, _length(x))
    near, far = np.abs(y) * r / (1 + np.sqrt(1 - r)), np.abs(y) + np.sqrt(np.abs(x) + e)
    return np.where((r < 1) & ~_crosses(x, e), near, far)


def _pow(x: Any, e: Any, y: Any, exponent: float) -> Any:
    """`|(1 + s)^p − 1| ≤ (1 − |s|)^{−|p|} − 1`, as the coefficients of the one series bound those of the other."""
    p, a = math.fabs(exponent), np.abs(x)
    if p <= 1 and exponent >= 0 and _real(x):
        near = np.abs(y) * over(e, a)  # a concave power: r ≥ 1 − (1 − r)^p
    else:
        rate = -p * np.log1p(-over(e, _length(x)))
        cut = _crosses(x, e) if exponent != int(exponent) else False
        near = np.abs(y) * np.where(cut, 1 + np.exp(rate), np.expm1(rate))
    if exponent < 0:
        return near
    far = e**p if p == 1 else np.abs(y) + (a + e) ** p
    return np.fmin(near, np.where(x == 0, e**p, far))


def pow(label: Label) -> Bound:
    """The exponent is rounded to f32 there; complex powers are exponentials of p log x."""
    p, dtype = label.attrs["exponent"], label.cod.wires[0].dtype
    if dtype.kind != "complex" and (dtype.name != "f32" or float(np.float32(p)) == p):
        return smooth(_pow)(label)

    def size(x: Any, y: Any) -> Any:
        return np.abs(y) * (1 + np.where(x == 0, 0.0, np.abs(p * np.log(x + 0j))))

    return smooth(_pow, size=size)(label)


# circular and hyperbolic functions ----------------------------------------------------------------------------------


def _sin(x: Any, e: Any, y: Any) -> Any:
    """`sin(x + t) − sin x = cos x sin t + sin x (cos t − 1)`."""
    if _real(x):
        return np.fmin(np.abs(np.cos(x)) * e + np.abs(y) * e * e / 2, 2.0)
    return np.abs(np.cos(x)) * np.sinh(e) + np.abs(y) * _versed(e)


def _cos(x: Any, e: Any, y: Any) -> Any:
    if _real(x):
        return np.fmin(np.abs(np.sin(x)) * e + np.abs(y) * e * e / 2, 2.0)
    return np.abs(np.sin(x)) * np.sinh(e) + np.abs(y) * _versed(e)


def _far(x: Any, y: Any) -> Any:
    """An argument far from 0 is reduced by multiples of π, of which some builds of NumPy know no more than is here."""
    return np.abs(y) + 2.0**-20 * np.abs(x)


def _tan(x: Any, e: Any, y: Any) -> Any:
    """`tan(x + t) − tan x = tan t (1 + tan² x) / (1 − tan x tan t)`."""
    t = np.where(e < 1.5, np.tan(np.minimum(e, 1.5)), np.inf)
    return over(t * (np.abs(1 + y * y) + 2.0**-50 * np.abs(y) ** 2), 1 - (1 + 2.0**-30) * np.abs(y) * t)


def _tanh(x: Any, e: Any, y: Any) -> Any:
    """The same of tanh; for real x the slope nearest to 0."""
    if _real(x):
        return np.fmin(e * kernels.sech2(np.maximum(np.abs(x) - e, 0.0)), 2.0)
    t = np.where(e < 1.5, np.tan(np.minimum(e, 1.5)), np.inf)
    return over(t * (np.abs(kernels.sech2(x))), 1 - (1 + 2.0**-30) * np.abs(y) * t)


def _sech2(x: Any, e: Any, y: Any) -> Any:
    """`sech² = 1 − tanh²`, and `a² − b² = (a − b)(2b + (a − b))`."""
    h = np.tanh(x)
    g = _tanh(x, e, h)
    return np.fmin(g * (2 * np.abs(h) + g), 1.0) if _real(x) else g * (2 * np.abs(h) + g)


def _sigmoid(x: Any, e: Any, y: Any) -> Any:
    """`σ(x) = (1 + tanh(x/2)) / 2`."""
    return _tanh(0.5 * x, 0.5 * e, np.tanh(0.5 * x)) / 2


def _bell(x: Any, e: Any, y: Any) -> Any:
    """`σ′(x) = sech²(x/2) / 4`."""
    return _sech2(0.5 * x, 0.5 * e, y) / 4


def _decaying(rate: float) -> Any:
    """The size of what is made of 1 + exp(−rate·|x|), which for complex x may be near 0."""

    def size(x: Any, y: Any) -> Any:
        if _real(x):
            return np.abs(y)
        e = np.exp(-rate * np.where(np.real(x) >= 0, x, -x))
        return np.abs(y) * (1 + np.abs(e) / np.abs(1 + e))

    return size


def _sinh(x: Any, e: Any, y: Any) -> Any:
    return np.abs(np.cosh(x)) * np.sinh(e) + np.abs(y) * _versed(e)


def _cosh(x: Any, e: Any, y: Any) -> Any:
    return np.abs(np.sinh(x)) * np.sinh(e) + np.abs(y) * _versed(e)


def _atan(x: Any, e: Any, y: Any) -> Any:
    """`atan(x + t) − atan x = atan(t / (1 + x² + xt))`."""
    a = np.abs(x)
    if _real(x):
        return np.fmin(np.fmin(e, over(e, (1 - 2.0**-30) * (1 + x * x) - a * e)), np.pi)
    s = over(e, np.abs(1 + x * x) - a * e - 2.0**-30 * (1 + a * a))
    crosses = (np.abs(x.real) <= e) & (np.abs(x.imag) + e >= 1)
    return np.where(s < 1, np.arctanh(np.minimum(s, 1.0)), np.inf) + np.where(crosses, np.pi, 0.0)


def _asin(x: Any, e: Any, y: Any) -> Any:
    """The greatest slope in reach is at |x| + e; no two real points that far apart differ by more than at an end."""
    if _real(x):
        left = (1 - 2.0**-30) * (1 - np.abs(x)) - e
        near = over(e, np.sqrt(np.maximum(left, 0.0) * (1 + np.abs(x) + e)))
        return np.fmin(near, 2 * np.arcsin(np.sqrt(np.minimum(e / 2, 1.0))))
    a, b = _length(1 - x) - e, _length(1 + x) - e
    g = over(e, np.sqrt(np.maximum(a, 0.0)) * np.sqrt(np.maximum(b, 0.0)))
    crosses = (np.abs(x.imag) <= e) & (np.abs(x.real) + e >= 1)
    return g + np.where(crosses, 2 * (np.abs(y) + g) + np.pi, 0.0)


def _atan2(y: Any, x: Any, dy: Any, dx: Any, z: Any) -> Any:
    """The sine of the angle between two points is their cross product over their lengths."""
    r, e = np.hypot(x, y), np.hypot(dx, dy)
    sine = over(over(np.abs(x), r) * dy + over(np.abs(y), r) * dx, _length(r) - e)
    turn = np.arcsin(np.minimum(np.minimum(sine, over(e, r)), 1.0))
    return np.where((e < r) & (np.abs(z) + turn < EDGE), turn, 2 * np.pi)


# the error function, kinks ------------------------------------------------------------------------------------------

_SLOPE = 2 / math.sqrt(math.pi)


def _erf(x: Any, e: Any, y: Any) -> Any:
    return np.fmin(_SLOPE * e * np.exp(-np.square(np.maximum(np.abs(x) - e, 0.0))), 2.0)


def _bump(x: Any, e: Any, y: Any) -> Any:
    near = np.exp(-np.square(np.maximum(np.abs(x) - e, 0.0)))
    return _SLOPE * np.fmin(2 * e * (np.abs(x) + e), 1.0) * near


def _choice(larger: bool) -> Any:
    """maximum and minimum: the error of the one that is chosen, of either where that is open."""

    def growth(x: Any, y: Any, dx: Any, dy: Any, z: Any) -> Any:
        first = x > y if larger else x < y
        return np.where(np.abs(x - y) > dx + dy, np.where(first, dx, dy), np.maximum(dx, dy))

    return growth


exp = smooth(_exp)
expm1 = smooth(_exp)
log = smooth(_log)
log1p = smooth(lambda x, e, y: _log(1 + x, e, y), size=_log1p_size)
softplus = smooth(_softplus, size=_softplus_size)
logaddexp = smooth(_logaddexp, size=_logaddexp_size)
xlogy = smooth(_xlogy)
recip = smooth(_recip, ulps=0.5)
div = smooth(_div, ulps=0.5)
ratio = smooth(_ratio, ulps=0.5)
sqrt = smooth(_sqrt, ulps=0.5)
sin, cos = smooth(_sin, size=_far), smooth(_cos, size=_far)
tan = smooth(_tan, size=lambda x, y: np.abs(y) + 2.0**-20 * np.abs(x) * (1 + np.abs(y) ** 2))
sinh, cosh, tanh = smooth(_sinh), smooth(_cosh), smooth(_tanh)
sech2 = smooth(_sech2, ulps=3 * 4, size=_decaying(2))
sigmoid = smooth(_sigmoid, ulps=2 * 4, size=_decaying(1))
bell = smooth(_bell, ulps=3 * 4, size=_decaying(1))
asin, acos, atan, atan2 = smooth(_asin), smooth(_asin), smooth(_atan), smooth(_atan2)
erf = smooth(_erf)
bump = smooth(_bump, size=lambda x, y: np.abs(y) * (2 + x * x))
hypot = smooth(lambda x, y, dx, dy, z: np.hypot(dx, dy), ulps=2)
abs: Error = smooth(lambda x, e, y: e, ulps=1, size=lambda x, y: np.zeros(np.shape(y)) if _real(x) else y)
relu = smooth(lambda x, e, y: np.clip(x + e, 0.0, e), ulps=0)
maximum, minimum = smooth(_choice(True), ulps=0), smooth(_choice(False), ulps=0)
