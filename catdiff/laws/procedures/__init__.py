"""Decision procedures: ways to find out whether two morphisms are equal, by name, the strongest first.

A procedure is complete for some programs and says nothing about others, and why. `polynomial`, `exact`, `z2` and
`proof` run both sides over a rig (`interpret.over`) and need no points from outside.

>>> import catdiff as cd
>>> f, g = cd.square(cd.z2()), cd.id(cd.z2())
>>> z2.decide(f, g).strength, polynomial.decide(f, g).strength
('exhaustive', 'violated')
>>> print(polynomial.decide(f, g).note)
x0² against x0: other polynomials, though the same function
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..decision import Decision
from . import exact, floating, polynomial, proof, z2


def _floating(left: Any, right: Any, inputs: Any, points: int, seed: int, deadline: float) -> Decision:
    return floating.decide(left, right, inputs, points, deadline)


def _over_a_rig(decide: Callable[..., Decision]) -> Callable[..., Decision]:
    """A procedure that finds its own points: those of floats have too many digits."""

    def run(left: Any, right: Any, inputs: Any, points: int, seed: int, deadline: float) -> Decision:
        return decide(left, right, points, seed, deadline)

    return run


PROCEDURES: dict[str, Callable[..., Decision]] = {
    "polynomial": _over_a_rig(polynomial.decide),
    "exact": _over_a_rig(exact.decide),
    "z2": _over_a_rig(z2.decide),
    "proof": _over_a_rig(proof.decide),
    "float": _floating,
}
