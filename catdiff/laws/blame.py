"""From a violated law to the box that is to blame.

A law that fails for a large program says little. So the program is made small: each generator in it is tried by
itself, then sub-nets (see `shrink`). What is left is what the report shows, with the point where it fails; to blame is
the generator that fails by itself, in the program or in its derivatives, or else the way they are put together.
"""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from ..category.label import Label
from ..category.morphism import Atom, Morphism
from ..errors import CatdiffError
from .decide import Options, decided
from .decision import Decision
from .duality import LAWS as DUALITY
from .law import Law
from .procedures import PROCEDURES
from .report import Counterexample
from .shrink import smallest
from .subject import smooth_parts

ADJOINT = next(law for law in DUALITY if law.name == "ADJ.1")
SECONDS = 20.0  # for making a program small
POINTS = 20  # at which a smaller program is tried


def explained(law: Law, f: Morphism, decision: Decision, options: Options) -> Counterexample:
    """The counterexample of a violated law: the smallest program that violates it, and whom to blame."""
    asked = (decision.procedure,) if decision.procedure in PROCEDURES else ("float",)
    quick = replace(options, procedures=asked, points=min(options.points, POINTS), budget=min(options.budget, 2.0))
    small, last = f, decision

    def fails(g: Morphism) -> bool:
        return _violation(law, g, quick) is not None

    if law.measure is None or decision.args is not None:
        small = smallest(f, fails, monotonic() + SECONDS)
        last = _violation(law, small, quick) or decision
    return Counterexample(
        law.name,
        law.statement,
        small,
        last.args or (),
        last.left or (),
        last.right or (),
        blamed(law, small, quick),
        options.seed,
        pasted(law, small, last, options),
        "",
    )


def _violation(law: Law, g: Morphism, options: Options) -> Decision | None:
    """The decision that g violates the law, if one does."""
    for part in [g] if law.order == 0 else smooth_parts(g, options.seed):
        for decision in decided(law, part, options):
            if decision.violated:
                return decision
    return None


def blamed(law: Law, f: Morphism, options: Options) -> str:
    """The first generator that breaks the law, or adjointness, by itself: of f, or of what its derivatives are made of;
    where none does, the way they are put together.
    """
    seen: set[Label] = set()
    level = f
    for depth in range(law.order + 1):
        for lab in level.flatten().net.labels:
            if lab in seen or lab.row.locally_constant:
                continue
            seen.add(lab)
            where = "" if depth == 0 else f", which occurs in {'R∘' * (depth - 1)}R[f]"
            for tried in dict.fromkeys((ADJOINT, law)):
                if _alone(tried, lab, options):
                    return f"{lab.title} : {lab.dom} → {lab.cod}{where}"
        try:
            level = options.calculus.R(level)
        except CatdiffError:
            break
    return "how the boxes are put together: each of them by itself is right"


def _alone(law: Law, lab: Label, options: Options) -> bool:
    try:
        return _violation(law, Atom(lab), options) is not None
    except CatdiffError:
        return False


def pasted(law: Law, f: Morphism, decision: Decision, options: Options) -> str:
    """What to paste to see the violation again."""
    source = repr(f)
    lines = ["import catdiff as cd"]
    lines.append(f"f = {source}" if not source.startswith("<") else f"f = …  # {source}")
    how = f", procedures={decision.procedure!r}" if law.measure is None else ""
    lines.append(f"cd.laws.check(f, laws={law.name!r}{how}, seed={options.seed})")
    return "\n".join(lines)
