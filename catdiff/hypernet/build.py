"""Terms to hypernets, in one linear pass.

Because composition of left-monogamous nets is relabelling, a term is read left to right with a cursor: `f >> g` reads
f's outputs as g's inputs, `f @ g` reads the same buffer at an offset, a structural map copies wire numbers. Nothing is
concatenated and nothing is renumbered, so the bracketing of a term changes neither the cost nor the result.

Boxes with equal interiors become one label here (`intern`), which is what *stored once* means.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from ..category.label import Label
from ..category.morphism import Atom, Compose, Morphism, Program, Stored, Tensor, Wiring, verb
from ..category.objects import Object
from .canonical import label_digest
from .net import Net
from .recursion import Task, run

_interned: WeakValueDictionary[bytes, Label] = WeakValueDictionary()
_lock = Lock()


def intern(label: Label) -> Task[Label]:
    """The one label that stands for all boxes with this row, these attributes and equal interiors."""
    if not label.bodies:
        return label
    if "interned" not in label.memo:
        for body in label.bodies:
            yield build(body)
        digest = yield label_digest(label)
        with _lock:
            kept = _interned.setdefault(digest, label)
        label.memo["interned"] = None if kept is label else kept
    return label.memo["interned"] or label


class _Level:
    """The arrays of a net under construction, wires numbered as they are made."""

    def __init__(self, n_inputs: int) -> None:
        self.labels: list[Label] = []
        self.index: dict[int, tuple[int, int, int]] = {}
        self.edges: list[int] = []
        self.sources: list[int] = []
        self.wires = n_inputs

    def number(self, label: Label) -> tuple[int, int, int]:
        """The label's index on this level, its arity and its coarity."""
        key = (len(self.labels), len(label.dom), len(label.cod))
        self.labels.append(label)
        self.index[id(label)] = key
        return key

    def add(self, number: tuple[int, int, int], sources: Sequence[int], out: list[int]) -> None:
        """One more edge; its targets are appended to `out`."""
        index, _, coarity = number
        self.edges.append(index)
        self.sources.extend(sources)
        first = self.wires
        self.wires = first + coarity
        if coarity == 1:
            out.append(first)
        else:
            out.extend(range(first, self.wires))

    def splice(self, net: Net, ins: Sequence[int], out: list[int]) -> None:
        """All edges of `net`, its inputs being `ins`; its outputs are appended to `out`."""
        numbers = np.array([(self.index.get(id(x)) or self.number(x))[0] for x in net.labels], np.int64)
        new = net.wires - len(net.dom)
        wire = np.concatenate((np.asarray(ins, np.int64), np.arange(self.wires, self.wires + new)))
        self.edges.extend(numbers[net.edges].tolist())
        self.sources.extend(wire[net.sources].tolist())
        self.wires += new
        out.extend(wire[net.outputs].tolist())


class _Cursor:
    """The rest of a `Program`, from step `at`, with the wires it has made so far."""

    __slots__ = ("at", "env", "program")
    _net = None

    def __init__(self, program: Program, env: list[int]) -> None:
        self.program, self.env, self.at = program, env, 0


def build(term: Morphism) -> Task[Net]:
    """The net of a term. Iterative over the term, a task over the boxes in it."""
    if term._net is not None:
        return term._net
    level = _Level(len(term.dom))
    outputs: list[int] = []
    pending: list[tuple[Any, list[int], int, list[int]]] = [(term, list(range(len(term.dom))), 0, outputs)]
    while pending:
        node, ins, at, out = pending.pop()
        kind = type(node)
        if kind is Atom:
            label = node.label
            number = level.index.get(id(label)) or (yield from _numbered(level, label))
            level.add(number, ins[at : at + number[1]], out)
        elif kind is Wiring:
            out.extend([ins[at + s] for s in node.sources])
        elif kind is _Cursor:
            _advance(node, out, pending)
        elif node._net is not None:
            level.splice(node._net, ins[at : at + len(node.dom)], out)
        elif kind is Compose:
            middle: list[int] = []
            pending.append((node.right, middle, 0, out))
            pending.append((node.left, ins, at, middle))
        elif kind is Tensor:
            pending.append((node.right, ins, at + len(node.left.dom), out))
            pending.append((node.left, ins, at, out))
        else:
            pending.append((_Cursor(node, ins[at : at + len(node.dom)]), ins, at, out))
    net = Net(term.dom, level.labels, level.edges, level.sources, outputs)
    term._net = net
    return net


def _numbered(level: _Level, label: Label) -> Task[tuple[int, int, int]]:
    kept = yield intern(label)
    number = level.index.get(id(kept)) or level.number(kept)
    level.index[id(label)] = number
    return number


