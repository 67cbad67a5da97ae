"""Right rules of functions that cancel: what they give is rounded far more coarsely than it looks, and near zero its
differences are those of the rounding. None of them may be called wrong; and twins that are wrong everywhere are.
"""

import numpy as np
from foreign_table import Twins

import catdiff as cd

V = cd.f64(4)


def over(top, power, limit):
    """`top(x) / x^power`, and its limit at 0."""
    return lambda x: np.where(x == 0, limit, top(x) / np.where(x == 0, 1, x) ** power)


def times(slope, factor=1.0):
    return lambda x, ȳ: factor * slope(x) * ȳ


def series(near, far, below):
    """A slope by its series near 0."""
    return lambda x: np.where(np.abs(x) < below, near(x), far(np.where(x == 0, 1, x)))


def twins(name, forward, slope):
    return Twins(name, forward, times(slope), V, V, {"doubled": (times(slope, 2.0), "factor 2")})


RULES = [
    twins(
        "(1 - cos x) / x²",
        over(lambda x: 1 - np.cos(x), 2, 0.5),
        series(lambda x: -x / 12 + x**3 / 180, lambda x: (x * np.sin(x) - 2 * (1 - np.cos(x))) / x**3, 1e-2),
    ),
    twins(
        "(x - sin x) / x³",
        over(lambda x: x - np.sin(x), 3, 1 / 6),
        series(
            lambda x: -x / 60 + x**3 / 1260 - x**5 / 60480,
            lambda x: ((1 - np.cos(x)) * x - 3 * (x - np.sin(x))) / x**4,
            5e-2,
        ),
    ),
    twins(
        "(√(1 + x²) - 1) / x",
        over(lambda x: np.sqrt(1 + x * x) - 1, 1, 0.0),
        lambda x: 1 / np.sqrt(1 + x * x) / (1 + np.sqrt(1 + x * x)),
    ),
    twins(
        "log(1 + x²) / x",
        over(lambda x: np.log(1 + x * x), 1, 0.0),
        series(lambda x: 1 - 1.5 * x * x + 5 / 3 * x**4, lambda x: 2 / (1 + x * x) - np.log1p(x * x) / x**2, 1e-2),
    ),
    twins(
        "(exp x - 1) / x",
        over(lambda x: np.exp(x) - 1, 1, 1.0),
        series(lambda x: 0.5 + x / 3 + x * x / 8 + x**3 / 30, lambda x: (x * np.exp(x) - np.exp(x) + 1) / x**2, 1e-2),
    ),
    twins("√(x² + 10⁸) - 10⁴", lambda x: np.sqrt(x * x + 1e8) - 1e4, lambda x: x / np.sqrt(x * x + 1e8)),
    Twins("(x + 10⁸) - 10⁸", lambda x: (x + 1e8) - 1e8, times(np.ones_like), V, V),
    Twins("(x + 10¹²) - 10¹²", lambda x: (x + 1e12) - 1e12, times(np.ones_like), V, V),
]
