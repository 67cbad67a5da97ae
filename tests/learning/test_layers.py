"""Layers against what they say they compute, written out in NumPy."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd

nn = cd.nn


def run(layer, A, seed=0):
    """A layer at A, random parameters, an example and its value."""
    model, rng = layer.at(A), np.random.default_rng(seed)
    params = {name: rng.normal(size=p.sort.shape) for name, p in model.parameters.items() if p.role != "key"}
    x = rng.normal(size=A.shape) if A.dtype.kind == "real" else rng.integers(0, 4, A.shape)
    short = {name.rpartition(".")[2]: v for name, v in params.items()}
    return model, params, short, x, model(params, x)


def close(y, want):
    np.testing.assert_allclose(y, want, rtol=1e-10, atol=1e-10)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(1, 4))
def test_dense(shape, size):
    _, _, p, x, y = run(nn.dense(size), cd.f64(*shape))
    close(y, np.tensordot(x, p["weight"], 1) + p["bias"])


def correlation(x, w, stride, dilation, padding, groups):
    """`y[o, t] = Σ x[c, stride·t + dilation·k − padding] w[o, c, k]`, entry by entry."""
    d = x.ndim - 1
    x = np.pad(x, [(0, 0)] + [(p, p) for p in padding])
    reach = [e * (k - 1) + 1 for e, k in zip(dilation, w.shape[2:], strict=True)]
    space = [(n - r) // s + 1 for n, r, s in zip(x.shape[1:], reach, stride, strict=True)]
    y = np.zeros((len(w), *space))
    ins, outs = len(x) // groups, len(w) // groups
    for o in range(len(w)):
        for t in np.ndindex(*space):
            for c in range(ins):
                for k in np.ndindex(*w.shape[2:]):
                    at = tuple(stride[i] * t[i] + dilation[i] * k[i] for i in range(d))
                    y[o, *t] += x[(o // outs) * ins + c, *at] * w[o, c, *k]
    return y


@given(st.data())
def test_convolution(data):
    """In one to three dimensions, at any stride, dilation, padding and number of groups."""
    d, groups = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))

    def each(low, high):
        return tuple(data.draw(st.integers(low, high)) for _ in range(d))

    size, stride, dilation, padding = each(1, 3 if d < 3 else 2), each(1, 2), each(1, 2), each(0, 2)
    reach = [e * (k - 1) + 1 for k, e in zip(size, dilation, strict=True)]
    space = [max(r - 2 * p, 1) + data.draw(st.integers(0, 3)) for r, p in zip(reach, padding, strict=True)]
    ins, outs = groups * data.draw(st.integers(1, 2)), groups * data.draw(st.integers(1, 2))
    options = {"stride": stride, "dilation": dilation, "padding": padding, "groups": groups}
    _, _, p, x, y = run(nn.conv(outs, size, **options), cd.f64(ins, *space))
    want = correlation(x, p["weight"], **options) + p["bias"].reshape(-1, *[1] * d)
    close(y, want)


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 3))
def test_padding_same_keeps_the_extent_over_the_stride(n, size, stride):
    layer = nn.conv(2, size, stride=stride, padding="same").at(cd.f64(1, n))
    assert layer.cod.shape == (2, -(-n // stride))


def test_padding_valid_is_none():
    assert nn.conv(1, 3, padding="valid").at(cd.f64(1, 5)) == nn.conv(1, 3).at(cd.f64(1, 5))


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 3))
def test_pooling(channels, size, stride, more):
    A = cd.f64(channels, size + more, size + more)
    windows = np.lib.stride_tricks.sliding_window_view
    for layer, reduce in ((nn.max_pool, np.max), (nn.avg_pool, np.mean)):
        _, _, _, x, y = run(layer(size, stride=stride), A)
        close(y, reduce(windows(x, (size, size), (1, 2))[:, ::stride, ::stride], axis=(-1, -2)))
    for layer, reduce in ((nn.global_max_pool, np.max), (nn.global_avg_pool, np.mean)):
        _, _, _, x, y = run(layer(), A)
        close(y, reduce(x, axis=(1, 2)))


def test_embedding_is_a_row_of_its_table():
    _, _, p, i, y = run(nn.embedding(4, 3), cd.index(2, 3))
    close(y, p["weight"][i])


def test_an_index_out_of_range_raises_and_names_the_layer():
    model = nn.embedding(4, 3).at(cd.index())
    with pytest.raises(cd.CatdiffError, match="embedding"):
        model(model.init(0), 4)


@given(st.integers(1, 4), st.integers(2, 4))
def test_layer_norm(n, m):
    for axes, over in ((1, -1), (2, None)):
        _, _, p, x, y = run(nn.layer_norm(axes, eps=0.1), cd.f64(n, m))
        normal = (x - x.mean(over, keepdims=True)) / np.sqrt(x.var(over, keepdims=True) + 0.1)
        close(y, normal * p["scale"] + p["shift"])


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_group_norm(groups, each, n):
    _, _, p, x, y = run(nn.group_norm(groups), cd.f64(groups * each, n + 1))
    parts = [(g - g.mean()) / np.sqrt(g.var() + 1e-5) for g in np.split(x, groups)]
    close(y, np.concatenate(parts) * p["scale"][:, None] + p["shift"][:, None])


def heads(x, p, count, causal):
    """Attention, place by place and head by head."""
    q, k, v = ((x @ p[f"attention.{n}.weight"] + p[f"attention.{n}.bias"]) for n in ("query", "key", "value"))
    T, E = q.shape
    out = np.zeros((T, E))
    for h in np.split(np.arange(E), count):
        for t in range(T):
            seen = range(t + 1) if causal else range(T)
            e = np.exp([q[t, h] @ k[s, h] / np.sqrt(len(h)) for s in seen])
            out[t, h] = sum(a * v[s, h] for a, s in zip(e / e.sum(), seen, strict=True))
    return out @ p["attention.out.weight"] + p["attention.out.bias"]


@given(st.integers(1, 3), st.integers(1, 2), st.integers(1, 4), st.booleans())
def test_attention(count, each, T, causal):
    layer = nn.attention(count, size=count * each, causal=causal)
    _, params, _, x, y = run(layer, cd.f64(T, 3))
    close(y, heads(x, params, count, causal))


def test_causal_attention_does_not_look_ahead():
    model, params, _, x, y = run(nn.attention(2, causal=True), cd.f64(4, 4))
    other = x.copy()
    other[2:] += 1
    close(model(params, other)[:2], y[:2])


@given(st.data())
def test_graph(data):
    """Message by message; edges may repeat, and lead from a node to itself."""
    n, kinds, mean = data.draw(st.integers(1, 4)), data.draw(st.integers(0, 3)), data.draw(st.booleans())
    node = st.integers(0, n - 1)
    edges = data.draw(st.lists(st.tuples(node, node), max_size=6))
    types = [data.draw(st.integers(0, kinds - 1)) for _ in edges] if kinds else None
    _, _, p, x, y = run(nn.graph(edges, 2, types=types, mean=mean), cd.f64(n, 3))
    want = x @ p["own"] + p["bias"]
    for i, (s, t) in enumerate(edges):
        w = p["weight"] if types is None else p["weight"][types[i]]
        share = sum(target == t for _, target in edges) if mean else 1
        want[t] += x[s] @ w / share
    close(y, want)


def test_activations():
    x = np.linspace(-3, 3, 7)
    erf = np.array([float(cd.erf(v)) for v in x / np.sqrt(2)])
    for layer, want in (
        (nn.gelu(), x * (1 + erf) / 2),
        (nn.silu(), x / (1 + np.exp(-x))),
        (nn.leaky_relu(0.1), np.where(x > 0, x, 0.1 * x)),
    ):
        close(layer.at(cd.f64(7))({}, x), want)


def test_residual_takes_layers_programs_and_models():
    A, x = cd.f64(3), np.array([1.0, 2.0, 3.0])
    for f in (cd.tanh, cd.tanh(A), cd.Para(cd.tanh(A)), cd.id(A) >> cd.tanh):
        g = nn.residual(f)
        close((g.at(A) if hasattr(g, "at") else g)({}, x), x + np.tanh(x))
    two = nn.residual(cd.tanh(A) @ cd.sin(A))
    close(two({}, x, x)[1], x + np.sin(x))


def test_residual_takes_optics():
    """Around a rounding that lets gradients through, twice the gradient comes back."""
    A, x = cd.f64(2), np.array([[0.4, 1.6], [2.2, -0.9]])
    straight = cd.Lens(cd.round(A), cd.discard(A) @ cd.id(A))
    f = nn.residual(straight).over(2)
    close(f.get(x), x + np.round(x))
    close(f.put(x, np.ones((2, 2))), 2 * np.ones((2, 2)))


def test_flatten_is_row_major():
    x = np.arange(6.0).reshape(2, 3)
    close(nn.flatten().at(cd.f64(2, 3))({}, x), x.ravel())


def test_models_are_what_they_are_made_of():
    A = cd.f64(1, 8, 8)
    mlp = nn.mlp(5, 4, 3).at(cd.f64(2))
    assert mlp == nn.dense(2, 5) >> cd.relu >> nn.dense(4) >> cd.relu >> nn.dense(3)
    assert nn.cnn(10).at(A).cod == cd.f64(10)
    assert nn.cnn(10, stages=((4,),)).at(cd.f64(2, 9)).cod == cd.f64(10)  # signals too
    plain = nn.cnn(2, stages=((3,), (4,)), dropout=0, normalise=False).at(A)
    convolutions = [nn.conv(c, 3, padding="same", weight="he") >> cd.relu >> nn.max_pool(2) for c in (3, 4)]
    first, second = (nn.block(f, "stage") for f in convolutions)
    assert plain == (first >> second >> nn.flatten() >> nn.dense(2)).at(A)
    assert nn.transformer_block(2).at(cd.f64(5, 8)).cod == cd.f64(5, 8)


def test_a_transformer_block_is_its_formula():
    block, params, _, x, y = run(nn.transformer_block(2, hidden=3), cd.f64(4, 4))
    p = {name.removeprefix("transformer_block."): v for name, v in params.items()}

    def norm(z, name):
        return (z - z.mean(-1, keepdims=True)) / np.sqrt(z.var(-1, keepdims=True) + 1e-5) * p[
            f"{name}.layer_norm.scale"
        ] + p[f"{name}.layer_norm.shift"]

    attention = {name.removeprefix("residual."): v for name, v in p.items() if name.startswith("residual.")}
    z = x + heads(norm(x, "residual"), attention, 2, False)
    h = norm(z, "residual_2") @ p["residual_2.dense.weight"] + p["residual_2.dense.bias"]
    h = nn.gelu().at(cd.f64(4, 3))({}, h)
    close(y, z + h @ p["residual_2.dense_2.weight"] + p["residual_2.dense_2.bias"])
    assert block.cod == block.dom


@pytest.mark.parametrize("model", [nn.dense(3, 2), (nn.dense(2) >> nn.batch_norm() >> nn.dropout(0.5)).at(cd.f64(3))])
def test_parameters_come_from_above(model, tmp_path):
    """A name above the end of a wire is centred there; on a page, and of a term, wires begin on the left."""
    picture = model.draw()
    assert all(re.search(f'text-anchor="middle"[^>]*>{re.escape(name)}<', picture) for name in model.parameters)
    term = model.draw(layout="term", n=2)
    assert all(re.search(f'text-anchor="end"[^>]*>{re.escape(name)}<', term) for name in model.parameters)
    model.draw(tmp_path / "model.html")
    assert all(name in (tmp_path / "model.html").read_text() for name in model.parameters)
