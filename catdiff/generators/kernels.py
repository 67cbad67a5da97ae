"""What NumPy lacks, or does not do stably: functions on arrays, each over its whole range of arguments."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def _decay(x: Any, rate: int = 1) -> tuple[Any, Any]:
    """`exp(−rate·|x|)` and whether x is on the right: of a complex x, by its real part."""
    right = np.real(x) >= 0
    return np.exp(-rate * np.where(right, x, -x)), right


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(−x))."""
    e, right = _decay(x)
    return (np.where(right, 1, e) / (1 + e)).astype(np.asarray(x).dtype, copy=False)


def bell(x: Any) -> Any:
    """The derivative of `sigmoid`."""
    e, _ = _decay(x)
    return e / ((1 + e) * (1 + e))


def sech2(x: Any) -> Any:
    """The derivative of tanh."""
    e, _ = _decay(x, 2)
    return 4 * e / ((1 + e) * (1 + e))


def log1p(x: Any) -> Any:
    """log(1 + x); NumPy's loses the digits of small complex numbers."""
    if np.isrealobj(x):
        return np.log1p(x)
    a, b = x.real, x.imag
    with np.errstate(over="ignore"):
        near = 0.5 * np.log1p(a * (2 + a) + b * b) + 1j * np.arctan2(b, 1 + a)
    return np.where(np.hypot(a, b) < 1e8, near, np.log(1 + x))


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), the exponential always of something with a real part ≤ 0."""
    if np.isrealobj(x):
        return np.logaddexp(x, np.asarray(x).dtype.type(0))
    right = x.real > 0
    y = np.where(right, x, 0) + log1p(np.exp(np.where(right, -x, x)))
    turn = np.remainder(y.imag + np.pi, 2 * np.pi) - np.pi  # the principal value
    return y.real + 1j * np.where(np.abs(y.imag) <= np.pi, y.imag, turn)


def erf(x: Any) -> Any:
    """The error function."""
    return np.asarray(np.vectorize(math.erf, otypes=[np.float64])(x)).astype(np.asarray(x).dtype)


def bump(x: Any) -> Any:
    """The derivative of `erf`."""
    return np.asarray(x).dtype.type(2 / math.sqrt(math.pi)) * np.exp(-x * x)


def xlogy(x: Any, y: Any) -> Any:
    """x · log y, and 0 where x is 0."""
    return x * np.log(_where(x == 0, 1, y))


def ratio(x: Any, y: Any) -> Any:
    """x / y, and 0 where y is 0."""
    return _where(y == 0, 0, x / _where(y == 0, 1, y))


def _where(condition: Any, number: int, x: Any) -> Any:
    return np.where(condition, np.asarray(x).dtype.type(number), x)


def power(x: Any, exponent: float) -> Any:
    """x to a constant power, in the dtype of x."""
    return np.power(x, np.asarray(x).dtype.type(exponent))


def positive_part(x: Any) -> Any:
    """max(x, 0)."""
    return np.maximum(x, np.asarray(x).dtype.type(0))


def heaviside(x: Any) -> Any:
    """1 where x > 0, else 0."""
    return np.heaviside(x, np.asarray(x).dtype.type(0))


def norm(x: Any, axes: tuple[int, ...]) -> Any:
    """`√Σ x²` over axes, of entries that are scaled so that no square overflows or vanishes."""
    top = np.max(np.abs(x), axis=axes, keepdims=True, initial=0)
    scale = np.where(np.isfinite(top) & (top > 0), top, np.asarray(x).dtype.type(1))
    scaled = np.sqrt(np.sum(np.square(x / scale), axis=axes, keepdims=True)) * scale
    return scaled.reshape([n for i, n in enumerate(x.shape) if i - x.ndim not in axes])


def centred(x: Any, axes: tuple[int, ...]) -> Any:
    """x less its mean over axes."""
    return x - np.mean(x, axis=axes, keepdims=True)


def layer_norm(x: Any, axes: tuple[int, ...], eps: float) -> Any:
    """`(x − mean) / √(variance + eps)`, scaled where the variance could overflow."""
    c = centred(x, axes)
    scale = np.maximum(np.max(np.abs(c), axis=axes, keepdims=True), c.dtype.type(1))
    c = c / scale
    return c / np.sqrt(np.mean(np.square(c), axis=axes, keepdims=True) + c.dtype.type(eps) / scale / scale)
