"""The cheap-gradient bound, counted: FLOPs of `⟨f, R[f]⟩` over those of f.

One FLOP per elementwise result, two per multiply-add. A count is the same on every machine, so each row is an
ordinary test as well. The floor is the count of a gradient derived by hand.

Source: Baur and Strassen, Theoretical Computer Science 22 (1983), for the bound; the Gaussian mixture is the one of
ADBench (Srajer, Kukelova and Fitzgibbon, arXiv:1807.10129), without its prior.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import catdiff as cd
from catdiff.interpret.cost import flops

from .harness import Counted
from .programs import chain, simplify

BATCH, CLASSES = 16, 10
BOUND = 4.0


def ratio(f: cd.Morphism) -> float:
    """FLOPs of `⟨f, R[f]⟩ : A ⊗ B → B ⊗ A`, over those of f."""
    return flops(simplify(cd.vjp(f))) / flops(f)


# -- the programs ---------------------------------------------------------------------------------------------


def sigmoids(n: int) -> cd.Morphism:
    """A chain of n scalar sigmoids."""
    return chain(n)


def mlp(width: int) -> cd.Morphism:
    """A perceptron with two hidden layers of this width, and its mean cross-entropy."""
    w = cd.f64(width, width)
    b, x = cd.f64(width), cd.f64(BATCH, width)

    @cd.morphism(w, b, w, b, cd.f64(width, CLASSES), cd.f64(CLASSES), x, cd.f64(BATCH, CLASSES))
    def f(w1, b1, w2, b2, w3, b3, x, t):
        h = cd.tanh(cd.tanh(x @ w1 + b1) @ w2 + b2)
        return -(cd.log_softmax(h @ w3 + b3) * t).sum() * (1.0 / BATCH)

    return f


def cnn(side: int, batch: int = 4, channels: int = 8) -> cd.Morphism:
    """Two 3×3 convolutions, the second with stride 2, relu after each, mean over space, scores."""
    c, x = channels, cd.f64(batch, 3, side, side)

    @cd.morphism(cd.f64(c, 3, 3, 3), cd.f64(2 * c, c, 3, 3), cd.f64(2 * c, CLASSES), x)
    def f(w1, w2, w3, x):
        h = cd.relu(cd.conv(x, w1, padding=1))
        h = cd.relu(cd.conv(h, w2, stride=2, padding=1))
        return h.mean((2, 3)) @ w3

    return f


def gmm(components: int, points: int = 100) -> cd.Morphism:
    """`log p(x | α, μ, Q)` of a mixture: n points in d = components dimensions, precisions as triangular factors."""
    k, d, n = components, components, points
    below = cd.const([[float(i > j) for j in range(d)] for i in range(d)])
    diagonal = cd.const([[float(i == j) for j in range(d)] for i in range(d)])

    @cd.morphism(cd.f64(k), cd.f64(k, d), cd.f64(k, d), cd.f64(k, d, d), cd.f64(n, d))
    def f(alphas, means, logs, lower, x):
        factors = lower * below + cd.reshape(cd.exp(logs), shape=(k, 1, d)) * diagonal
        offsets = cd.reshape(x, shape=(n, 1, d)) - means
        y = cd.einsum("kij,nkj->nki", factors, offsets)
        inner = alphas + logs.sum(1) - 0.5 * (y * y).sum(2)
        constant = -0.5 * n * d * math.log(2 * math.pi)
        return cd.logsumexp(inner).sum() - n * cd.logsumexp(alphas) + constant

    return f


# -- by hand --------------------------------------------------------------------------------------------------


def sigmoids_by_hand(n: int) -> float:
    """Forward y = σ(x); back σ′(x), times ȳ."""
    return 3.0


def mlp_by_hand(width: int) -> float:
    """Per layer: one product forward, two back; bias, tanh and their transposes; softmax − t at the end."""

    def forward(i: int, o: int) -> int:
        return 2 * BATCH * i * o + BATCH * o  # product, bias

    def back(i: int, o: int) -> int:
        return 4 * BATCH * i * o + BATCH * o  # two products, sum for the bias

    layers = [(width, width), (width, width), (width, CLASSES)]
    tanhs, scores = 2 * BATCH * width, BATCH * CLASSES
    f = sum(forward(*x) for x in layers) + tanhs + 3 * scores + 2 * scores + 2
    r = sum(back(*x) for x in layers) + 2 * tanhs + 3 * scores + 3 * scores + 1
    return (f + r) / f


def cnn_by_hand(side: int, batch: int = 4, channels: int = 8) -> float:
    """Per convolution: once forward, twice back, taps on the padding not counted."""

    def taps(stride: int) -> int:
        """Pairs of an output place and a tap of the window that lies on the image, along one axis."""
        return sum(0 <= i + k - 1 < side for i in range(0, side, stride) for k in range(3))

    places, half = batch * side**2, batch * ((side + 1) // 2) ** 2
    first = 2 * batch * taps(1) ** 2 * 3 * channels
    second = 2 * batch * taps(2) ** 2 * channels * 2 * channels
    relus, scores = channels * (places + 2 * half), 2 * batch * 2 * channels * CLASSES
    f = first + second + relus + 2 * channels * (half + batch) + scores
    return (3 * (first + second + scores) + 3 * relus + 2 * channels * (half + 2 * batch)) / f


def gmm_by_hand(components: int, points: int = 100) -> float:
    """The factors' product dominates: once forward, twice back."""
    k, d, n = components, components, points
    build, lse = 3 * k * d * d + k * d, 3 * n * k
    f = build + n * k * d * 2 * d + 3 * n * k * d + k * d + 3 * n * k + lse + n + 3 * k + 3
    r = 2 * n * k * d * 2 * d + n * k * d + 2 * n * k * d + 2 * n * k + lse + n * k + 3 * k * d * d + k * d + 6 * k
    return (f + r) / f


def bounded(
    name: str, what: str, sizes: tuple[int, int], f: Callable[[int], cd.Morphism], by_hand, per: str
) -> Counted:
    """A row of this table."""
    return Counted(
        name=f"flops {name}",
        what=f"FLOPs of f and R[f] together over f: {what}",
        sizes=sizes,
        ours=lambda size: ratio(f(size)),
        floor=by_hand,
        unit="×",
        per=per,
        reach=dict.fromkeys(sizes, BOUND),
        tiny=2,
    )


ROWS = [
    bounded("mlp", "three-layer perceptron, cross-entropy", (16, 256), mlp, mlp_by_hand, "wide"),
    bounded("cnn", "two convolutions, relu, mean, scores", (8, 32), cnn, cnn_by_hand, "wide"),
    bounded("gmm", "log-likelihood of a Gaussian mixture, 100 points", (5, 25), gmm, gmm_by_hand, "components"),
    bounded("chain", "chain of sigmoids", (10, 1000), sigmoids, sigmoids_by_hand, "boxes"),
]
