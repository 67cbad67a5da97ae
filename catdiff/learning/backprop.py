"""Backprop as functor: the category `Learn`, whose maps are asked for points and answer with points.

A map `A → B` of Learn has parameters P and three programs,

    implement  I : P ⊗ A → B          what it does
    update     U : P ⊗ A ⊗ B → P      the parameters after being told that a should have led to b
    request    r : P ⊗ A ⊗ B → A      and the input that it would rather have been given

They compose: what the second requests of the first is what the first is told. With quadratic error and a rate ε,

    U(p, a, b) = p − ε ∂E/∂p      r(p, a, b) = a − ∂E/∂a      E = ½ ‖I(p, a) − b‖²

makes a functor `backprop : Para → Learn`, which is gradient descent:

>>> import catdiff as cd
>>> A = cd.f64()
>>> f = cd.para(cd.mul(A, A), slope="ones")
>>> g = cd.para(cd.add(A, A), offset="zeros") >> cd.square
>>> F = cd.Backprop(rate=0.5)
>>> one, two = F(f >> g), F(f) >> F(g)
>>> print(two)
f64 → f64, of 2 parameters: slope, offset
>>> args = (2.0, 1.0, 3.0, 47.0)                     # parameters, input, and what it should have led to
>>> [float(x) for x in (*two.update(*args), two.request(*args))]
[-40.0, -13.0, -53.0]
>>> [float(x) for x in (*one.update(*args), one.request(*args))]
[-40.0, -13.0, -53.0]

A map of Learn is a parametric lens that hands points back; the lens of the chain rule hands back changes. For quadratic
error one becomes the other by `change = I(p, a) − b`, and `Learn.changes` undoes what `Backprop` does:

>>> F(f).changes(0.5).put(2.0, 3.0, 1.0) == cd.R(f.body)(2.0, 3.0, 1.0)
True

Source: Fong, Spivak and Tuyéras, arXiv:1711.10455, Def. II.1 and Thm III.2; as lenses, Fong and Johnson,
arXiv:1903.03671.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..category.morphism import Morphism
from ..category.objects import Object
from ..category.structure import copy, discard, id, pair, permute, swap
from ..errors import CompositionError, SignatureError, with_line
from ..generators.constants import const
from ..generators.elementwise import mul, sub
from ..rewrite.strategy import simplify
from .optic import Lens, Optic
from .para import Para
from .parameters import Tree, named, word_of


class Learn:
    """A map `A → B` of Learn: `implement`, `update`, `request`, and the names of the parameters P.

    Compose with `>>` and `@`. Raises `SignatureError` where the three programs are not of these types.
    """

    def __init__(self, trees: Sequence[Tree], implement: Morphism, update: Morphism, request: Morphism) -> None:
        P = word_of(trees)
        A, B = implement.dom[len(P) :], implement.cod
        if implement.dom != P @ A or (update.dom, update.cod) != (P @ A @ B, P):
            raise SignatureError(
                with_line(f"implement is P ⊗ A → B and update P ⊗ A ⊗ B → P, not {implement}, {update}")
            )
        if (request.dom, request.cod) != (P @ A @ B, A):
            raise SignatureError(with_line(f"request is P ⊗ A ⊗ B → A, {P @ A @ B} → {A}, not {request}"))
        self.trees, self.P, self.dom, self.cod = tuple(trees), P, A, B
        self.implement, self.update, self.request = implement, update, request

    @staticmethod
    def id(A: Object) -> Learn:
        """It does nothing, and requests what it is told."""
        return Learn((), id(A), discard(A @ A), discard(A) @ id(A))

    @property
    def lens(self) -> Lens:
        """`(P ⊗ A, P ⊗ A) ⇄ (B, B)`, which hands points back."""
        return Lens(self.implement, pair(self.update, self.request))

    def changes(self, rate: Any) -> Optic:
        """The lens that hands back changes instead, for quadratic error: `b' ↦ (p', a')`, of the same step at this
        rate. `Backprop(rate)(f).changes(rate)` is `L(f)`.
        """
        P, A, B = self.P, self.dom, self.cod
        told = copy(P @ A) @ id(B) >> id(P @ A) @ (self.implement @ id(B) >> minus(B))  # b = I(p, a) − b'
        points = copy(P @ A) @ id(B) >> id(P @ A) @ (told >> self.lens.put)
        return Lens(self.implement, points >> minus(P @ A) >> scaled(P, 1 / rate) @ id(A))

    def __rshift__(self, other: Any) -> Learn:
        """What g requests is what f is told."""
        if not isinstance(other, Learn):
            return NotImplemented
        f, g = self, other
        if f.cod != g.dom:
            raise CompositionError(with_line(f"cannot compose {f} >> {g}: one gives {f.cod}, the other takes {g.dom}"))
        P, Q, A, C = f.P, g.P, f.dom, g.cod
        passed = swap(P, Q) @ id(A) >> id(Q) @ f.implement  # P Q A → Q B
        asked = passed @ id(C)  # P Q A C → Q B C
        own = copy(P @ Q @ A @ C) >> (id(P) @ discard(Q) @ id(A) @ discard(C)) @ (asked >> g.request)  # → P A B
        update = pair(own >> f.update, asked >> g.update)
        return Learn((*f.trees, *g.trees), passed >> g.implement, update, own >> f.request)

    def __matmul__(self, other: Any) -> Learn:
        """Side by side."""
        if not isinstance(other, Learn):
            return NotImplemented
        f, g = self, other
        P, Q, A, X, B = f.P, g.P, f.dom, g.dom, f.cod
        apart = id(P) @ swap(Q, A) @ id(X)  # P Q A X → P A Q X
        told = apart @ id(B @ g.cod) >> id(P @ A) @ swap(Q @ X, B) @ id(g.cod)  # → P A B Q X Y
        implement = apart >> f.implement @ g.implement
        return Learn((*f.trees, *g.trees), implement, told >> f.update @ g.update, told >> f.request @ g.request)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Learn):
            return NotImplemented
        sides = [(k.implement, k.update, k.request) for k in (self, other)]
        same = [(n, p.sort) for n, p in named(self.trees)] == [(n, p.sort) for n, p in named(other.trees)]
        return same and all(f == g or simplify(f) == simplify(g) for f, g in zip(*sides, strict=True))

    def __hash__(self) -> int:
        return hash((self.P, self.dom, self.cod))

    def __repr__(self) -> str:
        names = [name for name, _ in named(self.trees)]
        said = f", of {len(names)} parameter{'s' * (len(names) != 1)}: {', '.join(names)}" if names else ""
        return f"{self.dom} → {self.cod}{said}"


class Backprop:
    """The functor `Para → Learn` of quadratic error and a rate ε, which scales updates and not requests."""

    def __init__(self, rate: Any) -> None:
        self.rate = rate

    def __call__(self, f: Para | Morphism) -> Learn:
        """`(P, f) ↦ (P, f, p − ε ∂E/∂p, a − ∂E/∂a)`."""
        f = f if isinstance(f, Para) else Para(f)
        optic, P, A, B = f.lens(), word_of(f.trees), f.dom, f.cod
        M = optic.memory
        error = id(B) @ swap(M, B) >> minus(B) @ id(M) >> swap(B, M)  # (I, m, b) ↦ (m, I − b)
        changes = optic.there @ id(B) >> error >> optic.back  # P A B → P A
        given = copy(P @ A) @ id(B) >> id(P @ A) @ changes >> id(P @ A) @ scaled(P, self.rate) @ id(A)
        points = given >> minus(P @ A)
        return Learn(f.trees, f.body, points >> id(P) @ discard(A), points >> discard(P) @ id(A))


def minus(A: Object) -> Morphism:
    """`A ⊗ A → A`, the difference."""
    n = len(A)
    whole, together = id(A[:0]), permute(A @ A, [i + j * n for i in range(n) for j in range(2)])
    for B in A:
        whole = whole @ sub(B, B)
    return together >> whole


def scaled(A: Object, factor: Any) -> Morphism:
    """`a ↦ factor · a`."""
    whole = id(A[:0])
    for B in A:
        whole = whole @ (id(B) @ const(factor, B) >> mul(B, B))
    return whole
