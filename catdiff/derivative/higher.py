"""Jacobians and Hessians, as morphisms: R or D over a basis.

>>> import catdiff as cd, numpy as np
>>> cd.jacobian(cd.sin(cd.f64(2)))(np.zeros(2))
array([[1., 0.],
       [0., 1.]])
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..category.binder import Wire, build
from ..category.morphism import Morphism
from ..errors import SignatureError, with_line
from ..generators.constants import const, zero
from ..generators.linear import reshape, transpose
from .forward import D
from .gradients import grad, plug
from .operator import operator
from .reverse import R, chosen_wires


@operator
def jacobian(f: Morphism, mode: str | None = None, wires: Sequence[int] | None = None) -> Morphism:
    """`A → ⊗ J_ji`: one wire per (output, input) pair, row-major, of shape `B_j + A_i`.

    `mode` is `"reverse"`, `"forward"`, or chosen by shape; `wires` keeps some inputs only.
    """
    chosen = chosen_wires(f, wires)
    if any(w.dtype.kind != "real" for w in (*[f.dom.wires[i] for i in chosen], *f.cod.wires)):
        raise SignatureError(with_line(f"a jacobian is between real wires, which not all those of {f} are"))
    if mode is None:
        entries = sum(f.dom.wires[i].size for i in chosen)
        mode = "forward" if entries < sum(w.size for w in f.cod.wires) else "reverse"
    if mode not in ("forward", "reverse"):
        raise SignatureError(with_line(f"mode is 'forward' or 'reverse', not {mode!r}"))
    block = _by_rows if mode == "reverse" else _by_columns
    return build(f.dom, lambda *xs: tuple(block(f, xs, chosen)))


def _over_basis(g: Morphism, xs: Sequence[Wire], at: int) -> list[Wire]:
    """The outputs of `g : A ⊗ B → …` at xs and each basis vector of input `at`, zero on the rest of B."""
    n, sort = len(xs), g.dom.wires[at]
    h = plug(g, {i: zero(g.dom[i]) for i in range(n, len(g.dom)) if i != at})
    if not len(h.cod):
        return []
    basis = const(np.eye(sort.size).reshape(sort.size, *sort.shape), sort.dtype)
    out = h.map(sort.size, shared=range(n))(*xs, xs[0].builder.lift(basis))
    return list(out) if isinstance(out, tuple) else [out]


def _by_rows(f: Morphism, xs: Sequence[Wire], chosen: Sequence[int]) -> list[Wire]:
    blocks = []
    for j, b in enumerate(f.cod.wires):
        rows = _over_basis(R(f, chosen), xs, len(xs) + j)
        blocks += [reshape(row, shape=(*b.shape, *f.dom.wires[i].shape)) for i, row in zip(chosen, rows, strict=True)]
    return blocks


def _by_columns(f: Morphism, xs: Sequence[Wire], chosen: Sequence[int]) -> list[Wire]:
    columns = [_over_basis(D(f, [i]), xs, len(xs)) for i in chosen]
    blocks = []
    for j, b in enumerate(f.cod.wires):
        for i, column in zip(chosen, columns, strict=True):
            rank = len(b.shape)
            last = transpose(column[j], axes=(*range(1, rank + 1), 0))
            blocks.append(reshape(last, shape=(*b.shape, *f.dom.wires[i].shape)))
    return blocks


@operator
def hessian(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`A → ⊗ H_ij` for `f : A → f64()`: one wire per pair of inputs, of shape `A_i + A_j`; forward over reverse."""
    return jacobian(grad(f, wires), "forward", wires)
