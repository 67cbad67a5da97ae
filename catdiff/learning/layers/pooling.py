"""Pooling: what is in a window, or everywhere, as one number per channel. No parameters.

>>> import catdiff as cd, numpy as np
>>> pool = cd.nn.max_pool(2).at(cd.f64(1, 4, 4))
>>> pool({}, np.arange(16.0).reshape(1, 4, 4))
array([[[ 5.,  7.],
        [13., 15.]]])
>>> print(cd.nn.global_avg_pool().at(cd.f64(8, 4, 4)))
f64[8,4,4] → f64[8]
"""

from __future__ import annotations

from typing import Any

from ...category.families import Family
from ...category.objects import Object
from ...generators import select, statistics, windows
from ...generators.windows import each
from ..layer import Member, layer
from ..para import Para
from .convolution import CHANNELS
from .making import boxed, checked


@layer
def max_pool(size: Any, stride: Any = None, dilation: Any = 1, padding: Any = 0) -> Member:
    """`(C, *S) → (C, *T)`: the largest entry of each window; padding is −∞. Options as `conv`'s; `stride` is `size`."""
    return _windows("max_pool", windows.max_pool, size, stride, dilation, padding)


@layer
def avg_pool(size: Any, stride: Any = None, dilation: Any = 1, padding: Any = 0) -> Member:
    """`(C, *S) → (C, *T)`: the mean of each window, zeros of the padding included."""
    return _windows("avg_pool", windows.avg_pool, size, stride, dilation, padding)


@layer
def global_max_pool() -> Member:
    """`(C, *S) → (C,)`: the largest entry of each channel."""
    return _whole("global_max_pool", select.max)


@layer
def global_avg_pool() -> Member:
    """`(C, *S) → (C,)`: the mean of each channel."""
    return _whole("global_avg_pool", statistics.mean)


def _windows(name: str, pool: Family, size: Any, stride: Any, dilation: Any, padding: Any) -> Member:
    def at(A: Object) -> Para:
        checked(name, A, 2, CHANNELS)
        sizes = each(size, len(A.shape) - 1, name, "the size of a window", 1)
        options = {"stride": sizes if stride is None else stride, "dilation": dilation, "padding": padding}
        return boxed(name, A, [], lambda x: pool(x, size=sizes, **options))

    return at


def _whole(name: str, reduce: Family) -> Member:
    def at(A: Object) -> Para:
        checked(name, A, 2, CHANNELS)
        return boxed(name, A, [], lambda x: reduce(x, axis=tuple(range(1, len(A.shape)))))

    return at
