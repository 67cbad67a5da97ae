"""Dropout: entries are left out at random, and the random numbers come in by name.

The key is a parameter of role *key*: an index that every example gets anew. With the same key the same entries are
left out, so a step of learning is a function of what it is given. At rest dropout is the identity.

>>> import catdiff as cd, numpy as np
>>> drop = cd.nn.dropout(0.5).at(cd.f64(6))
>>> print(drop.over(10))
index[10] @ f64[10,6] → f64[10,6]
>>> drop.body(0, np.ones(6))
array([2., 2., 0., 2., 2., 0.])
>>> drop({}, np.ones(6))
array([1., 1., 1., 1., 1., 1.])

Source: Srivastava et al., JMLR 15, 2014; scaled when learning, so that expectations are those at rest.
"""

from __future__ import annotations

from typing import Any

from ...category.objects import Object, Sort
from ...errors import SignatureError, with_line
from ...generators.logic import where
from ...generators.randomness import uniform
from ..layer import Member, layer
from ..para import Para
from ..parameters import KEY, Parameter
from .making import boxed, checked


@layer
def dropout(rate: float) -> Member:
    """Every entry is 0 with probability `rate`, and divided by `1 − rate` otherwise."""
    if not 0 <= rate < 1:
        raise SignatureError(with_line(f"dropout: rate is a probability below 1, not {rate!r}"))

    def at(A: Object) -> Para:
        checked("dropout", A, 0, "an array")
        key = Parameter("key", Sort("index"), role=KEY)

        def drop(key: Any, x: Any) -> Any:
            kept = uniform(key, shape=x.shape, dtype=x.dtype.name) >= rate
            return where(kept, x * (1 / (1 - rate)), 0.0)

        learning, resting = boxed("dropout", A, [key], drop), boxed("dropout", A, [key], lambda key, x: x)
        return Para(learning.body, learning.trees, resting)

    return at
