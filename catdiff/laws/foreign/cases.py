"""A rule beside the slopes of its function, at one point.

A `Case` holds ⟨vjp(x, ȳ), d⟩ and the slope of ⟨ȳ, f⟩ along d for some cotangents ȳ and directions d, and how
far apart they may lie: what is not known of the slope (measured), and what vjp loses by rounding (measured too, but not
more than the problem itself excuses: a rule that throws away digits the function has is not excused by its own noise).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .conduct import Callee, Misconduct, Undefined
from .frames import Direction, Frames
from .oracles import JUMP, KINK, SINGLE, SMOOTH, UNDEFINED, Line, Slope, noise, slope, slopes
from .spaces import Arrays, Space, doubled

SAFE = 4.0  # slopes are trusted to so many of their own error bars
DIGITS = 1e4  # a rule may lose so much more than the problem's own condition: four digits of sixteen;
# so many roundings of an ordinary slope are nothing beside it: 1 + tanh(x) is flat where it is rounded
FEW_DIGITS = 128.0  # the same in single precision, where four digits would be half of them
CONFIRMED = 6  # points at which the rule is wrong beyond doubt, after which no more doubt is spent on it
CLOSER = 256  # of them where a mistake is explained
GLANCE = 6  # directions and cotangents, a third of them mixtures, of a brief look
LARGE = 50_000  # entries of a Jacobian of which only a part is looked at per point
STEEP = 1e8  # times as steep as its own height over an ordinary step, a function is not resolved
ALIKE = 1e-3  # of its height: how near a function in single precision is to itself in double
LOOSE = 0.05  # a slope with a larger relative error bar says nothing


@dataclass(eq=False)
class Case:
    """What was seen at the point `x`. Matrices have a row per cotangent and a column per direction."""

    x: Arrays
    said: str  # what is special about the point, empty for an ordinary one
    strict: bool  # whether the rule has to give numbers here: at ordinary points and next to them
    y: Arrays
    cotangents: np.ndarray
    directions: list[Direction]
    answers: np.ndarray  # vjp's, a row per cotangent
    slopes: list[Slope]
    left: np.ndarray = field(init=False)
    right: np.ndarray = field(init=False)
    error: np.ndarray = field(init=False)
    smooth: np.ndarray = field(init=False)
    slack: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.left = along_directions(self.answers, self.directions)
        kinds, value, error = np.zeros((3, self.cotangents.shape[1], len(self.slopes)))
        for k, s in enumerate(self.slopes):
            kinds[:, k], value[:, k], error[:, k] = s.kind, s.value, s.error
        value, error = np.where(kinds == SMOOTH, value, 0.0), np.where(kinds == SMOOTH, error, 0.0)
        weights = np.abs(self.cotangents)
        self.right, self.error = self.cotangents @ value, weights @ error
        self.smooth = ((weights > 0).astype(float) @ (kinds != SMOOTH).astype(float)) == 0
        height = max((float(np.abs(a).max(initial=0.0)) for a in self.y if a.dtype.kind in "fc"), default=0.0)
        size = np.abs(self.right).max(initial=0.0)
        steps = height / np.array([d.scale for d in self.directions] or [1.0])
        ordinary = np.maximum(np.minimum(size, STEEP * steps), steps) if height else size
        self.smooth &= self.error <= LOOSE * ordinary
        self.slack = np.zeros_like(self.left)

    @property
    def tolerance(self) -> np.ndarray:
        """How far left and right may lie apart."""
        return SAFE * self.error + self.slack

    @property
    def off(self) -> np.ndarray:
        """Where they lie farther apart, or the rule gives no number though there is a slope."""
        with np.errstate(invalid="ignore"):
            return self.smooth & ~(np.abs(self.left - self.right) <= self.tolerance)

    @property
    def wrong(self) -> np.ndarray:
        """Where the rule is wrong: off, and if it gives no number, at a point where it has to. It need not where much
        is special at once, at the edge of the domain, nor for an entry along which an output has a kink.
        """
        kinds = np.array([s.kind for s in self.slopes]).reshape(len(self.slopes), self.cotangents.shape[1])
        edge = bool((kinds == UNDEFINED).any())
        excused = np.full(len(self.slopes), edge or not self.strict) | (kinds != SMOOTH).any(axis=1)
        off = self.off & (np.isfinite(self.left) | ~excused)
        if self.said:  # where an output has a kink or a jump along one direction, it has no derivative along others
            off[(np.abs(self.cotangents) > 0).astype(float) @ self.broken((kinds != SMOOTH).any(axis=0)) > 0] = False
        return off

    def broken(self, entries: np.ndarray) -> np.ndarray:
        """These entries of the output, and those of an array of which one jumps: eigenvectors change sign together."""
        sizes = [a.size for a in self.y if a.dtype.kind in "fc"]
        jumps = np.max([s.kind for s in self.slopes], axis=0, initial=SMOOTH) == JUMP
        if sum(sizes) != entries.size:  # complex entries count twice
            return entries
        parts = np.split(np.arange(entries.size), np.cumsum(sizes)[:-1])
        out = entries.copy()
        for part in parts:
            out[part] |= jumps[part].any()
        return out

    @property
    def judged(self) -> int:
        """How many pairs say something."""
        return int(self.smooth.sum())


def along_directions(answers: np.ndarray, directions: Sequence[Direction]) -> np.ndarray:
    """⟨answer, d⟩ for each answer and direction; NaN where the answer has none of the entries that d moves."""
    frame = np.array([d.vector for d in directions]).reshape(len(directions), answers.shape[1])
    good = np.isfinite(answers)
    with np.errstate(all="ignore"):
        out = np.where(good, answers, 0.0) @ frame.T
    lost = (~good).astype(float) @ (frame != 0).astype(float).T
    out[lost > 0] = np.nan
    return out


class Bench:
    """A rule to be checked: its callables, its two spaces, and the ways of looking at them at a point."""

    def __init__(self, forward: Callee, vjp: Callee, inputs: Space, outputs: Space, rng: np.random.Generator) -> None:
        self.forward, self.vjp, self.inputs, self.outputs, self.rng = forward, vjp, inputs, outputs, rng
        self.unit = max(inputs.unit, outputs.unit)
        self.digits = DIGITS if self.unit < SINGLE else FEW_DIGITS
        self.measured, self.fine = (forward, inputs, outputs), self.unit  # what slopes are measured of, and its unit
        large = inputs.size * outputs.size > LARGE
        self.most = 16 if large else 40  # directions and cotangents per point
        self.noises: list[np.ndarray] = []  # of f, per output, wherever it was measured
        self.heights: list[np.ndarray] = []  # of the largest slope of each output at each point
        self.confirmed = 0  # points at which the rule was found wrong on three ladders

    def line(self, x: Arrays, direction: np.ndarray) -> Line:
        """t ↦ f(x + t·d), with the step that rounding lets be made."""
        forward, inputs, outputs = self.measured
        start, squared = inputs.flat(x), float(direction @ direction) or 1.0

        def line(t: float) -> tuple[float, np.ndarray]:
            moved = inputs.at(start + t * direction, x)
            step = float((inputs.flat(moved) - start) @ direction) / squared
            try:
                return step, outputs.flat(forward(moved))
            except Undefined:
                return step, np.full(outputs.size, np.nan)

        return line

    def widen(self, forward: Callable[..., Any], points: Sequence[Arrays]) -> None:
        """Measure slopes in double precision, where forward takes and gives that and says the same to seven digits."""
        dom, cod = (doubled(space.object) for space in (self.inputs, self.outputs))
        wide = Callee("forward", forward, dom, cod, self.forward.watch)
        inputs, outputs = Space(dom, self.inputs.live), Space(cod)
        try:
            for x in points:
                finer, here = (
                    outputs.flat(wide([np.asarray(a, s.dtype.carrier) for a, s in zip(x, dom.wires, strict=True)])),
                    self.outputs.flat(self.forward(x)),
                )
                if np.abs(finer - here).max(initial=0.0) > ALIKE * np.abs(here).max(initial=0.0):
                    return
        except (Misconduct, Undefined):
            return
        self.measured, self.fine = (wide, inputs, outputs), max(inputs.unit, outputs.unit)

    def answer(self, x: Arrays, cotangent: np.ndarray) -> np.ndarray:
        """vjp(x, ȳ) as a vector. Raises `Undefined` where it refuses."""
        return self.inputs.flat(self.vjp([*x, *self.outputs.at(cotangent, self.outputs.zeros())]))

    def attempt(self, x: Arrays, cotangent: np.ndarray) -> np.ndarray:
        """The same, but NaN where it refuses: at a cotangent that nobody gave it."""
        try:
            return self.answer(x, cotangent)
        except Undefined:
            return np.full(self.inputs.size, np.nan)

    def rough(self, x: Arrays, directions: Sequence[Direction]) -> np.ndarray:
        """The noise of f around x, per output, along a mixture of the directions; it is kept."""
        mixed = np.zeros(self.inputs.size)
        for d in directions:
            mixed = mixed + d.scale * self.rng.choice([-1.0, 1.0]) * self.rng.uniform(0.5, 1.0) * d.vector
        found = noise(self.line(x, mixed), 1.0, self.fine, np.median(self.noises or [0.0], axis=0))
        self.noises.append(found)
        return found

    def cotangents(self, most: int) -> np.ndarray:
        """The basis where it is small, else a part of it and mixtures, as rows."""
        n = self.outputs.size
        if n <= most:
            return np.eye(n)
        mixed = min(4, most // 3)
        chosen = self.rng.choice(n, most - mixed, replace=False)
        return np.concatenate([np.eye(n)[chosen], self.rng.normal(size=(mixed, n))])

    def case(self, x: Arrays, frames: Frames, said: str = "", strict: bool = True, brief: bool = False) -> Case:
        """What the rule and the slopes say at x. Raises `Undefined` where one of the callables gives nothing.

        - `brief`: by a few entries and mixtures of all, and by the rest only where those show something.
        """
        y = self.forward(x)
        if brief:
            case, rough = self._measured(x, y, frames, said, strict, GLANCE)
            plain = all((s.kind == SMOOTH).all() for s in case.slopes) and not case.off.any()
            if plain or self.confirmed >= CONFIRMED:
                return case
            self.heights.pop()
        case, rough = self._measured(x, y, frames, said, strict, self.most)
        if self.confirmed < CONFIRMED and case.off.any():
            self._bend(case, rough)
            self._excuse(case, rough)
            columns = np.flatnonzero(case.off.any(axis=0))
            if len(columns):
                self._confirm(case, rough, columns[:: max(1, len(columns) // 6)])
                if not case.off[:, columns[:: max(1, len(columns) // 6)]].any():
                    self._confirm(case, rough, columns)
                self.confirmed += bool(case.off.any())
        return case

    def closer(self, case: Case, frames: Frames) -> Case:
        """The same point by every entry, for who wants to know what is wrong and not only whether."""
        kept, self.confirmed = self.confirmed, CONFIRMED
        try:
            return self._measured(case.x, case.y, frames, case.said, case.strict, CLOSER)[0]
        finally:
            self.confirmed = kept

    def _measured(
        self, x: Arrays, y: Arrays, frames: Frames, said: str, strict: bool, most: int
    ) -> tuple[Case, np.ndarray]:
        """Answers and slopes for so many cotangents and directions at most, and the noise there."""
        cotangents = self.cotangents(most)
        answers = np.array([self.answer(x, c) for c in cotangents]).reshape(len(cotangents), self.inputs.size)
        directions = frames.directions(self.inputs.flat(x), self.rng, most)
        rough = self.rough(x, directions)
        case = Case(x, said, strict, y, cotangents, directions, answers, self.slopes(x, directions, rough))
        none = np.zeros(self.outputs.size)
        self.heights.append(np.max([none, *(np.abs(s.value) for s in case.slopes)], axis=0))
        ordinary = np.abs(cotangents) @ np.quantile(self.heights, 0.75, axis=0)
        case.slack += self.digits * self.unit * ordinary[:, None]
        if self.confirmed >= CONFIRMED:
            case.slack += self.digits * self.unit * np.nan_to_num(np.abs(answers)).max(initial=0.0)
        return case, rough

    def slopes(self, x: Arrays, directions: Sequence[Direction], rough: np.ndarray, top: float = 1.0) -> list[Slope]:
        """The slopes of f at x along the directions."""
        lines = [self.line(x, d.vector) for d in directions]
        return slopes(lines, rough, [d.scale for d in directions], top, self.fine)

    def _bend(self, case: Case, rough: np.ndarray) -> None:
        """Partial slopes may exist where there is no derivative (sort where all entries are equal): they do not add."""
        directions = case.directions
        for _ in range(2):
            weights = self.rng.normal(size=len(directions)) * np.array([d.scale for d in directions])
            mixed = sum((w * d.vector for w, d in zip(weights, directions, strict=True)), np.zeros(self.inputs.size))
            along = slope(self.line(case.x, mixed), rough, 1.0, unit=self.fine)
            smooth = np.array([s.kind == SMOOTH for s in case.slopes]).all(axis=0)
            parts = weights @ np.array([s.value for s in case.slopes])
            error = np.abs(weights) @ np.array([s.error for s in case.slopes]) + along.error
            with np.errstate(invalid="ignore"):
                bent = smooth & (
                    (along.kind == KINK) | ((along.kind == SMOOTH) & (np.abs(parts - along.value) > SAFE * error))
                )
            for s in case.slopes:
                s.kind[bent] = KINK
            case.smooth[(np.abs(case.cotangents)[:, bent] > 0).any(axis=1)] = False

    def _excuse(self, case: Case, rough: np.ndarray) -> None:
        """What vjp loses by rounding, and how much of it the problem excuses."""
        x, start = case.x, self.inputs.flat(case.x)
        scales = self.inputs.scales(start)
        size = np.abs(self.outputs.flat(case.y))
        with np.errstate(all="ignore"):
            shares = rough / np.where(size > 0, size, np.inf)
        backward = max(self.unit, float(np.max(shares[np.isfinite(shares)], initial=0.0)))
        rows = np.flatnonzero(case.off.any(axis=1))[:6]
        worst = 0.0
        for row in rows:
            mixed = scales * self.rng.choice([-1.0, 1.0], scales.size)

            def line(t: float, mixed: np.ndarray = mixed, row: int = int(row)) -> tuple[float, np.ndarray]:
                try:
                    return t, self.answer(self.inputs.at(start + t * mixed, x), case.cotangents[row])
                except Undefined:
                    return t, np.full(self.inputs.size, np.nan)

            lost = noise(line, 1.0, self.unit)
            with np.errstate(all="ignore"):
                lost = np.maximum(lost, self.unit * np.max(np.abs(case.answers[row]) * scales) / scales)
                moved = np.abs(line(2.0**-16)[1] - case.answers[row]) * 2.0**16
                excused = self.digits * backward * (np.abs(case.answers[row]).max() + np.nan_to_num(moved))
                allowed = np.minimum(10.0 * lost, excused)
            allowed = np.where(np.isfinite(allowed), allowed, 0.0)
            for k, d in enumerate(case.directions):
                case.slack[row, k] = max(case.slack[row, k], float(np.abs(d.vector) @ allowed))
            worst = max(worst, float(allowed.max(initial=0.0)))
        others = np.setdiff1d(np.flatnonzero(case.off.any(axis=1)), rows)
        case.slack[others] = np.maximum(case.slack[others], worst)

    def _confirm(self, case: Case, rough: np.ndarray, columns: np.ndarray) -> None:
        """Nothing is said to be wrong on one ladder: two more, elsewhere, have to say so too."""
        rough = np.max([rough, *(self.rough(case.x, case.directions) for _ in range(2))], axis=0)
        again = [self.slopes(case.x, [case.directions[k] for k in columns], rough, top) for top in (0.71, 0.37)]
        weights = np.abs(case.cotangents)
        for place, k in enumerate(columns):
            pair = [ladder[place] for ladder in again]
            kinds = np.max([s.kind for s in pair], axis=0)
            value = np.array([np.where(kinds == SMOOTH, s.value, 0.0) for s in pair])
            bad = ((weights > 0).astype(float) @ (kinds != SMOOTH).astype(float)) > 0
            apart = np.abs(value @ case.cotangents.T - case.right[:, k]).max(axis=0)
            wider = np.max([weights @ np.where(kinds == SMOOTH, s.error, 0.0) for s in pair], axis=0)
            case.error[:, k] = np.maximum(np.maximum(case.error[:, k], wider), apart)
            case.smooth[:, k] &= ~bad
