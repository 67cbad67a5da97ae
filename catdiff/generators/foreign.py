"""Generators from outside: a user's row in the table, in ten lines.

>>> import catdiff as cd, numpy as np
>>> cube = cd.generator(
...     "doctest cube",
...     forward=lambda x: x**3,
...     R=lambda x, ȳ: 3.0 * x * x * ȳ,
...     D=lambda x, ẋ: 3.0 * x * x * ẋ,
... )
>>> f = cube(cd.f64(2)) >> cd.sum
>>> cd.grad(f)(np.array([1.0, 2.0]))
array([ 3., 12.])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..category.families import Family, of_row
from ..category.label import Row, register
from ..category.objects import Object
from .rows import SMOOTH, aligned, type_rule


def generator(
    name: str,
    *,
    forward: Callable[..., Any],
    R: Callable[..., Any] | None = None,
    D: Callable[..., Any] | None = None,
    arity: int = 1,
    signature: Callable[..., Object] | None = None,
    **more: Any,
) -> Family:
    """Register a generator and return its family.

    `forward(*arrays)` is what it does; `R(*x, *ȳ)` and `D(*x, *ẋ)` are its derivatives as functions over wires, each
    written on its own. It is elementwise on `arity` equal wires; any further field of `Row` may be given.
    `signature(dom, **attrs) -> cod` replaces the type rule. No operand is then broadcast, and what the generator does
    to a leading axis is not known: `map` applies it slice by slice, unless `batch="trailing"` says that it leaves
    leading axes alone.
    Raises `RegistrationError` where the name is taken. A stored file that uses it is read by
    `cd.load(path, generators=[name])`.
    """
    more.setdefault("batch", None if signature else "trailing")
    rule = signature or type_rule(name, arity, SMOOTH, free=True)
    row = register(Row(name=name, type_rule=rule, forward=forward, R=R, D=D, foreign=True, **more))
    if signature:
        return of_row(row, arity)
    return Family(name, aligned(row, arity), arity, (lambda cod: cod) if arity == 1 else None)
