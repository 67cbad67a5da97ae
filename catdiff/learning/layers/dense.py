"""Affine layers.

A layer is a span of index sets `X ← E → Y` with a leg of weights `E → W`; dense is the span with all of X × Y as E.

>>> import catdiff as cd, numpy as np
>>> X, W = cd.f64(3), cd.f64(3, 2)
>>> cd.nn.dense(3, 2, bias=False).body == cd.swap(W, X) >> cd.einsum("i,io->o", X, W)
True

Source: Parametric spans, arXiv:2208.00809.
"""

from __future__ import annotations

from typing import Any

from ...category.binder import build
from ...category.objects import Object, Sort
from ...errors import SignatureError, with_line
from ..initialisers import named
from ..layer import Layer
from ..para import Para
from ..parameters import Layer as Named
from ..parameters import Parameter


def dense(*sizes: int, bias: bool = True, weight: Any = "glorot", offset: Any = "zeros", dtype: str = "f64") -> Any:
    """`x ↦ x W + b`, from `dtype[…, i]` to `dtype[…, o]`: `dense(o)`, or `dense(i, o)` on one axis.

    - `bias=False` leaves b out;
    - `weight`, `offset`: how W `[i, o]` and b `[o]` begin, as a name, a function or an array;
    - `dtype` is f64 or f32; a layer that takes its type from its neighbour takes that too.

    >>> import catdiff as cd
    >>> print(cd.nn.dense(3, 2, bias=False))
    f64[3] → f64[2], of 1 parameter: dense.weight
    """
    if len(sizes) == 2:
        return _dense(Object([Sort(dtype, sizes[:1])]), sizes[1], bias, weight, offset)
    if len(sizes) != 1:
        raise SignatureError(with_line(f"dense(outputs) or dense(inputs, outputs), not dense{sizes}"))
    return Layer(f"nn.dense({sizes[0]})", lambda A: _dense(A, sizes[0], bias, weight, offset))


def _dense(A: Object, size: int, bias: bool, weight: Any, offset: Any) -> Para:
    if len(A) != 1 or not A.shape or A.dtype.kind not in ("real", "exact"):
        raise SignatureError(with_line(f"dense takes one wire with an axis of numbers, not {A}"))
    W = Parameter("weight", Sort(A.dtype, (A.shape[-1], size)), named(weight))
    b = Parameter("bias", Sort(A.dtype, (size,)), named(offset))
    members = (W, b) if bias else (W,)
    dom = Object([p.sort for p in members]) @ A
    body = build(dom, lambda w, *rest: rest[-1] @ w + rest[0] if bias else rest[-1] @ w)
    return Para(body, (Named("dense", members),))


def bias(initial: Any = "zeros") -> Layer:
    """`x ↦ x + b`, b of x's own type."""

    def at(A: Object) -> Para:
        b = Parameter("bias", A.sort, named(initial))
        return Para(build(A @ A, lambda b, x: x + b), (b,))

    return Layer("nn.bias()", at)
