"""Wires through a gap of a character grid: along rows, and up or down in *tracks*, columns of the gap.

Every wire runs along its row to a track, in the track to the rows where it is read, and along those. Two wires never
share a piece of row: one that leaves its row where another arrives on it has its track further left. Where that goes
round in a circle, as in a swap, one of them changes its track on a spare row between, which is put in if there is none.

>>> rows = Rows([0, 1])
>>> for t in Gap([Net(0, [1]), Net(1, [0])], rows).tracks:                   # a swap
...     print(t.net, t.left, "→", t.rights, "in column", t.column)
0 0 → [0.5] in column 0
1 1 → [0] in column 1
0 0.5 → [1] in column 2

Source: Hashimoto and Stevens, Wire routing by optimizing channel assignment within large apertures (1971), for
channels; the wire that is split is a dogleg, Deutsch (1976).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Net:
    """A wire in a gap: its row on the left, the rows on the right where it is read, and those of sums it goes into."""

    left: float
    rights: list[float]
    sums: list[float] = field(default_factory=list)


@dataclass(eq=False)
class Track:
    """A wire's way up or down: from the row on its left to rows on its right; `after` what brings it there.

    `last` means the column of the sums, where it comes from above or below. A level wire has column −1.
    """

    net: int
    left: float
    rights: list[float]
    after: Track | None = None
    last: bool = False
    column: int = -1

    @property
    def level(self) -> bool:
        """Whether the wire just goes on."""
        return {*self.rights} == {self.left} and not self.last

    @property
    def divides(self) -> bool:
        """Whether there are dots on it."""
        return len({*self.rights}) > 1 or (self.last and self.after is not None and self.after.divides)

    def dotted(self, row: float) -> bool:
        """Whether there is a dot in a row it comes from or goes to: unless the line only turns there."""
        return row == self.left if not self.rights else row in (self.left, *self.rights) and self.inside(row)

    def inside(self, row: float) -> bool:
        """Whether it passes a row."""
        return self.span[0] < row < self.span[1]

    @property
    def span(self) -> tuple[float, float]:
        """The rows it extends over."""
        rows = [self.left, *self.rights]
        return min(rows), max(rows)


class Rows:
    """The rows of a picture, in order: any number between two others is a row that can be put in."""

    def __init__(self, rows: Iterable[float]) -> None:
        self.rows = sorted(set(rows))

    def spare(self, near: float, far: float, taken: set[float]) -> float:
        """A row between two others that is not taken, as near to the first as there is one; a new one if need be."""
        low, high = min(near, far), max(near, far)
        inside = [r for r in self.rows if low < r < high and r not in taken]
        if inside:
            return min(inside, key=lambda r: abs(r - near))
        return self.new(near, near < far)

    def new(self, near: float, after: bool) -> float:
        """A new row beside this one."""
        at = bisect_right(self.rows, near)
        if after:
            other = self.rows[at] if at < len(self.rows) else near + 1
        else:
            other = self.rows[at - 2] if at > 1 else near - 1
        row = (near + other) / 2
        insort(self.rows, row)
        return row


class Gap:
    """The nets of a gap, led through it: `tracks`, `width` columns of them, the last of them for sums if there are."""

    def __init__(self, nets: Sequence[Net], rows: Rows) -> None:
        self.nets, self.rows = nets, rows
        self.taken = {n.left for n in nets} | {r for n in nets for r in (*n.rights, *n.sums)}
        self.tracks = [Track(i, n.left, list(n.rights)) for i, n in enumerate(nets)]
        self.bottom: list[Track] = []
        self.into_sums()
        order = self.ordered([t for t in self.tracks if not t.level])
        width = self.columns(order)
        if sums := {r for n in nets for r in n.sums}:
            beside = any(t.column == width - 1 and t.dotted(r) and r not in t.rights for t in order for r in sums)
            width += 1 + beside
            for t in self.bottom:
                t.column = width - 1
        self.width = width
        self.tracks = [t for t in self.tracks if t.level] + order + self.bottom

    # -- sums ---------------------------------------------------------------------------------------------------

    def into_sums(self) -> None:
        """Wires reach a sum from the left, from above and from below; two from one side only if there are more."""
        readers: dict[float, list[int]] = {}
        for i, net in enumerate(self.nets):
            for r in net.sums:
                readers.setdefault(r, []).append(i)
        for row, nets in sorted(readers.items()):
            level = [i for i in nets if self.nets[i].left == row]
            above = sorted([i for i in nets if self.nets[i].left < row], key=lambda i: -self.nets[i].left)
            below = sorted([i for i in nets if self.nets[i].left > row], key=lambda i: self.nets[i].left)
            for group in sorted((above, below), key=len, reverse=True):
                if not level and len(group) > 1:
                    level.append(group.pop(0))
            for i in level[:1]:
                self.tracks[i].rights.append(row)
            for i in level[1:] + above + below:
                self.turn(i, row)
        waiting = list(self.bottom)
        while waiting:  # whoever is in the way of most others steps aside first
            worst = max(waiting, key=lambda t: (self.crowded(t), t.span[1] - t.span[0]))
            waiting.remove(worst)
            if self.crowded(worst):
                self.step(worst)

    def crowded(self, t: Track) -> int:
        """How often a wire on its way to a sum has no row or no column to itself."""
        shared = any(t.left in x.rights for x in self.tracks if x.net != t.net) or t.left == t.rights[0]
        return shared + sum(meet(t, x) for x in self.bottom if x.rights != t.rights)

    def turn(self, i: int, row: float) -> None:
        """Lead a wire to the column of the sums on whichever of its rows is nearest, and there to its sum."""
        own = self.tracks[i]
        near = min([own.left, *self.nets[i].rights], key=lambda r: ((r < row) != (own.left < row), abs(r - row)))
        own.rights.append(near)
        self.bottom.append(Track(i, near, [row], own, last=True))

    def step(self, t: Track) -> None:
        """Lead a wire that may not keep its row to the column of the sums on a row of its own."""
        assert t.after is not None
        row = t.rights[0]
        above = t.left < row or (t.left == row and t.net % 2 == 0)
        spare = self.rows.new(row, not above)
        self.taken.add(spare)
        t.after.rights[t.after.rights.index(t.left)] = spare
        t.left = spare

    # -- order --------------------------------------------------------------------------------------------------

    def ordered(self, tracks: list[Track]) -> list[Track]:
        """The tracks from left to right: legal, and with few crossings; a wire is split where nothing is legal."""
        order: list[Track] = []
        waiting = list(tracks)
        while waiting:
            free = [t for t in waiting if not any(must(x, t) for x in waiting if x is not t)]
            if free:
                best = min(free, key=lambda t: sum(worth(t, x) - worth(x, t) for x in waiting if x is not t))
                waiting.remove(best)
                order.append(best)
            else:
                waiting.append(self.split(min([t for t in waiting if t.rights], key=_simple)))
        return order

    def split(self, t: Track) -> Track:
        """Cut a track in two at a spare row; the part on the right."""
        far = min(t.rights, key=lambda r: abs(r - t.left))
        spare = self.rows.spare(t.left, far, self.taken)
        self.taken.add(spare)
        rest = Track(t.net, spare, t.rights, t)
        for x in self.bottom:
            if x.after is t:
                x.after = rest
        self.tracks.append(rest)
        t.rights = [spare]
        return rest

    def columns(self, order: list[Track]) -> int:
        """Put tracks into columns, as few as there are without changing who is left of whom; how many."""
        for i, t in enumerate(order):
            before = [
                x.column + (must(x, t) and x.dotted(x.left) and t.dotted(x.left))  # dots side by side seem joined
                for x in order[:i]
                if must(x, t) or meet(x, t) or worth(x, t) != worth(t, x)
            ]
            t.column = max(before, default=-1) + 1
        return max([t.column for t in order], default=-1) + 1


def _simple(t: Track) -> tuple[bool, int, float]:
    return t.after is not None, len(t.rights), t.span[0] - t.span[1]


def must(x: Track, y: Track) -> bool:
    """Whether x has to be left of y: it leaves a row on which y arrives, or leads to y."""
    if x.net == y.net:
        return y.after is x
    return x.left in y.rights


def meet(x: Track, y: Track) -> bool:
    """Whether one column cannot hold both: they have a row in common, or one divides in the row next to the other."""
    if x.net == y.net:
        return must(x, y)
    (a, b), (c, d) = x.span, y.span
    room = 1.0 if x.divides or y.divides else 0.0
    return a <= d + room and c <= b + room


def worth(x: Track, y: Track) -> int:
    """How often the two cross if x is left of y."""
    (a, b), (c, d) = x.span, y.span
    return sum(c < r < d for r in x.rights) + (a < y.left < b)
