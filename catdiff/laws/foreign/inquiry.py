"""One check of a foreign rule: what is looked at in which order, what was found so far, and the verdict on it.

First whether the callables are functions of their types (`conduct`), then how forward's slopes and vjp's answers
compare (`survey`), kinks, linearity, forward mode, second order. Whatever stops it, the findings so far stand.

>>> import catdiff as cd
>>> inquiry = Inquiry(np.sin, lambda x, ȳ: np.cos(x) * ȳ, None, cd.f64(2), cd.f64(2), None, None, 0, 10.0)
>>> inquiry.watch.run(inquiry.run)
>>> inquiry.verdict, [f.law for f in inquiry.findings]
('reverse derivative', ['conduct', 'RD.2', 'CD.7', 'R = D†'])
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ...category.objects import Object
from ..tables import CONDUCT, Finding
from .cases import Bench, Case
from .conduct import Callee, Misconduct, Undefined, probe, unchanged
from .deadline import Watch
from .evidence import number
from .kinks import Membership, kinked, membership
from .lenses import recognised
from .linear import Departure, departures
from .oracles import SINGLE
from .patterns import explained
from .second import symmetric_hessian
from .spaces import Space
from .survey import NotJudged, Survey
from .wording import STATEMENT, counterexample, nonlinear, outside, sharpness, unjudged

AGAIN = 16  # points, and cotangents at each, asked again before a rule is called wrong


EXACT = ("rational", "z2")  # dtypes of which catdiff has derivatives, and differences have none


class Inquiry:
    """One check: what is looked at in which order, and what was found so far."""

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
            Finding("conduct", f"{error.culprit} is a function of its type", CONDUCT, "violated", 1, str(error))
        )
        self.conclude("wrong" if wrong else "not judged", str(error))

    def run(self) -> None:
        """Everything, under a watch, with foreign warnings silent: what matters shows in the values."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            self._run()

    def _run(self) -> None:
        self._measurable()
        found = self.survey.find()
        self._probe(found)
        self._widen(found)
        self.survey.fit(found)
        if not self.survey.look(0.5, wrong=3):
            self._symmetric(found)
            self.survey.look(0.6)
        self._kinks()
        self._linearity()
        self._forward_mode()
        self._second()
        self.judge()

    def _measurable(self) -> None:
        """Raises `NotJudged` where derivatives are of a dtype that has no small steps, and so no slopes."""
        for end, space in (("input", self.bench.inputs), ("output", self.bench.outputs)):
            strange = [i for i, s in enumerate(space.sorts) if s.dtype.name in EXACT]
            if strange and not space.size:
                said = (
                    f"{end} {strange[0]} lies on {space.sorts[strange[0]]}, where there are no small steps to measure"
                )
                raise NotJudged(f"{said}; as a generator, cd.generator(…, R=…), cd.laws.check decides it exactly")

    def _widen(self, found: Sequence[Any]) -> None:
        if self.bench.unit > SINGLE:
            self.bench.widen(self.bench.forward.function, found)

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
            self.findings.append(Finding("conduct", "functions of their arguments", CONDUCT, "tested", len(others) + 1))
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
        plain = [c for c in again.cases if c.judged and not c.said]
        agrees = bool(plain) and not any(c.wrong.any() for c in plain)
        if again.cases and (agrees or not again.wrong or len(mirrored) > len(again.cases) / 2):
            self.survey = again

    def _kinks(self) -> None:
        looked = 0
        for case in self.survey.cases:
            for output in kinked(case)[:2]:
                if looked < 12 and len(self.outside) < 2 and self.watch.spent < 0.85:
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
        height = max((float(np.abs(c.answers).max(initial=0.0)) for c in cases), default=0.0)
        for case in cases:
            self.departures += departures(self.bench, case.x, height)
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
                says, slope = number(float(ahead[row, column])), number(float(case.right[row, column]))
                self.jvp_said = f"⟨jvp(x, ẋ), ȳ⟩ is {says} where the slope is {slope}"
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
        judged = [c for c in self.survey.cases if c.judged]
        wrong = self.survey.wrong
        self._slopes(judged, wrong)
        self.conclude(*self._verdict(judged, wrong))

    def _verdict(self, judged: Sequence[Case], wrong: Sequence[Case]) -> tuple[str, str]:
        survey = self.survey
        if wrong or self.departures:
            self._again(wrong)
            lens = recognised(self.bench, survey.cases, self.departures)
            if lens:
                return "lens", lens
        if self.departures:
            return "wrong", nonlinear(self.departures[0])
        if wrong:
            survey.look_closer()
            return "wrong", explained(self.bench, survey.cases, survey.wrong)
        if self.jvp_said:
            return "wrong", f"vjp is right, and jvp is not: {self.jvp_said}"
        if self.outside:
            return "wrong", outside(self.bench, self.outside[0])
        refused = [text for _, strict, text in survey.refused if strict]
        if refused:
            count = f"{len(refused)} of {len(refused) + len(survey.cases)} points where forward is defined"
            return "not judged", f"{refused[0]}, at {count}"
        if not judged and self.bench.inputs.size * self.bench.outputs.size:
            return "not judged", unjudged(survey.cases)
        if self.bench.inputs.chosen and not self.bench.inputs.size and self.bench.outputs.size:
            return "not judged", "no input that can be differentiated by is among wires="
        return "reverse derivative", self._right(judged)

    def _again(self, wrong: Sequence[Case]) -> None:
        """Before a rule is called wrong: is it still the same? What changes late escapes the first calls."""
        cases = [*wrong[:AGAIN], *[c for c in self.survey.cases if not c.wrong.any()][:AGAIN]]
        outputs = self.bench.outputs
        calls = (
            ([*c.x, *outputs.at(row, outputs.zeros())], answer)
            for c in cases
            for row, answer in list(zip(c.cotangents, c.answers, strict=True))[:AGAIN]
        )
        unchanged(self.bench.vjp, calls, self.bench.inputs.flat)

    def _slopes(self, judged: Sequence[Case], wrong: Sequence[Case]) -> None:
        where = counterexample(self.bench, wrong[0], self.seed) if wrong else None
        note = f"{sum(c.judged for c in judged)} slopes, {sharpness(judged)}" if judged else ""
        strength = "violated" if wrong else "tested" if judged else "undecided"
        self.find("R = D†", STATEMENT, strength, len(judged), note, where)

    def _right(self, judged: Sequence[Case]) -> str:
        survey = self.survey
        if not self.bench.inputs.size * self.bench.outputs.size:
            return "there is no entry to differentiate by, or none to differentiate"
        parts = [f"it agrees with differences at {len(judged)} points, {sharpness(judged)}"]
        names = {r.said for r in survey.regions} - {"any"}
        if names:
            parts.append(f"judged where forward is defined ({'; '.join(sorted(names))})")
        kinks = sum(bool(kinked(c)) for c in survey.cases)
        if kinks:
            parts.append(f"{kinks} of the points are kinks")
        lost = [(c.said, "gives no number") for c in survey.cases if (c.off & ~c.wrong).any()]
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
