"""A morphism as one interactive page: a file that needs no network, no library and no server.

Every distinct interior is laid out once, with its boxes closed, and stored once, as JSON. The page opens a box where it
stands: the interior takes its place, and a monotone stretch of coordinates makes room, so that whatever was left of,
right of, above or below something else still is. There is no layout engine in the browser.

Nothing in the page comes from elsewhere. Labels are data, never markup: `<` is escaped in the JSON, the script only
ever sets text, and the content security policy admits one script and one style by their hashes, and nothing else.

>>> import catdiff as cd
>>> text = page(cd.sin(cd.f64()).box("</script><script>alert(1)") >> cd.exp)
>>> "alert(1)" in text, "<script>alert" in text, page(cd.sin(cd.f64())) == page(cd.sin(cd.f64()))
(True, False, True)
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from operator import itemgetter
from pathlib import Path
from typing import Any

from ..category.label import Label
from ..category.morphism import VERBS, Morphism
from ..errors import DrawError, with_line
from ..hypernet.net import Net
from ..hypernet.recursion import run
from .flow import Mask, flow
from .folding import LIMIT, TOTAL, deepest, interior, opened
from .frame import FOOT, HEADER, LETTERS, PADDING, RIGHT, SYMBOLS, Frame, Manner, Pins, Placed, make_frame
from .grouping import grouped
from .layout import names_of, numbers_of, pins_of
from .measure import FONT, clean, cut, width
from .notes import Trace
from .options import only, options_of
from .scene import Dot, Wire
from .setting import BROAD, NARROW, SLOPE
from .style import DAY, FAINT, INK, NIGHT, PAPER
from .svg import escape

Notes = Mapping[tuple[tuple[int, ...], int], str]

ASSETS = Path(__file__).parent / "page"
SCRIPTS = ("stretch.js", "program.js", "paint.js", "view.js", "main.js")
SHADES = ("forward", "reverse", "update")
LONG, DEEP = 300, 100  # characters of a name, a type or a note; levels of boxes within boxes


def page(
    f: Morphism,
    depth: int | None = None,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    limit: int = LIMIT,
    cotangents: Sequence[int] = (),
    parameters: Sequence[int] = (),
    notes: Notes | None = None,
    values: Sequence[Any] | None = None,
    description: str = "",
    **other: Any,
) -> str:
    """The text of an HTML file that shows f.

    - `depth`: how many levels of boxes are open at first, as many as can be read at once by default; the rest as for
      `layout`;
    - `notes`: what is said of wires to those who ask, values for example. A key is the path of edge numbers from the
      outermost net to an interior, and the number of a wire in it: `{((), 0): "0.5"}` is about f's first input;
    - `values`: inputs on which f is run. What is on the wires is said as notes are; what is no number is red, and so
      is the box that first made such a thing;
    - `description`: what is said to readers without a script.

    Raises `DrawError` where the names are not as many as the wires, a note is about a wire that is not there, or a page
    does not take what else is asked for.
    """
    only("a page", OPTIONS, other, ": there is SVG for that" if any(name in PICTURED for name in other) else "")
    opened(f.net, depth, limit)  # raises what there is to say about depth and limit
    net = grouped(f.net, limit)
    trace = Trace({}) if values is None else VERBS["trace"](f, values, deepest(net, limit, DEEP), limit)
    mask = tuple([i in numbers_of("cotangents", cotangents, net.dom) for i in range(len(net.dom))])
    left, right = names_of("inputs", inputs, net.dom), names_of("outputs", outputs, net.cod)
    pins = pins_of(left, right, numbers_of("parameters", parameters, net.dom), RIGHT)
    data = {
        "title": cut(clean(f"{net.dom} → {net.cod}"), 200),
        "depth": depth,
        "inputs": left,
        "outputs": right,
        "room": {"header": HEADER, "foot": FOOT, "narrow": NARROW, "slope": SLOPE, "broad": BROAD},
        "letters": LETTERS,
        "font": FONT,
        "notes": _notes(net, {**trace.texts, **(notes or {})}, limit),
        "bad": _bad(trace),
        "first": None if trace.first is None else [*trace.first[0], trace.first[1]],
        "said": cut(clean(trace.said), LONG),
        **_Store(limit).stored(net, mask, pins),
    }
    return _filled(data, description)


OPTIONS = options_of(page, "description")
PICTURED = ("view", "after", "layout", "direction", "scale")  # what a picture knows, and a page does not


def _filled(data: dict[str, Any], description: str) -> str:
    """The page with its data in it; parts are put in at once, so none of them can ask for another."""
    style, script = _style(), _script()
    policy = f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'"
    parts = {
        "title": escape(data["title"]),
        "description": escape(clean(description)),
        "policy": f"{policy}; base-uri 'none'; form-action 'none'",
        "style": style,
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _asset("page.html"))


class _Store:
    """Frames, labels and types of a page, each once."""

    def __init__(self, limit: int) -> None:
        self.limit, self.manner = limit, Manner(limit=limit)
        self.boxes = 0
        self.frames: dict[tuple[int, Mask, str], int] = {}
        self.labels: dict[Label, int] = {}
        self.sorts: dict[str, int] = {}
        self.waiting: list[tuple[Net, Mask, int, str]] = []

    def stored(self, net: Net, mask: Mask, pins: Pins) -> dict[str, Any]:
        """The tables that the page reads, the outermost frame first: breadth first, as far as there is room."""
        self.number(net, mask, 0)
        done: dict[object, Frame] = {}
        frames = []
        for n, m, level, mark in self.waiting:  # grows while it is read
            laid_out = run(make_frame(n, 0, m, done, manner=self.manner, pins=None if level else pins))
            frames.append(self.frame(n, m, level, mark, laid_out))
        return {"frames": frames, "labels": [_label(label) for label in self.labels], "sorts": list(self.sorts)}

    def number(self, net: Net, mask: Mask, level: int, mark: str = "") -> int:
        """The number of a frame so many levels inside; or −n where it does not fit and n boxes stay hidden."""
        key = (id(net), mask, mark)
        if key not in self.frames:
            if self.boxes + len(net) > max(TOTAL, self.limit) or level > DEEP:
                return -len(net)
            self.boxes += len(net)
            self.frames[key] = len(self.frames)
            self.waiting.append((net, mask, level, mark))
        return self.frames[key]

    def frame(self, net: Net, mask: Mask, level: int, mark: str, frame: Frame) -> dict[str, Any]:
        """One level, in tenths of a pixel: where everything is, what it is, and what is connected to what.

        What stands in a box that is marked is marked as well.
        """
        _, masks = flow(net, mask)
        placed, boxes, links = iter(frame.boxes), [], []
        for e, ((label, sources, first), inner_mask) in enumerate(zip(net.steps(), masks, strict=True)):
            if label.row.name in SYMBOLS:
                links.append([e, first, len(label.cod), sources])
                continue
            b = next(placed)
            assert b.label is label
            inner = interior(label, self.limit)
            inside = None if inner is None else self.number(inner, inner_mask, level + 1, mark or b.mark)
            edges = (b.x, b.y, b.x + b.width, b.y + b.height)
            number = self.labels.setdefault(label, len(self.labels))
            boxes.append([e, number, inside, _shade(b, mark), *map(_tenths, edges), first, len(label.cod), sources])
        assert next(placed, None) is None and len(frame.wires) == net.wires
        return {
            "size": [_tenths(frame.width), _tenths(frame.height)],
            "ins": [*map(_tenths, frame.ins)],
            "outs": [*map(_tenths, frame.outs)],
            "tops": [[i, _tenths(x)] for i, x in frame.tops.items()],
            "ends": net.outputs.tolist(),
            "boxes": boxes,
            "links": links,
            "wires": [self.wire(w, mark) for w in frame.wires],
            "dots": [self.dot(d, mark) for d in frame.dots],
            "texts": [[_tenths(t.x), _tenths(t.y), t.anchor, t.text] for t in frame.texts],
        }

    def wire(self, wire: Wire, mark: str) -> list[Any]:
        return [self.sort(wire.hint), _shade(wire, mark), [_tenths(x) for piece in wire.pieces for x in piece]]

    def dot(self, d: Dot, mark: str) -> list[Any]:
        return [_tenths(d.x), _tenths(d.y), d.kind, _shade(d, mark), self.sort(d.hint), d.wire, d.edge]

    def sort(self, hint: str) -> int:
        return self.sorts.setdefault(hint, len(self.sorts))


def _shade(item: Placed | Wire | Dot, mark: str) -> int:
    """The number of an item's tone in the script."""
    return SHADES.index(mark or item.mark or ("reverse" if item.reverse else "forward"))


