"""Reports: what a check found, law by law, and the smallest program that breaks one.

A `Report` is a list of findings with a verdict. It prints as a table in a terminal and shows itself in a notebook; a
violated law carries a `Counterexample`: the smallest program found, as code that can be pasted, its picture, the point,
both values, the seed, and the box to blame. `LawViolation` is how a check that was to hold says that it did not.

>>> report = Report("f64 → f64", (Finding("RD.5", "chain rule", "float", "tested", 100, "tolerance 3e-16"),))
>>> report.ok, report.verdict
(True, 'lawful')
>>> print(report)
f64 → f64: lawful (1 law: 1 tested)
  law   title       float       note
  RD.5  chain rule  tested 100  tolerance 3e-16
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import fill
from typing import Any

from ..category.morphism import Morphism
from ..errors import CatdiffError
from .decision import STRENGTHS

MOST = 3  # reasons that are listed
SHOWN = 8  # entries of an array that are written out


@dataclass(frozen=True)
class Counterexample:
    """Where a law breaks.

    - `law`, `statement`: its name and what it says;
    - `program`: the smallest program found that violates it, None where what was checked is no program of ours;
    - `args`, `left`, `right`: the inputs of both sides there, and what they give;
    - `blame`: the box that is to blame, or what else is;
    - `code`: what to paste to see it again; `picture`: the program as text; `seed`: of the points.
    """

    law: str
    statement: str
    program: Morphism | None
    args: Sequence[Any]
    left: Sequence[Any]
    right: Sequence[Any]
    blame: str
    seed: int = 0
    code: str = ""
    picture: str = ""

    @property
    def size(self) -> int:
        """How much there is to look at: boxes, and wires of the point."""
        return len(self.args) + (4 * len(self.program.net) if self.program is not None else 0)

    def svg(self) -> str:
        """The picture of the program as SVG; empty where there is no program."""
        return "" if self.program is None else self.program.draw()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """How a notebook shows it: what there is to say, and the picture of the program."""
        drawn = self.svg()
        return {"text/plain": str(self)} | ({"image/svg+xml": drawn} if drawn else {})

    def __str__(self) -> str:
        lines = [f"{self.law} is violated: {self.statement}", f"  to blame: {self.blame}"]
        if self.picture:
            lines += ["  the smallest program found:", *(f"    {line}" for line in self.picture.splitlines())]
        lines += _listed("at", self.args) + _listed("left side", self.left) + _listed("right side", self.right)
        if self.code:
            lines += [f"  to see it again (seed {self.seed}):", *(f"    {line}" for line in self.code.splitlines())]
        return "\n".join(lines)


def _listed(what: str, values: Sequence[Any]) -> list[str]:
    shown = [brief(v) for v in values]
    return [f"  {what}: {', '.join(shown)}"] if shown else []


def brief(value: Any) -> str:
    """An array in a line; the middle of a long one left out."""
    text = " ".join(repr(value).replace("array(", "").removesuffix(")").split())
    size = getattr(value, "size", 1)
    if getattr(value, "shape", None) == () or size == 1:
        text = str(value)
    return text if len(text) <= 16 * SHOWN else f"{text[: 14 * SHOWN]} … {size} entries"


@dataclass(frozen=True)
class Finding:
    """One law under one procedure: how it was decided, on how many points, and what else there is to say."""

    law: str
    title: str
    procedure: str
    strength: str
    points: int = 0
    note: str = ""
    counterexample: Counterexample | None = None


TELLING = {"ADJ.1", "DR.1", "TAYLOR.1"}  # laws that the rules of f alone decide
VALUES = ("polynomial", "z2", "proof", "exact", "float")  # procedures that look at what programs give
PLAINEST = {"ADJ.1": 0, "TAYLOR.1": 1}  # laws whose violation needs the least explaining
PLAIN = ("diagram", "–")  # procedures whose findings are listed and not tabulated
MEASURES = ("counted", "differences", "points")  # what laws that are no equations are decided by


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
        order = {s: i for i, s in enumerate(("violated", *STRENGTHS[:-1]))}
        best: dict[str, str] = {}
        for f in self.findings:
            if f.law not in best or order[f.strength] < order[best[f.law]]:
                best[f.law] = f.strength
        return best

    @property
    def headline(self) -> str:
        """The report in a line."""
        best = self.strongest()
        counts = Counter(best.values())
        parts = [f"{counts[s]} {s}" for s in ("violated", *STRENGTHS[:-1]) if counts[s]]
        laws = f"{len(best)} law{'s' * (len(best) != 1)}"
        said = f"{self.subject}: {self.verdict}" + (f", {self.reason}" if self.reason else "")
        stopped = "; interrupted, this is what there was" if self.interrupted else ""
        return f"{said} ({laws}: {', '.join(parts)}{stopped})" if parts else f"{said}{stopped}"

    @property
    def counterexample(self) -> Counterexample | None:
        """The plainest of the counterexamples: of a law that needs no explaining, and of the smallest program."""
        found = [f.counterexample for f in self.violations if f.counterexample is not None]
        return min(found, key=lambda c: (PLAINEST.get(c.law, 2), c.size), default=None)

    def __str__(self) -> str:
        lines = [self.headline, *table(*self.table()), *self.remarks()]
        if self.counterexample is not None:
            lines += ["", str(self.counterexample)]
        laws = list(dict.fromkeys(f.law for f in self.violations))
        if len(laws) > 1:
            lines += ["", f"violated: {', '.join(laws)}; each with its own program in report.violations"]
        return "\n".join(lines)

    __repr__ = __str__

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Head and rows of a table: the laws that some procedure was asked about, a column per procedure."""
        told = [f for f in self.findings if f.procedure not in PLAIN and f.strength != "not applicable"]
        columns = list(dict.fromkeys(_column(f) for f in sorted(told, key=lambda f: f.procedure in MEASURES)))
        rows: dict[str, dict[str, str]] = {}
        for f in told:
            cells = rows.setdefault(f.law, {"law": f.law, "title": f.title, "note": ""})
            cells[_column(f)] = _cell(f)
            if f.strength in ("violated", "undecided") or f.procedure in (*MEASURES, "float"):
                cells["note"] = f.note
        head = ["law", "title", *columns, "note"]
        return head, [[cells.get(c, "") for c in head] for cells in rows.values()]

    def remarks(self) -> list[str]:
        """What there is to say below the table: what one diagram proves, what does not apply, and why."""
        plain: dict[str, list[str]] = {}
        silent: dict[str, dict[str, None]] = {}
        for f in self.findings:
            if f.procedure in PLAIN:
                plain.setdefault(f"{f.strength}, {f.note}" if f.note else f.strength, []).append(f.law)
            elif f.strength == "not applicable":
                silent.setdefault(f.procedure, {})[f.note] = None
        said = [f"{what}: {', '.join(laws)}" for what, laws in plain.items()]
        told = set(self.table()[0])
        for name, notes in silent.items():
            where = "applies only where its column says so" if name in told else "does not apply"
            said.append(f"{name} {where}: {_several(notes)}")
        return [fill(line, 110, initial_indent="  ", subsequent_indent="    ") for line in said]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """How a notebook shows it: as text, as a page, and the picture of the plainest counterexample by itself."""
        bundle = {"text/plain": str(self), "text/html": self._repr_html_()}
        drawn = self.counterexample.svg() if self.counterexample is not None else ""
        return bundle | ({"image/svg+xml": drawn} if drawn else {})

    def _repr_html_(self) -> str:
        """The table, and the picture of the plainest counterexample."""
        head, rows = self.table()
        top = "".join(f"<th style='text-align:left'>{escape(h)}</th>" for h in head)
        body = "".join(_html_row(row) for row in rows)
        parts = [f"<p><b>{escape(self.headline)}</b></p>", f"<table><tr>{top}</tr>{body}</table>"]
        parts += [f"<p>{escape(line)}</p>" for line in self.remarks()]
        if self.counterexample is not None:
            parts.append(f"{self.counterexample.svg()}<pre>{escape(str(self.counterexample))}</pre>")
        return "\n".join(parts)


