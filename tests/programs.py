"""What tests ask of random programs: the product's own strategies, points by seed, and when two programs agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import assume, settings
from hypothesis import strategies as st

from catdiff.category.morphism import Atom, Morphism
from catdiff.errors import EvaluationError
from catdiff.laws.random.programs import fit
from catdiff.laws.random.sampler import point
from catdiff.laws.random.signatures import BITS, INTEGER, MIXED, SMOOTH
from catdiff.laws.random.strategies import morphisms, objects

__all__ = ["BITS", "INTEGER", "MIXED", "SMOOTH", "agree", "few", "fit", "morphisms", "objects", "point"]
__all__ += ["rounding", "run", "same", "seeds", "values"]
UNIT_ROUNDOFF = 2.0**-53
few = settings(max_examples=max(10, settings.default.max_examples // 4))  # for laws that draw several programs


def seeds() -> st.SearchStrategy[int]:
    """Seeds of points."""
    return st.integers(0, 999)


def values(f: Morphism, xs: Sequence[Any]) -> list[np.ndarray]:
    """The outputs of f as a list of arrays, however many there are."""
    y = f(*xs)
    return [np.asarray(v) for v in (y if isinstance(y, tuple) else (y,))]


def same(left: Sequence[np.ndarray], right: Sequence[np.ndarray]) -> bool:
    """The same arrays, bit for bit."""
    return len(left) == len(right) and all(
        a.dtype == b.dtype
        and a.shape == b.shape
        and (a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes())
        for a, b in zip(left, right, strict=True)
    )


# -- agreeing --------------------------------------------------------------------------------------------------


def run(f, xs):
    """The outputs of f; a program over ℤ whose numbers outgrow 64 bits shows nothing and is put aside."""
    try:
        return values(f, xs)
    except EvaluationError as error:
        assume("64-bit" not in str(error))
        raise


def sizes(f, xs) -> tuple[int, float]:
    """How many numbers f works out at a point, and the largest of them."""
    f = f.flatten()
    wires, count = [np.asarray(x) for x in xs], 1
    for label, sources, _ in f.net.steps():
        wires += values(Atom(label), [wires[s] for s in sources])
        count += sum(s.size for s in (*label.dom.wires, *label.cod.wires))
    return count, max([1.0, *(float(np.max(np.abs(w), initial=0.0)) for w in wires)])


def rounding(f, g, xs) -> float:
    """By how much f and g may differ at a point if they differ by rounding only."""
    (m, a), (n, b) = sizes(f, xs), sizes(g, xs)
    return 8 * UNIT_ROUNDOFF * (m + n) * max(a, b) ** 2


def agree(f, g, seed=0):
    """f and g have one type and the same values: exactly, or up to rounding where there are floats."""
    assert (f.dom, f.cod) == (g.dom, g.cod)
    xs = point(f.dom, seed)
    left, right = run(f, xs), run(g, xs)
    if all(s.dtype.kind == "exact" for s in (*f.dom.wires, *f.cod.wires)):
        assert same(left, right)
    else:
        bound = rounding(f, g, xs)
        for x, y in zip(left, right, strict=True):
            np.testing.assert_allclose(x, y, rtol=0, atol=bound)
