"""Where wires divide: as late as may be, and earlier where that undoes crossings.

A wire runs to its last reader as one line and divides in front of each gap in which it is read. Two things are better
than that. A branch that has to cross what stands between it and the others may leave before that begins: it gets
points of its own, from as far left as pays. And where wires cross the branches of another they should cross it before
it divides: such a gap is **halved**, wires change places in front of a new column, in which nothing else stands, and
divide behind it.
"""

from __future__ import annotations

from collections.abc import Sequence

from .columns import Columns, Node, Segment
from .order import Order, crossings

BACK = 12  # columns through which a branch may be led by itself
WORSE = 3  # crossings more on the way to fewer
WIDE = 100  # segments in a gap; where there are more, nothing is tried


def divide(made: Columns) -> None:
    """Let wires divide where they cross least, in place."""
    if not crossings(made):
        return
    _Branching(made).solve()
    for gap in reversed(range(len(made.gaps))):
        half = halved(made, gap)
        if half is not None:
            splice(made, gap, half)


def halved(made: Columns, gap: int) -> Columns | None:
    """A gap as two, with a column of points between them, if it has fewer crossings so."""
    left, right, segments = made.columns[gap], made.columns[gap + 1], made.gaps[gap]
    ports = {(s.u, s.a) for s in segments}
    if len(ports) == len(segments) or len(segments) > WIDE or any(made.nodes[u].top for u, _ in ports):
        return None
    whole = crossings(Columns(made.nodes, [left, right], [segments]))
    if whole < 2:
        return None
    at, nodes = {n: i for i, n in enumerate(left)}, list(made.nodes)
    points = {port: len(nodes) + i for i, port in enumerate(sorted(ports, key=lambda p: (at[p[0]], p[1])))}
    nodes += [Node(0.0, 0.0, (0.0,), (0.0,), long=True, layer=gap + 1) for _ in points]
    wires = {(s.u, s.a): s.wire for s in segments}
    first = [Segment(u, a, point, 0.0, wires[u, a]) for (u, a), point in points.items()]
    second = [Segment(points[s.u, s.a], 0.0, s.v, s.b, s.wire) for s in segments]
    half = Columns(nodes, [left, list(points.values()), right], [first, second])
    order = Order(half)
    while order.exchange(1):
        pass
    half.columns[1] = order.now[1]
    _Branching(half).solve()
    return half if crossings(half) < whole else None


def splice(made: Columns, gap: int, half: Columns) -> None:
    """Put the new column into the picture."""
    for node in made.nodes:
        node.layer += node.layer > gap
    made.nodes += half.nodes[len(made.nodes) :]
    made.columns.insert(gap + 1, half.columns[1])
    made.gaps[gap : gap + 1] = half.gaps


