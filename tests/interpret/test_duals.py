"""Duals of any order: against D, against polynomials in one letter, and against duals over duals."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import INTEGER, SMOOTH, morphisms, point, seeds, values
from samples import at, draw

import catdiff as cd
from catdiff.errors import CatdiffError, EvaluationError, MeaningError
from catdiff.interpret.duals import Dual, _padded, dual, duals
from catdiff.interpret.exact import INTEGERS, MOD, RATIONAL
from catdiff.interpret.interval import Interval
from catdiff.interpret.intervals import INTERVALS
from catdiff.interpret.over import evaluate
from catdiff.interpret.polynomial import indeterminate, polynomials
from catdiff.interpret.reals import REALS
from catdiff.interpret.rigs import RIGS
from catdiff.interpret.tropical import MAX_PLUS
from catdiff.laws.subject import generators_of

A = cd.f64()


def along(x, ẋ, make=dual):
    """An array made of the entries of two."""
    return np.array([*map(make, x.ravel().tolist(), ẋ.ravel().tolist()), None], object)[:-1].reshape(x.shape)


def moving(xs, ẋs, make=dual):
    """Points and tangents as duals; discrete ones, which have no tangents, as they are."""
    return [x if ẋ is None else along(x, ẋ, make) for x, ẋ in zip(xs, ẋs, strict=True)]


def coefficient(y, i):
    return np.array([v.terms[i] if isinstance(v, Dual) else v for v in y.flat]).reshape(y.shape)


ROWS = {
    name: f
    for name, f in at(cd.f64).items()
    if all(s.dtype.kind != "complex" for label in generators_of(f) for s in (*label.dom.wires, *label.cod.wires))
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("reverse", [False, True])
def test_the_first_order_is_D(name, reverse):
    """Of every row, and of its R, over floats; where they are undefined, both are."""
    f = cd.R(ROWS[name]) if reverse else ROWS[name]
    rng = np.random.default_rng(0)
    xs = [draw(rng, s) for s in f.dom.wires]
    ẋs = [None if s.dtype.kind == "discrete" else rng.normal(size=s.shape).astype(s.dtype.carrier) for s in f.dom.wires]
    with np.errstate(all="ignore"):
        ys = evaluate(f, moving(xs, ẋs), duals())
        still = [np.zeros(x.shape, x.dtype) if t is None else t for x, t in zip(xs, ẋs, strict=True)]
        both = values(cd.jvp(f), [*xs, *still])
    for y, v, ẏ in zip(ys, both[: len(ys)], both[len(ys) :], strict=True):
        if y.dtype == object:
            known = 1e-6 if "f32" in f"{f}" else 1e-12  # duals are float64 on f32 wires too
            np.testing.assert_allclose(coefficient(y, 0), v, rtol=known, atol=known)
            np.testing.assert_allclose(coefficient(y, 1), ẏ, rtol=1e3 * known, atol=1e3 * known)
        else:
            assert np.array_equal(y, v)


@given(morphisms(INTEGER, budget=4), seeds(), st.integers(1, 4), st.booleans())
def test_orders_are_coefficients_of_a_polynomial(f, seed, n, reverse):
    """f(x + tẋ) as a polynomial in t, cut off after tⁿ."""
    f = cd.R(f) if reverse else f
    xs, ẋs = point(f.dom, seed), point(f.dom, seed + 1)
    k = polynomials()
    t = indeterminate(0, k.entry(0).ring)
    lines = moving(xs, ẋs, lambda a, b: k.entry(int(a)) + int(b) * t)
    for y, p in zip(evaluate(f, moving(xs, ẋs), duals(RATIONAL, n)), evaluate(f, lines, k), strict=True):
        for i in range(n + 1):
            assert coefficient(y, i).ravel().tolist() == [q.terms.get(i, 0) for q in p.flat]


@given(morphisms(SMOOTH, budget=4), seeds())
def test_the_second_order_is_half_of_a_dual_of_a_dual(f, seed):
    """f(x + ẋ(ε + δ)): what stands at εδ is twice what stands at ε²."""
    xs, ẋs = point(f.dom, seed), point(f.dom, seed + 1)
    nested = moving(xs, ẋs, lambda a, b: dual(dual(a, b), b))
    for y, z in zip(evaluate(f, moving(xs, ẋs), duals(order=2)), evaluate(f, nested, duals(duals())), strict=True):
        twice = 2 * np.asarray(coefficient(y, 2), float)
        mixed = np.array([float(_padded(v.terms[1], 2)[1]) for v in z.flat]).reshape(z.shape)
        np.testing.assert_allclose(mixed, twice, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize(
    ("f", "series"),
    [
        (cd.sin(A), [0, 1, 0, -1 / 6, 0, 1 / 120]),
        (cd.exp(A), [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120]),
        (cd.log1p(A), [0, 1, -1 / 2, 1 / 3, -1 / 4, 1 / 5]),
        (cd.tan(A), [0, 1, 0, 1 / 3, 0, 2 / 15]),
        (cd.atan(A), [0, 1, 0, -1 / 3, 0, 1 / 5]),
        (cd.asin(A), [0, 1, 0, 1 / 6, 0, 3 / 40]),
        (cd.softplus(A), [np.log(2), 1 / 2, 1 / 8, 0, -1 / 192, 0]),
    ],
)
def test_series_that_are_in_any_table(f, series):
    np.testing.assert_allclose(cd.over(f, duals(order=5))(dual(0.0, 1.0)).terms, series, atol=1e-15)


def test_division_is_that_of_series():
    (y,) = evaluate(cd.recip(A), [dual(2, 1)], duals(RATIONAL, 3))
    assert y[()].terms == (Fraction(1, 2), Fraction(-1, 4), Fraction(1, 8), Fraction(-1, 16))
    assert duals(MOD(7), 2).recip(dual(3, 1, 4)) * dual(3, 1, 4) == 1
    with pytest.raises(EvaluationError, match="ZeroDivisionError"):
        evaluate(cd.recip(A), [dual(0, 1)], duals(RATIONAL))


def test_slopes_are_enclosed():
    """Over intervals: the slope of sin on [0, 1/8] is within what is given."""
    y = cd.over(cd.sin(A), duals(INTERVALS))(dual(Interval(0, 0.125), 1))
    assert all(float(np.cos(x)) in y.terms[1] for x in np.linspace(0, 0.125, 9))


def test_kinks_are_as_D_has_them():
    k = duals()
    assert cd.over(cd.abs(A), k)(dual(0.0, 1.0)).terms == (0.0, 0.0)
    assert cd.over(cd.maximum(A, A), k)(dual(1.0, 4.0), dual(1.0, 2.0)).terms == (1.0, 3.0)
    assert cd.over(cd.floor(A), k)(dual(1.5, 1.0)) == 1
    assert cd.over(cd.gt(A, A), k)(dual(1.0, 4.0), 0.5)
    assert cd.over(cd.sort(cd.f64(2)), k)([dual(2.0, 1.0), dual(1.0, 5.0)])[0].terms == (1.0, 5.0)


def test_boxes_are_opened():
    f = (cd.sin(A).box("wave") >> cd.square).box("outer")
    assert cd.over(f, duals(order=2))(dual(0.0, 1.0)).terms == (0.0, 0.0, 1.0)
    with pytest.raises(MeaningError, match="outer / wave / sin: sin means nothing over ℚ"):
        cd.over(f, duals(RATIONAL))(1)


@pytest.mark.parametrize("order", [0, -1, 1.5, True])
def test_orders_that_are_none(order):
    with pytest.raises(CatdiffError, match="order n ≥ 1"):
        duals(RATIONAL, order)


def test_what_has_no_duals():
    with pytest.raises(MeaningError, match="no duals over"):
        duals(MAX_PLUS)
    with pytest.raises(MeaningError, match="divided by 2"):
        cd.over(cd.sign(A) * cd.relu(A), duals(INTEGERS, 2))(dual(1, 1))
    with pytest.raises(ValueError, match="more than 2 coefficients"):
        duals(RATIONAL).entry(dual(1, 2, 3))
    with pytest.raises(ValueError, match="is no real number"):
        duals().entry(duals(RATIONAL).entry(1))


def test_one_rig_for_each():
    assert duals() is duals(REALS, 1) is duals(order=1) and duals(order=2) is not duals()


@pytest.mark.parametrize("k", [RATIONAL, INTERVALS, RIGS["balls"]], ids=lambda k: k.name)
@pytest.mark.parametrize("x", [-1, 1])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_slopes_at_kinks_are_those_of_the_side_one_is_on(k, x, order):
    """A choice between duals by a truth of the rig is made as the rig does, coefficient by coefficient."""
    for f, slope in ((cd.relu(A), max(x, 0)), (cd.abs(A), x), (cd.relu(A) >> cd.relu, max(x, 0))):
        terms = cd.over(f, duals(k, order))(dual(x, 1)).terms
        assert list(terms) == [max(0, x) if slope != x or x > 0 else 1, slope, *[0] * (order - 1)]


def test_choices_of_duals_at_many_points_are_made_point_by_point():
    k = duals(RIGS["Z2 bits"])
    at_ = RIGS["Z2 bits"].entry
    c = cd.rigs.Bits(0b10, at_(1).mask)
    chosen = k.choose(c, k.entry(dual(at_(1), 1)), k.entry(0))
    assert [v.word for v in chosen.terms] == [0b10, 0b10]


@pytest.mark.parametrize("make", [duals, polynomials])
def test_over_the_rig_of_a_dtype_they_are_reduced(make):
    k = make(RIGS["z2"])
    assert k.entry(1) + 1 == 0 and k.entry(3) == 1
    with pytest.raises(ValueError, match=r"0\.5 is not in ℤ₂"):
        k.entry(0.5)
    assert cd.laws.check_rig(k, programs=1, points=4).verdict == "lawful"
