"""(max, +): the best of several ways, each as good as its steps together.

Sums are maxima and products are sums: a product of matrices finds longest paths, a recurrence the best alignment. Zero
is −∞, no way at all, and 1 is 0, a way without steps; so the integer n, which stands for 1 + … + 1, is 0 as well.

>>> import catdiff as cd
>>> far = Tropical(-math.inf)
>>> roads = [[far, Tropical(2), Tropical(9)], [far, far, Tropical(8)], [far, far, far]]
>>> cd.over(cd.matmul(cd.f64(3, 3), cd.f64(3, 3)), MAX_PLUS)(roads, roads)[0, 2]
Tropical(10)

It runs forward only. The reverse derivative of a polynomial over it is formal, of coefficients with x + x = x, and it
is not how a maximum changes with its operands:

>>> cd.over(cd.R(cd.square(cd.f64())), MAX_PLUS)
Traceback (most recent call last):
    ...
catdiff.errors.MeaningError: R means nothing over (max, +): 1 + 1 = 1 there, so a formal derivative loses how often ...

Source: Cuninghame-Green, Minimax Algebra (1979).
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import total_ordering
from operator import lt
from typing import Any

from ..generators.rig import Rig


@total_ordering
class Tropical:
    """A number with max for + and + for ×, or −∞. Immutable."""

    __slots__ = ("number",)

    def __init__(self, number: int | float | Fraction) -> None:
        if not isinstance(number, (int, float, Fraction)) or number != number or number == math.inf:
            raise ValueError(f"{number!r} is no entry of (max, +)")
        self.number = number

    def __add__(self, other: Any) -> Tropical:
        other = tropical(other)
        return self if self.number >= other.number else other

    def __mul__(self, other: Any) -> Tropical:
        return Tropical(self.number + tropical(other).number)

    __radd__, __rmul__ = __add__, __mul__

    def __lt__(self, other: Any) -> bool:
        return self.number < tropical(other).number

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int):
            return other >= 0 and self == tropical(other)
        return isinstance(other, Tropical) and self.number == other.number

    def __hash__(self) -> int:
        return hash(self.number)

    def __repr__(self) -> str:
        return f"Tropical({self.number})"


def tropical(v: Any) -> Tropical:
    """An entry as it is; 0 as −∞, and an integer n ≥ 1 as n·1, which is 0."""
    if isinstance(v, Tropical):
        return v
    if isinstance(v, (int, float, Fraction)) and 0 <= v < math.inf and v == int(v):
        return Tropical(0 if v else -math.inf)
    raise ValueError(f"{v!r} is no sum of ones in (max, +), where 1 is 0: Tropical({v!r}) is the number")


def _inverse(v: Any) -> Tropical:
    """−x. Raises ZeroDivisionError where x is −∞."""
    if tropical(v).number == -math.inf:
        raise ZeroDivisionError("−∞ has no inverse in (max, +)")
    return Tropical(-tropical(v).number)


MAX_PLUS = Rig(
    name="(max, +)",
    neg=None,
    entry=tropical,
    recip=_inverse,
    less=lt,
    forward="1 + 1 = 1 there, so a formal derivative loses how often a variable occurs; it runs forward only",
    sample=lambda rng: Tropical(int(rng.integers(-4, 5))) if rng.integers(0, 8) else tropical(0),
)
