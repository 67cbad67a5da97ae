"""Laws that tie R to something it was not made from: adjointness, daggers, lenses, the symmetry of the Hessian.

RD.1–7 hold of wrong rules too (a product whose R is zero satisfies all seven). What decides that R is *the* reverse
derivative is that it is adjoint to a D written on its own: `⟨D[f](a, ȧ), b̄⟩ = ⟨ȧ, R[f](a, b̄)⟩`.

Source: Cockett et al., arXiv:1910.07065, Proposition 31 and Theorem 42; Cruttwell et al., arXiv:2103.01931, for the
functor to lenses.
"""

from __future__ import annotations

from ...category.morphism import Morphism
from ...category.structure import copy, discard, id, pair, swap, wiring
from ...generators.constants import zero
from ...generators.elementwise import plus
from ...rewrite.strategy import simplify
from ..law import Calculus, Equation, Laws
from ..maps import added, exchange, first, inject, nil, pairing, scalars_of, second

LAWS = Laws("arXiv:1910.07065, Proposition 31 and Theorem 42")
law = LAWS.law
LENSES = "arXiv:2103.01931, Section 3"


# -- adjointness -----------------------------------------------------------------------------------------------


def adjoint(k: Calculus, f: Morphism) -> Equation:
    """`⟨D[f](a, ȧ), b̄⟩` and `⟨ȧ, R[f](a, b̄)⟩` on A ⊗ A ⊗ B, with the rows' own D."""
    A, B = f.dom, f.cod
    scalars = scalars_of(A, B)
    left = k.native(f) @ id(B) >> pairing(B, scalars)
    n, m = len(A), len(B)
    order = [*range(n, 2 * n), *range(n), *range(2 * n, 2 * n + m)]
    return left, wiring(A @ A @ B, order) >> id(A) @ k.R(f) >> pairing(A, scalars)


@law("ADJ.1", "R is adjoint to D", "⟨D[f](a, ȧ), b̄⟩ = ⟨ȧ, R[f](a, b̄)⟩, D the rows' own")
def _(k: Calculus, f: Morphism) -> Equation:
    return adjoint(k, f)


@law(
    "ADJ.2",
    "R is adjoint to D, of R[f]",
    "⟨D[R[f]]((a, b̄), (ȧ₁, δb̄)), ȧ₂⟩ = ⟨(ȧ₁, δb̄), R[R[f]]((a, b̄), ȧ₂)⟩, D the rows' own",
    order=2,
)
def _(k: Calculus, f: Morphism) -> Equation:
    return adjoint(k, k.R(f))


@law(
    "ADJ.3",
    "R is adjoint to D, of generators",
    "⟨D[g](a, ȧ), b̄⟩ = ⟨ȧ, R[g](a, b̄)⟩, of each generator g of f and of its derivatives up to the third",
    each=3,
)
def _(k: Calculus, f: Morphism) -> Equation:
    return adjoint(k, f)


@law("H.1", "the Hessian is symmetric", "⟨ȧ₁, D[R[f]]((a, b̄), (ȧ₂, 0))⟩ = ⟨ȧ₂, D[R[f]]((a, b̄), (ȧ₁, 0))⟩", order=2)
def _(k: Calculus, f: Morphism) -> Equation:
    A, B = f.dom, f.cod
    n, m = len(A), len(B)
    scalars = scalars_of(A, A)
    point, u, v = range(n + m), range(n + m, 2 * n + m), range(2 * n + m, 3 * n + m)
    bent = id(A) @ (id(A @ B) @ inject(A, B) >> k.native(k.R(f))) >> pairing(A, scalars)
    whole = A @ B @ A @ A
    return wiring(whole, [*u, *point, *v]) >> bent, wiring(whole, [*v, *point, *u]) >> bent


# -- daggers ---------------------------------------------------------------------------------------------------


def not_linear(f: Morphism) -> str | None:
    """Why f is not known to be linear: `D[f] = π1 ; f` is not seen after simplification."""
    pushed = simplify(Calculus().native(f))
    return None if pushed == simplify(second(f.dom, f.dom) >> f) else "f is not linear"


