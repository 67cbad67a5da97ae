"""Points lie on their objects, are of their kind, and are the same for the same seed."""

from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import same

import catdiff as cd
from catdiff.category.objects import DTYPES, Object, Sort
from catdiff.laws.random.sampler import KINDS, Seeded, extents, point, points

SORTS = st.builds(Sort, st.sampled_from(sorted(DTYPES)), st.sampled_from([(), (3,), (2, 3), (0,), (40,)]))
OBJECTS = st.lists(SORTS, max_size=4).map(Object)
FLOATS = cd.f64(200) @ cd.f32(200) @ cd.c128(200)


@given(OBJECTS, st.integers(0, 2**32), st.sampled_from(KINDS))
def test_points_lie_on_their_object(A, seed, kind):
    xs = point(A, seed, kind, 3)
    assert [(x.shape, x.dtype.name) for x in xs] == [(s.shape, s.dtype.carrier) for s in A.wires]
    assert same(xs, point(A, seed, kind, 3))
    values = cd.id(A)(*xs)  # which checks that they are what the dtype says
    assert len(A) == 1 or len(values) == len(A)


def magnitudes(kind):
    x, y, z = point(FLOATS, 0, kind)
    return np.concatenate([np.abs(x), np.abs(y), np.abs(z.real), np.abs(z.imag)])


def test_each_kind_is_what_it_says():
    assert magnitudes("ordinary").min() >= 0.199 and magnitudes("ordinary").max() <= 1.5001
    assert set(magnitudes("integers")) == {0.0, 1.0, 2.0, 3.0}
    assert set(magnitudes("ties")) == {0.0, 0.5, 1.0}
    assert magnitudes("large").min() >= 1.99 and 500 < magnitudes("large").max() <= 1501
    assert 0 < magnitudes("tiny").min() < 1e-7 and magnitudes("tiny").max() < 0.01


def test_exact_numbers_are_exact_and_vary():
    A = cd.integer(50) @ cd.rational(50) @ cd.z2(50) @ cd.bool(50)
    for kind in KINDS:
        n, q, bits, truth = point(A, 0, kind)
        assert len({*n.tolist()}) >= 2 and all(isinstance(v, Fraction) for v in q.tolist()) and len({*q.tolist()}) > 2
        assert {*bits.tolist()} == {0, 1} and {*truth.tolist()} == {True, False}


def test_points_go_through_the_kinds_and_never_repeat():
    A = cd.f64(3)
    found = list(islice(points(A, 5), 2 * len(KINDS)))
    assert len({x.tobytes() for (x,) in found}) == len(found)
    assert all(same(x, y) for x, y in zip(found, points(A, 5), strict=False))
    assert np.abs(found[KINDS.index("tiny")][0]).max() < 0.01


def test_other_kinds_are_refused():
    with pytest.raises(cd.CatdiffError, match=r"no points of kind 'huge'; there are ordinary, integers"):
        point(cd.f64(), 0, "huge")


def test_choices_are_fair_and_within_their_range():
    choice = Seeded(0)
    assert {choice.integer(2, 4) for _ in range(100)} == {2, 3, 4}
    assert {choice.pick("abc") for _ in range(100)} == {*"abc"}
    assert {choice.coin() for _ in range(100)} == {True, False}
    assert Seeded(np.random.default_rng(1)).integer(0, 10**9) == Seeded(1).integer(0, 10**9)


# -- indices -------------------------------------------------------------------------------------------------------


def test_extents_of_indices_are_found():
    f = cd.gather(cd.f64(5, 3), cd.index(2), axis=0)
    assert extents(f) == [1, 5]
    assert extents(cd.gather(cd.f64(5, 3), cd.index(), axis=1)) == [1, 3]
    assert extents(f @ cd.gather(cd.f64(2), cd.index(4))) == [1, 5, 1, 2]
    assert extents(cd.sin(cd.f64(3))) == [1]
    assert extents(cd.R(f)) == [1, 5, 1]


@given(st.integers(0, 999))
def test_points_stay_within_them(seed):
    f = cd.gather(cd.f64(5), cd.index(6)) @ cd.gather(cd.f64(2), cd.index(6))
    xs = point(f.dom, seed, extents=extents(f))
    f(*xs)
    assert xs[1].max() < 5 and xs[3].max() < 2
