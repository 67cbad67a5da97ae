"""What is read of a check: names of arguments, both sides of a violation, lenses, lines that fit, JSON, HTML."""

import json
import re
from unicodedata import normalize

import numpy as np
import pytest

import catdiff as cd
from catdiff.draw.cells import columns
from catdiff.draw.scene import Text
from catdiff.laws.catalogue import LAWS
from catdiff.laws.counterexample import Counterexample, brief, plain
from catdiff.laws.law import Calculus
from catdiff.laws.names import BAR, DOT
from catdiff.laws.report import Report
from catdiff.laws.sketch import Sketch, arguments, drawn, wires
from catdiff.laws.tables import Finding

LAW = {law.name: law for law in LAWS}
A, AA = cd.f64(), cd.f64() @ cd.f64()
NIL = Calculus(R=lambda f: cd.discard(f.dom @ f.cod) >> cd.zero(f.dom))
TWICE = Calculus(D=lambda f: 2.0 * cd.D(f), native=lambda f: 2.0 * Calculus().native(f))


def example(f, law, calculus=NIL):
    """The counterexample to a law."""
    report = cd.laws.check(f, laws=law, points=8, calculus=calculus, raises=False)
    assert report.counterexample is not None, str(report)
    return report.counterexample


# -- names -----------------------------------------------------------------------------------------------------


def test_arguments_are_called_as_in_the_statement():
    assert list(example(cd.sin(A), "ADJ.1").point()) == ["a", "ȧ", "b̄"]
    assert list(example(cd.sin(A), "TAYLOR.1", TWICE).point()) == ["x", "v"]


def test_wires_of_one_object_are_numbered():
    assert wires(LAW["RD.4"], 0, {"A": AA, "B": A, "C": AA}) == ["a₀", "a₁", "b̄", "c̄₀", "c̄₁"]
    assert wires(LAW["DG.5"], 2, {"A": AA, "B": A}) == ["a₁₀", "a₁₁", "a₂₀", "a₂₁"]
    assert list(Counterexample("", "", None, [1, 2], [], [], "").point()) == ["input 0", "input 1"]


@pytest.mark.parametrize("law", [law for law in LAWS if law.sides and not law.column], ids=lambda law: law.name)
def test_every_name_in_a_statement_is_the_name_of_an_argument(law):
    marked = [n for e in arguments(law) for _, n in e]
    said = {
        c for c in re.findall(r"δ?[a-z][\u0304\u0307]?[₀-₉]?", normalize("NFD", law.statement)) if BAR in c or DOT in c
    }
    assert said <= {normalize("NFD", n) for n in marked}
    assert all(len(set(names)) == len(names) for names in ([n for _, n in e] for e in arguments(law)))


def test_other_programs_that_a_law_speaks_of_are_shown():
    wrong = Calculus(R=lambda f: cd.R(f) if len(f.net) < 2 else NIL.R(f))
    found = example(cd.sin(A), "RD.4", wrong)
    assert (
        set(found.companions) == {"g"} and found.program is not None and found.companions["g"].dom == found.program.dom
    )
    assert "  with g = " in str(found) and "g" in found.as_json()["companions"]
    assert re.search("left side of equation [12]: ", str(found))


# -- both sides ------------------------------------------------------------------------------------------------


def test_a_taylor_expansion_shows_what_was_expected_and_what_came():
    found = example(cd.sin(A), "TAYLOR.1", TWICE)
    x, v = (np.ravel(a).item() for a in found.args)
    (got,), (says,) = found.left, found.right
    assert found.program is not None
    slope = cd.D(found.program)(x, v).item()
    assert got == pytest.approx(slope, abs=1e-3) and says == pytest.approx(2 * slope) and slope != 0
    assert "(f(x + εv) − f(x)) / ε at ε = 2^-12: " in str(found) and "\n  D[f](x, v): " in str(found)


def test_of_second_order_too():
    twice = Calculus(D=lambda f: 2.0 * cd.D(f) if len(f.dom) > 1 else cd.D(f))
    found = example(cd.exp(A), "TAYLOR.2", twice)
    x, v = (np.ravel(a).item() for a in found.args)
    assert found.left[0] == pytest.approx(np.exp(x) * v * v, rel=1e-2, abs=1e-3)
    assert found.right[0] == pytest.approx(2 * np.exp(x) * v * v)


def test_of_exact_programs_as_coefficients():
    B = cd.rational()
    found = example(cd.mul(B @ B), "TAYLOR.1", Calculus(D=lambda f: cd.D(f) + cd.D(f)))
    assert "1 × the coefficient of ε in f(x + εv): " in str(found) and "D[f](x, v): " in str(found)
    assert found.right[0].tolist() == [2 * n for n in found.left[0].tolist()] != [0]


# -- lenses ----------------------------------------------------------------------------------------------------


