"""The left-additive laws: what `+` and `0` of morphisms obey.

Some hold on the nose, as equality of diagrams; that sums associate and commute holds of values.

Source: Cockett et al., arXiv:1910.07065, Definition 1, and Cruttwell et al., arXiv:2103.01931, Appendix A.
"""

from __future__ import annotations

from ...category.morphism import Morphism
from ...category.structure import pair
from ...generators.constants import zero
from ...generators.elementwise import plus
from ..law import Calculus, Equation, Laws
from ..maps import added, exchange, first, nil, second

LAWS = Laws("arXiv:2103.01931, Appendix A", order=0)
law = LAWS.law


@law("LA.0", "a commutative monoid", "(f + g) + h = f + (g + h), f + g = g + f, f + 0 = f", g="A → B", h="A → B")
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> list[Equation]:
    return [
        (added(added(f, g), h), added(f, added(g, h))),
        (added(f, g), added(g, f)),
        (added(f, nil(f.dom, f.cod)), f),
    ]


@law("LA.1", "sums are of values", "f ; (g + h) = f ; g + f ; h, f ; 0 = 0", g="B → C", h="B → C")
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> list[Equation]:
    return [
        (f >> added(g, h), added(f >> g, f >> h)),
        (f >> nil(f.cod, g.cod), nil(f.dom, g.cod)),
    ]


@law("LA.2", "projections are additive", "(f + g) ; π_i = f ; π_i + g ; π_i, 0 ; π_i = 0")
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
)
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism, e: Morphism) -> list[Equation]:
    A, B, C = f.dom, f.cod, g.cod
    return [
        (added(pair(f, g), pair(h, e)), pair(added(f, h), added(g, e))),
        (nil(A, B @ C), pair(nil(A, B), nil(A, C))),
    ]


@law("LA.4", "sums are taken wire by wire", "+_{A⊗B} = ex ; (+_A ⊗ +_B), 0_{A⊗B} = 0_A ⊗ 0_B")
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return [(plus(A @ B), exchange(A, B, A, B) >> plus(A) @ plus(B)), (zero(A @ B), zero(A) @ zero(B))]
