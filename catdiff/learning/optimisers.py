"""Optimisers: lenses `(S ⊗ P, S ⊗ P) ⇄ (P, P')`.

Forward, an optimiser says where the model is to be evaluated; backward, it takes the change that comes back and makes
the next state and parameters. What comes back is already multiplied by the cap, −1: it points downhill, and the rate
is the optimiser's own. One for a product is the tensor of those for its factors, so every wire has a state of its own.

>>> import catdiff as cd
>>> P = cd.f64(3)
>>> step = cd.optimisers.momentum(0.1, decay=0.9).on(P)
>>> print(step)
f64[3] @ f64[3] ⇄ f64[3]
>>> s, p = step.put([1.0, 0.0, 0.0], [5.0, 5.0, 5.0], [0.0, -1.0, 0.0])     # s⁺ = γ s + p', p⁺ = p + ε s⁺
>>> s, p
(array([ 0.9, -1. ,  0. ]), array([5.09, 4.9 , 5.  ]))

Source: Cruttwell et al., arXiv:2103.01931, §3.3; the sign of their momentum, and the place of t and of the rate in
Adagrad and Adam, are corrected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..category.binder import build
from ..category.objects import UNIT, Object, Sort
from ..category.structure import discard, id, permute
from ..generators.elementwise import sqrt, square
from .initialisers import zeros
from .optic import Lens, Optic
from .parameters import Parameter

Update = Callable[..., Any]


@dataclass(frozen=True)
class Optimiser:
    """How weights are changed, wire by wire.

    - `states`: what is kept for a wire: names, and whether it is like the wire or a scalar;
    - `look`: where to evaluate, of the states and the wire; None for the wire itself;
    - `update`: new states and the new wire, of states, wire and what came back.
    """

    name: str
    states: tuple[tuple[str, bool], ...]
    update: Update
    look: Update | None = None

    def kept(self, P: Object) -> list[Parameter]:
        """The states for all wires of P, by wire, and how they begin: at zero."""
        return [Parameter(name, self._sort(s, like), zeros) for s in P.wires for name, like in self.states]

    @staticmethod
    def _sort(sort: Sort, like: bool) -> Sort:
        return sort if like else sort.with_shape(())

    def on(self, P: Object) -> Optic:
        """`(S ⊗ P, S ⊗ P) ⇄ (P, P)`: the tensor of the lenses of the wires of P, all states first."""
        one = [self._one(A) for A in P]
        whole = Optic.id(UNIT)
        for lens in one:
            whole = whole @ lens
        k = len(self.states)
        n = len(P)
        apart = [i * k + j if j < k else n * k + i for i in range(n) for j in range(k + 1)]
        given = whole.dom[0]
        together = [apart.index(i) for i in range(len(apart))]
        S = permute(given, together).cod
        return Optic(permute(S, apart), permute(given, together), 0) >> whole

    def _one(self, A: Object) -> Optic:
        S = Object([self._sort(A.sort, like) for _, like in self.states])
        get = discard(S) @ id(A) if self.look is None else build(S @ A, self.look)
        return Lens(get, build(S @ A @ A, self.update).box(self.name))


def ascent() -> Optimiser:
    """`p⁺ = p + p'`, over any rig: with the cap 1 over ℤ₂ this is reverse derivative ascent."""
    return Optimiser("add", (), lambda p, change: p + change)


def sgd(rate: float) -> Optimiser:
    """Gradient descent: `p⁺ = p + ε p'`."""
    return Optimiser("descend", (), lambda p, change: p + rate * change)


def momentum(rate: float, decay: float = 0.9) -> Optimiser:
    """Heavy ball: `s⁺ = γ s + p'`, `p⁺ = p + ε s⁺`. Source: Polyak, 1964."""

    def update(s: Any, p: Any, change: Any) -> Any:
        s = decay * s + change
        return s, p + rate * s

    return Optimiser("momentum", (("velocity", True),), update)


def nesterov(rate: float, decay: float = 0.9) -> Optimiser:
    """Momentum, with the gradient taken where it leads: at `p + ε γ s`. Source: Nesterov, 1983."""
    plain = momentum(rate, decay)
    return Optimiser("nesterov", plain.states, plain.update, lambda s, p: p + rate * decay * s)


def adagrad(rate: float, eps: float = 1e-8) -> Optimiser:
    """`g⁺ = g + p'²`, `p⁺ = p + ε p' / (δ + √g⁺)`. Source: Duchi et al., JMLR 12, 2011."""

    def update(g: Any, p: Any, change: Any) -> Any:
        g = g + square(change)
        return g, p + rate * change / (sqrt(g) + eps)

    return Optimiser("adagrad", (("squares", True),), update)


def adam(rate: float = 1e-3, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8, decay: float = 0.0) -> Optimiser:
    """`m⁺ = β₁m + (1−β₁)p'`, `v⁺ = β₂v + (1−β₂)p'²`, and `p⁺ = p + ε m̂ / (√v̂ + δ)` with both corrected for
    beginning at zero; `decay` λ takes `ε λ p` off beside that (AdamW).

    Source: Kingma and Ba, arXiv:1412.6980, Alg. 1; Loshchilov and Hutter, arXiv:1711.05101.
    """

    def update(m: Any, v: Any, t: Any, p: Any, change: Any) -> Any:
        m, v, t = b1 * m + (1 - b1) * change, b2 * v + (1 - b2) * square(change), t + 1.0
        first, second = m / (1.0 - b1**t), v / (1.0 - b2**t)
        moved = p + rate * first / (sqrt(second) + eps)
        return m, v, t, moved - rate * decay * p if decay else moved

    return Optimiser("adam", (("mean", True), ("square", True), ("time", False)), update)
