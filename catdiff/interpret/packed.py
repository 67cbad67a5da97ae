"""Polynomials as two arrays: what large ones are multiplied and added as.

A monomial is one 64-bit integer with a field of bits for each indeterminate that occurs, so that a product of monomials
is a sum of integers; coefficients are 64-bit integers over one common denominator. A product is then an outer sum, a
sort and a sum of neighbours, some twenty times faster than term by term. None of this is seen from outside: what does
not fit (many indeterminates, high degrees, long or other coefficients) has no packed form, and is worked out by terms.

>>> p = pack({0: 1, 1: 2})                       # 1 + 2 x0, monomials as `polynomial` has them
>>> unpacked(product(p, p, degree=2))
{0: 1, 1: 4, 2: 4}
>>> pack({0: 2**70}) is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce
from math import gcd, lcm
from operator import or_
from typing import Any

import numpy as np

from ..errors import BudgetError

WIDTH = 16  # bits of an exponent in a monomial that is Python's integer
KEY = 63  # bits of a packed monomial
LONGEST = 2**62  # coefficients and their sums stay below
BLOCK = 1 << 20  # products that are made at a time
KEPT = 1 << 16  # products whose order is kept


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """A polynomial: monomials `keys` in order, each once, with the coefficients `values / denominator`, none of them 0.

    `letters` are the indeterminates there are fields for, in order; a field has `KEY // len(letters)` bits, 16 at most.
    """

    letters: tuple[int, ...]
    keys: np.ndarray
    values: np.ndarray
    denominator: int = 1

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def reach(self) -> int:
        """The largest coefficient, by its absolute value and times the denominator."""
        return max(int(self.values.max()), -int(self.values.min())) if len(self.values) else 0


def field(letters: tuple[int, ...]) -> int:
    """The bits of an exponent."""
    return min(WIDTH, KEY // max(1, len(letters)))


def fits(letters: tuple[int, ...], degree: int) -> bool:
    """Whether monomials in these letters of this degree can be packed."""
    return degree < 1 << field(letters)


# -- there and back --------------------------------------------------------------------------------------------


def pack(terms: Mapping[int, Any]) -> Packed | None:
    """Terms as arrays, None where they are not integers or fractions, or do not fit."""
    denominator = 1
    for c in terms.values():
        if type(c) is Fraction:
            denominator = lcm(denominator, c.denominator)
        elif type(c) is not int:
            return None
    scaled = [int(c * denominator) for c in terms.values()]
    if denominator >= LONGEST or any(abs(c) >= LONGEST for c in scaled):
        return None
    used = reduce(or_, terms, 0)
    count = -(-used.bit_length() // WIDTH)
    letters = tuple(i for i in range(count) if used >> WIDTH * i & (1 << WIDTH) - 1)
    if not fits(letters, max((used >> WIDTH * i & (1 << WIDTH) - 1 for i in letters), default=0)):
        return None
    raw = b"".join([m.to_bytes(2 * count, "little") for m in terms])
    exponents = np.frombuffer(raw, "<u2").reshape(len(terms), count)
    keys = np.zeros(len(terms), np.int64)
    for place, i in enumerate(letters):
        keys |= exponents[:, i].astype(np.int64) << field(letters) * place
    order = np.argsort(keys)
    return Packed(letters, keys[order], np.array(scaled, np.int64)[order], denominator)


def unpacked(p: Packed) -> dict[int, Any]:
    """The terms: integers, and fractions where they are none."""
    count, bits = (p.letters[-1] + 1 if p.letters else 0), field(p.letters)
    exponents = np.zeros((len(p), count), "<u2")
    for place, i in enumerate(p.letters):
        exponents[:, i] = p.keys >> bits * place & (1 << bits) - 1
    raw, step = exponents.tobytes(), 2 * count
    monomials = [int.from_bytes(raw[at : at + step], "little") for at in range(0, step * len(p), step or 1)] or [0]
    values = p.values.tolist()
    if p.denominator != 1:
        exact = [Fraction(v, p.denominator) for v in values]
        values = [c.numerator if c.denominator == 1 else c for c in exact]
    return dict(zip(monomials, values, strict=False))  # no term at all has no monomial either


def spread(p: Packed, letters: tuple[int, ...]) -> Packed:
    """The same polynomial with fields for more letters."""
    if p.letters == letters:
        return p
    old, new = field(p.letters), field(letters)
    keys = np.zeros_like(p.keys)
    for place, i in enumerate(p.letters):
        keys |= (p.keys >> old * place & (1 << old) - 1) << new * letters.index(i)
    order = np.argsort(keys)
    return Packed(letters, keys[order], p.values[order], p.denominator)


def alike(p: Packed, q: Packed, degree: int) -> tuple[Packed, Packed] | None:
    """Both with the same letters; None where that many do not fit with this degree."""
    letters = p.letters if p.letters == q.letters else tuple(sorted({*p.letters, *q.letters}))
    return (spread(p, letters), spread(q, letters)) if fits(letters, degree) else None


# -- arithmetic ------------------------------------------------------------------------------------------------


def total(p: Packed, q: Packed, degree: int, modulus: int = 0) -> Packed | None:
    """p + q, of at most this degree; mod `modulus` if that is not 0. None where it does not fit."""
    both = alike(p, q, degree)
    denominator = lcm(p.denominator, q.denominator)
    m, n = denominator // p.denominator, denominator // q.denominator
    if both is None or p.reach * m + q.reach * n >= LONGEST or max(denominator, m, n) >= LONGEST:
        return None
    p, q = both
    keys, values = np.concatenate((p.keys, q.keys)), np.concatenate((p.values * m, q.values * n))
    return reduced(p.letters, *collected(keys, values), denominator, modulus)


def product(p: Packed, q: Packed, degree: int, modulus: int = 0, budget: int = 1 << 62) -> Packed | None:
    """p · q, of at most this degree; mod `modulus` if that is not 0. None where it does not fit.

    Raises `BudgetError` where there are more terms than `budget`.
    """
    both, denominator = alike(p, q, degree), p.denominator * q.denominator
    if both is None or denominator >= LONGEST or p.reach * q.reach * min(len(p), len(q)) >= LONGEST:
        return None
    p, q = both if len(p) <= len(q) else both[::-1]
    keys, values = p.keys[:0], p.values[:0]
    rows = max(1, BLOCK // max(1, len(q)))
    for first in range(0, len(p), rows):
        some = slice(first, first + rows)
        found = _block(p.keys[some], p.values[some], q)
        keys, values = collected(*map(np.concatenate, zip((keys, values), found, strict=True))) if first else found
        if len(keys) > budget:
            raise BudgetError(f"a polynomial of {len(keys):,} terms so far: the budget is {budget:,}")
    return reduced(p.letters, keys, values, denominator, modulus)


def _block(keys: np.ndarray, values: np.ndarray, q: Packed) -> tuple[np.ndarray, np.ndarray]:
    """The product with some of the terms of another polynomial: keys in order, with the sums of their values."""
    if not len(keys) * len(q):
        return keys[:0], values[:0]
    made = np.multiply.outer(values, q.values).ravel()
    if made.size > KEPT:
        return collected(np.add.outer(keys, q.keys).ravel(), made)
    found, order, first = _pattern(keys.tobytes(), q.keys.tobytes())
    return found, np.add.reduceat(made[order], first)


@lru_cache(maxsize=16)
def _pattern(keys: bytes, others: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which terms of a product fall together, by the monomials of its factors: those of nets are often the same."""
    return grouped(np.add.outer(np.frombuffer(keys, np.int64), np.frombuffer(others, np.int64)).ravel())


