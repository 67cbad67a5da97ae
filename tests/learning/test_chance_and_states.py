"""Runs of models with chance and with states of layers: reproducible, and resumable like any others."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.learning.parameters import KEY, STATE, Group, Parameter

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 3))
Y = (X[:, 0] > 0).astype(int)
A = cd.f64(4)


def noisy():
    """What an example's key says is added to it; at rest, nothing."""

    @cd.morphism(cd.index(), A)
    def jitter(k, x):
        return x + 0.1 * cd.sin(k.astype("f64"))

    @cd.morphism(cd.index(), A)
    def still(k, x):
        return x

    trees = (Group("jitter", (Parameter("key", cd.index().sort, role=KEY),)),)
    return cd.Para(jitter, trees, cd.Para(still, trees))


def counting():
    """A layer over a batch that keeps how many examples it has seen, and lets them pass."""

    def over(n):
        @cd.morphism(cd.f64(), cd.f64(n, 4))
        def body(s, x):
            return x, s + float(n)

        return body

    trees = (Group("count", (Parameter("seen", cd.f64().sort, role=STATE),)),)
    return cd.Parametric(A, A, trees, over)


def learner():
    model = cd.nn.dense(3, 4) >> noisy() >> counting() >> cd.nn.dense(4, 2)
    return cd.learn(model, cd.losses.softmax_cross_entropy, cd.optimisers.momentum(0.05))


def fit(path=None, **options):
    return learner().fit(X, Y, 4, 16, checkpoint=path, progress=False, **options)


def content(run):
    return [np.asarray(a).tobytes() for a in run.moment.values], list(run.history)


def test_states_of_layers_go_from_step_to_step():
    run = fit()
    assert run.params["count.seen"] == 4 * 40
    assert list(run.params) == ["dense.weight", "dense.bias", "count.seen", "dense_2.weight", "dense_2.bias"]
    assert run.predict(X).shape == (40,)


def test_chance_is_of_the_seed_and_the_step():
    assert content(fit()) == content(fit())
    assert content(fit()) != content(fit(seed=1))
    who = learner()
    one, two, later = who.keys(5, 0, seed=0)[0], who.keys(5, 0, seed=0)[0], who.keys(5, 1, seed=0)[0]
    assert np.array_equal(one, two) and len({*one, *later}) == 10


def test_at_rest_nothing_is_random():
    run = fit()
    assert np.array_equal(run.model(run.params, X), run.model(run.params, X))


@pytest.mark.parametrize("stop", [1, 5, 6])
def test_an_interrupted_run_goes_on_with_the_same_chances(tmp_path, stop):
    who, path = learner(), tmp_path / "run.safetensors"
    compute = who.compiled

    def interrupted(n, labels):
        if who.last.steps == stop:
            raise KeyboardInterrupt
        return compute(n, labels)

    who.compiled = interrupted
    with pytest.raises(KeyboardInterrupt):
        who.fit(X, Y, 4, 16, checkpoint=path, progress=False)
    assert content(fit(path)) == content(fit())
