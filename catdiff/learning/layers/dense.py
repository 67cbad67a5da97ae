"""Affine layers.

A layer is a span of index sets `X ← E → Y` with a leg of weights `E → W`; dense is the span with all of X × Y as E.

>>> import catdiff as cd, numpy as np
>>> X, W = cd.f64(3), cd.f64(3, 2)
>>> cd.nn.dense(3, 2, bias=False).body.flatten() == cd.swap(W, X) >> cd.einsum("i,io->o", X, W)
True

Source: Parametric spans, arXiv:2208.00809.
"""

from __future__ import annotations

from typing import Any

from ...category.objects import Object, Sort
from ...errors import SignatureError, with_line
from ..layer import Member, layer
from ..para import Para
from .making import boxed, checked, learnt, natural

NUMBERS = ("real", "exact")


@layer
def dense(*sizes: int, bias: bool = True, weight: Any = "glorot", offset: Any = "zeros", dtype: str = "f64") -> Any:
    """`x ↦ x W + b`, from `dtype[…, i]` to `dtype[…, o]`: `dense(o)`, or `dense(i, o)` on one axis.

    - `bias=False` leaves b out;
    - `weight`, `offset`: how W `[i, o]` and b `[o]` begin, as a name, a function or an array;
    - `dtype` is f64 or f32; a layer that takes its type from its neighbour takes that too.

    >>> import catdiff as cd
    >>> print(cd.nn.dense(3, 2, bias=False))
    f64[3] → f64[2], of 1 parameter: dense.weight
    """
    if len(sizes) not in (1, 2):
        raise SignatureError(with_line(f"dense(outputs) or dense(inputs, outputs), not dense{sizes}"))
    for size in sizes:
        natural("dense", "a size", size)
    if len(sizes) == 2:
        return affine("dense", Object([Sort(dtype, sizes[:1])]), sizes[1], bias, weight, offset)
    return lambda A: affine("dense", A, sizes[0], bias, weight, offset)


def affine(name: str, A: Object, size: int, bias: bool = True, weight: Any = "glorot", offset: Any = "zeros") -> Para:
    """`x ↦ x W + b` along the last axis of A, as a box of this name."""
    checked(name, A, 1, "an array with an axis of features", NUMBERS)
    W, b = learnt("weight", A, (A.shape[-1], size), weight), learnt("bias", A, (size,), offset)
    if not bias:
        return boxed(name, A, [W], lambda w, x: x @ w)
    return boxed(name, A, [W, b], lambda w, b, x: x @ w + b)


@layer
def bias(initial: Any = "zeros") -> Member:
    """`x ↦ x + b`, b of x's own type."""

    def at(A: Object) -> Para:
        checked("bias", A, 0, "an array", (*NUMBERS, "complex"))
        return boxed("bias", A, [learnt("bias", A, A.shape, initial)], lambda b, x: x + b)

    return at
