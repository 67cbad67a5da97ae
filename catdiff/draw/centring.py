"""Forks and joins in the middle of what they branch to, where that costs nothing elsewhere.

Where a wire divides, at most one branch can be level. That is right where one branch outweighs the others, as a wire
that goes on and on does. Branches that weigh alike are a **tie**, and a tie is to be its own mirror image: what is
level with it on its own side moves to the median of its branches, or, where that side is held, the branches move.
Other wires get no new bends, and steps do not grow in sum. A tie may bend once more: so this is for small frames.

>>> import catdiff as cd
>>> from .layout import layout
>>> A = cd.f64()
>>> scene = layout((cd.copy(A) >> cd.sin @ cd.exp >> cd.add(A)).net)
>>> sin, exp = [box.y + box.height / 2 for box in scene.boxes]
>>> {dot.y for dot in scene.dots} == {(sin + exp) / 2}
True
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from statistics import median

from .columns import Columns
from .leveling import LEVEL, RISE, Ends, cost

SWEEPS = 2
Branches = list[tuple[int, float]]  # nodes, each with how much lower than its own the height level with it is


class Centring:
    """The nodes of `made`, whose wires are as level as they get, while ties are centred."""

    def __init__(self, made: Columns, outs: Ends, apart: Callable[[int, int], float]) -> None:
        self.made, self.y = made, [n.y for n in made.nodes]
        weights = [{(m, d): w for m, d, w in ends} for ends in outs]
        self.segments = [(s, weights[s.u][s.v, s.b - s.a]) for gap in made.gaps for s in gap]
        self.beside: list[list[tuple[int, float]]] = [[] for _ in made.nodes]  # neighbours, and least distances to them
        for column in made.columns:
            for upper, lower in pairwise(column):
                least = made.nodes[upper].height + apart(upper, lower)
                self.beside[upper].append((lower, least))
                self.beside[lower].append((upper, -least))
        self.ties, tied = self.found()
        self.part = self.joined(tied)
        self.members: dict[int, list[int]] = defaultdict(list)
        for n, part in enumerate(self.part):
            self.members[part].append(n)
        self.around: list[list[tuple[int, float, float, bool]]] = [[] for _ in made.nodes]
        for i, (s, w) in enumerate(self.segments):
            self.around[s.u].append((s.v, s.b - s.a, w, i in tied))
            self.around[s.v].append((s.u, s.a - s.b, w, i in tied))

    def found(self) -> tuple[dict[int, list[Branches]], set[int]]:
        """The ties at each node, and the segments that are in any."""
        groups: dict[tuple[bool, int, float], list[int]] = defaultdict(list)
        for i, (s, _) in enumerate(self.segments):
            groups[True, s.u, s.a].append(i)
            groups[False, s.v, s.b].append(i)
        ties: dict[int, list[Branches]] = defaultdict(list)
        tied: set[int] = set()
        for (fork, n, _), group in groups.items():
            if len(group) > 1 and len({self.segments[i][1] for i in group}) == 1:
                segments = [self.segments[i][0] for i in group]
                ties[n].append([(s.v, s.b - s.a) if fork else (s.u, s.a - s.b) for s in segments])
                tied |= set(group)
        return ties, tied

    def joined(self, tied: set[int]) -> list[int]:
        """For each node the part of the picture it moves with: what level wires join, ties not counted."""
        part = list(range(len(self.y)))

        def root(n: int) -> int:
            while part[n] != n:
                part[n] = n = part[part[n]]
            return n

        for i, (s, _) in enumerate(self.segments):
            if i not in tied and abs(self.y[s.u] + s.a - self.y[s.v] - s.b) <= LEVEL:
                part[root(s.v)] = root(s.u)
        return [root(n) for n in part]

    def solve(self) -> list[float]:
        """The heights, ties in the middle."""
        with_ties = list(
            dict.fromkeys([self.part[n] for column in self.made.columns for n in column if n in self.ties])
        )
        for _ in range(SWEEPS):
            for part in with_ties:
                shift = self.wanted(part)
                if abs(shift) > LEVEL and not self.move([part], shift):
                    ends = [self.part[m] for n in self.members[part] for tie in self.ties.get(n, ()) for m, _ in tie]
                    self.move(dict.fromkeys(ends), -shift)
        return self.y

    def wanted(self, part: int) -> float:
        """By how much the ties of a part are above the medians of their branches, if all are by as much."""
        shifts = [
            median([self.y[m] - self.y[n] + d for m, d in tie])
            for n in self.members[part]
            for tie in self.ties.get(n, ())
        ]
        return shifts[0] if max(shifts) - min(shifts) <= LEVEL else 0.0

    def move(self, parts: Iterable[int], shift: float) -> bool:
        """Move these parts, if there is room for them, and it costs nothing; whether it was done."""
        moving = {n for part in parts for n in self.members[part]}
        more = 0.0
        for n in moving:
            for m, least in self.beside[n]:
                apart = self.y[m] - self.y[n]
                if m not in moving and abs(apart - shift) < min(abs(least), abs(apart)) - LEVEL:
                    return False
                if m not in moving and (apart - shift) * least < 0:
                    return False
            for m, d, weight, in_tie in self.around[n]:
                if m not in moving:
                    step = self.y[m] + d - self.y[n]
                    price = _rise if in_tie else cost
                    more += price(step - shift, weight) - price(step, weight)
        if more > LEVEL:
            return False
        for n in moving:
            self.y[n] += shift
        return True


def _rise(step: float, weight: float) -> float:
    return weight * RISE * abs(step)
