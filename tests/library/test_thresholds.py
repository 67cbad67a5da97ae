"""Circuits that count, at every input; and the laws of reverse derivatives of every small circuit that learns."""

from itertools import product

import numpy as np
import pytest

import catdiff as cd
from catdiff.errors import SignatureError
from catdiff.examples import rda_digits
from catdiff.examples.rda_iris import trained
from catdiff.library import ascent
from catdiff.library.circuits import thresholds


def points(n):
    return np.array([*product((0, 1), repeat=n)], np.uint8).reshape(2**n, n)


@pytest.mark.parametrize("n", [0, 1, 4, 7])
def test_they_count(n):
    xs = points(n)
    counts = xs.sum(1)
    for k in range(-1, n + 2):
        assert np.array_equal(thresholds.at_least(n, k).map(len(xs))(xs), counts >= k)
        assert np.array_equal(thresholds.exactly(n, k).map(len(xs))(xs), counts == k)
    assert np.array_equal(thresholds.majority(n).map(len(xs))(xs), counts > n / 2)


@pytest.mark.parametrize("ratio", [1, 2, 4])
@pytest.mark.parametrize("n", [0, 1, 4])
def test_the_pseudo_linear_unit(n, ratio):
    """As the paper's experiments write it, and its reverse derivative in the mask by flipping bits."""

    def unit(θ, x):
        return int((θ & x).sum() <= θ.sum() // ratio)

    f = thresholds.pseudo_linear(n, ratio)
    for θ in points(n):
        for x in points(n):
            assert f(θ, x) == unit(θ, x)
            flips = [unit(θ ^ e, x) ^ unit(θ, x) for e in np.eye(n, dtype=np.uint8)]
            assert cd.R(f, wires=[0])(θ, x, 1).tolist() == flips


@pytest.mark.parametrize("ratio", [0, 1.5, True])
def test_a_ratio_is_a_whole_number(ratio):
    with pytest.raises(SignatureError, match="whole number from 1 on"):
        thresholds.pseudo_linear(3, ratio)


def learnt(species, labels):
    model, path, _ = trained(species, labels)
    return model.freeze(path[-1].params).body


def learnt_from_digits():
    (x, y), model = rda_digits.images(), ascent.lookup(8, 1)
    return model.freeze(ascent.ascend(model, x[:, 3], y)).body


CIRCUITS = {
    "decoder": cd.circuits.decoder(4),
    "decoder of 8": cd.circuits.decoder(8),
    "learnt from digits": learnt_from_digits(),
    "lookup": ascent.lookup(2, 2).body,
    "learnt, two species": learnt(2, "binary"),
    "learnt, three species": learnt(3, "one-hot"),
    "pseudo-linear": ascent.pseudo_linear(2, ratio=2).body,
    "majority": thresholds.majority(5),
    "step of lookup": ascent.step(ascent.lookup(1, 2)),
}


@pytest.mark.parametrize("name", CIRCUITS)
def test_the_laws_of_reverse_derivatives_at_every_input(name):
    """As polynomials, and at all inputs where these can be gone through; all of these have 12 at most."""
    assert sum(s.size for s in CIRCUITS[name].dom.wires) <= 12
    f = CIRCUITS[name]
    report = cd.laws.check(f, laws=["RD", "ADJ.1"], procedures=["diagram", "polynomial", "z2"], points=4, budget=60.0)
    assert report.ok, str(report)
    strongest = report.strongest()
    for law in ("RD.2", "RD.3", "RD.6", "RD.7", "ADJ.1"):  # those of f alone; the others draw companions
        assert strongest[law] in ("proved", "exhaustive"), str(report)


@pytest.mark.parametrize(
    "name", ["decoder", "learnt from digits", "learnt, two species", "learnt, three species", "majority"]
)
def test_R_is_the_boolean_difference_at_every_input(name):
    """The function and the polynomial agree, since each input has degree 1 at most: at all inputs and unit vectors."""
    f = cd.compile(CIRCUITS[name])
    R = cd.compile(cd.R(CIRCUITS[name]))
    n, m = CIRCUITS[name].dom.sort.size, CIRCUITS[name].cod.sort.size
    for x in points(n):
        J = np.array([np.ravel(f(x ^ e)) ^ np.ravel(f(x)) for e in np.eye(n, dtype=np.uint8)])
        for j in range(m):
            ȳ = np.eye(m, dtype=np.uint8)[j].reshape(CIRCUITS[name].cod.shape)
            assert np.array_equal(R(x, ȳ), J[:, j])
