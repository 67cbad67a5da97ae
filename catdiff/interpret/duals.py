"""Forward duals of any order, over any rig: `k[ε]/εⁿ⁺¹`, numbers with their derivatives along a curve.

An entry is `x₀ + x₁ε + … + xₙεⁿ`, with coefficients in k. Run over it, a program f gives
`f(x + ẋε) = f(x) + D[f](x, ẋ)ε`, and at order n the coefficients of Taylor's series along the curve:

>>> import catdiff as cd
>>> from catdiff.interpret.exact import RATIONAL
>>> cube = cd.pow(cd.f64(), exponent=3)
>>> cd.over(cube, duals(RATIONAL, 3))(dual(2, 1))
8 + 12 ε + 6 ε² + 1 ε³
>>> k = duals(duals(RATIONAL))                                   # an ε over an ε: mixed second derivatives
>>> cd.over(cd.mul(cd.f64(), cd.f64()), k)(dual(dual(2, 1)), dual(3, 1))
(6 + 3 ε) + (2 + 1 ε) ε

No derivative of a row is written a second time here. A polynomial runs over any rig; for another, y = φ(x) has
`y′ = D[φ](x, x′)`, where D is the row's own and a program: run at order n − 1 it gives y to order n, up to a constant
of integration that is φ(x₀). So whatever means something over k and has a D means something over its duals, at kinks
what D says, and second derivatives divide by 2.

>>> cd.over(cd.exp(cd.f64()), duals(order=3))(dual(0.0, 1.0))
1.0 + 1.0 ε + 0.5 ε² + 0.16666666666666666 ε³

Source: Wengert, A simple automatic derivative evaluation program (1964); Griewank and Walther, Evaluating Derivatives
(2nd ed.), ch. 13.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.morphism import Atom, Morphism
from ..category.structure import wiring
from ..derivative.native import jvp
from ..errors import MeaningError, NoDerivativeError, ObjectError, with_line, without_line
from ..generators.rig import NEG, Rig, objects
from .functor import run
from .over import over
from .reals import REALS


@dataclass(frozen=True, eq=False)
class Jets:
    """Where the coefficients are, and how many there are besides the first."""

    coefficients: Rig
    order: int

    def coefficient(self, c: Any) -> Any:
        """A number, or a sum of products of coefficients, as a coefficient."""
        return self.coefficients.canonical(c)


class Dual:
    """`x₀ + x₁ε + …`, its coefficients in `terms`; of a rig once that is known. Immutable."""

    __slots__ = ("jets", "terms")

    def __init__(self, terms: tuple[Any, ...], jets: Jets | None) -> None:
        self.terms, self.jets = terms, jets

    def __add__(self, other: Any) -> Dual:
        a, b = self.terms, _padded(other, len(self.terms))
        return self._made([x if _zero(y) else y if _zero(x) else x + y for x, y in zip(a, b, strict=True)])

    def __mul__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return self._made([x * other for x in self.terms])
        n = len(self.terms)
        terms: list[Any] = [0] * n
        right = [(j, y) for j, y in enumerate(_padded(other, n)) if not _zero(y)]
        for i, x in enumerate(self.terms):
            for j, y in right if not _zero(x) else ():
                if i + j < n:
                    terms[i + j] = x * y if _zero(terms[i + j]) else terms[i + j] + x * y
        return self._made(terms)

    def __neg__(self) -> Dual:
        return self._made([-x for x in self.terms])

    def __sub__(self, other: Any) -> Dual:
        return self + -_lifted(other, self.jets)

    def __rsub__(self, other: Any) -> Dual:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def _made(self, terms: Sequence[Any]) -> Dual:
        """Coefficients of sums and products, as coefficients."""
        jets = self.jets
        if jets is not None and jets.coefficients.characteristic:
            terms = [jets.coefficient(c) for c in terms]
        return Dual(tuple(terms), jets)

    def __eq__(self, other: object) -> bool:
        n = max(len(self.terms), len(other.terms) if isinstance(other, Dual) else 1)
        return _padded(self, n) == _padded(other, n)

    def __hash__(self) -> int:
        last = max((i for i, c in enumerate(self.terms) if c != 0), default=0)  # as equal ones with fewer, and numbers
        return hash(self.terms[: last + 1] if last else self.terms[0])

    def __repr__(self) -> str:
        shown = [f"({c!r})" if isinstance(c, Dual) else str(c) for c in self.terms]
        letters = ["", *(f" ε{str(i).translate(_POWERS) if i > 1 else ''}" for i in range(1, len(shown)))]
        return " + ".join([c + ε for c, ε in zip(shown, letters, strict=True)]).replace("+ -", "- ")


_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _zero(c: Any) -> bool:
    """Whether a coefficient is one that was never there."""
    return type(c) is int and c == 0


def _padded(x: Any, n: int) -> tuple[Any, ...]:
    terms = x.terms if isinstance(x, Dual) else (x,)
    return (*terms[:n], *[0] * (n - len(terms)))


def _lifted(x: Any, jets: Jets | None) -> Dual:
    return x if isinstance(x, Dual) else Dual((x,), jets)


def dual(*terms: Any) -> Dual:
    """`x₀ + x₁ε + x₂ε² + …`: a value, its derivative along a curve, half the second one, and so on."""
    return Dual(terms, None)


def duals(coefficients: Rig = REALS, order: int = 1) -> Rig:
    """`k[ε]/εⁿ⁺¹`, forward duals of order n over a rig k, by default over floats. Raises `ObjectError` unless n ≥ 1.

    What divides, or is compared, does so by its first coefficient. Raises `MeaningError` where derivatives mean nothing
    over k.
    """
    if not isinstance(coefficients, Rig):
        raise ObjectError(with_line(f"duals are over a rig, not {coefficients!r}", "duals(cd.rigs.REALS, order=2)"))
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ObjectError(with_line(f"duals have an order n ≥ 1, not {order!r}", "duals(order=2)"))
    if coefficients.forward:
        raise MeaningError(f"there are no duals over {coefficients.name}: {coefficients.forward}")
    return _duals(coefficients, order)


@lru_cache(maxsize=64)
def _duals(k: Rig, order: int) -> Rig:
    jets = Jets(k, order)

    def entry(v: Any) -> Dual:
        if not isinstance(v, Dual):
            return Dual((jets.coefficient(v), *[0] * order), jets)
        if v.jets is jets:
            return v
        if v.jets is None and len(v.terms) <= order + 1:
            return Dual(tuple([jets.coefficient(c) for c in _padded(v, order + 1)]), jets)
        if v.jets is None:
            raise ValueError(f"{v!r} has more than {order + 1} coefficients")
        if k.entry is not None:  # an entry of k, where k is duals itself
            return Dual((jets.coefficient(v), *[0] * order), jets)
        raise ValueError(f"{v!r} is a dual over another rig")

    def recip(v: Any) -> Dual:
        assert k.recip is not None
        terms = entry(v).terms
        first = k.recip(terms[0])
        found = [first]
        for j in range(1, order + 1):
            total: Any = 0
            for i in range(1, j + 1):
                total = total + terms[i] * found[j - i]
            found.append(-first * total)
        return entry(0)._made(found)

    def choose(c: Any, x: Any, y: Any) -> Any:
        if k.truth is None:
            return x if c else y
        if not isinstance(x, Dual) and not isinstance(y, Dual):
            return k.choose(c, x, y)
        return entry(dual(*[k.choose(c, a, b) for a, b in zip(entry(x).terms, entry(y).terms, strict=True)]))

    return Rig(
        name=f"{k.name}[ε]" if order == 1 else f"{k.name}[ε]/ε{str(order + 1).translate(_POWERS)}",
        neg=None if k.neg is None else NEG,
        entry=entry,
        recip=None if k.recip is None else recip,
        truth=k.truth,
        choose=choose,
        derived=partial(_derived, k, order),
        carries=k.carries,
        characteristic=k.characteristic,
        agree=None if k.agree is None else lambda x, y: _agree(k, entry(x), entry(y)),
        rounds=k.rounds,
        sample=lambda rng: entry(dual(*k.draw(rng, (order + 1,)).tolist())),
    )


def _agree(k: Rig, x: Dual, y: Dual) -> bool:
    assert k.agree is not None
    return all(k.agree(a, b) for a, b in zip(x.terms, y.terms, strict=True))


# -- rows that are no polynomials ------------------------------------------------------------------------------------


def parts(x: Any, order: int) -> list[Any]:
    """The arrays of the coefficients of an array of duals; of order 0, of entries of k itself, the one there is."""
    if not order:
        return [x]
    flat = objects([_padded(v, order + 1) for v in x.ravel().tolist()])
    return [objects([v[j] for v in flat]).reshape(x.shape) for j in range(order + 1)]


def whole(k: Rig, coefficients: Sequence[Any]) -> Any:
    """And back: an array over k, or over its duals, from those of coefficients."""
    if len(coefficients) == 1:
        return k.embed(np.asarray(coefficients[0]))
    lists = [np.asarray(c).ravel().tolist() for c in coefficients]
    flat = objects([dual(*terms) for terms in zip(*lists, strict=True)])
    return duals(k, len(lists) - 1).embed(flat.reshape(np.shape(coefficients[0])))


def _derived(k: Rig, order: int, rig: Rig, lab: Label) -> Callable[..., Any]:
    """What a row means over duals: its value at the first coefficients, and the integral of its D."""
    base, sorts = over(k), lab.cod.wires
    compute = base.kernel(lab)
    moving = [i for i, s in enumerate(lab.dom.wires) if s.dtype.name in rig.carries - {"bool"}]
    still = lab.row.locally_constant or all(s.dtype.kind == "discrete" for s in sorts)
    slopes = None if still else _tangent(lab, moving)

    def apply(*xs: Any) -> Any:
        split = {i: parts(xs[i], order) for i in moving}
        made = compute(*[whole(k, split[i][:1]) if i in split else x for i, x in enumerate(xs)])
        made = (made,) if len(sorts) == 1 else made
        ys = [[base.checked(y, s, port)] for port, (y, s) in enumerate(zip(made, sorts, strict=True))]
        if slopes is not None:
            given = [whole(k, split[i][:order]) if i in split else x for i, x in enumerate(xs)]
            ẋ = [whole(k, [j * c for j, c in enumerate(split[i])][1:]) for i in moving]
            ẏ = run(slopes.net, [*given, *ẋ], over(duals(k, order - 1) if order > 1 else k))
            ys = [y + _integral(k, parts(d, order - 1)) for y, d in zip(ys, ẏ, strict=True)]
        out = [y[0] if s.dtype.kind == "discrete" else _joined(k, order, y) for y, s in zip(ys, sorts, strict=True)]
        return out[0] if len(out) == 1 else tuple(out)

    return apply


def _joined(k: Rig, order: int, coefficients: Sequence[Any]) -> Any:
    """An array of duals from the coefficients that are not zero."""
    zeros = np.zeros(np.shape(coefficients[0]), object)
    return whole(k, [*coefficients, *[zeros] * (order + 1 - len(coefficients))])


def _integral(k: Rig, slope: Sequence[Any]) -> list[Any]:
    """The coefficients past the first of what has these for a derivative: each over its number."""
    if len(slope) > 1 and k.recip is None:
        raise MeaningError(
            f"derivatives of order {len(slope)} are divided by {len(slope)}, and there is no division over {k.name}"
        )
    entry = k.entry or (lambda v: v)
    return [slope[0], *[c * k.recip(entry(j)) for j, c in enumerate(slope[1:], 2) if k.recip is not None]]


def _tangent(lab: Label, moving: Sequence[int]) -> Morphism:
    """`D[φ] : A ⊗ A → B`, from the row's own D, with tangents for the inputs that are moving; made once."""
    key = ("tangent", tuple(moving))
    if key not in lab.memo:
        try:
            pushed = jvp(Atom(lab), wires=moving)
        except NoDerivativeError as error:
            raise MeaningError(f"duals need a derivative: {without_line(str(error))}") from None
        n = len(lab.cod)
        lab.memo[key] = pushed >> wiring(pushed.cod, range(n, 2 * n))
    return lab.memo[key]
