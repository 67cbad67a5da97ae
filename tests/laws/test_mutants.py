"""Every planted bug is caught, and the report names its box. `python tests/laws/test_mutants.py` writes the page."""

import sys
from functools import cache
from pathlib import Path

import pytest
from mutants import MACHINERY, MUTANTS, PROGRAM, calculus

import catdiff as cd
from catdiff.laws.catalogue import LAWS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mutants.md"
BY_NAME = {m.name: m for m in MUTANTS}
HEAD = """# Planted bugs

Proof that the laws bite: each line is a wrong rule, planted among right generators in a program, and the laws that
`cd.laws.check` found violated. A right program of the same shape violates none. Made by
`python tests/laws/test_mutants.py`.

The seven axioms RD.1–RD.7 catch {few} of these {all} by themselves; adjointness to the rows' own D (ADJ) {adjoint},
and the Taylor remainder, which needs nothing but the function, {taylor}.

| what is wrong | laws that catch it | to blame, says the report |
|---|---|---|
"""


@cache
def report(name):
    if name in MACHINERY:
        return cd.laws.check(PROGRAM, calculus=calculus(MACHINERY[name]), points=20, raises=False)
    return cd.laws.check(BY_NAME[name].program(), points=20, raises=False)


def caught(name):
    """The laws it violates, in the order of the table."""
    wrong = {f.law for f in report(name).violations}
    return [law.name for law in LAWS if law.name in wrong]


def page():
    names = [*BY_NAME, *MACHINERY]
    by = {name: caught(name) for name in names}
    count = lambda *groups: sum(any(law.split(".")[0] in groups for law in laws) for laws in by.values())  # noqa: E731
    head = HEAD.format(few=count("RD"), all=len(names), adjoint=count("ADJ"), taylor=count("TAYLOR"))
    return head + "".join(f"| {name} | {', '.join(by[name])} | {_blame(name)} |\n" for name in names)


def _blame(name):
    found = report(name).counterexample
    return "" if found is None else found.blame.replace("|", "\\|").split(" : ")[0]


@pytest.mark.parametrize("name", BY_NAME)
def test_a_planted_bug_is_caught_and_its_box_named(name):
    found = report(name)
    assert found.verdict == "violated", f"{name} is not noticed"
    assert BY_NAME[name].blame in found.counterexample.blame
    assert len(found.counterexample.program.net) <= 3


@pytest.mark.parametrize("name", MACHINERY)
def test_rules_put_together_wrongly_are_caught(name):
    assert report(name).verdict == "violated"


@pytest.mark.parametrize("name", BY_NAME)
def test_the_right_program_is_lawful(name):
    """The control: the same program with the row as it is in the table."""
    f = BY_NAME[name].control()
    report = cd.laws.check(f, points=8)
    assert report.ok and report.strongest()["ADJ.1"] in ("proved", "exhaustive", "tested")


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    PAGE.write_text(page(), encoding="utf-8")
