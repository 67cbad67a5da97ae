"""Floats as a rig: every row means what NumPy computes, in float64 whatever the wires are.

What else is made of numbers (duals, polynomials) has them as coefficients. Its arithmetic rounds, so sums and products
do not associate and products do not distribute, which its column `rounds` says.

>>> from catdiff.interpret.over import evaluate
>>> import catdiff as cd
>>> evaluate(cd.exp(cd.f32()), [0], REALS)
[array(1.)]
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ..category.label import Label, label
from ..category.objects import Object, Sort
from ..generators.rig import FLOATS, Rig
from .numpy import kernel


def at_doubles(lab: Label) -> Label:
    """The label with float64 on every wire that is not discrete. Raises what its type rule raises."""
    return label(
        lab.row, Object(s if s.dtype.kind == "discrete" else Sort("f64", s.shape) for s in lab.dom.wires), lab.attrs
    )


def number(v: Any) -> float:
    """A number as the float next to it."""
    if isinstance(v, (int, float, Fraction, np.number, np.bool_)):
        return float(v)
    raise ValueError(f"{v!r} is no real number")


def _reciprocal(x: Any) -> float:
    return 1.0 / float(x)  # ZeroDivisionError, where NumPy has a warning


def _computed(k: Rig, lab: Label) -> Any:
    return kernel(at_doubles(lab))


REALS = Rig(
    name="float64",
    carrier=FLOATS.carrier,
    entry=number,
    add=FLOATS.add,
    mul=FLOATS.mul,
    neg=FLOATS.neg,
    recip=_reciprocal,
    derived=_computed,
    rounds=frozenset({"x + (y + z) = (x + y) + z", "x (y z) = (x y) z", "x (y + z) = x y + x z", "the inverse is one"}),
    sample=lambda rng: float(rng.normal()),
)
