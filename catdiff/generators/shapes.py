"""Arrays in another shape, one after the other, and in pieces: the linear maps that only move entries.

>>> import catdiff as cd, numpy as np
>>> cd.stack(np.zeros(2), np.ones(2), axis=1)
array([[0., 1.],
       [0., 1.]])
>>> cd.dagger(cd.concat(cd.f64(2), cd.f64(3))) == cd.split(cd.f64(5), [2, 3])
True

Below them stand the small words that every other file here uses to talk about axes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from ..category.families import family
from ..category.label import Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import Object
from ..category.structure import id
from ..errors import SignatureError, with_line
from . import rounding


def said(make: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`make(*args)`, its ValueError as a SignatureError with the user's line."""
    try:
        return make(*args, **kwargs)
    except (ValueError, TypeError) as error:
        raise SignatureError(with_line(str(error))) from None


def relabel(old: Any, dom: Object, attrs: dict[str, Any] | None = None) -> Any:
    """The same row at another type."""
    return label(old.row, dom, old.attrs if attrs is None else attrs)


def batched(A: Object, mask: Sequence[bool], n: int) -> Object:
    """A with a leading axis of extent n on the masked wires."""
    return Object(w.with_shape((n, *w.shape)) if m else w for w, m in zip(A.wires, mask, strict=True))


def axes_of(axis: Any, rank: int, name: str) -> list[int]:
    """The axes meant by an int, a sequence, or None for all; from the front."""
    chosen = tuple(range(rank)) if axis is None else integers(axis if isinstance(axis, (tuple, list)) else (axis,))
    if chosen is None:
        raise SignatureError(with_line(f"{name}: axes are integers, not {axis!r}"))
    if any(not -rank <= a < rank for a in chosen) or len({a % rank for a in chosen}) != len(chosen):
        raise SignatureError(with_line(f"{name}: axis {axis} of an array with {rank} ax{'i' if rank == 1 else 'e'}s"))
    return sorted(a % rank for a in chosen)


def one_axis(axis: Any, rank: int, name: str) -> int:
    """The axis meant by an int, from the front."""
    if axis is None or isinstance(axis, (tuple, list)):
        raise SignatureError(with_line(f"{name}: the axis is an integer, not {axis!r}"))
    return axes_of(axis, rank, name)[0]


def from_back(axis: Any, rank: int, name: str) -> int:
    """One axis, counted from the back: leading axes may then be added without renaming it."""
    return one_axis(axis, rank, name) - rank


def all_from_back(axis: Any, rank: int, name: str) -> tuple[int, ...]:
    """The axes meant by an int, a sequence, or None for all; counted from the back, in order."""
    return tuple(a - rank for a in axes_of(axis, rank, name))


def without(shape: Sequence[int], axes: Sequence[int]) -> tuple[int, ...]:
    """A shape without these axes, counted from the back."""
    return tuple(n for i, n in enumerate(shape) if i - len(shape) not in axes)


def kept(shape: Sequence[int], axes: Sequence[int]) -> tuple[int, ...]:
    """A shape whose axes counted from the back have extent 1."""
    return tuple(1 if i - len(shape) in axes else n for i, n in enumerate(shape))


def integers(value: Any) -> tuple[int, ...] | None:
    """A sequence of integers as a tuple; None where it is none."""
    if not isinstance(value, (tuple, list)) or any(isinstance(v, bool) or not hasattr(v, "__index__") for v in value):
        return None
    return tuple(map(operator.index, value))


def both_sides(name: str, what: str, value: Any, d: int) -> list[tuple[int, int]]:
    """`(before, after)` for each of d axes, given as one integer, or an integer or pair per axis."""
    given = value if isinstance(value, (tuple, list)) else (value,) * d
    if d == 1 and len(given) == 2:
        given = (given,)
    pairs: list[tuple[int, int]] = []
    for side in given:
        pair = integers(side if isinstance(side, (tuple, list)) else (side, side))
        if pair is not None and len(pair) == 2:
            pairs.append((pair[0], pair[1]))
    if len(pairs) != d or len(given) != d:
        said = f"{name}: {what} is an integer, or {d} integers or (before, after) pairs, one per axis, not {value!r}"
        raise SignatureError(with_line(said))
    return pairs


def _reshape_type(dom: Object, shape: tuple[int, ...]) -> Object:
    if prod(shape) != dom.sort.size:
        raise SignatureError(with_line(f"cannot reshape {dom} to {shape}"))
    return Object((dom.sort.with_shape(shape),))


RESHAPE = register(
    Row(
        name="reshape",
        type_rule=_reshape_type,
        extents=("shape",),
        over=lambda k, label: lambda x: np.reshape(x, label.cod.shape),
        dagger=lambda old: Atom(label(RESHAPE, old.cod, {"shape": old.dom.shape})),
        batch=lambda old, mask, n: Atom(relabel(old, batched(old.dom, mask, n), {"shape": (n, *old.attrs["shape"])})),
        error=rounding.moved,
        flops=lambda label: 0,
        zeros="all",
        about="the same entries in another shape",
    )
)


