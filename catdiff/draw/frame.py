"""One level of a net as a picture of its own: the frame that a box with an interior is drawn as.

Frames are made from the inside out, so a box that is drawn open is, to the level around it, a box of known size whose
ports are where its interior has them. Coordinates are relative to the interior's corner; x grows along the flow and y
across it, so a picture that runs downwards is laid out like one that runs to the right, with boxes of other sizes:
names are written to the right in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..category.label import Label
from ..hypernet.net import Net
from ..hypernet.recursion import Task
from .branching import divide
from .columns import Columns, Node, Port, arrange
from .flow import Mask, flow, is_reverse, updates
from .folding import LIMIT, interior
from .heights import set_heights
from .measure import FONT, clean, cut, width
from .order import fewest
from .scene import Dot, Piece, Text, Wire
from .setting import CORNER, Setting

HEADER, FOOT, SIDE = 29.0, 13.0, 14.0  # a frame's name above its interior; room below, and beside in one that runs down
PITCH, LEAST = 17.0, 28.0  # of the ports of a box; height of the smallest box
PADDING, LETTERS = 9.0, 26  # beside a name; how much of it is written
SYMBOLS = {"add": "hollow", "zero": "hollow", "const": "point"}
Wires = list[tuple[Port, list[Port]]]


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
    edge: int
    mark: str = ""


@dataclass(slots=True)
class Frame:
    """A level laid out: its size, the heights of its interface, what is on it, and how far below its box's top it
    stands: `above`.
    """

    width: float
    height: float
    ins: list[float]
    outs: list[float]
    above: float = HEADER
    boxes: list[Placed] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    tops: dict[int, float] = field(default_factory=dict)  # inputs that enter from the top, and at which x


@dataclass(frozen=True, slots=True)
class Manner:
    """How frames are drawn: downwards or to the right, each with at most `limit` boxes."""

    down: bool = False
    limit: int = LIMIT

    def box(self, name: str, ins: int, outs: int) -> tuple[float, float]:
        """The size of a closed box."""
        broad, ports = max(LEAST, width(name) + 2 * PADDING), LEAST + PITCH * (max(ins, outs, 1) - 1)
        return (LEAST, max(broad, ports)) if self.down else (broad, ports)

    def value(self, text: str) -> tuple[float, float]:
        """The size of a point and what is written beside it; above it, in a picture that runs down."""
        if not text:
            return 0.0, 10.0
        return (FONT + 9, width(text)) if self.down else (width(text) + 9, FONT)


RIGHT = Manner()


@dataclass(frozen=True, slots=True)
class Pins:
    """What is to stand at the ends of a picture: sizes across the flow, and which inputs enter from the top, with how
    much room along it.
    """

    ins: Sequence[float]
    outs: Sequence[float]
    tops: dict[int, float]


def name_of(label: Label) -> str:
    """What is written in a box."""
    return cut(clean(label.title), LETTERS)


def type_of(label: Label) -> str:
    """What is said about a box to those who ask."""
    return cut(clean(f"{label.title} : {label.dom} → {label.cod}"), 300)


def value_of(label: Label) -> str:
    """What is written beside a point: a constant's value if it has a short one, else its type."""
    if SYMBOLS[label.row.name] != "point":
        return ""
    return name_of(label) if label.title != label.row.name else cut(str(label.cod), LETTERS)


def make_frame(
    net: Net,
    depth: int,
    mask: Mask,
    done: dict[object, Frame],
    name: str = "",
    manner: Manner = RIGHT,
    pins: Pins | None = None,
) -> Task[Frame]:
    """The frame of a net, `depth` levels of boxes open; equal levels are laid out once."""
    key = (id(net), depth, mask, name)
    if key not in done:
        reverse, masks = flow(net, mask)
        insides: list[Frame | None] = []
        for (label, _, _), cotangents in zip(net.steps(), masks, strict=True):
            inner = interior(label, manner.limit) if depth else None
            if inner is not None:
                insides.append((yield make_frame(inner, depth - 1, cotangents, done, label.title, manner)))
            else:
                insides.append(None)
        nodes, wires = nodes_of(net, insides, manner, pins), wires_of(net)
        ends = len(net.dom), len(net.outputs)

        def late() -> Columns:
            return arrange([replace(n, layer=0) for n in nodes], *ends, wires, late=True)

        made = fewest([lambda: arrange([*nodes], *ends, wires), late])
        divide(made)
        done[key] = framed(net, made, reverse, insides, name, manner)
    return done[key]


# -- a net as nodes and wires ---------------------------------------------------------------------------------


def nodes_of(net: Net, insides: Sequence[Frame | None], manner: Manner, pins: Pins | None = None) -> list[Node]:
    """A node for each input, box and output."""
    if pins is None:
        pins = Pins([0.0] * len(net.dom), [0.0] * len(net.outputs), {})
    nodes = [
        Node(
            pins.tops.get(i, 0.0),
            0.0 if i in pins.tops else h,
            outs=(h / 2 * (i not in pins.tops),),
            top=i in pins.tops,
        )
        for i, h in enumerate(pins.ins)
    ]
    nodes += [_node(label, inside, manner) for (label, _, _), inside in zip(net.steps(), insides, strict=True)]
    return nodes + [Node(0.0, h, ins=(h / 2,)) for h in pins.outs]


