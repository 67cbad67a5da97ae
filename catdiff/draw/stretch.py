"""More room between columns: the coordinates of a finished scene, stretched monotonically.

Room `d` put in at x = p moves all that is right of p by d. What begins at p is led level to its new place, what ends at
p stays. Order is kept, so what did not touch does not touch, and no wire crosses a box that did not before. A box
keeps its width: where its frame grew around it, level wire leads up to it.

>>> wire = Wire(((0, 0, 5, 5, 10, 8),), "f64", False, -1)
>>> stretched(Scene(10, 8, wires=(wire,)), [(0, 30)]).wires[0].pieces
((0.0, 0, 15.0, 15.0, 30, 0), (30, 0, 35.0, 35.0, 40, 8))
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from .scene import Box, Piece, Scene, Wire

Room = tuple[float, float]
NEAR = 1e-6  # lengths so short are none


def level(x0: float, x1: float, y: float) -> Piece:
    """A level piece of wire."""
    return (x0, y, (x0 + x1) / 2, (x0 + x1) / 2, x1, y)


def stretched(scene: Scene, rooms: Sequence[Room]) -> Scene:
    """The scene with room `d` at x = p for every `(p, d)`."""
    return _Stretch(scene, rooms).scene if rooms else scene


class _Stretch:
    """A scene while it is stretched: `at(x)` is where x goes, `beyond(x)` where what begins there goes."""

    def __init__(self, scene: Scene, rooms: Sequence[Room]) -> None:
        rooms = sorted(rooms)
        self.points = [p for p, _ in rooms]
        self.sums = [0.0, *accumulate([d for _, d in rooms])]
        boxes = [self.box(b) for b in scene.boxes]
        ends: dict[int, list[tuple[Box, Box]]] = defaultdict(list)
        for old, new in zip(scene.boxes, boxes, strict=True):
            if new.x > self.at(old.x):
                ends[old.parent].append((old, new))
        self.scene = replace(
            scene,
            width=self.at(scene.width),
            boxes=tuple(boxes),
            wires=tuple([self.wire(w, ends[w.parent]) for w in scene.wires]),
            dots=tuple([replace(d, x=self.at(d.x)) for d in scene.dots]),
            texts=tuple([replace(t, x=self.at(t.x)) for t in scene.texts]),
        )

    def at(self, x: float) -> float:
        return x + self.sums[bisect_left(self.points, x)]

    def beyond(self, x: float) -> float:
        return x + self.sums[bisect_right(self.points, x)]

    def box(self, b: Box) -> Box:
        """A frame grows, a box stands in the middle of the room it gets."""
        x, right = self.at(b.x), self.at(b.x + b.width)
        if b.open:
            return replace(b, x=x, width=right - x)
        room = right - x - b.width
        return replace(b, x=x + room / 2 if room > NEAR else x)

    def wire(self, w: Wire, boxes: Sequence[tuple[Box, Box]]) -> Wire:
        pieces: list[Piece] = []
        for x0, y0, c0, c1, x1, y1 in w.pieces:
            start, end = self.at(x0), self.at(x1)
            if y0 == y1:
                pieces.append(level(start, end, y0))
                continue
            begin = self.beyond(x0) if x0 < x1 else start
            if begin > start:
                pieces.append(level(start, begin, y0))
            a, b = ((c - x0) / (x1 - x0 or 1) for c in (c0, c1))
            pieces.append((begin, y0, begin + a * (end - begin), begin + b * (end - begin), end, y1))
        return replace(w, pieces=tuple(pieces + self.led(w, boxes)))

    def led(self, w: Wire, boxes: Sequence[tuple[Box, Box]]) -> list[Piece]:
        """Level pieces from where a box's sides went to where it is now."""
        found: list[Piece] = []
        starts, ends = {(p[0], p[1]) for p in w.pieces}, {(p[4], p[5]) for p in w.pieces}
        for old, new in boxes:
            left, right = old.x, old.x + old.width
            found += [level(self.at(x), new.x, y) for x, y in ends if x == left and old.y <= y <= old.y + old.height]
            sides = [(x, y) for x, y in starts if x == right and old.y <= y <= old.y + old.height]
            found += [level(new.x + new.width, self.at(x), y) for x, y in sides]
        return found
