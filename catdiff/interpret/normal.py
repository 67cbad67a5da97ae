"""What is equal: normal forms of polynomial programs, and which programs may stand for each other before R.

A polynomial program over a commutative rig *is* its normal form, coefficient by coefficient, and so is its derivative:
equal normal forms, equal reverse derivatives. Over Z₂ that is more than being the same function: `x·x` and `x` agree on
both bits, and R of them does not. Of circuits whose polynomials are multilinear the two notions are one.

>>> import catdiff as cd
>>> x = cd.id(cd.z2())
>>> normal_form((x + 1) * (x + 1)), normal_form(x + 1)
(x0² + 1, x0 + 1)
>>> is_multilinear(x + 1), is_multilinear((x + 1) * (x + 1))
(True, False)
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ..category.families import Family
from ..category.morphism import Morphism
from ..errors import ArgumentError, BudgetError, EvaluationError, MeaningError, SignatureError, with_line, without_line
from ..generators.rig import ARITHMETIC, Rig
from .exact import MOD, RATIONAL
from .over import evaluate
from .polynomial import Polynomial, indeterminates, multilinear, polynomials, powers

BUDGET = 100_000  # terms of a polynomial


def coefficients(f: Morphism, budget: int = BUDGET) -> tuple[Rig, Rig]:
    """The coefficients and the polynomials for the arithmetic wires of f: mod 2 where they are bits, else over ℚ."""
    names = {s.dtype.name for s in (*f.dom.wires, *f.cod.wires) if s.dtype.kind != "discrete"}
    if "c128" in names or ("z2" in names and len(names) > 1):
        raise MeaningError(with_line(f"wires of {' and '.join(sorted(names))} have no common rig of coefficients"))
    base, carries = (MOD(2), frozenset({"z2"})) if "z2" in names else (RATIONAL, ARITHMETIC - {"z2"})
    return base, polynomials(base, budget, carries)


# -- normal forms ----------------------------------------------------------------------------------------------


def normal_form(f: Morphism, budget: int = BUDGET) -> Any:
    """f as polynomials in the entries of its inputs, x0, x1, … in order: an array for each output, bare if it is one.

    Coefficients are in ℤ₂ where wires are bits, else in ℚ. Raises `MeaningError` where a generator is no polynomial, or
    an input is discrete; `BudgetError` where a polynomial has more than `budget` terms. Both name the box.

    >>> import catdiff as cd
    >>> normal_form(cd.dot(cd.f64(2), cd.f64(2)) >> cd.square)
    x0² x2² + 2 x0 x1 x2 x3 + x1² x3²
    """
    ys = _normal_form(f, budget)
    found = tuple([y if y.shape else y[()] for y in ys])
    return found[0] if len(found) == 1 else found


def _normal_form(f: Morphism, budget: int) -> list[np.ndarray]:
    _indeterminate(f)
    _, k = coefficients(f, budget)
    try:
        return evaluate(f, indeterminates(f.dom, k), k)
    except EvaluationError as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, BudgetError):
            cause = cause.__cause__
        if cause is None:
            raise
        place = " / ".join([*error.path, error.generator or ""])
        raise BudgetError(with_line(f"{place}: {without_line(str(cause))}")) from None


def _indeterminate(f: Morphism) -> None:
    """Raises `MeaningError` where no letter can stand for an input, `ArgumentError` where there is no program."""
    programs(f)
    for i, s in enumerate(f.dom.wires):
        if s.dtype.kind == "discrete":
            raise MeaningError(with_line(f"input {i} lies on {s}, for which no indeterminate stands"))


# -- functions and polynomials ---------------------------------------------------------------------------------


class Support:
    """Which indeterminates something may depend on, as bits of a word; and whether it is surely multilinear in them."""

    __slots__ = ("letters", "linear")

    def __init__(self, letters: int, linear: bool) -> None:
        self.letters, self.linear = letters, linear

    def __add__(self, other: Any) -> Support:
        other = support(other)
        return Support(self.letters | other.letters, self.linear and other.linear)

    def __mul__(self, other: Any) -> Support:
        other = support(other)
        apart = not self.letters & other.letters
        return Support(self.letters | other.letters, apart and self.linear and other.linear)

    def __neg__(self) -> Support:
        return self

    __radd__ = __sub__ = __rsub__ = __add__
    __rmul__ = __mul__


def support(v: Any) -> Support:
    """An entry of the rig of supports; a number depends on nothing."""
    return v if isinstance(v, Support) else Support(0, True)


@lru_cache(maxsize=4)
def supports(carries: frozenset[str]) -> Rig:
    """Supports, on wires of these dtypes. + and × of them are coarser than those of polynomials: a bound, no rig."""
    return Rig(name="supports", entry=support, carries=carries)


def _apart(f: Morphism) -> bool:
    """Whether all products of f are of things that depend on different inputs: then no polynomial need be made."""
    k, args, number = supports(coefficients(f)[1].carries), list[Any](), 0
    for s in f.dom.wires:
        x = np.empty(s.shape, object)
        flat = x.reshape(-1)
        for i in range(s.size):
            flat[i] = Support(1 << number + i, True)
        args.append(x)
        number += s.size
    try:
        ys = evaluate(f, args, k)
    except MeaningError:  # such as a division by a constant
        return False
    return all(support(v).linear for y in ys for v in np.ravel(y))


def is_multilinear(f: Morphism, budget: int = BUDGET) -> bool:
    """Whether no input occurs with an exponent over 1 in the normal form of f.

    Over Z₂ the polynomials of such circuits are the functions they define: equal functions have equal normal forms, and
    the reverse derivative is the Boolean difference f(x) + f(x + eᵢ). Raises as `normal_form` does.

    >>> import catdiff as cd
    >>> is_multilinear(cd.mul(cd.z2(), cd.z2())), is_multilinear(cd.copy(cd.z2()) >> cd.mul)
    (True, False)
    """
    _indeterminate(f)
    return _apart(f) or multilinear(_normal_form(f, budget))


def programs(*fs: Any) -> None:
    """Raises `ArgumentError` unless all of these are morphisms, or families, which say themselves what they lack."""
    for f in fs:
        if not isinstance(f, Morphism | Family):
            raise ArgumentError(with_line(f"a morphism is taken here, not {f!r}"))


def difference(left: Morphism, right: Morphism, functions: bool = False, budget: int = BUDGET) -> str | None:
    """How the normal forms of two programs differ, in words; None where they are equal.

    With `functions` it is functions that are compared: on bits xⁿ is x. Over ℚ that is the same.
    """
    programs(left, right)
    if (left.dom, left.cod) != (right.dom, right.cod):
        raise SignatureError(with_line(f"equal morphisms have one type: {left} and {right}"))
    if left == right:
        return None
    base, _ = coefficients(left)
    for i, (y, z) in enumerate(zip(_normal_form(left, budget), _normal_form(right, budget), strict=True)):
        for p, q in zip(y.flat, z.flat, strict=True):
            if p == q:
                continue
            alike = base.characteristic == 2 and isinstance(p, Polynomial) and not _odd(p + q)
            if not (alike and functions):
                why = ": one function, but R differs" if alike else ""
                return f"output {i} is {p!r} on one side and {q!r} on the other{why}"
    return None


def _odd(p: Polynomial) -> set[frozenset[int]]:
    """The function that a polynomial over ℤ₂ is, as its monomials once xⁿ is x."""
    found: set[frozenset[int]] = set()
    for m in p.terms:
        found ^= {frozenset(powers(m))}
    return found
