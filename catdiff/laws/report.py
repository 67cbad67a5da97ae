"""Reports: what a check found, law by law, and the smallest program that breaks one.

A `Report` is a list of findings with a verdict. It prints as a table in a terminal and shows itself in a notebook; a
violated law carries a `Counterexample`: the smallest program found, as code that can be pasted, its picture, the point,
both values, the seed, and the box to blame. `LawViolation` is how a check that was to hold says that it did not.

>>> report = Report("f64 → f64", (Finding("RD.5", "chain rule", "float", "tested", 100, "tolerance 3e-16"),))
>>> report.ok, report.verdict
(True, 'lawful')
>>> print(report)
f64 → f64: lawful (1 law: 1 tested)
  RD.5  chain rule  tested 100 (float): tolerance 3e-16
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from html import escape
from textwrap import fill
from typing import Any

from ..errors import CatdiffError
from . import tables
from .counterexample import WIDE, Counterexample
from .decision import STRENGTHS, prominence
from .tables import CONDUCT, Finding

TELLING = {"ADJ.1", "DR.1", "TAYLOR.1"}  # laws that the rules of f alone decide
VALUES = ("polynomial", "z2", "proof", "exact", "float")  # procedures that look at what programs give
PLAINEST = {"ADJ.1": 0, "TAYLOR.1": 1}  # laws whose violation needs the least explaining
BROKEN, LEFT = "VIOLATED", "does not hold"  # the words where a law was to hold, and where a lens leaves it on purpose


@dataclass(frozen=True)
class Report:
    """What a check found.

    - `subject`: what was checked, in a line; `findings`: law by law;
    - `verdict`: "lawful", "violated" or "not decided" of a morphism; "reverse derivative", "lens", "wrong" or
      "not judged" of a foreign rule; `reason`: why, in a sentence, where there is something to say;
    - `seed`: with which all points can be drawn again; `seconds`; `interrupted`: whether it was stopped early.
    """

    subject: str
    findings: tuple[Finding, ...]
    verdict: str = ""
    reason: str = ""
    seed: int = 0
    seconds: float = 0.0
    interrupted: bool = False

    def __post_init__(self) -> None:
        if not self.verdict:
            lawful = self._held() and not self.interrupted
            verdict = "violated" if self.violations else "lawful" if lawful else "not decided"
            object.__setattr__(self, "verdict", verdict)

    def _held(self) -> bool:
        """Whether something held; of what had to be decided by values something as well; and of the laws that tell R
        from something else, if one was asked about.
        """
        held = [f for f in self.findings if f.strength in STRENGTHS[:3]]
        asked = [f for f in self.findings if f.procedure in VALUES]
        telling = {f.law for f in self.findings} & TELLING
        if telling and not any(f.law in telling for f in held):
            return False
        return bool(held) and (not asked or any(f.procedure in VALUES for f in held))

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that are violations."""
        return tuple(f for f in self.findings if f.strength == "violated")

    @property
    def ok(self) -> bool:
        """Whether it is the right derivative as far as was looked: something held, and nothing was violated."""
        return self.verdict in ("lawful", "reverse derivative")

    def law(self, name: str) -> tuple[Finding, ...]:
        """What was found of one law."""
        return tuple(f for f in self.findings if f.law == name)

    def strongest(self) -> dict[str, str]:
        """For each law the strongest that any procedure says of it; a violation outdoes everything."""
        best: dict[str, str] = {}
        for f in self.findings:
            if f.law not in best or prominence(f.strength) < prominence(best[f.law]):
                best[f.law] = f.strength
        return best

    @property
    def broken(self) -> str:
        """What is said of a law that does not hold: of a lens, which is none on purpose, that it does not."""
        return LEFT if self.verdict == "lens" else BROKEN

    @property
    def headline(self) -> str:
        """The report in a line."""
        laws = {f.law for f in self.findings if f.procedure != CONDUCT}
        counts = Counter([s for law, s in self.strongest().items() if law in laws])
        words = {"violated": f"do{'es' * (counts['violated'] == 1)} not hold"} if self.verdict == "lens" else {}
        parts = [f"{counts[s]} {words.get(s, s)}" for s in sorted(counts, key=prominence)]
        many = f"{len(laws)} law{'s' * (len(laws) != 1)}"
        said = f"{self.subject}: {self.verdict}" + (f", {self.reason}" if self.reason else "")
        stopped = "; interrupted, this is what there was" if self.interrupted else ""
        return f"{said} ({many}: {', '.join(parts)}{stopped})" if parts else f"{said}{stopped}"

    @property
    def counterexample(self) -> Counterexample | None:
        """The plainest of the counterexamples: of a law that needs no explaining, and of the smallest program."""
        found = [f.counterexample for f in self.violations if f.counterexample is not None]
        return min(found, key=lambda c: (PLAINEST.get(c.law, 2), c.size), default=None)

    def __str__(self) -> str:
        lines = [fill(self.headline, WIDE, subsequent_indent="  ", break_long_words=False)]
        lines += tables.lines(self._told(), self.broken)
        lines += [tables.folded(line) for line in tables.remarks(self.findings)]
        if example := self._example():
            lines += ["", example]
        laws = list(dict.fromkeys(f.law for f in self.violations if f.counterexample is not None))
        if len(laws) > 1:
            lines += ["", fill(f"violated: {', '.join(laws)}; each with its own program in report.violations", WIDE)]
        return "\n".join(lines)

    __repr__ = __str__

    def _told(self) -> list[Finding]:
        """The findings, without the note that is the reason for the verdict: it is said above."""
        return [replace(f, note="") if f.note == self.reason else f for f in self.findings]

    def _example(self) -> str:
        """The plainest counterexample as text; of a lens no accusation, but where it leaves the derivative."""
        c = self.counterexample
        if c is None or self.verdict != "lens":
            return "" if c is None else str(c)
        return "\n".join([f"where the lens is not the derivative: {c.statement}", *c.lines()])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """How a notebook shows it: as text, as a page, and the picture of the plainest counterexample by itself."""
        bundle = {"text/plain": str(self), "text/html": self._repr_html_()}
        drawn = self.counterexample.svg() if self.counterexample is not None else ""
        return bundle | ({"image/svg+xml": drawn} if drawn else {})

    def _repr_html_(self) -> str:
        """The table, and the picture of the plainest counterexample."""
        parts = [f"<p><b>{escape(self.headline)}</b></p>", tables.html(self._told(), self.broken)]
        parts += [f"<p>{escape(line)}</p>" for line in tables.remarks(self.findings)]
        if self.counterexample is not None:
            parts.append(
                f"{self.counterexample.svg()}<pre style='font-family:monospace'>{escape(self._example())}</pre>"
            )
        return "\n".join(parts)

    def as_json(self) -> dict[str, Any]:
        """As JSON says it: everything but the counterexamples' programs, of which there is the source."""
        fields = ("subject", "verdict", "reason", "seed", "seconds", "interrupted")
        return {x: getattr(self, x) for x in fields} | {"findings": [f.as_json() for f in self.findings]}


class LawViolation(CatdiffError, AssertionError):
    """A law that was to hold does not. Attributes: `report`, and `counterexample`, the plainest there is."""

    def __init__(self, report: Report) -> None:
        self.report, self.counterexample = report, report.counterexample
        super().__init__(f"{report.headline}\n\n{self.counterexample}" if self.counterexample else str(report))


class RuleError(CatdiffError, ValueError):
    """A rule, or a generator from outside, could not be judged, or is no function of its type. Attribute: `report`."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(f"{report.subject}: {report.verdict}, {report.reason}")
