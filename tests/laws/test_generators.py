"""Every row of the table of generators, at every dtype it is defined on, satisfies every law that tells anything of it.

By name: a sample that fails is a generator that is wrong. HYPOTHESIS_PROFILE=thorough asks for all laws, by all
procedures, at more points.
"""

import os

import pytest
from mutants import changed
from samples import SAMPLES, at

import catdiff as cd
from catdiff.laws.procedures import fitting

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
MAKERS = (cd.f64, cd.f32, cd.c128, cd.z2, cd.integer, cd.rational)
# Those that are not proved on the diagram for all programs alike, and say something of a single generator.
TELLING = ["RD.2", "DR.1", "DR.3", "ADJ", "H.1", "CG.3", "CG.6", "CG.8", "TAYLOR.1", "FIN.1", "PREC.1"]
TELLING += ["CHEAP.1", "ROW"]
PROGRAMS = {f"{make.__name__} {name}": f for make in MAKERS for name, f in at(make).items()}
PROCEDURES = ("polynomial", "z2", "exact", "float", *(("proof",) if THOROUGH else ()))


def lawful(f):
    """See that f violates nothing, and that what tells was decided."""
    options = {"points": 200, "total": 600.0} if THOROUGH else {"points": 8, "laws": TELLING}
    report = cd.laws.check(f, procedures=[p for p in PROCEDURES if p in fitting(f)], budget=5.0, **options)
    assert report.ok, str(report)
    decided = {law for law, strength in report.strongest().items() if strength in ("proved", "exhaustive", "tested")}
    assert {"ADJ.1", "RD.2", "DR.1"} <= decided, str(report)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_generator_is_lawful(name):
    lawful(PROGRAMS[name])


@pytest.mark.parametrize("gives", [None, (), (None,)])
@pytest.mark.parametrize("rule", ["R", "D"])
@pytest.mark.parametrize("row", ["sin", "neg", "relu"])
def test_a_generator_with_a_rule_that_gives_nothing_is_not_lawful(row, rule, gives):
    f = changed(row, cd.f64(3), **{rule: lambda x, ẋ: gives})
    with pytest.raises(cd.laws.LawViolation) as caught:
        lawful(f)
    assert any(x.law in ("ROW.1", "ADJ.1") for x in caught.value.report.violations)


def test_every_sample_is_checked():
    assert {name.split(" ", 1)[1] for name in PROGRAMS} == set(SAMPLES)