def _column(f: Finding) -> str:
    return "measured" if f.procedure in MEASURES else f.procedure


def _several(notes: Iterable[str]) -> str:
    """The first few of some remarks."""
    listed = [*notes]
    more = len(listed) - MOST
    return "; ".join(listed[:MOST]) + (f"; and {more} more" if more > 0 else "")


def _cell(f: Finding) -> str:
    """A finding in a word or two."""
    if f.strength == "violated":
        return "VIOLATED"
    return f"{f.strength} {f.points}" if f.points and f.strength in ("tested", "exhaustive") else f.strength


def _html_row(cells: Sequence[str]) -> str:
    inside = "".join(f"<td style='text-align:left'>{escape(c)}</td>" for c in cells)
    weight = " style='font-weight:bold'" if "VIOLATED" in cells else ""
    return f"<tr{weight}>{inside}</tr>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table, numbers to the right; nothing where there are no rows."""
    body = [[str(c) for c in row] for row in rows]
    if not body:
        return []
    lines = [list(head), *body]
    widths = [max(len(row[i]) for row in lines) for i in range(len(head))]
    right = [
        all(row[i].isdigit() or not row[i] for row in body) and any(row[i] for row in body) for i in range(len(head))
    ]
    return [
        ("  " + "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True))).rstrip()
        for row in lines
    ]


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
