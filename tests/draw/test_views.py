"""Views of a program: the values on its wires, what a rewrite changed, f and R[f] as one lens."""

import warnings
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.draw.change import changes
from catdiff.draw.layout import layout
from catdiff.draw.notes import Note, Trace, noted
from catdiff.draw.scene import Scene, Wire
from catdiff.draw.stretch import stretched
from catdiff.draw.text import text
from catdiff.draw.views import scene_of
from catdiff.draw.write import WRITERS
from catdiff.errors import ArgumentError, DrawError, EvaluationError, NoDerivativeError
from catdiff.interpret.trace import described, trace, wrong
from catdiff.laws import SMOOTH, strategies

S, A = cd.f64(), cd.f64(3)
PROGRAMS = strategies.morphisms(SMOOTH)
INNER = (cd.sub(S) >> cd.log).box("inner").box("outer")


def inputs(f: cd.Morphism) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=s.shape).astype(s.dtype.carrier) for s in f.dom.wires]


# -- values ---------------------------------------------------------------------------------------------------------


@given(PROGRAMS)
def test_a_trace_says_what_comes_out_and_what_goes_in(f):
    xs = inputs(f)
    found = trace(f, xs)
    ys = f(*xs)
    for w, y in zip(f.net.outputs.tolist(), ys if isinstance(ys, tuple) else (ys,), strict=True):
        assert found.notes[(), w] == Note(described(y), wrong(y))
    assert [found.notes[(), i].text for i in range(len(xs))] == [described(x) for x in xs]
    assert {w for path, w in found.notes if not path} == set(range(f.net.wires))


@given(PROGRAMS)
def test_every_wire_that_is_drawn_has_a_value(f):
    f = f.box("f")
    scene = scene_of(f, values=inputs(f))
    assert all(" = " in w.hint for w in scene.wires)
    assert Counter(b.name for b in scene.boxes) == Counter(b.name for b in scene_of(f).boxes)


@given(PROGRAMS)
def test_every_note_is_in_the_text(f):
    scene = scene_of(f.box("f"), values=inputs(f))
    notes, drawing = Counter([t.text for t in scene.texts if t.kind == "note"]), text(scene)
    assert all(drawing.count(f" {note} ") >= n for note, n in notes.items())
    assert len(notes) > 0 or not f.dom


def test_a_trace_follows_boxes_as_deep_as_asked():
    paths = [{path for path, _ in trace(INNER, (2.0, 1.0), depth).notes} for depth in range(4)]
    assert paths == [{()}, {(), (0,)}, {(), (0,), (0, 0)}, {(), (0,), (0, 0)}]


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_the_first_bad_value_is_found_in_any_depth(depth):
    f = INNER @ cd.id(S) >> cd.mul >> cd.exp
    found = trace(f, (1.0, 1.0, 2.0), depth)
    assert found.first == ((0, 0), 1)
    assert found.said == "the first ∞ is made by outer / inner / log, of 0"
    scene = scene_of(f, values=(1.0, 1.0, 2.0), depth=depth)
    assert {b.name for b in scene.boxes if b.mark == "bad"} == {"outer", "inner", "log"} & {b.name for b in scene.boxes}
    assert {w.mark for w in scene.wires if "∞" in w.hint} == {"bad"}
    assert {w.mark for w in scene.wires if "∞" not in w.hint} == {""}
    assert [t.text for t in scene.texts if t.kind == "caption"] == [found.said]


def test_it_is_found_in_a_tower():
    """However deep: nothing recurses, no box runs more than twice, and the caption stays a line."""
    f = cd.log(S)
    for k in range(3000):
        f = f.box(f"b{k}")
    found = trace(f, (0.0,))
    assert found.first == ((0,) * 3000, 0)
    assert found.said == "the first ∞ is made by b2999 / b2998 / b2997 / b2996 / … / b2 / b1 / b0 / log, of 0"
    assert {path for path, _ in found.notes} == {(), (0,)}


def test_many_inputs_are_not_all_listed():
    product = cd.einsum(",,,->", S, S, S, S)
    assert trace(product, (1e200, 1e200, 1.0, 1.0)).said.endswith(", of 1e+200, 1e+200, 1, …")


def test_an_input_may_be_the_first():
    found = trace(cd.sin(A) >> cd.neg, ([1.0, np.nan, 2.0],))
    assert found.first == ((), -1) and found.said == "the first NaN is input 0"
    scene = scene_of(cd.sin(A) >> cd.neg, values=([1.0, np.nan, 2.0],))
    assert not [b for b in scene.boxes if b.mark] and all(w.mark == "bad" for w in scene.wires)
    assert trace(cd.sin(A), ([1.0, 2.0, 3.0],)).first is None