def _tenths(x: float) -> int:
    return round(10 * x)


def _label(label: Label) -> list[Any]:
    """Name, type, room that the name takes above an interior, and the FLOPs of one run."""
    name = cut(clean(label.title), LONG)
    room = width(cut(name, LETTERS)) + 3 * PADDING
    return [name, cut(clean(f"{label.dom} → {label.cod}"), LONG), round(room, 1), VERBS["flops of box"](label)]


def _bad(trace: Trace) -> dict[str, list[int]]:
    """The wires with something on them that is no number, by path."""
    found: dict[str, list[int]] = {}
    for (path, wire), note in sorted(trace.notes.items(), key=itemgetter(0)):
        if note.bad:
            found.setdefault(".".join(map(str, path)), []).append(wire)
    return found


def _notes(net: Net, notes: Notes, limit: int) -> dict[str, dict[int, str]]:
    """Notes by path, as the page looks them up; raises `DrawError` where there is no such wire."""
    found: dict[str, dict[int, str]] = {}
    for (path, wire), text in sorted(notes.items()):
        inner: Net | None = net
        for e in path:
            inner = interior(inner.labels[inner.edges[e]], limit) if inner is not None and 0 <= e < len(inner) else None
        if inner is None or not 0 <= wire < inner.wires:
            raise DrawError(with_line(f"notes= is about wire {wire!r} at the path {path!r}, and there is none"))
        found.setdefault(".".join(map(str, path)), {})[int(wire)] = cut(clean(str(text)), LONG)
    return found


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    parts = "\n".join([_asset(name) for name in SCRIPTS])
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


@cache
def _style() -> str:
    """The tones of SVG pictures as custom properties, then the sheet."""

    def rules(night: int) -> str:
        pairs = [("paper", PAPER[night]), ("ink", INK[night]), ("faint", FAINT[night])]
        for name, (line, box, tint, _) in (NIGHT if night else DAY).items():
            pairs += [(f"{name}-line", line), (f"{name}-box", box), (f"{name}-tint", tint)]
        return ";".join([f"--{name}:{colour}" for name, colour in pairs])

    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{rules(1)};color-scheme:dark}}}}"
    return f":root{{{rules(0)}}}\n{dark}\n{_asset('page.css')}"


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
