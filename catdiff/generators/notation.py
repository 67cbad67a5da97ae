"""Spans as text: what labels and files hold, and NumPy's subscripts.

>>> parse("b i 2*t+k-1, o i k -> b o t", {"b": 8, "i": 3, "t": 5, "k": 3, "o": 4}).shape
(8, 4, 5)

Grammar of the text; spaces separate axes and are free around `,` `->` `|`:

    span = leg {"," leg} "->" leg ["|" {letter "=" int} ["|" {int}]]   the extents, then the output shape
    leg  = {axis}                                                      a scalar's leg is empty
    axis = ["-"] term {("+" | "-") term}  |  "@" int "[" {letter} "]"  a letter, a constant: once per axis
    term = [int "*"] letter  |  int

`str` names letters a … z, a1 … z1, … by number, writes an axis's terms by letter and its constant last, and
omits coefficient 1, constant 0, and a shape that consists of the extents of the output's bare letters. The
extents number the letters; where the text has none, the order of appearance does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .spans import Affine, Lookup, Shape, Span, bare

_LETTER = r"[A-Za-z][A-Za-z0-9_]*"
_TERM = re.compile(rf"([+-]?)(?:(?:([0-9]+)\*)?({_LETTER})|([0-9]+))")
_AFFINE = re.compile(rf"(?!\+){_TERM.pattern}(?:(?=[+-]){_TERM.pattern})*")
_LOOKUP = re.compile(rf"@([0-9]+)\[((?:\s*{_LETTER}(?=[\s\]]))*)\s*\]")


def parse(text: str, extents: Mapping[str, int] | Sequence[int] | None = None, shape: Shape | None = None) -> Span:
    """The span a text spells; extents (by name, or in letter order) and shape where the text has none.

    Raises ValueError with the position where the text goes wrong.
    """
    read = _Reader(text)
    formula, *tail = read.cut("|", 0, len(text))
    arms = read.cut("->", *formula)
    if len(tail) > 2:
        raise read.wrong("a third '|'", tail[2][0] - 1)
    if len(arms) != 2:
        said = "one '->' is wanted, and another stands" if arms[2:] else "a '->' is missing"
        raise read.wrong(said, arms[-1][0])
    if tail and (extents is not None or (shape is not None and len(tail) == 2)):
        raise read.wrong("extents or shape given a second time", tail[0][0])
    named = read.extents(*tail[0]) if tail else dict(extents) if isinstance(extents, Mapping) else None
    if len(tail) == 2:
        shape = read.sizes(*tail[1])
    read.know(named)
    inputs = tuple([read.leg(*piece) for piece in read.cut(",", *arms[0])])
    output = read.leg(*arms[1])
    ranges: Shape = tuple(extents or ()) if named is None else tuple(named.values())  # pyright: ignore
    if len(ranges) < len(read.letters):
        raise read.wrong(f"{len(ranges)} extents for {len(read.letters)} letters", len(text))
    size = tuple([-1 if (i := bare(a)) is None else ranges[i] for a in output]) if shape is None else tuple(shape)
    if -1 in size or len(size) != len(output):
        raise read.wrong("the output needs a shape, one size per axis,", arms[1][0])
    return Span(ranges, inputs, output, size)


class _Reader:
    """A text that spells a span, and the numbers of its letters: by their extents where those have names (`fixed`),
    else as they appear.
    """

    def __init__(self, text: str) -> None:
        self.text, self.fixed = text, False
        self.letters: dict[str, int] = {}

    def know(self, named: Mapping[str, int] | None) -> None:
        """The letters there are, if their extents have names."""
        self.fixed, self.letters = named is not None, {name: i for i, name in enumerate(named or ())}

    def wrong(self, reason: str, at: int) -> ValueError:
        """Where the text goes wrong."""
        return ValueError(f"{reason} at position {at} of {self.text!r}")

    def cut(self, mark: str, start: int, stop: int) -> list[tuple[int, int]]:
        """The stretches of the text between marks."""
        marks = [m.span() for m in re.compile(re.escape(mark)).finditer(self.text, start, stop)]
        return list(zip([start, *(end for _, end in marks)], [*(begin for begin, _ in marks), stop], strict=True))

    def words(self, start: int, stop: int) -> list[tuple[str, int]]:
        """What stands between spaces, and where; an index in brackets is one word."""
        return [(m[0], m.start()) for m in re.compile(r"(?:\[[^]]*\]|\S)+").finditer(self.text, start, stop)]

    def extents(self, start: int, stop: int) -> dict[str, int]:
        """`i=3 k=2`."""
        found: dict[str, int] = {}
        for word, at in self.words(start, stop):
            if not (size := re.fullmatch(rf"({_LETTER})=([0-9]+)", word)) or size[1] in found:
                raise self.wrong(f"{word!r} is no new extent", at)
            found[size[1]] = int(size[2])
        return found

    def sizes(self, start: int, stop: int) -> Shape:
        """`3 2`."""
        words = self.words(start, stop)
        if bad := [(w, at) for w, at in words if not re.fullmatch("[0-9]+", w)]:
            raise self.wrong(f"{bad[0][0]!r} is no size", bad[0][1])
        return tuple([int(word) for word, _ in words])

    def leg(self, start: int, stop: int) -> tuple[Affine | Lookup, ...]:
        """Axes with spaces between them."""
        return tuple([self.axis(*word) for word in self.words(start, stop)])

    def axis(self, word: str, at: int) -> Affine | Lookup:
        """`2*t+k-1` or `@0[i]`; a letter that is new gets the next number."""
        lookup, terms = _LOOKUP.fullmatch(word), _TERM.findall(word)
        names = lookup[2].split() if lookup else [name for _, _, name, _ in terms if name]
        offsets = [int(sign + n) for sign, _, _, n in terms if n]
        if not (lookup or (_AFFINE.fullmatch(word) and len(offsets) < 2)):
            raise self.wrong(f"{word!r} is no axis", at)
        if self.fixed and (unknown := [name for name in names if name not in self.letters]):
            raise self.wrong(f"letter {unknown[0]} without an extent", at)
        numbers = [self.letters.setdefault(name, len(self.letters)) for name in names]
        coefs = [int(sign + (n or "1")) for sign, n, name, _ in terms if name]
        try:
            if lookup:
                return Lookup(int(lookup[1]), tuple(numbers))
            return Affine(tuple(sorted(zip(numbers, coefs, strict=True))), sum(offsets))
        except ValueError as error:
            raise self.wrong(str(error), at) from None


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
    number = {letter: i for i, letter in enumerate(extents)}
    *inputs, output = (tuple([Affine(((number[letter], 1),)) for letter in leg]) for leg in (*legs, out))
    return Span(tuple(extents.values()), tuple(inputs), output, tuple([extents[letter] for letter in out])).normalise()
