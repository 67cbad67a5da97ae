"""Fifty diagrams, and how many crossings and bends a picture of one has.

Half of them are programs people draw, models and reverse derivatives; half are random models and their derivatives,
from seeds. Boxes are opened, so that a diagram is one frame: engines that know no boxes in boxes can lay it out too.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import catdiff as cd
from catdiff.draw.scene import Piece, Scene
from catdiff.examples.digits import cross_entropy, perceptron, training_step
from catdiff.examples.gallery import ENTRIES
from catdiff.laws import model
from catdiff.laws.random.sampler import Seeded
from catdiff.laws.random.signatures import SMOOTH

from .flops import cnn, gmm, mlp
from .programs import X, power

V = cd.f64(3)
SMALLEST, LARGEST = 8, 80  # boxes of a random model that is drawn
LEVEL = 0.05  # pixels that a level wire may rise
SAMPLES = 16  # places at which the heights of two pieces are compared


# -- the diagrams ---------------------------------------------------------------------------------------------


def attention(n: int = 4, d: int = 3) -> cd.Morphism:
    """One head: what the softmax of queries times keys picks of the values."""
    w = cd.f64(d, d)

    @cd.morphism(w, w, w, cd.f64(n, d))
    def f(wq, wk, wv, x):
        return cd.softmax(cd.einsum("id,jd->ij", x @ wq, x @ wk) * d**-0.5) @ (x @ wv)

    return f


def permuted(n: int, wide: int, seed: int = 0) -> cd.Morphism:
    """A layered DAG of n boxes with two inputs and two outputs each, random permutations between its layers."""
    chance = random.Random(seed)
    box = (cd.copy(X @ X) >> cd.add(X @ X) @ cd.mul(X @ X)).box("b")
    f = cd.id(power(X, 2 * wide))
    for _ in range(n // wide):
        order = list(range(2 * wide))
        chance.shuffle(order)
        row = box
        for _ in range(wide - 1):
            row = row @ box
        f = f >> cd.permute(f.cod, order) >> row
    return f


def named() -> dict[str, cd.Morphism]:
    """Programs people draw, their boxes opened."""
    square, readme = cd.copy(X) >> cd.mul(X @ X), ENTRIES["derivatives/sin-times-exp"].make()[0]
    found = {"readme": readme, "perceptron": ENTRIES["models/perceptron"].make()[0]}
    found |= {"attention": attention(), "cnn": cnn(8), "mlp": mlp(4), "gmm": gmm(3)}
    found |= {f"R {name}": cd.R(f) for name, f in found.items()}
    found |= {
        "training step": training_step(perceptron(32), cross_entropy(32), 0.5),
        "gradient": cd.value_and_grad(mlp(4), wires=[0, 2, 4]),
        "R softmax": cd.R(cd.softmax(V)),
        "R where": cd.R(cd.morphism(V, V)(lambda x, y: cd.where(x > y, x * x, y))),
        "R atan2": cd.R(cd.atan2(V @ V)),
        "R hypot": cd.R(cd.hypot(V @ V)),
        "R R R square": cd.R(cd.R(cd.R(square))),
        "D R readme": cd.D(cd.R(readme)),
        "jacobian": cd.jacobian(readme),
        "R R readme": cd.R(cd.R(readme)),
        "R tanh affine": cd.R(cd.R(cd.morphism(V, V)(lambda x, y: cd.tanh(x * y + x)))),
    }
    opened = {name: f.flatten() for name, f in found.items()}
    return opened | {f"permuted {wide}": permuted(20, wide) for wide in (4, 5)}


def seeded(n: int) -> Iterator[tuple[str, cd.Morphism]]:
    """Random models of some size, every other one differentiated."""
    seed, found = 0, 0
    while found < n:
        f = model(Seeded(seed), SMOOTH)[1]
        f = (cd.R(f) if seed % 2 else f).flatten()
        if SMALLEST <= len(f.net) <= LARGEST:
            found += 1
            yield f"seed {seed}", f
        seed += 1


def diagrams() -> dict[str, cd.Morphism]:
    """All fifty."""
    return named() | dict(seeded(25))


# -- what is counted ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """What is wrong with a picture: crossings of different wires, and bends."""

    crossings: int
    bends: int


def height(piece: Piece, x: float) -> float:
    """The height of a piece at x: its cubic, solved for the parameter by halving."""
    x0, y0, c0, c1, x1, y1 = piece
    if y0 == y1 or x1 <= x0:
        return y1 if x >= x1 else y0
    low, high = 0.0, 1.0
    for _ in range(24):
        t = (low + high) / 2
        s = 1 - t
        if s * s * s * x0 + 3 * s * s * t * c0 + 3 * s * t * t * c1 + t * t * t * x1 < x:
            low = t
        else:
            high = t
    return y0 + (y1 - y0) * low * low * (3 - 2 * low)


def meet(a: Piece, b: Piece) -> int:
    """How often two pieces change sides; that they touch at an end does not count."""
    left, right = max(a[0], b[0]), min(a[4], b[4])
    if left >= right or min(a[1], a[5]) > max(b[1], b[5]) or min(b[1], b[5]) > max(a[1], a[5]):
        return 0
    over = [height(a, x) - height(b, x) for i in range(SAMPLES + 1) for x in [left + (right - left) * i / SAMPLES]]
    signs = [d > 0 for d in over if abs(d) > LEVEL]
    return sum(p != q for p, q in pairwise(signs))


def crossings(wires: Sequence[Sequence[Piece]]) -> int:
    """Crossings of different wires, each made of pieces."""
    pieces = sorted((p[0], w, p) for w, wire in enumerate(wires) for p in set(wire))
    found, open_ = 0, list[tuple[int, Piece]]()
    for left, w, p in pieces:
        open_ = [(v, q) for v, q in open_ if q[4] > left]
        found += sum(meet(p, q) for v, q in open_ if v != w)
        open_.append((w, p))
    return found


def bends(wire: Sequence[Piece]) -> int:
    """How often the ways from where a wire is made to all who read it change their height."""
    pieces = sorted({p for p in wire if p[4] - p[0] > LEVEL}, reverse=True)
    ahead: dict[tuple[float, float], list[Piece]] = {}
    for p in pieces:
        ahead.setdefault((round(p[0], 3), round(p[1], 3)), []).append(p)
    readers: dict[Piece, int] = {}
    for p in pieces:
        readers[p] = sum(readers[q] for q in ahead.get((round(p[4], 3), round(p[5], 3)), ())) or 1
    return sum(readers[p] for p in readers if abs(p[1] - p[5]) > LEVEL)


def count(scene: Scene) -> Count:
    """Crossings and bends of a scene."""
    wires = [w.pieces for w in scene.wires]
    return Count(crossings(wires), sum(map(bends, wires)))
