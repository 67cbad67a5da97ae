"""What an optimiser is: for weights P, states S and a lens `(S ⊗ P, S ⊗ P) ⇄ (P, P)`.

States are parameters of the lens, so optimisers compose as parametric lenses do, states beside states:

    (S, f) >> (T, g) = (S ⊗ T, f ; g)

and they are a category, whose identity follows nothing and keeps nothing:

>>> import catdiff as cd
>>> from catdiff.learning.parameters import named
>>> from catdiff.learning.optimisers import clip, momentum, weight_decay
>>> f, g, h, P = momentum(0.1), weight_decay(0.5), clip(1.0), cd.f64(2) @ cd.f64()
>>> ((f >> g) >> h).on(P) == (f >> (g >> h)).on(P)
True
>>> [name for name, _ in named(f.kept({"weight": cd.f64(2), "bias": cd.f64()}))]
['weight.velocity', 'bias.velocity']

An optimiser made wire by wire is, of a product, the tensor of what it is of the factors, up to the order of the wires.

Source: Cruttwell et al., arXiv:2103.01931, §3.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..category.binder import build
from ..category.objects import UNIT, Object
from ..category.structure import discard, id, permute, swap
from ..errors import ArgumentError, SignatureError, with_line
from .initialisers import zeros
from .optic import Lens, Optic
from .parameters import Parameter, Tree, leaves, word_of
from .recipe import Recipe, recipe

Weights = Mapping[str, Object]
Update = Callable[..., Any]
Made = tuple[tuple[Tree, ...], Optic]  # the states S under their names, and the lens
Part = tuple[Object, Object, Optic]  # S, P and the lens of a factor of a product


class Optimiser(Recipe):
    """How weights are changed: `at(P)` gives, of weights by name, the states' names and the lens.

    - `on(P)`: the lens `(S ⊗ P, S ⊗ P) ⇄ (P, P)`;
    - `kept(P)`: the states S, as parameters, which begin at zero;
    - `f >> g`: the changes that come back go through g, then f.

    P is a mapping from names to objects of one wire, or an object, whose wires are then called 0, 1, ….
    """

    def __init__(self, name: str, at: Callable[[dict[str, Object]], Made]) -> None:
        self.name, self._at = name, at

    def at(self, P: Weights | Object) -> Made:
        """The states for these weights, and the lens."""
        return self._at({str(i): A for i, A in enumerate(P)} if isinstance(P, Object) else dict(P))

    def on(self, P: Weights | Object) -> Optic:
        """`(S ⊗ P, S ⊗ P) ⇄ (P, P)`."""
        return self.at(P)[1]

    def kept(self, P: Weights | Object) -> tuple[Tree, ...]:
        """The states S."""
        return self.at(P)[0]

    def called(self, name: str) -> Optimiser:
        """The same under a shorter name."""
        return Optimiser(name, self._at)

    @recipe
    def __rshift__(self, other: Any) -> Optimiser:
        """`(S ⊗ T, f ; g)`."""
        if not isinstance(other, Optimiser):
            return NotImplemented
        f, g = self, other

        def at(P: dict[str, Object]) -> Made:
            (S, first), (T, second) = f.at(P), g.at(P)
            left, right, whole = word_of(S), word_of(T), _word(P)
            apart, together = swap(left, right) @ id(whole), swap(right, left) @ id(whole)
            return (*S, *T), Optic(apart, together, 0) >> Optic.id(right) @ first >> second

        return Optimiser(f"{f!r} >> {g!r}", at)

    def __repr__(self) -> str:
        return self.name if self.name.startswith("cd.") else f"cd.optimisers.{self.name}"


@recipe
def wirewise(name: str, states: Mapping[str, bool], update: Update, look: Update | None = None) -> Optimiser:
    """An optimiser that treats every wire by itself.

    - `states`: what is kept for a wire: names, and whether it is like the wire, or one number;
    - `update`: of states, wire and change, the new states and what goes back in the wire's place;
    - `look`: of states and wire, where to evaluate; the wire itself without it.

    >>> import catdiff as cd
    >>> signs = cd.optimisers.wirewise("signs", {}, lambda p, change: p + 0.1 * cd.sign(change))
    >>> signs.on(cd.f64(3)).put([1.0, 1.0, 1.0], [-5.0, 0.0, 0.1])
    array([0.9, 1. , 1.1])
    """

    def at(P: dict[str, Object]) -> Made:
        trees, parts = [], []
        for wire, A in P.items():
            sorts = {n: A.sort if like else A.sort.with_shape(()) for n, like in states.items()}
            kept = [Parameter(f"{wire}.{n}", sort, zeros) for n, sort in sorts.items()]
            S = word_of(kept)
            get = discard(S) @ id(A) if look is None else build(S @ A, look)
            parts.append((S, A, Lens(get, build(S @ A @ A, update).box(name))))
            trees += kept
        return tuple(trees), tensor(parts)

    return Optimiser(name, at)


@recipe
def direction(name: str, states: Mapping[str, bool], update: Update) -> Optimiser:
    """Wire by wire, another change for the one that comes back: `update` of states, wire and change gives the new
    states and the change. It stands to the right of what follows it, as in `sgd(0.1) >> direction(…)`.
    """
    return wirewise(name, states, update)


@recipe
def groups(chosen: Mapping[str, Optimiser]) -> Optimiser:
    """Each part of a model its own optimiser, by the beginnings of names; the longest that fits counts, `""` fits all.

    The tensor of these optimisers, each on its weights.

    >>> import catdiff as cd
    >>> from catdiff.learning.optimisers import adam, groups, sgd
    >>> print(groups({"dense": adam(), "": sgd(0.1)}).on({"dense.bias": cd.f64(2), "scale": cd.f64()}))
    f64[2] @ f64[2] @ f64 @ f64[2] @ f64 ⇄ f64[2] @ f64

    Raises `ArgumentError` where a weight is in no group, or a group has no weight.
    """
    if not chosen or not all(isinstance(o, Optimiser) for o in chosen.values()):
        raise SignatureError(with_line(f"groups takes optimisers by the beginnings of names, not {chosen!r}"))

    def at(P: dict[str, Object]) -> Made:
        members = _members(P, list(chosen))
        trees, parts = [], []
        for prefix, names in members.items():
            mine = {n: P[n] for n in names}
            kept, lens = chosen[prefix].at(mine)
            trees += kept
            parts.append((word_of(kept), _word(mine), lens))
        place = [n for names in members.values() for n in names]
        whole, n = tensor(parts), len(leaves(trees))
        S, order = id(whole.dom[0][:n]), [place.index(name) for name in P]
        back = permute(whole.cod[0], order)
        forth = permute(_word(P), [list(P).index(name) for name in place])
        return tuple(trees), Optic(S @ forth, S @ back, 0) >> whole >> Optic(back, forth, 0)

    inside = ", ".join(f"{prefix!r}: {o!r}" for prefix, o in chosen.items())
    return Optimiser(f"groups({{{inside}}})", at)


def _members(P: Weights, prefixes: Sequence[str]) -> dict[str, list[str]]:
    """The names in each group."""
    members: dict[str, list[str]] = {prefix: [] for prefix in prefixes}
    for name in P:
        fits = [prefix for prefix in prefixes if f"{name}.".startswith(f"{prefix}." if prefix else "")]
        if not fits:
            said = f"{name} is in none of the groups {', '.join(prefixes)}"
            raise ArgumentError(with_line(said, 'the group "" has all that is in no other'))
        members[max(fits, key=len)].append(name)
    empty = [prefix for prefix, names in members.items() if not names and prefix]
    if empty:
        raise ArgumentError(with_line(f"no weight is in the group {empty[0]!r}; there are {', '.join(P)}"))
    return {prefix: names for prefix, names in members.items() if names}


def tensor(parts: Sequence[Part]) -> Optic:
    """Lenses `(Sᵢ ⊗ Pᵢ)² ⇄ Pᵢ²` beside one another, all states before all weights."""
    whole, at = Optic.id(UNIT), 0
    states, weights = [], []  # where they stand in S₁ P₁ S₂ P₂ …
    for S, P, lens in parts:
        whole = whole @ lens
        states += range(at, at + len(S))
        weights += range(at + len(S), at + len(S) + len(P))
        at += len(S) + len(P)
    order = [*states, *weights]
    together = permute(whole.dom[0], order)
    apart = permute(together.cod, [order.index(i) for i in range(at)])
    return Optic(apart, together, 0) >> whole


def _word(P: Weights) -> Object:
    return Object([A.sort for A in P.values()])
