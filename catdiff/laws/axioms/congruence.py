"""Congruence: programs that are equal by the equations of a rig, or by a rewrite, have equal derivatives.

A wrong rule that satisfies every axiom of a reverse derivative category is caught here: a product whose R is that of a
sum is not distributive over sums once it is differentiated.

>>> import catdiff as cd
>>> f = cd.sin(cd.f64())
>>> left, right = distributed(f, f, f)
>>> left == right, cd.R(left) == cd.R(right)
(False, False)
"""

from __future__ import annotations

from ...category.morphism import Morphism
from ...category.objects import f64
from ...generators.elementwise import exp, sin
from ...generators.expand import expand
from ...generators.macros import logsumexp
from ...rewrite.strategy import simplify
from ..law import Calculus, Equation, Law, Laws
from ..maps import added, nil, one, times

LAWS = Laws("arXiv:1910.07065: R is an operator on morphisms, so equal ones have equal derivatives")
law = LAWS.law
SAME = "implies R[left] = R[right], R[R[left]] = R[R[right]]"


def both(k: Calculus, left: Morphism, right: Morphism) -> list[Equation]:
    """Two programs that are equal, and R and R∘R of them."""
    once = k.R(left), k.R(right)
    return [(left, right), once, (k.R(once[0]), k.R(once[1]))]


def distributed(f: Morphism, g: Morphism, h: Morphism) -> Equation:
    """`(f + g) · h` and `f · h + g · h`."""
    return times(added(f, g), h), added(times(f, h), times(g, h))


@law("CG.1", "products associate", f"(f · g) · h = f · (g · h) {SAME}", g="A → B", h="A → B", order=2)
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> list[Equation]:
    return both(k, times(times(f, g), h), times(f, times(g, h)))


@law("CG.2", "products commute", f"f · g = g · f {SAME}", g="A → B", order=2)
def _(k: Calculus, f: Morphism, g: Morphism) -> list[Equation]:
    return both(k, times(f, g), times(g, f))


@law("CG.3", "one and zero", f"f · 1 = f, f · 0 = 0 {SAME}", order=2)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    A, B = f.dom, f.cod
    return both(k, times(f, one(A, B)), f) + both(k, times(f, nil(A, B)), nil(A, B))


@law("CG.4", "products distribute", f"(f + g) · h = f · h + g · h {SAME}", g="A → B", h="A → B", order=2)
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> list[Equation]:
    return both(k, *distributed(f, g, h))


@law("CG.5", "sums", f"(f + g) + h = f + (g + h), f + g = g + f, f + 0 = f {SAME}", g="A → B", h="A → B", order=2)
def _(k: Calculus, f: Morphism, g: Morphism, h: Morphism) -> list[Equation]:
    return (
        both(k, added(added(f, g), h), added(f, added(g, h)))
        + both(k, added(f, g), added(g, f))
        + both(k, added(f, nil(f.dom, f.cod)), f)
    )


def _unsimple() -> Morphism:
    A = f64()
    return times(sin(A), one(A, A))


def _boxed() -> Morphism:
    return (sin(f64()) >> exp(f64())).box("wave")


def _macro() -> Morphism:
    return logsumexp(f64(3))


@law("CG.6", "simplification", f"simplify(f) = f {SAME}", order=2, example=_unsimple)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    return both(k, simplify(f), f)


def no_boxes(f: Morphism) -> str | None:
    """Why there is nothing to open."""
    return None if any(lab.bodies for lab in f.net.labels) else "f has no boxes"


@law("CG.7", "boxes are transparent", f"f with its boxes opened = f {SAME}", order=2, where=no_boxes, example=_boxed)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    return both(k, f.flatten(), f)


def no_macros(f: Morphism) -> str | None:
    """Why there is nothing to expand."""
    return None if any(lab.row.definition for lab in f.flatten().net.labels) else "f has no rows with a definition"


@law(
    "CG.8",
    "definitions",
    f"f with definitions for its rows = f {SAME}",
    order=2,
    where=no_macros,
    example=_macro,
)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    return both(k, expand(f), f)


def declared(g: Morphism) -> Law:
    """The law of an f that somebody says equals g: so do their values, and both derivatives."""
    name, title = "CG.9", "equal to another program"
    return Law(name, title, f"f = g {SAME}", lambda k, f: both(k, f, g), order=2, fixed=True)
