"""Named abbreviations with a numerically stable kernel: the definition says what they mean, the kernel how they run."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..category.binder import build
from ..category.label import Row, register
from ..category.objects import Object
from ..errors import SignatureError, with_line
from . import normalised
from .axes import along
from .elementwise import exp, log
from .linear import spread
from .shapes import without


def _smooth(name: str, reduces: bool = False) -> Any:
    """Type rule: one real wire to one of its sort, or without the axis."""

    def rule(dom: Object, axis: int) -> Object:
        if len(dom) != 1 or dom.dtype.kind != "real" or not -len(dom.shape) <= axis < 0:
            raise SignatureError(with_line(f"{name} takes one f32 or f64 wire with axis {axis}, not {dom}"))
        return Object((dom.sort.with_shape(without(dom.shape, (axis,))),)) if reduces else dom

    return rule


def _shifted(x: Any, axis: int) -> tuple[Any, Any]:
    top = np.maximum.reduce(x, axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, x.dtype.type(0))
    return top, x - top


def _softmax(x: Any, axis: int) -> Any:
    e = np.exp(_shifted(x, axis)[1])
    return e / np.add.reduce(e, axis, keepdims=True)


def _logsumexp(x: Any, axis: int) -> Any:
    top, low = _shifted(x, axis)
    with np.errstate(divide="ignore"):
        return np.log(np.sum(np.exp(low), axis=axis)) + np.squeeze(top, axis)


def _log_softmax(x: Any, axis: int) -> Any:
    _, low = _shifted(x, axis)
    with np.errstate(divide="ignore"):
        return low - np.log(np.add.reduce(np.exp(low), axis, keepdims=True))


def _over(s: Any, x: Any, axis: int) -> Any:
    return spread(s.sum(axis), x, (axis,))


def _define(function: Any) -> Any:
    return lambda label: build(label.dom, lambda x: function(x, label.attrs["axis"]))


def _cost(label: Any) -> int:
    return 3 * label.dom.sort.size


SOFTMAX = register(
    Row(
        name="softmax",
        type_rule=_smooth("softmax"),
        forward=_softmax,
        definition=_define(lambda x, axis: exp(x) / _over(exp(x), x, axis)),
        R=lambda x, ȳ, axis: softmax(x, axis=axis) * (ȳ - _over(softmax(x, axis=axis) * ȳ, x, axis)),
        D=lambda x, ẋ, axis: (
            softmax(x, axis=axis) * ẋ - softmax(x, axis=axis) * _over(ẋ * softmax(x, axis=axis), x, axis)
        ),
        error=normalised.softmax,
        flops=_cost,
        about="eˣ over its sum along an axis",
    )
)
LOGSUMEXP = register(
    Row(
        name="logsumexp",
        type_rule=_smooth("logsumexp", reduces=True),
        forward=_logsumexp,
        definition=_define(lambda x, axis: log(exp(x).sum(axis))),
        R=lambda x, ȳ, axis: softmax(x, axis=axis) * spread(ȳ, x, (axis,)),
        D=lambda x, ẋ, axis: (exp(x - spread(logsumexp(x, axis=axis), x, (axis,))) * ẋ).sum(axis),
        error=normalised.logsumexp,
        flops=_cost,
        about="log Σ eˣ along an axis",
    )
)
LOG_SOFTMAX = register(
    Row(
        name="log_softmax",
        type_rule=_smooth("log_softmax"),
        forward=_log_softmax,
        definition=_define(lambda x, axis: log(exp(x) / _over(exp(x), x, axis))),
        R=lambda x, ȳ, axis: ȳ - softmax(x, axis=axis) * _over(ȳ, x, axis),
        D=lambda x, ẋ, axis: ẋ - _over(exp(log_softmax(x, axis=axis)) * ẋ, x, axis),
        error=normalised.log_softmax,
        flops=_cost,
        about="x − log Σ eˣ along an axis",
    )
)


softmax, logsumexp, log_softmax = along(SOFTMAX), along(LOGSUMEXP, "B"), along(LOG_SOFTMAX)
