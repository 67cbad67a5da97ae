"""Ways to lay a program out: downwards, with parameters from the top, as its term was composed."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import check, tangles, written

import catdiff as cd
from catdiff.category.morphism import Morphism
from catdiff.draw.layout import layout
from catdiff.draw.scene import Scene, turned
from catdiff.draw.terms import LARGEST, woven
from catdiff.draw.views import scene_of
from catdiff.errors import DrawError

S = cd.f64()
ROOT = Path(__file__).resolve().parents[2]


@st.composite
def terms(draw, depth: int = 4) -> Morphism:
    """Terms of >>, @, boxes, copies, discards, swaps, sums and programs with named wires."""
    if not depth or draw(st.integers(0, 4)) == 0:
        leaves = [cd.sin(S), cd.exp(S).box("wave"), cd.mul(S @ S), cd.add(S), cd.const(2.0), cd.swap(S, S)]
        leaves += [cd.copy(S), cd.discard(S), cd.id(S @ S), cd.morphism(S, S)(lambda x, y: (x * y + x, y))]
        return draw(st.sampled_from(leaves))
    f, g = draw(terms(depth - 1)), draw(terms(depth - 1))
    if draw(st.booleans()):
        return f @ g
    more, fewer = f.cod[len(g.dom) :], g.dom[len(f.cod) :]
    return f @ cd.id(fewer) >> g @ cd.id(more)


# -- directions -------------------------------------------------------------------------------------------------


@given(tangles())
def test_the_interface_keeps_its_order_downwards(f):
    ins, outs = [f"in {i}" for i in range(len(f.dom))], [f"out {i}" for i in range(len(f.cod))]
    scene = layout(f.net, inputs=ins, outputs=outs, direction="down")
    for names in (ins, outs):
        places = [next(t.x for t in scene.texts if t.text == name) for name in names]
        assert all(b - a >= 20 for a, b in itertools.pairwise(places)), "names touch"
    assert all(w.down for w in scene.wires)


@given(tangles())
def test_turning_twice_is_turning_nothing(f):
    scene = layout(f.net)
    assert turned(turned(scene)) == scene


def test_names_are_upright_in_both_directions():
    f = cd.sin(S).box("a name of some length")
    for depth in (0, 1):
        right, down = layout(f.net, depth=depth), layout(f.net, depth=depth, direction="down")
        assert right.boxes[0].width > right.boxes[0].height * 2
        assert down.boxes[0].width >= right.boxes[0].width
    (frame, inner) = layout(f.net, depth=1, direction="down").boxes
    (wire,) = [w for w in layout(f.net, depth=1, direction="down").wires if w.pieces[0][1] < frame.y]
    assert wire.pieces[0][0] > frame.x + 150, "it enters beside the name, not through it"
    assert inner.y >= frame.y + 29


@pytest.mark.parametrize("direction", ["left", "up", None, 1])
def test_a_direction_is_right_or_down(direction):
    with pytest.raises(DrawError, match="pictures run 'right' or 'down'"):
        layout(cd.sin(S).net, direction=direction)


def test_the_same_bytes_every_time_in_every_layout():
    program = (
        "import catdiff as cd, sys; A = cd.f64(3)\n"
        "f = cd.R(cd.copy(A) >> cd.sin(A).box('s') @ cd.exp >> cd.mul)\n"
        "for o in ({}, {'layout': 'term'}, {'parameters': [0]}):\n"
        "    for d in ('right', 'down'):\n"
        "        sys.stdout.write(f.draw(direction=d, **o))"
    )
    drawn = written(program)
    assert drawn[0] == drawn[1] and drawn[0].count(b"<svg ") == 6


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"colour": "red"}, "a picture takes .*depth=, .*scale=, not colour="),
        ({"notes": {}}, "not notes="),
        ({"term": cd.sin(S)}, "not term="),
        ({"view": "lens", "layout": "term", "cotangents": [0]}, 'view="lens" takes .*, not layout=, cotangents='),
        ({"after": cd.sin(S), "size": 3}, "not size="),
        ({"inputs": 3}, "inputs= is a list of names"),
    ],
)
def test_an_option_that_there_is_not_is_named(wrong, said):
    with pytest.raises(DrawError, match=said):
        cd.sin(S).draw(**wrong)


def test_values_are_several():
    with pytest.raises(cd.errors.ArgumentError, match="a tuple of values, one per wire, not 3"):
        cd.sin(S).draw(values=3.0)


# -- parameters -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["right", "down"])
@given(tangles(), st.data())
def test_parameters_enter_from_the_top(direction, f, data):
    chosen = data.draw(st.lists(st.sampled_from(range(len(f.dom))), unique=True)) if len(f.dom) else []
    names = [f"in {i}" for i in range(len(f.dom))]
    scene = layout(f.net, parameters=chosen, inputs=names, direction=direction)
    check(scene)
    flat = turned(scene) if direction == "down" else scene
    for i, name in enumerate(names):
        (t,) = [t for t in flat.texts if t.text == name]
        starts = [w.pieces[0] for w in flat.wires if w.parent < 0]
        if i in chosen:
            assert any(abs(p[0] - t.x) < 1e-6 and p[0] == p[4] and 0 < p[1] - t.y < 10 for p in starts)
        else:
            assert any(abs(p[1] - t.y) < 1e-6 and p[0] - t.x < 10 for p in starts)


def test_a_parameter_stands_before_what_reads_it():
    """Two layers: the parameter of the second enters behind the first."""
    box = cd.mul(S @ S).box("layer")
    f = cd.program(S @ S @ S, [(box, [0, 1]), (box, [3, 2])], [4])
    scene = layout(f.net, depth=0, parameters=[1, -1])
    starts = sorted(w.pieces[0][0] for w in scene.wires if w.pieces[0][0] == w.pieces[0][4])
    first, second = sorted(b.x for b in scene.boxes)
    assert starts[0] < first < starts[1] < second


@pytest.mark.parametrize("wrong", [[2], [-3], ["x"], 1])
def test_parameters_are_inputs(wrong):
    with pytest.raises(DrawError, match="parameters= numbers inputs"):
        layout(cd.mul(S @ S).net, parameters=wrong)


# -- terms ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["right", "down"])
@given(terms())
def test_terms_are_drawn_without_overlap(direction, f):
    check(scene_of(f, layout="term", direction=direction))


@given(terms())
def test_a_weave_is_its_term(f):
    """Reading the columns again gives the same morphism."""
    weave, steps = woven(f), list(f.net.steps())
    wires, made, done = list(range(len(f.dom))), len(f.dom), []
    for column, sources in zip(weave.columns, weave.maps, strict=False):
        reads, wires = iter([wires[i] for i in sources]), []
        for box, ins, outs in column:
            here = list(itertools.islice(reads, ins))
            if box < 0:
                wires += here
            else:
                done.append((cd.category.morphism.Atom(steps[box][0]), here))
                wires += range(made, made + outs)
                made += outs
        assert not list(reads)
    assert cd.program(f.dom, done, [wires[i] for i in weave.maps[-1]]) == f


def test_a_term_is_drawn_as_it_was_composed():
    f = cd.sin(S) @ (cd.exp(S) >> cd.tanh) >> cd.swap(S, S) >> cd.mul(S @ S)
    scene = scene_of(f, layout="term")
    at = {b.name: b for b in scene.boxes}
    assert at["sin"].y < at["exp"].y and at["exp"].x < at["tanh"].x < at["×"].x
    assert len({b.width for b in scene.boxes}) == 1
    early = scene_of(cd.copy(S) >> cd.sin(S) @ cd.id(S) >> cd.mul(S @ S), layout="term")
    assert [d.kind for d in early.dots] == ["filled"]


def test_long_and_large_terms():
    f = cd.sin(S)
    for _ in range(5000):
        f = f >> cd.id(S)
    assert len(scene_of(f, layout="term").boxes) == 1
    for _ in range(LARGEST):
        f = f >> cd.sin
    with pytest.raises(DrawError, match=r'the term, of 101 boxes, is too large.*\nhint: layout="layers"'):
        f.draw(layout="term")
    wide = cd.id(S)
    for _ in range(99):
        wide = wide @ cd.id(S)
    for _ in range(8):
        f = wide @ (cd.sin(S) >> cd.sin >> cd.sin >> cd.sin >> cd.sin >> cd.sin >> cd.sin >> cd.sin)
        wide = wide @ wide
    with pytest.raises(DrawError, match="too large"):
        f.draw(layout="term")
    with pytest.raises(DrawError, match="layout= is one of 'layers', 'term', not 'force'"):
        cd.sin(S).draw(layout="force")
    with pytest.raises(DrawError, match='parameters= is for layout="layers"'):
        cd.sin(S).draw(layout="term", parameters=[0])


def test_an_empty_picture():
    for options in ({}, {"layout": "term"}, {"direction": "down"}, {"direction": "down", "layout": "term"}):
        scene = scene_of(cd.id(cd.UNIT), **options)
        assert isinstance(scene, Scene) and not scene.boxes and not scene.wires
