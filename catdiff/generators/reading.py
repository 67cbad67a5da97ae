"""The first step of a contraction, x ↦ factor: pad, view through strides, gather; sum what nobody else needs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .factors import Array, Layout, Step, Tables, positions
from .spans import Affine, Leg, Shape, knots, pick, strides


def reader(leg: Leg, shape: Shape, extents: Shape) -> tuple[list[Step], Layout]:
    """x ↦ factor: zeros around the array where the leg reads outside, a strided view, then the lookups."""
    steps, leg, padded = _padded(leg, shape, extents)
    looked, view = {axis for knot in knots(leg) for axis in knot}, dict[int, dict[int, int]]()
    for axis, entry in enumerate(leg):  # the view's axes: a letter, or ~axis where that is looked up
        for letter, coef in [(~axis, 1)] if axis in looked else entry.terms:
            view.setdefault(letter, {})[axis] = coef
    start = [0 if axis in looked else entry.offset for axis, entry in enumerate(leg)]
    sizes = [padded[~i] if i < 0 else extents[i] for i in view]
    steps += _viewed(list(view.values()), start, sizes, padded)
    whole = strides(padded)
    layout = {i: sum(coef * whole[axis] for axis, coef in coefs.items()) for i, coefs in view.items()}
    for knot in knots(leg):
        letters = list(dict.fromkeys(letter for axis in knot for letter in leg[axis].letters))
        axes = list(layout)
        finds = [positions(leg[axis], letters, extents) for axis in knot]
        steps.append(_gather(finds, [axes.index(~axis) for axis in knot]))
        axes = letters + [i for i in axes if ~i not in knot]
        layout = dict(zip(axes, strides([padded[~i] if i < 0 else extents[i] for i in axes]), strict=True))
    return steps, layout


def _padded(leg: Leg, shape: Shape, extents: Shape) -> tuple[list[Step], Leg, list[int]]:
    """The step that puts zeros around the array, if any are read; the leg into the result, and its shape."""
    axes, before, padded = [], [], []
    for axis, n in zip(leg, shape, strict=True):
        low, high = axis.bounds(extents)
        if isinstance(axis, Affine) and (low >= n or high < 0):
            axis, low, high = Affine((), -1), -1, -1  # read outside only, however far: the zero at −1
        before.append(max(0, -low))
        padded.append(max(n, high + 1) + before[-1])
        axes.append(Affine(axis.terms, axis.offset + before[-1]) if isinstance(axis, Affine) else axis)
    middle = tuple(slice(b, b + n) for b, n in zip(before, shape, strict=True))

    def pad(x: Array, tables: Tables) -> Array:
        y = np.zeros(padded, x.dtype)
        y[middle] = x
        return y

    return [] if padded == list(shape) else [pad], tuple(axes), padded


def _viewed(moves: list[dict[int, int]], start: list[int], sizes: list[int], shape: list[int]) -> list[Step]:
    """The step that shows an array of this shape along new axes, each given by how far it moves along the old ones:
    a slice where each moves along one of its own, strides where not, nothing where it is all of the array.
    """
    places = [axis for coefs in moves for axis in coefs]
    if len(set(places)) == len(places) == len(moves):
        index: list[int | slice] = list(start)
        for coefs, n in zip(moves, sizes, strict=True):
            ((axis, coef),) = coefs.items()
            stop = start[axis] + coef * (n - 1) + (1 if coef > 0 else -1)
            index[axis] = slice(start[axis], stop if stop >= 0 else None, coef)
        return [] if index == [slice(0, n, 1) for n in shape] else [lambda x, tables: x[(*index, ...)]]
    corner = tuple(slice(at, None) for at in start)

    def windows(x: Array, tables: Tables) -> Array:
        jumps = [sum(coef * x.strides[axis] for axis, coef in coefs.items()) for coefs in moves]
        return as_strided(x[corner], sizes, jumps, writeable=False)

    return [windows]


def _gather(finds: list[Callable[[Tables], Array]], spots: list[int]) -> Step:
    """Replace axes by those of their indices, in front."""

    def gather(x: Array, tables: Tables) -> Array:
        x, index = np.moveaxis(x, spots, range(len(spots))), [find(tables) for find in finds]
        if len(index) == 1 and index[0].ndim and x.flags.c_contiguous:
            return x.take(index[0], axis=0)  # twice as fast
        return x[(*index, ...)]

    return gather


def total(layout: Layout, keep: set[int], extents: Shape) -> tuple[list[Step], Layout]:
    """Sum a factor over the letters that are not kept: few values one by one, many by a reduction."""
    gone, kept = [i for i in layout if i not in keep], [i for i in layout if i in keep]
    sizes, count = pick(kept, extents), prod(pick(gone, extents))
    if not gone:
        return [], layout
    axes = tuple(axis for axis, letter in enumerate(layout) if letter in gone)
    if count > 1 and (count > 64 or 16 * count > prod(sizes)):
        many: Step = lambda x, tables: np.add.reduce(x, axis=axes, keepdims=True).reshape(sizes)  # noqa: E731
        return [many], dict(zip(kept, strides(sizes), strict=True))
    points = product(*(range(extents[i]) if i in gone else [slice(None)] for i in layout))
    first, *others = [(*point, ...) for point in points]

    def few(x: Array, tables: Tables) -> Array:
        y = x[first].copy() if others else x[first]
        for at in others:
            y += x[at]
        return y

    return [few], dict(zip(kept, strides(sizes) if others else [layout[i] for i in kept], strict=True))