def test_a_derivative_has_values_too():
    f = cd.R((cd.sin(A) >> cd.sqrt).box("f") >> cd.sum)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what NumPy would warn of is in the picture
        scene = scene_of(f, values=([1.0, -1.0, 2.0], 1.0))
    assert next(t.text for t in scene.texts if t.kind == "caption").startswith(
        "the first NaN is made by f / sqrt, of [3] "
    )


def test_values_that_do_not_fit_say_so():
    with pytest.raises(ArgumentError, match="takes 1 values"):
        cd.sin(S).draw(values=(1.0, 2.0))
    with pytest.raises(ArgumentError, match="lies on f64"):
        cd.sin(S).draw(values=([1.0],))


def test_a_box_that_fails_is_named_with_its_path():
    f = cd.gather(cd.f64(2), cd.index(1)).box("inner").box("outer")
    with pytest.raises(EvaluationError, match="outer / inner"):
        f.draw(values=([1.0, 2.0], [7]))


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (1, "1"),
        (-0.25, "−0.25"),
        (1e-9, "1e−9"),
        (np.inf, "∞"),
        (-np.inf, "−∞"),
        (np.nan, "NaN"),
        (True, "true"),
        ([1.0, 2.0], "[2] 1, 2"),
        (np.zeros(0), "[0] "),
        (np.zeros((2, 2)), "[2,2] all 0"),
        (np.arange(4.0), "[4] 0 … 3, ø 1.5"),
        ([1.0, np.nan, 2.0, np.nan], "[4] 2 of 4 NaN"),
        ([True, False, True, True], "[4] 3 of 4 true"),
        ([1j, 2, 3, 4], "[4] |z| 1 … 4"),
    ],
)
def test_values_in_a_few_words(x, text):
    assert described(x) == text


def test_notes_stand_on_level_wire_and_touch_no_box():
    f = cd.R((cd.sin(A) >> cd.exp).box("f") @ cd.tanh(A) >> cd.mul)
    scene = scene_of(f, values=inputs(f), cotangents=[2])
    notes = [t for t in scene.texts if t.kind == "note"]
    assert len(notes) >= 8
    for t in notes:
        end = t.x + 5 * len(t.text)
        level = [p for w in scene.wires for p in w.pieces if p[1] == p[5] and abs(p[1] - 7.5 - t.y) < 0.01]
        assert any(p[0] <= t.x <= p[4] for p in level)
        inside = [
            b for b in scene.boxes if not b.open and b.x < end and t.x < b.x + b.width and b.y < t.y < b.y + b.height
        ]
        assert not inside


@given(PROGRAMS, st.lists(st.tuples(st.floats(0, 300), st.floats(0, 80)), max_size=5))
def test_stretching_keeps_what_is_joined_and_what_is_apart(f, rooms):
    old = layout(f.net)
    new = stretched(old, rooms)
    assert new.width >= old.width
    for a, b in zip(old.wires, new.wires, strict=True):
        assert all(x0 <= min(c0, c1) + 1e-9 and max(c0, c1) <= x1 + 1e-9 for x0, _, c0, c1, x1, _ in b.pieces)
        starts, ends = {(p[0], p[1]) for p in b.pieces}, {(p[4], p[5]) for p in b.pieces}
        loose, loose_ = starts - ends, {(p[0], p[1]) for p in a.pieces} - {(p[4], p[5]) for p in a.pieces}
        assert len(loose) >= len(loose_)
    for box in new.boxes:
        for wire in new.wires:
            for left, top, right, bottom in wire.bounds():
                apart = right <= box.x + 1e-6 or left >= box.x + box.width - 1e-6
                assert box.open or apart or bottom <= box.y or top >= box.y + box.height


def test_notes_are_any_trace():
    wire = Wire(((0, 10, 5, 5, 10, 10),), "f64", False, -1, path=(), wire=0)
    scene = noted(Scene(20, 20, wires=(wire,)), Trace({((), 0): Note("hello")}))
    assert [t.text for t in scene.texts] == ["hello"] and scene.width > 20
    assert scene.wires[0].hint == "f64 = hello"


# -- before and after -----------------------------------------------------------------------------------------------


@given(PROGRAMS)
def test_what_is_equal_has_not_changed(f):
    assert changes(f.net, f.net) == (set(), set())
    assert not [b for b in scene_of(f, after=f).boxes if b.mark]


@given(PROGRAMS, PROGRAMS)
def test_what_is_left_over_is_what_labels_say(f, g):
    """Of no label is more left over on both sides: what both have is the same. Boxes within boxes may have moved."""
    one, other = (
        {net.labels[net.edges[e]] for path, e in places if not path}
        for net, places in zip((f.net, g.net), changes(f.net, g.net), strict=True)
    )
    assert not one & other


