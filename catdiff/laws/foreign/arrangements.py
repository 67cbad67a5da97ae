"""The right numbers in the wrong place, and terms that are missing: patterns in a whole Jacobian.

At a point where every entry of it is known, vjp's matrix V (a row per output, a column per input) is compared with the
measured one J: V may be J with inputs transposed, flipped or swapped; J's own transpose; its complex conjugate; or
lack a term of low rank, which is what a forgotten sum looks like (`sums`).

>>> subsets(2)
[(0,), (1,), (0, 1)]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

from .cases import Bench, Case
from .sums import crossed, missing, said_axes, slack_of


def whole(bench: Bench, cases: Sequence[Case], entries: bool = True) -> list[Case]:
    """The cases in which the whole Jacobian is known; without `entries` along whatever directions."""
    n, m = bench.inputs.size, bench.outputs.size
    out = []
    for c in cases:
        full = len(c.left) == m and np.isfinite(c.left).all() and c.smooth.all() and c.strict
        single = c.left.shape[1] == n and all(np.count_nonzero(d.vector) == 1 for d in c.directions)
        if full and np.array_equal(c.cotangents, np.eye(m)) and (single or not entries):
            out.append(c)
    return out


def arranged(bench: Bench, cases: Sequence[Case]) -> str | None:
    """In words how the rule's numbers are the right ones at the wrong place, or what is missing; None if neither."""
    rows = [c for c in whole(bench, cases, entries=False) if c.off.any()][:6]
    known = [c for c in whole(bench, cases) if c.off.any()][:6]
    for those, changes in ((known, _changes(bench)), (rows, _changes_of_outputs(bench))):
        for said, change in changes:
            if those and all(_match(c, change) for c in those):
                return said
    if not known:
        return None
    return (
        _untransposed(bench, known)
        or _flipped(bench, known)
        or missing(bench, known)
        or _shuffled(known)
        or crossed(bench, known)
    )


def _match(c: Case, change: Callable[[np.ndarray], np.ndarray]) -> bool:
    changed = change(c.left)
    if np.abs(c.right).max(initial=0.0) < 10 * slack_of(c).max(initial=0.0):  # anything is like nothing
        return False
    return changed.shape == c.right.shape and bool(np.all(np.abs(changed - c.right) <= slack_of(c)))


def _changes(bench: Bench) -> Iterator[tuple[str, Callable[[np.ndarray], np.ndarray]]]:
    inputs, outputs = bench.inputs, bench.outputs
    signs = [np.array([-1.0 if e.imaginary else 1.0 for e in space.entries]) for space in (inputs, outputs)]
    if (signs[0] < 0).any():
        said = (
            "complex conjugate: vjp gives f′·ȳ where conj(f′)·ȳ is due (the pairing is Re Σ conj(u) v, as in "
            "PyTorch; JAX's own convention is the other one)"
        )
        yield said, lambda v: signs[1][:, None] * v * signs[0]
        yield "complex conjugate: the cotangent of the inputs is conjugated", lambda v: v * signs[0]
        for i, span in inputs.spans.items():
            own = np.ones(inputs.size)
            own[span] = signs[0][span]
            if (own < 0).any():
                yield f"complex conjugate: the cotangent of input {i} lacks a conj(…)", _conjugated(signs[1], span, own)
        yield "complex conjugate: the cotangent of the outputs is not conjugated", lambda v: signs[1][:, None] * v
    if inputs.size == outputs.size:
        yield (
            "transposed: vjp multiplies by the Jacobian itself where its transpose is due (it is the jvp)",
            np.transpose,
        )
    spans = inputs.spans
    for i in spans:
        for j in spans:
            if i < j and inputs.sorts[i] == inputs.sorts[j]:
                order = np.arange(inputs.size)
                order[spans[i]], order[spans[j]] = np.arange(inputs.size)[spans[j]], np.arange(inputs.size)[spans[i]]
                yield f"swapped: the cotangents of inputs {i} and {j} stand in each other's place", _columns(order)
    for i, span in spans.items():
        for said, order in _orders(inputs.sorts[i].shape, span, inputs.size):
            yield f"{said}: the cotangent of input {i}", _columns(order)


def _changes_of_outputs(bench: Bench) -> Iterator[tuple[str, Callable[[np.ndarray], np.ndarray]]]:
    outputs = bench.outputs
    for i, span in outputs.spans.items():
        for said, order in _orders(outputs.sorts[i].shape, span, outputs.size):
            yield f"{said}: the cotangent of output {i} is used so", _rows(order)


