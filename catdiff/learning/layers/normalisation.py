"""Normalisation of each example by itself: to mean 0 and variance 1 over some of its entries, then scaled and shifted.

>>> import catdiff as cd
>>> print(cd.nn.layer_norm().at(cd.f64(5, 8)))
f64[5,8] → f64[5,8], of 2 parameters: layer_norm.scale, layer_norm.shift
>>> print(cd.nn.group_norm(2).at(cd.f64(6, 4, 4)))
f64[6,4,4] → f64[6,4,4], of 2 parameters: group_norm.scale, group_norm.shift

What looks across examples is `batch_norm`, which is another kind of thing.

Source: Ba et al., arXiv:1607.06450; Wu and He, arXiv:1803.08494.
"""

from __future__ import annotations

from typing import Any

from ...category.objects import Object
from ...errors import SignatureError, with_line
from ...generators import statistics
from ..layer import Member, layer
from ..para import Para
from .making import boxed, checked, learnt, natural


@layer
def layer_norm(axes: int = 1, eps: float = 1e-5) -> Member:
    """Over the last axes, as many as `axes` says, all entries together; a scale and a shift for each of them."""
    natural("layer_norm", "the number of axes", axes)

    def at(A: Object) -> Para:
        checked("layer_norm", A, axes, f"an array with {axes} ax{'es' if axes > 1 else 'is'} or more")
        own = A.shape[len(A.shape) - axes :]
        parts = [learnt("scale", A, own, "ones"), learnt("shift", A, own, "zeros")]
        over = tuple(range(-axes, 0))
        return boxed("layer_norm", A, parts, lambda a, b, x: statistics.layer_norm(x, axis=over, eps=eps) * a + b)

    return at


@layer
def group_norm(groups: int, eps: float = 1e-5) -> Member:
    """`(C, *S) → (C, *S)` in groups of channels, each with all its places; a scale and a shift for each channel."""
    natural("group_norm", "the number of groups", groups)

    def at(A: Object) -> Para:
        C, *space = checked("group_norm", A, 1, "an array of channels").shape
        if C % groups:
            raise SignatureError(
                with_line(f"group_norm: {groups} groups do not divide the {C} channels of wire 0, {A}")
            )
        parts = [learnt("scale", A, (C,), "ones"), learnt("shift", A, (C,), "zeros")]
        column = (C, *[1] * len(space))

        def normal(a: Any, b: Any, x: Any) -> Any:
            y = x.reshape(groups, C // groups, *space)
            y = statistics.layer_norm(y, axis=tuple(range(1, len(space) + 2)), eps=eps).reshape(A.shape)
            return y * a.reshape(column) + b.reshape(column)

        return boxed("group_norm", A, parts, normal)

    return at
