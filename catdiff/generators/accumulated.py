"""Errors of what adds up many terms: contractions, running sums and products, linear recurrences.

A contraction amplifies errors as a contraction of absolute values does, and rounds by `γₙ Σ |x||w|`, which is the same
contraction of absolute values again: the one order of additions that NumPy and BLAS take is not known, and any order
keeps this bound. A recurrence takes its bound along with it, step by step.

>>> import catdiff as cd
>>> bound = contraction(cd.dot(cd.f64(2), cd.f64(2)).label)
>>> x, exact = np.array([1.0, -1.0]), np.zeros(2)
>>> float(bound((x, x), (exact, exact), np.array(2.0))) / 2.0**-53            # 2 products, 1 sum, of 1 + 1
4.0

Source: Higham, Accuracy and Stability of Numerical Algorithms (2nd ed.), §3.1 (inner products), §3.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..category.label import Label
from .contraction import Kernel, prepare
from .notation import parse
from .rig import FLOATS
from .rounding import DOUBLE, Bound, Format, any_error, format_of, is_complex, magnitude
from .spans import Affine, Lookup, Shape, Span, pick

Arrays = Sequence[Any]


def contraction(label: Label) -> Bound:
    """The column of `y[t(e)] += Π xₖ[sₖ(e)]`."""
    s, form = parse(label.attrs["span"]), format_of(label)
    n, shapes = len(s.inputs), [w.shape for w in label.dom.wires]
    run = prepare(s, shapes[:n], FLOATS)
    terms = 1 if s.moves else prod(pick(s.summed, s.extents))
    unit = form.u * ((2 * terms + 8 * n) if is_complex(label.cod) else terms + n - 2)
    if s.moves:
        unit = 0.0

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        values, tables = [magnitude(x) for x in xs[:n]] if unit or n > 1 else es[:n], xs[n:]
        sizes = [float(np.add.reduce(e, axis=None)) for e in es[:n]]
        errors = [e if size < np.inf else np.where(np.isfinite(e), e, 0.0) for e, size in zip(es, sizes, strict=False)]
        total = np.zeros(s.shape)
        for k, e in enumerate(errors):
            rounds = unit and k == n - 1
            if rounds or sizes[k]:
                after = [values[j] + errors[j] for j in range(k + 1, n)]
                total += run([*values[:k], e + unit * values[k] if rounds else e, *after], tables)
        if n > 1 and form.u:
            total += _lost(values, [e for e, size in zip(errors, sizes, strict=True) if size], form, terms)
        if form.u and not (s.moves or np.isfinite(y).all()):
            total = np.where(np.isfinite(y), total, np.inf)  # an overflow on the way
        if np.inf in sizes:
            infinite = [np.asarray(~np.isfinite(e), np.float64) for e in es[:n]]
            present = [np.asarray(magnitude(x) + e > 0, np.float64) for x, e in zip(xs[:n], es[:n], strict=True)]
            for k in range(n):
                total[run([*present[:k], infinite[k], *present[k + 1 :]], tables) > 0] = np.inf
        if any_error(es[n:]):
            total[_misled(s, shapes[:n], tables, es[n:])] = np.inf
        return total

    return bound


def _lost(values: Arrays, errors: Arrays, form: Format, terms: int) -> float:
    """What products that are no normal numbers lose, of values and of bounds; 0 where there can be none."""
    given = (*values, *errors)
    if prod(float(np.min(v, where=v > 0, initial=1.0)) for v in given) >= max(form.normal, DOUBLE.normal * 2.0**60):
        return 0.0
    most = prod(1.0 + float(np.max(v, initial=0.0)) for v in given)
    return terms * form.least * most * len(values)


def _misled(s: Span, shapes: Sequence[Shape], tables: Arrays, es: Arrays) -> Any:
    """Where a table that may hold another index is read for the result: which entries of it then are unknown."""
    found = np.zeros(s.shape, bool)
    for number, e in enumerate(es):
        if not np.any(e):
            continue
        if any(isinstance(axis, Lookup) and axis.table == number for axis in s.output):
            return np.ones(s.shape, bool)  # it may land anywhere
        for letters in {a.letters for leg in s.inputs for a in leg if isinstance(a, Lookup) and a.table == number}:
            marks = tuple(Affine(((i, 1),)) for i in letters)
            marked = Span(s.extents, (*s.inputs, marks), s.output, s.shape)
            run: Kernel = prepare(marked, [*shapes, np.shape(e)], FLOATS)
            found |= run([*(np.ones(shape) for shape in shapes), np.asarray(e > 0, np.float64)], tables) > 0
    return found


def _steps(factor: Any, local: Any, axis: int, reverse: bool) -> Any:
    """The bounds `E_t = factor_t E_{t−1} + local_t` along an axis, from its end where `reverse`."""
    out = np.array(local)
    a, y = (np.moveaxis(np.broadcast_to(v, out.shape), axis, 0) for v in (factor, out))
    y = np.moveaxis(out, axis, 0)
    if reverse:
        a, y = a[::-1], y[::-1]
    for t in range(1, len(y)):
        y[t] += np.where((a[t] > 0) & (y[t - 1] > 0), np.maximum(a[t] * y[t - 1], DOUBLE.least), 0.0)
    return out


def _before(y: Any, axis: int, reverse: bool, first: float) -> Any:
    """The entry before each, and `first` before the first."""
    out = np.roll(y, -1 if reverse else 1, axis)
    if out.shape[axis]:
        np.moveaxis(out, axis, 0)[-1 if reverse else 0] = first
    return out


def running_sum(label: Label) -> Bound:
    """The column of cumsum: each addition rounds what it gives."""
    form, axis, reverse = format_of(label), label.attrs["axis"], label.attrs["reverse"]
    unit = form.u * (2 if is_complex(label.cod) else 1)

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        local = es[0] + unit * magnitude(y) if unit else es[0]
        turned = np.flip(local, axis) if reverse else local
        total = np.add.accumulate(turned, axis=axis)
        return np.flip(total, axis) if reverse else total

    return bound


def running_product(label: Label) -> Bound:
    """The column of cumprod."""
    form, axis = format_of(label), label.attrs["axis"]
    unit = form.u * (4 if is_complex(label.cod) else 1)

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        a, e, size = magnitude(xs[0]), es[0], magnitude(y)
        before = _before(size, axis, False, 1.0)
        local = np.where(e > 0, e * before, 0.0) + unit * size + _vanished(form, a + e, before, size)
        return _steps(a + e, local, axis, False)

    return bound


def recurrence(label: Label) -> Bound:
    """The column of linrec, `y_t = a_t y_{t−1} + x_t`."""
    form, attrs = format_of(label), label.attrs
    axis, reverse = attrs["axis"], attrs["reverse"]
    unit = form.u * (4 if is_complex(label.cod) else 1)

    def bound(xs: Arrays, es: Arrays, y: Any) -> Any:
        (da, dx), a, size = es, magnitude(xs[0]), magnitude(y)
        before = _before(size, axis, reverse, 0.0)
        product = a * before
        local = dx + np.where(da > 0, da * before, 0.0) + _vanished(form, a + da, before, product)
        if unit:
            local = local + unit * (product + size)
        return _steps(a + da, local, axis, reverse)

    return bound


def _vanished(form: Format, a: Any, b: Any, p: Any) -> Any:
    """What a product p of a and b loses where it is no normal number and neither of them is certainly 0."""
    low = (p < form.normal) & (a > 0) & (b > 0)
    return np.where(low, form.least, 0.0) if np.any(low) else 0.0
