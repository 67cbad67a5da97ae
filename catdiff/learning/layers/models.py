"""Worked models: a perceptron, a small convolutional net, a block of a transformer. Each is a few layers composed.

>>> import catdiff as cd
>>> print(cd.nn.mlp(32, 10).at(cd.f64(64)))
f64[64] → f64[10], of 4 parameters: dense.weight, dense.bias, dense_2.weight, dense_2.bias
>>> cd.nn.mlp(32, 10).at(cd.f64(64)) == cd.nn.dense(64, 32) >> cd.relu >> cd.nn.dense(32, 10)
True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...category.objects import Object
from ...errors import SignatureError, with_line
from ...generators.elementwise import relu
from ..layer import Member, layer
from .activations import gelu
from .attention import attention
from .batch import batch_norm
from .blocks import block, chain, flatten, residual
from .convolution import conv
from .dense import dense
from .dropout import dropout as drop
from .making import checked
from .normalisation import layer_norm
from .pooling import max_pool


def mlp(*sizes: int, activation: Any = relu, weight: Any = "glorot") -> Any:
    """Dense layers of these sizes, the last of them the output's, with activations between them."""
    if not sizes:
        raise SignatureError(with_line("mlp takes the sizes of its layers", "cd.nn.mlp(32, 10)"))
    layers: list[Any] = [dense(sizes[0], weight=weight)]
    for size in sizes[1:]:
        layers += [activation, dense(size, weight=weight)]
    return chain(*layers)


def cnn(
    classes: int,
    stages: Sequence[Sequence[int]] = ((16, 32),),
    size: int = 3,
    dropout: float = 0.5,
    normalise: bool = True,
    activation: Any = relu,
) -> Any:
    """`(C, *S) → (classes,)`: stages of convolutions that keep S, each stage pooled by two, and a dense layer.

    - `stages`: how many channels each convolution of a stage has; `size`: of the windows;
    - `normalise`: a batch norm after each convolution, and so no `Para`;
    - `dropout`: how much is left out before the dense layer.

    >>> import catdiff as cd
    >>> list(cd.nn.cnn(10, stages=((8, 8), (16,)), normalise=False).at(cd.f64(1, 8, 8)).parameters)[::2]
    ['stage.conv.weight', 'stage.conv_2.weight', 'stage_2.conv.weight', 'dropout.key', 'dense.bias']
    """
    layers: list[Any] = []
    for stage in stages:
        parts: list[Any] = []
        for channels in stage:
            parts.append(conv(channels, size, padding="same", bias=not normalise, weight="he"))
            parts += [batch_norm(), activation] if normalise else [activation]
        layers.append(block(chain(*parts, max_pool(2)), "stage"))
    return chain(*layers, flatten(), *([drop(dropout)] if dropout else []), dense(classes))


@layer
def transformer_block(
    heads: int, hidden: int | None = None, causal: bool = False, dropout: float = 0.0, activation: Any = None
) -> Member:
    """`(T, D) → (T, D)`: attention, then a perceptron at each place, each behind a layer norm and around a shortcut.

    - `hidden`: the perceptron's, 4 D by default; `activation`: a family, `cd.nn.gelu()` by default;
    - `causal`: no place sees what comes after it; `dropout`: of what is added to the shortcuts.

    Source: Vaswani et al., arXiv:1706.03762; norms first, Xiong et al., arXiv:2002.04745.
    """

    def at(A: Object) -> Any:
        D = checked("transformer_block", A, 2, "an array of places and features").shape[-1]
        mixing = layer_norm() >> attention(heads, causal=causal)
        each = layer_norm() >> dense(hidden or 4 * D) >> (activation or gelu()) >> dense(D)
        if dropout:
            mixing, each = mixing >> drop(dropout), each >> drop(dropout)
        return block((residual(mixing) >> residual(each)).at(A), "transformer_block")

    return at
