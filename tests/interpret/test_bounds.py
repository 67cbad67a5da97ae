"""Running error bounds of whole programs: right at every order of differentiation, tight enough to see what is wrong,
honest where they cannot know.
"""

import warnings

import numpy as np
import pytest
from hypothesis import given
from precise import EXTENDED, distance, precisely
from programs import INTEGER, MIXED, SMOOTH, few, morphisms, point, seeds

import catdiff as cd
from catdiff.errors import ArgumentError, EvaluationError
from catdiff.interpret.bounds import Bounded, Worst, bounded, worst
from catdiff.laws.procedures import floating

extended = pytest.mark.skipif(not EXTENDED, reason="no float type here has more digits than a double")
A = cd.f64(3)
X = np.array([0.3, -1.2, 2.5])


def of(f, *xs):
    return bounded(f, xs)[0]


def _held(f, xs):
    """The bounds of f at xs, which are seen to hold."""
    bs = bounded(f, xs)
    for b, exact in zip(bs, precisely(f, xs), strict=True):
        assert np.all((distance(b.value, exact) <= b.bound * (1 + 2.0**-9)) | np.isnan(distance(b.value, exact))), f
    return bs


@extended
@given(morphisms(SMOOTH), seeds())
def test_bounds_of_random_programs_hold(f, seed):
    for b in _held(f, point(f.dom, seed)):
        assert np.all(b.bound <= 1e-9 * (1 + np.max(np.abs(b.value), initial=0.0)))


@extended
@given(morphisms(SMOOTH, budget=3), seeds())
def test_bounds_of_their_derivatives_hold(f, seed):
    for g in (cd.R(f), cd.R(cd.R(f)), cd.D(f)):
        for b in _held(g, point(g.dom, seed)):
            assert np.all(b.bound <= 1e-7 * (1 + np.max(np.abs(b.value), initial=0.0)))


@extended
@given(morphisms(MIXED), seeds())
def test_bounds_of_programs_over_all_dtypes_hold(f, seed):
    _held(f, point(f.dom, seed))


@given(morphisms(SMOOTH, budget=4), seeds())
def test_two_roads_to_one_derivative_are_within_their_bounds(f, seed):
    """D from R, and D by the rows' own rules, which share no rule."""
    n, D, both = len(f.cod), cd.D(f), cd.jvp(f)
    xs = point(D.dom, seed)
    assert all(w.ratio <= 1 and not w.unknown for w in worst(bounded(D, xs), bounded(both, xs)[n:]))


@few
@given(morphisms(SMOOTH), seeds())
def test_values_are_those_of_numpy_bit_for_bit(f, seed):
    xs = point(f.dom, seed)
    y = f(*xs)
    for b, v in zip(bounded(f, xs), y if isinstance(y, tuple) else (y,), strict=True):
        assert np.asarray(b.value).tobytes() == np.asarray(v).tobytes()
        assert b.bound.dtype == np.float64


@few
@given(morphisms(INTEGER), seeds())
def test_exact_programs_are_exact(f, seed):
    try:
        bs = bounded(f, point(f.dom, seed))
    except EvaluationError:  # it outgrows 64 bits
        return
    assert all(not np.any(b.bound) for b in bs)


def test_what_is_moved_or_constant_is_exact():
    f = cd.const(X) @ cd.zero(A) >> cd.concat(A, A) >> cd.flip
    assert not np.any(of(f).bound)
    third = of(cd.const(1 / 3, "f32") >> cd.cast(cd.f32(), "f64"))
    assert not np.any(third.bound)
    assert of(cd.cast(cd.f64(), "f32"), 1 / 3).bound > 0


def test_a_bound_is_close_to_the_error():
    rng, ratios = np.random.default_rng(0), []
    f = cd.matmul(cd.f64(4, 4), cd.f64(4)) >> cd.tanh >> cd.exp >> cd.sum
    for g in (f, cd.R(f)):
        for _ in range(40):
            xs = [rng.normal(size=s.shape) for s in g.dom.wires]
            for b, exact in zip(bounded(g, xs), precisely(g, xs), strict=True):
                ratios.append(np.max(b.bound) / max(np.max(distance(b.value, exact)), 1e-300))
    assert 1 < np.median(ratios) < 100


