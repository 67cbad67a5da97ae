"""`f.map(n)` is f on each slice."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.category.binder import build

A, B = cd.f64(3), cd.f64(2, 3)
PROGRAMS = {
    "elementwise": cd.sin(A) >> cd.exp,
    "matmul": cd.einsum("ij,j->i", B, A),
    "softmax": cd.softmax(A),
    "max": cd.max(B, axis=0),
    "reshape": cd.reshape(B, (3, 2)),
    "concat": cd.concat(A, A),
    "constant": build(A, lambda x: x * 2.0 + np.arange(3.0)),
    "gather": build(A, lambda x: cd.gather(x, cd.const([2, 0], "index"))),
    "sort": cd.sort(A),
    "box": (cd.sin(A) >> cd.exp).box("wave"),
    "R": cd.R(cd.einsum("ij,j->i", B, A)),
    "unread": build(A, lambda x: cd.const([1.0, 2.0])),
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("n", [0, 1, 4])
@pytest.mark.parametrize("share", [False, True])
def test_map_is_f_on_each_slice(name, n, share):
    f = PROGRAMS[name]
    shared = (0,) if share else ()
    g = f.map(n, shared=shared)
    rng = np.random.default_rng(0)
    xs = [rng.normal(size=w.shape) for w in g.dom.wires]
    out = g(*xs)
    for k, y in enumerate(out if isinstance(out, tuple) else (out,)):
        assert y.shape == (n, *f.cod.wires[k].shape)
        for i in range(n):
            one = f(*[x if j in shared else x[i] for j, x in enumerate(xs)])
            np.testing.assert_allclose(y[i], one[k] if isinstance(one, tuple) else one, rtol=1e-12)


def test_cotangents_of_shared_wires_are_summed():
    f = cd.einsum("ij,j->i", B, A)
    rng = np.random.default_rng(0)
    w, x, ȳ = rng.normal(size=(2, 3)), rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    w̄, _ = cd.R(f.map(5, shared=[0]))(w, x, ȳ)
    np.testing.assert_allclose(w̄, np.sum([cd.R(f)(w, a, b)[0] for a, b in zip(x, ȳ, strict=True)], axis=0))
