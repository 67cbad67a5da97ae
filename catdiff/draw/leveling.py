"""Wires made level: a bend is taken out where one end can move, with all that must move with it.

What level wire joins is a **block** and moves as one. To level another segment the block at one of its ends moves by
the step between them; blocks that are in the way are pushed along, just as far as they must be. That is done where it
makes the picture's cost less: so much for every bend, and a little for the height of every step. So bends become few
in number, and those that are left are there for a reason. In a frame of long wires beside one another, a push moves
thousands of nodes: so the work is bounded, the smallest steps come first, and large frames keep some bends more.

>>> cost(0.0, 1.0), cost(30.0, 1.0) < cost(5.0, 1.0) + cost(5.0, 1.0)
(0.0, True)

Source: for blocks, Brandes and Köpf, Fast and simple horizontal coordinate assignment, Graph Drawing 2001.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from .columns import Columns

BEND, RISE = 24.0, 0.05  # what a bend costs; what a pixel of a step costs
LEVEL = 1e-6  # a step no larger is none
STEP, CLOSER = 9.0, 4.5  # smaller steps are taken out even where distances become so much less for it
PASSES = 3
FAR = 400  # blocks that may be pushed at once
EFFORT = 60  # nodes that may be pushed in all tries together, for each node there is
Ends = list[list[tuple[int, float, float]]]


def cost(step: float, weight: float) -> float:
    """What a step in a wire costs."""
    step = abs(step)
    return weight * (BEND + RISE * step) if step > LEVEL else 0.0


class Leveling:
    """The nodes of `made`, at heights that keep their distances, while wires are made level."""

    def __init__(self, made: Columns, ins: Ends, outs: Ends, apart: Callable[[int, int], float]) -> None:
        self.made, nodes = made, made.nodes
        self.y = [n.y for n in nodes]
        self.ends = [a + b for a, b in zip(ins, outs, strict=True)]  # neighbour, difference, weight
        self.block = list(range(len(nodes)))
        self.members = [[n] for n in self.block]
        self.left = EFFORT * len(nodes)  # pushes that may still be tried; after these, steps stay
        # The neighbour above and below, and how far the tops of the two are apart at least.
        self.beside: tuple[list[tuple[int, float]], ...] = ([(-1, 0.0)] * len(nodes), [(-1, 0.0)] * len(nodes))
        for column in made.columns:
            for upper, lower in pairwise(column):
                least = nodes[upper].height + apart(upper, lower)
                self.beside[0][lower], self.beside[1][upper] = (upper, least), (lower, least)
        self.segments = [
            (s.u, s.v, s.a - s.b, next(w for m, d, w in self.ends[s.u] if m == s.v and d == s.b - s.a))
            for gap in (made.gaps if len(made.gaps) > 1 else [])  # where there are no boxes, crossings stay symmetric
            for s in gap
        ]

    def solve(self) -> list[float]:
        """The heights, fewer steps between them."""
        for _ in range(PASSES):
            if not self.swept(float("inf")):
                break
        self.beside = tuple([[(m, least - give) for m, least, give in side] for side in self.closer()])
        self.swept(STEP)
        return self.y

    def swept(self, most: float) -> bool:
        """Try all segments with steps of at most so much; whether one was made level. Those that are level come first,
        then those of most weight, then the least step.
        """
        steps = [(abs(self.y[u] + d - self.y[v]), w, u, v, d) for u, v, d, w in self.segments]
        steps = sorted([(step > LEVEL, -w, step, u, v, d) for step, w, u, v, d in steps if step <= most])
        done = [self.level(u, v, d) for _, _, _, u, v, d in steps]
        return True in done

    def closer(self) -> tuple[list[tuple[int, float, float]], ...]:
        """The distances, and by how much less they may be for taking out a small step: none at the interface."""
        last = len(self.made.columns) - 1
        give = [CLOSER * (0 < n.layer < last) for n in self.made.nodes]
        return tuple([[(m, least, give[m]) for m, least in side] for side in self.beside])

    def level(self, u: int, v: int, d: float) -> bool:
        """Make a segment level, if that is worth it; whether it was done."""
        if self.block[u] == self.block[v]:
            return False
        step = self.y[u] + d - self.y[v]
        if abs(step) > LEVEL:
            ways = [(self.gain(moved), moved) for moved in (self.pushed(v, step, u), self.pushed(u, -step, v)) if moved]
            gain, moved = max(ways, key=lambda way: way[0], default=(0.0, {}))
            if gain <= 0:
                return False
            for b, shift in moved.items():
                for n in self.members[b]:
                    self.y[n] += shift
        self.join(self.block[u], self.block[v])
        return True

    def join(self, a: int, b: int) -> None:
        """Make two blocks one."""
        if len(self.members[a]) < len(self.members[b]):
            a, b = b, a
        for n in self.members[b]:
            self.block[n] = a
        self.members[a] += self.members[b]
        self.members[b] = []

    def pushed(self, n: int, shift: float, fixed: int) -> dict[int, float]:
        """By how much blocks move if that of n does, empty if the block of `fixed` would have to."""
        y, block, held = self.y, self.block, self.block[fixed]
        down = shift > 0
        beside = self.beside[down]
        moved = {block[n]: shift}
        waiting = [block[n]]
        for b in waiting:  # grows while it is read
            self.left -= len(self.members[b])
            if self.left < 0 or len(waiting) > FAR:
                return {}
            shift = moved[b]
            for n in self.members[b]:
                m, least = beside[n]
                if m < 0:
                    continue
                room = y[m] - y[n] - least if down else y[m] - y[n] + least
                more, c = shift - room, block[m]
                if (more > LEVEL if down else more < -LEVEL) and c != b:
                    if c == held:
                        return {}
                    if c not in moved or abs(moved[c]) < abs(more) - LEVEL:
                        moved[c] = more
                        waiting.append(c)
        return moved

    def gain(self, moved: dict[int, float]) -> float:
        """How much less the picture costs after a move."""
        y, block, gain = self.y, self.block, 0.0
        for b, shift in moved.items():
            for n in self.members[b]:
                for m, d, w in self.ends[n]:
                    other = moved.get(block[m], 0.0)
                    if other != shift:
                        step = y[m] + d - y[n]
                        change = cost(step, w) - cost(step + other - shift, w)
                        gain += change / 2 if block[m] in moved else change
        return gain
