"""Taylor's laws: rules that are wrong alike in R and D, at some points only, in a derivative only, at any depth; and no
false alarm where a function has a kink, a jump or fast waves.
"""

import numpy as np
import pytest
from mutants import changed, planted

import catdiff as cd
from catdiff.laws.axioms.slopes import values, wrong_at

S, V = cd.f64(), cd.f64(3)
PAIR = V @ V


def _product(wrong):
    """A product whose factor for x is 0 at some points, in R and in D."""
    return {
        "R": lambda x, y, z̄: (cd.where(wrong(x, y), 0.0, y) * z̄, x * z̄),
        "D": lambda x, y, ẋ, ẏ: cd.where(wrong(x, y), 0.0, ẋ * y) + x * ẏ,
    }


def _unary(right, wrong):
    return {
        "R": lambda x, ȳ: cd.where(wrong(x), 0.5, right(x)) * ȳ,
        "D": lambda x, ẋ: ẋ * cd.where(wrong(x), 0.5, right(x)),
    }


ALIKE = {
    "where operands tie": ("mul", PAIR, _product(lambda x, y: x == y)),
    "at integers": ("mul", PAIR, _product(lambda x, y: cd.round(x) == x)),
    "at zero": ("sin", V, _unary(cd.cos, lambda x: x == 0.0)),
    "at large points": ("sin", V, _unary(cd.cos, lambda x: cd.abs(x) > 30.0)),
    "at tiny points": ("expm1", V, _unary(cd.exp, lambda x: cd.abs(x) < 1e-4)),
    "below zero": ("exp", V, _unary(cd.exp, lambda x: x < 0.0)),
    "everywhere": ("exp", V, _unary(cd.exp, lambda x: x == x)),
}


@pytest.mark.parametrize("where", ALIKE)
def test_rules_that_are_wrong_alike_are_found_wherever_they_are_wrong(where):
    row, A, rules = ALIKE[where]
    f = changed(row, A, **rules)
    assert cd.laws.check(f, laws="ADJ.1", points=16).ok
    for g, law in ((f, "TAYLOR.1"), (planted(f), "TAYLOR.3")):
        report = cd.laws.check(g, laws=law, points=32, raises=False)
        assert report.violations, str(report)
        assert "×" in report.counterexample.blame if row == "mul" else report.counterexample.blame.startswith(row)


@pytest.mark.parametrize("where", ["at zero", "at tiny points"])
def test_a_second_derivative_that_is_wrong_at_some_points_only(where):
    row, A, rules = ALIKE[where]
    inner = changed(row, A, **rules)
    f = changed("exp", A, forward=lambda x: -np.cos(x) if row == "sin" else np.expm1(x) - x, **_rules(inner))
    assert cd.laws.check(f, laws=["ADJ.1", "TAYLOR.1"], points=16).ok
    report = cd.laws.check(f, laws="TAYLOR.2", points=16, raises=False)
    assert report.violations and report.counterexample.blame.startswith(row), str(report)


def _rules(f):
    return {"R": lambda x, ȳ: f(x) * ȳ, "D": lambda x, ẋ: ẋ * f(x)}


# -- how deep a mistake may lie ---------------------------------------------------------------------------------


def wave(depth, **wrong):
    """A sine of which the derivative of this order is made of the generator with the mistake."""
    f = changed("sin", V, **wrong)
    for k in range(depth):
        f = changed("exp", V, forward=_antiderivative(k), error=None, **_rules(f))
    return f


def _antiderivative(k):
    return [lambda x: -np.cos(x), lambda x: -np.sin(x), np.cos, np.sin][k % 4]


WRONG = _unary(lambda x: 2.0 * cd.cos(x), lambda x: x != x)


@pytest.mark.parametrize("boxes", [0, 3])
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_the_box_to_blame_is_the_one_whose_two_rules_are_wrong_alike_at_any_depth(depth, boxes):
    f = planted(wave(depth, **WRONG))
    for k in range(boxes):
        f = f.box(f"box {k}")
    report = cd.laws.check(f, laws=["ADJ.3", "TAYLOR"], points=16, raises=False)
    assert {"TAYLOR.3"} <= {x.law for x in report.violations} and not report.law("ADJ.3")[0].counterexample
    for finding in report.violations:
        assert finding.counterexample.blame.startswith("sin"), str(finding.counterexample)


def test_a_mistake_that_only_third_derivatives_show():
    """R of the function and of its derivative are right; only a generator of the third derivative has a wrong R."""
    f = wave(2, R=lambda x, ȳ: 2.0 * cd.cos(x) * ȳ)
    assert cd.laws.check(f, laws=["ADJ.1", "ADJ.2", "TAYLOR.1", "TAYLOR.2", "H.1"], points=8).ok
    report = cd.laws.check(f, laws=["ADJ.3"], points=8, raises=False)
    assert report.counterexample.blame.startswith("sin"), str(report)


