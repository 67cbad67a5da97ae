"""Rigs: what `+`, `×`, `0` and `1` are, for the entries of arrays.

A polynomial morphism means something over any commutative rig, so a row that is one is written once, for a rig it is
given (`Row.over`), and run over many: that of its own dtype, which is what the table `CARRIED` says, or any other
(`interpret.over`). All there is to know about the arithmetic of a dtype is its line of that table.

>>> import numpy as np
>>> z2, z = CARRIED["z2"], CARRIED["integer"]
>>> z2.add(np.uint8([0, 1, 1]), np.uint8([1, 1, 0]))
array([1, 0, 1], dtype=uint8)
>>> z.mul(np.array([2**40]), np.array([2**40]))
Traceback (most recent call last):
    ...
OverflowError: the result does not fit into a 64-bit integer

Two things hold of every rig here:

- where the carrier is `object`, entries are Python objects with the rig's own `+` and `*`, and the integer n is one of
  them and stands for 1 + … + 1. So zeros are 0, and what adds up and multiplies object arrays needs to know nothing;
- a sum of products may be worked out in a larger rig and mapped back (`sums`, `through`), since a homomorphism of rigs
  commutes with it: parities as floats, 64-bit integers as Python's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import add, eq, mul, neg
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.objects import DTYPES

Run = Callable[[Sequence[Any], Sequence[Any]], Any]  # (values, tables) ↦ y, made of + and × of arrays
Meaning = Callable[["Rig", Label], Callable[..., Any] | None]  # what a row does over a rig, at a label
ADD, MUL, NEG = np.frompyfunc(add, 2, 1), np.frompyfunc(mul, 2, 1), np.frompyfunc(neg, 1, 1)
ARITHMETIC = frozenset(d.name for d in DTYPES.values() if d.kind in ("real", "exact"))


@dataclass(frozen=True, eq=False, kw_only=True)
class Rig:
    """A commutative rig as arrays carry it; a ring where it has `neg`.

    - `name`; `carrier`: the NumPy dtype of its arrays;
    - `add`, `mul`: ufuncs, or what has their call and their `accumulate(x, axis)`; `neg`, None where there is none; by
      default those of objects, which unlike NumPy's make no 64-bit integers of Python's;
    - `entry(number)`: a Python number, or an entry, as an entry, exactly; raises ValueError where it is not in the rig.
      None where arrays in the carrier are trusted;
    - `sums(run, terms, many)`: how a sum of `terms` products per entry is worked out, given the `run` that does it by
      the + and × of arrays (`many`: where floats do it faster). None where those are the rig's;
    - `above`, `down`: a rig to work in where intermediate results may not fit, and the way back from its arrays;
    - `recip(entry)`: the inverse, or ZeroDivisionError where there is none; None where there is no division;
    - `less(x, y)` of entries, where there is an order, and `choose(c, x, y)`, x where c holds;
    - `truth(c)`: where wires of bool carry objects with `& | ^ ~`, such as what is true at several points at once, a
      bool as one of them; None where they carry bools;
    - `rows`: what else it gives a meaning, or another one, by the name of the row; `derived`: what it makes of other
      columns of a row that is no polynomial, or None, before inverses and an order are asked;
    - `carries`: the dtypes whose wires carry its entries in an interpretation, all arithmetic ones but the complex;
    - `characteristic`: the least n > 0 with n·1 = 0, or 0;
    - `agree(x, y)`: where entries enclose a number, whether x and y may be of the same one; equality where None;
    - `rounds`: the laws of rigs that do not hold because it rounds, by their names in `laws.rigs`;
    - `forward`: why derivatives mean nothing over it; empty where they do;
    - `sample(rng)`: a random entry, from small numbers where it does not say.
    """

    name: str
    carrier: Any = field(default=object)
    add: Any = ADD
    mul: Any = MUL
    neg: Callable[[Any], Any] | None = NEG
    entry: Callable[[Any], Any] | None = None
    sums: Callable[[Run, int, bool], Run] | None = None
    above: Rig | None = None
    down: Callable[[Any], Any] | None = None
    recip: Callable[[Any], Any] | None = None
    less: Callable[[Any, Any], Any] | None = None
    choose: Callable[[Any, Any, Any], Any] = lambda c, x, y: x if c else y
    truth: Callable[[Any], Any] | None = None
    rows: Mapping[str, Meaning] = field(default_factory=dict)
    derived: Meaning | None = None
    carries: frozenset[str] = ARITHMETIC
    characteristic: int = 0
    agree: Callable[[Any, Any], bool] | None = None
    rounds: frozenset[str] = frozenset()
    forward: str = ""
    sample: Callable[[np.random.Generator], Any] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "carrier", np.dtype(self.carrier))
        if self.add not in (ADD, np.add, None) and self.sums is None:
            raise ValueError(f"the arrays of {self.name} add otherwise than by its add: it needs sums")

    def __repr__(self) -> str:
        return f"<rig {self.name}>"

    @property
    def sub(self) -> Callable[[Any, Any], Any] | None:
        """x + (−y), where there are negatives."""
        add, neg = self.add, self.neg
        return None if neg is None else lambda x, y: add(x, neg(y))

    def zeros(self, shape: Sequence[int]) -> Any:
        """An array of zeros."""
        return np.zeros(shape, self.carrier)

    def embed(self, x: Any) -> Any:
        """An array of numbers, or of entries, as one in the carrier. Raises ValueError where one is not in the rig."""
        if self.entry is None:
            return self._trusted(x)
        y = np.empty(np.shape(x), self.carrier)
        y.reshape(-1)[:] = objects([self.entry(v) for v in x.ravel().tolist()])
        return y

    def _trusted(self, x: Any) -> Any:
        """An array of numbers in a carrier that is trusted: residues, whole numbers that fit, or floats."""
        if x.dtype == self.carrier or self.carrier.kind not in "iu":
            return x.astype(self.carrier, copy=False)
        whole = [_whole(v, self.name) for v in x.ravel().tolist()]
        whole = [v % self.characteristic for v in whole] if self.characteristic else whole
        most = np.iinfo(self.carrier)
        if far := [v for v in whole if not most.min <= v <= most.max]:
            raise ValueError(f"{far[0]:.3g} is not in {self.name}")
        return np.array(whole, self.carrier).reshape(x.shape)

    def canonical(self, v: Any) -> Any:
        """A number, or a sum of products of entries, as an entry. Raises ValueError where it is not in the rig."""
        if self.entry is not None:
            return self.entry(v)
        if self.carrier.kind in "iu" and not isinstance(v, int):
            v = _whole(v, self.name)
        return v % self.characteristic if self.characteristic else v

    def where(self, c: Any, x: Any, y: Any) -> Any:
        """x where c holds, y elsewhere."""
        return np.where(c, x, y) if self.truth is None else np.frompyfunc(self.choose, 3, 1)(c, x, y)

    def through(self, run: Callable[..., Any], *xs: Any) -> Any:
        """`run(rig, *xs)` in the rig above, if there is one, and back."""
        if self.above is None or self.down is None:
            return run(self, *xs)
        return self.down(run(self.above, *[x.astype(self.above.carrier) for x in xs]))

    def equal(self, x: Any, y: Any) -> bool:
        """Whether two arrays over the rig are the same, or may be where it encloses numbers."""
        agree = self.agree or eq
        return np.shape(x) == np.shape(y) and all(agree(a, b) for a, b in zip(x.flat, y.flat, strict=True))

    def draw(self, rng: np.random.Generator, shape: Sequence[int] = ()) -> Any:
        """A random array over the rig."""
        one = self.sample or (lambda rng: int(rng.integers(0 if self.neg is None else -4, 5)))
        x = np.empty(shape, object)
        x.reshape(-1)[:] = objects([one(rng) for _ in range(x.size)])
        return self.embed(x)


def _whole(v: Any, name: str) -> int:
    """A number as the integer it is."""
    try:
        if (n := int(v)) == v:
            return n
    except (OverflowError, ValueError, TypeError):  # infinite, not a number, or none at all
        pass
    raise ValueError(f"{v!r} is not in {name}")


def objects(values: list[Any]) -> Any:
    """A flat array of objects, whatever NumPy would like to make of them."""
    y = np.empty(len(values), object)
    for i, v in enumerate(values):
        y[i] = v
    return y


# -- arithmetic that does not wrap -----------------------------------------------------------------------------


def fitting(y: Any) -> Any:
    """Python integers as int64, or OverflowError."""
    y = np.asarray(y, object)
    if y.size and not -(2**63) <= y.min() <= y.max() < 2**63:
        raise OverflowError("the result does not fit into a 64-bit integer")
    return y.astype(np.int64)


@dataclass(frozen=True)
class Checked:
    """A ufunc on int64 that raises OverflowError rather than wrap."""

    ufunc: Any

    def __call__(self, *xs: Any) -> Any:
        y = self.ufunc(*xs)
        about = self.ufunc(*[np.asarray(x, np.float64) for x in xs])
        if np.any(np.abs(about) >= 2.0**62):
            big = self.ufunc(*[np.asarray(x).astype(object) for x in xs])
            if np.any(np.asarray(big != y)):
                raise OverflowError("the result does not fit into a 64-bit integer")
        return y

    def accumulate(self, x: Any, axis: int) -> Any:
        """Running results along an axis."""
        if x.size:
            with np.errstate(over="ignore", invalid="ignore"):
                reach = np.max(self.ufunc.accumulate(np.abs(x.astype(np.float64)), axis=axis))
            if not reach < 2.0**62:
                return fitting(self.ufunc.accumulate(x.astype(object), axis=axis))
        return self.ufunc.accumulate(x, axis=axis)


def _exact(run: Run, terms: int, many: bool) -> Run:
    """Sums of products of int64 by the narrowest arithmetic that is exact."""

    def compute(values: Sequence[Any], tables: Sequence[Any]) -> Any:
        bound = terms * _product(max(1, int(x.max()), -int(x.min())) for x in values if x.size)
        if many and bound < 2**53:  # BLAS, and still exact
            return run([x.astype(np.float64) for x in values], tables).astype(np.int64)
        if bound < 2**63:
            return run(values, tables)
        return fitting(run([x.astype(object) for x in values], tables))

    return compute


def _product(numbers: Any) -> int:
    result = 1
    for n in numbers:
        result *= n
    return result


def modular(n: int, carrier: Any) -> Callable[[Run, int, bool], Run]:
    """Sums of products of residues mod n, by the narrowest arithmetic that is exact, reduced once."""

    reduced = (lambda y: y & (n - 1)) if n & (n - 1) == 0 else (lambda y: y % n)

    def sums(run: Run, terms: int, many: bool) -> Run:
        def compute(values: Sequence[Any], tables: Sequence[Any]) -> Any:
            bound = terms * (n - 1) ** len(values)
            wide = next((d for limit, d in _WIDTHS if bound < limit), np.dtype(object))
            y = run([np.asarray(x, wide) for x in values], tables)
            return np.asarray(reduced(y.astype(np.int64) if wide.kind == "f" else np.asarray(y)), carrier)

        return compute

    return sums


_WIDTHS = ((2**24, np.dtype(np.float32)), (2**53, np.dtype(np.float64)), (2**63, np.dtype(np.int64)))


# -- the rig of each dtype -------------------------------------------------------------------------------------

FLOATS = Rig(name="floats", carrier=np.float64, add=np.add, mul=np.multiply, neg=np.negative)
BIG = Rig(name="ℤ")  # Python's integers
OBJECTS = Rig(name="ℚ")  # fractions and integers, trusted to be such
Z2 = Rig(
    name="ℤ₂",
    carrier=np.uint8,
    add=np.bitwise_xor,
    mul=np.bitwise_and,
    neg=lambda x: x,
    sums=modular(2, np.uint8),
    characteristic=2,
)
INT64 = Rig(
    name="ℤ in 64 bits",
    carrier=np.int64,
    add=Checked(np.add),
    mul=Checked(np.multiply),
    neg=Checked(np.negative),
    sums=_exact,
    above=BIG,
    down=fitting,
)
CARRIED = {
    "f32": replace(FLOATS, name="float32", carrier=np.float32),
    "f64": replace(FLOATS, name="float64"),
    "c128": replace(FLOATS, name="complex128", carrier=np.complex128),
    "z2": Z2,
    "integer": INT64,
    "rational": OBJECTS,
    "bool": Rig(name="bool", carrier=bool, add=None, mul=None, neg=None),
    "index": Rig(name="index", carrier=np.int64, add=None, mul=None, neg=None),
}


def carried(label: Label) -> Rig:
    """The rig in whose carrier a label computes: that of its first output, or of its first input where it has none."""
    return CARRIED[(label.cod if len(label.cod) else label.dom).wires[0].dtype.name]
