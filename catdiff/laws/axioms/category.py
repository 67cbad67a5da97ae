"""The laws of a cartesian category: what `>>`, `@`, copy, discard and swap obey, as equality of diagrams.

Source: Cruttwell et al., arXiv:2103.01931, Appendix A.
"""

from __future__ import annotations

from ...category.morphism import Morphism
from ...category.objects import UNIT
from ...category.structure import copy, discard, id, pair, swap
from ..law import Calculus, Equation, Laws
from ..maps import first, second

LAWS = Laws("arXiv:2103.01931, Appendix A", order=0, structural=True)
law = LAWS.law


@law("CAT.1", "associativity", "(f ; g) ; h = f ; (g ; h)", g="B → C", h="C → X")
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> Equation:
    return (f >> g) >> h, f >> (g >> h)


@law("CAT.2", "units", "1 ; f = f = f ; 1")
def _(k: Calculus, f: Morphism) -> list[Equation]:
    return [(id(f.dom) >> f, f), (f >> id(f.cod), f)]


@law("MON.1", "associativity of ⊗", "(f ⊗ g) ⊗ h = f ⊗ (g ⊗ h)", g="X → Y", h="Y → X")
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> Equation:
    return (f @ g) @ h, f @ (g @ h)


@law("MON.2", "unit of ⊗", "1 ⊗ f = f = f ⊗ 1")
def _(k: Calculus, f: Morphism) -> list[Equation]:
    return [(id(UNIT) @ f, f), (f @ id(UNIT), f)]


@law("MON.3", "interchange", "(f ⊗ g) ; (h ⊗ e) = (f ; h) ⊗ (g ; e)", g="X → Y", h="B → C", e="Y → C")
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism, e: Morphism) -> Equation:
    return f @ g >> h @ e, (f >> h) @ (g >> e)


@law("SYM.1", "swap is natural", "(f ⊗ g) ; σ = σ ; (g ⊗ f)", g="X → Y")
def _(k: Calculus, f: Morphism, g: Morphism) -> Equation:
    return f @ g >> swap(f.cod, g.cod), swap(f.dom, g.dom) >> g @ f


@law("SYM.2", "swap is an involution", "σ ; σ = 1")
def _(k: Calculus, f: Morphism) -> Equation:
    return swap(f.dom, f.cod) >> swap(f.cod, f.dom), id(f.dom @ f.cod)


@law("CART.1", "copying is natural", "f ; Δ = Δ ; (f ⊗ f)")
def _(k: Calculus, f: Morphism) -> Equation:
    return f >> copy(f.cod), copy(f.dom) >> f @ f


@law("CART.2", "discarding is natural", "f ; ! = !")
def _(k: Calculus, f: Morphism) -> Equation:
    return f >> discard(f.cod), discard(f.dom)


@law("CART.3", "copies form a comonoid", "Δ ; (Δ ⊗ 1) = Δ ; (1 ⊗ Δ), Δ ; (! ⊗ 1) = 1, Δ ; σ = Δ")
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A = f.dom
    Δ, I = copy(A), id(A)
    return [(Δ >> Δ @ I, Δ >> I @ Δ), (Δ >> discard(A) @ I, I), (Δ >> swap(A, A), Δ)]


@law("CART.4", "pairing", "⟨f, g⟩ ; π0 = f, ⟨f, g⟩ ; π1 = g", g="A → C")
def _(k: Calculus, f: Morphism, g: Morphism) -> list[Equation]:
    B, C = f.cod, g.cod
    return [(pair(f, g) >> first(B, C), f), (pair(f, g) >> second(B, C), g)]
