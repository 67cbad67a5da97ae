"""Families of rows that act along one axis, or reduce several."""

from __future__ import annotations

from typing import Any

from ..category.families import Family, family
from ..category.label import Row, label
from ..category.morphism import Atom, Morphism
from ..category.objects import Object
from .shapes import all_from_back, from_back, kept, reshape


def along(row: Row, cod: str = "A") -> Family:
    """The family `row(axis=-1)`, for a row whose attribute is one axis, counted from the back."""

    def member(A: Object, axis: int = -1) -> Morphism:
        return Atom(label(row, A, {"axis": from_back(axis, len(A.shape), row.name)}))

    member.__doc__ = f"`{row.name}(axis=-1) : A → {cod}`, {row.about}."
    return family(row.name)(member)


def reduced(row: Row, A: Object, axis: Any, keepdims: bool, **attrs: Any) -> Morphism:
    """`row` at A over `axis` (an int, a tuple, or None for all), the axes gone or kept with extent 1."""
    axes = all_from_back(axis, len(A.shape), row.name)
    f = Atom(label(row, A, {"axes": axes, **attrs}))
    return f >> reshape(f.cod, shape=kept(A.shape, axes)) if keepdims else f


def reduction(row: Row, cod: str = "B") -> Family:
    """The family `row(axis=None, keepdims=False)`."""

    def member(A: Object, axis: Any = None, keepdims: bool = False) -> Morphism:
        return reduced(row, A, axis, keepdims)

    member.__doc__ = f"`{row.name}(axis=None, keepdims=False) : A → {cod}`, {row.about}."
    return family(row.name)(member)
