"""What rigs of enclosures share: truth that may be unknown, and rows known by the errors they make.

An entry that encloses a number does not always know whether that is positive. So truth has three values (Kleene's
logic), and where it is unknown which of two entries is meant, the entry is one that encloses both:

>>> UNKNOWN & truth(False), UNKNOWN & truth(True), ~UNKNOWN
(False, unknown, unknown)

What a row that is no polynomial does to an enclosure follows from its column `error` (see `generators/rounding`): a
centre x and a radius e become the centre φ(x), as NumPy computes it, and the bound on how far that is from any φ(x + t)
with |t| ≤ e. So sines need no arithmetic of their own here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..category.label import Label
from ..generators.rig import Rig
from .meanings import MEANINGS
from .numpy import NUMPY
from .reals import at_doubles

MARGIN = 1 + 2.0**-20  # for the rounding of the bounds themselves


class Certainty:
    """True, False, or unknown. Immutable."""

    __slots__ = ("value",)

    def __init__(self, value: bool | None) -> None:
        self.value = value

    def __and__(self, other: Any) -> Certainty:
        a, b = self.value, truth(other).value
        if a is False or b is False:
            return Certainty(False)
        return Certainty(True if a and b else None)

    def __invert__(self) -> Certainty:
        return Certainty(None if self.value is None else not self.value)

    def __or__(self, other: Any) -> Certainty:
        return ~(~self & ~truth(other))

    def __xor__(self, other: Any) -> Certainty:
        return (self | other) & ~(self & other)

    def __bool__(self) -> bool:
        if self.value is None:
            raise ValueError(
                "it is unknown whether this holds: it does for some of the numbers enclosed, not for others"
            )
        return self.value

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__
    __add__ = __radd__ = __or__  # where truth values are moved about, as sums of one and of zeros
    __mul__ = __rmul__ = __and__

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the largest number that it may be, 1 for what holds."""
        return int(self.value is True), int(self.value is not False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Certainty, bool, np.bool_)) and self.value is truth(other).value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return "unknown" if self.value is None else str(self.value)


UNKNOWN = Certainty(None)


def truth(v: Any) -> Certainty:
    """A truth value as an entry."""
    return v if isinstance(v, Certainty) else Certainty(bool(v))


def chosen(c: Any, x: Any, y: Any, either: Callable[[Any, Any], Any]) -> Any:
    """x where c holds, else y, and where that is unknown `either(x, y)`, which is good for both."""
    known = truth(c).value
    if known is not None:
        return x if known else y
    if isinstance(x, Certainty) or isinstance(y, Certainty):
        return (truth(c) & x) | (~truth(c) & y)
    return either(x, y)


def agree(x: Any, y: Any) -> bool:
    """Of enclosures and of truth values: whether they may be of the same."""
    if isinstance(x, Certainty) or isinstance(y, Certainty):
        return None in (truth(x).value, truth(y).value) or x == y
    return x.meets(y) if hasattr(x, "meets") else x == y


def by_order(lab: Label) -> bool:
    """Whether what a row does follows from inverses and an order: all those of `meanings`, of powers the whole ones."""
    exponent = lab.attrs.get("exponent", 0)
    return lab.row.name in MEANINGS and exponent == int(exponent)


Split = Callable[[Any], tuple[float, float]]  # an entry as a centre and a radius
Join = Callable[[float, float], Any]  # and back
Known = Callable[..., Any]  # arrays of centres and radii, to pairs of them


def by_errors(rig: Rig, lab: Label, split: Split, join: Join) -> Callable[..., Any] | None:
    """What a row does to enclosures by its column of errors; None where it has none, or gives something else."""
    carried = [s.dtype.name in rig.carries and s.dtype.name != "bool" for s in lab.cod.wires]
    if lab.row.error is None or not all(carried):
        return None
    compute = enclosing(lab)

    def run(*xs: Any) -> Any:
        pairs = [parted(x, split) for x in xs]
        made = [joined(*pair, join) for pair in compute([c for c, _ in pairs], [r for _, r in pairs])]
        return made[0] if len(made) == 1 else tuple(made)

    return run


def parted(x: Any, split: Split) -> tuple[Any, Any]:
    """The centres and the radii of an array of entries; what is no entry is exact."""
    if x.dtype != object:
        return x, np.zeros(x.shape)
    both = np.array([split(v) for v in x.flat], np.float64).reshape((*x.shape, 2))
    return both[..., 0], both[..., 1]


def joined(centres: Any, radii: Any, join: Join) -> Any:
    """An array of entries from their centres and radii."""
    return np.frompyfunc(join, 2, 1)(np.asarray(centres), np.asarray(radii))


def enclosing(lab: Label) -> Callable[[Sequence[Any], Sequence[Any]], list[tuple[Any, Any]]]:
    """`(centres, radii) ↦ [(centre, radius)]` of a row that has the column `error`, a pair for each output, in float64
    whatever the wires are; where nothing is known the radius is inf.
    """
    lab = at_doubles(lab)
    column = lab.row.error
    assert column is not None
    compute, rule = NUMPY.kernel(lab), column(lab)

    def run(centres: Sequence[Any], radii: Sequence[Any]) -> list[tuple[Any, Any]]:
        with np.errstate(all="ignore"):
            y = compute(*centres)
            e = rule(centres, radii, y)
            pairs = [(y, e)] if len(lab.cod) == 1 else list(zip(y, e, strict=True))
            return [(v, np.where((v == v) & (b >= 0), b * MARGIN, np.inf)) for v, b in pairs]

    return run
