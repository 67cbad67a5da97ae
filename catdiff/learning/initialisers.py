"""How parameters begin: a function of a random generator and a shape.

The fans of a matrix `(in, out)` are its extents; a kernel `(out, in, *window)` has those times its window.

>>> import numpy as np
>>> rng = np.random.default_rng(0)
>>> w = named("glorot")(rng, (300, 100))
>>> print(f"{w.std():.2f} {(2 / 400) ** 0.5:.2f}")
0.07 0.07
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod, sqrt
from typing import Any

import numpy as np

from ..errors import ArgumentError, with_line
from .recipe import recipe

Initialiser = Callable[[np.random.Generator, tuple[int, ...]], Any]


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """`(fan in, fan out)`: how many numbers an output is summed from, and how many an input goes to."""
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    if len(shape) == 2:
        return shape[0], shape[1]
    window = prod(shape[2:])
    return shape[1] * window, shape[0] * window


def zeros(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """All zero."""
    return np.zeros(shape)


def ones(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """All one."""
    return np.ones(shape)


@recipe
def normal(deviation: float = 0.01) -> Initialiser:
    """Independent normal numbers around zero."""
    return lambda rng, shape: rng.normal(0.0, deviation, shape)


@recipe
def uniform(low: float = -0.05, high: float = 0.05) -> Initialiser:
    """Independent numbers, uniform between two."""
    return lambda rng, shape: rng.uniform(low, high, shape)


@recipe
def constant(value: float) -> Initialiser:
    """Every entry this number."""
    return lambda rng, shape: np.full(shape, value)


@recipe
def orthogonal(gain: float = 1.0) -> Initialiser:
    """Orthonormal rows or columns, whichever are fewer, times `gain`; uniform among all such.

    Source: Saxe et al., arXiv:1312.6120.
    """

    def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        rows, columns = shape[0], prod(shape[1:])
        q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
        q = q * np.where(np.diag(r) < 0, -1.0, 1.0)  # so that the law is Haar's
        return gain * (q if rows >= columns else q.T).reshape(shape)

    return draw


def _scaled(variance: Callable[[int, int], float], gaussian: bool) -> Initialiser:
    """Numbers of the variance that the fans ask for."""

    def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        deviation = sqrt(variance(*fans(shape)))
        return rng.normal(0.0, deviation, shape) if gaussian else rng.uniform(-1, 1, shape) * deviation * sqrt(3)

    return draw


@recipe
def glorot(gaussian: bool = False) -> Initialiser:
    """Variance `2 / (in + out)`. Source: Glorot and Bengio, AISTATS 2010, eq. 12 and 16."""
    return _scaled(lambda i, o: 2 / max(i + o, 1), gaussian)


@recipe
def he(gaussian: bool = False) -> Initialiser:
    """Variance `2 / in`, for rectified units. Source: He et al., arXiv:1502.01852, §2.2."""
    return _scaled(lambda i, o: 2 / max(i, 1), gaussian)


@recipe
def lecun(gaussian: bool = False) -> Initialiser:
    """Variance `1 / in`. Source: LeCun et al., Efficient BackProp, 1998, §4.6."""
    return _scaled(lambda i, o: 1 / max(i, 1), gaussian)


INITIALISERS: dict[str, Initialiser] = {
    "zeros": zeros,
    "ones": ones,
    "normal": normal(),
    "uniform": uniform(),
    "orthogonal": orthogonal(),
    "glorot": glorot(),
    "glorot_normal": glorot(gaussian=True),
    "he": he(),
    "he_normal": he(gaussian=True),
    "lecun": lecun(),
    "lecun_normal": lecun(gaussian=True),
}


def named(choice: Any) -> Initialiser:
    """An initialiser by name, as it is, or of an array or number the one that gives it.

    Raises `ArgumentError` where there is none of that name.
    """
    if isinstance(choice, str):
        if choice not in INITIALISERS:
            said = f"there is no initialiser {choice!r}; there are {', '.join(INITIALISERS)}"
            raise ArgumentError(with_line(said))
        return INITIALISERS[choice]
    if callable(choice):
        return choice
    return given(choice)


@recipe
def given(value: Any) -> Initialiser:
    """This array, or this number everywhere."""
    array = np.array(value)

    def spread(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        try:
            return np.broadcast_to(array, shape).copy()
        except ValueError:
            return array  # which is refused where the parameter's name is known

    return spread
