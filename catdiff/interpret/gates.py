"""Circuits as lists of gates: what a program on bits does, one bit at a time.

A program is run once over a rig whose entries are *signals*, numbers of gates yet to be computed; what is left is the
list of gates that its outputs read. Gates are functions of bits, so x·x is x, x + x is 0, constants are folded and
equal gates are one: this is for running a circuit and for asking what function it is, never for differentiating it.

>>> import catdiff as cd
>>> f = cd.morphism(cd.z2(), cd.z2())(lambda x, y: (x + 1) * (y + 1) + 1 + x * x * 0)
>>> circuit = gates(f)
>>> circuit.inputs, circuit.gates, circuit.outputs
(2, [('not', 0, 0), ('not', 1, 1), ('and', 2, 3), ('not', 4, 4)], [5])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..category.morphism import Morphism
from ..errors import MeaningError, with_line
from ..generators.rig import ARITHMETIC, Rig, objects
from .bits import ORDER
from .exact import MOD
from .over import evaluate

Gate = tuple[str, int, int]  # xor, and, or; not, of twice the same


class Tape:
    """Gates as they come, each once. Signals 0 … inputs − 1 are inputs, the k-th gate makes the k-th after them."""

    def __init__(self, inputs: int) -> None:
        self.inputs, self.gates, self.known = inputs, list[Gate](), dict[Gate, int]()

    def add(self, name: str, x: int, y: int) -> Signal:
        """The signal that a gate makes of two."""
        gate = (name, x, y) if x <= y else (name, y, x)
        found = self.known.get(gate)
        if found is None:
            found = self.known[gate] = self.inputs + len(self.gates)
            self.gates.append(gate)
        return Signal(self, found)


class Signal:
    """A bit: a number of a tape's signal, or where there is no tape 0 or 1. Immutable."""

    __slots__ = ("number", "tape")

    def __init__(self, tape: Tape | None, number: int) -> None:
        self.tape, self.number = tape, number

    def __add__(self, other: Any) -> Signal:
        x, y = self, signal(other)
        if x.tape is None or y.tape is None:
            x, y = (x, y) if x.tape is None else (y, x)
            return ~y if x.number else y
        return Signal(None, 0) if x.number == y.number else x.tape.add("xor", x.number, y.number)

    def __mul__(self, other: Any) -> Signal:
        x, y = self, signal(other)
        if x.tape is None or y.tape is None:
            x, y = (x, y) if x.tape is None else (y, x)
            return y if x.number else x
        return x if x.number == y.number else x.tape.add("and", x.number, y.number)

    def __or__(self, other: Any) -> Signal:
        x, y = self, signal(other)
        if x.tape is None or y.tape is None:
            x, y = (x, y) if x.tape is None else (y, x)
            return x if x.number else y
        return x if x.number == y.number else x.tape.add("or", x.number, y.number)

    def __invert__(self) -> Signal:
        return Signal(None, 1 - self.number) if self.tape is None else self.tape.add("not", self.number, self.number)

    def __neg__(self) -> Signal:
        return self

    __radd__ = __sub__ = __rsub__ = __xor__ = __rxor__ = __add__
    __rmul__ = __and__ = __rand__ = __mul__
    __ror__ = __or__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Signal):
            return isinstance(other, int) and self == signal(other)
        return self.tape is other.tape and self.number == other.number

    def __hash__(self) -> int:
        return hash((id(self.tape), self.number))

    def __repr__(self) -> str:
        return str(self.number) if self.tape is None else f"s{self.number}"


_residue = MOD(2).entry


def signal(v: Any) -> Signal:
    """A signal, or a number mod 2 as one."""
    if isinstance(v, Signal):
        return v
    assert _residue is not None
    return Signal(None, _residue(v))


SIGNALS = Rig(
    name="signals",
    neg=lambda x: x,
    entry=signal,
    truth=signal,
    choose=lambda c, x, y: signal(c) * (signal(x) + y) + y,
    rows=ORDER,
    carries=ARITHMETIC | {"bool"},
    characteristic=2,
    sample=lambda rng: Signal(None, int(rng.integers(2))),
)


@dataclass(frozen=True, eq=False)
class Circuit:
    """Gates in an order in which they can be computed, every one of which an output needs.

    - `inputs`: how many there are, the entries of all inputs in order;
    - `gates`: the k-th makes the signal inputs + k;
    - `outputs`: a signal for each entry of all outputs; −1 for a constant 0, −2 for a constant 1.
    """

    inputs: int
    gates: list[Gate]
    outputs: list[int]


def gates(f: Morphism, watch: Callable[[], None] | None = None) -> Circuit:
    """The circuit of a program on bits; numbers are read mod 2. `watch` is called before each box, and may raise.

    Raises `MeaningError` where a generator means nothing there, and where an output carries no bits.
    """
    for i, s in enumerate(f.cod.wires):
        if s.dtype.name not in SIGNALS.carries:
            raise MeaningError(with_line(f"output {i} lies on {s}, which carries no bits"))
    tape = Tape(sum(s.size for s in f.dom.wires))
    args, first = [], 0
    for s in f.dom.wires:
        args.append(objects([Signal(tape, first + i) for i in range(s.size)]).reshape(s.shape))
        first += s.size
    made = [signal(v) for y in evaluate(f, args, SIGNALS, watch) for v in np.ravel(y)]
    return _needed(tape, [v.number if v.tape else ~v.number for v in made])


def _needed(tape: Tape, outputs: list[int]) -> Circuit:
    """The gates that outputs depend on, numbered anew."""
    first = tape.inputs
    used = bytearray(first + len(tape.gates))
    for w in outputs:
        if w >= 0:
            used[w] = 1
    for k in range(len(tape.gates) - 1, -1, -1):
        if used[first + k]:
            _, x, y = tape.gates[k]
            used[x] = used[y] = 1
    number, kept = list(range(first)), list[Gate]()
    for k, (name, x, y) in enumerate(tape.gates):
        number.append(first + len(kept))
        if used[first + k]:
            kept.append((name, number[x], number[y]))
    return Circuit(first, kept, [number[w] if w >= 0 else w for w in outputs])
