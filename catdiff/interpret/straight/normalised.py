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

Made = list[int] | None
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


def _parts(p: Program, label: Label, x: int) -> tuple[int, int, int, int, tuple[int, ...]]:
    """`t = max x`, 0 where that is infinite; `x − t`; `exp(x − t)`; and its sum. All keep their axis."""
    for name, value in NAMES.items():
        p.name(name, value)
    axis, wire = label.attrs["axis"], p.values[p.full(x)].likeness
    one = list(wire.shape)
    one[axis] = 1
    top = p.into(
        (
            f"maximum_reduce({{0}}, {axis}, None, {{out}}, True)",
            "settle({out})",
        ),
        (p.full(x),),
        one,
        wire.dtype,
    )
    low = p.into(("subtract({0}, {1}, {out})",), (p.full(x), top), wire.shape, wire.dtype, entrywise=True)
    e = p.into(("exp({0}, {out})",), (low,), wire.shape, wire.dtype, entrywise=True)
    total = p.into((f"add_reduce({{0}}, {axis}, None, {{out}}, True)",), (e,), one, wire.dtype)
    return top, low, e, total, wire.shape


def _softmax(p: Program, label: Label, operands: list[int]) -> Made:
    if not label.dom.sort.size:
        return None
    _, _, e, total, shape = _parts(p, label, operands[0])
    return [p.into(("divide({0}, {1}, {out})",), (e, total), shape, p.values[e].likeness.dtype, entrywise=True)]


def _log_softmax(p: Program, label: Label, operands: list[int]) -> Made:
    if not label.dom.sort.size:
        return None
    _, low, _, total, shape = _parts(p, label, operands[0])
    x = p.values[total].likeness
    logs = p.into(("log_of_sum({0}, {out})",), (total,), x.shape, x.dtype, entrywise=True)
    return [p.into(("subtract({0}, {1}, {out})",), (low, logs), shape, x.dtype, entrywise=True)]


def _logsumexp(p: Program, label: Label, operands: list[int]) -> Made:
    if not label.dom.sort.size:
        return None
    top, _, _, total, _ = _parts(p, label, operands[0])
    x = p.values[total].likeness
    logs = p.into(("log_of_sum({0}, {out})",), (total,), x.shape, x.dtype, entrywise=True)
    whole = p.into(("add({0}, {1}, {out})",), (logs, top), x.shape, x.dtype, entrywise=True)
    return [p.reshaped(whole, label.cod.sort.shape)]


NORMALISED: dict[str, Callable[[Program, Label, list[int]], Made]] = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
}
