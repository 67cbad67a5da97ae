"""Multi-head attention: every place of a sequence reads from all, as far as its query fits their keys.

    heads(q, k, v)[t, h] = Σₛ softmaxₛ(q[t, h] · k[s, h] / √d) v[s, h]

>>> import catdiff as cd
>>> f = cd.nn.attention(2).at(cd.f64(5, 8))
>>> print(f.dom, "→", f.cod, "|", *[name for name in f.parameters if name.endswith("weight")])
f64[5,8] → f64[5,8] | attention.query.weight attention.key.weight attention.value.weight attention.out.weight
>>> [label.name for label in f.body.net.labels[0].bodies[0].net.labels]
['query', 'key', 'value', 'heads', 'out']

Source: Vaswani et al., arXiv:1706.03762, §3.2.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from ...category.binder import build
from ...category.morphism import Morphism
from ...category.objects import Object
from ...category.structure import copy
from ...errors import SignatureError, with_line
from ...generators.linear import einsum
from ...generators.logic import where
from ...generators.macros import softmax
from ..layer import Member, layer
from ..para import Para
from .blocks import block
from .dense import affine
from .making import checked, natural

FAR = -1e30  # what stands for −∞ among scores: e to it is 0, and differences of it are numbers


@layer
def attention(
    heads: int, size: int | None = None, causal: bool = False, bias: bool = True, weight: Any = "glorot"
) -> Member:
    """`(T, D) → (T, D)`: self-attention of so many heads.

    - `size`: of queries, keys and values, of all heads together; D by default;
    - `causal`: no place sees what comes after it;
    - `bias`, `weight`: as in `dense`, for all four of its maps.
    """
    natural("attention", "the number of heads", heads)

    def at(A: Object) -> Para:
        D = checked("attention", A, 2, "an array of places and features").shape[-1]
        E = D if size is None else natural("attention", "size", size)
        if len(A.shape) != 2 or E % heads:
            said = f"{heads} heads do not share {E} features" if E % heads else "a batch is not part of the type"
            raise SignatureError(
                with_line(f"attention at {A}: {said}", f"cd.nn.attention({heads}).at(cd.f64(5, {8 * heads}))")
            )
        q, k, v = (affine(name, A, E, bias, weight) for name in ("query", "key", "value"))
        core = _heads(q.cod, heads, causal).box("heads")
        return block(copy(A, 3) >> q @ k @ v >> core >> affine("out", q.cod, D, bias, weight), "attention")

    return at


def _heads(A: Object, heads: int, causal: bool) -> Morphism:
    """Queries, keys and values, `A ⊗ A ⊗ A → A`."""
    T, E = A.shape
    seen = np.tril(np.ones((T, T), bool))

    def attend(*qkv: Any) -> Any:
        q, k, v = (x.reshape(T, heads, E // heads) for x in qkv)
        scores = einsum("thd,shd->hts", q, k) * (1 / sqrt(E // heads))
        scores = where(seen, scores, FAR) if causal else scores
        return einsum("hts,shd->thd", softmax(scores), v).reshape(T, E)

    return build(A @ A @ A, attend)
