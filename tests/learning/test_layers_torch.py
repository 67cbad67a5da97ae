"""Layers and their derivatives against torch, where it is installed."""

import numpy as np
import pytest

import catdiff as cd

torch = pytest.importorskip("torch")
nn, F = cd.nn, torch.nn.functional


def both(layer, A, reference, n=3):
    """Value and gradients over a batch, ours and torch's; `reference(params, x)` has parameters by their last name."""
    model, rng = layer.at(A), np.random.default_rng(0)
    f = model.over(n)
    xs = [rng.uniform(0.2, 1.0, s.shape) for s in f.dom.wires]
    ȳ = [rng.normal(size=s.shape) for s in f.cod.wires]
    got = f(*xs), cd.R(f)(*xs, *ȳ)
    wires = [torch.tensor(x, requires_grad=True) for x in xs]
    names = [name.rpartition(".")[2] for name in model.parameters]
    y = reference(dict(zip(names, wires, strict=False)), wires[-1])
    (y * torch.tensor(ȳ[0])).sum().backward()
    y0 = got[0][0] if isinstance(got[0], tuple) else got[0]
    np.testing.assert_allclose(y0, y.detach().numpy(), rtol=1e-9, atol=1e-9)
    if len(ȳ) == 1:
        for w, x̄ in zip(wires, got[1] if isinstance(got[1], tuple) else [got[1]], strict=True):
            np.testing.assert_allclose(x̄, np.zeros(x̄.shape) if w.grad is None else w.grad.numpy(), atol=1e-9)
    return model, xs, got[0]


def test_convolutions():
    options = {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}
    for d, function in ((1, F.conv1d), (2, F.conv2d), (3, F.conv3d)):
        layer = nn.conv(4, 2, **options)
        both(layer, cd.f64(2, *[5] * d), lambda p, x, f=function: f(x, p["weight"], p["bias"], **options))


def test_pooling():
    both(nn.max_pool(2), cd.f64(2, 5, 4), lambda p, x: F.max_pool2d(x, 2))
    both(nn.avg_pool(3, stride=1, padding=1), cd.f64(2, 5), lambda p, x: F.avg_pool1d(x, 3, 1, 1))


def test_normalisation():
    both(nn.layer_norm(2), cd.f64(2, 4), lambda p, x: F.layer_norm(x, (2, 4), p["scale"], p["shift"]))
    both(nn.group_norm(2), cd.f64(4, 3), lambda p, x: F.group_norm(x, 2, p["scale"], p["shift"]))
    mean, variance = np.zeros(2), np.zeros(2)

    def reference(p, x):
        running = [p[name].detach().clone() for name in ("mean", "variance")]
        y = F.batch_norm(x, *running, p["scale"], p["shift"], training=True, momentum=0.25)
        mean[:], variance[:] = (r.numpy() for r in running)
        return y

    _, _, (_, *states) = both(nn.batch_norm(decay=0.75), cd.f64(2, 3), reference)
    np.testing.assert_allclose(states, [mean, variance])


def test_attention():
    def reference(p, x):
        layer = torch.nn.MultiheadAttention(4, 2, batch_first=True, dtype=torch.float64)
        x = x.requires_grad_()
        with torch.no_grad():
            layer.in_proj_weight.copy_(torch.cat([p[f"{k}.weight"].T for k in ("query", "key", "value")]))
            layer.in_proj_bias.copy_(torch.cat([p[f"{k}.bias"] for k in ("query", "key", "value")]))
            layer.out_proj.weight.copy_(p["out.weight"].T)
            layer.out_proj.bias.copy_(p["out.bias"])
        unseen = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1)
        return layer(x, x, x, attn_mask=unseen, need_weights=False)[0]

    model, rng = nn.attention(2, causal=True).at(cd.f64(3, 4)), np.random.default_rng(0)
    params = {name: rng.normal(size=p.sort.shape) for name, p in model.parameters.items()}
    x, ȳ = rng.normal(size=(2, 5, 3, 4))
    given = {name.removeprefix("attention."): torch.tensor(v) for name, v in params.items()}
    wire = torch.tensor(x)
    y = reference(given, wire)
    np.testing.assert_allclose(model(params, x), y.detach().numpy(), atol=1e-12)
    (y * torch.tensor(ȳ)).sum().backward()
    np.testing.assert_allclose(cd.R(model.over(5))(*params.values(), x, ȳ)[-1], wire.grad.numpy(), atol=1e-12)


def test_activations():
    for layer, function in (
        (nn.gelu(), F.gelu),
        (nn.silu(), F.silu),
        (nn.leaky_relu(0.1), lambda x: F.leaky_relu(x, 0.1)),
    ):
        model, x = layer.at(cd.f64(7)), np.linspace(-3, 3.5, 7)
        wire = torch.tensor(x, requires_grad=True)
        y = function(wire)
        y.sum().backward()
        np.testing.assert_allclose(model({}, x), y.detach().numpy(), atol=1e-12)
        np.testing.assert_allclose(cd.R(model.body)(x, np.ones(7)), wire.grad.numpy(), atol=1e-12)


def test_embedding():
    model, i = nn.embedding(5, 2).at(cd.index(3)), np.array([[1, 4, 1], [0, 1, 2]])
    table = model.init(0)["embedding.weight"]
    w = torch.tensor(table, requires_grad=True)
    y = F.embedding(torch.tensor(i), w)
    ȳ = np.random.default_rng(0).normal(size=y.shape)
    (y * torch.tensor(ȳ)).sum().backward()
    np.testing.assert_array_equal(model({"embedding.weight": table}, i), y.detach().numpy())
    np.testing.assert_allclose(cd.R(model.over(2))(table, i, ȳ)[0], w.grad.numpy(), atol=1e-14)
