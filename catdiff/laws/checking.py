"""`cd.laws.check(f)`: every law there is, of one program, with a report.

>>> import catdiff as cd
>>> report = cd.laws.check(cd.sin(cd.f64(2)) >> cd.sum, laws=["RD.5", "ADJ.1"], points=20)
>>> report.verdict, report.strongest()
('lawful', {'RD.5': 'proved', 'ADJ.1': 'tested'})
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np

from ..category.morphism import Morphism
from ..errors import ArgumentError, MeaningError, SignatureError, with_line
from ..generators.rig import Rig
from ..learning.optic import Optic
from ..learning.parametric import Parametric
from ..progress import Progress
from .axioms.congruence import declared
from .blame import explained
from .catalogue import LAWS
from .decide import Options, decided, of_each
from .decision import Decision, combined
from .foreign.generators import misbehaviour
from .law import Calculus, Law, chosen, worded
from .procedures import NAMES, diagram, fitting
from .report import LawViolation, Report, RuleError
from .subject import program_of, smooth_parts
from .tables import Finding
from .trial import Sample

LAWS_IN_FULL = 12  # laws that may take all their time: so many times the budget is the time for all


def check(
    f: Morphism | Parametric | Optic,
    laws: str | Iterable[str] | None = None,
    *,
    procedures: str | Iterable[str] | None = None,
    points: int = 50,
    seed: int = 0,
    budget: float = 10.0,
    total: float | None = None,
    sample: Sample | None = None,
    equals: Morphism | None = None,
    calculus: Calculus | None = None,
    rig: Rig | None = None,
    raises: bool = True,
    progress: bool = False,
) -> Report:
    """Whether the derivatives of `f : A → B` are right, law by law: a `Report`, or `LawViolation`.

    - `f`: a program, or a model (what it does to an example), or an optic (there and back again);
    - `laws`: names or groups, `"RD.5"`, `"CD"`, all by default (`cd.laws.table()` prints them);
    - `procedures`: of `"diagram"`, which is always asked first, `"polynomial"`, `"z2"`, `"proof"`, `"exact"` and
      `"float"`; by default those for f's dtypes;
    - `points`: at how many points a law is tried, where points are what decides: the equations of a law share them, 8
      each at least; `seed`: of all of them;
    - `budget`: seconds for one law. What is not decided by then is reported with what there is;
    - `total`: seconds for all of them, twelve times the budget where nothing is said. A law that is not reached is
      reported as undecided; what is under way is finished, and making a counterexample small ends then too;
    - `sample`: points of A, or `rng ↦` a point, where f is not defined everywhere. Only floats are asked then;
    - `equals`: a program that is to be equal to f, in value and in derivatives;
    - `calculus`: other operators than catdiff's own to hold against the laws;
    - `rig`: over which rig f is to be read; the equations are then asked at random entries of it, and nothing else;
    - `raises`: whether a violated law raises `LawViolation`, which carries the report;
    - `progress`: whether to show a bar.

    Interrupted from the keyboard it reports what it had. Raises `SignatureError` where f is no morphism,
    `ArgumentError` where a law, a procedure or a number is none or none is named, `MeaningError` where derivatives mean
    nothing over the rig, or no equation does, since it rounds, `RuleError`
    where a generator from outside is no function: where it is random, writes to its arguments, gives another shape than
    its type says, is undefined at every point tried, or does not return.
    """
    inputs = len(f.dom) if isinstance(f, Parametric) else 1
    f = program_of(f)
    _counts(points, seed)
    _seconds(budget=budget, **({} if total is None else {"total": total}))
    if calculus is not None and not isinstance(calculus, Calculus):
        raise ArgumentError(with_line(f"calculus is a cd.laws.Calculus, not {calculus!r}"))
    start, findings, interrupted = monotonic(), list[Finding](), False
    until = start + (LAWS_IN_FULL * budget if total is None else total)
    options = Options(
        known_procedures(procedures) or fitting(f), points, seed, budget, until, sample, calculus or Calculus(), inputs
    )
    if rig is not None:
        options = replace(options, rig=lawful(rig), procedures=("exact",))
    own = [] if equals is None else [declared(_of_type(equals, f))]
    table = list(dict.fromkeys([*chosen([*LAWS, *own], laws), *own]))
    known: list[Morphism] = []
    with np.errstate(all="ignore"):
        reason = misbehaviour(f, seed, everywhere=sample is None)
    try:
        with np.errstate(all="ignore"):
            for law in [] if reason else Progress(table, "laws") if progress else table:
                findings += findings_of(law, f, options, known) if monotonic() < until else [_left_out(law)]
    except Stopped as stopped:
        interrupted, findings = True, [*findings, stopped.finding]
    except KeyboardInterrupt:
        interrupted = True
    verdict = "not judged" if reason else ""
    report = Report(f"{f}", tuple(findings), verdict, reason, seed, monotonic() - start, interrupted)
    if raises and reason:
        raise RuleError(report)
    if raises and report.violations:
        raise LawViolation(report)
    return report


def lawful(k: Any) -> Rig:
    """A rig over which laws of derivatives can be asked. Raises `MeaningError` where there are none."""
    if not isinstance(k, Rig):
        raise ArgumentError(with_line(f"rig is a cd.rigs.Rig, such as cd.rigs.MOD(6), not {k!r}"))
    if k.forward:
        raise MeaningError(f"derivatives mean nothing over {k.name}: {k.forward}")
    if k.rounds:
        said = f"over {k.name} rounding breaks {min(k.rounds)}, and with it the laws of derivatives"
        raise MeaningError(with_line(said, "cd.laws.check(f, rig=cd.rigs.RATIONAL)"))
    return k


def _left_out(law: Law) -> Finding:
    return Finding(law.name, law.title, "–", "undecided", note="the time for all laws was up")


def _counts(points: Any, seed: Any) -> None:
    for name, value, least in (("points", points, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ArgumentError(with_line(f"{name} is a whole number, {least} at least, not {value!r}"))


def _seconds(**given: Any) -> None:
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
            raise ArgumentError(with_line(f"{name} is a positive number of seconds, not {value!r}"))


def _of_type(g: Any, f: Morphism) -> Morphism:
    if not isinstance(g, Morphism) or (g.dom, g.cod) != (f.dom, f.cod):
        raise SignatureError(with_line(f"what equals a program {f} has its type, and {g!s} has not"))
    return g


def known_procedures(names: str | Iterable[str] | None) -> tuple[str, ...]:
    """Those of these names, nothing where none are named. Raises `ArgumentError` for a name that is none."""
    wanted = [] if names is None else worded(names, "procedures", "such as 'exact'")
    if unknown := [n for n in wanted if n not in NAMES]:
        raise ArgumentError(with_line(f"there is no procedure {unknown[0]!r}; there are {', '.join(NAMES)}"))
    return tuple(dict.fromkeys(wanted))


class Stopped(KeyboardInterrupt):
    """Interrupted while a violation was being explained, which is a finding all the same."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