def test_a_sum_of_many_terms():
    n = 1000
    b = of(cd.sum(cd.f64(n)), np.full(n, 0.1))
    assert abs(float(b.value) - 100) <= b.bound <= 2 * n * 2.0**-53 * 100


def test_a_box_is_its_interior():
    f = (cd.sin(A) >> cd.exp).box("inner").box("outer")
    assert worst(bounded(f, [X]), bounded(f.flatten(), [X])) == [Worst(0.0, (0,), 0)]
    np.testing.assert_array_equal(of(f, X).bound, of(f.flatten(), X).bound)


def test_deep_boxes_do_not_recurse():
    f = cd.sin(cd.f64())
    for _ in range(1500):
        f = f.box("b")
    assert 0 < of(f, 0.5).bound < 1e-15


# -- what cannot be known ----------------------------------------------------------------------------------------


def test_nothing_is_warned_about_and_what_is_lost_is_said():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        b = of(cd.log(cd.f64(4)), np.array([-1.0, 0.0, np.nan, 1.0]))
        assert np.isinf(b.bound).tolist() == [True, True, True, False]
        assert np.isinf(of(cd.exp(cd.f64()), 1000.0).bound)
        assert np.isinf(of(cd.matmul(cd.f32(1, 1), cd.f32(1, 1)), np.float32([[1e30]]), np.float32([[1e30]])).bound)
        assert np.isinf(of(cd.recip(cd.f64()), Bounded(np.array(1.0), np.array(2.0))).bound)


def test_an_infinity_that_is_given_is_exact_where_it_is_only_moved():
    x = np.array([-np.inf, 1.0, 2.0])
    assert of(cd.max(A), x).bound == 0
    assert np.all(of(cd.softmax(A), x).bound < 1e-14)
    assert np.isinf(of(cd.sum(A), x).bound)


def test_underflow_has_a_bound():
    b = of(cd.mul(cd.f64(), cd.f64()), 1e-200, 1e-200)
    assert b.value == 0 < b.bound < 1e-320
    assert of(cd.mul(cd.f64(), cd.f64()), 1e-200, 0.0).bound == 0


def test_a_choice_in_reach_is_open_and_one_out_of_reach_is_not():
    less = cd.lt(cd.f64(2), cd.f64(2)) >> cd.logical_not
    x = Bounded(np.array([1.0, 2.0]), np.array([0.2, 0.05]))
    assert bounded(less, [x, np.array([1.1, 2.1])])[0].bound.tolist() == [np.inf, 0]
    chosen = cd.where(cd.bool(2), cd.f64(2), cd.f64(2))
    c = Bounded(np.array([True, True]), np.array([np.inf, 0]))
    np.testing.assert_allclose(of(chosen, c, np.ones(2), 4 * np.ones(2)).bound, [3, 0], rtol=1e-5)
    assert of(cd.cast(cd.bool(2), "f64"), c).bound[0] == pytest.approx(1)
    assert of(cd.floor(cd.f64()), Bounded(np.array(2.9), np.array(1.2))).bound == pytest.approx(2)
    assert of(cd.any(cd.bool(2)), c).bound == 0
    assert of(cd.all(cd.bool(2)), c).bound == np.inf


def test_an_open_index_makes_what_it_looks_up_unknown_and_nothing_else():
    f = cd.gather(cd.f64(3), cd.index(2))
    index = Bounded(np.array([0, 2]), np.array([0.0, np.inf]))
    assert of(f, X, index).bound.tolist() == [0, np.inf]
    g = cd.scatter_add(cd.f64(2), cd.index(2), n=3)
    assert np.isinf(of(g, X[:2], index).bound).all()


def test_an_unknown_operand_spoils_what_it_meets_only():
    x = Bounded(np.ones((2, 2)), np.array([[0.0, np.inf], [0.0, 0.0]]))
    f = cd.matmul(cd.f64(2, 2), cd.f64(2))
    assert np.isinf(of(f, x, np.ones(2)).bound).tolist() == [True, False]
    assert np.isfinite(of(f, x, np.array([1.0, 0.0])).bound).all()
    assert np.isfinite(of(cd.mul(cd.f64(2, 2), cd.f64(2, 2)), x, np.eye(2)).bound).all()


# -- generators that do not say ----------------------------------------------------------------------------------


