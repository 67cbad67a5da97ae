"""What contractions read and write at places that tables say: gathers, and scatters in which nothing collides.

    x[a, table[a b], c]  ↦  a factor with axes a, b, c

Axes with a table, and letters that a table has too, are indexed by arrays that broadcast against each other; the other
axes are left as they are. A table is looked at once, whether its indices are in range, whoever uses it.

>>> from catdiff.generators.notation import parse
>>> from catdiff.interpret.straight.program import Program
>>> p = Program()
>>> x, t = p.argument(np.ones((2, 5))), p.argument(np.zeros(2, int))
>>> y, letters = looked_up(p, parse("a @0[a] -> a", {"a": 2}).inputs[0], x, [t], [2])
>>> letters, [i.lines for i in p.instructions]
([0], [('inside({0}, 5)',), ('{out}[...] = {0}[{1}, {2}]',)])
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...generators.spans import Affine, Leg, Lookup, Span, bare
from .program import Program

Factor = tuple[int, list[int]]  # a value, and the letters of its axes


def looks_up(leg: Leg, shape: Sequence[int], extents: Sequence[int]) -> bool:
    """Whether every axis is a lookup or a letter as long as it, and no letter is on two axes of its own."""
    own = [(bare(a), n) for a, n in zip(leg, shape, strict=True) if isinstance(a, Affine)]
    return len({*own}) == len(own) and all(i is not None and extents[i] == n for i, n in own)


def looked_up(p: Program, leg: Leg, x: int, tables: Sequence[int], extents: Sequence[int]) -> Factor:
    """An operand, read where the tables say, and its letters; those of extent 1 are none."""
    x = p.full(x)
    shape = p.values[x].shape
    tied, free, letters = _sides(leg)
    x = p.turned(x, [*tied, *free])
    indices = [_index(p, leg[a], letters, tables, shape[a], extents) for a in tied]
    letters_made = [*letters, *[i for a in free for i in leg[a].letters]]
    made = [extents[i] for i in letters_made]
    dtype = p.values[x].likeness.dtype
    if len(tied) == 1:
        indices = [p.full(indices[0])]  # `take` broadcasts nothing
        lines = (f"{p.name('take', np.take)}({{0}}, {{1}}, 0, {{out}}, 'clip')",)
    else:
        lines = (f"{{out}}[...] = {{0}}[{', '.join(f'{{{i + 1}}}' for i in range(len(tied)))}]",)
    y = p.into(lines, (x, *indices), made, dtype)
    if 1 in made:
        y = p.part(y, [slice(None) if n > 1 else 0 for n in made])
    return y, [i for i in letters_made if extents[i] > 1]


def _sides(leg: Leg) -> tuple[list[int], list[int], list[int]]:
    """The axes indexed by arrays, the others, and the letters of those arrays."""
    letters = list(dict.fromkeys(i for a in leg if isinstance(a, Lookup) for i in a.letters))
    tied = [k for k, a in enumerate(leg) if isinstance(a, Lookup) or a.letters[0] in letters]
    return tied, [k for k in range(len(leg)) if k not in tied], letters


def _index(
    p: Program, axis: Affine | Lookup, letters: list[int], tables: Sequence[int], n: int, extents: Sequence[int]
) -> int:
    """The indices along an axis, with an axis for each of the letters."""
    if isinstance(axis, Lookup):
        own, index = list(axis.letters), p.inside(tables[axis.table], n)
    else:
        own, index = list(axis.letters), p.constant(np.arange(extents[axis.letters[0]]))
    index = p.turned(index, [own.index(i) for i in letters if i in own])
    if len(own) == len(letters):
        return index
    return p.part(index, [slice(None) if i in own else None for i in letters])


def placed_once(span: Span) -> bool:
    """Whether the output has tables, and every letter of a table on an axis of its own besides: nothing collides."""
    leg = span.output
    if not looks_up(leg, span.shape, span.extents) or not any(isinstance(a, Lookup) for a in leg):
        return False
    own = {a.letters[0] for a in leg if isinstance(a, Affine)}
    return all(i in own for a in leg for i in a.letters)


def put(p: Program, value: int, leg: Leg, tables: Sequence[int], span: Span) -> int:
    """Zeros, with a value whose axes are the letters of the output in the order of its axes put where tables say."""
    tied, free, letters = _sides(leg)
    indices = [_index(p, leg[a], letters, tables, span.shape[a], span.extents) for a in tied]
    dtype = p.values[value].likeness.dtype
    order = [*tied, *free]
    turned = "" if order == sorted(order) else f".transpose({', '.join(map(str, order))})"
    at = ", ".join(f"{{{i + 1}}}" for i in range(len(tied)))
    lines = ("{out}.fill(0)", f"{{out}}{turned}[{at}] = {{0}}")
    return p.into(lines, (value, *indices), span.shape, dtype)


def letters_put(leg: Leg) -> list[int]:
    """The letters of what is put, in the order in which `put` wants its axes."""
    _, free, letters = _sides(leg)
    return [*letters, *[leg[a].letters[0] for a in free]]
