"""Signals as a rig: run over it, a program of bits leaves the gates it is made of.

An entry is a *signal*: a wire of a `Graph` of gates with two inputs, or the negation of one, or a constant; + makes an
xor gate, × an and gate. So a circuit is synthesised by evaluating it, and whatever has a meaning over a rig (lookups,
contractions, choices, comparisons of bits) becomes gates without another rule. Negations are free, constants are
folded, and no gate is made twice.

>>> graph = Graph(2)
>>> x, y = graph.signals([2, 4])
>>> x + y, x + y == y + x, x + ~y == ~(x + y)
(<signal 6>, True, True)
>>> x * x == x, x + x == 0, x * ~x == 0, (x | y) == ~(~x * ~y)
(True, True, True, True)

Gates are functions: x·x is x here. As formal polynomials the two differ, and so do their derivatives; a program that is
still to be differentiated is therefore never read back from its gates unasked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...generators.rig import Rig
from ...interpret.exact import MOD
from ...interpret.meanings import TRUTHS, entrywise

AND, XOR = "and", "xor"


@dataclass(frozen=True)
class Cell:
    """A gate, `AND` or `XOR`, or a use of a module, its `kind`; `reads` are literals, and it makes `width` wires."""

    kind: Any
    reads: tuple[int, ...]
    width: int = 1


class Graph:
    """Cells under construction. Wire 0 is constantly 0, the next `inputs` wires come from outside, then each cell makes
    its own; literal 2w is wire w, and 2w + 1 its negation.
    """

    def __init__(self, inputs: int) -> None:
        self.inputs, self.wires = inputs, 1 + inputs
        self.cells: list[Cell] = []
        self._known: dict[Cell, int] = {}

    def signals(self, literals: Sequence[int]) -> list[Signal]:
        """The signals that these literals are."""
        return [Signal(literal, self) for literal in literals]

    def use(self, kind: Any, reads: Sequence[int], width: int = 1) -> list[int]:
        """The literals of what a cell makes; the cell is new only if there was none like it."""
        cell = Cell(kind, tuple(reads), width)
        first = self._known.get(cell)
        if first is None:
            first = self._known[cell] = self.wires
            self.cells.append(cell)
            self.wires += width
        return [2 * w for w in range(first, first + width)]

    def both(self, a: int, b: int) -> int:
        """The literal of a ∧ b."""
        a, b = sorted((a, b))
        if a == 0 or a == b ^ 1:
            return 0
        return b if a in (1, b) else self.use(AND, (a, b))[0]

    def either(self, a: int, b: int) -> int:
        """The literal of a ⊕ b; negations pass through to the result."""
        turned = (a ^ b) & 1
        a, b = sorted((a & ~1, b & ~1))
        if a == b:
            return turned
        return (b if a == 0 else self.use(XOR, (a, b))[0]) ^ turned


class Signal:
    """A literal of a graph; without a graph, 0 and 1 are the constants. Immutable."""

    __slots__ = ("graph", "literal")

    def __init__(self, literal: int, graph: Graph | None = None) -> None:
        self.literal, self.graph = literal, graph if literal > 1 else None

    def __add__(self, other: Any) -> Signal:
        other = signal(other)
        graph = self.graph or other.graph
        return Signal(graph.either(self.literal, other.literal) if graph else self.literal ^ other.literal, graph)

    def __mul__(self, other: Any) -> Signal:
        other = signal(other)
        graph = self.graph or other.graph
        return Signal(graph.both(self.literal, other.literal) if graph else self.literal & other.literal, graph)

    def __invert__(self) -> Signal:
        return Signal(self.literal ^ 1, self.graph)

    def __neg__(self) -> Signal:
        return self

    def __or__(self, other: Any) -> Signal:
        return ~(~self * ~signal(other))

    __radd__ = __sub__ = __rsub__ = __xor__ = __rxor__ = __add__
    __rmul__ = __and__ = __rand__ = __mul__
    __ror__ = __or__

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int):
            other = signal(other)
        return isinstance(other, Signal) and self.literal == other.literal and self.graph is other.graph

    def __hash__(self) -> int:
        return hash(self.literal)

    def __repr__(self) -> str:
        return f"<signal {self.literal}>"


def signal(value: Any) -> Signal:
    """A number as a constant signal, by whether it is odd."""
    residue = MOD(2).entry
    assert residue is not None
    return value if isinstance(value, Signal) else Signal(residue(value))


def chosen(c: Any, x: Any, y: Any) -> Signal:
    """x where c holds, else y; two gates beside what x and y are made of."""
    return signal(c) * (signal(x) + y) + y


SIGNALS = Rig(
    name="gates",
    neg=lambda x: x,
    entry=signal,
    less=lambda x, y: ~signal(x) * y,
    choose=chosen,
    truth=signal,
    rows={name: lambda k, label, f=f: entrywise(f, 2) for name, f in TRUTHS.items()},
    carries=frozenset({"z2", "bool"}),
    characteristic=2,
)
