"""Slopes from values, with an error bar that was measured.

`slope(line, …)` differentiates t ↦ f(x + t·d) at 0 for all outputs of f at once. Central differences are taken on a
ladder of steps, each a quarter of the one before, and extrapolated (Richardson); two neighbours in the table tell how
much is truncated. How much is noise was measured before (`noise`): the high differences of values at points so
near one another that a smooth function is a line there. The entry with the least sum of the two is the answer, the sum
its error.
One-sided differences whose gap does not shrink with the step are a kink; where it grows, a jump.

>>> import numpy as np
>>> line = along(np.exp, 0.5)
>>> found = slope(line, noise(line, 1.0, 2.0**-53), 1.0)
>>> bool(abs(found.value[0] - np.exp(0.5)) <= found.error[0] < 1e-11)
True
>>> [str(KINDS[slope(along(f, 0.0), np.array([1e-16]), 1.0).kind[0]]) for f in (np.abs, np.sign, np.square, np.log)]
['kink', 'jump', 'smooth', 'undefined']

Source: Ridders, Adv. Eng. Software 4 (1982) 75; Moré and Wild, Estimating computational noise, SIAM J. Sci. Comput. 33
(2011) 1292.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

SMOOTH, KINK, JUMP, UNDEFINED = range(4)
KINDS = ("smooth", "kink", "jump", "undefined")
TOP, STAGES = 3, (6, 12, 20)  # steps are 2^-3, 2^-5, …; so many, more only where these do not settle it
COARSE, FEW = 1, (4, 6, 8)  # the same where values have seven digits: finer steps would show noise
SINGLE = 2.0**-30  # units in the last place that are larger are those of float32
GRIDS = 2.0**-40, 2.0**-21, 2.0**-14  # spacings at which noise is looked for
COARSE_GRIDS = 2.0**-19, 2.0**-14, 2.0**-11
COLUMNS = 4  # of the extrapolation table
SURE = 2.0**-27  # relative error of a slope at which no more steps are tried

Line = Callable[[float], tuple[float, np.ndarray]]  # t -> (the step really made, the values there; NaN: undefined)


def along(f: Callable[[float], float], x: float) -> Line:
    """The line through x of a function of one number."""

    def line(t: float) -> tuple[float, np.ndarray]:
        with np.errstate(all="ignore"):
            return (x + t) - x, np.atleast_1d(np.asarray(f(x + t), float))

    return line


@dataclass(frozen=True)
class Slope:
    """Per output: the slope, its error, what kind of point this is (an index of `KINDS`), the one-sided slopes."""

    value: np.ndarray
    error: np.ndarray
    kind: np.ndarray
    left: np.ndarray
    right: np.ndarray


def noise(line: Line, scale: float, unit: float, elsewhere: np.ndarray | float = 0.0) -> np.ndarray:
    """How much values nearby differ for no reason: the standard deviation of the rounding in f, per output.

    Measured on a grid so fine that a smooth function is a polynomial on it, and no less than half a unit in the last
    place. A function that rounds coarsely within (to single precision, say, or by a cancellation) is constant on that
    grid, or varies in another way than it does on grids less fine: then the noise of those counts. Where it does not
    move on any grid, it is what it is `elsewhere`.
    """
    fine, *coarser = GRIDS if unit < SINGLE else COARSE_GRIDS
    middle = 4 * coarser[-1]  # so that what is special about the point itself is at the end of the widest grid
    near, *farther = (
        np.stack([line(scale * (middle + spacing * (k - 4)))[1] for k in range(9)]) for spacing in (fine, *coarser)
    )
    floor = unit * np.nan_to_num(np.abs(near[0]))
    with np.errstate(all="ignore"):
        found, still = _spread(near), near.min(axis=0) == near.max(axis=0)
        for spacing, far in zip(coarser, farther, strict=True):
            rise, told = near[-1] - near[0], (far[-1] - far[0]) * fine / spacing
            stairs = np.abs(rise - told) > 0.9 * np.maximum(np.abs(rise), np.abs(told)) + 4 * floor
            found = np.where(stairs, np.maximum(found, _spread(far)), found)
            still &= far.min(axis=0) == far.max(axis=0)
        found = np.where(still, np.maximum(found, elsewhere), found)
    return np.where(np.isfinite(found), np.maximum(found, floor), np.inf)


def _spread(values: np.ndarray) -> np.ndarray:
    """The standard deviation of what no polynomial of low degree explains of values on a grid."""
    best = np.full(values.shape[1:], np.inf)
    with np.errstate(all="ignore"):
        size = np.abs(values).max(axis=0)
        size = np.where(size > 0, size, 1.0)  # the square of 1e200 is no number
        for order in (5, 6, 7):
            table = np.diff(values / size, n=order, axis=0)
            best = np.minimum(best, size * np.sqrt(np.mean(table**2, axis=0) / comb(2 * order, order)))
    return best


def slope(line: Line, noisy: np.ndarray, scale: float, top: float = 1.0, unit: float = 2.0**-53) -> Slope:
    """The slope of `line` at 0; `scale` is an ordinary step, `top` shifts the ladder (another one, to confirm by)."""
    return slopes([line], noisy, [scale], top, unit)[0]


def slopes(
    lines: Sequence[Line], noisy: np.ndarray, scales: Sequence[float], top: float = 1.0, unit: float = 2.0**-53
) -> list[Slope]:
    """The slopes of several lines through one point, read together: a ladder is longer only where it has to be."""
    ladders = [_Ladder(line, top * scale) for line, scale in zip(lines, scales, strict=True)]
    found: dict[int, Slope] = {}
    for stage in FEW if unit > SINGLE else STAGES:
        rest = [k for k in range(len(ladders)) if k not in found or not ladders[k].settled(found[k], noisy)]
        if not rest:
            break
        for k in rest:
            ladders[k].climb(stage, unit)
        up, down, forward, backward = (
            np.concatenate(part, axis=1) for part in zip(*(ladders[k].rows() for k in rest), strict=True)
        )
        read = _read(up, down, forward, backward, np.tile(noisy, len(rest)), unit)
        found |= dict(zip(rest, _apart(read, len(rest)), strict=True))
    return [found[k] for k in range(len(ladders))]


class _Ladder:
    """One-sided differences along a line, at steps each a quarter of the one before."""

    def __init__(self, line: Line, scale: float) -> None:
        self.line, self.scale = line, scale
        self.here = line(0.0)[1]
        self.steps: list[tuple[float, float]] = []
        self.forward: list[np.ndarray] = []
        self.backward: list[np.ndarray] = []

    def settled(self, found: Slope, noisy: np.ndarray) -> bool:
        """Whether nothing is to be gained from more steps."""
        floor = noisy * 2.0**9 / self.scale
        return bool(np.all((found.kind == SMOOTH) & (found.error <= SURE * np.abs(found.value) + floor)))

    def climb(self, stage: int, unit: float) -> None:
        """As many steps as the stage has. Where rounding is coarse the first one is longer."""
        first = COARSE if unit > SINGLE else TOP
        for k in range(len(self.steps), stage):
            h = self.scale * 2.0 ** -(first + 2 * k)
            (up, above), (down, below) = self.line(h), self.line(-h)
            self.steps.append((up, -down))
            with np.errstate(all="ignore"):
                self.forward.append((above - self.here) / up)
                self.backward.append((below - self.here) / down)

    def rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The steps up and down and the differences, a row per step and a column per output."""
        up, down = np.array(self.steps).T[:, :, None] * np.ones(self.here.size)
        return up, down, np.stack(self.forward), np.stack(self.backward)


