"""The axioms of derivatives: CD.1–7 of D, RD.1–7 of R, and how each is made of the other.

Source: Blute, Cockett and Seely (cartesian differential categories); Cockett et al., arXiv:1910.07065, Definition 13
(reverse derivative categories), Theorem 16 (D from R) and Theorem 42 (R from D).
"""

from __future__ import annotations

from ...category.morphism import Morphism
from ...category.structure import copy, discard, id, pair, wiring
from ...generators.constants import zero
from ...generators.elementwise import plus
from ..law import Calculus, Equation, Laws
from ..maps import added, exchange, first, inject, inject_second, nil, second

LAWS = Laws("arXiv:1910.07065, Definition 13")
law = LAWS.law
CDC = "Blute, Cockett and Seely, Cartesian differential categories, TAC 22 (2009)"
THEOREM = "arXiv:1910.07065, Theorems 16 and 42"


# -- forward ---------------------------------------------------------------------------------------------------


@law("CD.1", "sums", "D[f + g] = D[f] + D[g], D[0] = 0", g="A → B", source=CDC, order=2)
def _(k: Calculus, f: Morphism, g: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [(k.D(added(f, g)), added(k.D(f), k.D(g))), (k.D(nil(A, B)), nil(A @ A, B))]


@law(
    "CD.2",
    "additive in the tangent",
    "D[f](a, ȧ₁ + ȧ₂) = D[f](a, ȧ₁) + D[f](a, ȧ₂), D[f](a, 0) = 0",
    source=CDC,
    order=2,
)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [_additive(k.D(f), len(A)), (inject(A, A) >> k.D(f), nil(A, B))]


@law("CD.3", "identities and projections", "D[1] = π1, D[π0] = π1 ; π0, D[π1] = π1 ; π1", source=CDC, order=2)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    tangent = second(A @ B, A @ B)
    return [
        (k.D(id(A)), second(A, A)),
        (k.D(first(A, B)), tangent >> first(A, B)),
        (k.D(second(A, B)), tangent >> second(A, B)),
    ]


@law("CD.4", "pairings", "D[⟨f, g⟩] = ⟨D[f], D[g]⟩, D[!] = !", g="A → C", source=CDC, order=2)
def _(k: Calculus, f: Morphism, g: Morphism) -> list[Equation]:
    A = f.dom
    return [(k.D(pair(f, g)), pair(k.D(f), k.D(g))), (k.D(discard(A)), discard(A @ A))]


@law("CD.5", "chain rule", "D[f ; g] = ⟨π0 ; f, D[f]⟩ ; D[g]", g="B → C", source=CDC, order=2)
def _(k: Calculus, f: Morphism, g: Morphism) -> Equation:
    A = f.dom
    return k.D(f >> g), pair(first(A, A) >> f, k.D(f)) >> k.D(g)


@law("CD.6", "linear in the tangent", "D[D[f]]((a, ȧ), (0, δȧ)) = D[f](a, δȧ)", source=CDC, order=4)
def _(k: Calculus, f: Morphism) -> Equation:
    A = f.dom
    return id(A @ A) @ inject_second(A, A) >> k.D(k.D(f)), id(A) @ discard(A) @ id(A) >> k.D(f)


@law("CD.7", "symmetry of second derivatives", "D[D[f]] = ex ; D[D[f]]", source=CDC, order=4)
def _(k: Calculus, f: Morphism) -> Equation:
    A, twice = f.dom, k.D(k.D(f))
    return twice, exchange(A, A, A, A) >> twice


def _additive(derivative: Morphism, n: int) -> Equation:
    """`(a, b, c) ↦` the derivative at b + c, and the sum of those at b and at c; a has n wires."""
    A, V = derivative.dom[:n], derivative.dom[n:]
    at_b, at_c = id(A @ V) @ discard(V), id(A) @ discard(V) @ id(V)
    return id(A) @ plus(V) >> derivative, added(at_b >> derivative, at_c >> derivative)


# -- reverse ---------------------------------------------------------------------------------------------------


@law("RD.1", "sums", "R[f + g] = R[f] + R[g], R[0] = 0", g="A → B")
def _(k: Calculus, f: Morphism, g: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [(k.R(added(f, g)), added(k.R(f), k.R(g))), (k.R(nil(A, B)), nil(A @ B, A))]


@law("RD.2", "additive in the cotangent", "R[f](a, b̄₁ + b̄₂) = R[f](a, b̄₁) + R[f](a, b̄₂), R[f](a, 0) = 0")
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [_additive(k.R(f), len(A)), (inject(A, B) >> k.R(f), nil(A, A))]


@law("RD.3", "identities and projections", "R[1] = π1, R[π0] = π1 ; ι0, R[π1] = π1 ; ι1")
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [
        (k.R(id(A)), second(A, A)),
        (k.R(first(A, B)), second(A @ B, A) >> inject(A, B)),
        (k.R(second(A, B)), second(A @ B, B) >> inject_second(A, B)),
    ]


@law("RD.4", "pairings", "R[⟨f, g⟩] = (1 × π0) ; R[f] + (1 × π1) ; R[g], R[!] = 0", g="A → C")
def _(k: Calculus, f: Morphism, g: Morphism) -> list[Equation]:
    A, B, C = f.dom, f.cod, g.cod
    left, right = id(A) @ first(B, C) >> k.R(f), id(A) @ second(B, C) >> k.R(g)
    return [(k.R(pair(f, g)), added(left, right)), (k.R(discard(A)), nil(A, A))]


@law("RD.5", "chain rule", "R[f ; g] = ⟨π0, ⟨π0 ; f, π1⟩⟩ ; (1 × R[g]) ; R[f]", g="B → C")
def _(k: Calculus, f: Morphism, g: Morphism) -> Equation:
    A, C = f.dom, g.cod
    return k.R(f >> g), (copy(A) >> id(A) @ f) @ id(C) >> id(A) @ k.R(g) >> k.R(f)


@law(
    "RD.6",
    "linear in the tangent",
    "⟨1 × π0, 0 × π1⟩ ; (ι0 × 1) ; R[R[R[f]]] ; π1 = (1 × π1) ; R[f]",
    order=3,
)
def _(k: Calculus, f: Morphism) -> Equation:
    A, B = f.dom, f.cod
    thrice = k.R(k.R(k.R(f)))  # : ((A × B) × A) × (A × B) → (A × B) × A
    left = id(A @ B) @ zero(A @ A) @ id(B) >> thrice >> second(A @ B, A)
    return left, id(A) @ discard(B) @ id(B) >> k.R(f)


@law("RD.7", "symmetry of second derivatives", "d[d[f]] = ex ; d[d[f]] where d[f] = (ι0 × 1) ; R[R[f]] ; π1", order=4)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A = f.dom
    twice = k.forward(k.forward(f))
    return [(twice, exchange(A, A, A, A) >> twice), (k.forward(f), k.forward_of_R(f))]


# -- each from the other ---------------------------------------------------------------------------------------


@law("DR.1", "D from R", "D[f] = (ι0 × 1) ; R[R[f]] ; π1, D the rows' own", source=THEOREM, order=2)
def _(k: Calculus, f: Morphism) -> Equation:
    return k.native(f), k.forward_of_R(f)


@law("DR.2", "D from R, at any cotangent", "R[R[f]]((a, b̄), ȧ) ; π1 = D[f](a, ȧ)", source=THEOREM, order=2)
def _(k: Calculus, f: Morphism) -> Equation:
    A, B = f.dom, f.cod
    return k.R(k.R(f)) >> second(A, B), id(A) @ discard(B) @ id(A) >> k.D(f)


@law("DR.3", "R from D", "R[f](a, b̄) = R[D[f]]((a, 0), b̄) ; π1, D the rows' own", source=THEOREM, order=2)
def _(k: Calculus, f: Morphism) -> Equation:
    A, B = f.dom, f.cod
    return k.R(f), inject(A, A) @ id(B) >> k.R(k.native(f)) >> second(A, A)


@law("DR.4", "mixed second derivatives", "D[R[f]]((a, b̄), (ȧ, 0)) = R[D[f]]((a, ȧ), b̄) ; π0", source=THEOREM, order=3)
def _(k: Calculus, f: Morphism) -> Equation:
    A, B = f.dom, f.cod
    order = [*range(len(A)), *range(2 * len(A), 2 * len(A) + len(B)), *range(len(A), 2 * len(A))]
    left = wiring(A @ A @ B, order) >> id(A @ B) @ inject(A, B) >> k.D(k.R(f))
    return left, k.R(k.native(f)) >> first(A, A)
