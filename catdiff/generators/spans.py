"""Span contractions as data: `y[t(e)] += Π_k x_k[s_k(e)]` for every point e of a product of ranges.

A leg says, axis by axis, which index of its array a point e reads or writes. An affine input index outside
its array reads 0, an affine output index outside the shape is dropped, a table value out of range is an
error. Letters may be missing from the output (summed), from all inputs (broadcast), or repeat (diagonal).

>>> from catdiff.generators.notation import einsum, parse
>>> product = einsum("ij,jk->ik", [(2, 3), (3, 4)])
>>> str(product)
'a b, b c -> a c | a=2 b=3 c=4'
>>> str(product.transpose(0, (2, 3)))           # operands w and ȳ, output x̄: the legs permuted
'a b, c b -> c a | a=3 b=4 c=2'
>>> parse(str(product)) == product
True

Source: arXiv:2208.00809 (parametric spans).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Affine:
    """The index `offset + Σ coef·e[letter]` along one axis; terms are sorted by letter."""

    terms: tuple[tuple[int, int], ...]
    offset: int = 0

    def __post_init__(self) -> None:
        letters = self.letters
        if list(letters) != sorted(set(letters)) or any(coef == 0 for _, coef in self.terms):
            raise ValueError(f"an affine index takes increasing letters, coefficients ≠ 0: {self.terms}")

    @property
    def letters(self) -> Shape:
        return tuple(letter for letter, _ in self.terms)

    def bounds(self, extents: Shape) -> tuple[int, int]:
        """The least and the greatest index over non-empty ranges."""
        reach = [coef * (extents[letter] - 1) for letter, coef in self.terms]
        return self.offset + sum(min(0, r) for r in reach), self.offset + sum(max(0, r) for r in reach)

    def injective(self, extents: Shape) -> bool:
        """Whether the index determines its letters, as digits do (a sufficient condition)."""
        reach = 0
        for coef, extent in sorted((abs(coef), extents[i]) for i, coef in self.terms if extents[i] > 1):
            if coef <= reach:
                return False
            reach += coef * (extent - 1)
        return True


@dataclass(frozen=True, slots=True)
class Lookup:
    """The index `tables[table][e[letters…]]`; the letters are the table's axes in order, all distinct."""

    table: int
    letters: Shape
    terms: ClassVar[tuple[tuple[int, int], ...]] = ()  # so that any axis can be asked for them
    offset: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if self.table < 0 or len(set(self.letters)) < len(self.letters):
            raise ValueError(f"a lookup takes a table number and distinct letters: {self}")

    def bounds(self, extents: Shape) -> tuple[int, int]:
        """Nothing is known but that tables are checked, which (0, 0) says of an axis that is not empty."""
        return 0, 0


