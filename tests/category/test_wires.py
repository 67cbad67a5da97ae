"""Wires against NumPy: indexing with arrays, methods, dtypes by NumPy's names, and NumPy's own functions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.errors import ArgumentError, CatdiffError, SignatureError, WireError

A, B = cd.f64(3), cd.f64(4, 3, 2)
X = np.arange(24.0).reshape(4, 3, 2)


def built(body, A=A):
    return cd.morphism(A)(body)


@given(st.data())
def test_arrays_and_lists_of_indices_are_numpys(data):
    axis = data.draw(st.integers(0, 2))
    n = X.shape[axis]
    table = data.draw(st.lists(st.integers(-n, n - 1), max_size=4))
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    key = data.draw(st.sampled_from([table, np.array(table, np.int64), np.array([table], np.int32), mask]))
    before = [data.draw(st.sampled_from([slice(None), slice(1, None), slice(None, None, -1)])) for _ in range(axis)]
    if data.draw(st.booleans()):
        before.insert(0, None)
    for whole in ((*before, key), (*before, key, ...), (*before, key, *[slice(None)] * (2 - axis))):
        np.testing.assert_array_equal(built(lambda x, whole=whole: x[whole], B)(X), X[whole])
    last = X.shape[-1] - 1
    np.testing.assert_array_equal(built(lambda x: x[..., [0, last]], B)(X), X[..., [0, last]])


def test_an_index_wire_among_slices():
    f = cd.morphism(B, cd.index(2))(lambda x, i: x[:, i])
    np.testing.assert_array_equal(f(X, [2, 0]), X[:, [2, 0]])


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ([0, 9], "out of range for axis 0, of extent 4"),
        ([0.5], "indices are integers, not float64"),
        (np.array([True]), r"a mask of shape \(1,\) for axis 0"),
        ((1, [0, 1]), "integers beside an array of indices"),
        (([0], [1]), "2 arrays of indices"),
        ((slice(None), [3]), "axis 1, of extent 3"),
    ],
)
def test_indices_that_do_not_fit(key, said):
    with pytest.raises(SignatureError, match=said + r"(.|\n)*cd.gather"):
        built(lambda x: x[key], B)


METHODS = {
    "std": lambda x: x.std(axis=1),
    "var": lambda x: x.var(),
    "ddof": lambda x: x.var(axis=0, ddof=1),
    "argmax": lambda x: x.argmax(),
    "argmin": lambda x: x.argmin(axis=-1),
    "flatten": lambda x: x.flatten() + x.ravel(),
    "mT": lambda x: x.mT,
    "plus": lambda x: +x,
    "size": lambda x: x.reshape(x.size),
    "float32": lambda x: x.astype(np.float32),
    "float": lambda x: (x > 3).astype(float),
    "single": lambda x: x.astype("float32").astype("float64"),
    "types": lambda x: x.reshape(np.shape(x)[::-1]) + np.ndim(x) + np.size(x),
}


@pytest.mark.parametrize("body", METHODS.values(), ids=METHODS)
def test_methods_are_numpys(body):
    x = X[:, :, ::-1] if not hasattr(X, "mT") and body is METHODS["mT"] else X
    got = built(body, B)(x)
    want = np.swapaxes(x, -1, -2) if body is METHODS["mT"] else body(x)
    np.testing.assert_allclose(got, want, rtol=1e-12)
    assert np.asarray(got).dtype == np.asarray(want).dtype


def test_constants_take_numpys_names_of_dtypes():
    assert cd.const(1.0, np.float32).cod == cd.f32() and cd.const([1], "int64").cod == cd.integer(1)
    for strange in ("f63", np.float16, 3, object):
        with pytest.raises(CatdiffError, match="unknown dtype"):
            cd.const(1.0, strange)


def test_a_shape_that_does_not_fit_is_shown_as_it_was_written():
    with pytest.raises(SignatureError, match=r"of 3 entries, to \(4, -1\)"):
        built(lambda x: x.reshape(4, -1))


NUMPYS = {
    "cd.sum": np.sum,
    "cd.mean": np.mean,
    "cd.max": np.max,
    "cd.dot": lambda x: np.dot(x, x),
    "cd.norm": np.linalg.norm,
    "cd.clip": lambda x: np.clip(x, 0, 1),
    "cd.reshape": lambda x: np.reshape(x, (3, 1)),
    "cd.einsum": lambda x: np.einsum("i->", x),
    "cd.outer": lambda x: np.outer(x, x),
    "cd.concat": lambda x: np.concatenate([x, x]),
    "cd.where": lambda x: np.where(x > 0, x, 0.0),
    "cd.variance": np.var,
    "cd.atan": np.arctan,
    "0 \\* x": np.zeros_like,
}


@pytest.mark.parametrize("name", NUMPYS)
def test_a_function_of_numpys_is_told_whose_to_use_in_the_users_line(name):
    with pytest.raises(WireError, match=rf"np\.[\w.]+ cannot see a wire(.|\n)*hint: {name} (.|\n)*\(test_wires\.py:"):
        built(lambda x: NUMPYS[name](x))


def test_what_is_no_array_is_named():
    f = cd.sin(A)
    for given_, said in (
        (cd.exp(A), r"a program, f64\[3\] → f64\[3\]\nhint: g >> f"),
        (A, r"an object, cd.f64\(3\)"),
        (None, "argument 0 is None"),
        ("x", "argument 0 is 'x'"),
        (cd.sin, "argument 0 is cd.sin"),
    ):
        with pytest.raises(ArgumentError, match=said):
            f(given_)


def test_pointwise_with_arrays():
    f, x = cd.sin(A), np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal((f * x)(x), np.sin(x) * x)
    np.testing.assert_array_equal((x - f)(x), x - np.sin(x))
    for other, said in ((np.ones((2, 3)), "do not fit"), (np.ones(4), "broadcast"), (cd.cos, r"cd.cos\(cd.f64\(3\)\)")):
        with pytest.raises(SignatureError, match=said):
            f * other
    with pytest.raises(SignatureError, match="not None"):
        f + None
