"""The laws of a cartesian left-additive category: what `>>`, `@`, copy, discard, swap and + obey.

Most of them hold on the nose, as equality of diagrams; those of the sum hold of values.

Source: Cockett et al., arXiv:1910.07065, Definition 1, and Cruttwell et al., arXiv:2103.01931, Appendix A.
"""

from __future__ import annotations

from ..category.morphism import Morphism
from ..category.objects import UNIT
from ..category.structure import copy, discard, id, pair, swap
from ..generators.constants import zero
from ..generators.elementwise import plus
from .law import Calculus, Equation, Laws
from .maps import added, exchange, first, nil, second

LAWS = Laws("arXiv:2103.01931, Appendix A")
law = LAWS.law


@law("CAT.1", "associativity", "(f ; g) ; h = f ; (g ; h)", g="B → C", h="C → X", order=0)
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> Equation:
    return (f >> g) >> h, f >> (g >> h)


@law("CAT.2", "units", "1 ; f = f = f ; 1", order=0)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    return [(id(f.dom) >> f, f), (f >> id(f.cod), f)]


@law("MON.1", "associativity of ⊗", "(f ⊗ g) ⊗ h = f ⊗ (g ⊗ h)", g="X → Y", h="Y → X", order=0)
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> Equation:
    return (f @ g) @ h, f @ (g @ h)


@law("MON.2", "unit of ⊗", "1 ⊗ f = f = f ⊗ 1", order=0)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    return [(id(UNIT) @ f, f), (f @ id(UNIT), f)]


@law("MON.3", "interchange", "(f ⊗ g) ; (h ⊗ e) = (f ; h) ⊗ (g ; e)", g="X → Y", h="B → C", e="Y → C", order=0)
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism, e: Morphism) -> Equation:
    return f @ g >> h @ e, (f >> h) @ (g >> e)


@law("SYM.1", "swap is natural", "(f ⊗ g) ; σ = σ ; (g ⊗ f)", g="X → Y", order=0)
def _(k: Calculus, f: Morphism, g: Morphism) -> Equation:
    return f @ g >> swap(f.cod, g.cod), swap(f.dom, g.dom) >> g @ f


@law("SYM.2", "swap is an involution", "σ ; σ = 1", order=0)
def _(k: Calculus, f: Morphism) -> Equation:
    return swap(f.dom, f.cod) >> swap(f.cod, f.dom), id(f.dom @ f.cod)


@law("CART.1", "copying is natural", "f ; Δ = Δ ; (f ⊗ f)", order=0)
def _(k: Calculus, f: Morphism) -> Equation:
    return f >> copy(f.cod), copy(f.dom) >> f @ f


@law("CART.2", "discarding is natural", "f ; ! = !", order=0)
def _(k: Calculus, f: Morphism) -> Equation:
    return f >> discard(f.cod), discard(f.dom)


@law("CART.3", "copies form a comonoid", "Δ ; (Δ ⊗ 1) = Δ ; (1 ⊗ Δ), Δ ; (! ⊗ 1) = 1, Δ ; σ = Δ", order=0)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A = f.dom
    Δ, I = copy(A), id(A)
    return [(Δ >> Δ @ I, Δ >> I @ Δ), (Δ >> discard(A) @ I, I), (Δ >> swap(A, A), Δ)]


@law("CART.4", "pairing", "⟨f, g⟩ ; π0 = f, ⟨f, g⟩ ; π1 = g", g="A → C", order=0)
def _(k: Calculus, f: Morphism, g: Morphism) -> list[Equation]:
    B, C = f.cod, g.cod
    return [(pair(f, g) >> first(B, C), f), (pair(f, g) >> second(B, C), g)]


@law(
    "LA.0", "a commutative monoid", "(f + g) + h = f + (g + h), f + g = g + f, f + 0 = f", g="A → B", h="A → B", order=0
)
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> list[Equation]:
    return [
        (added(added(f, g), h), added(f, added(g, h))),
        (added(f, g), added(g, f)),
        (added(f, nil(f.dom, f.cod)), f),
    ]


@law("LA.1", "sums are of values", "f ; (g + h) = f ; g + f ; h, f ; 0 = 0", g="B → C", h="B → C", order=0)
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> list[Equation]:
    return [
        (f >> added(g, h), added(f >> g, f >> h)),
        (f >> nil(f.cod, g.cod), nil(f.dom, g.cod)),
    ]


@law("LA.2", "projections are additive", "(f + g) ; π_i = f ; π_i + g ; π_i, 0 ; π_i = 0", order=0)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    x, y, zero = first(A @ B, A @ B), second(A @ B, A @ B), nil(A, A @ B)
    return [
        e
        for p, C in ((first(A, B), A), (second(A, B), B))
        for e in ((added(x, y) >> p, added(x >> p, y >> p)), (zero >> p, nil(A, C)))
    ]


@law(
    "LA.3",
    "pairings are additive",
    "⟨f, g⟩ + ⟨h, e⟩ = ⟨f + h, g + e⟩, 0 = ⟨0, 0⟩",
    g="A → C",
    h="A → B",
    e="A → C",
    order=0,
)
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism, e: Morphism) -> list[Equation]:
    A, B, C = f.dom, f.cod, g.cod
    return [
        (added(pair(f, g), pair(h, e)), pair(added(f, h), added(g, e))),
        (nil(A, B @ C), pair(nil(A, B), nil(A, C))),
    ]


@law("LA.4", "sums are taken wire by wire", "+_{A⊗B} = ex ; (+_A ⊗ +_B), 0_{A⊗B} = 0_A ⊗ 0_B", order=0)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [(plus(A @ B), exchange(A, B, A, B) >> plus(A) @ plus(B)), (zero(A @ B), zero(A) @ zero(B))]
