"""Softmax and what is made like it, in steps that share what they share.

>>> import catdiff as cd
>>> from catdiff.interpret.straight.lowering import lower
>>> A = cd.f64(5)
>>> both = lower(cd.pair(cd.softmax(A), cd.log_softmax(A)))
>>> sum("exp(" in line for i in both.instructions for line in i.lines)       # the exponentials once
1
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...category.label import Label
from .program import Program

NAMES: dict[str, Any] = {"maximum_reduce": np.maximum.reduce, "add_reduce": np.add.reduce}
NAMES |= {f.__name__: f for f in (np.subtract, np.exp, np.divide, np.add)}


def settle(top: np.ndarray) -> None:
    """Write 0 wherever there is no finite number: what is shifted by it stays what it is."""
    finite = np.isfinite(top)
    if not np.logical_and.reduce(finite, None):
        np.copyto(top, 0, where=~finite)


def log_of_sum(total: np.ndarray, out: np.ndarray) -> None:
    """The logarithm; that of 0, where all exponents are −∞, is −∞ and no error."""
    with np.errstate(divide="ignore"):
        np.log(total, out)


NAMES |= {"settle": settle, "log_of_sum": log_of_sum}


def _parts(p: Program, label: Label, x: int) -> tuple[int, int, int, int]:
    """`t = max x`, 0 where that is infinite; `x − t`; `exp(x − t)`; and its sum. All keep their axis."""
    for name, value in NAMES.items():
        p.name(name, value)
    axis, x = label.attrs["axis"], p.full(x)
    wire = p.values[x].likeness
    one = list(wire.shape)
    one[axis] = 1
    lines = (f"maximum_reduce({{0}}, {axis}, None, {{out}}, True)", "settle({out})")
    top = p.into(lines, (x,), one, wire.dtype)
    low = _each(p, "subtract({0}, {1}, {out})", x, top)
    e = _each(p, "exp({0}, {out})", low)
    return top, low, e, p.into((f"add_reduce({{0}}, {axis}, None, {{out}}, True)",), (e,), one, wire.dtype)


def _each(p: Program, line: str, *reads: int) -> int:
    """A value worked out entry by entry, as large as the first that is read."""
    x = p.values[reads[0]].likeness
    return p.into((line,), reads, x.shape, x.dtype, entrywise=True)


def _softmax(p: Program, label: Label, x: int) -> int:
    _, _, e, total = _parts(p, label, x)
    return _each(p, "divide({0}, {1}, {out})", e, total)


def _log_softmax(p: Program, label: Label, x: int) -> int:
    _, low, _, total = _parts(p, label, x)
    return _each(p, "subtract({0}, {1}, {out})", low, _each(p, "log_of_sum({0}, {out})", total))


def _logsumexp(p: Program, label: Label, x: int) -> int:
    top, _, _, total = _parts(p, label, x)
    whole = _each(p, "add({0}, {1}, {out})", _each(p, "log_of_sum({0}, {out})", total), top)
    return p.reshaped(whole, label.cod.sort.shape)


def _of_some(way: Callable[[Program, Label, int], int]) -> Callable[[Program, Label, list[int]], list[int] | None]:
    """Of arrays that have entries; the maximum of none is left to the row's own kernel."""
    return lambda p, label, operands: [way(p, label, operands[0])] if label.dom.sort.size else None


NORMALISED = {
    "softmax": _of_some(_softmax),
    "log_softmax": _of_some(_log_softmax),
    "logsumexp": _of_some(_logsumexp),
}
