"""Programs over a rig: one functor for each.

The wires of arithmetic dtypes carry the rig's entries, whatever the program says they are; bool and index wires carry
what they always carry, unless truth itself is the rig's (over terms, or at many points at once). A generator means
there what its row says of any rig, or what the rig says of the generator, or what follows from inverses and an order
(`meanings`), or what its definition means. Where none of these says anything, there is a `MeaningError` that names it.

A functor preserves composition, so an equation of programs that holds in the syntax holds over every rig:

>>> import catdiff as cd
>>> from catdiff.interpret.exact import MOD, RATIONAL
>>> f = cd.R(cd.square(cd.f64()) + 1)
>>> evaluate(f, [0.5, 1], RATIONAL), evaluate(f, [3, 4], MOD(5))
([array(Fraction(1, 1), dtype=object)], [array(4)])
>>> evaluate(cd.exp(cd.f64()).box("wave"), [1], RATIONAL)
Traceback (most recent call last):
    ...
catdiff.errors.MeaningError: wave / exp: exp means nothing over ℚ
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.morphism import Morphism
from ..category.objects import Sort
from ..derivative.reverse import REVERSE
from ..draw.flow import is_reverse
from ..errors import ArgumentError, MeaningError, with_line
from ..generators.constants import as_array, exactly
from ..generators.rig import Meaning, Rig
from . import numpy as plain
from .functor import Functor, described, run
from .meanings import MEANINGS


@lru_cache(maxsize=64)
def over(rig: Rig) -> Functor:
    """The functor to arrays over a rig; one for each, so that plans are made once."""

    functor = Functor(f"over {rig.name}", lambda label: _kernel(rig, label, functor), partial(_checked, rig))
    return functor


def _kernel(rig: Rig, label: Label, functor: Functor) -> Callable[..., Any]:
    row, wires = label.row, (*label.dom.wires, *label.cod.wires)
    if any(w.dtype.kind == "complex" for w in wires):
        raise MeaningError(f"{row.name} of complex wires means nothing over {rig.name}")
    if not any(w.dtype.name in rig.carries for w in wires) or (not len(label.dom) and wires[0].dtype.name == "bool"):
        return plain.kernel(label)  # a truth value is one over any rig, and becomes an entry when it is checked
    try:
        found = next((made for make in _meanings(rig, label) if (made := make(rig, label)) is not None), None)
    except ValueError as error:  # a constant
        raise MeaningError(f"{row.name}: {error}") from error
    if found is not None:
        return found
    if row.definition is not None and row.name not in MEANINGS:
        net = row.definition(label).net
        return lambda *xs: _outputs(run(net, xs, functor))
    raise MeaningError(f"{row.name} means nothing over {rig.name}")


def _meanings(rig: Rig, label: Label) -> list[Meaning]:
    """Who is asked what a row means, in turn: the rig by name; the row, where it is a polynomial and its outputs are
    the rig's; the rig, by other columns; inverses and an order.
    """
    row, carried = label.row, all(w.dtype.name in rig.carries for w in label.cod.wires)
    asked = (rig.rows.get(row.name), row.over if carried else None, rig.derived, MEANINGS.get(row.name))
    return [meaning for meaning in asked if meaning is not None]


def _outputs(ys: list[Any]) -> Any:
    return ys[0] if len(ys) == 1 else tuple(ys)


def carrier(rig: Rig, sort: Sort) -> tuple[np.dtype, Callable[[Any], Any] | None]:
    """The NumPy dtype of arrays on a wire, and what makes an entry of a number, if it is not the dtype."""
    if sort.dtype.name == "bool" and rig.truth is not None:
        return np.dtype(object), rig.truth
    if sort.dtype.name in rig.carries:
        return rig.carrier, rig.entry
    return np.dtype(sort.dtype.carrier), None


def _checked(rig: Rig, y: Any, sort: Sort, port: int) -> Any:
    """What a kernel gave, as an array of entries: integers stand for what they are in the rig."""
    dtype, entry = carrier(rig, sort)
    if np.shape(y) != sort.shape:
        raise TypeError(f"output {port} is declared {sort} but the kernel gave {described(y)}")
    if dtype.kind != "O" and getattr(y, "dtype", None) == dtype:
        return y
    return _entries(y, dtype, entry)


def _entries(x: Any, dtype: np.dtype, entry: Callable[[Any], Any] | None) -> np.ndarray:
    if not isinstance(x, np.ndarray):
        x, single = np.empty((), object), x
        x[()] = single
    if entry is None:
        return x.astype(dtype)
    if dtype.kind == "O":
        y = np.empty(x.shape, object)
        np.frompyfunc(entry, 1, 1)(x.astype(object), out=y)
        return y
    return np.array([entry(v) for v in x.ravel().tolist()], dtype).reshape(x.shape)


def argument(value: Any, sort: Sort, place: int, rig: Rig) -> np.ndarray:
    """`value` as an array over the rig on a wire of that sort. Raises `ArgumentError` where it is none."""
    dtype, entry = carrier(rig, sort)
    if entry is None:
        return _trusted(plain.argument(value, sort, place), dtype, sort, place, rig)
    x = as_array(value, object)
    if x.shape != sort.shape:
        said = f"argument {place} lies on {sort}, but an array of shape {x.shape} was given"
        raise ArgumentError(with_line(said))
    try:
        return _entries(x, dtype, entry)
    except (ValueError, TypeError, OverflowError) as error:
        raise ArgumentError(with_line(f"argument {place} lies on {sort}, over {rig.name}: {error}")) from None


def _trusted(x: np.ndarray, dtype: np.dtype, sort: Sort, place: int, rig: Rig) -> np.ndarray:
    """An array on a wire of that sort, in the carrier of a rig that trusts its arrays to be its own."""
    if sort.dtype.name not in rig.carries:
        return x
    y = x if x.dtype == dtype else exactly(x, dtype)
    if y is None or (rig.characteristic and np.any((y < 0) | (y >= rig.characteristic))):
        raise ArgumentError(with_line(f"argument {place} lies on {sort}, but its values are not all in {rig.name}"))
    return y


def runs_forward(f: Morphism, rig: Rig) -> None:
    """Raises `MeaningError` where f is what `R` gave, or has a box that it made, and that means nothing here."""
    if not rig.forward:
        return
    nets, seen = [f.net], set[int]()
    while nets:
        net = nets.pop()
        if REVERSE in net.memo:
            raise MeaningError(f"R means nothing over {rig.name}: {rig.forward}", "R", ())
        for lab in net.labels:
            if is_reverse(lab):
                raise MeaningError(f"{lab.name} means nothing over {rig.name}: {rig.forward}", lab.name, ())
            if id(lab) not in seen:
                seen.add(id(lab))
                nets += [body.net for body in lab.bodies]


def evaluate(f: Morphism, args: Sequence[Any], rig: Rig, watch: Callable[[], None] | None = None) -> list[np.ndarray]:
    """The outputs of f over a rig, one array per wire; `watch` is called before each box, and may raise.

    Arguments are one per wire, of entries or of numbers, which embed exactly or raise `ArgumentError`. Raises
    `MeaningError` where a generator of f means nothing there.
    """
    runs_forward(f, rig)
    if len(args) != len(f.dom):
        raise ArgumentError(with_line(f"{f} takes {len(f.dom)} arguments, one per wire, not {len(args)}"))
    arrays = [argument(a, s, i, rig) for i, (a, s) in enumerate(zip(args, f.dom.wires, strict=True))]
    return [np.array(y) for y in run(f.net, arrays, over(rig), watch)]
