"""Running sums, products and linear recurrences along an axis.

`linrec` is `y_t = a_t y_{t−1} + x_t`. Its transpose in x is itself, run backwards with a moved on by one, and that is
how products differentiate without dividing: an entry may be 0.

>>> import catdiff as cd, numpy as np
>>> cd.cumsum(np.array([1.0, 2.0, 3.0]))
array([1., 3., 6.])
>>> cd.linrec(np.array([0.5, 0.5, 0.5]), np.array([4.0, 0.0, 0.0]))
array([4., 2., 1.])
>>> cd.R(cd.prod(cd.f64(3)))(np.array([2.0, 0.0, 3.0]), 1.0)
array([0., 6., 0.])
>>> cd.dagger(cd.cumsum(cd.f64(3))) == cd.cumsum(cd.f64(3), reverse=True)
True
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from ..category.families import family
from ..category.label import Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import Object
from ..errors import SignatureError, with_line
from . import accumulated
from .casts import conj
from .linear import transpose
from .rig import Rig
from .rows import ANY
from .shapes import all_from_back, from_back, kept, reshape
from .views import pad, slice


def _type(name: str, arity: int, kinds: tuple[str, ...]) -> Any:
    """Type rule: `arity` equal wires that have the axis, to one of them."""

    def rule(dom: Object, axis: int, reverse: bool = False) -> Object:
        if len(dom) != arity or any(w is not dom.wires[0] for w in dom.wires):
            raise SignatureError(with_line(f"{name} takes {arity} equal wire{'s' * (arity > 1)}, not {dom}"))
        if dom.wires[0].dtype.kind not in kinds or not -len(dom.wires[0].shape) <= axis < 0:
            raise SignatureError(with_line(f"{name} along axis {axis} is not defined on {dom}"))
        return dom[0]

    return rule


def _cumsum(k: Rig, x: Any, axis: int, reverse: bool) -> Any:
    y = k.add.accumulate(np.flip(x, axis) if reverse else x, axis=axis)
    return np.flip(y, axis) if reverse else y


CUMSUM = register(
    Row(
        name="cumsum",
        type_rule=_type("cumsum", 1, ANY),
        over=lambda k, label: partial(_cumsum, k, **label.attrs),
        dagger=lambda old: Atom(label(CUMSUM, old.dom, {**old.attrs, "reverse": not old.attrs["reverse"]})),
        error=accumulated.running_sum,
        flops=lambda label: label.cod.sort.size,
        zeros="all",
        about="running sums along an axis",
    )
)


@family("cumsum")
def cumsum(A: Object, axis: int = -1, reverse: bool = False) -> Morphism:
    """Running sums along an axis, from its end where `reverse`."""
    axis = from_back(axis, len(A.shape), "cumsum")
    return Atom(label(CUMSUM, A, {"axis": axis, "reverse": bool(reverse)}))


def _linrec(k: Rig, a: Any, x: Any, axis: int, reverse: bool) -> Any:
    y = np.array(x)
    steps = [*range(x.shape[axis])][:: -1 if reverse else 1]
    a, out = np.moveaxis(a, axis, 0), np.moveaxis(y, axis, 0)
    for before, t in pairwise(steps):
        out[t] = k.add(out[t], k.mul(a[t], out[before]))
    return y


def shift(x: Any, axis: int, by: int, value: float = 0) -> Any:
    """Entries moved `by` places along an axis; those that fall off are lost, `value` comes in."""
    n = x.shape[axis]
    if not n:
        return x
    moved = slice(x, start=0 if by > 0 else -by, stop=n - by if by > 0 else n, axis=axis)
    width = [(0, 0)] * x.ndim
    width[axis] = (by, 0) if by > 0 else (0, -by)
    return pad(moved, width=width, value=value)


def _linrec_R(a: Any, x: Any, ȳ: Any, axis: int, reverse: bool) -> tuple[Any, Any]:
    on = -1 if reverse else 1
    y = linrec(a, x, axis=axis, reverse=reverse)
    x̄ = linrec(shift(conj(a), axis, -on), ȳ, axis=axis, reverse=not reverse)
    return conj(shift(y, axis, on)) * x̄, x̄


def _linrec_D(a: Any, x: Any, ȧ: Any, ẋ: Any, axis: int, reverse: bool) -> Any:
    before = shift(linrec(a, x, axis=axis, reverse=reverse), axis, -1 if reverse else 1)
    return linrec(a, ȧ * before + ẋ, axis=axis, reverse=reverse)


LINREC = register(
    Row(
        name="linrec",
        type_rule=_type("linrec", 2, ANY),
        over=lambda k, label: partial(k.through, partial(_linrec, **label.attrs)),
        R=_linrec_R,
        D=_linrec_D,
        error=accumulated.recurrence,
        flops=lambda label: 2 * label.cod.sort.size,
        about="y_t = a_t y_{t−1} + x_t along an axis",
    )
)


@family("linrec", width=2)
def linrec(A: Object, axis: int = -1, reverse: bool = False) -> Morphism:
    """`linrec(a, x)`: the y with `y_t = a_t y_{t−1} + x_t`, starting from 0; a_0 is not read.

    `reverse` starts at the end of the axis.
    """
    axis = from_back(axis, len(A.wires[0].shape) if len(A) else 0, "linrec")
    return Atom(label(LINREC, A, {"axis": axis, "reverse": bool(reverse)}))


def _lead(x: Any, axis: int) -> Any:
    """The product of all entries before each."""
    return shift(cumprod(x, axis=axis), axis, 1, 1)


CUMPROD = register(
    Row(
        name="cumprod",
        type_rule=_type("cumprod", 1, ANY),
        over=lambda k, label: partial(k.mul.accumulate, **label.attrs),
        R=lambda x, ȳ, axis: conj(_lead(x, axis)) * linrec(shift(conj(x), axis, -1), ȳ, axis=axis, reverse=True),
        D=lambda x, ẋ, axis: linrec(x, _lead(x, axis) * ẋ, axis=axis),
        error=accumulated.running_product,
        flops=lambda label: label.cod.sort.size,
        about="running products along an axis",
    )
)


@family("cumprod")
def cumprod(A: Object, axis: int = -1) -> Morphism:
    """Running products along an axis."""
    return Atom(label(CUMPROD, A, {"axis": from_back(axis, len(A.shape), "cumprod")}))


@family("prod")
def prod(A: Object, axis: Any = None, keepdims: bool = False) -> Morphism:
    """The product over axes; over nothing, 1. The last of the running products, so that zeros differentiate."""
    rank = len(A.shape)
    gone = all_from_back(axis, rank, "prod")
    rest = [i for i in range(rank) if i - rank not in gone]
    f = transpose(A, axes=[*rest, *(i + rank for i in gone)])
    f = f >> reshape(f.cod, shape=(*(A.shape[i] for i in rest), int(np.prod([A.shape[i] for i in gone]))))
    f = f >> pad(f.cod, width=[(0, 0)] * len(rest) + [(1, 0)], value=1) >> cumprod >> slice(start=-1, axis=-1)
    return f >> reshape(shape=kept(A.shape, gone) if keepdims else tuple(A.shape[i] for i in rest))