def _apart(read: Slope, count: int) -> list[Slope]:
    parts = (np.split(a, count) for a in (read.value, read.error, read.kind, read.left, read.right))
    return [Slope(*arrays) for arrays in zip(*parts, strict=True)]


def _read(
    up: np.ndarray, down: np.ndarray, forward: np.ndarray, backward: np.ndarray, noisy: np.ndarray, unit: float
) -> Slope:
    """What differences on ladders of steps say. Each array has one row per step."""
    with np.errstate(all="ignore"):
        share = up / (up + down)
        central = share * forward + (1 - share) * backward
        rough = 4.0 * noisy[None, :] / np.minimum(np.abs(up), np.abs(down))
        rough += 4.0 * unit * (np.abs(forward) + np.abs(backward))  # f is rounded away from x as well
        central[~np.isfinite(central)] = np.nan
        value, error = _extrapolated(central, rough)
        kind, at = _kinds(np.abs(forward - backward), rough)
        pick = np.arange(kind.size)
        left, right = backward[at, pick], forward[at, pick]
        kind = np.where((kind == SMOOTH) & _runs_away(np.abs(central), rough), JUMP, kind)
    kind = np.where(np.isfinite(error), kind, np.where(np.isfinite(left) & np.isfinite(right), kind, UNDEFINED))
    kind = np.where(np.isnan(central).all(axis=0), UNDEFINED, kind)
    return Slope(value, error, kind, left, right)


