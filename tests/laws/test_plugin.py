"""The pytest plugin, as a run of pytest in a process of its own sees it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import catdiff as cd
from catdiff.laws.plugin import Checker, seed_of
from catdiff.laws.report import Report

ROOT = Path(cd.__file__).resolve().parent.parent
PLANTED = """
import numpy as np, pytest, catdiff as cd
gauss = cd.generator(
    "planted",
    forward=lambda x: np.exp(-x * x),
    R=lambda x, ȳ: 2.0 * x * gauss(x) * ȳ,
    D=lambda x, ẋ: -2.0 * x * ẋ * gauss(x),
)
f = cd.copy(cd.f64(2)) >> cd.sin @ gauss >> cd.mul
"""


def pytest_run(folder: Path, source: str, *words: str) -> tuple[int, str]:
    """The exit status and the output of pytest on one file, every warning an error."""
    (folder / "test_it.py").write_text(source, encoding="utf-8")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    environment = clean | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "pytest", "-p", "pytest_catdiff", "-W", "error", "--strict-markers", "-p"]
    command += ["no:cacheprovider", *words, "test_it.py"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


def test_what_holds_passes_and_is_listed_when_asked(tmp_path):
    source = """
import catdiff as cd, pytest

@pytest.mark.catdiff(laws=["RD"], points=5)
class TestWave:
    def test_group(self, catdiff):
        assert {f.law for f in catdiff.check(cd.sin(cd.f64())).findings} == {f"RD.{k}" for k in range(1, 8)}

    @pytest.mark.catdiff(laws="CAT.2")
    def test_nearest_marker_wins_and_a_call_wins_over_it(self, catdiff):
        assert {f.law for f in catdiff.check(cd.sin(cd.f64())).findings} == {"CAT.2"}
        assert {f.law for f in catdiff.check(cd.sin(cd.f64()), laws="CAT.1").findings} == {"CAT.1"}

    def test_seed(self, catdiff):
        print("seed", catdiff.check(cd.sin(cd.f64()), laws="CAT.1").seed)
"""
    status, said = pytest_run(tmp_path, source, "-v", "-s")
    assert status == 0, said
    assert "catdiff: what was checked" in said
    assert re.search(r"test_it.py::TestWave::test_group: f64 → f64: lawful \(7 laws", said)
    (seed,) = re.findall(r"seed (\d+)", said)
    assert int(seed) == seed_of("test_it.py::TestWave::test_seed")
    status, said = pytest_run(tmp_path, source, "-s", "--catdiff-seed", "5", "-k", "seed")
    assert status == 0 and "seed 5" in said and "what was checked" not in said


def test_what_is_violated_fails_and_its_smallest_program_is_shown(tmp_path):
    source = PLANTED + "def test_planted(catdiff):\n    catdiff.check(f, laws=['DR.1', 'ADJ.1'], points=10)\n"
    status, said = pytest_run(tmp_path, source)
    assert status == 1
    assert "1 failed" in said and "LawViolation" in said
    end = said[said.index("catdiff: smallest counterexamples") :]
    assert "test_it.py::test_planted" in end and "violated; to blame: planted" in end
    assert "┤ planted ├" in end and "cd.laws.check(f, laws=" in end
    assert "laws/check.py" not in said  # the traceback ends at the test's own line


def test_what_a_marker_cannot_say_is_refused(tmp_path):
    source = "import pytest\n@pytest.mark.catdiff({})\ndef test_it(catdiff): pass\n"
    for words, why in (("lawz=1", "no lawz="), ("'RD'", "takes keywords")):
        status, said = pytest_run(tmp_path, source.format(words))
        assert status == 1 and why in said


def test_catdiff_is_imported_when_a_test_asks_for_it(tmp_path):
    source = "import sys\ndef test_light(): assert not {'catdiff', 'numpy'} & {*sys.modules}\n"
    status, said = pytest_run(tmp_path, source)
    assert status == 0, said
    status, said = pytest_run(tmp_path, "", "--markers")
    assert "@pytest.mark.catdiff(laws=None" in said


def test_what_the_command_line_says_counts_for_more_than_markers(monkeypatch):
    def check(f, laws=None, *, points=50, seed=0):
        return Report(f"{points} points of {laws}", (), "lawful", seed=seed)

    kept = []
    monkeypatch.setattr(cd.laws, "check", check)
    checker = Checker("t", {"points": 3, "laws": "ADJ.1"}, {"points": 7}, lambda *told: kept.append(told))
    f = cd.exp(cd.f64())
    assert checker.check(f).seed == seed_of("t")
    assert checker.check(f, points=2, seed=1).seed == 1
    assert kept == [("checked", "7 points of ADJ.1: lawful"), ("checked", "2 points of ADJ.1: lawful")]


def test_rules_from_elsewhere(tmp_path):
    source = """
import numpy as np, catdiff as cd, pytest
A = cd.f64(3)

@pytest.mark.catdiff(points=5, laws="RD")
def test_right(catdiff):
    assert catdiff.check_rule(np.sin, lambda x, ȳ: np.cos(x) * ȳ, A, A).verdict == "reverse derivative"

def test_wrong(catdiff):
    catdiff.check_rule(np.sin, lambda x, ȳ: -np.cos(x) * ȳ, A, A)

def test_lens(catdiff):
    assert catdiff.check_rule(np.round, lambda x, ȳ: ȳ, A, A).verdict == "lens"
"""
    status, said = pytest_run(tmp_path, source, "-v")
    assert status == 1 and "2 passed" in said and "1 failed" in said
    lenses = said[said.index("catdiff: lenses on purpose") : said.index("catdiff: smallest counterexamples")]
    assert "test_it.py::test_lens: round : f64[3] → f64[3]: lens, a straight-through rule" in lenses
    assert "test_lens" not in said[said.index("catdiff: smallest counterexamples") :]
    assert "test_it.py::test_wrong: " in said and "the sign is wrong" in said[said.index("smallest counterexamples") :]
