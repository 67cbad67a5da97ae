"""Laws of programs with parameters, `f : P ⊗ A → B`, and of learners: that Para is a monoidal category with 2-cells,
and that R makes parametric lenses of its maps, and gradient descent maps of Learn, functorially.

The sides are built by the classes themselves, so these laws are of `cd.Para`, `cd.Lens` and `cd.Learn` as much as of f.

Source: Cruttwell et al., arXiv:2103.01931, Section 2; Fong, Spivak and Tuyéras, arXiv:1711.10455, for Learn.
"""

from __future__ import annotations

from ...category.morphism import Morphism
from ...category.structure import copy, id, swap
from ...learning.backprop import Backprop, Learn
from ...learning.optic import Lens, Optic, lens
from ...learning.para import Para
from ...learning.parameters import word_of
from ..law import Calculus, Equation, Laws
from ..maps import exchange
from ..types import group

MAP = "P ⊗ A → B"
LAWS = Laws("arXiv:2103.01931, Definition 2.1", type=MAP, order=0, structural=True)
law = LAWS.law


def along(α: Morphism, f: Para) -> Para:
    """`α ∗ f`, its parameters named anew."""
    return f.along(α, group("q", α.dom))


# -- a monoidal category ---------------------------------------------------------------------------------------


@law("PARA.1", "associativity", "(f ; g) ; h = f ; (g ; h)", g="Q ⊗ B → C", h="S ⊗ C → X")
def _(k: Calculus, f: Para, g: Para, h: Para) -> Equation:
    return ((f >> g) >> h).body, (f >> (g >> h)).body


@law("PARA.2", "units", "1 ; f = f = f ; 1")
def _(k: Calculus, f: Para) -> list[Equation]:
    return [((Para(id(f.dom)) >> f).body, f.body), ((f >> Para(id(f.cod))).body, f.body)]


@law("PARA.3", "associativity of ⊗", "(f ⊗ g) ⊗ h = f ⊗ (g ⊗ h)", g="Q ⊗ X → Y", h="S ⊗ Y → X")
def _(k: Calculus, f: Para, g: Para, h: Para) -> Equation:
    return ((f @ g) @ h).body, (f @ (g @ h)).body


@law(
    "PARA.4",
    "interchange, up to the order of parameters",
    "(f ⊗ g) ; (h ⊗ e) = ex ∗ ((f ; h) ⊗ (g ; e))",
    g="Q ⊗ X → Y",
    h="S ⊗ B → C",
    e="T ⊗ Y → Z",
)
def _(k: Calculus, f: Para, g: Para, h: Para, e: Para) -> Equation:
    P, Q, S, T = (word_of(part.trees) for part in (f, g, h, e))
    return (f @ g >> h @ e).body, along(exchange(P, Q, S, T), (f >> h) @ (g >> e)).body


# -- 2-cells ---------------------------------------------------------------------------------------------------


@law("PARA.5", "2-cells compose", "1 ∗ f = f, (β ; α) ∗ f = β ∗ (α ∗ f)", α="Q → P", β="S → Q")
def _(k: Calculus, f: Para, α: Morphism, β: Morphism) -> list[Equation]:
    return [(along(id(α.cod), f).body, f.body), (along(β >> α, f).body, along(β, along(α, f)).body)]


@law(
    "PARA.6",
    "2-cells before composing or after",
    "(α ∗ f) ; (β ∗ g) = (α ⊗ β) ∗ (f ; g)",
    g="Q ⊗ B → C",
    α="S → P",
    β="T → Q",
)
def _(k: Calculus, f: Para, g: Para, α: Morphism, β: Morphism) -> Equation:
    return (along(α, f) >> along(β, g)).body, along(α @ β, f >> g).body


@law("PARA.7", "2-cells side by side", "(α ∗ f) ⊗ (β ∗ g) = (α ⊗ β) ∗ (f ⊗ g)", g="Q ⊗ X → Y", α="S → P", β="T → Q")
def _(k: Calculus, f: Para, g: Para, α: Morphism, β: Morphism) -> Equation:
    return (along(α, f) @ along(β, g)).body, along(α @ β, f @ g).body


@law("PARA.8", "tying weights is a 2-cell", "f ⊗ f, tied, = Δ ∗ (f ⊗ f)")
def _(k: Calculus, f: Para) -> list[Equation]:
    if not f.trees:
        return []
    return [((f @ f).tie("p", "p_2").body, along(copy(word_of(f.trees)), f @ f).body)]


# -- R, a functor to parametric lenses -------------------------------------------------------------------------

lenses = Laws("arXiv:2103.01931, Section 2", type=MAP)


def _lens(k: Calculus, f: Morphism) -> Optic:
    """`(f, R[f])`."""
    return Lens(f, k.R(f))


@lenses.law(
    "PARA.9", "lenses of composites", "L(f ; g) = (σ ⊗ 1) ; (1 ⊗ L(f)) ; L(g), where L(f) = (f, R[f])", g="Q ⊗ B → C"
)
def _(k: Calculus, f: Para, g: Para) -> Equation:
    P, Q = word_of(f.trees), word_of(g.trees)
    brought = lens(swap(P, Q) @ id(f.dom))
    return k.R((f >> g).body), (brought >> Optic.id(Q) @ _lens(k, f.body) >> _lens(k, g.body)).put


