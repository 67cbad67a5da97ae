"""All rows, in the order they are printed."""

from __future__ import annotations

from . import equality, evaluation, flops, nesting, pages, reverse, terms
from .harness import Row

ROWS: list[Row] = [
    *terms.ROWS,
    *reverse.ROWS,
    *equality.ROWS,
    *nesting.ROWS,
    *flops.ROWS,
    *evaluation.ROWS,
    *pages.ROWS,
]


def row(name: str) -> Row:
    """The row of this name."""
    return next(r for r in ROWS if r.name == name)
