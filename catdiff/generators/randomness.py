"""Random numbers from keys: what is random enters a program as an input, and the rest is arithmetic.

Entry i of what a key gives is a hash of the key and of i, so the same key gives the same numbers wherever and whenever
it is asked, and a batch of keys gives to each example what it would get alone:

>>> import catdiff as cd, numpy as np
>>> u = cd.uniform(cd.index(), shape=(2, 3))
>>> u(7).shape, bool(np.all(u(7) == u.map(2)([7, 8])[0]))
((2, 3), True)

A key is an `index` wire: nothing flows back through it.

Source: the hash is SplitMix64's; Steele, Lea and Flood, OOPSLA 2014, doi:10.1145/2660193.2660195.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..category.families import family
from ..category.label import Label, Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import DTYPES, Object, Sort
from ..errors import SignatureError, with_line
from .rounding import Bound

STEP, FIRST, SECOND = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
DIGITS = {"f32": 24, "f64": 53}  # of a number below 1 that a float of this dtype has exactly


def _mixed(z: Any) -> Any:
    """A bijection of 64-bit words that leaves no trace of their order."""
    z = (z ^ (z >> np.uint64(30))) * FIRST
    z = (z ^ (z >> np.uint64(27))) * SECOND
    return z ^ (z >> np.uint64(31))


def _uniform(key: Any, shape: tuple[int, ...], dtype: str) -> Any:
    keys = _mixed(np.asarray(key).astype(np.uint64)[..., None] + STEP)
    words = _mixed(keys + STEP * np.arange(1, prod(shape) + 1, dtype=np.uint64))
    digits = DIGITS[dtype]
    numbers = (words >> np.uint64(64 - digits)).astype(DTYPES[dtype].carrier)
    return (numbers * numbers.dtype.type(2.0**-digits)).reshape(*np.shape(key), *shape)


def _type(dom: Object, shape: tuple[int, ...], dtype: str) -> Object:
    if len(dom) != 1 or dom.dtype.name != "index" or dtype not in DIGITS:
        said = f"uniform takes one index wire of keys and gives f64 or f32, not {dom} to {dtype}"
        raise SignatureError(with_line(said))
    return Object((Sort(dtype, (*dom.shape, *shape)),))


def _error(label: Label) -> Bound:
    """None at all, and any where the key may be another."""
    more = len(label.attrs["shape"])

    def bound(xs: Sequence[Any], es: Sequence[Any], y: Any) -> Any:
        open_ = np.asarray(es[0] > 0).reshape(*np.shape(xs[0]), *[1] * more)
        return np.broadcast_to(np.where(open_, 1.0, 0.0), np.shape(y))

    return bound


UNIFORM = register(
    Row(
        name="uniform",
        type_rule=_type,
        over=lambda k, label: lambda key: k.embed(_uniform(key, **label.attrs)),
        locally_constant=True,
        error=_error,
        flops=lambda label: 8 * label.cod.sort.size,
        about="numbers uniform in [0, 1), each a hash of the key and of its place",
        source="doi:10.1145/2660193.2660195",
    )
)


@family("uniform", reads={0: "index"})
def uniform(A: Object, shape: Sequence[int] = (), dtype: str = "f64") -> Morphism:
    """`uniform(shape=…) : index[S] → f64[S, shape]`, independent numbers in [0, 1) for every key."""
    return Atom(label(UNIFORM, A, {"shape": tuple(shape), "dtype": dtype}))
