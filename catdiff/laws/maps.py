"""The maps laws are written with: projections, injections, sums, and the exchange of the middle wires.

>>> import catdiff as cd
>>> A, B = cd.f64(2), cd.f64()
>>> first(A, B) == cd.id(A) @ cd.discard(B), inject(A, B) == cd.id(A) @ cd.zero(B)
(True, True)
"""

from __future__ import annotations

from collections.abc import Callable

from ..category.morphism import Morphism
from ..category.objects import Object, Sort, word
from ..category.structure import discard, id, pair, swap, wiring
from ..errors import SignatureError, with_line
from ..generators.casts import cast, conj, real
from ..generators.constants import const, zero
from ..generators.elementwise import mul, plus
from ..generators.linear import sum as total


def first(A: Object, B: Object) -> Morphism:
    """`π0 : A ⊗ B → A`."""
    return id(A) @ discard(B)


def second(A: Object, B: Object) -> Morphism:
    """`π1 : A ⊗ B → B`."""
    return discard(A) @ id(B)


def inject(A: Object, B: Object) -> Morphism:
    """`ι0 : A → A ⊗ B`, `a ↦ (a, 0)`."""
    return id(A) @ zero(B)


def inject_second(A: Object, B: Object) -> Morphism:
    """`ι1 : B → A ⊗ B`, `b ↦ (0, b)`."""
    return zero(A) @ id(B)


def nil(A: Object, B: Object) -> Morphism:
    """`0 : A → B`."""
    return discard(A) >> zero(B)


def exchange(A: Object, B: Object, C: Object, E: Object) -> Morphism:
    """`ex : (A ⊗ B) ⊗ (C ⊗ E) → (A ⊗ C) ⊗ (B ⊗ E)`."""
    return id(A) @ swap(B, C) @ id(E)


def added(f: Morphism, g: Morphism) -> Morphism:
    """`f + g = ⟨f, g⟩ ; +`."""
    return pair(f, g) >> plus(f.cod)


def wirewise(binary: Callable[[Object], Morphism], f: Morphism, g: Morphism) -> Morphism:
    """`⟨f, g⟩` followed by a binary generator on each pair of wires."""
    n, each = len(f.cod), id(word([]))
    for X in f.cod:
        each = each @ binary(X @ X)
    return pair(f, g) >> wiring(f.cod @ f.cod, [k for i in range(n) for k in (i, n + i)]) >> each


def times(f: Morphism, g: Morphism) -> Morphism:
    """`f · g`, wire by wire."""
    return wirewise(mul, f, g)


def one(A: Object, B: Object) -> Morphism:
    """`1 : A → B`, ones on every wire."""
    ones = id(word([]))
    for X in B:
        ones = ones @ const(1, X)
    return discard(A) >> ones


SCALARS = {"f32": "f64", "f64": "f64", "c128": "f64"}


def scalar_of(s: Sort) -> str:
    """The dtype in which a wire is paired with its dual."""
    return SCALARS.get(s.dtype.name, s.dtype.name)


def pairing(A: Object, scalars: tuple[str, ...]) -> Morphism:
    """`⟨–, –⟩ : A ⊗ A → k ⊗ …`, `Re Σ conj(u) v`, one scalar for each of these dtypes: f32, f64 and complex wires
    pair in f64, exact ones in their own rig.

    >>> import catdiff as cd
    >>> float(pairing(cd.f64(2), ("f64",))([1.0, 2.0], [3.0, 4.0]))
    11.0
    """
    if not scalars:
        return discard(A @ A)
    parts: dict[str, Morphism] = {}
    for i, X in enumerate(A):
        name = scalar_of(X.sort)
        if name not in scalars:
            raise SignatureError(with_line(f"{X} is not paired in any of {', '.join(scalars)}"))
        dot = conj(X) @ id(X) >> mul(X @ X) >> total(X)
        dot = dot >> (real(dot.cod) if dot.cod.dtype.kind == "complex" else cast(dot.cod, dtype=name))
        term = wiring(A @ A, [i, len(A) + i]) >> dot
        parts[name] = added(parts[name], term) if name in parts else term
    return pair(*[parts.get(name) or nil(A @ A, Object((Sort(name),))) for name in scalars])


def scalars_of(A: Object, B: Object) -> tuple[str, ...]:
    """The dtypes in which the wires of two objects are paired."""
    return tuple(dict.fromkeys(scalar_of(s) for s in (*A.wires, *B.wires)))
