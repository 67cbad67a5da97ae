"""ℤ₂ at many points at once: a word of bits, one for each, + is xor and × is and.

An entry is a *word*, a Python integer whose k-th bit is the value at the k-th assignment; one run of a program is a
run at all of them. With 2ⁿ assignments and the n words of `assignments`, that is all there are. Truth is a word as
well, so comparisons, connectives and choices of bits are evaluated along.

>>> import catdiff as cd
>>> from catdiff.interpret.over import evaluate
>>> words = assignments(2)
>>> [f"{w.word:04b}" for w in words]
['1010', '1100']
>>> (y,) = evaluate(cd.mul(cd.z2(), cd.z2()) + 1, words, BITS(4))
>>> f"{y[()].word:04b}"
'0111'

These are functions, not polynomials: x·x and x are the same word, and their reverse derivatives are not (`polynomial`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ..category.label import Label
from ..errors import MeaningError, ObjectError, with_line
from ..generators.rig import ARITHMETIC, Rig
from .exact import MOD
from .meanings import TRUTHS, entrywise


class Bits:
    """A word over `mask`, which has a 1 for each assignment. Immutable."""

    __slots__ = ("mask", "word")

    def __init__(self, word: int, mask: int) -> None:
        self.word, self.mask = word, mask

    def _word(self, other: Any) -> int:
        """The word of an entry, or of an integer, which is the same everywhere."""
        return other.word if isinstance(other, Bits) else self.mask if other & 1 else 0

    def __add__(self, other: Any) -> Bits:
        return Bits(self.word ^ self._word(other), self.mask)

    def __mul__(self, other: Any) -> Bits:
        return Bits(self.word & self._word(other), self.mask)

    def __or__(self, other: Any) -> Bits:
        return Bits(self.word | self._word(other), self.mask)

    def __neg__(self) -> Bits:
        return self

    def __invert__(self) -> Bits:
        return Bits(self.word ^ self.mask, self.mask)

    __radd__ = __sub__ = __rsub__ = __xor__ = __rxor__ = __add__
    __rmul__ = __and__ = __rand__ = __mul__
    __ror__ = __or__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Bits, int)) and self.word == self._word(other)

    def __hash__(self) -> int:
        return hash(self.word)

    def __repr__(self) -> str:
        width = self.mask.bit_length()
        return f"Bits({bin(self.word)})" if width <= 64 else f"<{width} bits>"


def assignments(n: int) -> list[Bits]:
    """The n words that, bit by bit, go through all 2ⁿ assignments of n bits: the k-th has bit i where bit k of i is."""
    words, mask = [], (1 << (1 << n)) - 1
    for k in range(n):
        word = ((1 << (1 << k)) - 1) << (1 << k)  # as many zeros as ones, and then twice as much of it, until it is all
        for j in range(k + 1, n):
            word |= word << (1 << j)
        words.append(Bits(word, mask))
    return words


def _of_bits(name: str) -> Callable[[Rig, Label], Any]:
    """A comparison, where what is compared are bits: what a number is mod 2 says nothing of its order."""

    def meaning(k: Rig, label: Label) -> Any:
        dtype = label.dom.wires[0].dtype.name
        if dtype not in ("z2", "bool"):
            raise MeaningError(f"{name} of {dtype} wires is not known mod 2")
        return entrywise(TRUTHS[name], 2)

    return meaning


ORDER = {name: _of_bits(name) for name in TRUTHS}  # comparisons, wherever truth is a bit


@lru_cache(maxsize=64)
def BITS(width: int) -> Rig:
    """ℤ₂ at `width` assignments at once. Raises `ObjectError` unless there is one."""
    if isinstance(width, bool) or not isinstance(width, int) or width < 1:
        raise ObjectError(with_line(f"bits are at one assignment or more, not {width!r}"))
    mask, residue = (1 << width) - 1, MOD(2).entry
    assert residue is not None

    def entry(v: Any) -> Bits:
        if isinstance(v, Bits):
            if v.mask != mask:
                raise ValueError(f"a word of {v.mask.bit_length()} bits among words of {width}")
            return v
        return Bits(mask if residue(v) else 0, mask)

    return Rig(
        name=f"ℤ₂ at {width} points",
        neg=lambda x: x,
        entry=entry,
        truth=entry,
        choose=lambda c, x, y: c * x + ~c * y,
        rows=ORDER,
        carries=ARITHMETIC | {"bool"},
        characteristic=2,
        sample=lambda rng: Bits(int.from_bytes(rng.bytes(width // 8 + 1), "little") & mask, mask),
    )


def unsliced(word: Any, i: int) -> int:
    """The value of an entry at the i-th assignment."""
    return word.word >> i & 1