class _Branching:
    """The wires of `made` while branches are led by themselves."""

    def __init__(self, made: Columns) -> None:
        self.made, self.nodes = made, made.nodes
        self.at = [0.0] * len(made.nodes)
        self.layer = {n: layer for layer, column in enumerate(made.columns) for n in column}
        self.ins: list[list[Segment]] = [[] for _ in made.nodes]
        self.outs: list[list[Segment]] = [[] for _ in made.nodes]
        for gap in made.gaps:
            for s in gap:
                self.ins[s.v].append(s)
                self.outs[s.u].append(s)
        for column in made.columns:
            self.settle(column)

    def settle(self, column: Sequence[int]) -> None:
        for i, n in enumerate(column):
            self.at[n] = i

    def start(self, s: Segment) -> float:
        """Where a segment begins in its column, ports being fractions of a node."""
        height = self.nodes[s.u].height
        return self.at[s.u] + (s.a / height if height else 0.5)

    def end(self, s: Segment) -> float:
        height = self.nodes[s.v].height
        return self.at[s.v] + (s.b / height if height else 0.5)

    def crossed(self, s: Segment) -> int:
        """How many others a segment crosses."""
        x, y = self.start(s), self.end(s)
        others = self.made.gaps[self.layer[s.u]]
        return sum([(self.start(t) - x) * (self.end(t) - y) < 0 for t in others]) if len(others) <= WIDE else 0

    def solve(self) -> None:
        """Lead away all branches for which that pays."""
        forks = [n for n in self.layer if self.nodes[n].long and len(self.outs[n]) > 1]
        for n in forks:
            while self.parted(n):
                pass

    def parted(self, n: int) -> bool:
        """Lead some of the branches at a point away from the others, if that pays."""
        branches = sorted(self.outs[n], key=self.end)
        if not any(map(self.crossed, branches)):
            return False
        cuts = range(1, len(branches))
        return any(self.led(n, branches[i:], 1) or self.led(n, branches[:i], -1) for i in cuts)

    def led(self, n: int, branches: list[Segment], side: int) -> bool:
        """Lead branches by themselves, below the others or, side −1, above, from as far left as saves most."""
        steps: list[tuple[int, Segment, list[Segment]]] = []
        total = fewest = kept = 0
        while self.ins[n] and self.nodes[n].long and total <= WORSE and len(steps) < BACK:
            change, place = self.place(n, branches, side)
            total += change
            before = self.ins[n][0]
            steps.append((n, self.add(n, branches, place), branches))
            if total < fewest:
                fewest, kept = total, len(steps)
            n, branches = before.u, [steps[-1][1]]
        while len(steps) > kept:
            self.remove(*steps.pop())
        return kept > 0

    def place(self, n: int, branches: Sequence[Segment], side: int) -> tuple[int, int]:
        """Where a point for these branches crosses least, on this side of that which they come from, and how many
        crossings that is more. Of equal places the furthest: what is there may begin there.
        """
        before = self.ins[n][0]
        column, at = self.made.columns[self.layer[n]], int(self.at[n])
        x, ys = self.start(before), [self.end(s) for s in branches]
        change = least = self.crossed(before)
        place, i = at + (side > 0), at + side
        while 0 <= i < len(column) and not self.nodes[column[i]].top:
            for s in self.ins[column[i]]:
                p = self.start(s)
                change += side * ((p > x) - (p < x))
            for s in self.outs[column[i]]:
                q = self.end(s)
                change += side * sum([(q > y) - (q < y) for y in ys])
            if change <= least:
                least, place = change, i + (side > 0)
            i += side
        return least, place

    def add(self, n: int, branches: Sequence[Segment], place: int) -> Segment:
        """A point for these branches, at this place in the column; the segment that leads to it."""
        before, layer, new = self.ins[n][0], self.layer[n], len(self.nodes)
        self.nodes.append(Node(0.0, 0.0, (0.0,), (0.0,), long=True, layer=self.nodes[n].layer))
        to = Segment(before.u, before.a, new, 0.0, before.wire)
        self.made.gaps[layer - 1].append(to)
        self.outs[before.u].append(to)
        led = set(map(id, branches))
        self.outs[n] = [s for s in self.outs[n] if id(s) not in led]
        self.ins.append([to])
        self.outs.append(list(branches))
        self.at.append(0.0)
        self.layer[new] = layer
        for s in branches:
            s.u, s.a = new, 0.0
        self.made.columns[layer].insert(place, new)
        self.settle(self.made.columns[layer])
        return to

    def remove(self, n: int, to: Segment, branches: Sequence[Segment]) -> None:
        """Undo what was added last."""
        layer = self.layer.pop(to.v)
        for made in (self.nodes, self.ins, self.outs, self.at):
            made.pop()
        self.made.gaps[layer - 1].pop()
        self.outs[to.u].pop()
        self.outs[n] += branches
        for s in branches:
            s.u, s.a = n, 0.0
        self.made.columns[layer].remove(to.v)
        self.settle(self.made.columns[layer])
