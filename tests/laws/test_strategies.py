"""Hypothesis on the same programs: they have their type, and a planted bug shrinks to at most three boxes."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from planted import BUGS, fails, weight
from programs import few

import catdiff as cd
from catdiff.laws import strategies as cs
from catdiff.laws.random.signatures import BITS, MIXED, PIECEWISE, POLYNOMIAL, SMOOTH, signature

SMALL = signature("f64", cd.sin, cd.exp, cd.tanh, cd.mul, cd.add, cd.neg)
SEARCH = settings(
    max_examples=3000,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_shrinks_to_three_boxes(name):
    f = find(cs.morphisms(SMALL, dom=cd.f64(2)), fails(BUGS[name]), settings=SEARCH)
    assert 1 <= weight(f) <= 3


@pytest.mark.parametrize(
    ("wanted", "least"),
    [
        (lambda f: True, cd.id(cd.f64())),
        (lambda f: len(f.cod) > 2, None),
        (lambda f: "contract" in {x.row.name for x in f.net.labels}, None),
    ],
)
def test_programs_shrink_to_next_to_nothing(wanted, least):
    f = find(cs.morphisms(SMOOTH), wanted, settings=SEARCH)
    assert weight(f) <= 1 and (least is None or f == least)


@few
@given(st.data(), st.sampled_from([SMOOTH, BITS, POLYNOMIAL, PIECEWISE, MIXED]))
def test_types(data, s):
    A, B = data.draw(cs.objects(s)), data.draw(cs.objects(s, least=1, most=2))
    assert 1 <= len(B) <= 2 and {w.dtype.name for w in A.wires} <= {*s.dtypes}
    f = data.draw(cs.morphisms(s, A, B))
    assert (f.dom, f.cod) == (A, B)
    assert len(data.draw(cs.morphisms(s, least=2)).dom) >= 2


@few
@given(st.data())
def test_models(data):
    A, B = (data.draw(cs.objects(least=1, most=2)) for _ in range(2))
    P, f = data.draw(cs.models(SMOOTH, A, B))
    assert f.dom == P @ A and f.cod == B
    assert cd.grad(f >> cd.sum(B[0]) @ cd.discard(B[1:]), wires=range(len(P))).cod == P


def test_a_model_shrinks_to_one_box():
    P, f = find(cs.models(), lambda model: True, settings=SEARCH)
    assert len(P) == 1 and len(f.net) == 1 and weight(f) == 1


@given(cs.arrays(cd.f64(2) @ cd.index(3) @ cd.index(), extents=[1, 4, 2]))
def test_indices_of_arrays_are_less_than_their_extents(xs):
    assert xs[1].max() < 4 and xs[2] < 2


def test_without_hypothesis_the_error_names_the_extra():
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import catdiff as cd\n"
        "from catdiff.laws import strategies\n"
        "try:\n    strategies.morphisms()\nexcept ImportError as error:\n    print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert 'pip install "catdiff[test]"' in said
