"""`check_rule(forward, vjp, dom, cod)`: is this derivative right? Of rules written anywhere, in NumPy or not.

A rule is right where ⟨ȳ, D[f](x, d)⟩ = ⟨vjp(x, ȳ), d⟩ for every x, ȳ and d. The left side is measured, by differences that
know their own error (`oracles`); the right side is the rule's answer. Points are found by trying or given, kinks kept
away from and judged by Clarke's set, lenses told from mistakes, and what is wrong is said in words.

>>> import numpy as np, catdiff as cd
>>> A = cd.f64(3)
>>> cd.laws.check_rule(np.sin, lambda x, ȳ: np.cos(x) * ȳ, A, A).verdict
'reverse derivative'
>>> cd.laws.check_rule(np.cos, lambda x, ȳ: np.sin(x) * ȳ, A, A, raises=False).reason
'the sign is wrong: ...'
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import Any

import numpy as np

from ..category.objects import Object, checked
from ..errors import ArgumentError, CatdiffError, with_line
from .cases import Bench, Case
from .conduct import Callee, Misconduct, Undefined, probe
from .deadline import Late, Watch
from .kinks import Membership, kinked, membership
from .lenses import recognised
from .linear import Departure, departures
from .evidence import number
from .patterns import explained
from .report import Counterexample, Finding, LawViolation, Report
from .spaces import Space
from .second import symmetric_hessian
from .survey import NotJudged, Survey

STATEMENT = "⟨ȳ, D[f](x, d)⟩ = ⟨vjp(x, ȳ), d⟩"


class RuleError(CatdiffError, ValueError):
    """A rule could not be judged, or is no pair of functions of their types. Attribute: `report`."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(f"{report.subject}: {report.verdict}, {report.reason}")


def check_rule(
    forward: Callable[..., Any],
    vjp: Callable[..., Any],
    dom: Object,
    cod: Object,
    jvp: Callable[..., Any] | None = None,
    *,
    points: Any = None,
    wires: Iterable[int] | None = None,
    seed: int = 0,
    seconds: float = 30.0,
    raises: bool = True,
) -> Report:
    """Whether `vjp` is the reverse derivative R[f] : A × B → A of `forward`, f : A → B.

    - `forward(*x)` gives the outputs, `vjp(*x, *ȳ)` a cotangent per input, `jvp(*x, *ẋ)` (where there is one) a tangent
      per output: one array per wire of `dom` and `cod`, several as a tuple. Complex cotangents are those of the
      pairing Re Σ conj(u) v. Bool, index and integer inputs are held; their cotangents may be anything, or None;
    - `points`: where to judge: a list of points, or a function of a random generator that gives one; a point is one array
      per input. Without it points are tried: of either sign and several sizes, then positive, in an interval, positive
      definite, …, wherever forward gives numbers;
    - `wires`: the inputs to be judged, all of them by default; `seed` of the points; `seconds` for everything.

    The verdict is "reverse derivative", "lens" (a rule that is none on purpose: straight-through, clipped, reversed),
    "wrong" or "not judged", with a reason. Raises `LawViolation` where it is wrong, `RuleError` where it cannot be judged
    or a callable is no function of its arguments, both with `.report`; with `raises=False` the report is returned.
    """
    _types(forward, vjp, jvp, dom, cod, seconds)
    start = monotonic()
    inquiry = Inquiry(forward, vjp, jvp, dom, cod, points, wires, seed, seconds)
    try:
        inquiry.watch.run(inquiry.run)
    except Misconduct as error:
        inquiry.misconduct(error)
    except Late as late:  # on a thread, which is left behind
        name = inquiry.watch.name
        inquiry.misconduct(Misconduct(name, "time", f"{name} does not return: {late}"))
    except NotJudged as error:
        inquiry.conclude("not judged", str(error))
    except KeyboardInterrupt:
        inquiry.interrupted = True
        inquiry.judge()
    name = getattr(forward, "__name__", type(forward).__name__)
    report = Report(
        f"{name} : {dom} → {cod}",
        tuple(inquiry.findings),
        inquiry.verdict,
        inquiry.reason,
        seed,
        monotonic() - start,
        inquiry.interrupted,
    )
    if raises and (inquiry.verdict == "not judged" or inquiry.at_fault):
        raise RuleError(report)
    if raises and inquiry.verdict == "wrong":
        raise LawViolation(report)
    return report


