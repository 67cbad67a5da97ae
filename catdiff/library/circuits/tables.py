"""Truth tables, read off a circuit and made into one.

>>> import catdiff as cd
>>> xor = cd.circuits.xor(cd.z2())
>>> print(table(xor, inputs=["a", "b"]))
a b │ y0
0 0 │ 0
1 0 │ 1
0 1 │ 1
1 1 │ 0
>>> synthesise(table(xor)) == xor
True
>>> carry = synthesise([0, 0, 0, 1, 0, 1, 1, 1])                      # of three bits, the majority
>>> print(carry)
z2[3] → z2
>>> int(carry([1, 0, 1]))
1

Row r is the assignment whose k-th bit is bit k of r, so the first input changes fastest. What `synthesise` makes has
degree ≤ 1 in every input: as a polynomial it is the algebraic normal form, which the function determines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...category.binder import Builder
from ...category.morphism import Morphism
from ...category.objects import Object, Sort
from ...category.wire import Wire
from ...errors import ArgumentError, BudgetError, with_line
from ...generators.casts import cast
from ...generators.constants import const
from ...generators.shapes import stack
from ...learning.para import Para
from .anf import evaluated
from .netlist import interface

MOST = 20  # inputs of a table
SHOWN = 256  # rows that are printed


@dataclass(frozen=True, eq=False)
class TruthTable:
    """The values of `A → B` at every assignment: 2ⁿ `rows`, a column for each bit of B. Prints as a table."""

    dom: Object
    cod: Object
    rows: np.ndarray
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TruthTable):
            return NotImplemented
        return (self.dom, self.cod) == (other.dom, other.cod) and np.array_equal(self.rows, other.rows)

    def __hash__(self) -> int:
        return hash((self.dom, self.cod, self.rows.tobytes()))

    def __repr__(self) -> str:
        return f"<truth table {self.dom} → {self.cod}: {len(self.rows):,} rows>"

    def __str__(self) -> str:
        shown = min(len(self.rows), SHOWN)
        left = _columns(self.inputs, assignments(len(self.inputs), np.arange(shown)))
        right = _columns(self.outputs, self.rows[:shown])
        lines = [f"{a} │ {b}".strip() for a, b in zip(left, right, strict=True)]
        return "\n".join(
            [*(line.rstrip() for line in lines), *([f"… of {len(self.rows):,} rows"] * (shown < len(self.rows)))]
        )


def _columns(names: Sequence[str], bits: np.ndarray) -> list[str]:
    """A line of names, and one for each row of bits."""
    cells = [[f"{b:<{len(name)}}" for name, b in zip(names, row, strict=True)] for row in bits.tolist()]
    return [" ".join(line) for line in ([*names], *cells)]


def assignments(n: int, numbers: np.ndarray) -> np.ndarray:
    """The assignments of n bits with these numbers, a row each."""
    return (numbers[:, None] >> np.arange(n) & 1).astype(np.uint8)


def table(f: Morphism | Para, inputs: Sequence[str] | None = None, outputs: Sequence[str] | None = None) -> TruthTable:
    """The truth table of a program of z2 and bool wires; names are given as in `netlist`, one for each wire.

    Raises `BudgetError` where there are more than twenty bits of input.
    """
    f, takes, gives = interface(f, inputs, outputs)
    names = tuple([bit for port in takes for bit in port.bits])
    if len(names) > MOST:
        said = f"the table of a circuit of {len(names)} inputs has {2 ** len(names):,} rows: {MOST} inputs are the most"
        raise BudgetError(with_line(said))
    rows = values(f, assignments(len(names), np.arange(1 << len(names))))
    return TruthTable(f.dom, f.cod, rows, names, tuple([bit for port in gives for bit in port.bits]))


def values(f: Morphism, rows: np.ndarray) -> np.ndarray:
    """The bits f gives for each of these rows of bits, its wires one after another."""
    n = len(rows)
    parts = np.split(rows, np.cumsum([s.size for s in f.dom.wires])[:-1], axis=1) if len(f.dom) else []
    args = [p.reshape(n, *s.shape).astype(s.dtype.carrier) for p, s in zip(parts, f.dom.wires, strict=True)]
    made = f.map(n)(*args)
    ys = (made,) if len(f.cod) == 1 else made
    columns = [np.asarray(y).reshape(n, -1).astype(np.uint8) for y in ys]
    return np.concatenate([np.zeros((n, 0), np.uint8), *columns], axis=1)


def synthesise(table: Any) -> Morphism:
    """The circuit of a table: of the type a `TruthTable` has; `z2[n] → z2` of 2ⁿ bits; `z2[n] → z2[m]` of 2ⁿ × m.

    Raises `ArgumentError` where there are not 2ⁿ rows, or an entry is no bit.
    """
    if isinstance(table, TruthTable):
        return _circuit(table.dom, table.cod, table.rows)
    try:
        rows = np.asarray(table)
    except ValueError as error:
        raise ArgumentError(with_line(f"a table has rows of one length: {error}")) from None
    n = len(rows).bit_length() - 1 if rows.ndim in (1, 2) else -1
    if n < 0 or len(rows) != 1 << n or n > MOST:
        said = f"a table has 2ⁿ rows of bits, n ≤ {MOST}, and this is an array of shape {rows.shape}"
        raise ArgumentError(with_line(said))
    if rows.dtype.kind not in "biu" or (rows.size and not (rows.min() >= 0 and rows.max() <= 1)):
        raise ArgumentError(with_line(f"a table has entries 0 and 1, and this has {rows.dtype} entries, or others"))
    return _circuit(Object([Sort("z2", (n,))]), Object([Sort("z2", rows.shape[1:])]), rows.reshape(1 << n, -1))


def _circuit(dom: Object, cod: Object, rows: np.ndarray) -> Morphism:
    """The circuit of a table, its bits being those of the wires one after another."""

    builder = Builder(dom)
    return builder.finish(joined(evaluated(rows, apart(builder.inputs())), cod, builder))


def apart(xs: Sequence[Any]) -> list[Any]:
    """The bits of some wires as scalar wires of z2."""
    bits: list[Any] = []
    for x in xs:
        flat = x.reshape(-1) if x.shape else x
        flat = cast(flat, dtype="z2") if x.dtype.name == "bool" else flat
        bits += [flat[i] for i in range(flat.shape[0])] if x.shape else [flat]
    return bits


def joined(bits: Sequence[Any], A: Object, builder: Builder) -> list[Wire]:
    """Scalar wires of z2, or the numbers 0 and 1, as the wires of A."""
    at, made = 0, []
    for sort in A.wires:
        part = bits[at : at + sort.size]
        at += sort.size
        if all(type(b) is int for b in part):
            y = builder.lift(const(np.array(part, np.uint8).reshape(sort.shape), "z2"))
        else:
            y = stack(*part).reshape(sort.shape) if sort.shape else part[0]
        made.append(y != 0 if sort.dtype.name == "bool" else y)
    return made
