"""Counting as a functor: boxes, FLOPs and bytes of a hypernet, box by box.

One FLOP per elementwise result, two per multiply-add. A definition is counted once and multiplied by how often it
occurs, so a tower that unfolds to 2⁶⁰ boxes is counted as fast as it is written.

>>> import catdiff as cd
>>> f = cd.einsum("ij,j->i", cd.f64(2, 3), cd.f64(3))
>>> flops(f)
12
>>> flops(f >> cd.tanh) == flops(f) + 2 and flops(f @ f) == 2 * flops(f)          # a functor to (ℕ, +)
True
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..category.label import Label
from ..category.morphism import Morphism, verb
from ..category.objects import Object
from ..hypernet.canonical import canonical
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run


def size_in_bytes(A: Object) -> int:
    """Bytes of the arrays on an object."""
    return sum(w.size * np.dtype(w.dtype.carrier).itemsize for w in A.wires)


@dataclass(frozen=True)
class Cost:
    """What one run of a net takes: boxes unfolded, FLOPs, and bytes written."""

    boxes: int = 0
    flops: int = 0
    bytes: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.boxes + other.boxes, self.flops + other.flops, self.bytes + other.bytes)

    def times(self, n: int) -> Cost:
        """The cost of n occurrences."""
        return Cost(n * self.boxes, n * self.flops, n * self.bytes)


def net_cost(net: Net) -> Task[Cost]:
    """The cost of a net: per label, times its occurrences in the normal form, which is what runs."""
    net = canonical(net)
    found = net.memo.get("cost")
    if found is None:
        found = Cost()
        counts = np.bincount(net.edges, minlength=len(net.labels)).tolist()
        for label, n in zip(net.labels, counts, strict=True):
            found += (yield label_cost(label)).times(n)
        net.memo["cost"] = found
    return found


def label_cost(label: Label) -> Task[Cost]:
    """The cost of one box: its row's count, or its interior's."""
    if label.bodies:
        return (yield net_cost(label.bodies[0].net))
    counted = label.row.flops(label) if label.row.flops else sum(w.size for w in label.cod.wires)
    return Cost(1, counted, size_in_bytes(label.cod))


def cost(f: Morphism) -> Cost:
    """Boxes, FLOPs and bytes of one evaluation of f, interiors unfolded.

    >>> import catdiff as cd
    >>> cost(cd.sin(cd.f64(100)).box("wave") >> cd.exp)
    Cost(boxes=2, flops=200, bytes=1600)
    """
    return run(net_cost(f.net))


def flops(f: Morphism) -> int:
    """FLOPs of one evaluation of f: one per elementwise result, two per multiply-add."""
    return cost(f).flops


@verb("flops of box")
def box_flops(label: Label) -> int:
    """FLOPs of one run of a box: what pictures say about it."""
    return run(label_cost(label)).flops


@dataclass(frozen=True)
class Summary:
    """The boxes of one level with their types and costs; prints as a table."""

    rows: tuple[tuple[str, int, str, Cost], ...]
    total: Cost

    def __str__(self) -> str:
        head = ("box", "×", "type", "FLOPs", "bytes")
        body = [(name, str(n), kind, f"{c.flops:,}", f"{c.bytes:,}") for name, n, kind, c in self.rows]
        body.append(("total", str(sum(n for _, n, _, _ in self.rows)), "", *_figures(self.total)))
        widths = [max(len(row[i]) for row in (head, *body)) for i in range(5)]
        lines = []
        for row in (head, *body):
            left = "  ".join(c.ljust(w) for c, w in zip(row[:3], widths[:3], strict=True))
            right = "  ".join(c.rjust(w) for c, w in zip(row[3:], widths[3:], strict=True))
            lines.append(f"{left}  {right}")
        return "\n".join(lines)

    __repr__ = __str__


def _brief(A: Object) -> str:
    """An object, the middle of a long one left out: whoever wants all of a box's type prints the box."""
    return str(A) if len(A) <= 3 else f"{A[0]} @ … {len(A) - 2} more … @ {A[-1]}"


def _figures(c: Cost) -> tuple[str, str]:
    return f"{c.flops:,}", f"{c.bytes:,}"


@verb("summary")
def summary(f: Morphism) -> Summary:
    """Each distinct box of the outermost level, how often it occurs, its type and its cost.

    >>> import catdiff as cd
    >>> summary(cd.sin(cd.f64(100)).box("wave") >> cd.sum)
    box    ×  type                 FLOPs  bytes
    wave   1  f64[100] → f64[100]    100    800
    Σ      1  f64[100] → f64         100      8
    total  2                         200    808
    """
    net = canonical(f.net)
    counts = np.bincount(net.edges, minlength=len(net.labels)).tolist()
    rows = [
        (label.title, n, f"{_brief(label.dom)} → {_brief(label.cod)}", run(label_cost(label)).times(n))
        for label, n in zip(net.labels, counts, strict=True)
    ]
    return Summary(tuple(rows), cost(f))
