"""Lookups: which of 2ⁿ, and what is there.

>>> import catdiff as cd
>>> decoder(2)([0, 1])                                                 # the number 2, as a place among four
array([0, 0, 1, 0], dtype=uint8)
>>> int(lookup(2)([0, 0, 1, 0], [0, 1]))
1
>>> cd.R(lookup(2), wires=[0])([0, 0, 0, 0], [0, 1], 1)                # the cotangent goes to the place that was read
array([0, 0, 1, 0], dtype=uint8)
"""

from __future__ import annotations

from typing import Any

from ...category.binder import build
from ...category.morphism import Morphism
from ...category.objects import z2
from ...generators.shapes import concat, stack
from .arithmetic import family


@family
def decoder(n: int) -> Morphism:
    """`z2[n] → z2[2ⁿ]`: a number to the unit vector with a 1 at its place."""

    def body(x: Any) -> Any:
        place = stack(x[0] + 1, x[0])
        for i in range(1, n):
            chosen = place * x[i]
            place = concat(place + chosen, chosen)
        return place

    return build(z2(n), body).box(f"decoder {n}")


@family
def lookup(n: int) -> Morphism:
    """`z2[2ⁿ] ⊗ z2[n] → z2`: the entry of a table at a number; linear in the table, so that it can be learnt."""
    return build(z2(1 << n) @ z2(n), lambda t, x: (t * decoder(n)(x)).sum()).box(f"lookup {n}")
