"""Choosing entries: gathers, extrema, sorting. The choice is an `index` wire; nothing flows back through it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..category.families import family
from ..category.label import Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import Object, Sort
from ..errors import SignatureError, with_line
from . import crossing
from .axes import along, reduction
from .casts import cast
from .linear import letters, of_span, spread
from .logic import eq
from .shapes import one_axis, without
from .spans import Affine, Lookup, Shape, Span


@family("gather", width=2, reads={1: "index"})
def gather(A: Object, axis: int = 0) -> Morphism:
    """`gather(x, index)`: entries of x along an axis, which the axes of the index replace: `y[…, j…, …] =
    x[…, index[j…], …]`. An index out of range raises when it runs.
    """
    x, index = _table(A, "gather")
    return of_span(_gather(x.shape, index.shape, one_axis(axis, len(x.shape), "gather")), A)


@family("scatter_add", width=2, reads={1: "index"})
def scatter_add(A: Object, n: int, axis: int = 0) -> Morphism:
    """`scatter_add(u, index, n=n)`: `y[…, index[j…], …] += u[…, j…, …]`, n entries along the axis; the transpose of
    `gather`.
    """
    u, index = _table(A, "scatter_add")
    k, rank = len(index.shape), len(u.shape) - len(index.shape) + 1
    at = one_axis(axis, rank, "scatter_add") if rank > 0 else 0
    if rank < 1 or u.shape[at : at + k] != index.shape:
        said = f"scatter_add: operand 0, {u}, has not the axes of operand 1, {index}, in the place of axis {axis}"
        raise SignatureError(with_line(said))
    shape = (*u.shape[:at], n, *u.shape[at + k :])
    return of_span(_gather(shape, index.shape, at).transpose(0, shape), A)


def _gather(shape: Shape, index: Shape, axis: int) -> Span:
    """The span of a gather along an axis of an array of this shape."""
    extents = (*shape[:axis], *index, *shape[axis + 1 :])
    every, k = letters(*range(len(extents))), len(index)
    leg = (*every[:axis], Lookup(0, tuple(range(axis, axis + k))), *every[axis + k :])
    return Span(extents, (leg,), every, extents)


def _table(A: Object, name: str) -> tuple[Sort, Sort]:
    if len(A) != 2 or A.wires[1].dtype.name != "index" or not A.wires[0].shape:
        raise SignatureError(with_line(f"{name} takes an array and an index wire, not {A}", "cd.const(i, 'index')"))
    return A.wires[0], A.wires[1]


@family("take_along_axis", width=2, reads={1: "index"})
def take_along_axis(A: Object, axis: int = -1) -> Morphism:
    """`y[…, j, …] = x[…, index[…, j, …], …]`: one lookup per entry, along an axis."""
    x, index = _table(A, "take_along_axis")
    at, every = one_axis(axis, len(x.shape), "take_along_axis"), tuple(range(len(x.shape)))
    if len(index.shape) != len(x.shape) or any(i != at and index.shape[i] != x.shape[i] for i in every):
        raise SignatureError(with_line(f"take_along_axis: {x} and {index} differ in other axes than {axis}"))
    leg: tuple[Affine | Lookup, ...] = tuple(Lookup(0, every) if i == at else Affine(((i, 1),)) for i in every)
    return of_span(Span(index.shape, (leg,), letters(*every), index.shape), A)


def _reduce_type(name: str) -> Any:
    def rule(dom: Object, axes: tuple[int, ...]) -> Object:
        if dom.dtype.kind != "real":
            said = f"{name} takes f32 or f64, where entries that tie can share a cotangent, not {dom}"
            hint = f"cd.sort(x)[..., {'-1' if name == 'max' else '0'}] is {name} along the last axis of x"
            raise SignatureError(with_line(said, None if dom.dtype.kind == "complex" else hint))
        if any(dom.shape[a] == 0 for a in axes):
            raise SignatureError(with_line(f"{name} over axes {axes} of {dom}: there are no entries"))
        return Object((dom.sort.with_shape(without(dom.shape, axes)),))

    return rule


def _shares(row: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """How much of the cotangent each entry gets: the winners of a tie share it equally."""
    y = Atom(label(row, x.object, {"axes": axes}))(x)
    winners = cast(eq(x, spread(y, x, axes)), dtype=x.dtype.name)
    return winners / spread(winners.sum(axes), x, axes)


def _extremum(name: str, ufunc: Any, side: int, about: str) -> Row:
    row: Row = register(
        Row(
            name=name,
            type_rule=_reduce_type(name),
            forward=lambda x, axes: ufunc(x, axis=axes),
            R=lambda x, ȳ, axes: _shares(row, x, axes) * spread(ȳ, x, axes),
            D=lambda x, ẋ, axes: (_shares(row, x, axes) * ẋ).sum(axes),
            error=crossing.extremum(side),
            flops=lambda label: label.dom.sort.size,
            about=f"{about}; those that tie share the cotangent",
        )
    )
    return row


MAX, MIN = (
    _extremum("max", np.max, 1, "the largest entry over axes"),
    _extremum("min", np.min, -1, "the smallest entry over axes"),
)


max, min = reduction(MAX), reduction(MIN)


def _ordered(dom: Object, axis: int) -> Object:
    if len(dom) != 1 or dom.dtype.kind == "complex" or not -len(dom.shape) <= axis < 0:
        raise SignatureError(with_line(f"an order along axis {axis} is not defined on {dom}"))
    return dom


def _arg_type(dom: Object, axis: int) -> Object:
    if not _ordered(dom, axis).shape[axis]:
        raise SignatureError(with_line(f"axis {axis} of {dom} has no entries, and so no extremum"))
    return Object((Sort("index", without(dom.shape, (axis,))),))


def _arg(name: str, function: Any, about: str) -> Row:
    return register(
        Row(
            name=name,
            type_rule=_arg_type,
            forward=lambda x, axis: function(x, axis=axis),
            locally_constant=True,
            error=crossing.place,
            flops=lambda label: label.dom.sort.size,
            about=about,
        )
    )


ARGMAX = _arg("argmax", np.argmax, "where the largest entry along an axis is, the first if several")
ARGMIN = _arg("argmin", np.argmin, "where the smallest entry along an axis is, the first if several")
ARGSORT = register(
    Row(
        name="argsort",
        type_rule=lambda dom, axis: Object((Sort("index", _ordered(dom, axis).shape),)),
        forward=lambda x, axis: np.argsort(x, axis=axis, kind="stable"),
        locally_constant=True,
        error=crossing.order,
        flops=lambda label: label.dom.sort.size,
        about="the order that sorts an axis",
    )
)


argmax, argmin, argsort = along(ARGMAX, "index"), along(ARGMIN, "index"), along(ARGSORT, "index")


def _permuted(x: Any, v: Any, axis: int) -> Any:
    order = argsort(x, axis=axis)
    return take_along_axis(v, order, axis=axis)


def _unpermuted(x: Any, ȳ: Any, axis: int) -> Any:
    order = argsort(x, axis=axis)
    return take_along_axis(ȳ, argsort(order, axis=axis), axis=axis)


SORT = register(
    Row(
        name="sort",
        type_rule=_ordered,
        forward=lambda x, axis: np.sort(x, axis=axis, kind="stable"),
        R=lambda x, ȳ, axis: _unpermuted(x, ȳ, axis),
        D=lambda x, ẋ, axis: _permuted(x, ẋ, axis),
        error=crossing.ordered,
        flops=lambda label: label.dom.sort.size,
        about="the entries along an axis in increasing order",
    )
)
sort = along(SORT)
