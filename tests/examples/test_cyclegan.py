"""The schema of CycleGAN: its equations are learnt where they are asked for, and not where they are not."""

from dataclasses import replace

import numpy as np
import pytest

import catdiff as cd
from catdiff.examples.cyclegan import CYCLE, Architecture, learn, main, objective, residual
from catdiff.examples.gan import of, perceptron

EQUATIONS = ["fg = 1", "gf = 1"]


@pytest.fixture
def maps():
    return Architecture(CYCLE, {"f": perceptron(2, 4, 2), "g": perceptron(2, 4, 2)})


def partly(part, params):
    """A part of the whole as a function."""
    return lambda x: part(of(params, part), x)


def test_an_architecture_is_a_functor(maps):
    params = maps("fg").init(0)
    f, g, x = maps("f"), maps("g"), np.random.default_rng(0).normal(size=(5, 2))
    there = f(of(params, f), x)
    np.testing.assert_allclose(maps("fg")(params, x), g(of(params, g), there))
    np.testing.assert_allclose(maps("fgf")(params, x), f(of(params, f), g(of(params, g), there)))
    assert maps("", cd.f64(2)) == cd.para(cd.id(cd.f64(2)))
    assert [*maps("fgf").parameters] == [*maps("fg").parameters]


def test_the_objective_is_the_sum_of_the_theory(maps):
    critics = {"A": perceptron(2, 3, 1), "B": perceptron(2, 3, 1)}
    whole = objective(maps, critics, weight=5.0)
    params = whole.init(0)
    a, b = np.random.default_rng(0).normal(size=(2, 2))
    f, g = (partly(maps(name), params) for name in "fg")
    looks_a, looks_b = (partly(critics[A].named(f"critic_{A}"), params) for A in "AB")
    want = looks_b(b) - looks_b(f(a)) + looks_a(a) - looks_a(g(b))
    want += 5 * np.mean((g(f(a)) - a) ** 2) + 5 * np.mean((f(g(b)) - b) ** 2)
    np.testing.assert_allclose(whole(params, a, b), want.item(), rtol=1e-12)
    assert len(whole.parameters) == 4 * 4  # nothing is there twice


def test_the_residual_of_an_equation_that_holds_is_zero(maps):
    f = residual(maps, "fg", "fg")
    assert (f(f.init(0), np.ones((3, 2))) == 0).all()


def test_the_residuals_fall_twenty_fold():
    before, after = learn(CYCLE, epochs=4, progress=False)
    for name in EQUATIONS:
        assert after[name] < before[name] / 20
    for arrow in CYCLE.arrows:
        assert after[arrow] < before[arrow] / 5


def test_and_without_the_equations_they_do_not():
    before, after = learn(replace(CYCLE, equations=()), epochs=4, progress=False)
    for name in EQUATIONS:
        assert after[name] > before[name] / 20
    for arrow in CYCLE.arrows:  # though each map does find the other's data
        assert after[arrow] < before[arrow] / 5


def test_it_shows_both(capsys):
    main(epochs=1)
    said = capsys.readouterr().out
    assert said.count("residual of fg = 1") == 2
    assert "Without" in said
