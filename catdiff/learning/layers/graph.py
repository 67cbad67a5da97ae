"""Message passing over a graph: a span whose E is the edges, read at their sources and added up at their targets.

    y[t] = b + x[t] U + Σ_{edges e into t} x[source e] W[type e]

>>> import catdiff as cd, numpy as np
>>> ring = [(0, 1), (1, 2), (2, 0)]
>>> layer = cd.nn.graph(ring, 4).at(cd.f64(3, 2))
>>> print(layer)
f64[3,2] → f64[3,4], of 3 parameters: graph.own, graph.weight, graph.bias

The edges are constants: the same for all examples.

Source: arXiv:2208.00809; with types of edges, Schlichtkrull et al., arXiv:1703.06103, eq. 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...category.objects import Object
from ...errors import SignatureError, with_line
from ...generators.constants import const
from ...generators.linear import einsum
from ...generators.select import gather, scatter_add
from ..initialisers import Initialiser
from ..initialisers import named as initialiser
from ..layer import Member, layer
from ..para import Para
from .making import boxed, checked, learnt, natural


@layer
def graph(
    edges: Sequence[tuple[int, int]],
    size: int,
    types: Sequence[int] | None = None,
    mean: bool = False,
    weight: Any = "glorot",
    offset: Any = "zeros",
) -> Member:
    """`(nodes, D) → (nodes, size)`: what each node is told along the edges `(source, target)`, and its own.

    - `types`: a number for each edge, from 0; every type has its own weights;
    - `mean`: messages are averaged over the edges into a node instead of added up;
    - `weight`, `offset`: how weights `[D, size]` and bias begin.
    """
    natural("graph", "size", size)
    ends = np.asarray(edges, np.int64).reshape(-1, 2)
    kinds = None if types is None else np.asarray(types, np.int64)
    if kinds is not None and (kinds.shape != ends.shape[:1] or (kinds.size and kinds.min() < 0)):
        raise SignatureError(with_line(f"graph: types are numbers from 0, one for each of {len(ends)} edges"))

    def at(A: Object) -> Para:
        n, D = _nodes(A, ends)
        count = () if kinds is None else (int(kinds.max(initial=-1)) + 1,)
        own = learnt("own", A, (D, size), weight)
        told = learnt("weight", A, (*count, D, size), _each(weight, len(count)))
        b = learnt("bias", A, (size,), offset)
        source, target = (const(column, "index") for column in ends.T)
        shares = (1 / np.maximum(np.bincount(ends[:, 1], minlength=n), 1))[ends[:, 1], None].astype(A.dtype.carrier)

        def pass_on(own: Any, told: Any, b: Any, x: Any) -> Any:
            sent = gather(x, source)
            sent = sent * shares if mean else sent
            if kinds is None:
                heard = scatter_add(sent, target, n=n) @ told
            else:
                each = einsum("ei,eio->eo", sent, gather(told, const(kinds, "index")))
                heard = scatter_add(each, target, n=n)
            return x @ own + heard + b

        return boxed("graph", A, [own, told, b], pass_on)

    return at


def _nodes(A: Object, ends: np.ndarray) -> tuple[int, int]:
    checked("graph", A, 2, "an array of nodes and features")
    if len(A.shape) != 2:
        raise SignatureError(with_line(f"graph takes an array of nodes and features, and wire 0 is {A}"))
    n, D = A.shape
    if ends.size and not 0 <= ends.min() <= ends.max() < n:
        strange = next(e for e in ends.tolist() if not 0 <= min(e) <= max(e) < n)
        raise SignatureError(
            with_line(f"graph: the edge {tuple(strange)} is between nodes 0 to {n - 1} of wire 0, {A}, or is none")
        )
    return n, D


def _each(weight: Any, stacked: int) -> Any:
    """The initialiser for one type of edges, or for a stack of them one by one."""
    draw: Initialiser = initialiser(weight)
    if not stacked:
        return draw
    return lambda rng, shape: np.stack([draw(rng, shape[1:]) for _ in range(shape[0])]) if shape[0] else np.zeros(shape)
