"""A scene as text: box-drawing characters for terminals and error messages.

Columns and their order are the scene's; heights are found again, on a grid of characters, and wires bend only in the
gaps between columns. A note is written on its wire, where that begins. `•` is a copy, or a wire that ends, `○` a sum or
a zero, `·` a constant, `┼` two wires that cross or a wire that enters a frame: a line that is followed goes straight on
there, and divides nowhere but at a `•`.

>>> import catdiff as cd
>>> from .layout import layout
>>> A = cd.f64(3)
>>> print(text(layout((cd.copy(A) >> cd.sin @ cd.exp >> cd.mul).net)), end="")
                   ┌───┐
f64[3] ─•─┤ sin ├──┤ × ├── f64[3]
        └─┤ exp ├──┤   │
                   └───┘
>>> print(text(layout((cd.swap(A, cd.f64()) >> cd.tanh(cd.f64()) @ cd.id(A)).net)), end="")
        ┌─┤ tanh ├── f64
f64[3] ─┼─────────── f64[3]
   f64 ─┘
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from math import floor

from .cells import COPY, SUM, Block, Cell, E, N, Row, S, W, between, cells, glyph, turned, written
from .columns import Columns
from .heights import Heights
from .scene import Scene, bands
from .stations import ROW, Level, Reader
from .tracks import Gap, Net, Rows, Track

BLANK = Cell()
MOVES = 8  # sweeps that straighten wires on the grid
Place = tuple[int, int]


def text(scene: Scene) -> str:
    """The scene as lines of text; what stands far below one another, as two scenes in one do, with a line between."""
    captions = [f"{t.text}\n" for t in scene.texts if t.kind == "caption"]
    drawn = replace(scene, texts=tuple([t for t in scene.texts if t.kind != "caption"]))
    return "\n".join([_lines(band) for band in bands(drawn)]) + "".join(captions)


def _lines(scene: Scene) -> str:
    reader = Reader(scene)
    blocks: dict[int, Block] = {}
    for i in reversed([i for i, b in enumerate(scene.boxes) if b.open]):
        blocks[i] = Page(reader.level(i, blocks), reader.down).block
    rows = Page(reader.level(-1, blocks), reader.down).block.rows
    return "".join([f"{written(row)}\n" for row in (turned(rows) if reader.down else rows)])


class OnGrid(Heights):
    """Heights where neighbours are a row apart, whatever they are; then whole rows, and what is still better there.

    `loose` is how many rows are left free between neighbours.
    """

    def __init__(self, made: Columns, loose: int) -> None:
        self.loose = loose
        super().__init__(made)
        self.between = {  # the nodes above and below in the same column, -1 for none
            n: (column[i - 1] if i else -1, column[i + 1] if i + 1 < len(column) else -1)
            for column in made.columns
            for i, n in enumerate(column)
        }

    def apart(self, upper: int, lower: int) -> float:
        return ROW * (1 + self.loose)

    def rows(self) -> list[int]:
        """The row of every node's top."""
        self.solve()
        nodes, columns = self.made.nodes, self.made.columns
        rows = [floor(n.y / ROW + 0.4999) for n in nodes]
        self.tall = [round(n.height / ROW) for n in nodes]
        for column in columns:
            for upper, lower in pairwise(column):
                rows[lower] = max(rows[lower], rows[upper] + self.tall[upper] + 1 + self.loose)
        for sweep in range(MOVES):
            moved = False
            for column in columns if sweep % 2 else reversed(columns):
                for n in column:
                    moved |= self.move(n, rows)
            if not moved:
                break
        top = min(rows, default=0)
        return [r - top for r in rows]

    def move(self, n: int, rows: list[int]) -> bool:
        """Put a node where most of its wires are level, its neighbours held still."""
        upper, lower = self.between[n]
        low = rows[upper] + self.tall[upper] + 1 + self.loose if upper >= 0 else -(10**9)
        high = rows[lower] - self.tall[n] - 1 - self.loose if lower >= 0 else 10**9
        wanted = [(rows[m] + round(d / ROW), w) for side in (self.ins, self.outs) for m, d, w in side[n]]

        def bent(row: int) -> float:
            return sum(w * (4 * (row != t) + abs(row - t)) for t, w in wanted)

        best = min({t for t, _ in wanted if low <= t <= high} | {rows[n]}, key=lambda r: (bent(r), r != rows[n], r))
        moved, rows[n] = best != rows[n], best
        return moved