def _advance(cursor: _Cursor, out: list[int], pending: list[tuple[Any, list[int], int, list[int]]]) -> None:
    """Schedule the next step of a program, or deliver its outputs."""
    if cursor.at == len(cursor.program.steps):
        out.extend([cursor.env[w] for w in cursor.program.outputs])
        return
    f, sources = cursor.program.steps[cursor.at]
    cursor.at += 1
    pending.append((cursor, [], 0, out))
    pending.append((f, [cursor.env[s] for s in sources], 0, cursor.env))


@verb("net")
def net_of(term: Morphism) -> Net:
    """The net of a term."""
    return run(build(term))


def of_net(net: Net) -> Morphism:
    """The morphism a net is."""
    return Stored(net)


@verb("flatten")
def flatten(f: Morphism) -> Morphism:
    """f with every named box replaced by its interior, all the way down."""
    return Stored(flat(f.net))


def flat(net: Net, opens: Any = lambda label: label.row.name == "box") -> Net:
    """`net` with every box that `opens` replaced by its interior; the frames of open boxes are on a list."""
    if not any(map(opens, net.labels)):
        return net
    level = _Level(len(net.dom))
    outputs: list[int] = []
    frames = [(net.steps(), list(range(len(net.dom))), net, outputs)]
    while frames:
        steps, env, this, out = frames[-1]
        for label, sources, _ in steps:
            ins = [env[s] for s in sources]
            if opens(label):
                interior = label.bodies[0].net
                frames.append((interior.steps(), ins, interior, env))
                break
            level.add(level.index.get(id(label)) or level.number(label), ins, env)
        else:
            frames.pop()
            out.extend([env[w] for w in this.outputs.tolist()])
    return Net(net.dom, level.labels, level.edges, level.sources, outputs)


def _parts(net: Net) -> tuple[list[tuple[Label, list[int], int]], list[int]]:
    """Label, sources and coarity of each edge, and the outputs; kept for small nets, since rules occur often."""
    found = net.memo.get("parts")
    if found is None:
        found = [(label, sources, len(label.cod)) for label, sources, _ in net.steps()], net.outputs.tolist()
        if len(net) <= 32:
            net.memo["parts"] = found
    return found


class SharingBuilder:
    """Builds a net edge by edge in which equal boxes on equal wires are one, and unused ones are none.

    Wires are numbered as they are made, inputs included; `finish` puts the inputs first.
    """

    def __init__(self, dom: Object | None = None) -> None:
        self.table: dict[tuple[int, tuple[int, ...]], int] = {}
        self.edges: list[tuple[Label, tuple[int, ...], int]] = []
        self.wires = 0
        self.inputs: list[int] = [self.input() for _ in range(len(dom))] if dom is not None else []

    def input(self) -> int:
        """A new wire that no edge makes."""
        self.wires += 1
        return self.wires - 1

    def add(self, label: Label, sources: tuple[int, ...]) -> int:
        """The first target of the edge with this label on these wires, new or not."""
        key = (id(label), sources)
        first = self.table.get(key)
        if first is None:
            first = self.table[key] = self.wires
            self.edges.append((label, sources, first))
            self.wires += len(label.cod)
        return first

    def splice(self, net: Net, ins: Sequence[int]) -> list[int]:
        """All edges of `net` on these inputs; its outputs."""
        (steps, outputs), env, add = _parts(net), list(ins), self.add
        for label, sources, n in steps:
            first = add(label, tuple([env[s] for s in sources]))
            if n == 1:
                env.append(first)
            else:
                env.extend(range(first, first + n))
        return [env[w] for w in outputs]

    def finish(self, dom: Object, inputs: Sequence[int], outputs: Sequence[int]) -> Net:
        """The net with these inputs, of sorts `dom`, and outputs; edges that nothing needs are left out.

        An input may be a wire that an edge makes: the net is then cut there.
        """
        needed, given = bytearray(self.wires), set(inputs)
        for w in outputs:
            needed[w] = w not in given
        kept = []
        for edge in reversed(self.edges):
            label, sources, first = edge
            if 1 in needed[first : first + len(label.cod)]:
                kept.append(edge)
                for s in sources:
                    if s not in given:
                        needed[s] = 1
        number = [0] * self.wires
        for i, w in enumerate(inputs):
            number[w] = i
        level = _Level(len(inputs))
        targets: list[int] = []
        for label, sources, first in reversed(kept):
            begin, place = level.wires, level.index.get(id(label)) or level.number(label)
            level.add(place, [number[s] for s in sources], targets)
            for k in range(place[2]):
                if first + k not in given:
                    number[first + k] = begin + k
        return Net(dom, level.labels, level.edges, level.sources, [number[w] for w in outputs])
