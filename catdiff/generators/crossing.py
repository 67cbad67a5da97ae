"""Errors where a program chooses: comparisons, conditions, steps, extrema and orders.

A choice is certain where the errors of what it looks at cannot change it, and then it adds none of its own. Where they
can, a step has its jump for a bound, and a bool or an index may be another: its bound is inf, and what reads it knows.

>>> import catdiff as cd
>>> less, x, y = compared(cd.lt(cd.f64(2), cd.f64(2)).label), np.array([1.0, 2.0]), np.array([1.1, 2.1])
>>> less((x, y), (np.array([0.01, 0.2]), np.zeros(2)), x < y)
array([ 0., inf])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..category.label import Label
from .rounding import Bound, Error, format_of, underflow, wide

Xs = Sequence[Any]


def _reach(x: Any, e: Any) -> tuple[Any, Any]:
    """The ends of where x may lie, rounded outwards; x itself where it is certain."""
    off = e != 0
    low, high = np.where(off, np.nextafter(x - e, -np.inf), x), np.where(off, np.nextafter(x + e, np.inf), x)
    return low, high


def stepped(forward: Callable[..., Any]) -> Error:
    """The column of a step function that nowhere decreases: how far it gets at the ends of where x may lie."""

    def error(label: Label) -> Bound:
        def bound(xs: Xs, es: Xs, y: Any) -> Any:
            if not np.any(es[0]):
                return np.zeros(np.shape(y))
            low, high = _reach(wide(xs[0]), es[0])
            return np.maximum(forward(high) - y, y - forward(low))

        return bound

    return error


def connected(forward: Callable[..., Any]) -> Error:
    """The column of a connective of bools that nowhere decreases: open where it differs between the uncertain ones
    all false and all true.
    """

    def error(label: Label) -> Bound:
        def bound(xs: Xs, es: Xs, y: Any) -> Any:
            open_ = [np.asarray(e > 0) for e in es]
            low = forward(*[x & ~o for x, o in zip(xs, open_, strict=True)], **label.attrs)
            high = forward(*[x | o for x, o in zip(xs, open_, strict=True)], **label.attrs)
            return np.where(low != high, np.inf, 0.0)

        return bound

    return error


def turned(label: Label) -> Bound:
    """The column of `not` and `xor`, which another operand always makes another."""
    return lambda xs, es, y: np.add.reduce(es)


def compared(label: Label) -> Bound:
    """The column of comparisons: open where the operands are no further apart than their errors together."""
    return lambda xs, es, y: np.where(_close(xs[0], xs[1], es[0] + es[1]), np.inf, 0.0)


def _close(x: Any, y: Any, e: Any) -> Any:
    """Whether x and y may be equal or the other way round, given by how much they may be off together."""
    off = e > 0
    if x.dtype.kind not in "fc" or not np.any(off):
        return off
    return off & ~(np.abs(wide(x) - wide(y)) > e)


def chosen(label: Label) -> Bound:
    """The column of `where`: the error of what was chosen; where the condition is open, also the way to the other."""

    def bound(xs: Xs, es: Xs, z: Any) -> Any:
        (c, x, y), (dc, dx, dy) = xs, es
        e = np.where(c, dx, dy)
        if not np.any(dc):
            return e
        if x.dtype.kind not in "fc":
            return np.where((dc > 0) & (x != y), np.inf, np.maximum(dx, dy))
        return np.where(dc > 0, np.maximum(e, np.abs(wide(x) - wide(y)) + np.where(c, dy, dx)), e)

    return bound


def cast(label: Label) -> Bound:
    """The column of a cast: one rounding where it narrows; a bool that may be another is off by 1, an index by more."""
    source, form = label.dom.wires[0].dtype, format_of(label)
    narrow = form.u if (source.name, label.cod.wires[0].dtype.name) == ("f64", "f32") else 0.0
    if source.kind == "discrete":
        jump = 1.0 if source.name == "bool" and form.u else np.inf
        large = form.u if form.u > 2.0**-53 and source.name == "index" else 0.0  # f64 has all indices there are
        return lambda xs, es, y: np.where(es[0] > 0, jump, large * np.abs(wide(y)) if large else 0.0)
    if not narrow:
        return lambda xs, es, y: es[0]
    return lambda xs, es, y: es[0] + narrow * np.abs(wide(y)) + underflow(form, np.abs(y), xs, es)


def _sided(sign: int, xs: Xs) -> Any:
    """The operand, turned so that the greatest entry is the one that is looked for."""
    x = wide(xs[0])
    return x if sign > 0 else -x


def extremum(sign: int) -> Error:
    """The column of max and min: the largest error among the entries that may be it."""

    def error(label: Label) -> Bound:
        axes = label.attrs["axes"]

        def bound(xs: Xs, es: Xs, y: Any) -> Any:
            x, e = _sided(sign, xs), es[0]
            low, high = _reach(x, e)
            top = np.max(low, axis=axes, keepdims=True)
            return np.max(np.where(high < top, 0.0, e), axis=axes)

        return bound

    return error


def place(label: Label) -> Bound:
    """The column of argmax and argmin: open where another entry may be it. Entries that tie exactly are no news."""
    axis = label.attrs["axis"]

    def bound(xs: Xs, es: Xs, y: Any) -> Any:
        e, at = es[0], np.expand_dims(y, axis)
        if not np.any(e):
            return np.zeros(np.shape(y))
        best, slack = np.take_along_axis(xs[0], at, axis), np.take_along_axis(e, at, axis)
        open_ = _close(np.broadcast_to(best, xs[0].shape), xs[0], e + slack)
        np.put_along_axis(open_, at, False, axis)
        return np.where(np.any(open_, axis=axis), np.inf, 0.0)

    return bound


def ordered(label: Label) -> Bound:
    """The column of sort: the k-th smallest lies between those of the low ends and of the high ends."""
    axis = label.attrs["axis"]

    def bound(xs: Xs, es: Xs, y: Any) -> Any:
        e = es[0]
        if not np.any(e):
            return np.zeros(np.shape(y))
        widest = np.broadcast_to(np.max(e, axis=axis, keepdims=True), np.shape(y))
        if xs[0].dtype.kind != "f":
            return widest
        low, high = (np.sort(end, axis=axis) for end in _reach(wide(xs[0]), e))
        return np.fmin(widest, np.maximum(high - y, y - low))

    return bound


def order(label: Label) -> Bound:
    """The column of argsort: open at each place whose entry may change places with one before it or after it."""
    axis = label.attrs["axis"]

    def bound(xs: Xs, es: Xs, y: Any) -> Any:
        if not np.any(es[0]) or not np.size(y):
            return np.zeros(np.shape(y))
        if xs[0].dtype.kind != "f":
            return np.broadcast_to(np.max(es[0], axis=axis, keepdims=True), np.shape(y))
        ends = _reach(wide(xs[0]), es[0])
        low, high = (np.moveaxis(np.take_along_axis(end, y, axis), axis, 0) for end in ends)
        open_ = np.zeros(low.shape, bool)
        open_[1:] |= np.maximum.accumulate(high, axis=0)[:-1] >= low[1:]
        open_[:-1] |= np.minimum.accumulate(low[::-1], axis=0)[::-1][1:] <= high[:-1]
        return np.where(np.moveaxis(open_, 0, axis), np.inf, 0.0)

    return bound
