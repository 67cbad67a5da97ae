"""A net to a `Scene`: frames from the inside out, then everything to its place on the page.

>>> import catdiff as cd
>>> A = cd.f64()
>>> scene = layout((cd.sin(A) >> cd.exp).net)
>>> [box.name for box in scene.boxes], len(scene.wires)
(['sin', 'exp'], 3)
>>> [dot.kind for dot in layout((cd.copy(A) >> cd.add(A)).net).dots]
['hollow', 'filled']
>>> sin, exp = layout((cd.sin(A) >> cd.exp).net, direction="down").boxes
>>> sin.y < exp.y, sin.width == scene.boxes[0].width
(True, True)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..category.morphism import Morphism
from ..category.objects import Object
from ..errors import DrawError, with_line
from ..hypernet.net import Net
from ..hypernet.recursion import run
from .folding import LIMIT, opened
from .frame import Frame, Manner, Pins, make_frame, name_of, type_of
from .grouping import grouped
from .measure import clean, cut, width
from .scene import Box, Dot, Path, Scene, Text, Wire, moved, turned
from .terms import make_term_frame

MARGIN, SMALL, NAMES = 14.0, 11.0, 20
BESIDE, LINE = 6.0, 15.0  # from the end of a wire to its name; room for a name above or below
DIRECTIONS = ("right", "down")


def layout(
    net: Net,
    depth: int | None = None,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    limit: int = LIMIT,
    cotangents: Sequence[int] = (),
    direction: str = "right",
    parameters: Sequence[int] = (),
    term: Morphism | None = None,
) -> Scene:
    """The scene of a net.

    - `depth`: how many levels of boxes are drawn open, 0 for none; by default as many as stay readable;
    - `inputs`, `outputs`: what is written at the wires of the interface, their types by default;
    - `limit`: how many boxes one frame may hold; where there are more, runs of them are boxes;
    - `cotangents`: the numbers of the inputs that carry cotangents; all that depends on them is of the reverse pass;
    - `direction`: `"right"` or `"down"`, whither wires run;
    - `parameters`: the numbers of the inputs that enter from the top of a picture that runs to the right, and from
      the left of one that runs down;
    - `term`: the morphism whose net this is, to be laid out as it was composed.

    Raises `DrawError` where the picture would hold too many boxes, the names are not as many as the wires, or there is
    no such input or direction.
    """
    if direction not in DIRECTIONS:
        raise DrawError(with_line(f"pictures run {' or '.join(map(repr, DIRECTIONS))}, not {direction!r}"))
    manner = Manner(direction == "down", limit)
    left, right = names_of("inputs", inputs, net.dom), names_of("outputs", outputs, net.cod)
    tops = numbers_of("parameters", parameters, net.dom)
    mask = tuple([i in numbers_of("cotangents", cotangents, net.dom) for i in range(len(net.dom))])
    level, pins = opened(net, depth, limit), pins_of(left, right, tops, manner)
    if term is None:
        frame = run(make_frame(grouped(net, limit), level, mask, {}, manner=manner, pins=pins))
    elif tops:
        raise DrawError(with_line('parameters= is for layout="layers"', 'layout="layers"'))
    else:
        frame = run(make_term_frame(term, level, mask, {}, manner=manner, pins=pins))
    scene = page_of(frame, left, right, manner)
    scene = replace(scene, title=cut(clean(f"{net.dom} → {net.cod}"), 200))
    return turned(scene) if manner.down else scene


def pins_of(left: Sequence[str], right: Sequence[str], tops: Sequence[int], manner: Manner) -> Pins:
    """Room for what is written at the ends of wires: names stand side by side at the ends of those that run down."""
    if manner.down:
        ins, outs = ([width(t, SMALL) for t in names] for names in (left, right))
        return Pins(ins, outs, dict.fromkeys(tops, LINE))
    return Pins([0.0] * len(left), [0.0] * len(right), {i: max(LINE, width(left[i], SMALL) + 8) for i in tops})


def page_of(frame: Frame, left: Sequence[str], right: Sequence[str], manner: Manner) -> Scene:
    """The frame on a page, with names at its wires; along the flow x grows."""

    def room(names: Sequence[str], across: bool) -> float:
        """What names take before and after the frame, or above it."""
        if not names:
            return 0.0
        return LINE if manner.down != across else max([width(t, SMALL) for t in names]) + BESIDE

    dx = MARGIN + room([t for i, t in enumerate(left) if i not in frame.tops], across=False)
    dy = MARGIN + room([left[i] for i in frame.tops], across=True)
    before, after, above = ("middle", "middle", "end") if manner.down else ("end", "start", "middle")
    beside, over = (LINE / 2, BESIDE) if manner.down else (BESIDE, LINE / 2)
    boxes, wires, dots, texts = _flat(frame, dx, dy)
    for i, (t, y) in enumerate(zip(left, frame.ins, strict=True)):
        if i in frame.tops:
            texts.append(Text(dx + frame.tops[i], dy - over, above, t, "name"))
        else:
            texts.append(Text(dx - beside, dy + y, before, t, "name"))
    end = dx + frame.width
    texts += [Text(end + beside, dy + y, after, t, "name") for t, y in zip(right, frame.outs, strict=True)]
    size = end + room(right, across=False) + MARGIN, dy + frame.height + MARGIN
    return Scene(*size, tuple(boxes), tuple(wires), tuple(dots), tuple(texts))


def numbers_of(what: str, given: Sequence[int], A: Object) -> list[int]:
    """Which inputs are numbered; as in lists, −1 is the last."""
    try:
        return [range(len(A))[i] for i in given]
    except (TypeError, IndexError):
        message = f"{what}= numbers inputs, from 0 or from −1 backwards, and there are {len(A)}: {given!r}"
        raise DrawError(with_line(message)) from None


def names_of(what: str, given: Sequence[str] | None, A: Object) -> list[str]:
    """What is written at the wires of an interface: the names given, as many as there are wires, or their types."""
    if given is not None and not isinstance(given, Iterable):
        raise DrawError(with_line(f"{what}= is a list of names, one for each of {A}, not {given!r}"))
    names = [str(s) for s in A.wires] if given is None else [str(name) for name in given]
    if len(names) != len(A):
        raise DrawError(with_line(f"{what}= names {len(names)} wires, and there are {len(A)}: {A}"))
    return [cut(clean(name), NAMES) for name in names]


def _flat(frame: Frame, x: float, y: float) -> tuple[list[Box], list[Wire], list[Dot], list[Text]]:
    """All in a frame and the frames in it, in page coordinates: frames before what they hold, which has their mark."""
    boxes: list[Box] = []
    wires: list[Wire] = []
    dots: list[Dot] = []
    texts: list[Text] = []
    waiting: list[tuple[Frame, float, float, int, Path, str]] = [(frame, x, y, -1, (), "")]
    for this, dx, dy, parent, path, mark in waiting:  # grows while it is read
        wires += [replace(moved(w, dx, dy), parent=parent, path=path, mark=mark or w.mark) for w in this.wires]
        dots += [replace(moved(d, dx, dy), parent=parent, path=path, mark=mark or d.mark) for d in this.dots]
        texts += [moved(t, dx, dy) for t in this.texts]
        for b in this.boxes:
            inner = mark or b.mark
            at = (b.x + dx, b.y + dy, b.width, b.height)
            if b.inside is not None:
                waiting.append((b.inside, at[0], at[1] + b.inside.above, len(boxes), (*path, b.edge), inner))
            named, open_ = (name_of(b.label), type_of(b.label)), b.inside is not None
            boxes.append(Box(*at, *named, b.reverse, parent, open_, len(path), path, b.edge, inner))
    return boxes, wires, dots, texts
