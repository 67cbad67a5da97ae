"""What is said when programs do not compose: the table, the names, the line, and a hint that works."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from programs import MIXED, few, morphisms, objects

import catdiff as cd
from catdiff.category.binder import build
from catdiff.errors import CompositionError

A = cd.f64(128, 64)


def error_of(f, g) -> CompositionError:
    with pytest.raises(CompositionError) as caught:
        f >> g
    return caught.value


RAISED = error_of.__code__.co_firstlineno + 2  # the line of `f >> g`


def test_the_message_is_the_one_of_the_style_guide():
    relu = cd.relu(A)
    dense = build(A @ cd.f64(64, 10) @ cd.f64(10), lambda x, w, b: x @ w + b).box("dense")
    error = error_of(relu, dense)
    assert str(error) == (
        "cannot compose relu >> dense: relu has 1 output wire but dense takes 3\n"
        "\n"
        "  wire  relu gives       dense takes\n"
        "     0  f64[128,64]  ──  f64[128,64]\n"
        "     1  —            ✗   f64[64,10]\n"
        "     2  —            ✗   f64[10]\n"
        "hint: relu @ cd.id(cd.f64(64, 10) @ cd.f64(10)) >> dense"
        f"        ({Path(__file__).name}:{RAISED})"
    )
    assert (error.left, error.right, error.wire) == (relu, dense, 1)
    assert isinstance(error, cd.CatdiffError) and isinstance(error, TypeError)


def test_the_first_line_is_complete():
    said = [
        (cd.sin(A), cd.exp(cd.f64()), "cannot compose sin >> exp: wire 0: sin gives f64[128,64] but exp takes f64"),
        (cd.copy(A), cd.exp(A), "cannot compose left >> exp: left has 2 output wires but exp takes 1"),
        (cd.discard(A), cd.exp(A), "cannot compose left >> exp: left has 0 output wires but exp takes 1"),
        (cd.id(A), cd.id(cd.z2()), "cannot compose left >> right: wire 0: left gives f64[128,64] but"),
    ]
    for f, g, first in said:
        assert str(error_of(f, g)).startswith(first)


def test_the_box_at_the_seam_is_named_and_not_what_is_around_it():
    layer = (cd.sin(A) >> cd.exp(A)).box("layer")
    f, g = cd.tanh(A) >> layer, cd.sum(cd.f64(3)).box("loss") >> cd.sin
    assert str(error_of(f, g)).startswith("cannot compose layer >> loss: wire 0: layer gives")


def test_a_table_of_up_to_twelve_wires_is_whole():
    wide = cd.copy(cd.f64(), 12)
    table = str(error_of(wide, cd.id(wide.cod[:11] @ cd.f32()))).split("\n")[3:-1]
    assert [row.split()[0] for row in table] == [str(i) for i in range(11)]
    assert "──" in table[0] and "✗" not in table[0]


@pytest.mark.parametrize(("wrong", "shown"), [(0, [0, 1, 2, 3]), (20, range(17, 24)), (29, [26, 27, 28, 29])])
def test_a_longer_table_is_cut_to_the_first_mismatch(wrong, shown):
    f = cd.copy(cd.f64(), 30)
    takes = f.cod[:wrong] @ cd.z2() @ f.cod[wrong + 1 :]
    error = error_of(f, cd.id(takes))
    rows = str(error).split("\n")[3:-1]
    assert error.wire == wrong
    assert [int(row.split()[0]) for row in rows] == list(shown)
    assert str(error).split("\n")[-1].startswith("  … of 30 wires")


def test_a_hint_that_would_fill_the_screen_is_none():
    assert "hint" not in str(error_of(cd.sin(cd.f64()), cd.id(cd.copy(cd.f64(), 100).cod)))


def evaluated(error: CompositionError):
    """The program that the hint of an error stands for; its names are the boxes', or `left` and `right`."""
    first, *rest = str(error).split("\n")
    hints = [line for line in rest if line.startswith("hint: ")]
    if not hints:
        return None
    code = hints[0].removeprefix("hint: ").rsplit("        (", 1)[0]
    left, right = first.removeprefix("cannot compose ").split(": ")[0].split(" >> ")
    names = {"left": error.left, "right": error.right, left: error.left, right: error.right}
    return eval(code, {"cd": cd, **names})


@few
@given(st.data())
def test_every_hint_that_is_given_works(data):
    f = data.draw(morphisms(MIXED, budget=3))
    C = data.draw(
        st.one_of(
            objects(MIXED),
            objects(least=1).map(lambda B: f.cod @ B),
            st.integers(0, len(f.cod)).map(lambda k: f.cod[:k]),
            st.permutations(list(f.cod.wires)).map(cd.Object),
        )
    )
    assume(f.cod != C)
    g = data.draw(morphisms(MIXED, dom=C, budget=3))
    fixed = evaluated(error_of(f, g))
    assert fixed is None or isinstance(fixed, cd.Morphism)


def test_the_three_repairs():
    P, Q = cd.f64(2), cd.z2()
    wider = evaluated(error_of(cd.sin(P), cd.id(P @ Q).box("both")))
    assert wider == cd.sin(P) @ cd.id(Q) >> cd.id(P @ Q).box("both")
    beside = evaluated(error_of(cd.id(P @ Q).box("both"), cd.sin(P)))
    assert beside == cd.id(P @ Q).box("both") >> cd.sin(P) @ cd.id(Q)
    turned = evaluated(error_of(cd.id(P @ Q).box("both"), cd.id(Q @ P).box("turned")))
    assert turned == cd.id(P @ Q).box("both") >> cd.swap(P, Q) >> cd.id(Q @ P).box("turned")
    assert evaluated(error_of(cd.sin(P), cd.sin(cd.f64()))) is None


def test_boxes_whose_names_are_not_pythons_are_left_and_right():
    f = cd.sin(cd.f64()).box("my layer")
    error = error_of(f, cd.mul(cd.f64(), cd.f64()).box("×"))
    assert "hint: left @ cd.id(cd.f64()) >> right" in str(error)
    assert evaluated(error) == f @ cd.id(cd.f64()) >> error.right


def test_families_binders_and_pairs_say_so_too():
    with pytest.raises(CompositionError, match=r"cannot compose sin >> mul"):
        cd.sin(cd.f64()) >> cd.mul(cd.f64(), cd.f64())
    with pytest.raises(CompositionError, match=r"cannot compose the wires >> exp: wire 0: the wires give f64\[2\]"):
        build(cd.f64(2), lambda x: cd.exp(cd.f64())(x))
    with pytest.raises(CompositionError, match=r"cannot compose the wires >> exp"):
        cd.program(cd.f64(2), [(cd.exp(cd.f64()), [0])], [1])
    with pytest.raises(CompositionError, match=r"cannot pair sin and exp: one takes f64, the other z2") as caught:
        cd.pair(cd.sin(cd.f64()), cd.id(cd.z2()).box("exp"))
    assert caught.value.wire == 0


def test_the_line_is_the_users():
    for make in (lambda: cd.f64(-1), lambda: cd.sin(cd.f64()) >> cd.exp(cd.f64(2)), lambda: cd.permute(A, [3])):
        with pytest.raises(cd.CatdiffError) as caught:
            make()
        assert str(caught.value).endswith(f"({Path(__file__).name}:{make.__code__.co_firstlineno})")
