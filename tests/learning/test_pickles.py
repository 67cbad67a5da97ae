"""What learning is made of goes to other processes, and is there what it was here."""

import pickle

import numpy as np
import pytest

import catdiff as cd
from catdiff.learning.initialisers import INITIALISERS

S, O, L = cd.schedules, cd.optimisers, cd.losses
A = cd.f64(3)


def again(x):
    return pickle.loads(pickle.dumps(x))


@pytest.mark.parametrize(
    "optimiser",
    [
        O.ascent(),
        O.adamw(S.warmup(3) * S.step(0.1, 2).then(4, 0.01)),
        O.nesterov(0.1, decay=0.5) >> O.weight_decay(0.1) >> O.clip(2.0),
        O.rmsprop(0.1, momentum=0.9),
        O.adagrad(0.1),
        O.groups({"0": O.adam(), "": O.momentum(0.1)}),
    ],
    ids=repr,
)
def test_optimisers(optimiser):
    P = A @ cd.f64()
    assert repr(again(optimiser)) == repr(optimiser)
    assert again(optimiser).on(P) == optimiser.on(P)


@pytest.mark.parametrize("loss", [L.mean_squared, L.huber(2.0), L.softmax_cross_entropy, L.hinge], ids=repr)
def test_losses(loss):
    assert again(loss).at(A @ A) == loss.at(A @ A)
    assert again(loss).targets(A) == loss.targets(A)


@pytest.mark.parametrize("name", INITIALISERS)
def test_initialisers(name):
    one, two = [f(np.random.default_rng(0), (3, 4)) for f in (INITIALISERS[name], again(INITIALISERS[name]))]
    assert np.array_equal(one, two)


def test_models():
    model = (cd.nn.dense(3, 4, offset=0.5) >> cd.tanh >> cd.nn.dense(4, 2, weight="orthogonal")).named("net")
    other = again(model)
    assert other == model
    assert list(other.parameters) == list(model.parameters)
    assert all(np.array_equal(a, b) for a, b in zip(other.init(1).values(), model.init(1).values(), strict=True))


def test_what_is_made_of_anonymous_functions_stays_here():
    with pytest.raises((pickle.PicklingError, AttributeError)):
        again(O.wirewise("own", {}, lambda p, change: p + change))
