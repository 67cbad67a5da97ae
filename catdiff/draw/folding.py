"""How far boxes are opened: by request, or as far as the picture stays readable.

Level by level from the outside, counting how often each interior occurs, so that a tower of 10⁵ boxes within boxes,
or one that unfolds to 2⁶⁰, is surveyed as fast as it is written. A level of more boxes than a frame may hold is shown
as boxes of boxes (`grouping.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from ..category.label import Label
from ..errors import DrawError, with_line
from ..hypernet.net import Net
from .grouping import grouped

LIMIT = 400  # boxes in one frame; more are a texture, not a picture
TOTAL = 10_000  # boxes in one picture
AUTOMATIC = 3  # levels opened when nobody says how many


def interior(label: Label, limit: int = LIMIT) -> Net | None:
    """What is shown inside a box, where it is one net with the interface of the box."""
    if len(label.bodies) != 1:
        return None
    net = label.bodies[0].net
    return grouped(net, limit) if net.dom == label.dom and net.cod == label.cod else None


def levels(net: Net, limit: int = LIMIT) -> Iterator[int]:
    """Per level of nesting as it is shown: how many boxes stand there."""
    net = grouped(net, limit)
    here: dict[int, tuple[Net, int]] = {id(net): (net, 1)}
    while here:
        yield sum([times * len(n) for n, times in here.values()])
        inside: dict[int, tuple[Net, int]] = {}
        for outer, times in here.values():
            for label, count in zip(outer.labels, np.bincount(outer.edges, minlength=1).tolist(), strict=False):
                inner = interior(label, limit) if count else None
                if inner is not None:
                    before = inside[id(inner)][1] if id(inner) in inside else 0
                    inside[id(inner)] = (inner, before + times * count)
        here = inside


def deepest(net: Net, limit: int, most: int) -> int:
    """How many levels of boxes, `most` at most, may be open in a picture of at most `TOTAL` boxes."""
    total = deep = 0
    for deep, boxes in enumerate(islice(levels(net, limit), most + 1)):
        total += boxes
        if deep and total > max(TOTAL, limit):
            return deep - 1
    return deep


def opened(net: Net, depth: int | None, limit: int) -> int:
    """How many levels of boxes are drawn open; `depth=None` decides by itself.

    Raises `DrawError` where a picture would have too many boxes, naming the depth that can be drawn.
    """
    if depth is not None and (isinstance(depth, bool) or not isinstance(depth, int) or depth < 0):
        raise DrawError(with_line(f"depth is how many levels of boxes are opened, 0 or more, not {depth!r}"))
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise DrawError(with_line(f"limit is how many boxes one frame may hold, 1 or more, not {limit!r}"))
    total = 0
    for level, boxes in enumerate(levels(net, limit)):
        if level > (AUTOMATIC if depth is None else depth):
            return level - 1
        total += boxes
        if level and depth is None and total > limit:
            return level - 1
        if level and total > max(TOTAL, limit):
            raise DrawError(
                with_line(f"at depth={depth} the picture has more than {TOTAL} boxes", f"depth={level - 1} has fewer")
            )
    return depth or 0 if depth is not None else AUTOMATIC
