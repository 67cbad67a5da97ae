"""`R[f] : A × B → A`, as a transformation of hypernets (the sweep itself is in `sweep`).

>>> import catdiff as cd
>>> A = cd.f64()
>>> cd.R(cd.sin(A)) == cd.cos(A) @ cd.id(A) >> cd.mul          # R[sin](x, ȳ) = cos(x) ȳ
True
>>> cd.R(cd.copy(A)) == cd.discard(A) @ cd.add(A)              # copy and add are each other's transpose
True

Source: Cockett et al., arXiv:1910.07065, for the axioms RD.1–RD.7.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index

from ..category.families import Family
from ..category.morphism import Morphism
from ..category.objects import Object
from ..errors import SignatureError, with_line
from ..hypernet.build import of_net
from ..hypernet.canonical import canonical
from ..hypernet.net import Net
from ..hypernet.recursion import run
from .operator import operator
from .rules import zero_wire
from .sweep import sweep

REVERSE = "made by R"  # what is remembered of a net that is a reverse derivative


@operator
def R(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`R[f] : A ⊗ B → A`, `R[f](a, b̄) = J_f(a)ᵀ b̄`, again a morphism.

    `wires` asks for the cotangents of some inputs only: `A ⊗ B → A[wires]`. Of a model `(P, f : P ⊗ A → B)` this is the
    model `(P, R[f]) : A ⊗ B → P ⊗ A`: on many examples, the gradients of each. Raises `NoDerivativeError` where a
    generator on the way has none.

    >>> import catdiff as cd
    >>> bool(cd.R(cd.sin(cd.f64()))(0.0, 2.0) == 2.0)
    True
    """
    return of_net(_reverse(f, chosen_wires(f, wires), value=False))


@operator
def vjp(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`⟨f, R[f]⟩ : A ⊗ B → B ⊗ A`, `(a, b̄) ↦ (f(a), J_f(a)ᵀ b̄)`, the forward pass shared.

    >>> import catdiff as cd
    >>> y, x̄ = cd.vjp(cd.exp(cd.f64()))(0.0, 2.0)
    >>> float(y), float(x̄)
    (1.0, 2.0)
    """
    return of_net(_reverse(f, chosen_wires(f, wires), value=True))


def _reverse(f: Morphism, wires: list[int], value: bool) -> Net:
    net = canonical(f.net)
    key = ("R", tuple(wires), value)
    found = net.memo.get(key)
    if found is None:
        asked = frozenset(wires)
        wanted = [i in asked for i in range(len(net.dom))]
        s = run(sweep(net, [True] * len(net.cod), wanted))
        b = s.builder
        x̄ = [w if w is not None else zero_wire(b, net.dom.wires[i]) for i in wires for w in [s.x̄[i]]]
        outputs = [*s.outputs, *x̄] if value else x̄
        found = net.memo[key] = b.finish(net.dom @ net.cod, [*b.inputs, *s.ȳ], outputs)
        found.memo[REVERSE] = True
    return found


def chosen_wires(f: Morphism, wires: Sequence[int] | None) -> list[int]:
    """The inputs meant by `wires`: all of them where it is None. Raises where f is no morphism."""
    if not isinstance(f, Morphism):
        hint = f"{f!r}(cd.f64(3)) is one" if isinstance(f, Family) else None
        hint = "model.body is one" if isinstance(getattr(f, "body", None), Morphism) else hint
        raise SignatureError(with_line(f"derivatives are of morphisms, not of {f!r}", hint))
    n = len(f.dom)
    if wires is None:
        return list(range(n))
    try:
        chosen = [index(w) for w in wires if not isinstance(w, bool)]
    except TypeError:
        raise SignatureError(with_line(f"wires is a list of the inputs meant, such as [0], not {wires!r}")) from None
    if len(chosen) != len(wires) or any(not 0 <= w < n for w in chosen):
        raise SignatureError(with_line(f"wires={[*wires]}, but the inputs of {f} are numbered 0 to {n - 1}"))
    if len({*chosen}) != len(chosen):
        raise SignatureError(with_line(f"wires={chosen} names an input twice"))
    return chosen


def of_wires(A: Object, wires: Sequence[int]) -> Object:
    """The object `A[wires]`."""
    return Object(A.wires[w] for w in wires)
