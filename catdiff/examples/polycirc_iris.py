"""Iris flowers in integers: a linear classifier trained by fixed-point gradient descent, integer for integer.

Lengths are integers of 2⁻¹⁰ cm, weights integers, and 60 passes over the flowers, one species after the other in turn,
lead to the twelve weights that polycirc publishes, where the same is compiled to arithmetic circuits:

>>> found = trained().params["dense.weight"]
>>> weights(found) == PUBLISHED, f"{100 * accuracy(found):.1f} %"
(True, '96.0 %')

No float takes part, so this is what every machine gets. The shifts to the right are no polynomials and have no slope;
they are lenses, straight through on the way back (`library.fixed_point`).

Source: the README of yarrow-id/polycirc, Iris demo; Wilson and Zanasi, arXiv:2305.01041, §10.
"""

from __future__ import annotations

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import SPECIES, iris
from catdiff.learning.run import Run

BITS, RATE, EPOCHS = 10, 8, 60
PUBLISHED = [-118, 912, -884, 408, -20, -189, 68, 28, -1407, -641, 1407, 2336]  # species by species
LEARNER = cd.fixed_point.classifier(cd.integer(4), len(SPECIES), BITS, RATE)


def examples() -> tuple[np.ndarray, np.ndarray]:
    """x : int64[150, 4], lengths, and y : int64[150, 3], unit vectors, both with ten bits behind the point."""
    x, y = iris()
    return cd.fixed_point.encode(x, BITS), cd.fixed_point.encode(np.eye(len(SPECIES))[y], BITS)


def trained(epochs: int = EPOCHS) -> Run:
    """The run after so many passes, the species taking turns."""
    x, y = examples()
    turns = np.arange(150).reshape(3, 50).T.ravel()
    return LEARNER.fit(x[turns], y[turns], epochs=epochs, batch=1, shuffle=False, progress=False)


def weights(W: np.ndarray) -> list[int]:
    """The weights of each species, one species after the other."""
    return W.T.ravel().tolist()


def accuracy(W: np.ndarray) -> float:
    """The share of the flowers, all of which were trained on, whose own species scores highest."""
    x, y = examples()
    return float(np.mean((x @ W).argmax(axis=1) == y.argmax(axis=1)))


def main() -> None:
    """Train, and print the parameters and how many flowers they get right."""
    found = trained().params["dense.weight"]
    print(f"{LEARNER}\n")
    print(f"final parameters {weights(found)}")
    print(f"as published     {PUBLISHED}: {'the same' if weights(found) == PUBLISHED else 'not the same'}")
    print(f"accuracy: {100 * accuracy(found):.1f} %")


if __name__ == "__main__":
    main()
