"""Evaluation on NumPy arrays.

The functor to arrays in the carriers of their dtypes (see `functor` for the loop that runs it).

Invariant: nothing that a caller can see is written to, and no result shares memory with an argument or a constant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.morphism import Morphism, verb
from ..category.objects import DTYPES, Sort
from ..errors import ArgumentError, with_line
from ..generators.constants import as_array, exactly, fractions
from ..generators.rig import carried
from .functor import Functor, described, run

CARRIERS = {name: np.dtype(d.carrier) for name, d in DTYPES.items()}


def kernel(label: Label) -> Callable[..., Any]:
    """What the label does to arrays in the carriers of its wires."""
    row = label.row
    if row.kernel:
        return row.kernel(label)
    if row.over:
        return row.over(carried(label), label)
    assert row.forward is not None  # a row has one of the three, or an interior: see Row
    return partial(row.forward, **label.attrs) if label.attrs else row.forward


def _checked(y: Any, sort: Sort, port: int) -> Any:
    if getattr(y, "shape", None) != sort.shape or y.dtype != CARRIERS[sort.dtype.name]:
        if sort.dtype.name == "rational" and not sort.shape:
            return np.array(y, object)
        raise TypeError(f"output {port} is declared {sort} but the kernel gave {described(y)}")
    return y


NUMPY = Functor("numpy", kernel, _checked)


def argument(value: Any, sort: Sort, place: int) -> np.ndarray:
    """`value` as an array on `sort`; lossless casts are made, anything else raises `ArgumentError`."""
    carrier = CARRIERS[sort.dtype.name]
    weak = isinstance(value, (bool, int, float, complex, list, tuple)) and not isinstance(value, np.generic)
    array = as_array(value, object if carrier.kind == "O" else None)
    if carrier.kind == "O":
        array = fractions(array)
        if array is None:
            raise ArgumentError(with_line(f"argument {place} lies on {sort}, but {value!r} are not all rationals"))
    if array.shape != sort.shape:
        raise ArgumentError(
            with_line(f"argument {place} lies on {sort}, but an array of shape {array.shape} was given")
        )
    if array.dtype == carrier and sort.dtype.name != "z2":
        return array
    if sort.dtype.name == "z2":
        cast = exactly(array, carrier) if array.dtype.kind in "biu" else None
        cast = None if cast is None or np.any(cast > 1) else cast
    elif array.dtype.kind in "biu":
        cast = exactly(array, carrier)
    else:
        allowed = np.can_cast(array.dtype, carrier, "same_kind" if weak else "safe") or not array.size
        cast = array.astype(carrier) if allowed else None
    if cast is None:
        hint = f"x.astype({carrier.name!r})" if carrier.kind in "fc" else None
        raise ArgumentError(
            with_line(f"argument {place} lies on {sort}, but {array.dtype} values were given that do not fit it", hint)
        )
    return cast


@verb("evaluate")
def evaluate(f: Morphism, args: Sequence[Any]) -> Any:
    """`f(x, …)`: one argument per wire; a bare array for one output, a tuple for several, `()` for none."""
    if len(args) != len(f.dom):
        noun = "argument" if len(f.dom) == 1 else "arguments"
        raise ArgumentError(with_line(f"{f} takes {len(f.dom)} {noun}, one per wire, not {len(args)}"))
    arrays = [argument(a, s, i) for i, (a, s) in enumerate(zip(args, f.dom.wires, strict=True))]
    out = _owned(run(f.net, arrays, NUMPY), arrays)
    return out[0] if len(out) == 1 else tuple(out)


def _owned(results: Sequence[Any], args: Sequence[Any]) -> list[Any]:
    """The results as nobody else's: scalars as NumPy scalars; what shares memory with an argument, a constant
    (constants are read-only) or another result is copied.
    """
    seen = {id(_owner(a)) for a in args}
    out: list[Any] = []
    for y in results:
        if not np.shape(y):
            out.append(y[()] if isinstance(y, np.ndarray) else y)
            continue
        owner = _owner(y)
        private = id(owner) not in seen and owner.base is None and owner.flags.writeable and owner.size == y.size
        out.append(y if private and y.flags.writeable else np.array(y))
        seen.add(id(owner))
    return out


def _owner(x: Any) -> Any:
    """The array whose memory a view shows."""
    while isinstance(getattr(x, "base", None), np.ndarray):
        x = x.base
    return x
