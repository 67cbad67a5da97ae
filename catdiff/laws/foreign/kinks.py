"""Kinks: where a function has several slopes, a rule may answer with any of them, or a mixture.

Clarke's subdifferential of a scalar function at x is the convex hull of the limits of its gradients at smooth points
near x: [0, 1] for relu at 0, the tied unit vectors for max at a tie. `membership` asks whether an answer lies in it.
Gradients are sampled near x; a separating hyperplane, if there is one, says where to look for more of them, and an
answer is outside only when looking there does not help.

>>> import numpy as np
>>> ties = np.array([[1.0, 0.0], [0.0, 1.0]])
>>> nearest(ties, np.array([0.5, 0.5])).round(6), nearest(ties, np.array([1.0, 1.0])).round(6)
(array([0.5, 0.5]), array([0.5, 0.5]))

Source: Clarke, Optimization and Nonsmooth Analysis (1983), theorem 2.5.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cases import Bench, Case
from .oracles import JUMP, KINK, SINGLE, UNDEFINED

AXES = 8  # inputs so few that each axis is tried by itself
WIDEST = 24  # inputs beyond which no hull is sampled
ROUNDS = 12
ELSEWHERE = 8  # places looked at in each round that no hyperplane points to: an order of many entries is rare
WITHIN = 2e-3  # of the size of the gradients: what differences that close to a kink can tell


@dataclass(frozen=True)
class Membership:
    """What was found of one output at one kink: the rule's answer, the nearest element of Clarke's set."""

    case: Case
    output: int
    answer: np.ndarray
    nearest: np.ndarray
    gradients: np.ndarray
    inside: bool


def kinked(case: Case) -> list[int]:
    """The outputs that have a kink at this point; none where something worse happens to any."""
    if not case.slopes:
        return []
    kinds = np.stack([s.kind for s in case.slopes], axis=1)
    if ((kinds == JUMP) | (kinds == UNDEFINED)).any():
        return []
    return [int(i) for i in np.flatnonzero((kinds == KINK).any(axis=1))]


def nearest(rows: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The point of the convex hull of `rows` nearest to `target`: Wolfe's method, on few rows at a time."""
    shifted = rows - target
    active = [int(np.argmin(np.sum(shifted**2, axis=1)))]
    weights = np.array([1.0])
    size = max(1e-300, float(np.max(np.sum(shifted**2, axis=1))))
    for _ in range(20 * len(rows) + 20):
        x = weights @ shifted[active]
        best = int(np.argmin(shifted @ x))
        if shifted[best] @ x > x @ x - 1e-12 * size or best in active:
            break
        active.append(best)
        weights = np.append(weights, 0.0)
        while True:
            affine = _affine(shifted[active])
            if (affine > 1e-12).all():
                weights = affine
                break
            falling = affine <= 1e-12
            gap = weights[falling] - affine[falling]
            with np.errstate(all="ignore"):
                share = float(np.min(np.where(gap > 0, weights[falling] / gap, 1.0)))
            weights = (1 - share) * weights + share * affine
            keep = weights > 1e-12
            if keep.all():
                keep[int(np.argmin(weights))] = False
            active = [a for a, k in zip(active, keep, strict=True) if k]
            weights = weights[keep] / weights[keep].sum()
            if len(active) == 1:
                break
    return weights @ rows[active]


def _affine(rows: np.ndarray) -> np.ndarray:
    """The weights, of sum 1, of the point of least norm in the affine hull of rows."""
    n = len(rows)
    system = np.zeros((n + 1, n + 1))
    system[:n, :n], system[n, :n], system[:n, n] = rows @ rows.T, 1.0, 1.0
    return np.linalg.lstsq(system, np.r_[np.zeros(n), 1.0], rcond=None)[0][:n]