def _conjugated(rows: np.ndarray, span: slice, columns: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    within = np.zeros(columns.size, bool)
    within[span] = True
    return lambda v: np.where(within, rows[:, None] * v * columns, v)


def _columns(order: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda v: v[:, order]


def _rows(order: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda v: v[order]


def _orders(shape: tuple[int, ...], span: slice, size: int) -> Iterator[tuple[str, np.ndarray]]:
    count = int(np.prod(shape, dtype=int))
    if span.stop - span.start != count:  # a complex wire
        return
    places = np.arange(count).reshape(shape)
    if len(shape) >= 2 and shape[-1] == shape[-2]:
        yield "transposed", _within(places.swapaxes(-1, -2), span, size)
    for axes in subsets(len(shape)):
        yield f"flipped along {said_axes(axes)}", _within(np.flip(places, axes), span, size)
    for axis in range(len(shape)):
        for by in (1, -1):
            yield f"shifted by one along axis {axis}", _within(np.roll(places, by, axis), span, size)


def _within(places: np.ndarray, span: slice, size: int) -> np.ndarray:
    order = np.arange(size)
    order[span] = span.start + places.ravel()
    return order


def _untransposed(bench: Bench, cases: Sequence[Case]) -> str | None:
    """Between one input and one output, a matrix where its transpose is due."""
    wrong: set[int] = set()
    for c in cases:
        for i, inner in bench.inputs.spans.items():
            for o, outer in bench.outputs.spans.items():
                v, j, slack = c.left[outer, inner], c.right[outer, inner], slack_of(c)[outer, inner]
                if np.all(np.abs(v - j) <= slack):
                    continue
                shape = bench.inputs.sorts[i].shape
                if shape != bench.outputs.sorts[o].shape or v.shape[0] != v.shape[1]:
                    return None
                swapped = [v.T]
                if len(shape) == 2:
                    four = v.reshape(*shape, *shape)
                    swapped += [four.transpose(0, 3, 2, 1).reshape(v.shape)] if shape[0] == shape[1] else []
                    swapped += [four.transpose(2, 1, 0, 3).reshape(v.shape)] if shape[0] == shape[1] else []
                if not any(np.all(np.abs(w - j) <= slack) for w in swapped):
                    return None
                wrong.add(i)
    said = ", ".join(map(str, sorted(wrong)))
    return (
        f"transposed: the cotangent of input {said} is made with a matrix where its transpose is due" if wrong else None
    )


def _flipped(bench: Bench, cases: Sequence[Case]) -> str | None:
    """Each cotangent's share of an input is the right one read backwards: a kernel that is flipped."""
    for i, span in bench.inputs.spans.items():
        shape = bench.inputs.sorts[i].shape
        wrong = [c for c in cases if c.off[:, span].any()]
        if not wrong or span.stop - span.start != int(np.prod(shape, dtype=int)):
            continue
        for axes in subsets(len(shape)):
            if all(_backwards(c, span, shape, axes) for c in wrong):
                share = f"each output's share of the cotangent of input {i} is the right one backwards"
                along = "" if len(shape) == 1 else f" along {said_axes(axes)}"
                return f"flipped: {share}{along} (a kernel not, or wrongly, reversed)"
        return None
    return None


def _backwards(c: Case, span: slice, shape: tuple[int, ...], axes: tuple[int, ...]) -> bool:
    """Whether this is so of the outputs whose windows are widest: at an edge a window is cut."""
    rows = list(zip(c.left[:, span], c.right[:, span], slack_of(c), strict=True))
    counts = [int(np.sum(np.abs(j) > slack[0])) for _, j, slack in rows]
    if max(counts) < 2:
        return False
    for (v, j, slack), count in zip(rows, counts, strict=True):
        if count == max(counts):
            v, j = v.reshape(shape), j.reshape(shape)
            window = tuple(slice(at.min(), at.max() + 1) for at in np.nonzero(np.abs(j) > slack[0]))
            inside = np.zeros(shape, bool)
            inside[window] = True
            if np.any(np.abs(np.flip(v[window], axes) - j[window]) > slack[0]) or np.any(np.abs(v[~inside]) > slack[0]):
                return False
    return True


def subsets(count: int) -> list[tuple[int, ...]]:
    """Sets of axes, none of them empty: all those of up to four, else the trailing ones."""
    if count > 4:
        return [tuple(range(k, count)) for k in range(count)]
    return [axes for size in range(1, count + 1) for axes in combinations(range(count), size)]


def _shuffled(cases: Sequence[Case]) -> str | None:
    for c in cases:
        if not np.all(np.abs(np.sort(c.left, axis=1) - np.sort(c.right, axis=1)) <= slack_of(c)):
            return None
    return "at the wrong places: the cotangents of the inputs are the right numbers in another order"
