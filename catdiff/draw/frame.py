"""One level of a net as a picture of its own: the frame that a box with an interior is drawn as.

Frames are made from the inside out, so a box that is drawn open is, to the level around it, a box of known size whose
ports are where its interior has them. Coordinates are relative to the frame's top left corner.

Wires bend only in the gaps between columns, and columns hold nothing but level wire beside their boxes; a curve stays
within the rectangle of its end points. Hence no wire crosses a box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..category.label import Label
from ..hypernet.net import Net
from ..hypernet.recursion import Task
from .columns import Columns, Node, Segment, arrange
from .flow import Mask, flow, is_reverse
from .folding import interior
from .heights import set_heights
from .measure import FONT, clean, cut, width
from .order import sort_columns
from .scene import Dot, Piece, Text, Wire

HEADER, FOOT = 29.0, 13.0  # a frame's name above its interior, and room below
PITCH, LEAST = 17.0, 28.0  # of the ports of a box; height of the smallest box
PADDING, LETTERS = 9.0, 26  # beside a name; how much of it is written
STUB = 12.0  # from a box to the dot where its wire divides or ends
NARROW, SLOPE, BROAD = 22.0, 0.42, 150.0  # gaps: the least, how they grow with a step, the most
BOW, STEEP = 8.0, 16.0  # how far wires between the same two dots bow; the step from which they need not
SYMBOLS = {"add": "hollow", "zero": "hollow", "const": "point"}


@dataclass(slots=True)
class Placed:
    """A box where it stands in its frame; with its interior if that is shown."""

    x: float
    y: float
    width: float
    height: float
    label: Label
    reverse: bool
    inside: Frame | None


@dataclass(slots=True)
class Frame:
    """A level laid out: its size, the heights of its interface, and what is on it."""

    width: float
    height: float
    ins: list[float]
    outs: list[float]
    boxes: list[Placed] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


def name_of(label: Label) -> str:
    """What is written in a box."""
    return cut(clean(label.title), LETTERS)


def type_of(label: Label) -> str:
    """What is said about a box to those who ask."""
    return cut(clean(f"{label.title} : {label.dom} → {label.cod}"), 300)


def make_frame(net: Net, depth: int, mask: Mask, done: dict[object, Frame], name: str = "") -> Task[Frame]:
    """The frame of a net, `depth` levels of boxes open; equal levels are laid out once."""
    key = (id(net), depth, mask, name)
    if key not in done:
        reverse, masks = flow(net, mask)
        insides: list[Frame | None] = []
        for (label, _, _), cotangents in zip(net.steps(), masks, strict=True):
            inner = interior(label) if depth else None
            if inner is not None:
                insides.append((yield make_frame(inner, depth - 1, cotangents, done, label.title)))
            else:
                insides.append(None)
        done[key] = _Level(net, reverse, insides).frame(width(cut(clean(name), LETTERS)) + 3 * PADDING if name else 0)
    return done[key]


def _spread(n: int, height: float) -> list[float]:
    return [height * (i + 0.5) / n for i in range(n)]


class _Level:
    """One net on its way to a frame."""

    def __init__(self, net: Net, reverse: list[bool], insides: Sequence[Frame | None]) -> None:
        self.net, self.reverse, self.insides = net, reverse, insides
        self.steps = list(net.steps())
        n_in, n_out = len(net.dom), len(net.outputs)
        nodes = [Node(0.0, 0.0, outs=(0.0,)) for _ in range(n_in)]
        nodes += [self.node(label, inside) for (label, _, _), inside in zip(self.steps, insides, strict=True)]
        nodes += [Node(0.0, 0.0, ins=(0.0,)) for _ in range(n_out)]
        makers = [(i, 0) for i in range(n_in)]
        readers: list[list[tuple[int, int]]] = [[] for _ in range(net.wires)]
        for e, (label, sources, _) in enumerate(self.steps):
            makers += [(n_in + e, p) for p in range(len(label.cod))]
            for p, w in enumerate(sources):
                readers[w].append((n_in + e, p))
        for i, w in enumerate(net.outputs.tolist()):
            readers[w].append((n_in + len(self.steps) + i, 0))
        self.raw=(list(nodes), n_in, n_out, list(zip(makers, readers, strict=True)))
        self.made: Columns = arrange(nodes, n_in, n_out, list(zip(makers, readers, strict=True)))
        self.nodes = self.made.nodes

    def node(self, label: Label, inside: Frame | None) -> Node:
        """Size and ports of a box, an open box or a dot."""
        if inside is not None:
            left, right = [[HEADER + y for y in ys] for ys in (inside.ins, inside.outs)]
            return Node(inside.width, HEADER + inside.height + FOOT, left, right)
        ins, outs = len(label.dom), len(label.cod)
        if label.row.name in SYMBOLS:
            value = self.value(label)
            height = FONT if value else 10.0
            return Node(width(value) + 9 if value else 0.0, height, [height / 2] * ins, [height / 2] * outs, point=True)
        height = LEAST + PITCH * (max(ins, outs, 1) - 1)
        return Node(
            max(LEAST, width(name_of(label)) + 2 * PADDING), height, _spread(ins, height), _spread(outs, height)
        )

    def value(self, label: Label) -> str:
        """What is written beside a point: a constant's value if it has a short one, else its type."""
        if SYMBOLS[label.row.name] != "point":
            return ""
        return name_of(label) if label.title != label.row.name else cut(str(label.cod), LETTERS)

    def frame(self, least: float) -> Frame:
        """The frame, at least so wide."""
        made = self.made
        sort_columns(made)
        height = set_heights(made)
        self.forks = [{(s.u, s.a) for s in gap if self.divides(gap, s)} for gap in made.gaps]
        self.columns(least)
        n_in, n_out = len(self.net.dom), len(self.net.outputs)
        frame = Frame(
            self.right[-1],
            max(height, 10.0),
            [n.y for n in self.nodes[:n_in]],
            [n.y for n in self.nodes[n_in + len(self.steps) :][:n_out]],
        )
        self.place_boxes(frame)
        self.draw_wires(frame)
        return frame

    @staticmethod
    def divides(gap: list[Segment], s: Segment) -> bool:
        return any(t is not s and t.wire == s.wire for t in gap)

    def columns(self, least: float) -> None:
        """Where columns begin and end: as wide as their widest node, apart as their steepest wire needs."""
        nodes, made = self.nodes, self.made
        gaps = []
        for layer, gap in enumerate(made.gaps):
            step = max([abs(nodes[s.u].y + s.a - nodes[s.v].y - s.b) for s in gap], default=0.0)
            dots = bool(self.forks[layer]) or any(nodes[u].layer == layer for u, _, _ in made.ends)
            gaps.append(min(BROAD, NARROW + SLOPE * step) + STUB * dots)
        widths = [max([nodes[n].width for n in column], default=0.0) for column in made.columns]
        short = max(0.0, least - sum(gaps) - sum(widths))
        gaps[0] += short / 2
        gaps[-1] += short / 2
        self.left, self.right, x = [], [], 0.0
        for w, gap in zip(widths, [*gaps, 0.0], strict=True):
            self.left.append(x)
            self.right.append(x + w)
            x += w + gap

    def place_boxes(self, frame: Frame) -> None:
        """Boxes in the middle of their columns; sums at the left edge, constants and zeros at the right one."""
        self.span: list[tuple[float, float]] = []
        for node in self.nodes:
            left, right = self.left[node.layer], self.right[node.layer]
            x = (left + right - node.width) / 2
            self.span.append((x, x + node.width))
            if node.long or node.point:
                self.span[-1] = (left, left) if node.ins else (right, right)
        n_in = len(self.net.dom)
        for e, ((label, _, first), inside) in enumerate(zip(self.steps, self.insides, strict=True)):
            node, (x, _) = self.nodes[n_in + e], self.span[n_in + e]
            reverse = any(self.reverse[first : first + len(label.cod)]) or is_reverse(label)
            if node.point:
                y = node.y + node.height / 2
                frame.dots.append(Dot(x, y, SYMBOLS[label.row.name], type_of(label), reverse, -1))
                if value := self.value(label):
                    frame.texts.append(Text(x - 7, y, "end", value, "value"))
            else:
                frame.boxes.append(Placed(x, node.y, node.width, node.height, label, reverse, inside))

    def draw_wires(self, frame: Frame) -> None:
        """Every wire from where it is made to all that read it, with dots where it divides or ends."""
        pieces: list[list[Piece]] = [[] for _ in range(self.net.wires)]
        sorts = [str(s) for s in self.net.sorts]

        def dot(x: float, y: float, w: int, what: str) -> None:
            frame.dots.append(Dot(x, y, "filled", f"{what} : {sorts[w]}", self.reverse[w], -1))

        for layer, gap in enumerate(self.made.gaps):
            begun: set[tuple[int, float]] = set()
            for s, side in zip(gap, _sides(gap), strict=True):
                y, fork = self.nodes[s.u].y + s.a, (s.u, s.a) in self.forks[layer]
                start = self.right[layer] + STUB * fork
                if (s.u, s.a) not in begun:
                    begun.add((s.u, s.a))
                    if start > self.span[s.u][1]:
                        pieces[s.wire].append(_level(self.span[s.u][1], start, y))
                    if fork:
                        dot(start, y, s.wire, "copy")
                end, to = self.nodes[s.v].y + s.b, self.left[layer + 1]
                merges = self.nodes[s.v].point and len(self.nodes[s.v].ins) > 1
                pieces[s.wire] += _bowed(start, y, to, end, side) or [_curve(start, y, to, end, fork, merges)]
                if self.span[s.v][0] > to:
                    pieces[s.wire].append(_level(to, self.span[s.v][0], end))
        for u, a, w in self.made.ends:
            y, x = self.nodes[u].y + a, self.right[self.nodes[u].layer] + STUB
            pieces[w].append(_level(self.span[u][1], x, y))
            dot(x, y, w, "discard")
        frame.wires = [Wire(tuple(p), sorts[w], self.reverse[w], -1) for w, p in enumerate(pieces) if p]


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


def level_of(net: Net):
    """nodes, n_in, n_out, wires."""
    level = _Level(net, [False]*net.wires, [None]*len(net))
    return level.raw
