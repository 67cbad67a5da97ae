"""Smaller nets out of a net: what a shrinker may try.

A `Piece` is a net together with how it lies in the one it was made from: which wire there each of its inputs is, and
which of its outputs is which. Wires of a net that nothing in the piece makes any more become its inputs, so a piece is
a program whatever was taken out. That is also what is needed to put a smaller interior back into a box.

>>> import catdiff as cd
>>> A = cd.f64()
>>> net = (cd.sin(A) >> cd.exp >> cd.tanh).net
>>> piece = without(net, {1})                        # less exp: sin and tanh side by side
>>> piece.net
<hypernet f64 @ f64 → f64 @ f64: 2 boxes, 4 wires>
>>> without(net, {1}, bypass=True).net               # tanh on what exp was on
<hypernet f64 → f64: 2 boxes, 3 wires>
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..category.label import Label, label
from ..category.morphism import Atom, Morphism
from ..category.objects import Object, Sort
from ..errors import SignatureError
from ..hypernet.build import flat, intern, of_net
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run

Step = tuple[Label, Sequence[int], Sequence[int]]


@dataclass(frozen=True)
class Piece:
    """A smaller net: input i is wire `ins[i]` of the whole, output p of the whole is output `gives[p]`, or none."""

    net: Net
    ins: tuple[int, ...]
    gives: tuple[int | None, ...]


def morphism(net: Net) -> Morphism:
    """The morphism of a net: a generator or box by itself, where it is no more than that."""
    if len(net) == 1:
        atom = Atom(net.labels[int(net.edges[0])])
        n, m = len(atom.dom), len(atom.cod)
        if net.sources.tolist() == [*range(len(net.dom))] and net.outputs.tolist() == [*range(n, n + m)]:
            return atom
    return of_net(net)


def whole(net: Net, made: Net) -> Piece:
    """A net of the same interface in place of another."""
    return Piece(made, tuple(range(len(net.dom))), tuple(range(len(net.cod))))


def assemble(sorts: Sequence[Sort], ins: Sequence[int], steps: Iterable[Step], outs: Sequence[int]) -> Net:
    """The net of these inputs, edges and outputs, its wires under any numbers; `sorts` are theirs."""
    number = {w: i for i, w in enumerate(ins)}
    places: dict[int, int] = {}
    labels: list[Label] = []
    edges: list[int] = []
    sources: list[int] = []
    made = len(ins)
    for lab, reads, targets in steps:
        if id(lab) not in places:
            places[id(lab)] = len(labels)
            labels.append(lab)
        edges.append(places[id(lab)])
        sources += [number[w] for w in reads]
        number.update({w: made + k for k, w in enumerate(targets)})
        made += len(targets)
    return Net(Object([sorts[w] for w in ins]), labels, edges, sources, [number[w] for w in outs])


def steps(net: Net) -> list[Step]:
    """The edges in order: label, wires read, wires made."""
    return [(lab, reads, range(first, first + len(lab.cod))) for lab, reads, first in net.steps()]


def without(net: Net, gone: Collection[int], bypass: bool = False) -> Piece:
    """`net` less these edges. What they made is an input now, or (`bypass`) the first wire of that sort they read.

    What only they read is an output, so that nothing else falls dead.
    """
    stand = {w: w for w in range(net.wires)}
    kept: list[Step] = []
    there, cut = set(range(len(net.dom))), set()
    for e, (lab, sources, made) in enumerate(steps(net)):
        reads = [stand[w] for w in sources]
        if e not in gone:
            kept.append((lab, reads, made))
            there.update(made)
        elif bypass:
            stand |= {w: next((r for r in reads if net.sorts[r] is net.sorts[w]), w) for w in made}
        else:
            cut.update(reads)
    fresh = sorted({w for _, reads, _ in kept for w in reads} - there)
    ins = (*range(len(net.dom)), *fresh)
    outs = [stand[w] for w in net.outputs.tolist()]
    left = [w for w in outs if w in there]
    gives = tuple(_places(w in there for w in outs))
    left += sorted((cut & there) - {*left, *range(len(net.dom))})
    return Piece(assemble(net.sorts, ins, kept, left), ins, gives)


def _places(kept: Iterable[bool]) -> list[int | None]:
    """For each place where it is now, None where it is not kept."""
    out: list[int | None] = []
    n = 0
    for k in kept:
        out.append(n if k else None)
        n += k
    return out


def outputs(net: Net, gone: Collection[int]) -> Piece:
    """`net` less these outputs, and less the edges that then nothing needs."""
    left = [w for p, w in enumerate(net.outputs.tolist()) if p not in gone]
    needed, kept = set(left), []
    for lab, reads, made in reversed(steps(net)):
        if not needed.isdisjoint(made):
            kept.append((lab, reads, made))
            needed.update(reads)
    ins = tuple(range(len(net.dom)))
    gives = tuple(_places(p not in gone for p in range(len(net.cod))))
    return Piece(assemble(net.sorts, ins, reversed(kept), left), ins, gives)


def inputs(net: Net, gone: Collection[int]) -> Piece:
    """`net` less these inputs, which nothing reads."""
    ins = tuple([w for w in range(len(net.dom)) if w not in gone])
    return Piece(assemble(net.sorts, ins, steps(net), net.outputs.tolist()), ins, tuple(range(len(net.cod))))


def idle(net: Net) -> list[int]:
    """The inputs that nothing reads, and that are no outputs."""
    read = {*net.sources.tolist(), *net.outputs.tolist()}
    return [w for w in range(len(net.dom)) if w not in read]


def merged(net: Net, kept: int, gone: int) -> Piece:
    """`net` with one input in place of two."""

    def to(wires: Iterable[int]) -> list[int]:
        return [kept if w == gone else w for w in wires]

    ins = tuple([w for w in range(len(net.dom)) if w != gone])
    kept_steps = [(lab, to(reads), made) for lab, reads, made in steps(net)]
    made = assemble(net.sorts, ins, kept_steps, to(net.outputs.tolist()))
    return Piece(made, ins, tuple(range(len(net.cod))))


def opened(net: Net, box: Label) -> Piece:
    """`net` with every box of this label replaced by its interior."""
    return whole(net, flat(net, lambda lab: lab is box))


def within(net: Net, edge: int, piece: Piece) -> Piece:
    """`net` with a piece of the interior of one of its boxes in that box.

    What the piece takes besides is an input of the net, what it gives besides an output; what it gives no more, an
    input.
    """
    edges, sorts, fresh = steps(net), list(net.sorts), []

    def new(sort: Sort) -> int:
        sorts.append(sort)
        return len(sorts) - 1

    box, reads, made = edges[edge]
    taken = []
    for w, sort in zip(piece.ins, piece.net.dom.wires, strict=True):
        if w >= len(box.dom):
            fresh.append(new(sort))
        taken.append(reads[w] if w < len(box.dom) else fresh[-1])
    kept = {j: made[p] for p, j in enumerate(piece.gives) if j is not None}
    targets = [kept[j] if j in kept else new(sort) for j, sort in enumerate(piece.net.cod.wires)]
    lost = {made[p] for p, j in enumerate(piece.gives) if j is None}
    edges[edge] = relabelled(box, piece.net.dom, (morphism(piece.net),)), taken, targets
    used = {w for _, ws, _ in edges for w in ws} & lost
    outs = [w for w in net.outputs.tolist() if w not in lost] + [w for j, w in enumerate(targets) if j not in kept]
    ins = (*range(len(net.dom)), *fresh, *sorted(used))
    return Piece(assemble(sorts, ins, edges, outs), ins, tuple(_places(w not in lost for w in net.outputs.tolist())))


def relabelled(old: Label, dom: Object, bodies: Sequence[Any] = (), attrs: dict[str, Any] | None = None) -> Label:
    """The label of the same row at another type, with another interior."""
    return run(intern(label(old.row, dom, old.attrs if attrs is None else attrs, tuple(bodies))))


# -- smaller types ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Resize:
    """Another extent for one of extent `old` wherever it occurs; or (`old` is None) no axes at all."""

    old: int | None = None
    new: int = 1

    def sort(self, s: Sort) -> Sort:
        """The sort with that extent."""
        return s.with_shape(self.numbers(s.shape))

    def numbers(self, extents: Sequence[int]) -> tuple[int, ...]:
        """These extents with that one replaced."""
        return () if self.old is None else tuple([self.new if n == self.old else n for n in extents])

    def attrs(self, lab: Label) -> dict[str, Any]:
        """The attributes of a label with that extent, in those that hold extents, as its row says."""
        out = dict(lab.attrs)
        for key in lab.row.extents:
            value = out.get(key)
            if isinstance(value, tuple):
                out[key] = self.numbers(value)
            elif isinstance(value, str) and self.old is not None:
                out[key] = re.sub(rf"={self.old}\b", f"={self.new}", value)
            elif value == self.old:
                out[key] = self.new
        return out


def resized(net: Net, to: Resize) -> Net:
    """`net` at smaller types. Raises a `CatdiffError` where its generators do not allow that."""
    return run(_resized(net, to, {}))


def _resized(net: Net, to: Resize, known: dict[tuple[int, Object], Label]) -> Task[Net]:
    dom = Object([to.sort(s) for s in net.dom.wires])
    sorts, edges = list(dom.wires), []
    for lab, reads, made in steps(net):
        key = id(lab), Object([sorts[w] for w in reads])
        if key not in known:
            bodies = []
            for body in lab.bodies:
                inner = yield _resized(body.net, to, known)
                bodies.append(morphism(inner))
            known[key] = yield intern(label(lab.row, key[1], to.attrs(lab), tuple(bodies)))
        small = known[key]
        if len(small.cod) != len(made):
            raise SignatureError(f"{lab.title} makes another number of wires at {small.dom}")
        sorts += small.cod.wires
        edges.append((small, reads, made))
    return assemble(sorts, range(len(dom)), edges, net.outputs.tolist())
