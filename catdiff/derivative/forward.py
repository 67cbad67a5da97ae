"""`D[f] : A × A → B`, derived from R.

Because R is closed under itself, forward mode is free: R[f](a, –) is linear, and transposing it gives J. In a formula,
`D[f] = (ι0 × 1) ; R[R[f]] ; π1`: put zero for the cotangent of f and read the second half. The zero matters not, and
what only it feeds is never built.

>>> import catdiff as cd
>>> f = cd.sin(cd.f64()) >> cd.exp
>>> float(cd.D(f)(0.0, 1.0))
1.0

Source: Cockett et al., arXiv:1910.07065, Theorem 16.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..category.morphism import Morphism
from .gradients import grad, plug, zeros
from .operator import operator
from .reverse import R


@operator
def D(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`D[f] : A ⊗ A → B`, `D[f](a, ȧ) = J_f(a) ȧ`; `wires` gives tangents to some inputs only: `A ⊗ A[wires]`."""
    once = R(f, wires)
    cotangents = range(len(f.dom), len(once.dom))
    twice = R(once, cotangents)
    return plug(twice, zeros(twice.dom, cotangents))


@operator
def hvp(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`A ⊗ A → A`, `(a, v) ↦ ∇²f(a) v`: `D[∇f]`; `wires` keeps the block of some inputs: `A ⊗ A[wires] → A[wires]`."""
    return D(grad(f, wires), wires)
