"""The invariants of a hypernet, checked on construction: every way to break one is a `NetError` that says which."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import BITS, INTEGER, MIXED, SMOOTH, few, morphisms

import catdiff as cd
from catdiff.category.objects import Object
from catdiff.errors import NetError
from catdiff.hypernet.build import of_net
from catdiff.hypernet.net import Net

A, S = cd.f64(3), cd.f64()
SIN, MUL, SPLIT = cd.sin(A).label, cd.mul(A, A).label, cd.split(A, [1, 2]).label
ANY = morphisms(SMOOTH) | morphisms(MIXED, least=0) | morphisms(INTEGER) | morphisms(BITS)


def net(dom=A, labels=(SIN, MUL), edges=(0, 1), sources=(0, 0, 1), outputs=(2,)) -> Net:
    """`copy ; (id ⊗ sin) ; mul`, with a part replaced."""
    return Net(dom, labels, edges, sources, outputs)


def test_the_example_is_good():
    assert of_net(net()) == cd.copy(A) >> cd.id(A) @ cd.sin(A) >> cd.mul
    assert (len(net()), net().wires, net().cod) == (2, 3, A)


BROKEN = {
    "an edge of no label": (dict(edges=(0, 2)), "an edge's label is not one of the 2 labels"),
    "an edge of no label at all": (dict(labels=()), "an edge's label is not one of the 0 labels"),
    "too few sources": (dict(sources=(0, 0)), "the edges read 3 wires but 2 sources are given"),
    "too many sources": (dict(sources=(0, 0, 1, 1)), "the edges read 3 wires but 4 sources are given"),
    "a source that is no wire": (dict(sources=(0, 0, 3)), "a source is not one of the 3 wires"),
    "an output that is no wire": (dict(outputs=(3,)), "an output is not one of the 3 wires"),
    "an output of an empty net": (dict(dom=cd.UNIT, edges=(), sources=(), outputs=(0,)), "an output is not one of"),
    "an edge that reads itself": (dict(sources=(1, 0, 1)), "edge 0 (sin) reads a wire made by itself or a later edge"),
    "an edge that reads a later one": (dict(sources=(2, 0, 1)), "edge 0 (sin) reads a wire made by itself or a later"),
    "a wire of another type": (dict(dom=S), "edge 0 (sin : f64[3] → f64[3]) reads a wire of another type"),
    "another dtype": (dict(dom=cd.f32(3)), "edge 0 (sin : f64[3] → f64[3]) reads a wire of another type"),
    "a negative number": (dict(sources=(0, 0, -1)), "numbered by non-negative 32-bit integers"),
    "a number of 33 bits": (dict(outputs=(2**32,)), "numbered by non-negative 32-bit integers"),
    "a number beyond 64 bits": (dict(outputs=(2**70,)), "flat arrays of integers, not object"),
    "floats": (dict(edges=(0.0, 1.0)), "flat arrays of integers, not float64[2]"),
    "booleans": (dict(edges=(False, True)), "flat arrays of integers, not bool[2]"),
    "text": (dict(outputs=("2",)), "flat arrays of integers, not <U1[1]"),
    "a matrix": (dict(sources=[[0, 0, 1]]), "flat arrays of integers, not int64[1, 3]"),
    "a ragged list": (dict(sources=[[0], [0, 1]]), "flat arrays of integers: "),
    "one number": (dict(outputs=2), "flat arrays of integers, not int64[]"),
    "nothing": (dict(outputs=None), "flat arrays of integers, not object[]"),
    "a domain that is a sort": (dict(dom=A.sort), "a net has an object as its domain, and labels"),
    "a morphism for a label": (dict(labels=(cd.sin(A), MUL)), "a net has an object as its domain, and labels"),
    "a name for a label": (dict(labels=("sin", "mul")), "a net has an object as its domain, and labels"),
}


@pytest.mark.parametrize(("part", "said"), BROKEN.values(), ids=BROKEN)
def test_every_broken_invariant_is_named(part, said):
    with pytest.raises(NetError) as caught:
        net(**part)
    assert said in str(caught.value).replace("a output", "an output")


@given(ANY, st.data())
def test_any_numbers_are_a_net_or_an_error(f, data):
    """Whatever single number is changed: the result is a net whose parts agree, or a `NetError`."""
    n = f.net
    parts = {k: getattr(n, k).tolist() for k in ("edges", "sources", "outputs")}
    which = data.draw(st.sampled_from([k for k in parts if parts[k]] or ["none"]))
    if which == "none":
        return
    at = data.draw(st.integers(0, len(parts[which]) - 1))
    parts[which][at] = data.draw(st.integers(-1, n.wires + 1))
    try:
        changed = Net(n.dom, n.labels, *parts.values())
    except NetError:
        return
    assert changed.cod == Object(changed.sorts[w] for w in changed.outputs)
    made = len(n.dom)
    for label, reads, first in changed.steps():
        assert first == made and all(0 <= w < first for w in reads)
        assert Object(changed.sorts[w] for w in reads) == label.dom
        assert Object(changed.sorts[first : first + len(label.cod)]) == label.cod
        made += len(label.cod)
    assert made == changed.wires


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "u4", "i8", "u8", ">i4"])
def test_integers_of_any_width(dtype):
    n = net(edges=np.array([0, 1], dtype), sources=np.array([0, 0, 1], dtype), outputs=np.array([2], dtype))
    assert of_net(n) == of_net(net())


def test_arrays_are_the_nets_own():
    sources = np.array([0, 0, 1], np.int32)
    n = net(sources=sources)
    sources[:] = 99
    assert n.sources.tolist() == [0, 0, 1]
    for array in (n.edges, n.sources, n.outputs):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_a_box_of_several_outputs_and_one_of_none():
    n = Net(A, [SPLIT, cd.discard(A).box("none").label], [0, 1, 0], [0, 0, 0], [1, 4])
    assert n.wires == 5 and n.cod == cd.f64(1) @ cd.f64(2)
    assert [first for _, _, first in n.steps()] == [1, 3, 3]


@few
@given(ANY)
def test_bracketing_changes_nothing(f):
    """The same parts, composed from the left, from the right and from the middle: one net, array for array."""
    g, h = cd.copy(f.cod), cd.id(f.cod @ f.cod)
    nets = [((f >> g) >> h).net, (f >> (g >> h)).net]
    wide = [((f @ g) @ h).net, (f @ (g @ h)).net]
    for left, right in (nets, wide):
        assert left.labels == right.labels
        for part in ("edges", "sources", "outputs"):
            assert getattr(left, part).tolist() == getattr(right, part).tolist()


def test_a_long_chain_however_it_is_bracketed():
    n = 3_000
    parts = [cd.sin(S) if i % 3 else cd.exp(S).box("e") for i in range(n)]
    left = parts[0]
    for p in parts[1:]:
        left = left >> p
    right = parts[-1]
    for p in parts[-2::-1]:
        right = p >> right
    level = parts
    while len(level) > 1:
        level = [a >> b for a, b in zip(level[::2], level[1::2], strict=False)] + level[len(level) & ~1 :]
    assert len(left.net) == n
    for other in (right, level[0]):
        assert other.net.edges.tolist() == left.net.edges.tolist()
        assert other == left and hash(other) == hash(left)
