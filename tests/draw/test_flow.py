"""What is of the reverse pass, and what of an update: the colours of a picture."""

import pytest

import catdiff as cd
from catdiff.draw.flow import flow, is_reverse
from catdiff.draw.layout import layout

S = cd.f64()


def test_what_a_box_makes_is_forward_though_it_is_a_cotangent_too():
    """Over ℤ₂ a loss is its own cotangent: R[loss] reads what the loss has made."""
    B = cd.z2()
    loss, back = cd.mul(B @ B).box("loss"), cd.mul(B @ B).box("R[loss]")
    step = cd.program(B @ B, [(loss, [0, 1]), (back, [0, 2])], [2, 3])
    assert flow(step.net, (False, False)) == ([False, False, False, True], [(False, False), (False, True)])
    assert flow(step.net, (False, True))[0][2]  # but of a cotangent it makes one


def stepped() -> cd.Morphism:
    """A gradient step `A ⊗ A → A`, its boxes named as a learner's are; and a box `update` that is of the way there."""
    f, back = (cd.sin(S) >> cd.exp).box("f"), cd.R(cd.sin(S) >> cd.exp).box("R[f]")
    change = (cd.neg(S) >> cd.neg).box("change")
    update = (cd.id(S) @ change >> cd.add(S)).box("update")
    return cd.program(S @ S, [(f, [0]), (back, [0, 1]), (update, [0, 3]), (update, [0, 2])], [4, 5])


def test_updates_are_what_boxes_so_called_make_of_cotangents():
    f = stepped()
    scene = layout(f.net, depth=0)
    assert [(b.name, b.mark, b.reverse) for b in scene.boxes] == [
        ("f", "", False),
        ("R[f]", "", True),
        ("update", "update", True),
        ("update", "", False),
    ]
    assert [w.wire for w in scene.wires if w.mark] == [4]


@pytest.mark.parametrize("direction", ["right", "down"])
def test_all_in_an_update_is_of_it(direction):
    scene = layout(stepped().net, direction=direction)
    inside = [x for x in (*scene.boxes, *scene.wires, *scene.dots) if x.path[:1] == (2,)]
    assert {x.mark for x in inside} == {"update"} and len(inside) > 8
    assert not any(x.mark for x in (*scene.boxes, *scene.wires, *scene.dots) if x.path[:1] in [(0,), (1,), (3,)])


def test_residuals_are_forward_and_cotangents_are_not():
    """R of two boxes in a row: what a box R[…] reads of the forward pass is not marked, what comes last is."""
    f = (cd.sin(S) >> cd.exp).box("f") >> (cd.tanh(S) >> cd.sin).box("g")
    net = cd.R(f).net
    reverse, masks = flow(net, (False, False))
    assert reverse[:2] == [False, True]
    for (label, sources, first), mask in zip(net.steps(), masks, strict=True):
        if is_reverse(label):
            assert mask == (*(False,) * (len(sources) - 1), True)
        assert reverse[first : first + len(label.cod)] == [is_reverse(label)] * len(label.cod)


def test_inside_a_reverse_box_residuals_are_forward():
    """Where no box n stands beside R[n], cotangents begin with the first port that depends on one."""
    inner = (cd.copy(S) >> cd.sin @ cd.exp >> cd.mul).box("inner")
    net = cd.R((cd.tanh(S) >> inner >> cd.exp).box("outer").box("outermost")).net
    levels, inputs = 0, (False, False)
    for name in ("R[outermost]", "R[outer]", "R[inner]"):
        _, masks = flow(net, inputs)
        ((label, inputs),) = [
            (label, m) for (label, _, _), m in zip(net.steps(), masks, strict=True) if label.name == name
        ]
        assert inputs == (*(False,) * (len(label.dom) - 1), True)
        net, levels = label.bodies[0].net, levels + 1
    assert levels == 3
