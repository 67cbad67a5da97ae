"""Factors and terms that are missing entry by entry: x times too much, 1 too little.

An elementwise rule that is wrong is often the right one times a power of what it was given, or the right one and a
multiple of it. The candidates are what lies at the same place of an input or of the output.

>>> import catdiff as cd
>>> V = cd.f64(3)
>>> cd.laws.check_rule(lambda x: x**3, lambda x, ȳ: 3 * x * ȳ, V, V, raises=False).reason.split(":")[0]
'a factor x is missing'
>>> cd.laws.check_rule(np.exp, lambda x, ȳ: (np.exp(x) - 1) * ȳ, V, V, raises=False).reason.split(":")[0]
'a term 1 is missing'
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .evidence import Evidence, number

FEWEST = 6  # disagreements in which a factor or a term has to show
FITTING = 0.97  # of them: some lie where nothing is known for certain
NEAR = 1e-6


def elementwise(seen: Evidence) -> str | None:
    """What is missing in words, or None."""
    at = np.flatnonzero(seen.off & seen.loud & np.isfinite(seen.answer) & (seen.entry >= 0))
    if len(at) < FEWEST:
        return None
    answer, slope = seen.answer[at], seen.slope[at]
    if _fits(np.abs(answer), np.abs(slope)) and (np.ptp(np.sign(answer)) == 0 < np.ptp(np.sign(slope))):
        return "the sign is lost: vjp answers with the size of the slope, whatever its sign"
    for name, value in _values(seen, at):
        with np.errstate(all="ignore"):
            for times, factor in ((name, value), (f"1/{name}", 1 / value), (f"{name}²", value**2)):
                if _fits(answer * factor, slope):
                    return f"a factor {times} is missing"
                if name != "1" and _fits(answer, factor * slope):
                    return f"a factor {times} is too many"
            share = (slope - answer) / value
        step = float(np.median(share[np.isfinite(share)])) if np.isfinite(share).any() else 0.0
        if step and np.ptp(slope) > NEAR * np.abs(slope).max() and _fits(answer + step * value, slope):
            size = "" if abs(abs(step) - 1) < NEAR and name != "1" else number(abs(step), 5)
            term = size if name == "1" else f"{size}·{name}" if size else name
            return f"a term {'-' if step < 0 else ''}{term} is missing"
    return None


def _fits(left: np.ndarray, right: np.ndarray) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(np.mean(np.abs(left - right) <= NEAR * np.abs(right)) >= FITTING)


def _values(seen: Evidence, at: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Names and values of what a factor may be, at each disagreement."""
    yield "1", np.ones(len(at))
    inputs, outputs = seen.bench.inputs, seen.bench.outputs
    letters = ["x"] if len(inputs.sorts) == 1 else [f"x[{i}]" for i in range(len(inputs.sorts))]
    sources = [(letter, [c.x[i] for c in seen.cases], inputs.sorts[i]) for i, letter in enumerate(letters)]
    sources += [
        ("y" if len(outputs.sorts) == 1 else f"y[{o}]", [c.y[o] for c in seen.cases], s)
        for o, s in enumerate(outputs.sorts)
    ]
    for name, arrays, sort in sources:
        if sort.dtype.kind == "real":
            values = [_there(seen, k, arrays[seen.case[k]]) for k in at]
            if all(v is not None for v in values):
                value = np.array(values, float)
                yield name, value
                yield f"(1 - {name})", 1 - value
                yield f"(1 - {name}²)", 1 - value**2
                with np.errstate(all="ignore"):
                    yield f"log {name}", np.log(value)


def _there(seen: Evidence, k: int, array: np.ndarray) -> float | None:
    """The entry of an array that belongs to the k-th pair: its only one, or that at the same place."""
    entry = seen.bench.inputs.entries[seen.entry[k]]
    if array.size == 1:
        return float(array.reshape(-1)[0])
    if array.shape == seen.bench.inputs.sorts[entry.wire].shape and not entry.imaginary:
        return float(array.reshape(-1)[entry.place])
    return None
