"""What rows that are no polynomials mean over a rig that has more than + and ×: inverses, an order.

A row of the table of generators says what it is over any rig where it is a polynomial. The rest follows from two
columns of a `Rig`: division from `recip`; comparisons, extrema, absolute values and sorting from `less` and `choose`.
Functions here are of entries, and of arrays by `np.frompyfunc`; so they are as good for a term that stands for any
number as for a number.

>>> from fractions import Fraction
>>> from catdiff.interpret.exact import RATIONAL
>>> import catdiff as cd
>>> relu = MEANINGS["relu"](RATIONAL, cd.relu(cd.f64(2)).net.labels[0])
>>> relu(np.array([Fraction(-1, 3), Fraction(1, 3)])).tolist()
[0, Fraction(1, 3)]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..category.label import Label
from ..errors import MeaningError
from ..generators.rig import Meaning, Rig

Entries = Callable[..., Any]


def entrywise(f: Entries, arity: int) -> Any:
    """A function of entries on arrays of them."""
    return np.frompyfunc(f, arity, 1)


# -- division --------------------------------------------------------------------------------------------------


def inverse(k: Rig) -> Entries:
    """The rig's inverse; `MeaningError` where it has none."""
    if k.recip is None:
        raise MeaningError(f"there is no division over {k.name}")
    return k.recip


def _recip(k: Rig, label: Label) -> Entries:
    return entrywise(inverse(k), 1)


def _div(k: Rig, label: Label) -> Entries:
    recip = inverse(k)
    return lambda x, y: k.mul(x, entrywise(recip, 1)(y))


def _ratio(k: Rig, label: Label) -> Entries:
    recip = inverse(k)
    return lambda x, y: k.mul(x, entrywise(lambda v: v if v == 0 else recip(v), 1)(y))


def _pow(k: Rig, label: Label) -> Entries:
    """An integer power by squaring."""
    exponent = label.attrs["exponent"]
    if exponent != int(exponent):
        raise MeaningError(f"there is no power {exponent:g} over {k.name}, only integer ones")
    recip = inverse(k) if exponent < 0 else None
    bits = bin(abs(int(exponent)))[2:]

    def run(x: Any) -> Any:
        y = k.embed(np.ones(np.shape(x), int))
        for bit in bits if exponent else "":
            y = k.mul(y, y)
            y = k.mul(y, x) if bit == "1" else y
        return y if recip is None else entrywise(recip, 1)(y)

    return run


# -- order -----------------------------------------------------------------------------------------------------


def order(k: Rig) -> Entries:
    """The rig's `<`; `MeaningError` where it has none."""
    if k.less is None:
        raise MeaningError(f"there is no order over {k.name}")
    return k.less


def negated(k: Rig, c: Any) -> Any:
    """Not c."""
    return not c if k.truth is None else ~c


TRUTHS: dict[str, Entries] = {  # comparisons of truth values, false < true
    "lt": lambda x, y: ~x & y,
    "gt": lambda x, y: x & ~y,
    "le": lambda x, y: ~x | y,
    "ge": lambda x, y: x | ~y,
    "eq": lambda x, y: ~(x ^ y),
    "ne": lambda x, y: x ^ y,
}
COMPARISONS: dict[str, Callable[[Rig, Entries], Entries]] = {
    "lt": lambda k, less: less,
    "gt": lambda k, less: lambda x, y: less(y, x),
    "le": lambda k, less: lambda x, y: negated(k, less(y, x)),
    "ge": lambda k, less: lambda x, y: negated(k, less(x, y)),
    "eq": lambda k, less: lambda x, y: negated(k, less(x, y) | less(y, x)),
    "ne": lambda k, less: lambda x, y: less(x, y) | less(y, x),
}


def _compared(name: str) -> Meaning:
    def meaning(k: Rig, label: Label) -> Entries:
        if label.dom.wires[0].dtype.name == "bool":
            return entrywise(TRUTHS[name], 2)
        return entrywise(COMPARISONS[name](k, order(k)), 2)

    return meaning


def larger(k: Rig) -> Entries:
    """The larger of two entries."""
    less, choose = order(k), k.choose
    return lambda x, y: choose(less(x, y), y, x)


