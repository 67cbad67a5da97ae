"""The laws of rigs, and of what else a rig may say it has: a table, asked of random entries.

>>> from catdiff.interpret.exact import MOD
>>> broken(MOD(6)), [law for law in EQUATIONS if "inverse" in law]
([], ['the inverse is one', 'no inverse of 0'])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..generators.rig import Rig

Entry = Any
RigEquation = Callable[
    [Rig, Entry, Entry, Entry], tuple[Any, Any] | None
]  # both sides, or None where it does not apply


def _zero(k: Rig) -> Any:
    return k.zeros(())


def _one(k: Rig) -> Any:
    return k.embed(np.array(1))


def _times(k: Rig, n: int, x: Entry) -> Any:
    total = _zero(k)
    for _ in range(n):
        total = k.add(total, x)
    return total


def _inverse(k: Rig, x: Entry) -> tuple[Any, Any] | None:
    try:
        return None if k.recip is None else (k.mul(x, k.recip(x.item())), _one(k))
    except ZeroDivisionError:
        return None
    except TypeError:  # polynomials: no constant has none
        return None


def _no_inverse(k: Rig) -> tuple[Any, Any] | None:
    if k.recip is None:
        return None
    try:
        k.recip(k.embed(np.array(0)).item())
    except ZeroDivisionError:
        return _zero(k), _zero(k)
    return _one(k), _zero(k)


EQUATIONS: dict[str, RigEquation] = {
    "x + (y + z) = (x + y) + z": lambda k, x, y, z: (k.add(x, k.add(y, z)), k.add(k.add(x, y), z)),
    "x + y = y + x": lambda k, x, y, z: (k.add(x, y), k.add(y, x)),
    "x + 0 = x": lambda k, x, y, z: (k.add(x, _zero(k)), x),
    "x (y z) = (x y) z": lambda k, x, y, z: (k.mul(x, k.mul(y, z)), k.mul(k.mul(x, y), z)),
    "x y = y x": lambda k, x, y, z: (k.mul(x, y), k.mul(y, x)),
    "x 1 = x": lambda k, x, y, z: (k.mul(x, _one(k)), x),
    "x 0 = 0": lambda k, x, y, z: (k.mul(x, _zero(k)), _zero(k)),
    "x (y + z) = x y + x z": lambda k, x, y, z: (k.mul(x, k.add(y, z)), k.add(k.mul(x, y), k.mul(x, z))),
    "x + (−x) = 0": lambda k, x, y, z: None if k.neg is None else (k.add(x, k.neg(x)), _zero(k)),
    "n 1 = 0": lambda k, x, y, z: (
        None if not 0 < k.characteristic < 100 else (_times(k, k.characteristic, x), _zero(k))
    ),
    "the integer 3 is 1 + 1 + 1": lambda k, x, y, z: (k.embed(np.array(3)), _times(k, 3, _one(k))),
    "the inverse is one": lambda k, x, y, z: _inverse(k, x),
    "no inverse of 0": lambda k, x, y, z: _no_inverse(k),
}


def broken(k: Rig, seed: int = 0, tries: int = 20) -> list[str]:
    """The laws that k breaks, each with entries at which it does; none where it is a commutative rig, but for those
    that it says its rounding breaks.
    """
    rng, found = np.random.default_rng(seed), {}
    for _ in range(tries):
        x, y, z = (k.draw(rng) for _ in range(3))
        for name, law in EQUATIONS.items():
            sides = law(k, x, y, z)
            if sides is not None and name not in k.rounds and not _equal(k, *sides):
                found.setdefault(name, f"{name}: not where x = {x}, y = {y}, z = {z}")
    return list(found.values())


def _equal(k: Rig, x: Any, y: Any) -> bool:
    """Equality of entries, which may be integers that stand for some."""
    return k.equal(*(k.embed(np.asarray(v, object) if k.entry else np.asarray(v, k.carrier)) for v in (x, y)))
