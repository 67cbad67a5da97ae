"""From a violated law to the box that is to blame.

A law that fails for a large program says little. So the program is made small: each generator in it is tried by
itself, then sub-nets (see `shrink`). What is left is what the report shows, with the point where it fails; to blame is
the generator that fails by itself, in the program or in its derivatives, or else the way they are put together.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from time import monotonic

from ..category.label import Label
from ..category.morphism import Atom, Morphism
from ..draw.write import in_text
from ..errors import CatdiffError
from .axioms.duality import LAWS as DUALITY
from .axioms.taylor import LAWS as GROWTH
from .counterexample import Counterexample
from .decide import Options, decided
from .decision import Decision
from .law import Calculus, Law
from .procedures import PROCEDURES
from .shrink import smallest
from .subject import derived, generators_of, smooth_parts

TAYLOR = next(law for law in GROWTH if law.name == "TAYLOR.1")
ADJOINT = next(law for law in DUALITY if law.name == "ADJ.1")
SECONDS, LEAST = 20.0, 1.0  # for making a program small; where the time for all laws is up
POINTS = 20  # at which a smaller program is tried


def explained(
    law: Law, f: Morphism, decision: Decision, options: Options, known: list[Morphism] | None = None
) -> Counterexample:
    """The counterexample of a violated law: the smallest program that violates it, and whom to blame.

    `known` are small programs that violate other laws. They are tried first, and what is found is added.
    """
    known = [] if known is None else known
    asked = (decision.procedure,) if decision.procedure in PROCEDURES else ("float",)
    quick = replace(
        options, procedures=asked, points=min(options.points, POINTS), budget=min(options.budget, 2.0), until=inf
    )
    small, last, deadline = f, decision, min(monotonic() + SECONDS, max(options.until, monotonic() + LEAST))

    def fails(g: Morphism) -> bool:
        if options.sample is not None and g.dom != f.dom:
            return False  # nobody knows where a program of another domain is defined
        return _violation(law, g, quick) is not None

    if not law.fixed:
        small = next((g for g in known if fails(g)), None) or smallest(f, fails, deadline)
        known += [small] if small not in known else []
        last = _violation(law, small, quick) or decision
    return Counterexample(
        law.name,
        law.statement,
        small,
        last.args or (),
        last.left or (),
        last.right or (),
        blamed(law, small, quick, last.column),
        options.seed,
        pasted(law, small, last, options),
        in_text(small),
        tuple(last.names),
        last.sides,
        last.companions,
    )


def _violation(law: Law, g: Morphism, options: Options) -> Decision | None:
    """The decision that g violates the law, if one does."""
    parts = [(g, options.sample)] if law.structural else smooth_parts(g, options.seed, options.sample)
    for part, sample in parts:
        for decision in decided(law, part, replace(options, sample=sample)):
            if decision.violated:
                return decision
    return None


def blamed(law: Law, f: Morphism, options: Options, column: str = "") -> str:
    """The first generator, of f or of what its derivatives are made of, whose R and D are not adjoint; or that is not
    what its function says, where R and D are wrong alike; or that breaks the law by itself. Where none does, the way
    they are put together. Of a law of rows the `column`.
    """
    if law.fixed:
        return "f, or the program that it is said to equal"
    if options.calculus != Calculus():
        return "the operators that were given as calculus"
    if law.column:
        lab = f.net.labels[0]
        return f"{lab.title} : {lab.dom} → {lab.cod}; not as its row says in the column {column or law.column}"
    levels = derived(f, law.order)
    for asked in dict.fromkeys((ADJOINT, TAYLOR, law)):
        for depth, labels in enumerate(levels):
            for lab in labels:
                if _alone(asked, lab, options):
                    where = f", which {'R∘' * (depth - 1)}R[f] is made of" if depth else ""
                    return f"{lab.title} : {lab.dom} → {lab.cod}{where}{_half(lab, options)}"
    if len(f.net) == 1:
        return f.net.labels[0].title
    return "how the boxes are put together: each of them by itself is right"


def _half(lab: Label, options: Options) -> str:
    """Which of a generator's two derivatives is wrong, where it has two and the function itself tells them apart."""
    if lab.row.R is None or lab.row.D is None:
        return ""
    k, f = options.calculus, Atom(lab)
    by_R = _violation(TAYLOR, f, options)
    by_D = _violation(TAYLOR, f, replace(options, calculus=replace(k, D=k.native)))
    if (by_R is None) == (by_D is None):
        return "" if by_R is None else "; both its R and its D disagree with the function itself"
    return (
        "; its R is wrong: its D agrees with the function"
        if by_D is None
        else "; its D is wrong: its R agrees with the function"
    )


def _alone(law: Law, lab: Label, options: Options) -> bool:
    options = replace(options, sample=None)
    try:
        return _violation(law, Atom(lab), options) is not None
    except CatdiffError:
        return False


def pasted(law: Law, f: Morphism, decision: Decision, options: Options) -> str:
    """What to paste to see the violation again."""
    source = repr(f)
    lines = ["import catdiff as cd"]
    if strange := [lab.name for lab in generators_of(f) if lab.row.foreign]:
        lines[0] += f"  # and what registers the generator {', '.join(dict.fromkeys(strange))}"
    lines.append(f"f = {source}" if not source.startswith("<") else f"f = …  # {source}")
    told = {"laws": repr(law.name), "equals": "…" if law.fixed else ""}
    told["procedures"] = repr(decision.procedure) if law.measure is None else ""
    told["points"] = repr(options.points) if options.points != Options.points else ""
    told["sample"] = "…" if options.sample is not None else ""
    told["rig"] = "…" if options.rig is not None else ""
    told["calculus"] = "…" if options.calculus != Calculus() else ""
    said = ", ".join(f"{name}={value}" for name, value in told.items() if value)
    lines.append(f"cd.laws.check(f, {said}, seed={options.seed})")
    return "\n".join(lines)
