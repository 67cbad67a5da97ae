"""Parameters: the named wires of a parametric morphism that are not its input.

A parameter is a leaf of an ordered tree, whose inner nodes are groups. Composition concatenates trees, which is
associative; names are read off a whole tree, and where two siblings share one, the later are numbered:

>>> import catdiff as cd
>>> w, b = Parameter("weight", cd.f64(2).sort), Parameter("bias", cd.f64().sort)
>>> dense = Group("dense", (w, b))
>>> [name for name, _ in named((dense, dense))]
['dense.weight', 'dense.bias', 'dense_2.weight', 'dense_2.bias']

So a name depends on what stands before it and never on how a composite was bracketed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..category.objects import Object, Sort
from ..errors import ArgumentError, with_line
from ..generators.capture import numbered
from .initialisers import Initialiser, zeros

WEIGHT, STATE, KEY = "weight", "state", "key"


@dataclass(frozen=True)
class Parameter:
    """A wire with a name, and how it begins.

    `role` is `weight` for what is learnt, `state` for what a layer over a batch keeps between steps (running
    statistics), `key` for a source of randomness, of which every example gets one of its own.
    """

    name: str
    sort: Sort
    initial: Initialiser = zeros
    role: str = WEIGHT


@dataclass(frozen=True)
class Group:
    """Parameters under one name."""

    name: str
    members: tuple[Tree, ...]


Tree = Parameter | Group


def named(trees: Sequence[Tree]) -> list[tuple[str, Parameter]]:
    """The parameters with their dotted names, in order; siblings of one name are numbered from the second on."""
    found: list[tuple[str, Parameter]] = []
    todo: list[tuple[str, Tree]] = _siblings("", trees)[::-1]
    while todo:
        name, tree = todo.pop()
        if isinstance(tree, Parameter):
            found.append((name, tree))
        else:
            todo += _siblings(name + ".", tree.members)[::-1]
    return found


def leaves(trees: Sequence[Tree]) -> list[Parameter]:
    """The parameters, in order."""
    return [p for _, p in named(trees)]


def _siblings(prefix: str, trees: Sequence[Tree]) -> list[tuple[str, Tree]]:
    """Siblings with their full names."""
    names = numbered([tree.name for tree in trees])
    return [(prefix + name, tree) for name, tree in zip(names, trees, strict=True)]


class Table(str):
    """Text that shows itself as it is."""

    __repr__ = str.__str__


def table(trees: Sequence[Tree]) -> Table:
    """A line for each parameter: its name, type, role and number of entries; and how many there are to learn."""
    rows = [(name, f"{p.sort}", p.role, p.sort.size) for name, p in named(trees)]
    learnt = sum([size for *_, role, size in rows if role == WEIGHT])
    cells = [("parameter", "type", "role", "entries"), *rows, ("to learn", "", "", learnt)]
    texts = [(*row[:3], row[3] if isinstance(row[3], str) else f"{row[3]:,}") for row in cells]
    widths = [max(len(row[i]) for row in texts) for i in range(4)]
    lines = [
        "  ".join([*[f"{x:<{w}}" for x, w in zip(row[:3], widths, strict=False)], f"{row[3]:>{widths[3]}}"])
        for row in texts
    ]
    return Table("\n".join(lines))


def kept(trees: Sequence[Tree], keep: Callable[[str, Parameter], bool], prefix: str = "") -> tuple[Tree, ...]:
    """The trees with some of their parameters left out, all others called what they were called before."""
    out: list[Tree] = []
    for name, tree in _siblings(prefix, trees):
        last = name[len(prefix) :]
        if isinstance(tree, Group):
            members = kept(tree.members, keep, name + ".")
            out += [Group(last, members)] if members else []
        elif keep(name, tree):
            out.append(replace(tree, name=last))
    return tuple(out)


def word_of(trees: Sequence[Tree], n: int | None = None) -> Object:
    """The object P; over a batch of n examples, where each has keys of its own."""
    return Object(
        [p.sort if n is None or p.role != KEY else p.sort.with_shape((n, *p.sort.shape)) for p in leaves(trees)]
    )


def states(trees: Sequence[Tree]) -> Object:
    """S: the states among the parameters."""
    return Object([p.sort for p in leaves(trees) if p.role == STATE])


def over(A: Object, n: int) -> Object:
    """`Aⁿ`: every wire with a leading axis."""
    return Object([s.with_shape((n, *s.shape)) for s in A.wires])


def examples(A: Object, arrays: Sequence[np.ndarray]) -> int | None:
    """How many examples are given: None for one by itself, without a leading axis."""
    if len(arrays) != len(A):
        raise ArgumentError(with_line(f"the model takes {len(A)} inputs beside its parameters, not {len(arrays)}"))
    found: set[int | None] = set()
    for i, (x, s) in enumerate(zip(arrays, A.wires, strict=True)):
        if x.shape == s.shape:
            found.add(None)
        elif x.shape[1:] == s.shape:
            found.add(len(x))
        else:
            said = f"input {i} is {s} or a batch of those, and an array of shape {x.shape} was given"
            raise ArgumentError(with_line(said))
    if len(found) > 1:
        shapes = ", ".join(str(x.shape) for x in arrays)
        raise ArgumentError(with_line(f"inputs run together are of one number of examples, not of shapes {shapes}"))
    return found.pop() if found else None


def initial(trees: Sequence[Tree], seed: Any) -> dict[str, np.ndarray]:
    """Initial values by name; keys have none. `seed` is a number or a `numpy.random.Generator`."""
    rng = np.random.default_rng(seed)
    return {name: _drawn(name, p, rng) for name, p in named(trees) if p.role != KEY}


def _drawn(name: str, p: Parameter, rng: np.random.Generator) -> np.ndarray:
    made = np.asarray(p.initial(rng, p.sort.shape))
    if made.shape != p.sort.shape:
        raise ArgumentError(with_line(f"{name} is {p.sort}, and begins as an array of shape {made.shape}"))
    return made.astype(p.sort.dtype.carrier)


def in_order(trees: Sequence[Tree], values: Any) -> list[Any]:
    """Values for all parameters but keys, in order, from a mapping by name or a sequence.

    Raises `ArgumentError` that names what is missing, unknown or of another shape.
    """
    wanted = [(name, p) for name, p in named(trees) if p.role != KEY]
    if not isinstance(values, Mapping):
        if not isinstance(values, Iterable):
            said = f"parameters are a mapping by name, or arrays in order, not {type(values).__name__}"
            raise ArgumentError(with_line(said, "model.init(seed=0) gives some"))
        values = list(values)
        if len(values) != len(wanted):
            said = f"{len(values)} arrays were given for {len(wanted)} parameters"
            raise ArgumentError(with_line(f"{said}: {', '.join(n for n, _ in wanted)}"))
        values = dict(zip([name for name, _ in wanted], values, strict=True))
    names = {name for name, _ in wanted}
    missing, strange = [n for n, _ in wanted if n not in values], [n for n in values if n not in names]
    if missing or strange:
        said = [f"there is no value for {n}" for n in missing] + [f"no parameter is called {n}" for n in strange]
        raise ArgumentError(with_line("; ".join(said)))
    for name, p in wanted:
        if np.shape(values[name]) != p.sort.shape:
            said = f"{name} is {p.sort}, and an array of shape {np.shape(values[name])} was given"
            raise ArgumentError(with_line(said))
    return [values[name] for name, _ in wanted]


def no_key(p: Parameter, n: int | None) -> np.ndarray:
    """What stands for a key where nothing is random."""
    return np.zeros(p.sort.shape if n is None else (n, *p.sort.shape), p.sort.dtype.carrier)
