"""A frame of a scene, read back as columns of nodes and the wires between them, for a writer with a grid of its own.

A scene is coordinates. A *station* is an interval of them where wires only run level: the column of a box, an end of
the interface, or a place where a wire bends and bends again. What lies between two stations is a gap, and all that
matters there is which height left of it is joined to which heights right of it. So a picture can be set again at
another resolution: same columns, same order, and every wire from the same port to the same ports.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .cells import POINT, SUM, Block, framed, framed_down, leaf, leaf_down, words, words_down
from .columns import Columns, Node, Segment
from .measure import width
from .scene import Box, Dot, Piece, Scene, Text, Wire, turned

ROW = 16.0  # the height of a row, for those who think in pixels
NEAR = 0.01  # coordinates so close are one
VALUE, NAME = (7.0, 9.0), 6.0  # how far a constant's value ends from its dot, how far it reaches; a name from its wire
ABOVE, HALF = 11.0, 7.5  # the same of a value above its dot, and of a name above or below the end of its wire
Span = tuple[int, int]
Part = tuple[int, int, int, int]


@dataclass(slots=True)
class Thing:
    """What stands at a station: its places from left to right and from top to bottom, its ports, what it looks like.

    `side` is −1 at the left of its column, 0 in the middle, 1 at the right; `sum` where wires run together; `pin` at
    an end of the interface.
    """

    across: Span
    down: Span
    block: Block | None
    ins: Sequence[int] = ()
    outs: Sequence[int] = ()
    side: int = 0
    sum: bool = False
    pin: bool = False


@dataclass(slots=True)
class Level:
    """A frame: nodes in columns, segments in gaps; for each node what stands there, None where a wire passes; for each
    node and port where a wire begins that has a note, the note.
    """

    made: Columns
    things: list[Thing | None]
    notes: dict[tuple[int, float], str]

    def interface(self) -> tuple[list[int], list[int]]:
        """The nodes where wires come in and those where they go out, from top to bottom."""
        pins = [(t.down, n, bool(t.outs)) for n, t in enumerate(self.things) if t is not None and t.pin]
        return [n for _, n, first in sorted(pins) if first], [n for _, n, first in sorted(pins) if not first]


def places(values: Iterable[float]) -> dict[float, int]:
    """The values numbered in their order, those that are almost equal alike."""
    numbers: dict[float, int] = {}
    last, n = float("-inf"), -1
    for v in sorted(set(values)):
        n += v - last > NEAR
        numbers[v], last = n, v
    return numbers


def reach(t: Text) -> float:
    """Where the place of a constant begins that has this value beside it, or above it."""
    return t.x - ABOVE if t.anchor == "middle" else t.x + VALUE[0] - width(t.text) - VALUE[1]


def stands(t: Text) -> tuple[float, ...]:
    """Where what a text belongs to may be: the end of a wire for a name, the dot for a value. What is in the middle of
    its place is above that or below it.
    """
    if t.kind == "value":
        return (t.x + (ABOVE if t.anchor == "middle" else VALUE[0]),)
    if t.kind == "name":
        return {"end": (t.x + NAME,), "start": (t.x - NAME,)}.get(t.anchor, (t.x - HALF, t.x + HALF))
    return (t.x,)


def straightened(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of a wire, one that enters from the top going down all the way, and then level."""
    found: list[Piece] = []
    for p in pieces:
        if found and found[-1][0] == found[-1][4] == p[0] == p[2] == p[3] and found[-1][5] == p[1]:
            found[-1] = (*found[-1][:5], p[5])
            p = (p[0], p[5], *p[2:])
        found.append(p)
    return found


class Reader:
    """A scene by frames, its coordinates numbered; one that runs down is turned, and what is on it is `down`."""

    def __init__(self, scene: Scene) -> None:
        self.down = any(w.down for w in scene.wires)
        self.scene = scene = turned(scene) if self.down else scene
        self.boxes: dict[int, list[int]] = defaultdict(list)
        self.wires: dict[int, list[Wire]] = defaultdict(list)
        self.dots: dict[int, list[Dot]] = defaultdict(list)
        for i, b in enumerate(scene.boxes):
            self.boxes[b.parent].append(i)
        for w in scene.wires:
            self.wires[w.parent].append(w)
        for d in scene.dots:
            self.dots[d.parent].append(d)
        ends = [(p[i], p[i + 1]) for w in scene.wires for p in w.pieces for i in (0, 4)]
        ends += [(b.x, b.y) for b in scene.boxes] + [(b.x + b.width, b.y + b.height) for b in scene.boxes]
        ends += [(d.x, d.y) for d in scene.dots] + [(at, t.y) for t in scene.texts for at in (*stands(t), reach(t))]
        self.notes = {(t.path, t.wire): t.text for t in scene.texts if t.kind == "note"}
        self.x, self.y = places([x for x, _ in ends]), places([y for _, y in ends])
        self.values = {(self.x[x], self.y[t.y]): t for t in scene.texts if t.kind == "value" for x in stands(t)}
        names = [t for t in scene.texts if t.kind == "name"]
        self.names = {(self.x[x], self.y[t.y]): t.text for t in names for x in stands(t)}
        upright = {
            p[0]: (self.x[p[0]], self.y[p[5]]) for w in scene.wires for p in straightened(w.pieces) if p[0] == p[4]
        }
        self.names |= {upright[t.x]: t.text for t in names if t.x in upright}  # of what enters from the top

    def level(self, frame: int, blocks: dict[int, Block]) -> Level:
        """The frame of this number, −1 for the page; `blocks` are the frames in it."""
        return _Level(self, frame, blocks).level


