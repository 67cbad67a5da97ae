"""A scene: everything a picture shows, as plain data with coordinates.

A layout makes one, a writer (SVG today) reads it, and neither knows the other. x grows to the right, y downwards,
units are pixels at 100 %. Every item carries the text a reader may ask for (`hint`: the type of a wire, the type of a
box), `parent`, the index of the frame around it, so that a writer may fold, and its **place** in the net it shows:
`path`, the numbers of the edges whose interiors it is in, outermost first, then the number of an `edge` or a `wire` of
that net, −1 where it is none. What a view wants noticed has a `mark`, a tone of `style.py`.

A wire is a sequence of **pieces** `(x0, y0, c0, c1, x1, y1)`: the cubic with control points `(c0, y0)` and `(c1, y1)`,
where `x0 ≤ c0, c1 ≤ x1`. Such a curve is level at both ends and never leaves the rectangle its end points span, which
is what makes "no wire crosses a box" a statement about rectangles. In a picture that runs downwards (`down`) x and y
change places: the control points are `(x0, c0)` and `(x1, c1)`. `cubics` gives the four points either way.

>>> wire = Wire(((0, 0, 5, 5, 10, 8),), "f64", False, -1)
>>> wire.bounds(), wire.cubics()
([(0, 0, 10, 8)], [((0, 0), (5, 0), (5, 8), (10, 8))])
>>> turned(Scene(10, 8, wires=(wire,))).wires[0].cubics()
[((0, 0), (0, 5), (8, 5), (8, 10))]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from .measure import width

Path = tuple[int, ...]
Piece = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
Cubic = tuple[Point, Point, Point, Point]
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A generator or a folded box; or, where `open`, the frame around an interior."""

    x: float
    y: float
    width: float
    height: float
    name: str
    hint: str
    reverse: bool
    parent: int
    open: bool = False
    level: int = 0
    path: Path = ()
    edge: int = -1
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """One wire with all its branches; `reverse` if it depends on a cotangent, `down` in a picture that runs so."""

    pieces: tuple[Piece, ...]
    hint: str
    reverse: bool
    parent: int
    down: bool = False
    path: Path = ()
    wire: int = -1
    mark: str = ""

    def bounds(self) -> list[Rectangle]:
        """The rectangle `(left, top, right, bottom)` each piece stays in."""
        return [(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)) for x0, y0, _, _, x1, y1 in self.pieces]

    def cubics(self) -> list[Cubic]:
        """Start, two control points and end of every piece."""
        if self.down:
            return [((x0, y0), (x0, c0), (x1, c1), (x1, y1)) for x0, y0, c0, c1, x1, y1 in self.pieces]
        return [((x0, y0), (c0, y0), (c1, y1), (x1, y1)) for x0, y0, c0, c1, x1, y1 in self.pieces]


@dataclass(frozen=True, slots=True)
class Dot:
    """A copy or a discard (`kind` filled), an addition or a zero (hollow), a constant (point)."""

    x: float
    y: float
    kind: str
    hint: str
    reverse: bool
    parent: int
    path: Path = ()
    edge: int = -1
    wire: int = -1
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text outside boxes. Its `kind`: the `name` of a wire of the interface, the `value` of a constant, a
    `note` on a wire, which has its path and number, a `sign` between scenes or what is `above` it, a `caption` below.
    """

    x: float
    y: float
    anchor: str
    text: str
    kind: str
    path: Path = ()
    wire: int = -1


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture. `boxes` lists a frame before what is in it, so drawing in order is right.

    `title` says what it is, `description` its source; `scale` is how large it is to be shown, 1 for a pixel a unit.
    """

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    wires: tuple[Wire, ...] = ()
    dots: tuple[Dot, ...] = ()
    texts: tuple[Text, ...] = ()
    title: str = ""
    description: str = ""
    scale: float = 1.0


CAPTION = 19.0  # from line to line below a picture
Item = TypeVar("Item", Box, Wire, Dot, Text)


def moved(item: Item, dx: float, dy: float) -> Item:
    """The item elsewhere."""
    if isinstance(item, Wire):
        dc = dy if item.down else dx
        return replace(
            item, pieces=tuple([(a + dx, b + dy, c + dc, d + dc, e + dx, f + dy) for a, b, c, d, e, f in item.pieces])
        )
    return replace(item, x=item.x + dx, y=item.y + dy)


def turned(scene: Scene) -> Scene:
    """The scene with x and y exchanged: what ran to the right runs downwards, and the other way round."""
    return replace(
        scene,
        width=scene.height,
        height=scene.width,
        boxes=tuple([replace(b, x=b.y, y=b.x, width=b.height, height=b.width) for b in scene.boxes]),
        wires=tuple([_turned(w) for w in scene.wires]),
        dots=tuple([replace(d, x=d.y, y=d.x) for d in scene.dots]),
        texts=tuple([replace(t, x=t.y, y=t.x) for t in scene.texts]),
    )


