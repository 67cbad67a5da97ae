"""Algebraic normal form: every function of bits is one polynomial over ℤ₂ of degree ≤ 1 in each bit.

Its coefficients are the Möbius transform of the table of values, which is its own inverse. Row r of a table is the
assignment whose bit k is bit k of r, and coefficient m belongs to the product of the bits k that are set in m.

>>> table = np.array([0, 1, 1, 1], np.uint8)[:, None]                # x or y
>>> coefficients(table)[:, 0]                                         # x + y + xy
array([0, 1, 1, 1], dtype=uint8)
>>> bool((coefficients(coefficients(table)) == table).all())
True

A polynomial is worked out as lo + x·hi, where lo and hi are polynomials of the bits before x; those that occur again,
in whichever output, are worked out once. That is a decision diagram with Davio's expansion.

Source: P. Davio, J.-P. Deschamps, A. Thayse, Discrete and Switching Functions, 1978; U. Kebschull, E. Schubert,
W. Rosenstiel, Multilevel logic synthesis based on functional decision diagrams, 1992.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def coefficients(table: np.ndarray) -> np.ndarray:
    """The coefficients of functions of n bits from their values, a row for each assignment; and the other way round."""
    n, m = table.shape
    rows = np.array(table, np.uint8)
    for k in range(n.bit_length() - 1):
        halves = rows.reshape(n >> (k + 1), 2, 1 << k, m)
        halves[:, 1] ^= halves[:, 0]
    return rows


def diagram(table: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """The shared decision diagram of m functions: for each the number of its node, and the nodes of each level.

    A node of level k + 1 is a row (lo, hi) of nodes of level k; those of level 0 are the constants 0 and 1. Of every
    level node 0 is the constant 0.
    """
    numbers: Any = coefficients(table).T.astype(np.int64)  # a row for each function
    levels = []
    while numbers.shape[1] > 1:
        pairs = np.stack((numbers[:, 0::2], numbers[:, 1::2]), -1)
        nodes, places = np.unique(
            np.concatenate((np.zeros((1, 2), np.int64), pairs.reshape(-1, 2))), axis=0, return_inverse=True
        )
        numbers = places.reshape(-1)[1:].reshape(pairs.shape[:-1])
        levels.append(nodes)
    return numbers[:, 0], levels


def evaluated(table: np.ndarray, xs: Sequence[Any]) -> list[Any]:
    """The m functions of a table at n entries of a rig over ℤ₂, wires or signals; numbers where they are constant."""
    roots, levels = diagram(table)
    values: list[Any] = [0, 1]
    for nodes, x in zip(levels, xs, strict=True):
        values = [_expanded(values[lo], x, values[hi]) for lo, hi in nodes.tolist()]
    return [values[r] for r in roots.tolist()]


def _expanded(lo: Any, x: Any, hi: Any) -> Any:
    """lo + x·hi, where numbers are constants and nothing is made for 0 and 1."""
    if type(hi) is int:
        return _plus(lo, x) if hi else lo
    return _plus(lo, x * hi)


def _plus(lo: Any, y: Any) -> Any:
    return y if type(lo) is int and lo == 0 else lo + y
