"""The elementwise language at the ends of its range and at its kinks: no NaN, no needless overflow."""

import math

import numpy as np
import pytest

import catdiff as cd
from catdiff.category.binder import build
from catdiff.errors import SignatureError

S = cd.f64()
ENDS = [-1e3, -40.0, -1.0, 0.0, 1e-9, 1.0, 40.0, 1e3]


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


@pytest.mark.parametrize("x", ENDS)
@pytest.mark.parametrize(
    ("name", "value", "slope"),
    [
        ("sigmoid", sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
        ("tanh", math.tanh, lambda x: 4 * sigmoid(2 * x) * sigmoid(-2 * x)),
        ("softplus", lambda x: max(x, 0) + math.log1p(math.exp(-abs(x))), sigmoid),
        ("erf", math.erf, lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x)),
        ("atan", math.atan, lambda x: 1 / (1 + x * x)),
    ],
)
def test_saturating_functions_at_their_ends(name, value, slope, x):
    """Value, R, the row's own D and the second derivative, all finite and the first three right to 1e-12."""
    f = getattr(cd, name)(S)
    np.testing.assert_allclose(f(x), value(x), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(cd.R(f)(x, 1.0), slope(x), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(cd.jvp(f)(x, 1.0)[1], slope(x), rtol=1e-9, atol=1e-15)
    assert np.isfinite(cd.R(cd.R(f))(x, 1.0, 1.0)).all()


@pytest.mark.parametrize("x", [-1e3, -30.0, -1e-12, 1e-12, 1.0])
def test_expm1_and_log1p_are_exact_near_0(x):
    np.testing.assert_allclose(cd.expm1(x), math.expm1(x), rtol=1e-15)
    np.testing.assert_allclose(cd.R(cd.expm1(S))(x, 1.0), math.exp(x), rtol=1e-15)
    if x > -1:
        np.testing.assert_allclose(cd.log1p(x), math.log1p(x), rtol=1e-15)
        np.testing.assert_allclose(cd.R(cd.log1p(S))(x, 1.0), 1 / (1 + x), rtol=1e-15)


@pytest.mark.parametrize(("x", "y"), [(1e3, -1e3), (-1e3, 1e3), (1e3, 1e3), (-1e3, -1e3), (0.0, 0.0)])
def test_logaddexp(x, y):
    f = cd.logaddexp(S, S)
    assert f(x, y) == np.logaddexp(x, y)
    want = (sigmoid(x - y), sigmoid(y - x))
    np.testing.assert_allclose(cd.R(f)(x, y, 1.0), want, rtol=1e-13)
    np.testing.assert_allclose([cd.jvp(f)(x, y, 1.0, 0.0)[1], cd.jvp(f)(x, y, 0.0, 1.0)[1]], want, rtol=1e-13)


@pytest.mark.parametrize("name", ["hypot", "atan2"])
def test_the_origin_has_derivative_0(name):
    f = getattr(cd, name)(S, S)
    assert cd.R(f)(0.0, 0.0, 1.0) == (0, 0)
    assert cd.jvp(f)(0.0, 0.0, 1.0, 2.0) == (0, 0)
    assert np.isfinite(cd.R(cd.R(f))(0.0, 0.0, 1.0, 1.0, 1.0)).all()
    big = cd.R(f)(3e200, 4e200, 1.0)
    np.testing.assert_allclose(big, (0.6, 0.8) if name == "hypot" else (0.16e-200, -0.12e-200), rtol=1e-12)


def test_xlogy_at_0():
    f = cd.xlogy(S, S)
    assert f(0.0, 0.0) == 0 and f(0.0, 2.0) == 0
    assert cd.R(f)(0.0, 0.0, 1.0) == (0, 0)
    assert cd.jvp(f)(0.0, 0.0, 1.0, 1.0) == (0, 0)
    assert cd.R(f)(0.0, 2.0, 1.0) == (math.log(2), 0)  # where there is a derivative, it is that
    assert np.isfinite(cd.R(cd.R(f))(0.0, 0.0, 1.0, 1.0, 1.0)).all()
    np.testing.assert_array_equal(cd.hessian(f)(0.0, 2.0), (0, 0.5, 0.5, 0))


def test_the_gradient_of_an_entropy_has_no_nan():
    f = build(cd.f64(3), lambda p: -cd.xlogy(p, cd.maximum(p, 1e-300)).sum())
    assert np.isfinite(cd.grad(f)(np.array([0.0, 0.5, 0.5]))).all()


def test_ratio_is_0_where_its_divisor_is():
    f = cd.ratio(S, S)
    for g, n in ((f, 2), (cd.R(f), 3), (cd.R(cd.R(f)), 5)):
        assert np.isfinite(g(2.0, 0.0, *[1.0] * (n - 2))).all()
    assert f(6.0, 3.0) == 2 and f(6.0, 0.0) == 0


@pytest.mark.parametrize(
    ("f", "x", "gradient"),
    [
        (cd.abs(S), (0.0,), (0.0,)),
        (cd.relu(S), (0.0,), (0.0,)),
        (cd.maximum(S, S), (1.0, 1.0), (0.5, 0.5)),
        (cd.minimum(S, S), (1.0, 1.0), (0.5, 0.5)),
        (build(S @ S, lambda x, y: cd.where(x >= y, x, y)), (1.0, 1.0), (1.0, 0.0)),
        (cd.clip(S, 0.0, 1.0), (0.0,), (0.5,)),
        (cd.clip(S, low=0.0), (2.0,), (1.0,)),
        (cd.clip(S, high=1.0), (2.0,), (0.0,)),
        (cd.max(cd.f64(3)), ([1.0, 1.0, 0.0],), ([0.5, 0.5, 0.0],)),
    ],
)
def test_kinks_have_the_documented_derivative(f, x, gradient):
    got = cd.R(f)(*x, 1.0)
    np.testing.assert_array_equal(got if isinstance(got, tuple) else (got,), gradient)
    ẏ = [cd.jvp(f)(*x, *[np.ones(w.shape) for w in f.dom.wires])[1]]
    np.testing.assert_allclose(ẏ[0], np.sum(np.asarray(gradient)))


def test_complex_programs_end_in_a_real_loss():
    z = np.array([1 + 2j, -0.5j])
    f = build(cd.c128(2), lambda z: cd.square(cd.abs(z * z)).sum())
    np.testing.assert_allclose(f(z), np.sum(np.abs(z * z) ** 2))
    np.testing.assert_allclose(cd.grad(f)(z), 4 * np.abs(z) ** 2 * z)  # |z|⁴ has the gradient 4|z|²z
    assert cd.R(cd.abs(cd.c128()))(0j, 1.0) == 0
    assert cd.complex(1.0, 2.0) == 1 + 2j and cd.real(3 + 4j) == 3 and cd.imag(3 + 4j) == 4
    assert cd.conj(1 + 2j) == 1 - 2j and cd.conj(cd.f64(2)) == cd.id(cd.f64(2))
    with pytest.raises(SignatureError, match=r"cd.real"):
        cd.cast(cd.c128(), "f64")


def test_logic():
    x, y = np.array([True, True, False, False]), np.array([True, False, True, False])
    for name in ("logical_and", "logical_or", "logical_xor"):
        np.testing.assert_array_equal(getattr(cd, name)(x, y), getattr(np, name)(x, y))
    f = build(cd.bool(4) @ cd.bool(4), lambda x, y: (x & ~y | y & ~x) ^ (x | y))
    np.testing.assert_array_equal(f(x, y), x & y)
    assert cd.any(x.reshape(2, 2), axis=1).tolist() == [True, False]
    assert cd.all(x.reshape(2, 2), axis=1, keepdims=True).tolist() == [[True], [False]]
    assert not cd.any(np.zeros(0, bool)) and cd.all(np.zeros(0, bool))
    with pytest.raises(SignatureError, match="takes bool"):
        cd.logical_and(cd.index(2), cd.index(2))
    with pytest.raises(SignatureError, match="compare it"):
        cd.any(cd.f64(2))


def test_square_and_powers_over_exact_rigs():
    assert cd.square(np.array([3, -4])).tolist() == [9, 16]
    f = build(cd.integer(), lambda x: x**5)
    assert f(3) == 243 and cd.R(f)(3, 1) == 5 * 81
    with pytest.raises(SignatureError, match="natural"):
        build(cd.integer(), lambda x: x**-1)


def test_clip_refuses_an_empty_interval():
    with pytest.raises(SignatureError, match="low is 2"):
        cd.clip(S, 2.0, 1.0)
