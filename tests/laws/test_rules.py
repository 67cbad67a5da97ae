"""Rules from outside are told apart, with a reason; and what is no function is said to be that."""

import contextlib
import threading

import numpy as np
import pytest
from foreign_rules import LENSES, RIGHT, WRONG
from foreign_table import Foreign

import catdiff as cd

VERDICTS = {"right": "reverse derivative", "lens": "lens", "wrong": "wrong"}
A, S = cd.f64(3), cd.f64()


def sine(x, ȳ):
    return np.cos(x) * ȳ


def boom(*_):
    raise ValueError("no such thing")


@pytest.mark.parametrize("rule", [*RIGHT, *LENSES, *WRONG], ids=lambda rule: rule.name)
@pytest.mark.parametrize("seed", [0, 7])
def test_a_rule_is_judged_right(rule: Foreign, seed: int):
    report = cd.laws.check_rule(
        rule.forward, rule.vjp, rule.dom, rule.cod, sample=rule.points, seed=seed, budget=120.0, raises=False
    )
    assert (report.verdict, report.interrupted) == (VERDICTS[rule.verdict], False), report
    assert rule.says in report.reason


def test_a_wrong_rule_raises_with_its_report():
    with pytest.raises(cd.laws.LawViolation, match="the sign is wrong") as caught:
        cd.laws.check_rule(np.cos, lambda x, ȳ: np.sin(x) * ȳ, A, A)
    assert caught.value.report.verdict == "wrong"
    assert caught.value.counterexample is not None and len(caught.value.counterexample.args) == 3


@pytest.mark.parametrize("error", [1e-4, 1e-7, -1e-7])
def test_a_small_factor_is_seen(error: float):
    report = cd.laws.check_rule(np.exp, lambda x, ȳ: (1 + error) * np.exp(x) * ȳ, A, A, raises=False)
    assert report.verdict == "wrong"
    assert ("factor" if error > 1e-5 else "nearly right") in report.reason or "factor" in report.reason


def mutating(x):
    x += 1.0
    return x


def mutating_vjp(x, ȳ):
    ȳ *= np.cos(x)
    return ȳ


def buffered():
    out = np.zeros(3)
    return lambda x: np.sin(x, out=out)


def counting():
    calls = []
    return lambda x: calls.append(1) or np.sin(x) * len(calls)


CONDUCT = [
    (boom, sine, "not judged", "forward raises ValueError: no such thing"),
    (np.sin, boom, "not judged", "vjp raises ValueError: no such thing"),
    (lambda x: x * np.nan, sine, "not judged", "gives NaN"),
    (lambda x: x[:2], sine, "not judged", "shape (2,)"),
    (lambda x: (x, x), sine, "not judged", "2 arrays"),
    (lambda x: "abc", sine, "not judged", "no array of numbers"),
    (lambda x: x.astype(np.float32), sine, "not judged", "float32 entries"),
    (lambda x: np.floor(x).astype(int), sine, "not judged", "int64 entries"),
    (mutating, sine, "not judged", "writes to its argument 0"),
    (np.sin, mutating_vjp, "not judged", "writes to its argument 1"),
    (lambda x: np.sin(x) + np.random.rand(), sine, "not judged", "global random state"),  # noqa: NPY002
    (counting(), sine, "not judged", "counts its calls"),
    (buffered(), sine, "not judged", "same buffer"),
    (np.sin, lambda x, ȳ: (ȳ, ȳ), "wrong", "vjp gives 2 arrays"),
    (np.sin, lambda x, ȳ: np.outer(x, ȳ), "wrong", "shape (3, 3) for input 0"),
]


@pytest.mark.parametrize(("forward", "vjp", "verdict", "said"), CONDUCT, ids=[c[3] for c in CONDUCT])
def test_what_is_no_function_is_said_to_be_that(forward, vjp, verdict, said):
    with pytest.raises(cd.laws.RuleError) as caught:
        cd.laws.check_rule(forward, vjp, A, A)
    report = caught.value.report
    assert report.verdict == verdict
    assert said in report.reason
    assert not any(f.law == "R = D†" for f in report.findings)


