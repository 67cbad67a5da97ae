"""What mutation testing mutates, and that the explanations of survivors speak of what is there."""

import ast
import tomllib
from pathlib import Path

import pytest
from mutation.scope import sites

import catdiff.generators  # noqa: F401  the rows
from catdiff.category.label import TABLE

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["catdiff"]["mutation"]
SITES = sites(ROOT, CONFIG["derivative"], CONFIG["tables"])
SURVIVORS = tomllib.loads((Path(__file__).parent / "survivors.toml").read_text(encoding="utf-8"))["survivor"]


def file_of(rule):
    """The file a rule is written in; rows that other tests register are written elsewhere, or are no functions."""
    code = getattr(rule, "__code__", None)
    return Path(code.co_filename) if code else ROOT


def test_every_rule_of_every_row_is_mutated():
    found = {(site.path, row) for site in SITES for row in site.rows}
    rules = [(name, file_of(rule)) for name, row in TABLE.items() for rule in (row.R, row.D, row.dagger) if rule]
    ours = {(f.relative_to(ROOT).as_posix(), name) for name, f in rules if f.is_relative_to(ROOT / "catdiff")}
    assert ours and ours <= found


def test_every_function_of_derivative_is_mutated():
    paths = sorted((ROOT / "catdiff" / "derivative").glob("[!_]*.py"))
    assert CONFIG["derivative"] == [p.relative_to(ROOT).as_posix() for p in paths]
    for path in paths:
        defined = [n.name for n in ast.parse(path.read_text(encoding="utf-8")).body if hasattr(n, "name")]
        assert [s.name for s in SITES if s.path == path.relative_to(ROOT).as_posix()] == defined


@pytest.mark.parametrize("name", ["R of sin", "D of sin", "_abs_R", "R of max and min", "dagger of cumsum", "spread"])
def test_a_site_has_its_rows(name):
    (site,) = [s for s in SITES if s.name == name]
    assert site.rows and site.holds(site.start) and not site.holds(site.end)


def test_only_rules_are_mutated():
    assert not {"softplus", "_softmax", "_logsumexp", "elementwise", "_reshape_type"} & {s.name for s in SITES}


def test_explanations_speak_of_what_is_there():
    names = {(s.path, s.name) for s in SITES}
    for group in SURVIVORS:
        assert group["kind"] in ("equivalent", "gap") and group["why"] and group["mutants"]
        for path, site, before, _ in group["mutants"]:
            assert (path, site) in names
            assert before in " ".join((ROOT / path).read_text(encoding="utf-8").split())
