"""A batch axis: `f.map(n)` is f over a new leading axis of every wire that is not shared.

No Python loop: each box becomes itself at a larger type, by the `batch` column of its row; a generator whose row does
not say how (a foreign one) is applied slice by slice. Only what depends on a mapped wire grows; what shared wires
alone determine is computed once. `R` therefore sums the cotangents of shared wires by itself, since they enter through
contractions and visible broadcasts.

>>> import catdiff as cd, numpy as np
>>> f = cd.sin(cd.f64()).map(3)
>>> f.dom
cd.f64(3)
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

from ..category.binder import Builder, Wire, build
from ..category.label import Label
from ..category.morphism import Atom, Morphism, verb
from ..category.structure import discard
from ..errors import ObjectError, SignatureError, with_line
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run
from .boxes import BOX, box
from .constants import zero
from .linear import broadcast
from .shapes import batched, relabel, stack


@verb("map")
def map(f: Morphism, n: int, shared: Sequence[int] = ()) -> Morphism:
    """`f` over a leading axis of extent n; the inputs numbered in `shared` have none."""
    if isinstance(n, bool) or not isinstance(n, int) or n < 0:
        raise ObjectError(with_line(f"a batch axis has a natural number as its extent, not {n!r}"))
    try:
        common = frozenset(index(i) for i in shared)
    except TypeError:
        hint = "f.map(n, shared=[0])"
        raise ObjectError(with_line(f"shared is a list of inputs, such as [0], not {shared!r}", hint)) from None
    if not common <= {*range(len(f.dom))}:
        raise ObjectError(with_line(f"shared={sorted(common)}, but the inputs of {f} are numbered from 0"))
    mask = tuple([i not in common for i in range(len(f.dom))])
    return run(_mapped(f.net, mask, n, True))[0]


def _mapped(net: Net, mask: tuple[bool, ...], n: int, whole: bool) -> Task[tuple[Morphism, tuple[bool, ...]]]:
    """The mapped net and which of its outputs have the axis; `whole` gives it to all of them."""
    key = ("map", mask, n, whole)
    if key in net.memo:
        return net.memo[key]
    builder = Builder(batched(net.dom, mask, n))
    wires, has = builder.inputs(), list(mask)
    for label, sources, _ in net.steps():
        ins, flags = [wires[s] for s in sources], tuple([has[s] for s in sources])
        if not any(flags):
            f, out = Atom(label), (False,) * len(label.cod)
        elif label.row is BOX:
            inner, out = yield _mapped(label.bodies[0].net, flags, n, False)
            f = box(inner, label.attrs["name"])
        else:
            f, ins, out = _batched(label, ins, flags, n)
        wires += builder.apply(f, ins)
        has += out
    chosen = net.outputs.tolist()
    outputs = [wires[w] if has[w] or not whole else _lead(wires[w], n) for w in chosen]
    flags_out = tuple([has[w] or whole for w in chosen])
    net.memo[key] = found = builder.finish(tuple(outputs)), flags_out
    return found


def _lead(x: Wire, n: int) -> Wire:
    return broadcast(x, shape=(n, *x.shape))


def _batched(label: Label, ins: list[Wire], mask: tuple[bool, ...], n: int) -> tuple[Any, list[Wire], tuple[bool, ...]]:
    """The label over the axis, the wires it reads, and the axis on every output."""
    rule, out = label.row.batch, (True,) * len(label.cod)
    whole = batched(label.dom, (True,) * len(mask), n)
    if rule is not None:
        try:
            f = rule(label, mask, n) if callable(rule) else Atom(relabel(label, whole))
        except SignatureError:
            f = None
        if f is not None and f.cod == batched(label.cod, out, n):
            if f.dom == batched(label.dom, mask, n):
                return f, ins, out
            if f.dom == whole:
                return f, [x if m else _lead(x, n) for x, m in zip(ins, mask, strict=True)], out
    return by_slices(Atom(label), mask, n), ins, out


def by_slices(f: Morphism, mask: tuple[bool, ...], n: int) -> Morphism:
    """f applied to each slice: what is left for a generator that does not say how it takes another axis."""

    def body(*xs: Wire) -> tuple[Any, ...]:
        results = [f(*[x[i] if m else x for x, m in zip(xs, mask, strict=True)]) for i in range(n)]
        outputs = [results] if len(f.cod) == 1 else [*zip(*results, strict=True)]
        return tuple(stack(*parts) for parts in outputs)

    if not n or not len(f.cod):
        empty = zero(batched(f.cod, (True,) * len(f.cod), n))
        return discard(batched(f.dom, mask, n)) >> empty
    return build(batched(f.dom, mask, n), body)
