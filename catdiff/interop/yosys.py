"""Yosys: circuits simulated elsewhere, from the files that are written here, and compared with what they are here.

    simulate(cd.circuits.adder(8))                     # yosys agrees on all 131,072 inputs: …
    simulate(f, format="aig", rows=100_000, seed=1)    # … or on so many random ones, where there are more

The circuit is exported, read by yosys, and evaluated by it gate by gate; what it says is compared with what the program
gives on the same inputs. Random inputs are c + M k over ℤ₂ for k = 0, 1, 2, …, with M and c from the seed: each is
uniform, any two are independent, and a few gates before the circuit make them.

Needs the program `yosys` (`apt-get install yosys`), which is run in a temporary folder.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArgumentError, CatdiffError, with_line
from ..library.circuits.files import WRITERS
from ..library.circuits.modules import Module, Port
from ..library.circuits.naming import Names
from ..library.circuits.netlist import interface, netlist
from ..library.circuits.tables import assignments, values

BENCH = "bench$"  # no name of an exported module has a dollar
READ = {  # the commands that read a file, its outermost module being called circuit
    ".v": "read_verilog",
    ".blif": "read_blif",
    ".aag": "read_aiger -module_name circuit",
    ".aig": "read_aiger -module_name circuit",
}


@dataclass(frozen=True, eq=False)
class Simulation:
    """What yosys said of a circuit: `inputs` and, in the same order, `expected` and `found` bits, a row each."""

    inputs: np.ndarray
    expected: np.ndarray
    found: np.ndarray
    exhaustive: bool

    @property
    def agrees(self) -> bool:
        """Whether every output is what it is here."""
        return bool(np.array_equal(self.expected, self.found))

    def __str__(self) -> str:
        which = "all" if self.exhaustive else "random"
        of = "" if self.exhaustive else f" of 2^{self.inputs.shape[1]}"
        wrong = int((self.expected != self.found).any(1).sum())
        said = "yosys agrees on" if self.agrees else f"yosys differs at {wrong:,} of"
        return f"{said} {which} {len(self.inputs):,} inputs{of}"


def simulate(f: Any, format: str = "v", rows: int = 100_000, seed: int = 0, flat: bool = False) -> Simulation:
    """Export f, let yosys evaluate it, and compare: on every input, where there are at most `rows`, or random ones.

    `format` is the suffix of the file: `v`, `blif`, `aag` or `aig`. Inputs are as many as the next power of two.
    Raises `CatdiffError` where there is no yosys, or it does not take the file.
    """
    if f".{format}" not in READ:
        raise ArgumentError(with_line(f"circuits are exported as {', '.join(s[1:] for s in READ)}, not {format!r}"))
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
        raise ArgumentError(with_line(f"a simulation has one row or more, not {rows!r}"))
    f, _, _ = interface(f, None, None)
    module = netlist(f)
    if not module.leaves:
        raise ArgumentError(with_line(f"{f} gives no bits: there is nothing to compare"))
    n = module.takes
    counter = min(n, (rows - 1).bit_length())
    exhaustive = counter == n
    rng = np.random.default_rng(seed)
    matrix = np.eye(n, dtype=np.uint8) if exhaustive else rng.integers(0, 2, (counter, n), np.uint8)
    offset = np.zeros(n, np.uint8) if exhaustive else rng.integers(0, 2, n, np.uint8)
    numbers = assignments(counter, np.arange(1 << counter))
    inputs = (numbers.astype(np.int64) @ matrix + offset).astype(np.uint8) & 1
    file = WRITERS[f".{format}"](f, **({"flat": flat} if format in ("v", "blif") else {}))
    found = _evaluated(file, f".{format}", _bench(module, matrix, offset, format == "v"), len(module.leaves), counter)
    return Simulation(inputs, values(f, inputs), found, exhaustive)


def _bench(module: Module, matrix: np.ndarray, offset: np.ndarray, vectors: bool) -> str:
    """A module in Verilog with the input k and the output y: the circuit at c + M k, all its outputs side by side.

    Its ports are vectors, or a port is called by the name of a bit.
    """
    counter, n = matrix.shape
    lines = [
        f"module {BENCH}(input {_range(counter)} k, output {_range(len(module.leaves))} y);",
        f"  wire {_range(n)} x;",
    ]
    for i, (bit, column) in enumerate(zip(offset.tolist(), matrix.T, strict=True)):
        terms = ", ".join([*[f"k[{j}]" for j in np.flatnonzero(column)], f"1'b{bit}"])
        lines.append(f"  assign x[{i}] = ^{{{terms}}};")
    known, pins = Names(), []
    for side, group in (("x", module.inputs), ("y", module.outputs)):
        at = 0
        for port in group:
            named = Port(known.fresh(port.name), port.shape)
            if vectors and port.size:
                pins.append(f".{named.name}({side}[{at + port.size - 1}:{at}])")
            elif not vectors:
                pins += [f".\\{bit} ({side}[{at + i}])" for i, bit in enumerate(named.bits)]
            at += port.size
    return "\n".join([*lines, f"  circuit it({', '.join(pins)});", "endmodule", ""])


def _range(n: int) -> str:
    """The indices of a vector of n bits, one where there would be none."""
    return f"[{max(n, 1) - 1}:0]"


def _evaluated(file: str | bytes, suffix: str, bench: str, outputs: int, counter: int) -> np.ndarray:
    """The bits yosys finds at the output of the bench, a row for each k."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"circuit{suffix}").write_bytes(file if isinstance(file, bytes) else file.encode())
        (Path(folder) / "bench.v").write_text(bench)
        steps = [f"{READ[suffix]} circuit{suffix}", "read_verilog bench.v", f"hierarchy -check -top {BENCH}"]
        steps += ["proc", "flatten", f"eval -table k -show y {BENCH}"]
        said = _run(["-Q", "-T", "-p", "; ".join(steps)], folder)
    found = re.findall(r"^ *\d+'([01x]+) +\| +\d+'([01x]+) *$", said, re.MULTILINE)
    table = {int(k, 2): y[::-1] for k, y in found}
    lines = [table.get(k, "x" * outputs)[:outputs] for k in range(1 << counter)]
    codes = np.frombuffer("".join(lines).encode(), np.uint8).reshape(len(lines), outputs)
    return np.where(codes == ord("x"), 2, codes - ord("0")).astype(np.uint8)  # 2: it says that nothing is known


def _run(arguments: list[str], folder: str) -> str:
    """What yosys prints."""
    program = shutil.which("yosys")
    if program is None:
        raise CatdiffError(with_line("there is no program yosys on this machine", "apt-get install yosys"))
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = next((line for line in (done.stderr + done.stdout).splitlines() if "ERROR" in line), "it failed")
        raise CatdiffError(with_line(f"yosys does not take this circuit: {said.strip()}"))
    return done.stdout
