"""Threshold gates are what they count, at every input, and their derivatives those of one multilinear polynomial."""

from itertools import product

import numpy as np
import pytest

import catdiff as cd
from catdiff.errors import SignatureError
from catdiff.generators.threshold import pivotal, threshold

GATES = [
    (weights, least)
    for weights in [(1, 1, 1, 1), (-3, 1, 2, -1), (2, 0, 5, 1), (-1, -1, -1, -1), (2**60, -(2**61), 2**53 + 1, 1), ()]
    for least in (-3, -1, 0, 1, 2, 5, 2**53 + 2)
]
SMALL = [(w, t) for w, t in GATES if max(map(abs, w), default=0) < 9]


def points(n):
    return np.array([*product((0, 1), repeat=n)], np.uint8).reshape(2**n, n)


def gate(kind, weights, least, *lead):
    return kind(cd.z2(*lead, len(weights)), least=least, weights=weights)


def counted(weights, least, x):
    return int(sum(w * int(b) for w, b in zip(weights, x, strict=True)) >= least)


@pytest.mark.parametrize(("weights", "least"), GATES)
def test_a_threshold_counts(weights, least):
    xs = points(len(weights))
    want = [counted(weights, least, x) for x in xs]
    assert [int(gate(threshold, weights, least)(x)) for x in xs] == want
    assert gate(threshold, weights, least, len(xs))(xs).tolist() == want
    assert gate(threshold, weights, least).map(len(xs))(xs).tolist() == want


@pytest.mark.parametrize(("weights", "least"), GATES)
def test_a_bit_is_pivotal_where_a_flip_of_it_flips_the_threshold(weights, least):
    n = len(weights)
    for x in points(n):
        flips = [
            counted(weights, least, x) ^ counted(weights, least, x ^ np.eye(n, dtype=np.uint8)[i]) for i in range(n)
        ]
        assert gate(pivotal, weights, least)(x).tolist() == flips
        assert cd.R(gate(threshold, weights, least))(x, 1).tolist() == flips
        assert not cd.R(gate(threshold, weights, least))(x, 0).any()


@pytest.mark.parametrize(("weights", "least"), [(w, t) for w, t in SMALL if w])
@pytest.mark.parametrize("lead", [(), (2,)])
def test_derivatives_are_adjoint_at_every_input_of_any_rank(weights, least, lead):
    """The native D, of one gate and of a row of them, against R."""
    f = gate(threshold, weights, least, *lead)
    R, D = cd.R(f), cd.jvp(f)
    for x in points(len(weights)):
        x = np.broadcast_to(x, (*lead, len(weights)))
        pulled = R(x, np.ones(lead, np.uint8))
        for ẋ in np.eye(len(weights), dtype=np.uint8):
            ẋ = np.broadcast_to(ẋ, x.shape)
            assert np.array_equal(D(x, ẋ)[1], np.bitwise_xor.reduce(pulled & ẋ, axis=-1))


@pytest.mark.parametrize(("weights", "least"), SMALL)
@pytest.mark.parametrize("kind", [threshold, pivotal])
def test_the_kernel_is_the_circuit_that_counts(weights, least, kind):
    f = gate(kind, weights, least)
    circuit, back = cd.expand(f), cd.expand(cd.R(f))
    assert not {"threshold", "pivotal"} & {lab.row.name for lab in circuit.flatten().net.labels}
    for x in points(len(weights)):
        assert np.array_equal(f(x), circuit(x))
        ȳ = np.ones(f.cod.shape, np.uint8)
        assert np.array_equal(cd.R(f)(x, ȳ), back(x, ȳ))
        assert np.array_equal(cd.R(f)(x, ȳ), cd.R(circuit)(x, ȳ))


def test_all_weights_are_one_where_none_are_given():
    assert threshold(cd.z2(5, 3), least=2) == threshold(cd.z2(5, 3), least=2, weights=(1, 1, 1))


@pytest.mark.parametrize(
    ("A", "options", "said"),
    [
        (cd.f64(3), {"least": 1}, "one z2 wire"),
        (cd.z2(), {"least": 1}, "an axis to count along"),
        (cd.z2(3) @ cd.z2(3), {"least": 1}, "one z2 wire"),
        (cd.z2(3), {"least": 1, "weights": (1, 2)}, "2 weights for the 3 bits"),
        (cd.z2(3), {"least": 1.5}, "whole numbers"),
        (cd.z2(3), {"least": 1, "weights": (1, True, 2)}, "whole numbers"),
    ],
)
def test_what_is_no_gate(A, options, said):
    with pytest.raises(SignatureError, match=said):
        threshold(A, **options)


@pytest.mark.parametrize("by", [0, -1, 2.0, True, 2**63])
def test_floordiv_by_what_is_no_divisor(by):
    with pytest.raises(SignatureError, match="whole number from 1 on"):
        cd.floordiv(cd.integer(), by=by)


def test_counts_that_are_too_many_to_open():
    """It is computed all the same; the circuit that counts to 2⁶⁰ is not built."""
    f = threshold(cd.z2(2), least=2, weights=(2**60, 1))
    assert int(f([1, 0])) == 1
    with pytest.raises(cd.CatdiffError, match="1,152,921,504,606,846,978 sums to count: 1,048,576 are the most"):
        cd.expand(f)
