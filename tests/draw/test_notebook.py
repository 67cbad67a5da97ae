"""What a notebook shows of a value at the end of a cell, asked of the formatter that notebooks ask."""

import xml.etree.ElementTree as ET

import pytest

import catdiff as cd
from catdiff.laws.report import Counterexample, Finding, Report

formatters = pytest.importorskip("IPython.core.formatters")


def shown(value: object) -> dict[str, str]:
    return formatters.DisplayFormatter().format(value)[0]


def test_a_morphism_is_shown_as_text_and_picture():
    f = cd.sin(cd.f64()).box("wave") >> cd.exp
    for g in (f, cd.R(f), cd.id(cd.UNIT)):
        bundle = shown(g)
        assert bundle["text/plain"] == repr(g)
        assert ET.fromstring(bundle["image/svg+xml"]).tag == "{http://www.w3.org/2000/svg}svg"


def test_a_report_is_shown_with_its_counterexample():
    finding = Finding("RD.5", "chain rule", "float", "tested", 100)
    assert shown(Report("f64 → f64", (finding,))).keys() == {"text/plain", "text/html"}
    wrong = Counterexample("RD.5", "R[f ; g] = …", cd.sin(cd.f64()), [0.0], [1.0], [2.0], "sin")
    found = Finding("RD.5", "chain rule", "float", "violated", 1, counterexample=wrong)
    bundle = shown(Report("f64 → f64", (found,)))
    assert bundle["image/svg+xml"] == cd.sin(cd.f64()).draw() == shown(wrong)["image/svg+xml"]
    assert bundle["image/svg+xml"] in bundle["text/html"] and "VIOLATED" in bundle["text/plain"]
    assert "to blame: sin" in shown(wrong)["text/plain"]
    nothing = Counterexample("R = D†", "…", None, [0.0], [1.0], [2.0], "vjp")
    assert shown(nothing).keys() == {"text/plain"}
