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
    number = {letter: i for i, letter in enumerate(extents)}
    *inputs, output = (tuple([Affine(((number[letter], 1),)) for letter in leg]) for leg in (*legs, out))
    return Span(tuple(extents.values()), tuple(inputs), output, tuple([extents[letter] for letter in out])).normalise()
