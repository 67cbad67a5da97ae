"""`z2`: both sides on bits, gate by gate on words of them, 64 assignments a word.

Of circuits, programs on z2 and bool wires, up to 20 bits of input are exhausted: equal functions, and not always equal
polynomials. Polynomial programs over ℤ are read mod 2, where their constants allow it, which can refute an equation and
cannot prove one.

>>> import catdiff as cd
>>> x, y = cd.id(cd.z2()) @ cd.discard(cd.z2()), cd.discard(cd.z2()) @ cd.id(cd.z2())
>>> decide((x + 1) * (y + 1) + 1, x + y + x * y)                              # not (not x and not y) = x or y
Decision(procedure='z2', strength='exhaustive', points=4, note='', args=None, left=None, right=None)
>>> found = decide(x * y, x + y + x * y)
>>> found.strength, found.args
('violated', [array(1, dtype=uint8), array(0, dtype=uint8)])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...category.objects import Object
from ...category.structure import pair
from ...interpret.gates import gates
from ...interpret.sliced import Schedule, assignments, packed
from ..decision import Decision
from .common import numbers, procedure, symbolic, watch

MOST = 20  # bits of input that are exhausted
FEW = 12  # those of a program read mod 2, where trying all of them proves nothing either


@procedure
def decide(left: Morphism, right: Morphism, points: int, seed: int, deadline: float | None) -> Decision:
    """Whether both sides agree on bits. See the module."""
    symbolic(left)
    n, check = sum(s.size for s in left.dom.wires), watch(deadline)
    circuit = {s.dtype.name for s in (*left.dom.wires, *left.cod.wires)} <= {"z2", "bool"}
    most = MOST if circuit else FEW
    every = n <= most
    count = 1 << n if every else max(64, points)
    rows = _every(left.dom) if every else packed(np.random.default_rng(seed).integers(0, 2, (n, count)))
    found = Schedule(gates(pair(left, right), check)).run(rows, rows.shape[1], check)
    ys, zs = np.split(found, 2)
    note = "" if circuit else "read mod 2"
    differ = np.bitwise_or.reduce(ys ^ zs, axis=0)
    if differ.any():
        word = int(np.flatnonzero(differ)[0])
        bits = int(differ[word])
        first = (bits & -bits).bit_length() - 1
        args, y, z = (_at(x, A, word, first) for x, A in ((rows, left.dom), (ys, left.cod), (zs, left.cod)))
        return Decision("z2", "violated", count, note, args, y, z)
    if not every:
        said = f"{n} bits are more than {most}, so at random ones"
        return Decision("z2", "tested", count, f"{note}; {said}" if note else said)
    return Decision("z2", "exhaustive" if circuit else "tested", count, note)


def _every(A: Object) -> np.ndarray:
    """A row for each entry of A, through all assignments."""
    words = assignments(A)
    rows = [x.reshape(s.size, x.shape[-1]) for x, s in zip(words, A.wires, strict=True)]
    return np.concatenate(rows) if rows else np.zeros((0, 1), np.uint64)


def _at(rows: np.ndarray, A: Object, word: int, bit: int) -> Sequence[Any]:
    """The values of rows at one assignment, as an array for each wire of A."""
    bits, found = (rows[:, word] >> np.uint64(bit) & np.uint64(1)).tolist(), []
    for s in A.wires:
        found.append(numbers(s, bits[: s.size]))
        bits = bits[s.size :]
    return found
