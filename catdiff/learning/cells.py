"""2-cells of Para: reparametrisations `α : Q → P`, each with the names of Q.

Sharing copies, freezing plugs constants, masking multiplies. Each returns α on the weights among the parameters, and
the trees of what is left, keys and states among them where they were; names do not change because others are gone.

>>> import catdiff as cd
>>> from .parameters import Group, Parameter, named
>>> w = Group("dense", (Parameter("weight", cd.f64(2).sort),))
>>> α, left = tied((w, w), ["dense.weight", "dense_2.weight"])
>>> α == cd.copy(cd.f64(2)), [name for name, _ in named(left)]
(True, ['dense.weight'])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..category.morphism import Morphism
from ..category.objects import UNIT, Object, Sort
from ..category.structure import id, permute, wiring
from ..errors import ArgumentError, CompositionError, with_line
from ..generators.constants import const
from ..generators.elementwise import mul
from .parameters import WEIGHT, Parameter, Tree, kept, leaves, named, word_of

Cell = tuple[Morphism, tuple[Tree, ...]]


def tied(trees: Sequence[Tree], names: Sequence[str]) -> Cell:
    """Δ: the named weights, of one type, become the first of them; of layers, weight by weight."""
    weights = _weights(trees, ())
    groups = [_under(weights, name) for name in names]
    if not groups or any(group != groups[0] for group in groups):
        given = ", ".join(
            f"{name}{rest} : {sort}" for name, g in zip(names, groups, strict=True) for rest, sort in g.items()
        )
        raise ArgumentError(with_line(f"weights of one type are tied, and two at least, not {given or 'none'}"))
    first = {name + rest: names[0] + rest for name in names for rest in groups[0]}
    place = {n: i for i, n in enumerate([n for n in weights if first.get(n, n) == n])}
    α = wiring(Object([weights[n].sort for n in place]), [place[first.get(n, n)] for n in weights])
    return α, kept(trees, lambda n, _: first.get(n, n) == n)


def frozen(trees: Sequence[Tree], values: Mapping[str, Any]) -> Cell:
    """1 → P: the named weights are these arrays for good."""
    weights = _weights(trees, values)
    for name, value in values.items():
        if np.shape(value) != weights[name].sort.shape:
            said = f"{name} is {weights[name].sort}, and an array of shape {np.shape(value)} was given"
            raise ArgumentError(with_line(said))
    parts = [(const(values[n], A) if n in values else id(A)) for n, A in _objects(weights)]
    return _beside(parts), kept(trees, lambda n, _: n not in values)


def masked(trees: Sequence[Tree], masks: Mapping[str, Any]) -> Cell:
    """`w ↦ m · w`: where a mask is zero a weight has no effect and no gradient."""
    weights, parts = _weights(trees, masks), []
    for name, A in _objects(weights):
        if name in masks:
            parts.append(id(A) @ const(_spread(name, masks[name], A), A) >> mul(A, A))
        else:
            parts.append(id(A))
    return _beside(parts), tuple(trees)


def before(trees: Sequence[Tree], left: Sequence[Tree], α: Morphism, n: int | None = None) -> Morphism:
    """α on the weights of `left`, its keys and states passed by: all of `left` to all of `trees`, in their orders."""
    (V, others_left), (W, others) = _split(left), _split(trees)
    L, P = word_of(left, n), word_of(trees, n)
    Q, of_weights, K = wiring(L, V).cod, wiring(P, W).cod, wiring(P, others).cod
    if (α.dom, α.cod) != (Q, of_weights) or wiring(L, others_left).cod != K:
        said = f"a reparametrisation here is {Q} → {of_weights}, and passes by the keys and states {K}; {α} is none"
        raise CompositionError(with_line(said), α, None)
    place = {i: at for at, i in enumerate([*W, *others])}
    apart = permute(L, [*V, *others_left]) >> α @ id(K)
    return apart >> permute(apart.cod, [place[i] for i in range(len(P))])


def _split(trees: Sequence[Tree]) -> tuple[list[int], list[int]]:
    """The numbers of the weights among the parameters, and of the others."""
    weights = [p.role == WEIGHT for p in leaves(trees)]
    return [i for i, w in enumerate(weights) if w], [i for i, w in enumerate(weights) if not w]


def _weights(trees: Sequence[Tree], names: Iterable[str]) -> dict[str, Parameter]:
    """All weights by name. Raises where one of these names is none of them."""
    weights = {n: p for n, p in named(trees) if p.role == WEIGHT}
    for name in names:
        if name not in weights:
            raise _unknown(name, weights)
    return weights


def _unknown(name: str, weights: Iterable[str]) -> ArgumentError:
    return ArgumentError(with_line(f"no weight is called {name!r}; there are {', '.join(weights) or 'none'}"))


def _under(weights: Mapping[str, Parameter], name: str) -> dict[str, Sort]:
    """The types of the weights under a name, by what follows it: nothing for a weight's own, `.bias` in a layer."""
    found = {n[len(name) :]: p.sort for n, p in weights.items() if n == name or n.startswith(f"{name}.")}
    if not found:
        raise _unknown(name, weights)
    return found


def _spread(name: str, mask: Any, A: Object) -> np.ndarray:
    try:
        return np.broadcast_to(mask, A.shape)
    except ValueError:
        said = f"{name} is {A}, and a mask of shape {np.shape(mask)} was given"
        raise ArgumentError(with_line(said)) from None


def _objects(weights: Mapping[str, Parameter]) -> list[tuple[str, Object]]:
    return [(name, Object([p.sort])) for name, p in weights.items()]


def _beside(parts: Sequence[Morphism]) -> Morphism:
    whole = id(UNIT)
    for part in parts:
        whole = whole @ part
    return whole
