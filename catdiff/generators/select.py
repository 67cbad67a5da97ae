"""Choosing entries: gathers, extrema, sorting. The choice is an `index` wire; nothing flows back through it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..category.families import family
from ..category.label import Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import Object, Sort
from ..errors import SignatureError, with_line
from .elementwise import eq
from .linear import axes_of, broadcast, cast, letters, of_span, read, reshape
from .spans import Affine, Lookup, Span


@family("gather", width=2)
def gather(A: Object, axis: int = 0) -> Morphism:
    """`gather(x, index)`: entries of x along its first axis, `y[j…, c…] = x[index[j…], c…]`. An index out of range
    raises when it runs.
    """
    x, index = _table(A, "gather")
    n = len(index.shape)
    rest = tuple(range(n, n + len(x.shape) - 1))
    extents = (*index.shape, *x.shape[1:])
    leg = (Lookup(0, tuple(range(n))), *letters(*rest))
    return of_span(Span(extents, (leg,), letters(*range(len(extents))), extents), A)


@family("scatter_add", width=2)
def scatter_add(A: Object, n: int) -> Morphism:
    """`scatter_add(u, index, n=n)`: `y[index[j…], c…] += u[j…, c…]`, the transpose of `gather`."""
    u, index = _table(A, "scatter_add")
    k = len(index.shape)
    if u.shape[:k] != index.shape:
        raise SignatureError(with_line(f"scatter_add: {u} does not begin with the axes of {index}"))
    rest = u.shape[k:]
    out = (Lookup(0, tuple(range(k))), *letters(*range(k, len(u.shape))))
    return of_span(Span(u.shape, (letters(*range(len(u.shape))),), out, (n, *rest)), A)


def _table(A: Object, name: str) -> tuple[Sort, Sort]:
    if len(A) != 2 or A.wires[1].dtype.name != "index" or not A.wires[0].shape:
        raise SignatureError(with_line(f"{name} takes an array and an index wire, not {A}", "cd.const(i, 'index')"))
    return A.wires[0], A.wires[1]


def take_along(A: Object, axis: int) -> Atom:
    """`y[…, j, …] = x[…, index[…, j, …], …]`: one lookup per entry, along `axis`."""
    x, index = A.wires
    every = tuple(range(len(index.shape)))
    at = axis % len(x.shape)
    leg: tuple[Affine | Lookup, ...] = tuple(Lookup(0, every) if i == at else Affine(((i, 1),)) for i in every)
    return of_span(Span(index.shape, (leg,), letters(*every), index.shape), A)


def _reduce_type(dom: Object, axes: tuple[int, ...]) -> Object:
    shape = dom.shape
    if dom.dtype.kind != "real" or any(shape[a] == 0 for a in axes):
        raise SignatureError(with_line(f"an extremum takes f32 or f64 and axes that are not empty, not {dom}"))
    return Object((dom.sort.with_shape(n for i, n in enumerate(shape) if i - len(shape) not in axes),))


def _spread(y: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """y, reduced over `axes` of x, repeated along them."""
    shape = tuple(1 if i - x.ndim in axes else n for i, n in enumerate(x.shape))
    return broadcast(reshape(y, shape=shape), shape=x.shape)


def _shares(row: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """How much of the cotangent each entry gets: the winners of a tie share it equally."""
    y = Atom(label(row, x.object, {"axes": axes}))(x)
    winners = cast(eq(x, _spread(y, x, axes)), dtype=x.dtype.name)
    return winners / _spread(winners.sum(axes), x, axes)


def _extremum(name: str, ufunc: Any) -> Row:
    row: Row = register(
        Row(
            name=name,
            type_rule=_reduce_type,
            forward=lambda x, axes: ufunc(x, axis=axes),
            R=lambda x, ȳ, axes: _shares(row, x, axes) * _spread(ȳ, x, axes),
            D=lambda x, ẋ, axes: (_shares(row, x, axes) * ẋ).sum(axes),
            flops=lambda label: label.dom.sort.size,
        )
    )
    return row


MAX, MIN = _extremum("max", np.max), _extremum("min", np.min)


def _reduction(row: Row) -> Any:
    def member(A: Object, axis: Any = None, keepdims: bool = False) -> Morphism:
        gone = axes_of(axis, len(A.shape), row.name)
        f = Atom(label(row, A, {"axes": tuple(a - len(A.shape) for a in gone)}))
        return f >> reshape(f.cod, tuple(1 if i in gone else n for i, n in enumerate(A.shape))) if keepdims else f

    return family(row.name)(member)


max, min = _reduction(MAX), _reduction(MIN)


def _arg_type(dom: Object, axis: int) -> Object:
    shape = dom.shape
    return Object((Sort("index", (n for i, n in enumerate(shape) if i - len(shape) != axis)),))


def _arg(name: str, function: Any) -> Row:
    return register(
        Row(
            name=name,
            type_rule=_arg_type,
            forward=lambda x, axis: function(x, axis=axis),
            locally_constant=True,
            flops=lambda label: label.dom.sort.size,
        )
    )


ARGMAX, ARGMIN = _arg("argmax", np.argmax), _arg("argmin", np.argmin)
ARGSORT = register(
    Row(
        name="argsort",
        type_rule=lambda dom, axis: Object((Sort("index", dom.shape),)),
        forward=lambda x, axis: np.argsort(x, axis=axis, kind="stable"),
        locally_constant=True,
        flops=lambda label: label.dom.sort.size,
    )
)


def _along(row: Row) -> Any:
    def member(A: Object, axis: int = -1) -> Morphism:
        return Atom(label(row, A, {"axis": axes_of(axis, len(A.shape), row.name)[0] - len(A.shape)}))

    return family(row.name)(member)


argmax, argmin, argsort = _along(ARGMAX), _along(ARGMIN), _along(ARGSORT)


def _permuted(x: Any, v: Any, axis: int) -> Any:
    order = argsort(x, axis=axis)
    return take_along(v.object @ order.object, axis)(v, order)


def _unpermuted(x: Any, ȳ: Any, axis: int) -> Any:
    order = argsort(x, axis=axis)
    span = read(take_along(x.object @ order.object, axis).label.attrs["span"])
    return of_span(span.transpose(0, x.shape), ȳ.object @ order.object)(ȳ, order)


SORT = register(
    Row(
        name="sort",
        type_rule=lambda dom, axis: dom,
        forward=lambda x, axis: np.sort(x, axis=axis, kind="stable"),
        R=lambda x, ȳ, axis: _unpermuted(x, ȳ, axis),
        D=lambda x, ẋ, axis: _permuted(x, ẋ, axis),
        flops=lambda label: label.dom.sort.size,
    )
)
sort = _along(SORT)
