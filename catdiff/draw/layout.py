"""A net to a `Scene`: frames from the inside out, then everything to its place on the page.

>>> import catdiff as cd
>>> A = cd.f64()
>>> scene = layout((cd.sin(A) >> cd.exp).net)
>>> [box.name for box in scene.boxes], len(scene.wires)
(['sin', 'exp'], 3)
>>> [dot.kind for dot in layout((cd.copy(A) >> cd.add(A)).net).dots]
['hollow', 'filled']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..category.objects import Object
from ..errors import DrawError, with_line
from ..hypernet.net import Net
from ..hypernet.recursion import run
from .folding import LIMIT, opened
from .frame import HEADER, Frame, make_frame, name_of, type_of
from .measure import clean, cut, width
from .scene import Box, Dot, Scene, Text, Wire, moved

MARGIN, SMALL, NAMES = 14.0, 11.0, 20


def layout(
    net: Net,
    depth: int | None = None,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    limit: int = LIMIT,
    cotangents: Sequence[int] = (),
) -> Scene:
    """The scene of a net.

    - `depth`: how many levels of boxes are drawn open, 0 for none; by default as many as stay readable;
    - `inputs`, `outputs`: what is written at the wires of the interface, their types by default;
    - `limit`: how many boxes one frame may hold;
    - `cotangents`: the numbers of the inputs that carry cotangents; all that depends on them is of the reverse pass.

    Raises `DrawError` where a frame would hold more, the names are not as many as the wires, or there is no such input.
    """
    level = opened(net, depth, limit)
    mask = tuple([i in numbers_of("cotangents", cotangents, net.dom) for i in range(len(net.dom))])
    frame = run(make_frame(net, level, mask, {}))
    left = names_of("inputs", inputs, net.dom)
    right = names_of("outputs", outputs, net.cod)
    dx = MARGIN + (max([width(t, SMALL) for t in left], default=-6.0) + 6.0)
    end = dx + frame.width
    boxes, wires, dots, texts = _flat(frame, dx, MARGIN)
    texts += [Text(dx - 6, MARGIN + y, "end", t, "name") for t, y in zip(left, frame.ins, strict=True)]
    texts += [Text(end + 6, MARGIN + y, "start", t, "name") for t, y in zip(right, frame.outs, strict=True)]
    return Scene(
        end + MARGIN + (max([width(t, SMALL) for t in right], default=-6.0) + 6.0),
        frame.height + 2 * MARGIN,
        tuple(boxes),
        tuple(wires),
        tuple(dots),
        tuple(texts),
        cut(clean(f"{net.dom} → {net.cod}"), 200),
    )


def numbers_of(what: str, given: Sequence[int], A: Object) -> list[int]:
    """Which inputs are numbered; as in lists, −1 is the last."""
    try:
        return [range(len(A))[i] for i in given]
    except (TypeError, IndexError):
        message = f"{what}= numbers inputs, from 0 or from −1 backwards, and there are {len(A)}: {given!r}"
        raise DrawError(with_line(message)) from None


def names_of(what: str, given: Sequence[str] | None, A: Object) -> list[str]:
    """What is written at the wires of an interface: the names given, as many as there are wires, or their types."""
    names = [str(s) for s in A.wires] if given is None else [str(name) for name in given]
    if len(names) != len(A):
        raise DrawError(with_line(f"{what}= names {len(names)} wires, and there are {len(A)}: {A}"))
    return [cut(clean(name), NAMES) for name in names]


def _flat(frame: Frame, x: float, y: float) -> tuple[list[Box], list[Wire], list[Dot], list[Text]]:
    """Everything in a frame and the frames in it, in page coordinates; frames before what they hold."""
    boxes: list[Box] = []
    wires: list[Wire] = []
    dots: list[Dot] = []
    texts: list[Text] = []
    waiting = [(frame, x, y, -1, 0)]
    for this, dx, dy, parent, level in waiting:  # grows while it is read
        wires += [replace(moved(w, dx, dy), parent=parent) for w in this.wires]
        dots += [replace(moved(d, dx, dy), parent=parent) for d in this.dots]
        texts += [moved(t, dx, dy) for t in this.texts]
        for b in this.boxes:
            at = (b.x + dx, b.y + dy, b.width, b.height)
            if b.inside is not None:
                waiting.append((b.inside, at[0], at[1] + HEADER, len(boxes), level + 1))
            boxes.append(Box(*at, name_of(b.label), type_of(b.label), b.reverse, parent, b.inside is not None, level))
    return boxes, wires, dots, texts
