"""Initialisers against their formulas: deviations, ranges, orthogonality, and that a seed says everything."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.learning.initialisers import INITIALISERS, fans, named

SHAPES = [(300, 200), (64, 32, 3, 3), (100, 50, 5)]  # (in, out), and kernels (out, in, *window)
VARIANCE = {
    "glorot": lambda i, o: 2 / (i + o),
    "he": lambda i, o: 2 / i,
    "lecun": lambda i, o: 1 / i,
}


def test_fans():
    assert fans((300, 200)) == (300, 200)
    assert fans((64, 32, 3, 5)) == (32 * 15, 64 * 15)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", VARIANCE)
def test_variances(name, shape):
    """Means and variances within five standard errors of the formula; uniform numbers within √3 deviations."""
    variance = VARIANCE[name](*fans(shape))
    for kind, kurtosis in ((name, 9 / 5), (f"{name}_normal", 3)):
        w = named(kind)(np.random.default_rng(0), shape)
        assert w.shape == shape
        assert abs(w.mean()) < 5 * np.sqrt(variance / w.size)
        assert abs(w.var() - variance) < 5 * variance * np.sqrt((kurtosis - 1) / w.size)
        assert kind != name or np.abs(w).max() <= np.sqrt(3 * variance)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 2), st.integers(0, 99))
def test_orthogonal(rows, columns, window, seed):
    w = named("orthogonal")(np.random.default_rng(seed), (rows, columns, window)).reshape(rows, -1)
    gram = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_orthogonal_has_no_preferred_direction():
    """Of 1 × 1 matrices, half are 1 and half −1."""
    rng = np.random.default_rng(0)
    signs = [named("orthogonal")(rng, (1, 1)).item() for _ in range(400)]
    assert abs(np.mean(signs)) < 5 / 20


def test_plain_ones():
    rng = np.random.default_rng(0)
    assert named("zeros")(rng, (2,)).tolist() == [0, 0]
    assert named("ones")(rng, (2,)).tolist() == [1, 1]
    assert named([1, 2])(rng, (2, 2)).tolist() == [[1, 2], [1, 2]]
    assert abs(named("normal")(rng, (10_000,)).std() - 0.01) < 5e-4
    assert np.abs(named("uniform")(rng, (10_000,))).max() <= 0.05


@pytest.mark.parametrize("name", INITIALISERS)
def test_the_same_seed_gives_the_same_bytes(name):
    layer = cd.nn.dense(3, 4, weight=name)
    a, b, c = (layer.init(seed)["dense.weight"] for seed in (1, 1, 2))
    assert a.tobytes() == b.tobytes()
    assert name in ("zeros", "ones") or a.tobytes() != c.tobytes()
