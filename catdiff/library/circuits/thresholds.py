"""Circuits that count: majorities, exact counts, and the pseudo-linear unit.

Each is the multilinear polynomial of its Boolean function, by `generators.threshold`, in as many steps as it has bits;
`cd.expand` opens it to sums and products.

>>> import catdiff as cd
>>> [int(majority(3)([0, 1, b])) for b in (0, 1)], [int(exactly(3, 2)([1, 1, b])) for b in (0, 1)]
([0, 1], [1, 0])
>>> opened = cd.expand(majority(2)).flatten().net.labels
>>> sorted({label.name for label in opened} & {"add", "mul", "threshold"})
['add', 'mul']

The pseudo-linear unit has a mask θ and asks whether few of the masked bits are set; θ is what is learnt:

>>> unit = pseudo_linear(4, ratio=2)
>>> int(unit([1, 1, 1, 1], [1, 0, 0, 1])), int(unit([1, 1, 1, 1], [1, 0, 1, 1]))
(1, 0)

Source: Wilson and Zanasi, arXiv:2101.10488, §5.
"""

from __future__ import annotations

from typing import Any

from ...category.binder import build
from ...category.morphism import Morphism
from ...category.objects import z2
from ...errors import SignatureError, with_line
from ...generators.shapes import concat
from ...generators.threshold import threshold


def at_least(n: int, k: int) -> Morphism:
    """`z2[n] → z2`: whether k of n bits are set, or more."""
    return threshold(z2(n), least=k).box(f"at least {k}")


def exactly(n: int, k: int) -> Morphism:
    """`z2[n] → z2`: whether k of n bits are set, and no more."""
    return build(z2(n), lambda x: threshold(x, least=k) + threshold(x, least=k + 1)).box(f"exactly {k}")


def majority(n: int) -> Morphism:
    """`z2[n] → z2`: whether more than half of the bits are set."""
    return threshold(z2(n), least=n // 2 + 1).box("majority")


def pseudo_linear(n: int, ratio: int = 4) -> Morphism:
    """`z2[n] ⊗ z2[n] → z2`: whether at most one in `ratio` of the bits of x that the mask θ shows is set.

    `|θ ∧ x| ≤ ⌊|θ| / ratio⌋`, which is `|θ ∧ ¬x| − (ratio − 1) |θ ∧ x| ≥ 0`, a threshold. It is multilinear in θ at
    every x, so its reverse derivative in θ says which bits of the mask decide.
    """
    if isinstance(ratio, bool) or not isinstance(ratio, int) or ratio < 1:
        raise SignatureError(with_line(f"pseudo_linear: the ratio is a whole number from 1 on, not {ratio!r}"))
    weights = (1 - ratio,) * n + (1,) * n

    def body(θ: Any, x: Any) -> Any:
        return threshold(concat(θ * x, θ * (x + 1)), least=0, weights=weights)

    return build(z2(n) @ z2(n), body).box("pseudo-linear")
