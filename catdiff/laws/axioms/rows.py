"""Laws of rows: that what the columns of the table say of a generator is what it does.

Derivatives are two columns of a row. The others are believed as well: `f.map(n)` by `batch`, simplification by `zeros`
and `commutative`, tolerances by `error`, costs by `flops`. These laws are asked of each generator alone that f is made
of, and of those that its derivatives are made of; they name the column that is wrong.

>>> import catdiff as cd
>>> report = cd.laws.check(cd.sin(cd.f64(2)) >> cd.sum, laws="ROW", points=8)
>>> set(report.strongest().values()) <= {"proved", "tested", "not applicable"}
True
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from ...category.label import Label
from ...category.morphism import Morphism
from ...category.objects import f64
from ...category.structure import wiring
from ...derivative.gradients import plug, zeros
from ...derivative.rules import forward_rule, reverse_rule
from ...errors import CatdiffError, NoDerivativeError, without_line
from ...generators.boxes import box
from ...generators.elementwise import add, mul, sin
from ...generators.vectorise import by_slices
from ...interpret.bounds import Bounded, bounded
from ...interpret.cost import cost
from ...interpret.numpy import NUMPY
from ...rewrite.bench import commutes
from ...rewrite.strategy import simplify
from ..decision import Decision
from ..law import Calculus, Equation, Laws
from ..names import numbered
from ..random.sampler import KINDS
from ..trial import Trial

LAWS = Laws("the table of generators: catdiff.category.label", structural=True, each=1)
law = LAWS.law
AXIS = 2  # extent of the axis that is mapped over
NUDGE = 2.0**-20  # how far operands are off, beside their size, where bounds are tried
SAME = "implies R[left] = R[right]"
SLACK = 1 + 2.0**-9  # for the rounding of a difference that is held against a bound


def with_derivatives(k: Calculus, pairs: Sequence[Equation]) -> list[Equation]:
    """The equations, and those of R of both sides where they have one: a rule may be written for one type only."""
    found = list(pairs)
    for left, right in pairs:
        with suppress(Exception):
            found.append((k.R(left), k.R(right)))
    return found


def the(f: Morphism) -> Label:
    """The generator that f is."""
    return f.net.labels[0]


def composite(f: Morphism) -> str | None:
    """Why f has no row."""
    return None if len(f.net) == 1 and not the(f).bodies and len(f.dom) else "f is not a generator with operands"


def _violated(f: Morphism, used: int, said: str, x: Sequence[np.ndarray]) -> Decision:
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
    lab, used = the(f), 0
    if said := _rules(lab):
        return Decision("points", "violated", 0, said)
    compute = NUMPY.kernel(lab)
    for x, _ in trial.inputs(f.dom, KINDS):
        try:
            with np.errstate(all="ignore"):
                made = compute(*x)
        except Exception:  # undefined there, as other laws say
            continue
        used += 1
        made = (made,) if len(f.cod) == 1 else made
        try:
            for port, (y, sort) in enumerate(zip(made, f.cod.wires, strict=True)):
                NUMPY.checked(y, sort, port)
        except (TypeError, ValueError) as error:
            return _violated(f, used, str(error), x)
    return Decision("points", "tested" if used else "undecided", used, "" if used else "undefined at every point tried")


def _rules(lab: Label) -> str:
    """What is wrong with what a rule of the row builds: nothing where it has none."""
    for key, rule in (("R", reverse_rule), ("D", forward_rule)):
        if getattr(lab.row, key) is None and lab.row.dagger is None:
            continue
        try:
            rule(lab)
        except NoDerivativeError as error:
            return without_line(str(error)).splitlines()[0]
        except Exception as error:
            return f"{key} of the generator {lab.row.name} raises {type(error).__name__}: {error}"
    return ""


# -- another axis ----------------------------------------------------------------------------------------------


def masks(n: int) -> list[tuple[bool, ...]]:
    """Which of n operands have the axis: all of them, or one alone."""
    every = (True,) * n
    return list(dict.fromkeys([every, *[tuple([i == j for j in range(n)]) for i in range(n)]]))


def _sine() -> Morphism:
    return sin(f64())


@law("ROW.2", "another axis", f"g.map(n) = g slice by slice {SAME}", column="batch", where=composite, example=_sine)
def _(k: Calculus, f: Morphism) -> list[Equation]:
    return with_derivatives(k, [(_mapped(f, mask), _sliced(f, mask)) for mask in masks(len(f.dom))])


def _mapped(f: Morphism, mask: Sequence[bool]) -> Morphism:
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


# -- bounds and costs ------------------------------------------------------------------------------------------


def unbounded(f: Morphism) -> str | None:
    """Why there is no bound to hold against anything."""
    if why := composite(f):
        return why
    if the(f).row.error is None:
        return "the row has no bounds: tolerances are empirical"
    floating = any(s.dtype.kind in ("real", "complex") for s in f.cod.wires)
    return None if floating else "nothing is rounded"


@LAWS.measured(
    "ROW.5",
    "bounds of errors",
    "|g(x + e) − g(x)| ≤ error(x, |e|) + error(x + e, 0), and error(x, 0) < |g(x)| somewhere",
    column="error",
    where=unbounded,
)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    used, told, silent = 0, False, 0
    for x, rng in trial.inputs(f.dom, KINDS):
        es = [NUDGE * np.abs(v) * rng.integers(0, 2, v.shape) if v.dtype.kind in "fc" else np.zeros(v.shape) for v in x]
        near = [np.asarray(v + 0.75 * e * rng.uniform(-1, 1, e.shape), v.dtype) for v, e in zip(x, es, strict=True)]
        try:
            with np.errstate(all="ignore"):
                here = bounded(f, [Bounded(v, e) for v, e in zip(x, es, strict=True)])
                there, exact = bounded(f, near), bounded(f, x)
        except CatdiffError:
            continue
        used += 1
        for a, b in zip(here, there, strict=True):
            if _beyond(a, b):
                return _violated(f, used, "an error is larger than its bound", x)
        sizes = [(float(np.max(b.bound)), float(np.max(np.abs(b.value)))) for b in exact if np.size(b.value)]
        finite = [(e, y) for e, y in sizes if np.isfinite(y) and y > 0]
        told, silent = told or any(e < y for e, y in finite), silent + bool(finite)
    if silent and not told:
        return Decision("points", "violated", used, "at every point tried the bound is larger than the value")
    return Decision("points", "tested" if used else "undecided", used, "" if used else "defined at no point tried")


def _beyond(a: Bounded, b: Bounded) -> bool:
    """Whether two values are further from each other than their bounds together allow."""
    if np.asarray(a.value).dtype.kind not in "fc":
        return False
    with np.errstate(all="ignore"):
        apart, allowed = np.abs(a.value - b.value), (a.bound + b.bound) * SLACK
    return bool(np.any((apart > allowed) & np.isfinite(allowed) & np.isfinite(apart)))


def uncounted(f: Morphism) -> str | None:
    """Why there is no count."""
    return composite(f) or (None if the(f).row.flops else "the row does not count its work")


@LAWS.measured(
    "ROW.6",
    "counted work",
    "flops(g.map(n)) = n flops(g), and flops(g) = 0 where g only moves what it reads, and only there",
    column="flops",
    where=uncounted,
)
def _(k: Calculus, f: Morphism, trial: Trial) -> Decision:
    once, mapped = cost(f).flops, cost(_mapped(f, (True,) * len(f.dom))).flops
    if isinstance(once, bool) or not isinstance(once, int) or once < 0:
        return Decision("counted", "violated", 0, f"{once!r} is no count")
    if mapped != AXIS * once:
        return Decision("counted", "violated", 0, f"{once} operations, and {mapped} for {AXIS} times as much")
    if once:
        return Decision("counted", "tested", 1, f"{once} operations")
    return _moves_only(f, trial)


def _moves_only(f: Morphism, trial: Trial) -> Decision:
    """Whether each number that f gives is one that it reads, in as many digits as there are, or a constant."""
    used, first = 0, list[np.ndarray]()
    for x, _ in trial.inputs(f.dom):
        made = NUMPY.kernel(the(f))(*x)
        numbers = [_parts(y) for y in ((made,) if len(f.cod) == 1 else made)]
        first = first or numbers
        for y, constant in zip(numbers, first, strict=True):
            read = {0, *(v for a in x for v in _parts(a).astype(y.dtype).tolist())}
            if not all(v == c or v in read for v, c in zip(y.tolist(), constant.tolist(), strict=True)):
                return _violated(f, used, "it counts nothing and computes something", x)
        used += 1
    return Decision("points", "tested" if used else "undecided", used)


def _parts(x: np.ndarray) -> np.ndarray:
    """The entries, of complex ones both parts."""
    flat = np.ravel(x)
    return np.concatenate([np.real(flat), np.imag(flat)]) if flat.dtype.kind == "c" else flat
