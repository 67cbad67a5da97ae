"""`polynomial`: both sides as formal polynomials, the normal form of a polynomial morphism. Equal ones are proved
equal, and others are not equal: the procedure is complete.

Over ℤ₂ polynomials are not the functions they define, and it is polynomials that have a reverse derivative: x·x and x
differ, though no argument shows it.

>>> import catdiff as cd
>>> x = cd.id(cd.f64())
>>> cube = cd.pow(cd.f64(), exponent=3)
>>> decide((x + 1.0) >> cube, cube + 3.0 * cd.square(cd.f64()) + 3.0 * x + 1.0).strength
'proved'
>>> found = decide(cube, x)
>>> found.strength, found.note
('violated', 'x0³ against x0')
>>> bool(cube(*found.args) == x(*found.args))
False
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...errors import MeaningError
from ...generators.rig import Rig
from ...interpret.normal import coefficients
from ...interpret.over import evaluate
from ...interpret.polynomial import Polynomial, indeterminates, powers
from ..decision import Decision
from .common import ROUNDED, meaningful, nearly, numbers, procedure, same, symbolic, watch

BUDGET = 50_000  # terms
MOST_BITS = 10  # entries of bool inputs: all their values are tried


@procedure
def decide(left: Morphism, right: Morphism, points: int, seed: int, deadline: float | None) -> Decision:
    """Whether both sides are the same polynomials. See the module."""
    base, k = coefficients(left, BUDGET)
    meaningful(k, left, right)
    symbolic(left)
    known = sum(s.size for s in left.dom.wires if s.dtype.name == "bool")
    if known > MOST_BITS:
        raise MeaningError(f"{known} truth values are more than are tried one by one, {MOST_BITS}")
    variables, check = indeterminates(left.dom, k), watch(deadline)
    for bits in product((False, True), repeat=known):
        args, rest = [], list(bits)
        for s, x in zip(left.dom.wires, variables, strict=True):
            if s.dtype.name == "bool":
                x, rest = np.array(rest[: s.size], bool).reshape(s.shape), rest[s.size :]
            args.append(x)
        ys, zs = (evaluate(f, args, k, check) for f in (left, right))
        if not same(ys, zs, k):
            return _refuted(left, right, args, (ys, zs), base, seed)
    return Decision("polynomial", "proved", note=f"over {base.name}")


def _refuted(
    left: Morphism, right: Morphism, args: Sequence[Any], sides: Sequence[Sequence[Any]], base: Rig, seed: int
) -> Decision:
    """Which polynomials differ, and a point at which one sees it, if there is one."""
    pairs = [pair for y, z in zip(*sides, strict=True) for pair in zip(y.flat, z.flat, strict=True)]
    a, b = next((a, b) for a, b in pairs if a != b)
    note = f"{a!r} against {b!r}"
    where = _bits(pairs) if base.characteristic else _point(a, b, seed)
    if where is None:
        said = f"{note}: other polynomials, though the same function"
        return Decision("polynomial", "violated", note=said, left=sides[0], right=sides[1])
    given, number = [], 0
    for s, x in zip(left.dom.wires, args, strict=True):
        if s.dtype.name != "bool":
            x = numbers(s, [where.get(number + i, 0) for i in range(s.size)])
            number += s.size
        given.append(x)
    ys, zs = (evaluate(f, given, base) for f in (left, right))
    if nearly(left, given, ys, zs):
        return Decision("polynomial", "undecided", note=ROUNDED)
    return Decision("polynomial", "violated", 1, note, given, ys, zs)


def _point(a: Any, b: Any, seed: int) -> dict[int, int] | None:
    """Integers at which two polynomials over ℚ differ: a non-zero polynomial of degree d is 0 on at most half of the
    points of a grid with 2d points a side.

    Source: the lemma of Schwartz and Zippel.
    """
    if not isinstance(a, Polynomial):
        return {}
    difference, rng = a - b, np.random.default_rng(seed)
    letters = sorted({i for m in difference.terms for i in powers(m)})
    for _ in range(200):
        values = rng.integers(-difference.degree, difference.degree + 1, len(letters)).tolist()
        point = dict(zip(letters, values, strict=True))
        if difference.at(point) != 0:
            return point
    return None


def _bits(pairs: Sequence[tuple[Any, Any]]) -> dict[int, int] | None:
    """Bits at which some of these polynomials over ℤ₂ differ: as functions, xⁿ is x, and a function that is not 0 is 1
    where a smallest monomial's letters are 1 and no others.
    """
    for a, b in pairs:
        odd: set[frozenset[int]] = set()
        for m in (a - b).terms if isinstance(a, Polynomial) else ():
            odd ^= {frozenset(powers(m))}
        if odd:
            return dict.fromkeys(min(odd, key=lambda m: (len(m), sorted(m))), 1)
    return None
