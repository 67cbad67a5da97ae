"""Jacobians by either mode against each other and differences; Hessians are symmetric and right."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.category.binder import build
from catdiff.interpret.cost import flops

A, B = cd.f64(3), cd.f64(2, 3)


@pytest.mark.parametrize("f", [cd.einsum("ij,j->i", B, A), cd.softmax(A), cd.sum(B), cd.sin(A) @ cd.exp(cd.f64())])
def test_the_two_modes_agree_with_differences(f):
    rng = np.random.default_rng(0)
    xs = [rng.normal(size=w.shape) for w in f.dom.wires]
    blocks = [cd.jacobian(f, mode)(*xs) for mode in ("reverse", "forward")]
    forward, reverse = (b if isinstance(b, tuple) else (b,) for b in blocks)
    k = 0
    for j, b in enumerate(f.cod.wires):
        for i, x in enumerate(xs):
            want = np.zeros((*b.shape, *x.shape))
            for at in np.ndindex(x.shape):
                ends = []
                for s in (1e-6, -1e-6):
                    moved = [v.copy() for v in xs]
                    moved[i][at] += s
                    y = f(*moved)
                    ends.append((y if isinstance(y, tuple) else (y,))[j])
                want[(..., *at)] = (ends[0] - ends[1]) / 2e-6
            for got in (forward[k], reverse[k]):
                np.testing.assert_allclose(got, want, rtol=1e-7, atol=1e-7)
            k += 1


def test_hessian():
    f = build(A @ A, lambda x, y: (x * x * y).sum())
    x, y = np.array([1.0, 2, 3]), np.array([4.0, 5, 6])
    xx, xy, yx, yy = cd.hessian(f)(x, y)
    np.testing.assert_allclose(xx, np.diag(2 * y))
    np.testing.assert_allclose(xy, np.diag(2 * x))
    np.testing.assert_allclose(yx, xy.T)
    np.testing.assert_allclose(yy, 0 * xx)
    np.testing.assert_allclose(cd.hessian(f, wires=[0])(x, y), np.diag(2 * y))


@pytest.mark.parametrize("shapes", [((2,), (2, 3)), ((2, 3), (2,)), ((2,), (2,))])
def test_the_mode_chosen_by_shape_is_one_of_the_two(shapes):
    rows, columns = np.ones(shapes[0]), np.ones(shapes[1])
    f = cd.sin(cd.f64(*shapes[0])) >> cd.sum >> cd.broadcast(shape=shapes[1])
    chosen = cd.jacobian(f)
    cheaper = cd.jacobian(f, "forward" if rows.size < columns.size else "reverse")
    forward, reverse = cd.jacobian(f, "forward"), cd.jacobian(f, "reverse")
    assert chosen == cheaper and forward != reverse
    assert (flops(forward) < flops(reverse)) is (rows.size < columns.size)
    np.testing.assert_allclose(chosen(rows), np.full((*shapes[1], *shapes[0]), np.cos(1.0)))
