"""Modules of gates as data, and what is done to them: cells that nothing reads are left out, uses are opened.

The wires of a module are numbered: 0 is constantly 0, then come the inputs, then what each cell makes. A *literal* is
2w for wire w, and 2w + 1 for its negation. Modules are made by `netlist` from programs, and by readers from files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import BudgetError, with_line
from ...hypernet.recursion import Task, run
from .signals import AND, Cell, Graph, Signal

LARGEST = 10_000_000  # cells to open


@dataclass(frozen=True)
class Port:
    """A wire of the interface: a name, and its shape; bit i of it is entry i, row by row. A scalar has shape ()."""

    name: str
    shape: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """How many bits it has."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def bits(self) -> list[str]:
        """The names of its bits."""
        return [f"{self.name}[{i}]" for i in range(self.size)] if self.shape else [self.name]


@dataclass(frozen=True, eq=False)
class Module:
    """Gates and uses of other modules, between ports; `leaves` are the literals that leave."""

    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    cells: tuple[Cell, ...]
    leaves: tuple[int, ...]

    @property
    def takes(self) -> int:
        """How many bits come in."""
        return sum(port.size for port in self.inputs)

    def __repr__(self) -> str:
        return f"<module {self.name!r}: {self.takes} → {len(self.leaves)}, {len(self.cells)} cells>"


def pruned(module: Module) -> Module:
    """The module without the cells that nothing reads."""
    first, at = [], 1 + module.takes
    for cell in module.cells:
        first.append(at)
        at += cell.width
    read = bytearray(at)
    for literal in module.leaves:
        read[literal >> 1] = 1
    kept: list[int] = []
    for i in range(len(first) - 1, -1, -1):
        cell = module.cells[i]
        if any(read[first[i] : first[i] + cell.width]):
            kept.append(i)
            for literal in cell.reads:
                read[literal >> 1] = 1
    number = list(range(1 + module.takes)) + [0] * (at - 1 - module.takes)
    at, cells = 1 + module.takes, []
    for i in reversed(kept):
        cell = module.cells[i]
        number[first[i] : first[i] + cell.width] = range(at, at + cell.width)
        at += cell.width
        cells.append(Cell(cell.kind, _renumbered(cell.reads, number), cell.width))
    return Module(module.name, module.inputs, module.outputs, tuple(cells), _renumbered(module.leaves, number))


def _renumbered(literals: Sequence[int], number: Sequence[int]) -> tuple[int, ...]:
    return tuple([2 * number[a >> 1] + (a & 1) for a in literals])


def modules(top: Module) -> list[Module]:
    """All modules that are used, each once, after those it uses."""
    found: dict[int, Module] = {}
    stack = [(top, False)]
    while stack:
        module, ready = stack.pop()
        if ready:
            found.setdefault(id(module), module)
        elif id(module) not in found:
            stack.append((module, True))
            stack += [(c.kind, False) for c in reversed(module.cells) if isinstance(c.kind, Module)]
    return list(found.values())


def cells(top: Module) -> int:
    """How many cells there are in all, those of a module as often as it is used."""
    count: dict[int, int] = {}
    for module in modules(top):
        count[id(module)] = sum(1 + count.get(id(c.kind), 0) for c in module.cells)
    return count[id(top)]


def flattened(top: Module) -> Module:
    """The same as one module of gates. Raises `BudgetError` where ten million cells do not suffice."""
    if cells(top) > LARGEST:
        said = f"{cells(top):,} gates and boxes to open in one module: {LARGEST:,} are the most"
        raise BudgetError(with_line(said, "verilog(f) and blif(f) keep the boxes"))
    graph = Graph(top.takes)
    leaves = run(_opened(top, range(2, 2 * graph.wires, 2), graph))
    return pruned(Module(top.name, top.inputs, top.outputs, tuple(graph.cells), tuple(leaves)))


def _opened(module: Module, literals: Sequence[int], graph: Graph) -> Task[list[int]]:
    """What a module makes of these literals, its gates being put into the graph."""
    signals = [Signal(0), *graph.signals(literals)]

    def read(literal: int) -> Signal:
        return ~signals[literal >> 1] if literal & 1 else signals[literal >> 1]

    for cell in module.cells:
        xs = [read(literal) for literal in cell.reads]
        if isinstance(cell.kind, Module):
            signals += graph.signals((yield _opened(cell.kind, [x.literal for x in xs], graph)))
        else:
            signals.append(combined(cell.kind, *xs))
    return [read(literal).literal for literal in module.leaves]


def combined(kind: str, x: Any, y: Any) -> Any:
    """What a gate makes of two entries of a rig over ℤ₂."""
    return x * y if kind == AND else x + y
