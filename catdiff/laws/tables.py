"""Findings as tables: a column for each procedure in a notebook, words that fit 80 columns in a terminal.

>>> print("\\n".join(columns(("law", "points"), [("RD.5", 8), ("ADJ.1", 50)])))
  law    points
  RD.5        8
  ADJ.1      50
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

from ..draw.cells import columns as width
from .counterexample import WIDE, Counterexample

NARROW = 24  # columns of a terminal that what was found has at least
MOST = 3  # reasons that are listed
PLAIN = ("diagram", "–")  # procedures whose findings are listed and not tabulated
CONDUCT = "calls"  # what finds out whether a callable is a function, before any law
EACH = "generators"  # in place of a procedure, where each generator was decided by one of its own
MEASURES = ("counted", "differences", "points")  # what laws that are no equations are decided by


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

    def as_json(self) -> dict[str, Any]:
        """As JSON says it."""
        said = {x: getattr(self, x) for x in ("law", "title", "procedure", "strength", "points", "note")}
        example = {} if self.counterexample is None else {"counterexample": self.counterexample.as_json()}
        return said | example


def tabulated(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stand in the table: of laws that some procedure was asked about."""
    return [f for f in findings if f.procedure not in PLAIN and f.strength != "not applicable"]


def cell(f: Finding, broken: str) -> str:
    """A finding in a word or two; `broken` is the word for a violation."""
    if f.strength == "violated":
        return "no" if f.procedure == CONDUCT else broken  # what is no function violates no law
    return f"{f.strength} {f.points}" if f.points and f.strength in ("tested", "exhaustive") else f.strength


def _note(f: Finding) -> str:
    """What is said beside the cell."""
    telling = f.strength in ("violated", "undecided") or f.procedure in (*MEASURES, CONDUCT, EACH, "float")
    return f.note if telling else ""


# -- in a terminal ---------------------------------------------------------------------------------------------


def lines(findings: Iterable[Finding], broken: str) -> list[str]:
    """A law a line or two: its name, its title, and what each procedure found."""
    laws: dict[str, list[Finding]] = {}
    for f in tabulated(findings):
        laws.setdefault(f.law, []).append(f)
    names = max([width(law) for law in laws], default=0)
    titles = max([width(fs[0].title) for fs in laws.values()], default=0)
    found = []
    for law, fs in laws.items():
        head = f"  {_padded(law, names)}  {_padded(fs[0].title, titles)}  "
        first, *rest = wrap(_said(fs, broken), max(NARROW, WIDE - width(head))) or [""]
        found += [head + first, *[" " * width(head) + line for line in rest]]
    return found


def _padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))


def _said(findings: Sequence[Finding], broken: str) -> str:
    """`proved (polynomial), tested 20 (float): tolerance 7e-15`."""
    cells = [cell(f, broken) + ("" if _column(f) == "measured" else f" ({f.procedure})") for f in findings]
    notes = [note for f in findings if (note := _note(f))]
    return ", ".join(cells) + (f": {notes[-1]}" if notes else "")


def remarks(findings: Sequence[Finding]) -> list[str]:
    """What there is to say below the table: what one diagram proves, what does not apply, and why."""
    plain: dict[str, list[str]] = {}
    silent: dict[str, dict[str, None]] = {}
    for f in findings:
        if f.procedure in PLAIN:
            plain.setdefault(f"{f.strength}, {f.note}" if f.note else f.strength, []).append(f.law)
        elif f.strength == "not applicable":
            silent.setdefault(f.procedure, {})[f.note] = None
    said = [f"{what}: {', '.join(laws)}" for what, laws in plain.items()]
    told = {_column(f) for f in tabulated(findings)}
    for name, notes in silent.items():
        where = "applies only where it is named" if name in told else "does not apply"
        said.append(f"{name} {where}: {_several(notes)}")
    return said


def folded(text: str) -> str:
    """A remark on lines of a terminal."""
    return "\n".join(wrap(text, WIDE, initial_indent="  ", subsequent_indent="    "))


def _several(notes: Iterable[str]) -> str:
    """The first few of some remarks."""
    listed = [*notes]
    more = len(listed) - MOST
    return "; ".join(listed[:MOST]) + (f"; and {more} more" if more > 0 else "")


# -- in a notebook ---------------------------------------------------------------------------------------------


def html(findings: Iterable[Finding], broken: str) -> str:
    """A table with a column per procedure; violations in bold. Its colours are the notebook's own."""
    told = tabulated(findings)
    named = list(dict.fromkeys(_column(f) for f in sorted(told, key=lambda f: f.procedure in MEASURES)))
    rows: dict[str, dict[str, str]] = {}
    for f in told:
        cells = rows.setdefault(f.law, {"law": f.law, "title": f.title, "note": ""})
        cells[_column(f)] = cell(f, broken)
        cells["note"] = _note(f) or cells["note"]
    head = ["law", "title", *named, "note"]
    top = "".join(f"<th style='text-align:left'>{escape(h)}</th>" for h in head)
    body = "".join(_html_row([cells.get(c, "") for c in head], broken) for cells in rows.values())
    return f"<table><tr>{top}</tr>{body}</table>" if rows else ""


def _html_row(cells: Sequence[str], broken: str) -> str:
    inside = "".join(f"<td style='text-align:left'>{escape(c)}</td>" for c in cells)
    weight = " style='font-weight:bold'" if broken in cells else ""
    return f"<tr{weight}>{inside}</tr>"


def _column(f: Finding) -> str:
    return "measured" if f.procedure in MEASURES else f.procedure


# -- any table -------------------------------------------------------------------------------------------------


def columns(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Lines of a table, numbers to the right; nothing where there are no rows."""
    body = [[str(c) for c in row] for row in rows]
    if not body:
        return []
    table = [list(head), *body]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    right = [
        all(row[i].isdigit() or not row[i] for row in body) and any(row[i] for row in body) for i in range(len(head))
    ]
    return [
        ("  " + "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True))).rstrip()
        for row in table
    ]
