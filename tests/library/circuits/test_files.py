"""Circuits as files: what is read back computes the same, boxes are kept, and damaged files are refused in words."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import BITS, few, morphisms

import catdiff as cd
from catdiff import circuits
from catdiff.generators import logic, select
from catdiff.laws.random.signatures import Operation, arithmetic, of_dtype, signature
from catdiff.library.circuits.modules import cells, flattened, modules
from catdiff.library.circuits.netlist import netlist
from catdiff.library.circuits.programs import program

BIT = cd.z2()
SMALL = cd.z2(2) @ BIT @ cd.bool(2)
COMPARING = signature(
    ("z2", "bool"),
    *arithmetic("z2"),
    Operation(select.sort.at, 1, of_dtype("z2"), "sort"),
    Operation(logic.lt.at, 2, of_dtype("z2"), "lt"),
    Operation(logic.logical_or.at, 2, of_dtype("bool"), "logical_or"),
    Operation(logic.logical_not.at, 1, of_dtype("bool"), "logical_not"),
    Operation(logic.where.at, 3, lambda c, a, b: c.dtype.name == "bool" and a is b and a.shape == c.shape, "where"),
)
FORMATS = {
    "blif": lambda f: circuits.read_blif(circuits.blif(f)),
    "flat blif": lambda f: circuits.read_blif(circuits.blif(f, flat=True)),
    "aag": lambda f: circuits.read_aiger(circuits.aiger(f)),
    "aig": lambda f: circuits.read_aiger(circuits.aiger(f, binary=True)),
    "netlist": lambda f: program(netlist(f)),
    "flat netlist": lambda f: program(flattened(netlist(f))),
}


@few
@given(morphisms(COMPARING, dom=SMALL, budget=8), st.sampled_from(sorted(FORMATS)))
def test_what_is_read_back_computes_the_same(f, format):
    rows = circuits.table(f).rows
    assert (circuits.table(FORMATS[format](f)).rows == rows).all()


@few
@given(morphisms(BITS, dom=cd.z2(2) @ BIT, budget=8))
def test_so_does_its_reverse_derivative(f):
    r = cd.R(f.flatten())
    if sum(s.size for s in r.dom.wires) <= 12:
        assert (circuits.table(FORMATS["aig"](r)).rows == circuits.table(r).rows).all()


def test_equal_boxes_are_one_module():
    top = netlist(circuits.adder(6), name="top")
    assert [m.name for m in modules(top)] == ["full adder", "adder 6", "top"]
    assert [sum(not isinstance(c.kind, str) for c in m.cells) for m in modules(top)] == [0, 6, 1]
    assert cells(top) == 1 + 6 * (1 + 5) and len(flattened(top).cells) == 30
    assert circuits.verilog(circuits.adder(6)).count("module full_adder(") == 1
    assert circuits.blif(circuits.adder(6)).count(".subckt full_adder ") == 6
    back = circuits.read_blif(circuits.blif(circuits.adder(6)))
    assert [label.name for label in back.net.labels if label.bodies] == ["adder_6"]


def test_a_box_that_takes_more_than_bits_is_opened():
    @cd.morphism(cd.z2(3), cd.index())
    def at(x, i):
        return cd.gather(x, i)

    inner = at.box("at")
    top = netlist(cd.morphism(cd.z2(3))(lambda x: inner(x, 2)))
    assert not top.cells and top.leaves == (2 * 3,)


def test_gates_nobody_reads_are_left_out():
    f = (circuits.adder(3) >> cd.discard(cd.z2(3)) @ cd.id(BIT)).flatten()
    assert len(netlist(f).cells) == 12  # 3 × (x + y, xy, c(x + y), their sum), and no sum bits


def test_no_depth_of_boxes_is_too_deep():
    f = circuits.nand(BIT)
    for i in range(3000):
        f = (f if i else cd.copy(BIT) >> f).box(f"tower {i % 3}")
    top = netlist(f)
    assert len(modules(top)) == 3001 and [c.kind for c in flattened(top).cells] == []  # nand(x, x) is ¬x
    assert circuits.table(circuits.read_blif(circuits.blif(f))).rows.tolist() == [[1], [0]]


def test_uses_that_multiply_are_counted_before_they_are_opened():
    f = circuits.not_(BIT)
    for i in range(60):
        f = (f >> f).box(f"level {i}")
    assert circuits.verilog(f).count("endmodule") == 61
    with pytest.raises(cd.CatdiffError, match="1,152,921,504,606,846,975 gates and boxes"):
        circuits.aiger(f)


def test_names_are_made_fit_for_the_format():
    f = cd.pair(cd.add(BIT @ BIT).box("and"), cd.mul(BIT @ BIT).box("R[dense₁]"), cd.sub(BIT @ BIT).box("R dense1"))
    text = circuits.verilog(f, name="module", inputs=["wire", "n3"], outputs=["a b", "é", "wire_2"])
    assert "module module_2(" in text and "module and_2(" in text and "module R_dense1(" in text
    assert "module R_dense1_2(" in text
    assert "input wire_2,\n  input n3,\n  output a_b,\n  output e,\n  output wire_2_2\n" in text
    again = circuits.read_blif(circuits.blif(f, inputs=["wire", "n3"], outputs=["a b", "é", "wire_2"]))
    assert circuits.table(again).rows.tolist() == circuits.table(f).rows.tolist()


def test_parameters_are_ports_until_they_are_fixed():
    model = cd.para(circuits.lookup(1), weights="zeros")
    assert "input [1:0] weights,\n  input [0:0] x0," in circuits.verilog(model)
    fixed = circuits.verilog(model.freeze({"weights": [1, 0]}), flat=True)
    assert "weights" not in fixed and "assign y0 = ~x0[0];" in fixed


def test_a_parameter_may_be_called_as_an_input_is():
    model = cd.para(circuits.lookup(1), x0="zeros")
    assert "input [1:0] x0,\n  input [0:0] x1," in circuits.verilog(model)
    assert circuits.table(model).rows.tolist() == circuits.table(circuits.lookup(1)).rows.tolist()


def test_constants_and_nothing():
    for f in (cd.const([1, 0], "z2"), cd.discard(BIT), cd.id(cd.UNIT), cd.id(cd.z2(0)) @ circuits.not_(BIT)):
        for write in FORMATS.values():
            assert (circuits.table(write(f)).rows == circuits.table(f).rows).all()
        assert "module circuit(" in circuits.verilog(f)


@pytest.mark.parametrize("suffix", ["blif", "aag", "aig"])
def test_a_file_by_its_suffix(tmp_path, suffix):
    path = tmp_path / f"adder.{suffix}"
    circuits.export(circuits.adder(2), path)
    back = circuits.read(os.fspath(path))
    assert back.dom == circuits.adder(2).dom and circuits.table(back) == circuits.table(circuits.adder(2))


def test_a_file_of_verilog(tmp_path):
    circuits.export(circuits.adder(2), tmp_path / "adder.v", name="adder2")
    assert (tmp_path / "adder.v").read_text() == circuits.verilog(circuits.adder(2), name="adder2")


@cd.morphism(cd.z2(3))
def pick(x):
    return cd.gather(x, cd.argmax(x))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: netlist(pick.box("inner").box("outer")),
            "outer / inner / argmax: which entry it is, is not known over gates",
        ),
        (lambda: netlist(cd.gather(cd.z2(3), cd.index())), "input 1 of z2[3] @ index → z2 is index"),
        (lambda: netlist(cd.argmax(cd.z2(3))), "output 0 of z2[3] → index is index"),
        (lambda: netlist(3), "a circuit is a morphism, not 3"),
        (lambda: circuits.blif(circuits.half_adder, name=None), "the name of a circuit is a text, not None"),
        (lambda: circuits.verilog(circuits.nand), "give a family its object"),
        (
            lambda: circuits.export(circuits.half_adder, "a.vhdl"),
            "files that end in .v, .blif, .aag, .aig, not 'a.vhdl'",
        ),
        (lambda: circuits.read("a.v"), "files that end in .blif, .aag, .aig, not 'a.v'"),
        (lambda: circuits.read("nowhere.blif"), "nowhere.blif cannot be read"),
        (lambda: circuits.export(circuits.half_adder, "no/where.v"), "no/where.v cannot be written"),
    ],
)
def test_what_is_no_circuit_says_so(make, said):
    with pytest.raises(cd.CatdiffError) as error:
        make()
    assert said in str(error.value)
