"""Sums that are missing from a rule: the error of its Jacobian has low rank.

A term that sums the cotangent (softmax: V − J = y yᵀ; the mean of a normalisation: a constant) is one column times
one row, in each slice along the axes that are summed; two such terms are two. `missing` looks for the axes, and for
what the sum is multiplied by: a constant, the input, the output.

>>> rank(np.outer([1.0, 2.0, 3.0], [1.0, 0.5, 2.0])), rank(np.eye(3))
(1, 3)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from .cases import Bench, Case

MOST = 2  # terms that are looked for
NOISE = 1e-6  # of the largest singular value


def slack_of(c: Case) -> np.ndarray:
    """How far apart two entries of a Jacobian may lie that are one, as an array of its shape."""
    return c.tolerance.max() + 1e-9 * np.abs(c.right).max(initial=0.0) + 0 * c.right


def rank(error: np.ndarray, floor: float = 0.0) -> int:
    """How many columns times rows a matrix is the sum of, up to noise."""
    sizes = np.linalg.svd(error, compute_uv=False)
    return int(np.sum(sizes > max(floor, NOISE * sizes.max(initial=0.0))))


def missing(bench: Bench, cases: Sequence[Case]) -> str | None:
    """The terms that are missing, or too many, in words; None where the error has no low rank."""
    found: dict[int, set[tuple[str, int, str]]] = {}
    for c in cases:
        for i, inner in bench.inputs.spans.items():
            for o, outer in bench.outputs.spans.items():
                error = (c.left - c.right)[outer, inner]
                if np.all(np.abs(error) <= slack_of(c)[outer, inner]):
                    continue
                shapes = bench.inputs.sorts[i].shape, bench.outputs.sorts[o].shape
                if error.shape != tuple(int(np.prod(s, dtype=int)) for s in shapes[::-1]):
                    return None
                terms = set(_terms(error, *shapes, c, i, o))
                if not terms and _extent(error, float(slack_of(c).max())) < 4:
                    continue  # far out a few entries of a softmax are all there is: any rank would be its rank
                found[i] = found[i] & terms if i in found else terms
    if not found or not all(found.values()):
        return None
    where = "" if len(bench.inputs.spans) == 1 else f" of input {', '.join(map(str, found))}"
    axis, count, name = min(
        min(found.values(), key=lambda terms: len(terms)), key=lambda t: (t[1], not t[2], t[0] == "")
    )
    if count > 1:
        mean = f", one of them {name}" if name else ""
        error = f"the error in the cotangent{where} is {count} weighted sums of ȳ{axis}{mean}"
        return f"{count} sum terms are missing, or too many: {error}"
    what = (
        f"constant{axis} (one weighted sum of ȳ)"
        if name == "constant"
        else f"one weighted sum of ȳ{axis} times {name or 'one array'}"
    )
    return f"a sum term is missing, or one too many: the error in the cotangent{where} is {what}"


def _terms(
    error: np.ndarray, inner: tuple[int, ...], outer: tuple[int, ...], c: Case, i: int, o: int
) -> Iterator[tuple[str, int, str]]:
    """Per way of summing: the axes in words, how many terms, and what the sum is multiplied by if that has a name."""
    floor = float(slack_of(c).max())
    axes = range(len(inner))[::-1] if inner == outer else range(0)
    for axis in (*axes, None):
        blocks = _blocks(error, inner, outer, axis, floor)
        if not blocks:
            continue
        count = max(rank(block, floor) for block in blocks)
        named = {"constant": [np.ones(b.shape[1]) for b in blocks], "the input": _slices(c.x[i], axis)}
        if inner == outer:
            named["the output"] = _slices(c.y[o], axis)
        names = [n for n, rows in named.items() if all(_spans(b, r, floor) for b, r in zip(blocks, rows, strict=True))]
        extent = max(_extent(block, floor) for block in blocks)
        few = count < extent - (0 if names else 1) or (count == 1 and bool(names) and _wide(blocks, floor))
        if 0 < count <= MOST and few:
            along = (
                ""
                if axis is None or not inner
                else f" along axis {axis - len(inner) if axis == len(inner) - 1 else axis}"
            )
            for name in names or [""]:
                yield along, count, name


def _extent(block: np.ndarray, floor: float) -> int:
    """How large its rank could be: rows or columns that are not zero."""
    there = np.abs(block) > floor
    return int(min(there.any(axis=0).sum(), there.any(axis=1).sum()))


def _wide(blocks: list[np.ndarray], floor: float) -> bool:
    """Whether rows have more than two entries each, so that they are along a direction by no accident."""
    return all(len(b) == 1 and (np.abs(b) > floor).sum() > 2 for b in blocks)


def _blocks(
    error: np.ndarray, inner: tuple[int, ...], outer: tuple[int, ...], axis: int | None, floor: float
) -> list[np.ndarray]:
    """The error in each slice along an axis (None: all axes), nothing where it is not only within them."""
    if axis is None:
        return [error]
    n, rest = inner[axis], error.shape[1] // inner[axis]
    moved = np.moveaxis(error.reshape(*outer, *inner), (axis, len(outer) + axis), (len(outer) - 1, -1))
    four = moved.reshape(rest, n, rest, n)
    across = four.copy()
    across[np.arange(rest), :, np.arange(rest), :] = 0
    return [] if np.any(np.abs(across) > floor) else [four[k, :, k, :] for k in range(rest)]


def _slices(array: np.ndarray, axis: int | None) -> list[np.ndarray]:
    """What lies along an axis, slice by slice in the same order."""
    if np.iscomplexobj(array):
        return [np.zeros(0)] * array.size
    return list(np.moveaxis(array, axis, -1).reshape(-1, array.shape[axis])) if axis is not None else [array.ravel()]


def _spans(block: np.ndarray, row: np.ndarray, floor: float) -> bool:
    """Whether the row is one of those that the block's rows are made of."""
    if row.shape != block.shape[1:] or not np.any(row):
        return False
    found = rank(block, floor)
    _, _, rows = np.linalg.svd(block, full_matrices=False)
    unit = row / np.linalg.norm(row)
    return bool(np.linalg.norm(unit - (unit @ rows[:found].T) @ rows[:found]) < 1e-5)