def _extrapolated(central: np.ndarray, rough: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best entry of the Richardson table per output, with its error."""
    value = np.zeros(central.shape[1])
    error = np.full(central.shape[1], np.inf)
    column = central
    for power in range(1, COLUMNS + 1):
        if len(column) < 2:
            break
        apart = np.abs(np.diff(column, axis=0))
        gain = 1.0 / (16.0**power - 1.0)
        finer = column[1:] + np.diff(column, axis=0) * gain
        # the raw column is judged by its neighbour, an extrapolated one by both entries it was made of
        for estimate, wrong in ((column[1:], apart), (finer, np.maximum(apart * gain, np.abs(finer - column[1:])))):
            if estimate is finer and len(finer) > 1:
                wrong = np.maximum(wrong, np.r_[np.full((1, wrong.shape[1]), np.inf), np.abs(np.diff(finer, axis=0))])
            elif estimate is finer:
                continue
            total = wrong + rough[len(rough) - len(wrong) :] + _denied(estimate, central, rough)
            total = np.where(np.isfinite(total), total, np.inf)
            best = total.argmin(axis=0)
            pick = np.arange(best.size)
            better = total[best, pick] < error
            value = np.where(better, estimate[best, pick], value)
            error = np.where(better, total[best, pick], error)
        column = finer
    return value, error


def _denied(estimate: np.ndarray, central: np.ndarray, rough: np.ndarray) -> np.ndarray:
    """By how much differences on finer steps contradict an estimate, beyond their noise.

    Two coarse steps may agree by accident: on a staircase they do, where the steps are multiples of a stair.
    """
    first = len(central) - len(estimate)
    out = np.zeros_like(estimate)
    for row in range(len(estimate)):
        finer = slice(first + row + 1, None)
        beyond = np.abs(central[finer] - estimate[row]) - rough[finer] - np.abs(np.diff(central, axis=0))[first + row :]
        if len(beyond):
            out[row] = np.maximum(0.0, np.nanmax(np.where(np.isfinite(beyond), beyond, 0.0), axis=0))
    return out


def _runs_away(central: np.ndarray, rough: np.ndarray) -> np.ndarray:
    """Where slopes grow without end as the step shrinks: a jump that lies evenly about the point."""
    loud = central[-3:] > 4 * rough[-3:]
    return loud.all(axis=0) & (central[-1] > 1.5 * central[-2]) & (central[-2] > 1.5 * central[-3])


def _kinds(gap: np.ndarray, rough: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the gaps between one-sided slopes say per output, and the step at which they are best read."""
    count, outputs = gap.shape
    rows, pick = np.arange(count)[:, None], np.arange(outputs)
    seen = np.isfinite(gap) & (gap > 2 * rough)
    last = np.where(seen.any(axis=0), count - 1 - seen[::-1].argmax(axis=0), 0)
    size, coarser = gap[last, pick], gap[np.maximum(last - 1, 0), pick]
    # a finer step would have shown it, and did not: whatever it was lies farther away
    gone = ((rows > last) & (2 * rough < 0.3 * size) & np.isfinite(gap)).any(axis=0)
    told = (last > 0) & ~gone & np.isfinite(coarser)
    grows = size / coarser
    kind = np.where(told & (grows >= 0.6), np.where(grows < 1.5, KINK, JUMP), SMOOTH)
    return kind, np.where(told, last, count - 1)