class Page:
    """A level on its way to a block of cells."""

    def __init__(self, level: Level, down: bool) -> None:
        self.level, self.made, self.down = level, level.made, down
        self.top = OnGrid(self.made, loose=int(down)).rows()
        tall = [round(n.height / ROW) for n in self.made.nodes]
        self.rows = Rows([float(r + i) for r, t in zip(self.top, tall, strict=True) for i in range(t + 1 + down)])
        self.gaps = [Gap(nets, self.rows) for nets in self.nets()]
        self.rank = {r: i for i, r in enumerate(self.rows.rows)}
        self.lines: dict[Place, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.marks: dict[Place, Cell] = {}
        self.paint()

    def nets(self) -> list[list[Net]]:
        """The nets of each gap; of a wire that nobody reads, one that goes nowhere."""
        found: list[dict[tuple[int, float], Net]] = [{} for _ in self.made.gaps]
        things = self.level.things
        for k, gap in enumerate(self.made.gaps):
            for s in gap:
                net = found[k].setdefault((s.u, s.a), Net(self.row(s.u, s.a), []))
                thing = things[s.v]
                (net.sums if thing is not None and thing.sum else net.rights).append(self.row(s.v, s.b))
        for u, a, _ in self.made.ends:
            found[self.made.nodes[u].layer][u, a] = Net(self.row(u, a), [])
        return [list(nets.values()) for nets in found]

    def row(self, n: int, port: float) -> float:
        return self.top[n] + round(port / ROW)

    # -- painting -----------------------------------------------------------------------------------------------

    def paint(self) -> None:
        """Columns and gaps from left to right, then the block of it all."""
        x, counted = 0, 0
        for k, column in enumerate(self.made.columns):
            wide = max([round(self.made.nodes[n].width) for n in column], default=0)
            for n in column:
                self.paint_node(n, x, wide)
            x += wide
            if k < len(self.gaps):
                gap = self.gaps[k]
                x = self.paint_notes(column, gap, x, counted)
                pads = [self.pad(k, -1), self.pad(k + 1, 1)]
                end = x + pads[0] + max(gap.width, not any(pads)) + pads[1]
                self.paint_gap(gap, x, x + pads[0], end, counted)
                counted += len(gap.nets)
                x = end
        ins, outs = ([self.rank[self.top[n]] for n in pins] for pins in self.level.interface())
        self.block = Block(self.cells(x), ins, outs)
        self.block.width = x

    def pad(self, station: int, side: int) -> int:
        """Room between a column and a track: none beside what is itself a piece of wire."""
        things = [self.level.things[n] for n in self.made.columns[station]]
        return int(any(t is not None and not (t.sum and side > 0) for t in things))

    def paint_node(self, n: int, x: int, wide: int) -> None:
        """What stands at a node, and the wire up to it."""
        thing, node, row = self.level.things[n], self.made.nodes[n], float(self.top[n])
        block = thing.block if thing is not None else None
        if block is None:
            self.level_line(-1 - n, self.rank[row], x, x + wide)
            return
        assert thing is not None
        left = x + (0, (wide - block.width) // 2, wide - block.width)[thing.side + 1]
        for r in node.ins:
            self.level_line(-1 - n, self.rank[row + round(r / ROW)], x, left)
        for r in node.outs:
            self.level_line(-1 - n, self.rank[row + round(r / ROW)], left + block.width, x + wide)
        before: Row = []
        at = self.rank[row]
        for i, line in enumerate(block.rows):
            while at < self.rank[row + i]:
                self.put(at, left, between(before))
                at += 1
            self.put(at, left, line)
            before, at = line, at + 1

    def put(self, rank: int, x: int, cells: Row) -> None:
        for i, cell in enumerate(cells):
            self.marks[rank, x + i] = cell

    def level_line(self, net: int, rank: int, x: int, end: int) -> None:
        """A line all across these columns."""
        for c in range(x, end):
            self.lines[rank, c][net] |= E | W

    def paint_notes(self, column: list[int], gap: Gap, x: int, counted: int) -> int:
        """What is on the wires that begin in a column, written on them; where that ends. Beside wires that run down
        there is no room for it.
        """
        ports = [(n, a) for n in column for a in self.made.nodes[n].outs if (n, a) in self.level.notes]
        if not ports or self.down:
            return x
        notes = [(self.rank[self.row(n, a)], cells(f" {self.level.notes[n, a]} ")) for n, a in ports]
        end = x + 1 + max([len(note) for _, note in notes])
        for i, net in enumerate(gap.nets):
            self.level_line(counted + i, self.rank[net.left], x, end)
        for rank, note in notes:
            self.put(rank, x + 1, note)
        return end

    def paint_gap(self, gap: Gap, x: int, first: int, end: int, counted: int) -> None:
        """The wires of a gap that begins at x, its first track at `first`."""
        last = first + gap.width - 1
        bottom = {(id(t.after), t.left) for t in gap.bottom}
        for t in gap.tracks:
            net, number = gap.nets[t.net], counted + t.net
            at = first + t.column
            if t.last:
                at = last
            elif t.level:
                at = x - 1  # nothing but the line to the right
            if t.after is None and not t.level:
                self.reach(number, self.rank[t.left], x - 1, at, x, end)
            elif t.after is not None and not (t.last and t.after.level):
                self.reach(number, self.rank[t.left], first + t.after.column, at, x, end)
            if not t.rights:
                self.marks[self.rank[t.left], at] = Cell(COPY)
            if not t.level:
                self.rise(number, t, at)
            for r in [] if t.last else t.rights:
                short = r not in net.rights and (r in net.sums or (id(t), r) in bottom)
                if t.level or r in net.rights or r in net.sums:
                    self.reach(number, self.rank[r], at, last if short else end, x, end)
        for r in {r for net in gap.nets for r in net.sums}:
            self.marks[self.rank[r], last] = Cell(SUM)
            self.level_line(-1, self.rank[r], last + 1, end)

    def reach(self, net: int, rank: int, a: int, b: int, first: int, end: int) -> None:
        """A line from the middle of one column to that of another, as far as they are in the gap."""
        for c in range(max(a, first), min(b + 1, end)):
            self.lines[rank, c][net] |= (E if c < b else 0) | (W if c > a else 0)

    def rise(self, net: int, t: Track, x: int) -> None:
        """A line up or down a track."""
        a, b = (self.rank[r] for r in t.span)
        for rank in range(a, b):
            self.lines[rank, x][net] |= S
            self.lines[rank + 1, x][net] |= N

    def cells(self, width: int) -> list[Row]:
        """The rows, lines and what stands on them."""
        rows = [[BLANK] * width for _ in self.rank]
        for (rank, x), nets in self.lines.items():
            arms = list(nets.values())
            rows[rank][x] = Cell("┼" if len(arms) > 1 else glyph(arms[0]), any(a & S for a in arms))
        for (rank, x), mark in self.marks.items():
            rows[rank][x] = Cell(mark.text, mark.down or rows[rank][x].down)
        return rows
