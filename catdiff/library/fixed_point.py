"""Fixed-point learning: gradient descent in integers, where a number x is the integer ⌊2ᵇ x⌋.

A product of two such integers has 2b bits behind the point, and is shifted to the right by b of them. The sums and
products are polynomials, whose reverse derivative is exact over ℤ; a shift, or a clip, is not a polynomial, and its
slope is 0 or nothing. What stands in its place is a *lens* whose way back is the identity, as if nothing had been
rounded. That lens is not `(f, R[f])` for any f: it is straight through, and its type says that it composes with lenses,
not with programs that are differentiated.

>>> import catdiff as cd
>>> A = cd.integer(2)
>>> half = straight_through(cd.floordiv(A, by=2))
>>> half.get([7, -7]), half.put([7, -7], [5, 5])             # down, and 5 comes back for each
(array([ 3, -4]), array([5, 5]))
>>> half == cd.lens(cd.floordiv(A, by=2)), cd.R(cd.floordiv(A, by=2))([7, -7], [5, 5])      # R of a step is 0
(False, array([0, 0]))

A linear classifier learns so from integers only, bit for bit the same on every machine:

>>> learner = classifier(cd.integer(2), 2, bits=10, rate=64)
>>> x, y = encode([[0.1, 0.9], [0.8, 0.3]], 10), encode([[0.0, 1.0], [1.0, 0.0]], 10)
>>> learner.fit(x, y, epochs=10, batch=1, shuffle=False, progress=False).params
{'dense.weight': array([[ 223, -206],
       [-169,  187]])}

Source: the Iris demo of yarrow-id/polycirc; Wilson and Zanasi, arXiv:2305.01041, §10.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..category.binder import build
from ..category.morphism import Morphism
from ..category.objects import Object
from ..category.structure import discard, id
from ..errors import ArgumentError, SignatureError, with_line
from ..generators.elementwise import floordiv, neg
from ..generators.logic import where
from ..learning.layers.dense import dense
from ..learning.learner import Learner
from ..learning.losses import displacement
from ..learning.optic import Lens
from ..learning.optimiser import Optimiser, wirewise
from ..learning.recipe import recipe


def encode(x: Any, bits: int) -> np.ndarray:
    """Numbers as integers of 2⁻ᵇ, what is behind the last bit cut off towards 0; `ArgumentError` where they do not fit.

    >>> encode([0.1, -0.1, 1.0], 10)
    array([ 102, -102, 1024])
    """
    try:
        given = np.asarray(x, float)
    except (TypeError, ValueError) as error:
        raise ArgumentError(with_line(f"what is encoded are numbers: {error}")) from None
    with np.errstate(over="ignore"):
        scaled = given * float(_one(bits))
    if not np.all(np.abs(scaled) < 2.0**63):
        raise ArgumentError(with_line(f"numbers with {bits} bits behind the point fit into 64 bits, and these do not"))
    return scaled.astype(np.int64)


def _one(bits: int) -> int:
    """1 with so many bits behind the point."""
    if type(bits) is not int or not 0 <= bits < 63:
        raise ArgumentError(with_line(f"bits behind the point are a whole number from 0 to 62, not {bits!r}"))
    return 1 << bits


def straight_through(f: Morphism) -> Lens:
    """`(A, A) ⇄ (A, A)`: there f, and back what comes back, unchanged. No derivative: a lens outside the image of R."""
    if not isinstance(f, Morphism) or f.dom != f.cod:
        raise SignatureError(with_line(f"what comes back passes straight through f : A → A, and not through {f}"))
    return Lens(f, discard(f.dom) @ id(f.cod))


def shifted(A: Object, bits: int) -> Morphism:
    """`x ↦ ⌊x / 2ᵇ⌋`, the shift to the right."""
    return floordiv(A, by=_one(bits))


def halfway(A: Object, bits: int) -> Morphism:
    """`x ↦ ⌊(clip(x) + 1) / 2⌋`: from −1 … 1 to 0 … 1, beyond them cut off; 1 is the integer 2ᵇ."""
    one = _one(bits)

    def body(x: Any) -> Any:
        return floordiv(where(x < -one, -one, where(x > one, one, x)) + one, by=2)

    return build(A, body).box("halfway")


@recipe
def descent(rate: int, bits: int) -> Optimiser:
    """`p⁺ = p − ⌊rate · ⌊g / 2ᵇ⌋ / 2ᵇ⌋` for the gradient g = −p': a rate of rate / 2ᵇ, rounded down twice."""

    def down(x: Any) -> Any:
        return floordiv(x, by=_one(bits))

    return wirewise(f"descent({rate!r}, {bits!r})", {}, lambda p, change: p - down(rate * down(-change)))


def classifier(A: Object, classes: int, bits: int = 10, rate: int = 8) -> Learner:
    """A linear classifier of points on `A = integer[n]` and what trains it: scores x W, shifted, and brought between 0
    and 1; what is wrong is how far they are from the label, a unit vector times 2ᵇ.

    Fed with one example at a time, its steps are those of polycirc's Iris demo. Raises `SignatureError` where A is no
    axis of integers.
    """
    if len(A) != 1 or A.dtype.name != "integer" or len(A.shape) != 1:
        raise SignatureError(
            with_line(f"fixed_point.classifier takes points on integer[n], not on {A}", "cd.integer(4)")
        )
    scores = dense(classes, bias=False, weight="zeros").at(A)
    Y = scores.cod
    model = scores >> straight_through(shifted(Y, bits)) >> straight_through(halfway(Y, bits))
    return Learner(model, displacement, descent(rate, bits), cap=neg(Y))
