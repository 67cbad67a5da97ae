"""Batch normalisation: what a batch has to do with each of its examples, said by its type.

It is no program on one example, so it is no `Para`: it is given by what it does to n of them, and keeps a running mean
and variance, which are parameters of role *state*, from batch to batch:

    over(n) : P ⊗ Aⁿ → Aⁿ ⊗ S

At rest it uses those, and then examples have nothing to do with each other.

>>> import catdiff as cd
>>> norm = cd.nn.batch_norm().at(cd.f64(3))
>>> print(norm.over(10))
f64[3] @ f64[3] @ f64[3] @ f64[3] @ f64[10,3] → f64[10,3] @ f64[3] @ f64[3]
>>> {name: p.role for name, p in norm.parameters.items() if p.role != "weight"}
{'batch_norm.mean': 'state', 'batch_norm.variance': 'state'}

Source: Ioffe and Szegedy, arXiv:1502.03167, Alg. 1 and 2.
"""

from __future__ import annotations

from typing import Any

from ...category.binder import build
from ...category.morphism import Morphism
from ...category.objects import Object, Sort
from ...errors import SignatureError, with_line
from ...generators import statistics
from ...generators.elementwise import sqrt
from ..initialisers import ones, zeros
from ..layer import Member, layer
from ..parameters import STATE, Group, Parameter, over, word_of
from ..parametric import Parametric
from .making import checked


@layer
def batch_norm(decay: float = 0.9, eps: float = 1e-5) -> Member:
    """Mean 0 and variance 1 for each channel (axis 0) over all examples and places; then a scale and a shift.

    `decay` is how much of the running statistics stays when a batch is seen; theirs is the unbiased variance.
    """
    if not 0 <= decay <= 1:
        raise SignatureError(with_line(f"batch_norm: decay is between 0 and 1, not {decay!r}"))
    return lambda A: _batch_norm(A, decay, eps)


def _batch_norm(A: Object, decay: float, eps: float) -> Parametric:
    C, *space = checked("batch_norm", A, 1, "an array of channels").shape
    row = Sort(A.dtype, (C,))
    members = (
        Parameter("scale", row, ones),
        Parameter("shift", row, zeros),
        Parameter("mean", row, zeros, STATE),
        Parameter("variance", row, ones, STATE),
    )
    trees, axes = (Group("batch_norm", members),), (0, *range(2, len(space) + 2))
    column = (C, *[1] * len(space))

    def of(v: Any) -> Any:
        return v.reshape(column)

    def boxed(n: int, function: Any) -> Morphism:
        return build(word_of(trees) @ over(A, n), function).box("batch_norm")

    def learning(n: int) -> Morphism:
        count = n * over(A, 1).sort.size // max(C, 1)

        def normal(scale: Any, shift: Any, mean: Any, variance: Any, x: Any) -> Any:
            y = statistics.layer_norm(x, axis=axes, eps=eps) * of(scale) + of(shift)
            seen = statistics.variance(x, axis=axes, ddof=min(1, count - 1))
            return y, decay * mean + (1 - decay) * x.mean(axes), decay * variance + (1 - decay) * seen

        return boxed(n, normal)

    def resting(n: int) -> Morphism:
        def normal(scale: Any, shift: Any, mean: Any, variance: Any, x: Any) -> Any:
            return (x - of(mean)) * of(scale / sqrt(variance + eps)) + of(shift), mean, variance

        return boxed(n, normal)

    return Parametric(A, A, trees, learning, Parametric(A, A, trees, resting))
