"""What the arguments of a law are called: a, its tangent ȧ, its cotangent ā; several of one name, by number.

>>> bars(["a", "ā", "ḃ"]), dots(["a", "b̄"])
(('ā', 'ȧ', 'b̄'), ('ȧ', 'δb̄'))

A cotangent's cotangent is a tangent again, and a tangent's is a cotangent. What is a tangent of anything but a point
is written with δ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from unicodedata import normalize

BAR, DOT = "\u0304", "\u0307"  # combining characters
DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
Names = tuple[str, ...]


def bars(names: Iterable[str]) -> Names:
    """Names of cotangents: a to ā; a cotangent to a tangent, and a tangent to a cotangent."""
    return tuple([_marked(n, DOT if is_cotangent(n) else BAR) for n in names])


def dots(names: Iterable[str]) -> Names:
    """Names of tangents: a to ȧ, b̄ to δb̄."""
    return tuple([_marked(n, DOT) if len(normalize("NFD", n)) == 1 else f"δ{n}" for n in names])


def is_cotangent(name: str) -> bool:
    """Whether the name is one of a cotangent."""
    return BAR in normalize("NFD", name)


def _marked(name: str, mark: str) -> str:
    bare = "".join([c for c in normalize("NFD", name) if c not in (BAR, DOT)])
    return normalize("NFC", bare + mark)


def apart(names: Sequence[str]) -> list[str]:
    """Names of which several are equal, told apart by numbers.

    >>> apart(["a", "ȧ", "ȧ"])
    ['a', 'ȧ₁', 'ȧ₂']
    """
    several, seen, told = Counter(names), Counter[str](), []
    for name in names:
        seen[name] += 1
        told.append(f"{name}{seen[name]}".translate(DIGITS) if several[name] > 1 else name)
    return told


def numbered(named: Iterable[tuple[str, int]]) -> list[str]:
    """A name for each wire, where each of these names is for so many; wires are numbered from 0.

    >>> numbered([("a", 2), ("b̄", 1)])
    ['a₀', 'a₁', 'b̄']
    """
    return [name if n == 1 else f"{name}{i}".translate(DIGITS) for name, n in named for i in range(n)]