Leg = tuple[Affine | Lookup, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """`y[output(e)] += Π_k x_k[inputs[k](e)]` for e in range(extents[0]) × range(extents[1]) × …"""

    extents: Shape
    inputs: tuple[Leg, ...]
    output: Leg
    shape: Shape

    def __post_init__(self) -> None:
        if any(i not in range(len(self.extents)) for leg in self.legs for axis in leg for i in axis.letters):
            raise ValueError(f"a letter has no extent: {self!r}")
        if not self.inputs or len(self.output) != len(self.shape) or min((0, *self.extents, *self.shape)) < 0:
            raise ValueError(f"a span takes operands, sizes ≥ 0 and one output axis per size: {self!r}")

    @property
    def legs(self) -> tuple[Leg, ...]:
        return (*self.inputs, self.output)

    @property
    def is_projection(self) -> bool:
        """Every axis of every leg is one bare letter (which may be shorter or longer than its axis)."""
        return all(bare(axis) is not None for leg in self.legs for axis in leg)

    @property
    def tables(self) -> int:
        """How many tables the legs refer to."""
        return 1 + max((axis.table for leg in self.legs for axis in leg if isinstance(axis, Lookup)), default=-1)

    @property
    def summed(self) -> Shape:
        """The letters that the output index does not determine."""
        kept = [a for a in self.output if isinstance(a, Affine) and a.injective(self.extents)]
        return tuple(i for i in range(len(self.extents)) if not any(i in axis.letters for axis in kept))

    @property
    def moves(self) -> bool:
        """Whether it only moves entries about, so that they need no arithmetic: bool and index wires have none."""
        return len(self.inputs) == 1 and prod(pick(self.summed, self.extents)) == 1

    def normalise(self) -> Span:
        """Number the letters by first appearance: spans equal up to renaming become equal values.

        Letters first met in one axis are ordered by coefficient (largest first), then by where else they
        occur, then by extent; those that still tie are interchangeable. Letters that occur nowhere are last.
        """
        seen: list[list[Shape]] = [[] for _ in self.extents]
        for number, leg in enumerate(self.legs):
            for place, axis in enumerate(leg):
                for rank, i in enumerate(axis.letters):
                    key = (0, -axis.terms[rank][1]) if isinstance(axis, Affine) else (rank, 0)
                    seen[i].append((number, place, *key))
        order = sorted(range(len(seen)), key=lambda i: (not seen[i], seen[i], self.extents[i]))
        new = {old: number for number, old in enumerate(order)}
        *inputs, output = (
            tuple(
                Affine(tuple(sorted((new[i], coef) for i, coef in axis.terms)), axis.offset)
                if isinstance(axis, Affine)
                else Lookup(axis.table, tuple(new[i] for i in axis.letters))
                for axis in leg
            )
            for leg in self.legs
        )
        return Span(tuple(self.extents[i] for i in order), tuple(inputs), output, self.shape)

    def transpose(self, k: int, operand_shape: Sequence[int]) -> Span:
        """(the other operands, ȳ) ↦ x̄_k, with the output leg as last input; normalised."""
        if k not in range(len(self.inputs)):
            raise ValueError(f"operand {k} of a span with {len(self.inputs)}")
        inputs = (*self.inputs[:k], *self.inputs[k + 1 :], self.output)
        return Span(self.extents, inputs, self.inputs[k], tuple(operand_shape)).normalise()

    def batched(self, mask: Sequence[bool], table_mask: Sequence[bool], n: int) -> Span:
        """n copies: a new letter becomes the first axis of masked operands and tables and of y."""
        if len(mask) != len(self.inputs) or len(table_mask) < self.tables:
            raise ValueError(f"{len(mask)} and {len(table_mask)} flags do not fit {self}")
        new = len(self.extents)
        first = Affine(((new, 1),))
        *inputs, output = (
            (first,) * bool(prepend)
            + tuple(
                replace(a, letters=(new, *a.letters)) if isinstance(a, Lookup) and table_mask[a.table] else a
                for a in leg
            )
            for leg, prepend in zip(self.legs, (*mask, True), strict=True)
        )
        return Span((*self.extents, n), tuple(inputs), output, (n, *self.shape)).normalise()

    def check(self, shapes: Sequence[Shape], tables: Sequence[Shape] | None = None) -> None:
        """ValueError unless operand ranks and table shapes fit."""
        if len(shapes) != len(self.inputs):
            raise ValueError(f"{self.formula} takes {len(self.inputs)} operands, not {len(shapes)}")
        for k, (leg, shape) in enumerate(zip(self.legs, (*shapes, self.shape), strict=True)):
            what = "the output" if k == len(shapes) else f"operand {k}"
            if len(leg) != len(shape):
                raise ValueError(f"{what} of {self.formula} has {len(leg)} axes, its shape {shape} {len(shape)}")
            for axis in leg:
                want = pick(axis.letters, self.extents)
                if isinstance(axis, Lookup) and tables is not None and want not in tables[axis.table :][:1]:
                    raise ValueError(f"table {axis.table} of {self.formula} needs the shape {want}: {tables}")

    @property
    def formula(self) -> str:
        """The legs alone, as in `a b, b c -> a c`."""
        *inputs, output = (" ".join(map(_spell, leg)) for leg in self.legs)
        return f"{', '.join(inputs)} -> {output}".replace("  ", " ").strip()

    def __str__(self) -> str:
        tail = " ".join(f"{_name(i)}={n}" for i, n in enumerate(self.extents))
        if self.shape != tuple(-1 if (i := bare(axis)) is None else self.extents[i] for axis in self.output):
            tail += " | " + " ".join(map(str, self.shape))
        return f"{self.formula} | {tail}" if tail else self.formula


def _name(letter: int) -> str:
    return chr(ord("a") + letter % 26) + (str(letter // 26) if letter > 25 else "")


def _spell(axis: Affine | Lookup) -> str:
    if isinstance(axis, Lookup):
        return f"@{axis.table}[{' '.join(map(_name, axis.letters))}]"
    text = "".join(f"{coef:+d}*{_name(i)}" for i, coef in axis.terms) + (f"{axis.offset:+d}" if axis.offset else "")
    return re.sub(r"(?<=[+-])1\*", "", text).removeprefix("+") or "0"


def bare(axis: Affine | Lookup) -> int | None:
    """The letter of an axis that is one letter and nothing else."""
    found = isinstance(axis, Affine) and [coef for _, coef in axis.terms] == [1] and axis.offset == 0
    return axis.letters[0] if found else None


def knots(leg: Leg) -> list[list[int]]:
    """The axes that a lookup, or a letter shared with one, ties together: one sorted list per knot."""
    found: list[list[int]] = []
    for axis, entry in enumerate(leg):
        tied = [knot for knot in found if any(set(leg[a].letters) & set(entry.letters) for a in knot)]
        found = [knot for knot in found if knot not in tied] + [sorted(sum(tied, [axis]))]
    return sorted(knot for knot in found if any(isinstance(leg[axis], Lookup) for axis in knot))


def pick(letters: Iterable[int], extents: Sequence[int] | Mapping[int, int]) -> Shape:
    """The extents, or whatever else is given, of some letters."""
    return tuple(extents[i] for i in letters)


def strides(shape: Sequence[int]) -> Shape:
    """Steps from one index to the next, axis by axis, in a flat array of this shape."""
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


def flops(span: Span) -> int:
    """n − 1 multiplications per point e, and one addition where letters are summed or indices may collide."""
    return prod(span.extents) * (len(span.inputs) - 1 + bool(span.summed))
