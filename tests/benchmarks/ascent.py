"""Reverse derivative ascent: an epoch, the model's step composed, staged and compiled beforehand.

The floor is the update of the model at hand, written out in NumPy, one example after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

import catdiff as cd
from catdiff.examples.rda_iris import examples
from catdiff.learning.batches import Data
from catdiff.library.ascent import Climb

from .harness import Timed

Bits = np.ndarray[Any, Any]
SIDE = 28


def flowers(size: int) -> tuple[Bits, Bits]:
    """Of the 75 flowers that are learnt from, the first so many, in the published order."""
    (x, y), _ = examples(3, "one-hot")
    return x[:size], y[:size]


@lru_cache(maxsize=4)
def images(size: int) -> tuple[Bits, Bits]:
    """Images of 28 × 28 bits, each one of two pictures with a tenth of its pixels turned, and which."""
    rng = np.random.default_rng(0)
    pictures, which = rng.random((2, SIDE * SIDE)) < 0.2, rng.integers(0, 2, size)
    x = pictures[which] ^ (rng.random((size, SIDE * SIDE)) < 0.1)
    return x.astype(np.uint8), which[:, None].astype(np.uint8)


def ours(model: Callable[[], cd.Para], data: Callable[[int], tuple[Bits, Bits]]) -> Callable[[int, int], Any]:
    """One epoch from zero: the examples and the parameters after it."""

    def prepare(size: int, turn: int) -> Callable[[], Any]:
        climb, given = Climb(model()), Data.of(*data(size))
        start = [np.zeros(s.shape, np.uint8) for s in climb.P.wires]

        def run() -> Any:
            path = [(0, start), *climb.epoch(start, climb.known(given), size)]
            return size, path[-1][1][0]

        run()  # what is compiled for a number of examples is kept
        return run

    return prepare


def table(size: int, turn: int) -> Callable[[], Any]:
    """A table: the place that was read takes the label."""
    x, y = flowers(size)
    at = x @ (1 << np.arange(4))

    def run() -> Any:
        θ = np.zeros((3, 16), np.uint8)
        for k, label in zip(at, y, strict=True):
            θ[:, k] ^= θ[:, k] ^ label
        return size, θ

    return run


def mask(size: int, turn: int) -> Callable[[], Any]:
    """A pseudo-linear unit: bits of the mask that decide are flipped, where the unit is wrong."""
    x, y = images(size)

    def run() -> Any:
        θ = np.zeros(SIDE * SIDE, np.int64)
        for a, (label,) in zip(x, y, strict=True):
            hit = np.count_nonzero(θ & a)
            balance = np.count_nonzero(θ) - 4 * hit
            if (balance >= 0) != label:
                weights = np.where(a, -3, 1)
                flipped = balance + np.where(θ, -weights, weights)
                θ ^= (flipped >= 0) != (balance >= 0)
        return size, θ

    return run


def check(floor: Callable[[int, int], Callable[[], Any]]) -> Callable[[int, Any], None]:
    """The parameters are those of the floor."""

    def compare(size: int, result: Any) -> None:
        read, θ = floor(size, 0)()
        assert result[0] == read and np.array_equal(result[1], θ)

    return compare


ROWS = [
    Timed(
        name="ascent iris",
        what="an epoch of reverse derivative ascent on n iris flowers, a table of four bits",
        sizes=(75,),
        ours=ours(lambda: cd.ascent.lookup(4, 3), flowers),
        floor=table,
        check=check(table),
        per="flowers",
        reach={75: 0.005},
    ),
    Timed(
        name="ascent images",
        what="an epoch of reverse derivative ascent on n images of 28 × 28 bits, a pseudo-linear unit",
        sizes=(11_000,),
        ours=ours(lambda: cd.ascent.pseudo_linear(SIDE * SIDE), images),
        floor=mask,
        check=check(mask),
        per="images",
        reach={11_000: 2.0},
    ),
]
