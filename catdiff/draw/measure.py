"""How much room a label takes, without asking a font; and which characters of it are shown at all.

The estimate is for a wide sans-serif, so that a label fits its box in any.

>>> clean("a\\x00b\\nc"), cut("x" * 500, 8)
('a�b c', 'xxxxxxx…')
>>> width("iii") < width("mmm")
True
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

FONT = 13.0
_NARROW, _WIDE = frozenset("iIjlft.,:;'|!()[]{}·´`′ⱼᵢ"), frozenset("mwMW@%—…→×÷+=<>−±∑∏∂∇")
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


@lru_cache(1024)
def clean(text: str) -> str:
    """The text on one line, with � for what XML cannot hold and for characters that reorder their neighbours."""
    return "".join([_shown(c) for c in text])


def _shown(c: str) -> str:
    if c.isspace():
        return " "
    code = ord(c)
    unfit = unicodedata.category(c) in ("Cc", "Cs") or c in _REORDERING or code & 0xFFFE == 0xFFFE
    return "�" if unfit or 0xFDD0 <= code <= 0xFDEF else c


def cut(text: str, length: int) -> str:
    """At most `length` characters, the last an ellipsis if there were more."""
    return text if len(text) <= length else text[: length - 1] + "…"


@lru_cache(1024)
def width(text: str, size: float = FONT) -> float:
    """An upper estimate of the text's width in pixels."""
    return size * sum(map(_em, text))


def _em(c: str) -> float:
    if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0.0
    if c in _NARROW:
        return 0.4
    if c in _WIDE or unicodedata.east_asian_width(c) in "WF":
        return 1.0
    return 0.74 if c.isupper() else 0.63
