"""The programs that several rows are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import catdiff as cd
from catdiff.hypernet.build import of_net
from catdiff.hypernet.canonical import canonical

X = cd.f64()

# One name for "simplified", so that the whole benchmark changes with it.
simplify = getattr(cd, "simplify", None) or (lambda f: of_net(canonical(f.net)))


def chain(n: int, step: Any = None) -> cd.Morphism:
    """`s >> s >> … >> s`, folded from the left."""
    step = cd.sigmoid(X) if step is None else step
    f = step
    for _ in range(n - 1):
        f = f >> step
    return f


def balanced(parts: Sequence[Any]) -> Any:
    """The same composite, bracketed as a balanced tree."""
    while len(parts) > 1:
        parts = [parts[i] >> parts[i + 1] if i + 1 < len(parts) else parts[i] for i in range(0, len(parts), 2)]
    return parts[0]


def power(A: cd.Object, n: int) -> cd.Object:
    """`A ⊗ A ⊗ … ⊗ A`."""
    return cd.Object(A.wires * n)


def agree(f: cd.Morphism, xs: Sequence[float], expected: Sequence[float]) -> None:
    """f gives these numbers, up to rounding."""
    got = f(*xs)
    np.testing.assert_allclose(np.ravel(got), expected, rtol=1e-9, atol=1e-12)
