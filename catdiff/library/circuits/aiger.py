"""Circuits as AIGER, and-inverter graphs, in text and in bytes, there and back.

>>> import catdiff as cd
>>> x = cd.z2()
>>> print(aiger(cd.add(x @ x), inputs=["a", "b"], outputs=["s"]).decode())
aag 5 2 0 1 3
2
4
11
6 2 5
8 3 4
10 7 9
i0 a
i1 b
o0 s
<BLANKLINE>

An xor is three and-gates here. There are no modules, so boxes are opened. Bits of a wire that has a shape are called
`x[0]`, `x[1]`, …, as yosys does.

Source: A. Biere, The AIGER And-Inverter Graph (AIG) Format, version 20071012.
"""

from __future__ import annotations

from typing import Any

from .blif import ports
from .modules import Module, flattened, pruned
from .naming import Names
from .netlist import netlist
from .signals import AND, Graph, Signal


def aiger(f: Any, *, binary: bool = False, **names: Any) -> bytes:
    """An AIGER file, `aag`, or `aig` where it is `binary`. `names` are those of `netlist`."""
    module = conjunctive(flattened(netlist(f, **names)))
    n, m = module.takes, len(module.cells)
    head = f"{'aig' if binary else 'aag'} {n + m} {n} 0 {len(module.leaves)} {m}\n"
    leaves = "".join([f"{literal}\n" for literal in module.leaves])
    ands = [(2 * (n + 1 + i), max(cell.reads), min(cell.reads)) for i, cell in enumerate(module.cells)]
    if binary:
        body = leaves.encode() + b"".join([_varint(y - a) + _varint(a - b) for y, a, b in ands])
    else:
        inputs = "".join([f"{2 * w}\n" for w in range(1, n + 1)])
        body = (inputs + leaves + "".join([f"{y} {b} {a}\n" for y, a, b in ands])).encode()
    symbols = [f"{side}{i} {bit}\n" for side, bits in zip("io", ports(module, Names()), strict=True) for i, bit in enumerate(bits)]
    return head.encode() + body + "".join(symbols).encode()


def _varint(n: int) -> bytes:
    """Seven bits to a byte, the lowest first; the eighth says that there are more."""
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def conjunctive(module: Module) -> Module:
    """The same as and-gates and negations alone."""
    graph = Graph(module.takes)
    signals = [Signal(0), *graph.signals(range(2, 2 * graph.wires, 2))]

    def read(literal: int) -> Signal:
        return ~signals[literal >> 1] if literal & 1 else signals[literal >> 1]

    for cell in module.cells:
        x, y = map(read, cell.reads)
        signals.append(x * y if cell.kind == AND else ~(~(x * ~y) * ~(~x * y)))
    leaves = tuple([read(literal).literal for literal in module.leaves])
    return pruned(Module(module.name, module.inputs, module.outputs, tuple(graph.cells), leaves))
