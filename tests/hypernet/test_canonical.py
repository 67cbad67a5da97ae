"""Normal form: unique, idempotent, blind to numbering, sharing and garbage, and to nothing else."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import BITS, INTEGER, MIXED, SMOOTH, few, morphisms, point, same, seeds, values

import catdiff as cd
from catdiff.hypernet.build import of_net
from catdiff.hypernet.canonical import canonical, digest
from catdiff.hypernet.graph import net_of, to_networkx
from catdiff.hypernet.net import Net
from catdiff.hypernet.recursion import run

ANY = morphisms(SMOOTH) | morphisms(MIXED, least=0) | morphisms(INTEGER) | morphisms(BITS)
S = cd.f64()


def arrays(net: Net) -> tuple[object, ...]:
    return (net.dom, net.labels, net.edges.tolist(), net.sources.tolist(), net.outputs.tolist())


def scrambled(net: Net, draw) -> Net:
    """The same program written otherwise: labels in another order and twice, edges in another topological order, some
    of them double, their readers spread over the doubles, and boxes that nobody reads."""
    steps = list(net.steps())
    labels = draw(st.permutations([*net.labels, *net.labels])) if net.labels else []
    number = {id(label): [k for k, other in enumerate(labels) if other is label] for label in net.labels}
    copies: dict[int, list[int]] = {w: [w] for w in range(len(net.dom))}  # old wire → the new wires that carry it
    edges: list[int] = []
    sources: list[int] = []
    wires = len(net.dom)
    todo = list(range(len(steps)))
    again = []
    while todo or again:
        ready = [e for e in todo if all(s in copies for s in steps[e][1])]
        pick = draw(st.sampled_from(ready + again))
        label, reads, first = steps[pick]
        edges.append(draw(st.sampled_from(number[id(label)])))
        sources += [draw(st.sampled_from(copies[s])) for s in reads]
        for k in range(len(label.cod)):
            copies.setdefault(first + k, []).append(wires + k)
        wires += len(label.cod)
        if pick in todo:
            todo.remove(pick)
            again += [pick] * draw(st.integers(0, 1))
        else:
            again.remove(pick)
    return Net(net.dom, labels, edges, sources, [draw(st.sampled_from(copies[w])) for w in net.outputs.tolist()])


@given(ANY)
def test_idempotent_and_the_same_program(f):
    normal = canonical(f.net)
    assert canonical(normal) is normal
    assert arrays(canonical(Net(*arrays(normal)))) == arrays(normal)
    assert of_net(normal) == f and len(normal) <= len(f.net)


@given(ANY, st.data())
def test_however_a_program_is_written(f, data):
    other = scrambled(f.net, data.draw)
    assert arrays(canonical(other)) == arrays(canonical(f.net))
    assert of_net(other) == f and hash(of_net(other)) == hash(f)
    assert digest(of_net(other)) == digest(f)


@given(ANY, seeds())
def test_normal_forms_mean_the_same(f, seed):
    xs = point(f.dom, seed)
    assert same(values(of_net(canonical(f.net)), xs), values(f, xs))


@given(ANY)
def test_shared_and_free_of_garbage(f):
    normal = canonical(f.net)
    keys = Counter((id(label), tuple(reads)) for label, reads, _ in normal.steps())
    assert all(n == 1 for n in keys.values())
    read = {*normal.outputs.tolist(), *normal.sources.tolist()}
    assert all(read & {*range(first, first + len(label.cod))} for label, _, first in normal.steps())
    assert len({*map(id, normal.labels)}) == len(normal.labels) == len({*normal.edges.tolist()})


@few
@given(ANY)
def test_garbage_and_copies_do_not_count(f):
    assert cd.copy(f.dom) >> f @ (f >> cd.discard(f.cod)) == f
    twice = cd.copy(f.dom) >> f @ f
    assert twice == f >> cd.copy(f.cod)
    assert len(canonical(twice.net)) == len(canonical(f.net))


DIFFERENT = {
    "the order of outputs": (cd.copy(S) >> cd.id(S) @ cd.sin(S), cd.copy(S) >> cd.sin(S) @ cd.id(S)),
    "the order of operands": (cd.sub(S, S), cd.swap(S, S) >> cd.sub(S, S)),
    "which input is read": (cd.discard(S) @ cd.sin(S), cd.sin(S) @ cd.discard(S)),
    "one wire or two": (cd.copy(S) >> cd.mul, cd.sin(S) @ cd.id(S) >> cd.mul),
    "a box": (cd.sin(S), cd.sin(S).box("sin")),
    "the name of a box": (cd.sin(S).box("a"), cd.sin(S).box("b")),
    "an interior": (cd.sin(S).box("a"), cd.cos(S).box("a")),
    "an interior's interior": (cd.sin(S).box("a").box("b"), cd.cos(S).box("a").box("b")),
    "equal as functions only": (cd.neg(S) >> cd.neg, cd.id(S)),
    "equal over Z₂ as functions": (cd.copy(cd.z2()) >> cd.mul, cd.id(cd.z2())),
    "an output of a box of two": (
        cd.split(cd.f64(2), 2) >> cd.id(cd.f64(1)) @ cd.discard(cd.f64(1)),
        cd.split(cd.f64(2), 2) >> cd.discard(cd.f64(1)) @ cd.id(cd.f64(1)),
    ),
}


@pytest.mark.parametrize(("f", "g"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_differs(f, g):
    assert f != g and not f.equals(g) and digest(f) != digest(g)
    assert f.box("b") != g.box("b")


# -- boxes -----------------------------------------------------------------------------------------------------


@few
@given(ANY, st.data())
def test_equal_interiors_are_one_label(f, data):
    other = of_net(scrambled(f.net, data.draw))
    assert f.box("b") == other.box("b")
    both = (f.box("b") @ other.box("b") @ f.box("c")).net
    assert len(both.labels) == 2
    tower = f.box("b").box("t") @ other.box("b").box("t")
    assert len(tower.net.labels) == 1


@given(ANY, seeds())
def test_flattening_opens_every_box_and_changes_nothing_else(f, seed):
    flat = f.flatten()
    assert all(not label.bodies for label in flat.net.labels)
    assert flat.flatten() == flat and (flat.dom, flat.cod) == (f.dom, f.cod)
    assert f.box("b").flatten() == flat == f.box("b").box("c").flatten()
    assert (f @ f.box("b")).flatten() == flat @ flat
    xs = point(f.dom, seed)
    assert same(values(flat, xs), values(f, xs)) and same(values(f.box("b"), xs), values(f, xs))


def test_boxes_of_no_wires():
    nothing = cd.id(cd.UNIT).box("nothing")
    assert nothing == cd.id(cd.UNIT)  # nobody reads it: f ; ! = !
    assert nothing() == () and len(nothing.net) == 1
    sink = cd.discard(S).box("sink")
    assert cd.copy(S) >> sink @ cd.id(S) == cd.id(S)
    point_box = cd.const(2.0).box("two")
    assert point_box() == 2.0
    assert len(canonical((point_box @ point_box).net)) == 1


# -- files and graphs ------------------------------------------------------------------------------------------


@few
@given(ANY, seeds())
def test_files_and_graphs_keep_a_program(f, seed):
    xs = point(f.dom, seed)
    for g in (
        cd.from_json(cd.to_json(f)),
        cd.from_json(cd.to_json(f, normal=False)),
        of_net(net_of(to_networkx(f.net))),
        of_net(net_of(to_networkx(canonical(f.net)))),
    ):
        assert g == f and same(values(g, xs), values(f, xs))
    assert cd.to_json(cd.from_json(cd.to_json(f))) == cd.to_json(f)


@few
@given(morphisms(SMOOTH, budget=3) | morphisms(INTEGER, budget=3))
def test_files_keep_derivatives(f):
    r = cd.R(f)
    assert cd.from_json(cd.to_json(r)) == r
    assert cd.R(cd.from_json(cd.to_json(f))) == cd.R(of_net(canonical(f.net)))


# -- depth -----------------------------------------------------------------------------------------------------


def test_recursion_answers_in_order_and_passes_errors_on():
    said = []

    def walk(tree):
        said.append(tree[0])
        total = tree[0]
        for child in tree[1:]:
            total += yield walk(child)
        if total > 100:
            raise ValueError(tree[0])
        return total

    assert run(walk((1, (2, (3,)), (4,)))) == 10
    assert said == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="99"):
        run(walk((1, (99, (3,)), (4,))))