@law("DG.1", "transposing twice", "f†† = f", where=not_linear)
def _(k: Calculus, f: Morphism) -> Equation:
    return k.dagger(k.dagger(f)), f


@law("DG.2", "transposing a composite", "(f ; g)† = g† ; f†", g="B → C linear", where=not_linear)
def _(k: Calculus, f: Morphism, g: Morphism) -> Equation:
    return k.dagger(f >> g), k.dagger(g) >> k.dagger(f)


@law("DG.3", "transposing a sum", "(f + g)† = f† + g†", g="A → B linear", where=not_linear)
def _(k: Calculus, f: Morphism, g: Morphism) -> Equation:
    return k.dagger(added(f, g)), added(k.dagger(f), k.dagger(g))


@law("DG.4", "transposing a pair", "⟨f, g⟩† = π0 ; f† + π1 ; g†", g="A → C linear", where=not_linear)
def _(k: Calculus, f: Morphism, g: Morphism) -> Equation:
    B, C = f.cod, g.cod
    return k.dagger(pair(f, g)), added(first(B, C) >> k.dagger(f), second(B, C) >> k.dagger(g))


@law("DG.5", "transposes of structure", "1† = 1, π0† = ι0, Δ† = +, !† = 0, σ† = σ")
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [
        (k.dagger(id(A)), id(A)),
        (k.dagger(first(A, B)), inject(A, B)),
        (k.dagger(copy(A)), plus(A)),
        (k.dagger(discard(A)), zero(A)),
        (k.dagger(swap(A, B)), swap(B, A)),
    ]


@law("DG.6", "linear maps", "R[f] = π1 ; f†, D[f] = π1 ; f", order=2, where=not_linear)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [(k.R(f), second(A, B) >> k.dagger(f)), (k.D(f), second(A, A) >> f)]


# -- lenses ----------------------------------------------------------------------------------------------------


@law("LENS.1", "identities", "L(1) = 1, where L(f) = ⟨f, R[f]⟩ : A ⊗ B → B ⊗ A", source=LENSES)
def _(k: Calculus, f: Morphism) -> Equation:
    return k.vjp(id(f.dom)), id(f.dom @ f.dom)


@law("LENS.2", "composition", "L(f ; g) = L(f) ; L(g)", g="B → C", source=LENSES)
def _(k: Calculus, f: Morphism, g: Morphism) -> Equation:
    A, B, C = f.dom, f.cod, g.cod
    there = (copy(A) >> id(A) @ f) @ id(C) >> id(A) @ k.vjp(g)  # : A ⊗ C → A ⊗ C ⊗ B
    back = id(A) @ swap(C, B) >> (k.vjp(f) >> second(B, A)) @ id(C) >> swap(A, C)
    return k.vjp(f >> g), there >> back


@law("LENS.3", "side by side", "L(f ⊗ g) = ex ; (L(f) ⊗ L(g)) ; ex", g="X → Y", source=LENSES)
def _(k: Calculus, f: Morphism, g: Morphism) -> Equation:
    A, B, X, Y = f.dom, f.cod, g.dom, g.cod
    return k.vjp(f @ g), exchange(A, X, B, Y) >> k.vjp(f) @ k.vjp(g) >> exchange(B, A, Y, X)


@law("LENS.4", "both halves", "L(f) = ⟨π0 ; f, R[f]⟩, ⟨f, D[f]⟩ = ⟨π0 ; f, D[f]⟩", source=LENSES)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [
        (k.vjp(f), pair(first(A, B) >> f, k.R(f))),
        (k.jvp(f) >> first(B, B), first(A, A) >> f),
    ]


@law("LENS.5", "a constant has no derivative", "R[! ; 0] = 0, R[f ; !] = 0", source=LENSES)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [(k.R(nil(A, B)), nil(A @ B, A)), (k.R(f >> discard(B)), nil(A, A))]
