"""Laws that are measured: how the remainder of a Taylor expansion shrinks, and what a gradient may cost.

Source: Griewank and Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, Section 3.3 for the cheap gradient.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.morphism import Atom, Morphism
from ..category.structure import id
from ..interpret.cost import flops
from ..interpret.numpy import NUMPY
from ..interpret.functor import run
from .decision import Decision
from .law import Calculus, Laws
from .maps import inject

LAWS = Laws("Griewank and Walther, Evaluating Derivatives, SIAM 2008")
OMEGA = 4  # what a gradient may cost, in evaluations of the function
STEPS = 2.0 ** -np.arange(4.0, 13.0)  # of the Taylor expansions, halved each time


@LAWS.measured(
    "CHEAP.1",
    "a gradient is cheap",
    "work⟨f, R[f]⟩ ≤ ω · work(f), ω = 4 or what the costliest generator of f takes alone",
    source="Griewank and Walther, Evaluating Derivatives, Section 3.3",
)
def _(k: Calculus, f: Morphism, points: int, seed: int, deadline: float) -> Decision:
    alone = max([_ratio(k, Atom(lab)) for lab in f.flatten().net.labels], default=0.0)
    ratio, allowed = _ratio(k, f), max(float(OMEGA), alone)
    said = f"ratio {ratio:.2f}" + (f", of the costliest generator alone {alone:.2f}" if alone > OMEGA else "")
    return Decision("counted", "proved" if ratio <= allowed else "violated", note=said)


def _ratio(k: Calculus, f: Morphism) -> float:
    """FLOPs and the entries of the interface, of `⟨f, R[f]⟩` over f."""
    return _work(k.vjp(f)) / max(1, _work(f))


def _work(f: Morphism) -> int:
    return flops(f) + sum(s.size for s in (*f.dom.wires, *f.cod.wires))


def not_real(f: Morphism) -> str | None:
    """Why there is no Taylor expansion in f64."""
    other = [s for s in (*f.dom.wires, *f.cod.wires) if s.dtype.name != "f64"]
    return f"f has {other[0].dtype.name} wires" if other else None
