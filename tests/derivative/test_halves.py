"""A program and its derivative cut in two: `(there ⊗ 1) ; (1 ⊗ back) = ⟨f, R[f]⟩`; and what is read of a box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import BITS, INTEGER, SMOOTH, agree, few, morphisms, objects, seeds

import catdiff as cd
from catdiff.category.morphism import VERBS
from catdiff.derivative.halves import halves
from catdiff.derivative.residuals import residuals

S, V, W = cd.f64(), cd.f64(3), cd.f64(2)


@few
@given(st.data(), st.sampled_from([INTEGER, BITS, SMOOTH]), seeds())
def test_together_they_are_both(data, signature, seed):
    A, B = (data.draw(objects(signature, least=1, most=2)) for _ in range(2))
    f = data.draw(morphisms(signature, dom=A, cod=B, budget=4))
    for wires in (None, *data.draw(st.lists(st.permutations(range(len(A))), max_size=2))):
        there, back = halves(f, wires)
        agree(there @ cd.id(B) >> cd.id(B) @ back, cd.vjp(f, wires), seed)


def test_halves_for_other_wires_are_others():
    f = cd.sin(V) @ cd.exp(W)
    first, second = (halves(f, [i])[1].cod for i in (0, 1))
    assert (first, second) == (V, W)


BOTH, NEITHER = (True, True), (False, False)


@pytest.mark.parametrize(
    ("inside", "arriving", "wanted", "read"),
    [
        (cd.sum(V) >> cd.exp, (True,), (True,), S),
        (cd.sin(V) @ cd.exp(W), BOTH, BOTH, V @ W),
        (cd.sin(V) @ cd.exp(W), (True, False), BOTH, V),
        (cd.sin(V) @ cd.exp(W), BOTH, (False, True), W),
        (cd.sin(V) @ cd.exp(W), NEITHER, BOTH, cd.UNIT),
        (cd.floor(V), (True,), (True,), cd.UNIT),
    ],
    ids=["value", "all", "one arrives", "one wanted", "none", "constant"],
)
def test_what_is_read_of_a_box(inside, arriving, wanted, read):
    box = inside.box("inside").net.labels[0]
    assert residuals(box, arriving, wanted) == list(read.wires)
    assert VERBS["residuals"] is residuals  # pictures ask for it by name
