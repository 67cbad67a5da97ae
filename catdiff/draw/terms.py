"""The layout that follows the term: `>>` across, `@` down, nothing moved.

A term is woven into **columns** of boxes and passing strands, with a map in each gap that says which strand of the
column before goes where. `f >> g` puts the columns of g behind those of f, `f @ g` puts them below, the shorter of
the two being filled up with strands; a structural map is no column but what happens in a gap, so a swap is a bare
crossing. A program with named wires is woven step by step.

>>> import catdiff as cd
>>> A = cd.f64()
>>> weave = woven(cd.copy(A) >> cd.sin(A) @ (cd.exp(A) >> cd.tanh) >> cd.mul)
>>> [[box for box, _, _ in column] for column in weave.columns]         # -1: a strand that passes
[[0, 1], [-1, 2], [3]]
>>> weave.maps
[[0, 0], [0, 1], [0, 1], [0]]

Source: Joyal and Street, The geometry of tensor calculus I (1991), for progressive diagrams and their slicing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..category.morphism import Atom, Compose, Morphism, Tensor, Wiring
from ..errors import DrawError, with_line
from ..hypernet.net import Net
from ..hypernet.recursion import Task
from .columns import Columns, Node, Segment
from .flow import Mask, flow
from .folding import interior
from .frame import RIGHT, Frame, Manner, Pins, framed, nodes_of

LARGEST = 100  # boxes of a term that is drawn as it is composed
STRANDS = 5000  # that pass, in one part of it
LAYERS = 'layout="layers"'
Item = tuple[int, int, int]  # the number of a box, its inputs, its outputs
PASS: Item = (-1, 1, 1)


@dataclass(slots=True)
class Weave:
    """Columns of items, and for each gap which output of the column before every input of the next one is."""

    maps: list[list[int]]
    columns: list[list[Item]]

    def then(self, other: Weave) -> Weave:
        """This one, and the other behind it."""
        last = self.maps.pop()
        self.maps.append([last[i] for i in other.maps[0]])
        self.maps += other.maps[1:]
        self.columns += other.columns
        return self

    def above(self, other: Weave, wires: int, others: int) -> Weave:
        """This one, which has so many inputs, and the other below it."""
        most = max(len(self.columns), len(other.columns))
        self.filled(most, wires)
        other.filled(most, others)
        before = [wires, *[sum([outs for _, _, outs in column]) for column in self.columns]]
        for mine, its, n in zip(self.maps, other.maps, before, strict=True):
            mine += [n + i for i in its]
        for mine, its in zip(self.columns, other.columns, strict=True):
            mine += its
        return self

    def filled(self, most: int, wires: int) -> None:
        """Strands in front and behind, so that there are so many columns."""
        more, outs = most - len(self.columns), len(self.maps[-1])
        if more * (wires + outs) > STRANDS:
            raise DrawError(_too_large("the term", LAYERS))
        front = more // 2
        self.maps = [list(range(wires)) for _ in range(front)] + self.maps
        self.columns = [[PASS] * wires for _ in range(front)] + self.columns
        self.maps += [list(range(outs)) for _ in range(more - front)]
        self.columns += [[PASS] * outs for _ in range(more - front)]


def woven(term: Morphism) -> Weave:
    """The columns of a term; boxes are numbered as in its net."""
    done: list[Weave] = []
    todo: list[tuple[Morphism, bool]] = [(term, False)]
    boxes = 0
    while todo:
        f, ready = todo.pop()
        if isinstance(f, (Compose, Tensor)) and not ready:
            todo += [(f, True), (f.right, False), (f.left, False)]
        elif isinstance(f, Compose):
            right = done.pop()
            done[-1].then(right)
        elif isinstance(f, Tensor):
            right = done.pop()
            done[-1].above(right, len(f.left.dom), len(f.right.dom))
        elif isinstance(f, Wiring):
            done.append(Weave([list(f.sources)], []))
        else:
            done.append(_atom(f, boxes) if isinstance(f, Atom) else _stepwise(f.net, boxes))
            boxes += 1 if isinstance(f, Atom) else len(f.net)
    return done[0]


def _atom(f: Morphism, box: int) -> Weave:
    ins, outs = len(f.dom), len(f.cod)
    return Weave([list(range(ins)), list(range(outs))], [[(box, ins, outs)]])


def _stepwise(net: Net, first: int) -> Weave:
    """A column for each step of a program, beside it the strands that are read later."""
    steps = list(net.steps())
    last = {w: e for e, (_, sources, _) in enumerate(steps) for w in sources}
    last |= dict.fromkeys(net.outputs.tolist(), len(steps))
    here, weave = list(range(len(net.dom))), Weave([], [])
    for e, (label, sources, made) in enumerate(steps):
        at = min([here.index(w) for w in sources], default=len(here))
        above, below = ([w for w in ws if last.get(w, -1) > e] for ws in (here[:at], here[at:]))
        weave.maps.append([here.index(w) for w in (*above, *sources, *below)])
        ins, outs = len(sources), len(label.cod)
        weave.columns.append([PASS] * len(above) + [(first + e, ins, outs)] + [PASS] * len(below))
        here = [*above, *range(made, made + outs), *below]
    weave.maps.append([here.index(w) for w in net.outputs.tolist()])
    return weave


def _too_large(what: str, hint: str) -> str:
    return with_line(f"{what} is too large to be drawn as it was composed", hint)


# -- to a frame -----------------------------------------------------------------------------------------------


def make_term_frame(
    term: Morphism,
    depth: int,
    mask: Mask,
    done: dict[object, Frame],
    name: str = "",
    manner: Manner = RIGHT,
    pins: Pins | None = None,
) -> Task[Frame]:
    """The frame of a term, as `frame.make_frame` makes one of a net.

    Raises `DrawError` where it has too many boxes.
    """
    net, key = term.net, (id(term.net), depth, mask, name)
    if len(net) > LARGEST:
        raise DrawError(_too_large(f"{name or 'the term'}, of {len(net)} boxes,", LAYERS))
    if key not in done:
        reverse, masks = flow(net, mask)
        insides: list[Frame | None] = []
        for (label, _, _), cotangents in zip(net.steps(), masks, strict=True):
            if depth and interior(label) is not None:
                inside = make_term_frame(label.bodies[0], depth - 1, cotangents, done, label.title, manner)
                insides.append((yield inside))
            else:
                insides.append(None)
        nodes = alike(nodes_of(net, insides, manner, pins), net, insides, manner)
        done[key] = framed(net, columns_of(woven(term), nodes, net), reverse, insides, name, manner)
    return done[key]


def alike(nodes: list[Node], net: Net, insides: Sequence[Frame | None], manner: Manner) -> list[Node]:
    """The nodes, closed boxes as broad as the broadest."""
    boxes = [n for n, inside in zip(nodes[len(net.dom) :], insides, strict=False) if inside is None and not n.point]
    broadest = max([n.height if manner.down else n.width for n in boxes], default=0.0)
    for n in boxes:
        if manner.down:
            n.ins, n.outs = ([y * broadest / n.height for y in ports] for ports in (n.ins, n.outs))
            n.height = broadest
        else:
            n.width = broadest
    return nodes


def columns_of(weave: Weave, nodes: list[Node], net: Net) -> Columns:
    """The weave as columns of nodes: the inputs, the boxes and strands, the outputs."""
    n_in, first = len(net.dom), [made for _, _, made in net.steps()]
    last = len(weave.columns) + 1
    made = Columns(nodes, [list(range(n_in))], [])
    ready = [(i, nodes[i].outs[0], i) for i in range(n_in)]  # node, port and wire of every strand
    outputs: list[Item] = [(n, 1, 0) for n in range(len(net), len(net) + len(net.outputs))]
    for layer, (column, sources) in enumerate(zip([*weave.columns, outputs], weave.maps, strict=True), 1):
        made.ends += [ready[i] for i in range(len(ready)) if i not in set(sources)]
        made.columns.append([])
        made.gaps.append([])
        reads, strands = iter([ready[i] for i in sources]), list[tuple[int, float, int]]()
        for box, ins, outs in column:
            n = n_in + box
            if box < 0:
                n = len(nodes)
                nodes.append(Node(0.0, 0.0, (0.0,), (0.0,), long=True))
            nodes[n].layer = layer
            made.columns[-1].append(n)
            here = [next(reads) for _ in range(ins)]
            made.gaps[-1] += [Segment(u, a, n, nodes[n].ins[p], w) for p, (u, a, w) in enumerate(here)]
            if box < 0:
                strands.append((n, 0.0, here[0][2]))
            elif layer < last:
                strands += [(n, nodes[n].outs[p], first[box] + p) for p in range(outs)]
        ready = strands
    return made
