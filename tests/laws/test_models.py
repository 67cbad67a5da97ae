"""Laws of Para and of Learn: they hold of models, and notice when composing, tying or descending is done wrongly."""

import pytest

import catdiff as cd
from catdiff.laws.law import Calculus
from catdiff.learning import backprop, para
from catdiff.learning.backprop import Backprop, Learn
from catdiff.learning.para import Para
from catdiff.learning.parameters import word_of

FAMILIES = ["PARA", "LEARN"]
S, V = cd.f64(), cd.f64(3)
AFFINE = cd.mul(V, V) @ cd.id(V) >> cd.add(V)  # w, b, x ↦ w ∗ x + b


@pytest.mark.parametrize(
    "f",
    [
        AFFINE,
        AFFINE >> cd.tanh,
        cd.mul(S, S) >> cd.copy(S),
        cd.zero(V),
        cd.id(S),
        cd.mul(cd.z2(3), cd.z2(3)),
        cd.mul(cd.c128(2), cd.c128(2)) >> cd.real,
        cd.nn.mlp(4, 2).at(V),
        cd.nn.attention(2).at(cd.f64(3, 4)),
    ],
    ids=["affine", "tanh", "two outputs", "no input", "identity", "z2", "complex", "mlp", "attention"],
)
def test_they_hold(f):
    found = cd.laws.check(f, laws=FAMILIES, points=10)
    assert found.verdict == "lawful"


def test_names_say_where_parameters_end():
    named = cd.para(AFFINE, w="ones", b="zeros")
    for f in (AFFINE, named, cd.para(AFFINE, w="ones")):
        assert cd.laws.check(f, laws=FAMILIES, points=5).verdict == "lawful"


# -- planted bugs ----------------------------------------------------------------------------------------------


def forgets(f, g):
    """Composed, with zero for f's parameters."""
    P = word_of(f.trees)
    return COMPOSE(Para((cd.discard(P) >> cd.zero(P)) @ cd.id(f.dom) >> f.body, f.trees), g)


def adds(f, g):
    """Side by side, with f's outputs doubled."""
    return TENSOR(Para(f.body + f.body, f.trees), g)


def negated(f, α, trees):
    """Along α, and what it gives negated: 1 does something, and two along each other undo it."""
    return ALONG(Para(f.body >> backprop.scaled(f.cod, -1), f.trees), α, trees)


def told_its_own(f, g):
    """Composed learners, f told to give what it gives and not what g requests."""
    right = THEN(f, g)
    P, Q, A, C = f.P, g.P, f.dom, g.cod
    own = cd.id(P) @ cd.discard(Q) @ cd.id(A) @ cd.discard(C) >> cd.copy(P @ A) >> cd.id(P @ A) @ f.implement
    return Learn(right.trees, right.implement, right.update, own >> f.request)


def scales_requests(self, trees, optic):
    """Descent whose requests have the rate −1 as well: `a + ā`, which is `2a − (a − ā)`."""
    right = OF(self, trees, optic)
    P, A, B = right.P, right.dom, right.cod
    twice = cd.discard(P) @ cd.id(A) @ cd.discard(B) >> backprop.scaled(A, 2)
    request = cd.copy(P @ A @ B) >> twice @ right.request >> backprop.minus(A)
    return Learn(trees, right.implement, right.update, request)


COMPOSE, TENSOR, ALONG = para._compose, para._tensor, Para.along
THEN, CHANGES, OF = Learn.__rshift__, Learn.changes, Backprop.of
BUGS = {
    "PARA.2": (para, "_compose", forgets),
    "PARA.4": (para, "_tensor", adds),
    "PARA.5": (Para, "along", negated),
    "LEARN.2": (Learn, "__rshift__", told_its_own),
    "LEARN.4": (Backprop, "of", scales_requests),
    "LEARN.6": (Learn, "changes", lambda f, rate: CHANGES(f, -rate)),
}


@pytest.mark.parametrize("law", BUGS)
def test_a_wrong_construction_violates(law, monkeypatch):
    monkeypatch.setattr(*BUGS[law])
    found = cd.laws.check(AFFINE, laws=FAMILIES, points=10, raises=False)
    assert law in {finding.law for finding in found.violations}


@pytest.mark.parametrize("law", ["PARA.9", "PARA.11", "LEARN.3", "LEARN.4"])
def test_a_wrong_derivative_violates(law):
    doubled = Calculus(R=lambda f: cd.R(f) + cd.R(f))
    found = cd.laws.check(AFFINE, laws=FAMILIES, points=10, calculus=doubled, raises=False)
    assert law in {finding.law for finding in found.violations}
