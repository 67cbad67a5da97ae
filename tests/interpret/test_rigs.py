"""The table of rigs: the laws of rigs for each, and the laws that broken rigs break."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import catdiff as cd
from catdiff.errors import CatdiffError, EvaluationError
from catdiff.generators.rig import CARRIED, Rig
from catdiff.interpret.bits import BITS, Bits, assignments
from catdiff.interpret.exact import INTEGERS, MOD, RATIONAL
from catdiff.interpret.over import evaluate
from catdiff.interpret.polynomial import polynomials
from catdiff.interpret.rigs import RIGS
from catdiff.laws.rigs import EQUATIONS, broken


@pytest.mark.parametrize("name", RIGS)
@pytest.mark.parametrize("seed", range(3))
def test_the_laws_of_rigs(name, seed):
    assert broken(RIGS[name], seed) == []


def test_every_law_is_asked_of_some_rig():
    rng = np.random.default_rng(0)
    for law in EQUATIONS.values():
        assert any(law(k, *(k.draw(rng) for _ in range(3))) is not None for k in RIGS.values())


SUB = np.frompyfunc(lambda x, y: x - y, 2, 1)
BROKEN = {  # a rig that is none: the law that says so
    "subtraction": (replace(INTEGERS, add=SUB, sums=lambda run, terms, many: run), "x + y = y + x"),
    "division for a product": (replace(RATIONAL, mul=np.frompyfunc(lambda x, y: x - y, 2, 1)), "x y = y x"),
    "a product that forgets": (replace(INTEGERS, mul=np.frompyfunc(lambda x, y: 0, 2, 1)), "x 1 = x"),
    "a sum of absolute values": (
        replace(INTEGERS, mul=np.frompyfunc(lambda x, y: abs(x * y), 2, 1)),
        "x (y + z) = x y + x z",
    ),
    "a negative that is none": (replace(INTEGERS, neg=lambda x: x), "x + (−x) = 0"),
    "an inverse that is none": (replace(RATIONAL, recip=lambda x: x), "the inverse is one"),
    "the wrong characteristic": (replace(MOD(6), characteristic=5), "n 1 = 0"),
    "constants that are doubled": (replace(INTEGERS, entry=lambda v: 2 * v), "x 1 = x"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_rig_breaks_a_law(name):
    k, law = BROKEN[name]
    assert any(said.startswith(f"{law}:") for said in broken(k))


def test_values_outside_the_rig_are_refused():
    for k, value in ((INTEGERS, 0.5), (MOD(4), 0.5), (RATIONAL, float("inf")), (RATIONAL, float("nan")), (MOD(2), "1")):
        assert k.entry is not None
        with pytest.raises(ValueError, match=r"is not in|is no"):
            k.entry(value)
    with pytest.raises(ValueError, match="over another rig"):
        polynomials(MOD(2)).embed(np.array(polynomials(RATIONAL).draw(np.random.default_rng(0)), object))
    with pytest.raises(ValueError, match="among words of"):
        BITS(4).embed(np.array(Bits(1, 1), object))


@pytest.mark.parametrize("make", [MOD, BITS])
@pytest.mark.parametrize("size", [0, -1, 1.5, True])
def test_sizes_that_are_none(make, size):
    with pytest.raises(CatdiffError, match="not"):
        make(size)


def test_a_rig_that_adds_otherwise_says_how_sums_are_worked_out():
    with pytest.raises(ValueError, match="needs sums"):
        Rig(name="tropical floats", carrier=float, add=np.maximum, mul=np.add)


@pytest.mark.parametrize("n", range(5))
def test_assignments_are_all_there_are(n):
    words = assignments(n)
    points = {tuple(w.word >> i & 1 for w in words) for i in range(2**n)}
    assert len(points) == 2**n and all(w.mask == 2**2**n - 1 for w in words)


def test_residues_do_not_overflow():
    """Products of residues near 2³¹ fit into 63 bits, sums of them do not, and a modulus over 2³¹ takes objects."""
    for n in (2**31 - 1, 2**31, 2**61 - 1):
        k, x = MOD(n), np.array([n - 1] * 5)
        run = cd.einsum("i,i->", cd.integer(5), cd.integer(5)).net.labels[0]
        (y,) = [run.row.over(k, run)(k.embed(x), k.embed(x))]
        assert int(y) == 5 % n
        assert k.mul.accumulate(k.embed(x), axis=0).tolist() == [n - 1, 1, n - 1, 1, n - 1]


def test_integers_of_a_recurrence_do_not_wrap():
    """One entry at a time, so that each is a Python integer that NumPy would like to make 64 bits of."""
    a, x = np.array([1, 2**40, 2**40]), np.array([2**40, 0, 0])
    with pytest.raises(EvaluationError, match="64-bit"):
        cd.linrec(a, x)
    big = np.array([Fraction(int(v)) for v in a]), np.array([Fraction(int(v)) for v in x])
    assert cd.linrec(cd.rational(3), cd.rational(3))(*big)[2] == 2**120
    assert evaluate(cd.linrec(cd.integer(3), cd.integer(3)), [a, x], INTEGERS)[0][2] == 2**120
    assert evaluate(cd.linrec(cd.integer(3), cd.integer(3)), [a, x], MOD(2**61 - 1))[0][2] == 2**120 % (2**61 - 1)


def test_integers_among_bits_are_parities():
    assert CARRIED["z2"].embed(np.array([0, 1, 2, 3])).tolist() == [0, 1, 0, 1]
    assert cd.cast(cd.index(3), "z2")(np.array([1, 2, 3])).tolist() == [1, 0, 1]
