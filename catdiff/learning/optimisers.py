"""Optimisers: lenses `(S ⊗ P, S ⊗ P) ⇄ (P, P')`, which compose.

Forward, an optimiser says where the model is to be evaluated; backward, it takes the change that comes back and makes
the next state and parameters. What comes back is already multiplied by the cap, −1: it points downhill, and the rate
is the optimiser's own.

>>> import catdiff as cd
>>> P = cd.f64(3)
>>> step = cd.optimisers.momentum(0.1, decay=0.9).on(P)
>>> print(step)
f64[3] @ f64[3] ⇄ f64[3]
>>> s, p = step.put([1.0, 0.0, 0.0], [5.0, 5.0, 5.0], [0.0, -1.0, 0.0])     # s⁺ = γ s + p', p⁺ = p + ε s⁺
>>> s, p
(array([ 0.9, -1. ,  0. ]), array([5.09, 4.9 , 5.  ]))

All are made of a few lenses: `ascent` adds what comes back, and others change what comes back before. In

>>> gentle = cd.optimisers.sgd(0.1) >> cd.optimisers.weight_decay(1e-4) >> cd.optimisers.clip(1.0)

a change is first clipped, then decayed, then followed: from the model's end of the lens to that of the weights. Most
work wire by wire, and for them the optimiser of a product is the tensor of optimisers; `clip` looks at all wires at
once, and `groups` gives every part of a model its own.

Source: Cruttwell et al., arXiv:2103.01931, §3.3; the sign of their momentum, and the place of t and of the rate in
Adagrad and Adam, are corrected.
"""

from __future__ import annotations

from typing import Any

from ..category.binder import build
from ..category.objects import Object
from ..category.structure import discard, id
from ..errors import SignatureError, with_line
from ..generators.elementwise import maximum, sqrt, square
from .optic import Lens, Optic
from .optimiser import Optimiser, direction, groups, wirewise
from .parameters import Tree
from .recipe import recipe
from .schedules import Schedule, number

__all__ = [
    "Optimiser",
    "adagrad",
    "adam",
    "adamw",
    "ascent",
    "clip",
    "direction",
    "groups",
    "momentum",
    "nesterov",
    "rmsprop",
    "scale",
    "sgd",
    "weight_decay",
    "wirewise",
]


@recipe
def ascent() -> Optimiser:
    """`p⁺ = p + p'`, over any rig: over ℤ₂ this is the optimiser of reverse derivative ascent."""
    return wirewise("ascent()", {}, lambda p, change: p + change)


@recipe
def scale(rate: float | Schedule) -> Optimiser:
    """`p' ↦ ε p'`; a schedule's ε depends on how many steps there were, which is a state."""
    if not isinstance(rate, Schedule):
        ε = number(rate)
        return direction(f"scale({ε!r})", {}, lambda p, change: ε * change)
    rule = rate.rule
    return direction(f"scale({rate!r})", {"time": False}, lambda t, p, change: (t + 1.0, rule(t) * change))


@recipe
def weight_decay(rate: float) -> Optimiser:
    """`p' ↦ p' − λ p`, the change of `loss + ½ λ ‖p‖²`: as in `sgd(0.1) >> weight_decay(1e-4)`."""
    λ = number(rate)
    return direction(f"weight_decay({λ!r})", {}, lambda p, change: change - λ * p)


@recipe
def clip(norm: float) -> Optimiser:
    """`p' ↦ p' · min(1, c / ‖p'‖)`, ‖p'‖ over all weights together. No derivative clips: this is a lens outside the
    image of R, and what follows it is not the gradient of anything.

    >>> import catdiff as cd
    >>> f = (cd.optimisers.ascent() >> cd.optimisers.clip(1.0)).on(cd.f64() @ cd.f64())
    >>> [round(float(x), 6) for x in f.put(0.0, 0.0, 30.0, 40.0)]
    [0.6, 0.8]

    Source: Pascanu et al., arXiv:1211.5063, Alg. 1.
    """
    c = number(norm)
    if not c > 0:
        raise SignatureError(with_line(f"clip takes a positive norm, not {norm!r}"))

    def at(P: dict[str, Object]) -> tuple[tuple[Tree, ...], Optic]:
        whole = Object([A.sort for A in P.values()])
        strange = [f"{name} : {A}" for name, A in P.items() if A.dtype.kind != "real"]
        if strange:
            raise SignatureError(with_line(f"a norm is of real numbers, and there is {strange[0]}"))

        def clipped(*changes: Any) -> Any:
            squares = [square(x).sum().astype("f64") for x in changes]
            factor = c / maximum(sqrt(sum(squares[1:], squares[0])), c)
            return tuple([x * factor.astype(x.sort.dtype.name) for x in changes])

        back = build(whole, clipped).box("clip by norm") if len(whole) else id(whole)
        return (), Lens(id(whole), discard(whole) @ back)

    return Optimiser(f"clip({c!r})", at)


@recipe
def sgd(rate: float | Schedule) -> Optimiser:
    """Gradient descent: `p⁺ = p + ε p'`."""
    return (ascent() >> scale(rate)).called(f"sgd({rate!r})")


