"""Federated averaging: what a round is equal to, and what it learns."""

from itertools import chain

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import digits, stratified_split
from catdiff.examples.federated import accuracy, averaging, client, main, shards, train

LEARNER = cd.learn(cd.nn.dense(3, 2), cd.losses.mean_squared, cd.optimisers.sgd(0.1))


def some_data(clients, steps, batch):
    rng = np.random.default_rng(0)
    return [(rng.normal(size=(batch, 3)), rng.normal(size=(batch, 2))) for _ in range(clients * steps)]


def test_a_client_makes_its_steps_one_after_another():
    data, w = some_data(1, 3, 5), LEARNER.start().moment.values
    got = client(LEARNER, 3, 5).body(*chain(*data), *w)
    for x, y in data:
        *w, _ = LEARNER.step(5)(*w, x, y)
    for a, b in zip(got, w, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-15)


def test_a_round_is_the_mean_of_what_clients_come_to():
    data, w = some_data(4, 2, 5), LEARNER.start().moment.values
    one = client(LEARNER, 2, 5).body
    apart = [one(*chain(*data[2 * k : 2 * k + 2]), *w) for k in range(4)]
    got = averaging(LEARNER, 4, 2, 5).body(*chain(*data), *w)
    for a, b in zip(got, zip(*apart, strict=True), strict=True):
        np.testing.assert_allclose(a, np.mean(b, axis=0), rtol=1e-13, atol=1e-15)


def test_it_is_one_program_that_can_be_stored():
    whole = averaging(LEARNER, 3, 2, 5).body
    assert cd.from_json(cd.to_json(whole)) == whole


def test_clients_with_two_digits_learn_ten_together_and_not_alone():
    x, y = digits()
    rows, test = stratified_split(y)
    model = cd.nn.dense(64, 32) >> cd.tanh >> cd.nn.dense(10)
    parts = shards(y, rows, 5)
    assert max(len(np.unique(y[part])) for part in parts) <= 3
    alone = [accuracy(model, train(model, x, y, [part], 60), x[test], y[test]) for part in parts]
    together = accuracy(model, train(model, x, y, parts, 60), x[test], y[test])
    assert max(alone) < 0.35
    assert together > 0.9


def test_it_says_how_they_do(capsys):
    main(rounds=2)
    assert "together, without showing them to one another" in capsys.readouterr().out
