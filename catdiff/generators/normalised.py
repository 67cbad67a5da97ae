"""Errors of stable kernels: softmax and its kin, variances, norms.

They are not computed as their definitions say, and have better bounds for it: what is subtracted from all entries
alike (a maximum, a mean) may be off without harm, so its error counts to second order or not at all.

>>> import catdiff as cd
>>> x = np.array([1000.0, 1001.0, 999.0])
>>> f = cd.logsumexp(cd.f64(3))
>>> bool(logsumexp(f.label)((x,), (np.zeros(3),), f(x)) < 1e-12)                  # its definition overflows
True

Source: Higham, Accuracy and Stability of Numerical Algorithms (2nd ed.), §1.9 (variance), §3.1; Blanchard, Higham and
Higham, Accurately computing the log-sum-exp and softmax functions (2021), §3-4.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..category.label import Label
from . import kernels
from .rounding import ULPS, Bound, Format, format_of, over, underflow, wide

Arrays = Sequence[Any]


def _extent(label: Label) -> int:
    """How many entries there are over the axes."""
    shape, attrs = label.dom.wires[0].shape, label.attrs
    return prod(shape[a] for a in attrs.get("axes", (attrs.get("axis"),)))


# eˣ over its sum ----------------------------------------------------------------------------------------------------


def _logits(x: Any, e: Any, axis: int, form: Format) -> tuple[Any, Any, Any, Any]:
    """The exponents x − max x; by how much each is off, e and its rounding; the sum of the exponentials, of which the
    largest is 1; and by how much the logarithm of the sum may be off for it.
    """
    x = wide(x)
    low = x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    off = e + form.u * np.where(np.isinf(low), 0.0, np.abs(low))
    total = np.sum(np.exp(low), axis=axis, keepdims=True)
    return low, off, total, np.log1p(np.sum(_grown(low, off), axis=axis, keepdims=True) / total)


def _grown(low: Any, off: Any) -> Any:
    """`e^low (e^off − 1)`, where the one may vanish and the other overflow."""
    return np.exp(low + off) * -np.expm1(-off)


def softmax(label: Label) -> Bound:
    """`e^{t_i} / Σ y_j e^{t_j}` times y_i, for exponents off by t; at most 1."""
    form, axis, n = format_of(label), label.attrs["axis"], _extent(label)
    unit = form.u * (4 * ULPS + n + 2)

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        low, off, total, shift = _logits(xs[0], es[0], axis, form)
        w = np.exp(low) / total
        e = np.fmin(_grown(low, off + shift) / total, 1.0) + unit * w
        return e + np.where(w < form.normal, (2 * ULPS + n) * form.least, 0.0)

    return bound


def logsumexp(label: Label) -> Bound:
    """The weights sum to 1, so no more than the largest error, and rounding."""
    form, axis, n = format_of(label), label.attrs["axis"], _extent(label)

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        _, _, total, shift = _logits(xs[0], es[0], axis, form)
        e = shift + form.u * (2 * ULPS + n + 2 * ULPS * np.log(total))
        return np.squeeze(e, axis) + form.u * np.abs(wide(y))

    return bound


def log_softmax(label: Label) -> Bound:
    """That, and the error of the entry."""
    form, axis, n = format_of(label), label.attrs["axis"], _extent(label)

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        _, off, total, shift = _logits(xs[0], es[0], axis, form)
        return off + shift + form.u * (2 * ULPS + n + 2 * ULPS * np.log(total)) + form.u * np.abs(wide(y))

    return bound


# distances from the mean --------------------------------------------------------------------------------------------


def _scale(x: Any, e: Any, axes: tuple[int, ...]) -> Any:
    """A power of two near the largest entry, by which to divide lest squares overflow or vanish."""
    top = np.max(np.abs(wide(x)) + e, axis=axes, keepdims=True, initial=0.0)
    return np.ldexp(1.0, np.clip(np.frexp(np.where(np.isfinite(top), top, 1.0))[1], -1000, 1000))


def _centred(x: Any, e: Any, axes: tuple[int, ...], n: int, form: Format) -> tuple[Any, Any, Any, Any]:
    """Of the entries less their mean: |c| as computed; by how much each is off, but for the mean; by how much the
    mean is; and the bound on Σ c².

    With q the entries of c less the error of the mean, `Σ c*² = Σ q² − n (mean q)²`, and mean q is that error.
    """
    x = wide(x)
    c = np.abs(x - np.mean(x, axis=axes, keepdims=True))
    sums = np.sum(np.abs(x), axis=axes, keepdims=True)
    mean = form.u * (1 + 1 / max(n, 1)) * sums + np.mean(e, axis=axes, keepdims=True)
    off = e + form.u * (c + mean)
    squares = np.sum((2 * (c + 2 * mean) + off) * off, axis=axes, keepdims=True) + n * mean * mean
    return c, off, mean, squares


def variance(label: Label) -> Bound:
    """`Σ c² / (n − ddof)`."""
    form, axes, n = format_of(label), label.attrs["axes"], _extent(label)
    count = n - label.attrs["ddof"]

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        _, _, mean, squares = _centred(xs[0], es[0], axes, n, form)
        mean, size = mean.reshape(np.shape(y)), np.abs(wide(y))
        lost = underflow(form, size, (mean,), (mean,), n)
        return squares.reshape(np.shape(y)) / count + form.u * (n + 4) * size + lost

    return bound


def std(label: Label) -> Bound:
    """The root of that: `√a − √b = (a − b)/(√a + √b)`."""
    form, axes, n = format_of(label), label.attrs["axes"], _extent(label)
    count = n - label.attrs["ddof"]

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        size, scale = np.abs(wide(y)), _scale(xs[0], es[0], axes)
        off = _centred(wide(xs[0]) / scale, es[0] / scale, axes, n, form)[3] / count
        off, scale = off.reshape(np.shape(y)), scale.reshape(np.shape(y))
        e = scale * np.fmin(np.sqrt(off), over(off, size / scale))
        return e + form.u * (n + 10) * size + underflow(form, size, (size,), (off,))

    return bound


def norm(label: Label) -> Bound:
    """A norm is 1-Lipschitz in its own norm; and `√a − √b = (a − b)/(√a + √b)`."""
    form, axes, n = format_of(label), label.attrs["axes"], _extent(label)

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        size = np.abs(wide(y))
        e = form.u * (n + 10) * size + underflow(form, size, (size,), (size,))
        if np.any(es[0]):
            scale = _scale(xs[0], es[0], axes)
            x, off = np.abs(wide(xs[0])) / scale, es[0] / scale
            scale = scale.reshape(np.shape(y))
            e = e + scale * np.fmin(kernels.norm(off, axes), over(np.sum((2 * x + off) * off, axis=axes), size / scale))
        return e

    return bound


def layer_norm(label: Label) -> Bound:
    """`c / √(v + eps)`: the error of c over the root, and of the root times y; y is at most √n."""
    form, axes, eps, n = format_of(label), label.attrs["axes"], label.attrs["eps"], _extent(label)

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        c, off, mean, squares = _centred(xs[0], es[0], axes, n, form)
        v = np.mean(np.square(c), axis=axes, keepdims=True) + eps
        r = 2 * squares / (n * v) + form.u  # eps is rounded to the format
        root = np.expm1(-0.5 * np.log1p(-np.where(r < 1 - 2.0**-20, r * (1 + 2.0**-20), np.nan)))
        size = np.abs(wide(y))
        e = (off + mean) / np.sqrt(v) * (1 + root) + size * root
        return np.fmin(e, size + np.sqrt(n)) + form.u * (2 * n + 20) * size

    return bound
