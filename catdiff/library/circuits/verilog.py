"""Circuits as Verilog: a module for each box, an assignment for each gate.

>>> import catdiff as cd
>>> x = cd.z2()
>>> print(verilog(cd.pair(cd.add(x @ x), cd.mul(x @ x)), name="half_adder", inputs=["a", "b"], outputs=["s", "c"]))
module half_adder(
  input a,
  input b,
  output s,
  output c
);
  wire n3 = a ^ b;
  wire n4 = a & b;
  assign s = n3;
  assign c = n4;
endmodule
<BLANKLINE>

A wire with a shape is a vector, its entries row by row from bit 0 up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .modules import Module, Port, flattened, modules
from .naming import Names
from .netlist import netlist
from .signals import AND, Cell

KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """
    always and assign automatic begin buf bufif0 bufif1 case casex casez cell cmos config deassign default defparam
    design disable edge else end endcase endconfig endfunction endgenerate endmodule endprimitive endspecify endtable
    endtask event for force forever fork function generate genvar highz0 highz1 if ifnone incdir include initial inout
    input instance integer join large liblist library localparam macromodule medium module nand negedge nmos nor
    noshowcancelled not notif0 notif1 or output parameter pmos posedge primitive pull0 pull1 pulldown pullup
    pulsestyle_ondetect pulsestyle_onevent rcmos real realtime reg release repeat rnmos rpmos rtran rtranif0 rtranif1
    scalared showcancelled signed small specify specparam strong0 strong1 supply0 supply1 table task time tran tranif0
    tranif1 tri tri0 tri1 triand trior trireg unsigned use uwire vectored wait wand weak0 weak1 while wire wor xnor xor
    """,
    )
)  # IEEE 1364-2005, annex B


def verilog(f: Any, *, flat: bool = False, **names: Any) -> str:
    """The text of a Verilog file, the outermost module last. `names` are those of `netlist`; `flat`: as one module."""
    top = netlist(f, **names)
    chosen = [flattened(top)] if flat else modules(top)
    known = Names(KEYWORDS)
    title = {id(m): known.fresh(m.name) for m in reversed(chosen)}  # the outermost has the first choice
    return "\n".join(["\n".join([*_module(m, title), ""]) for m in chosen])


def _module(module: Module, title: dict[int, str]) -> Iterator[str]:
    """The lines of a module."""
    known = Names(KEYWORDS)
    ports = {port: known.fresh(port.name) for port in (*module.inputs, *module.outputs)}
    sides = (("input", module.inputs), ("output", module.outputs))
    listed = [f"  {side} {_range(p)}{ports[p]}" for side, group in sides for p in group if p.size]
    yield f"module {title[id(module)]}({','.join([f'{chr(10)}{line}' for line in listed])}{chr(10) * bool(listed)});"
    wires = ["1'b0", *[bit for port in module.inputs for bit in _bits(port, ports[port])]]

    def read(literal: int) -> str:
        return "1'b1" if literal == 1 else "~" * (literal & 1) + wires[literal >> 1]

    for cell in module.cells:
        first = len(wires)
        made = [known.fresh(f"n{first + i}") for i in range(cell.width)]
        wires += made
        if isinstance(cell.kind, Module):
            yield from _use(cell, cell.kind, title[id(cell.kind)], known.fresh(f"u{first}"), made, read)
        else:
            a, b = cell.reads
            yield f"  wire {made[0]} = {read(a)} {'&' if cell.kind == AND else '^'} {read(b)};"
    leaves = iter(module.leaves)
    for port in module.outputs:
        for bit in _bits(port, ports[port]):
            yield f"  assign {bit} = {read(next(leaves))};"
    yield "endmodule"


def _range(port: Port) -> str:
    return f"[{port.size - 1}:0] " if port.shape else ""


def _bits(port: Port, name: str) -> list[str]:
    return [bit.replace(port.name, name, 1) for bit in port.bits]


def _use(
    cell: Cell, module: Module, title: str, name: str, made: Sequence[str], read: Callable[[int], str]
) -> Iterator[str]:
    """A use of a module: its ports in order, the bits of each from the last to the first."""
    bits = iter([*map(read, cell.reads), *made])
    groups = [[next(bits) for _ in range(port.size)] for port in (*module.inputs, *module.outputs)]
    shown = [f"{{{', '.join(group[::-1])}}}" if len(group) > 1 else group[0] for group in groups if group]
    if made:
        yield f"  wire {', '.join(made)};"
    yield f"  {title} {name}({', '.join(shown)});"