def _types(forward: Any, vjp: Any, jvp: Any, dom: Any, cod: Any, seconds: Any) -> None:
    checked(dom, "check_rule")
    checked(cod, "check_rule")
    for name, function in (("forward", forward), ("vjp", vjp), ("jvp", jvp)):
        if not callable(function) and not (name == "jvp" and function is None):
            raise ArgumentError(with_line(f"{name} is a function of arrays, not {function!r}"))
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
        raise ArgumentError(with_line(f"seconds is a positive number, not {seconds!r}"))


class Inquiry:
    """One judgement: what is looked at in which order, and what was found so far."""

    def __init__(
        self,
        forward: Callable[..., Any],
        vjp: Callable[..., Any],
        jvp: Callable[..., Any] | None,
        dom: Object,
        cod: Object,
        points: Any,
        wires: Iterable[int] | None,
        seed: int,
        seconds: float,
    ) -> None:
        self.watch = Watch(seconds, max(seconds / 3, min(seconds, 1.0)))
        rng = np.random.default_rng(seed)
        inputs, outputs = Space(dom, wires), Space(cod)
        self.bench = Bench(
            Callee("forward", forward, dom, cod, self.watch),
            Callee("vjp", vjp, dom @ cod, dom, self.watch),
            inputs,
            outputs,
            rng,
        )
        self.jvp = None if jvp is None else Callee("jvp", jvp, dom @ dom, cod, self.watch)
        self.seed = seed
        self.survey = Survey(self.bench, dom, points, seed)
        self.findings: list[Finding] = []
        self.departures: list[Departure] = []
        self.outside: list[Membership] = []
        self.jvp_said = ""
        self.verdict, self.reason = "not judged", "interrupted before anything was seen"
        self.at_fault = self.interrupted = False

    def conclude(self, verdict: str, reason: str) -> None:
        """The verdict, and why."""
        self.verdict, self.reason = verdict, reason

    def find(self, law: str, title: str, strength: str, points: int = 0, note: str = "", *more: Any) -> None:
        """A line of the report."""
        self.findings.append(Finding(law, title, "differences", strength, points, note, *more))

    def misconduct(self, error: Misconduct) -> None:
        """What is no function of its type is said to be that."""
        self.at_fault = True
        wrong = error.culprit != "forward" and error.fault in ("shape", "count", "dtype", "type", "state", "random")
        self.findings.append(
            Finding("conduct", f"{error.culprit} is a function of its type", "calls", "violated", 1, str(error))
        )
        self.conclude("wrong" if wrong else "not judged", str(error))

    def run(self) -> None:
        """Everything, under a watch, with foreign warnings silent: what matters shows in the values."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            self._run()

    def _run(self) -> None:
        found = self.survey.find()
        self._probe(found)
        self.survey.fit(found)
        if not self.survey.look(0.5, wrong=3):
            self._symmetric(found)
            self.survey.look(0.6)
        self._kinks()
        self._linearity()
        self._forward_mode()
        self._second()
        self.judge()

    def _probe(self, found: Sequence[Any]) -> None:
        outputs = self.bench.outputs
        seeds = [outputs.at(self.bench.rng.normal(size=outputs.size), outputs.zeros()) for _ in range(2)]
        refused = ""
        for k, x in enumerate(found):
            try:
                self.bench.vjp([*x, *seeds[0]])
            except Undefined as error:
                refused = str(error)
                continue
            others = [y for j, y in enumerate(found) if j != k][:2]
            probe(self.bench.forward, [self.bench.vjp], [x, *others], seeds)
            self.findings.append(Finding("conduct", "functions of their arguments", "calls", "tested", len(others) + 1))
            return
        raise NotJudged(f"{refused}, at each of {len(found)} points where forward is defined")

    def _symmetric(self, found: Sequence[Any]) -> None:
        """Where forward reads one triangle of a matrix, the rule may be one for symmetric matrices."""
        wires = self.survey.may_be_symmetric(found)
        again = self.survey.symmetric_too(wires) if wires else None
        if again is None:
            return
        again.look(0.5)
        mirrored = [c for c in again.cases if c.judged and _symmetric_answers(c, wires, self.bench.inputs)]
        if again.cases and (not again.wrong or len(mirrored) > len(again.cases) / 2):
            self.survey = again

    def _kinks(self) -> None:
        looked = 0
        for case in self.survey.cases:
            for output in kinked(case)[:2]:
                if looked < 12 and self.watch.spent < 0.85:
                    found = membership(self.bench, case, output)
                    looked += found is not None
                    if found is not None and not found.inside:
                        self.outside.append(found)
        if looked:
            strength = "violated" if self.outside else "tested"
            note = "" if self.outside else "at kinks the rule answers with a mixture of the slopes beside them"
            self.find("Clarke", "in the subdifferential at kinks", strength, looked, note)

    def _linearity(self) -> None:
        cases = [c for c in self.survey.cases if c.strict and np.isfinite(c.answers).all()][:8]
        for case in cases:
            self.departures += departures(self.bench, case.x)
        self.find("RD.2", "linear in the cotangent", "violated" if self.departures else "tested", len(cases))

    def _forward_mode(self) -> None:
        """⟨jvp(x, ẋ), ȳ⟩ = ⟨ẋ, vjp(x, ȳ)⟩, and jvp beside the slopes."""
        if self.jvp is None:
            return
        inputs, outputs = self.bench.inputs, self.bench.outputs
        cases = [c for c in self.survey.cases if c.strict and c.judged]
        seen, refused = 0, ""
        for case in cases:
            tangents = [inputs.at(d.vector, inputs.zeros()) for d in case.directions]
            try:
                answers = np.array([outputs.flat(self.jvp([*case.x, *t])) for t in tangents])
            except Undefined as error:
                refused = str(error)
                continue
            seen += 1
            answers = answers.reshape(len(tangents), outputs.size)
            ahead = case.cotangents @ answers.T
            unit = self.bench.unit * 64 * np.abs(ahead).max(initial=0.0)
            with np.errstate(invalid="ignore"):
                off = case.smooth & ~(np.abs(ahead - case.right) <= case.tolerance + unit)
            if off.any():
                row, column = np.argwhere(off)[0]
                self.jvp_said = f"⟨jvp(x, ẋ), ȳ⟩ is {number(ahead[row, column])} where the slope is {number(case.right[row, column])}"
                break
        if refused and not seen:
            raise Misconduct("jvp", "raises", f"{refused}, at each of {len(cases)} points")
        strength = "violated" if self.jvp_said else "tested"
        self.find("adjoint", "⟨jvp(x, ẋ), ȳ⟩ = ⟨ẋ, vjp(x, ȳ)⟩", strength, seen, self.jvp_said)

    def _second(self) -> None:
        """The second derivative of ⟨ȳ, f⟩ by differences of vjp is symmetric; a note, since the slopes decide."""
        cases = [c for c in self.survey.cases if c.strict and c.judged and not kinked(c) and not c.off.any()][:4]
        tried = [verdict for c in cases if (verdict := symmetric_hessian(self.bench, c)) is not None]
        if tried:
            strength = "tested" if all(tried) else "undecided"
            self.find("CD.7", "⟨ȳ, f⟩ has a symmetric second derivative", strength, len(tried), "by differences of vjp")

    def judge(self) -> None:
        """The verdict on what was seen."""
        survey = self.survey
        judged = [c for c in survey.cases if c.judged]
        wrong = survey.wrong
        self._slopes(judged, wrong)
        if wrong or self.departures:
            lens = recognised(self.bench, survey.cases, self.departures)
            if lens:
                return self.conclude("lens", lens)
        if self.departures:
            return self.conclude("wrong", _said_of(self.departures[0]))
        if wrong:
            return self.conclude("wrong", explained(self.bench, survey.cases, wrong))
        if self.jvp_said:
            return self.conclude("wrong", f"vjp is right, and jvp is not: {self.jvp_said}")
        if self.outside:
            return self.conclude("wrong", _outside(self.bench, self.outside[0]))
        refused = [text for _, strict, text in survey.refused if strict]
        if refused:
            count = f"{len(refused)} of {len(refused) + len(survey.cases)} points where forward is defined"
            return self.conclude("not judged", f"{refused[0]}, at {count}")
        if not judged and self.bench.inputs.size * self.bench.outputs.size:
            return self.conclude("not judged", _unjudged(survey.cases))
        self.conclude("reverse derivative", self._right(judged))

    def _slopes(self, judged: Sequence[Case], wrong: Sequence[Case]) -> None:
        counterexample = None
        if wrong:
            counterexample = _counterexample(self.bench, wrong[0], self.seed)
        note = f"{sum(c.judged for c in judged)} slopes, {_sharpness(judged)}" if judged else ""
        strength = "violated" if wrong else "tested" if judged else "undecided"
        self.find("R = D†", STATEMENT, strength, len(judged), note, counterexample)

    def _right(self, judged: Sequence[Case]) -> str:
        survey = self.survey
        if not self.bench.inputs.size * self.bench.outputs.size:
            return "there is no entry to differentiate by, or none to differentiate"
        parts = [f"it agrees with differences at {len(judged)} points, {_sharpness(judged)}"]
        names = {r.said for r in survey.regions} - {"any"}
        if names:
            parts.append(f"judged where forward is defined ({'; '.join(sorted(names))})")
        kinks = sum(bool(kinked(c)) for c in survey.cases)
        if kinks:
            parts.append(f"{kinks} of the points are kinks")
        lost = [
            (c.said, "gives no number") for c in survey.cases if not c.strict and (c.off & ~np.isfinite(c.left)).any()
        ]
        lost += [(said, text) for said, strict, text in survey.refused if not strict]
        if lost:
            parts.append(f"but at a point with {lost[0][0]} vjp has no answer: {lost[0][1]}")
        return "; ".join([*parts, *survey.frames.said])


def _symmetric_answers(case: Case, wires: Sequence[int], space: Space) -> bool:
    for row in case.answers[:8]:
        arrays = space.at(row, case.x)
        for i in wires:
            a = arrays[i]
            if not np.allclose(a, a.swapaxes(-1, -2).conj(), rtol=1e-6, atol=1e-6 * np.abs(a).max(initial=0.0)):
                return False
    return True


def _sharpness(judged: Sequence[Case]) -> str:
    """How small a mistake would have been seen."""
    shares = []
    for c in judged:
        size = np.abs(c.right)
        loud = c.smooth & (size > 1e-3 * size.max(initial=0.0)) & (size > c.tolerance)
        shares += list((c.tolerance[loud] / size[loud]).ravel())
    if not shares:
        return "all of them zero"
    return f"which see a relative error of {number(float(np.median(shares)), 1)}"


def _unjudged(cases: Sequence[Case]) -> str:
    if any(kinked(c) for c in cases):
        return "no point that was tried is smooth; pass points="
    return (
        "differences tell nothing: at every point forward is too noisy, or changes too fast, or its domain is too thin; "
        "pass points="
    )


def _counterexample(bench: Bench, case: Case, seed: int) -> Counterexample:
    row, column = np.argwhere(case.off)[0]
    cotangent = bench.outputs.at(case.cotangents[row], bench.outputs.zeros())
    left = bench.inputs.at(case.answers[row], bench.inputs.zeros())
    direction = bench.inputs.at(case.directions[column].vector, bench.inputs.zeros())
    return Counterexample(
        "R = D†",
        STATEMENT,
        None,
        [*case.x, *cotangent, *direction],
        [case.right[row, column]],
        [case.left[row, column], *left],
        "vjp",
        seed,
    )


def _said_of(departure: Departure) -> str:
    if departure.law == "zero":
        return f"vjp adds a constant: at the cotangent zero it gives {number(float(np.abs(departure.left).max()), 3)}, not zero"
    what = (
        "vjp(x, a + b) is not vjp(x, a) + vjp(x, b)"
        if departure.law == "additive"
        else "vjp(x, s·a) is not s·vjp(x, a)"
    )
    return f"it is not linear in the cotangent: {what}, by {number(departure.size, 2)} of its size"


def _outside(bench: Bench, found: Membership) -> str:
    where = found.case.said or "a kink"
    entries = [round(float(v), 4) for v in found.answer[:6]]
    near = [round(float(v), 4) for v in found.nearest[:6]]
    return (
        f"wrong at ties and kinks only: at a point with {where} it answers {entries} for {bench.outputs.name(found.output, 'y')}, "
        f"which is no mixture of the slopes beside the kink (the nearest is {near})"
    )
