"""R of chains, R of R of chains, and how many boxes R, R², R³, R⁴ have.

Timed from the term: building its net, R, and simplifying the result. The floor is `plain.reverse`, a loop that emits
the two or three tuples a step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import catdiff as cd

from . import plain
from .harness import Counted, Timed
from .programs import X, agree, chain, simplify


def reversed_chain(times: int) -> Callable[[int, int], Callable[[], Any]]:
    """`simplify(R(R(… f)))`, and its net."""

    def prepare(size: int, turn: int) -> Callable[[], Any]:
        f = chain(size)

        def run() -> Any:
            g = f
            for _ in range(times):
                g = cd.R(g)
            g = simplify(g)
            assert g.net
            return g

        return run

    return prepare


def reversed_tape(times: int) -> Callable[[int, int], Callable[[], Any]]:
    """The same on lists of tuples."""

    def prepare(size: int, turn: int) -> Callable[[], Any]:
        tape = plain.chain(size)

        def run() -> Any:
            g = tape
            for _ in range(times):
                g = plain.reverse(g)
            return g

        return run

    return prepare


def check(times: int) -> Callable[[int, Any], None]:
    """The numbers are those of the plain tape."""

    def compare(size: int, r: Any) -> None:
        tape = reversed_tape(times)(size, 0)()
        xs = [0.3, 1.0, -0.7][: len(r.dom)]
        agree(r, xs, plain.evaluate(tape, xs))

    return compare


def boxes(order: int) -> int:
    """Boxes of Rᵏ of `copy >> mul`, simplified."""
    f = cd.copy(X) >> cd.mul(X @ X)
    for _ in range(order):
        f = cd.R(f)
    return len(simplify(f).net)


def outputs(order: int) -> int:
    """Outputs of Rᵏ of `copy >> mul`, all different and none an input: no fewer boxes can make them."""
    ins, outs = 1, 1
    for _ in range(order):
        ins, outs = ins + outs, ins
    return outs


ROWS = [
    Timed(
        name="R",
        what="R of a chain of n sigmoids, simplified",
        sizes=(10**3, 10**4, 10**5),
        ours=reversed_chain(1),
        floor=reversed_tape(1),
        check=check(1),
        reach={10**3: 0.05, 10**4: 0.5, 10**5: 5.0},
    ),
    Timed(
        name="RR",
        what="R∘R of a chain of n sigmoids, simplified",
        sizes=(10**2, 10**3),
        ours=reversed_chain(2),
        floor=reversed_tape(2),
        check=check(2),
        reach={10**2: 0.1, 10**3: 1.0},
    ),
    Counted(
        name="orders",
        what="boxes of Rᵏ of `copy >> mul`, simplified; floor: its outputs",
        sizes=(1, 2, 3, 4),
        ours=boxes,
        floor=outputs,
        unit="boxes",
        per="k",
        reach={1: 3, 2: 6, 3: 12, 4: 24},
    ),
]
