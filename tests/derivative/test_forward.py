"""D from R against differences; gradients; daggers of linear maps."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.category.binder import build

A = cd.f64(3)


@pytest.mark.parametrize("f", [cd.tanh(A), cd.softmax(A), cd.mul(A, A), cd.sin(A) >> cd.exp >> cd.sum])
def test_D_agrees_with_differences(f):
    rng = np.random.default_rng(0)
    xs = [rng.uniform(0.5, 1, w.shape) for w in f.dom.wires]
    ẋs = [rng.normal(size=w.shape) for w in f.dom.wires]
    h = 1e-6
    up, down = (f(*[x + s * v for x, v in zip(xs, ẋs, strict=True)]) for s in (h, -h))
    np.testing.assert_allclose(cd.D(f)(*xs, *ẋs), (up - down) / (2 * h), rtol=1e-7, atol=1e-7)


def test_forward_mode_costs_no_reverse_pass():
    f = cd.sin(A)
    for _ in range(9):
        f = f >> cd.sin
    assert len(cd.D(f).net) <= 30


def test_gradients():
    f = build(A @ A, lambda x, y: (x * x * y).sum())
    x, y = np.array([1.0, 2, 3]), np.array([4.0, 5, 6])
    value, gx, gy = cd.value_and_grad(f)(x, y)
    assert value == f(x, y)
    np.testing.assert_allclose(gx, 2 * x * y)
    np.testing.assert_allclose(gy, x * x)
    np.testing.assert_allclose(cd.grad(f, wires=[1])(x, y), x * x)
    np.testing.assert_allclose(cd.hvp(f)(x, y, x, 0 * y)[0], 2 * y * x)


def test_dagger_of_linear_maps():
    f = cd.einsum("ij->j", cd.f64(2, 3))
    ȳ = np.array([1.0, 2, 3])
    np.testing.assert_allclose(cd.dagger(f)(ȳ), np.tile(ȳ, (2, 1)))
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(cd.dagger(cd.dagger(f))(x), f(x))


def test_perturbations_are_not_confused():
    """d/dx x·(d/dy (x + y)) = 1."""
    s = cd.f64()
    inner = cd.grad(build(s @ s, lambda x, y: x + y), wires=[1])
    outer = build(s, lambda x: x * inner(x, x))
    assert float(cd.grad(outer)(3.0)) == 1.0


@pytest.mark.parametrize("derivative", [cd.D, cd.jvp])
def test_a_tangent_on_a_discrete_wire_counts_for_nothing(derivative):
    n, x = cd.index(3), cd.f64(3)
    f = build(n @ x, lambda i, v: (i.astype("f64") * v, cd.reshape(i, shape=(3, 1)), cd.cast(v > 0, dtype="f64")))
    tangents = derivative(f)(np.arange(3), np.ones(3), np.full(3, 7), np.zeros(3))[-3:]
    assert all(np.all(t == 0) for t in tangents)


def test_a_tangent_that_a_rule_gives_a_discrete_wire_counts_for_nothing():
    halves = cd.generator(
        "test whole and fraction",
        forward=lambda x: (x % 1.0, np.asarray(x // 1.0).astype(np.int64)),
        R=lambda x, ȳ, n̄: ȳ,
        D=lambda x, ẋ: (ẋ, np.full(3, 7)),
        signature=lambda A: A @ cd.index(3),
    )
    f = halves(A) >> cd.id(A) @ cd.cast(cd.index(3), dtype="f64")
    fraction, whole = cd.jvp(f)(np.array([0.5, 1.5, 2.5]), np.ones(3))[-2:]
    np.testing.assert_array_equal(fraction, np.ones(3))
    np.testing.assert_array_equal(whole, np.zeros(3))