def test_a_generator_without_the_column_is_tried_out_and_the_bound_says_so():
    cube = cd.generator("test bounds cube", forward=lambda x: x**3)
    f = cd.sin(A) >> cube(A)
    b = of(f, X)
    assert b.empirical
    assert b.guessed == {"test bounds cube"}
    assert np.all((np.abs(b.value - np.sin(X.astype(np.longdouble)) ** 3) <= b.bound) & (b.bound < 1e-13))
    assert not of(cd.sin(A), X).empirical
    (left, right) = bounded(f @ cd.sin(A), [X, X])
    assert (left.empirical, right.empirical) == (True, False)
    assert of(cube(A) >> cd.sum, X).empirical


def test_a_generator_with_the_column_is_not():
    square = cd.generator(
        "test bounds square",
        forward=np.square,
        error=cd.rounding.smooth(lambda x, e, y: (2 * abs(x) + e) * e, ulps=0.5),
    )
    b, c = of(cd.sin(A) >> square(A), X), of(cd.sin(A) >> cd.square, X)
    assert not b.empirical
    np.testing.assert_allclose(b.bound, c.bound, rtol=1e-6)


def test_a_bound_of_another_shape_is_said():
    bad = cd.generator("test bounds shape", forward=np.negative, error=lambda label: lambda xs, es, y: np.zeros(7))
    with pytest.raises(EvaluationError, match=r"test bounds shape: TypeError: .*its bound has the shape \[7\]"):
        bounded(bad(A), [X])


def test_arguments_that_do_not_fit():
    with pytest.raises(ArgumentError, match="takes 1 argument"):
        bounded(cd.sin(A), [X, X])
    with pytest.raises(ArgumentError, match="argument 0 lies on"):
        bounded(cd.sin(A), [np.ones(4)])
    with pytest.raises(ArgumentError, match="its bound has the shape"):
        bounded(cd.sin(A), [Bounded(X, np.zeros(2))])


# -- comparing ---------------------------------------------------------------------------------------------------


def test_worst_says_where():
    left = [Bounded(np.array([1.0, 2.0, np.nan]), np.array([0.1, 0.1, np.inf]))]
    right = [Bounded(np.array([1.0, 3.0, 0.0]), np.array([0.1, 0.4, 0.0]))]
    (w,) = worst(left, right)
    assert (w.index, w.unknown) == ((1,), 1)
    assert w.ratio == pytest.approx(2)
    exact = [Bounded(np.array([1, 2]), np.zeros(2))], [Bounded(np.array([1, 3]), np.zeros(2))]
    assert worst(*exact) == [Worst(np.inf, (1,), 0)]
    assert worst([Bounded(np.zeros(0), np.zeros(0))] * 1, [Bounded(np.zeros(0), np.zeros(0))]) == [Worst(0.0, None, 0)]


def test_an_infinity_is_certain_or_says_nothing():
    """One that was handed on is what it is; one that overflowed has no bound. Both comparisons see it so."""
    inf, sure, lost = np.array([np.inf, -np.inf, 1.0]), np.zeros(3), np.full(3, np.inf)
    given, same = Bounded(inf, sure), Bounded(inf.copy(), sure)
    assert worst([given], [same]) == [Worst(0.0, (0,), 0)]
    (w,) = worst([given], [Bounded(np.array([3.0, -np.inf, 1.0]), sure)])
    assert (w.ratio, w.index) == (np.inf, (0,))
    assert worst([given], [Bounded(np.zeros(3), lost)]) == [Worst(0.0, (0,), 3)]
    infinite, huge = cd.discard(cd.f64()) >> cd.const(np.inf), cd.discard(cd.f64()) >> cd.const(3.0)
    assert floating.decide(infinite, infinite + cd.id(cd.f64()), 4).held
    assert floating.decide(infinite, huge, 4).violated
    overflowed = 1000.0 + cd.id(cd.f64()) >> cd.exp
    assert floating.decide(overflowed, huge, 4, inputs=[[1.0]]).strength == "undecided"


@pytest.mark.parametrize("off", [1e-12, 1e-10, 1e-6])
def test_a_factor_that_rounding_is_not_is_seen(off):
    f = cd.softmax(A) >> cd.tanh >> cd.sum
    R = cd.R(f)
    wrong = R * (1 + off)
    (w,) = worst(bounded(R, [X, 1.0]), bounded(wrong, [X, 1.0]))
    assert w.ratio > 1
