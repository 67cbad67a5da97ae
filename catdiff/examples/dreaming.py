"""Deep dreaming: the image is what is learnt.

What a reader has learnt and what it is shown are both inputs of one program `f : P ⊗ A → B`; which of them moves is a
choice. Freeze P at what training has found and call the image a parameter, and a step of learning on labels alone is

    a⁺ = a + ε π_A R[f](p, a, t)

The loss is the dot product of what the reader says, log-probabilities here, with what it should say; the cap is +1, and
so the image climbs to where the reader is sure. It decays a little on the way, or it would never stop.

>>> reader = cd.nn.dense(64, 10) >> cd.log_softmax
>>> p, a, seven = reader.init(0), np.full(64, 0.5), np.eye(10)[7]
>>> step = cd.learn(dreamer(reader, p, a), cd.losses.dot, cd.optimisers.sgd(0.1), cap=1).step(1)
>>> print(step)                                          # an image and a label to an image, and how sure it was
f64[64] @ f64[1,10] → f64[64] @ f64
>>> *_, slope = cd.R(reader.body)(*p.values(), a, seven)
>>> np.allclose(step(a, [seven])[0], a + 0.1 * slope)
True

Source: Cruttwell et al., arXiv:2103.01931, §4; after A. Mordvintsev et al., Inceptionism, 2015.
"""

from __future__ import annotations

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import digits, stratified_split

GREY = np.full(64, 0.5)


def dreamer(reader: cd.Para, params: dict[str, np.ndarray], image: np.ndarray = GREY) -> cd.Para:
    """`(A, f(p, –))`: the reader with its parameters frozen, and the image for a parameter."""
    return cd.para(reader.freeze(params).body, image=image)


def dream(reader: cd.Para, params: dict[str, np.ndarray], digit: int, cap: float = 1.0, steps: int = 100) -> np.ndarray:
    """The image that grey becomes on its way to a digit, or with another cap, away from it."""
    optimiser = cd.optimisers.sgd(0.1) >> cd.optimisers.weight_decay(0.1)
    learner = cd.learn(dreamer(reader, params), cd.losses.dot, optimiser, cap)
    return learner.fit((), np.eye(10)[[digit]], epochs=steps, progress=False).params["image"]


def trained(seed: int = 0, epochs: int = 15) -> tuple[cd.Para, dict[str, np.ndarray], float]:
    """A reader of digits, its parameters, and how well it reads those held out."""
    x, y = digits()
    train, test = stratified_split(y, seed=seed)
    reader = cd.nn.dense(64, 32) >> cd.tanh >> cd.nn.dense(10) >> cd.log_softmax
    learner = cd.learn(reader, cd.losses.softmax_cross_entropy, cd.optimisers.adam(0.005))
    run = learner.fit(x[train], y[train], epochs=epochs, seed=seed)
    return reader, run.params, run.score(x[test], y[test])


def shown(image: np.ndarray) -> list[str]:
    """An 8 × 8 image in characters."""
    inked = np.clip(5 * image / image.max(), 0, 4).astype(int)
    return ["".join(" .:*#"[k] for k in row) for row in inked.reshape(8, 8)]


def main(epochs: int = 15) -> None:
    """Train a reader, have it dream of ten digits, and show the dreams to a reader that has seen none of them."""
    reader, params, score = trained(0, epochs)
    _, others, _ = trained(1, epochs)
    print(f"A reader of digits, {100 * score:.1f} % of those held out; the image is its parameter now:\n")
    print(f"{dreamer(reader, params)}\n")
    dreams = np.array([dream(reader, params, digit) for digit in range(10)])
    for half in (dreams[:5], dreams[5:]):
        for rows in zip(*map(shown, half), strict=True):
            print("   ".join(rows))
        print()
    for who, p in (("the dreamer", params), ("a reader that was trained apart", others)):
        print(f"read by {who}: {' '.join(map(str, reader(p, dreams).argmax(1)))}")
