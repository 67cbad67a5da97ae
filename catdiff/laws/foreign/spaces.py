"""A word of wires as one real vector: the entries that a derivative can move.

Real wires give their entries, complex ones real and imaginary parts (so the dot product of two vectors is the pairing
Re Σ conj(u) v); all other wires are *held*: they lie at a point and nothing moves them.

>>> import catdiff as cd, numpy as np
>>> space = Space(cd.f64(2) @ cd.index() @ cd.c128())
>>> point = [np.array([1.0, 2.0]), np.array(7), np.array(3.0 + 4.0j)]
>>> space.flat(point)
array([1., 2., 3., 4.])
>>> space.name(3, "x")
'Im x[2]'
>>> [a.tolist() for a in space.at(np.zeros(4), point)]
[[0.0, 0.0], 7, 0j]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...category.objects import DTYPES, Object, Sort

Arrays = list[np.ndarray]


def doubled(A: Object) -> Object:
    """The same wires in double precision."""
    return Object([Sort(DTYPES["f64"], s.shape) if s.dtype.name == "f32" else s for s in A.wires])


class Entry(NamedTuple):
    """One coordinate: which wire, which entry of its array (flat), and whether it is the imaginary part."""

    wire: int
    place: int
    imaginary: bool


class Space:
    """The vector space of the movable entries of the wires of `A`; of those in `wires` only, where that is said."""

    def __init__(self, A: Object, wires: Iterable[int] | None = None) -> None:
        self.object, self.sorts = A, A.wires
        chosen = range(len(self.sorts)) if wires is None else set(wires)
        self.chosen = wires is not None
        self.live = [i for i, s in enumerate(self.sorts) if s.dtype.kind in ("real", "complex") and i in chosen]
        self.spans: dict[int, slice] = {}
        self.entries: list[Entry] = []
        for i in self.live:
            parts = 2 if self.sorts[i].dtype.kind == "complex" else 1
            self.spans[i] = slice(len(self.entries), len(self.entries) + parts * self.sorts[i].size)
            self.entries += [Entry(i, k, bool(part)) for part in range(parts) for k in range(self.sorts[i].size)]
        self.size = len(self.entries)
        single = [self.sorts[i].dtype.name == "f32" for i in self.live]
        self.unit = 2.0**-24 if any(single) else 2.0**-53  # the coarsest rounding among the wires

    def flat(self, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """The movable entries of arrays on the word, as float64."""
        out = np.empty(self.size)
        for i, span in self.spans.items():
            array: Any = np.asarray(arrays[i]).reshape(-1)
            if self.sorts[i].dtype.kind == "complex":
                out[span] = np.concatenate([array.real, array.imag])
            else:
                out[span] = array
        return out

    def at(self, vector: np.ndarray, held: Sequence[np.ndarray]) -> Arrays:
        """Arrays with these entries; what is not movable is taken from `held`. Rounds to the wires' carriers."""
        arrays = list(held)
        for i, span in self.spans.items():
            sort, part = self.sorts[i], vector[span]
            if sort.dtype.kind == "complex":
                part = part[: sort.size] + 1j * part[sort.size :]
            arrays[i] = part.astype(sort.dtype.carrier).reshape(sort.shape)
        return arrays

    def zeros(self) -> Arrays:
        """Zero on every wire."""
        return [np.zeros(s.shape, s.dtype.carrier) for s in self.sorts]

    def basis(self, k: int) -> np.ndarray:
        """The k-th unit vector."""
        unit = np.zeros(self.size)
        unit[k] = 1.0
        return unit

    def name(self, k: int, letter: str) -> str:
        """How a reader writes the k-th coordinate: `x[0][1, 2]`, or `x[1, 2]` where there is one wire."""
        entry = self.entries[k]
        return ("Im " if entry.imaginary else "") + self.spell(entry.wire, entry.place, letter)

    def spell(self, wire: int, index: int, letter: str) -> str:
        """An entry of a wire's array in words."""
        shape = self.sorts[wire].shape
        outer = f"{letter}[{wire}]" if len(self.sorts) > 1 else letter
        inner = ", ".join(str(int(n)) for n in np.unravel_index(index, shape)) if shape else ""
        return f"{outer}[{inner}]" if inner else outer

    def scales(self, vector: np.ndarray) -> np.ndarray:
        """How large a step is ordinary, per entry: its size, or where it is small a share of its wire's."""
        out = np.ones(self.size)
        for span in self.spans.values():
            size = np.abs(vector[span])
            typical = float(np.sqrt(np.mean(size**2))) if size.size else 0.0
            out[span] = np.maximum(size, typical / 4) if typical > 0 else 1.0
        return out
