"""What a derivative that cannot be taken says, word by word where the words come from more than one place."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.errors import NoDerivativeError, SignatureError

S = cd.f64()


@pytest.mark.parametrize("name", ["grad", "value_and_grad"])
@pytest.mark.parametrize("f", [cd.copy(S), cd.sin(cd.f64(3)), cd.exp(cd.c128()), cd.discard(S)], ids=str)
def test_a_gradient_is_of_one_real_scalar(name, f):
    with pytest.raises(SignatureError, match=rf"^{name} takes a morphism to one real scalar, not "):
        getattr(cd, name)(f)


def test_a_rule_that_knows_no_attributes_is_told_of_all():
    rule = lambda x, v: v  # noqa: E731
    f = cd.generator("test two attributes", forward=lambda x, *, a, b: a * x + b, R=rule, D=rule)
    g = f(S, a=2.0, b=3.0)
    with pytest.raises(NoDerivativeError, match=r"with 1 input and 1 cotangent and the attributes a, b: "):
        cd.R(g)
    with pytest.raises(NoDerivativeError, match=r"with 1 input and 1 tangent and the attributes a, b: "):
        cd.jvp(g)


def test_a_rule_without_attributes_is_told_of_none():
    f = cd.generator("test no attributes", forward=np.multiply, R=lambda x, ȳ: ȳ, D=lambda x: x, arity=2)(S, S)
    with pytest.raises(NoDerivativeError, match=r"with 2 inputs and 1 cotangent: "):
        cd.R(f)
    with pytest.raises(NoDerivativeError, match=r"with 2 inputs and 2 tangents: "):
        cd.jvp(f)


def test_a_rule_gives_a_cotangent_for_each_input():
    f = cd.generator("test too many", forward=np.sin, R=lambda x, ȳ: (ȳ, ȳ), D=lambda x, ẋ: (ẋ, ẋ))(S)
    with pytest.raises(NoDerivativeError, match=r"^R of the generator test too many gives 2 wires, not 1"):
        cd.R(f)
    with pytest.raises(NoDerivativeError, match=r"^D of the generator test too many gives 2 wires, not 1"):
        cd.jvp(f)
