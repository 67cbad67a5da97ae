"""Contractions as views, products and matrix products.

    read      an operand ↦ a view with one axis for each of its letters
    sum       letters that nothing else has
    multiply  two factors: a matrix product where a letter is summed, else a product of thin values
    write     a factor ↦ a view with the axes of the output, thin along letters it lacks

Letters of extent 1 are no letters: an outer product over a batch of one is a product, and no matrix product. What is
looked up in tables is in `lookups`. What neither knows of (windows, sums at places that tables say) is `None`, and is
left to the contraction's own kernel.

>>> from catdiff.generators.notation import parse
>>> p = Program()
>>> x, y = p.argument(np.ones((2, 3))), p.argument(np.ones((4, 3)))
>>> z = contracted(p, parse("i k, j k -> j i", {"i": 2, "j": 4, "k": 3}), [x, y])
>>> for instruction in p.instructions:
...     print(instruction.kind, *instruction.lines)
view {0}.transpose(1, 0)
into matmul({0}, {1}, {out})
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import prod

import numpy as np

from ...generators.spans import Affine, Leg, Lookup, Span, bare, pick
from .lookups import Factor, letters_put, looked_up, looks_up, placed_once, put
from .program import Key, Program

ADD_REDUCE = np.add.reduce


def contracted(p: Program, span: Span, operands: Sequence[int]) -> int | None:
    """The value of a contraction, or None where it is none of those that are made of views and products."""
    values, tables = operands[: len(span.inputs)], operands[len(span.inputs) :]
    scatters = placed_once(span)
    if 0 in span.extents or 0 in span.shape or not (scatters or _kept(span)):
        return None
    for leg, x in zip(span.inputs, values, strict=True):
        shape = p.values[x].shape
        if not ((_plain(leg) and _within(leg, shape, span)) or looks_up(leg, shape, span.extents)):
            return None
    real = [i for i, n in enumerate(span.extents) if n > 1]
    order = letters_put(span.output) if scatters else [i for a in span.output for i in a.letters]
    target = [i for i in order if i in real]
    factors = [
        _read(p, leg, x, span) if _plain(leg) else looked_up(p, leg, x, tables, span.extents)
        for leg, x in zip(span.inputs, values, strict=True)
    ]
    present = {i for _, letters in factors for i in letters}
    times = prod(span.extents[i] for i in real if i not in present and i not in target)
    made = _product(p, factors, target, span.extents)
    made = made if times == 1 else _repeated(p, made, times)
    return put(p, _onto(p, made, order), span.output, tables, span) if scatters else _write(p, made, span)


def _plain(leg: Leg) -> bool:
    """Whether every axis is an affine function of one letter, or fixed, and no letter is on two of them."""
    letters = [i for axis in leg for i in axis.letters]
    return all(isinstance(a, Affine) and len(a.letters) < 2 for a in leg) and len({*letters}) == len(letters)


def _within(leg: Leg, shape: Sequence[int], span: Span) -> bool:
    """Whether no index runs off its axis."""
    bounds = [axis.bounds(span.extents) for axis in leg]
    return all(low >= 0 and high < n for (low, high), n in zip(bounds, shape, strict=True))


def _kept(span: Span) -> bool:
    """Whether the axes of the output are letters, as long as they are, or have one entry."""
    letters = [a.letters for a in span.output]
    return _plain(span.output) and all(
        (not own or bare(a) is not None) and not a.offset and n == prod(pick(own, span.extents))
        for a, own, n in zip(span.output, letters, span.shape, strict=True)
    )


# -- read --------------------------------------------------------------------------------------------------------


def _read(p: Program, leg: Leg, x: int, span: Span) -> Factor:
    """An operand as a view whose axes are its letters."""
    key: list[Key] = []
    letters, own = [], p.values[x].likeness.shape
    for axis, n, held in zip(leg, p.values[x].shape, own, strict=True):
        i = axis.letters[0] if axis.letters else None
        if i is None or span.extents[i] == 1:
            key.append(0 if held == 1 else axis.offset)
        elif held == 1:  # thin: the letter is one it lacks
            key.append(0)
        else:
            letters.append(i)
            key.append(_cut(axis, span.extents[i], n))
    return (x if all(k == slice(None) for k in key) else p.part(x, key)), letters


def _cut(axis: Affine | Lookup, extent: int, n: int) -> slice:
    """The slice of an axis that an affine index runs through."""
    ((_, step),) = axis.terms
    start, last = axis.offset, axis.offset + step * (extent - 1)
    if (start, step, extent) == (0, 1, n):
        return slice(None)
    stop = last + (1 if step > 0 else -1)
    return slice(start, stop if stop >= 0 else None, None if step == 1 else step)


# -- multiply and sum --------------------------------------------------------------------------------------------


def _product(p: Program, factors: list[Factor], target: list[int], extents: Sequence[int]) -> Factor:
    """All factors multiplied, the pair with the smallest product first, and summed over what is not in the target."""
    present = {i for _, letters in factors for i in letters}
    for k in range(len(factors)):
        others = {i for j, (_, other) in enumerate(factors) if j != k for i in other}
        factors[k] = _total(p, factors[k], {*target} | others)
    while len(factors) > 1:
        choices = []
        for i, j in combinations(range(len(factors)), 2):
            rest = {a for k, (_, letters) in enumerate(factors) if k not in (i, j) for a in letters}
            kept = ({*factors[i][1]} | {*factors[j][1]}) & ({*target} | rest)
            choices.append((prod(pick(kept, extents)), i, j, kept))
        _, i, j, kept = min(choices, key=lambda c: c[:3])
        order = [a for a in target if a in kept] + sorted(kept - {*target})
        made = _times(p, factors[i], factors[j], order, extents)
        factors = [f for k, f in enumerate(factors) if k not in (i, j)] + [made]
    (value, letters) = factors[0]
    assert {*letters} == {*target} & present
    return value, letters


def _total(p: Program, factor: Factor, keep: set[int]) -> Factor:
    value, letters = factor
    axes = tuple(k for k, i in enumerate(letters) if i not in keep)
    if not axes:
        return factor
    x = p.values[value].likeness
    left = [i for i in letters if i in keep]
    shape = [n for k, n in enumerate(x.shape) if k not in axes]
    reduce = p.name("add_reduce", ADD_REDUCE)
    said = axes[0] if len(axes) == 1 else axes
    return p.into((f"{reduce}({{0}}, {said}, None, {{out}})",), (value,), shape, x.dtype), left


def _repeated(p: Program, factor: Factor, times: int) -> Factor:
    """A factor, added up so many times: over letters that nothing depends on."""
    value, letters = factor
    x = p.values[value].likeness
    return p.into(
        (f"{p.name('multiply', np.multiply)}({{0}}, {float(times)}, {{out}})",), (value,), x.shape, x.dtype
    ), letters


def _times(p: Program, one: Factor, two: Factor, keep: list[int], extents: Sequence[int]) -> Factor:
    (x, a), (y, b) = one, two
    summed = [i for i in a if i in b and i not in keep]
    dtype = p.values[x].likeness.dtype
    if not summed:
        left, right = _onto(p, one, keep), _onto(p, two, keep)
        shape = pick(keep, extents)
        return p.into(
            (f"{p.name('multiply', np.multiply)}({{0}}, {{1}}, {{out}})",), (left, right), shape, dtype, entrywise=True
        ), keep
    if keep and keep[-1] not in b:
        (x, a), (y, b) = two, one
    batch = [i for i in keep if i in a and i in b]
    rows, columns = [i for i in keep if i in a and i not in b], [i for i in keep if i in b and i not in a]
    longer = a if len(a) >= len(b) else b
    summed.sort(key=longer.index)
    left, right = _matrices(p, (x, a), batch, rows, summed), _matrices(p, (y, b), batch, summed, columns)
    sides = [prod(pick(side, extents)) for side in (rows, columns)]
    shape = [*pick(batch, extents), *sides]
    made = p.into((f"{p.name('matmul', np.matmul)}({{0}}, {{1}}, {{out}})",), (left, right), shape, dtype)
    letters = batch + rows + columns
    return p.reshaped(made, pick(letters, extents)), letters


def _matrices(p: Program, factor: Factor, batch: list[int], rows: list[int], columns: list[int]) -> int:
    """A factor as a stack of matrices."""
    value, letters = factor
    order = [*batch, *rows, *columns]
    extent = dict(zip(letters, p.values[value].likeness.shape, strict=True))
    value = p.turned(value, [letters.index(i) for i in order])
    shape = (*pick(batch, extent), prod(pick(rows, extent)), prod(pick(columns, extent)))
    return p.reshaped(value, shape)


def _onto(p: Program, factor: Factor, onto: Sequence[int]) -> int:
    """A factor as a view with these axes, of extent 1 where it lacks the letter."""
    value, letters = factor
    value = p.turned(value, [letters.index(i) for i in onto if i in letters])
    return _widened(p, value, [i in letters for i in onto])


def _widened(p: Program, value: int, there: Sequence[bool], shape: Sequence[int] | None = None) -> int:
    """A view with an axis of extent 1 wherever none is there; it stands for `shape`."""
    if all(there):
        own = p.values[value].likeness.shape
        return value if shape is None or own == tuple(shape) else p.view("{0}", value, lambda y: y, shape)
    return p.part(value, [slice(None) if t else None for t in there], shape)


# -- write -------------------------------------------------------------------------------------------------------


def _write(p: Program, factor: Factor, span: Span) -> int:
    value, letters = factor
    axes = [a.letters[0] if a.letters else None for a in span.output]
    value = p.turned(value, [letters.index(i) for i in axes if i in letters])
    return _widened(p, value, [i in letters for i in axes], span.shape)
