"""Where things stand: nothing overlaps, no wire crosses a box, every port is reached, boxes fold."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import check, tangles
from toys import programs, tower

import catdiff as cd
from catdiff.category.morphism import Morphism
from catdiff.draw.frame import PITCH
from catdiff.draw.grouping import grouped
from catdiff.draw.heights import BESIDE_WIRE
from catdiff.draw.layout import layout
from catdiff.draw.measure import width
from catdiff.draw.scene import Scene, beside
from catdiff.errors import DrawError
from catdiff.examples.gallery import ENTRIES
from catdiff.hypernet.build import of_net

S = cd.f64()


DIRECTIONS = pytest.mark.parametrize("direction", ["right", "down"])


@DIRECTIONS
@given(tangles())
def test_nothing_overlaps(direction, f):
    check(layout(f.net, direction=direction))
    check(layout(f.net, depth=0, direction=direction))


@DIRECTIONS
@given(programs(depth=3))
def test_nothing_overlaps_with_any_labels(direction, f):
    check(layout(f.net, direction=direction))


@DIRECTIONS
@given(tangles())
def test_reverse_derivatives_too(direction, f):
    check(layout(cd.R(f).net, direction=direction))


@given(tangles())
def test_every_port_is_reached(f):
    scene = layout(f.net, depth=0)
    steps = [label for label, _, _ in f.net.steps() if label.row.name not in ("add", "zero", "const")]
    assert [b.name for b in scene.boxes] == [label.title for label in steps]
    starts = [w.pieces[0][:2] for w in scene.wires]
    ends = [piece[4:] for w in scene.wires for piece in w.pieces]
    for b, label in zip(scene.boxes, steps, strict=True):
        for i in range(len(label.dom)):
            assert meets(ends, b.x, b.y + b.height / 2 + PITCH * (i - (len(label.dom) - 1) / 2))
        for i in range(len(label.cod)):
            assert meets(starts, b.x + b.width, b.y + b.height / 2 + PITCH * (i - (len(label.cod) - 1) / 2))


def meets(points, x: float, y: float) -> bool:
    return any(abs(x - a) < 1e-6 and abs(y - b) < 1e-6 for a, b in points)


@given(tangles())
def test_wires_go_on_inside_open_boxes(f):
    scene = layout(f.net, depth=3)
    inner = {}
    for w in scene.wires:
        inner.setdefault(w.parent, []).append(w)
    for i, b in enumerate(scene.boxes):
        if b.open:
            assert width(b.name) < b.width
            starts = [w.pieces[0][:2] for w in inner.get(i, ())]
            ends = [piece[4:] for w in inner.get(i, ()) for piece in w.pieces]
            for w in inner.get(b.parent, ()):
                for x0, y0, _, _, x1, y1 in w.pieces:
                    within = b.y <= y0 <= b.y + b.height, b.y <= y1 <= b.y + b.height
                    assert not (within[1] and abs(x1 - b.x) < 1e-6) or meets(starts, x1, y1)
                    assert not (within[0] and abs(x0 - b.x - b.width) < 1e-6) or meets(ends, x0, y0)


@given(tangles())
def test_the_interface_keeps_its_order(f):
    scene = layout(
        f.net, inputs=[f"in {i}" for i in range(len(f.dom))], outputs=[f"out {i}" for i in range(len(f.cod))]
    )
    for side, n in (("in", len(f.dom)), ("out", len(f.cod))):
        heights = [t.y for i in range(n) for t in scene.texts if t.text == f"{side} {i}"]
        assert len(heights) == n
        assert all(b - a >= 10 for a, b in itertools.pairwise(heights))


@pytest.mark.parametrize("n", [0, 1, 2, 30])
def test_an_identity_is_level(n):
    A = cd.UNIT
    for _ in range(n):
        A = A @ S
    scene = layout(cd.id(A).net)
    assert len(scene.wires) == n
    assert not scene.boxes and not scene.dots
    assert all(y0 == y1 for w in scene.wires for _, y0, _, _, _, y1 in w.pieces)


def test_a_chain_is_a_straight_line():
    f = cd.id(S)
    for _ in range(60):
        f = f >> cd.sin
    scene = layout(f.net)
    assert len({y for w in scene.wires for _, a, _, _, _, b in w.pieces for y in (round(a, 6), round(b, 6))}) == 1


def test_a_long_wire_is_straight():
    """One input runs past a tower of boxes to the end: it has room, so it has no bend but at its ends."""
    f = cd.id(S)
    for _ in range(8):
        f = f >> cd.sin
    scene = layout((f @ cd.id(S) >> cd.mul).net)
    (wire,) = [w for w in scene.wires if len(w.pieces) > 3]
    assert sum(abs(y0 - y1) > 1e-6 for _, y0, _, _, _, y1 in wire.pieces) <= 1


def test_the_pictures_of_the_gallery_do_not_wiggle():
    """Wires are level or take a step that is seen to be meant: half of what wires are apart, or more."""
    for entry in ENTRIES.values():
        steps = [abs(y0 - y1) for w in entry.scene().wires for _, y0, _, _, _, y1 in w.pieces]
        assert all(step < 1e-6 or step >= BESIDE_WIRE / 2 for step in steps)


def test_dots_are_copies_discards_sums_zeros_and_constants():
    def dots(f):
        return sorted((d.kind, d.hint.split(" : ")[0]) for d in layout(f.net).dots)

    assert dots(cd.copy(S)) == [("filled", "copy")]
    assert dots(cd.discard(S)) == [("filled", "discard")]
    assert dots(cd.swap(S, S)) == []
    assert dots(cd.add(S @ S) >> cd.copy(S, 3)) == [("filled", "copy"), ("hollow", "+")]
    assert dots(cd.zero(S)) == [("hollow", "0")]
    assert dots(cd.const(2.5)) == [("point", "2.5")]
    assert [t.text for t in layout(cd.const(2.5).net).texts if t.kind == "value"] == ["2.5"]
    assert [t.text for t in layout(cd.const([1.0, 2.0]).net).texts if t.kind == "value"] == ["f64[2]"]


def test_wires_between_the_same_two_dots_are_told_apart():
    """x + x is no identity to look at, nor where copy and sum stand at different heights."""

    @cd.morphism(S, S)
    def f(x, y):
        z = cd.sin(x)
        return (x + x) * y + z, cd.exp(z) * (z + z) + y, x + x

    for g in (cd.copy(S) >> cd.add, f):
        pieces = [p for w in layout(g.net).wires for p in w.pieces]
        assert len(pieces) == len(set(pieces))
    upper, level, lower = sorted({p[5] for p in layout((cd.copy(S) >> cd.add).net).wires[0].pieces})
    assert lower - level == level - upper > 6


@pytest.mark.parametrize(
    ("key", "title", "back"),
    [
        (0, "[0]", "[0]ᵀ"),
        (np.s_[1:3], "[1:3]", "pad"),
        (np.s_[::-1], "[::-1]", "[::-1]ᵀ"),
        (np.s_[:, 1], "[:,1]", "[:,1]ᵀ"),
        (np.s_[:, :3], "[:,:3]", "pad"),
        (np.s_[2:, ::2], "[2:,::2]", "[2:,::2]ᵀ"),
        (np.s_[-1, -1], "[5,3]", "[5,3]ᵀ"),
        (np.s_[3:3], "[3:3]", "pad"),
    ],
)
def test_a_slice_is_titled_by_what_it_takes(key, title, back):
    f = cd.morphism(cd.f64(6, 4))(lambda x: x[key])
    assert [label.title for label in f.net.labels] == [title]
    assert [label.title for label in cd.dagger(f).net.labels] == [back]


def test_copies_are_late():
    """x is read at once and again five boxes later: it divides before the first and runs on as one wire."""

    @cd.morphism(S)
    def f(x):
        y = x
        for _ in range(5):
            y = cd.sin(y)
        return y * x + x

    scene = layout(f.net)
    first = min(b.x for b in scene.boxes)
    copies = sorted(d.x for d in scene.dots if d.kind == "filled")
    assert len(copies) == 2
    assert copies[0] < first
    assert copies[1] > sorted(b.x for b in scene.boxes)[4]


def test_the_inputs_that_carry_cotangents_can_be_told():
    r = cd.R(cd.sin(S) >> cd.exp)
    plain, told = layout(r.net), layout(r.net, cotangents=[-1])
    assert not any(w.reverse for w in plain.wires)
    assert {w.reverse for w in told.wires} == {False, True}
    assert layout(r.net, cotangents=[1]) == told
    for wrong in ([2], [-3], ["x"], 1):
        with pytest.raises(DrawError, match="cotangents= numbers inputs"):
            layout(r.net, cotangents=wrong)


def test_the_reverse_pass_is_marked():
    f = (cd.sin(S) >> cd.exp).box("f")
    scene = layout(cd.R(f >> cd.tanh(S).box("g")).net, depth=0)
    assert {b.name: b.reverse for b in scene.boxes} == {"f": False, "R[f]": True, "R[g]": True}
    inside = layout(cd.R(cd.sin(S)).box("R[sin]").net, depth=1)
    assert {b.name: b.reverse for b in inside.boxes} == {"R[sin]": True, "cos": False, "×": True}
    assert [w.reverse for w in layout(f.net).wires] == [False] * len(layout(f.net).wires)


@given(programs(depth=2))
def test_any_name_may_look_reverse(f):
    """A box called R[…] by its user is drawn like one, whatever its type."""
    for named in (f.box("R[f]"), f.box("R[]"), f.box("R[")):
        check(layout((named @ f.box("f")).net))


def test_folding():
    f = (cd.sin(S).box("inner") >> cd.exp).box("outer")
    assert [b.name for b in layout(f.net, depth=0).boxes] == ["outer"]
    assert [(b.name, b.open) for b in layout(f.net, depth=1).boxes] == [
        ("outer", True),
        ("inner", False),
        ("exp", False),
    ]
    assert [(b.name, b.level) for b in layout(f.net, depth=7).boxes] == [
        ("outer", 0),
        ("inner", 1),
        ("exp", 1),
        ("sin", 2),
    ]


def test_a_tower_folds():
    f = tower(20_000)
    assert len(layout(f.net).boxes) == 4
    scene = layout(f.net, depth=1500)
    assert len(scene.boxes) == 1501
    check(Scene(scene.width, scene.height, scene.boxes[:200]))
    with pytest.raises(DrawError, match="hint: depth=9999 has fewer"):
        layout(f.net, depth=20_000)


def test_a_tower_is_drawn_without_recursion():
    f = cd.sin(S)
    for _ in range(20_000):
        f = f.box("deeper")
    assert f.draw(depth=0).count("<rect") == 2
    assert f.draw().count("<rect") == 5
    assert f._repr_mimebundle_()["text/plain"] == "<f64 → f64: 1 boxes>"


def test_a_tower_that_unfolds_to_more_than_can_be_drawn():
    f = cd.sin(S)
    for i in range(60):
        f = (f >> f).box(f"twice {i}")
    assert len(layout(f.net).boxes) == 1 + 2 + 4 + 8
    with pytest.raises(DrawError, match="hint: depth=12 has fewer"):
        layout(f.net, depth=60)
    assert len(layout(f.net, depth=5).boxes) == 63


def chain(n: int) -> Morphism:
    f = cd.id(S)
    for _ in range(n):
        f = f >> cd.sin
    return f


def test_a_large_frame_is_folded_by_name():
    many = chain(401)
    scene = layout(many.net)
    assert len(scene.boxes) == 21 and {b.name for b in scene.boxes} == {"sin ×20", "sin ×19"}
    assert len(layout(many.net, limit=401).boxes) == 401
    assert len(layout(many.net, depth=1).boxes) == 401 + 21
    inside = many.box("many").box("around")
    assert [b.name for b in layout(inside.net, depth=1).boxes] == ["around", "many"]
    assert [b.name for b in layout(inside.net).boxes][:3] == ["around", "many", "sin ×20"]
    with pytest.raises(DrawError, match=r"at depth=1 the picture has more than 10000 boxes.*\nhint: depth=0 has fewer"):
        layout(chain(10_000).net, depth=1)


@given(tangles(), st.integers(1, 12))
def test_what_is_folded_is_the_same_program(f, limit):
    for g in (f, cd.R(f)):
        folded = grouped(g.net, limit)
        assert len(folded) <= max(limit, 1)
        assert of_net(folded).flatten() == g.flatten()
        assert flat_titles(folded) == flat_titles(g.net)
        check(layout(g.net, limit=limit))


def flat_titles(net) -> list[str]:
    """The boxes in their order, groups of them opened."""
    titles = []
    for label, _, _ in net.steps():
        grouped_ = label.bodies and " ×" in label.title
        titles += flat_titles(label.bodies[0].net) if grouped_ else [label.title]
    return titles


def test_a_wide_frame_is_folded_too():
    row = cd.sin(S)
    for i in range(999):
        row = row @ (cd.exp(S) if i % 2 else cd.tanh(S))
    f = row >> row
    scene = layout(f.net)
    assert len(scene.boxes) == 45
    assert all(" ×" in b.name for b in scene.boxes)
    check(scene)


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, "all"])
def test_limit_is_a_number(limit):
    with pytest.raises(DrawError, match="limit is how many"):
        layout(cd.sin(S).net, limit=limit)


@pytest.mark.parametrize("depth", [-1, 1.5, True, "all"])
def test_depth_is_a_number(depth):
    with pytest.raises(DrawError, match="depth is how many"):
        layout(cd.sin(S).net, depth=depth)


def test_names_are_as_many_as_wires():
    with pytest.raises(DrawError, match="inputs= names 1 wires, and there are 2"):
        layout(cd.mul(S @ S).net, inputs=["x"])


def test_beside():
    f = cd.sin(S).box("f")
    one, two = layout(f.net), layout((f >> f).net)
    both = beside(one, two, "=")
    check(both)
    assert len(both.boxes) == len(one.boxes) + len(two.boxes)
    assert [b.parent for b in both.boxes] == [-1, 0, -1, -1, 2, 3]


def test_three_hundred_wires():
    A = cd.UNIT
    for _ in range(300):
        A = A @ S
    order = list(range(300))
    random.Random(0).shuffle(order)
    check(layout((cd.permute(A, order).box("shuffle") >> cd.permute(A, order)).net, depth=1))
