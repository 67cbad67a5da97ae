"""What the decision procedures share: one answer for programs that say nothing here, time, points, comparing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import wraps
from time import monotonic
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...category.objects import Sort
from ...errors import BudgetError, MeaningError, SignatureError, with_line, without_line
from ...generators.rig import Rig
from ...hypernet.build import of_net
from ...hypernet.canonical import canonical
from ...interpret.over import evaluate, over
from ..decision import Decision
from ..subject import generators_of

LETTERS = 2_000  # inputs of symbolic procedures
ENTRIES = 2**20  # numbers on the wires of a program that is run at many points at once
Decide = Callable[..., Decision]


class OutOfTime(BudgetError):
    """The deadline has passed."""


def watch(deadline: float | None) -> Callable[[], None] | None:
    """What raises `OutOfTime` after the deadline."""
    if deadline is None:
        return None

    def check() -> None:
        if monotonic() > deadline:
            raise OutOfTime("the time was up")

    return check


def root(error: BaseException) -> BaseException:
    """The error that an error while evaluating was caused by."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def procedure(decide: Decide) -> Any:
    """A decision procedure named like its file: morphisms of one type; what means nothing or grows too large is no
    error but an answer.
    """
    name = decide.__module__.rsplit(".", 1)[1]

    @wraps(decide)
    def run(
        left: Morphism, right: Morphism, points: int = 20, seed: int = 0, deadline: float | None = None, **own: Any
    ) -> Decision:
        if left.dom != right.dom or left.cod != right.cod:
            raise SignatureError(with_line(f"equal morphisms have one type: {left} and {right}"))
        try:
            return decide(left, right, points, seed, deadline, **own)
        except MeaningError as error:
            return Decision(name, "not applicable", note=without_line(str(error)))
        except Exception as error:
            found = root(error)
            if isinstance(found, BudgetError | ZeroDivisionError):
                return Decision(name, "undecided", note=without_line(str(found)))
            raise

    return run


def shareable(f: Morphism, n: int) -> bool:
    """Whether f may be run at n points at once: every box says how it takes another axis, and none is of a foreign row,
    for what such a row says is itself to be tested.
    """
    labels = generators_of(f)
    size = sum(s.size for label in labels for s in (*label.dom.wires, *label.cod.wires))
    known = all(label.row.batch is not None and not label.row.foreign for label in labels if len(label.dom))
    return n > 1 and size * n <= ENTRIES and known


def along_axis(f: Morphism, n: int) -> Morphism:
    """f at n points, along an axis in front."""
    return of_net(canonical(f.net)).map(n)


def values_at(f: Morphism, places: Sequence[Sequence[Any]], k: Rig) -> list[list[np.ndarray]]:
    """The values of f over a rig at some points, in one run if that can be."""
    n = len(places)
    if not shareable(f, n):
        return [evaluate(f, args, k) for args in places]
    ys = evaluate(along_axis(f, n), [np.stack(xs) for xs in zip(*places, strict=True)], k)
    return [[y[i, ...] for y in ys] for i in range(n)]


def same(left: Sequence[Any], right: Sequence[Any], k: Rig) -> bool:
    """Whether two lists of arrays, over a rig or discrete, are equal."""
    return all(k.equal(np.asarray(x), np.asarray(y)) for x, y in zip(left, right, strict=True))


ROUNDED = "they differ by less than a constant that was rounded can make, such as 1/3; floats decide"


def nearly(f: Morphism, args: Sequence[Any], left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Whether the outputs of two sides of f's type differ on wires of floats only, and there by no more than digits
    that a constant of the program has lost: 1/3 is not a third, and exact arithmetic sees it.
    """
    lost = max([LOST[s.dtype.name] for s in (*f.dom.wires, *f.cod.wires) if s.dtype.name in LOST], default=Fraction(0))
    for sort, y, z in zip(f.cod.wires, left, right, strict=True):
        for a, b in zip(np.ravel(y).tolist(), np.ravel(z).tolist(), strict=True):
            if a != b and (sort.dtype.kind != "real" or abs(a - b) > _size(args, a, b) * lost):
                return False
    return True


LOST = {"f32": Fraction(1, 2**16), "f64": Fraction(1, 2**42)}  # digits of a few roundings


def _size(args: Sequence[Any], a: Any, b: Any) -> Any:
    """The largest number at hand."""
    given = [abs(Fraction(v)) for x in args for v in np.ravel(x).tolist()]
    return max([abs(a), abs(b), *given])


def numbers(sort: Sort, values: Sequence[int]) -> np.ndarray:
    """Integers as an array that a morphism takes on a wire of that sort."""
    x = np.empty(sort.size, sort.dtype.carrier)
    for i, v in enumerate(values):
        x[i] = v
    return x.reshape(sort.shape)


def meaningful(k: Rig, *sides: Morphism) -> None:
    """Raises `MeaningError` where a generator means nothing over k: before anything large is made for it to work on."""
    functor = over(k)
    for lab in dict.fromkeys(lab for f in sides for lab in generators_of(f) if not lab.row.interior):
        try:
            functor.kernel(lab)
        except MeaningError as error:
            raise MeaningError(f"{lab.title}: {error}") from None


def symbolic(f: Morphism) -> None:
    """Raises `MeaningError` where no indeterminate stands for an input: a complex one, or one of indices, of which no
    type says which they may be; `BudgetError` where there are too many.
    """
    if (letters := sum(s.size for s in f.dom.wires)) > LETTERS:
        raise BudgetError(f"{letters:,} numbers are too many to have a letter each: {LETTERS:,} at most")
    for i, sort in enumerate(f.dom.wires):
        if sort.dtype.name in ("index", "c128"):
            raise MeaningError(f"input {i} lies on {sort}, which is tried at points only")