def _node(label: Label, inside: Frame | None, manner: Manner) -> Node:
    """Size and ports of a box, an open box or a dot."""
    if inside is not None:
        left, right = [[inside.above + y for y in ys] for ys in (inside.ins, inside.outs)]
        return Node(inside.width, inside.above + inside.height + (SIDE if manner.down else FOOT), left, right)
    ins, outs = len(label.dom), len(label.cod)
    if label.row.name in SYMBOLS:
        along, across = manner.value(value_of(label))
        return Node(along, across, [across / 2] * ins, [across / 2] * outs, point=True)
    along, across = manner.box(name_of(label), ins, outs)
    return Node(along, across, spread(ins, across), spread(outs, across))


def spread(n: int, height: float) -> list[float]:
    """Ports in the middle of a side, everywhere so far apart that wires from box to box may run level."""
    return [height / 2 + PITCH * (i - (n - 1) / 2) for i in range(n)]


def wires_of(net: Net) -> Wires:
    """For each wire the port that makes it and those that read it, nodes numbered as in `nodes_of`."""
    n_in = len(net.dom)
    makers = [(i, 0) for i in range(n_in)]
    readers: list[list[Port]] = [[] for _ in range(net.wires)]
    for e, (label, sources, _) in enumerate(net.steps()):
        makers += [(n_in + e, p) for p in range(len(label.cod))]
        for p, w in enumerate(sources):
            readers[w].append((n_in + e, p))
    for i, w in enumerate(net.outputs.tolist()):
        readers[w].append((n_in + len(net) + i, 0))
    return list(zip(makers, readers, strict=True))


# -- columns to a frame ---------------------------------------------------------------------------------------


def framed(
    net: Net, made: Columns, reverse: list[bool], insides: Sequence[Frame | None], name: str, manner: Manner
) -> Frame:
    """The frame of a net whose columns are in order; wide enough for its name, if it has one."""
    height, nodes, n_in = max(set_heights(made), 10.0), made.nodes, len(net.dom)
    title = width(cut(clean(name), LETTERS)) + 3 * PADDING if name else 0.0
    sunk = manner.down and bool(name)  # the name stands where wires come in
    setting = Setting(made, *((0.0, HEADER, FOOT) if sunk else (title,)))
    drop = 0.0
    if any(n.top for n in nodes):  # room for the turn
        drop = 2 * CORNER
        for node in nodes:
            node.y += drop
    outs = nodes[n_in + len(net) :][: len(net.outputs)]
    frame = Frame(setting.width, height + drop, [n.y + n.outs[0] for n in nodes[:n_in]], [n.y + n.ins[0] for n in outs])
    if sunk:
        frame.above = max(SIDE, title - min([*frame.ins, height]))
        frame.height = max(height, title - frame.above)
    marks = dict.fromkeys(updates(net, reverse), "update")
    _place_boxes(frame, setting, net, reverse, insides, manner, marks)
    _draw_wires(frame, setting, net, reverse, marks)
    return frame


def _place_boxes(
    frame: Frame,
    setting: Setting,
    net: Net,
    reverse: list[bool],
    insides: Sequence[Frame | None],
    manner: Manner,
    marks: dict[int, str],
) -> None:
    """Boxes where they stand; sums, zeros and constants as dots."""
    n_in = len(net.dom)
    for e, ((label, _, first), inside) in enumerate(zip(net.steps(), insides, strict=True)):
        node, (x, _) = setting.nodes[n_in + e], setting.span[n_in + e]
        back = any(reverse[first : first + len(label.cod)]) or is_reverse(label)
        if node.point:
            y, value = node.y + node.height / 2, value_of(label)
            frame.dots.append(Dot(x, y, SYMBOLS[label.row.name], type_of(label), back, -1, edge=e))
            if value:
                at, anchor = (x - 11, "middle") if manner.down else (x - 7, "end")
                frame.texts.append(Text(at, y, anchor, value, "value"))
        else:
            mark = marks.get(first, "")
            frame.boxes.append(Placed(x, node.y, node.width, node.height, label, back, inside, e, mark))


def _draw_wires(frame: Frame, setting: Setting, net: Net, reverse: list[bool], marks: dict[int, str]) -> None:
    """Every wire from where it is made to all that read it, with dots where it divides or ends."""
    pieces: list[list[Piece]] = [[] for _ in range(net.wires)]
    sorts = [str(s) for s in net.sorts]
    for i in range(len(net.dom)):
        if setting.nodes[i].top:
            frame.tops[i] = setting.span[i][0]
            pieces[i] += setting.entry(i, 0.0)
    for w, more in setting.wires():
        pieces[w] += more
    for x, y, w, what in setting.dots():
        frame.dots.append(Dot(x, y, "filled", f"{what} : {sorts[w]}", reverse[w], -1, wire=w, mark=marks.get(w, "")))
    frame.wires = [
        Wire(tuple(p), sorts[w], reverse[w], -1, wire=w, mark=marks.get(w, "")) for w, p in enumerate(pieces) if p
    ]
