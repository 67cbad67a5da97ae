"""Boxes and wires to columns: which box stands in which layer, and where a wire passes through.

A box stands one layer right of the last box it reads (longest path), unless that makes more wires long than standing
further right does; then it slides. A wire with distant readers runs through one point per layer between, shared by
all its branches: it divides in front of the layer that reads it, so **copies are late**, and a wire and its copies
never run side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """What stands in a column: a box, a dot, an end of the interface, or (`long`) a point of a long wire.

    `ins` and `outs` say how far below its top the ports are. One that enters from the `top` of the frame is the first
    of its column, next to what reads it.
    """

    width: float
    height: float
    ins: Sequence[float] = ()
    outs: Sequence[float] = ()
    long: bool = False
    point: bool = False
    top: bool = False
    layer: int = 0
    y: float = 0.0


@dataclass(slots=True)
class Segment:
    """A piece of wire between neighbouring columns, from `a` below the top of u to `b` below the top of v."""

    u: int
    a: float
    v: int
    b: float
    wire: int


Port = tuple[int, int]


@dataclass(slots=True)
class Columns:
    """Nodes by column, and the segments in the gap to the right of each column."""

    nodes: list[Node]
    columns: list[list[int]]
    gaps: list[list[Segment]]
    ends: list[tuple[int, float, int]] = field(default_factory=list)  # node, port, wire: nobody reads this wire


def arrange(
    nodes: list[Node], n_in: int, n_out: int, wires: Sequence[tuple[Port, Sequence[Port]]], late: bool = False
) -> Columns:
    """Columns for `nodes`: the inputs, the boxes in topological order, the outputs.

    `wires[w]` is the port that makes wire w and the ports that read it. If it is `late`, all boxes stand next to what
    reads them.
    """
    boxes = range(n_in, len(nodes) - n_out)
    reads: list[list[int]] = [[] for _ in nodes]
    makes: list[list[int]] = [[] for _ in nodes]
    for w, ((u, _), readers) in enumerate(wires):
        makes[u].append(w)
        for v, _ in readers:
            reads[v].append(w)
    for e in boxes:
        nodes[e].layer = 1 + max([nodes[wires[w][0][0]].layer for w in reads[e]], default=0)
    last = 1 + max([nodes[e].layer for e in boxes], default=0)
    for node in nodes[len(nodes) - n_out :]:
        node.layer = last
    _slide(nodes, boxes, reads, makes, wires, late)
    for (u, _), readers in wires:
        if nodes[u].top:
            nodes[u].layer = min([nodes[v].layer for v, _ in readers], default=1) - 1
    columns: list[list[int]] = [[] for _ in range(last + 1)]
    for i, node in enumerate(nodes):
        columns[node.layer].append(i)
    columns[0].sort(key=lambda i: not nodes[i].top)
    made = Columns(nodes, columns, [[] for _ in range(last)])
    for w, (producer, readers) in enumerate(wires):
        _run(made, w, producer, readers)
    return made


def _slide(
    nodes: list[Node],
    boxes: range,
    reads: list[list[int]],
    makes: list[list[int]],
    wires: Sequence[tuple[Port, Sequence[Port]]],
    late: bool,
) -> None:
    """Move a box next to what reads it where that shortens more wires than it lengthens, or, `late`, in any case."""
    for e in reversed(boxes):
        after = [nodes[v].layer for w in makes[e] for v, _ in wires[w][1]]
        if not after or min(after) == nodes[e].layer + 1:
            continue
        # A wire that goes further anyway gets no longer by being read further right.
        alone = [w for w in set(reads[e]) if all(nodes[v].layer < min(after) or v == e for v, _ in wires[w][1])]
        if late or len(alone) < len([w for w in makes[e] if wires[w][1]]):
            nodes[e].layer = min(after) - 1


def _run(made: Columns, w: int, producer: Port, readers: Sequence[Port]) -> None:
    """Lead a wire from column to column to all that read it."""
    nodes = made.nodes
    u, port = producer
    a = nodes[u].outs[port]
    if not readers:
        made.ends.append((u, a, w))
        return
    far = max(nodes[v].layer for v, _ in readers)
    for layer in range(nodes[u].layer, far):
        here = [Segment(u, a, v, nodes[v].ins[p], w) for v, p in readers if nodes[v].layer == layer + 1]
        if layer + 1 < far:
            point = len(nodes)
            nodes.append(Node(0.0, 0.0, (0.0,), (0.0,), long=True, layer=layer + 1))
            made.columns[layer + 1].append(point)
            made.gaps[layer].append(Segment(u, a, point, 0.0, w))
            u, a = point, 0.0
        made.gaps[layer] += here
