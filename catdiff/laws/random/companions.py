"""The other programs a law speaks of, `g : B → C`: drawn from a seed, over the dtypes f is made of.

>>> import catdiff as cd
>>> f = cd.sin(cd.f64(2))
>>> [g] = drawn({"g": (cd.f64(2), cd.f64(3))}, {"g": "B → C"}, 0)
>>> print(g)
f64[2] → f64[3]
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from ...category.morphism import Morphism
from ...category.objects import Object, Sort
from ...generators import elementwise, linear, shapes
from .programs import fit, program
from .sampler import Seeded
from .signatures import Signature, signature

SMALL = ((), (2,), (3,), (2, 2))
BUDGET = 3  # parts of a companion


@lru_cache(maxsize=64)
def _signature(dtypes: tuple[str, ...], smooth: bool) -> Signature:
    """Polynomials over these dtypes, or smooth functions."""
    families = [elementwise.neg, elementwise.mul, elementwise.sub, linear.sum, linear.transpose, shapes.concat]
    families += [elementwise.sin, elementwise.tanh] if smooth else []
    return signature(dtypes, *families, shapes=SMALL)


def dtypes_of(*objects: Object) -> tuple[str, ...]:
    """The arithmetic dtypes of these objects, f64 where there is none."""
    names = dict.fromkeys(s.dtype.name for A in objects for s in A.wires if s.dtype.kind != "discrete")
    return tuple(names) or ("f64",)


def object_for(f: Morphism, rng: np.random.Generator) -> Object:
    """Some object over f's dtypes, of one or two wires."""
    dtypes, n = dtypes_of(f.dom, f.cod), int(rng.integers(1, 3))
    return Object([Sort(dtypes[rng.integers(len(dtypes))], SMALL[rng.integers(len(SMALL))]) for _ in range(n)])


def drawn(
    types: Mapping[str, tuple[Object, Object]], said: Mapping[str, str], seed: int, smooth: bool = False
) -> list[Morphism]:
    """A program for each companion; what its type says to be linear sums and copies, and nothing else."""
    found = []
    for i, (name, (dom, cod)) in enumerate(types.items()):
        if said[name].endswith("linear"):
            found.append(fit(dom, cod))
        else:
            made = _signature(dtypes_of(dom, cod), smooth)
            found.append(program(Seeded([seed, i]), made, dom=dom, cod=cod, budget=BUDGET))
    return found
