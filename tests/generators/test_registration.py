"""What the table of generators accepts, and what a rule of derivatives has to give."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.category.label import TABLE
from catdiff.errors import NoDerivativeError, RegistrationError, SignatureError

A = cd.f64(3)


def same(dom, **attrs):
    return dom


GOOD = {"name": "test row", "type_rule": same, "forward": np.sin}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"forward": None}, "takes one of forward, over and kernel, not none of them"),
        ({"kernel": lambda label: np.sin}, "not forward and kernel"),
        ({"interior": True}, "takes no forward, over or kernel, not forward"),
        ({"name": ""}, "has a name"),
        ({"name": 3}, "has a name"),
        ({"zeros": "xx"}, "zeros of the generator 'test row' is one of any, all, sum, none"),
        ({"zeros": ["any"]}, "zeros of the generator"),
        ({"batch": "leading"}, "batch of the generator"),
        ({"type_rule": None}, "type_rule of the generator"),
        ({"R": 3}, "R of the generator"),
        ({"error": 3}, "error of the generator"),
    ],
)
def test_a_row_whose_columns_hold_something_else(columns, said):
    cd.Row(**GOOD)
    with pytest.raises(RegistrationError, match=said) as caught:
        cd.Row(**{**GOOD, **columns})
    assert str(caught.value).rpartition("(")[2].startswith("test_registration.py:")


def test_what_is_registered_is_a_row():
    with pytest.raises(RegistrationError, match="register takes a row"):
        cd.register(3)  # pyright: ignore


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"name": 3}, "has a name"),
        ({"name": ""}, "has a name"),
        ({"forwards": np.sin}, "has no column 'forwards'"),
        ({"type_rule": same}, "is given as signature"),
        ({"forward": None, "arity": 1}, "takes one of forward"),
        ({"forward": None}, "do not say how many operands"),
        ({"forward": lambda *xs: xs[0]}, "do not say how many operands"),
        ({"arity": 2}, "has arity 2, but forward takes 1 operands"),
        ({"forward": lambda x, y: x * y, "arity": 1}, "forward takes 2 operands\nhint: an attribute is keyword-only"),
        ({"forward": lambda x, y, *more: x, "arity": 1}, "forward takes 2 or more operands"),
        ({"forward": lambda x, y=1: x, "arity": 3}, "forward takes 1 to 2 operands"),
        ({"signature": 3}, "type_rule of the generator 'test refused' is a function, not 3"),
        ({"arity": -1}, "is a natural number"),
        ({"arity": "2"}, "is a natural number"),
    ],
)
def test_a_generator_that_is_none(columns, said):
    given = {"name": "test refused", "forward": np.sin, **columns}
    with pytest.raises(RegistrationError, match=said):
        cd.generator(given.pop("name"), **given)
    assert "test refused" not in TABLE


def test_the_arity_is_that_of_the_function():
    two = cd.generator("test arity two", forward=lambda x, y: x - 2 * y)
    assert (two(A @ A).dom, two(A, A)(np.ones(3), np.ones(3)).tolist()) == (A @ A, [-1.0] * 3)
    power = cd.generator("test arity ufunc", forward=np.power)
    assert len(power(A, A).net.labels) == 1
    many = cd.generator("test arity said", forward=lambda *xs: sum(xs), arity=3)
    np.testing.assert_array_equal(many(A, A, A)(*np.ones((3, 3))), 3 * np.ones(3))
    scaled = cd.generator("test arity attribute", forward=lambda x, *, by: by * x)
    np.testing.assert_array_equal(scaled(A, by=2.0)(np.ones(3)), 2 * np.ones(3))
    rolled = cd.generator("test arity signature", forward=np.add, signature=lambda dom: dom[0])
    assert len(rolled(A, A).dom) == 2
    named = cd.generator("test arity named", forward=lambda x, n: n * x, signature=lambda dom, n: dom)
    np.testing.assert_array_equal(named(A, n=2)(np.ones(3)), 2 * np.ones(3))


def test_a_type_rule_gives_an_object_or_a_signature_error():
    three = cd.generator("test type three", forward=np.sin, signature=lambda dom: 3)  # pyright: ignore
    with pytest.raises(SignatureError, match="the type rule of test type three gives an object, not 3"):
        three(A)
    with pytest.raises(SignatureError, match=r"there is no reshape\(banana=3\) at f64\[3\]: .*banana"):
        cd.atom("reshape", A, banana=3)
    with pytest.raises(SignatureError, match="there is no reshape at"):
        cd.atom("reshape", A)


def test_a_rule_that_forgets_to_return():
    f = cd.generator("test no return", forward=np.multiply, R=lambda x, y, z̄: None, D=lambda x, y, ẋ, ẏ: None)(A, A)
    with pytest.raises(NoDerivativeError, match=r"R of the generator test no return gives nothing\nhint: .*\(None,\)"):
        cd.R(f)
    with pytest.raises(NoDerivativeError, match="D of the generator test no return gives nothing"):
        cd.jvp(f)


def test_a_rule_may_say_that_nothing_flows():
    f = cd.generator("test nothing flows", forward=np.sign, R=lambda x, ȳ: (None,), D=lambda x, ẋ: (None,))(A)
    np.testing.assert_array_equal(cd.R(f)(np.ones(3), np.ones(3)), np.zeros(3))
    np.testing.assert_array_equal(cd.jvp(f)(np.ones(3), np.ones(3))[1], np.zeros(3))
    for g, x in [(cd.pow(A, exponent=0), np.ones(3)), (cd.cast(cd.bool(3), "f64"), np.ones(3, bool))]:
        assert not np.any(cd.R(g)(x, np.ones(3)))
        assert not np.any(cd.jvp(g)(x, x)[1])


def test_a_rule_of_other_parameters_says_what_it_is_called_with():
    f = cd.generator("test parameters", forward=np.multiply, R=lambda x, ȳ: ȳ, D=lambda x: x)(A, A)
    with pytest.raises(NoDerivativeError, match="R of the generator test parameters is called with 2 inputs and 1 cot"):
        cd.R(f)
    with pytest.raises(NoDerivativeError, match="D of the generator test parameters is called with 2 inputs and 2 tan"):
        cd.jvp(f)
