"""Linear algebra that is one contraction: products of vectors and matrices, diagonals, traces.

>>> import catdiff as cd, numpy as np
>>> cd.matmul(np.eye(2), np.array([3.0, 4.0]))
array([3., 4.])
>>> cd.outer(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
array([[3., 4.],
       [6., 8.]])
>>> float(cd.trace(cd.diag(np.array([1.0, 2.0, 3.0]))))
6.0
>>> cd.dagger(cd.diag(cd.f64(3))) == cd.diagonal(cd.f64(3, 3))
True
"""

from __future__ import annotations

import operator

import numpy as np

from ..category.families import family
from ..category.morphism import Morphism
from ..category.objects import Object, Sort
from ..errors import SignatureError, with_line
from .linear import letters, of_span
from .shapes import one_axis
from .spans import Affine, Span


def _two(A: Object, name: str) -> tuple[Sort, Sort]:
    if len(A) != 2 or A.wires[0].dtype is not A.wires[1].dtype:
        raise SignatureError(with_line(f"{name} takes two arrays of one dtype, not {A}"))
    return A.wires[0], A.wires[1]


@family("matmul", width=2)
def matmul(A: Object) -> Morphism:
    """`x @ y` as in NumPy: vectors, matrices, and stacks of matrices, whose leading axes broadcast."""
    x, y = _two(A, "matmul")
    scalars = [k for k, s in enumerate((x, y)) if not s.shape]
    if scalars:
        raise SignatureError(with_line(f"matmul: operand {scalars[0]} of {A} is a scalar", "x * y"))
    rows, columns = x.shape[-2:-1], y.shape[1:][-1:]
    inner = (x.shape[-1], y.shape[-2:][0])
    if inner[0] != inner[1]:
        fits = (*y.shape[:-2], inner[0], *columns)
        said = f"matmul: the last axis of operand 0, {x}, is {inner[0]}, but operand 1, {y}, has {inner[1]} to meet it"
        raise SignatureError(with_line(said, f"an operand 1 of shape {fits} fits"))
    leads = [s.shape[:-2] for s in (x, y)]
    try:
        lead = np.broadcast_shapes(*leads)
    except ValueError:
        raise SignatureError(with_line(f"matmul: the leading axes of {x} and {y} do not broadcast together")) from None
    extents, b = (*lead, *rows, *columns, inner[0]), len(lead)
    r, last = b + len(rows), len(extents) - 1
    row, column, summed = letters(*range(b, r)), letters(*range(r, last)), letters(last)
    stacks = [
        tuple(
            Affine(((b - len(own) + i, 1),)) if n == lead[b - len(own) + i] else Affine(()) for i, n in enumerate(own)
        )
        for own in leads
    ]
    legs = ((*stacks[0], *row, *summed), (*stacks[1], *summed, *column))
    return of_span(Span(extents, legs, (*letters(*range(b)), *row, *column), (*lead, *rows, *columns)), A)


@family("dot", width=2)
def dot(A: Object) -> Morphism:
    """`Σ xᵢ yᵢ` of two vectors."""
    x, y = _two(A, "dot")
    if len(x.shape) != 1 or x.shape != y.shape:
        raise SignatureError(with_line(f"dot takes two vectors of one length, not {A}", "cd.matmul(x, y)"))
    return of_span(Span(x.shape, (letters(0), letters(0)), (), ()), A)


@family("outer", width=2)
def outer(A: Object) -> Morphism:
    """`(*I) ⊗ (*J) → (*I, *J)`, the product of every entry of x with every entry of y."""
    x, y = _two(A, "outer")
    i, shape = len(x.shape), (*x.shape, *y.shape)
    every = letters(*range(len(shape)))
    return of_span(Span(shape, (every[:i], every[i:]), every, shape), A)


@family("kron", width=2)
def kron(A: Object) -> Morphism:
    """The Kronecker product of two arrays with equally many axes: `z[i·J + j] = x[i] y[j]` along each."""
    x, y = _two(A, "kron")
    rank = len(x.shape)
    if len(y.shape) != rank:
        raise SignatureError(with_line(f"kron: {x} and {y} have not equally many axes", "cd.expand_dims(x, axis)"))
    digits = [((i, n), (rank + i, 1)) if n else ((rank + i, 1),) for i, n in enumerate(y.shape)]
    shape = tuple(m * n for m, n in zip(x.shape, y.shape, strict=True))
    legs = (letters(*range(rank)), letters(*range(rank, 2 * rank)))
    return of_span(Span((*x.shape, *y.shape), legs, tuple(map(Affine, digits)), shape), A)


@family("diag")
def diag(A: Object, offset: int = 0) -> Morphism:
    """`(…, n) → (…, n+|k|, n+|k|)`: the last axis as the k-th diagonal of matrices that are zero elsewhere."""
    if not A.shape:
        raise SignatureError(with_line(f"diag takes an array with an axis, not {A}"))
    *lead, n = A.shape
    k, b = operator.index(offset), len(lead)
    shape = (*lead, n + abs(k), n + abs(k))
    out = (*letters(*range(b)), Affine(((b, 1),), max(0, -k)), Affine(((b, 1),), max(0, k)))
    return of_span(Span(A.shape, (letters(*range(b + 1)),), out, shape), A)


def _diagonal(A: Object, name: str, offset: int, axes: tuple[int, int]) -> Span:
    """The span of the diagonal of two axes, put last."""
    i, j = (one_axis(a, len(A.shape), name) for a in axes)
    if i == j:
        raise SignatureError(with_line(f"{name} of {A} takes two axes, not {axes}"))
    k = operator.index(offset)
    low, high = max(0, -k), max(0, k)
    n = max(0, min(A.shape[i] - low, A.shape[j] - high))
    others = [a for a in range(len(A.shape)) if a not in (i, j)]
    d, place = len(others), {a: Affine(((at, 1),)) for at, a in enumerate(others)}
    place |= {i: Affine(((d, 1),), low), j: Affine(((d, 1),), high)}
    shape = (*(A.shape[a] for a in others), n)
    return Span(shape, (tuple(place[a] for a in range(len(A.shape))),), letters(*range(d + 1)), shape)


@family("diagonal")
def diagonal(A: Object, offset: int = 0, axis1: int = -2, axis2: int = -1) -> Morphism:
    """`(…, m, n) → (…, r)`: the entries `x[…, i, i + offset]` of two axes, as the last axis of the rest."""
    return of_span(_diagonal(A, "diagonal", offset, (axis1, axis2)), A)


@family("trace")
def trace(A: Object, offset: int = 0, axis1: int = -2, axis2: int = -1) -> Morphism:
    """`(…, m, n) → (…)`: the sum of that diagonal."""
    s = _diagonal(A, "trace", offset, (axis1, axis2))
    return of_span(Span(s.extents, s.inputs, s.output[:-1], s.shape[:-1]), A)
