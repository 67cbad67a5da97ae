"""`catdiff check` and `catdiff laws`: what is found, what is said, and the exit status."""

import json
import re
import subprocess
import sys

import pytest

import catdiff as cd
from catdiff.__main__ import main
from catdiff.draw.cells import columns
from catdiff.errors import DrawError, SignatureError, UsageError
from catdiff.laws import checking, command
from catdiff.laws.report import Report

PLANTED = """
import catdiff as cd
cd.generator(
    "bent product",
    forward=lambda x, y: x * y,
    R=lambda x, y, z̄: (y * z̄, y * z̄),
    D=lambda x, y, ẋ, ẏ: ẋ * y + x * ẏ,
)
"""
SOURCE = """
import numpy as np
import catdiff as cd
good = cd.sin(cd.f64(2)) >> cd.sum
bad = cd.copy(cd.f64()) >> cd.sin @ cd.exp >> cd.atom("bent product", cd.f64() @ cd.f64()) >> cd.tanh
several = {"a": good, "b": [good]}
empty, number, family = [], 3, cd.sin
def made():
    return several
def broken():
    return 1 / 0
class inside:
    f = good
"""

exec(PLANTED)


@pytest.fixture
def place(tmp_path, monkeypatch):
    (tmp_path / "programs_of_mine.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield "programs_of_mine"
    sys.modules.pop("programs_of_mine", None)


def test_a_lawful_program(place, capsys):
    assert main(["check", f"{place}:good", "--laws", "RD.5,ADJ", "--points", "5"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("good : f64[2] → f64: lawful (") and "RD.5" in out and "ADJ.1" in out and "CD.1" not in out
    assert err == ""


@pytest.mark.parametrize("name", ["several", "made"])
def test_several_programs(place, capsys, name):
    assert main(["check", f"{place}.py:{name}", "--laws", "RD.5"]) == 0
    heads = [line.split(" :")[0] for line in capsys.readouterr().out.splitlines() if " : " in line]
    assert heads == [f"{name}['a']", f"{name}['b'][0]"]


def test_a_violation_is_status_1_and_keeps_what_was_found(place, capsys, tmp_path):
    words = ["--laws", "ADJ.1", "--points", "10", "--svg", "c.svg", "--json", "c.json", "--seed", "3"]
    assert main(["check", f"{place}:bad", *words]) == 1
    out = capsys.readouterr().out
    assert "bad : f64 → f64: violated" in out and "to blame: bent product" in out and "┤ bent product ├" in out
    assert (tmp_path / "c.svg").read_text(encoding="utf-8").startswith("<svg ")
    (report,) = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["reports"]
    assert (report["verdict"], report["seed"]) == ("violated", 3)
    (example,) = [f["counterexample"] for f in report["findings"] if "counterexample" in f]
    assert example["law"] == "ADJ.1" and "bent product" in example["program"] and example["left"] != example["right"]
    assert "bent product" in example["picture"] and "seed=3" in example["code"]


def test_no_counterexample_no_picture(place, capsys, tmp_path):
    assert main(["check", f"{place}:good", "--laws", "CAT", "--svg", "c.svg"]) == 0
    assert "c.svg: not written" in capsys.readouterr().out
    assert not (tmp_path / "c.svg").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["good"], "module:name"),
        ([":good"], "module:name"),
        (["no_such_module:good"], "cannot import no_such_module: ModuleNotFoundError"),
        (["no_such_file.py:good"], "there is no file no_such_file.py"),
        (["./programs_of_mine:good"], "./programs_of_mine is no module; a file is written path/to/file.py:name"),
        (["programs_of_mine:nosuch"], "has no nosuch; the morphisms there are good, bad"),
        (["programs_of_mine:inside.g"], "has no inside.g"),
        (["programs_of_mine:number"], "number is no morphism (it is of type int)"),
        (["programs_of_mine:family"], "has no type yet"),
        (["programs_of_mine:empty"], "there is no morphism in it"),
        (["programs_of_mine:broken"], "programs_of_mine:broken() failed: ZeroDivisionError: division by zero"),
        (["programs_of_mine:good", "--laws", "XY"], "there is no law 'XY'"),
        (["programs_of_mine:good", "--procedures", "guess"], "there is no procedure 'guess'"),
        (["programs_of_mine:good", "--svg", "c.pdf"], "pictures as .html, .png, .svg, .tex, .txt, not c.pdf"),
        (
            ["programs_of_mine:good", "--json", "nowhere/c.json"],
            "cannot write nowhere/c.json: there is no folder nowhere",
        ),
        (["programs_of_mine:good", "--json", "."], "cannot write .: it is a folder"),
        (["programs_of_mine:good", "--svg", "nowhere/c.svg"], "cannot write nowhere/c.svg: there is no folder nowhere"),
        (["programs_of_mine:good", "--laws", ","], "no laws are named, such as 'RD.5' or 'ADJ'"),
        (["programs_of_mine:good", "--procedures", ""], "no procedures are named, such as 'exact'"),
    ],
)
def test_what_cannot_be_done_is_a_line_and_status_2(place, capsys, words, said):
    assert main(["check", *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and re.fullmatch(r"catdiff: [^\n]*\n", err) and said in err


@pytest.mark.parametrize(
    "words", [["--seed", "-1"], ["--points", "0"], ["--points", "x"], ["--budget", "-1"], ["--budget", "nan"]]
)
def test_numbers_that_make_no_sense(place, capsys, words):
    with pytest.raises(SystemExit) as stop:
        main(["check", f"{place}:good", *words])
    assert stop.value.code == 2
    assert f"argument {words[0]}: a number " in capsys.readouterr().err


def test_a_name_in_a_class_and_a_module_that_ends_python(place, tmp_path):
    ((name, f),) = command.subjects(f"{place}:inside.f")
    assert name == "inside.f" and f.dom == cd.f64(2)
    (tmp_path / "leaves.py").write_text("raise SystemExit(5)")
    with pytest.raises(UsageError, match=r"cannot import leaves\.py: SystemExit: 5"):
        command.subjects("leaves.py:f")


def test_what_only_writing_shows_is_status_2_too(place, capsys, monkeypatch):
    def fails(path, text):
        raise DrawError(f"cannot write {path}: no space left on device")

    monkeypatch.setattr(command, "write_text", fails)
    assert main(["check", f"{place}:good", "--laws", "CAT", "--json", "c.json"]) == 2
    assert capsys.readouterr().err == "catdiff: cannot write c.json: no space left on device\n"


def test_what_cannot_be_checked_is_no_violation(place, capsys, monkeypatch):
    def fails(*args, **options):
        raise SignatureError("laws are of something else")

    monkeypatch.setattr(command, "check", fails)
    assert main(["check", f"{place}:good"]) == 2
    assert capsys.readouterr().err == "catdiff: good cannot be checked: laws are of something else\n"


def test_what_is_printed_fits_80_columns(place, capsys):
    assert main(["check", f"{place}:bad", "--laws", "RD,DR,ADJ,CG,TAYLOR", "--points", "10"]) == 1
    own = capsys.readouterr().out.split("to see it again")[0]  # code is not broken into lines
    assert max(map(columns, own.splitlines())) <= 80


def test_the_exit_status():
    held, stopped = Report("f", (), "lawful"), Report("f", (), "lawful", interrupted=True)
    unknown = Report("f", (), "not decided")
    assert [command.status([r]) for r in (held, stopped, unknown)] == [0, 130, 3]
    assert command.status([held, unknown]) == 3


def test_a_module_that_raises_when_it_is_imported(place, tmp_path, capsys):
    (tmp_path / "raises.py").write_text("raise ValueError('no data')")
    for name in ("raises", "raises.py"):
        assert main(["check", f"{name}:f"]) == 2
        assert capsys.readouterr().err == f"catdiff: cannot import {name}: ValueError: no data\n"


def test_ctrl_c_keeps_what_was_found(place, tmp_path, capsys, monkeypatch):
    """One law is decided, then somebody stops it: that is printed, written, and the status is 130."""
    decided, own = [], checking.findings_of

    def once(law, *rest):
        if decided:
            raise KeyboardInterrupt
        decided.append(law.name)
        return own(law, *rest)

    monkeypatch.setattr(checking, "findings_of", once)
    assert main(["check", f"{place}:several", "--json", "c.json"]) == 130
    (report,) = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["reports"]
    assert report["interrupted"] and [f["law"] for f in report["findings"]] == decided
    out = capsys.readouterr().out
    assert "interrupted" in out and "several['b'][0]" not in out


def test_in_a_shell(place, tmp_path):
    (tmp_path / f"{place}.py").write_text(PLANTED + SOURCE, encoding="utf-8")
    words = [sys.executable, "-m", "catdiff", "check", f"{place}:bad", "--laws", "ADJ.1"]
    root = cd.__file__.rpartition("catdiff")[0]
    done = subprocess.run(
        words, cwd=tmp_path, capture_output=True, env={"PYTHONPATH": root, "PYTHONIOENCODING": "utf-8"}
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert "┤ bent product ├".encode() in done.stdout


def test_the_laws_are_listed(capsys):
    assert main(["laws"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "\n".join(lines) == cd.laws.table() and len(lines) == len(cd.laws.LAWS) + 1


def test_the_page_of_laws_is_written(tmp_path, capsys):
    assert main(["laws", "--write", str(tmp_path / "laws.md")]) == 0
    assert (tmp_path / "laws.md").read_text(encoding="utf-8").startswith("# Laws")
    assert (tmp_path / "laws" / "RD.5.svg").is_file()
