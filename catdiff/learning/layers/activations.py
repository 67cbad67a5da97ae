"""Activations that are no generators: each a box with its definition. The others are `cd.relu`, `cd.tanh` and so on,
which stand in a model as they are.

>>> import catdiff as cd, numpy as np
>>> cd.nn.gelu().at(cd.f64(3))({}, [-1.0, 0.0, 1.0]).round(4)
array([-0.1587,  0.    ,  0.8413])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...category.objects import Object
from ...generators.elementwise import erf, relu, sigmoid
from ..layer import Member, layer
from ..para import Para
from .making import boxed, checked


@layer
def gelu() -> Member:
    """`x Φ(x)`, Φ the normal distribution. Source: Hendrycks and Gimpel, arXiv:1606.08415."""
    return _pointwise("gelu", lambda x: x * (0.5 * erf(x * 0.5**0.5) + 0.5))


@layer
def silu() -> Member:
    """`x σ(x)`. Source: Elfwing et al., arXiv:1702.03118."""
    return _pointwise("silu", lambda x: x * sigmoid(x))


@layer
def leaky_relu(slope: float = 0.01) -> Member:
    """x where it is positive, `slope · x` elsewhere. Source: Maas et al., ICML 2013."""
    return _pointwise("leaky_relu", lambda x: relu(x) - slope * relu(-x))


def _pointwise(name: str, function: Callable[[Any], Any]) -> Member:
    def at(A: Object) -> Para:
        return boxed(name, checked(name, A, 0, "an array"), [], function)

    return at
