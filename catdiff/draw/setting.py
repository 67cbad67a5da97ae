"""Columns and heights to coordinates: where boxes and dots stand, and how wires run between them.

Here x grows along the flow and y across it, whichever way the picture is turned later. Wires bend only in the gaps
between columns, and columns hold nothing but level wire beside their boxes; a curve stays within the rectangle of its
end points. Hence no wire crosses a box.

>>> from .columns import Columns, Node, Segment
>>> nodes = [Node(0, 0, outs=(0,)), Node(30, 28, (14,), (14,), layer=1, y=0), Node(0, 0, (0,), layer=2, y=14)]
>>> made = Columns(nodes, [[0], [1], [2]], [[Segment(0, 0, 1, 14, 0)], [Segment(1, 14, 2, 0, 1)]])
>>> setting = Setting(made)
>>> [round(x, 2) for x in setting.span[1]], setting.width   # the input stands 14 above the port: a broader gap
([27.88, 57.88], 79.88)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from .columns import Columns, Segment
from .scene import Piece

STUB = 12.0  # from a box to the dot where its wire divides or ends
NARROW, SLOPE, BROAD = 22.0, 0.42, 150.0  # gaps: the least, how they grow with a step, the most
BOW, STEEP = 8.0, 16.0  # how far wires between the same two dots bow; the step from which they need not
CORNER = 7.0  # radius of the turn of a wire that enters from the top


class Setting:
    """The coordinates of `made`: `left` and `right` of columns, the `span` of every node; `width` of it all.

    `least` is how wide it is made at least; `first` and `last` how wide the columns of the interface are.
    """

    def __init__(self, made: Columns, least: float = 0.0, first: float = 0.0, last: float = 0.0) -> None:
        self.made, self.nodes = made, made.nodes
        self.forks = [_forks(gap) for gap in made.gaps]
        self.left: list[float] = []
        self.right: list[float] = []
        self.columns(least, first, last)
        self.width = self.right[-1]
        self.span = [self.place(n) for n in range(len(self.nodes))]
        self.tops()

    def columns(self, least: float, first: float, last: float) -> None:
        """Where columns begin and end: as wide as their widest node, apart as their steepest wire needs."""
        nodes, made = self.nodes, self.made
        gaps = []
        for layer, gap in enumerate(made.gaps):
            step = max([abs(nodes[s.u].y + s.a - nodes[s.v].y - s.b) for s in gap], default=0.0)
            dots = bool(self.forks[layer]) or any(nodes[u].layer == layer for u, _, _ in made.ends)
            gaps.append(min(BROAD, NARROW + SLOPE * step) + STUB * dots)
        widths = [
            max([nodes[n].width for n in column] + [sum([nodes[n].width for n in column if nodes[n].top])], default=0.0)
            for column in made.columns
        ]
        widths[0], widths[-1] = max(widths[0], first), max(widths[-1], last)
        short = max(0.0, least - sum(gaps) - sum(widths))
        gaps[0] += short / 2
        gaps[-1] += short / 2
        x = 0.0
        for w, gap in zip(widths, [*gaps, 0.0], strict=True):
            self.left.append(x)
            self.right.append(x + w)
            x += w + gap

    def place(self, n: int) -> tuple[float, float]:
        """Boxes in the middle of their columns; sums at the left edge, constants and zeros at the right one."""
        node = self.nodes[n]
        left, right = self.left[node.layer], self.right[node.layer]
        if node.long or node.point:
            return (left, left) if node.ins else (right, right)
        if not node.width and node.layer in (0, len(self.left) - 1):
            return (right, right) if node.ins else (left, left)
        x = left + max(0.0, right - left - node.width) / 2  # the widest begins at the left exactly
        return (x, x + node.width)

    def tops(self) -> None:
        """What enters from the top comes down side by side, the lowest on the left."""
        for layer, column in enumerate(self.made.columns):
            x = self.right[layer]
            for n in column:
                if self.nodes[n].top:
                    x -= self.nodes[n].width
                    self.span[n] = (x + self.nodes[n].width / 2, x + self.nodes[n].width / 2)

    def entry(self, n: int, top: float) -> list[Piece]:
        """The way from the top of the frame to where a wire runs level."""
        x, y = self.span[n][0], self.nodes[n].y + self.nodes[n].outs[0]
        self.span[n] = (x + CORNER, x + CORNER)
        return [(x, top, x, x, x, y - CORNER), (x, y - CORNER, x, x, x + CORNER, y)]

    def wires(self) -> Iterator[tuple[int, list[Piece]]]:
        """Pieces of wires, by number; several for one wire."""
        for layer, gap in enumerate(self.made.gaps):
            begun: set[tuple[int, float]] = set()
            for s, side in zip(gap, _sides(gap), strict=True):
                y, fork, pieces = self.nodes[s.u].y + s.a, (s.u, s.a) in self.forks[layer], list[Piece]()
                start = self.right[layer] + STUB * fork
                if (s.u, s.a) not in begun and start > self.span[s.u][1]:
                    pieces.append(_level(self.span[s.u][1], start, y))
                begun.add((s.u, s.a))
                end, to = self.nodes[s.v].y + s.b, self.left[layer + 1]
                merges = self.nodes[s.v].point and len(self.nodes[s.v].ins) > 1
                pieces += _bowed(start, y, to, end, side) or [_curve(start, y, to, end, fork, merges)]
                if self.span[s.v][0] > to:
                    pieces.append(_level(to, self.span[s.v][0], end))
                yield s.wire, pieces
        for u, a, w in self.made.ends:
            x, y = self.end(u, a)
            yield w, [_level(self.span[u][1], x, y)]

    def end(self, u: int, a: float) -> tuple[float, float]:
        """Where a wire ends that nobody reads."""
        return self.right[self.nodes[u].layer] + STUB, self.nodes[u].y + a

    def dots(self) -> Iterator[tuple[float, float, int, str]]:
        """Where wires divide and where they end, with their numbers."""
        for layer, gap in enumerate(self.made.gaps):
            wires = {(s.u, s.a): s.wire for s in gap if (s.u, s.a) in self.forks[layer]}
            for (u, a), w in wires.items():
                yield self.right[layer] + STUB, self.nodes[u].y + a, w, "copy"
        for u, a, w in self.made.ends:
            yield *self.end(u, a), w, "discard"


def _forks(gap: list[Segment]) -> set[tuple[int, float]]:
    """The ports in front of a gap in which their wire divides."""
    return {port for port, n in Counter([(s.u, s.a) for s in gap]).items() if n > 1}


def _sides(gap: list[Segment]) -> list[float]:
    """Where each segment runs among those with the same end points: 0 in the middle, one apart."""
    ends = [(s.u, s.a, s.v, s.b) for s in gap]
    total, seen, sides = Counter(ends), Counter[tuple[int, float, int, float]](), []
    for key in ends:
        sides.append(seen[key] - (total[key] - 1) / 2)
        seen[key] += 1
    return sides


def _level(x0: float, x1: float, y: float) -> Piece:
    return (x0, y, (x0 + x1) / 2, (x0 + x1) / 2, x1, y)


def _curve(x0: float, y0: float, x1: float, y1: float, fork: bool, merges: bool) -> Piece:
    """An S from one height to another; rounder where it leaves a copy or enters a sum."""
    dx = x1 - x0
    return (x0, y0, x0 + dx * (0.06 if fork else 0.5), x1 - dx * (0.06 if merges else 0.5), x1, y1)


def _bowed(x0: float, y0: float, x1: float, y1: float, side: float) -> list[Piece]:
    """A wire that makes room for others with the same end points: over or under them, or, on a steep way, before or
    after them. Nothing for one that runs in the middle, as a wire by itself does.
    """
    dx = x1 - x0
    if not side:
        return []
    if abs(y1 - y0) >= STEEP:
        bend = x0 + dx * (0.5 + side / (2 * abs(side) + 0.25))
        return [(x0, y0, bend, bend, x1, y1)]
    x, y = x0 + dx / 2, (y0 + y1) / 2 + side * 2 * BOW
    return [(x0, y0, x0 + 0.06 * dx, x - 0.22 * dx, x, y), (x, y, x + 0.22 * dx, x1 - 0.06 * dx, x1, y1)]
