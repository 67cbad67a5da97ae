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
from ..category.objects import Object
from ..errors import SignatureError, with_line
from ..generators.constants import const, zero
from ..hypernet.build import SharingBuilder, of_net
from .reverse import R


def _chosen(net_of: Morphism, dom: Object, fill: Sequence[Morphism | None], outputs: slice) -> Morphism:
    """Some outputs of a morphism, with constants for some inputs; what they do not need is left out."""
    b = SharingBuilder(dom)
    free = iter(b.inputs)
    ins = [next(free) if c is None else b.splice(c.net, ())[0] for c in fill]
    return of_net(b.finish(dom, b.inputs, b.splice(net_of.net, ins)[outputs]))


def D(f: Morphism) -> Morphism:
    """`D[f] : A ⊗ A → B`, `D[f](a, ȧ) = J_f(a) ȧ`."""
    a, b = len(f.dom), len(f.cod)
    zeros: list[Morphism | None] = [zero(B) for B in f.cod]
    fill = [None] * a + zeros + [None] * a
    return _chosen(R(R(f)), f.dom @ f.dom, fill, slice(a, a + b))


def dagger(f: Morphism) -> Morphism:
    """`f† : B → A`, `f†(b) = R[f](0, b)`: the transpose of a linear f."""
    fill: list[Morphism | None] = [zero(A) for A in f.dom]
    return _chosen(R(f), f.cod, fill + [None] * len(f.cod), slice(None))


def _scalar(f: Morphism, name: str) -> None:
    if len(f.cod) != 1 or f.cod.shape or f.cod.dtype.kind != "real":
        raise SignatureError(with_line(f"{name} takes a morphism to one real scalar, not {f}"))


def chosen_wires(f: Morphism, wires: Sequence[int] | None) -> list[int]:
    """The inputs meant by `wires`: all of them where it is None."""
    chosen = list(range(len(f.dom))) if wires is None else list(wires)
    if any(not 0 <= w < len(f.dom) for w in chosen):
        raise SignatureError(with_line(f"wires {chosen} of the {len(f.dom)} inputs of {f}"))
    return chosen


def grad(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`∇f : A → A` for `f : A → f64()`; `wires` keeps the gradient in some inputs only."""
    _scalar(f, "grad")
    chosen = chosen_wires(f, wires)
    one = const(1.0, f.cod)
    full = _chosen(R(f), f.dom, [*[None] * len(f.dom), one], slice(None))
    b = SharingBuilder(f.dom)
    out = b.splice(full.net, b.inputs)
    return of_net(b.finish(f.dom, b.inputs, [out[w] for w in chosen]))


def value_and_grad(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`⟨f, ∇f⟩ : A → f64() ⊗ A`, the forward pass shared."""
    gradient = grad(f, wires)
    b = SharingBuilder(f.dom)
    out = [*b.splice(f.net, b.inputs), *b.splice(gradient.net, b.inputs)]
    return of_net(b.finish(f.dom, b.inputs, out))


def hvp(f: Morphism) -> Morphism:
    """`A ⊗ A → A`, `(a, v) ↦ ∇²f(a) v`: `D[∇f]`."""
    return D(grad(f))
