"""What follows from R by plugging constants: gradients, and the transpose of a linear map.

>>> import catdiff as cd, numpy as np
>>> f = cd.sin(cd.f64(2)) >> cd.sum
>>> cd.grad(f)(np.zeros(2))
array([1., 1.])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..category.morphism import Morphism
from ..category.objects import Object
from ..errors import SignatureError, with_line
from ..generators.constants import const, zero
from ..hypernet.build import SharingBuilder, of_net
from .operator import operator
from .reverse import R, chosen_wires, of_wires, vjp


def plug(f: Morphism, constants: Mapping[int, Morphism]) -> Morphism:
    """f with constants `1 → A_i` for some of its inputs."""
    free = [i for i in range(len(f.dom)) if i not in constants]
    dom = of_wires(f.dom, free)
    b = SharingBuilder(dom)
    given = dict(zip(free, b.inputs, strict=True))
    ins = [given[i] if i in given else b.splice(constants[i].net, ())[0] for i in range(len(f.dom))]
    return of_net(b.finish(dom, b.inputs, b.splice(f.net, ins)))


def zeros(A: Object, wires: Sequence[int]) -> dict[int, Morphism]:
    """Zero for each of these wires of A."""
    return {i: zero(A[i]) for i in wires}


def dagger(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`f† : B → A`, `f†(b) = R[f](0, b)`: the transpose of a linear f.

    With `wires`, the transpose of f in those inputs, f being linear in them for fixed others, which stay inputs:
    `A[others] ⊗ B → A[wires]`. Whether f is linear is not checked: of another f this is its reverse derivative at 0.

    >>> import catdiff as cd, numpy as np
    >>> matvec = cd.einsum("ij,j->i", cd.f64(2, 3), cd.f64(3))
    >>> cd.dagger(matvec, wires=[1])(np.ones((2, 3)), np.array([1.0, 2.0]))
    array([3., 3., 3.])
    """
    chosen = chosen_wires(f, wires)
    return plug(R(f, chosen), zeros(f.dom, chosen))


@operator
def grad(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`∇f : A → A` for `f : A → f64()`; `wires` keeps the gradient in some inputs only."""
    return plug(R(f, wires), _one(f, "grad"))


@operator
def value_and_grad(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`⟨f, ∇f⟩ : A → f64() ⊗ A`, the forward pass shared."""
    return plug(vjp(f, wires), _one(f, "value_and_grad"))


def _one(f: Morphism, name: str) -> dict[int, Morphism]:
    """The cotangent 1 for a real scalar."""
    if len(f.cod) != 1 or f.cod.shape or f.cod.dtype.kind != "real":
        raise SignatureError(with_line(f"{name} takes a morphism to one real scalar, not {f}"))
    return {len(f.dom): const(1.0, f.cod)}
