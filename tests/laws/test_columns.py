"""A lie in any column of the table of generators is found by a law, and the report names the generator and the column.

The lies themselves are among the planted bugs, `mutants.COLUMNS`, and `test_mutants` checks them with all laws.
"""

from dataclasses import fields

import numpy as np
import pytest
from mutants import COLUMNS, MUTANTS, changed

import catdiff as cd
from catdiff.category.label import Row

V = cd.f64(3)
BY_NAME = {m.name: m for m in MUTANTS}
LAWS = ["ROW", "ADJ.1", "TAYLOR.1", "CG.8"]
SILENT = {
    "name": "what the others are about",
    "title": "what a picture writes",
    "about": "text",
    "source": "text",
    "foreign": "where a row is from",
    "interior": "that a body says what it does, as of boxes alone",
    "forward": "what it does: the laws hold everything else against it",
    "over": "the same",
    "kernel": "the same",
    "extents": "what the shrinker may make smaller; where it is wrong a program stays larger",
}


def test_there_is_a_lie_for_every_column_that_has_a_meaning():
    told = {name.split(":")[0] for name in COLUMNS}
    assert told | {*SILENT} == {f.name for f in fields(Row)} and not told & {*SILENT}


@pytest.mark.parametrize("lie", COLUMNS)
def test_a_lie_is_found_and_the_box_is_named(lie):
    planted = BY_NAME[COLUMNS[lie]]
    report = cd.laws.check(planted.program(), laws=LAWS, points=8, raises=False)
    assert report.violations, lie
    for finding in report.violations:
        assert finding.counterexample.blame.startswith(planted.blame), str(finding)
    column, rows = lie.split(":")[0], [f for f in report.violations if f.law.startswith("ROW")]
    assert all(column in f.counterexample.blame for f in rows), str(report)


@pytest.mark.parametrize("lie", COLUMNS)
def test_the_row_itself_is_as_it_says(lie):
    report = cd.laws.check(BY_NAME[COLUMNS[lie]].control(), laws="ROW", points=8)
    assert report.ok, str(report)


def test_a_lie_in_what_only_a_derivative_is_made_of_is_found():
    """R[f].map(n) too is f slice by slice: the generators of R[f] are asked as those of f."""
    slow = changed("cos", V, batch=lambda old, mask, n: cd.cos(cd.f64(n, *old.dom.shape)) >> cd.flip(axis=0))
    f = changed("sin", V, R=lambda x, ȳ: slow(x) * ȳ)
    assert cd.laws.check(f, laws="TAYLOR.1", points=8).ok
    found = cd.laws.check(f, laws="ROW.2", points=8, raises=False).counterexample
    assert found is not None and found.blame.startswith("cos") and "batch" in found.blame


def test_a_program_with_a_generator_that_has_no_rule_for_a_batch_is_lawful():
    f = cd.generator(
        "columns foreign", forward=np.sin, R=lambda x, ȳ: cd.cos(x) * ȳ, D=lambda x, ẋ: cd.cos(x) * ẋ, batch=None
    )
    report = cd.laws.check(f(V), laws="ROW", points=8)
    assert report.ok and report.strongest()["ROW.2"] == "tested"  # cos, of its derivative, has a rule
