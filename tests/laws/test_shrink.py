"""Planted bugs shrink to at most three boxes, whatever they hide behind."""

import time
from itertools import islice

import numpy as np
import pytest
from planted import BUGS, fails, weight

import catdiff as cd
from catdiff.hypernet.build import of_net
from catdiff.laws.random.programs import program
from catdiff.laws.random.sampler import Seeded, point
from catdiff.laws.random.signatures import SMOOTH
from catdiff.laws.shrink import measure, shrunk, smallest

A = cd.f64(2)


def haystack(seed):
    """A program that has all of the above somewhere in it."""
    pieces = [
        cd.tanh(A),
        cd.copy(A) >> cd.mul(A @ A),
        cd.sin(A) >> cd.exp,
        (cd.sin(A) >> cd.neg).box("inner").box("outer"),
        cd.copy(A) >> cd.sin(A) @ cd.sin(A) >> cd.add,
        cd.sin(A) >> cd.neg,
    ]
    around = iter([program(Seeded(99 * seed + k), SMOOTH, dom=A, cod=A, budget=6) + cd.id(A) for k in range(99)])
    f = next(around)
    for k in np.random.default_rng(seed).permutation(len(pieces)):
        g = next(around) >> cd.tanh >> pieces[k] >> next(around)
        f = cd.pair(f, cd.id(f.dom)) >> cd.id(f.cod) @ (g.box("layer") if k % 2 else g)
    return f


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_shrinks_to_three_boxes(name, seed):
    check, f = fails(BUGS[name]), haystack(seed)
    assert check(f)
    g = smallest(f, check)
    assert check(g) and weight(g) <= 3 < weight(f)
    assert smallest(f, check) == g


def test_what_is_far_apart_is_brought_together():
    """The wires between the two cannot be cut: the bug needs a path."""
    f = cd.sin(A)
    for _ in range(30):
        f = f >> cd.tanh >> cd.neg
    g = smallest(f >> cd.exp, fails(BUGS["two generators in sequence"]))
    assert g == cd.sin(cd.f64()) >> cd.exp


# -- a bug of a derivative ---------------------------------------------------------------------------------------

HALF = cd.generator(
    "half a square",
    forward=lambda x: x * x / 2,
    R=lambda x, ȳ: x * ȳ * 0.5,  # a factor that is not there
    D=lambda x, ẋ: x * ẋ,
)
SECOND = cd.generator(
    "right to first order",
    forward=lambda x: x * x / 2,
    R=lambda x, ȳ: cd.sum(x) * ȳ,
    D=lambda x, ẋ: x * ẋ,
)


def not_adjoint(f):
    """`⟨D[f](x, ẋ), ȳ⟩ ≠ ⟨ẋ, R[f](x, ȳ)⟩`, D by the rows' own rules."""
    x, ẋ, ȳ = point(f.dom, 1), point(f.dom, 2), point(f.cod, 3)
    y = cd.jvp(f)(*x, *ẋ)
    tangents = (y if isinstance(y, tuple) else (y,))[-len(f.cod) :]
    x̄ = cd.R(f)(*x, *ȳ)
    cotangents = x̄ if isinstance(x̄, tuple) else (x̄,)
    left = sum(float(np.sum(a * b)) for a, b in zip(tangents, ȳ, strict=True))
    right = sum(float(np.sum(a * b)) for a, b in zip(ẋ, cotangents, strict=True))
    return abs(left - right) > 1e-9 * (1 + abs(left) + abs(right))


@pytest.mark.parametrize("seed", range(5))
def test_a_wrong_rule_is_found_alone(seed):
    f, g = (program(Seeded(10 * seed + k), SMOOTH, dom=A, cod=A, budget=12) for k in range(2))
    f = (cd.pair(f, cd.id(A)) >> cd.id(A) @ HALF(A)).box("layer") >> g @ cd.id(A)
    assert not_adjoint(f)
    assert smallest(f, not_adjoint) == HALF(cd.f64())


def test_sizes_that_matter_are_kept():
    """Wrong only where there are two entries: the rule of a scalar is right."""
    g = smallest(cd.sin(cd.f64(3)) >> SECOND >> cd.sum, not_adjoint)
    assert g == SECOND(cd.f64(2))


# -- what is promised besides --------------------------------------------------------------------------------------


def test_nothing_smaller_fails():
    f = cd.sin(A) >> cd.exp
    assert smallest(f, lambda g: False) is f
    assert smallest(f, lambda g: 1 / 0) is f


def test_an_exception_is_no_failure():
    def check(g):
        if "exp" not in repr(g):
            raise ValueError("not this one")
        return True

    assert smallest(cd.sin(A) >> cd.exp >> cd.tanh, check) == cd.exp(cd.f64())


def test_the_predicate_is_called_so_often_at_most():
    for calls in (0, 1, 7, 50):
        asked = []

        def check(g, asked=asked):
            asked.append(g)
            return len(g.net) % 2 == 1

        f = haystack(0)
        g = smallest(f, check, calls=calls)
        assert len(asked) <= calls and f not in asked
        assert g is f or g in asked


def test_there_is_time_for_nothing():
    f = haystack(0)
    assert smallest(f, lambda g: True, deadline=time.monotonic()) is f


def test_an_interrupt_is_not_held_back_and_loses_nothing():
    def check(g):
        if len(found) == 2:
            raise KeyboardInterrupt
        return len(g.net) > 1

    found = []
    search = shrunk(haystack(0), check)
    found.append(next(search))
    found.append(next(search))
    with pytest.raises(KeyboardInterrupt):
        next(search)
    assert measure(found[1].net) < measure(found[0].net)


def test_each_is_smaller_than_the_one_before():
    sizes = [measure(g.net) for g in shrunk(haystack(1), fails(BUGS["a large program"]))]
    assert len(sizes) > 3
    assert sizes == sorted(sizes, reverse=True) and len({*sizes}) == len(sizes)


def test_programs_may_be_deep_and_long():
    f = cd.sin(A)
    for _ in range(3000):
        f = f.box("b")
    chain = f
    for _ in range(3000):
        chain = chain >> cd.tanh
    assert smallest(chain, lambda g: "sin" in {x.name for x in g.flatten().net.labels}) == cd.sin(cd.f64())
    assert smallest(f, lambda g: any(x.bodies for x in g.net.labels)).net.labels[0].name == "b"
    assert smallest(f, lambda g: any(x.bodies and x.cod for x in g.net.labels)) == cd.id(cd.f64()).box("b")


def test_boxes_that_double_are_not_opened_all():
    """2¹⁰⁰ boxes when opened, a hundred as they are."""
    f = cd.sin(A)
    for _ in range(100):
        f = (f >> f).box("b")
    assert smallest(f, lambda g: "sin" in str(g.net.labels)) == cd.sin(cd.f64())
    g = next(islice(shrunk(f, lambda g: any(x.bodies for x in g.net.labels)), 1))
    assert measure(g.net) < measure(of_net(f.net).net)
