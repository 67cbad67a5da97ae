"""Span contractions on NumPy arrays: `prepare` decides everything once, its kernel does only NumPy work.

    read      x_k ↦ factor, one axis per letter                 (`reading`)
    multiply  factors pair by pair, the smallest product first  (`products`)
    write     factor ↦ y                                        (`writing`)

The arithmetic is that of a rig (see `rig`): floats keep their dtype, 64-bit integers are exact or raise OverflowError,
sums of residues are reduced, and arrays of objects (fractions, polynomials) use their own + and ×, and the integer 0.
The order of additions is fixed: equal operands give equal bits.

>>> from catdiff.generators.notation import parse
>>> from catdiff.generators.rig import CARRIED
>>> windows = parse("2*t+k-1, k -> t", {"t": 3, "k": 2})
>>> prepare(windows, ((5,), (2,)), CARRIED["integer"])([np.arange(5), np.array([1, 10])], [])
array([ 0, 21, 43])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import prod

import numpy as np

from .factors import Array, Tables
from .products import multiplier
from .reading import reader, total
from .rig import Rig
from .spans import Lookup, Shape, Span, pick
from .writing import ranked, writer

Kernel = Callable[[Sequence[np.ndarray], Sequence[np.ndarray]], np.ndarray]


def prepare(span: Span, input_shapes: Sequence[Shape], rig: Rig) -> Kernel:
    """The kernel `(values, tables) ↦ y` of a span, for operands of these shapes over a rig.

    Operands are trusted to be such, tables are checked at each call. Raises ValueError where span and shapes do not
    fit. The kernel raises IndexError for a table value out of range, ValueError for a table of another shape, and
    what the rig raises where a result is not in it.
    """
    span.check(input_shapes)
    if 0 in span.extents:
        return lambda values, tables: rig.zeros(span.shape)
    guard, run = _guard(span, input_shapes), _pipeline(span, input_shapes)
    if rig.sums is None or span.moves:
        return lambda values, tables: run(values, guard(tables))
    terms = prod(pick(span.summed, span.extents))
    many = (len(span.inputs) > 1 and terms > 1) or any(isinstance(axis, Lookup) for axis in span.output)
    compute = rig.sums(run, terms, many)
    return lambda values, tables: compute(values, guard(tables))


def _guard(span: Span, shapes: Sequence[Shape]) -> Callable[[Tables], Tables]:
    """tables ↦ the same as index arrays, every value checked against every axis it is used on."""
    uses = {
        (axis.table, n, pick(axis.letters, span.extents)): None
        for leg, shape in zip(span.legs, (*shapes, span.shape), strict=True)
        for axis, n in zip(leg, shape, strict=True)
        if isinstance(axis, Lookup)
    }

    def guard(tables: Tables) -> Tables:
        checked = list(tables)
        for number, limit, shape in uses:
            table = np.asarray(tables[number])
            if table.shape != shape or table.dtype.kind not in "iu":
                given = f"{table.dtype}{table.shape}"
                raise ValueError(f"table {number} takes integers of shape {shape}, not {given}")
            for value in (np.minimum.reduce(table, None), np.maximum.reduce(table, None)):
                if not 0 <= value < limit:
                    raise IndexError(f"table {number} holds {value}, outside range(0, {limit})")
            checked[number] = table.astype(np.intp, copy=False)
        return checked

    return guard if uses else lambda tables: tables


def _pipeline(span: Span, shapes: Sequence[Shape]) -> Kernel:
    """The kernel for any dtype whose sums do not overflow, with tables already checked."""
    extents, target = span.extents, ranked(span.output, span.shape, span.extents)
    readers, layouts, pairs = [], [], []
    read = [reader(leg, shape, extents) for leg, shape in zip(span.inputs, shapes, strict=True)]
    for k, (steps, layout) in enumerate(read):
        keep = set(target).union(*(other for j, (_, other) in enumerate(read) if j != k))
        sums, layout = total(layout, keep, extents)
        readers.append(steps + sums)
        layouts.append(layout)
    while len(layouts) > 1:  # greedily the pair with the smallest product
        choices = []
        for i, j in combinations(range(len(layouts)), 2):
            needed = set(target).union(*(layout for k, layout in enumerate(layouts) if k not in (i, j)))
            kept = {**layouts[i], **layouts[j]}.keys() & needed
            choices.append((prod(pick(kept, extents)), i, j, kept))
        _, i, j, kept = min(choices, key=lambda choice: choice[:3])
        keep = [letter for letter in target if letter in kept] + sorted(kept - set(target))
        multiply, layout = multiplier(layouts[i], layouts[j], keep, extents)
        layouts = [other for k, other in enumerate(layouts) if k not in (i, j)] + [layout]
        pairs.append((i, j, multiply))
    used = {letter for leg in span.legs for axis in leg for letter in axis.letters}
    copies = prod(n for letter, n in enumerate(extents) if letter not in used)
    write = writer(span.output, span.shape, extents, list(layouts[0]))

    def run(values: Sequence[Array], tables: Tables) -> Array:
        factors = list(values)
        for k, steps in enumerate(readers):
            for step in steps:
                factors[k] = step(factors[k], tables)
        for i, j, multiply in pairs:
            y, x = factors.pop(j), factors.pop(i)
            factors.append(multiply(x, y))
        (y,) = factors
        if copies > 1:
            y = (y[None] * np.full(1, copies, y.dtype))[0, ...]
        return write(y, tables)

    return run
