"""How the generators from outside in a program behave: before laws are asked of it, whether they are functions at all.

>>> import catdiff as cd, numpy as np
>>> noisy = cd.generator("doctest noisy", forward=lambda x: x + np.random.rand(), R=lambda x, ȳ: ȳ, D=lambda x, ẋ: ẋ)
>>> print(misbehaviour(cd.sin(cd.f64()) >> noisy))
doctest noisy is not a function of its arguments: two calls with the same ones differ; it draws from a global ...
>>> misbehaviour(cd.sin(cd.f64()) >> cd.exp)
''
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...category.label import Label
from ...category.morphism import Atom, Morphism
from ...derivative.rules import forward_rule, reverse_rule
from ...errors import NoDerivativeError, without_line
from ...interpret.cost import cost
from ...interpret.numpy import kernel
from ..random.sampler import KINDS, point
from ..subject import generators_of
from .conduct import Callee, Misconduct, Undefined, steady
from .deadline import Late, OutOfTime, Watch

RULES = {"R": reverse_rule, "D": forward_rule}
COLUMNS = {
    **RULES,
    "batch": lambda lab: Atom(lab).map(2),
    "flops": lambda lab: cost(Atom(lab)),
}  # what builds or counts
SECONDS, CALL = 30.0, 5.0  # for all generators of a program; for one call


def misbehaviour(f: Morphism, seed: int = 0, everywhere: bool = True) -> str:
    """What is to be said of a generator from outside that is no function of its type, or whose rules and other columns
    raise, or build nothing of theirs; nothing where all are in order. That one is undefined at every point tried is
    said where f is to be defined `everywhere`.
    """
    watch = Watch(SECONDS, CALL)
    foreign = [lab for lab in generators_of(f) if lab.row.foreign and not lab.row.interior]
    if not foreign:
        return ""
    try:
        watch.run(lambda: [_tried(lab, watch, seed, everywhere) for lab in foreign])
    except Misconduct as error:
        return str(error)
    except Late as late:
        return f"{watch.name} does not return: {late}"
    except OutOfTime:
        pass  # slow, and as far as was looked a function
    return next((said[1] for lab in foreign if (said := malformed(lab, COLUMNS))), "")


def malformed(lab: Label, columns: Mapping[str, Callable[[Label], Any]]) -> tuple[str, str] | None:
    """The first of these columns that raises or builds what has another type, and what is wrong with it."""
    for key, built in columns.items():
        if getattr(lab.row, key) is None and not (key in RULES and lab.row.dagger is not None):
            continue
        try:
            built(lab)
        except NoDerivativeError as error:
            return key, without_line(str(error)).splitlines()[0]
        except Exception as error:
            return key, f"{key} of the generator {lab.row.name} raises {type(error).__name__}: {error}"
    return None


def _tried(lab: Label, watch: Watch, seed: int, everywhere: bool) -> None:
    callee, rng, undefined = Callee(lab.title, kernel(lab), lab.dom, lab.cod, watch), np.random.default_rng(seed), ""
    points = [point(lab.dom, rng, kind) for kind in KINDS]
    for i, x in enumerate(points):
        try:
            callee(x)
        except Undefined as error:
            undefined = str(error)
            continue
        steady(callee, x, points[i + 1 :])
        return
    if everywhere:
        raise Misconduct(lab.title, "undefined", f"at every point tried {undefined}")
