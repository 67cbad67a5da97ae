"""Terms, and the hypernets they become.

The floor of a chain is appending n tuples to a list; that of a layered DAG is the same with the wires looked up
through the permutations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

import catdiff as cd

from .harness import Timed
from .programs import X, chain, power

WIDTH = 100  # boxes to a layer


def fold(size: int, turn: int) -> Callable[[], Any]:
    """`s >> s >> …`, and its net."""
    return lambda: chain(size).net


def tuples(size: int, turn: int) -> Callable[[], Any]:
    """A tuple per box, and a list of its wires."""

    def run() -> Any:
        boxes: list[Any] = []
        for i in range(size):
            boxes.append(("sigmoid", (i,), (i + 1,)))  # noqa: PERF401  a comprehension is not a loop that emits
        return boxes

    return run


def discopy_fold(size: int, turn: int) -> Callable[[], Any]:
    """The same fold of DisCoPy's monoidal diagrams."""
    from discopy.monoidal import Box, Ty

    box = Box("s", Ty("x"), Ty("x"))
    return lambda: chain(size, box)


def check_fold(size: int, net: Any) -> None:
    assert net.sources.tolist() == list(range(size)) and net.outputs.tolist() == [size]


def shape(size: int) -> tuple[int, int]:
    """Layers, and boxes to a layer."""
    width = min(WIDTH, size)
    return size // width, width


@cache
def permutations(size: int) -> list[list[int]]:
    """What is between the layers: the same in every turn and for every contender."""
    layers, width = shape(size)
    rng = np.random.default_rng(size)
    return [rng.permutation(2 * width).tolist() for _ in range(layers)]


def layered(size: int, turn: int) -> Callable[[], Any]:
    """Layers of two-in two-out boxes, with permutations between them."""
    _, width = shape(size)
    orders, A = permutations(size), power(X, 2 * width)
    box = cd.morphism(X, X)(lambda x, y: (x + y, x * y)).box(f"b{turn}")

    def run() -> Any:
        f = cd.id(A)
        for order in orders:
            row = box
            for _ in range(width - 1):
                row = row @ box
            f = f >> cd.permute(A, order) >> row
        return f.net

    return run


def layered_tuples(size: int, turn: int) -> Callable[[], Any]:
    """A tuple per box, its wires looked up through the permutations."""
    _, width = shape(size)
    orders = permutations(size)

    def run() -> Any:
        boxes, wires, made = [], list(range(2 * width)), 2 * width
        for order in orders:
            below: list[int] = []
            for i in range(width):
                boxes.append(("b", (wires[order[2 * i]], wires[order[2 * i + 1]]), (made, made + 1)))
                below += (made, made + 1)
                made += 2
            wires = below
        return boxes

    return run


def networkx_layered(size: int, turn: int) -> Callable[[], Any]:
    """The same as a NetworkX graph, a node per box, an edge per wire (DisCoPy spells permutations out as swaps)."""
    import networkx

    _, width = shape(size)
    orders = permutations(size)

    def run() -> Any:
        graph, wires = networkx.MultiDiGraph(), [("in", i) for i in range(2 * width)]
        for layer, order in enumerate(orders):
            below: list[Any] = []
            for i in range(width):
                box = layer * width + i
                graph.add_node(box, label="b")
                for port in (0, 1):
                    node, out = wires[order[2 * i + port]]
                    graph.add_edge(node, box, source=out, target=port)
                below += ((box, 0), (box, 1))
            wires = below
        return graph

    return run


def check_layered(size: int, net: Any) -> None:
    """Wire for wire what the floor made."""
    boxes = layered_tuples(size, 0)()
    assert len(net) == len(boxes)
    assert net.sources.tolist() == [s for _, sources, _ in boxes for s in sources]


ROWS = [
    Timed(
        name="fold",
        what="`>>` left fold of n boxes, hypernet built",
        sizes=(10**3, 10**4, 10**5, 10**6),
        ours=fold,
        floor=tuples,
        check=check_fold,
        peer=discopy_fold,
        peer_sizes=(10**3,),
        reach={10**4: 0.1, 10**5: 1.0, 10**6: 12.0},
        memory={10**6: 1024.0},
    ),
    Timed(
        name="layered",
        what="layered DAG of n two-in two-out boxes, random permutations between layers of 100, built",
        sizes=(10**3, 10**4, 10**5),
        ours=layered,
        floor=layered_tuples,
        check=check_layered,
        tiny=4,
        peer=networkx_layered,
        peer_name="networkx",
        peer_sizes=(10**3, 10**4, 10**5),
        reach={10**5: 2.0},
    ),
]
