"""Yosys reads what is written here, and finds the same values."""

import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from programs import BITS, morphisms

import catdiff as cd
from catdiff import circuits
from catdiff.interop import yosys

needed = pytest.mark.skipif(shutil.which("yosys") is None, reason="yosys is not installed")
FORMATS = ["v", "blif", "aag", "aig"]
NAND = circuits.nand(cd.z2())
CIRCUITS = {
    "adder": circuits.adder(3),
    "multiplier": circuits.multiplier(3),
    "subtractor": circuits.subtractor(3),
    "less": circuits.less(4),
    "equal": circuits.equal(4),
    "decoder": circuits.decoder(4),
    "lookup": circuits.lookup(2),
    "derivative of an adder": cd.R(circuits.adder(2)),
    "sorted bits": cd.sort(cd.z2(2, 3)),
    "comparison": cd.lt(cd.z2(3) @ cd.z2(3)),
    "constant": cd.const([1, 0, 1], "z2"),
    "wires": cd.wiring(cd.z2() @ cd.z2(2), [1, 0, 1]),
    "keywords": (NAND.box("module") >> circuits.not_(cd.z2()).box("and")).box("wire"),
    "a table that was learnt": cd.para(circuits.lookup(3), w="zeros").freeze({"w": [0, 1, 1, 0, 1, 0, 0, 1]}),
}


@needed
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", CIRCUITS)
def test_yosys_agrees_on_every_input(name, format):
    found = yosys.simulate(CIRCUITS[name], format)
    assert found.exhaustive and found.agrees and str(found).startswith("yosys agrees on all ")


@needed
@settings(max_examples=8, deadline=None)
@given(morphisms(BITS, dom=cd.z2(3) @ cd.z2(), budget=8), st.sampled_from(FORMATS), st.booleans())
def test_yosys_agrees_on_random_circuits(f, format, flat):
    assume(any(sort.size for sort in f.cod.wires))
    assert yosys.simulate(f, format, flat=flat).agrees


@needed
def test_yosys_agrees_on_random_inputs_where_there_are_too_many():
    found = yosys.simulate(circuits.adder(8), rows=3000)
    assert found.agrees and not found.exhaustive and str(found) == "yosys agrees on random 4,096 inputs of 2^17"
    rows = {tuple(row) for row in found.inputs.tolist()}
    assert len(rows) == 4096 and abs(found.inputs.mean(0) - 0.5).max() < 0.1
    other = yosys.simulate(circuits.adder(8), rows=3000, seed=1)
    assert not np.array_equal(other.inputs, found.inputs)


@needed
def test_a_circuit_that_is_written_wrongly_is_found(monkeypatch):
    """A planted bug: every xor of the file is written as an and."""
    write = yosys.WRITERS[".v"]
    monkeypatch.setitem(yosys.WRITERS, ".v", lambda f, **options: write(f, **options).replace("^", "&"))
    found = yosys.simulate(circuits.half_adder)
    assert not found.agrees and str(found) == "yosys differs at 3 of all 4 inputs"


@needed
@pytest.mark.parametrize("made", ["synth; abc -g gates", "synth; abc -lut 4"])
def test_what_yosys_made_of_a_circuit_is_read_back(tmp_path, made):
    """It keeps the boxes, simplifies what is in them, and writes BLIF as it likes."""
    f = circuits.adder(4)
    circuits.export(f, tmp_path / "given.v")
    script = f"read_verilog given.v; {made}; write_blif made.blif"
    subprocess.run(["yosys", "-q", "-p", script], cwd=tmp_path, check=True)
    assert circuits.table(circuits.read(tmp_path / "made.blif")) == circuits.table(f)


@needed
def test_a_file_that_yosys_refuses_is_an_error(monkeypatch):
    monkeypatch.setitem(yosys.WRITERS, ".v", lambda f, **options: "module circuit(")
    with pytest.raises(cd.CatdiffError, match=r"yosys does not take this circuit: .*ERROR"):
        yosys.simulate(circuits.half_adder)


def test_without_yosys_it_says_so(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(cd.CatdiffError, match="there is no program yosys"):
        yosys.simulate(circuits.half_adder)


def test_bad_requests():
    with pytest.raises(cd.CatdiffError, match="exported as v, blif, aag, aig, not 'vhdl'"):
        yosys.simulate(circuits.half_adder, "vhdl")
    with pytest.raises(cd.CatdiffError, match="one row or more, not 0"):
        yosys.simulate(circuits.half_adder, rows=0)
    with pytest.raises(cd.CatdiffError, match="z2 → 1 gives no bits: there is nothing to compare"):
        yosys.simulate(cd.discard(cd.z2()))


@needed
@pytest.mark.parametrize("name", ["bench", "circuit", "wire", "n3", "x0", "a // b", "endmodule; b", "\\b ", "∂"])
def test_a_box_may_have_any_name(name):
    box = circuits.half_adder.box(name)
    f = (box >> box).box(name) >> box
    assert all(yosys.simulate(f, format).agrees for format in FORMATS)
