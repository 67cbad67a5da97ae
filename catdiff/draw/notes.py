"""The value view: what lies on every wire of a run, written beside it; the first NaN or infinity in red.

A `Trace` is neutral data that whoever runs programs makes, and that any writer may show: a summary for every wire of
every interior, named by its place, and where something that is no number first came to be. Red are the wires that carry
such values from there on, the box that made the first, and the frames it is in.

>>> import catdiff as cd
>>> f = (cd.sub(cd.f64()) >> cd.log).box("loss") >> cd.exp
>>> picture = f.draw(values=(1.0, 1.0))
>>> "the first ∞ is made by loss / log, of 0" in picture, "f64 = −∞" in picture
(True, True)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from .measure import width
from .scene import Box, Path, Scene, Text, Wire, captioned
from .stretch import Room, stretched
from .style import size

Place = tuple[Path, int]
NEAR = 0.01  # coordinates so close are one
ABOVE, BEFORE, AFTER = 7.5, 5.0, 8.0  # a note above its wire, right of its start, before what comes next
DOWN = 16.0  # below the start of a wire that runs down


@dataclass(frozen=True, slots=True)
class Note:
    """What lies on a wire, in a few words; and what is among it that is no number, "NaN" or "∞"."""

    text: str
    bad: str = ""


@dataclass(frozen=True)
class Trace:
    """One run of a net.

    - `notes[path, w]`: what lay on wire w of the interior at `path`, the numbers of edges from the outermost net in;
    - `first`: path and edge of the box that first made a NaN or an infinity; the edge is −1 where an input was one;
    - `said`: that in words.
    """

    notes: Mapping[Place, Note]
    first: Place | None = None
    said: str = ""

    @property
    def texts(self) -> dict[Place, str]:
        """The notes as text alone, for a writer that shows them to who asks."""
        return {place: note.text for place, note in self.notes.items()}


def noted(scene: Scene, trace: Trace) -> Scene:
    """The scene with the notes of a run beside its wires."""
    bad = {place for place, note in trace.notes.items() if note.bad}
    scene = replace(
        scene,
        boxes=tuple([replace(b, mark="bad") if _leads(b, trace.first) else b for b in scene.boxes]),
        wires=tuple([_told(w, trace.notes.get((w.path, w.wire))) for w in scene.wires]),
        dots=tuple(
            [
                replace(d, mark="bad") if (d.path, d.wire) in bad or (d.path, d.edge) == trace.first else d
                for d in scene.dots
            ]
        ),
    )
    written = [(w, trace.notes[w.path, w.wire].text) for w in _shown(scene) if (w.path, w.wire) in trace.notes]
    scene, places = _room(scene, written)
    notes = [
        Text(x + BEFORE, y - ABOVE, "start", text, "note", w.path, w.wire)
        for (x, y), (w, text) in zip(places, written, strict=True)
    ]
    scene = replace(scene, texts=(*scene.texts, *notes))
    return captioned(scene, [trace.said]) if trace.said else scene


def _leads(b: Box, first: Place | None) -> bool:
    """Whether a box made the first bad value, or is a frame around what did."""
    if first is None:
        return False
    path = (*first[0], first[1])
    here = (*b.path, b.edge)
    return path == here or path[: len(here)] == here


def _told(w: Wire, note: Note | None) -> Wire:
    if note is None:
        return w
    return replace(w, hint=f"{w.hint} = {note.text}", mark="bad" if note.bad else w.mark)


def _shown(scene: Scene) -> list[Wire]:
    """The wires that get a note: not those that go on from another, into a frame or out of one."""
    frames: dict[int, list[Box]] = defaultdict(list)
    for b in scene.boxes:
        if b.open:
            frames[b.parent].append(b)

    def goes_on(w: Wire) -> bool:
        x, y = w.pieces[0][:2]
        out = any(_at_end(b, x, y, w.down) for b in frames[w.parent])
        around = scene.boxes[w.parent] if w.parent >= 0 else None
        return out or (around is not None and (y < around.y + NEAR if w.down else x < around.x + NEAR))

    return [w for w in scene.wires if not goes_on(w)]


class _Places:
    """Where room can be put in for the note of a wire, best first: where no box is in the way."""

    def __init__(self, scene: Scene) -> None:
        self.boxes = [b for b in scene.boxes if not b.open]
        self.dots = {(d.path, d.wire, d.x) for d in scene.dots}

    def run(self, w: Wire) -> list[float]:
        """Where a wire begins, and where the pieces end over which it is level from there on and does not divide."""
        start, y = w.pieces[0][:2]
        run = [start]
        for x0, y0, _, _, x1, y1 in w.pieces:
            if (x0, y0, y1) == (run[-1], y, y) and x1 > x0 and (w.path, w.wire, x0) not in self.dots:
                run.append(x1)
        return run

    def best(self, w: Wire, run: list[float]) -> float:
        """At the bend after the level run, if the wire does not divide there; else within a piece of the run."""
        bends = any(p[0] == run[-1] and p[1] != p[5] for p in w.pieces) and (w.path, w.wire, run[-1]) not in self.dots
        found = [run[-1]] * bends + [(a + b) / 2 for a, b in pairwise(run)] + [b - 0.5 for b in run[1:]]
        return min(found or run, key=partial(self.cost, w.parent))

    def cost(self, parent: int, x: float) -> tuple[int, int]:
        """How many boxes would have to grow, those beside the wire first."""
        across = [b.parent == parent for b in self.boxes if b.x < x < b.x + b.width]
        return sum(across), len(across)


def _at_end(b: Box, x: float, y: float, down: bool) -> bool:
    """Whether this is a place where wires leave an open box."""
    if down:
        return abs(b.y + b.height - y) < NEAR and b.x <= x <= b.x + b.width
    return abs(b.x + b.width - x) < NEAR and b.y <= y <= b.y + b.height


def _room(scene: Scene, written: list[tuple[Wire, str]]) -> tuple[Scene, list[tuple[float, float]]]:
    """The scene with as much more room as the notes need, and where each of these wires begins in it."""
    if any(w.down for w, _ in written):  # beside a wire that runs down there is room
        return scene, [(w.pieces[0][0], w.pieces[0][1] + DOWN) for w, _ in written]
    places, rooms = _Places(scene), list[Room]()
    for run, w, text in sorted([(places.run(w), w, t) for w, t in written], key=lambda each: each[0][-1]):
        there = run[-1] - run[0] + sum([d for p, d in rooms if run[0] <= p <= run[-1]])
        need = width(text, size("note")) + BEFORE + AFTER - there
        if need > 0:
            rooms.append((places.best(w, run), need))
    old = [w.pieces[0][:2] for w, _ in written]
    scene = stretched(scene, rooms)
    moved = [x + sum([d for p, d in rooms if p < x]) for x, _ in old]
    return scene, [(x, y) for x, (_, y) in zip(moved, old, strict=True)]
