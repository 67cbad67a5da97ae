"""How far boxes are opened: by request, or as far as the picture stays readable.

Level by level from the outside, counting how often each interior occurs, so that a tower of 10⁵ boxes within boxes,
or one that unfolds to 2⁶⁰, is surveyed as fast as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..category.label import Label
from ..errors import DrawError, with_line
from ..hypernet.net import Net

LIMIT = 400  # boxes in one frame; more are a texture, not a picture
TOTAL = 10_000  # boxes in one picture
AUTOMATIC = 3  # levels opened when nobody says how many


def interior(label: Label) -> Net | None:
    """What is inside a box, where it is one net with the interface of the box."""
    if len(label.bodies) != 1:
        return None
    net = label.bodies[0].net
    return net if net.dom == label.dom and net.cod == label.cod else None


def levels(net: Net) -> Iterator[tuple[int, list[tuple[Net, str]]]]:
    """Per level of nesting: how many boxes stand there, and its distinct frames with their names."""
    here: dict[int, tuple[Net, str, int]] = {id(net): (net, "", 1)}
    while here:
        yield sum([times * len(n) for n, _, times in here.values()]), [(n, name) for n, name, _ in here.values()]
        inside: dict[int, tuple[Net, str, int]] = {}
        for outer, _, times in here.values():
            for label, count in zip(outer.labels, np.bincount(outer.edges, minlength=1).tolist(), strict=False):
                inner = interior(label) if count else None
                if inner is not None:
                    before = inside[id(inner)][2] if id(inner) in inside else 0
                    inside[id(inner)] = (inner, label.title, before + times * count)
        here = inside


def opened(net: Net, depth: int | None, limit: int) -> int:
    """How many levels of boxes are drawn open; `depth=None` decides by itself.

    Raises `DrawError` where a frame would hold more than `limit` boxes, naming the depth that can be drawn.
    """
    if depth is not None and (isinstance(depth, bool) or not isinstance(depth, int) or depth < 0):
        raise DrawError(with_line(f"depth is how many levels of boxes are opened, 0 or more, not {depth!r}"))
    total = 0
    for level, (boxes, frames) in enumerate(levels(net)):
        if level > (AUTOMATIC if depth is None else depth):
            return level - 1
        total += boxes
        large = next(((n, name) for n, name in frames if len(n) > limit), None)
        if level == 0 and large:
            raise DrawError(
                with_line(
                    f"the outermost level has {len(net)} boxes, and a frame is drawn with at most {limit}",
                    f"name parts with .box('name'), so that they fold; or ask for limit={len(net)}",
                )
            )
        if level and depth is None and (large or total > limit):
            return level - 1
        if large:
            message = f"at depth={depth} the frame {large[1]} shows {len(large[0])} boxes, more than {limit}"
            raise DrawError(with_line(message, f"depth={level - 1} draws it folded"))
        if total > max(TOTAL, limit):
            raise DrawError(
                with_line(f"at depth={depth} the picture has more than {TOTAL} boxes", f"depth={level - 1} has fewer")
            )
    return depth or 0 if depth is not None else AUTOMATIC