@family("reshape")
def reshape(A: Object, shape: Any) -> Morphism:
    """The same entries in another shape, row-major; one extent may be -1."""
    given = integers(shape if isinstance(shape, (tuple, list)) else (shape,))
    if given is None:
        raise SignatureError(with_line(f"reshape: a shape is made of integers, not {shape!r}"))
    want = list(given)
    if want.count(-1) == 1:
        rest = -prod(want)
        if not rest or A.sort.size % rest:
            raise SignatureError(with_line(f"cannot reshape {A}, of {A.sort.size} entries, to {given}"))
        want[want.index(-1)] = A.sort.size // rest
    if tuple(want) == A.shape:
        return id(A)
    return Atom(label(RESHAPE, A, {"shape": tuple(want)}))


def _concat_type(dom: Object, axis: int) -> Object:
    shapes = [w.shape for w in dom.wires]
    if not shapes or len({w.dtype.name for w in dom.wires}) > 1 or not -len(shapes[0]) <= axis < 0:
        raise SignatureError(with_line(f"concat along axis {axis} takes arrays of one dtype with that axis, not {dom}"))
    rest = {(*s[:axis], *s[len(s) + axis + 1 :]) for s in shapes}
    if len(rest) > 1 or len({len(s) for s in shapes}) > 1:
        raise SignatureError(with_line(f"concat along axis {axis}: the other axes of {dom} differ"))
    at, first = len(shapes[0]) + axis, shapes[0]
    total = int(np.sum([s[axis] for s in shapes]))
    return Object((dom.wires[0].with_shape((*first[:at], total, *first[at + 1 :])),))


def _split_type(dom: Object, axis: int, sizes: tuple[int, ...]) -> Object:
    shape = dom.shape
    at = len(shape) + axis
    if not -len(shape) <= axis < 0 or int(np.sum(sizes)) != shape[axis]:
        raise SignatureError(with_line(f"split: sizes {sizes} along axis {axis} do not make {dom}"))
    return Object(dom.sort.with_shape((*shape[:at], n, *shape[at + 1 :])) for n in sizes)


def _pieces(x: Any, axis: int, sizes: tuple[int, ...]) -> Any:
    pieces = tuple(np.split(x, np.cumsum(sizes)[:-1], axis)) if sizes else ()
    return pieces[0] if len(pieces) == 1 else pieces


CONCAT = register(
    Row(
        name="concat",
        type_rule=_concat_type,
        over=lambda k, label: lambda *xs: np.concatenate(xs, label.attrs["axis"]),
        dagger=lambda old: Atom(
            label(
                SPLIT,
                old.cod,
                {
                    "axis": old.attrs["axis"],
                    "sizes": tuple(w.shape[old.attrs["axis"]] for w in old.dom.wires),
                },
            )
        ),
        error=rounding.moved,
        flops=lambda label: 0,
        zeros="all",
        about="arrays one after the other along an axis",
    )
)
SPLIT = register(
    Row(
        name="split",
        type_rule=_split_type,
        extents=("sizes",),
        over=lambda k, label: partial(_pieces, **label.attrs),
        dagger=lambda old: Atom(label(CONCAT, old.cod, {"axis": old.attrs["axis"]})),
        error=rounding.moved,
        flops=lambda label: 0,
        zeros="all",
        about="pieces of an array along an axis",
    )
)


@family("concat", width=None)
def concat(A: Object, axis: int = 0) -> Morphism:
    """Arrays one after the other along `axis`."""
    return Atom(label(CONCAT, A, {"axis": from_back(axis, len(A.wires[0].shape) if len(A) else 0, "concat")}))


@family("split")
def split(A: Object, sizes: Any, axis: int = 0) -> Morphism:
    """One array cut along `axis` into pieces of the given sizes (an int: that many equal pieces)."""
    axis = from_back(axis, len(A.shape), "split")
    if isinstance(sizes, int):
        sizes = (A.shape[axis] // sizes,) * sizes if sizes else ()
    return Atom(label(SPLIT, A, {"axis": axis, "sizes": tuple(sizes)}))


@family("expand_dims")
def expand_dims(A: Object, axis: Any = 0) -> Morphism:
    """New axes of extent 1, at the places `axis` of the result."""
    count = len(axis) if isinstance(axis, (tuple, list)) else 1
    new = axes_of(axis, len(A.shape) + count, "expand_dims")
    old = iter(A.shape)
    return reshape(A, shape=[1 if i in new else next(old) for i in range(len(A.shape) + len(new))])


@family("squeeze")
def squeeze(A: Object, axis: Any = None) -> Morphism:
    """The array without the axes `axis`, which have extent 1 (by default: all that have)."""
    rank = len(A.shape)
    gone = [i for i, n in enumerate(A.shape) if n == 1] if axis is None else axes_of(axis, rank, "squeeze")
    if any(A.shape[i] != 1 for i in gone):
        raise SignatureError(with_line(f"squeeze: axis {axis} of {A} has not extent 1"))
    return reshape(A, shape=[n for i, n in enumerate(A.shape) if i not in gone])


@family("stack", width=None)
def stack(A: Object, axis: int = 0) -> Morphism:
    """Arrays of one shape, one after the other along a new axis."""
    if not len(A) or any(w is not A.wires[0] for w in A.wires):
        raise SignatureError(with_line(f"stack takes one or more equal wires, not {A}"))
    f = expand_dims(A[0], axis=axis)
    every = f
    for _ in range(len(A) - 1):
        every = every @ f
    return every >> concat(every.cod, axis=axis)
