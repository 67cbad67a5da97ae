"""The boxes: every generator's type rule, forward, R and D, one table row each."""

from . import boxes, constants, elementwise, foreign, linear, macros, meanings, select, vectorise, wires

__all__ = [
    "boxes",
    "constants",
    "elementwise",
    "foreign",
    "linear",
    "macros",
    "meanings",
    "select",
    "vectorise",
    "wires",
]
