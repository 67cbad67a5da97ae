"""A rule looked at over its domain: points found or given, frames chosen, a `Case` made at each.

Ordinary points come first, of several sizes; then points next to them at which rules forget a case (zeros, ties,
whole numbers). What the domain is like is found out before: where the function is defined at all, and in
which directions it can be left.

>>> import catdiff as cd
>>> report = cd.laws.check_rule(np.log, lambda x, ȳ: ȳ / x, cd.f64(8), cd.f64(8))
>>> report.verdict, "positive" in report.reason
('reverse derivative', True)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ...category.objects import Object
from ...errors import ArgumentError, with_line
from ...interpret.numpy import argument
from .cases import CLOSER, Bench, Case
from .conduct import Undefined
from .domains import SCALES, Region, regions, special
from .frames import (
    HULL,
    SYMMETRIC,
    Frames,
    hermitian,
    hull,
    is_symmetric,
    reads_one_triangle,
    square_wires,
    symmetric_points,
)
from .oracles import SINGLE
from .spaces import Arrays

ORDINARY = 16  # points, where nobody says which
WHOLE = 4  # of them looked at in every direction; the others so only where something shows
CLOSELY = 3  # points at which a mistake is looked at more closely
NEAR = 2.0**-16  # a step that has to stay inside a domain for its points to be inner ones


class NotJudged(Exception):
    """There is nothing to go by, and this is why."""


class Survey:
    """The points of one check and what was seen at them.

    - `given`: points from the caller, as a list or a function of a random generator, or None.
    """

    def __init__(self, bench: Bench, dom: Object, given: Any, seed: int) -> None:
        self.bench, self.dom, self.rng = bench, dom, np.random.default_rng(seed)
        self.regions: list[Region] = []
        self.frames = Frames(bench.inputs)
        self.cases: list[Case] = []
        self.refused: list[tuple[str, bool, str]] = []  # where vjp gave nothing: special word, strict, what it said
        self.failure = ""
        self._draw: Callable[[np.random.Generator], Any] | None = given if callable(given) else None
        self._fixed = None if given is None or callable(given) else [self._point(p) for p in _listed(given)]
        self.symmetric: list[int] = []
        self._rest: Iterator[tuple[Arrays, str, bool]] | None = None

    # -- points ----------------------------------------------------------------------------------------------------

    @property
    def own(self) -> bool:
        """Whether the points are ours, and not the caller's."""
        return self._draw is None and self._fixed is None

    def _point(self, given: Any) -> Arrays:
        wires = self.dom.wires
        if len(wires) == 1 and not (
            isinstance(given, (tuple, list)) and len(given) == 1 and np.shape(given) != wires[0].shape
        ):
            given = [given]
        if not isinstance(given, (tuple, list)) or len(given) != len(wires):
            hint = "sample=lambda rng: [rng.uniform(size=3), 1.0]"
            raise ArgumentError(with_line(f"a point is {len(wires)} arrays, one per input, not {given!r}", hint))
        return [argument(a, s, i) for i, (a, s) in enumerate(zip(given, wires, strict=True))]

    def is_defined(self, x: Arrays) -> bool:
        """Whether forward gives numbers at x."""
        try:
            self.bench.forward(x)
        except Undefined as error:
            self.failure = str(error)
            return False
        return True

    def find(self) -> list[Arrays]:
        """A few points at which forward is defined. Raises `NotJudged`."""
        if self._fixed is not None:
            found = [x for x in self._fixed if self.is_defined(x)]
        elif self._draw is not None:
            found = [x for x in (self._point(self._draw(self.rng)) for _ in range(4)) if self.is_defined(x)]
        else:
            self.regions = regions(self.dom, self.is_defined, self.rng)
            drawn = (r.draw(self.rng) for r in self.regions[::-1] for _ in range(40))
            found = []
            for x in drawn:
                if len(found) < 4 and self.is_defined(x):
                    found.append(x)
        if not found:
            how = "the points given" if not self.own else "every point tried; pass sample="
            raise NotJudged(f"forward is undefined at {how} (the last time because {self.failure})")
        return found

    def points(self) -> Iterator[tuple[Arrays, str, bool]]:
        """(the point, what is special about it, whether a rule has to give numbers there)."""
        if self._fixed is not None:
            yield from ((x, "", True) for x in self._fixed)
            return
        kept: list[Arrays] = []
        for k in range(ORDINARY):
            for x in self._attempts(k):
                if self.is_defined(x):
                    kept.append(x)
                    yield x, "", True
                    break
        if self.own:
            for x in [*kept[:1], *kept[4:5]]:
                for said, simple, near in special(x, self.bench.inputs.live, self.rng):
                    near = symmetric_points(near, self.symmetric)
                    if self.is_defined(near):
                        yield near, said, simple

    def _attempts(self, k: int) -> Iterator[Arrays]:
        for _ in range(8):
            if self._draw is not None:
                x = self._point(self._draw(self.rng))
            else:
                x = self.regions[k % len(self.regions)].draw(self.rng, SCALES[k % len(SCALES)])
            yield symmetric_points(x, self.symmetric)

    # -- frames ----------------------------------------------------------------------------------------------------

    def fit(self, found: Sequence[Arrays]) -> None:
        """Restrict the frames of wires that cannot move freely. Raises `NotJudged` where there is no frame."""
        for wire in self.bench.inputs.live:
            if all(self._free(x, wire) for x in found[:2]):
                continue
            span = self.bench.inputs.spans[wire]
            if wire in square_wires(self.bench.inputs) and all(is_symmetric(x[wire]) for x in found):
                self.be_symmetric([wire])
                continue
            more = [*found, *self._many(span.stop - span.start)]
            basis = hull([self.bench.inputs.flat(x)[span] for x in more])
            if 0 < len(basis) < span.stop - span.start:
                self.frames.restrict(wire, HULL, basis)

    def _free(self, x: Arrays, wire: int) -> bool:
        """Whether single entries of the wire can be moved a little without leaving the domain."""
        space = self.bench.inputs
        span, start = space.spans[wire], space.flat(x)
        scales = space.scales(start)
        for k in range(span.start, min(span.stop, span.start + 12)):
            line = self.bench.line(x, space.basis(k))
            small = NEAR if self.bench.fine < SINGLE else 2.0**-8
            if any(np.isnan(line(sign * small * scales[k])[1]).any() for sign in (1.0, -1.0)):
                return False
        return True

    def _many(self, size: int) -> Iterable[Arrays]:
        if self._draw is not None:
            return [self._point(self._draw(self.rng)) for _ in range(min(200, 2 * size + 8))]
        if self._fixed is not None:
            return self._fixed
        return [self.regions[-1].draw(self.rng) for _ in range(min(200, 2 * size + 8))]

    def be_symmetric(self, wires: Sequence[int]) -> None:
        """Take these wires for symmetric matrices."""
        self.symmetric = sorted({*self.symmetric, *wires})
        for wire in wires:
            self.frames.restrict(wire, SYMMETRIC, hermitian(self.bench.inputs.sorts[wire]))

    def may_be_symmetric(self, found: Sequence[Arrays]) -> list[int]:
        """The wires for which only symmetric matrices may have been meant: forward reads one triangle of them."""
        out = []
        for wire in square_wires(self.bench.inputs):
            if wire in self.symmetric:
                continue
            given = self.own or all(is_symmetric(x[wire]) for x in found)
            if given and all(reads_one_triangle(self.bench.forward, x, wire, self.rng) for x in found[-2:]):
                out.append(wire)
        return out

    def symmetric_too(self, wires: Sequence[int]) -> Survey | None:
        """The same survey with these wires symmetric; None where forward is defined nowhere then."""
        again = Survey(self.bench, self.dom, self._draw or self._fixed, int(self.rng.integers(2**31)))
        if self.own:
            for name in ("symmetric", "positive definite"):
                for region in self.regions:
                    names = tuple(name if i in wires else n for i, n in enumerate(region.names))
                    tried = Region(self.dom, names)
                    if sum(self.is_defined(tried.draw(self.rng)) for _ in range(6)) > 3:
                        again.regions.append(tried)
                if again.regions:
                    break
            if not again.regions:
                return None
        again.be_symmetric(wires)
        return again

    # -- cases -----------------------------------------------------------------------------------------------------

    def look(self, until: float, wrong: int = 10**9) -> bool:
        """Make the cases, until that part of the time is spent. False: so many were wrong that it stopped."""
        watch = self.bench.forward.watch
        self._rest = self.points() if self._rest is None else self._rest
        for x, said, strict in self._rest:
            try:
                case = self.bench.case(x, self.frames, said, strict, brief=len(self.cases) >= WHOLE)
            except Undefined as error:
                self.refused.append((said, strict, str(error)))
            else:
                self.cases.append(case)
            if watch.spent > until and self.cases:
                break
            if len(self.wrong) >= wrong:
                return False
        return True

    def look_closer(self) -> None:
        """Where the rule is wrong, a few whole Jacobians, so that it can be said in what way."""
        many = max(self.bench.inputs.size, self.bench.outputs.size)
        wrong = [k for k, c in enumerate(self.cases) if c.wrong.any() and not c.said][:CLOSELY]
        if self.bench.most < many <= CLOSER:
            for k in wrong:
                if self.bench.forward.watch.spent < 0.8:
                    self.cases[k] = self.bench.closer(self.cases[k], self.frames)

    @property
    def wrong(self) -> list[Case]:
        """The cases in which the rule is wrong. Where much is special at once, no number is no wrong answer."""
        return [c for c in self.cases if c.wrong.any()]


def _listed(given: Any) -> list[Any]:
    if not isinstance(given, (list, tuple)) or not len(given):
        raise ArgumentError(with_line(f"sample is a function of a random generator or a list of points, not {given!r}"))
    return list(given)
