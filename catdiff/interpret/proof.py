"""Terms of z3 as rigs, so that a solver can be asked about programs: real and integer arithmetic, and circuits.

An entry of `terms` is a number, or a term of z3 over variables; it is ordered, so what is piecewise polynomial has a
meaning, and truth is a term too. An entry of `circuits` is a truth value, + is xor and × is and. Constants are folded.
Needs z3 (`pip install 'catdiff[proof]'`), which is imported when a rig is first asked for.

    f = cd.relu(cd.f64())
    evaluate(f, variables(f.dom), terms())[0]          # If(0 < x0, x0, 0)
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.objects import Object
from ..generators.rig import ARITHMETIC, Rig
from .exact import fraction
from .meanings import TRUTHS, entrywise, negated


def solver() -> Any:
    """The package z3. Raises ImportError where it is not installed."""
    return import_module("z3")


KNOWN = (bool, Fraction)  # values that are no terms


class Truth:
    """A truth value, or a term that stands for one; in ℤ₂, + is xor and × is and. Immutable."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __and__(self, other: Any) -> Truth:
        a, b = self.value, truth(other).value
        if isinstance(a, bool) or isinstance(b, bool):
            known, open_ = (a, b) if isinstance(a, bool) else (b, a)
            return Truth(open_ if known else False)
        return Truth(solver().And(a, b))

    def __invert__(self) -> Truth:
        return Truth(not self.value if isinstance(self.value, bool) else solver().Not(self.value))

    def __or__(self, other: Any) -> Truth:
        return ~(~self & ~truth(other))

    def __xor__(self, other: Any) -> Truth:
        a, b = self.value, truth(other).value
        if isinstance(a, bool):
            return ~Truth(b) if a else Truth(b)
        return (~self if b else self) if isinstance(b, bool) else Truth(solver().Xor(a, b))

    def __neg__(self) -> Truth:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __rxor__ = __xor__
    __mul__ = __rmul__ = __rand__ = __and__
    __ror__ = __or__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Truth) and _alike(self.value, other.value)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return str(self.value)


