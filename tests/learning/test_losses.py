"""Losses and their gradients against formulas written by hand, in NumPy."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd

L, N = cd.losses, 5
numbers = st.lists(st.floats(-30, 30, allow_subnormal=False).map(lambda x: round(x, 3)), min_size=N, max_size=N)


def shifted(y):
    return y - np.max(y)


def log_softmax(y):
    return shifted(y) - np.log(np.sum(np.exp(shifted(y))))


def sigmoid(y):
    return np.where(y >= 0, 1 / (1 + np.exp(-np.abs(y))), np.exp(-np.abs(y)) / (1 + np.exp(-np.abs(y))))


FORMULAS = {  # loss, value, gradients of prediction and label
    "mean_squared": (
        L.mean_squared,
        lambda y, t: np.sum((y - t) ** 2) / N,
        lambda y, t: (2 * (y - t) / N, 2 * (t - y) / N),
    ),
    "half_squared": (L.half_squared, lambda y, t: np.sum((y - t) ** 2) / 2, lambda y, t: (y - t, t - y)),
    "mean_absolute": (
        L.mean_absolute,
        lambda y, t: np.sum(np.abs(y - t)) / N,
        lambda y, t: (np.sign(y - t) / N, np.sign(t - y) / N),
    ),
    "huber": (
        L.huber(2.0),
        lambda y, t: np.mean([d * d / 2 if d <= 2 else 2 * d - 2 for d in np.abs(y - t)]),
        lambda y, t: (np.clip(y - t, -2, 2) / N, -np.clip(y - t, -2, 2) / N),
    ),
    "binary_cross_entropy": (
        L.binary_cross_entropy,
        lambda y, t: np.mean(np.logaddexp(0, y) - t * y),
        lambda y, t: ((sigmoid(y) - t) / N, -y / N),
    ),
    "softmax_cross_entropy": (
        L.softmax_cross_entropy,
        lambda y, t: -np.sum(t * log_softmax(y)),
        lambda y, t: (np.exp(log_softmax(y)) * np.sum(t) - t, -log_softmax(y)),
    ),
    "hinge": (
        L.hinge,
        lambda y, t: np.mean([max(0, 1 - a * b) for a, b in zip(y, t, strict=True)]),
        lambda y, t: (np.where(1 - t * y > 0, -t, 0) / N, np.where(1 - t * y > 0, -y, 0) / N),
    ),
    "dot": (L.dot, lambda y, t: np.sum(y * t), lambda y, t: (t, y)),
}
KINKS = {"mean_absolute": lambda y, t: y == t, "hinge": lambda y, t: t * y == 1}


def near(x, y):
    return np.allclose(x, y, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", FORMULAS)
@given(numbers, numbers)
def test_a_loss_is_its_formula(name, y, t):
    loss, value, gradients = FORMULAS[name]
    y, t, e = np.array(y), np.array(t), loss.at(cd.f64(N) @ cd.f64(N))
    smooth = ~KINKS.get(name, lambda y, t: np.zeros(N, bool))(y, t)
    assert near(e(y, t), value(y, t))
    for got, want in zip(cd.R(e)(y, t, 2.0), gradients(y, t), strict=True):
        assert near(got[smooth], 2 * np.asarray(want)[smooth])


@given(numbers, st.integers(0, N - 1))
def test_a_class_is_what_has_all_the_probability(y, k):
    y, t = np.array(y), np.eye(N)[k]
    e = L.softmax_cross_entropy.at(cd.f64(N) @ cd.index())
    assert near(e(y, k), -log_softmax(y)[k])
    assert near(cd.R(e)(y, k, 1.0)[0], np.exp(log_softmax(y)) - t)


@given(numbers, st.integers(0, N - 1))
def test_the_hinge_of_a_class_sums_over_the_others(y, k):
    y = np.array(y)
    margins = [max(0.0, 1 + y[j] - y[k]) for j in range(N) if j != k]
    e = L.hinge.at(cd.f64(N) @ cd.index())
    assert near(e(y, k), sum(margins))
    wrong = np.array([j != k and 1 + y[j] - y[k] > 0 for j in range(N)])
    if not any(1 + y[j] - y[k] == 0 for j in range(N)):
        assert near(cd.R(e)(y, k, 1.0)[0], wrong - np.eye(N)[k] * wrong.sum())


@pytest.mark.parametrize("scale", [1e3, 1e300])
def test_far_out_nothing_overflows(scale):
    y = np.array([scale, -scale, 0.0, 0.0, 0.0])
    assert L.softmax_cross_entropy.at(cd.f64(N) @ cd.index())(y, 1) == 2 * scale
    assert np.isfinite(L.binary_cross_entropy.at(cd.f64(N) @ cd.f64(N))(y, np.ones(N)))


def test_over_bits_a_loss_says_which_are_wrong():
    B = cd.z2(3)
    e = L.xor.at(B @ B)
    assert list(e([1, 0, 1], [1, 1, 0])) == [0, 1, 1]
    assert [list(x) for x in cd.R(e)([1, 0, 1], [1, 1, 0], [0, 1, 1])] == [[0, 1, 1], [0, 1, 1]]


def test_dot_is_exact_over_the_rationals():
    e = L.dot.at(cd.rational(2) @ cd.rational(2))
    assert e([Fraction(1, 3), 1], [3, Fraction(1, 7)]) == Fraction(8, 7)


@pytest.mark.parametrize("name", ["mean_squared", "huber", "hinge", "softmax_cross_entropy", "xor"])
def test_what_is_compared_is_of_one_type(name):
    loss = L.huber() if name == "huber" else getattr(L, name)
    with pytest.raises(cd.CatdiffError, match=f"{name} compares two wires of one type"):
        loss.at(cd.f64(3) @ cd.f64(4))


def test_hubers_corner_is_positive():
    with pytest.raises(cd.CatdiffError, match="delta is positive"):
        L.huber(0.0)