def test_a_generator_that_says_it_is_locally_constant():
    report = cd.laws.check(planted(changed("sin", V, R=None, D=None, locally_constant=True)), points=16, raises=False)
    assert {"TAYLOR.1", "TAYLOR.3"} <= {x.law for x in report.violations}
    assert all(x.counterexample.blame.startswith("sin") for x in report.violations)


# -- no false alarm ---------------------------------------------------------------------------------------------

X, Y = cd.id(S) @ cd.discard(S), cd.discard(S) @ cd.id(S)
KINKED = {
    "abs": cd.abs(V),
    "relu": cd.relu(V),
    "relu squared": cd.relu(V) * cd.relu(V),
    "median of three": cd.morphism(V)(lambda x: cd.sort(x)[1]),
    "sorted": cd.sort(V),
    "largest": cd.max(V),
    "largest product": cd.max(V) * cd.min(V),
    "hypot": cd.hypot(S, S),
    "angle": cd.atan2(S, S),
    "odd and homogeneous": cd.pair(X * X * X, X * X + Y * Y) >> cd.ratio,
    "ratio": cd.ratio(S, S),
    "x log y": cd.xlogy(S, S),
    "floor": cd.floor(V),
    "round and back": cd.round(V) * cd.id(V),
    "step": cd.step(V),
    "fast waves": 1000.0 * cd.id(V) >> cd.sin,
    "waves in waves": cd.square(V) >> cd.exp >> cd.sin,
    "a steep sigmoid": 1e6 * cd.id(V) >> cd.sigmoid,
    "a guard": cd.morphism(V)(lambda x: cd.where(cd.abs(x) < 1e-9, 0.0, x * cd.exp(x))),
    "a guarded quotient": cd.morphism(V, V)(lambda x, y: cd.where(cd.abs(y) < 1e-12, 0.0, x / y)),
    "norm": cd.norm(V),
    "std": cd.std(V),
    "square root": cd.sqrt(V),
    "fractional power": cd.pow(V, exponent=1.5),
    "narrow cone": cd.morphism(S, S)(lambda x, y: cd.relu(x - 10.0 * cd.abs(y))),
}


@pytest.mark.parametrize("name", KINKED)
@pytest.mark.parametrize(("make", "seed"), [("f64", 0), ("f32", 1)])
def test_kinks_are_no_mistakes(name, make, seed):
    f = KINKED[name] if make == "f64" else _single(KINKED[name])
    report = cd.laws.check(f, laws=["TAYLOR.1", "TAYLOR.2"], points=32, seed=seed, raises=False)
    assert not report.violations, str(report)


def _single(f):
    """f between casts from and to f32."""
    there, back = cd.id(cd.UNIT), cd.id(cd.UNIT)
    for A in f.dom:
        there = there @ cd.cast(cd.f32(*A.shape), dtype="f64")
    for B in f.cod:
        back = back @ cd.cast(B, dtype="f32")
    return there >> f >> back


def test_slopes_tell_a_wrong_rule_from_a_kink():
    zero = [np.zeros(3)]

    def rule(factor):
        return lambda w: (factor * w[0], np.zeros(3))

    def asked(f, factor):
        return wrong_at(zero, lambda p: values(f, p), rule(factor), np.random.default_rng(1))

    assert asked(cd.sin(V), 1.0) is False and asked(cd.sin(V), 0.9) is True and asked(cd.square(V), 0.0) is False
    assert asked(cd.abs(V), 0.0) is not True and asked(cd.abs(V), 1.0) is None and asked(cd.recip(V), 1.0) is None


@pytest.mark.parametrize("factor", [1.02, 1.1, 2.0])
@pytest.mark.parametrize("name", ["exp", "cos"])
def test_single_precision_shows_two_per_cent(name, factor):
    right = {"exp": cd.exp, "cos": lambda x: -1.0 * cd.sin(x)}[name]
    f = changed(
        name,
        cd.f32(3),
        R=lambda x, ȳ: factor * right(x) * ȳ,
        D=lambda x, ẋ: factor * right(x) * ẋ,
    )
    assert cd.laws.check(f, laws="TAYLOR.1", raises=False).violations


@pytest.mark.parametrize("make", [cd.f64, cd.f32])
def test_no_number_where_there_is_a_slope(make):
    f = changed("expm1", make(3), R=lambda x, ȳ: x / x * cd.exp(x) * ȳ, D=lambda x, ẋ: x / x * cd.exp(x) * ẋ)
    assert cd.laws.check(f, laws="TAYLOR.1", raises=False).violations


@pytest.mark.parametrize("name", ["sqrt", "log", "recip"])
def test_no_number_where_there_is_no_slope(name):
    assert cd.laws.check(getattr(cd, name)(V), laws="TAYLOR, FIN").ok
