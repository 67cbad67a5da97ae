"""Fixed-point learning against the same in Python's integers, and lenses that are no derivatives."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.errors import ArgumentError, SignatureError
from catdiff.library import fixed_point
from catdiff.library.fixed_point import classifier, encode, halfway, shifted, straight_through


def by_hand(x, y, bits, rate, epochs):
    """The step of polycirc's demo, written out."""
    one, classes = 1 << bits, len(y[0])
    p = [[0] * len(x[0]) for _ in range(classes)]
    for _ in range(epochs):
        for a, b in zip(x, y, strict=True):
            for k in range(classes):
                score = sum(u * v for u, v in zip(p[k], a, strict=True)) >> bits
                d = ((max(-one, min(one, score)) + one) >> 1) - b[k]
                p[k] = [w - ((((v * d) >> bits) * rate) >> bits) for w, v in zip(p[k], a, strict=True)]
    return p


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("bits", "rate"), [(10, 8), (6, 40), (0, 1)])
def test_it_is_polycirc_s_step(seed, bits, rate):
    rng = np.random.default_rng(seed)
    x = encode(rng.normal(scale=3, size=(12, 3)), bits)
    y = encode(np.eye(4)[rng.integers(0, 4, 12)], bits)
    learner = classifier(cd.integer(3), 4, bits, rate)
    run = learner.fit(x, y, epochs=3, batch=1, shuffle=False, progress=False)
    assert run.params["dense.weight"].T.tolist() == by_hand(x.tolist(), y.tolist(), bits, rate, 3)


def test_numbers_with_ten_bits():
    assert encode([0.1, -0.1, 5.1], 10).tolist() == [102, -102, 5222]
    with pytest.raises(ArgumentError, match="fit into 64 bits"):
        encode([1e18], 10)
    with pytest.raises(ArgumentError, match="fit into 64 bits"):
        encode([np.nan], 10)


@pytest.mark.parametrize("bits", [-1, 63, 1.5, True, "a"])
def test_bits_behind_the_point(bits):
    A = cd.integer(2)
    for make in (lambda: encode([1.5], bits), lambda: shifted(A, bits), lambda: classifier(A, 2, bits=bits)):
        with pytest.raises(ArgumentError, match="whole number from 0 to 62"):
            make()


def test_what_is_encoded_are_numbers():
    for x in (["a"], [[1], [1, 2]]):
        with pytest.raises(ArgumentError, match="what is encoded are numbers"):
            encode(x, 3)
    with pytest.raises(ArgumentError, match="fit into 64 bits"):
        encode([1e308], 62)


def test_a_shift_is_that_of_python():
    xs = np.array([0, 1, 1023, 1024, -1, -1024, -1025, 2**62, -(2**63)])
    assert shifted(cd.integer(9), 10)(xs).tolist() == [int(x) >> 10 for x in xs]
    assert halfway(cd.integer(9), 10)(xs).tolist() == [(max(-1024, min(1024, int(x))) + 1024) >> 1 for x in xs]


def test_straight_through_is_a_lens_and_no_derivative():
    A = cd.integer(2)
    for f in (shifted(A, 3), halfway(A, 3)):
        lens = straight_through(f)
        assert lens.get == f and lens.put == cd.discard(A) @ cd.id(A)
        assert lens != cd.lens(f)
        assert not np.any(cd.R(f)([100, -7], [1, 1]))
    with pytest.raises(SignatureError, match="straight through f"):
        straight_through(cd.sum(A))
    with pytest.raises(SignatureError, match="not through 3"):
        straight_through(3)


def test_numbers_that_outgrow_64_bits_are_no_numbers():
    learner = classifier(cd.integer(1), 1, bits=0, rate=2**40)
    with pytest.raises(cd.CatdiffError, match="64-bit"):
        learner.fit([[2**40]] * 9, [[-(2**20)]] * 9, epochs=9, batch=1, progress=False)


@pytest.mark.parametrize("A", [cd.f64(3), cd.integer(), cd.integer(2) @ cd.integer(2)])
def test_points_are_integers(A):
    with pytest.raises(SignatureError, match="points on integer"):
        classifier(A, 2)


def test_data_are_integers():
    with pytest.raises(ArgumentError):
        classifier(cd.integer(1), 1).fit([[0.5]], [[1]], epochs=1, batch=1, progress=False)


def test_public_names():
    assert cd.fixed_point is fixed_point