def crossed(bench: Bench, cases: Sequence[Case]) -> str | None:
    """Entries that are mixed along one axis by forward, and by vjp along another or not at all."""
    for i, inner in bench.inputs.spans.items():
        for o, outer in bench.outputs.spans.items():
            shape = bench.inputs.sorts[i].shape
            if not shape or shape != bench.outputs.sorts[o].shape or inner.stop - inner.start != np.prod(shape):
                continue
            floor = max(float(slack_of(c).max()) for c in cases)
            due, given = (
                set().union(*(_mixed(m[outer, inner], shape, floor) for m in matrices))
                for matrices in ([c.right for c in cases], [c.left for c in cases])
            )
            where = f"the cotangent of input {i}"
            if due and not given:
                return (
                    f"a sum is missing: forward mixes entries along {said_axes(due)}, vjp makes {where} entry by entry"
                )
            if due and given and not due & given:
                mixed = f"forward mixes entries along {said_axes(due)}, vjp {where} along {said_axes(given)}"
                return f"along the wrong axis: {mixed}"
    return None


def _mixed(matrix: np.ndarray, shape: tuple[int, ...], floor: float) -> set[int]:
    """The axes along which entries of the output depend on others of the input; pairs that differ in one axis."""
    rows, columns = np.nonzero(np.abs(matrix) > floor)
    apart = np.array(np.unravel_index(rows, shape)) != np.array(np.unravel_index(columns, shape))
    return {int(a) for a in np.argmax(apart, axis=0)[apart.sum(axis=0) == 1]}


def said_axes(axes: Iterable[int]) -> str:
    """In words.

    >>> said_axes({1, 0}), said_axes((2,))
    ('axes 0, 1', 'axis 2')
    """
    named = sorted(axes)
    return f"{'axis' if len(named) == 1 else 'axes'} {', '.join(map(str, named))}"