class Term:
    """A rational number, or a term that stands for a real or an integer. Immutable."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __add__(self, other: Any) -> Term:
        a, b = self.value, term(other).value
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return Term(a + b)
        if isinstance(a, Fraction) or isinstance(b, Fraction):
            known, open_ = (a, b) if isinstance(a, Fraction) else (b, a)
            return Term(open_ if known == 0 else open_ + _numeral(known, open_))
        return Term(a + b)

    def __mul__(self, other: Any) -> Term:
        a, b = self.value, term(other).value
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return Term(a * b)
        if isinstance(a, Fraction) or isinstance(b, Fraction):
            known, open_ = (a, b) if isinstance(a, Fraction) else (b, a)
            return Term(known if known == 0 else open_ if known == 1 else _numeral(known, open_) * open_)
        return Term(a * b)

    def __neg__(self) -> Term:
        return Term(-self.value)

    def __sub__(self, other: Any) -> Term:
        return self + -term(other)

    def __rsub__(self, other: Any) -> Term:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Term) and _alike(self.value, other.value)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return str(self.value)


def _alike(a: Any, b: Any) -> bool:
    """Whether two values are written alike."""
    if isinstance(a, KNOWN) or isinstance(b, KNOWN):
        return isinstance(a, KNOWN) and isinstance(b, KNOWN) and a == b
    return a.eq(b)


def _numeral(number: Fraction, like: Any) -> Any:
    """A number as a term, an integer among integers."""
    z3 = solver()
    return z3.IntVal(number.numerator) if like.is_int() and number.denominator == 1 else z3.RealVal(str(number))


def z3_of(value: Any, like: Any) -> Any:
    """A folded value as a term of the sort that another term has."""
    if isinstance(value, bool):
        return solver().BoolVal(value)
    return _numeral(value, like) if isinstance(value, Fraction) else value


def truth(v: Any) -> Truth:
    """A truth value as an entry; a number by whether it is odd."""
    return v if isinstance(v, Truth) else Truth(bool(int(v) & 1))


def term(v: Any) -> Term:
    """A number as an entry; what holds is 1."""
    if isinstance(v, Term):
        return v
    return choose(v, Term(Fraction(1)), Term(Fraction(0))) if isinstance(v, Truth) else Term(fraction(v))


def less(x: Any, y: Any) -> Truth:
    """x < y."""
    return _related(x, y, lambda a, b: a < b)


def same(x: Any, y: Any) -> Truth:
    """x = y."""
    return _related(x, y, lambda a, b: a == b)


def _related(x: Any, y: Any, relation: Any) -> Truth:
    a, b = term(x).value, term(y).value
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return Truth(relation(a, b))
    like = b if isinstance(a, Fraction) else a
    return Truth(relation(z3_of(a, like), z3_of(b, like)))


def choose(c: Any, x: Any, y: Any) -> Any:
    """x where c holds, else y; of numbers or of truth values."""
    c = truth(c)
    if isinstance(c.value, bool):
        return x if c.value else y
    if isinstance(x, Truth) or isinstance(y, Truth):
        return (c & x) | (~c & y)
    x, y = term(x), term(y)
    if x == y:
        return x
    like = next((v.value for v in (x, y) if not isinstance(v.value, Fraction)), solver().RealVal(0))
    return Term(solver().If(c.value, z3_of(x.value, like), z3_of(y.value, like)))


def _recip(x: Any) -> Term:
    """1 / x; what it is where x = 0 is not said (see `divisors`)."""
    value = term(x).value
    return Term(1 / value if isinstance(value, Fraction) else 1 / _real(value))


def _real(value: Any) -> Any:
    return solver().ToReal(value) if value.is_int() else value


def _ratio(x: Any, y: Any) -> Any:
    """x / y, and 0 where y is 0; the divisor is never 0."""
    zero = same(y, 0)
    return choose(zero, 0, term(x) * _recip(choose(zero, 1, y)))


def _floor(x: Any) -> Term:
    value = term(x).value
    if isinstance(value, Fraction):
        return Term(Fraction(value.__floor__()))
    return Term(value if value.is_int() else solver().ToReal(solver().ToInt(value)))


def _round(x: Any) -> Term:
    """To the nearest integer, of two the even one."""
    up = _floor(term(x) + Fraction(1, 2))
    half = Fraction(1, 2)
    tie, even = same(up, term(x) + half), same(up, _floor(up * half) * 2)
    return choose(tie & ~even, up - 1, up)


def _entries(f: Any, arity: int) -> Any:
    return lambda k, label: entrywise(f, arity)


def _equal(holds: bool) -> Any:
    """Equality of numbers, as one term."""

    def meaning(k: Rig, label: Label) -> Any:
        if label.dom.wires[0].dtype.name == "bool":
            return entrywise(TRUTHS["eq" if holds else "ne"], 2)
        return entrywise(same if holds else lambda x, y: negated(k, same(x, y)), 2)

    return meaning


@lru_cache(maxsize=1)
def terms() -> Rig:
    """Numbers and terms that stand for numbers: z3's real and integer arithmetic. Raises ImportError without z3."""
    solver()
    return Rig(
        name="terms",
        entry=term,
        recip=_recip,
        less=less,
        choose=choose,
        truth=truth,
        rows={
            "ratio": _entries(_ratio, 2),
            "eq": _equal(True),
            "ne": _equal(False),
            "floor": _entries(_floor, 1),
            "ceil": _entries(lambda x: -_floor(-term(x)), 1),
            "round": _entries(_round, 1),
        },
        carries=ARITHMETIC - {"z2"} | {"bool"},
    )


@lru_cache(maxsize=1)
def circuits() -> Rig:
    """ℤ₂ as truth values and terms that stand for some. Raises ImportError without z3."""
    solver()
    return Rig(
        name="circuits",
        entry=truth,
        choose=choose,
        truth=truth,
        rows={name: _entries(f, 2) for name, f in TRUTHS.items()},
        carries=frozenset({"z2", "bool"}),
        characteristic=2,
    )


def variables(A: Object) -> list[np.ndarray]:
    """A variable for each entry of each wire of A: truth values on bool and z2, integers and reals; indices are 0."""
    z3, arrays, number = solver(), [], 0
    for sort in A.wires:
        kinds = {"bool": z3.Bool, "z2": z3.Bool, "integer": z3.Int}
        make, wrap = kinds.get(sort.dtype.name, z3.Real), Truth if sort.dtype.name in ("bool", "z2") else Term
        x = np.zeros(sort.shape, object)
        flat = x.reshape(-1)
        for i in range(x.size if sort.dtype.name != "index" else 0):
            flat[i] = wrap(make(f"x{number}"))
            number += 1
        arrays.append(x if sort.dtype.name != "index" else x.astype(sort.dtype.carrier))
    return arrays


def divisors(values: Iterable[Any]) -> list[Any]:
    """What these terms of z3 divide by, numbers aside."""
    z3, seen, found, stack = solver(), set(), [], list(values)
    while stack:
        e = stack.pop()
        if not z3.is_expr(e) or e.get_id() in seen:
            continue
        seen.add(e.get_id())
        if z3.is_div(e) and not z3.is_rational_value(e.arg(1)):
            found.append(e.arg(1))
        stack += e.children()
    return found
