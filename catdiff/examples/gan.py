"""A generative adversarial pair: two lenses, and one critic that looks at both.

A generator `g : P ⊗ Z → X` makes points of noise, a critic `d : Q ⊗ X → 1` says how real a point looks, and the game is
a parametric map on a real point and some noise,

    ℓ = d(q, x) − d(q, g(p, z))

in which the critic stands twice and its parameter is copied: by RD.4 its cotangents add. The critic goes uphill and the
generator down; that is their optimisers' business, and changes are turned round for the one. Nothing else is special
about it: one step of both is one morphism, made as any other.

>>> played = game(generator=cd.nn.dense(2, 2), critic=cd.nn.dense(2, 1))
>>> print(played.dom, "→", played.cod, "of", *played.parameters)
f64[2] @ f64[2] → f64 of critic.dense.weight critic.dense.bias generator.dense.weight generator.dense.bias

The critic's weights are kept in a box, which makes ℓ a distance of the two distributions, times something:

>>> boxed(0.1).on(cd.f64(2)).put([0.0, 0.0], [-0.5, 0.05])       # what came back were the new weights
array([-0.1 ,  0.05])

Source: Goodfellow et al., arXiv:1406.2661; the distance, Arjovsky et al., arXiv:1701.07875, Alg. 1; as lenses,
Cruttwell et al., arXiv:2404.00408.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import catdiff as cd


def game(generator: cd.Para, critic: cd.Para) -> cd.Para:
    """`X ⊗ Z → 1`: how much more real x looks than what is made of z."""
    d = critic.named("critic")
    return (d @ (generator.named("generator") >> d)).tie("critic", "critic_2") >> against(critic.cod)


def against(L: cd.Object) -> cd.Morphism:
    """`L ⊗ L → 1`: what is said of the real one, less what is said of the other."""
    return (cd.sub(L, L) >> cd.sum).box("against")


def boxed(side: float) -> cd.optimisers.Optimiser:
    """Weights between −side and side: a lens outside the image of R, which follows another optimiser."""
    return cd.optimisers.wirewise(f"boxed({side})", {}, lambda p, new: cd.clip(new, -side, side))


def players(steps: int, **rates: float) -> cd.optimisers.Optimiser:
    """Everybody goes downhill, slower and slower, but for critics, which go up and stay in a box."""
    down = {name: cd.optimisers.rmsprop(cd.schedules.cosine(rate, steps), 0.9) for name, rate in rates.items()}
    up = {name: boxed(0.1) >> o >> cd.optimisers.scale(-1.0) for name, o in down.items() if name.startswith("critic")}
    return cd.optimisers.groups({**down, **up})


def perceptron(inputs: int, *widths: int) -> cd.Para:
    """Layers of these widths: a critic, or a generator."""
    return cd.nn.mlp(*widths, activation=cd.nn.leaky_relu()).at(cd.f64(inputs))


def ring(rng: np.random.Generator, n: int) -> np.ndarray:
    """n points about a circle of radius 2."""
    turn = rng.uniform(0, 2 * np.pi, n)
    return 2 * np.stack([np.cos(turn), np.sin(turn)], 1) + rng.normal(0, 0.1, (n, 2))


def noise(rng: np.random.Generator, n: int) -> np.ndarray:
    """n points about the origin."""
    return rng.normal(size=(n, 2))


def energy(a: np.ndarray, b: np.ndarray) -> float:
    """The energy distance of two samples: 0 where their distributions are one.

    Source: Székely and Rizzo, J. Stat. Plan. Inference 143, 2013.
    """

    def apart(u: np.ndarray, v: np.ndarray) -> np.floating:
        return np.linalg.norm(u[:, None] - v[None], axis=-1).mean()

    return float(2 * apart(a, b) - apart(a, a) - apart(b, b))


def of(whole: dict[str, np.ndarray], part: cd.Para) -> dict[str, np.ndarray]:
    """The parameters of a part of a model, from those of the whole."""
    return {name: whole[name] for name in part.parameters}


def play(epochs: int = 8, points: int = 9600, seed: int = 0, progress: bool = True) -> tuple[list[float], np.ndarray]:
    """How far what is made lies from the ring, before the first epoch and after each; and what is made in the end."""
    rng = np.random.default_rng(seed)
    generator, critic = perceptron(2, 32, 32, 2), perceptron(2, 32, 32, 1)
    optimiser = players(epochs * points // 64, generator=2e-3, critic=6e-3)
    learner = cd.learn(game(generator, critic), cd.losses.dot, optimiser)
    real, sown = ring(rng, 500), noise(rng, 500)
    made, path = generator.named("generator"), []

    def measure(run: Any) -> None:
        path.append(energy(real, made(of(run.params, made), sown)))

    measure(learner.start(seed))
    data = ring(rng, points), noise(rng, points)
    run = learner.fit(data, np.ones(points), epochs=epochs, batch=64, seed=seed, callbacks=[measure], progress=progress)
    return path, made(of(run.params, made), sown)


def scattered(points: np.ndarray, side: float = 3.0, rows: int = 15) -> list[str]:
    """Points of a square in characters, the denser the darker."""
    edges = np.linspace(-side, side, rows + 1), np.linspace(-side, side, 2 * rows + 1)
    counts = np.histogram2d(-points[:, 1], points[:, 0], edges)[0]
    return ["".join(" .:*#"[int(k)] for k in row) for row in np.minimum(np.ceil(counts / 2), 4)]


def main(epochs: int = 8) -> None:
    """Play, and show the points that are made."""
    print("The game on a real point and some noise: the critic looks twice, and its parameters are there once.\n")
    print(f"{game(perceptron(2, 32, 32, 2), perceptron(2, 32, 32, 1)).summary()}\n")
    path, made = play(epochs)
    for k, distance in enumerate(path):
        print(f"epoch {k}: energy distance {distance:.4f}")
    print("\n".join(scattered(made)))
