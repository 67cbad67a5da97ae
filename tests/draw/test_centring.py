"""Ties: forks and joins in the middle of branches that weigh alike, at no cost to other wires."""

import itertools

import pytest
from hypothesis import given
from toys import programs

import catdiff as cd
from catdiff.draw.centring import Centring
from catdiff.draw.columns import arrange
from catdiff.draw.frame import Manner, nodes_of, wires_of
from catdiff.draw.heights import Heights
from catdiff.draw.layout import layout
from catdiff.draw.order import sort_columns
from catdiff.draw.scene import Scene

S = cd.f64()


def middles(scene: Scene) -> dict[str, float]:
    return {b.name: b.y + b.height / 2 for b in scene.boxes} | {d.hint.split(" ")[0]: d.y for d in scene.dots}


def test_a_diamond_is_its_own_mirror_image():
    f = cd.copy(S) >> cd.sin @ cd.exp >> cd.add(S)
    for g in (f, f.box("f") >> cd.tanh, cd.tanh(S) >> f >> cd.tanh):
        at = middles(layout(g.net, depth=1))
        assert at["copy"] == at["+"] == pytest.approx((at["sin"] + at["exp"]) / 2)
    at = middles(layout((cd.copy(S) >> cd.copy(S) @ cd.copy(S) >> cd.sin(S) @ cd.cos(S) @ cd.exp(S) @ cd.tanh(S)).net))
    assert at["copy"] == pytest.approx((at["cos"] + at["exp"]) / 2)  # the median of four


def test_where_a_branch_outweighs_the_other_it_is_level():
    f = cd.copy(S) >> (cd.sin >> cd.exp >> cd.tanh) @ cd.id(S) >> cd.add(S)
    scene = layout(f.net)
    at = middles(scene)
    assert at["sin"] == at["exp"] == at["tanh"] and at["copy"] == scene.texts[0].y
    assert at["copy"] == at["+"] != at["sin"]


@given(programs(depth=2))
def test_ties_are_centred_at_no_cost_to_others(f):
    """No other wire bends that did not, and neighbours keep their order and their distance, where they had it."""
    net = f.net
    made = arrange(nodes_of(net, [None] * len(net), Manner()), len(net.dom), len(net.outputs), wires_of(net))
    sort_columns(made)
    heights = Heights(made)
    heights.solve()
    before, centring = [n.y for n in made.nodes], Centring(made, heights.outs, heights.apart)
    after, tied = centring.solve(), centring.found()[1]
    for i, (s, _) in enumerate(centring.segments):
        if i not in tied and abs(before[s.u] + s.a - before[s.v] - s.b) < 1e-6:
            assert abs(after[s.u] + s.a - after[s.v] - s.b) < 1e-5
    for column in made.columns:
        for upper, lower in itertools.pairwise(column):
            least = made.nodes[upper].height + heights.apart(upper, lower)
            assert after[lower] - after[upper] > min(least, before[lower] - before[upper]) - 1e-5