def _turned(w: Wire) -> Wire:
    return replace(w, pieces=tuple([(y0, x0, c0, c1, y1, x1) for x0, y0, c0, c1, x1, y1 in w.pieces]), down=not w.down)


def beside(left: Scene, right: Scene, sign: str, above: str = "", gap: float = 44) -> Scene:
    """Two scenes in one, centred on a line, with a sign (`=`, `→`) between them and what is `above` it."""
    height = max(left.height, right.height)
    up, down, dx, n = (height - left.height) / 2, (height - right.height) / 2, left.width + gap, len(left.boxes)

    def both(these: tuple[Item, ...], those: tuple[Item, ...]) -> tuple[Item, ...]:
        moving = [moved(item, dx, down) for item in those]
        return (*[moved(item, 0, up) for item in these], *[_later(item, n) for item in moving])

    signs = [Text(left.width + gap / 2, height / 2, "middle", sign, "sign")]
    if above:
        signs.append(Text(left.width + gap / 2, height / 2 - 20, "middle", above, "above"))
    return Scene(
        dx + right.width,
        height,
        both(left.boxes, right.boxes),
        both(left.wires, right.wires),
        both(left.dots, right.dots),
        (*both(left.texts, right.texts), *signs),
        " ".join(filter(None, (left.title, sign, right.title))),
        "\n".join(filter(None, (left.description, right.description))),
    )


def _later(item: Item, frames: int) -> Item:
    """The item where its parent comes `frames` later in the list of boxes."""
    if isinstance(item, Text) or item.parent < 0:
        return item
    return replace(item, parent=item.parent + frames)


def below(upper: Scene, lower: Scene, gap: float = 16) -> Scene:
    """Two scenes in one, the second under the first, both from the left edge."""
    down, n = upper.height + gap, len(upper.boxes)

    def both(these: tuple[Item, ...], those: tuple[Item, ...]) -> tuple[Item, ...]:
        return (*these, *[_later(moved(item, 0, down), n) for item in those])

    return Scene(
        max(upper.width, lower.width),
        down + lower.height,
        both(upper.boxes, lower.boxes),
        both(upper.wires, lower.wires),
        both(upper.dots, lower.dots),
        both(upper.texts, lower.texts),
        "; ".join(filter(None, (upper.title, lower.title))),
        "\n".join(filter(None, (upper.description, lower.description))),
    )


def captioned(scene: Scene, lines: Sequence[str]) -> Scene:
    """The scene with lines of text below it."""
    below_ = [Text(14, scene.height + CAPTION * i, "start", line, "caption") for i, line in enumerate(lines)]
    broad = max([28 + width(line) for line in lines], default=0.0)
    return replace(
        scene,
        width=max(scene.width, broad),
        height=scene.height + CAPTION * len(lines),
        texts=(*scene.texts, *below_),
    )


def bands(scene: Scene, apart: float = 40) -> list[Scene]:
    """The scenes that stand one below another in a scene, with nothing in so many pixels between them."""
    spans = sorted([_span(item) for item in (*scene.boxes, *scene.wires, *scene.dots, *scene.texts)])
    merged: list[tuple[float, float]] = []
    for top, bottom in spans:
        if merged and top < merged[-1][1] + apart:
            merged[-1] = (merged[-1][0], max(bottom, merged[-1][1]))
        else:
            merged.append((top, bottom))
    return [_band(scene, *span) for span in merged] if len(merged) > 1 else [scene]


def _span(item: Box | Wire | Dot | Text) -> tuple[float, float]:
    if isinstance(item, Wire):
        bounds = item.bounds() or [(0.0, 0.0, 0.0, 0.0)]
        return min([top for _, top, _, _ in bounds]), max([bottom for _, _, _, bottom in bounds])
    return item.y, item.y + (item.height if isinstance(item, Box) else 0.0)


def _band(scene: Scene, top: float, bottom: float) -> Scene:
    """What is between two heights; frames keep their place before what they hold."""

    def inside(item: Box | Wire | Dot | Text) -> bool:
        a, b = _span(item)
        return top <= a and b <= bottom

    frames = [i for i, b in enumerate(scene.boxes) if inside(b)]
    number = {-1: -1} | {i: n for n, i in enumerate(frames)}

    def those(items: tuple[Item, ...]) -> tuple[Item, ...]:
        kept = [item for item in items if inside(item)]
        return tuple([x if isinstance(x, Text) else replace(x, parent=number[x.parent]) for x in kept])

    return replace(
        scene, boxes=those(scene.boxes), wires=those(scene.wires), dots=those(scene.dots), texts=those(scene.texts)
    )
