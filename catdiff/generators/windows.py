"""Sliding windows: one affine index, `stride·t + dilation·k − before`, and what looks through it.

Window t of an axis holds the entries k = 0 … size−1 at that index; what lies outside the axis is 0. Pooling reduces
windows; convolution (see `convolution`) contracts them with a kernel.

>>> import catdiff as cd, numpy as np
>>> cd.windows(np.arange(5.0), 3, stride=2)
array([[0., 1., 2.],
       [2., 3., 4.]])
>>> cd.max_pool(np.arange(5.0), 2)
array([1., 3.])
>>> cd.max_pool(cd.f64(8, 3, 28, 28), (2, 2)).cod
cd.f64(8, 3, 14, 14)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, prod
from typing import Any

from ..category.families import family
from ..category.morphism import Morphism
from ..category.objects import Object
from ..category.structure import id
from ..errors import SignatureError, with_line
from . import select
from .linear import letters, of_span
from .shapes import both_sides, integers
from .spans import Affine, Span
from .views import pad


@dataclass(frozen=True)
class Window:
    """Windows along one axis: entry k of window t is entry `stride·t + dilation·k − before` of the axis."""

    size: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def reach(self) -> int:
        """How many entries lie between the ends of a window, both included."""
        return self.dilation * (self.size - 1) + 1

    def count(self, n: int) -> int:
        """How many windows an axis of n entries has; not positive where none fits."""
        return (n + self.before + self.after - self.reach) // self.stride + 1

    def index(self, t: int, k: int) -> Affine:
        """The index that letters t and k read."""
        return Affine(tuple(sorted(((t, self.stride), (k, self.dilation)))), -self.before)


def each(value: Any, d: int, name: str, what: str, least: int) -> tuple[int, ...]:
    """One integer for each of d axes, from one for all or one per axis."""
    values = integers(value if isinstance(value, (tuple, list)) else (value,) * d)
    if values is None or len(values) != d or min(values, default=least) < least:
        raise SignatureError(with_line(f"{name}: {what} is an integer ≥ {least}, or {d} of them, not {value!r}"))
    return values


def _paddings(padding: Any, windows: Sequence[tuple[int, int]], extents: Sequence[int], name: str) -> list[Any]:
    """`(before, after)` for each axis, whose windows have this stride and reach."""
    d = len(windows)
    if padding == "same":
        ends = [(-(-n // stride) - 1) * stride + reach for n, (stride, reach) in zip(extents, windows, strict=True)]
        totals = [max(0, end - n) if n else 0 for n, end in zip(extents, ends, strict=True)]
        return [(total // 2, total - total // 2) for total in totals]
    return both_sides(name, "padding, if not 'same' or 'valid',", 0 if padding == "valid" else padding, d)


def windows_along(
    name: str, extents: Sequence[int], size: Any, stride: Any, dilation: Any, padding: Any
) -> list[Window]:
    """The windows along axes of these extents, one per axis."""
    d = len(extents)
    sizes, strides = each(size, d, name, "the size of a window", 1), each(stride, d, name, "stride", 1)
    dilations = each(dilation, d, name, "dilation", 1)
    reaches = [(s, e * (k - 1) + 1) for k, s, e in zip(sizes, strides, dilations, strict=True)]
    pairs = _paddings(padding, reaches, extents, name)
    return [Window(k, s, e, *p) for k, s, e, p in zip(sizes, strides, dilations, pairs, strict=True)]


def counts(name: str, extents: Sequence[int], along: Sequence[Window]) -> tuple[int, ...]:
    """How many windows each axis has; `SignatureError` where one has none, unless the axis is empty."""
    for axis, (n, w) in enumerate(zip(extents, along, strict=True)):
        if n and w.count(n) < 1:
            said = f"{name}: a window over {w.reach} entries does not fit axis {axis} in space, which has {n}"
            sides = f" and {w.before} + {w.after} of padding" if w.before or w.after else ""
            raise SignatureError(with_line(said + sides, "padding='same'"))
    return tuple(max(0, w.count(n)) for n, w in zip(extents, along, strict=True))


def _trailing(A: Object, name: str, size: Any, stride: Any, dilation: Any, padding: Any) -> list[Window]:
    """The windows along the last axes of A, one for each entry of `size`.

    An integer does not say how many axes are meant: here is no kernel, as in `conv`, whose rank would.
    """
    rank, d = len(A.shape), len(size) if isinstance(size, (tuple, list)) else 1
    if not isinstance(size, (tuple, list)) and rank > 1:
        said = f"{name}: size={size!r} does not say which of the {rank} axes of {A} the windows run along"
        raise SignatureError(
            with_line(said, f"size=({size!r}, {size!r}) is the last two, size=({size!r},) the last one")
        )
    if rank < d:
        raise SignatureError(with_line(f"{name} along {d} axes of {A}"))
    return windows_along(name, A.shape[len(A.shape) - d :], size, stride, dilation, padding)


def _view(A: Object, name: str, along: Sequence[Window]) -> Span:
    """`y[…, t…, k…] = x[…, stride·t + dilation·k − before, …]` along the last axes."""
    d, lead = len(along), A.shape[: len(A.shape) - len(along)]
    t, k = len(lead), len(lead) + d
    steps = counts(name, A.shape[t:], along)
    shape = (*lead, *steps, *(window.size for window in along))
    leg = (*letters(*range(t)), *(window.index(t + i, k + i) for i, window in enumerate(along)))
    return Span(shape, (leg,), letters(*range(k + d)), shape)


@family("windows")
def windows(A: Object, size: Any, stride: Any = 1, dilation: Any = 1, padding: Any = 0) -> Morphism:
    """`(…, *S) → (…, *T, *K)`: all windows of the last axes, im2col.

    `size` is one extent per axis, for as many of the last axes as it names: `(2, 2)` in space for images `(C, H, W)` or
    `(N, C, H, W)`. An integer will do where there is one axis only.
    """
    return of_span(_view(A, "windows", _trailing(A, "windows", size, stride, dilation, padding)), A)


@family("avg_pool")
def avg_pool(A: Object, size: Any, stride: Any = None, dilation: Any = 1, padding: Any = 0) -> Morphism:
    """`(…, *S) → (…, *T)`: the mean of each window of the last axes, zeros of the padding included.

    `size` as in `windows`, `(2, 2)` for images; `stride` is `size` by default.
    """
    along = _trailing(A, "avg_pool", size, size if stride is None else stride, dilation, padding)
    s, d = _view(A, "avg_pool", along), len(along)
    total = of_span(Span(s.extents, s.inputs, s.output[:-d], s.shape[:-d]), A)
    return total * (1.0 / prod(window.size for window in along))


@family("max_pool")
def max_pool(A: Object, size: Any, stride: Any = None, dilation: Any = 1, padding: Any = 0) -> Morphism:
    """`(…, *S) → (…, *T)`: the largest entry of each window of the last axes; the padding is −∞.

    `size` as in `windows`, `(2, 2)` for images; `stride` is `size` by default. Entries that tie share the cotangent.
    """
    if A.dtype.kind != "real":
        raise SignatureError(with_line(f"max_pool takes f32 or f64, not {A}"))
    along = _trailing(A, "max_pool", size, size if stride is None else stride, dilation, padding)
    d = len(along)
    sides = [(0, 0)] * (len(A.shape) - d) + [(window.before, window.after) for window in along]
    f = pad(A, width=sides, value=-inf) if any(map(any, sides)) else id(A)
    bare = [replace(window, before=0, after=0) for window in along]
    return f >> of_span(_view(f.cod, "max_pool", bare), f.cod) >> select.max(axis=tuple(range(-d, 0)))
