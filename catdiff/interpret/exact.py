"""Exact numbers as rigs: ℚ, ℤ without bounds, and ℤ_n.

ℚ is an ordered field, so that division, comparisons and what has kinks have their meaning too. Constants embed exactly
or are refused: 0.1 is the binary fraction it is, and ½ is in no ℤ_n with even n.

>>> import catdiff as cd
>>> from catdiff.interpret.over import evaluate
>>> f = cd.recip(cd.f64()) >> cd.square
>>> evaluate(f, [3], RATIONAL)
[array(Fraction(1, 9), dtype=object)]
>>> evaluate(cd.square(cd.f64()) + 1, [3], MOD(7)), evaluate(f, [3], MOD(7))
([array(3)], [array(4)])
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from operator import lt
from typing import Any

import numpy as np

from ..category.label import Label
from ..errors import BudgetError, ObjectError, with_line
from ..generators.rig import ADD, ARITHMETIC, BIG, MUL, NEG, Rig, modular
from .meanings import entrywise

LONGEST = 2**16  # bits of a number; a program that squares again and again would never end


def fraction(v: Any) -> Fraction:
    """A number as the exact fraction it is."""
    if type(v) is Fraction:
        if v.numerator.bit_length() > LONGEST or v.denominator.bit_length() > LONGEST:
            raise BudgetError(f"a number of more than {LONGEST:,} bits")
        return v
    v = v.item() if isinstance(v, np.generic) else v
    if isinstance(v, (int, float, Fraction)):
        try:
            return Fraction(v)
        except (OverflowError, ValueError):  # infinite, or not a number
            pass
    raise ValueError(f"{v!r} is no rational number")


def integer(v: Any) -> int:
    """A number as the integer it is."""
    if type(v) is int:
        if v.bit_length() > LONGEST:
            raise BudgetError(f"a number of more than {LONGEST:,} bits")
        return v
    exact = fraction(v)
    if exact.denominator != 1:
        raise ValueError(f"{v!r} is no integer")
    return exact.numerator


def _random_fraction(rng: np.random.Generator) -> Fraction:
    return Fraction(int(rng.integers(-60, 61)), int(rng.choice((1, 2, 3, 5, 7, 11, 13))))


def _rounded(f: Any) -> Any:
    """A row to whole numbers."""
    return lambda k, label: entrywise(lambda x: Fraction(f(x)), 1)


def _floordiv(k: Any, label: Label) -> Any:
    return entrywise(lambda x: x // label.attrs["by"], 1)


RATIONAL = Rig(
    name="ℚ",
    entry=fraction,
    recip=lambda x: 1 / fraction(x),
    less=lt,
    rows={
        "floor": _rounded(math.floor),
        "ceil": _rounded(math.ceil),
        "round": _rounded(round),
        "floordiv": _floordiv,
        "sort": lambda k, label: lambda x: np.sort(x, label.attrs["axis"], kind="stable"),
    },
    carries=ARITHMETIC - {"z2"},
    sample=_random_fraction,
)
INTEGERS = replace(BIG, entry=integer, less=lt, rows={"floordiv": _floordiv}, carries=ARITHMETIC - {"z2"}, sample=None)


@dataclass(frozen=True)
class Reduced:
    """A ufunc on residues, reduced mod n."""

    ufunc: Any
    n: int

    def __call__(self, *xs: Any) -> Any:
        return self.ufunc(*xs) % self.n

    def accumulate(self, x: Any, axis: int) -> Any:
        """Running results along an axis, reduced at each step: the numbers would outgrow the carrier."""
        y = np.array(x)
        rows = np.moveaxis(y, axis, 0)
        for t in range(1, len(rows)):
            rows[t] = self(rows[t - 1], rows[t])
        return y


@lru_cache(maxsize=64)
def MOD(n: int) -> Rig:
    """ℤ_n, the residues 0 … n − 1; division by what has an inverse. Raises `ObjectError` unless n ≥ 2.

    In 64-bit integers where a product of two residues fits, else in Python's.

    >>> int(MOD(6).add(5, 4)), MOD(6).embed(np.array([-1.0, 0.5 + 0.5]))
    (3, array([5, 1]))
    >>> MOD(6).embed(np.array(0.5))
    Traceback (most recent call last):
        ...
    ValueError: 0.5 is not in ℤ_6
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 2:
        raise ObjectError(with_line(f"ℤ_n has a modulus n ≥ 2, not {n!r}", "MOD(7)"))

    def entry(v: Any) -> int:
        exact = v if type(v) is int else fraction(v)
        try:
            return exact % n if isinstance(exact, int) else exact.numerator * pow(exact.denominator, -1, n) % n
        except ValueError:
            raise ValueError(f"{v!r} is not in ℤ_{n}") from None

    def recip(x: Any) -> int:
        try:
            return pow(int(x), -1, n)
        except ValueError:
            raise ZeroDivisionError(f"{x} has no inverse in ℤ_{n}") from None

    narrow = n <= 2**31
    carrier: Any = np.int64 if narrow else object
    return Rig(
        name=f"ℤ_{n}",
        carrier=carrier,
        add=Reduced(np.add if narrow else ADD, n),
        mul=Reduced(np.multiply if narrow else MUL, n),
        neg=Reduced(np.negative if narrow else NEG, n),
        entry=entry,
        sums=modular(n, carrier),
        recip=recip,
        characteristic=n,
        sample=lambda rng: int(rng.integers(0, min(n, 2**62))),
    )
