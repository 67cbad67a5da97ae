"""A row with a definition says what its definition says, differentiates like it, and survives where that overflows."""

import numpy as np
import pytest
from samples import SAMPLES, at

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.label import TABLE
from catdiff.errors import SignatureError

DEFINED = {name for name, row in TABLE.items() if row.definition}
BITS = {"threshold", "pivotal"}  # tests/generators/test_threshold.py
SINGLE, REAL = at(cd.f32), at(cd.f64)
BIG = 1e200


def outputs(f, xs):
    y = f(*xs)
    return list(y) if isinstance(y, tuple) else [y]


def points(f, seed):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=w.shape), w.dtype.carrier) for w in f.dom.wires]


def test_every_row_with_a_definition_is_here():
    assert {"softmax", "logsumexp", "log_softmax", "variance", "std", "norm", "layer_norm"} == DEFINED - BITS
    assert set(SAMPLES) >= DEFINED


@pytest.mark.parametrize("name", sorted(DEFINED - BITS))
@pytest.mark.parametrize("times", [0, 1, 2])
def test_kernel_and_rules_are_those_of_the_definition(name, times):
    """f = expand f, R[f] = R[expand f], R∘R likewise, on random inputs, large, small and spread ones."""
    f, meaning = REAL[name], cd.expand(REAL[name])
    assert not DEFINED & {label.row.name for label in meaning.net.labels}
    for _ in range(times):
        f, meaning = cd.R(f), cd.R(meaning)
    for seed, scale in enumerate((1.0, 30.0, 1e-3)):
        xs = points(f, seed)
        xs[0] = scale * xs[0]
        for got, want in zip(outputs(f, xs), outputs(meaning, xs), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-7, atol=1e-7 * max(1, np.abs(want).max()))


@pytest.mark.parametrize("name", sorted(DEFINED - BITS))
def test_f32_kernels_are_those_of_the_definition(name):
    f = SINGLE[name]
    xs = points(f, 0)
    np.testing.assert_allclose(f(*xs), cd.expand(f)(*xs), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("f", "x", "want"),
    [
        (cd.softmax(cd.f64(3)), [1000.0, 1000.0, -1000.0], [0.5, 0.5, 0.0]),
        (cd.logsumexp(cd.f64(3)), [1000.0, 1000.0, -1000.0], 1000 + np.log(2)),
        (cd.log_softmax(cd.f64(3)), [1000.0, 1000.0, -1000.0], [-np.log(2), -np.log(2), -2000 - np.log(2)]),
        (cd.norm(cd.f64(2)), [3 * BIG, 4 * BIG], 5 * BIG),
        (cd.norm(cd.f64(2)), [3 / BIG, 4 / BIG], 5 / BIG),
        (cd.std(cd.f64(2)), [BIG, -BIG], BIG),
        (cd.layer_norm(cd.f64(2)), [BIG, -BIG], [1.0, -1.0]),
    ],
)
def test_the_kernel_is_right_where_the_definition_overflows(f, x, want):
    np.testing.assert_allclose(f(np.array(x)), want, rtol=1e-12)
    with np.errstate(all="ignore"):
        naive = cd.expand(f)(np.array(x))
    assert not np.allclose(naive, want, rtol=1e-3, atol=0)


@pytest.mark.parametrize("f", [cd.norm(cd.f64(3)), cd.std(cd.f64(3)), cd.norm(cd.c128(2))])
def test_a_norm_that_is_zero_has_derivative_zero(f):
    x = np.ones(f.dom.shape) if f == cd.std(cd.f64(3)) else np.zeros(f.dom.shape, f.dom.dtype.carrier)
    for g in (f, cd.R(f)):
        args = [x, *(np.ones(w.shape, w.dtype.carrier) for w in g.dom.wires[1:])]
        for x̄ in outputs(cd.R(g), [*args, *(np.ones(w.shape, w.dtype.carrier) for w in g.cod.wires)]):
            assert np.all(np.isfinite(x̄))
    np.testing.assert_array_equal(cd.R(f)(x, 1.0), np.zeros(x.shape))
    assert cd.jvp(f)(x, np.ones(x.shape, x.dtype))[1] == 0


@pytest.mark.parametrize("function", ["variance", "std"])
@pytest.mark.parametrize("axis", [None, 0, (0, 2), -1])
@pytest.mark.parametrize("ddof", [0, 1])
def test_statistics_are_numpys(function, axis, ddof):
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    want = getattr(np, {"variance": "var"}.get(function, function))(x, axis=axis, ddof=ddof, keepdims=True)
    np.testing.assert_allclose(getattr(cd, function)(x, axis=axis, ddof=ddof, keepdims=True), want, rtol=1e-12)


def test_expand_opens_boxes_and_definitions():
    A = cd.f64(3)
    inner = build(A, lambda x: cd.std(x) * cd.softmax(x)).box("inner")
    f = cd.exp(A) >> inner
    opened = cd.expand(f)
    assert [label.name for label in opened.net.labels] == ["exp", "inner"]
    assert not DEFINED & {label.row.name for label in opened.flatten().net.labels}
    some = cd.expand(f, ["std"]).flatten()
    assert {"softmax", "variance"} <= {label.row.name for label in some.net.labels}
    x = np.array([0.1, 0.2, 0.5])
    np.testing.assert_allclose(opened(x), f(x), rtol=1e-13)
    np.testing.assert_allclose(some(x), f(x), rtol=1e-13)
    assert cd.expand(cd.sin(A)) == cd.sin(A)


def test_expand_does_not_recurse_on_depth():
    f = cd.softmax(cd.f64(2))
    for depth in range(2000):
        f = f.box(f"b{depth}")
    assert cd.expand(f).cod == cd.f64(2)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: cd.mean(cd.f64(0)), "over nothing"),
        (lambda: cd.variance(cd.f64(3), ddof=3), "over nothing"),
        (lambda: cd.std(cd.f64(2, 0), axis=1), "over nothing"),
        (lambda: cd.layer_norm(cd.f64(3), eps=0), "eps is positive"),
        (lambda: cd.layer_norm(cd.f64()), "axis -1 of an array with 0 axes"),
        (lambda: cd.variance(cd.c128(3)), "takes one f32 or f64 wire"),
    ],
)
def test_what_statistics_refuse(make, said):
    with pytest.raises(cd.CatdiffError, match=said):
        make()


def test_one_name_is_not_a_part_of_another():
    f = cd.softmax(cd.f64(3)) >> cd.logsumexp
    assert cd.expand(f, "softmax") == cd.expand(f, ["softmax"]) != f
    assert cd.expand(cd.softmax(cd.f64(3)), "log_softmax") == cd.softmax(cd.f64(3))
    assert cd.expand(f, []) == f


@pytest.mark.parametrize("name", ["softmax", "logsumexp", "log_softmax"])
def test_a_macro_says_its_name_where_it_is_not_defined(name):
    with pytest.raises(SignatureError, match=f"^{name} takes one f32 or f64 wire"):
        getattr(cd, name)(cd.integer(2))
