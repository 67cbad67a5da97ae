"""The steps of the layout, each against what defines it."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.draw import leveling
from catdiff.draw.columns import Node, arrange
from catdiff.draw.frame import Manner, nodes_of, wires_of
from catdiff.draw.heights import Heights, pooled
from catdiff.draw.order import crossings, inversions, sort_columns

NUMBERS = st.floats(-100, 100)


@given(st.lists(st.tuples(NUMBERS, st.floats(0.1, 10)), min_size=1, max_size=12), st.data())
def test_pooling_is_the_nearest_nondecreasing_sequence(pairs, data):
    targets, weights = zip(*pairs, strict=True)
    y = pooled(targets, weights)
    assert all(b - a >= -1e-9 for a, b in itertools.pairwise(y))
    z = sorted(data.draw(st.lists(NUMBERS, min_size=len(y), max_size=len(y))))
    # The nearest point of a convex set: every other point z of it lies beyond the tangent plane at y.
    assert sum(w * (t - a) * (b - a) for t, w, a, b in zip(targets, weights, y, z, strict=True)) <= 1e-6


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_inversions_are_crossing_pairs(pairs):
    crossing = sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for a, b in itertools.combinations(pairs, 2))
    assert inversions(pairs) == crossing


@given(st.permutations(range(7)), st.permutations(range(7)))
def test_boxes_in_the_wrong_order_are_untangled(order, again):
    """Two columns of seven unary boxes, in any order, between interfaces in order: no crossing is needed."""
    nodes = [Node(0, 0, (), (0,)) for _ in range(7)] + [Node(20, 20, (10,), (10,)) for _ in range(14)]
    nodes += [Node(0, 0, (0,), ()) for _ in range(7)]
    wires = [((i, 0), [(7 + order[i], 0)]) for i in range(7)]
    wires += [((7 + order[i], 0), [(14 + again[i], 0)]) for i in range(7)]
    wires += [((14 + again[i], 0), [(21 + i, 0)]) for i in range(7)]
    made = arrange(nodes, 7, 7, sorted(wires, key=lambda wire: wire[0]))
    sort_columns(made)
    assert crossings(made) == 0
    assert made.columns[0] == list(range(7)) and made.columns[-1] == list(range(21, 28))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=6, max_size=14))
def test_sorting_never_adds_crossings(joined):
    """Six boxes read any inputs, in any number, and are read in order."""
    nodes = [Node(0, 0, (), (0,)) for _ in range(6)]
    nodes += [Node(20, 80, [5 * i + 1 for i in range(len(joined))], (40,)) for _ in range(6)]
    nodes += [Node(0, 0, (0,), ()) for _ in range(6)]
    wires = [((i, 0), [(6 + b, p) for p, (a, b) in enumerate(joined) if a == i]) for i in range(6)]
    wires += [((6 + i, 0), [(12 + i, 0)]) for i in range(6)]
    made = arrange(nodes, 6, 6, wires)
    before = crossings(made)
    sort_columns(made)
    assert crossings(made) <= before


def test_a_constant_stands_next_to_what_reads_it():
    """A chain of three boxes, the last also reading a box without inputs."""
    nodes = [Node(0, 0, (), (0,)), Node(9, 9, (4,), (4,)), Node(9, 9, (4,), (4,)), Node(9, 9, (), (4,))]
    nodes += [Node(9, 9, (3, 6), (4,)), Node(0, 0, (0,), ())]
    made = arrange(
        nodes,
        1,
        1,
        [((0, 0), [(1, 0)]), ((1, 0), [(2, 0)]), ((2, 0), [(4, 0)]), ((3, 0), [(4, 1)]), ((4, 0), [(5, 0)])],
    )
    assert [n.layer for n in made.nodes] == [0, 1, 2, 2, 3, 4]


def test_bends_are_taken_out_as_far_as_the_effort_goes(monkeypatch):
    """R of a chain is arcs within arcs, where a push moves all that are outside: without effort none is tried."""
    f = cd.id(cd.f64())
    for _ in range(12):
        f = f >> cd.sin
    net = cd.R(f).net
    bends = []
    for effort in (0, 1, leveling.EFFORT):
        made = arrange(nodes_of(net, [None] * len(net), Manner()), len(net.dom), len(net.outputs), wires_of(net))
        sort_columns(made)
        monkeypatch.setattr(leveling, "EFFORT", effort)
        heights = Heights(made)
        heights.balance()
        before = [n.y for n in made.nodes]
        y = leveling.Leveling(made, heights.ins, heights.outs, heights.apart).solve()
        assert (y == before) == (effort == 0)
        bends.append(sum(abs(y[s.u] + s.a - y[s.v] - s.b) > leveling.LEVEL for gap in made.gaps for s in gap))
    assert bends[0] > bends[1] > bends[2]
