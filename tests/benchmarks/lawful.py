"""All laws of a small program in rational arithmetic.

The net has six boxes on rational wires. Each turn it has another constant and other points, so that nothing decided in
one turn is known in the next. The floor is one law of them all, that R is adjoint to D, written out by hand for this
net in Python's fractions: no law is decided with less.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

import catdiff as cd

from .harness import Timed

A = cd.rational()


def net(turn: int) -> cd.Morphism:
    """`((xy + x)² − y) · xy + c`, in six boxes."""

    @cd.morphism(A, A)
    def f(x: Any, y: Any) -> Any:
        a = x * y
        b = a + x
        return (b * b - y) * a + turn

    return f


def ours(size: int, turn: int) -> Callable[[], Any]:
    f = net(turn)
    return lambda: cd.laws.check(f, procedures="exact", points=size, seed=turn + 1, raises=False)


def by_hand(size: int, turn: int) -> Callable[[], Any]:
    """⟨D[f](x, ẋ), z̄⟩ = ⟨ẋ, R[f](x, z̄)⟩ at so many points."""

    def run() -> bool:
        rng, holds = np.random.default_rng(turn + 1), True
        for _ in range(size):
            x, y, ẋ, ẏ, z̄ = [Fraction(int(n), 1024) for n in rng.integers(-4096, 4097, 5)]
            a = x * y
            b = a + x
            d = b * b - y
            ȧ = ẋ * y + x * ẏ
            ż = (2 * b * (ȧ + ẋ) - ẏ) * a + d * ȧ
            b̄ = 2 * b * z̄ * a
            ā = z̄ * d + b̄
            holds &= ż * z̄ == ẋ * (ā * y + b̄) + ẏ * (ā * x - z̄ * a)
        return holds

    return run


def check(size: int, report: Any) -> None:
    """Nothing was violated or left open, and the laws that values decide were tested at so many points."""
    assert report.ok and by_hand(size, 0)()
    assert [(f.strength, f.points) for f in report.law("ADJ.1")] == [("tested", size)]
    assert not [f for f in report.findings if f.strength == "undecided"]


ROWS = [
    Timed(
        name="rational laws",
        what="all laws of a net of 6 boxes in rational arithmetic, at n points; floor: one of them, by hand",
        sizes=(100,),
        ours=ours,
        floor=by_hand,
        check=check,
        per="points",
        tiny=8,
        reach={100: 1.0},
    ),
]
