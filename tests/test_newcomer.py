"""What somebody tries in the first hour: it works, or the error says what to write instead."""

import numpy as np
import pytest

import catdiff as cd

A = cd.f64(3)
ROW, X = np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 2.0])


@pytest.mark.parametrize("verb", [cd.R, cd.D, cd.dagger, cd.grad, cd.jacobian, cd.hessian])
@pytest.mark.parametrize("family", [cd.sin, cd.sin >> cd.sum, cd.sum(axis=0)])
def test_a_family_taken_for_a_morphism_is_told_to_take_an_object(verb, family):
    with pytest.raises(cd.CatdiffError, match=r"hint: .*\(cd.f64\(3\)\) is"):
        verb(family)


@pytest.mark.parametrize("attribute", ["dom", "cod", "net"])
def test_a_family_has_no_type_and_says_so(attribute):
    with pytest.raises(cd.CatdiffError, match="is a family and has no type"):
        getattr(cd.sin, attribute)


OPERATORS = {
    "r + x": lambda r, x: r + x,
    "r - x": lambda r, x: r - x,
    "r * x": lambda r, x: r * x,
    "r / x": lambda r, x: r / x,
    "r @ x": lambda r, x: r @ x,
    "r[0] * x": lambda r, x: r[0] * x,
    "x ** 2": lambda r, x: x**2,
    "r < x": lambda r, x: r < x,
    "r >= x": lambda r, x: r >= x,
    "r == x": lambda r, x: r == x,
    "x - r": lambda r, x: x - r,
    "np.add": lambda r, x: np.add(r, x),
}


@pytest.mark.parametrize("formula", OPERATORS.values(), ids=OPERATORS)
def test_arrays_and_wires_mix_on_either_side(formula):
    f = cd.morphism(A)(lambda x: formula(ROW, x))
    np.testing.assert_array_equal(f(X), formula(ROW, X))


@pytest.mark.parametrize("function", [np.sin, np.exp, np.maximum.accumulate, lambda x: np.add(x, 1.0, out=ROW.copy())])
def test_a_function_of_numpy_s_on_a_wire_is_told_whose_to_use(function):
    with pytest.raises(cd.CatdiffError, match=r"np\.[\w.]+ cannot see a wire \(f64\[3\]\)"):
        cd.morphism(A)(function)


def test_a_misspelt_generator():
    with pytest.raises(cd.CatdiffError, match="there is no generator 'nosuch'"):
        cd.atom("nosuch", A)
