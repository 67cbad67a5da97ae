"""Arithmetic of words: numbers as wires `z2[n]`, the least bit first.

>>> import catdiff as cd
>>> print(adder(8))
z2[8] @ z2[8] @ z2 → z2[8] @ z2
>>> total, carry = adder(8)(bits(200, 8), bits(99, 8), 0)
>>> int(number(total)), int(carry)                                     # 299 = 256 + 43
(43, 1)
>>> int(less(8)(bits(99, 8), bits(200, 8))), int(equal(8)(bits(7, 8), bits(7, 8)))
(1, 1)
>>> int(number(multiplier(8)(bits(200, 8), bits(99, 8))))
19800

They are made of boxes, a full adder for each bit, and so are their derivatives: R of an adder is one of R[full adder].
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from ...category.binder import build
from ...category.morphism import Morphism
from ...category.objects import z2
from ...errors import ArgumentError, ObjectError, with_line
from ...generators.constants import const
from ...generators.shapes import stack

BIT = z2()
half_adder = build(BIT @ BIT, lambda x, y: (x + y, x * y)).box("half adder")
"""`x, y ↦ sum, carry`."""


def _full(x: Any, y: Any, c: Any) -> tuple[Any, Any]:
    t = x + y
    return t + c, x * y + c * t


full_adder = build(BIT @ BIT @ BIT, _full).box("full adder")
"""`x, y, c ↦ sum, carry`."""
_order = build(BIT @ BIT @ BIT, lambda x, y, c: (x + 1) * y + (x + y + 1) * c).box("less")


def bits(numbers: Any, n: int) -> np.ndarray:
    """Natural numbers below 2ⁿ as words of n bits, along a last axis, the least bit first. Raises `ArgumentError`."""
    if type(n) is not int or n < 0:
        raise ArgumentError(with_line(f"a word has a whole number of bits, not {n!r}"))
    given = np.asarray(numbers)
    if given.dtype.kind not in "iub" or (given.size and not (given.min() >= 0 and int(given.max()) < 1 << n)):
        raise ArgumentError(with_line(f"numbers of {n} bits are integers from 0 to {(1 << n) - 1}, not {numbers!r}"))
    return (given[..., None].astype(np.uint64) >> np.arange(n, dtype=np.uint64) & np.uint64(1)).astype(np.uint8)


def number(word: Any) -> np.ndarray:
    """The number that a word of at most 63 bits is, along its last axis. Raises `ArgumentError` for anything else."""
    given = np.asarray(word)
    bits = given.dtype.kind in "iub" and given.ndim and not (given.size and (given.min() < 0 or given.max() > 1))
    if not (bits or given.shape == (0,)) or given.shape[-1] > 63:
        raise ArgumentError(with_line(f"a word is at most 63 bits along a last axis, not {given.dtype} {given.shape}"))
    given = given.astype(np.int64)
    return (given << np.arange(given.shape[-1])).sum(-1)


def family(build: Callable[[int], Morphism]) -> Callable[[int], Morphism]:
    """A circuit for each width, made once."""
    made = lru_cache(maxsize=256)(build)

    def of_width(n: int) -> Morphism:
        if isinstance(n, bool) or not isinstance(n, int) or n < 1:
            raise ObjectError(with_line(f"{build.__name__} is of words of one bit or more, not of {n!r}"))
        return made(n)

    of_width.__name__, of_width.__doc__, of_width.__module__ = build.__name__, build.__doc__, build.__module__
    return of_width


@family
def adder(n: int) -> Morphism:
    """`z2[n] ⊗ z2[n] ⊗ z2 → z2[n] ⊗ z2`: x, y and a carry, to their sum and a carry; a ripple of full adders."""

    def body(x: Any, y: Any, c: Any) -> tuple[Any, Any]:
        total = []
        for i in range(n):
            s, c = full_adder(x[i], y[i], c)
            total.append(s)
        return stack(*total), c

    return build(z2(n) @ z2(n) @ BIT, body).box(f"adder {n}")


@family
def subtractor(n: int) -> Morphism:
    """`z2[n] ⊗ z2[n] → z2[n] ⊗ z2`: x and y, to x − y modulo 2ⁿ, and whether x < y."""

    def body(x: Any, y: Any) -> tuple[Any, Any]:
        difference, carry = adder(n)(x, y + 1, 1)
        return difference, carry + 1

    return build(z2(n) @ z2(n), body).box(f"subtractor {n}")


@family
def less(n: int) -> Morphism:
    """`z2[n] ⊗ z2[n] → z2`: whether x < y as numbers."""

    def body(x: Any, y: Any) -> Any:
        c: Any = const(0, "z2")
        for i in range(n):
            c = _order(x[i], y[i], c)
        return c

    return build(z2(n) @ z2(n), body).box(f"less {n}")


@family
def equal(n: int) -> Morphism:
    """`z2[n] ⊗ z2[n] → z2`: whether all bits agree."""

    def body(x: Any, y: Any) -> Any:
        same, all_same = x + y + 1, None
        for i in range(n):
            all_same = same[i] if all_same is None else all_same * same[i]
        return all_same

    return build(z2(n) @ z2(n), body).box(f"equal {n}")


@family
def multiplier(n: int) -> Morphism:
    """`z2[n] ⊗ z2[n] → z2[2n]`: the product of two numbers, row by row."""

    def body(x: Any, y: Any) -> Any:
        row, carry, low = x * y[0], const(0, "z2"), []
        for i in range(1, n):
            low.append(row[0])
            rest = [row[k] for k in range(1, n)]
            row, carry = adder(n)(stack(*rest, carry), x * y[i], 0)
        return stack(*low, *[row[k] for k in range(n)], carry)

    return build(z2(n) @ z2(n), body).box(f"multiplier {n}")
