"""Circuits: programs over ℤ₂ as hardware, from gates to files that synthesis tools read.

A circuit is a morphism of z2 wires (and of bool wires, where it compares): `+` is xor, `×` is and, so it composes,
differentiates and draws like any other. Here are gates, words and lookups to build with; truth tables, and circuits
made of them; and the way to Verilog, BLIF and AIGER, and back from the last two.

>>> import catdiff as cd
>>> add = cd.circuits.adder(2)
>>> print(cd.circuits.table(cd.circuits.half_adder, outputs=["sum", "carry"]))
x0 x1 │ sum carry
0  0  │ 0   0
1  0  │ 1   0
0  1  │ 1   0
1  1  │ 0   1
>>> print(cd.circuits.blif(add, name="add2").split(chr(10))[0])
.model add2
>>> same = cd.circuits.read_blif(cd.circuits.blif(add))
>>> cd.circuits.table(same) == cd.circuits.table(add)
True
"""

from __future__ import annotations

from .aiger import aiger, read_aiger
from .arithmetic import adder, bits, equal, full_adder, half_adder, less, multiplier, number, subtractor
from .blif import blif
from .files import export, read
from .gates import and_, mux, nand, nor, not_, or_, xnor, xor
from .lookups import decoder, lookup
from .netlist import netlist
from .reading_blif import read_blif
from .tables import TruthTable, synthesise, table
from .thresholds import at_least, exactly, majority, pseudo_linear
from .verilog import verilog

__all__ = [
    # gates
    "not_", "and_", "or_", "xor", "nand", "nor", "xnor", "mux",
    # words
    "half_adder", "full_adder", "adder", "subtractor", "multiplier", "less", "equal", "bits", "number",
    # lookups
    "decoder", "lookup",
    # counts
    "at_least", "exactly", "majority", "pseudo_linear",
    # tables
    "table", "TruthTable", "synthesise",
    # files
    "export", "read", "verilog", "blif", "read_blif", "aiger", "read_aiger", "netlist",
]  # fmt: skip
