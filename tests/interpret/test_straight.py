"""Straight-line code shows rows of somebody else no more than it may, and is not misled by what they or callers do."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.errors import EvaluationError
from catdiff.interpret.straight.runner import Straight

V, BIG = cd.f64(3), cd.f64(300, 300)


# -- rows of somebody else -------------------------------------------------------------------------------------


def foreign(name, forward, **columns):
    return cd.generator(name, forward=forward, R=lambda *a: a[0], **columns)


@pytest.mark.parametrize("name", ["3d", "two\nlines", "nothing \0", "half \ud800", "line \u2028 end", "if", "{0}"])
def test_a_row_may_have_any_name(name):
    row = foreign(name, lambda x: x + 1)
    f = cd.exp(V) >> row(V) >> row(V)
    np.testing.assert_array_equal(Straight(f).run(np.ones(3)), f(np.ones(3)))


def test_a_ufunc_of_somebody_else_is_looked_at_like_any_function():
    product = foreign("matmul, a ufunc", np.matmul, signature=lambda dom: cd.f64(2, 4))
    f = product(cd.f64(2, 3) @ cd.f64(3, 4))
    xs = np.ones((2, 3)), np.ones((3, 4))
    np.testing.assert_array_equal(Straight(f).run(*xs), f(*xs))
    wide = foreign("exp, said to be wide", np.exp, signature=lambda dom: cd.f64(5))
    half = foreign("exp, said to be half", np.exp, signature=lambda dom: cd.f32(1))
    for row in (wide, half):
        with pytest.raises(TypeError, match="is declared"):
            Straight(row(cd.f64(1))).run(np.ones(1))


def test_a_row_may_keep_what_it_is_shown():
    kept = []
    keeps = foreign("keeps what it is shown", lambda x: (kept.append(x), x + 1)[1])
    run = Straight(cd.exp(V) >> cd.transpose >> keeps >> cd.exp >> cd.sin >> cd.exp).run
    for k in range(4):
        run(np.full(3, float(k)))
    for k, x in enumerate(kept):
        np.testing.assert_allclose(x, np.full(3, np.exp(k)))


def test_a_row_may_give_one_array_twice():
    cached = np.arange(3.0)
    one, two = (foreign(f"gives the array it keeps {i}", lambda x: cached) for i in range(2))
    both = foreign("gives it twice", lambda x: (y := x * 2, y), signature=lambda dom: dom @ dom)
    for f in (both(V), cd.copy(V) >> one(V) @ two(V), cd.copy(V) >> one(V) @ two(V) >> cd.swap(V, V)):
        y, z = Straight(f).run(np.ones(3))
        assert not np.may_share_memory(y, z)


# -- what is thin ----------------------------------------------------------------------------------------------


def test_a_table_may_be_the_same_everywhere():
    I, x = cd.index(), np.arange(4.0)
    wide = cd.einsum("->ij", I, sizes={"i": 2, "j": 3})
    f = cd.id(cd.f64(4)) @ wide >> cd.gather
    np.testing.assert_array_equal(Straight(f).run(x, 2), f(x, 2))


@pytest.mark.parametrize("row", [cd.softmax, cd.log_softmax, cd.logsumexp])
@pytest.mark.parametrize("x", [[-np.inf, -np.inf], [1.7e308, 1.7e308], [-1.7e308, -1.7e308]])
def test_no_more_is_warned_of(row, x):
    f, x = row(cd.f64(2, 2)), np.array([x, x])
    with np.errstate(all="raise"):
        try:
            right = f(x)
        except EvaluationError:
            return
        np.testing.assert_array_equal(Straight(f).run(x), right)


@pytest.mark.parametrize(
    "change",
    [
        lambda y: setattr(y, "shape", (1, *y.shape)),
        lambda y: setattr(y, "strides", y.strides[::-1]),
        lambda y: setattr(y, "dtype", np.int64),
        lambda y: y.setflags(write=False),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of setting attributes of arrays
def test_memory_that_comes_back_is_as_it_was(change):
    run = Straight(cd.exp(BIG)).run
    change(run(np.zeros(BIG.sort.shape)))
    for _ in range(3):
        y = run(np.zeros(BIG.sort.shape))
        assert (y.shape, y.dtype, y.strides) == (BIG.sort.shape, np.float64, (2400, 8))
