"""Means, variances, norms: statistics of an array over axes.

Each row has a `definition` in the language and a kernel that says the same over the whole range of floats. Their
rules are shorter than what the definitions differentiate to, and give 0 where a norm is 0. The mean is no row: a sum
and a scaling is how it is best run as well as what it means, and rewriting sees through it.

>>> import catdiff as cd, numpy as np
>>> x = np.array([1.0, 2.0, 3.0, 4.0])
>>> float(cd.mean(x)), float(cd.variance(x)), float(cd.variance(x, ddof=2))
(2.5, 1.25, 2.5)
>>> cd.R(cd.norm(cd.f64(2)))(np.zeros(2), 1.0)
array([0., 0.])
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ..category.binder import build
from ..category.families import family
from ..category.label import Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import Object
from ..errors import SignatureError, with_line
from . import kernels, normalised
from .axes import reduced
from .elementwise import abs, pow, ratio, recip, sqrt, square
from .linear import spread, sum
from .shapes import all_from_back, axes_of, without


@family("mean")
def mean(A: Object, axis: Any = None, keepdims: bool = False) -> Morphism:
    """Mean over axes: the sum, scaled."""
    count = prod(A.shape[a] for a in axes_of(axis, len(A.shape), "mean"))
    if not count:
        raise SignatureError(with_line(f"the mean over axis {axis} of {A} is over nothing"))
    return sum(A, axis=axis, keepdims=keepdims) * (1.0 / count)


def centred(x: Any, axes: tuple[int, ...]) -> Any:
    """x less its mean over axes."""
    return x - spread(mean(x, axis=axes), x, axes)


def _count(x: Any, axes: tuple[int, ...], ddof: float) -> float:
    return prod(x.shape[a] for a in axes) - ddof


def _over_axes(name: str, reduces: bool = True, empty: bool = False) -> Callable[..., Object]:
    """Type rule: one real wire, `reduces` over axes that have more entries than `ddof`, or may be `empty`."""

    def rule(dom: Object, axes: tuple[int, ...], ddof: float = 0, eps: float = 1) -> Object:
        if len(dom) != 1 or dom.dtype.kind != "real" or any(not -len(dom.shape) <= a < 0 for a in axes):
            raise SignatureError(with_line(f"{name} takes one f32 or f64 wire with axes {axes}, not {dom}"))
        if not empty and _count(dom, axes, ddof) <= 0:
            less = f" with ddof={ddof}" if ddof else ""
            raise SignatureError(with_line(f"the {name} of {dom} over axes {axes}{less} is over nothing"))
        if not eps > 0:
            raise SignatureError(with_line(f"{name}: eps is positive, not {eps}"))
        return Object((dom.sort.with_shape(without(dom.shape, axes)),)) if reduces else dom

    return rule


def _define(function: Callable[..., Any]) -> Callable[..., Morphism]:
    return lambda label: build(label.dom, lambda x: function(x, **label.attrs))


def _cost(label: Any) -> int:
    return 4 * label.dom.sort.size


def _std(x: Any, axes: tuple[int, ...], ddof: float) -> Any:
    return kernels.norm(kernels.centred(x, axes), axes) / np.sqrt(np.asarray(x).dtype.type(_count(x, axes, ddof)))


VARIANCE = register(
    Row(
        name="variance",
        type_rule=_over_axes("variance"),
        forward=lambda x, axes, ddof: np.asarray(np.var(x, axis=axes, ddof=ddof)),
        definition=_define(lambda x, axes, ddof: square(centred(x, axes)).sum(axes) * (1.0 / _count(x, axes, ddof))),
        R=lambda x, ȳ, axes, ddof: centred(x, axes) * spread(ȳ * (2.0 / _count(x, axes, ddof)), x, axes),
        D=lambda x, ẋ, axes, ddof: (centred(x, axes) * centred(ẋ, axes)).sum(axes) * (2.0 / _count(x, axes, ddof)),
        error=normalised.variance,
        flops=_cost,
        about="mean square distance from the mean, over axes",
    )
)
STD = register(
    Row(
        name="std",
        type_rule=_over_axes("std"),
        forward=_std,
        definition=_define(lambda x, axes, ddof: sqrt(variance(x, axis=axes, ddof=ddof))),
        R=lambda x, ȳ, axes, ddof: (
            centred(x, axes) * spread(ratio(ȳ, _count(x, axes, ddof) * std(x, axis=axes, ddof=ddof)), x, axes)
        ),
        D=lambda x, ẋ, axes, ddof: (
            (ratio(centred(x, axes), spread(std(x, axis=axes, ddof=ddof), x, axes)) * centred(ẋ, axes)).sum(axes)
            * (1.0 / _count(x, axes, ddof))
        ),
        error=normalised.std,
        flops=_cost,
        about="standard deviation over axes",
    )
)
NORM = register(
    Row(
        name="norm",
        type_rule=_over_axes("norm", empty=True),
        forward=kernels.norm,
        definition=_define(lambda x, axes: sqrt(square(x).sum(axes))),
        R=lambda x, ȳ, axes: ratio(x, spread(norm(x, axis=axes), x, axes)) * spread(ȳ, x, axes),
        D=lambda x, ẋ, axes: ratio((x * ẋ).sum(axes), norm(x, axis=axes)),
        error=normalised.norm,
        flops=_cost,
        about="√Σ x² over axes, with derivative 0 at 0",
    )
)


def _layer_norm_R(x: Any, ȳ: Any, axes: tuple[int, ...], eps: float) -> Any:
    y = layer_norm(x, axis=axes, eps=eps)
    rest = centred(ȳ, axes) - y * spread(mean(y * ȳ, axis=axes), x, axes)
    return rest * spread(recip(sqrt(variance(x, axis=axes) + eps)), x, axes)


def _layer_norm_D(x: Any, ẋ: Any, axes: tuple[int, ...], eps: float) -> Any:
    c, ċ, v = centred(x, axes), centred(ẋ, axes), variance(x, axis=axes) + eps
    slope = pow(v, exponent=-1.5) * mean(c * ċ, axis=axes)
    return ċ * spread(pow(v, exponent=-0.5), x, axes) - c * spread(slope, x, axes)


LAYER_NORM = register(
    Row(
        name="layer_norm",
        type_rule=_over_axes("layer_norm", reduces=False),
        forward=kernels.layer_norm,
        definition=_define(lambda x, axes, eps: centred(x, axes) / spread(sqrt(variance(x, axis=axes) + eps), x, axes)),
        R=_layer_norm_R,
        D=_layer_norm_D,
        error=normalised.layer_norm,
        flops=_cost,
        about="(x − mean) / √(variance + eps) over axes",
    )
)


@family("variance")
def variance(A: Object, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Morphism:
    """`Σ (x − mean)² / (n − ddof)` over axes."""
    return reduced(VARIANCE, A, axis, keepdims, ddof=ddof)


@family("std")
def std(A: Object, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Morphism:
    """The square root of `variance`; where it is 0, so is its derivative."""
    return reduced(STD, A, axis, keepdims, ddof=ddof)


@family("norm")
def norm(A: Object, axis: Any = None, keepdims: bool = False) -> Morphism:
    """The 2-norm `√Σ |x|²` over axes, real even of a complex array; where it is 0, so is its derivative."""
    if A.dtype.kind == "complex":
        return abs(A) >> norm(axis=axis, keepdims=keepdims)
    return reduced(NORM, A, axis, keepdims)


@family("layer_norm")
def layer_norm(A: Object, axis: Any = -1, eps: float = 1e-5) -> Morphism:
    """`(x − mean) / √(variance + eps)` over axes; scale and shift are the learner's to add."""
    return Atom(label(LAYER_NORM, A, {"axes": all_from_back(axis, len(A.shape), "layer_norm"), "eps": float(eps)}))
