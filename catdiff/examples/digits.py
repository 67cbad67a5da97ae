"""The main job: a perceptron on the 8×8 optical digits, trained by composing morphisms.

The model, the loss and the update are morphisms, and so is what they compose to, one step of gradient descent

    step : P ⊗ X ⊗ T → P ⊗ 1,    step = (Δ ⊗ 1) ; (1 ⊗ ⟨loss, ∇loss⟩) ; move

that takes parameters, images and labels to better parameters and the loss before. The only loop is over the data.

>>> model, loss = perceptron(batch=32), cross_entropy(batch=32)
>>> print(short(training_step(model, loss, rate=0.5), model.dom[:4]))
P @ f64[32,64] @ f64[32,10] → P @ f64
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import digits, stratified_split
from catdiff.progress import Progress


def perceptron(batch: int, hidden: int = 128) -> cd.Morphism:
    """`P ⊗ X → Y`: weights and biases of two layers, and a batch of images, to a batch of ten scores each."""

    @cd.morphism(cd.f64(64, hidden), cd.f64(hidden), cd.f64(hidden, 10), cd.f64(10), cd.f64(batch, 64))
    def model(w1, b1, w2, b2, x):
        return cd.relu(x @ w1 + b1) @ w2 + b2

    return model.box("perceptron")


def cross_entropy(batch: int) -> cd.Morphism:
    """`Y ⊗ T → 1`: the mean cross-entropy of the scores against the probabilities of the ten digits."""

    @cd.morphism(cd.f64(batch, 10), cd.f64(batch, 10))
    def loss(y, t):
        return -(cd.log_softmax(y) * t).sum() * (1.0 / batch)

    return loss.box("cross entropy")


def gradient_descent(params: cd.Object, rate: float) -> cd.Morphism:
    """`P ⊗ 1 ⊗ P → P ⊗ 1`: parameters p, a loss and its gradient g to p − rate · g and the loss."""
    n = len(params)

    @cd.morphism(params, cd.f64(), params)
    def move(*wires):
        p, loss, g = wires[:n], wires[n], wires[n + 1 :]
        return *(a - rate * b for a, b in zip(p, g, strict=True)), loss

    return move.box("gradient descent")


def training_step(model: cd.Morphism, loss: cd.Morphism, rate: float) -> cd.Morphism:
    """`P ⊗ X ⊗ T → P ⊗ 1`: one step of gradient descent on a batch, and the loss before it."""
    params, images, targets = model.dom[:-1], model.dom[-1], loss.dom[1]
    objective = model @ cd.id(targets) >> loss
    value_and_gradient = cd.value_and_grad(objective, wires=range(len(params)))
    return (
        cd.copy(params) @ cd.id(images @ targets)
        >> cd.id(params) @ value_and_gradient
        >> gradient_descent(params, rate)
    )


def initial(params: cd.Object, rng: np.random.Generator) -> list[np.ndarray]:
    """Glorot-normal matrices and zero biases."""
    return [
        rng.normal(0, np.sqrt(2 / np.sum(w.shape)), w.shape) if len(w.shape) == 2 else np.zeros(w.shape)
        for w in params.wires
    ]


def softened(y: np.ndarray, amount: float = 0.1) -> np.ndarray:
    """Labels as probabilities, some of the certainty shared out over all ten digits, which keeps the net from
    growing sure of itself (C. Szegedy et al., arXiv:1512.00567, §7)."""
    return (1 - amount) * np.eye(10)[y] + amount / 10


def train(
    x: np.ndarray, y: np.ndarray, rate: float = 0.5, epochs: int = 60, batch: int = 32, seed: int = 0
) -> list[np.ndarray]:
    """The parameters of a `perceptron` after so many passes over images x and labels y in shuffled batches."""
    model, rng, targets = perceptron(batch), np.random.default_rng(seed), softened(y)
    step = cd.compile(training_step(model, cross_entropy(batch), rate))
    params = initial(model.dom[:-1], rng)
    for _ in (bar := Progress(range(epochs), "training")):
        order, losses = rng.permutation(len(x)), []
        for at in range(0, len(x) - batch + 1, batch):
            rows = order[at : at + batch]
            *params, value = step(*params, x[rows], targets[rows])
            losses.append(value)
        bar.note(f"loss {np.mean(losses):.3f}")
    return params


def trained(params: list[np.ndarray], batch: int) -> cd.Morphism:
    """`X → Y`: the perceptron with its parameters built in, as constants."""
    return cd.pair(*map(cd.const, params)) @ cd.id(cd.f64(batch, 64)) >> perceptron(batch)


def short(f: cd.Morphism, params: cd.Object) -> str:
    """The type of f, with P for the word of its parameters."""
    return str(f).replace(str(params), "P")


def main(folder: str | None = None, epochs: int = 60, seed: int = 0) -> None:
    """Build, differentiate, train, store, load, and report the accuracy on a quarter of the digits held out."""
    where = Path(folder or tempfile.mkdtemp(prefix="catdiff-"))
    where.mkdir(parents=True, exist_ok=True)
    model = perceptron(batch=32)
    derivative, params = cd.simplify(cd.R(model)), model.dom[:-1]
    print("The model, a program on 32 images at a time; P is its parameters:\n")
    print(f"P     = {params}\nmodel : {short(model, params)}\n\n{model.flatten().summary()}\n")
    print("Its reverse derivative, a program too: from the gradient in the scores to that in P and in the images:\n")
    print(f"R[model] : {short(derivative, params)}\n\n{derivative.flatten().summary()}\n", flush=True)

    x, y = digits()
    learn, test = stratified_split(y)
    print("Training. The targets are softened, 0.91 for the digit and 0.01 for each other: no loss is below 0.50.\n")
    reader = trained(train(x[learn], y[learn], epochs=epochs, seed=seed), len(test))

    for name, f in (("model", model), ("derivative", derivative), ("trained", reader)):
        cd.save(f, where / f"digits-{name}.json")
        print(f"stored {where / f'digits-{name}.json'}")
    scores = cd.load(where / "digits-trained.json")(x[test])  # read by the net in the file
    print(f"held-out accuracy: {100 * np.mean(scores.argmax(1) == y[test]):.1f} %")
