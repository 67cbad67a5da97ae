"""Second order, from first: differences of vjp along two directions are one symmetric form.

⟨u, ∂ᵥ vjp(x, ȳ)⟩ = ⟨v, ∂ᵤ vjp(x, ȳ)⟩, since both are the second derivative of ⟨ȳ, f⟩. It asks nothing of forward, so it
also shows a solver that has not converged or a residual rounded coarsely.
"""

from __future__ import annotations

import numpy as np

from .cases import SAFE, Bench, Case
from .conduct import Undefined
from .oracles import SMOOTH, Line, noise, slope


def symmetric_hessian(bench: Bench, case: Case) -> bool | None:
    """Whether it is symmetric at this point, along two random directions; None where differences do not tell."""
    if not case.directions or not bench.outputs.size:
        return None
    cotangent = bench.rng.normal(size=bench.outputs.size)
    start = bench.inputs.flat(case.x)

    def line(direction: np.ndarray) -> Line:
        def at(t: float) -> tuple[float, np.ndarray]:
            try:
                return t, bench.answer(bench.inputs.at(start + t * direction, case.x), cotangent)
            except Undefined:
                return t, np.full(bench.inputs.size, np.nan)

        return at

    u, v = (_mixed(bench, case) for _ in range(2))
    found = []
    for along, other in ((u, v), (v, u)):
        bent = slope(line(along), noise(line(along), 1.0, bench.unit), 1.0)
        if np.any(bent.kind[other != 0] != SMOOTH):
            return None
        found.append((float(other @ bent.value), float(np.abs(other) @ bent.error)))
    (left, wrong), (right, wronger) = found
    size = max(abs(left), abs(right))
    if wrong + wronger > 0.05 * size and size > 0:
        return None
    return abs(left - right) <= SAFE * (wrong + wronger) + 1e3 * bench.unit * size


def _mixed(bench: Bench, case: Case) -> np.ndarray:
    parts = [bench.rng.normal() * d.scale * d.vector for d in case.directions]
    return np.sum(parts, axis=0)
