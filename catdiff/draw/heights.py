"""How high everything stands: wires as level as the order of the columns allows.

The sum of squared steps of all segments is made small, column by column. For one column, its neighbours held still,
that is a weighted isotonic regression (the order and the least distances are the constraints), solved exactly by
pooling adjacent violators, so every sweep makes the sum smaller. Then long wires are pulled straight where there
is room, and small steps are taken out.

>>> pooled([3.0, 1.0, 2.0], [1.0, 1.0, 1.0])               # the nondecreasing sequence nearest to 3, 1, 2
[2.0, 2.0, 2.0]

Source: Barlow et al., Statistical Inference under Order Restrictions (1972), for pooling.
"""

from __future__ import annotations

from collections.abc import Sequence

from .columns import Columns
from .leveling import Leveling

BETWEEN_BOXES, BETWEEN_WIRES, BESIDE_WIRE, BESIDE_DOT = 16.0, 15.0, 13.0, 10.0
SWEEPS = 24
STEP, KEEN = 9.0, 30.0  # smaller steps are taken out: in the end they weigh so much more
LEVEL, CLOSER = 1e-6, 4.5  # a step no larger is none; how much distance may be lost for taking one out


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
        for gap in made.gaps:
            for s in gap:
                weight = 1.0 + 2.0 * nodes[s.u].long + 2.0 * nodes[s.v].long
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
        self.between = {  # the nodes above and below in the same column, -1 for none
            n: (column[i - 1] if i else -1, column[i + 1] if i + 1 < len(column) else -1)
            for column in made.columns
            for i, n in enumerate(column)
        }

    def apart(self, upper: int, lower: int) -> float:
        """The least distance between two nodes that are neighbours in a column."""
        a, b = self.made.nodes[upper], self.made.nodes[lower]
        if a.point or b.point:
            return BESIDE_DOT
        return (BETWEEN_WIRES, BESIDE_WIRE, BETWEEN_BOXES)[(a.height > 0) + (b.height > 0)]

    def settle(self, layer: int, sides: Sequence[list[list[tuple[int, float, float]]]], keen: float) -> None:
        """The best heights of one column, given those of the columns on these sides; small steps weigh more."""
        nodes, column, above = self.made.nodes, self.made.columns[layer], self.above[layer]
        targets, weights = [], []
        for n, offset in zip(column, above, strict=True):
            total = weight = 0.0
            for side in sides:
                for m, difference, w in side[n]:
                    target = nodes[m].y + difference
                    w *= keen if abs(target - nodes[n].y) < STEP else 1.0
                    total += w * target
                    weight += w
            if not weight:
                total, weight = 0.01 * nodes[n].y, 0.01
            targets.append(total / weight - offset)
            weights.append(weight)
        for n, z, offset in zip(column, pooled(targets, weights), above, strict=True):
            nodes[n].y = z + offset

    def solve(self) -> None:
        """Sweep to and fro, first carrying heights along, then balancing both sides; then straighten and level."""
        layers = range(len(self.made.columns))
        for sweep in range(SWEEPS):
            both, keen = sweep >= 4, 1.0 if sweep < 14 else KEEN
            for layer in layers if sweep % 2 == 0 else reversed(layers):
                first = self.ins if sweep % 2 == 0 else self.outs
                self.settle(layer, (self.ins, self.outs) if both else (first,), keen)
        units = self.units()
        for turn in range(6):
            for unit in units if turn % 2 else reversed(units):
                self.straighten(unit)
        self.level()
        for node, y in zip(self.made.nodes, Leveling(self.made, self.ins, self.outs, self.apart).solve(), strict=True):
            node.y = y

    def units(self) -> list[list[int]]:
        """What moves as one: the points of a long wire, or one node."""
        nodes, seen, units = self.made.nodes, set(), []
        for column in self.made.columns:
            for n in column:
                if n in seen:
                    continue
                unit = [n]
                while nodes[n].long:
                    n = next((m for m, _, _ in self.outs[n] if nodes[m].long), -1)
                    if n < 0:
                        break
                    unit.append(n)
                seen.update(unit)
                units.append(unit)
        return units

    def limits(self, n: int, inside: set[int], closer: float = 0.0) -> tuple[float, float]:
        """Between what heights a node may stand, its neighbours in the column held still except those `inside`.

        They may come `closer` than is usual, at the interface excepted.
        """
        nodes, low, high = self.made.nodes, -1e9, 1e9
        upper, lower = self.between[n]
        closer *= 0 < nodes[n].layer < len(self.made.columns) - 1
        if upper >= 0 and upper not in inside:
            low = nodes[upper].y + nodes[upper].height + self.apart(upper, n) - closer
        if lower >= 0 and lower not in inside:
            high = nodes[lower].y - self.apart(n, lower) - nodes[n].height + closer
        return low, high

    def straighten(self, unit: list[int]) -> None:
        """Put the points of a long wire at one height, or as few as there are; likewise a single node."""
        runs: list[tuple[list[int], float, float]] = []
        for n in unit:
            low, high = self.limits(n, set())
            if runs and max(low, runs[-1][1]) <= min(high, runs[-1][2]):
                run, before, after = runs.pop()
                runs.append(([*run, n], max(low, before), min(high, after)))
            else:
                runs.append(([n], low, high))
        for run, low, high in runs:
            self.settle_run(run, low, high)

    def settle_run(self, run: list[int], low: float, high: float) -> None:
        """The best height for nodes that stand at one height, within limits."""
        nodes, inside = self.made.nodes, set(run)
        total = weight = 0.0
        for n in run:
            for side in (self.ins, self.outs):
                for m, d, w in side[n]:
                    if m not in inside:
                        target = nodes[m].y + d
                        w *= KEEN if abs(target - nodes[n].y) < STEP else 1.0
                        total += w * target
                        weight += w
        if weight:
            for n in run:
                nodes[n].y = min(max(total / weight, low), high)

    def level(self) -> None:
        """Take out small steps, least first: one end moves, with all that is level with it."""
        nodes = self.made.nodes
        segments = [(s.u, s.v, s.a - s.b) for gap in self.made.gaps for s in gap]
        small = [(abs(nodes[u].y + d - nodes[v].y), u, v, d) for u, v, d in segments]
        for _, u, v, d in sorted([s for s in small if s[0] < STEP]):
            step = nodes[u].y + d - nodes[v].y
            if not LEVEL < abs(step) < STEP:
                continue
            for n, shift in sorted(((v, step), (u, -step)), key=lambda end: len(self.ins[end[0]] + self.outs[end[0]])):
                together = self.together(n)
                if (u in together) != (v in together) and all(self.fits(m, shift, together) for m in together):
                    for m in together:
                        nodes[m].y += shift
                    break

    def fits(self, n: int, shift: float, inside: set[int]) -> bool:
        """Whether a node may move so far, together with those `inside`."""
        low, high = self.limits(n, inside, CLOSER)
        return low <= self.made.nodes[n].y + shift <= high

    def together(self, n: int) -> set[int]:
        """The node and all that level pieces of wire join it to."""
        nodes, found = self.made.nodes, [n]
        seen = {n}
        for m in found:  # grows while it is read
            for side in (self.ins, self.outs):
                for k, d, _ in side[m]:
                    if k not in seen and abs(nodes[k].y + d - nodes[m].y) <= LEVEL:
                        seen.add(k)
                        found.append(k)
        return seen


def set_heights(made: Columns) -> float:
    """Give every node its y, least 0; the height of it all."""
    Heights(made).solve()
    top = min([n.y for n in made.nodes], default=0.0)
    for node in made.nodes:
        node.y -= top
    return max([n.y + n.height for n in made.nodes], default=0.0)
