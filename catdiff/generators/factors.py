"""What the steps of a contraction hand on: a factor, an array with one axis per letter, and where indices come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .spans import Affine, Lookup, Shape

Array = np.ndarray
Tables = Sequence[np.ndarray]
Step = Callable[[Array, Tables], Array]
View = Callable[[Array], Array]
Layout = dict[int, int]  # the letters of a factor's axes, in order, and their strides as far as one can tell


def onto_axes(own: Sequence[int], onto: Sequence[int]) -> View:
    """An array with axes `own` ↦ a view with axes `onto`, those it lacks of length 1."""
    order = [own.index(letter) for letter in onto if letter in own]
    index = (*(slice(None) if letter in own else None for letter in onto), ...)
    return (lambda x: x) if list(own) == list(onto) else lambda x: x.transpose(order)[index]


def positions(axis: Affine | Lookup, letters: Sequence[int], extents: Shape) -> Callable[[Tables], Array]:
    """tables ↦ the indices of one axis, as an array that broadcasts over the letters."""
    if isinstance(axis, Lookup):
        number, spread = axis.table, onto_axes(axis.letters, letters)
        return lambda tables: spread(tables[number])
    fixed = np.full((1,) * len(letters), axis.offset, np.intp)
    for letter, coef in axis.terms:
        fixed = fixed + onto_axes([letter], letters)(coef * np.arange(extents[letter]))
    return lambda tables: fixed
