"""`cd.laws.check`: what it answers, what it says of what is no program, and that it ends."""

from time import monotonic, sleep

import numpy as np
import pytest

import catdiff as cd
from catdiff.errors import ArgumentError, SignatureError

A = cd.f64(3)
ROWS = {}


def generator(name, **columns):
    """A generator from outside; a name is taken once in a process."""
    if name not in ROWS:
        ROWS[name] = cd.generator(name, **columns)
    return ROWS[name]


def wrong():
    return generator("check wrong", forward=np.sin, R=lambda x, ȳ: cd.sin(x) * ȳ, D=lambda x, ẋ: cd.cos(x) * ẋ)


# -- right programs --------------------------------------------------------------------------------------------

RIGHT = {
    "nothing": cd.id(cd.UNIT),
    "a constant": cd.const([1.0, 2.0]),
    "a discard": cd.discard(A),
    "no entries": cd.sin(cd.f64(0)),
    "only truth": cd.logical_not(cd.bool(2)),
    "an index": cd.argmax(A),
    "a choice": cd.where(cd.bool(3) @ A @ A),
    "a lookup": cd.gather(A, cd.index(2)),
    "a third": cd.mean(A),
    "boxes in boxes": ((cd.sin(A) >> cd.exp).box("inner") >> cd.softmax).box("outer"),
    "one box twice": (lambda b: cd.copy(A) >> b @ b >> cd.mul)((cd.tanh(A) >> cd.exp).box("b")),
    "mapped": (cd.softmax(A) >> cd.sum).map(2),
    "complex": cd.exp(cd.c128(2)) >> cd.real,
    "single": cd.sin(cd.f32(2)) >> cd.exp,
    "mixed": cd.cast(cd.f32(2), "f64") @ cd.id(cd.f64(2)) >> cd.mul,
    "a polynomial over ℤ": cd.copy(cd.integer(2)) >> cd.mul >> cd.sum,
    "a circuit": cd.copy(cd.z2()) >> cd.mul,
    "kinks": cd.copy(A) >> cd.relu @ cd.abs >> cd.maximum >> cd.sort,
    "not everywhere": cd.log(A) >> cd.sqrt,
    "a derivative": cd.R(cd.sin(A) >> cd.sum),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_programs_violate_nothing(name):
    report = cd.laws.check(RIGHT[name], points=10)
    assert report.ok and not report.violations and not report.interrupted


def test_the_same_seed_gives_the_same_report():
    reports = [cd.laws.check(wrong()(A) >> cd.sum, laws=["ADJ", "TAYLOR"], seed=3, raises=False) for _ in range(2)]
    assert str(reports[0]) == str(reports[1])


def test_strengths_are_what_they_say():
    by = cd.laws.check(cd.mul(cd.z2(), cd.z2()), laws=["RD.5", "ADJ.1", "RD.4"]).strongest()
    assert by == {"RD.4": "tested", "RD.5": "proved", "ADJ.1": "proved"}  # of drawn companions no more than tested
    found = cd.laws.check(cd.mul(cd.z2(), cd.z2()), laws="ADJ.1", procedures="z2").findings
    assert [(f.strength, f.points) for f in found] == [("exhaustive", 32)]
    assert cd.laws.check(cd.exp(A), laws="ADJ.1", procedures="polynomial", raises=False).verdict == "not decided"


# -- wrong ones ------------------------------------------------------------------------------------------------


def test_a_violation_says_what_is_needed_to_see_it_again():
    f = (cd.tanh(A) >> wrong() >> cd.exp).box("model") >> cd.sum
    with pytest.raises(cd.laws.LawViolation) as caught:
        cd.laws.check(f, laws="ADJ.1", seed=5)
    found = caught.value.counterexample
    assert found.law == "ADJ.1" and found.seed == 5 and "check wrong" in found.blame and "its R is wrong" in found.blame
    assert len(found.program.net) == 1 and "check wrong" in found.picture and found.svg().startswith("<svg")
    assert not np.allclose(found.left[0], found.right[0])
    scope = {}
    with pytest.raises(cd.laws.LawViolation):
        exec(found.code, scope)
    assert scope["f"] == found.program
    text = str(caught.value)
    assert all(part in text for part in ("ADJ.1 is violated", "to blame", "at:", "left side", "right side", "seed 5"))


def test_reports_show_themselves():
    report = cd.laws.check(wrong()(A), laws=["ADJ.1", "RD.5", "DG.1"], points=5, raises=False)
    assert (
        "VIOLATED" in str(report)
        and "proved, one diagram: RD.5" in str(report)
        and "f is not linear: DG.1" in str(report)
    )
    html = report._repr_html_()
    assert "<table>" in html and "<svg" in html and "check wrong" in html


def test_other_operators_are_held_against_the_laws():
    zero = lambda f: cd.discard(f.dom @ f.cod) >> cd.zero(f.dom)  # noqa: E731
    report = cd.laws.check(cd.sin(A), laws=["RD.2", "ADJ.1"], calculus=cd.laws.Calculus(R=zero), raises=False)
    assert report.strongest()["ADJ.1"] == "violated" and report.strongest()["RD.2"] != "violated"


def test_a_program_that_is_said_to_equal_another():
    plain, fast = cd.pair(cd.exp(A), cd.exp(A)) >> cd.mul, 2.0 * cd.id(A) >> cd.exp
    assert cd.laws.check(fast, laws="CG.9", equals=plain).ok
    assert not cd.laws.check(cd.tanh(A), laws="CG.9", equals=cd.sin(A), raises=False).ok
    x = cd.z2()
    values = cd.laws.check(cd.square(x), laws="CG.9", procedures="z2", equals=cd.id(x), raises=False)
    assert not values.ok  # the same function, and not the same polynomial
    with pytest.raises(SignatureError, match="has its type"):
        cd.laws.check(cd.sin(A), equals=cd.sin(cd.f64()))


def test_a_wrong_batch_or_definition_is_found():
    f = generator(
        "check wrong macro",
        forward=np.exp,
        R=lambda x, ȳ: cd.exp(x) * ȳ,
        D=lambda x, ẋ: cd.exp(x) * ẋ,
        definition=lambda label: cd.sinh(label.dom),
    )
    assert {v.law for v in cd.laws.check(f(A), raises=False).violations} == {"CG.8"}


# -- what is no function ---------------------------------------------------------------------------------------


def _random(x):
    return x + np.random.default_rng().random(x.shape)


def _writes(x):
    x += 1.0
    return x.copy()


def _raises(x):
    raise ZeroDivisionError("nothing works")


STATE = []


def _counts(x):
    STATE.append(1)
    return x + len(STATE)


BAD = {
    "random": (_random, "two calls with the same ones differ"),
    "writes": (_writes, "writes to its argument 0"),
    "raises": (_raises, "at every point tried .* raises ZeroDivisionError: nothing works"),
    "nan": (lambda x: x * np.nan, "at every point tried .* gives NaN"),
    "shape": (lambda x: x[:1], r"gives an array of shape \(1,\)"),
    "dtype": (lambda x: x.astype(np.float32), "gives float32 entries"),
    "counts": (_counts, "two calls with the same ones differ"),
    "nothing": (lambda x: None, "gives"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_function_is_said_as_that(name):
    forward, said = BAD[name]
    f = generator(f"check {name}", forward=forward, R=lambda x, ȳ: ȳ, D=lambda x, ẋ: ẋ)
    with pytest.raises(cd.laws.RuleError, match=said) as caught:
        cd.laws.check(cd.sin(A) >> f)
    report = caught.value.report
    assert report.verdict == "not judged" and not report.findings and f"check {name}" in report.reason
    assert cd.laws.check(f(A), raises=False).verdict == "not judged"


def test_a_generator_that_does_not_return_is_given_up(monkeypatch):
    monkeypatch.setattr("catdiff.laws.foreign.generators.CALL", 0.2)
    f = generator("check sleeps", forward=lambda x: sleep(60) or x, R=lambda x, ȳ: ȳ, D=lambda x, ẋ: ẋ)
    start = monotonic()
    with pytest.raises(cd.laws.RuleError, match="does not return"):
        cd.laws.check(f(A))
    assert monotonic() - start < 30


# -- what cannot be asked, and ending --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "options", "error", "said"),
    [
        (cd.sin, {}, SignatureError, "laws are of morphisms"),
        (None, {}, SignatureError, "None is none"),
        (np.sin, {}, SignatureError, "laws are of morphisms"),
        (cd.sin(A), {"laws": "XY"}, ArgumentError, "there is no law 'XY'"),
        (cd.sin(A), {"laws": []}, ArgumentError, "no laws are named"),
        (cd.sin(A), {"laws": ""}, ArgumentError, "no laws are named"),
        (cd.sin(A), {"laws": 5}, ArgumentError, "laws are strings, .*, not 5"),
        (cd.sin(A), {"laws": ["RD.5", None]}, ArgumentError, "laws are strings, .*, not None"),
        (cd.sin(A), {"procedures": "guess"}, ArgumentError, "there is no procedure 'guess'; there are diagram, "),
        (cd.sin(A), {"procedures": []}, ArgumentError, "no procedures are named"),
        (cd.sin(A), {"procedures": 7}, ArgumentError, "procedures are strings"),
        (cd.sin(A), {"points": 0}, ArgumentError, "points is a whole number, 1 at least, not 0"),
        (cd.sin(A), {"points": 2.5}, ArgumentError, "points"),
        (cd.sin(A), {"seed": -1}, ArgumentError, "seed is a whole number, 0 at least, not -1"),
        (cd.sin(A), {"seed": "one"}, ArgumentError, "seed"),
        (cd.sin(A), {"seed": None}, ArgumentError, "seed"),
        (cd.sin(A), {"budget": -1}, ArgumentError, "budget"),
        (cd.sin(A), {"total": 0}, ArgumentError, "total is a positive number of seconds, not 0"),
        (cd.sin(A), {"total": float("nan")}, ArgumentError, "total"),
        (cd.sin(A), {"calculus": cd.R}, ArgumentError, "calculus is a cd.laws.Calculus"),
    ],
)
def test_what_cannot_be_asked(given, options, error, said):
    with pytest.raises(error, match=said):
        cd.laws.check(given, **options)


def test_an_interrupted_check_reports_what_it_had(monkeypatch):
    from catdiff.laws import checking

    asked = []

    def stop(law, f, options, known):
        asked.append(law)
        if len(asked) == 4:
            raise KeyboardInterrupt
        return [cd.laws.Finding(law.name, law.title, "float", "tested", 1)]

    monkeypatch.setattr(checking, "findings_of", stop)
    report = cd.laws.check(cd.sin(A))
    assert report.interrupted and len(report.findings) == 3 and "interrupted" in str(report)


def test_a_budget_ends_a_law_with_what_there_is():
    slow = generator(
        "check slow",
        forward=lambda x: sleep(0.02) or np.sin(x),
        R=lambda x, ȳ: cd.cos(x) * ȳ,
        D=lambda x, ẋ: cd.cos(x) * ẋ,
    )
    report = cd.laws.check(slow(A), laws="TAYLOR.1", points=10_000, budget=0.5)
    (found,) = report.findings
    assert found.strength == "tested" and 0 < found.points < 1000


def test_the_time_for_all_laws_ends_them_and_the_report_says_which():
    """A total that is up at once: no law is asked, and nothing is claimed."""
    report = cd.laws.check(cd.sin(A), total=1e-9)
    assert report.verdict == "not decided" and set(report.strongest().values()) == {"undecided"}
    assert all(x.note == "the time for all laws was up" for x in report.findings)
    assert set(report.strongest()) == {law.name for law in cd.laws.LAWS}


def test_the_total_is_twelve_budgets_where_nothing_is_said(monkeypatch):
    from catdiff.laws import checking

    seen = []
    monkeypatch.setattr(checking, "findings_of", lambda law, f, options, known: seen.append(options.until) or [])
    start = monotonic()
    cd.laws.check(cd.sin(A), laws="RD.5", budget=100.0, raises=False)
    cd.laws.check(cd.sin(A), laws="RD.5", budget=100.0, total=500.0, raises=False)
    assert 1200 <= seen[0] - start < 1300 and 500 <= seen[1] - start < 600


def test_a_long_program_ends_in_its_time():
    """3,000 boxes: what there was no time for is said to be undecided, and what is proved at once is proved."""
    f = cd.sin(cd.f64())
    for _ in range(3000):
        f = f >> cd.sin
    report = cd.laws.check(f, total=5.0, points=8, raises=False)
    assert not report.violations and report.law("CAT.1")[0].strength == "proved"
    assert any(x.strength == "undecided" for x in report.findings)


def test_the_diagram_is_a_procedure():
    report = cd.laws.check(cd.sin(A) >> cd.exp, laws=["RD.5", "RD.2"], procedures="diagram")
    assert report.strongest() == {"RD.5": "proved", "RD.2": "undecided"}
    both = cd.laws.check(cd.sin(A) >> cd.exp, laws=["RD.5", "RD.2"], procedures="diagram, float", points=8)
    assert both.strongest() == {"RD.5": "proved", "RD.2": "tested"}


def test_what_is_too_large_is_not_asked():
    f = cd.id(A)
    for _ in range(3000):
        f = f >> cd.sin
    report = cd.laws.check(f, laws=["RD.7", "RD.5", "CAT.1"], points=2)
    assert report.strongest() == {"CAT.1": "proved", "RD.5": "undecided", "RD.7": "undecided"} or report.ok
    (found,) = report.law("RD.7")
    assert found.strength == "undecided" and "boxes" in found.note


def test_a_program_without_a_derivative_says_so():
    f = generator("check underivable", forward=np.sin)
    report = cd.laws.check(f(A), raises=False)
    assert not report.violations and report.strongest()["CAT.1"] == "proved"
    assert any("has no forward derivative" in x.note for x in report.law("ADJ.1"))
