"""Where wires divide: in front of what reads them, or earlier, or behind a gap of its own, where fewer cross so."""

import pytest
from hypothesis import given
from toys import programs

import catdiff as cd
from catdiff.draw.branching import divide
from catdiff.draw.columns import Columns, arrange
from catdiff.draw.frame import Manner, nodes_of, wires_of
from catdiff.draw.layout import layout
from catdiff.draw.order import crossings, fewest, sort_columns

S = cd.f64()
SUM = (cd.add(S) @ cd.add(S) >> cd.add(S)).box("sum")
CROSSED = cd.swap(S, S) >> cd.id(S) @ cd.copy(S, 3) >> SUM  # the second input crosses three branches of the first


def arranged(f: cd.Morphism, late: bool = False) -> Columns:
    net = f.net
    nodes = nodes_of(net, [None] * len(net), Manner())
    return arrange(nodes, len(net.dom), len(net.outputs), wires_of(net), late)


def ways(made: Columns) -> list[tuple[int, int, float, int, float]]:
    """From which port to which port wires lead, points of long wires left out."""
    into = {s.v: s for gap in made.gaps for s in gap if made.nodes[s.v].long}
    found = []
    for s in (s for gap in made.gaps for s in gap if not made.nodes[s.v].long):
        first = s
        while made.nodes[first.u].long:
            first = into[first.u]
        found.append((s.wire, first.u, first.a, s.v, s.b))
    return sorted(found)


@given(programs(depth=2))
def test_dividing_joins_the_same_ports_and_crosses_no_more(f):
    made = arranged(f)
    sort_columns(made)
    before, joined = crossings(made), ways(made)
    divide(made)
    assert crossings(made) <= before and ways(made) == joined
    assert sorted(n for column in made.columns for n in column) == list(range(len(made.nodes)))
    for layer, gap in enumerate(made.gaps):
        assert all(made.nodes[s.u].layer == layer and made.nodes[s.v].layer == layer + 1 for s in gap)
    for layer, column in enumerate(made.columns):
        assert all(made.nodes[n].layer == layer for n in column)


@given(programs(depth=2))
def test_early_or_late_whichever_crosses_less(f):
    early = fewest([lambda: arranged(f)])
    both = fewest([lambda: arranged(f), lambda: arranged(f, late=True)])
    assert ways(both) == ways(early)
    assert crossings(both) <= crossings(fewest([lambda: arranged(f, late=True)])) or not crossings(early)


def test_a_branch_goes_around_what_begins_between():
    """Two differences 1 − x: the second 1 begins between the branches of x, if x divides before it."""
    one = cd.const(1.0)
    f = cd.copy(S) >> (one @ cd.id(S) >> cd.sub(S)) @ (one @ cd.id(S) >> cd.sub(S))
    assert not crossings_of(f)


def test_wires_that_cross_all_branches_of_another_cross_it_before():
    made = arranged(CROSSED)
    sort_columns(made)
    assert crossings(made) == 3
    divide(made)
    assert crossings(made) == 1 and len(made.columns) == 4


def crossings_of(f: cd.Morphism) -> int:
    made = arranged(f)
    sort_columns(made)
    divide(made)
    return crossings(made)


@pytest.mark.parametrize("down", ["right", "down"])
def test_a_halved_gap_is_drawn_with_one_dot(down):
    assert [d.kind for d in layout(CROSSED.net, depth=0, direction=down).dots] == ["filled"]
