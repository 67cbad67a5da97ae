"""Families: a type from either neighbour, chains and tensors of them, attributes; objects, arrays, wires, numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import SMOOTH, few, morphisms, objects

import catdiff as cd
from catdiff.category.binder import build
from catdiff.errors import SignatureError

A, B = cd.f64(3), cd.f64(2, 3)
UNARY = st.sampled_from([cd.sin, cd.exp, cd.neg, cd.tanh, cd.relu])


@given(UNARY, UNARY, UNARY, objects(SMOOTH, least=1))
def test_the_type_comes_from_either_side(F, G, H, X):
    whole = F(X) >> G(X) >> H(X)
    assert F(X) >> G >> H == whole
    assert F >> G(X) >> H == whole
    assert F >> G >> H(X) == whole
    assert F >> (G >> H(X)) == whole == (F >> G) >> H(X) == F(X) >> (G >> H)
    assert (F >> G >> H)(X) == (F >> (G >> H))(X) == whole
    assert cd.id(X) >> (F >> G) >> H == whole == F >> G >> H >> cd.id(X)


@few
@given(morphisms(SMOOTH), UNARY, morphisms(SMOOTH))
def test_between_morphisms_and_beside_them(f, F, g):
    if len(f.cod):
        assert f >> F == f >> F(f.cod)
    if len(g.dom):
        assert F >> g == F(g.dom) >> g
    X = f.dom @ A
    assert (f @ F)(X) == f @ F(A)
    assert (F @ f)(A @ f.dom) == F(A) @ f
    assert cd.id(X) >> f @ F == f @ F(A)


def test_tensors_share_out_the_wires():
    X, Y = cd.f64(2), cd.f64()
    assert (cd.sin @ cd.exp)(X, Y) == cd.sin(X) @ cd.exp(Y)
    assert (cd.sin @ cd.mul)(X @ Y @ Y) == cd.sin(X) @ cd.mul(Y, Y)
    assert (cd.sin @ cd.concat)(X, X, X) == cd.sin(X) @ cd.concat(X, X)
    assert (cd.sin @ cd.exp >> cd.mul)(X, X) == cd.sin(X) @ cd.exp(X) >> cd.mul
    assert cd.id(X @ Y) >> cd.sin @ cd.exp == cd.sin(X) @ cd.exp(Y)
    for wrong in (X, X @ Y @ Y):
        with pytest.raises(SignatureError, match=r"cannot share out .* to cd.sin @ cd.exp"):
            (cd.sin @ cd.exp)(wrong)
    with pytest.raises(SignatureError, match="cannot share out"):
        (cd.concat @ cd.concat)(X, X)


def test_a_type_that_does_not_follow():
    with pytest.raises(SignatureError, match=r"the type of cd.mul does not follow") as caught:
        cd.mul >> cd.sin(A)
    assert "hint: cd.mul(object)" in str(caught.value)
    with pytest.raises(SignatureError, match=r"the type of cd.sum"):
        cd.sum >> cd.sin(cd.f64())


def test_attributes_can_come_first_with_the_object_or_by_position():
    assert cd.sum(axis=0)(B) == cd.sum(B, axis=0) == cd.sum(B, 0) == (cd.id(B) >> cd.sum(axis=0))
    assert cd.sum(axis=0)(axis=1)(B) == cd.sum(B, axis=1)
    assert cd.sin(B) >> cd.sum(axis=-1) >> cd.exp == cd.sin(B) >> cd.sum(B, axis=1) >> cd.exp(cd.f64(2))
    assert cd.pow(exponent=3)(A) == cd.pow(A, exponent=3)
    assert repr(cd.sum(axis=0)) == "cd.sum(axis=0)" and repr(cd.sin) == "cd.sin"
    assert repr(cd.sin >> cd.sum(axis=0) >> cd.exp) == "cd.sin >> cd.sum(axis=0) >> cd.exp"
    np.testing.assert_array_equal(cd.sum(np.ones((2, 3)), axis=0), [2, 2, 2])
    np.testing.assert_array_equal(cd.sum(axis=1)(np.ones((2, 3))), [3, 3])


@pytest.mark.parametrize(
    "call",
    [
        lambda: cd.sin(A, 3),
        lambda: cd.sin(1.0, 2.0),
        lambda: cd.sum(A, 0, False, 3),
        lambda: build(A, lambda x: cd.sin(x, x)),
        lambda: build(A, lambda x: cd.sum(x, x)),
        lambda: cd.mul(A, A, A),
        lambda: cd.sin(cd.UNIT),
        lambda: cd.sum(A, axis=1),
        lambda: cd.sum(A, axis=(0, 0)),
        lambda: cd.sin(cd.z2()),
    ],
)
def test_operands_and_attributes_that_do_not_fit(call):
    with pytest.raises(SignatureError):
        call()


def test_arrays_evaluate_and_numbers_take_their_dtype():
    x = np.array([0.5, 1.0, 2.0])
    np.testing.assert_array_equal(cd.sin(x), np.sin(x))
    assert cd.mul(x.astype("f4"), 2.0).dtype == np.float32
    assert cd.add(1, np.float64(2)) == 3.0
    assert cd.mul(np.array([2, 3]), 2).tolist() == [4, 6]
    assert cd.sin(0.0) == 0.0 and isinstance(cd.sin(0.0), np.float64)
    assert (cd.sin >> cd.exp)(x).tolist() == np.exp(np.sin(x)).tolist()


def test_wires_build():
    f = build(A @ A, lambda x, y: (cd.sin >> cd.exp)(x) + cd.mul(y, 2.0))
    assert (
        f
        == cd.pair(cd.id(A) @ cd.discard(A) >> cd.sin >> cd.exp, cd.discard(A) @ build(A, lambda y: cd.mul(y, 2.0)))
        >> cd.add
    )
    g = build(A, lambda x: cd.mul(2.0, x))
    np.testing.assert_array_equal(g([1, 2, 3]), [2, 4, 6])


@pytest.mark.parametrize("other", [3, None, "f", 2.5, A, [cd.sin]])
def test_what_is_no_program_does_not_compose(other):
    for f in (cd.sin(A), cd.sin, cd.sin >> cd.exp):
        for attempt in (lambda f=f: f >> other, lambda f=f: f @ other, lambda f=f: other >> f, lambda f=f: other @ f):
            with pytest.raises(TypeError):
                attempt()


def test_an_array_is_no_program_either():
    x = np.ones(3)
    for f in (cd.sin(A), cd.sin):
        for attempt in (lambda f=f: f >> x, lambda f=f: x >> f, lambda f=f: f @ x, lambda f=f: x @ f):
            with pytest.raises(TypeError):
                attempt()
