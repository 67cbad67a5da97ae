"""Formal polynomials as a rig: what a polynomial morphism *is*.

Feed a morphism its indeterminates, and what comes out is its normal form: two polynomial morphisms over a rig are equal
exactly where these are, coefficient by coefficient. Over ℤ₂ that is more than being equal as functions: x·x and x agree
on both points, and differ here, as their reverse derivatives do.

>>> import catdiff as cd
>>> from catdiff.interpret.exact import MOD
>>> from catdiff.interpret.over import evaluate
>>> def normal_form(f, k):
...     return evaluate(f, indeterminates(f.dom, k), k)[0][()]
>>> normal_form((cd.id(cd.f64()) + 1.0) >> cd.pow(exponent=3), polynomials())
x0³ + 3 x0² + 3 x0 + 1
>>> mod2 = polynomials(MOD(2))
>>> normal_form(cd.square(cd.z2()), mod2) == normal_form(cd.id(cd.z2()), mod2)
False

Polynomials are sparse, monomials packed into one integer each, 16 bits for an exponent; large ones are arrays while
they are worked on (`packed`). A product with more than `budget` terms is not worked out: `BudgetError` says how many
there were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..category.objects import Object
from ..errors import ArgumentError, BudgetError, MeaningError, ObjectError, with_line
from ..generators.rig import ARITHMETIC, NEG, Rig
from . import packed
from .exact import RATIONAL
from .packed import WIDTH, Packed

LARGEST = (1 << WIDTH) - 1
MANY = 1_500  # products of terms, or terms of a sum, from which on arrays are faster


@dataclass(frozen=True, eq=False)
class Ring:
    """Where the coefficients of some polynomials are, and how many terms one may have."""

    coefficients: Rig
    budget: int

    def canonical(self, c: Any) -> Any:
        """A sum of products of coefficients, as a coefficient."""
        return self.coefficients.canonical(c) if self.coefficients.characteristic else c


class Polynomial:
    """A polynomial: coefficients by monomial, none of them 0; and a bound on its degree. Immutable.

    Large ones have their terms in arrays, and only there until somebody asks for `terms`.
    """

    __slots__ = ("_packed", "_terms", "degree", "ring")

    def __init__(self, terms: Mapping[int, Any] | Packed, ring: Ring, degree: int) -> None:
        whole = isinstance(terms, Packed)
        self._terms: Mapping[int, Any] | None = None if whole else terms
        self._packed: Packed | bool | None = terms if whole else False  # False: nobody has tried
        self.ring, self.degree = ring, degree

    @property
    def terms(self) -> Mapping[int, Any]:
        """Coefficients by monomial."""
        if self._terms is None:
            assert isinstance(self._packed, Packed)
            self._terms = packed.unpacked(self._packed)
        return self._terms

    @property
    def packed(self) -> Packed | None:
        """The terms as arrays; None where they do not fit."""
        if isinstance(self._packed, bool):
            found = packed.pack(self.terms)
            whole = found is None or found.denominator == 1 or not self.ring.coefficients.characteristic
            self._packed = found if whole else None
        return self._packed

    def __len__(self) -> int:
        return len(self._packed) if isinstance(self._packed, Packed) else len(self.terms)

    def _other(self, other: Any) -> Polynomial:
        return other if isinstance(other, Polynomial) else constant(other, self.ring)

    def __add__(self, other: Any) -> Polynomial:
        other = self._other(other)
        degree = max(self.degree, other.degree)
        if len(self) + len(other) >= MANY and self.packed is not None and other.packed is not None:
            found = packed.total(self.packed, other.packed, degree, self.ring.coefficients.characteristic)
            if found is not None:
                return self._made(found, degree)
        small, large = sorted((self.terms, other.terms), key=len)
        terms, canonical = dict(large), self.ring.canonical
        for m, c in small.items():
            total = canonical(terms[m] + c) if m in terms else c
            if total == 0:
                del terms[m]
            else:
                terms[m] = total
        return self._made(terms, degree)

    def __mul__(self, other: Any) -> Polynomial:
        other, budget = self._other(other), self.ring.budget
        degree = self.degree + other.degree
        if degree > LARGEST:
            raise BudgetError(f"a polynomial of degree {degree}: {LARGEST} is the most")
        few, many = sorted((len(self), len(other)))
        if few * many > 100 * budget:
            said = f"a product of polynomials of {few:,} and {many:,} terms"
            raise BudgetError(f"{said}: the budget is {budget:,} terms")
        if few * many >= MANY and self.packed is not None and other.packed is not None:
            modulus = self.ring.coefficients.characteristic
            found = packed.product(self.packed, other.packed, degree, modulus, budget)
            if found is not None:
                return self._made(found, degree)
        return self._made(_product(self.terms, other.terms, self.ring), degree)

    def _made(self, terms: dict[int, Any] | Packed, degree: int) -> Polynomial:
        if len(terms) > self.ring.budget:
            raise BudgetError(f"a polynomial of {len(terms):,} terms: the budget is {self.ring.budget:,}")
        return Polynomial(terms, self.ring, degree)

    def __neg__(self) -> Polynomial:
        return Polynomial({m: self.ring.canonical(-c) for m, c in self.terms.items()}, self.ring, self.degree)

    def __sub__(self, other: Any) -> Polynomial:
        return self + -self._other(other)

    def __rsub__(self, other: Any) -> Polynomial:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Polynomial):
            try:
                other = constant(other, self.ring)
            except ValueError:
                return False
        if self.ring is not other.ring or len(self) != len(other):
            return False
        if self._terms is None and other._terms is None:
            assert isinstance(self._packed, Packed) and isinstance(other._packed, Packed)
            return packed.same(self._packed, other._packed)
        return self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()) if any(self.terms) else self.value)  # a constant equals a number

    def __repr__(self) -> str:
        ordered = sorted(self.terms.items(), key=lambda term: (-sum(powers(term[0]).values()), term[0]))
        shown = " + ".join(_term(m, c) for m, c in ordered[:20]) or "0"
        shown = shown.replace("+ -", "- ")
        return shown if len(ordered) <= 20 else f"{shown} + … {len(ordered) - 20:,} more terms"

    def at(self, point: Mapping[int, Any]) -> Any:
        """The value at a point: what the indeterminates are, by number; 0 those that are not given."""
        total: Any = 0
        for m, c in self.terms.items():
            for i, n in powers(m).items():
                c = c * point.get(i, 0) ** n
            total = total + c
        return self.ring.canonical(total)

    @property
    def value(self) -> Any:
        """The coefficient that a constant is. Raises `MeaningError` where it is none."""
        if any(self.terms):
            raise MeaningError(f"the polynomial {self!r} is no constant")
        return self.terms.get(0, 0)


def _product(left: Mapping[int, Any], right: Mapping[int, Any], ring: Ring) -> dict[int, Any]:
    """The terms of a product, term by term."""
    small, large = sorted((left, right), key=len)
    terms: dict[int, Any] = {}
    for m, c in small.items():
        for n, d in large.items():
            terms[m + n] = terms[m + n] + c * d if m + n in terms else c * d
        if len(terms) > ring.budget:
            raise BudgetError(f"a polynomial of {len(terms):,} terms so far: the budget is {ring.budget:,}")
    if ring.coefficients.characteristic:
        terms = {m: ring.canonical(c) for m, c in terms.items()}
    return {m: c for m, c in terms.items() if c != 0}


def powers(monomial: int) -> dict[int, int]:
    """The exponents of a monomial, by the number of the indeterminate."""
    found, i = {}, 0
    while monomial:
        if monomial & LARGEST:
            found[i] = monomial & LARGEST
        monomial >>= WIDTH
        i += 1
    return found


_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _term(monomial: int, c: Any) -> str:
    factors = [f"x{i}{str(n).translate(_SUPERSCRIPTS) if n > 1 else ''}" for i, n in powers(monomial).items()]
    if c == 1 and factors:
        return " ".join(factors)
    return "-" + " ".join(factors) if c == -1 and factors else " ".join([str(c), *factors])


def constant(c: Any, ring: Ring) -> Polynomial:
    """A number as a polynomial; raises ValueError where it is no coefficient."""
    c = ring.coefficients.canonical(c)
    c = c.numerator if getattr(c, "denominator", None) == 1 else c  # integers are faster than fractions
    return Polynomial({0: c} if c != 0 else {}, ring, 0)


def polynomials(coefficients: Rig = RATIONAL, budget: int = 100_000, carries: frozenset[str] = ARITHMETIC) -> Rig:
    """Polynomials over a rig, in as many indeterminates as there are, of at most `budget` terms each, on the wires of
    the dtypes that it `carries`.

    Constants have inverses where they have some in the rig; anything else is divided by with a `MeaningError`. Raises
    `ObjectError` unless there is a rig, and a budget of one term or more. Asked again, it is the same rig.
    """
    if not isinstance(coefficients, Rig):
        raise ObjectError(
            with_line(f"polynomials are over a rig, not {coefficients!r}", "polynomials(cd.rigs.RATIONAL)")
        )
    if isinstance(budget, bool) or not isinstance(budget, int) or budget < 1:
        raise ObjectError(with_line(f"polynomials have a budget of one term or more, not {budget!r}"))
    return _polynomials(coefficients, budget, carries)


@lru_cache(maxsize=64)
def _polynomials(coefficients: Rig, budget: int, carries: frozenset[str]) -> Rig:
    ring = Ring(coefficients, budget)

    def entry(v: Any) -> Polynomial:
        if isinstance(v, Polynomial):
            if v.ring is not ring:
                raise ValueError(f"{v!r} is a polynomial over another rig")
            return v
        return constant(v, ring)

    def recip(p: Any) -> Polynomial:
        c = entry(p).value
        assert coefficients.recip is not None
        return constant(coefficients.recip(c), ring)

    def sample(rng: np.random.Generator) -> Polynomial:
        p = constant(0, ring)
        for _ in range(int(rng.integers(0, 4))):
            term = constant(coefficients.draw(rng).item(), ring)
            for i in rng.integers(0, 3, int(rng.integers(0, 3))).tolist():
                term = term * indeterminate(i, ring)
            p = p + term
        return p

    return Rig(
        name=f"{coefficients.name}[x]",
        neg=None if coefficients.neg is None else NEG,
        entry=entry,
        recip=None if coefficients.recip is None else recip,
        carries=carries,
        characteristic=coefficients.characteristic,
        agree=None if coefficients.agree is None else lambda p, q: _agree(coefficients, entry(p), entry(q)),
        rounds=coefficients.rounds,
        forward=coefficients.forward,
        sample=sample,
    )


def _agree(k: Rig, p: Polynomial, q: Polynomial) -> bool:
    assert k.agree is not None
    return all(k.agree(k.canonical(p.terms.get(m, 0)), k.canonical(q.terms.get(m, 0))) for m in {*p.terms, *q.terms})


def indeterminate(i: int, ring: Ring) -> Polynomial:
    """The i-th indeterminate."""
    return Polynomial({1 << (WIDTH * i): 1}, ring, 1)


def indeterminates(A: Object, k: Rig) -> list[Any]:
    """An indeterminate for every entry of every arithmetic wire of A, numbered in order; zeros on discrete ones."""
    zero = k.canonical(0)
    if not isinstance(zero, Polynomial):
        raise ArgumentError(
            with_line(f"there are indeterminates of polynomials, not of {k.name}", "cd.rigs.polynomials()")
        )
    ring, number, arrays = zero.ring, 0, list[Any]()
    for sort in A.wires:
        if sort.dtype.name not in k.carries:
            arrays.append(np.zeros(sort.shape, sort.dtype.carrier))
            continue
        x = np.empty(sort.shape, object)
        flat = x.reshape(-1)
        for j in range(x.size):
            flat[j] = indeterminate(number + j, ring)
        number += x.size
        arrays.append(x)
    return arrays


def multilinear(outputs: Sequence[Any]) -> bool:
    """Whether no indeterminate occurs with an exponent over 1."""
    return all(n == 1 for y in outputs for p in y.flat for m in p.terms for n in powers(m).values())