def test_a_lens_is_called_one_and_accused_of_nothing():
    lens = cd.laws.check_rule(np.round, lambda x, ȳ: ȳ, cd.f64(3), cd.f64(3))
    for shown in (str(lens), lens._repr_html_()):
        assert "VIOLATED" not in shown and "is violated" not in shown and "to blame" not in shown
        assert (
            "does not hold" in shown and "where the lens is not the derivative" in shown and "1 violated" not in shown
        )
    assert "ȳ = [" in str(lens) and "⟨ȳ, D[f](x, d)⟩, by differences: 0.0" in str(lens)
    wrong = cd.laws.check_rule(np.sin, lambda x, ȳ: -np.cos(x) * ȳ, cd.f64(3), cd.f64(3), raises=False)
    assert "VIOLATED" in str(wrong) and "R = D† is violated" in str(wrong) and "to blame: vjp" in str(wrong)


def test_what_is_no_function_violates_no_law():
    random = np.random.default_rng(0)
    report = cd.laws.check_rule(lambda x: x + random.random(), lambda x, ȳ: ȳ, A, A, raises=False)
    assert report.verdict == "not judged" and "VIOLATED" not in str(report) and "violated" not in report.headline
    assert str(report).replace("\n", " ").count("two calls with the same ones differ") == 1


# -- lines, JSON, HTML -----------------------------------------------------------------------------------------


def test_a_report_fits_80_columns_whatever_the_procedures():
    notes = "a note that is rather long, and goes on for more than half of the line that it is to fit"
    kinds = ("polynomial", "exact", "float", "differences")
    found = [Finding("TAYLOR.2", "symmetry of second derivatives", kind, "tested", 50, notes) for kind in kinds]
    found.append(
        Finding(
            "RD.5",
            "chain rule",
            "float",
            "violated",
            1,
            notes,
            Counterexample("RD.5", "", None, [], [], [], "x" * 70 + " y" * 9),
        )
    )
    report = Report("f64[3] → " + " @ ".join(["f64[100,100]"] * 12), tuple(found))
    assert max(map(columns, str(report).splitlines())) <= 80
    assert report.headline in " ".join(str(report).split()) and "\n" not in report.headline


def test_json_has_everything_but_the_programs():
    report = cd.laws.check(cd.sin(A), laws="ADJ.1", points=8, calculus=NIL, raises=False)
    said = json.loads(json.dumps(report.as_json()))
    (finding,) = said["findings"]
    assert finding["counterexample"]["names"] == ["a", "ȧ", "b̄"] and len(finding["counterexample"]["args"]) == 3
    assert finding["counterexample"]["sides"] == ["left side", "right side"] and said["verdict"] == "violated"


def test_what_json_has_no_number_for_is_text():
    text = json.dumps(plain([np.array([1.0, np.nan, np.inf]), np.array(2 + 1j), np.array([True])]))
    assert json.loads(text) == [[1.0, "nan", "inf"], "(2+1j)", [True]]


def test_arrays_in_a_line():
    assert [brief(x) for x in (np.array(1.5), np.array([2.0]), 3.0, "finite")] == ["1.5", "[2.0]", "3.0", "finite"]
    assert brief(np.array([1, 2], object)) == "[1, 2]" and brief(np.arange(1000.0)).endswith(" … 1000 entries")
    assert brief(np.zeros((0, 2))) == "[]"


def test_html_is_escaped_and_sets_no_colours():
    report = Report("f<b>", (Finding("RD.5", "<i>", "float", "violated", 1, "a < b"),))
    html = report._repr_html_()
    assert "<i>" not in html and "f&lt;b&gt;" in html and "a &lt; b" in html and "color" not in html
    assert "font-weight:bold" in html


# -- pictures --------------------------------------------------------------------------------------------------


def test_no_box_of_a_picture_is_cut_short():
    for law in LAWS:
        sketch = Sketch()
        equations = drawn(law, sketch) if law.example is None else law.equations(sketch.calculus, law.example())
        titles = [lab.title for pair in equations for side in pair for lab in side.net.labels]
        assert not [t for t in titles if "…" in t or len(t) > 24], law.name


def test_of_a_congruence_the_premise_is_drawn_first():
    for law in [law for law in LAWS if law.group == "CG"]:
        sketch = Sketch()
        premise, conclusion, *_ = drawn(law, sketch)
        assert not any(sketch.operated(side) for side in premise), law.name
        assert all(sketch.operated(side) for side in conclusion), law.name


def test_pictures_name_their_wires():
    from catdiff.laws.pictures import _equation

    sketch = Sketch()
    (equation,) = drawn(LAW["ADJ.1"], sketch)
    texts = [t.text for t in _equation(sketch, equation).texts if isinstance(t, Text)]
    assert texts == ["a : A", "ȧ : A", "b̄ : B", "f64", "a : A", "ȧ : A", "b̄ : B", "f64", "="]
