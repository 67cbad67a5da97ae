"""Laws of rows: that what the columns of the table say of a generator is what it does.

Derivatives are two columns of a row. The others are believed as well: `f.map(n)` by `batch`, simplification by `zeros`
and `commutative`; and see `accounts`. These laws are asked of each generator alone that f is made of, and of those that
its derivatives are made of; they name the column that is wrong.

>>> import catdiff as cd
>>> report = cd.laws.check(cd.sin(cd.f64(2)) >> cd.sum, laws="ROW", points=8)
>>> set(report.strongest().values()) <= {"proved", "tested", "not applicable"}
True
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...category.label import Label
from ...category.morphism import Morphism
from ...category.objects import f64
from ...category.structure import wiring
from ...derivative.gradients import plug, zeros
from ...errors import NoDerivativeError, without_line
from ...generators.boxes import box
from ...generators.elementwise import add, mul, sin
from ...generators.vectorise import by_slices
from ...interpret.numpy import NUMPY
from ...rewrite.bench import commutes
from ...rewrite.strategy import simplify
from ..decision import Decision
from ..foreign.generators import RULES, malformed
from ..law import Calculus, ColumnError, Equation, Laws
from ..names import numbered
from ..random.sampler import KINDS
from ..subject import discrete
from ..trial import Trial

SOURCE = "the table of generators: catdiff.category.label"
LAWS = Laws(SOURCE, structural=True, each=1)
law = LAWS.law
AXIS = 2  # extent of the axis that is mapped over
SAME = "implies R[left] = R[right]"


def with_derivatives(k: Calculus, pairs: Sequence[Equation]) -> list[Equation]:
    """The equations, and those of R of both sides. Nothing is said where a rule raises, which may be written for one
    type only. Raises `ColumnError` where the right side has a derivative and the left has none.
    """
    found = list(pairs)
    for left, right in pairs:
        try:
            known = k.R(right)
        except Exception:
            continue
        try:
            found.append((k.R(left), known))
        except NoDerivativeError as error:
            raise ColumnError(without_line(str(error)).splitlines()[0]) from None
        except Exception:
            continue
    return found


def the(f: Morphism) -> Label:
    """The generator that f is."""
    return f.net.labels[0]


def composite(f: Morphism) -> str | None:
    """Why f has no row."""
    return None if len(f.net) == 1 and not the(f).bodies and len(f.dom) else "f is not a generator with operands"


def evaluated(f: Morphism, x: Sequence[np.ndarray]) -> Sequence[np.ndarray] | None:
    """What f gives at x by its kernel; None where it is undefined."""
    try:
        with np.errstate(all="ignore"):
            made = NUMPY.kernel(the(f))(*x)
    except Exception:  # of a generator from outside, by anything it likes
        return None
    return (made,) if len(f.cod) == 1 else made


def violated(f: Morphism, used: int, said: str, x: Sequence[np.ndarray]) -> Decision:
    """A column that is wrong of f at x."""
    return Decision("points", "violated", used, said, x, names=numbered([("x", len(f.dom))]))


# -- types -----------------------------------------------------------------------------------------------------


@LAWS.measured(
    "ROW.1",
    "types",
    "g : A → B gives arrays on B; its R gives wires of A, its D wires of B",
    where=composite,
    column="type_rule, R or D",
)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    used, moving = 0, not any(len(discrete(A)) == len(A) for A in (f.dom, f.cod))
    if moving and (said := malformed(the(f), RULES)):
        column, why = said
        return Decision("points", "violated", 0, why, column=column)
    for x, _ in trial.inputs(f.dom, KINDS):
        made = evaluated(f, x)
        if made is None:
            continue
        used += 1
        try:
            for port, (y, sort) in enumerate(zip(made, f.cod.wires, strict=True)):
                NUMPY.checked(y, sort, port)
        except (TypeError, ValueError) as error:
            return replace(violated(f, used, str(error), x), column="type_rule")
    return Decision("points", "tested" if used else "undecided", used, "" if used else "undefined at every point tried")


# -- another axis ----------------------------------------------------------------------------------------------


def masks(n: int) -> list[tuple[bool, ...]]:
    """Which of n operands have the axis: all of them, or one alone."""
    every = (True,) * n
    return list(dict.fromkeys([every, *[tuple([i == j for j in range(n)]) for i in range(n)]]))


def _sine() -> Morphism:
    return sin(f64())


@law("ROW.2", "another axis", f"g.map(n) = g slice by slice {SAME}", column="batch", where=composite, example=_sine)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    return with_derivatives(k, [(mapped(f, mask), _sliced(f, mask)) for mask in masks(len(f.dom))])


def mapped(f: Morphism, mask: Sequence[bool]) -> Morphism:
    """f over one more axis of the operands that the mask names, as its row says."""
    return f.map(AXIS, shared=[i for i, m in enumerate(mask) if not m])


def _sliced(f: Morphism, mask: tuple[bool, ...]) -> Morphism:
    return box(by_slices(f, mask, AXIS), f"{the(f).title} by slices")


# -- zeros and order -------------------------------------------------------------------------------------------


def _product() -> Morphism:
    return mul(f64(), f64())


@law(
    "ROW.3",
    "symbolic zeros",
    "simplify(ι ; g) = ι ; g, where ι puts 0 for one operand, or for all",
    column="zeros",
    where=composite,
    example=_product,
)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    moving = [i for i, s in enumerate(f.dom.wires) if s.dtype.kind != "discrete"]
    plugged = [plug(f, zeros(f.dom, wires)) for wires in (*([i] for i in moving), moving)]
    return [(simplify(g), g) for g in plugged]


def fixed_order(f: Morphism) -> str | None:
    """Why operands may not come in any order."""
    return composite(f) or (None if commutes(the(f)) else "the row does not say that it commutes")


def _sum() -> Morphism:
    return add(f64(), f64())


@law(
    "ROW.4",
    "operands in any order",
    f"σ ; g = g {SAME}, where the row says that g commutes",
    column="commutative",
    where=fixed_order,
    example=_sum,
)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    n = len(f.dom)
    turned = [[*range(i), i + 1, i, *range(i + 2, n)] for i in range(n - 1)]
    return with_derivatives(k, [(wiring(f.dom, order) >> f, f) for order in turned])
