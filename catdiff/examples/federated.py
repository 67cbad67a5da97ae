"""Federated averaging: a tensor of learners, then a mean.

A step of learning is itself a map with parameters, which are the data it looks at, `step : (A ⊗ T) ⊗ W → W`. Steps one
after another are their composite, clients side by side are their tensor, and a round of federated averaging,

    round : W ──Δ──▸ Wᵏ ──(step ; … ; step) ⊗ … ⊗ (step ; … ; step)──▸ Wᵏ ──mean──▸ W

is one morphism: every client begins with the same weights, makes steps on data that nobody else sees, and what comes
back is averaged.

>>> learner = cd.learn(cd.nn.dense(3, 2), cd.losses.mean_squared, cd.optimisers.sgd(0.1))
>>> whole = averaging(learner, clients=4, steps=2, batch=5)
>>> print(whole.dom, "→", whole.cod, "of data", *list(whole.parameters)[:4], "…")
f64[3,2] @ f64[2] → f64[3,2] @ f64[2] of data client.x client.y client.x_2 client.y_2 …

With one step each, it is a step of gradient descent on all the data at once, whoever has them: the gradient of a mean
is the mean of the gradients.

>>> rng = np.random.default_rng(0)
>>> w, x, y = learner.start().moment.values, rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 5, 2))
>>> apart = averaging(learner, clients=4, steps=1, batch=5).body(*chain(*zip(x, y)), *w)
>>> together = learner.step(20)(*w, x.reshape(20, 3), y.reshape(20, 2))[:2]
>>> all(np.allclose(a, b, rtol=0, atol=1e-14) for a, b in zip(apart, together))
True

Source: McMahan et al., arXiv:1602.05629, Alg. 1, clients having data in equal parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import chain
from operator import matmul, rshift

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import digits, stratified_split
from catdiff.progress import Progress


def client(learner: cd.Learner, steps: int, batch: int) -> cd.Para:
    """`(step ; … ; step) : W → W`, whose parameters are a batch of inputs and labels for every step."""
    step = learner.step(batch)
    W = step.cod[:-1]
    data = step.dom[len(W) :]
    one = cd.para(cd.swap(data, W) >> step >> cd.id(W) @ cd.discard(step.cod[-1]), x="zeros", y="zeros")
    return reduce(rshift, [one] * steps).named("client")


def averaging(learner: cd.Learner, clients: int, steps: int, batch: int) -> cd.Para:
    """`W → W`, a round: copies of the weights, clients side by side, the mean of what they come to."""
    each = client(learner, steps, batch)
    return (
        cd.wiring(each.dom, [*range(len(each.dom))] * clients)
        >> reduce(matmul, [each] * clients)
        >> mean(each.dom, clients)
    )


def mean(W: cd.Object, k: int) -> cd.Morphism:
    """`Wᵏ → W`."""
    n = len(W)

    def each(*wires):
        return tuple([sum(wires[i + n :: n], wires[i]) * (1.0 / k) for i in range(n)])

    return cd.morphism(*[W] * k)(each).box("mean")


def shards(y: np.ndarray, rows: np.ndarray, clients: int) -> list[np.ndarray]:
    """The rows in equal parts, sorted by label first: most clients have seen two digits of ten, or three."""
    ordered = rows[np.argsort(y[rows], kind="stable")]
    size = len(ordered) // clients
    return [ordered[k * size : (k + 1) * size] for k in range(clients)]


def train(
    model: cd.Para,
    x: np.ndarray,
    y: np.ndarray,
    parts: Sequence[np.ndarray],
    rounds: int,
    steps: int = 5,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """The weights after so many rounds among clients who have the rows `parts`, each in batches of 32."""
    learner = cd.learn(model, cd.losses.softmax_cross_entropy, cd.optimisers.sgd(0.5))
    whole = cd.compile(averaging(learner, len(parts), steps, 32).body)
    rng, w = np.random.default_rng(seed), learner.start(seed).moment.values
    for _ in Progress(range(rounds), "rounds"):
        drawn = [rng.choice(part, 32, replace=False) for part in parts for _ in range(steps)]
        w = whole(*chain.from_iterable((x[rows], y[rows]) for rows in drawn), *w)
    return dict(zip(learner.names.values, w, strict=True))


def main(rounds: int = 100, clients: int = 5) -> None:
    """Five clients with two digits each, or three, and what they read of all ten: alone, and together."""
    x, y = digits()
    rows, test = stratified_split(y)
    model = cd.nn.dense(64, 32) >> cd.tanh >> cd.nn.dense(10)
    parts = shards(y, rows, clients)
    print("Digits, sorted by label, among clients who keep theirs to themselves:\n")
    for k, part in enumerate(parts):
        score = accuracy(model, train(model, x, y, [part], rounds), x[test], y[test])
        has = " ".join(map(str, np.unique(y[part])))
        print(f"client {k}, which has {has}: alone it reads {100 * score:.1f} % of those held out")
    score = accuracy(model, train(model, x, y, parts, rounds), x[test], y[test])
    print(f"\ntogether, without showing them to one another: {100 * score:.1f} %")


def accuracy(model: cd.Para, params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray) -> float:
    """What share is read right."""
    return float(np.mean(model(params, x).argmax(1) == y))
