"""Span contractions as data: `y[t(e)] += Π_k x_k[s_k(e)]` for every point e of a product of ranges.

A leg says, axis by axis, which index of its array a point e reads or writes. An affine input index outside
its array reads 0, an affine output index outside the shape is dropped, a table value out of range is an
error. Letters may be missing from the output (summed), from all inputs (broadcast), or repeat (diagonal).

>>> product = einsum("ij,jk->ik", [(2, 3), (3, 4)])
>>> str(product)
'a b, b c -> a c | a=2 b=3 c=4'
>>> str(product.transpose(0, (2, 3)))           # operands w and ȳ, output x̄: the legs permuted
'a b, c b -> c a | a=3 b=4 c=2'
>>> parse(str(product)) == product
True

Grammar of the text; spaces separate axes and are free around `,` `->` `|`:

    span = leg {"," leg} "->" leg ["|" {letter "=" int} ["|" {int}]]   the extents, then the output shape
    leg  = {axis}                                                      a scalar's leg is empty
    axis = ["-"] term {("+" | "-") term}  |  "@" int "[" {letter} "]"  a letter, a constant: once per axis
    term = [int "*"] letter  |  int

`str` names letters a … z, a1 … z1, … by number, writes an axis's terms by letter and its constant last, and
omits coefficient 1, constant 0, and a shape that consists of the extents of the output's bare letters. The
extents number the letters; where the text has none, the order of appearance does.

Source: arXiv:2208.00809 (parametric spans).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

Shape = tuple[int, ...]
_LETTER = r"[A-Za-z][A-Za-z0-9_]*"
_TERM = re.compile(rf"([+-]?)(?:(?:([0-9]+)\*)?({_LETTER})|([0-9]+))")
_AFFINE = re.compile(rf"(?!\+){_TERM.pattern}(?:(?=[+-]){_TERM.pattern})*")
_LOOKUP = re.compile(rf"@([0-9]+)\[((?:\s*{_LETTER}(?=[\s\]]))*)\s*\]")


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

    def check(self, shapes: Sequence[Shape], tables: Sequence[Shape] | None = None, exact: bool = False) -> None:
        """ValueError unless operand ranks and table shapes fit; `exact`: bare letters fill their axes too."""
        if len(shapes) != len(self.inputs):
            raise ValueError(f"{self.formula} takes {len(self.inputs)} operands, not {len(shapes)}")
        for k, (leg, shape) in enumerate(zip(self.legs, (*shapes, self.shape), strict=True)):
            what = "the output" if k == len(shapes) else f"operand {k}"
            if len(leg) != len(shape):
                raise ValueError(f"{what} of {self.formula} has {len(leg)} axes, its shape {shape} {len(shape)}")
            for axis, size in zip(leg, shape, strict=True):
                want = pick(axis.letters, self.extents)
                if exact and bare(axis) is not None and want != (size,):
                    raise ValueError(f"{_spell(axis)} of {self.formula} is {want[0]}, but {size} in {what}")
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


def ranked(leg: Leg, shape: Shape, extents: Shape) -> list[int]:
    """The letters of an output leg as its writer likes them: those of lookups, then the slowest in memory."""
    looked = {axis for knot in knots(leg) for axis in knot}
    weight: dict[int, int] = {}
    for axis, (entry, stride) in enumerate(zip(leg, strides(shape), strict=True)):
        for letter in entry.letters:
            step = prod(shape) if axis in looked else abs(dict(entry.terms)[letter]) * stride
            weight[letter] = weight.get(letter, 0) + step
    return sorted(weight, key=lambda letter: -weight[letter])


def clip(leg: Leg, shape: Shape, ranges: dict[int, range], at: dict[int, int]) -> dict[int, range] | None:
    """Where letters `at` are fixed: the ranges of the others that stay inside the shape, if any do."""
    for axis, n in zip(leg, shape, strict=True):
        base = axis.offset + sum(coef * at[i] for i, coef in axis.terms if i in at)
        free = [(i, coef) for i, coef in axis.terms if i in ranges]
        if not free and not 0 <= base < n:
            return None
        if len(free) == 1:  # 0 ≤ base + coef·e < n; several free letters are inside by choice
            ((i, coef),) = free
            near, far = (base, base - n) if coef > 0 else (base - n + 1, base + 1)
            ranges[i] = range(max(ranges[i].start, -(near // coef)), min(ranges[i].stop, -(far // coef)))
    return ranges if all(ranges.values()) else None


def flops(span: Span) -> int:
    """n − 1 multiplications per point e, and one addition where letters are summed or indices may collide."""
    return prod(span.extents) * (len(span.inputs) - 1 + bool(span.summed))


def parse(text: str, extents: Mapping[str, int] | Sequence[int] | None = None, shape: Shape | None = None) -> Span:
    """The span a text spells; extents (by name, or in letter order) and shape where the text has none.

    >>> parse("b i 2*t+k-1, o i k -> b o t", {"b": 8, "i": 3, "t": 5, "k": 3, "o": 4}).shape
    (8, 4, 5)
    """

    def wrong(reason: str, at: int) -> ValueError:
        return ValueError(f"{reason} at position {at} of {text!r}")

    def cut(mark: str, start: int, stop: int) -> list[tuple[int, int]]:
        """The stretches of the text between marks."""
        marks = [m.span() for m in re.compile(re.escape(mark)).finditer(text, start, stop)]
        return list(zip([start, *(end for _, end in marks)], [*(begin for begin, _ in marks), stop], strict=True))

    def words(start: int, stop: int) -> list[tuple[str, int]]:
        return [(m[0], m.start()) for m in re.compile(r"(?:\[[^]]*\]|\S)+").finditer(text, start, stop)]

    def axis(word: str, at: int) -> Affine | Lookup:
        lookup, terms = _LOOKUP.fullmatch(word), _TERM.findall(word)
        names = lookup[2].split() if lookup else [name for _, _, name, _ in terms if name]
        offsets = [int(sign + n) for sign, _, _, n in terms if n]
        if not (lookup or (_AFFINE.fullmatch(word) and len(offsets) < 2)):
            raise wrong(f"{word!r} is no axis", at)
        if fixed and (unknown := [name for name in names if name not in letters]):
            raise wrong(f"letter {unknown[0]} without an extent", at)
        numbers = [letters.setdefault(name, len(letters)) for name in names]
        coefs = [int(sign + (n or "1")) for sign, n, name, _ in terms if name]
        try:
            if lookup:
                return Lookup(int(lookup[1]), tuple(numbers))
            return Affine(tuple(sorted(zip(numbers, coefs, strict=True))), sum(offsets))
        except ValueError as error:
            raise wrong(str(error), at) from None

    formula, *tail = cut("|", 0, len(text))
    arms = cut("->", *formula)
    if len(tail) > 2:
        raise wrong("a third '|'", tail[2][0] - 1)
    if len(arms) != 2:
        raise wrong("one '->' is wanted, and another stands" if arms[2:] else "a '->' is missing", arms[-1][0])
    sizes: dict[str, int] = dict(extents) if isinstance(extents, Mapping) else {}
    if tail:
        if extents is not None or (shape is not None and len(tail) == 2):
            raise wrong("extents or shape given a second time", tail[0][0])
        for word, at in words(*tail[0]):
            if not (size := re.fullmatch(rf"({_LETTER})=([0-9]+)", word)) or size[1] in sizes:
                raise wrong(f"{word!r} is no new extent", at)
            sizes[size[1]] = int(size[2])
    if len(tail) == 2:
        if bad := [(w, at) for w, at in words(*tail[1]) if not re.fullmatch("[0-9]+", w)]:
            raise wrong(f"{bad[0][0]!r} is no size", bad[0][1])
        shape = tuple(int(word) for word, _ in words(*tail[1]))
    fixed, letters = bool(tail) or isinstance(extents, Mapping), {name: i for i, name in enumerate(sizes)}
    inputs = tuple(tuple(axis(*word) for word in words(*piece)) for piece in cut(",", *arms[0]))
    output = tuple(axis(*word) for word in words(*arms[1]))
    ranges: Shape = tuple(sizes.values()) if fixed else tuple(extents or ())  # pyright: ignore
    if len(ranges) < len(letters):
        raise wrong(f"{len(ranges)} extents for {len(letters)} letters", len(text))
    size = tuple(-1 if (i := bare(a)) is None else ranges[i] for a in output) if shape is None else tuple(shape)
    if -1 in size or len(size) != len(output):
        raise wrong("the output needs a shape, one size per axis,", arms[1][0])
    return Span(ranges, inputs, output, size)


def einsum(subscripts: str, shapes: Sequence[Shape], sizes: Mapping[str, int] | None = None) -> Span:
    """The span of NumPy's subscripts; `sizes` gives output-only letters an extent, 1 does not broadcast."""

    def names(term: str, rank: int) -> list[str]:
        head, dots, last = term.partition("...")
        if strange := re.sub("[A-Za-z]", "", head + last):
            raise ValueError(f"{subscripts!r}: unknown character {strange[0]!r}")
        free = rank - len(head + last)
        if free < 0 or (free and not dots):
            raise ValueError(f"{subscripts!r}: {term!r} cannot name the axes of an operand with {rank}")
        return [*head, *(f"dots{i}" for i in range(free, 0, -1)), *last]

    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms, extents = left.split(","), dict(sizes or {})
    if len(terms) != len(shapes):
        raise ValueError(f"{subscripts!r} names {len(terms)} operands, {len(shapes)} are given")
    legs = [names(term, len(shape)) for term, shape in zip(terms, shapes, strict=True)]
    for k, (leg, shape) in enumerate(zip(legs, shapes, strict=True)):
        for letter, extent in zip(leg, shape, strict=True):
            if extents.setdefault(letter, extent) != extent:
                said = f"letter {letter} is {extents[letter]}, but {extent} in operand {k}"
                raise ValueError(f"{subscripts!r}: {said}")
    every = [letter for leg in legs for letter in leg]
    dots = [f"dots{i}" for i in range(sum(letter in every for letter in extents if len(letter) > 1), 0, -1)]
    if not arrow:
        out = dots + sorted(letter for letter in every if len(letter) == 1 and every.count(letter) == 1)
    elif dots and "..." not in right:
        raise ValueError(f"{subscripts!r}: the output has no '...' for the axes the operands have there")
    else:
        out = names(right, len(right.replace("...", "")) + len(dots) * ("..." in right))
    if lost := [letter for letter in out if letter not in extents]:
        raise ValueError(f"{subscripts!r}: the extent of output letter {lost[0]} is not given in sizes")
    if unused := sorted(set(extents) - set(every) - set(out)):
        raise ValueError(f"{subscripts!r}: sizes names {unused[0]}, the subscripts do not")
    text = ", ".join(map(" ".join, legs)) + " -> " + " ".join(out)
    return parse(text, extents).normalise()
