"""What the pytest fixture `catdiff` is: checks with the defaults of a test, and what they found, kept for the end.

`pytest_catdiff.py`, which pytest loads, makes one for each test that asks for it.

>>> import catdiff as cd
>>> kept = []
>>> catdiff = Checker("test_wave.py::test_it", {"laws": "RD"}, {}, lambda *x: kept.append(x))
>>> catdiff.check(cd.sin(cd.f64())).verdict
'lawful'
>>> kept
[('checked', 'f64 → f64: lawful (7 laws: ...)')]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from inspect import signature
from typing import Any

from .. import laws
from ..category.morphism import Morphism
from ..category.objects import Object
from ..errors import CatdiffError, SignatureError, with_line
from .counterexample import Counterexample
from .report import Report

Keep = Callable[[str, str], Any]
CHECKED, BROKEN, LENS = "checked", "broken", "lens"  # what a text is about


def seed_of(test: str) -> int:
    """A seed that a test has for ever: of its id, in every run and every process.

    >>> seed_of("tests/test_wave.py::test_it")
    2059751358
    """
    return int.from_bytes(sha256(test.encode()).digest()[:4], "big")


class Checker:
    """The checks of one test.

    - `marked`: what its markers say, `given`: what the command line says, which counts for more; options of a call
      count for most;
    - `keep(kind, text)`: takes a line on every check, `"checked"`; the text of what is `"broken"`; and the line on what
      passes though it is no reverse derivative, a `"lens"`.
    """

    def __init__(self, test: str, marked: Mapping[str, Any], given: Mapping[str, Any], keep: Keep) -> None:
        self.test, self.keep = test, keep
        self.defaults = {"seed": seed_of(test), **marked, **given}
        known = {*signature(laws.check).parameters, *signature(laws.check_rule).parameters}
        if unknown := [name for name in marked if name not in known]:
            raise SignatureError(with_line(f"{test}: the marker catdiff has no {unknown[0]}="))

    def check(self, f: Morphism, **options: Any) -> Report:
        """`cd.laws.check(f, **options)` with this test's defaults."""
        __tracebackhide__ = True
        return self._run(laws.check, (f,), options)

    def check_rule(
        self, forward: Callable[..., Any], vjp: Callable[..., Any], dom: Object, cod: Object, **options: Any
    ) -> Report:
        """`cd.laws.check_rule(forward, vjp, dom, cod, **options)` with this test's defaults."""
        __tracebackhide__ = True
        return self._run(laws.check_rule, (forward, vjp, dom, cod), options)

    def _run(self, function: Callable[..., Report], args: tuple[Any, ...], options: dict[str, Any]) -> Report:
        __tracebackhide__ = True
        takes = signature(function).parameters
        defaults = {name: value for name, value in self.defaults.items() if name in takes}
        try:
            report = function(*args, **(defaults | options))
        except CatdiffError as error:
            report = getattr(error, "report", None)
            if report is not None:
                self._told(report)
            raise error.with_traceback(None)  # noqa: B904 (the test's own line is what to look at)
        self._told(report)
        if report.interrupted:
            raise KeyboardInterrupt
        if report.verdict == "not decided":
            raise AssertionError(f"{report.headline}: a test that decides nothing proves nothing")
        return report

    def _told(self, report: Report) -> None:
        self.keep(CHECKED, report.headline)
        if report.verdict == "lens":
            self.keep(LENS, report.headline)
        elif text := smallest(report):
            self.keep(BROKEN, text)


def smallest(report: Report) -> str:
    """The counterexamples of a report, those that are one program together; of a rule from elsewhere, the reason."""
    found: dict[tuple[str, str], list[Counterexample]] = {}
    for f in report.violations:
        if (c := f.counterexample) is not None and c.program is not None:
            found.setdefault((c.blame, c.picture), []).append(c)
    if not found and report.violations:
        return report.reason
    return "\n".join([_lines(same) for same in found.values()])


def _lines(same: list[Counterexample]) -> str:
    first, names = same[0], ", ".join(dict.fromkeys(c.law for c in same))
    shown = [*first.picture.splitlines(), *first.code.splitlines()]
    return "\n".join([f"{names} violated; to blame: {first.blame}", *(f"  {line}" for line in shown)])
