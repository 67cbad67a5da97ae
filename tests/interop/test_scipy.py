"""SciPy: minimisers find minima with our derivatives, and operators are derivatives."""

import numpy as np
import pytest

import catdiff as cd

optimize = pytest.importorskip("scipy.optimize")
from catdiff.interop import scipy as door  # noqa: E402

A = cd.f64(5)


@cd.morphism(A)
def rosenbrock(x):
    ahead, behind = x[1:], x[:-1]
    return ((ahead - behind * behind) ** 2 * 100.0 + (1.0 - behind) ** 2).sum()


def test_derivatives_are_scipys_own():
    problem, x = door.as_scipy(rosenbrock), np.array([0.3, -1.2, 0.7, 1.1, 0.2])
    v = np.array([1.0, 0.5, -2.0, 0.0, 3.0])
    assert np.isclose(problem.fun(x), optimize.rosen(x), rtol=1e-14)
    assert np.allclose(problem.jac(x), optimize.rosen_der(x), rtol=1e-12)
    assert np.allclose(problem.hessp(x, v), optimize.rosen_hess_prod(x, v), rtol=1e-12)


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "Newton-CG", "trust-ncg"])
def test_minimisers_find_the_minimum(method):
    problem = door.as_scipy(rosenbrock)
    hessp = {"hessp": problem.hessp} if method in ("Newton-CG", "trust-ncg") else {}
    fine = {"L-BFGS-B": {"ftol": 1e-15, "gtol": 1e-10}, "Newton-CG": {"xtol": 1e-9}}
    options = {"options": fine[method]} if method in fine else {}
    found = optimize.minimize(problem.fun, np.zeros(5), jac=problem.jac, method=method, **hessp, **options)
    assert np.allclose(found.x, 1.0, atol=1e-4)


def test_several_wires_are_one_vector():
    P = cd.f64(2, 2) @ cd.f64() @ cd.f64(3)

    @cd.morphism(*P)
    def f(m, s, v):
        return (cd.sin(m) * s).sum() + (v * v * s).sum()

    problem, x = door.as_scipy(f), np.arange(8.0)
    assert [a.shape for a in problem.unpack(x)] == [(2, 2), (), (3,)]
    assert np.array_equal(problem.pack(problem.unpack(x)), x)
    steps = np.eye(8) * 1e-6
    slopes = [(problem.fun(x + h) - problem.fun(x - h)) / 2e-6 for h in steps]
    assert np.allclose(problem.jac(x), slopes, atol=1e-6)
    columns = [(problem.jac(x + h) - problem.jac(x - h)) / 2e-6 for h in steps]
    assert np.allclose([problem.hessp(x, v) for v in np.eye(8)], columns, atol=1e-6)
    with pytest.raises(cd.CatdiffError, match="is a vector of 8 numbers"):
        problem.fun(np.ones(7))


def test_a_derivative_is_an_operator():
    from scipy.sparse.linalg import lsqr

    rng = np.random.default_rng(0)
    f, x, w = cd.matmul(cd.f64(4, 3), cd.f64(3)) >> cd.tanh, rng.normal(size=(4, 3)), rng.normal(size=3)
    operator = door.linear_operator(f, x, w)
    matrix = np.hstack([j.reshape(4, -1) for j in cd.jacobian(f)(x, w)])
    assert operator.shape == matrix.shape == (4, 15)
    assert np.allclose(operator @ np.eye(15), matrix)
    assert np.allclose(operator.T @ np.eye(4), matrix.T)
    right = rng.normal(size=4)
    assert np.allclose(operator @ lsqr(operator, right, atol=1e-13, btol=1e-13)[0], right)


def test_l_bfgs_trains_a_model():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 3))
    y = np.tanh(x @ rng.normal(size=(3, 2))) @ [[1.0], [-2.0]] + 0.3
    model = cd.nn.dense(3, 8) >> cd.tanh >> cd.nn.dense(8, 1)
    learner = cd.learn(model, cd.losses.mean_squared, cd.optimisers.sgd(0.1))
    run = door.fit(learner, x, y, maxiter=300)
    assert run.score(x, y) > 0.999
    assert run.history[-1]["loss"] <= run.history[0]["loss"]
    assert np.isclose(door.objective(learner, x, y)(*run.params.values()), np.mean((run.predict(x) - y) ** 2))


def test_what_is_minimised_is_one_number():
    with pytest.raises(cd.CatdiffError, match="a program of one number"):
        door.as_scipy(cd.sin(A))
    with pytest.raises(cd.CatdiffError, match="vectors are of real numbers"):
        door.as_scipy(cd.sum(cd.z2(3)))
