"""Rules in single precision from outside: what is right to seven digits, and mistakes of a thousandth."""

import numpy as np
from foreign_table import Twins

import catdiff as cd

F, f = cd.f32(6), cd.f32()
one = np.float32


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def gelu(x):
    return (0.5 * x * (1 + np.tanh(one(0.7978846) * (x + one(0.044715) * x**3)))).astype(one)


def gelu_vjp(x, ȳ, three=3.0):
    t = np.tanh(one(0.7978846) * (x + one(0.044715) * x**3))
    return (ȳ * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * one(0.7978846) * (1 + three * one(0.044715) * x * x))).astype(
        one
    )


def norm(x, eps=1e-5):
    c = x - x.mean()
    return c / np.sqrt((c * c).mean() + one(eps))


def norm_vjp(x, ȳ, eps=1e-5, term=True):
    c = x - x.mean()
    s = np.sqrt((c * c).mean() + one(eps))
    n = c / s
    return (ȳ - ȳ.mean() - (n * (ȳ * n).mean() if term else 0)) / s


def scaled(g, factor):
    return lambda *a: (one(factor) * g(*a)).astype(one)


def double_only(x):
    if x.dtype != one:
        raise TypeError("single precision, please")
    return np.sin(x)


RULES = [
    Twins(
        "f32 sin",
        np.sin,
        lambda x, ȳ: np.cos(x) * ȳ,
        F,
        F,
        {
            "1 + 1e-3": (scaled(lambda x, ȳ: np.cos(x) * ȳ, 1.001), ""),
            "1 + 1e-4": (scaled(lambda x, ȳ: np.cos(x) * ȳ, 1.0001), ""),
            "1 + 1e-5": (scaled(lambda x, ȳ: np.cos(x) * ȳ, 1.00001), ""),
        },
    ),
    Twins(
        "f32 only",
        double_only,
        lambda x, ȳ: np.cos(x) * ȳ,
        F,
        F,
        {
            "1 + 1e-3": (scaled(lambda x, ȳ: np.cos(x) * ȳ, 1.001), ""),
            "sign": (scaled(lambda x, ȳ: np.cos(x) * ȳ, -1), "sign"),
        },
    ),
    Twins(
        "f32 softmax",
        softmax,
        lambda x, ȳ: softmax(x) * (ȳ - ȳ @ softmax(x)),
        F,
        F,
        {
            "1 - 5e-4": (scaled(lambda x, ȳ: softmax(x) * (ȳ - ȳ @ softmax(x)), 0.9995), ""),
            "without sum": (lambda x, ȳ: softmax(x) * ȳ, "sum"),
        },
    ),
    Twins(
        "f32 gelu",
        gelu,
        gelu_vjp,
        F,
        F,
        {
            "without the 3": (lambda x, ȳ: gelu_vjp(x, ȳ, 1), ""),
            "2.99 for 3": (lambda x, ȳ: gelu_vjp(x, ȳ, 2.99), ""),
        },
    ),
    Twins(
        "f32 layer norm",
        norm,
        norm_vjp,
        F,
        F,
        {
            "eps of 1e-3": (lambda x, ȳ: norm_vjp(x, ȳ, 1e-3), ""),
            "variance detached": (lambda x, ȳ: norm_vjp(x, ȳ, term=False), "sum"),
        },
    ),
    Twins("f32 log", np.log, lambda x, ȳ: ȳ / x, F, F, {"1e-3 added": (lambda x, ȳ: ȳ / (x + one(1e-3)), "")}),
    Twins(
        "f32 product",
        lambda a, b: a @ b,
        lambda a, b, ȳ: (ȳ @ b.T, a.T @ ȳ),
        cd.f32(2, 3) @ cd.f32(3, 2),
        cd.f32(2, 2),
        {"1 + 2e-4 in one": (lambda a, b, ȳ: (ȳ @ b.T, one(1.0002) * (a.T @ ȳ)), "input 1")},
    ),
    Twins(
        "f32 sum of squares",
        lambda x: (x * x).sum(),
        lambda x, ȳ: 2 * x * ȳ,
        F,
        f,
        {"without 2": (lambda x, ȳ: x * ȳ, "factor 1/2")},
    ),
    Twins(
        "f32 relu",
        lambda x: np.maximum(x, one(0)),
        lambda x, ȳ: ȳ * (x > 0),
        F,
        F,
        {"leaky": (lambda x, ȳ: ȳ * np.where(x > 0, one(1), one(1e-3)), "")},
    ),
    Twins("f32 exp", np.exp, lambda x, ȳ: np.exp(x) * ȳ, F, F, {"sign": (lambda x, ȳ: -np.exp(x) * ȳ, "sign")}),
    Twins(
        "f32 sum of exp",
        lambda x: np.log(np.exp(x - x.max()).sum()) + x.max(),
        lambda x, ȳ: ȳ * softmax(x),
        F,
        f,
        {"1 + 1e-3": (scaled(lambda x, ȳ: ȳ * softmax(x), 1.001), "")},
    ),
]
