"""pytest's door to catdiff: the marker, the options, the fixture `catdiff`, and what is said at the end of a run.

It stands beside the package, not in it, since pytest imports it in every run of everybody who has catdiff installed:
catdiff itself, and NumPy with it, is imported when the first test asks for the fixture. What the fixture does is in
`catdiff/laws/plugin.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

KEY = "catdiff "  # what a test's report carries, as user properties, begins with this
MARKER = """catdiff(laws=None, procedures=None, points=50, budget=10.0, …): \
what the fixture `catdiff` passes to cd.laws.check and cd.laws.check_rule by default"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `pytest --help` lists under "laws of derivatives"."""
    group = parser.getgroup("catdiff", "laws of derivatives")
    group.addoption(
        "--catdiff-seed", type=int, metavar="N", help="one seed for all checks, in place of one from each test's id"
    )
    group.addoption("--catdiff-points", type=int, metavar="N", help="points a check tries, whatever the markers say")
    group.addoption(
        "--catdiff-budget", type=float, metavar="SECONDS", help="time for one law, whatever the markers say"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marker, so that `--strict-markers` knows it."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def catdiff(request: pytest.FixtureRequest) -> Any:
    """`catdiff.check(f, …)` and `catdiff.check_rule(forward, vjp, dom, cod, …)`: reports, or a failed test.

    Options are those of `cd.laws.check` and `cd.laws.check_rule`. Defaults come from the marker `catdiff(…)` of the
    test, its class and its module, the seed from the test's id.
    """
    from catdiff.laws.plugin import Checker

    marked: dict[str, Any] = {}
    for marker in reversed([*request.node.iter_markers("catdiff")]):  # the nearest one last
        if marker.args:
            raise pytest.UsageError(f"{request.node.nodeid}: the marker catdiff takes keywords, as laws=['RD']")
        marked |= marker.kwargs
    option = request.config.getoption
    given = {name: option(f"catdiff_{name}") for name in ("seed", "points", "budget")}
    return Checker(request.node.nodeid, marked, {k: v for k, v in given.items() if v is not None}, keep(request.node))


def keep(node: Any) -> Any:
    """What puts a line into the test's report, from where it is read at the end, in whichever process that is."""
    return lambda kind, text: node.user_properties.append((KEY + kind, text))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """With `-v` what was checked; always the counterexamples, and lenses, which pass."""
    if terminalreporter.verbosity > 0:
        _section(terminalreporter, "what was checked", "checked")
    _section(terminalreporter, "lenses on purpose, no reverse derivatives", "lens")
    _section(terminalreporter, "smallest counterexamples", "broken")


def _section(terminalreporter: pytest.TerminalReporter, title: str, kind: str) -> None:
    """What was kept of this kind, test by test."""
    kept = [*_kept(terminalreporter, KEY + kind)]
    if kept:
        terminalreporter.section(f"catdiff: {title}")
    for test, text in kept:
        first, *rest = text.splitlines()
        terminalreporter.line(f"{test}: {first}")
        for line in rest:
            terminalreporter.line(f"  {line}")


def _kept(terminalreporter: pytest.TerminalReporter, key: str) -> Iterator[tuple[str, str]]:
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                yield from ((report.nodeid, text) for name, text in report.user_properties if name == key)
