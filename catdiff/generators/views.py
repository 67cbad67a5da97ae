"""Parts of an array and arrays with something around them: one operand, one affine index per axis.

A *view* here is a contraction of one operand that neither multiplies nor sums: slices, reversals, zeros around an
array, and their transposes.

>>> import catdiff as cd, numpy as np
>>> x = np.arange(4.0)
>>> cd.slice(x, 1, None, 2), cd.flip(x), cd.roll(x, 1)
(array([1., 3.]), array([3., 2., 1., 0.]), array([3., 0., 1., 2.]))
>>> cd.pad(x, (1, 0))
array([0., 0., 1., 2., 3.])
>>> cd.dagger(cd.slice(cd.f64(4), 1)) == cd.pad(cd.f64(3), (1, 0))
True
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..category.families import family
from ..category.morphism import Morphism
from ..category.objects import Object
from ..category.structure import discard, id, swap
from ..errors import SignatureError, with_line
from .constants import const, embed
from .linear import letters, of_span, transpose
from .shapes import axes_of, both_sides, concat, from_back, one_axis, split
from .spans import Affine, Span


def index_span(shape: Sequence[int], key: Any) -> Span:
    """The span of `x[key]`, of integers, slices, an ellipsis and new axes; IndexError where the key does not fit."""
    keys = list(key) if isinstance(key, tuple) else [key]
    ellipses = [i for i, k in enumerate(keys) if k is Ellipsis]
    axes = len([k for k in keys if k is not None]) - len(ellipses)
    if axes > len(shape) or len(ellipses) > 1:
        raise IndexError(f"{axes} indices and {len(ellipses)} ellipses for {len(shape)} axes")
    at = ellipses[0] if ellipses else len(keys)
    keys[at : at + 1] = [builtins.slice(None)] * (len(shape) - axes)
    extents: list[int] = []
    leg: list[Affine] = []
    out: list[Affine] = []
    for k in keys:
        new = Affine(((len(extents), 1),))
        if k is None:
            out.append(new)
            extents.append(1)
            continue
        size = shape[len(leg)]
        if isinstance(k, builtins.slice):
            if k.step == 0:
                raise IndexError("a slice steps by something else than 0")
            chosen = range(size)[k]
            leg.append(Affine(((len(extents), chosen.step),), chosen.start))
            out.append(new)
            extents.append(len(chosen))
        elif not isinstance(k, bool) and hasattr(k, "__index__") and -size <= operator.index(k) < size:
            leg.append(Affine((), operator.index(k) % size))
        else:
            raise IndexError(f"index {k!r} into axis {len(leg)}, of extent {size}")
    return Span(tuple(extents), (tuple(leg),), tuple(out), tuple(extents))


@family("slice")
def slice(A: Object, start: Any = None, stop: Any = None, step: Any = None, axis: int = 0) -> Morphism:
    """`x[start:stop:step]` along one axis, as Python slices: negative ends count from the back."""
    if step == 0:
        raise SignatureError(with_line(f"slice of {A} takes a step that is not 0"))
    key = [builtins.slice(None)] * len(A.shape)
    key[one_axis(axis, len(A.shape), "slice")] = builtins.slice(start, stop, step)
    return of_span(index_span(A.shape, tuple(key)), A)


@family("flip")
def flip(A: Object, axis: Any = None) -> Morphism:
    """The entries in reverse order along axes (by default all)."""
    back = axes_of(axis, len(A.shape), "flip")
    leg = tuple(Affine(((i, -1),), n - 1) if i in back else Affine(((i, 1),)) for i, n in enumerate(A.shape))
    return of_span(Span(A.shape, (leg,), letters(*range(len(A.shape))), A.shape), A)


@family("roll")
def roll(A: Object, shift: int, axis: int = 0) -> Morphism:
    """Every entry moved on by `shift` along an axis, those that fall off coming back at the other end."""
    n = A.shape[from_back(axis, len(A.shape), "roll")] if A.shape else 0
    last = operator.index(shift) % n if n else 0
    if not last:
        return id(A)
    f = split(A, [n - last, last], axis=axis)
    return f >> swap(f.cod[0], f.cod[1]) >> concat(f.cod[1] @ f.cod[0], axis=axis)


@family("moveaxis")
def moveaxis(A: Object, source: int, destination: int) -> Morphism:
    """The axis `source` at the place `destination`, the others in their order."""
    rank = len(A.shape)
    old, new = one_axis(source, rank, "moveaxis"), one_axis(destination, rank, "moveaxis")
    order = [i for i in range(rank) if i != old]
    order.insert(new, old)
    return transpose(A, axes=order)


@family("pad")
def pad(A: Object, width: Any, value: complex = 0) -> Morphism:
    """`value` around an array: `width` is an integer, or one integer or `(before, after)` pair per axis.

    Negative widths crop. Linear where `value` is 0.
    """
    sides = both_sides("pad", "width", width, len(A.shape))
    shape = tuple(n + a + b for n, (a, b) in zip(A.shape, sides, strict=True))
    if min(shape, default=0) < 0:
        raise SignatureError(with_line(f"pad: the widths {width!r} crop more than {A} has"))
    out = tuple(Affine(((i, 1),), a) for i, (a, _) in enumerate(sides))
    f = of_span(Span(A.shape, (letters(*range(len(A.shape))),), out, shape), A)
    if value == 0:
        return f
    around = np.full(shape, embed(value, A.dtype.name))
    around[tuple(builtins.slice(max(0, a), max(0, n - max(0, b))) for (a, b), n in zip(sides, shape, strict=True))] = 0
    return f + (discard(A) >> const(around, A.dtype))
