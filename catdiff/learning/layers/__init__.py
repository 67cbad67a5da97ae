"""Layers, as programs with parameters: `cd.nn`.

All but `batch_norm` are programs on one example, and families: they take their type from their left neighbour, or
from `layer.at(A)`. Each is a box, called as its parameters are.
"""

from .activations import gelu, leaky_relu, silu
from .attention import attention
from .batch import batch_norm
from .blocks import block, chain, flatten, residual
from .convolution import conv
from .dense import bias, dense
from .dropout import dropout
from .embedding import embedding
from .graph import graph
from .models import cnn, mlp, transformer_block
from .normalisation import group_norm, layer_norm
from .pooling import avg_pool, global_avg_pool, global_max_pool, max_pool

# fmt: off
__all__ = [
    # multilinear
    "dense", "bias", "conv", "embedding", "graph", "attention",
    # pooling
    "max_pool", "avg_pool", "global_max_pool", "global_avg_pool",
    # normalisation
    "layer_norm", "group_norm", "batch_norm",
    # chance, shape and shortcuts
    "dropout", "flatten", "residual", "block", "chain",
    # activations that are no generators
    "gelu", "silu", "leaky_relu",
    # models
    "mlp", "cnn", "transformer_block",
]