class _Level:
    """One frame while it is read."""

    def __init__(self, reader: Reader, frame: int, blocks: dict[int, Block]) -> None:
        self.reader, self.x, self.y = reader, reader.x, reader.y
        self.wires = [self.pieces(w) for w in reader.wires[frame]]
        self.told = [reader.notes.get((w.path, w.wire), "") for w in reader.wires[frame]]
        self.notes: dict[tuple[int, float], str] = {}
        self.starts, self.ends = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
        for x0, y0, x1, y1 in (p for pieces in self.wires for p in pieces):
            self.starts[x0].add(y0)
            self.ends[x1].add(y1)
        things = [self.box(reader.scene.boxes[i], blocks.get(i)) for i in reader.boxes[frame]]
        things += [self.dot(d) for d in reader.dots[frame] if d.kind != "filled"]
        things += self.pins(things, frame)
        if frame < 0:
            things += [self.sign(t) for t in reader.scene.texts if t.kind in ("sign", "above")]
        self.stations = self.intervals(things)
        self.left, self.right = [a for a, _ in self.stations], [b for _, b in self.stations]
        self.nodes: list[Node] = []
        self.things: list[Thing | None] = []
        self.columns: list[list[tuple[int, int]]] = [[] for _ in self.stations]
        self.read: dict[tuple[int, int], tuple[int, float]] = {}  # station and height: the node there, and its port
        self.made = dict(self.read)
        for thing in sorted(things, key=lambda t: (t.down, t.across)):
            self.put(bisect_right(self.left, thing.across[0]) - 1, thing)
        gaps, ends = self.gaps()
        columns_ = [[n for _, n in sorted(column)] for column in self.columns]
        self.level = Level(Columns(self.nodes, columns_, gaps, ends), self.things, self.notes)

    def pieces(self, w: Wire) -> list[Part]:
        x, y = self.x, self.y
        return [(x[p[0]], y[p[1]], x[p[4]], y[p[5]]) for p in straightened(w.pieces) if x[p[0]] < x[p[4]]]

    # -- what stands there --------------------------------------------------------------------------------------

    def box(self, b: Box, inside: Block | None) -> Thing:
        """A box; its ports are where wires end at its left side and begin at its right."""
        across, down = (self.x[b.x], self.x[b.x + b.width]), (self.y[b.y], self.y[b.y + b.height])
        sides = self.ends[across[0]], self.starts[across[1]]
        ins, outs = (sorted([h for h in heights if down[0] <= h <= down[1]]) for heights in sides)
        if self.reader.down:
            block = leaf_down(b.name, len(ins), len(outs)) if inside is None else framed_down(b.name, inside)
        else:
            block = leaf(b.name, len(ins), len(outs)) if inside is None else framed(b.name, inside)
        return Thing(across, down, block, ins, outs)

    def dot(self, d: Dot) -> Thing:
        """A sum; or a zero or a constant, which has no inputs."""
        x, y = self.x[d.x], self.y[d.y]
        if y in self.ends[x]:
            return Thing((x, x), (y, y), None, [y], [y], sum=True)
        text, shown = self.reader.values.get((x, y)), SUM if d.kind == "hollow" else POINT
        if self.reader.down:
            block = words_down([text.text, shown] if text else [shown], outs=True)
        else:
            block = words(f"{text.text} {shown}" if text else shown, outs=True)
        return Thing((self.x[reach(text)] if text else x, x), (y, y), block, [], [y], side=1)

    def sign(self, t: Text) -> Thing:
        x, y = self.x[t.x], self.y[t.y]
        return Thing((x, x), (y, y), words_down([t.text]) if self.reader.down else words(f" {t.text} "))

    def pins(self, things: Sequence[Thing], frame: int) -> list[Thing]:
        """The ends of the interface: where a wire begins or ends and nothing else is."""
        names = self.reader.names if frame < 0 else {}
        made = {(t.across[1], h) for t in things for h in t.outs}
        read = {(t.across[0], h) for t in things for h in t.ins}
        read |= {(self.x[d.x], self.y[d.y]) for d in self.reader.dots[frame]}  # where wires are discarded
        found = []
        for pieces in self.wires:
            starts, ends = {(a, b) for a, b, _, _ in pieces}, {(a, b) for _, _, a, b in pieces}
            for x, y in starts - ends - made:
                found.append(Thing((x, x), (y, y), self.pin(names.get((x, y), ""), outs=True), [], [y], 1, pin=True))
            for x, y in ends - starts - read:
                found.append(Thing((x, x), (y, y), self.pin(names.get((x, y), ""), ins=True), [y], [], -1, pin=True))
        return found

    def pin(self, name: str, *, ins: bool = False, outs: bool = False) -> Block:
        """A name beside the end of its wire."""
        if self.reader.down:
            return words_down([name], ins=ins, outs=outs)
        return words(name and f"{name} " * outs + f" {name}" * ins, ins=ins, outs=outs)

    # -- where it stands ----------------------------------------------------------------------------------------

    def intervals(self, things: Sequence[Thing]) -> list[Span]:
        """The stations: what overlaps is one column, and where wires bend again, and none does across, is one too."""
        merged: list[Span] = []
        bends = sorted({(x0, x1) for pieces in self.wires for x0, y0, x1, y1 in pieces if y0 != y1})
        ends = [(x, x) for x in {x1 for _, x1 in bends} if not any(x0 < x < x1 for x0, x1 in bends)]
        for a, b in sorted([t.across for t in things] + ends):
            if merged and a <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
            else:
                merged.append((a, b))
        far = max([x1 for pieces in self.wires for _, _, x1, _ in pieces], default=0)
        if merged and far > merged[-1][1]:
            merged.append((far + 1, far + 1))  # wires that end there, unread, are in a gap as others are
        return merged

    def put(self, station: int, thing: Thing | None, height: int = 0) -> int:
        """A new node in a column; `height` is that of a wire that passes."""
        n, block = len(self.nodes), None if thing is None else thing.block
        rows = block or Block([[]], (0,), (0,))
        ins, outs = ([ROW * r for r in ports] for ports in (rows.ins, rows.outs))
        passing = thing is None
        node = Node(
            rows.width, ROW * (len(rows.rows) - 1), ins, outs, passing, not passing and thing.sum, layer=station
        )
        self.nodes.append(node)
        self.things.append(thing)
        top = height if thing is None else thing.down[0]
        self.columns[station].append((top, n))
        for found, heights, ports in (
            (self.read, [top] if thing is None else thing.ins, ins),
            (self.made, [top] if thing is None else thing.outs, outs),
        ):
            for h, port in zip(heights, ports, strict=False):
                found[station, h] = (n, port)
        return n

    def at(self, found: dict[Span, tuple[int, float]], station: int, height: int) -> tuple[int, float]:
        """The node and the port where a wire leaves or reaches a station."""
        if (station, height) not in found:
            self.put(station, None, height)
        return found[station, height]

    def gaps(self) -> tuple[list[list[Segment]], list[tuple[int, float, int]]]:
        """The segments in every gap, and the wires that nobody reads."""
        gaps: list[list[Segment]] = [[] for _ in self.stations[1:]]
        ends: list[tuple[int, float, int]] = []
        for w, pieces in enumerate(self.wires):
            parts: dict[int, list[Part]] = defaultdict(list)
            for x0, y0, x1, y1 in pieces:
                k = max(bisect_right(self.left, x0) - 1, 0)
                while k < len(gaps) and self.right[k] < x1:
                    a, b = max(x0, self.right[k]), min(x1, self.left[k + 1])
                    if a < b:
                        parts[k].append((a, y0, b, y1))
                    k += 1
            for k in sorted(parts):
                for (u, a), heights in self.joined(k, parts[k]).items():
                    if self.told[w] and k == min(parts):
                        self.notes[u, a] = self.told[w]
                    gaps[k] += [Segment(u, a, *self.at(self.read, k + 1, h), w) for h in heights]
                    if not heights:
                        ends.append((u, a, w))
        return gaps, ends

    def joined(self, k: int, parts: list[Part]) -> dict[tuple[int, float], list[int]]:
        """For each place where the wire leaves station k the heights at which it reaches the next one."""
        reached: dict[tuple[int, float], list[int]] = {}
        come: dict[Span, tuple[int, float]] = {}
        for x0, y0, x1, y1 in sorted(parts):
            here = come.get((x0, y0)) if x0 > self.right[k] else self.at(self.made, k, y0)
            if here is None:
                continue
            heights = reached.setdefault(here, [])
            if x1 == self.left[k + 1]:
                heights.append(y1)
            come[x1, y1] = here
        return reached
