"""Backprop as functor, exactly: composites proved equal as polynomials, and a line learnt in fractions."""

from fractions import Fraction
from itertools import pairwise

import pytest

import catdiff as cd
from catdiff.examples.backprop_functor import OFFSET, SLOPE, SQUARE, equal, main, training

F = cd.Backprop(rate=Fraction(1, 4))


@pytest.mark.parametrize("f", [SLOPE, OFFSET, SQUARE])
@pytest.mark.parametrize("g", [SLOPE, OFFSET, SQUARE])
def test_composites_are_preserved(f, g):
    whole, parts = F(f >> g), F(f) >> F(g)
    assert equal(whole.implement, parts.implement)
    assert equal(whole.update, parts.update)
    assert equal(whole.request, parts.request)


def test_a_rate_on_requests_too_is_no_functor():
    """ε multiplies updates only: with requests a − ε ∂E/∂a the composite would learn more slowly than the whole."""
    f, g = F(SLOPE), F(SQUARE)
    quarter = cd.const(Fraction(1, 4), cd.rational())
    slowed = cd.morphism(cd.rational() @ cd.rational())(lambda a, b: a + quarter() * (g.request(a, b) - a))
    slow = cd.Learn(g.trees, g.implement, g.update, slowed)
    assert not equal((f >> slow).update, F(SLOPE >> SQUARE).update)


def test_every_turn_halves_the_error_of_the_slope():
    """Exactly: of three points, at 0, 1 and −1, with rate 1/4."""
    line = Fraction(3), Fraction(-1, 2)
    errors = [line[0] - slope for slope, _ in training(F(SLOPE) >> F(OFFSET), line, 30)][2::3]
    assert errors[0] == Fraction(3, 2)
    assert all(b == a / 2 for a, b in pairwise(errors))


def test_it_shows_that_they_are_the_same(capsys):
    main()
    said = capsys.readouterr().out
    assert said.count("   the same") == 3
    assert "45/16" in said
