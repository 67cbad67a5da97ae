"""The last step of a contraction, factor ↦ y: a transposed reshape, else sums into strided views of zeros, or a scatter
of rows. The order of additions is fixed.
"""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .factors import Array, Step, Tables, View, onto_axes, positions
from .spans import Affine, Leg, Shape, knots, pick, strides


def writer(leg: Leg, shape: Shape, extents: Shape, have: list[int]) -> Step:
    """factor ↦ y: broadcast it over the letters it lacks and add it up where the leg says."""
    if tied := knots(leg):
        return _scatterer(leg, shape, extents, have, sorted(axis for knot in tied for axis in knot))
    step: dict[int, int] = {}  # letter ↦ step in flat memory
    for axis, stride in zip(leg, strides(shape), strict=True):
        for letter, coef in axis.terms:
            step[letter] = step.get(letter, 0) + coef * stride
    bounds = zip(shape, (axis.bounds(extents) for axis in leg), strict=True)
    inside = [low >= 0 and high < n for n, (low, high) in bounds]
    loops = {i for i in step if extents[i] == 1}  # fixed, so that an axis moves with one letter or like digits
    for axis, fits in zip(leg, inside, strict=True):
        moving = [i for i in axis.letters if extents[i] > 1]
        if isinstance(axis, Affine) and len(moving) > 1 and not (fits and axis.injective(extents)):
            loops |= set(moving) - {max(moving, key=lambda i: extents[i])}
    fixed, free = sorted(loops), sorted(step.keys() - loops, key=lambda i: -step[i])
    spread, whole, patches = onto_axes(have, fixed + free), pick(fixed + free, extents), []
    sizes, lacking = pick(free, extents), any(i not in have and extents[i] > 1 for i in step)
    expand: View = (lambda x: np.broadcast_to(spread(x), whole)) if lacking else spread
    if all(inside) and pick(free, step) == strides(sizes) and prod(sizes) == prod(shape):
        return lambda x, tables: expand(x).reshape(shape)
    offset = sum(axis.offset * stride for axis, stride in zip(leg, strides(shape), strict=True))
    for point in product(*(range(extents[i]) for i in fixed)):
        at = dict(zip(fixed, point, strict=True))
        ranges = clip(leg, shape, {i: range(extents[i]) for i in free}, at)
        if ranges is not None:
            at |= {i: ranges[i].start for i in free}
            start = offset + sum(step[i] * at[i] for i in step)
            index = (*point, *(slice(ranges[i].start, ranges[i].stop) for i in free), ...)
            patches.append((index, start, [len(ranges[i]) for i in free]))

    def write(x: Array, tables: Tables) -> Array:
        x, y = expand(x), np.zeros(shape, x.dtype)
        flat, jumps = y.reshape(-1), [step[i] * y.itemsize for i in free]
        for index, start, counts in patches:
            place = as_strided(flat[start:], counts, jumps)
            np.add(place, x[index], out=place)
        return y

    return write


def clip(leg: Leg, shape: Shape, ranges: dict[int, range], at: dict[int, int]) -> dict[int, range] | None:
    """Where letters `at` are fixed: the ranges of the others that stay inside the shape, if any do."""
    for axis, n in zip(leg, shape, strict=True):
        base = axis.offset + sum(coef * at[i] for i, coef in axis.terms if i in at)
        free = [(i, coef) for i, coef in axis.terms if i in ranges]
        if not free and not 0 <= base < n:
            return None
        if len(free) == 1:  # 0 ≤ base + coef·e < n; several free letters are inside by choice
            ((i, coef),) = free
            near, far = (base, base - n) if coef > 0 else (base - n + 1, base + 1)
            ranges[i] = range(max(ranges[i].start, -(near // coef)), min(ranges[i].stop, -(far // coef)))
    return ranges if all(ranges.values()) else None


def _scatterer(leg: Leg, shape: Shape, extents: Shape, have: list[int], looked: list[int]) -> Step:
    """factor ↦ y with lookups in the output leg: rows along the other axes, added where the tables say."""
    other = [axis for axis in range(len(leg)) if axis not in looked]
    letters = list(dict.fromkeys(i for axis in looked for i in leg[axis].letters))
    head, tail, sizes = [shape[a] for a in looked], [shape[a] for a in other], pick(letters, extents)
    rows_leg = (*(Affine(((i, 1),)) for i in letters), *(leg[axis] for axis in other))
    lay = writer(rows_leg, (*sizes, *tail), extents, have)
    finds = [positions(leg[axis], letters, extents) for axis in looked]
    valid = np.ones(sizes, bool)
    for axis, find in zip(looked, finds, strict=True):
        if isinstance(leg[axis], Affine):
            valid &= (find([]) >= 0) & (find([]) < shape[axis])
    back = np.argsort([*looked, *other])

    def scatter(x: Array, tables: Tables) -> Array:
        rows = lay(x, tables).reshape(prod(sizes), prod(tail))
        parts = [stride * find(tables) for stride, find in zip(strides(head), finds, strict=True)]
        index = np.broadcast_to(sum(parts), sizes)
        if not valid.all():
            index, rows = index[valid], rows[valid.reshape(-1)]
        return _add_rows(index.reshape(-1), rows, prod(head)).reshape(head + tail).transpose(back)

    return scatter


def _add_rows(index: Array, rows: Array, count: int) -> Array:
    """`y[index[j]] += rows[j]` in the order of j, by what is fastest for the width of a row."""
    width, dtype = rows.shape[1], rows.dtype
    y = np.zeros((count, width), dtype)
    if dtype.kind == "f" and width <= 32:
        flat = (index[:, None] * width + np.arange(width)).reshape(-1)
        return np.bincount(flat, rows.reshape(-1), y.size).reshape(y.shape).astype(dtype, copy=False)
    if width >= 512:
        for place, row in zip(index.tolist(), rows, strict=True):
            y[place] += row
    elif index.size:
        order = np.argsort(index, kind="stable")
        places = index[order]
        starts = np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1])))
        y[places[starts]] = np.add.reduceat(rows[order], starts, axis=0)
    return y


def ranked(leg: Leg, shape: Shape, extents: Shape) -> list[int]:
    """The letters of an output leg as its writer likes them: those of lookups, then the slowest in memory."""
    looked = {axis for knot in knots(leg) for axis in knot}
    weight: dict[int, int] = {}
    for axis, (entry, stride) in enumerate(zip(leg, strides(shape), strict=True)):
        for letter in entry.letters:
            step = prod(shape) if axis in looked else abs(dict(entry.terms)[letter]) * stride
            weight[letter] = weight.get(letter, 0) + step
    return sorted(weight, key=lambda letter: -weight[letter])
