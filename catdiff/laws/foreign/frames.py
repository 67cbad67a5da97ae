"""Directions in which a domain can be left or stayed in.

A rule is determined by its function only along the domain: where inputs are symmetric matrices, or sum to one, what a
cotangent says across them is a convention, and no difference can tell. So a rule is compared along a *frame* per
input: every entry where the function is defined around the point; symmetric directions e_ij + e_ji where it makes
sense for symmetric (Hermitian) matrices only, or reads one triangle and the rule means both; else the flat hull of the
points there are.

>>> import catdiff as cd, numpy as np
>>> hermitian(cd.f64(2, 2).wires[0]).tolist()
[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
>>> points = [np.array([0.2, 0.8]), np.array([0.5, 0.5]), np.array([0.3, 0.7])]
>>> abs(hull(points)).round(3).tolist()
[[0.707, 0.707]]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...category.objects import Sort
from .domains import is_square, symmetrised
from .spaces import Arrays, Space

ENTRIES, SYMMETRIC, HULL = "entries", "symmetric", "hull"


@dataclass(frozen=True)
class Direction:
    """A direction in which inputs are moved: its vector, the wire it lies in (None: all), an ordinary step along it.

    `entry` is the coordinate it moves, or the first of those, None for a mixture.
    """

    vector: np.ndarray
    wire: int | None
    scale: float
    entry: int | None


def hermitian(sort: Sort) -> np.ndarray:
    """A basis of the Hermitian matrices on a wire (real and imaginary parts as a space has them), as rows."""
    *outer, n, _ = sort.shape
    size, rows = sort.size, []
    parts = 2 if sort.dtype.kind == "complex" else 1
    for batch in range(int(np.prod(outer, dtype=int))):
        for i in range(n):
            for j in range(i, n):
                for part in range(parts if i != j else 1):
                    row = np.zeros(parts * size)
                    above, below = batch * n * n + i * n + j, batch * n * n + j * n + i
                    row[part * size + above] = 1.0
                    row[part * size + below] = -1.0 if part else 1.0
                    rows.append(row)
    return np.array(rows)


def hull(vectors: Sequence[np.ndarray]) -> np.ndarray:
    """An orthonormal basis of the flat hull of points, less where it starts, as rows."""
    apart = np.array([v - vectors[0] for v in vectors[1:]])
    _, sizes, rows = np.linalg.svd(apart, full_matrices=False)
    return rows[sizes > 1e-9 * max(1e-300, float(sizes.max(initial=0.0)))]


def is_symmetric(a: np.ndarray) -> bool:
    """Whether it is equal to its own conjugate transpose, up to rounding."""
    return a.ndim >= 2 and a.shape[-1] == a.shape[-2] and bool(np.allclose(a, a.swapaxes(-1, -2).conj(), rtol=1e-12))


def reads_one_triangle(f: Callable[[Arrays], Arrays], x: Arrays, wire: int, rng: np.random.Generator) -> bool:
    """Whether f takes no notice of one strict triangle of a square matrix, and does of the other."""
    mask = np.tril(np.ones(x[wire].shape[-2:], bool), -1)
    ignored = []
    before = f(x)
    for triangle in (mask, mask.T):
        moved = [a.copy() for a in x]
        moved[wire] = np.where(triangle, moved[wire] * rng.uniform(1.1, 1.3) + 0.01, moved[wire]).astype(x[wire].dtype)
        try:
            ignored.append(all(np.array_equal(a, b) for a, b in zip(f(moved), before, strict=True)))
        except Exception:
            ignored.append(False)
    return sum(ignored) == 1


class Frames:
    """For each movable wire of a space the frame it is compared along."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.kind: dict[int, str] = dict.fromkeys(space.live, ENTRIES)
        self.basis: dict[int, np.ndarray] = {}

    def restrict(self, wire: int, kind: str, basis: np.ndarray) -> None:
        """Compare along the rows of `basis` only, on this wire."""
        self.kind[wire], self.basis[wire] = kind, basis

    def directions(self, x: np.ndarray, rng: np.random.Generator, most: int) -> list[Direction]:
        """At the point x: the whole frame where it has no more than `most` directions, else a part and mixtures."""
        scales = self.space.scales(x)
        found: list[Direction] = []
        for wire, span in self.space.spans.items():
            if self.kind[wire] == ENTRIES:
                entries = range(span.start, span.stop)
                found += [Direction(self.space.basis(k), wire, float(scales[k]), k) for k in entries]
                continue
            for row in self.basis[wire]:
                full = np.zeros(self.space.size)
                full[span] = row
                typical = float(np.sqrt(np.mean(scales[span] ** 2)))
                found.append(Direction(full, wire, typical, span.start + int(np.flatnonzero(row)[0])))
        if len(found) <= most:
            return found
        chosen = [found[k] for k in sorted(rng.choice(len(found), most - 2, replace=False))]
        for _ in range(2):  # mixtures see what single entries miss
            mixed = sum((rng.normal() * d.scale * d.vector for d in found), np.zeros(self.space.size))
            size = float(np.linalg.norm(mixed))
            chosen.append(Direction(mixed / size, None, size / np.sqrt(len(found)), None))
        return chosen

    @property
    def said(self) -> list[str]:
        """What a reader should know of the frames that are not all entries."""
        out = []
        for wire, kind in self.kind.items():
            if kind == SYMMETRIC:
                out.append(
                    f"input {wire} is taken as a symmetric matrix: the rule is compared along symmetric directions, "
                    "its cotangent counts up to its antisymmetric part"
                )
            elif kind == HULL:
                out.append(
                    f"input {wire} cannot move freely: the rule is compared along the flat hull of the points, "
                    f"{len(self.basis[wire])} of {self.space.sorts[wire].size} dimensions"
                )
        return out


def symmetric_points(x: Arrays, wires: Sequence[int]) -> Arrays:
    """The point with these wires symmetrised."""
    return [symmetrised(a).astype(a.dtype) if i in wires else a for i, a in enumerate(x)]


def square_wires(space: Space) -> list[int]:
    """The movable wires that carry square matrices."""
    return [i for i in space.live if is_square(space.sorts[i])]
