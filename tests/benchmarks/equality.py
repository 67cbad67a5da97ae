"""Equality of two chains that were bracketed differently: both built, brought to normal form, compared.

The floor builds two lists of n tuples and hashes each. The peer compares free monoidal diagrams, so lists: it would
call a program and its shared form different.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import catdiff as cd

from .harness import Timed
from .programs import X, balanced, chain


def equal(size: int, turn: int) -> Callable[[], Any]:
    """A left fold against a balanced tree."""
    return lambda: chain(size) == balanced([cd.sigmoid(X)] * size)


def hashes(size: int, turn: int) -> Callable[[], Any]:
    """Two tuples of n tuples, hashed."""

    def one() -> int:
        boxes: list[Any] = []
        for i in range(size):
            boxes.append(("sigmoid", (i,)))  # noqa: PERF401  a comprehension is not a loop that emits
        return hash(tuple(boxes))

    return lambda: one() == one()


def discopy_equal(size: int, turn: int) -> Callable[[], Any]:
    """DisCoPy's monoidal diagrams: composed at one go against a balanced tree (its left fold is quadratic)."""
    from discopy.monoidal import Box, Ty

    box = Box("s", Ty("x"), Ty("x"))
    return lambda: box.then(*[box] * (size - 1)) == balanced([box] * size)


def check(size: int, answer: Any) -> None:
    """Equal, and one box more or another box in the middle is not."""
    f = chain(size)
    assert answer is True
    assert f != chain(size + 1)
    assert f != balanced([*[cd.sigmoid(X)] * (size // 2), cd.tanh(X), *[cd.sigmoid(X)] * (size - size // 2 - 1)])


ROWS = [
    Timed(
        name="equality",
        what="two chains of n boxes with different bracketing: built, normal form, equality",
        sizes=(10**3, 10**4, 10**5),
        ours=equal,
        floor=hashes,
        check=check,
        peer=discopy_equal,
        peer_sizes=(10**3, 10**4),
        reach={10**5: 2.0},
    ),
]
