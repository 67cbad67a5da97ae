"""Convolutions, pooling and resampling from outside, each with twins that are wrong."""

from typing import Any

import numpy as np
from foreign_table import Twins

import catdiff as cd


def conv(stride=1, pad=0, dilation=1, groups=1):
    """Channels first, no batch: x[c, …], k[d, c/groups, …]; a row per place of the output."""

    def places(x, k):
        """Where in the padded input each output looks: an index of shape (outputs, kernel) per axis."""
        out = [
            (n + 2 * pad - dilation * (m - 1) - 1) // stride + 1 for n, m in zip(x.shape[1:], k.shape[2:], strict=True)
        ]
        o, t = np.indices(out).reshape(len(out), -1), np.indices(k.shape[2:]).reshape(len(out), -1)
        return tuple(o[:, :, None] * stride + t[:, None, :] * dilation), out

    def unrolled(x, k):
        at, out = places(x, k)
        padded = np.pad(x, [(0, 0)] + [(pad, pad)] * (x.ndim - 1))
        return padded.shape, at, out, padded[(slice(None), *at)].reshape(groups, len(x) // groups, *at[0].shape)

    def forward(x, k):
        _, _, out, seen = unrolled(x, k)
        kernel = k.reshape(groups, len(k) // groups, k.shape[1], -1)
        return np.einsum("gcot,gdct->gdo", seen, kernel).reshape(len(k), *out)

    def vjp(x, k, ȳ, flip=(), flip_kernel=(), group=0, crop=pad):
        shape, at, _, seen = unrolled(x, k)
        kernel = np.flip(k, flip).reshape(groups, len(k) // groups, k.shape[1], -1)
        ȳ = ȳ.reshape(groups, len(k) // groups, -1)
        p̄ = np.zeros(shape)
        inside: Any = (slice(None), *at)
        np.add.at(p̄, inside, np.einsum("gdo,gdct->gcot", ȳ, kernel).reshape(len(x), *at[0].shape))
        k̄ = np.einsum("gdo,gcot->gdct", ȳ, np.roll(seen, group, 0)).reshape(k.shape)
        return p̄[(slice(None), *(slice(crop, crop + n) for n in x.shape[1:]))], np.flip(k̄, flip_kernel)

    return forward, vjp


def max_pool(x):
    return x.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(2, 2, 4).max(-1)


def max_pool_vjp(x, ȳ, first=True):
    w = x.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(2, 2, 4)
    on = np.eye(4)[w.argmax(-1)] if first else 1.0 * (w == w.max(-1, keepdims=True))
    return (on * ȳ[..., None]).reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(4, 4)


def overlapping(x):
    return np.array([x[i : i + 3].max() for i in range(0, 5, 2)])


def overlapping_vjp(x, ȳ, add=True):
    x̄ = np.zeros_like(x)
    for o, i in enumerate(range(0, 5, 2)):
        k = i + x[i : i + 3].argmax()
        x̄[k] = (x̄[k] if add else 0) + ȳ[o]
    return x̄


def mean_pool_vjp(x, ȳ, share=0.25):
    return share * np.repeat(np.repeat(ȳ, 2, 0), 2, 1)


def interp(x, f):
    return np.interp(x, np.arange(5.0), f)


def interp_vjp(x, f, ȳ, swap=False, width=1.0):
    i = np.clip(np.floor(x).astype(int), 0, 3)
    t = np.clip(x - i, 0, 1)
    inside = (x > 0) & (x < 4)
    f̄ = np.zeros_like(f)
    np.add.at(f̄, i, ȳ * (t if swap else 1 - t))
    np.add.at(f̄, i + 1, ȳ * (1 - t if swap else t))
    return ȳ * (f[i + 1] - f[i]) * inside * width, f̄


def knots(rng):
    return [rng.uniform(-1, 5, 4), rng.normal(size=5)]


ONE = cd.f64(2, 9) @ cd.f64(3, 2, 3)
TWO = cd.f64(2, 5, 5) @ cd.f64(2, 2, 2, 3)


def row(name, dom, cod, options, **wrong):
    forward, vjp = conv(**options)
    twins = {n.replace("_", " "): ((lambda x, k, ȳ, o=o: vjp(x, k, ȳ, **o)), says) for n, (o, says) in wrong.items()}
    return Twins(name, forward, vjp, dom, cod, twins)


RULES = [
    row(
        "conv 1d",
        ONE,
        cd.f64(3, 7),
        {},
        flipped=({"flip": 2}, "flipped"),
        kernel_flipped=({"flip_kernel": 2}, "flipped along axis 2"),
    ),
    row("conv 1d, stride 2", ONE, cd.f64(3, 4), {"stride": 2}, flipped=({"flip": 2}, "flipped")),
    row(
        "conv 1d, padded",
        ONE,
        cd.f64(3, 9),
        {"pad": 1},
        flipped=({"flip": 2}, "flipped"),
        shifted=({"crop": 0}, "input 0"),
    ),
    row("conv 1d, dilated", ONE, cd.f64(3, 5), {"dilation": 2}, flipped=({"flip": 2}, "flipped")),
    row(
        "conv 1d, grouped",
        cd.f64(4, 6) @ cd.f64(4, 2, 3),
        cd.f64(4, 4),
        {"groups": 2},
        other_group=({"group": 1}, "input 1"),
    ),
    row(
        "conv 2d",
        TWO,
        cd.f64(2, 4, 3),
        {},
        flipped=({"flip": (2, 3)}, "flipped"),
        channels_too=({"flip": (1, 2, 3)}, "input 0"),
    ),
    row(
        "conv 2d, stride 2",
        TWO,
        cd.f64(2, 2, 2),
        {"stride": 2},
        flipped=({"flip": (2, 3)}, "flipped"),
        flipped_along_one=({"flip": 3}, "flipped"),
        kernel_flipped=({"flip_kernel": (2, 3)}, "flipped along axes 2, 3"),
    ),
    row(
        "conv 2d, padded, stride 2",
        TWO,
        cd.f64(2, 3, 3),
        {"stride": 2, "pad": 1},
        flipped=({"flip": (2, 3)}, "flipped"),
    ),
    Twins(
        "max pool",
        max_pool,
        max_pool_vjp,
        cd.f64(4, 4),
        cd.f64(2, 2),
        {"all of them at ties": (lambda x, ȳ: max_pool_vjp(x, ȳ, False), "ties")},
    ),
    Twins(
        "overlapping max pool",
        overlapping,
        overlapping_vjp,
        cd.f64(7),
        cd.f64(3),
        {"overwritten": (lambda x, ȳ: overlapping_vjp(x, ȳ, False), "")},
    ),
    Twins(
        "mean pool",
        lambda x: x.reshape(2, 2, 2, 2).mean((1, 3)),
        mean_pool_vjp,
        cd.f64(4, 4),
        cd.f64(2, 2),
        {
            "sum": (lambda x, ȳ: mean_pool_vjp(x, ȳ, 1.0), "factor 4"),
            "one axis": (lambda x, ȳ: mean_pool_vjp(x, ȳ, 0.5), "factor 2"),
        },
    ),
    Twins(
        "interp",
        interp,
        interp_vjp,
        cd.f64(4) @ cd.f64(5),
        cd.f64(4),
        {
            "weights swapped": (lambda *a: interp_vjp(*a, swap=True), "input 1"),
            "outside too": (
                lambda x, f, ȳ: (
                    (f[np.clip(np.floor(x).astype(int), 0, 3) + 1] - f[np.clip(np.floor(x).astype(int), 0, 3)]) * ȳ,
                    interp_vjp(x, f, ȳ)[1],
                ),
                "mask",
            ),
        },
        knots,
    ),
    Twins(
        "interp, points found",
        interp,
        interp_vjp,
        cd.f64(4) @ cd.f64(5),
        cd.f64(4),
        {"slope halved": (lambda *a: interp_vjp(*a, width=0.5), "factor 1/2, in input 0")},
    ),
]
