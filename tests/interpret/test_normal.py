"""Normal forms, multilinear circuits, and what may stand for what before R."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from programs import BITS as CIRCUITS
from programs import INTEGER, few, morphisms, values

import catdiff as cd
from catdiff.errors import (
    ArgumentError,
    BudgetError,
    CatdiffError,
    CongruenceError,
    MeaningError,
    SignatureError,
    UsageError,
)
from catdiff.interpret.normal import difference

try:
    import z3
except ImportError:
    z3 = None

needs_z3 = pytest.mark.skipif(z3 is None, reason="z3 is not installed: pip install 'catdiff[proof]'")
B, F = cd.z2(), cd.f64()
X = cd.id(B)


# -- normal forms ----------------------------------------------------------------------------------------------


def test_normal_forms_are_what_f_gives():
    """One output bare, several a tuple, arrays as arrays."""
    p, q = cd.normal_form(cd.morphism(F, F)(lambda x, y: (x * y, x - 0.5 * y)))
    assert (repr(p), repr(q)) == ("x0 x1", "x0 - 1/2 x1")
    assert [repr(v) for v in cd.normal_form(cd.cumprod(cd.integer(3)))] == ["x0", "x0 x1", "x0 x1 x2"]
    assert cd.normal_form(cd.discard(F)) == () and repr(cd.normal_form(X + X)) == "0"


@given(morphisms(INTEGER, budget=4), morphisms(INTEGER, budget=4))
@few
def test_equal_normal_forms_have_equal_derivatives(f, g):
    """(f + g)·f, distributed or not, and R of both."""
    if (f.dom, f.cod) != (g.dom, g.cod):
        g = f * f
    left, right = (f + g) * f, f * f + g * f
    assert difference(left, right) is None and difference(cd.R(left), cd.R(right)) is None
    assert difference(left, right + 1) is not None or all(s.size == 0 for s in f.cod.wires)


def test_what_has_no_normal_form():
    wave = (cd.square(F) >> cd.sin(F).box("wave")).box("outer")
    with pytest.raises(MeaningError, match="outer / wave / sin: sin means nothing"):
        cd.normal_form(wave)
    with pytest.raises(MeaningError, match="outer / wave / sin: sin means nothing"):
        cd.is_multilinear(wave)
    for f in (cd.logical_not(cd.bool()), cd.gather(cd.f64(3), cd.index(2))):
        with pytest.raises(MeaningError, match=r"input \d lies on (bool|index.*), for which no indeterminate stands"):
            cd.normal_form(f)
    with pytest.raises(MeaningError, match="no common rig of coefficients"):
        cd.normal_form(cd.id(B) @ cd.id(F))


def test_a_polynomial_that_explodes_is_stopped():
    """How large it was, how large it may be, and in which box."""
    f = cd.sum(cd.f64(8)) + 1.0 >> cd.pow(F, exponent=16).box("power")
    with pytest.raises(BudgetError, match=r"power / pow: .* of 495 and 495 terms: the budget is 1,000 terms"):
        cd.normal_form(f, budget=1000)
    with pytest.raises(BudgetError, match=r"power / pow: a polynomial of [\d,]+ terms so far: the budget is 10,000"):
        cd.normal_form(f, budget=10_000)
    assert len(cd.normal_form(cd.sum(cd.f64(8)) >> cd.pow(exponent=3)).terms) == 120


# -- functions and polynomials ---------------------------------------------------------------------------------


def boolean_difference(f, x, ȳ):
    """Σⱼ (fⱼ(x) + fⱼ(x + eᵢ)) ȳⱼ for each i, on vectors of bits."""
    found = []
    for i in range(len(x)):
        flipped = x.copy()
        flipped[i] ^= 1
        found.append(int(np.bitwise_xor.reduce((f(x) ^ f(flipped)) & ȳ)))
    return found


@given(morphisms(CIRCUITS, dom=cd.z2(3), cod=cd.z2(2), budget=6))
def test_multilinear_circuits_are_where_R_is_the_boolean_difference(f):
    reverse = cd.R(f)
    agree = all(
        reverse(np.uint8(x), np.uint8(ȳ)).tolist() == boolean_difference(f, np.array(x, np.uint8), np.uint8(ȳ))
        for x in product((0, 1), repeat=3)
        for ȳ in ((1, 0), (0, 1))
    )
    largest = max([n for p in cd.normal_form(f) for m in p.terms for n in _exponents(m)], default=0)
    assert cd.is_multilinear(f) == (largest <= 1)
    assert agree or not cd.is_multilinear(f)


def _exponents(m):
    return [m >> 16 * i & 0xFFFF for i in range(m.bit_length() // 16 + 1)]


def test_is_multilinear():
    both = cd.mul(B, B)
    assert cd.is_multilinear(both) and not cd.is_multilinear(cd.copy(B) >> both)
    assert cd.is_multilinear(X * X + X * X)  # which cancels
    assert cd.is_multilinear(cd.matmul(cd.f64(3, 3), cd.f64(3, 3))) and not cd.is_multilinear(cd.square(F))
    assert cd.is_multilinear(cd.prod(cd.z2(40)))
    assert cd.is_multilinear(cd.id(F) / 2.0)


def test_products_of_what_is_apart_need_no_polynomial():
    """(x0 + 1) (x1 + 1) … has 2⁴⁰ terms, and each letter occurs once."""
    f = (cd.id(cd.z2(40)) + 1) >> cd.prod
    assert cd.is_multilinear(f)
    with pytest.raises(BudgetError, match="the budget is"):
        cd.normal_form(f)


# -- equality --------------------------------------------------------------------------------------------------


@needs_z3
@given(morphisms(CIRCUITS, dom=cd.z2(4), cod=B, budget=6), morphisms(CIRCUITS, dom=cd.z2(4), cod=B, budget=6))
def test_normal_form_and_z3_agree(f, g):
    """On pairs that are equal and on pairs that are not: as functions always, as polynomials where both are linear in
    each input.
    """
    pairs = [(f, g), (f * g, g * f * f), (f * (g + 1) + g, f + g + f * g + g + g), (f + f * g, f * (g + 1))]
    for left, right in pairs:
        proof = cd.laws.equal(left, right, procedures="proof")
        assert proof.strength in ("proved", "violated")
        assert (difference(left, right, functions=True) is None) == (not proof.violated)
        if cd.is_multilinear(left) and cd.is_multilinear(right):
            assert cd.laws.equal(left, right, procedures="polynomial").violated == proof.violated


def test_equality_is_decided_by_the_strongest():
    x, y = X @ cd.discard(B), cd.discard(B) @ X
    assert cd.laws.equal(x * y, y * x).strength == "proved"
    assert cd.laws.equal(x, x).procedure == "diagram"
    found = cd.laws.equal(x * y, x + y)
    assert found.violated and values(x * y, found.args) != values(x + y, found.args)
    assert cd.laws.equal(X * X, X, procedures=["z2", "polynomial"]).violated
    assert cd.laws.equal(cd.sin(F), cd.sin(F) + 0.0).held
    with pytest.raises(UsageError, match="there is no procedure 'magic'; there are diagram, polynomial"):
        cd.laws.equal(X, X, procedures="magic")
    with pytest.raises(SignatureError, match="one type"):
        cd.laws.equal(X, x)


# -- rewriting -------------------------------------------------------------------------------------------------


def test_a_rewrite_that_R_does_not_respect_is_refused():
    square = (X * X).box("square")
    f = (square >> X + 1).box("outer") >> square
    with pytest.raises(CongruenceError, match="x0² on one side and x0 on the other: one function, but R differs"):
        cd.replace(f, X * X, X)
    with pytest.raises(CongruenceError, match=r"x0 on one side and x0 \+ 1 on the other        \("):
        cd.replace(f, X, X + 1, functions=True)
    run = cd.replace(f, X * X, X, functions=True)
    assert [f(v) for v in (0, 1)] == [run(v) for v in (0, 1)] and run.flatten() == X + 1
    assert [cd.R(f)(v, 1) for v in (0, 1)] != [cd.R(run)(v, 1) for v in (0, 1)]  # which is why


@given(morphisms(CIRCUITS, dom=B, cod=B, budget=5))
@few
def test_a_rewrite_that_is_made_is_one_of_R_too(f):
    """Distributivity, in boxes in boxes, of a circuit that is itself replaced too."""
    left, right = (f + 1) * f, f * f + f
    program = (left.box("f") >> f).box("g") >> left.box("f") + X
    found = cd.replace(program, left, right)
    assert difference(program, found) is None and difference(cd.R(program), cd.R(found)) is None
    assert left == right or found != program
    assert cd.replace(left, left, right) == right


def test_other_boxes_stay_as_they_are():
    f = cd.sin(F).box("wave") >> cd.square(F).box("square")
    assert cd.replace(f, cd.square(F), cd.copy(F) >> cd.mul(F, F)).flatten() == cd.sin(F) >> cd.copy(F) >> cd.mul
    assert cd.replace(f, cd.square(F) + 1.0, 1.0 + cd.square(F)) == f
    with pytest.raises(SignatureError, match="one type"):
        cd.replace(f, cd.square(F), cd.mul(F, F))
    with pytest.raises(MeaningError, match="sin means nothing"):
        cd.replace(f, cd.sin(F), cd.cos(F))


def test_towers_of_boxes():
    f, g = (X + 1) * X, X * X + X
    tower, other = f, g
    for _ in range(1500):
        tower, other = tower.box("floor"), other.box("floor")
    assert cd.replace(tower, f, g) == other


@pytest.mark.parametrize(
    "ask",
    [
        lambda f: cd.normal_form(f),
        lambda f: cd.is_multilinear(f),
        lambda f: cd.replace(cd.id(cd.f64()), f, cd.id(cd.f64())),
        lambda f: cd.replace(f, cd.id(cd.f64()), cd.id(cd.f64())),
        lambda f: cd.laws.equal(cd.id(cd.f64()), f),
    ],
)
def test_what_is_no_program(ask):
    with pytest.raises(ArgumentError, match="a morphism is taken here, not 3"):
        ask(3)
    with pytest.raises(CatdiffError):
        ask(cd.exp)
