"""One law of one program, decided by every procedure that applies.

First on the diagram, with generic companions: what is one diagram then is proved, and nothing else need be asked. Else
companions are drawn, and each equation that is left goes to the procedures, the exact ones first. Several equations of
a law, or several draws, are one answer: it is as strong as the weakest of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from time import monotonic
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.morphism import Atom, Morphism
from ..errors import CatdiffError, EvaluationError, NoDerivativeError, without_line
from ..generators.rig import Rig
from ..interpret.cost import cost
from .decision import STRENGTHS, Decision, combined, prominence
from .law import Calculus, ColumnError, Equation, Law, generic
from .names import numbered
from .procedures import PROCEDURES, diagram
from .random.companions import drawn, object_for
from .random.sampler import points as points_of
from .sketch import wires
from .subject import derived, smooth_parts
from .tables import EACH
from .trial import Sample, Trial, sampled
from .types import Letters, given, letters, types

TIME_UP = "the time was up"
POINTWISE = {"float", diagram.NAME}  # the procedures that can keep to the points that a caller makes
DRAWS = 3  # companions drawn for a law that has some
FEWEST = 8  # points for each of several equations
PER_SECOND = 5_000  # boxes that the sides of a law may have, for each second that it is given
GROWTH = 3  # how many times larger a derivative is than what it is of


@dataclass(frozen=True)
class Options:
    """How a check goes about it: which procedures, how many points, from which seed, for how long per law and
    until when altogether; how many of f's inputs come after its parameters, for laws that ask; and over which rig,
    where it is not those of the procedures.
    """

    procedures: tuple[str, ...]
    points: int = 50
    seed: int = 0
    budget: float = 10.0
    until: float = inf
    sample: Sample | None = None
    calculus: Calculus = field(default_factory=Calculus)
    inputs: int = 1
    rig: Rig | None = None


@dataclass(frozen=True)
class Posed:
    """An equation of a law: both sides, which of how many it is, what was drawn for letters and for companions."""

    sides: Equation
    number: int
    many: int
    letters: Letters
    companions: Mapping[str, Morphism]


def decided(law: Law, f: Morphism, options: Options) -> list[Decision]:
    """What each procedure says of the law; one decision where it does not apply, or is proved on the diagram."""
    try:
        return _decided(law, f, options)
    except ColumnError as error:
        return [Decision(EACH, "violated", note=str(error))]
    except NoDerivativeError as error:
        return [Decision("–", "not applicable", note=str(error).splitlines()[0])]


def _decided(law: Law, f: Morphism, options: Options) -> list[Decision]:
    why, deadline = law.where(f), min(monotonic() + options.budget, options.until)
    if why:
        return [Decision("–", "not applicable", note=why)]
    boxes = cost(f).boxes * GROWTH**law.order
    if boxes > PER_SECOND * options.budget:
        note = f"its sides would have some {boxes:,} boxes, too many for {options.budget:g} s"
        return [Decision("–", "undecided", note=note)]
    if law.measure and options.rig is not None:
        return [Decision("–", "not applicable", note="it is no equation, and over a rig equations are asked")]
    if law.measure:
        return [_measured(law, f, options, deadline)]
    if on_the_diagram(law, f, options):
        return [Decision(diagram.NAME, "proved", note="one diagram")]
    found, drawn_once = [], dict[bool, list[Posed]]()
    for name in options.procedures if options.sample is None else [p for p in options.procedures if p in POINTWISE]:
        if name == diagram.NAME:
            found.append(Decision(name, "undecided", note="two diagrams"))
            continue
        smooth = name == "float" and bool(law.companions)  # sines among companions are for floats alone
        if smooth not in drawn_once:
            drawn_once[smooth] = list(instances(law, f, options, smooth, deadline))
        equations = drawn_once[smooth]
        if monotonic() > deadline:
            found.append(Decision(name, "undecided", note=TIME_UP))
            continue
        share = replace(options, points=max(FEWEST, options.points // max(1, len(equations))))
        answers = [_told(_ask(name, e.sides, f, share, deadline), law, e) for e in equations]
        several = f"{DRAWS} draws of companions" if law.companions else ""
        found.append(combined(name, answers, several) if answers else Decision(name, "proved", note="one diagram"))
        if law.each is not None and found[-1].held:
            break
    return found


def of_each(law: Law, f: Morphism, options: Options) -> tuple[Morphism, Decision]:
    """The program that something was found of, and what: for a law that is asked of each generator alone, the first
    that violates it, or else f.
    """
    assert law.each is not None
    deadline, answers = min(monotonic() + options.budget, options.until), list[Decision]()
    labels = [lab for level in derived(f, law.each) for lab in level if len(lab.dom)]
    for i, lab in enumerate(labels):
        if monotonic() > deadline:
            left = f"the time was up before {len(labels) - i} of {len(labels)} generators"
            answers.append(Decision(EACH, "undecided", note=left))
            break
        part, found = _of_generator(law, lab, replace(options, until=deadline))
        if found.violated:
            return part, found
        if found.strength != "not applicable":
            answers.append(found if found.held else replace(found, note=f"{lab.title}: {found.note}"))
    if not answers:
        return f, Decision("–", "not applicable", note=f"no generator has what {law.name} is about")
    weakest = max(answers, key=lambda d: STRENGTHS.index(d.strength))
    note = _by_procedure(answers) if weakest.held else weakest.note
    return f, Decision(EACH, weakest.strength, sum(d.points for d in answers), note)


def _by_procedure(answers: Sequence[Decision]) -> str:
    """How generators were decided that all hold: `2 by polynomial, 1 by float (empirical tolerance)`."""
    guessed = [d for d in answers if "empirical" in d.note]
    by = Counter(d.procedure for d in answers)
    rough = Counter(d.procedure for d in guessed)
    return ", ".join(
        f"{n} by {name}" + (f" ({rough[name]} with an empirical tolerance)" if rough[name] else "")
        for name, n in by.items()
    )


def _of_generator(law: Law, lab: Label, options: Options) -> tuple[Morphism, Decision]:
    """The weakest of what is found of the parts of a generator that differentiate, each by the strongest procedure.

    What held is kept with the label: generators occur over and over, and they do not change.
    """
    if options.sample is not None:  # a generator alone has points of its own
        options = replace(options, sample=None, procedures=tuple(p for p in options.procedures if p in POINTWISE))
        if not options.procedures:
            return Atom(lab), Decision(EACH, "undecided", note="where points are given only floats are asked")
    key = ("law", law.name, options.procedures, options.points, options.seed, options.rig)
    kept = options.calculus == Calculus()
    if kept and key in lab.memo:
        return lab.memo[key]
    f = Atom(lab)
    parts = [f] if law.structural else [part for part, _ in smooth_parts(f, options.seed)]
    found = [(part, min(decided(law, part, options), key=lambda d: prominence(d.strength))) for part in parts]
    weakest = max(found, key=lambda pair: STRENGTHS.index(pair[1].strength))
    whole = monotonic() < options.until  # and not cut short
    if kept and whole and (weakest[1].held or weakest[1].strength == "not applicable"):
        lab.memo[key] = weakest
    return weakest


def _measured(law: Law, f: Morphism, options: Options, deadline: float) -> Decision:
    assert law.measure is not None
    try:
        return law.measure(options.calculus, f, Trial(options.points, options.seed, deadline, options.sample))
    except EvaluationError as error:
        return Decision("points", "undecided", note=without_line(str(error)).splitlines()[0])


def on_the_diagram(law: Law, f: Morphism, options: Options) -> bool:
    """Whether both sides are one diagram, whatever the companions are."""
    rng = np.random.default_rng(len(law.name))
    found = letters(law, f, lambda letter: object_for(f, rng), options.inputs)
    try:
        _, *companions = [generic(f"{name}{i}", *ends) for i, (name, ends) in enumerate(types(law, found).items())]
        equations = law.equations(options.calculus, *given(law, found, f, *companions))
        return all(diagram.decide(l, r).held for l, r in equations)
    except (CatdiffError, AssertionError):  # a generic companion has no value, and some sides want one
        return False


def instances(law: Law, f: Morphism, options: Options, smooth: bool, deadline: float) -> Iterator[Posed]:
    """The equations of the law that are not one diagram, for several draws of its companions: polynomials, or where
    they may be `smooth` every other time something else. No more are made after the deadline.
    """
    for draw in range(DRAWS if law.companions else 1):
        if monotonic() > deadline:
            return
        rng = np.random.default_rng([options.seed, draw])
        found = letters(law, f, lambda letter, rng=rng: object_for(f, rng), options.inputs)
        ends = {name: types(law, found)[name] for name in law.companions}
        companions = drawn(ends, law.companions, options.seed + draw, smooth and draw % 2 == 1)
        equations = law.equations(options.calculus, *given(law, found, f, *companions))
        for number, (left, right) in enumerate(equations):
            if not diagram.decide(left, right).held:
                named = dict(zip(law.companions, companions, strict=True))
                yield Posed((left, right), number, len(equations), found, named)


def _told(decision: Decision, law: Law, posed: Posed) -> Decision:
    """A violation, with the names of what the equation is about."""
    if not decision.violated:
        return decision
    of = f" of equation {posed.number + 1}" if posed.many > 1 else ""
    sides = f"left side{of}", f"right side{of}"
    if law.column:  # such a law has as many equations as its generator has operands, each with inputs of its own
        names = numbered([("x", len(posed.sides[0].dom))])
    else:
        names = wires(law, posed.number, posed.letters)
    return replace(decision, names=names, sides=sides, companions=posed.companions)


def _ask(name: str, equation: Equation, f: Morphism, options: Options, deadline: float) -> Decision:
    left, right = equation
    share = monotonic() + (deadline - monotonic()) / 2  # so that the last procedure has its time too
    own: dict[str, Any] = {"inputs": inputs(left, f, options)} if name == "float" else {}
    if options.rig is not None:
        own["rig"] = options.rig
    return PROCEDURES[name](left, right, options.points, options.seed, share, **own)


def inputs(left: Morphism, f: Morphism, options: Options) -> Iterator[Sequence[Any]]:
    """Points of a side; where the caller says how f's are made, those, with anything for what comes after them."""
    A, rest = f.dom, left.dom[len(f.dom) :]
    if options.sample is None or left.dom[: len(A)] != A:
        yield from points_of(left.dom, options.seed)
        return
    rng = np.random.default_rng(options.seed)
    for args in points_of(rest, options.seed):
        yield [*sampled(options.sample, A, rng), *args]
