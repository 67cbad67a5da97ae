"""Polynomials as arrays: what is packed is what was there, and arithmetic on arrays is arithmetic on terms."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import INTEGER, few, morphisms

from catdiff.errors import BudgetError
from catdiff.interpret import packed, polynomial
from catdiff.interpret.exact import INTEGERS, MOD, RATIONAL
from catdiff.interpret.over import evaluate
from catdiff.interpret.polynomial import Polynomial, indeterminates, polynomials

NUMBERS = st.one_of(st.integers(-9, 9), st.fractions(-3, 3, max_denominator=12), st.integers(-(2**70), 2**70))


@st.composite
def terms(draw, numbers=NUMBERS):
    """Terms in a few of many letters."""
    letters = draw(st.lists(st.integers(0, 40), min_size=1, max_size=draw(st.sampled_from((1, 3, 12)))))
    found = {}
    for _ in range(draw(st.integers(0, 12))):
        m = sum(draw(st.integers(0, 3)) << 16 * i for i in set(letters))
        c = draw(numbers)
        c = c.numerator if c.denominator == 1 else c
        if c:
            found[m] = c
    return found


def by_terms(p, q, modulus, times):
    """A sum or a product, with fractions, by the book."""
    found = {} if times else dict(p)
    for m, c in q.items():
        for n, d in p.items() if times else ((0, 1),):
            found[m + n] = found.get(m + n, 0) + c * d
    return {m: c % modulus if modulus else c for m, c in found.items() if (c % modulus if modulus else c)}


def degree(*ps):
    return sum(max([sum(polynomial.powers(m).values()) for m in p], default=0) for p in ps)


@given(terms())
def test_there_and_back(p):
    found = packed.pack(p)
    assert found is None or packed.unpacked(found) == p
    assert (
        found is not None
        or len({i for m in p for i in polynomial.powers(m)}) > 12
        or max(abs(c) for c in p.values()) * 12**12 > 2**60
    )


@given(terms(), terms(), st.sampled_from((0, 2, 6)), st.booleans())
def test_arrays_do_what_terms_do(p, q, modulus, times):
    if modulus:
        p, q = ({m: int(c) % modulus for m, c in x.items() if int(c) % modulus} for x in (p, q))
    a, b = packed.pack(p), packed.pack(q)
    if a is None or b is None:
        return
    found = packed.product(a, b, degree(p, q), modulus) if times else packed.total(a, b, degree(p, q), modulus)
    want = by_terms(p, q, modulus, times)
    if found is None:  # it did not fit
        sizes = [abs(Fraction(c)) for x in (p, q) for c in x.values()]
        crowded = len({*a.letters, *b.letters}) > 8
        assert crowded or max(sizes) > 2**20 or a.denominator * b.denominator > 1
    else:
        assert packed.unpacked(found) == want
        assert packed.same(found, found) and found.values.all()
        other = packed.pack(want)
        assert other is None or packed.same(found, other)


def test_products_in_several_blocks(monkeypatch):
    p = packed.pack({i: i + 1 for i in range(60)})
    want = packed.unpacked(packed.product(p, p, 120))
    assert want == by_terms(packed.unpacked(p), packed.unpacked(p), 0, True)
    monkeypatch.setattr(packed, "BLOCK", 128)
    monkeypatch.setattr(packed, "KEPT", 0)
    assert packed.unpacked(packed.product(p, p, 120)) == want
    with pytest.raises(BudgetError, match=r"of \d+ terms so far: the budget is 70"):
        packed.product(p, p, 120, budget=70)


def test_what_does_not_fit_has_no_packed_form():
    assert packed.pack({0: 2**62}) is None and packed.pack({0: Fraction(1, 2**62)}) is None
    assert packed.pack({0: 1.0}) is None
    assert packed.pack({sum(1 << 16 * i for i in range(64)): 1}) is None  # 64 letters
    assert packed.pack({sum(2 << 16 * i for i in range(40)): 1}) is None  # squares of 40, with a bit for each
    large, square = packed.pack({0: 2**40}), packed.pack({3: 1})
    assert packed.product(large, large, 0) is None
    assert packed.total(packed.pack({0: 2**62 - 1}), large, 0) is None
    assert packed.product(square, square, 2**16) is None


@pytest.mark.parametrize("k", [RATIONAL, INTEGERS, MOD(2), MOD(6)], ids=repr)
@given(f=morphisms(INTEGER, budget=6))
@few
def test_it_is_not_seen_from_outside(k, f):
    """The normal form with everything in arrays, and with everything term by term."""
    found = []
    for many in (0, 10**9):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(polynomial, "MANY", many)
            ring = polynomials(k, 20_000)
            found.append([p for y in evaluate(f, indeterminates(f.dom, ring), ring) for p in y.flat])
    for p, q in zip(*found, strict=True):
        assert p == q and q == p and p.terms == q.terms and hash(p) == hash(q) and repr(p) == repr(q)
        assert all(type(c) in (int, Fraction) for c in p.terms.values())


def test_other_polynomials_are_not_equal():
    ring = polynomials(INTEGERS).entry(0).ring
    rng = np.random.default_rng(0)
    p = Polynomial(packed.pack({int(m): 1 for m in rng.permutation(50)}), ring, 50)
    q = Polynomial(packed.pack(dict.fromkeys(range(49), 1) | {49: 2}), ring, 50)
    r = Polynomial(packed.pack({m << 16: 1 for m in range(50)}), ring, 50)
    assert p != q and p != r and p == Polynomial(dict.fromkeys(range(50), 1), ring, 50) and p == p + 0
