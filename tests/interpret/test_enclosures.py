"""Intervals and balls: what they enclose, against exact arithmetic and against running error bounds."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import INTEGER, SMOOTH, morphisms, point, seeds
from samples import at

import catdiff as cd
from catdiff.errors import EvaluationError, MeaningError
from catdiff.interpret.balls import BALLS, Ball
from catdiff.interpret.certainty import UNKNOWN, Certainty, truth
from catdiff.interpret.exact import RATIONAL
from catdiff.interpret.interval import Interval, low_product, low_sum
from catdiff.interpret.intervals import INTERVALS
from catdiff.interpret.over import evaluate

A = cd.f64()
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
KINDS = {
    "intervals": (INTERVALS, lambda x, r: Interval(min(x, x + r), max(x, x + r))),
    "balls": (BALLS, lambda x, r: Ball(x, abs(r))),
}


@given(FLOATS, FLOATS)
def test_ends_are_rounded_outward_and_no_further(a, b):
    for rounded, exact in (
        (low_sum(a, b), Fraction(a) + Fraction(b)),
        (low_product(a, b), Fraction(a) * Fraction(b)),
    ):
        assert rounded == -math.inf or Fraction(rounded) <= exact
        above = math.nextafter(rounded, math.inf)
        above = math.nextafter(above, math.inf)  # a sum may be rounded down by a place where the nearest is below
        assert above == math.inf or Fraction(above) > exact


@pytest.mark.parametrize("kind", KINDS)
@given(morphisms(INTEGER, budget=4), seeds(), st.booleans())
def test_what_is_computed_exactly_is_enclosed(kind, f, seed, reverse):
    """At any numbers in the entries that are given, for f and for R[f]."""
    k, around = KINDS[kind]
    f = cd.R(f) if reverse else f
    rng = np.random.default_rng(seed)
    inside = [np.vectorize(float, [float])(x) + rng.normal(size=x.shape) for x in point(f.dom, seed)]
    given_ = [
        np.array([around(float(v), float(rng.normal())) for v in x.flat], object).reshape(x.shape) for x in inside
    ]
    for exact, enclosed in zip(evaluate(f, inside, RATIONAL), evaluate(f, given_, k), strict=True):
        assert all(number in k.entry(entry) for number, entry in zip(exact.flat, enclosed.flat, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@given(morphisms(SMOOTH, budget=4), seeds(), st.booleans())
def test_smooth_programs_are_enclosed(kind, f, seed, reverse):
    """A value with its running error bound meets the enclosure, at the point itself and of a neighbourhood of it."""
    k, around = KINDS[kind]
    f = cd.R(f) if reverse else f
    xs, rng = point(f.dom, seed), np.random.default_rng(seed)
    wide = [np.array([around(float(v), float(rng.normal() / 8)) for v in x.flat], object).reshape(x.shape) for x in xs]
    for args in (xs, wide):
        for known, enclosed in zip(cd.bounded(f, xs), evaluate(f, args, k), strict=True):
            for v, b, entry in zip(np.ravel(known.value), np.ravel(known.bound), enclosed.flat, strict=True):
                if math.isfinite(b):
                    assert k.entry(entry).meets(k.entry(Fraction(float(v))) + around(0.0, b) - around(0.0, -b))


@pytest.mark.parametrize("name", at(cd.f64))
def test_rows_at_a_point_and_around_it(name):
    """Every row that means something over intervals encloses what NumPy computes."""
    f = at(cd.f64)[name]
    xs = point(f.dom, 3)
    try:
        ys = evaluate(f, xs, INTERVALS)
    except MeaningError:
        return
    for known, enclosed in zip(cd.bounded(f, xs), ys, strict=True):
        if enclosed.dtype != object:
            assert np.array_equal(enclosed, known.value)
            continue
        for v, b, entry in zip(np.ravel(known.value), np.ravel(known.bound), enclosed.flat, strict=True):
            if isinstance(entry, Certainty):
                assert truth(bool(v)) == entry or entry == UNKNOWN
            elif math.isfinite(b):
                assert INTERVALS.entry(entry).meets(INTERVALS.entry(float(v)) + Interval(-b, b))


def test_rows_that_grow_are_known_at_both_ends():
    for f, φ in ((cd.exp(A), math.exp), (cd.tanh(A), math.tanh), (cd.atan(A), math.atan)):
        y = cd.over(f, INTERVALS)(Interval(-3, 2))
        assert y.low <= φ(-3) and φ(2) <= y.high and y.within(Interval(φ(-3) - 1e-12, φ(2) + 1e-12))


def test_what_is_tight():
    """No more than there is, where x occurs once."""
    x = Interval(-1, 2)
    for f, least, most in (
        (cd.abs(A), 0, 2),
        (cd.relu(A), 0, 2),
        (cd.pow(A, exponent=2), 0, 4),
        (cd.pow(A, exponent=3), -1, 8),
        (cd.floor(A), -1, 2),
        (cd.maximum(A, A), 0.5, 2),
    ):
        assert cd.over(f, INTERVALS)(*[x, 0.5][: len(f.dom)]) == Interval(least, most)
    assert cd.over(cd.max(cd.f64(2)), INTERVALS)([x, Interval(0, 1)]) == Interval(0, 2)
    assert cd.over(cd.sort(cd.f64(2)), INTERVALS)([x, -3]).tolist() == [-3, x]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exponent", [2.5, -1.5, 100, -3, 0])
def test_powers(kind, exponent):
    """Whole ones, of negative numbers too; others, and large ones, by their errors."""
    k, around = KINDS[kind]
    for x in (0.75, 1.25) if exponent != int(exponent) else (0.75, 1.25, -1.5):
        y = cd.over(cd.pow(A, exponent=exponent), k)(around(x, 1e-6))
        assert x**exponent in y and (x + 0.5e-6) ** exponent in y
        assert 10 + x**exponent not in y or abs(x**exponent) > 1e6


def test_constants_are_enclosed_and_no_more():
    assert INTERVALS.entry(0.1) == Interval(0.1, 0.1) and Fraction(1, 10) not in Interval(0.1, 0.1)
    third = INTERVALS.entry(Fraction(1, 3))
    assert Fraction(1, 3) in third and third.high == math.nextafter(third.low, 1)
    assert Fraction(1, 3) in BALLS.entry(Fraction(1, 3)) and BALLS.entry(3) == Ball(3.0)


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_be_is_unknown(kind):
    k, around = KINDS[kind]
    x, y = around(1.0, 0.5), around(1.25, 0.5)
    for row, holds in ((cd.lt, True), (cd.gt, False), (cd.le, True), (cd.eq, False), (cd.ne, True)):
        f = cd.over(row(A, A), k)
        assert f(x, y) == UNKNOWN and f(x, 7) == truth(holds)
    chosen = cd.over(CHOICE, k)(x, y)
    assert 10 in chosen and 20 in chosen
    assert cd.over(cd.logical_not(cd.bool()), k)(True) == truth(False)
    with pytest.raises(MeaningError, match="which entry it is"):
        cd.over(cd.argmax(cd.f64(2)), k)([x, y])


@cd.morphism(A, A)
def CHOICE(x, y):
    """10 where x < y, else 20."""
    return cd.where(x < y, 0.0 * x + 10.0, 0.0 * y + 20.0)


def test_truth_has_three_values():
    values = [truth(False), UNKNOWN, truth(True)]
    for i, a in enumerate(values):
        for j, b in enumerate(values):
            assert (a & b) == values[min(i, j)] and (a | b) == values[max(i, j)]
            assert (a ^ b) == (UNKNOWN if UNKNOWN in (a, b) else truth(i != j))
        assert ~a == values[2 - i]


@pytest.mark.parametrize("kind", KINDS)
def test_division_by_what_may_be_zero(kind):
    k, around = KINDS[kind]
    with pytest.raises(EvaluationError, match="0 is in"):
        cd.over(cd.recip(A), k)(around(-1.0, 2.0))
    assert Fraction(1, 3) in cd.over(cd.div(A, A), k)(1, 3)


def test_what_is_no_enclosure():
    with pytest.raises(ValueError, match="no number between"):
        Interval(2, 1)
    with pytest.raises(ValueError, match="0 or more"):
        Ball(1.0, -1.0)
    for k in (INTERVALS, BALLS):
        with pytest.raises(ValueError, match="no rational"):
            k.entry(math.inf)


def test_overflow_encloses_still():
    big = Interval(1e308, 1e308)
    assert (big * 10).high == math.inf and (big * 10).low == math.nextafter(math.inf, 0)
    assert (Ball(1e308) * 10).bound == math.inf
    assert cd.over(cd.log(A), INTERVALS)(Interval(-1, 1)) == Interval(-math.inf, math.inf)
