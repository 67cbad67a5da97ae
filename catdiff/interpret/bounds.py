"""Running error bounds as a functor: what NumPy computes, and how far that may be from the value over the reals.

On each wire lies a pair: the array as `numpy` computes it, and a bound on its distance, entry by entry, from what the
program means over the reals at the same arguments (complex values: on the modulus). Each box hands on the bounds of
what it reads and adds its own rounding, by the column `error` of its row (see `generators/rounding`): no epsilon is
guessed, and the rules R and D of a row have no say in it. On a bool or index wire, and over the exact dtypes, the
bound is 0 where the value is certain and inf where errors before it could make it another.

Two programs of one meaning differ by no more than their bounds together; `worst` compares them.

>>> import catdiff as cd
>>> A = cd.f64()
>>> tangent, quotient = cd.tan(A), cd.pair(cd.sin(A), cd.cos(A)) >> cd.div
>>> (left,), (right,) = bounded(tangent, [0.7]), bounded(quotient, [0.7])
>>> bool(0 < left.bound < right.bound < 1e-14)
True
>>> worst([left], [right])[0].ratio <= 1
True
>>> worst([left], bounded(quotient * 1.00001, [0.7]))[0].ratio > 1000           # a factor that rounding is not
True

A generator whose row has no such column is tried at points nearby, and what comes of it is a guess: the bound says so
(`empirical`), as do all that depend on it.

Source: Higham, Accuracy and Stability of Numerical Algorithms (2nd ed.), §3.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.morphism import Morphism
from ..category.objects import Sort
from ..errors import ArgumentError, with_line
from ..generators.rounding import FORMATS, format_of, is_complex, magnitude, wide
from ..hypernet.net import Net
from .functor import Functor, run
from .numpy import NUMPY, argument

MARGIN = 1 + 2.0**-20  # for the rounding of the bounds themselves
TRIALS = 8  # points at which a generator without bounds is tried


@dataclass(frozen=True, eq=False, slots=True)
class Bounded:
    """A value and the bound on its error: an array of float64 of the same shape.

    `guessed`: the generators without a column of bounds that it depends on; `empirical` where there are any.
    """

    value: Any
    bound: Any
    guessed: frozenset[str] = frozenset()

    @property
    def empirical(self) -> bool:
        """Whether the bound was tried out rather than proved, somewhere on the way."""
        return bool(self.guessed)


def _settled(value: Any, bound: Any, sort: Sort, port: int = 0) -> Any:
    """A bound as it lies on a wire: with its margin, and inf where nothing is known.

    An infinity that was computed has no bound by the arithmetic of its rule; one that was given and moved about has 0.
    """
    if np.shape(bound) != sort.shape:
        raise TypeError(f"output {port} is declared {sort} but its bound has the shape {list(np.shape(bound))}")
    if sort.dtype.name not in FORMATS:
        return np.where(np.asarray(bound) == 0, 0.0, np.inf)
    bound = np.asarray(bound * MARGIN)
    known = (value == value) & (bound >= 0)
    return bound if known.all() else np.where(known, bound, np.inf)


def _kernel(label: Label) -> Callable[..., Any]:
    """The label's kernel, on values, beside its row's bounds, on bounds."""
    compute, column, sorts = NUMPY.kernel(label), label.row.error, label.cod.wires
    rule = column(label) if column else _tried(label, compute)
    guess = frozenset() if column else frozenset((label.row.name,))
    single = len(sorts) == 1

    def run(*operands: Bounded) -> Any:
        xs, es, made = [b.value for b in operands], [b.bound for b in operands], guess
        for b in operands:
            made = made | b.guessed if b.guessed else made
        y = compute(*xs)
        if single:
            y = NUMPY.checked(y, sorts[0], 0)
            return Bounded(y, _settled(y, rule(xs, es, y), sorts[0]), made)
        ys = tuple([NUMPY.checked(v, s, k) for k, (v, s) in enumerate(zip(y, sorts, strict=True))])
        bounds = enumerate(zip(ys, rule(xs, es, ys), sorts, strict=True))
        return tuple([Bounded(v, _settled(v, e, s, k), made) for k, (v, e, s) in bounds])

    return run


BOUNDS = Functor("bounds", _kernel, lambda y, sort, port: y)  # the kernels look at what they give


def bounded(f: Morphism | Net, args: Sequence[Any]) -> list[Bounded]:
    """The outputs of f, each with a bound on its error.

    One argument per wire of the domain: an array, which counts as exact, or a `Bounded`. Nothing is warned about:
    where a value overflows or is undefined, its bound is inf; an infinity that is given is exact.

    Raises `ArgumentError` where the arguments do not fit, and what evaluation raises.

    >>> import catdiff as cd, numpy as np
    >>> (y,) = bounded(cd.sum(cd.f64(3)), [[0.1, 0.2, 0.3]])
    >>> float(y.value), 0 < float(y.bound) < 3e-16
    (0.6..., True)
    >>> (z,) = bounded(cd.mul(cd.f64(), cd.f64()), [Bounded(np.array(2.0), np.array(0.5)), 3.0])
    >>> round(float(z.bound), 3)
    1.5
    >>> bounded(cd.gt(cd.f64(), cd.f64()), [Bounded(np.array(2.0), np.array(0.5)), 2.25])[0].bound.item()
    inf
    """
    net = f if isinstance(f, Net) else f.net
    sorts = net.dom.wires
    if len(args) != len(sorts):
        raise ArgumentError(with_line(f"{net.dom} takes {len(sorts)} arguments, one per wire, not {len(args)}"))
    with np.errstate(all="ignore"):
        return run(net, [_given(a, s, i) for i, (a, s) in enumerate(zip(args, sorts, strict=True))], BOUNDS)


def _given(value: Any, sort: Sort, place: int) -> Bounded:
    if not isinstance(value, Bounded):
        array = argument(value, sort, place)
        return Bounded(array, _settled(array, np.zeros(sort.shape), sort))
    array, bound = argument(value.value, sort, place), np.asarray(value.bound, np.float64)
    if bound.shape != sort.shape:
        raise ArgumentError(with_line(f"argument {place} lies on {sort}, but its bound has the shape {bound.shape}"))
    return Bounded(array, _settled(array, bound, sort), value.guessed)


def _tried(label: Label, compute: Callable[..., Any]) -> Callable[..., Any]:
    """Bounds of a generator that does not say any: how far its outputs move where its operands do, by their errors and
    by a rounding of their own, in `TRIALS` directions, times four.
    """
    form = format_of(label)
    floating = [s.dtype.name in FORMATS for s in label.dom.wires]
    unit = 64 * form.u * (8 if is_complex(label.dom, label.cod) else 1)

    def bound(xs: Sequence[Any], es: Sequence[Any], y: Any) -> Any:
        ys = (y,) if len(label.cod) == 1 else y
        worst = [np.zeros(s.shape) for s in label.cod.wires]
        rng = np.random.default_rng(0)
        for _ in range(TRIALS):
            moved = [_nudged(x, e, rng) if floats else x for x, e, floats in zip(xs, es, floating, strict=True)]
            made = compute(*moved)
            made = (made,) if len(label.cod) == 1 else made
            for k, (a, b) in enumerate(zip(made, ys, strict=True)):
                worst[k] = np.maximum(worst[k], _distance(a, b))
        lost = any(np.any(e) for e, floats in zip(es, floating, strict=True) if not floats)
        out = [
            np.full(np.shape(v), np.inf)
            if lost
            else 4 * w + unit * np.max(magnitude(v), initial=0.0)
            if s.dtype.name in FORMATS
            else w
            for w, v, s in zip(worst, ys, label.cod.wires, strict=True)
        ]
        return out[0] if len(label.cod) == 1 else tuple(out)

    return bound


def _nudged(x: Any, e: Any, rng: np.random.Generator) -> Any:
    """x moved by its error, or by a unit in its last place if that is more."""
    step = np.maximum(e, np.finfo(x.dtype).eps * magnitude(x))
    turn = rng.choice([-1.0, 1.0], np.shape(x))
    if x.dtype.kind == "c":
        turn = np.exp(1j * rng.uniform(0, 2 * np.pi, np.shape(x)))
    return np.asarray(x + turn * step, x.dtype)


def _distance(a: Any, b: Any) -> Any:
    """|a − b| of floats; over other dtypes inf where they differ."""
    if a.dtype.kind in "fc":
        return np.abs(wide(np.asarray(a)) - wide(np.asarray(b)))
    return np.where(np.asarray(a != b), np.inf, 0.0)


@dataclass(frozen=True)
class Worst:
    """Where two values differ most, measured by what their bounds allow.

    `ratio`: |l − r| over the sum of the bounds, at most 1 where they may be the same number; `index`: the entry, None
    where there are none; `unknown`: how many entries have no bound, and so show nothing.
    """

    ratio: float
    index: tuple[int, ...] | None
    unknown: int


def worst(left: Sequence[Bounded], right: Sequence[Bounded]) -> list[Worst]:
    """`|l − r| ≤ bound_l + bound_r`, wire by wire: how far from true that is, and where.

    An infinity that has a bound is certain: it is the same infinity on the other side, or another value. An entry that
    overflowed has none, so it shows nothing.

    >>> a, b = (Bounded(np.array(v), np.array(0.25)) for v in (1.0, 2.0))
    >>> worst([a], [b])
    [Worst(ratio=2.0, index=(), unknown=0)]
    """
    return [_worst(x, y) for x, y in zip(left, right, strict=True)]


def _worst(left: Bounded, right: Bounded) -> Worst:
    with np.errstate(all="ignore"):
        apart, allowed = _distance(left.value, right.value), left.bound + right.bound
        unknown = ~np.isfinite(allowed)
        if not np.size(apart):
            return Worst(0.0, None, 0)
        ratio = np.where(unknown | np.asarray(left.value == right.value), 0.0, apart / allowed)
    ratio = np.where(np.isnan(ratio), np.inf, ratio)
    at = np.unravel_index(int(np.argmax(ratio)), np.shape(ratio))
    return Worst(float(ratio[at]), tuple(int(i) for i in at), int(np.count_nonzero(unknown)))
