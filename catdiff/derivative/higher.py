"""Jacobians and Hessians, as morphisms: R or D over a basis.

>>> import catdiff as cd, numpy as np
>>> cd.jacobian(cd.sin(cd.f64(2)))(np.zeros(2))
array([[1., 0.],
       [0., 1.]])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..category.binder import Wire, build
from ..category.morphism import Morphism
from ..category.objects import Object
from ..errors import SignatureError, with_line
from ..generators.constants import const, zero
from ..generators.linear import reshape, transpose
from .forward import D, chosen_wires, grad
from .reverse import R


def jacobian(f: Morphism, mode: str | None = None, wires: Sequence[int] | None = None) -> Morphism:
    """`A → ⊗ J_ji`: one wire per (output, input) pair, row-major, of shape `B_j + A_i`.

    `mode` is `"reverse"`, `"forward"`, or chosen by shape; `wires` keeps some inputs only.
    """
    if any(w.dtype.kind != "real" for w in (*f.dom.wires, *f.cod.wires)):
        raise SignatureError(with_line(f"a jacobian is of a morphism between real wires, not {f}"))
    chosen = chosen_wires(f, wires)
    if mode is None:
        entries = sum(f.dom.wires[i].size for i in chosen)
        mode = "forward" if entries < sum(w.size for w in f.cod.wires) else "reverse"
    if mode not in ("forward", "reverse"):
        raise SignatureError(with_line(f"mode is 'forward' or 'reverse', not {mode!r}"))
    block = _by_rows if mode == "reverse" else _by_columns
    return build(f.dom, lambda *xs: tuple(block(f, xs, chosen)))


def _over_basis(g: Morphism, xs: Sequence[Wire], A: Object, k: int) -> list[Wire]:
    """The outputs of `g : dom ⊗ A → …` at xs and each basis vector of wire k of A, zero on the others."""
    n, m, size = len(xs), len(A), A.wires[k].size
    basis = const(np.eye(size).reshape(size, *A.wires[k].shape), A.wires[k].dtype)
    builder = xs[0].builder
    fixed = [x for i in range(m) for x in ([] if i == k else [builder.lift(zero(A[i]))])]
    order = [*range(n), *(n + i for i in range(m) if i != k), n + k]
    h = build(Object((*g.dom.wires[:n], *(g.dom.wires[i] for i in order[n:]))), _reordered(g, order))
    out = h.map(size, shared=range(n + m - 1))(*xs, *fixed, builder.lift(basis))
    return list(out) if isinstance(out, tuple) else [out]


def _reordered(g: Morphism, order: Sequence[int]) -> Callable[..., tuple[Wire, ...]]:
    def body(*ws: Wire) -> tuple[Wire, ...]:
        out = g(*[ws[order.index(i)] for i in range(len(order))])
        return out if isinstance(out, tuple) else (out,)

    return body


def _by_rows(f: Morphism, xs: Sequence[Wire], chosen: Sequence[int]) -> list[Wire]:
    blocks = []
    for j, b in enumerate(f.cod.wires):
        rows = _over_basis(R(f), xs, f.cod, j)
        blocks += [reshape(rows[i], shape=(*b.shape, *f.dom.wires[i].shape)) for i in chosen]
    return blocks


def _by_columns(f: Morphism, xs: Sequence[Wire], chosen: Sequence[int]) -> list[Wire]:
    columns = {i: _over_basis(D(f), xs, f.dom, i) for i in chosen}
    blocks = []
    for j, b in enumerate(f.cod.wires):
        for i in chosen:
            rank = len(b.shape)
            last = transpose(columns[i][j], axes=(*range(1, rank + 1), 0))
            blocks.append(reshape(last, shape=(*b.shape, *f.dom.wires[i].shape)))
    return blocks


def hessian(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`A → ⊗ H_ij` for `f : A → f64()`: one wire per pair of inputs, of shape `A_i + A_j`; forward over reverse."""
    return jacobian(grad(f, wires), "forward", wires)
