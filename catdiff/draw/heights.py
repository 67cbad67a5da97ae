"""How high everything stands: wires as level as the order of the columns allows.

The sum of squared steps of all segments is made small, column by column. For one column, the one before it held still,
that is a weighted isotonic regression (the order and the least distances are the constraints), solved exactly by
pooling adjacent violators. Then bends are taken out (`leveling.py`). Frames so small that one sees them at a glance
get their forks in the middle of branches that weigh alike (`centring.py`); in others that would cost bends.

>>> pooled([3.0, 1.0, 2.0], [1.0, 1.0, 1.0])               # the nondecreasing sequence nearest to 3, 1, 2
[2.0, 2.0, 2.0]

Source: Barlow et al., Statistical Inference under Order Restrictions (1972), for pooling.
"""

from __future__ import annotations

from collections.abc import Sequence

from .centring import Centring
from .columns import Columns
from .leveling import Ends, Leveling

BETWEEN_BOXES, BETWEEN_WIRES, BESIDE_WIRE, BESIDE_DOT = 16.0, 15.0, 13.0, 10.0
SWEEPS = 4
GRID = 2**20  # heights are multiples of a pixel's fraction, so that what is level is so exactly
GLANCE = 15  # nodes, the interface and points of long wires among them, that one sees at a glance
ENTERING = 0.2  # the weight of a wire from the top, which bends anyway


def pooled(targets: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The nondecreasing sequence nearest to `targets` in weighted least squares."""
    blocks: list[list[float]] = []  # weighted sum, weight, length
    for t, w in zip(targets, weights, strict=True):
        blocks.append([t * w, w, 1])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            total, weight, length = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += weight
            blocks[-1][2] += length
    return [total / weight for total, weight, length in blocks for _ in range(int(length))]


class Heights:
    """The heights of the nodes of `made` while they are found."""

    def __init__(self, made: Columns) -> None:
        self.made, nodes = made, made.nodes
        self.above: list[list[float]] = []  # least distance of each node's top from the first one's
        self.ins: list[list[tuple[int, float, float]]] = [[] for _ in nodes]  # neighbour, difference, weight
        self.outs: list[list[tuple[int, float, float]]] = [[] for _ in nodes]
        readers = [0] * len(nodes)  # of the wire that passes a point, from there on
        for gap in reversed(made.gaps):
            for s in gap:
                ahead = readers[s.v] if nodes[s.v].long else 1
                readers[s.u] += ahead
                weight = ENTERING if nodes[s.u].top else ahead * (2.0 + nodes[s.u].long + nodes[s.v].long)
                self.ins[s.v].append((s.u, s.a - s.b, weight))
                self.outs[s.u].append((s.v, s.b - s.a, weight))
        for column in made.columns:
            at, above = 0.0, []
            for i, n in enumerate(column):
                if i:
                    at += nodes[column[i - 1]].height + self.apart(column[i - 1], n)
                above.append(at)
            self.above.append(above)
            for n, y in zip(column, above, strict=True):
                nodes[n].y = y - at / 2

    def apart(self, upper: int, lower: int) -> float:
        """The least distance between two nodes that are neighbours in a column."""
        a, b = self.made.nodes[upper], self.made.nodes[lower]
        if a.point or b.point:
            return BESIDE_DOT
        return (BETWEEN_WIRES, BESIDE_WIRE, BETWEEN_BOXES)[(a.height > 0) + (b.height > 0)]

    def settle(self, layer: int, side: Ends) -> None:
        """The best heights of one column, given those of the columns on this side."""
        nodes, column, above = self.made.nodes, self.made.columns[layer], self.above[layer]
        targets, weights = [], []
        for n, offset in zip(column, above, strict=True):
            total = weight = 0.0
            for m, difference, w in side[n]:
                total += w * (nodes[m].y + difference)
                weight += w
            if not weight:
                total, weight = 0.01 * nodes[n].y, 0.01
            targets.append(total / weight - offset)
            weights.append(weight)
        for n, z, offset in zip(column, pooled(targets, weights), above, strict=True):
            nodes[n].y = z + offset

    def solve(self) -> None:
        """Balance, then take out bends."""
        self.balance()
        leveling = Leveling(self.made, self.ins, self.outs, self.apart)
        for node, y in zip(self.made.nodes, leveling.solve(), strict=True):
            node.y = y

    def balance(self) -> None:
        """Sweep to and fro, carrying heights along."""
        layers = range(len(self.made.columns))
        for sweep in range(SWEEPS):
            for layer in layers if sweep % 2 == 0 else reversed(layers):
                self.settle(layer, self.ins if sweep % 2 == 0 else self.outs)


def set_heights(made: Columns) -> float:
    """Give every node its y, least 0; the height of it all."""
    heights = Heights(made)
    heights.solve()
    if len(made.nodes) <= GLANCE:
        for node, y in zip(made.nodes, Centring(made, heights.outs, heights.apart).solve(), strict=True):
            node.y = y
    top = min([n.y for n in made.nodes], default=0.0)
    for node in made.nodes:
        node.y = round((node.y - top) * GRID) / GRID
    return max([n.y + n.height for n in made.nodes], default=0.0)
