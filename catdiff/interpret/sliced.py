"""Circuits on words of bits: one run is a run at 64 points for each word, `cd.compile(f, backend="bits")`.

A wire of bits carries an array of uint64 with one axis more, at the end: bit i of word w is the value at point
64 w + i. The circuit's gates run one after another over as many words at a time as leave all that is alive in the
cache, in buffers that are used again and again; so the time is that of streaming words through NumPy's xor.

>>> import catdiff as cd
>>> full_adder = cd.morphism(cd.z2(), cd.z2(), cd.z2())(lambda x, y, c: (x + y + c, x * y + c * (x + y)))
>>> run = cd.compile(full_adder, backend="bits")
>>> total, carry = run(*assignments(full_adder.dom))        # at all 8 points at once
>>> unpacked(carry, 8)
array([0, 0, 0, 1, 0, 1, 1, 1], dtype=uint8)

These are functions, and not polynomials: see `gates`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..category.morphism import Morphism
from ..category.objects import Object
from ..errors import ArgumentError, MeaningError, with_line
from .gates import Circuit, gates

CACHE = 1 << 20  # words of all that is alive: what stays near a core
LEAST, MOST = 1 << 12, 1 << 14  # words at a time: fewer are not worth the call, more leave the cache by themselves
UFUNCS: dict[str, Any] = {"xor": np.bitwise_xor, "and": np.bitwise_and, "or": np.bitwise_or}
ZEROS, ONES = 0, 1  # the first two buffers
Watch = Callable[[], None] | None


class Schedule:
    """A circuit's gates on buffers: the words of all outputs from the words of all inputs, however many there are."""

    __slots__ = ("buffers", "circuit", "steps", "written")

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.buffers, self.steps, self.written = _allotted(circuit)

    def run(self, rows: Sequence[np.ndarray] | np.ndarray, width: int, watch: Watch = None) -> np.ndarray:
        """A row of `width` words for each output, from such a row for each input; `watch` is called now and then."""
        out = np.empty((len(self.circuit.outputs), width), np.uint64)
        size = max(1, min(width, MOST, max(LEAST, CACHE // self.buffers)))
        memory = list(np.empty((self.buffers, size), np.uint64))
        memory[ZEROS][:], memory[ONES][:] = 0, ~np.uint64(0)
        inputs = memory[2 : 2 + self.circuit.inputs]
        steps = [(UFUNCS[name], memory[x], memory[y], memory[to]) for name, x, y, to in self.steps]
        for first in range(0, width, size):
            if watch is not None:
                watch()
            count = min(size, width - first)  # what is left of a buffer beyond it is worked out in vain
            for x, row in zip(inputs, rows, strict=True):
                x[:count] = row[first : first + count]
            for ufunc, x, y, to in steps:
                ufunc(x, y, to)
            for y, at in zip(out, self.written, strict=True):
                y[first : first + count] = memory[at][:count]
        return out


def _allotted(circuit: Circuit) -> tuple[int, list[tuple[str, int, int, int]], list[int]]:
    """How many buffers a circuit needs; its gates as `(ufunc, from, from, to)` on them; those of its outputs.

    A buffer is free again once its last reader runs, which may write to it.
    """
    last = [-1] * (circuit.inputs + len(circuit.gates))
    for k, (_, x, y) in enumerate(circuit.gates):
        last[x] = last[y] = k
    for w in circuit.outputs:
        if w >= 0:
            last[w] = len(circuit.gates)
    place, free, count = list(range(2, 2 + circuit.inputs)), list[int](), 2 + circuit.inputs
    steps = []
    for k, (name, x, y) in enumerate(circuit.gates):
        free += [place[w] for w in {x, y} if last[w] == k and w >= circuit.inputs]  # inputs are written once a block
        if not free:
            free.append(count)
            count += 1
        place.append(free.pop())
        steps.append(("xor" if name == "not" else name, place[x], ONES if name == "not" else place[y], place[-1]))
    return count, steps, [place[w] if w >= 0 else -1 - w for w in circuit.outputs]


class Sliced:
    """A program on bits as a callable on words of them: see the module.

    Raises `MeaningError` unless all wires are z2 or bool, and where a generator is no function of bits.
    """

    __slots__ = ("morphism", "schedule")

    def __init__(self, f: Morphism) -> None:
        for s in (*f.dom.wires, *f.cod.wires):
            if s.dtype.name not in ("z2", "bool"):
                raise MeaningError(with_line(f"words of bits are on z2 and bool wires, not on {s}: {f}"))
        self.morphism, self.schedule = f, Schedule(gates(f))

    def __reduce__(self) -> Any:
        return Sliced, (self.morphism,)

    def __call__(self, *words: Any) -> Any:
        """An array of words for each wire of the domain; one for each of the codomain, bare if it is one."""
        ys = shared(self.schedule.run(*self._rows(words)), self.morphism.cod)
        return ys[0] if len(ys) == 1 else tuple(ys)

    def _rows(self, words: Sequence[Any]) -> tuple[list[np.ndarray], int]:
        """The words of each entry of the arguments, and how many they are."""
        wires = self.morphism.dom.wires
        if len(words) != len(wires):
            said = f"{self.morphism} takes {len(wires)} arguments, one per wire, not {len(words)}"
            raise ArgumentError(with_line(said))
        width = next((x.shape[-1] for x in words if np.ndim(x)), 1)
        rows = list[np.ndarray]()
        for i, (x, s) in enumerate(zip(words, wires, strict=True)):
            if getattr(x, "dtype", None) != np.uint64 or x.shape != (*s.shape, width):
                said = f"argument {i} lies on {s}: uint64 of shape {(*s.shape, width)} is taken, {width} words an entry"
                raise ArgumentError(with_line(said))
            rows += [x.reshape(s.size, width)[j] for j in range(s.size)]
        return rows, width

    def __repr__(self) -> str:
        return f"<compiled {self.morphism} on words of bits>"


# -- points ----------------------------------------------------------------------------------------------------


def assignments(A: Object) -> list[np.ndarray]:
    """Words for each wire of A that go through all assignments of its n entries: bit k of i is entry k at point i.

    Where there are less than 64, a word has each of them several times.
    """
    n = sum(s.size for s in A.wires)
    width = 1 << max(0, n - 6)
    rows = np.empty((n, width), np.uint64)
    for k in range(n):
        if k < 6:
            rows[k] = np.uint64(sum(1 << i for i in range(64) if i >> k & 1))
        else:
            rows[k] = np.where(np.arange(width) >> (k - 6) & 1, ~np.uint64(0), np.uint64(0))
    return shared(rows, A)


def shared(rows: np.ndarray, A: Object) -> list[np.ndarray]:
    """The words of all entries of A as an array for each wire."""
    cuts = np.cumsum([s.size for s in A.wires])[:-1]
    parts = np.split(rows, cuts) if len(A) else []
    return [x.reshape(*s.shape, rows.shape[1]) for x, s in zip(parts, A.wires, strict=True)]


def packed(bits: Any) -> np.ndarray:
    """Bits along the last axis as words; what is left of the last word is 0.

    >>> packed([[1, 1, 0], [0, 1, 0]])
    array([[3],
           [2]], dtype=uint64)
    """
    bits = np.asarray(bits, np.uint8)
    spare = -bits.shape[-1] % 64
    padded = np.concatenate((bits, np.zeros((*bits.shape[:-1], spare), np.uint8)), axis=-1)
    return np.packbits(padded, axis=-1, bitorder="little").view("<u8").astype(np.uint64)


def unpacked(words: Any, count: int) -> np.ndarray:
    """The first so many bits of words, along the last axis."""
    raw = np.ascontiguousarray(words, "<u8").view(np.uint8)
    return np.unpackbits(raw, axis=-1, count=count, bitorder="little")
