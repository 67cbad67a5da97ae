"""Staging: both stages together are the program, and the first has nothing of the parameters."""

import numpy as np
from equations import assert_equal, programs
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.rewrite.staging import staged

A = cd.f64(3)


@given(programs(), st.integers(0, 9), st.integers(0, 99))
def test_the_stages_compose_to_the_program(f, n, seed):
    n = min(n, len(f.dom))
    early, late = staged(f, n)
    assert early.dom == f.dom[n:] and late.dom == f.dom[:n] @ early.cod
    assert_equal(f, cd.id(f.dom[:n]) @ early >> late, seed)


@given(programs())
def test_all_is_early_without_parameters_and_late_without_data(f):
    early, late = staged(f, 0)
    assert len(late.dom) == len(early.cod)
    assert all(
        s >= len(late.dom) for _, sources, _ in late.net.steps() for s in sources
    )  # only constants are worked out
    early, _ = staged(f, len(f.dom))
    assert early.dom == cd.UNIT == early.cod


def test_what_is_between_is_what_is_read():
    @cd.morphism(A, A)
    def f(p, x):
        y = cd.exp(cd.sin(x))
        return p * y + cd.tanh(p), y, (x + 1.0) * 2.0

    early, late = staged(f.box("f"), 1)
    assert sorted(label.row.name for label in late.net.labels) == ["add", "mul", "tanh"]
    assert early.cod == A @ A  # y and the last output, once each
    p, x = np.ones(3), np.arange(3.0)
    for got, want in zip((cd.id(A) @ early >> late)(p, x), f(p, x), strict=True):
        assert np.array_equal(got, want)
