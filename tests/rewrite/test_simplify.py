"""Normal forms of whole programs: same type, same values, same derivatives; idempotent; nothing grows."""

import subprocess
import sys

import numpy as np
import pytest
from equations import assert_equal, chains, programs
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.category.binder import build
from catdiff.hypernet.build import flatten, of_net
from catdiff.hypernet.canonical import canonical
from catdiff.hypernet.recursion import run
from catdiff.interpret.cost import cost
from catdiff.rewrite.strategy import RULES, settled, tidy

A, B = cd.f64(3), cd.f64(2, 3)


def definitions(f):
    """The boxes of every level, each definition once."""
    found, todo = {}, [f.net]
    while todo:
        net = todo.pop()
        for label in net.labels:
            if label.bodies and label not in found:
                found[label] = label.bodies[0].net
                todo.append(found[label])
    return found


@given(programs(), st.integers(0, 99))
def test_type_values_and_derivatives_are_kept(f, seed):
    assert_equal(f, cd.simplify(f), seed)


@given(programs(), st.integers(0, 99))
def test_before_or_after_R_makes_no_difference(f, seed):
    assert_equal(cd.R(f), cd.simplify(cd.R(cd.simplify(f))), seed, order=1)


@given(st.one_of(programs(), chains()))
def test_idempotent_and_never_larger(f):
    g = cd.simplify(f)
    assert cd.simplify(g) is g
    assert cd.simplify(cd.from_json(cd.to_json(g))) == g
    before, after = cost(of_net(canonical(f.net))), cost(g)
    assert after.boxes <= before.boxes
    assert after.flops <= before.flops


@given(programs())
def test_equal_programs_have_equal_normal_forms(f):
    assert cd.simplify(of_net(canonical(f.net))) == cd.simplify(f)
    assert cd.simplify(flatten(cd.simplify(f))) == cd.simplify(flatten(f))


@given(programs())
def test_what_is_recognised_as_settled_is(f):
    for net in (f.net, cd.simplify(f).net):
        if run(settled(net, RULES)):
            assert cd.simplify(of_net(net)).net is net
            assert len(canonical(net)) == len(net)


def test_tidy_is_local():
    f = cd.sin(A) >> cd.copy(A) >> cd.exp(A) @ cd.exp(A)
    assert not tidy(f.net)
    assert tidy(canonical(f.net))
    assert not tidy((cd.copy(A) >> cd.sin(A) @ (cd.exp(A) >> cd.discard(A))).net)
    assert not tidy(build(A @ A, lambda x, y: (x * y, y * x)).net)


def test_powers_of_a_square():
    f = cd.copy(cd.f64()) >> cd.mul
    for most in (3, 6, 12, 24):
        f = cd.R(f)
        assert len(cd.simplify(f).net) <= most


@pytest.mark.parametrize("inner", [cd.sin(A), cd.neg(A) >> cd.sin >> cd.neg >> cd.neg])
def test_boxes_nested_deep(inner):
    f = inner
    for depth in range(5000):
        f = f.box(f"b{depth}")
    g = cd.simplify(f)
    assert len(g.net) == 1
    x = np.arange(3.0)
    assert np.array_equal(g(x), inner(x))


# -- boxes -------------------------------------------------------------------------------------------------------


def test_a_box_that_is_only_wiring_is_opened():
    f = (cd.neg(A) >> cd.neg).box("twice") >> cd.sin
    assert cd.simplify(f) == cd.sin(A)
    assert cd.simplify(cd.swap(A, B).box("swap")) == cd.swap(A, B)


def test_constants_leave_a_box_and_zeros_enter():
    f = build(A @ A, lambda x, y: (cd.sin(x) * y, y)).box("f")
    g = build(A, lambda x: f(x, cd.zero(A)))
    assert cd.simplify(g) == cd.pair(*[cd.discard(A) >> cd.zero(A)] * 2)
    h = build(A @ A, lambda x, y: cd.sin(x) + y).box("h")
    assert cd.simplify(build(A, lambda x: h(x, cd.zero(A)))) == cd.sin(A).box("h")


