"""Gates and words compute what they are called, on every input, and their derivatives obey the laws."""

import numpy as np
import pytest

import catdiff as cd
from catdiff import circuits

BIT = cd.z2()
GATES = {
    "not_": lambda x: not x,
    "and_": lambda x, y: x and y,
    "or_": lambda x, y: x or y,
    "xor": lambda x, y: x != y,
    "nand": lambda x, y: not (x and y),
    "nor": lambda x, y: not (x or y),
    "xnor": lambda x, y: x == y,
    "mux": lambda c, x, y: x if c else y,
}


def numbers(n, *more):
    """All pairs of numbers of n bits, and all of what else is given."""
    grids = np.meshgrid(*[np.arange(1 << n)] * 2, *[np.arange(k) for k in more], indexing="ij")
    return [g.ravel() for g in grids]


def batch(f, *xs):
    """f on many inputs, along a leading axis."""
    return f.map(len(xs[0]))(*xs)


@pytest.mark.parametrize("name", GATES)
def test_a_gate_is_its_truth_table(name):
    gate = getattr(circuits, name)(BIT)
    rows = circuits.table(gate).rows[:, 0]
    n = len(gate.dom)
    assert rows.tolist() == [int(GATES[name](*[bool(r >> k & 1) for k in range(n)])) for r in range(1 << n)]
    assert cd.laws.check(gate, points=5, budget=600).verdict == "lawful"


def test_gates_act_entry_by_entry_and_build():
    x, y = np.array([0, 0, 1, 1], np.uint8), np.array([0, 1, 0, 1], np.uint8)
    assert circuits.nand(cd.z2(4))(x, y).tolist() == [1, 1, 1, 0]
    assert circuits.mux(BIT @ cd.z2(4) @ cd.z2(4))(np.uint8(1), x, y).tolist() == x.tolist()

    @cd.morphism(BIT, BIT)
    def made(a, b):
        return circuits.or_(circuits.not_(a), b)

    assert circuits.table(made).rows[:, 0].tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize("n", [1, 2, 4])
def test_words_compute_as_numbers_do(n):
    x, y, c = numbers(n, 2)
    total, carry = batch(circuits.adder(n), circuits.bits(x, n), circuits.bits(y, n), c.astype(np.uint8))
    assert np.array_equal(circuits.number(total) + (carry.astype(int) << n), x + y + c)
    x, y = numbers(n)
    words = circuits.bits(x, n), circuits.bits(y, n)
    difference, borrow = batch(circuits.subtractor(n), *words)
    assert np.array_equal(circuits.number(difference), (x - y) % (1 << n)) and np.array_equal(borrow, x < y)
    assert np.array_equal(batch(circuits.less(n), *words), x < y)
    assert np.array_equal(batch(circuits.equal(n), *words), x == y)
    assert np.array_equal(circuits.number(batch(circuits.multiplier(n), *words)), x * y)


@pytest.mark.parametrize("n", [1, 3])
def test_lookups(n):
    at = np.arange(1 << n)
    assert np.array_equal(batch(circuits.decoder(n), circuits.bits(at, n)), np.eye(1 << n))
    entries = np.random.default_rng(0).integers(0, 2, (1 << n, 1 << n), np.uint8)
    assert np.array_equal(batch(circuits.lookup(n), entries, circuits.bits(at, n)), entries[at, at])


@pytest.mark.parametrize("f", [circuits.full_adder, circuits.adder(2), circuits.less(2), circuits.lookup(1)], ids=str)
def test_words_differentiate_lawfully(f):
    assert cd.laws.check(f, points=3, laws="RD", budget=600).verdict == "lawful"


def test_an_adder_is_made_of_one_full_adder():
    assert {label.name for label in circuits.adder(5).flatten().net.labels} >= {"add", "mul"}
    (box,) = [label for label in circuits.adder(5).net.labels if label.bodies]
    inner = [label for label in box.bodies[0].net.labels if label.bodies]
    assert [label.name for label in inner] == ["full adder"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: circuits.adder(0), "adder is of words of one bit or more, not of 0"),
        (lambda: circuits.adder(2.0), "not of 2.0"),
        (lambda: circuits.nand(cd.f64()), "circuits.nand takes 2 z2 wires, not f64 @ f64"),
        (lambda: circuits.mux(BIT @ BIT), "takes 3 z2 wires"),
        (lambda: circuits.bits(8, 3), "integers from 0 to 7, not 8"),
        (lambda: circuits.bits(-1, 3), "integers from 0 to 7"),
        (lambda: circuits.bits(1.0, 3), "integers from 0 to 7"),
    ],
)
def test_what_cannot_be_made_says_so(make, said):
    with pytest.raises(cd.CatdiffError) as error:
        make()
    assert said in str(error.value)


@pytest.mark.parametrize("word", [[2, 0], [-1], [0.5], 1, [1] * 64, ["1"]])
def test_what_is_no_word(word):
    with pytest.raises(cd.CatdiffError, match="a word is at most 63 bits"):
        circuits.number(word)
    assert int(circuits.number([1] * 63)) == 2**63 - 1 and int(circuits.number([])) == 0


@pytest.mark.parametrize("n", [-3, 2.5, True])
def test_a_number_of_bits(n):
    with pytest.raises(cd.CatdiffError, match="a whole number of bits"):
        circuits.bits(0, n)
