"""The second step of a contraction, two factors ↦ one: `np.matmul` where a letter is summed, else a plain product."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from math import prod

import numpy as np

from .factors import Array, Layout, View, onto_axes
from .spans import Shape, pick, strides


def multiplier(a: Layout, b: Layout, keep: list[int], extents: Shape) -> tuple[Callable, Layout]:
    """Two factors ↦ their product, summed over the letters (in both) that are not kept."""
    summed = [letter for letter in a if letter not in keep]
    if not summed:
        left, right = onto_axes(list(a), keep), onto_axes(list(b), keep)
        layout = dict(zip(keep, strides(pick(keep, extents)), strict=True))
        if not keep:  # NumPy would return a scalar
            return lambda x, y: (x.reshape(1) * y.reshape(1)).reshape(()), layout
        return lambda x, y: left(x) * right(y), layout
    bigger = max((a, b), key=lambda factor: prod(pick(factor, extents)))
    summed.sort(key=lambda letter: -abs(bigger[letter]))
    swap, batch, rows, columns = _split(a, b, keep, prod(pick(summed, extents)), extents)
    left = _matrices(b if swap else a, batch, rows, summed, extents)
    right = _matrices(a if swap else b, batch, summed, columns, extents)
    sizes = pick(batch + rows + columns, extents)

    def multiply(x: Array, y: Array) -> Array:
        if swap:
            x, y = y, x
        return np.matmul(left(x), right(y)).reshape(sizes)

    return multiply, dict(zip(batch + rows + columns, strides(sizes), strict=True))


def _split(a: Layout, b: Layout, keep: list[int], depth: int, extents: Shape):
    """Whether to swap the factors; the letters to stack, those for rows of the first, columns of the second.

    Best is the wanted order itself: a tail of it for columns, the stretch before for rows. The rest is
    stacked even if only one factor has it, as long as each single matrix product stays worth its call.
    """
    swap = bool(keep) and keep[-1] not in b
    first, second = (b, a) if swap else (a, b)
    columns = [*takewhile(lambda i: i not in first, reversed(keep))][::-1]
    rest = keep[: len(keep) - len(columns)]
    rows = [*takewhile(lambda i: i not in second, reversed(rest))][::-1]
    rest = rest[: len(rest) - len(rows)]
    shared = [i for i in keep if i in a and i in b]
    lost = any((i in first) != (i in second) and not (rows if i in first else columns) for i in rest)
    if rest != shared and (lost or depth * prod(pick(rows + columns, extents)) < 4096):
        rest, rows = shared, [i for i in first if i in keep and i not in second]
        columns = [i for i in second if i in keep and i not in first]
    return swap, rest, rows, columns


def _matrices(layout: Layout, batch: list[int], rows: list[int], columns: list[int], extents: Shape) -> View:
    """A factor ↦ a stack of matrices; where that takes a copy, its fastest letter stays innermost."""

    def inner(letters: list[int]) -> tuple[int, int]:
        return abs(layout[letters[-1]]), -extents[letters[-1]]

    axes = list(layout)
    turn = bool(rows and columns) and inner(rows) < inner(columns)
    sides = (columns, rows) if turn else (rows, columns)
    order = [axes.index(i) for i in (*(i for i in batch if i in layout), *sides[0], *sides[1])]
    stack = [extents[i] if i in layout else 1 for i in batch]
    shape = [*stack, *(prod(pick(side, extents)) for side in sides)]
    if turn:
        return lambda x: x.transpose(order).reshape(shape).swapaxes(-1, -2)
    return lambda x: x.transpose(order).reshape(shape)
