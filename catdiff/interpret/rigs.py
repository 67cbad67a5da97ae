"""What `add`, `mul` and `neg` mean in each dtype's carrier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Rig:
    """A commutative rig on arrays: sums, products, and negatives where there are any."""

    add: Callable[[Any, Any], Any]
    mul: Callable[[Any, Any], Any]
    neg: Callable[[Any], Any]


def _exact(ufunc: Any) -> Callable[..., Any]:
    """int64 arithmetic that raises OverflowError rather than wrap."""

    def run(*xs: Any) -> Any:
        y = ufunc(*xs)
        about = ufunc(*[np.asarray(x, np.float64) for x in xs])
        if np.any(np.abs(about) >= 2.0**62):
            big = ufunc(*[np.asarray(x).astype(object) for x in xs])
            if np.any(np.asarray(big != y)):
                raise OverflowError("the result does not fit into a 64-bit integer")
        return y

    return run


FIELD = Rig(np.add, np.multiply, np.negative)
RIGS = {
    "z2": Rig(np.bitwise_xor, np.bitwise_and, lambda x: x),
    "integer": Rig(_exact(np.add), _exact(np.multiply), _exact(np.negative)),
}
