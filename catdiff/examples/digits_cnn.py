"""A convolutional net on the 8×8 optical digits: two convolutions, trained by composing lenses.

The model is written for one image. Batch normalisation makes of it a program on batches, with running statistics as
parameters of their own kind; dropout takes its keys as parameters. A step of learning is one morphism.

>>> model = network()
>>> print(model.dom, "→", model.cod, len(model.parameters))
f32[1,8,8] → f32[10] 13
"""

from __future__ import annotations

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import digits, stratified_split


def network() -> cd.Parametric:
    """`f32[1,8,8] → f32[10]`: an image to a score for each digit."""
    return cd.nn.cnn(10, stages=((16, 32),), dropout=0.5).at(cd.f32(1, 8, 8))


def accuracy(seed: int = 0, epochs: int = 30, progress: bool = True) -> float:
    """What share of a stratified quarter of the digits, held out, is read right; `seed` is for split and training."""
    x, y = digits()
    x = x.reshape(-1, 1, 8, 8).astype(np.float32)
    train, test = stratified_split(y, seed=seed)
    learner = cd.learn(network(), cd.losses.softmax_cross_entropy, cd.optimisers.adam(2e-3))
    run = learner.fit(x[train], y[train], epochs=epochs, batch=32, seed=seed, progress=progress)
    return run.score(x[test], y[test])


def main(seed: int = 0, epochs: int = 30) -> None:
    """Build, train and report."""
    model = network()
    print("The model, on one image; over a batch it has states too:\n")
    print(f"{model.dom} → {model.cod}\n\n{model.summary()}")
    print(f"\nheld-out accuracy: {100 * accuracy(seed, epochs):.1f} %")