def grouped(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keys in order, each once; the order they were put into, and where in it each begins. There is one at least."""
    order = np.argsort(keys, kind="stable")  # outer sums are rows in order, which a stable sort makes use of
    keys = keys[order]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[first], order, first


def collected(keys: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keys in order, each once, with the sum of its values."""
    if not len(keys):
        return keys, values
    found, order, first = grouped(keys)
    return found, np.add.reduceat(values[order], first)


def reduced(
    letters: tuple[int, ...], keys: np.ndarray, values: np.ndarray, denominator: int, modulus: int = 0
) -> Packed:
    """The polynomial without zeros, mod `modulus`, and in lowest terms."""
    values = values % modulus if modulus else values
    if not values.all():
        keys, values = keys[values != 0], values[values != 0]
    if denominator != 1:
        common = gcd(int(np.gcd.reduce(values)) if len(values) else denominator, denominator)
        values, denominator = values // common, denominator // common
    return Packed(letters, keys, values, denominator)


def same(p: Packed, q: Packed) -> bool:
    """Whether two polynomials are equal."""
    if len(p) != len(q) or p.denominator != q.denominator:
        return False
    if p.letters != q.letters:  # one has a letter that no longer occurs, or they differ
        return unpacked(p) == unpacked(q)
    return bool(np.array_equal(p.keys, q.keys) and np.array_equal(p.values, q.values))
