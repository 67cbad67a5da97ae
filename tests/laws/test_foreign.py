"""Right rules and their twins that are subtly wrong, over seven tables: each told apart by one call, with its reason.

The right ones and a twin of each are looked at every time; HYPOTHESIS_PROFILE=thorough asks for all twins, from several
seeds.
"""

import os

import foreign_algebra
import foreign_arrays
import foreign_cancelling
import foreign_elementwise
import foreign_layers
import foreign_single
import foreign_windows
import numpy as np
import pytest
from foreign_table import Foreign, flattened

import catdiff as cd
from catdiff.laws.foreign import survey

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
TABLES = (
    foreign_algebra,
    foreign_arrays,
    foreign_cancelling,
    foreign_elementwise,
    foreign_layers,
    foreign_single,
    foreign_windows,
)
ROWS = [row for table in TABLES for twins in table.RULES for row in flattened([twins])[: None if THOROUGH else 2]]
A = cd.f64(3)


def sine(x, ȳ):
    return np.cos(x) * ȳ


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("seed", [0, 5, 11] if THOROUGH else [0])
def test_a_rule_and_its_twins_are_told_apart(row: Foreign, seed: int):
    report = cd.laws.check_rule(
        row.forward, row.vjp, row.dom, row.cod, sample=row.points, seed=seed, budget=120.0, raises=False
    )
    assert report.verdict == {"right": "reverse derivative", "wrong": "wrong"}[row.verdict], report
    assert row.says in report.reason


@pytest.mark.parametrize("wires", [[3], [-1], "a", [0.5], [True], 7])
def test_inputs_there_are_not(wires):
    with pytest.raises(cd.errors.ArgumentError, match="is none of them"):
        cd.laws.check_rule(np.sin, sine, A, A, wires=wires)


def test_no_input_at_all_is_not_judged():
    report = cd.laws.check_rule(np.sin, sine, A, A, wires=[], raises=False)
    assert report.verdict == "not judged" and "wires=" in report.reason


@pytest.mark.parametrize("vjp", [lambda x, ȳ: [np.cos(x) * ȳ], lambda x, ȳ: list(np.cos(x) * ȳ)])
def test_lists_are_tuples_or_arrays(vjp):
    assert cd.laws.check_rule(np.sin, vjp, A, A).verdict == "reverse derivative"


def test_a_list_of_one_number():
    report = cd.laws.check_rule(np.sin, lambda x, ȳ: [float(np.cos(x) * ȳ)], cd.f64(), cd.f64())
    assert report.verdict == "reverse derivative"


def test_what_changes_after_many_calls_is_said_to_be_that():
    calls = []

    def tired(x, ȳ):
        calls.append(1)
        return np.cos(x) * ȳ * (2.0 if len(calls) > 60 else 1.0)

    with pytest.raises(cd.laws.RuleError, match="keeps a state"):
        cd.laws.check_rule(np.sin, tired, A, A)


def test_a_shape_that_only_has_to_be_another():
    with pytest.raises(cd.laws.RuleError, match="reshape it"):
        cd.laws.check_rule(np.sin, lambda x, ȳ: (np.cos(x) * ȳ)[None], A, A)


def test_most_points_are_looked_at_briefly(monkeypatch):
    k = np.random.default_rng(0).normal(size=(6, 6))

    def values_asked() -> int:
        calls = []
        M = cd.f64(6, 6)
        report = cd.laws.check_rule(lambda a: calls.append(1) or a @ k, lambda a, ȳ: ȳ @ k.T, M, M)
        assert report.verdict == "reverse derivative"
        return len(calls)

    briefly = values_asked()
    monkeypatch.setattr(survey, "WHOLE", 10**6)
    assert briefly < values_asked()


def test_an_output_is_judged_beside_one_that_is_much_larger():
    S = cd.f64()
    report = cd.laws.check_rule(
        lambda p, q: (1e12 * p, np.sin(q)),
        lambda p, q, ȳ, z̄: (1e12 * ȳ, 1.1 * np.cos(q) * z̄),
        S @ S,
        S @ S,
        raises=False,
    )
    assert report.verdict == "wrong" and "factor 11/10, in input 1, in output 1" in report.reason


@pytest.mark.parametrize("dtype", ["rational", "z2"])
def test_what_has_no_small_steps_is_not_judged(dtype):
    B = getattr(cd, dtype)(2)
    report = cd.laws.check_rule(lambda n: n * n, lambda n, ȳ: ȳ, B, B, raises=False)
    assert report.verdict == "not judged" and "cd.laws.check decides it exactly" in report.reason


@pytest.mark.parametrize("seed", [-1, "x", True, 0.5])
def test_a_seed_that_is_none(seed):
    with pytest.raises(cd.errors.ArgumentError, match="seed is a whole number, 0 at least"):
        cd.laws.check_rule(np.sin, sine, A, A, seed=seed)
