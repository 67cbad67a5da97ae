"""Chance from a seed: choices for random programs, and points to run them at.

The same seed gives the same program and the same points, in any process and on any machine, which is what a report
prints when a law fails. Points come in kinds, since bugs do: *ordinary* ones away from zero, small *integers*, where
floats are exact, *large* and *tiny* ones, and *ties*, where zeros and equal entries are common; *positive* ones, and
those of the *unit* interval, for what is defined nowhere else.

>>> import catdiff as cd
>>> A = cd.f64(4) @ cd.integer(2) @ cd.rational()
>>> point(A, 0, "ties")
[array([...]), array([...]), array(Fraction(...), dtype=object)]
>>> all((x == y).all() for x, y in zip(point(A, 0), point(A, 0)))
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import cycle
from typing import Any, TypeVar

import numpy as np

from ...category.morphism import Morphism
from ...category.objects import Object, Sort
from ...errors import ArgumentError, CatdiffError, with_line

T = TypeVar("T")
Draw = Callable[[np.random.Generator, tuple[int, ...]], Any]


class Seeded:
    """Choices made by a seed: a number, or a generator that is there already.

    >>> [Seeded(7).integer(0, 9) == Seeded(7).integer(0, 9), Seeded(7).pick("abc") in "abc", Seeded(7).coin() in (0, 1)]
    [True, True, True]
    """

    def __init__(self, seed: Any = 0) -> None:
        self.rng = np.random.default_rng(seed)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as any other."""
        return options[self.integer(0, len(options) - 1)]

    def integer(self, low: int, high: int) -> int:
        """`low ≤ n ≤ high`, each as likely as any other."""
        return int(self.rng.integers(low, high + 1))

    def coin(self) -> bool:
        """One of two."""
        return bool(self.rng.integers(2))

    def array(self, sort: Sort) -> np.ndarray:
        """An ordinary array on a wire of this sort."""
        return array(sort, self.rng)

    def part(self, make: Callable[..., T], *args: Any) -> T:
        """`make(self, *args)`."""
        return make(self, *args)


# -- points: per kind of point, what entries of floats, of ℤ and of ℚ are -----------------------------------------


def _ordinary(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """At least 0.2 from zero, where kinks are."""
    return np.where(rng.random(shape) < 0.5, -1.0, 1.0) * rng.uniform(0.2, 1.5, shape)


def _magnitude(low: float, high: float) -> Draw:
    """Positive numbers, for what is defined of such alone."""
    return lambda rng, shape: rng.uniform(low, high, shape)


def _between(low: int, high: int) -> Draw:
    return lambda rng, shape: rng.integers(low, high + 1, shape)


def _scaled(low: float, high: float) -> Draw:
    """Ordinary numbers times powers of ten."""
    return lambda rng, shape: _ordinary(rng, shape) * 10.0 ** rng.uniform(low, high, shape)


def _ties(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return np.array([-1.0, 0.0, 0.0, 0.5, 1.0])[rng.integers(0, 5, shape)]


def _ratios(numerators: Draw, denominators: Draw) -> Draw:
    def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        out = np.empty(shape, object)
        over = zip(numerators(rng, shape).flat, denominators(rng, shape).flat, strict=True)
        out.reshape(-1)[:] = [Fraction(int(p), int(q)) for p, q in over]
        return out

    return draw


_SMALL, _FEW = _between(-3, 3), _between(-1, 1)
POINTS: dict[str, tuple[Draw, Draw, Draw]] = {
    "ordinary": (_ordinary, _between(-2, 2), _ratios(_between(-5, 5), _between(1, 4))),
    "integers": (_SMALL, _SMALL, _ratios(_SMALL, _between(1, 1))),
    "ties": (_ties, _FEW, _ratios(_FEW, _between(1, 2))),
    "large": (_scaled(1, 3), _between(-1000, 1000), _ratios(_between(-(10**6), 10**6), _between(1, 7))),
    "positive": (_magnitude(0.2, 1.5), _between(1, 3), _ratios(_between(1, 5), _between(1, 4))),
    "unit": (_magnitude(0.05, 0.95), _between(0, 1), _ratios(_between(1, 3), _between(4, 5))),
    "tiny": (_scaled(-9, -3), _FEW, _ratios(_SMALL, _between(10**6, 10**7))),
}
KINDS = tuple(POINTS)


def array(sort: Sort, rng: np.random.Generator, kind: str = "ordinary", extent: int = 1) -> np.ndarray:
    """An array on a wire of this sort; an index is less than `extent`."""
    if kind not in POINTS:
        raise ArgumentError(with_line(f"there are no points of kind {kind!r}; there are {', '.join(KINDS)}"))
    real, integer, rational = POINTS[kind]
    name, shape = sort.dtype.name, sort.shape
    if sort.dtype.kind == "real":
        values = real(rng, shape)
    elif sort.dtype.kind == "complex":
        values = real(rng, shape) + 1j * real(rng, shape)
    elif name == "integer":
        values = integer(rng, shape)
    elif name == "rational":
        values = rational(rng, shape)
    else:
        values = rng.integers(0, extent if name == "index" else 2, shape)
    return np.asarray(values, sort.dtype.carrier)


def point(A: Object, rng: Any = 0, kind: str = "ordinary", extents: int | Sequence[int] = 1) -> list[np.ndarray]:
    """An array for every wire of A, of one kind: "ordinary", "integers", "ties", "large", "tiny",
    "positive" or "unit".

    - `rng`: a seed, or NumPy's generator;
    - `extents`: indices are less than it, one number for all wires or one for each: their sorts do not say. Those of a
      program are found by `extents(f)`.

    Raises `ArgumentError` for another kind.

    >>> import catdiff as cd
    >>> x, n = point(cd.f64(2) @ cd.index(3), 1, extents=5)
    >>> bool((abs(x) >= 0.2).all() and (n < 5).all())
    True
    """
    rng = np.random.default_rng(rng)
    each = [extents] * len(A) if isinstance(extents, int) else extents
    return [array(s, rng, kind, extent) for s, extent in zip(A.wires, each, strict=True)]


def points(A: Object, seed: Any = 0, extents: int | Sequence[int] = 1) -> Iterator[list[np.ndarray]]:
    """Points without end, kind after kind; the same for the same seed."""
    rng = np.random.default_rng(seed)
    for kind in cycle(KINDS):
        yield point(A, rng, kind, extents)


def extents(f: Morphism) -> list[int]:
    """For each input of f that is an index the number of values it may take, found by running f; 1 for the others.

    >>> import catdiff as cd
    >>> extents(cd.gather(cd.f64(5), cd.index(3)))
    [1, 5]
    """
    xs, found = point(f.dom), [1] * len(f.dom)
    largest = max([1, *(n for s in f.net.sorts for n in s.shape)])
    for i, s in enumerate(f.dom.wires):
        low, high = 1, largest if s.dtype.name == "index" else 1
        while low < high:
            middle = (low + high + 1) // 2
            runs = _runs(f, [*xs[:i], np.full(s.shape, middle - 1), *xs[i + 1 :]])
            low, high = (middle, high) if runs else (low, middle - 1)
        found[i] = low
    return found


def _runs(f: Morphism, xs: Sequence[np.ndarray]) -> bool:
    try:
        f(*xs)
    except CatdiffError:
        return False
    return True
