"""A function from elsewhere with its derivative: what `cd.laws.check_rule` takes, as one value.

>>> import catdiff as cd, numpy as np
>>> sine = Rule(np.sin, lambda x, ȳ: np.cos(x) * ȳ, cd.f64(3), cd.f64(3))
>>> cd.laws.check_rule(*sine).verdict
'reverse derivative'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..category.objects import DTYPES, Object, Sort
from ..errors import ArgumentError, with_line


class Rule(NamedTuple):
    """`forward(*x)`, `vjp(*x, *ȳ)`, their type, and `jvp(*x, *ẋ)` where there is one: NumPy in, NumPy out."""

    forward: Callable[..., Any]
    vjp: Callable[..., Any]
    dom: Object
    cod: Object
    jvp: Callable[..., Any] | None = None


def object_of(arrays: Iterable[tuple[str, tuple[int, ...]]]) -> Object:
    """The word of wires for arrays of these NumPy dtypes and shapes."""
    return Object([_sort(dtype, shape) for dtype, shape in arrays])


def _sort(dtype: str, shape: tuple[int, ...]) -> Sort:
    if dtype.startswith(("int", "uint")):
        return Sort("index", shape)
    found = next((d for d in DTYPES.values() if d.carrier == dtype), None)
    if found is None:
        raise ArgumentError(with_line(f"no wire carries {dtype}", "x.astype(float)"))
    return Sort(found, shape)


def flat(outputs: Any) -> list[Any]:
    """The outputs of a function as a list: one, or a tuple of them."""
    return list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]


def packed(arrays: Sequence[np.ndarray | None]) -> Any:
    """One array bare, several as a tuple."""
    return arrays[0] if len(arrays) == 1 else tuple(arrays)


def checked_order(order: Any) -> int:
    """Which derivative is asked after: 1, the function's, or 2, that of its vjp."""
    if order not in (1, 2) or isinstance(order, bool):
        raise ArgumentError(with_line(f"order is 1 (the function's vjp) or 2 (the vjp of that), not {order!r}"))
    return int(order)
