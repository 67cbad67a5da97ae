"""Newton's method on iris: derivatives of both orders against the textbook, quadratic convergence, a true minimum."""

from itertools import pairwise

import numpy as np
import pytest

import catdiff as cd
from catdiff.examples.datasets import iris, stratified_split
from catdiff.examples.iris import main, newton, objective, with_one

X, Y = iris()
RIDGE = 0.01


@pytest.fixture(scope="module")
def loss():
    return objective(X, Y, RIDGE)


def by_hand(w):
    """Loss, gradient and Hessian of ridge softmax regression, from the textbook."""
    x, t, n = with_one(X), np.eye(3)[Y], len(X)
    p = np.exp(x @ w)
    p /= p.sum(1, keepdims=True)
    value = -(t * np.log(p)).sum() / n + RIDGE / 2 * (w * w).sum()
    gradient = x.T @ (p - t) / n + RIDGE * w
    spread = np.einsum("nc,cd->ncd", p, np.eye(3)) - np.einsum("nc,nd->ncd", p, p)
    hessian = np.einsum("ni,nj,ncd->icjd", x, x, spread) / n
    return value, gradient, hessian + RIDGE * np.eye(15).reshape(5, 3, 5, 3)


def test_the_derivatives_are_the_textbook_s(loss):
    w = np.random.default_rng(0).normal(size=(5, 3))
    value, gradient, hessian = by_hand(w)
    np.testing.assert_allclose(loss(w), value, rtol=1e-12)
    np.testing.assert_allclose(cd.grad(loss)(w), gradient, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(cd.hessian(loss)(w), hessian, rtol=1e-9, atol=1e-11)


def test_newton_finds_the_minimum_and_doubles_its_digits(loss):
    path = newton(loss, np.zeros((5, 3)))
    norms = [np.linalg.norm(g) for _, _, g in path]
    values = [value for _, value, _ in path]
    assert norms[-1] <= 1e-10
    assert len(path) <= 12
    assert all(a > b for a, b in pairwise(values))
    assert norms[-1] < 10 * norms[-2] ** 1.5  # faster than any linear rate
    _, gradient, hessian = by_hand(path[-1][0])
    assert np.linalg.norm(gradient) < 1e-9
    assert np.linalg.eigvalsh(hessian.reshape(15, 15)).min() >= RIDGE - 1e-12


def test_newton_gets_there_from_afar_by_shorter_steps(loss):
    far = newton(loss, np.full((5, 3), 3.0) * np.array([1, -2, 1]))
    near = newton(loss, np.zeros((5, 3)))
    np.testing.assert_allclose(far[-1][0], near[-1][0], atol=1e-8)


def test_it_recognises_flowers_it_has_not_seen():
    right = []
    for seed in range(5):
        learn, test = stratified_split(Y, seed=seed)
        w = newton(objective(X[learn], Y[learn]), np.zeros((5, 3)))[-1][0]
        right.append(np.mean((with_one(X[test]) @ w).argmax(1) == Y[test]))
    assert np.mean(right) >= 0.93


def test_the_output_ends_with_the_accuracy(capsys):
    main()
    *_, last = capsys.readouterr().out.splitlines()
    assert last.startswith("held-out accuracy: ")
    assert float(last.split()[2]) >= 90
