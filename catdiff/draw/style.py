"""What all writers agree on: colours, strengths of lines, sizes of letters.

A *tone* is what an item is to a reader: `forward`, `reverse` (it depends on a cotangent), `update` (so does it, and is
what learns, changed), `bad` (a NaN or an infinity), `changed` (a rewrite did it). A tone is a colour and, where it is
to be noticed, a stronger line as well, so that a picture printed in grey says the same.

>>> from .scene import Dot
>>> tone(Dot(0, 0, "filled", "", True, -1)), tone(Dot(0, 0, "filled", "", True, -1, mark="bad"))
('reverse', 'bad')
"""

from __future__ import annotations

from typing import NamedTuple

from .measure import FONT
from .scene import Box, Dot, Wire


class Tone(NamedTuple):
    """The colours of a tone: of lines, of boxes, of frames; and how strong its lines are beside others."""

    stroke: str
    fill: str
    tint: str
    strength: float = 1.0


DAY = {
    "forward": Tone("#2f6496", "#e6f0fa", "#f4f8fd"),
    "reverse": Tone("#b0700a", "#fdeed3", "#fefaf2"),
    "update": Tone("#467a1c", "#e7f4d9", "#f7fbf1"),
    "bad": Tone("#c0202c", "#fde2e2", "#fff4f3", 1.8),
    "changed": Tone("#1f7a4d", "#daf2e3", "#f2fbf5", 1.8),
}
NIGHT = {
    "forward": Tone("#7db7ee", "#17324d", "#111c2a"),
    "reverse": Tone("#e9ae4f", "#4a350f", "#221c12"),
    "update": Tone("#a9d46f", "#2a400f", "#182211"),
    "bad": Tone("#ff8f88", "#541a1d", "#2a1516", 1.8),
    "changed": Tone("#74d6a0", "#123f28", "#102319", 1.8),
}
PAPER, INK, FAINT = ("#ffffff", "#0d1117"), ("#18222e", "#e8edf3"), ("#5b6875", "#9aa7b4")  # by day, by night

RADIUS = {"filled": 3.2, "hollow": 4.2, "point": 2.4}  # of dots
LINE, EDGE, FRAME = 1.5, 1.3, 1.0  # widths of wires and dots, of boxes, of frames
SIZES = {"sign": 28.0, "above": FONT + 2, "value": FONT - 1, "note": FONT - 3.5, "caption": FONT - 1}
PALE = ("name", "note")  # texts that step back


def tone(item: Box | Wire | Dot) -> str:
    """What an item is to a reader."""
    return item.mark or ("reverse" if item.reverse else "forward")


def size(kind: str) -> float:
    """How large the letters of a text are."""
    return SIZES.get(kind, FONT - 2)
