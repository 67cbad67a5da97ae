"""The gallery: every entry loads, type-checks, is redrawn byte for byte; both sides of an equation are equal."""

import re
from pathlib import Path

import pytest
from texlive import compiled, needs_pdflatex

import catdiff as cd
from catdiff.__main__ import main
from catdiff.draw.tikz import tikz
from catdiff.examples.diagrams import TOPICS, Entry
from catdiff.examples.gallery import ENTRIES, decided, files, redrawn

ROOT = Path(__file__).resolve().parents[2]
DIAGRAMS = ROOT / "diagrams"


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_is_what_its_code_makes_and_its_picture_is_drawn_of_it(name):
    entry = ENTRIES[name]
    made = entry.make()
    stored = [cd.load(DIAGRAMS / file) for file, _ in files(entry, made)]  # loading checks every type
    assert stored == made
    assert (DIAGRAMS / f"{name}.svg").read_bytes().decode() == redrawn(entry, stored)


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if len(entry.codes) == 2])
def test_both_sides_are_equal(name):
    left, right = ENTRIES[name].make()
    assert decided(left, right) in ("one diagram", "one polynomial")
    assert f"the sides are equal: {decided(left, right)}." in (DIAGRAMS / "README.md").read_text(encoding="utf-8")


def test_sides_that_differ_are_not_called_equal():
    x = cd.id(cd.f64())
    assert decided(x * x, x * x * x) == "" == decided(cd.sin(cd.f64()), cd.exp(cd.f64()))
    assert decided((x * x).box("f"), x * x) == "one diagram"


def test_there_is_nothing_else_in_the_folder():
    stored = {file for entry in ENTRIES.values() for file, _ in files(entry, entry.make())}
    found = {path.relative_to(DIAGRAMS).as_posix() for path in DIAGRAMS.rglob("*") if path.is_file()}
    assert found == stored | {f"{name}.svg" for name in ENTRIES} | {"README.md"}


def test_one_command_writes_it_all_and_another_compares(tmp_path, capsys):
    assert main(["gallery", str(tmp_path)]) == 0
    for path in DIAGRAMS.rglob("*.*"):
        assert path.read_bytes() == (tmp_path / path.relative_to(DIAGRAMS)).read_bytes()
    assert main(["gallery", str(tmp_path), "--check"]) == 0
    damaged = tmp_path / "structure" / "copy.svg"
    damaged.write_text("<svg/>")
    capsys.readouterr()
    assert main(["gallery", str(tmp_path), "--check"]) == 1
    assert "copy.svg is not what catdiff gallery writes" in capsys.readouterr().out
    assert damaged.read_text() == "<svg/>"
    assert main(["gallery", str(tmp_path)]) == 0 and main(["gallery", str(tmp_path), "--check"]) == 0


def test_the_pages_show_what_is_there():
    page = (DIAGRAMS / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r'<img src="([^"]+)"', page)
    assert shown == [f"{name}.svg" for name in ENTRIES]
    assert all((DIAGRAMS / target).is_file() for target in re.findall(r"\]\(([\w./-]+\.json)\)", page))
    assert {entry.topic for entry in ENTRIES.values()} == {*TOPICS}
    (picture,) = re.findall(r"\]\(diagrams/([\w./-]+)\.svg\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert picture in ENTRIES


def test_an_entry_is_one_row():
    row = Entry("structure/twice", "Twice.", ("cd.sin(A) >> cd.sin",))
    assert [box.name for box in row.scene().boxes] == ["sin", "sin"] and row.topic == "structure"


@needs_pdflatex
@pytest.mark.parametrize(
    "name", ["derivatives/where", "views/lens-opened", "views/values", "views/down", "axioms/RD.7"]
)
def test_pictures_compile(name, tmp_path):
    assert compiled(tikz(ENTRIES[name].scene()), tmp_path).stat().st_size > 1000