def findings_of(law: Law, f: Morphism, options: Options, known: list[Morphism] | None = None) -> list[Finding]:
    """The findings of one law: of f itself, or, of a law of derivatives, of what of f differentiates.

    `known` are small programs that violate other laws; those that are found are added.
    """
    known = [] if known is None else known
    if law.each is not None:
        part, decision = of_each(law, f, options)
        return [_finding(law, part, decision, options, known)]
    if law.structural:
        return [_finding(law, f, d, options, known) for d in decided(law, f, options)]
    found: dict[str, list[Decision]] = {}
    parts = smooth_parts(f, options.seed, options.sample)
    for part, sample in parts:
        for decision in decided(law, part, replace(options, sample=sample)):
            if decision.violated:
                return [_finding(law, part, decision, replace(options, sample=sample), known)]
            found.setdefault(decision.procedure, []).append(decision)
    several = f"{len(parts)} values of its discrete inputs" if len(parts) > 1 else ""
    one = {name: combined(name, ds, "" if name == diagram.NAME else several) for name, ds in found.items()}
    return [_finding(law, f, d, options, known) for d in one.values()]


def _finding(law: Law, f: Morphism, d: Decision, options: Options, known: list[Morphism]) -> Finding:
    found = Finding(law.name, law.title, d.procedure, d.strength, d.points, d.note)
    if not d.violated:
        return found
    try:
        return replace(found, counterexample=explained(law, f, d, options, known))
    except KeyboardInterrupt:
        raise Stopped(found) from None
