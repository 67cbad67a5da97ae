"""Lenses and optics: programs that run there and back.

An optic `(A, A') ⇄ (B, B')` is a pair

    there : A → B ⊗ M,    back : M ⊗ B' → A'

where M is what is remembered in between. Its two views are `get : A → B` and `put : A ⊗ B' → A'`; a lens is the optic
made of them, with M = A. Optics compose there and back again, nothing is run twice, and they make a category:

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> f, g, h = lens(cd.sin(A)), lens(cd.exp(A)), lens(cd.tanh(A))
>>> (f >> g) >> h == f >> (g >> h)                                  # associativity
True
>>> Optic.id(A) >> f == f == f >> Optic.id(A)                       # units
True
>>> (f >> g) @ (g >> h) == (f @ g) >> (g @ h)                       # interchange
True

`lens` is the functor `L(f) = (f, R[f])`: that it preserves composition is the chain rule.

>>> lens(cd.sin(A) >> cd.exp(A)) == lens(cd.sin(A)) >> lens(cd.exp(A))
True

Not every optic is L of something. A straight-through rounding has the derivative of the identity, and clipping a
gradient that of nothing at all:

>>> rounding = Lens(cd.round(A), cd.discard(A) @ cd.id(A))
>>> print(rounding)
f64[3] ⇄ f64[3]

Source: Cruttwell et al., arXiv:2103.01931, Def. 2.1–2.5; optics as pairs with a residual, Riley, arXiv:1809.00738.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..category.morphism import Morphism
from ..category.objects import Object, checked
from ..category.structure import copy, discard, id, swap, wiring
from ..derivative.halves import halves
from ..errors import CompositionError, SignatureError, with_line
from ..hypernet.build import of_net
from ..hypernet.canonical import canonical
from ..hypernet.net import Net
from ..rewrite.strategy import simplify
from .pictures import Pictured


class Optic(Pictured):
    """`(A, A') ⇄ (B, B')`, of `there : A → B ⊗ M` and `back : M ⊗ B' → A'`.

    - `there`, `back`: the two morphisms;
    - `remembered`: how many wires M has.

    Compose with `>>` and `@`; look at it with `get`, `put`, `dom`, `cod` (each a pair of objects, forward and
    backward). Two optics are equal where their views are. Raises `SignatureError` where the two do not meet in M.
    """

    __slots__ = ("back", "cod", "dom", "memory", "there")
    __composes__ = True  # morphisms leave `f >> optic` to the optic

    def __init__(self, there: Morphism, back: Morphism, remembered: int) -> None:
        n = len(there.cod) - remembered
        given, read = there.cod[n:], back.dom[:remembered]
        if n < 0 or given != read:
            said = f"the way there leaves {given}, and the way back takes {read}"
            raise SignatureError(with_line(f"{there} and {back} do not meet: {said}"))
        self.there, self.back, self.memory = there, back, given
        self.dom, self.cod = (there.dom, back.cod), (there.cod[:n], back.dom[remembered:])

    @staticmethod
    def id(A: Object, back: Object | None = None) -> Optic:
        """`1 : (A, A') ⇄ (A, A')`."""
        return Optic(id(checked(A, "id")), id(A if back is None else back), 0)

    @property
    def get(self) -> Morphism:
        """`A → B`: what is computed on the way there."""
        return self.there >> id(self.cod[0]) @ discard(self.memory)

    @property
    def put(self) -> Morphism:
        """`A ⊗ B' → A'`: the way there and back again."""
        return self.there @ id(self.cod[1]) >> discard(self.cod[0]) @ self.back

    @property
    def round(self) -> Morphism:
        """`A ⊗ B' → B ⊗ A'`, `⟨get, put⟩` with everything run once."""
        return self.there @ id(self.cod[1]) >> id(self.cod[0]) @ self.back

    def lean(self) -> Optic:
        """The same, with nothing remembered twice, and nothing that is not read.

        >>> import catdiff as cd
        >>> A = cd.f64()
        >>> twice = Lens(cd.id(A), cd.discard(A) @ cd.id(A)) >> Lens(cd.id(A), cd.mul(A, A))
        >>> print(twice.memory, "|", twice.lean().memory)
        f64 @ f64 | f64
        >>> twice.lean() == twice
        True
        """
        n, k, there, back = len(self.cod[0]), len(self.memory), canonical(self.there.net), canonical(self.back.net)
        left, read = there.outputs[n:].tolist(), {*back.sources.tolist(), *back.outputs.tolist()}
        kept = {w: i for i, w in reversed([*enumerate(left)]) if i in read}  # a wire, and where it is left first
        place = {w: at for at, w in enumerate(kept)}
        M = self.memory
        moved = np.arange(back.wires) + len(kept) - k
        moved[:k] = [place.get(w, 0) for w in left]  # what is nowhere is not read
        dom = Object([M.wires[i] for i in kept.values()]) @ self.cod[1]
        short = Net(dom, back.labels, back.edges, moved[back.sources], moved[back.outputs])
        chosen = [*range(n), *[n + i for i in kept.values()]]
        return Optic(self.there >> wiring(self.there.cod, chosen), of_net(short), len(kept))

    def __rshift__(self, other: Any) -> Optic:
        """`(A, A') ⇄ (B, B') ⇄ (C, C')`; a morphism f counts as `L(f)`."""
        g = optic(other)
        if self.cod != g.dom:
            raise CompositionError(_mismatch(self, g), self, g)
        M, N = self.memory, g.memory
        there = self.there >> g.there @ id(M) >> id(g.cod[0]) @ swap(N, M)
        return Optic(there, id(M) @ g.back >> self.back, len(M) + len(N))

    def __rrshift__(self, other: Any) -> Optic:
        return optic(other) >> self

    def __matmul__(self, other: Any) -> Optic:
        """Side by side."""
        g = optic(other)
        (B, B_), (Y, Y_), M, N = self.cod, g.cod, self.memory, g.memory
        there = self.there @ g.there >> id(B) @ swap(M, Y) @ id(N)
        return Optic(there, id(M) @ swap(N, B_) @ id(Y_) >> self.back @ g.back, len(M) + len(N))

    def __rmatmul__(self, other: Any) -> Optic:
        return optic(other) @ self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Optic):
            return NotImplemented
        if (self.dom, self.cod) != (other.dom, other.cod):
            return False
        return self.round == other.round or simplify(self.round) == simplify(other.round)

    def __hash__(self) -> int:
        return hash((self.dom, self.cod))

    def __repr__(self) -> str:
        return f"cd.Optic({self.there!r}, {self.back!r}, {len(self.memory)})"

    def __str__(self) -> str:
        (A, A_), (B, B_) = self.dom, self.cod
        both = [str(X) if X == X_ else f"({X}, {X_})" for X, X_ in ((A, A_), (B, B_))]
        return " ⇄ ".join(both)

    def pictured(self, **options: Any) -> tuple[Morphism, dict[str, Any]]:
        """`round`, the way there blue and the way back amber."""
        n = len(self.dom[0])
        return self.round, {"cotangents": range(n, n + len(self.cod[1])), **options}


class Lens(Optic):
    """The lens `(A, A') ⇄ (B, B')` of `get : A → B` and `put : A ⊗ B' → A'`: an optic that remembers all of A.

    >>> import catdiff as cd
    >>> A = cd.f64()
    >>> clipped = cd.Lens(cd.id(A), cd.discard(A) @ cd.clip(A, -1.0, 1.0))       # outside the image of R
    >>> x̄ = (clipped >> cd.square(A)).put(3.0, 10.0)
    >>> float(x̄)
    1.0
    """

    __slots__ = ()

    def __init__(self, get: Morphism, put: Morphism) -> None:
        n = len(get.dom)
        if put.dom[:n] != get.dom:
            raise SignatureError(with_line(f"get reads {get.dom}, and put {put.dom}, which does not begin with it"))
        super().__init__(copy(get.dom) >> get @ id(get.dom), put, n)


def lens(f: Morphism, wires: Sequence[int] | None = None) -> Optic:
    """`L(f) = (f, R[f]) : (A, A) ⇄ (B, B)`, f with its reverse derivative, what the latter reads being remembered.

    `wires` gives the cotangents of some inputs only: `(A, A[wires]) ⇄ (B, B)`. Raises `NoDerivativeError` where a
    generator on the way has none.

    >>> import catdiff as cd
    >>> f = cd.sin(cd.f64(2)) >> cd.exp
    >>> cd.lens(f).get == f, cd.lens(f).put == cd.R(f)
    (True, True)
    """
    there, back = halves(f, wires)
    return Optic(there, back, len(there.cod) - len(f.cod))


def optic(f: Any) -> Optic:
    """An optic as it is, and of a morphism f the lens L(f)."""
    if isinstance(f, Optic):
        return f
    if not isinstance(f, Morphism):
        raise SignatureError(with_line(f"optics compose with optics and morphisms, not with {f!r}"))
    return lens(f)


def _mismatch(f: Optic, g: Optic) -> str:
    (B, B_), (C, C_) = f.cod, g.dom
    which = f"forward {f} gives {B} and {g} takes {C}" if B != C else f"backward {g} gives {C_} and {f} takes {B_}"
    return with_line(f"cannot compose {f} >> {g}: {which}")
