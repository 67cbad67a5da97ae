"""Span contractions on NumPy arrays: `prepare` decides everything once, its kernel does only NumPy work.

    read      x_k ↦ factor, one axis per letter: pad, view through strides, gather; sum what nobody else needs
    multiply  factors pair by pair: `np.matmul` where a letter is summed, a broadcast product elsewhere
    write     factor ↦ y: a transposed reshape, else sums into strided views of zeros or a scatter of rows

float32, float64 and complex arrays keep their dtype. int64 is exact or raises OverflowError. uint8 is the
field Z₂: values are 0 and 1, sums are mod 2. Object arrays (fractions, polynomials) use their own + and ×,
and the integer 0. The order of additions is fixed: equal operands give equal bits.

>>> from catdiff.generators.spans import parse
>>> windows = parse("2*t+k-1, k -> t", {"t": 3, "k": 2})
>>> prepare(windows, ((5,), (2,)), np.dtype(np.int64))([np.arange(5), np.array([1, 10])], [])
array([ 0, 21, 43])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, product, takewhile
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from catdiff.generators.spans import Affine, Leg, Lookup, Shape, Span, clip, knots, pick, ranked, strides

Array = np.ndarray
Tables = Sequence[np.ndarray]
Kernel = Callable[[Sequence[np.ndarray], Sequence[np.ndarray]], np.ndarray]
Step = Callable[[Array, Tables], Array]
View = Callable[[Array], Array]
Layout = dict[int, int]  # the letters of a factor's axes, in order, and their strides as far as one can tell


def may_alias(span: Span) -> bool:
    """Whether y may be a view of the operand. Else it is new, though perhaps a read-only broadcast."""
    return len(span.inputs) == 1 and all(span.extents[i] == 1 for i in span.summed)


def prepare(span: Span, input_shapes: Sequence[Shape], dtype: np.dtype) -> Kernel:
    """The kernel `(values, tables) ↦ y` of a span, for operands of these shapes and this dtype.

    Operands are trusted to have them, tables are checked at each call. Raises ValueError where span and
    shapes do not fit, TypeError for other dtypes. The kernel raises IndexError for a table value out of
    range, ValueError for a table of another shape, OverflowError where an int64 result does not fit.
    """
    dtype = np.dtype(dtype)
    if dtype.kind not in "fcO" and dtype not in (np.int64, np.uint8):
        raise TypeError(f"contractions take float, complex, int64, uint8 (Z2) or object arrays, not {dtype}")
    span.check(input_shapes)
    if 0 in span.extents:
        return lambda values, tables: np.zeros(span.shape, dtype)
    guard, run = _guard(span, input_shapes), _pipeline(span, input_shapes)
    terms = prod(pick(span.summed, span.extents))
    moves = len(span.inputs) == 1 and terms == 1
    in_floats = (len(span.inputs) > 1 and terms > 1) or any(isinstance(axis, Lookup) for axis in span.output)

    def exact(values: Sequence[Array], tables: Tables) -> Array:
        bound = terms * prod(max(1, int(x.max()), -int(x.min())) for x in values if x.size)
        if in_floats and bound < 2**53:  # BLAS, and still exact
            return run([x.astype(np.float64) for x in values], tables).astype(np.int64)
        if bound < 2**63:
            return run(values, tables)
        y = run([x.astype(object) for x in values], tables)
        if y.size and not -(2**63) <= y.min() <= y.max() < 2**63:
            raise OverflowError(f"{span.formula} gives integers that do not fit into 64 bits")
        return y.astype(np.int64)

    def parity(values: Sequence[Array], tables: Tables) -> Array:
        wide = np.float32 if terms < 2**24 else np.float64
        y = run([np.asarray(x & 1, wide) for x in values], tables)
        return np.asarray(y.astype(np.int64) & 1, np.uint8)

    compute = run if moves or dtype.kind in "fcO" else parity if dtype == np.uint8 else exact
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
            for value in (int(table.min()), int(table.max())):
                if not 0 <= value < limit:
                    raise IndexError(f"table {number} holds {value}, outside range(0, {limit})")
            checked[number] = table.astype(np.intp, copy=False)
        return checked

    return guard if uses else lambda tables: tables


def _pipeline(span: Span, shapes: Sequence[Shape]) -> Kernel:
    """The kernel for any dtype whose sums do not overflow, with tables already checked."""
    extents, target = span.extents, ranked(span.output, span.shape, span.extents)
    readers, layouts, pairs = [], [], []
    read = [_reader(leg, shape, extents) for leg, shape in zip(span.inputs, shapes, strict=True)]
    for k, (steps, layout) in enumerate(read):
        keep = set(target).union(*(other for j, (_, other) in enumerate(read) if j != k))
        total, layout = _total(layout, keep, extents)
        readers.append(steps + total)
        layouts.append(layout)
    while len(layouts) > 1:  # greedily the pair with the smallest product
        choices = []
        for i, j in combinations(range(len(layouts)), 2):
            needed = set(target).union(*(layout for k, layout in enumerate(layouts) if k not in (i, j)))
            kept = {**layouts[i], **layouts[j]}.keys() & needed
            choices.append((prod(pick(kept, extents)), i, j, kept))
        _, i, j, kept = min(choices, key=lambda choice: choice[:3])
        keep = [letter for letter in target if letter in kept] + sorted(kept - set(target))
        multiply, layout = _product(layouts[i], layouts[j], keep, extents)
        layouts = [other for k, other in enumerate(layouts) if k not in (i, j)] + [layout]
        pairs.append((i, j, multiply))
    used = {letter for leg in span.legs for axis in leg for letter in axis.letters}
    copies = prod(n for letter, n in enumerate(extents) if letter not in used)
    write = _writer(span.output, span.shape, extents, list(layouts[0]))

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


def _spread(own: Sequence[int], onto: Sequence[int]) -> View:
    """An array with axes `own` ↦ a view with axes `onto`, those it lacks of length 1."""
    order = [own.index(letter) for letter in onto if letter in own]
    index = (*(slice(None) if letter in own else None for letter in onto), ...)
    return (lambda x: x) if list(own) == list(onto) else lambda x: x.transpose(order)[index]


def _positions(axis: Affine | Lookup, letters: Sequence[int], extents: Shape) -> Callable[[Tables], Array]:
    """tables ↦ the indices of one axis, as an array that broadcasts over the letters."""
    if isinstance(axis, Lookup):
        number, spread = axis.table, _spread(axis.letters, letters)
        return lambda tables: spread(tables[number])
    fixed = np.full((1,) * len(letters), axis.offset, np.intp)
    for letter, coef in axis.terms:
        fixed = fixed + _spread([letter], letters)(coef * np.arange(extents[letter]))
    return lambda tables: fixed


def _reader(leg: Leg, shape: Shape, extents: Shape) -> tuple[list[Step], Layout]:
    """x ↦ factor: zeros around the array where the leg reads outside, a strided view, then the lookups."""
    steps: list[Step] = []
    axes, before, padded = [], [], []
    for axis, n in zip(leg, shape, strict=True):
        low, high = axis.bounds(extents)
        if isinstance(axis, Affine) and (low >= n or high < 0):
            axis, low, high = Affine((), -1), -1, -1  # read outside only, however far: the zero at −1
        before.append(max(0, -low))
        padded.append(max(n, high + 1) + before[-1])
        axes.append(Affine(axis.terms, axis.offset + before[-1]) if isinstance(axis, Affine) else axis)
    leg = tuple(axes)
    if padded != list(shape):
        middle = tuple(slice(b, b + n) for b, n in zip(before, shape, strict=True))

        def pad(x: Array, tables: Tables) -> Array:
            y = np.zeros(padded, x.dtype)
            y[middle] = x
            return y

        steps.append(pad)
    looked, view = {axis for knot in knots(leg) for axis in knot}, {}
    for axis, entry in enumerate(leg):  # the view's axes: a letter, or ~axis where that is looked up
        for letter, coef in [(~axis, 1)] if axis in looked else entry.terms:
            view.setdefault(letter, {})[axis] = coef
    start = [0 if axis in looked else entry.offset for axis, entry in enumerate(leg)]
    sizes = [padded[~i] if i < 0 else extents[i] for i in view]
    places = [axis for coefs in view.values() for axis in coefs]
    if len(set(places)) == len(places) == len(view):
        index: list[int | slice] = list(start)
        for coefs, n in zip(view.values(), sizes, strict=True):
            ((axis, coef),) = coefs.items()
            stop = start[axis] + coef * (n - 1) + (1 if coef > 0 else -1)
            index[axis] = slice(start[axis], stop if stop >= 0 else None, coef)
        if index != [slice(0, n, 1) for n in padded]:
            steps.append(lambda x, tables: x[(*index, ...)])
    else:
        corner = tuple(slice(at, None) for at in start)

        def windows(x: Array, tables: Tables) -> Array:
            jumps = [sum(coef * x.strides[axis] for axis, coef in coefs.items()) for coefs in view.values()]
            return as_strided(x[corner], sizes, jumps, writeable=False)

        steps.append(windows)
    whole = strides(padded)
    layout = {i: sum(coef * whole[axis] for axis, coef in coefs.items()) for i, coefs in view.items()}
    for knot in knots(leg):
        letters = list(dict.fromkeys(letter for axis in knot for letter in leg[axis].letters))
        axes = list(layout)
        finds = [_positions(leg[axis], letters, extents) for axis in knot]
        steps.append(_gather(finds, [axes.index(~axis) for axis in knot]))
        axes = letters + [i for i in axes if ~i not in knot]
        layout = dict(zip(axes, strides([padded[~i] if i < 0 else extents[i] for i in axes]), strict=True))
    return steps, layout


def _gather(finds: list[Callable[[Tables], Array]], spots: list[int]) -> Step:
    """Replace axes by those of their indices, in front."""

    def gather(x: Array, tables: Tables) -> Array:
        x, index = np.moveaxis(x, spots, range(len(spots))), [find(tables) for find in finds]
        if len(index) == 1 and index[0].ndim and x.flags.c_contiguous:
            return x.take(index[0], axis=0)  # twice as fast
        return x[(*index, ...)]

    return gather


def _total(layout: Layout, keep: set[int], extents: Shape) -> tuple[list[Step], Layout]:
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


def _product(a: Layout, b: Layout, keep: list[int], extents: Shape) -> tuple[Callable, Layout]:
    """Two factors ↦ their product, summed over the letters (in both) that are not kept."""
    summed = [letter for letter in a if letter not in keep]
    if not summed:
        left, right = _spread(list(a), keep), _spread(list(b), keep)
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


def _writer(leg: Leg, shape: Shape, extents: Shape, have: list[int]) -> Step:
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
    spread, whole, patches = _spread(have, fixed + free), pick(fixed + free, extents), []
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


def _scatterer(leg: Leg, shape: Shape, extents: Shape, have: list[int], looked: list[int]) -> Step:
    """factor ↦ y with lookups in the output leg: rows along the other axes, added where the tables say."""
    other = [axis for axis in range(len(leg)) if axis not in looked]
    letters = list(dict.fromkeys(i for axis in looked for i in leg[axis].letters))
    head, tail, sizes = [shape[a] for a in looked], [shape[a] for a in other], pick(letters, extents)
    rows_leg = (*(Affine(((i, 1),)) for i in letters), *(leg[axis] for axis in other))
    lay = _writer(rows_leg, (*sizes, *tail), extents, have)
    finds = [_positions(leg[axis], letters, extents) for axis in looked]
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
