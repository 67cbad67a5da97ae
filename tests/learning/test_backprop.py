"""Learn: a category, and gradient descent a functor to it; all exactly, over the rationals."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import few

import catdiff as cd
from catdiff.interpret.exact import RATIONAL
from catdiff.interpret.over import evaluate
from catdiff.learning.backprop import Backprop, Learn

A = cd.f64()
RATE = 0.25
F = Backprop(RATE)
PIECES = [
    cd.para(cd.mul(A, A), slope="ones"),
    cd.para(cd.add(A, A), offset="ones"),
    cd.para(cd.square(A) @ cd.id(A) >> cd.mul, scale="ones"),
    cd.para(cd.id(A) @ cd.square(A) >> cd.add, shift="ones"),
    cd.para(cd.square(A)),
    cd.para(cd.id(A) @ cd.mul(A, A) >> cd.add, a="ones", b="ones"),
]
pieces = st.sampled_from(PIECES)
polynomials = st.lists(pieces, min_size=1, max_size=3).map(lambda fs: fs[0] if len(fs) == 1 else _chain(fs))
rationals = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 5))


def _chain(fs):
    whole = fs[0]
    for f in fs[1:]:
        whole = whole >> f
    return whole


def exact(f, point):
    return [x.item() for x in evaluate(f, list(point), RATIONAL)]


def views(k):
    return k.implement, k.update, k.request


def same(data, one, two):
    """Equal at a random rational point: the types, and the numbers exactly."""
    assert (one.P, one.dom, one.cod) == (two.P, two.dom, two.cod)
    for f, g in zip(views(one), views(two), strict=True):
        point = data.draw(st.lists(rationals, min_size=len(f.dom), max_size=len(f.dom)))
        assert exact(f, point) == exact(g, point)


@few
@given(polynomials, polynomials, st.data())
def test_backprop_is_a_functor(f, g, data):
    same(data, F(f >> g), F(f) >> F(g))


@few
@given(polynomials, polynomials, st.data())
def test_and_a_monoidal_one(f, g, data):
    same(data, F(f @ g), F(f) @ F(g))


@few
@given(st.data())
def test_the_identity_requests_what_it_is_told(data):
    same(data, F(cd.id(A)), Learn.id(A))


@few
@given(pieces, pieces, pieces)
def test_learn_is_a_category_as_diagrams(f, g, h):
    f, g, h = F(f), F(g), F(h)
    assert (f >> g) >> h == f >> (g >> h)
    assert Learn.id(A) >> f == f == f >> Learn.id(A)


@few
@given(pieces, pieces, pieces, pieces, st.data())
def test_interchange(f, g, h, k, data):
    """Up to the order of the parameters."""
    one, two = (F(f) >> F(g)) @ (F(h) >> F(k)), (F(f) @ F(h)) >> (F(g) @ F(k))
    p, q, r, s = [
        data.draw(st.lists(rationals, min_size=len(m.parameters), max_size=len(m.parameters))) for m in (f, g, h, k)
    ]
    rest = data.draw(st.lists(rationals, min_size=4, max_size=4))
    assert exact(one.request, [*p, *q, *r, *s, *rest]) == exact(two.request, [*p, *r, *q, *s, *rest])


@few
@given(polynomials, st.data())
def test_a_step_is_gradient_descent_of_half_the_square(f, data):
    n = len(f.parameters)
    E = f.body @ cd.id(A) >> cd.losses.half_squared.at(A @ A)
    point = data.draw(st.lists(rationals, min_size=n + 2, max_size=n + 2))
    slopes = exact(cd.R(E), [*point, Fraction(1)])[: n + 1]
    want = [x - (Fraction(RATE) if i < n else 1) * s for i, (x, s) in enumerate(zip(point, slopes, strict=False))]
    assert exact(F(f).update, point) + exact(F(f).request, point) == want


@few
@given(polynomials, st.data())
def test_points_become_changes_and_these_are_the_chain_rule(f, data):
    lens = F(f).changes(RATE)
    point = data.draw(st.lists(rationals, min_size=len(lens.put.dom), max_size=len(lens.put.dom)))
    assert exact(lens.put, point) == exact(cd.R(f.body), point)
    assert lens.get == f.body


def test_equal_programs_of_different_requests_are_different():
    f = F(PIECES[0])
    lazy = Learn(f.trees, f.implement, f.update, cd.discard(A @ A) @ cd.id(A))
    assert lazy != f


def test_types_are_checked():
    f = F(PIECES[0])
    with pytest.raises(cd.CatdiffError, match="implement is P ⊗ A → B"):
        Learn(f.trees, f.implement, f.request @ f.request, f.request)
    with pytest.raises(cd.CatdiffError, match="request is P ⊗ A ⊗ B → A"):
        Learn(f.trees, f.implement, f.update, f.implement)
    with pytest.raises(cd.CatdiffError, match="cannot compose"):
        f >> F(cd.sin(cd.f64(2)))
