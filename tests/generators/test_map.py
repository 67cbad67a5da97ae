"""`f.map(n)` is f on each slice."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.objects import word

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
    "conv": cd.conv(cd.f64(1, 4), cd.f64(2, 1, 2), padding=1),
    "pool": cd.max_pool(cd.f64(5), 2, padding=1),
    "statistics": build(B, lambda x: cd.layer_norm(x) * cd.std(x) + cd.norm(x, axis=0)),
    "scans": build(A, lambda x: cd.linrec(x, cd.cumsum(x)) * cd.prod(x)),
    "views": build(B, lambda x: cd.roll(cd.pad(cd.flip(x, 0), 1, value=2.0), 1, axis=1)),
    "matmul of stacks": cd.matmul(cd.f64(2, 1, 2, 3), cd.f64(2, 3, 1)),
    "conditions": build(A @ A, lambda x, y: cd.where((x > 0) & cd.any(y > 0), x, y)),
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


whole = cd.generator(
    "test map whole",
    signature=lambda dom: dom,
    forward=lambda x: np.sort(x, axis=None).reshape(x.shape),
)
sharp = cd.generator(
    "test map sharp",
    forward=lambda x: x**3,
    R=lambda x, ȳ: 3.0 * x * x * ȳ,
)
pairs = cd.generator(
    "test map pairs",
    signature=lambda dom: dom[1] @ dom[0],
    forward=lambda x, y: (y + x.sum(), x * y.sum()),
    arity=2,
)


@pytest.mark.parametrize("share", [(), (0,), (1,)])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_generator_of_which_nothing_is_known_is_mapped_slice_by_slice(n, share):
    f = build(B @ A, lambda x, y: pairs(whole(x), y))
    g = f.map(n, shared=share)
    rng = np.random.default_rng(0)
    xs = [rng.normal(size=w.shape) for w in g.dom.wires]
    y, z = g(*xs)
    assert (y.shape, z.shape) == ((n, 3), (n, 2, 3))
    for i in range(n):
        want = f(*[x if k in share else x[i] for k, x in enumerate(xs)])
        np.testing.assert_array_equal(y[i], want[0])
        np.testing.assert_array_equal(z[i], want[1])


def test_a_foreign_elementwise_generator_stays_vectorised():
    f = sharp(A).map(1000)
    assert len(f.net) == 1
    np.testing.assert_allclose(cd.R(f)(np.full((1000, 3), 2.0), np.ones((1000, 3))), 12.0)


def test_cotangents_of_shared_wires_are_summed():
    f = cd.einsum("ij,j->i", B, A)
    rng = np.random.default_rng(0)
    w, x, ȳ = rng.normal(size=(2, 3)), rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    w̄, _ = cd.R(f.map(5, shared=[0]))(w, x, ȳ)
    np.testing.assert_allclose(w̄, np.sum([cd.R(f)(w, a, b)[0] for a, b in zip(x, ȳ, strict=True)], axis=0))


def test_a_batch_column_is_told_which_inputs_have_the_axis():
    told = []

    def wide(label, mask, n):
        """Its own plan for a shared second input; every input wide otherwise."""
        told.append(mask)
        shapes = [(n, *w.shape) if m or mask[1] else w.shape for m, w in zip(mask, label.dom.wires, strict=True)]
        return cd.atom(label.row.name, word(map(cd.f64, shapes)))

    product = cd.generator(
        "test map mask",
        signature=lambda dom: cd.f64(*np.broadcast_shapes(*(w.shape for w in dom.wires))),
        forward=np.multiply,
        batch=wide,
    )
    f, rng = product(cd.f64(3), cd.f64(3)), np.random.default_rng(0)
    for shared, mask, boxes in [((), (True, True), 1), ((1,), (True, False), 1), ((0,), (False, True), 2)]:
        told.clear()
        g = f.map(4, shared=shared)
        assert (told, len(g.net.labels)) == ([mask], boxes)
        x, y = (rng.normal(size=w.shape) for w in g.dom.wires)
        np.testing.assert_array_equal(g(x, y), x * y)