def smaller(k: Rig) -> Entries:
    """The smaller of two entries."""
    less, choose = order(k), k.choose
    return lambda x, y: choose(less(y, x), y, x)


def _entries(arity: int, make: Callable[[Rig, Entries], Entries]) -> Meaning:
    """A row that is a function of entries of an ordered rig."""
    return lambda k, label: entrywise(make(k, order(k)), arity)


def _sign(k: Rig, less: Entries) -> Entries:
    return lambda x: k.choose(less(0, x), 1, k.choose(less(x, 0), -1, 0))


def _folded(pick: Callable[[Rig], Entries]) -> Meaning:
    """An extremum over axes, or a connective: one entry after the other."""

    def meaning(k: Rig, label: Label) -> Entries:
        axes, fold = label.attrs["axes"], entrywise(pick(k), 2)
        shape = label.cod.shape

        def run(x: Any) -> Any:
            x = np.moveaxis(x, axes, range(-len(axes), 0)).reshape((*shape, -1)) if axes else x[..., None]
            return fold.reduce(x, axis=-1)

        return run

    return meaning


def _quantified(fold: Entries, empty: bool) -> Meaning:
    def meaning(k: Rig, label: Label) -> Entries:
        axes, shape = label.attrs["axes"], label.cod.shape
        assert k.truth is not None  # else no wire is the rig's
        start = k.truth(empty)

        def run(x: Any) -> Any:
            size = int(np.prod([x.shape[a] for a in axes], dtype=int))
            flat = np.moveaxis(x, axes, range(-len(axes), 0)).reshape((*shape, size)) if axes else x[..., None]
            return entrywise(fold, 2).reduce(np.concatenate((np.full((*shape, 1), start, object), flat), -1), axis=-1)

        return run

    return meaning


def _sort(k: Rig, label: Label) -> Entries:
    """Neighbours exchanged until all are in order: as many exchanges whatever the values are, which may be terms."""
    low, high, axis = entrywise(smaller(k), 2), entrywise(larger(k), 2), label.attrs["axis"]

    def run(x: Any) -> Any:
        y = np.moveaxis(np.array(x), axis, 0)
        for last in range(len(y) - 1, 0, -1):
            for i in range(last):
                y[i], y[i + 1] = low(y[i], y[i + 1]), high(y[i], y[i + 1])
        return np.moveaxis(y, 0, axis)

    return run


def _place(function: Callable[..., Any]) -> Meaning:
    """Where something is, which terms do not tell."""

    def meaning(k: Rig, label: Label) -> Entries:
        order(k)
        if k.truth is not None:
            raise MeaningError(f"which entry it is, is not known over {k.name}")
        return lambda x: function(x, label.attrs["axis"])

    return meaning


def _connective(f: Entries, arity: int) -> Meaning:
    return lambda k, label: entrywise(f, arity)


MEANINGS: dict[str, Meaning] = {
    "recip": _recip,
    "div": _div,
    "ratio": _ratio,
    "pow": _pow,
    **{name: _compared(name) for name in COMPARISONS},
    "maximum": lambda k, label: entrywise(larger(k), 2),
    "minimum": lambda k, label: entrywise(smaller(k), 2),
    "relu": _entries(1, lambda k, less: lambda x: k.choose(less(0, x), x, 0)),
    "abs": _entries(1, lambda k, less: lambda x: k.choose(less(x, 0), -x, x)),
    "sign": _entries(1, _sign),
    "step": _entries(1, lambda k, less: lambda x: k.choose(less(0, x), 1, 0)),
    "max": _folded(larger),
    "min": _folded(smaller),
    "sort": _sort,
    "argmax": _place(lambda x, axis: np.argmax(x, axis)),
    "argmin": _place(lambda x, axis: np.argmin(x, axis)),
    "argsort": _place(lambda x, axis: np.argsort(x, axis, kind="stable")),
    "logical_and": _connective(lambda x, y: x & y, 2),
    "logical_or": _connective(lambda x, y: x | y, 2),
    "logical_xor": _connective(lambda x, y: x ^ y, 2),
    "logical_not": _connective(lambda x: ~x, 1),
    "any": _quantified(lambda x, y: x | y, False),
    "all": _quantified(lambda x, y: x & y, True),
}
