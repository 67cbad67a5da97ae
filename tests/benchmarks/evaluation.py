"""Evaluation, box by box: what the interpreter adds to NumPy.

Extra rows: nobody set a target for them. The floor is the loop `x = np.sin(x)`; the difference, over n, is what one
scalar box costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import catdiff as cd

from .harness import Timed
from .nesting import tower
from .programs import X, chain


def compiled(program: Callable[[int, int], cd.Morphism]) -> Callable[[int, int], Callable[[], Any]]:
    """`cd.compile(f)(x)`, the plan made beforehand."""

    def prepare(size: int, turn: int) -> Callable[[], Any]:
        run = cd.compile(program(size, turn))
        x = np.float64(0.3)
        run(x)
        return lambda: run(x)

    return prepare


def loop(more: int) -> Callable[[int, int], Callable[[], Any]]:
    """`x = np.sin(x)`, n + more times."""

    def prepare(size: int, turn: int) -> Callable[[], Any]:
        def run() -> Any:
            x = np.float64(0.3)
            for _ in range(size + more):
                x = np.sin(x)
            return x

        return run

    return prepare


def check(more: int) -> Callable[[int, Any], None]:
    def compare(size: int, y: Any) -> None:
        np.testing.assert_allclose(y, loop(more)(size, 0)(), rtol=1e-12)

    return compare


ROWS = [
    Timed(
        name="evaluate",
        what="f(x) of a chain of n scalar sines",
        sizes=(10**4,),
        ours=compiled(lambda size, turn: chain(size, cd.sin(X))),
        floor=loop(0),
        check=check(0),
        extra=True,
    ),
    Timed(
        name="evaluate tower",
        what="f(x) of a tower of boxes nested n deep, a scalar sine on each level",
        sizes=(1000,),
        ours=compiled(tower),
        floor=loop(1),
        check=check(1),
        per="deep",
        extra=True,
    ),
]
