"""A layer of every kind at a small type: what the sweeps over all layers run on.

`ZOO[name]` is a layer and the type of an example; `member(name)` the layer there. What looks across examples is in
`BATCHWISE`.
"""

import numpy as np

import catdiff as cd

nn = cd.nn
RING = [(0, 1), (1, 2), (2, 0), (0, 2)]

ZOO = {
    "dense": (nn.dense(2), cd.f64(3)),
    "dense without bias": (nn.dense(2, bias=False), cd.f64(2, 3)),
    "dense at places": (nn.dense(2), cd.f64(4, 3)),
    "bias": (nn.bias("uniform"), cd.f64(2, 3)),
    "conv 1d": (nn.conv(3, 3, stride=2, padding=1), cd.f64(2, 6)),
    "conv 2d": (nn.conv(4, (2, 3), dilation=(1, 2), groups=2, padding="same"), cd.f64(2, 3, 5)),
    "conv 3d": (nn.conv(2, 2, bias=False), cd.f64(1, 3, 2, 3)),
    "max_pool": (nn.max_pool(2), cd.f64(2, 4, 5)),
    "max_pool with options": (nn.max_pool(3, stride=1, padding="same"), cd.f64(2, 4)),
    "avg_pool": (nn.avg_pool((2, 1), padding=(1, 0)), cd.f64(2, 4, 3)),
    "global_max_pool": (nn.global_max_pool(), cd.f64(2, 2, 3)),
    "global_avg_pool": (nn.global_avg_pool(), cd.f64(2, 2, 3)),
    "embedding": (nn.embedding(4, 3), cd.index()),
    "embedding of a sentence": (nn.embedding(4, 3), cd.index(2)),
    "layer_norm": (nn.layer_norm(), cd.f64(2, 4)),
    "layer_norm of all": (nn.layer_norm(2), cd.f64(2, 4)),
    "group_norm": (nn.group_norm(2), cd.f64(4, 3)),
    "dropout": (nn.dropout(0.5), cd.f64(3, 2)),
    "attention": (nn.attention(2), cd.f64(3, 4)),
    "causal attention": (nn.attention(1, size=2, causal=True, bias=False), cd.f64(3, 3)),
    "graph": (nn.graph(RING, 2), cd.f64(3, 2)),
    "graph with types": (nn.graph([*RING, (1, 2)], 2, types=[0, 1, 0, 1, 0], mean=True), cd.f64(3, 2)),
    "residual": (nn.residual(nn.dense(3) >> cd.tanh), cd.f64(3)),
    "flatten": (nn.flatten(), cd.f64(2, 3)),
    "block": (nn.block(nn.dense(2) >> cd.sin, "inner"), cd.f64(3)),
    "gelu": (nn.gelu(), cd.f64(3)),
    "silu": (nn.silu(), cd.f64(3)),
    "leaky_relu": (nn.leaky_relu(0.1), cd.f64(3)),
    "mlp": (nn.mlp(4, 2, activation=cd.tanh), cd.f64(3)),
    "cnn": (nn.cnn(2, stages=((2, 2), (2,)), normalise=False), cd.f64(1, 4, 4)),
    "transformer_block": (nn.transformer_block(2, hidden=5, causal=True, dropout=0.25), cd.f64(3, 4)),
}
BATCHWISE = {
    "cnn over a batch": (nn.cnn(2, stages=((2,),)), cd.f64(1, 2, 4)),
    "batch_norm": (nn.batch_norm(), cd.f64(3)),
    "batch_norm of images": (nn.batch_norm(decay=0.5), cd.f64(2, 3, 2)),
    "batch_norm in a residual": (nn.residual(nn.batch_norm() >> nn.dense(3)), cd.f64(3)),
    "batch_norm and dropout": (nn.dense(4) >> nn.batch_norm() >> cd.relu >> nn.dropout(0.5) >> nn.dense(2), cd.f64(3)),
}


def member(name):
    """The layer at its type."""
    layer, A = (ZOO | BATCHWISE)[name]
    return layer.at(A)


def point(rng, A):
    """Arrays on the wires of A; indices below 4, which is what the tables here have."""
    return [rng.integers(0, 4, s.shape) if s.dtype.name == "index" else rng.normal(size=s.shape) for s in A.wires]


def examples(rng, model, n):
    """n examples, as arrays with a leading axis."""
    return [np.stack(column) for column in zip(*[point(rng, model.dom) for _ in range(n)], strict=True)]


def ordered(model, params, keys):
    """Parameters in order, keys among them: what `over(n)` takes."""
    keys, values = iter(keys), {**params}
    return [next(keys) if p.role == "key" else values[name] for name, p in model.parameters.items()]


def values(y):
    """Outputs as a list."""
    return list(y) if isinstance(y, tuple) else [y]