def forever(*_):
    while True:
        pass


def swallowing(*_):
    while True:
        with contextlib.suppress(Exception):
            forever()


def test_nothing_hangs():
    for forward, vjp in ((forever, sine), (np.sin, forever), (swallowing, sine)):
        report = cd.laws.check_rule(forward, vjp, A, A, budget=1.0, raises=False)
        assert report.verdict == "not judged"
        assert "does not return" in report.reason


def test_on_another_thread_too():
    release, found = threading.Event(), []

    def waiting(x):
        release.wait(20.0)
        return x

    def judge():
        found.append(cd.laws.check_rule(np.sin, sine, A, A))
        found.append(cd.laws.check_rule(waiting, sine, A, A, budget=1.0, raises=False))

    worker = threading.Thread(target=judge)
    worker.start()
    worker.join()
    release.set()
    assert [r.verdict for r in found] == ["reverse derivative", "not judged"]
    assert "forward does not return" in found[1].reason


def test_an_interrupted_judgement_reports_what_it_had():
    calls = []

    def impatient(x):
        calls.append(1)
        if len(calls) > 400:
            raise KeyboardInterrupt
        return np.sin(x)

    report = cd.laws.check_rule(impatient, sine, A, A)
    assert report.interrupted
    assert 0 < report.law("R = D†")[0].points < 20


def test_a_forward_rule_is_judged_beside_it():
    right = cd.laws.check_rule(np.sin, sine, A, A, jvp=lambda x, ẋ: np.cos(x) * ẋ)
    assert right.law("adjoint")[0].strength == "tested"
    wrong = cd.laws.check_rule(np.sin, sine, A, A, jvp=lambda x, ẋ: -np.cos(x) * ẋ, raises=False)
    assert wrong.verdict == "wrong" and "jvp is not" in wrong.reason
    broken = cd.laws.check_rule(np.sin, sine, A, A, jvp=boom, raises=False)
    assert broken.verdict == "not judged" and "jvp raises" in broken.reason


def test_points_are_the_callers():
    seen = []

    def forward(x):
        seen.append(float(x[0]))
        return np.sqrt(x)

    points = [np.full(3, 4.0), np.full(3, 9.0)]
    report = cd.laws.check_rule(forward, lambda x, ȳ: ȳ / (2 * np.sqrt(x)), A, A, sample=points)
    assert report.law("R = D†")[0].points == 2
    assert min(seen) > 2.0 and max(seen) < 11.0


@pytest.mark.parametrize("points", [3, [], [[1.0, 2.0]], [(np.ones(3), np.ones(3))], lambda rng: "abc"])
def test_points_that_are_none(points):
    with pytest.raises(cd.CatdiffError):
        cd.laws.check_rule(np.sin, sine, A, A, sample=points)


def test_inputs_that_are_meant_to_be_constant():
    def vjp(x, y, ȳ):
        return y * ȳ, None

    whole = cd.laws.check_rule(np.multiply, vjp, A @ A, A, raises=False)
    assert whole.verdict == "wrong" and "wires=[0]" in whole.reason
    assert cd.laws.check_rule(np.multiply, vjp, A @ A, A, wires=[0]).verdict == "reverse derivative"


def test_a_function_defined_nowhere_says_so():
    report = cd.laws.check_rule(lambda x: np.log(-x * x), sine, A, A, raises=False)
    assert report.verdict == "not judged"
    assert "undefined at every point tried; pass sample=" in report.reason


def test_the_same_seed_the_same_report():
    reports = [cd.laws.check_rule(np.sin, sine, A, A, seed=3) for _ in range(2)]
    assert reports[0].findings == reports[1].findings
