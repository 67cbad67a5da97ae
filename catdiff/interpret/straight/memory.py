"""Which values of a straight-line program share memory.

A value that an instruction writes has a *place*, a part of the workspace, from there to the last instruction that reads
it or what shows its memory. Places are used again: first that of an operand that is read for the last time (entry by
entry, in place), then the smallest that is free and large enough. What the program gives away, as a result or to a
foreign row, has memory of its own.

>>> import catdiff as cd
>>> from catdiff.interpret.straight.lowering import lower
>>> p = lower(cd.sin(cd.f64(3)) >> cd.exp >> cd.cos >> cd.sin)
>>> placed(p).sizes                                      # one place of three numbers; the last value is given away
[('float64', 3)]
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass

import numpy as np

from .program import INTO, Instruction, Program, used


@dataclass(frozen=True, eq=False)
class Memory:
    """The instructions that are run; the place of each value that has one; the dtype and size of each place; the
    values that are written into memory of their own, in every run anew.
    """

    instructions: list[Instruction]
    places: dict[int, int]
    sizes: list[tuple[str, int]]
    given: frozenset[int]

    @property
    def nbytes(self) -> int:
        """The bytes of the workspace."""
        return sum(np.dtype(name).itemsize * n for name, n in self.sizes)


def placed(p: Program) -> Memory:
    """Places for all that is written."""
    instructions = used(p)
    last = _last_reads(p, instructions)
    given = _given(p, instructions)
    places: dict[int, int] = {}
    sizes: list[tuple[str, int]] = []
    free: dict[str, list[tuple[int, int]]] = {}  # by dtype: size and number, in order
    ends: dict[int, list[int]] = {}
    for at, instruction in enumerate(instructions):
        ending = ends.pop(at, [])
        (made,) = instruction.makes if instruction.kind == INTO else (-1,)
        if made >= 0 and made not in given and last.get(made, -1) >= at:
            x = p.values[made].likeness
            place = _in_place(p, instruction, ending, places)
            if place is None:
                place = _free(free, sizes, x)
            else:
                ending = [v for v in ending if places[v] != place]
            places[made] = place
            ends.setdefault(last[made], []).append(made)
        for v in ending:
            name, size = sizes[places[v]]
            insort(free.setdefault(name, []), (size, places[v]))
    return Memory(instructions, places, sizes, given)


def _last_reads(p: Program, instructions: list[Instruction]) -> dict[int, int]:
    """When the memory of each value is read for the last time, whichever value shows it."""
    last: dict[int, int] = {}
    for at, instruction in enumerate(instructions):
        for read in instruction.reads:
            for root in p.values[read].roots:
                last[root] = at
    for output in p.outputs:
        for root in p.values[output].roots:
            last[root] = len(instructions)
    return last


def _given(p: Program, instructions: list[Instruction]) -> frozenset[int]:
    """What leaves the program: the outputs that can be written where they are to be, which scalars, being no arrays,
    cannot; and what foreign rows are shown, who may keep it.
    """
    written = {i.makes[0] for i in instructions if i.kind == INTO}
    shown = {root for i in instructions if i.foreign for read in i.reads for root in p.values[read].roots}
    return frozenset({w for w in p.outputs if p.values[w].shape} & written | shown & written)


def _in_place(p: Program, instruction: Instruction, ending: list[int], places: dict[int, int]) -> int | None:
    """The place of an operand that is read here for the last time and is as large as what is made of it, entry by
    entry. Where an operand shows the same memory in another order, NumPy sees that and copies it first.
    """
    (made,) = instruction.makes
    x = p.values[made].likeness
    for read in instruction.reads if instruction.entrywise else ():
        y, roots = p.values[read].likeness, p.values[read].roots
        whole = y.flags.c_contiguous and (y.shape, y.dtype) == (x.shape, x.dtype)
        if whole and len(roots) == 1 and (root := min(roots)) in ending and p.values[root].likeness.size == y.size:
            return places[root]
    return None


def _free(free: dict[str, list[tuple[int, int]]], sizes: list[tuple[str, int]], x: np.ndarray) -> int:
    """The smallest place that is free and large enough, or a new one."""
    there = free.get(x.dtype.name, [])
    at = bisect_left(there, (x.size, 0))
    if at < len(there):
        return there.pop(at)[1]
    sizes.append((x.dtype.name, x.size))
    return len(sizes) - 1
