"""`z2`: both sides on bits, all assignments at once, in one word an entry.

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

from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...interpret.bits import BITS, Bits, assignments, packed, unsliced
from ...interpret.over import evaluate
from ..decision import Decision
from .common import numbers, procedure, symbolic, watch

MOST = 20  # bits of input that are exhausted
FEW = 12  # those of a program read mod 2, where trying all of them proves nothing either


@procedure
def decide(left: Morphism, right: Morphism, points: int, seed: int, deadline: float | None) -> Decision:
    """Whether both sides agree on bits. See the module."""
    symbolic(left)
    wires, n = left.dom.wires, sum(s.size for s in left.dom.wires)
    circuit = {s.dtype.name for s in (*wires, *left.cod.wires)} <= {"z2", "bool"}
    most = MOST if circuit else FEW
    every = n <= most
    width = 1 << n if every else max(64, points)
    rng = np.random.default_rng(seed)
    words = assignments(n) if every else [packed(rng.integers(0, 2, width), width) for _ in range(n)]
    args, at = [], 0
    for s in wires:
        x = np.empty(s.shape, object)
        flat = x.reshape(-1)
        flat[:] = words[at : at + s.size]
        args.append(x)
        at += s.size
    k, check = BITS(width), watch(deadline)
    ys, zs = (evaluate(f, args, k, check) for f in (left, right))
    note = "" if circuit else "read mod 2"
    differ = 0
    for y, z in zip(ys, zs, strict=True):
        for a, b in zip(y.flat, z.flat, strict=True):
            differ = differ or (a.word ^ b.word if isinstance(a, Bits) else int(a != b))
    if differ:
        i = (differ & -differ).bit_length() - 1
        given = [numbers(s, [unsliced(w, i) for w in x.flat]) for s, x in zip(wires, args, strict=True)]
        return Decision("z2", "violated", width, note, given, _at(ys, i), _at(zs, i))
    if not every:
        said = f"{n} bits are more than {most}, so at random ones"
        return Decision("z2", "tested", width, f"{note}; {said}" if note else said)
    return Decision("z2", "exhaustive" if circuit else "tested", width, note)


def _at(ys: list[Any], i: int) -> list[Any]:
    """The outputs at the i-th assignment."""
    return [np.array([unsliced(v, i) if isinstance(v, Bits) else v for v in y.flat]).reshape(y.shape) for y in ys]
