"""What a wrong rule did, as one long table: a row per cotangent and direction at every point that was judged.

`Evidence` is what the patterns read: the two numbers, how far apart they may lie, which entries of inputs and outputs
they belong to, and what the input was there.

>>> number(0.5), number(1.0001, 5), number(1e-9, 2)
('0.5', '1.0001', '1e-09')
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .cases import Bench, Case
from .frames import Direction


def number(x: float, digits: int = 6) -> str:
    """A number as a reader wants it."""
    return f"{x:.{digits}g}"


class Evidence:
    """Pairs (slope, answer) of all cases, as columns of equal length.

    - `answer`, `slope`, `slack`: the rule's number, the measured one, how far apart they may lie; `off`: where they do;
    - `wire`, `entry`: of the input (entry -1: a mixture); `output`: the coordinate of the cotangent (-1: a mixture);
    - `x`: the input's entry there (its real part), NaN for a mixture; `case`: which case.
    """

    def __init__(self, bench: Bench, cases: Sequence[Case]) -> None:
        self.bench, self.cases = bench, [c for c in cases if c.judged]
        parts = [self._rows(k, c) for k, c in enumerate(self.cases)]
        columns = [np.concatenate([p[i] for p in parts]) for i in range(9)]
        off, entry, output = columns[3], columns[5], columns[6]
        single = (entry >= 0) & (output >= 0)
        if (off & single).any():  # a mixture mixes what is right with what is wrong
            columns = [column[single] for column in columns]
        self.answer, self.slope, self.slack, self.off, self.wire, self.entry, self.output, self.x, self.case = columns
        self.outer = np.array([-1 if k < 0 else bench.outputs.entries[k].wire for k in self.output], int)

    def _rows(self, k: int, c: Case) -> tuple[np.ndarray, ...]:
        shape = c.left.shape
        start = self.bench.inputs.flat(c.x)
        off = c.wrong
        wire = np.array([-1 if d.wire is None else d.wire for d in c.directions], int)
        entry = np.array([-1 if d.entry is None else d.entry for d in c.directions], int)
        x = np.array([np.nan if d.entry is None else start[d.entry] for d in c.directions], float)
        output = np.array([_single(row) for row in c.cotangents], int)
        columns = [np.broadcast_to(a, shape) for a in (wire, entry)]
        rows = np.broadcast_to(output[:, None], shape)
        place = (*columns, rows, np.broadcast_to(x, shape), np.full(shape, k))
        return tuple(a[c.smooth] for a in (c.left, c.right, c.tolerance, off, *place))

    @property
    def loud(self) -> np.ndarray:
        """The pairs whose slope is far from zero."""
        return np.abs(self.slope) > 20 * self.slack

    def example(self) -> str:
        """The plainest disagreement, in numbers."""
        apart = np.where(np.isfinite(self.answer), np.abs(self.answer - self.slope), np.inf)
        single = self.off & (self.entry >= 0) & (self.output >= 0)
        pool = np.flatnonzero(single if single.any() else self.off)
        with np.errstate(all="ignore"):
            share = np.nan_to_num(apart[pool] / (np.abs(self.slope[pool]) + self.slack[pool]), posinf=1e300)
        k = int(pool[np.argmax(np.minimum(share, 0.5) - 1e-6 * self.case[pool])])
        case = self.cases[self.case[k]]
        of = self.bench.outputs.name(self.output[k], "y") if self.output[k] >= 0 else "a mixture of outputs"
        by = self.bench.inputs.name(self.entry[k], "x") if self.entry[k] >= 0 else "a mixture of inputs"
        if self.entry[k] >= 0 and not _is_entry(case.directions, self.entry[k]):
            by += " and what moves with it"
        at = "" if not np.isfinite(self.x[k]) else f" at {by} = {number(self.x[k])}"
        slope = f"{number(self.slope[k])} ± {number(self.slack[k], 1)}"
        what = f"the slope of {of} by {by} is {slope}, vjp says {number(self.answer[k])}"
        special = f", at a point with {case.said}" if case.said else at
        return f"{what}{special}"


def _single(row: np.ndarray) -> int:
    places = np.flatnonzero(row)
    return int(places[0]) if len(places) == 1 and row[places[0]] == 1.0 else -1


def _is_entry(directions: Sequence[Direction], entry: int) -> bool:
    return any(d.entry == entry and np.count_nonzero(d.vector) == 1 for d in directions)
