"""The main job: a perceptron on the 8×8 optical digits, trained by composing morphisms.

Model, loss and update are morphisms; the training step is `step : (W1 b1 W2 b2) ⊗ X ⊗ T → (W1 b1 W2 b2)`, built from
`R[loss ∘ model]`. Nothing in it is catdiff's business but composition.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import digits, stratified_split


def perceptron(batch: int, hidden: int = 64) -> cd.Morphism:
    """`P ⊗ X → Y`: parameters W1, b1, W2, b2 and a batch of images to a batch of scores."""

    @cd.morphism(cd.f64(64, hidden), cd.f64(hidden), cd.f64(hidden, 10), cd.f64(10), cd.f64(batch, 64))
    def model(w1, b1, w2, b2, x):
        return cd.tanh(x @ w1 + b1) @ w2 + b2

    return model.box("perceptron")


def cross_entropy(batch: int) -> cd.Morphism:
    """`Y ⊗ T → 1`: the mean cross-entropy of scores against one-hot labels."""

    @cd.morphism(cd.f64(batch, 10), cd.f64(batch, 10))
    def loss(y, t):
        return -(cd.log_softmax(y) * t).sum() * (1.0 / batch)

    return loss.box("cross entropy")


def training_step(model: cd.Morphism, loss: cd.Morphism, rate: float) -> cd.Morphism:
    """One step of gradient descent: `p ↦ p − rate · R[model ; loss]`, with the value of the loss beside it."""
    params, images = model.dom[:-1], model.dom[-1]
    labels = loss.dom[1]
    objective = model @ cd.id(labels) >> loss
    reverse = cd.R(objective)

    @cd.morphism(params, images, labels)
    def step(*wires):
        cotangents = reverse(*wires, 1.0)
        moved = [p - rate * g for p, g in zip(wires, cotangents[: len(params)], strict=False)]
        return (*moved, objective(*wires))

    return step


def initial(seed: int, params: cd.Object) -> list[np.ndarray]:
    """Glorot-normal matrices and zero biases."""
    rng = np.random.default_rng(seed)
    return [
        rng.normal(0, np.sqrt(2 / np.sum(w.shape)), w.shape) if len(w.shape) == 2 else np.zeros(w.shape)
        for w in params.wires
    ]


def main(folder: str = ".", epochs: int = 60, batch: int = 32, seed: int = 0) -> None:
    """Build, differentiate, train, store, and report the accuracy on a quarter of the digits held out."""
    x, y = digits()
    train, test = stratified_split(y)
    model, loss = perceptron(batch), cross_entropy(batch)
    print(f"model    : {model}")
    derivative = cd.R(model)
    print(f"R[model] : {derivative}")
    step = cd.compile(training_step(model, loss, rate=0.3))
    params, one_hot = initial(seed, model.dom[:-1]), np.eye(10)[y]
    rng, value = np.random.default_rng(seed), np.inf
    for epoch in range(epochs):
        order = rng.permutation(train)
        for at in range(0, len(order) - batch + 1, batch):
            rows = order[at : at + batch]
            *params, value = step(*params, x[rows], one_hot[rows])
        if sys.stdout.isatty() or epoch % 10 == 9:
            done = 20 * (epoch + 1) // epochs
            print(
                f"epoch {epoch + 1:>3}/{epochs} [{'#' * done:<20}] loss {value:.4f}",
                end="\r" if sys.stdout.isatty() else "\n",
            )
    print()
    for name, f in (("digits-model.json", model), ("digits-derivative.json", derivative)):
        path = Path(folder) / name
        cd.save(f, path)
        print(f"stored {path}")
    scores = perceptron(len(test))(*params, x[test])
    print(f"held-out accuracy: {100 * np.mean(scores.argmax(1) == y[test]):.1f} %")