def test_a_rewrite_in_the_middle_is_all_that_is_marked():
    f, g = cd.sin(S) >> cd.neg >> cd.neg >> cd.exp, cd.sin(S) >> cd.exp
    scene = scene_of(f, after=g)
    assert [b.name for b in scene.boxes if b.mark] == ["−", "−"]
    assert sum(w.mark == "changed" for w in scene.wires) == 2
    scene = scene_of(f.box("f") >> cd.tanh, after=g.box("f") >> cd.tanh)
    assert [b.name for b in scene.boxes if b.mark] == ["−", "−"]
    assert [t.text for t in scene.texts if t.kind == "sign"] == ["→"]


def test_other_types_are_no_rewrite():
    with pytest.raises(DrawError, match="same type"):
        cd.sin(S).draw(after=cd.sin(A))
    with pytest.raises(DrawError, match="same type"):
        cd.sin(S).draw(after="sin")
    with pytest.raises(DrawError, match="three views"):
        cd.sin(S).draw(after=cd.sin(S), values=(1.0,))
    with pytest.raises(DrawError, match="view= is one of"):
        cd.sin(S).draw(view="glass")


# -- lens -----------------------------------------------------------------------------------------------------------


def test_every_box_stands_above_its_derivative():
    f = cd.copy(A) >> (cd.sin(A) >> cd.exp).box("f") @ cd.tanh(A) >> cd.mul
    for depth in (0, 1):
        scene = scene_of(f, view="lens", depth=depth)
        ahead = [b for b in scene.boxes if not b.reverse and not b.open]
        back = {(b.path, b.edge): b for b in scene.boxes if b.reverse}
        assert len(ahead) == len(back)
        for b in ahead:
            r = back[b.path, b.edge]
            assert r.name == f"R[{b.name}]" and r.x == b.x and r.y > b.y + b.height


def test_copies_are_sums_on_the_way_back():
    def dots(f):
        scene = scene_of(f, view="lens")
        return sorted((d.kind, d.reverse, d.hint.split(" ")[0]) for d in scene.dots)

    assert dots(cd.copy(S)) == [("filled", False, "copy"), ("hollow", True, "sum")]
    assert dots(cd.add(S)) == [("filled", True, "copy"), ("hollow", False, "+")]
    assert dots(cd.discard(S)) == [("filled", False, "discard"), ("hollow", True, "zero")]
    assert dots(cd.const(2.5)) == [("point", False, "2.5")]


def test_residuals_are_what_the_derivative_reads():
    def kept(f):
        return [w.hint for w in scene_of(f, view="lens", depth=0).wires if w.hint.endswith(", kept")]

    assert kept(cd.neg(S)) == []
    assert kept(cd.sin(S)) == ["f64, kept"]
    assert kept(cd.mul(S @ S)) == ["f64, kept"] * 2
    assert len(kept((cd.sin(A) >> cd.exp).box("f"))) == 2  # cos of the input, and the output


def test_discrete_wires_have_no_cotangent():
    scene = scene_of(cd.where(cd.bool() @ S @ S), view="lens")
    assert sum(w.reverse for w in scene.wires) == 3
    scene = scene_of(cd.pair(cd.gt(S @ S), cd.mul(S @ S)), view="lens")
    assert [b.name for b in scene.boxes if b.reverse] == ["R[×]"]


@given(PROGRAMS)
def test_every_program_is_a_lens(f):
    scene = scene_of(f, view="lens")
    assert sum(b.reverse for b in scene.boxes) <= sum(not b.reverse for b in scene.boxes)
    assert all(write(scene) == write(scene) for write in WRITERS.values())


def test_a_lens_has_names_and_parameters():
    f = cd.mul(S @ S).box("f")
    scene = scene_of(f, view="lens", inputs=["x", "p"], outputs=["y"], parameters=[1])
    assert {t.text for t in scene.texts} == {"x", "p", "x\u0304 ←", "p\u0304 ←", "y", "← \u0233"}
    (p,) = [t for t in scene.texts if t.text == "p"]
    assert p.y == min(t.y for t in scene.texts)
    with pytest.raises(DrawError, match="names 1 wires"):
        f.draw(view="lens", inputs=["x"])


def test_what_has_no_derivative_has_no_lens():
    row = cd.Row(name="lensless", type_rule=lambda dom: dom, forward=np.sin)
    with pytest.raises(NoDerivativeError, match="lensless"):
        cd.Atom(cd.label(row, S)).draw(view="lens")


def test_letters_are_barred_and_words_are_not():
    f = cd.mul(cd.f64() @ cd.f64())
    texts = [t.text for t in scene_of(f, view="lens", inputs=["W₁", "weight"], outputs=["y"]).texts]
    assert {"W̄₁ ←", "weight ←", "← ȳ"} <= set(texts)
