"""The text of a straight-line program: a function that makes a workspace, and one that runs the program in it.

>>> import catdiff as cd
>>> from catdiff.interpret.straight.lowering import lower
>>> A, W = cd.f64(3), cd.f64(3, 2)
>>> print(Source(lower(cd.einsum("i,ij->j", A, W) >> cd.tanh >> cd.exp), A @ W).text)
def workspace():
    p0 = empty(2, float64)
    v3 = p0.reshape((1, 2))
    v4 = v3.reshape((2,))
    v5 = p0
    return v3, v4, v5
<BLANKLINE>
def run(x0, x1):
    if type(x0) is not ndarray or x0.dtype is not float64 or x0.shape != (3,):
        x0 = argument(0, x0)
    if type(x1) is not ndarray or x1.dtype is not float64 or x1.shape != (3, 2):
        x1 = argument(1, x1)
    try:
        w = spare.pop()
    except IndexError:
        w = workspace()
    v3, v4, v5 = w
    v2 = x0.reshape((1, 3))                                      # contract
    matmul(v2, x1, v3)                                           # contract
    tanh(v4, v5)                                                 # tanh
    y6 = empty((2,), float64)
    exp(v5, y6)                                                  # exp
    out = y6
    spare.append(w)
    return out
<BLANKLINE>
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...category.objects import Object
from .memory import Memory, placed
from .program import CALL, INTO, VIEW, Instruction, Program

RECYCLED = 1 << 16  # bytes of a result from which on its memory is worth keeping: pages of new memory are cleared first


class Source:
    """`text`, and `names`, what it speaks of; `memory`, which is what a workspace takes."""

    def __init__(self, program: Program, dom: Object) -> None:
        self.program, self.dom = program, dom
        self.memory: Memory = placed(program)
        self.names: dict[str, Any] = {**program.names, "ndarray": np.ndarray, "empty": np.empty}
        self.fresh: dict[str, tuple[tuple[int, ...], np.dtype]] = {}
        self._static = self._statics()
        self._called = {v for i in self.memory.instructions if i.kind == CALL for v in i.makes}
        self._mentioned: set[int] = set(program.outputs)
        body = self._body()
        self.kept = sorted(self._static & self._mentioned)
        self.text = "\n".join([*self._workspace(), *self._head(), *body, *self._tail()]) + "\n"

    # -- names ---------------------------------------------------------------------------------------------------

    def _statics(self) -> set[int]:
        """The values that are the same memory in every run in one workspace."""
        static = set(self.memory.places)
        for i in self.memory.instructions:
            if i.kind == VIEW and i.reads[0] in static:
                static.update(i.makes)
        return static

    def _name(self, value: int) -> str:
        if value < self.program.arguments:
            return f"x{value}"
        constant = self.program.values[value].constant
        if constant is not None:
            self.names[f"c{value}"] = constant
            return f"c{value}"
        return f"y{value}" if value in self.memory.given else f"v{value}"

    def _dtype(self, dtype: np.dtype) -> str:
        self.names[dtype.name] = dtype
        return dtype.name

    # -- the workspace -------------------------------------------------------------------------------------------

    def _workspace(self) -> list[str]:
        """The function that makes one; nothing where the program needs none."""
        if not self.kept:
            return []
        lines = [f"    p{k} = empty({n}, {self._dtype(np.dtype(t))})" for k, (t, n) in enumerate(self.memory.sizes)]
        for i in self.memory.instructions:
            (made,) = i.makes if len(i.makes) == 1 else (-1,)
            if made in self.memory.places:
                x, place = self.program.values[made].likeness, self.memory.places[made]
                part = "" if self.memory.sizes[place][1] == x.size else f"[:{x.size}]"
                shape = "" if x.ndim == 1 else f".reshape({x.shape})"
                lines.append(f"    v{made} = p{place}{part}{shape}")
            elif made in self._static:
                lines.append(f"    v{made} = {i.lines[0].format(*map(self._name, i.reads))}")
        return ["def workspace():", *lines, f"    return {self._listed()}", ""]

    def _listed(self) -> str:
        return ", ".join(f"v{v}" for v in self.kept) + ("," if len(self.kept) == 1 else "")

    # -- a run ---------------------------------------------------------------------------------------------------

    def _head(self) -> list[str]:
        xs = ", ".join(f"x{i}" for i in range(self.program.arguments))
        lines = [f"def run({xs}):"]
        for i, s in enumerate(self.dom.wires):
            likeness = self.program.values[i].likeness
            if s.dtype.name == "z2" or likeness.dtype.kind == "O":
                lines.append(f"    x{i} = argument({i}, x{i})")
                continue
            dtype = self._dtype(likeness.dtype)
            lines.append(f"    if type(x{i}) is not ndarray or x{i}.dtype is not {dtype} or x{i}.shape != {s.shape}:")
            lines.append(f"        x{i} = argument({i}, x{i})")
        if self.kept:
            lines += [
                "    try:",
                "        w = spare.pop()",
                "    except IndexError:",
                "        w = workspace()",
                f"    {self._listed()} = w",
            ]
        return lines

    def _body(self) -> list[str]:
        lines: list[str] = []
        for i in self.memory.instructions:
            if i.kind == VIEW and i.makes[0] in self._static:
                continue
            self._mentioned.update(i.reads, i.makes)
            lines += self._lines(i)
        return lines

    def _lines(self, i: Instruction) -> list[str]:
        reads = [*map(self._name, i.reads)]
        made = ", ".join(map(self._name, i.makes))
        if i.kind != INTO:
            return [f"    {f'{made} = {i.lines[0].format(*reads)}':<60} # {i.about}"]
        (value,) = i.makes
        before = [f"    {made} = {self._memory(value)}"] if value in self.memory.given else []
        return [*before, *[f"    {line.format(*reads, out=made):<60} # {i.about}" for line in i.lines]]

    def _memory(self, value: int) -> str:
        """Memory for what is given away."""
        x = self.program.values[value].likeness
        if x.nbytes < RECYCLED:
            return f"empty({x.shape}, {self._dtype(x.dtype)})"
        self.fresh[f"fresh{value}"] = x.shape, x.dtype
        return f"fresh{value}()"

    def _tail(self) -> list[str]:
        seen: set[int] = set()
        results = []
        for value in self.program.outputs:
            results.append(self._result(value, seen))
            seen.add(value)
        lines = [f"    out = {', '.join(results)}" if len(results) != 1 else f"    out = {results[0]}"]
        if not results:
            lines = ["    out = ()"]
        return [*lines, *(["    spare.append(w)"] if self.kept else []), "    return out"]

    def _result(self, value: int, seen: set[int]) -> str:
        """A value as nobody else's: as a scalar of NumPy's, as it is, or copied."""
        again = value in seen
        x, name = self.program.values[value], self._name(value)
        if not x.shape:
            return f"{name}[()]"
        if value in self.memory.given and not again:
            return name
        if value in self._called and not again:
            others = (x.roots | seen & self._called) - {value}  # a row may give one array twice
            return f"own({', '.join([name, *map(self._name, sorted(others))])})"
        return f"{name}.copy()"
