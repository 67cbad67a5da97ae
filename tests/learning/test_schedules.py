"""Schedules against closed formulas, and inside the step they belong to."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd

S = cd.schedules
FORMULAS = {
    "constant": (S.constant(0.3), lambda t: 0.3),
    "step": (S.step(0.5, 7, 0.2), lambda t: 0.5 * 0.2 ** (t // 7)),
    "cosine": (S.cosine(0.5, 40, 0.1), lambda t: 0.1 + 0.4 * (1 + math.cos(math.pi * min(t, 40) / 40)) / 2),
    "warmup": (S.warmup(10, 0.5), lambda t: 0.5 * min(t + 1, 10) / 10),
    "product": (S.warmup(10) * S.step(1.0, 3), lambda t: min(t + 1, 10) / 10 * 0.1 ** (t // 3)),
    "scaled": (2 * S.warmup(10), lambda t: 2 * min(t + 1, 10) / 10),
    "then": (S.warmup(5).then(5, S.step(1.0, 10)), lambda t: (t + 1) / 5 if t < 5 else 0.1 ** ((t - 5) // 10)),
    "then a number": (S.constant(1.0).then(3, 0.5), lambda t: 1.0 if t < 3 else 0.5),
}


@pytest.mark.parametrize("name", FORMULAS)
@given(st.integers(0, 100))
def test_a_schedule_is_its_formula(name, t):
    schedule, formula = FORMULAS[name]
    assert math.isclose(schedule.at(cd.f64())(float(t)), formula(t), rel_tol=1e-12, abs_tol=1e-15)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_schedule_is_what_it_prints(name):
    schedule = FORMULAS[name][0]
    assert eval(repr(schedule), {"cd": cd}).at(cd.f64()) == schedule.at(cd.f64())


def test_the_rate_is_part_of_the_step_and_what_it_counts_of_the_state():
    learner = cd.learn(cd.nn.dense(1, 1), cd.losses.mean_squared, cd.optimisers.sgd(S.warmup(4)))
    step = learner.step(1)
    t, u, w, b = 0.0, 0.0, [[1.0]], [0.0]
    for k in range(1, 6):
        before = w[0][0], b[0]
        t, u, w, b, _ = step(t, u, w, b, [[0.0]], [[1.0]])
        assert (t, u) == (k, k)
        assert np.isclose(b[0], before[1] - min(k / 4, 1) * 2 * (before[1] - 1.0))  # the loss is (b − 1)²


@pytest.mark.parametrize("made", [lambda: S.step(1.0, 0), lambda: S.cosine(1.0, -1), lambda: S.warmup(2.5)])
def test_steps_are_counted(made):
    with pytest.raises(cd.CatdiffError, match="counts steps, one at least"):
        made()


def test_a_schedule_is_of_one_number():
    with pytest.raises(cd.CatdiffError, match="a schedule takes one number"):
        S.constant(1.0).at(cd.f64(3))
