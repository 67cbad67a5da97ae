"""Every row at a tiny size: figures come out, and results are right. Nothing here is a claim about time."""

from __future__ import annotations

import json
import math

import pytest

import catdiff as cd
from benchmarks import drawn, pictures, plain, report, run
from benchmarks.harness import Counted, Timed, exponent, times
from benchmarks.registry import ROWS
from catdiff.__main__ import main
from catdiff.draw.layout import layout
from catdiff.errors import CatdiffError

TIMED = [row for row in ROWS if isinstance(row, Timed)]
COUNTED = [row for row in ROWS if isinstance(row, Counted)]


@pytest.mark.parametrize("row", TIMED, ids=lambda row: row.name)
def test_a_timed_row(row: Timed):
    """One turn each; `times` checks the result."""
    measured = times(row, row.tiny, budget=0, least=1)
    assert measured["ours"]["median"] > 0 and measured["floor"]["median"] > 0
    assert row.extra or row.reach or row.ratio or row.growth
    assert set(row.reach) | set(row.ratio) | set(row.memory) | set(row.peer_sizes) <= set(row.sizes)
    assert report.line(run.figure(row, row.tiny, "s", None, measured)).startswith(row.name)


@pytest.mark.parametrize("row", TIMED, ids=lambda row: row.name)
def test_a_wrong_result_is_an_error(row: Timed):
    """The result at another size is a wrong one at this."""
    with pytest.raises((AssertionError, CatdiffError)):
        row.check(row.tiny + row.tiny, row.ours(row.tiny, 0)() if row.name != "equality" else False)


@pytest.mark.parametrize(("row", "size"), [(row, size) for row in COUNTED for size in row.sizes])
def test_a_counted_row_reaches_its_target(row: Counted, size: int):
    """A count is no time, so the target is a test, but for a peer's; no count is below what was derived by hand."""
    assert row.floor(size) <= row.ours(size)
    assert row.peer or row.ours(size) <= row.reach[size]


def test_pictures_stay_as_good_as_they_are():
    """What the layout had when it was last worked on, in crossings and bends: fewer is welcome."""
    crossings, bends = pictures.ours()
    assert crossings <= 435 and bends <= 702


def test_what_elkjs_reached_is_of_the_same_diagrams():
    """A change of the fifty diagrams asks for `python -m benchmarks.elk` again."""
    stored = json.loads(pictures.STORED.read_text(encoding="utf-8"))
    assert list(stored) == list(drawn.diagrams()) and len(stored) == 50


def test_crossings_and_bends_are_counted():
    """A swap crosses once and bends twice; a level chain does neither; a copy's branches are counted one by one."""
    swap = drawn.count(layout(cd.swap(cd.f64(), cd.f64()).net))
    assert (swap.crossings, swap.bends) == (1, 2)
    chain = drawn.count(layout((cd.sin(cd.f64()) >> cd.exp).net))
    assert (chain.crossings, chain.bends) == (0, 0)
    copies = drawn.count(layout(cd.copy(cd.f64(), 3).net))
    assert (copies.crossings, copies.bends) == (0, 2)


def test_the_cheap_gradient_does_not_grow():
    """Four times the work per size, the same ratio."""
    for row in COUNTED:
        if row.unit == "×":
            small, large = map(row.ours, row.sizes)
            assert math.isclose(small, large, rel_tol=0.05)


def test_the_plain_floor_differentiates():
    """R of a tape against a difference, and R of R against a difference of R."""
    steps = [("sigmoid", (0,)), ("mul", (2, 1)), ("sin", (3,)), ("add", (4, 0)), ("neg", (5,))]
    f = (2, steps, [6])
    for tape, xs in ((f, [0.3, 0.7]), (plain.reverse(f), [0.3, 0.7, 1.3])):
        bar = plain.evaluate(plain.reverse(tape), xs + [1.0] * len(tape[2]))
        for i in range(len(xs)):
            ahead, behind = ([*xs[:i], xs[i] + h, *xs[i + 1 :]] for h in (1e-6, -1e-6))
            slope = (sum(plain.evaluate(tape, ahead)) - sum(plain.evaluate(tape, behind))) / 2e-6
            assert math.isclose(bar[i], slope, abs_tol=1e-8)


def test_an_exponent_is_one():
    assert math.isclose(exponent({10: 2.0, 40: 8.0, 90: 18.0}), 1.0)


def test_the_command(tmp_path, capsys, monkeypatch):
    """One small row through worker processes, into the terminal, a JSON file and a page."""
    (row,) = [row for row in TIMED if row.name == "RR"]
    monkeypatch.setattr(run, "ROWS", [*COUNTED[:1], row])
    json_path, page = tmp_path / "figures.json", tmp_path / "page.md"
    monkeypatch.setattr(run, "QUICK_SECONDS", 0.0)
    main(["bench", "--quick", "--json", str(json_path), "--write", str(page)])
    figures = json.loads(json_path.read_text())["figures"]
    assert [f["row"] for f in figures] == ["orders"] * 4 + ["RR"]
    assert "targets reached" in capsys.readouterr().out
    assert "R∘R of a chain" in page.read_text()


def test_a_row_nobody_has(capsys):
    assert main(["bench", "--row", "nonsense"]) == 1
    assert "no row 'nonsense'" in capsys.readouterr().err


def test_outside_a_checkout(monkeypatch, tmp_path, capsys):
    """The wheel has no benchmark, and says where it is."""
    monkeypatch.setattr("catdiff.__main__.CHECKOUT", tmp_path)
    assert main(["bench"]) == 1
    assert "run it in a checkout" in capsys.readouterr().err
