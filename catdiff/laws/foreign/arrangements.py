"""The right numbers in the wrong place, and terms that are missing: patterns in a whole Jacobian.

At a point where every entry of it is known, vjp's matrix V (a row per output, a column per input) is compared with the
measured one J: V may be J with inputs transposed, flipped or swapped; J's own transpose; its complex conjugate; or
lack a term of rank one, which is what a forgotten sum looks like (softmax: V − J = y yᵀ).

>>> import numpy as np
>>> rank_one(np.outer([1.0, 2.0, 3.0], [1.0, 0.5, 2.0])), rank_one(np.eye(3))
(True, False)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from .cases import Bench, Case

Match = Callable[[np.ndarray], bool]


def whole(bench: Bench, cases: Sequence[Case]) -> list[Case]:
    """The cases in which the whole Jacobian is known."""
    n, m = bench.inputs.size, bench.outputs.size
    out = []
    for c in cases:
        full = c.left.shape == (m, n) and np.isfinite(c.left).all() and c.smooth.all() and c.strict
        if full and all(np.count_nonzero(d.vector) == 1 for d in c.directions):
            out.append(c)
    return out


def arranged(bench: Bench, cases: Sequence[Case]) -> str | None:
    """In words how the rule's numbers are the right ones at the wrong place, or what is missing; None if neither."""
    known = [c for c in whole(bench, cases) if c.off.any()][:6]
    if not known:
        return None
    for said, change in _changes(bench):
        if all(_match(c, change) for c in known):
            return said
    return _untransposed(bench, known) or _flipped(bench, known) or _missing(bench, known) or _shuffled(known)


def _match(c: Case, change: Callable[[np.ndarray], np.ndarray]) -> bool:
    changed = change(c.left)
    return changed.shape == c.right.shape and bool(np.all(np.abs(changed - c.right) <= _slack(c)))


def _slack(c: Case) -> np.ndarray:
    return c.tolerance.max() + 1e-9 * np.abs(c.right).max(initial=0.0) + 0 * c.right


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
    for i, span in outputs.spans.items():
        for said, order in _orders(outputs.sorts[i].shape, span, outputs.size):
            yield f"{said}: the cotangent of output {i} is used so", _rows(order)


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
    for axis in range(len(shape)):
        yield f"flipped along axis {axis}", _within(np.flip(places, axis), span, size)
        for by in (1, -1):
            yield f"shifted by one along axis {axis}", _within(np.roll(places, by, axis), span, size)
    if len(shape) > 1:
        yield "flipped along all axes", _within(np.flip(places), span, size)


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
                v, j, slack = c.left[outer, inner], c.right[outer, inner], _slack(c)[outer, inner]
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
        if not any(c.off[:, span].any() for c in cases):
            continue
        for c in cases:
            for v, j, slack in zip(c.left[:, span], c.right[:, span], _slack(c), strict=True):
                here = np.abs(j) > slack[0]
                if (
                    here.sum() < 2
                    or not np.all(np.abs(v[here][::-1] - j[here]) <= slack[0])
                    or np.any(np.abs(v[~here]) > slack[0])
                ):
                    return None
        share = f"each output's share of the cotangent of input {i} is the right one backwards"
        return f"flipped: {share} (a kernel not, or wrongly, reversed)"
    return None


def _shuffled(cases: Sequence[Case]) -> str | None:
    for c in cases:
        if not np.all(np.abs(np.sort(c.left, axis=1) - np.sort(c.right, axis=1)) <= _slack(c)):
            return None
    return "at the wrong places: the cotangents of the inputs are the right numbers in another order"


def rank_one(error: np.ndarray) -> bool:
    """Whether a matrix of three rows and columns at least is one column times one row."""
    if min(error.shape) < 3:
        return False
    sizes = np.linalg.svd(error, compute_uv=False)
    return bool(sizes[0] > 0 and sizes[1] <= 1e-6 * sizes[0])


def _missing(bench: Bench, cases: Sequence[Case]) -> str | None:
    """A term that is missing, per slice along the last axis where input and output have the same shape."""
    words: set[str] = set()
    wires: set[int] = set()
    for c in cases:
        for i, inner in bench.inputs.spans.items():
            for o, outer in bench.outputs.spans.items():
                error = (c.left - c.right)[outer, inner]
                if np.all(np.abs(error) <= _slack(c)[outer, inner]):
                    continue
                found = _term(error, bench.inputs.sorts[i].shape, bench.outputs.sorts[o].shape, c, i, o)
                if found is None:
                    return None
                words.add(found)
                wires.add(i)
    if not words:
        return None
    said = next(iter(words)) if len(words) == 1 else "a number times one array"
    where = "" if len(bench.inputs.spans) == 1 else f" of input {', '.join(map(str, sorted(wires)))}"
    return f"a sum term is missing, or one too many: the error in the cotangent{where} is {said}"


def _term(error: np.ndarray, inner: tuple[int, ...], outer: tuple[int, ...], c: Case, i: int, o: int) -> str | None:
    slices = int(np.prod(inner[:-1], dtype=int)) if inner == outer and inner else 1
    blocks = (
        error.reshape(slices, error.shape[0] // slices, slices, error.shape[1] // slices) if slices else error[None]
    )
    names = set()
    for k in range(slices):
        block = blocks[k, :, k, :]
        if not rank_one(block):
            return None
        direction = np.linalg.svd(block)[2][0]
        x, y = (np.asarray(a).reshape(slices, -1)[k] for a in (c.x[i], c.y[o]))
        names.add(
            next(
                (
                    n
                    for n, v in (("constant", 0 * direction + 1), ("the output", y), ("the input", x))
                    if _along(direction, v)
                ),
                "",
            )
        )
    apart = blocks.copy()
    for k in range(slices):
        apart[k, :, k, :] = 0
    if np.any(np.abs(apart) > _slack(c).max()):
        return None
    name = names.pop() if len(names) == 1 else ""
    tail = " along axis -1" if inner else ""
    if name == "constant":
        return f"constant{tail} (one weighted sum of ȳ)"
    return f"one weighted sum of ȳ{tail} times {name or 'one array'}"


def _along(direction: np.ndarray, v: np.ndarray) -> bool:
    if v.shape != direction.shape or np.iscomplexobj(v) or not np.any(v):
        return False
    return bool(abs(abs(direction @ v) / (np.linalg.norm(direction) * np.linalg.norm(v)) - 1) < 1e-9)
