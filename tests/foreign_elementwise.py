"""Activations and other elementwise rules from outside, each with twins that are subtly wrong."""

from math import erf, erfc, pi, sqrt

import numpy as np
from foreign_table import Twins

import catdiff as cd

V = cd.f64(4)
HALF = sqrt(0.5)
erf_ = np.vectorize(erf, otypes=[float])
C, K = sqrt(2 / pi), 0.044715


def times(slope):
    """The rule of an elementwise function with this slope."""
    return lambda x, ȳ: slope(x) * ȳ


def normal(x):
    return np.exp(-x * x / 2) / sqrt(2 * pi)


def below(x):
    return 0.5 * (1 + erf_(HALF * x))


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


def gelu_slope(x):
    return below(x) + x * normal(x)


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(C * (x + K * x**3)))


def gelu_tanh_slope(x, three=3, inner=True):
    t = np.tanh(C * (x + K * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (C * (1 + three * K * x * x) if inner else 1)


def mish(x):
    return x * np.tanh(np.logaddexp(0, x))


def mish_slope(x, inner=sigmoid):
    t = np.tanh(np.logaddexp(0, x))
    return t + x * (1 - t * t) * inner(x)


def elu(x):
    return np.where(x > 0, x, 0.5 * np.expm1(np.minimum(x, 0)))


def hard_swish(x):
    return x * np.clip(x + 3, 0, 6) / 6


def hard_swish_slope(x, middle=lambda x: (2 * x + 3) / 6):
    return np.where(x <= -3, 0.0, np.where(x >= 3, 1.0, middle(x)))


def arctan2_vjp(y, x, ȳ, sign=-1):
    r = x * x + y * y
    return x / r * ȳ, sign * y / r * ȳ


def power_vjp(x, y, ȳ, log=np.log):
    return y * x ** (y - 1) * ȳ, log(x) * x**y * ȳ


def smooth_l1(x):
    return np.where(np.abs(x) < 0.5, x * x, np.abs(x) - 0.25)


RULES = [
    Twins(
        "gelu",
        lambda x: x * below(x),
        times(gelu_slope),
        V,
        V,
        {
            "without the density": (times(below), ""),
            "density not times x": (times(lambda x: below(x) + normal(x)), ""),
            "of the tanh approximation": (times(gelu_tanh_slope), ""),
            "density unnormalised": (times(lambda x: below(x) + x * np.exp(-x * x / 2)), ""),
        },
    ),
    Twins(
        "gelu, tanh",
        gelu_tanh,
        times(gelu_tanh_slope),
        V,
        V,
        {
            "without the 3": (times(lambda x: gelu_tanh_slope(x, 1)), ""),
            "without the inner derivative": (times(lambda x: gelu_tanh_slope(x, inner=False)), ""),
            "of the exact one": (times(gelu_slope), ""),
        },
    ),
    Twins(
        "log sigmoid",
        lambda x: -np.logaddexp(0, -x),
        times(lambda x: sigmoid(-x)),
        V,
        V,
        {"not mirrored": (times(sigmoid), ""), "sign": (times(lambda x: -sigmoid(-x)), "sign")},
    ),
    Twins(
        "silu",
        lambda x: x * sigmoid(x),
        times(lambda x: sigmoid(x) * (1 + x * sigmoid(-x))),
        V,
        V,
        {
            "without x": (times(lambda x: sigmoid(x) * (1 + sigmoid(-x))), ""),
            "first term only": (times(sigmoid), ""),
            "scaled": (times(lambda x: 1.001 * sigmoid(x) * (1 + x * sigmoid(-x))), "1.001"),
        },
    ),
    Twins(
        "mish", mish, times(mish_slope), V, V, {"without sigmoid": (times(lambda x: mish_slope(x, np.ones_like)), "")}
    ),
    Twins(
        "elu, α = ½",
        elu,
        times(lambda x: np.where(x > 0, 1.0, 0.5 * np.exp(x))),
        V,
        V,
        {
            "without α": (times(lambda x: np.where(x > 0, 1.0, np.exp(x))), "< 0"),
            "y + 1": (times(lambda x: np.where(x > 0, 1.0, elu(x) + 1)), "< 0"),
        },
    ),
    Twins(
        "erfc",
        np.vectorize(erfc, otypes=[float]),
        times(lambda x: -2 / sqrt(pi) * np.exp(-x * x)),
        V,
        V,
        {
            "sign": (times(lambda x: 2 / sqrt(pi) * np.exp(-x * x)), "sign"),
            "factor": (times(lambda x: -1 / sqrt(pi) * np.exp(-x * x)), "factor 1/2"),
            "half the square": (times(lambda x: -2 / sqrt(pi) * np.exp(-x * x / 2)), ""),
        },
    ),
    Twins(
        "softsign",
        lambda x: x / (1 + np.abs(x)),
        times(lambda x: 1 / (1 + np.abs(x)) ** 2),
        V,
        V,
        {"without the square": (times(lambda x: 1 / (1 + np.abs(x))), "")},
    ),
    Twins(
        "hard swish",
        hard_swish,
        times(hard_swish_slope),
        V,
        V,
        {"product rule forgotten": (times(lambda x: hard_swish_slope(x, lambda x: (x + 3) / 6)), "")},
    ),
    Twins(
        "arctan2",
        np.arctan2,
        arctan2_vjp,
        V @ V,
        V,
        {"sign of one": (lambda y, x, ȳ: arctan2_vjp(y, x, ȳ, 1), "sign is wrong, in input 1")},
    ),
    Twins(
        "hypot",
        np.hypot,
        lambda x, y, ȳ: (x / np.hypot(x, y) * ȳ, y / np.hypot(x, y) * ȳ),
        V @ V,
        V,
        {
            "squared below": (lambda x, y, ȳ: (x / np.hypot(x, y) * ȳ, y / np.hypot(x, y) ** 2 * ȳ), "input 1"),
            "swapped": (lambda x, y, ȳ: (y / np.hypot(x, y) * ȳ, x / np.hypot(x, y) * ȳ), "swap"),
        },
    ),
    Twins(
        "power",
        np.power,
        power_vjp,
        V @ V,
        V,
        {
            "without log": (lambda x, y, ȳ: power_vjp(x, y, ȳ, np.ones_like), "input 1"),
            "log2": (lambda x, y, ȳ: power_vjp(x, y, ȳ, np.log2), "input 1"),
            "exponent not lowered": (lambda x, y, ȳ: (y * x**y * ȳ, power_vjp(x, y, ȳ)[1]), "input 0"),
        },
    ),
    Twins(
        "smooth L1, β = ½",
        smooth_l1,
        times(lambda x: np.clip(2 * x, -1, 1)),
        V,
        V,
        {
            "without β": (times(lambda x: np.where(np.abs(x) < 0.5, x, np.sign(x))), "factor 1/2"),
            "β elsewhere": (times(lambda x: np.clip(x, -1, 1)), ""),
        },
    ),
    Twins(
        "cbrt",
        np.cbrt,
        times(lambda x: 1 / (3 * np.cbrt(x) ** 2)),
        V,
        V,
        {
            "not squared": (times(lambda x: 1 / (3 * np.cbrt(x))), ""),
            "1e-6 added": (times(lambda x: 1 / (3 * np.cbrt(x) ** 2 + 1e-6)), "nearly"),
        },
    ),
    Twins(
        "sigmoid",
        sigmoid,
        times(lambda x: sigmoid(x) * sigmoid(-x)),
        V,
        V,
        {
            "1 + 1e-9": (times(lambda x: (1 + 1e-9) * sigmoid(x) * sigmoid(-x)), ""),
            "y only": (times(sigmoid), ""),
            "wrong far below only": (times(lambda x: np.where(x < -12, 0.0, sigmoid(x) * sigmoid(-x))), ""),
        },
    ),
    Twins(
        "huge",
        lambda x: 1e200 * np.sin(x),
        times(lambda x: 1e200 * np.cos(x)),
        V,
        V,
        {"sign": (times(lambda x: -1e200 * np.cos(x)), "sign")},
    ),
    Twins(
        "tiny",
        lambda x: 1e-200 * np.sin(x),
        times(lambda x: 1e-200 * np.cos(x)),
        V,
        V,
        {"without it": (times(np.cos), "")},
    ),
    Twins(
        "reciprocal",
        lambda x: 1 / x,
        times(lambda x: -1 / x**2),
        V,
        V,
        {"sign": (times(lambda x: 1 / x**2), "sign"), "cube": (times(lambda x: -1 / np.abs(x) ** 3), "")},
    ),
    Twins("xlogx", lambda x: x * np.log(x), times(lambda x: 1 + np.log(x)), V, V, {"without 1": (times(np.log), "")}),
    Twins(
        "tan",
        np.tan,
        times(lambda x: 1 + np.tan(x) ** 2),
        V,
        V,
        {"1 - tan²": (times(lambda x: 1 - np.tan(x) ** 2), "")},
    ),
    Twins(
        "arcsinh",
        np.arcsinh,
        times(lambda x: 1 / np.sqrt(1 + x * x)),
        V,
        V,
        {"minus": (times(lambda x: 1 / np.sqrt(np.abs(x * x - 1))), "")},
    ),
    Twins(
        "clip",
        lambda x: np.clip(x, -1, 2),
        times(lambda x: 1.0 * ((x > -1) & (x < 2))),
        V,
        V,
        {"upper bound forgotten": (times(lambda x: 1.0 * (x > -1)), "")},
    ),
    Twins(
        "sinc",
        np.sinc,
        times(lambda x: np.where(x == 0, 0.0, (np.cos(pi * x) - np.sinc(x)) / np.where(x == 0, 1, x))),
        V,
        V,
        {
            "nan at zero": (times(lambda x: (np.cos(pi * x) - np.sinc(x)) / x), "zero"),
            "without π": (
                times(lambda x: np.where(x == 0, 0.0, (np.cos(x) - np.sinc(x)) / np.where(x == 0, 1, x))),
                "",
            ),
        },
    ),
    Twins(
        "logaddexp",
        np.logaddexp,
        lambda a, b, ȳ: (sigmoid(a - b) * ȳ, sigmoid(b - a) * ȳ),
        V @ V,
        V,
        {"swapped": (lambda a, b, ȳ: (sigmoid(b - a) * ȳ, sigmoid(a - b) * ȳ), "swap")},
    ),
    Twins(
        "division",
        np.divide,
        lambda a, b, ȳ: (ȳ / b, -a / b**2 * ȳ),
        V @ V,
        V,
        {
            "not squared": (lambda a, b, ȳ: (ȳ / b, -a / b * ȳ), "input 1"),
            "sign": (lambda a, b, ȳ: (ȳ / b, a / b**2 * ȳ), "sign is wrong, in input 1"),
        },
    ),
    Twins(
        "maximum",
        np.maximum,
        lambda a, b, ȳ: (ȳ * ((a > b) + 0.5 * (a == b)), ȳ * ((b > a) + 0.5 * (a == b))),
        V @ V,
        V,
        {
            "both at ties": (lambda a, b, ȳ: (ȳ * (a >= b), ȳ * (b >= a)), "ties"),
            "none at ties": (lambda a, b, ȳ: (ȳ * (a > b), ȳ * (b > a)), "ties"),
        },
    ),
]
