"""Training, beside the same arithmetic written by hand in NumPy: a perceptron with softmax cross-entropy, by gradient
descent. Both see the same examples in the same order, so that the weights they end with can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import digits, iris
from catdiff.learning.learner import Learner

from .harness import Timed

Arrays = list[np.ndarray]
RATE = 0.05


@lru_cache
def data(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Examples, scaled, and labels."""
    x, y = {"iris": iris, "digits": digits}[name]()[:2]
    return np.asarray(x, float).reshape(len(x), -1) / np.max(x), np.asarray(y)


@lru_cache
def learner(inputs: int, hidden: int, outputs: int) -> Learner:
    """The model, as a user writes it."""
    model = cd.nn.mlp(hidden, outputs).at(cd.f64(inputs))
    return cd.learn(model, cd.losses.softmax_cross_entropy, cd.optimisers.sgd(RATE))


def start(net: Learner) -> Arrays:
    return [np.array(v) for v in net.start(0).moment.values]


def step(values: Arrays, x: np.ndarray, y: np.ndarray) -> Arrays:
    """One step by hand."""
    W, b, V, c = values
    n, rows = len(x), np.arange(len(x))
    before = x @ W + b
    h = np.maximum(before, 0)
    scores = h @ V + c
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, y]).mean()
    if not np.isfinite(loss):
        raise FloatingPointError
    p[rows, y] -= 1
    p /= n
    h̄ = (p @ V.T) * (before > 0)
    return [W - RATE * (x.T @ h̄), b - RATE * h̄.sum(axis=0), V - RATE * (h.T @ p), c - RATE * p.sum(axis=0)]


def one_by_one(x: np.ndarray, y: np.ndarray, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for k in range(count):
        i = k % len(x)
        yield x[i : i + 1], y[i : i + 1]


def epochs(x: np.ndarray, y: np.ndarray, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches of 32, in the order in which `fit` shuffles."""
    for k in range(count):
        rows = np.random.default_rng([0, k]).permutation(len(x))
        for at in range(0, len(x), 32):
            yield x[rows[at : at + 32]], y[rows[at : at + 32]]


def steps_of(net: Learner, size: int) -> Callable[[], Arrays]:
    """So many steps of the compiled morphism on one example each."""
    x, y = data("iris")
    run = net.compiled(1, net.loss.targets(net.model.cod)[0])

    def job() -> Arrays:
        values = start(net)
        for a, t in one_by_one(x, y, size):
            *values, _ = run(*values, a, t)
        return values

    job_before = run(*start(net), x[:1], y[:1])  # compiled, and called once
    assert len(job_before) == 5
    return job


def fitted(net: Learner, size: int) -> Callable[[], Arrays]:
    """So many epochs of `fit`, once the steps for whole batches and for the last one are compiled."""
    x, y = data("digits")
    net.fit(x, y, epochs=1, batch=32, progress=False)
    return lambda: [*net.fit(x, y, epochs=size, batch=32, seed=0, progress=False).moment.values]


def by_hand(net: Learner, batches: Iterator[tuple[np.ndarray, np.ndarray]]) -> Callable[[], Arrays]:
    def job() -> Arrays:
        values = start(net)
        for x, y in batches:
            values = step(values, x, y)
        return values

    return job


SMALL, WIDE = (4, 20, 3), (64, 32, 10)


def same(net: tuple[int, int, int], name: str, order: Any) -> Callable[[int, Arrays], None]:
    """Both end with the same weights."""

    def check(size: int, values: Arrays) -> None:
        wanted = by_hand(learner(*net), order(*data(name), size))()
        for a, b in zip(values, wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)

    return check


ROWS = [
    Timed(
        name="train iris",
        what="n steps on one example each of a perceptron 4-20-3, the floor being the same in NumPy by hand",
        sizes=(1000,),
        ours=lambda size, turn: steps_of(learner(*SMALL), size),
        floor=lambda size, turn: by_hand(learner(*SMALL), one_by_one(*data("iris"), size)),
        check=same(SMALL, "iris", one_by_one),
        per="steps",
        ratio={1000: 1.5},
    ),
    Timed(
        name="train digits",
        what="n epochs of fit, in batches of 32, of a perceptron 64-32-10; by hand without history and checks",
        sizes=(20,),
        ours=lambda size, turn: fitted(learner(*WIDE), size),
        floor=lambda size, turn: by_hand(learner(*WIDE), epochs(*data("digits"), size)),
        check=same(WIDE, "digits", epochs),
        per="epochs",
        tiny=1,
        ratio={20: 1.2},
    ),
]
