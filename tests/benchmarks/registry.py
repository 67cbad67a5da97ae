"""All rows, in the order they are printed."""

from __future__ import annotations

from . import ascent, equality, evaluation, exact, flops, lawful, nesting, pages, pictures, reverse, terms, training
from .harness import Row

TABLES = (terms, reverse, equality, nesting, flops, evaluation, exact, lawful, training, ascent, pictures, pages)
ROWS: list[Row] = [row for table in TABLES for row in table.ROWS]


def row(name: str) -> Row:
    """The row of this name."""
    return next(r for r in ROWS if r.name == name)
