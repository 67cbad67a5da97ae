"""Fixed point: whole numbers of 2⁻ⁿ, as integer hardware has them.

A sum is exact. A product of two of them is a whole number of 2⁻²ⁿ, and what does not fit is shifted out, so it is
rounded down. So products do not associate and do not distribute (the column `rounds` says so), and laws of derivatives
hold no more exactly than those; they are asked of the same program over ℚ.

>>> k = fixed(4)
>>> x, y = k.entry(1.5), k.entry(-0.3125)
>>> x + y, x * y, (x * y).raw
(1.1875, -0.5, -8)
>>> k.entry(0.1)
Traceback (most recent call last):
    ...
ValueError: 0.1 is no multiple of 2⁻⁴; cd.rigs.rounded(x, 4) is 0.0625

Overflow is no wrap: with `bits`, what does not fit into so many, sign included, raises OverflowError.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from operator import lt
from typing import Any

import numpy as np

from ..errors import ObjectError, with_line
from ..generators.rig import ARITHMETIC, Rig, objects
from .exact import fraction

_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Format:
    """`point` bits after the point, and `bits` in all, sign included, or as many as it takes."""

    point: int
    bits: int | None

    @property
    def name(self) -> str:
        """The bits before the point, where they are bounded, and those after it."""
        return f"{'' if self.bits is None else f'{self.bits - self.point}.'}{self.point}"

    def made(self, raw: int) -> Fixed:
        """The number `raw · 2⁻ⁿ`. Raises OverflowError where it does not fit."""
        if self.bits is not None and not -(1 << (self.bits - 1)) <= raw < 1 << (self.bits - 1):
            raise OverflowError(
                f"{raw / (1 << self.point):g} does not fit into {self.bits} bits, {self.point} after the point"
            )
        return Fixed(raw, self)

    def entry(self, v: Any) -> Fixed:
        """A number as an entry, exactly. Raises ValueError where it is none."""
        if isinstance(v, Fixed):
            if v.form != self:
                raise ValueError(f"{v!r} is of fixed point {v.form.name}, not {self.name}")
            return v
        scaled = fraction(v) * (1 << self.point)
        if scaled.denominator != 1:
            below = (scaled.numerator // scaled.denominator) / (1 << self.point)
            power = f"2⁻{str(self.point).translate(_POWERS)}"
            raise ValueError(f"{v!r} is no multiple of {power}; cd.rigs.rounded(x, {self.point}) is {below!r}")
        return self.made(scaled.numerator)


class Fixed:
    """The number `raw · 2⁻ⁿ`. Immutable."""

    __slots__ = ("form", "raw")

    def __init__(self, raw: int, form: Format) -> None:
        self.raw, self.form = raw, form

    def __add__(self, other: Any) -> Fixed:
        return self.form.made(self.raw + self.form.entry(other).raw)

    def __neg__(self) -> Fixed:
        return self.form.made(-self.raw)

    def __sub__(self, other: Any) -> Fixed:
        return self.form.made(self.raw - self.form.entry(other).raw)

    def __rsub__(self, other: Any) -> Fixed:
        return -self + other

    def __mul__(self, other: Any) -> Fixed:
        return self.form.made(self.raw * self.form.entry(other).raw >> self.form.point)

    __radd__, __rmul__ = __add__, __mul__

    def __lt__(self, other: Any) -> bool:
        return self.raw < self.form.entry(other).raw

    def __gt__(self, other: Any) -> bool:
        return self.raw > self.form.entry(other).raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Fixed, int, float, Fraction)) and self.number == (
            other.number if isinstance(other, Fixed) else other
        )

    def __hash__(self) -> int:
        return hash(self.number)

    @property
    def number(self) -> Fraction:
        """The fraction that it is."""
        return Fraction(self.raw, 1 << self.form.point)

    def __float__(self) -> float:
        return float(self.number)

    def __repr__(self) -> str:
        return repr(float(self.number))


def fixed(point: int, bits: int | None = None) -> Rig:
    """Numbers with `point` bits after the point, in `bits` bits in all or as many as it takes. There is an order, and
    no division. Raises `ObjectError` where no number has such a format.
    """
    for name, n, least in (("point", point, 0), ("bits", bits, 1)):
        if isinstance(n, bool) or not ((isinstance(n, int) and n >= least) or (n is None and name == "bits")):
            raise ObjectError(with_line(f"fixed: {name} is a whole number, {least} at least, not {n!r}", "fixed(10)"))
    return _fixed(point, bits)


@lru_cache(maxsize=64)
def _fixed(point: int, bits: int | None) -> Rig:
    form = Format(point, bits)
    rounds = {"x (y z) = (x y) z", "x (y + z) = x y + x z"} if point else set()

    def sample(rng: np.random.Generator) -> Fixed:
        most = min(2 ** (point + 2), 2 ** ((bits or 64) // 3))
        return form.made(int(rng.integers(-most, most)))

    return Rig(
        name=f"fixed point {form.name}",
        entry=form.entry,
        less=lt,
        carries=ARITHMETIC - {"z2"},
        rounds=frozenset(rounds),
        sample=sample,
    )


def rounded(x: Any, point: int) -> Any:
    """The multiples of 2⁻ⁿ at or below numbers, as an array of fractions: what `fixed(n)` takes exactly."""
    fixed(point)  # whether there is such a format
    x = np.asarray(x, object)
    flat = objects([Fraction(int(fraction(v) * (1 << point) // 1), 1 << point) for v in x.ravel().tolist()])
    return flat.reshape(x.shape)
