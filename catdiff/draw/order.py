"""The order of a column, from top to bottom: few crossings.

Barycentre sweeps: a node moves to the mean position of what it is joined to in the column just done, a port counting
as a fraction of its node; then neighbours change places as long as that undoes crossings. Sweeps begin from several
orders, the program's, its reverse, and shuffled ones, and the best order seen is kept; the larger a picture, the fewer
beginnings. The interface is not sorted: its order is the program's.

Source: Sugiyama, Tagawa and Toda, IEEE Trans. Syst. Man Cybern. 11 (1981) 109–125; for several beginnings, Gansner et
al., IEEE Trans. Softw. Eng. 19 (1993) 214–230.
"""

from __future__ import annotations

import random
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Sequence

from .columns import Columns

SWEEPS, PATIENCE = 12, 2  # from one beginning; so many of them in vain are enough
STARTS, EFFORT = 12, 1000  # beginnings at most; segments that are swept over in all of them
VAIN = 6  # beginnings in vain are enough
EXCHANGES = 2  # passes that let neighbours change places, where a sweep has brought nothing


def sort_columns(made: Columns) -> None:
    """Reorder the columns between the interfaces in place."""
    fewest([lambda: made])


def fewest(arrangements: Sequence[Callable[[], Columns]]) -> Columns:
    """The arrangement that crosses least, in that order; the first of equals. Later ones are asked for in need only."""
    orders: list[Order] = []
    seen: list[tuple[int, int, list[list[int]]]] = []  # crossings, which arrangement, in which order
    chance, starts, best = random.Random(0), 1, 0
    for start in range(STARTS * len(arrangements)):
        turn, which = divmod(start, len(arrangements))
        if which == len(orders):
            orders.append(Order(arrangements[which]()))
            starts = max(2, min(STARTS, EFFORT // (1 + sum(map(len, orders[0].made.gaps)))))
        orders[which].begin(turn, chance)
        found, count = orders[which].swept((turn + which) % 2 == 0)
        seen.append((count, which, found))
        if count < seen[best][0]:
            best = start
        if not count or start + 1 >= starts or start - best >= VAIN:
            break
    _, which, columns = min(seen, key=lambda s: s[:2])
    made = orders[which].made
    made.columns[1:-1] = columns[1:-1]
    return made


class Order:
    """The columns while they are sorted: for each node its place, and the ports at the other ends of its segments."""

    def __init__(self, made: Columns) -> None:
        self.made, nodes = made, made.nodes
        self.at: list[float] = [0.0] * len(nodes)
        # Per side and node: own port, other node and its port, ports being fractions of a node's height.
        self.joined: list[list[list[tuple[float, int, float]]]] = [[[] for _ in nodes] for _ in (0, 1)]
        for gap in made.gaps:
            for s in gap:
                a, b = (o / nodes[n].height if nodes[n].height else 0.5 for n, o in ((s.u, s.a), (s.v, s.b)))
                self.joined[0][s.v].append((b, s.u, a))
                self.joined[1][s.u].append((a, s.v, b))
        self.place(made.columns)

    def begin(self, turn: int, chance: random.Random) -> None:
        """Put the columns in the order in which sweeps begin: the program's, its reverse, any."""
        first = self.made.columns
        if turn > 1:
            self.place([chance.sample(c, len(c)) for c in first])
        else:
            self.place([c[::-1] for c in first] if turn else first)

    def place(self, columns: list[list[int]]) -> None:
        """Put the inner columns in this order, what enters from the top first."""
        nodes, ends = self.made.nodes, (self.made.columns[0], self.made.columns[-1])
        self.now = [ends[0], *[sorted(c, key=lambda n: not nodes[n].top) for c in columns[1:-1]], ends[1]]
        self.counted: list[int | None] = [None] * len(columns)  # crossings of the gap behind, where they are known
        self.waiting = [True] * (len(columns) + 1)  # whether neighbours might change places
        for layer in range(len(columns)):
            self.settle(layer)

    def settle(self, layer: int) -> None:
        """Say where the nodes of a column are, which has changed."""
        for i, n in enumerate(self.now[layer]):
            self.at[n] = i
        self.counted[layer - 1] = self.counted[layer] = None
        self.waiting[layer - 1] = self.waiting[layer] = self.waiting[layer + 1] = True

    def columns(self) -> list[list[int]]:
        return [list(c) for c in self.now]

    def crossings(self) -> int:
        """The number of pairs of segments that cross, all gaps together."""
        return sum([self.crossed(layer) for layer in range(len(self.now) - 1)])

    def crossed(self, layer: int) -> int:
        """The same, in the gap right of a column."""
        known = self.counted[layer]
        if known is None:
            at, after = self.at, self.joined[1]
            known = inversions([(at[n] + a, at[m] + b) for n in self.now[layer] for a, m, b in after[n]])
            self.counted[layer] = known
        return known

    def swept(self, forward: bool) -> tuple[list[list[int]], int]:
        """The best order seen in sweeps to and fro, and its crossings."""
        best, fewest, vain = self.columns(), self.crossings(), 0
        for _ in range(SWEEPS):
            inner = range(1, len(self.now) - 1)
            for layer in inner if forward else reversed(inner):
                self.by_barycentre(layer, forward)
            for _ in range(EXCHANGES):
                if not sum([self.exchange(layer) for layer in (inner if forward else reversed(inner))]):
                    break
            count = self.crossings()
            vain += 1
            if count < fewest:
                best, fewest, vain = self.columns(), count, 0
            if not fewest or vain >= PATIENCE:
                break
            forward = not forward
        return best, fewest

    def by_barycentre(self, layer: int, forward: bool) -> None:
        """Sort a column by where what it is joined to stands on one side."""
        at, joined, nodes = self.at, self.joined[0 if forward else 1], self.made.nodes
        column = self.now[layer]
        scale = len(self.now[layer - 1 if forward else layer + 1]) / max(1, len(column))
        key: dict[int, tuple[bool, float]] = {}
        for n in column:
            ends = joined[n]
            mean = sum([at[m] + b for _, m, b in ends]) / len(ends) if ends else (at[n] + 0.5) * scale
            key[n] = not nodes[n].top, mean
        ordered = sorted(column, key=key.__getitem__)
        if ordered != column:
            self.now[layer] = ordered
            self.settle(layer)

    def exchange(self, layer: int) -> int:
        """Neighbours that cross less the other way round change places; how many did."""
        column = self.now[layer]
        if len(column) < 2 or not self.waiting[layer]:
            return 0
        self.waiting[layer] = False
        at, done, (before, after) = self.at, 0, self.joined
        above = column[0]
        a, c = [at[m] + b for _, m, b in before[above]], [at[m] + b for _, m, b in after[above]]
        for i, n in enumerate(column[1:]):
            b, d = [at[m] + b for _, m, b in before[n]], [at[m] + b for _, m, b in after[n]]
            gain = 0
            for x in a:
                for y in b:
                    gain += (x > y) - (x < y)
            for x in c:
                for y in d:
                    gain += (x > y) - (x < y)
            if gain > 0 and self.made.nodes[n].top == self.made.nodes[above].top:
                column[i], column[i + 1] = n, above
                done += 1
            else:
                above, a, c = n, b, d
        if done:
            self.settle(layer)
        return done


def crossings(made: Columns) -> int:
    """Number of pairs of segments that cross, all gaps together."""
    return Order(made).crossings()


def inversions(pairs: Iterable[tuple[float, float]]) -> int:
    """Pairs that the two coordinates order strictly oppositely.

    >>> inversions([(0, 1), (1, 0), (0, 0)])
    1
    """
    heights = [b for _, b in sorted(pairs)]
    if heights == sorted(heights):
        return 0
    seen: list[float] = []
    count = 0
    for b in heights:
        count += len(seen) - bisect_right(seen, b)
        insort(seen, b)
    return count