def test_ports_nobody_reads_are_pruned():
    f = build(A @ A, lambda x, y: (cd.sin(x), cd.exp(y))).box("f")
    g = build(A @ A, lambda x, y: f(x, y)[0])
    assert cd.simplify(g) == cd.sin(A).box("f") @ cd.discard(A)


def test_a_box_and_its_widened_twin_are_computed_once():
    plain = build(A @ A, lambda x, y: cd.tanh(x * y)).box("dense")
    wide = build(A @ A, lambda x, y: (cd.tanh(x * y), x * y)).box("dense")
    other = build(A @ A, lambda x, y: cd.tanh(x + y)).box("dense")
    for first, second in ((plain, wide), (wide, plain)):
        f = cd.program(A @ A, [(first, [0, 1]), (second, [0, 1])], [2, 3, 4])
        g = cd.simplify(f)
        assert [label.name for label in g.net.labels] == ["dense"]
        assert len(g.net) == 1
        assert_equal(f.flatten(), g)
    kept = cd.simplify(cd.program(A @ A, [(plain, [0, 1]), (other, [0, 1])], [2, 3]))
    assert len(kept.net) == 2
    apart = cd.simplify(cd.program(A @ A, [(plain, [0, 1]), (wide, [1, 0])], [2, 3]))
    assert len(apart.net) == 2


def test_twins_within_twins():
    dense = build(A, lambda x: cd.neg(x * x)).box("dense")
    wide = build(A, lambda x: (cd.neg(x * x), x * x)).box("dense")
    block = build(A, lambda x: dense(x) * 2.0).box("block")
    wide_block = build(A, lambda x: (wide(x)[0] * 2.0, wide(x)[1])).box("block")
    f = cd.program(A, [(block, [0]), (wide_block, [0])], [1, 2, 3])
    g = cd.simplify(f)
    assert len(g.net) == 1
    assert sorted(label.name for label in definitions(g)) == ["block", "dense"]
    assert_equal(f, g)


def test_a_box_used_often_is_normalised_once():
    box = (cd.neg(A) >> cd.neg >> cd.sin).box("wave")
    f = box
    for _ in range(50):
        f = f >> box
    g = cd.simplify(f)
    assert len(g.net) == 51
    assert len(definitions(g)) == 1


def test_a_doubling_tower_is_normalised_once_per_level():
    f = cd.neg(A) >> cd.neg >> cd.sin
    for depth in range(60):
        f = (f >> f).box(f"b{depth}")
    assert cost(cd.simplify(f)).boxes == 2**60


# -- contractions ------------------------------------------------------------------------------------------------


def test_products_stay_products_of_two():
    f = cd.einsum("ij,jk->ik", cd.f64(3, 3), cd.f64(3, 3))
    g = (f @ cd.id(cd.f64(3, 3))) >> f
    assert cd.simplify(g) == g


def test_a_sum_that_is_read_twice_is_computed_once():
    f = build(cd.f64(4, 4), lambda x: (x.sum(1).sum(), x.sum(1)[::-1].sum()))
    assert cost(cd.simplify(f)).flops <= cost(f).flops
    g = build(cd.f64(4, 4), lambda x: (x.sum(1), x.sum(1)[::-1]))
    assert cost(cd.simplify(g)).flops == 16


def test_a_transpose_is_read_through_by_everyone():
    f = build(cd.f64(3, 3) @ A, lambda m, x: (m.T @ x, m.T.sum(0), m.T))
    assert len(cd.simplify(f).net) == 3


def test_the_same_in_any_process():
    program = (
        "import catdiff as cd; from catdiff.hypernet.canonical import digest;"
        "A = cd.f64(2, 3); f = cd.einsum('ij,kj->ik', A, cd.f64(4, 3)) >> cd.transpose >> cd.tanh >> cd.sum;"
        "print(digest(cd.simplify(cd.R(cd.R(f)))).hex())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_twins_one_of_which_repeats_an_output():
    """As many different outputs together as the wider one has ports, and yet not the same ones."""
    S = cd.f64()
    doubled = build(S @ S, lambda x, y: (x + x, x + x)).box("f")
    second = build(S @ S, lambda x, y: y).box("f")
    f = build(S, lambda x: (doubled(x, x)[0], second(x, x)))
    assert cd.simplify(f)(3.0) == f(3.0) == (6.0, 3.0)
