"""Zeros and ones by reverse derivative ascent: a table of eight pixels, and a mask of all 64.

A pixel is a bit, whether it has more than 7 of 16 parts ink. The fourth row of an image goes through the middle, where
a zero is white: a table of what may stand there is learnt in one pass. The mask of a pseudo-linear unit, of all pixels,
is another circuit with parameters, and learns less of so small images; the best of its path is chosen by a quarter of
the training images.

>>> f"{100 * table(seed=0):.1f} %"
'97.8 %'

Source: Wilson and Zanasi, arXiv:2101.10488, §5, where images are those of MNIST.
"""

from __future__ import annotations

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import digits, stratified_split

INK = 7 / 16


def images() -> tuple[np.ndarray, np.ndarray]:
    """x : z2[n, 8, 8], y : z2[n, 1], zeros and ones."""
    x, y = digits()
    kept = y < 2
    return (x[kept] > INK).astype(np.uint8).reshape(-1, 8, 8), y[kept, None].astype(np.uint8)


def table(seed: int) -> float:
    """How often the table of the fourth row is right on images it has not seen."""
    x, y = images()
    learn, test = stratified_split(y[:, 0], seed=seed)
    model = cd.ascent.lookup(8, 1)
    return cd.ascent.accuracy(model, cd.ascent.ascend(model, x[learn, 3], y[learn]), x[test, 3], y[test])


def mask(seed: int) -> float:
    """How often the mask is right that was best, along the way, on a quarter of the training images left out."""
    (x, y), model = images(), cd.ascent.pseudo_linear(64, ratio=3)
    x = x.reshape(-1, 64)
    learn, test = stratified_split(y[:, 0], seed=seed)
    train, validation = [learn[part] for part in stratified_split(y[learn, 0], seed=seed)]
    path = cd.ascent.path(model, x[train], y[train])
    best = max(path, key=lambda m: cd.ascent.accuracy(model, m.params, x[validation], y[validation]))
    return cd.ascent.accuracy(model, best.params, x[test], y[test])


def results(seeds: int = 5) -> dict[str, list[float]]:
    """The shares that were right, for each seed of the split."""
    ways = {"table of the fourth row": table, "mask of all pixels": mask}
    return {name: [way(seed) for seed in range(seeds)] for name, way in ways.items()}


def main() -> None:
    """Learn both over five splits, and print how often they are right."""
    for name, shares in results().items():
        print(f"{name:<24} {100 * np.mean(shares):.1f} % (standard deviation {100 * np.std(shares):.1f})")


if __name__ == "__main__":
    main()
