"""Views, linear algebra, scans and selections against NumPy, on drawn shapes with zero extents among them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

import catdiff as cd
from catdiff.category.binder import build
from catdiff.errors import CatdiffError

shapes = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(tuple)


def filled(shape, seed=0):
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(float)


def same(got, want):
    assert np.shape(got) == np.shape(want)
    np.testing.assert_array_equal(got, want)


def adjoint(f):
    """⟨f x, ȳ⟩ = ⟨x, R f (·, ȳ)⟩ for a linear f, on whole numbers with ==."""
    x, ȳ = filled(f.dom.shape, 1), filled(f.cod.shape, 2)
    assert np.sum(f(x) * ȳ) == np.sum(x * cd.dagger(f)(ȳ))


@given(shapes, st.data())
def test_views(shape, data):
    x = filled(shape)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    start, stop = (data.draw(st.none() | st.integers(-4, 4)) for _ in range(2))
    step = data.draw(st.sampled_from([None, 1, 2, -1, -2]))
    key = [slice(None)] * len(shape)
    key[axis] = slice(start, stop, step)
    same(cd.slice(x, start, stop, step, axis=axis), x[tuple(key)])
    same(cd.flip(x, axis), np.flip(x, axis))
    same(cd.flip(x), np.flip(x))
    shift = data.draw(st.integers(-5, 5))
    same(cd.roll(x, shift, axis=axis), np.roll(x, shift, axis))
    width = [(data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))) for _ in shape]
    same(cd.pad(x, width, value=7.0), np.pad(x, width, constant_values=7.0))
    to = data.draw(st.integers(-len(shape), len(shape) - 1))
    same(cd.moveaxis(x, axis, to), np.moveaxis(x, axis, to))
    A = cd.f64(shape)
    for f in (cd.slice(A, start, stop, step, axis=axis), cd.flip(A, axis), cd.roll(A, shift, axis), cd.pad(A, width)):
        adjoint(f)


@given(shapes, st.data())
def test_shapes(shape, data):
    x, y = filled(shape), filled(shape, 1)
    axis = data.draw(st.integers(-len(shape) - 1, len(shape)))
    same(cd.stack(x, y, axis=axis), np.stack([x, y], axis))
    same(cd.expand_dims(x, axis), np.expand_dims(x, axis))
    same(cd.squeeze(cd.expand_dims(x, axis), axis), x)
    same(cd.squeeze(x[..., None]), np.squeeze(x))
    adjoint(cd.expand_dims(cd.f64(shape), axis))


def test_pad_crops_where_it_is_negative():
    same(cd.pad(np.arange(5.0), (-1, -2)), np.arange(5.0)[1:-2])
    same(cd.pad(np.arange(5.0), (-1, 2), value=9), np.array([1.0, 2, 3, 4, 9, 9]))
    same(cd.pad(np.float32([1]), 1, value=0.1), np.float32([0.1, 1, 0.1]))


@given(shapes, st.data())
def test_windows_and_pools(shape, data):
    x = filled(shape)
    n = shape[-1]
    size, stride = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    if 0 < n < size:
        with pytest.raises(CatdiffError, match="does not fit"):
            cd.windows(x, (size,))
        return
    if n:
        want = sliding_window_view(x, size, axis=-1)[..., ::stride, :]
        same(cd.windows(x, (size,), stride), want)
        same(cd.max_pool(x, (size,), stride), want.max(-1))
        np.testing.assert_allclose(cd.avg_pool(x, (size,), stride), want.mean(-1), rtol=1e-15, atol=1e-15)
    adjoint(cd.windows(cd.f64(shape), (size,), stride))
    adjoint(cd.windows(cd.f64(shape), (size,), stride, padding=1))


@pytest.mark.parametrize("family", [cd.windows, cd.max_pool, cd.avg_pool])
def test_an_integer_is_a_size_where_there_is_one_axis(family):
    assert family(cd.f64(6), 2) == family(cd.f64(6), (2,))
    with pytest.raises(CatdiffError, match=r"which of the 3 axes .*\nhint: size=\(2, 2\) is the last two, size=\(2,\)"):
        family(cd.f64(3, 4, 4), 2)
    images, n = cd.f64(5, 3, 4, 4), cd.f64(4, 4)
    assert family(images, (2, 2)).cod.shape == (5, 3, *family(n, (2, 2)).cod.shape)
    assert family(n, (2,), stride=1) != family(n, (2, 2), stride=1)


def test_max_pool_pads_with_less_than_anything():
    x = np.array([-3.0, -1.0, -2.0])
    same(cd.max_pool(x, 2, stride=2, padding=1), np.array([-3.0, -1.0]))
    same(cd.R(cd.max_pool(cd.f64(3), 2, stride=2, padding=1))(x, np.array([1.0, 2.0])), np.array([1.0, 2.0, 0.0]))
    with pytest.raises(CatdiffError, match="f32 or f64"):
        cd.max_pool(cd.c128(3), 2)


extent = st.integers(0, 3)


@given(
    extent, extent, extent, st.sampled_from([(), (2,), (1,), (0,), (2, 1)]), st.sampled_from([(), (2,), (1,), (2, 2)])
)
def test_matmul_is_numpys(m, n, p, lead, other):
    for a, b in (((*lead, m, n), (*other, n, p)), ((n,), (*other, n, p)), ((*lead, m, n), (n,)), ((n,), (n,))):
        x, y = filled(a), filled(b, 1)
        try:
            want = np.matmul(x, y)
        except ValueError:
            with pytest.raises(CatdiffError, match="broadcast"):
                cd.matmul(x, y)
            continue
        same(cd.matmul(x, y), want)
        same(build(cd.f64(a) @ cd.f64(b), lambda x, y: x @ y)(x, y), want)
        ȳ = filled(want.shape, 2)
        x̄, _ = cd.R(cd.matmul(cd.f64(a), cd.f64(b)))(x, y, ȳ)
        ẋ = filled(a, 3)
        assert np.sum(np.matmul(ẋ, y) * ȳ) == np.sum(ẋ * x̄)


@given(extent, extent, st.integers(-2, 2))
def test_diagonals(m, n, k):
    x, v = filled((2, m, n)), filled((n,))
    same(cd.diagonal(x, k), np.diagonal(x, k, 1, 2))
    same(cd.trace(x, k), np.trace(x, k, 1, 2))
    same(cd.diagonal(x, k, axis1=2, axis2=0), np.diagonal(x, k, 2, 0))
    same(cd.diag(v, k), np.diag(v, k))
    adjoint(cd.diag(cd.f64(2, n), k))
    adjoint(cd.trace(cd.f64(2, m, n), k))


@given(shapes, shapes)
def test_products(a, b):
    x, y = filled(a), filled(b, 1)
    same(cd.outer(x, y), np.multiply.outer(x, y))
    if len(a) == len(b):
        same(
            cd.kron(x, y), np.kron(x, y) if x.size and y.size else np.zeros([i * j for i, j in zip(a, b, strict=True)])
        )
    same(cd.dot(x.ravel(), x.ravel()), np.dot(x.ravel(), x.ravel()))


@given(shapes, st.data())
def test_scans(shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    x, a = filled(shape), filled(shape, 1)
    same(cd.cumsum(x, axis), np.cumsum(x, axis))
    same(cd.cumsum(x, axis, reverse=True), np.flip(np.cumsum(np.flip(x, axis), axis), axis))
    same(cd.cumprod(x, axis), np.cumprod(x, axis))
    same(cd.prod(x, axis), np.prod(x, axis))
    same(cd.prod(x, keepdims=True), np.prod(x, keepdims=True))
    adjoint(cd.cumsum(cd.f64(shape), axis))
    y, xs, rates = [], np.moveaxis(x, axis, 0), np.moveaxis(a, axis, 0)
    for t in range(len(xs)):
        y.append(xs[t] + (rates[t] * y[-1] if t else 0))
    same(cd.linrec(a, x, axis), np.moveaxis(np.array(y).reshape(xs.shape), 0, axis))
    same(cd.linrec(a, x, axis, reverse=True), np.flip(cd.linrec(np.flip(a, axis), np.flip(x, axis), axis), axis))


def test_products_differentiate_through_zeros():
    x = np.array([2.0, 0.0, 3.0, 0.0])
    same(cd.R(cd.prod(cd.f64(4)))(x, 1.0), np.zeros(4))
    same(cd.R(cd.prod(cd.f64(3)))(x[:3], 1.0), np.array([0.0, 6.0, 0.0]))
    J = cd.jacobian(cd.cumprod(cd.f64(4)))(x)
    want = [[np.prod([x[r] for r in range(t + 1) if r != s]) * (s <= t) for s in range(4)] for t in range(4)]
    same(J, np.array(want))


def test_exact_scans_raise_rather_than_wrap():
    big = np.array([2**62, 2**62])
    for f in (cd.cumsum, cd.cumprod):
        with pytest.raises(CatdiffError, match="64-bit"):
            f(big)
    same(cd.cumsum(np.array([2**62, -(2**62), 5])), np.array([2**62, 0, 5]))
    same(cd.cumsum(cd.z2(3))(np.array([1, 1, 1])), np.array([1, 0, 1]))


@given(shapes, st.data())
def test_gathers(shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    n = shape[axis]
    index = np.array(data.draw(st.lists(st.integers(0, max(0, n - 1)), min_size=0, max_size=4 if n else 0)), np.int64)
    A, J = cd.f64(shape), cd.index(len(index))
    x = filled(shape)
    y = cd.gather(A, J, axis=axis)(x, index)
    same(y, np.take(x, index, axis))
    want = np.zeros(shape)
    np.add.at(np.moveaxis(want, axis, 0), index, np.moveaxis(y, axis, 0))
    same(cd.scatter_add(cd.f64(y.shape), J, n=n, axis=axis)(y, index), want)
    if n:
        along = np.random.default_rng(0).integers(0, n, shape)
        same(cd.take_along_axis(A, cd.index(shape), axis=axis)(x, along), np.take_along_axis(x, along, axis))


@given(shapes, st.data())
def test_what_reduces_over_nothing_says_so(shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = filled(shape)
    for name in ("max", "min", "mean", "argmax", "argmin"):
        f = getattr(cd, name)
        if shape[axis] == 0:
            with pytest.raises(CatdiffError, match=r"nothing|not empty|no entries"):
                f(x, axis)
        else:
            np.testing.assert_allclose(f(x, axis), getattr(np, name)(x, axis), rtol=1e-12, atol=1e-12)
    same(cd.sort(x, axis), np.sort(x, axis))
    same(cd.norm(x, axis) ** 2 < 1e-9, np.sum(x * x, axis) == 0)
    for f in (cd.softmax, cd.log_softmax):
        assert f(x, axis).shape == shape
    same(np.isneginf(cd.logsumexp(x, axis)), np.full(np.sum(x, axis).shape, shape[axis] == 0))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: cd.matmul(cd.f64(2, 3), cd.f64(4, 5)), r"operand 0.*is 3.*operand 1.*has 4(.|\n)*shape \(3, 5\) fits"),
        (lambda: cd.matmul(cd.f64(), cd.f64(2)), r"operand 0 of .* is a scalar(.|\n)*x \* y"),
        (lambda: cd.matmul(cd.f64(2), cd.f32(2)), "two arrays of one dtype"),
        (lambda: cd.dot(cd.f64(2), cd.f64(3)), r"two vectors of one length(.|\n)*cd.matmul"),
        (lambda: cd.kron(cd.f64(2), cd.f64(3, 3)), "not equally many axes"),
        (lambda: cd.diag(cd.f64()), "an array with an axis"),
        (lambda: cd.trace(cd.f64(2, 2), axis1=1, axis2=1), "two axes"),
        (lambda: cd.stack(cd.f64(2), cd.f64(3)), "equal wires"),
        (lambda: cd.squeeze(cd.f64(2), 0), "has not extent 1"),
        (lambda: cd.slice(cd.f64(2), step=0), "a step that is not 0"),
        (lambda: cd.pad(cd.f64(2), -2), "crop more"),
        (lambda: cd.pad(cd.f64(2, 2), (1, 2, 3)), "one per axis"),
        (lambda: cd.pad(cd.integer(2), 1, value=0.5), "not in integer exactly"),
        (lambda: cd.cumsum(cd.f64()), "axis -1 of an array with 0 axes"),
        (lambda: cd.linrec(cd.f64(2), cd.f64(3)), "2 equal wires"),
        (lambda: cd.gather(cd.f64(2), cd.f64(2)), r"an index wire(.|\n)*cd.const"),
        (lambda: cd.scatter_add(cd.f64(2), cd.index(3), n=4), "operand 0"),
        (lambda: cd.take_along_axis(cd.f64(2, 2), cd.index(3, 3)), "differ in other axes"),
        (lambda: cd.argsort(cd.c128(2)), "an order"),
        (lambda: build(cd.f64(2, 3), lambda x: x[0, 0, 0]), r"3 indices(.|\n)*cd.gather"),
        (lambda: build(cd.f64(2), lambda x: x[2]), "of extent 2"),
        (lambda: cd.const(float("inf"), "rational"), "not in rational exactly"),
    ],
)
def test_errors_say_what_would_fit(make, said):
    with pytest.raises(CatdiffError, match=said):
        make()


NOTHING = cd.f64(0, 3)


@pytest.mark.parametrize(
    "f",
    [
        *(
            getattr(cd, name)(NOTHING)
            for name in ("neg", "exp", "erf", "abs", "relu", "softplus", "square", "norm", "prod")
        ),
        *(
            getattr(cd, name)(NOTHING, NOTHING)
            for name in ("add", "hypot", "xlogy", "maximum", "ratio", "linrec", "outer")
        ),
        *(getattr(cd, name)(NOTHING) for name in ("softmax", "logsumexp", "layer_norm", "cumsum", "cumprod", "sort")),
        *(getattr(cd, name)(NOTHING, axis=1) for name in ("mean", "variance", "std", "max", "min", "norm", "prod")),
        cd.matmul(cd.f64(2, 0), NOTHING),
        cd.conv(cd.f64(2, 0, 5), cd.f64(4, 0, 3), padding=1),
        cd.conv(cd.f64(0, 2, 5), cd.f64(0, 2, 3)),
        cd.conv(cd.f64(1, 0), cd.f64(1, 1, 3), padding=2),
        cd.conv_transpose(cd.f64(2, 0), cd.f64(2, 1, 2)),
        cd.gather(NOTHING, cd.index(0)),
        cd.stack(NOTHING, NOTHING),
        cd.clip(NOTHING, 0.0, 1.0),
    ],
)
def test_zero_extents_differentiate(f):
    """f, R[f] and R[R[f]] run on arrays without entries, and a sum over nothing is 0."""
    for g in (f, cd.R(f), cd.R(cd.R(f))):
        args = [np.ones(w.shape, w.dtype.carrier) for w in g.dom.wires]
        out = g(*args)
        out = out if isinstance(out, tuple) else (out,)
        assert [np.shape(y) for y in out] == [w.shape for w in g.cod.wires]
        assert all(np.all(y == y) for y in out)
    x̄ = cd.R(f)(*[np.ones(w.shape, w.dtype.carrier) for w in (f.dom @ f.cod).wires])
    for y, A in zip(x̄ if isinstance(x̄, tuple) else (x̄,), f.dom, strict=True):
        assert A.sort.size == 0 or not np.any(y)


ONE = ["reshape", "broadcast", "transpose", "sum", "split", "squeeze", "expand_dims", "slice", "flip", "roll", "pad"]
ONE += ["windows", "avg_pool", "max_pool", "diag", "diagonal", "trace", "cumsum", "cumprod", "prod", "mean", "variance"]
ONE += ["std", "norm", "softmax", "logsumexp", "layer_norm", "max", "argmin", "sort", "cast", "pow", "clip"]
TWO = ["gather", "scatter_add", "take_along_axis"]


@pytest.mark.parametrize("name", [*ONE, *TWO])
@pytest.mark.parametrize("nonsense", ["x", [0.5, None], (None,), {}, 1j, object()])
def test_nonsense_is_a_clear_error(name, nonsense):
    """Whatever an attribute is, the answer is a morphism or an error of ours with the user's line."""
    A = cd.f64(2, 3) if name in ONE else cd.f64(2, 3) @ cd.index(2, 3)
    with pytest.raises(CatdiffError, match=r"test_families\.py:"):
        getattr(cd, name)(A, nonsense)
