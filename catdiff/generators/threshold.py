"""Threshold gates over ℤ₂: whether a weighted count of bits reaches a number.

`threshold(x) = [w · x ≥ t]`, the sum being one of integers, is a Boolean function, and like every one it is the value
of exactly one multilinear polynomial over ℤ₂. That polynomial is what the row means, so that it has a reverse
derivative: ∂f/∂xᵢ = f(x, xᵢ = 1) + f(x, xᵢ = 0), which says whether xᵢ is *pivotal*, that is, decides. The other row
gives all of these at once, for the price of one count:

>>> import catdiff as cd
>>> majority = threshold(cd.z2(3), least=2)
>>> [int(majority([a, b, 1])) for a in (0, 1) for b in (0, 1)]
[0, 1, 1, 1]
>>> cd.R(majority)([0, 1, 1], 1), pivotal(cd.z2(3), least=2)([0, 1, 1])
(array([0, 1, 1], dtype=uint8), array([0, 1, 1], dtype=uint8))

Both have a definition in the language, a circuit of sums and products of bits that counts; symmetric functions are sums
of thresholds, and a circuit that is one may be written as one.

Source: McCulloch and Pitts, Bull. Math. Biophysics 5, 1943; pivotal inputs, O'Donnell, Analysis of Boolean Functions,
arXiv:2105.10386, Def. 2.12.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..category.binder import build
from ..category.families import Family, family
from ..category.label import Label, Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import Object
from ..errors import BudgetError, SignatureError, with_line
from .constants import const
from .linear import einsum, spread
from .rounding import Bound
from .shapes import without
from .views import pad

Weights = Sequence[int]
MOST = 1 << 20  # sums that a circuit counts


def _type(name: str, reduces: bool) -> Callable[..., Object]:
    """Type rule: one z2 wire with as many bits along its last axis as weights, an axis that `reduces` leaves out."""

    def rule(dom: Object, weights: Weights, least: int) -> Object:
        if len(dom) != 1 or dom.dtype.name != "z2" or not dom.shape:
            raise SignatureError(with_line(f"{name} takes one z2 wire with an axis to count along, not {dom}"))
        if any(type(v) is not int for v in (*weights, least)):
            raise SignatureError(with_line(f"{name}: weights and least are whole numbers, not {weights} and {least}"))
        if len(weights) != dom.shape[-1]:
            raise SignatureError(with_line(f"{name}: {len(weights)} weights for the {dom.shape[-1]} bits of {dom}"))
        return Object((dom.sort.with_shape(without(dom.shape, (-1,))),)) if reduces else dom

    return rule


# -- what they do to arrays --------------------------------------------------------------------------------------


def _counting(old: Label) -> tuple[Any, Any]:
    """The weights in the narrowest arithmetic that counts exactly, and the threshold."""
    weights, least = old.attrs["weights"], old.attrs["least"]
    reach = sum(map(abs, weights)) + abs(least)
    narrow = np.float32 if reach < 2**24 else np.float64 if reach < 2**53 else np.object_
    return np.array(weights, narrow), np.array(least, narrow)[()]


def _threshold(old: Label) -> Callable[[Any], Any]:
    weights, least = _counting(old)
    return lambda x: np.asarray(x.astype(weights.dtype) @ weights >= least, np.uint8)


def _pivotal(old: Label) -> Callable[[Any], Any]:
    weights, least = _counting(old)

    def run(x: Any) -> Any:
        each = x.astype(weights.dtype) * weights
        others = each.sum(-1, keepdims=True) - each
        return np.asarray((others >= least) != (others + weights >= least), np.uint8)

    return run


# -- what they mean ----------------------------------------------------------------------------------------------


def _counted(old: Label) -> Morphism:
    """The circuit that counts: after each bit, a bit for every sum there may be that says whether it is that sum."""
    weights, least = old.attrs["weights"], old.attrs["least"]
    low = sum(min(w, 0) for w in weights)
    sums = sum(map(abs, weights)) + 1
    if sums > MOST:
        raise BudgetError(
            with_line(f"{old.row.name} opened is a circuit with {sums:,} sums to count: {MOST:,} are the most")
        )

    def count(x: Any) -> Any:
        start = np.zeros((*x.shape[:-1], sums), np.uint8)
        start[..., -low] = 1
        here = x.builder.lift(const(start, "z2"))
        for i, w in enumerate(weights):
            moved = pad(here, [*[(0, 0)] * (x.ndim - 1), (w, -w)])
            here = here + spread(x[..., i], here, (-1,)) * (moved - here)
        return here[..., min(max(least - low, 0), sums) :].sum(-1)

    return build(old.dom, count)


def _set(x: Any) -> tuple[Any, Any]:
    """x with its i-th bit set to 1, and to 0, along a new axis for i before the last."""
    n, one = x.shape[-1], np.eye(x.shape[-1], dtype=int)
    off = x.reshape(*x.shape[:-1], 1, n) * (1 - one)
    return off + one, off


def _flipped(f: Family) -> Callable[..., Any]:
    """f with each bit set, less f with it not set: its slopes, where it is multilinear."""

    def slopes(x: Any, **attrs: Any) -> Any:
        on, off = _set(x)
        return f(on, **attrs) - f(off, **attrs)

    return slopes


def _exact(old: Label) -> Bound:
    """The column of errors: certain where all bits are."""
    return lambda xs, es, y: np.where(np.any(es[0], axis=-1, keepdims=y.ndim == xs[0].ndim), np.inf, np.zeros(y.shape))


def _member(row: Row) -> Family:
    def member(A: Object, least: int, weights: Weights | None = None) -> Morphism:
        chosen = (1,) * A.shape[-1] if weights is None and len(A) == 1 and A.shape else tuple(weights or ())
        return Atom(label(row, A, {"weights": chosen, "least": least}))

    member.__doc__ = f"`{row.name}(least, weights=None)` along the last axis, all weights 1 by default: {row.about}."
    return family(row.name)(member)


THRESHOLD = register(
    Row(
        name="threshold",
        type_rule=_type("threshold", reduces=True),
        kernel=_threshold,
        definition=_counted,
        R=lambda x, ȳ, **attrs: spread(ȳ, x, (-1,)) * pivotal(x, **attrs),
        D=lambda x, ẋ, **attrs: (ẋ * _flipped(threshold)(x, **attrs)).sum(-1),
        error=_exact,
        flops=lambda old: 2 * old.dom.sort.size,
        title=lambda old: f"≥ {old.attrs['least']}",
        about="whether a weighted count of bits along the last axis is at least a number",
        source="doi:10.1007/BF02478259",
    )
)
PIVOTAL = register(
    Row(
        name="pivotal",
        type_rule=_type("pivotal", reduces=False),
        kernel=_pivotal,
        definition=lambda old: build(old.dom, lambda x: _flipped(threshold)(x, **old.attrs)),
        R=lambda x, ȳ, **attrs: einsum("...i,...ik->...k", ȳ, _flipped(pivotal)(x, **attrs)),
        D=lambda x, ẋ, **attrs: einsum("...k,...ik->...i", ẋ, _flipped(pivotal)(x, **attrs)),
        error=_exact,
        flops=lambda old: 5 * old.dom.sort.size,
        title=lambda old: f"∂ ≥ {old.attrs['least']}",
        about="for every bit along the last axis, whether a threshold is reached with it and not without",
        source="arXiv:2105.10386",
    )
)
threshold, pivotal = _member(THRESHOLD), _member(PIVOTAL)