@recipe
def momentum(rate: float | Schedule, decay: float = 0.9) -> Optimiser:
    """Heavy ball: `s⁺ = γ s + p'`, `p⁺ = p + ε s⁺`. Source: Polyak, 1964."""
    return (sgd(rate) >> _velocity(decay)).called(f"momentum({rate!r}, {decay!r})")


def _share(decay: float) -> Any:
    """How much of what was stays, from 0 to below 1: a mean of more than all there was goes to no number."""
    if not 0 <= number(decay) < 1:
        raise SignatureError(with_line(f"what stays from step to step is a share from 0 to below 1, not {decay!r}"))
    return decay


@recipe
def _velocity(decay: float) -> Optimiser:
    """`s⁺ = γ s + p'`, `p' ↦ s⁺`."""
    γ = _share(decay)

    def update(s: Any, p: Any, change: Any) -> Any:
        s = γ * s + change
        return s, s

    return direction(f"velocity({γ!r})", {"velocity": True}, update)


@recipe
def nesterov(rate: float | Schedule, decay: float = 0.9) -> Optimiser:
    """Momentum, with the gradient taken where it leads: at `p + γ s`; `s⁺ = γ s + ε p'`, `p⁺ = p + s⁺`.

    Source: Nesterov, 1983, as in Sutskever et al., ICML 2013.
    """
    γ = _share(decay)

    def update(s: Any, p: Any, change: Any) -> Any:
        s = γ * s + change
        return s, p + s

    ahead = wirewise(f"ahead({γ!r})", {"velocity": True}, update, lambda s, p: p + γ * s)
    return (ahead >> scale(rate)).called(f"nesterov({rate!r}, {decay!r})")


@recipe
def adagrad(rate: float | Schedule, eps: float = 1e-8) -> Optimiser:
    """`g⁺ = g + p'²`, `p⁺ = p + ε p' / (δ + √g⁺)`. Source: Duchi et al., JMLR 12, 2011."""

    def update(g: Any, p: Any, change: Any) -> Any:
        g = g + square(change)
        return g, change / (sqrt(g) + eps)

    scaled = direction(f"by_squares({eps!r})", {"squares": True}, update)
    return (sgd(rate) >> scaled).called(f"adagrad({rate!r}, {eps!r})")


@recipe
def rmsprop(rate: float | Schedule, decay: float = 0.99, eps: float = 1e-8, momentum: float = 0.0) -> Optimiser:
    """`v⁺ = ρ v + (1−ρ) p'²`, `p⁺ = p + ε p' / (√v⁺ + δ)`, with the velocity of `momentum` where that is not 0.

    Source: Tieleman and Hinton, 2012, lecture 6.5.
    """

    _share(decay)

    def update(v: Any, p: Any, change: Any) -> Any:
        v = decay * v + (1 - decay) * square(change)
        return v, change / (sqrt(v) + eps)

    scaled = direction(f"by_mean_square({decay!r}, {eps!r})", {"square": True}, update)
    followed = sgd(rate) >> _velocity(momentum) if momentum else sgd(rate)
    return (followed >> scaled).called(f"rmsprop({rate!r}, {decay!r}, {eps!r}, {momentum!r})")


@recipe
def _moments(b1: float, b2: float, eps: float) -> Optimiser:
    """`p' ↦ m̂ / (√v̂ + δ)`, of means and squares both corrected for beginning at zero."""

    _share(b1)
    _share(b2)

    def update(m: Any, v: Any, t: Any, p: Any, change: Any) -> Any:
        m, v, t = b1 * m + (1 - b1) * change, b2 * v + (1 - b2) * square(change), t + 1.0
        first, second = m / (1.0 - b1**t), v / (1.0 - b2**t)
        return m, v, t, first / (sqrt(second) + eps)

    return direction(f"moments({b1!r}, {b2!r}, {eps!r})", {"mean": True, "square": True, "time": False}, update)


@recipe
def adam(rate: float | Schedule = 1e-3, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Optimiser:
    """`m⁺ = β₁m + (1−β₁)p'`, `v⁺ = β₂v + (1−β₂)p'²`, `p⁺ = p + ε m̂ / (√v̂ + δ)`, with `m̂ = m⁺ / (1−β₁ᵗ)` and
    `v̂ = v⁺ / (1−β₂ᵗ)`.

    Source: Kingma and Ba, arXiv:1412.6980, Alg. 1.
    """
    return (sgd(rate) >> _moments(b1, b2, eps)).called(f"adam({rate!r}, {b1!r}, {b2!r}, {eps!r})")


@recipe
def adamw(
    rate: float | Schedule = 1e-3, decay: float = 0.01, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8
) -> Optimiser:
    """Adam, with `ε λ p` taken off beside it: `p⁺ = p + ε (m̂ / (√v̂ + δ) − λ p)`.

    Source: Loshchilov and Hutter, arXiv:1711.05101, Alg. 2.
    """
    decayed = sgd(rate) >> weight_decay(decay) >> _moments(b1, b2, eps)
    return decayed.called(f"adamw({rate!r}, {decay!r}, {b1!r}, {b2!r}, {eps!r})")