def membership(bench: Bench, case: Case, output: int) -> Membership | None:
    """Whether vjp's answer for one output is in Clarke's set there; None where that cannot be told."""
    frame = np.array([d.vector for d in case.directions])
    if len(frame) > WIDEST or not len(frame) or any(d.wire is None for d in case.directions):
        return None
    whole = bench.attempt(case.x, bench.outputs.basis(output))
    answer = frame @ np.nan_to_num(whole, nan=np.inf)
    if not np.isfinite(answer).all():
        return None
    # where neither the answer nor a slope is anything, nothing is to be compared
    sides = np.array([(s.left[output], s.right[output]) for s in case.slopes])
    kept = np.flatnonzero((answer != 0) | (sides != 0).any(axis=1))
    answer = answer[kept]
    scales = np.array([d.scale for d in case.directions])
    if _drowned(bench, case, output, float(np.abs(sides * scales[:, None]).max(initial=0.0))):
        return None
    found: list[np.ndarray] = []
    near, rows = answer, np.empty((0, len(kept)))
    wanted = [scales * s for s in _starts(bench.rng, len(scales))]
    for _ in range(ROUNDS):
        found += [g for w in wanted if (g := _gradient(bench, case, output, frame, scales, kept, w)) is not None]
        if not found:
            return None
        rows = np.array(found)
        if not _beside(case, output, rows, kept):
            return None
        size = max(1e-300, float(np.abs(rows).max(initial=0.0)))
        near = nearest(rows, answer)
        apart = answer - near
        if np.abs(apart).max() <= WITHIN * size:
            return Membership(case, output, answer, near, rows, True)
        own, along = scales[kept], np.zeros(len(scales))
        along[kept] = apart / max(1e-300, float(np.abs(apart * own).max())) * own**2
        about = [scales * bench.rng.normal(size=scales.size) for _ in range(ELSEWHERE)]
        wanted = [along + 0.1 * about[0], -along + 0.1 * about[1], along, -along, *about]
    if len(kept) > AXES and not case.strict:  # a hull of many dimensions where much is special: too few gradients
        return None
    return Membership(case, output, answer, near, rows, False)


def _drowned(bench: Bench, case: Case, output: int, change: float) -> bool:
    """Whether noise hides the slopes at the distance at which gradients are taken: `change` over an ordinary step."""
    noisy = float(bench.rough(case.x, case.directions)[output])
    return noisy > WITHIN * change * _distances(bench)[1]


def _distances(bench: Bench) -> tuple[float, float]:
    """How far from a kink gradients are taken, and by what steps."""
    return (2.0**-18, 2.0**-30) if bench.fine < SINGLE else (2.0**-7, 2.0**-10)


def _beside(case: Case, output: int, rows: np.ndarray, kept: np.ndarray) -> bool:
    """Whether the gradients found are those of the kink: its one-sided slopes lie among them. If not, it is a bend too
    narrow for the distance at which they were taken.
    """
    for k, s in enumerate(case.slopes[j] for j in kept):
        if s.kind[output] == KINK:
            low, high, size = rows[:, k].min(), rows[:, k].max(), 0.02 * np.abs(rows[:, k]).max()
            if not (
                low - size <= min(s.left[output], s.right[output])
                and max(s.left[output], s.right[output]) <= high + size
            ):
                return False
    return True


def _starts(rng: np.random.Generator, n: int) -> list[np.ndarray]:
    spread = [rng.normal(size=n) for _ in range(2 * n + 6)]
    axes = [*np.eye(n), *-np.eye(n)] if n <= AXES else []  # where the slopes along the axes are gradients themselves
    return [*spread, np.ones(n), -np.ones(n), *(axis + 1e-3 * rng.normal(size=n) for axis in axes)]


def _gradient(
    bench: Bench,
    case: Case,
    output: int,
    frame: np.ndarray,
    scales: np.ndarray,
    kept: np.ndarray,
    offset: np.ndarray,
) -> np.ndarray | None:
    """The gradient of one output beside x, along the directions that are kept; None where that is a kink too."""
    away, small = _distances(bench)
    inputs = bench.measured[1]
    aside = inputs.at(inputs.flat(case.x) + away * (offset @ frame), case.x)
    frame, scales = frame[kept], scales[kept]
    sides, rounding = np.empty((2, len(frame))), np.empty(len(frame))
    for k, direction in enumerate(frame):
        line, h = bench.line(aside, direction), small * scales[k]
        (zero, here), (up, above), (down, below) = line(0.0), line(h), line(-h)
        with np.errstate(all="ignore"):
            sides[0, k] = (above[output] - here[output]) / (up - zero)
            sides[1, k] = (below[output] - here[output]) / (down - zero)
        rounding[k] = 16 * bench.fine * max(abs(here[output]), abs(above[output])) / h
    if not np.isfinite(sides).all():
        return None
    right, left = sides
    size = float(np.abs(sides * scales).max(initial=0.0)) / scales  # across the gradient its own entry may be nothing
    if np.any(np.abs(right - left) > WITHIN * size + rounding):
        return None
    return 0.5 * (right + left)
