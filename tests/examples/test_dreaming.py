"""Deep dreaming: the step is the theory's, and what is dreamt is read by those who have not dreamt it."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.examples.dreaming import GREY, dream, dreamer, main, trained


@pytest.fixture(scope="module")
def readers():
    return [trained(seed)[:2] for seed in range(2)]


def test_a_step_is_the_derivative_in_the_image(readers):
    (reader, params), _ = readers
    step = cd.learn(dreamer(reader, params), cd.losses.dot, cd.optimisers.sgd(0.1), cap=1.0).step(1)
    rng = np.random.default_rng(0)
    a, t = rng.uniform(size=64), rng.normal(size=10)
    *_, slope = cd.R(reader.body)(*params.values(), a, t)
    moved, said = step(a, [t])
    np.testing.assert_allclose(moved, a + 0.1 * slope, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(said, reader(params, a) @ t, rtol=1e-12)


def test_dreams_are_read_also_by_who_has_not_dreamt_them(readers):
    (reader, params), (other, others) = readers
    dreams = np.array([dream(reader, params, digit) for digit in range(10)])
    assert not (reader(params, np.array([GREY])).argmax(1) == np.arange(10)).all()
    assert np.exp(np.diag(reader(params, dreams))).min() > 0.9
    assert (other(others, dreams).argmax(1) == np.arange(10)).all()


def test_with_the_other_cap_it_goes_the_other_way(readers):
    (reader, params), _ = readers
    for digit in range(10):
        away = dream(reader, params, digit, cap=-1.0, steps=20)
        assert reader(params, away)[digit] < reader(params, GREY)[digit]


def test_it_shows_its_dreams(capsys):
    main(epochs=1)
    assert "read by the dreamer: 0 1 2 3 4 5 6 7 8 9" in capsys.readouterr().out
