"""A lie in any column of the table of generators is found by a law, and the report names the generator and the column.

The lies themselves are among the planted bugs, `mutants.COLUMNS`, and `test_mutants` checks them with all laws.
"""

import re
from dataclasses import fields
from itertools import count

import numpy as np
import pytest
from mutants import COLUMNS, MUTANTS, changed

import catdiff as cd
from catdiff.category.label import Row

V = cd.f64(3)
NUMBERS = count()
BY_NAME = {m.name: m for m in MUTANTS}
LAWS = ["ROW", "ADJ.1", "TAYLOR.1", "CG.8"]
ELSEWHERE = {"R", "D", "dagger", "locally_constant", "definition"}  # columns whose lies other laws may find alone
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
    column, blames = lie.split(":")[0], [f.counterexample.blame for f in report.violations if f.law.startswith("ROW")]
    assert all(blame.split("in the column ")[1] == column for blame in blames), str(report)
    assert blames or column in ELSEWHERE, f"no law of rows finds a lie in {column}"


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


def lying(**columns):
    """A sine from outside with these columns."""
    own = {"forward": np.sin, "R": lambda x, ȳ: cd.cos(x) * ȳ, "D": lambda x, ẋ: cd.cos(x) * ẋ}
    return cd.generator(f"columns lying {next(NUMBERS)}", **{**own, **columns})(V)


def raising(*args):
    raise ValueError("not today")


@pytest.mark.parametrize("column", ["batch", "flops"])
def test_a_column_that_raises_is_said_to_and_nothing_is_judged(column):
    report = cd.laws.check(lying(**{column: raising}), laws="ADJ.1", points=8, raises=False)
    assert report.verdict == "not judged" and re.match(
        rf"{column} of the generator columns lying \d+ raises ValueError: not today", report.reason
    )


def test_a_bound_that_raises_is_no_bound():
    found = cd.laws.check(lying(error=raising), laws="ROW.5", points=8, raises=False).counterexample
    assert found is not None and found.blame.endswith("in the column error")


def test_a_batch_without_the_derivative_that_f_has():
    bare = cd.generator("columns bare", forward=np.sin)
    f = lying(batch=lambda old, mask, n: bare(cd.f64(n, *old.dom.shape)))
    found = cd.laws.check(f, laws="ROW.2", points=8, raises=False).counterexample
    assert found is not None and found.blame.endswith("in the column batch")


def test_one_point_does_not_tell_that_nothing_is_computed():
    f = lying(flops=lambda label: 0)
    assert cd.laws.check(f, laws="ROW.6", points=1, raises=False).strongest()["ROW.6"] == "undecided"
    assert cd.laws.check(f, laws="ROW.6", points=8, raises=False).violations


def test_generators_that_may_be_undefined_are_counted_where_they_are_defined():
    def root(x):
        if np.any(x < 0):
            raise ValueError("negative")
        return x

    f = lying(forward=root, R=lambda x, ȳ: ȳ, D=lambda x, ẋ: ẋ, flops=lambda label: 0)
    assert not cd.laws.check(f, laws="ROW.6", points=40, raises=False).violations


def test_how_each_generator_was_decided_is_said():
    grown = cd.generator("columns grown", forward=np.exp, R=lambda x, ȳ: grown(x) * ȳ, D=lambda x, ẋ: grown(x) * ẋ)
    f = grown(V) >> cd.square
    (found,) = cd.laws.check(f, laws="ADJ.3", points=8).law("ADJ.3")
    assert "by polynomial" in found.note and "with an empirical tolerance" in found.note


def test_what_was_cut_short_is_not_kept():
    f = lying() >> cd.exp
    hurried = cd.laws.check(f, laws="ADJ.3", points=200, seed=5, budget=1e-3, raises=False)
    whole = cd.laws.check(f, laws="ADJ.3", points=200, seed=5).law("ADJ.3")[0].points
    assert whole > sum(f.points for f in hurried.law("ADJ.3")) and whole % 200 == 0


def test_points_of_a_sample_and_an_exact_procedure():
    f = cd.mul(V, V)
    points = [(np.ones(3), np.ones(3))]
    report = cd.laws.check(f, laws="ADJ.3", procedures="exact", sample=points, raises=False)
    assert report.strongest() == {"ADJ.3": "undecided"}
