"""Tables: a circuit has one, a table has a circuit, and they are each other's inverse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import BITS, morphisms

import catdiff as cd
from catdiff import circuits
from catdiff.interpret.exact import MOD
from catdiff.interpret.over import evaluate
from catdiff.interpret.polynomial import indeterminates, polynomials
from catdiff.library.circuits.anf import coefficients

SMALL = cd.z2(2) @ cd.z2() @ cd.z2(2)


def random_table(n, m, seed):
    return np.random.default_rng(seed).integers(0, 2, (1 << n, m), np.uint8)


@given(st.integers(0, 6), st.integers(0, 4), st.integers(0, 999))
def test_the_circuit_of_a_table_has_that_table(n, m, seed):
    rows = random_table(n, m, seed)
    f = circuits.synthesise(rows)
    assert (f.dom, f.cod) == (cd.z2(n), cd.z2(m))
    assert np.array_equal(circuits.table(f).rows, rows)


@given(morphisms(BITS, dom=SMALL))
def test_a_circuit_made_again_from_its_table_is_equal_to_it(f):
    made = circuits.table(f)
    again = circuits.synthesise(made)
    assert (again.dom, again.cod) == (f.dom, f.cod) and circuits.table(again) == made


@given(st.integers(1, 4), st.integers(0, 999))
def test_what_is_synthesised_is_the_normal_form(n, seed):
    """As a formal polynomial: no power above the first, and coefficients that are the Möbius transform."""
    rows = random_table(n, 2, seed)
    rig = polynomials(MOD(2))
    f = circuits.synthesise(rows)
    (ys,) = evaluate(f, indeterminates(f.dom, rig), rig)
    x = indeterminates(f.dom, rig)[0]
    for y, column in zip(ys, coefficients(rows).T, strict=True):
        total = 0
        for m in np.flatnonzero(column):
            total = total + np.prod([x[k] for k in range(n) if m >> k & 1], initial=1)
        assert y == total


@given(st.integers(0, 7), st.integers(0, 999))
def test_the_transform_is_its_own_inverse(n, seed):
    rows = random_table(n, 3, seed)
    assert np.array_equal(coefficients(coefficients(rows)), rows)


def test_what_occurs_twice_is_made_once():
    """n(n+1)/2 partial parities of n bits, all outputs, cost n − 1 gates a suffix and not one circuit each."""
    rows = circuits.table(circuits.xor(cd.z2()))
    n = 8
    parity = np.array([bin(r).count("1") & 1 for r in range(1 << n)], np.uint8)
    f = circuits.synthesise(np.stack([parity] * 5, 1))
    gates = [label.row.name for label, _, _ in cd.circuits.synthesise(rows).net.steps()]
    assert gates == ["add"]
    assert sum(label.row.name in ("add", "mul") for label, _, _ in f.net.steps()) == n - 1


def test_a_printed_table():
    assert str(circuits.table(circuits.full_adder, inputs=["a", "b", "c"], outputs=["sum", "carry"])) == "\n".join(
        [
            "a b c │ sum carry",
            "0 0 0 │ 0   0",
            "1 0 0 │ 1   0",
            "0 1 0 │ 1   0",
            "1 1 0 │ 0   1",
            "0 0 1 │ 1   0",
            "1 0 1 │ 0   1",
            "0 1 1 │ 0   1",
            "1 1 1 │ 1   1",
        ]
    )
    long = str(circuits.table(circuits.adder(4)))
    assert long.endswith("… of 512 rows") and long.count("\n") == 257
    assert repr(circuits.table(cd.const([1, 0], "z2"))) == "<truth table 1 → z2[2]: 1 rows>"


def test_wires_of_bool_and_of_many_axes():
    f = cd.lt(cd.z2(2, 2) @ cd.z2(2, 2))
    rows = circuits.table(f).rows
    x, y = np.arange(256) & 15, np.arange(256) >> 4
    assert np.array_equal(rows, circuits.bits(~x & y & 15, 4))
    again = circuits.synthesise(circuits.table(f))
    assert again.cod == f.cod and circuits.table(again) == circuits.table(f)


def test_a_model_with_its_parameters_fixed():
    model = cd.para(circuits.lookup(2), table="zeros").freeze({"table": [0, 1, 1, 0]})
    assert circuits.table(model).rows[:, 0].tolist() == [0, 1, 1, 0]
    assert circuits.synthesise(circuits.table(model)).dom == cd.z2(2)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: circuits.table(circuits.adder(10)), "a circuit of 21 inputs has 2,097,152 rows: 20 inputs"),
        (lambda: circuits.table(cd.sin(cd.f64())), "input 0 of f64 → f64 is f64"),
        (lambda: circuits.table(circuits.nand), "give a family its object"),
        (lambda: circuits.table(circuits.half_adder, inputs=["a"]), "names of 2 inputs are as many texts"),
        (lambda: circuits.table(circuits.half_adder, inputs=["a", "a"]), "no two inputs have one name"),
        (
            lambda: circuits.synthesise([0, 1, 1]),
            "a table has 2ⁿ rows of bits, n ≤ 20, and this is an array of shape (3,)",
        ),
        (lambda: circuits.synthesise([0, 2]), "entries 0 and 1"),
        (lambda: circuits.synthesise([0.0, 1.0]), "entries 0 and 1"),
        (lambda: circuits.synthesise([]), "shape (0,)"),
        (lambda: circuits.synthesise(1), "shape ()"),
        (lambda: circuits.synthesise([[0, 1], [1]]), "rows of one length"),
    ],
)
def test_bad_tables_say_so(make, said):
    with pytest.raises(cd.CatdiffError) as error:
        make()
    assert said in str(error.value)
