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

import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from ..category.families import Family, of_row
from ..category.label import Row, register
from ..category.objects import Object
from ..errors import RegistrationError, with_line
from .rows import SMOOTH, aligned, type_rule

COLUMNS = frozenset(f.name for f in fields(Row))


def generator(
    name: str,
    *,
    forward: Callable[..., Any] | None = None,
    R: Callable[..., Any] | None = None,
    D: Callable[..., Any] | None = None,
    arity: int | None = None,
    signature: Callable[..., Object] | None = None,
    **more: Any,
) -> Family:
    """Register a generator and return its family.

    `forward(*arrays)` is what it does; `R(*x, *ȳ)` and `D(*x, *ẋ)` are its derivatives as functions over wires, each
    written on its own. It is elementwise on `arity` equal wires; any further field of `Row` may be given.
    `arity` is how many positional parameters without a default `forward` has, where it is not said; an attribute of
    the generator is keyword-only there: `lambda x, *, power: …`.
    `signature(dom, **attrs) -> cod` replaces the type rule. No operand is then broadcast, and what the generator does
    to a leading axis is not known: `map` applies it slice by slice, unless `batch="trailing"` says that it leaves
    leading axes alone.
    Raises `RegistrationError` where the name is taken, `forward` and `arity` contradict one another, or a field is
    none of `Row`. A stored file that uses it is read by `cd.load(path, generators=[name])`.
    """
    if unknown := sorted(more.keys() - COLUMNS):
        said = f"the generator {name!r} has no column {unknown[0]!r}"
        raise RegistrationError(with_line(said, f"the columns are those of cd.Row: {', '.join(sorted(COLUMNS))}"))
    if "type_rule" in more:
        raise RegistrationError(with_line(f"the type rule of the generator {name!r} is given as signature"))
    width = _arity(name, forward, arity, frozenset(_keywords(signature)))
    if width is None and signature is None:
        said = f"the parameters of the generator {name!r} do not say how many operands it takes"
        raise RegistrationError(with_line(said, "say arity=2, or give a signature"))
    rule = signature or type_rule(name, width or 0, SMOOTH, free=True)
    columns = {"batch": None if signature else "trailing", **more, "foreign": True}
    row = register(Row(name=name, type_rule=rule, forward=forward, R=R, D=D, **columns))
    if width is None or signature:
        return of_row(row, width)
    return Family(name, aligned(row, width), width, (lambda cod: cod) if width == 1 else None)


def _arity(name: str, forward: Any, said: Any, attributes: frozenset[str]) -> int | None:
    """How many operands a function takes, None where neither it nor `said` tells.

    What is named like one of the attributes is no operand.
    """
    if said is not None and (isinstance(said, bool) or not isinstance(said, int) or said < 0):
        raise RegistrationError(with_line(f"the arity of the generator {name!r} is a natural number, not {said!r}"))
    least, most = _operands(forward, attributes)
    if said is not None and not (least <= said and (most is None or said <= most)):
        takes = f"{least}" if least == most else f"{least} or more" if most is None else f"{least} to {most}"
        hint = "an attribute is keyword-only: lambda x, *, power: …" if said < least else None
        raise RegistrationError(
            with_line(f"the generator {name!r} has arity {said}, but forward takes {takes} operands", hint)
        )
    return said if said is not None else None if most is None and not least else least


def _operands(forward: Any, attributes: frozenset[str]) -> tuple[int, int | None]:
    """The least and the greatest number of operands (None: any number)."""
    if hasattr(forward, "nin"):  # a ufunc
        return forward.nin, forward.nin
    try:
        given = [p for p in inspect.signature(forward).parameters.values() if p.name not in attributes]
    except (TypeError, ValueError):  # written in C, or not given
        return 0, None
    places = [p for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    least = sum(p.default is p.empty for p in places)
    return least, None if any(p.kind is p.VAR_POSITIONAL for p in given) else len(places)


def _keywords(signature: Callable[..., Object] | None) -> list[str]:
    """The attributes that a type rule takes: its parameters after the object."""
    return list(inspect.signature(signature).parameters)[1:] if callable(signature) else []
