"""Layers that are more than a program on an example: batch normalisation, and dropout with its key."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.learning.parameters import Parameter

nn = cd.nn


@given(st.integers(1, 5), st.integers(1, 3), st.integers(0, 2))
def test_batch_norm(n, C, axes):
    space, rng = (2, 3)[:axes], np.random.default_rng(n)
    model = nn.batch_norm(decay=0.75, eps=0.1).at(cd.f64(C, *space))
    x = rng.normal(size=(n, C, *space))
    scale, shift, mean, variance = rng.uniform(1, 2, (4, C))
    y, new_mean, new_variance = model.over(n)(scale, shift, mean, variance, x)
    rows = np.moveaxis(x, 1, -1).reshape(-1, C)
    column = (C, *[1] * axes)
    normal = (x - rows.mean(0).reshape(column)) / np.sqrt(rows.var(0).reshape(column) + 0.1)
    np.testing.assert_allclose(y, normal * scale.reshape(column) + shift.reshape(column), atol=1e-12)
    np.testing.assert_allclose(new_mean, 0.75 * mean + 0.25 * rows.mean(0))
    unbiased = rows.var(0, ddof=1 if len(rows) > 1 else 0)
    np.testing.assert_allclose(new_variance, 0.75 * variance + 0.25 * unbiased)


def test_batch_norm_at_rest_uses_what_it_has_seen():
    model, rng = nn.batch_norm(eps=0.1).at(cd.f64(2)), np.random.default_rng(0)
    names = ("scale", "shift", "mean", "variance")
    p = {f"batch_norm.{name}": v for name, v in zip(names, rng.uniform(1, 2, (4, 2)), strict=True)}
    x = rng.normal(size=(5, 2))
    scale, shift, mean, variance = p.values()
    want = (x - mean) / np.sqrt(variance + 0.1) * scale + shift
    np.testing.assert_allclose(model(p, x), want)
    np.testing.assert_allclose(model(p, x[3]), want[3])
    y, *states = model.resting.over(5)(*p.values(), x)
    np.testing.assert_allclose(y, want)
    np.testing.assert_array_equal(states, [mean, variance])


def test_batch_norm_is_no_para():
    model = nn.batch_norm().at(cd.f64(3))
    assert not isinstance(model, cd.Para) and not hasattr(model, "body")
    assert "over a batch" in str(model)
    with pytest.raises(cd.CatdiffError, match="one example at a time"):
        cd.Para(model.over(1), model.trees)
    with pytest.raises(cd.CatdiffError, match="one example at a time"):
        cd.Para(cd.add(cd.f64(), cd.f64()), [Parameter("mean", cd.f64().sort, role="state")])


def test_composites_with_batch_norm_are_no_para_either():
    for model in (nn.dense(2) >> nn.batch_norm(), nn.batch_norm() >> nn.dense(2), nn.residual(nn.batch_norm())):
        assert not isinstance(model.at(cd.f64(3)), cd.Para)
    assert not isinstance(nn.batch_norm().at(cd.f64(3)) @ nn.dense(3, 2), cd.Para)


def test_names_survive_reparametrisation_beside_states_and_keys():
    model = (nn.dense(2) >> nn.batch_norm() >> nn.dropout(0.5) >> nn.dense(2)).at(cd.f64(2))
    left = list(model.parameters)
    assert list(model.tie("dense.weight", "dense_2.weight").parameters) == [n for n in left if n != "dense_2.weight"]
    assert list(model.mask({"dense.bias": 0}).parameters) == left
    frozen = model.freeze({"dense.bias": [1.0, 2.0]})
    assert list(frozen.parameters) == [n for n in left if n != "dense.bias"]
    params, x = model.init(0) | {"dense.bias": np.array([1.0, 2.0])}, np.ones((3, 2))
    want = model(params, x)
    del params["dense.bias"]
    np.testing.assert_array_equal(frozen(params, x), want)
    assert frozen.over(3).dom.wires[3].shape == (2,)  # the running mean, after weight, scale and shift


def test_a_learner_keeps_running_statistics():
    rng = np.random.default_rng(0)
    x = rng.normal(3.0, 2.0, (64, 2))
    model = (nn.batch_norm(decay=0.5) >> nn.dense(1)).at(cd.f64(2))
    run = cd.learn(model, cd.losses.mean_squared, cd.optimisers.sgd(0.0)).fit(
        x, x[:, :1], epochs=20, batch=64, progress=False
    )
    np.testing.assert_allclose(run.params["batch_norm.mean"], x.mean(0), rtol=1e-4)
    np.testing.assert_allclose(run.params["batch_norm.variance"], x.var(0, ddof=1), rtol=1e-4)


@given(st.integers(0, 2**62), st.floats(0, 0.9))
def test_dropout_leaves_out_or_scales(key, rate):
    y = nn.dropout(rate).at(cd.f64(50)).body(key, np.ones(50))
    assert np.all((y == 0) | np.isclose(y, 1 / (1 - rate)))
    assert rate or np.all(y == 1)


def test_dropout_leaves_out_its_share_and_examples_differ():
    model = nn.dropout(0.3).at(cd.f64(40))
    y = model.over(1000)(np.arange(1000), np.ones((1000, 40)))
    share = np.mean(y == 0)
    assert abs(share - 0.3) < 5 * np.sqrt(0.3 * 0.7 / y.size)
    assert len(np.unique(y, axis=0)) == 1000
    assert abs(np.corrcoef(y[:-1].ravel(), y[1:].ravel())[0, 1]) < 5 / np.sqrt(y.size)


def test_two_dropouts_have_keys_of_their_own():
    model = (nn.dropout(0.5) >> nn.dropout(0.5)).at(cd.f64(3))
    assert list(model.parameters) == ["dropout.key", "dropout_2.key"]
    assert model.init(0) == {}


def test_random_numbers_look_uniform():
    """Moments, digits and neighbours, of keys in a row and of places in a row."""
    for u in (cd.uniform(np.arange(20_000)), cd.uniform(np.array([5]), shape=(20_000,))[0]):
        n = u.size
        assert u.min() >= 0 and u.max() < 1
        counts = np.bincount((u * 16).astype(int), minlength=16)
        assert np.sum((counts - n / 16) ** 2 / (n / 16)) < 45  # χ² of 15 degrees: beyond it in one of 10⁴
        assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 4 / np.sqrt(n)


def test_random_numbers_are_the_published_hash():
    """SplitMix64 seeded with 0 gives these first words; a key's words are those of a seed that is its own first."""

    def splitmix(seed, count):
        words, mask = [], 2**64 - 1
        for _ in range(count):
            seed = (seed + 0x9E3779B97F4A7C15) & mask
            z = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & mask
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
            words.append(z ^ (z >> 31))
        return words

    assert splitmix(0, 2) == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]
    want = [word >> 11 for word in splitmix(splitmix(42, 1)[0], 3)]
    assert (cd.uniform(np.array(42), shape=(3,)) * 2**53).tolist() == want