@lenses.law("PARA.10", "lenses side by side", "L(f ⊗ g) = ex ; (L(f) ⊗ L(g))", g="Q ⊗ X → Y")
def _(k: Calculus, f: Para, g: Para) -> Equation:
    brought = lens(exchange(word_of(f.trees), word_of(g.trees), f.dom, g.dom))
    return k.R((f @ g).body), (brought >> _lens(k, f.body) @ _lens(k, g.body)).put


@lenses.law("PARA.11", "lenses of 2-cells", "L(α ∗ f) = (L(α) ⊗ 1) ; L(f)", α="Q → P")
def _(k: Calculus, f: Para, α: Morphism) -> Equation:
    return k.R(along(α, f).body), (_lens(k, α) @ Optic.id(f.dom) >> _lens(k, f.body)).put


LAWS += lenses

# -- Learn -----------------------------------------------------------------------------------------------------

LEARNERS = Laws("arXiv:1711.10455, Definition II.1 and Theorem III.2", type=MAP)
learners = LEARNERS.law
OWN = {"u": "P ⊗ A ⊗ B → P", "r": "P ⊗ A ⊗ B → A"}
OTHERS = {"g": "Q ⊗ B → C", "v": "Q ⊗ B ⊗ C → Q", "s": "Q ⊗ B ⊗ C → B"}
THIRD = {"h": "S ⊗ C → X", "w": "S ⊗ C ⊗ X → S", "t": "S ⊗ C ⊗ X → C"}


def learner(f: Para, update: Para, request: Para) -> Learn:
    """Any map of Learn."""
    return Learn(f.trees, f.body, update.body, request.body)


def rate(f: Para) -> int:
    """−1, which scales what is to be scaled and shows where nothing is; over ℤ₂ that is written 1."""
    return 1 if any(s.dtype.name == "z2" for s in f.body.dom.wires) else -1


def descent(k: Calculus, f: Para) -> Learn:
    """`F(f)`, with the R of the calculus."""
    return Backprop(rate(f)).of(f.trees, _lens(k, f.body))


def alike(one: Learn, two: Learn, order: Morphism | None = None) -> list[Equation]:
    """That what they do, what they become and what they ask for is equal; told in this `order` of the inputs."""
    told = id(one.update.dom) if order is None else order
    return [
        (one.implement, two.implement),
        (told >> one.update, told >> two.update),
        (told >> one.request, told >> two.request),
    ]


@learners(
    "LEARN.1",
    "associativity",
    "((f, u, r) ; (g, v, s)) ; (h, w, t) = (f, u, r) ; ((g, v, s) ; (h, w, t))",
    order=0,
    structural=True,
    **OWN,
    **OTHERS,
    **THIRD,
)
def _(k: Calculus, f: Para, u: Para, r: Para, g: Para, v: Para, s: Para, h: Para, w: Para, t: Para) -> list[Equation]:
    F, G, H = learner(f, u, r), learner(g, v, s), learner(h, w, t)
    return alike((F >> G) >> H, F >> (G >> H))


@learners("LEARN.2", "units", "1 ; (f, u, r) = (f, u, r) = (f, u, r) ; 1", order=0, structural=True, **OWN)
def _(k: Calculus, f: Para, u: Para, r: Para) -> list[Equation]:
    F = learner(f, u, r)
    return [*alike(Learn.id(f.dom) >> F, F), *alike(F >> Learn.id(f.cod), F)]


@learners("LEARN.3", "descent of identities", "F(1) = 1")
def _(k: Calculus, f: Para) -> list[Equation]:
    return alike(descent(k, Para(id(f.dom))), Learn.id(f.dom))


@learners("LEARN.4", "descent of composites", "F(f ; g) = F(f) ; F(g)", g="Q ⊗ B → C")
def _(k: Calculus, f: Para, g: Para) -> list[Equation]:
    P, Q, A, C = word_of(f.trees), word_of(g.trees), f.dom, g.cod
    return alike(descent(k, f >> g), descent(k, f) >> descent(k, g), exchange(P, A, Q, C))


@learners("LEARN.5", "descent side by side", "F(f ⊗ g) = F(f) ⊗ F(g)", g="Q ⊗ X → Y")
def _(k: Calculus, f: Para, g: Para) -> list[Equation]:
    P, Q, A, X = word_of(f.trees), word_of(g.trees), f.dom, g.dom
    return alike(descent(k, f @ g), descent(k, f) @ descent(k, g), exchange(P, A, Q, X) @ id(f.cod @ g.cod))


@learners("LEARN.6", "points become changes", "F(f), with changes f(p, a) − b and p − U, a − r, is L(f)")
def _(k: Calculus, f: Para) -> Equation:
    return descent(k, f).changes(rate(f)).put, k.R(f.body)
