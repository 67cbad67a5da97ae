"""Layers and losses from outside: normalisation, attention, recurrence, cross-entropy, and twins that are wrong."""

import numpy as np
from foreign_table import Twins

import catdiff as cd

EPS = 1e-5


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


def normalised(x, axis):
    c = x - x.mean(axis, keepdims=True)
    s = np.sqrt((c * c).mean(axis, keepdims=True) + EPS)
    return c / s, s


def norm(axis):
    def forward(x, g, b):
        return normalised(x, axis)[0] * g + b

    return forward


def norm_vjp(axis, mean=True, variance=True, sums=0, eps=True, gain=True):
    def vjp(x, g, b, ȳ):
        n, s = normalised(x, axis)
        s = s if eps else np.sqrt(s * s - EPS)
        v = ȳ * g if gain else ȳ
        x̄ = v
        if mean:
            x̄ = x̄ - v.mean(axis, keepdims=True)
        if variance:
            x̄ = x̄ - n * (v * n).mean(axis, keepdims=True)
        return x̄ / s, (ȳ * n).sum(sums), ȳ.sum(sums)

    return vjp


def rms(x, g):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + EPS) * g


def rms_vjp(x, g, ȳ, term=True, power=3):
    r = 1 / np.sqrt((x * x).mean(-1, keepdims=True) + EPS)
    v = ȳ * g
    x̄ = v * r - (x * (v * x).mean(-1, keepdims=True) * r**power if term else 0)
    return x̄, (ȳ * x * r).sum(0)


def attention(q, k, v, causal=False):
    s = q @ k.T / np.sqrt(q.shape[-1])
    if causal:
        s = np.where(np.tril(np.ones(s.shape)) > 0, s, -1e30)
    return softmax(s) @ v


def attention_vjp(q, k, v, ȳ, sum_term=True, scale=True, key_scale=True, transposed=True, causal=False):
    s = q @ k.T / np.sqrt(q.shape[-1])
    if causal:
        s = np.where(np.tril(np.ones(s.shape)) > 0, s, -1e30)
    p = softmax(s)
    p̄ = ȳ @ v.T
    s̄ = p * (p̄ - ((p̄ * p).sum(-1, keepdims=True) if sum_term else 0))
    c = np.sqrt(q.shape[-1])
    return (
        s̄ @ k / (c if scale else 1),
        (s̄.T if transposed else s̄) @ q / (c if scale and key_scale else 1),
        (p.T if transposed else p) @ ȳ,
    )


def cross_entropy(z, labels):
    m = z.max(-1, keepdims=True)
    lse = m[:, 0] + np.log(np.exp(z - m).sum(-1))
    return (lse - z[np.arange(len(z)), labels]).mean()


def cross_entropy_vjp(z, labels, ȳ, hot=1.0, mean=True):
    p = softmax(z)
    p[np.arange(len(z)), labels] -= hot
    return ȳ * p / (len(z) if mean else 1), None


def labels_at(rng):
    return [rng.normal(size=(3, 4)), rng.integers(0, 4, 3)]


def log_softmax(x):
    m = x.max(-1, keepdims=True)
    return x - m - np.log(np.exp(x - m).sum(-1, keepdims=True))


def bce(z, t):
    return (np.logaddexp(0, z) - t * z).mean()


def cosine(x, y):
    return x @ y / (np.linalg.norm(x) * np.linalg.norm(y))


def cosine_vjp(x, y, ȳ, term=True):
    a, b = np.linalg.norm(x), np.linalg.norm(y)
    c = x @ y / (a * b)
    return ȳ * (y / (a * b) - (c * x / a**2 if term else 0)), ȳ * (x / (a * b) - c * y / b**2)


def recurrence(w, h, x):
    out = []
    for row in x:
        h = np.tanh(w @ h + row)
        out.append(h)
    return np.array(out)


def recurrence_vjp(w, h, x, ȳ, carry=True, transpose=True, first=0):
    hs = [h, *recurrence(w, h, x)]
    w̄, h̄, x̄ = np.zeros_like(w), np.zeros_like(h), np.zeros_like(x)
    for t in reversed(range(len(x))):
        ū = (ȳ[t] + (h̄ if carry else 0)) * (1 - hs[t + 1] ** 2)
        w̄ += np.outer(ū, hs[t]) if t >= first else 0
        x̄[t] = ū
        h̄ = (w.T if transpose else w) @ ū
    return w̄, h̄, x̄


def geglu(x, w, v):
    return (x @ w) * sigmoid(x @ v)


def geglu_vjp(x, w, v, ȳ, gate=True):
    a, s = x @ w, sigmoid(x @ v)
    ā, b̄ = ȳ * s, ȳ * a * s * (1 - s if gate else 1)
    return ā @ w.T + b̄ @ v.T, x.T @ ā, x.T @ b̄


def rotary(x):
    angle = np.arange(len(x))[:, None] / 10.0 ** np.arange(2)
    c, s = np.cos(angle), np.sin(angle)
    return np.concatenate([x[:, :2] * c - x[:, 2:] * s, x[:, :2] * s + x[:, 2:] * c], 1)


def rotary_vjp(x, ȳ, sign=1):
    angle = np.arange(len(x))[:, None] / 10.0 ** np.arange(2)
    c, s = np.cos(angle), sign * np.sin(angle)
    return np.concatenate([ȳ[:, :2] * c + ȳ[:, 2:] * s, ȳ[:, 2:] * c - ȳ[:, :2] * s], 1)


X, G = cd.f64(4, 3), cd.f64(3)
L = cd.f64(3, 4)
QKV = cd.f64(3, 4) @ cd.f64(3, 4) @ cd.f64(3, 4)

RULES = [
    Twins(
        "layer norm",
        norm(-1),
        norm_vjp(-1),
        X @ G @ G,
        X,
        {
            "mean detached": (norm_vjp(-1, mean=False), "constant along axis -1"),
            "variance detached": (norm_vjp(-1, variance=False), "sum term"),
            "both detached": (norm_vjp(-1, mean=False, variance=False), "2 sum terms"),
            "without eps": (norm_vjp(-1, eps=False), ""),
            "without the gain": (norm_vjp(-1, gain=False), "input 0"),
        },
    ),
    Twins(
        "batch norm",
        norm(0),
        norm_vjp(0),
        X @ G @ G,
        X,
        {
            "mean detached": (norm_vjp(0, mean=False), "along axis 0"),
            "variance detached": (norm_vjp(0, variance=False), "along axis 0"),
            "both detached": (norm_vjp(0, mean=False, variance=False), "along axis 0"),
            "of layer norm": (norm_vjp(-1), ""),
        },
    ),
    Twins(
        "rms norm",
        rms,
        rms_vjp,
        X @ G,
        X,
        {
            "without the term": (lambda x, g, ȳ: rms_vjp(x, g, ȳ, False), "sum term"),
            "square for cube": (lambda x, g, ȳ: rms_vjp(x, g, ȳ, power=2), "input 0"),
        },
    ),
    Twins(
        "attention",
        attention,
        attention_vjp,
        QKV,
        cd.f64(3, 4),
        {
            "softmax without the sum": (lambda *a: attention_vjp(*a, sum_term=False), "in input 0, 1"),
            "without the scale": (lambda *a: attention_vjp(*a, scale=False), "factor 2, in input 0, 1"),
            "keys without the scale": (lambda *a: attention_vjp(*a, key_scale=False), "factor 2, in input 1"),
            "untransposed": (lambda *a: attention_vjp(*a, transposed=False), "in input 1, 2"),
        },
    ),
    Twins(
        "causal attention",
        lambda *a: attention(*a, causal=True),
        lambda *a: attention_vjp(*a, causal=True),
        QKV,
        cd.f64(3, 4),
        {"without the mask": (attention_vjp, "")},
    ),
    Twins(
        "cross-entropy",
        cross_entropy,
        cross_entropy_vjp,
        L @ cd.index(3),
        cd.f64(),
        {
            "without the labels": (lambda *a: cross_entropy_vjp(*a, hot=0.0), ""),
            "without the mean": (lambda *a: cross_entropy_vjp(*a, mean=False), "factor 3"),
        },
        labels_at,
    ),
    Twins(
        "cross-entropy, points found",
        cross_entropy,
        cross_entropy_vjp,
        L @ cd.index(3),
        cd.f64(),
        {"smoothed": (lambda *a: cross_entropy_vjp(*a, hot=0.9), "")},
    ),
    Twins(
        "log softmax",
        log_softmax,
        lambda x, ȳ: ȳ - softmax(x) * ȳ.sum(-1, keepdims=True),
        L,
        L,
        {
            "without the sum": (lambda x, ȳ: ȳ - softmax(x) * ȳ, "a sum is missing"),
            "sum along the wrong axis": (lambda x, ȳ: ȳ - softmax(x) * ȳ.sum(0, keepdims=True), "along the wrong axis"),
            "of softmax": (lambda x, ȳ: softmax(x) * (ȳ - (ȳ * softmax(x)).sum(-1, keepdims=True)), ""),
        },
    ),
    Twins(
        "BCE with logits",
        bce,
        lambda z, t, ȳ: (ȳ * (sigmoid(z) - t) / len(z), -ȳ * z / len(z)),
        cd.f64(4) @ cd.f64(4),
        cd.f64(),
        {"targets zero": (lambda z, t, ȳ: (ȳ * (sigmoid(z) - t) / len(z), 0 * z), "constant")},
    ),
    Twins(
        "cosine similarity",
        cosine,
        cosine_vjp,
        cd.f64(4) @ cd.f64(4),
        cd.f64(),
        {"without the norm's": (lambda x, y, ȳ: cosine_vjp(x, y, ȳ, False), "input 0")},
    ),
    Twins(
        "recurrence",
        recurrence,
        recurrence_vjp,
        cd.f64(3, 3) @ cd.f64(3) @ cd.f64(4, 3),
        cd.f64(4, 3),
        {
            "cut off": (lambda *a: recurrence_vjp(*a, carry=False), ""),
            "untransposed": (lambda *a: recurrence_vjp(*a, transpose=False), ""),
            "first step forgotten": (lambda *a: recurrence_vjp(*a, first=1), "in input 0"),
        },
    ),
    Twins(
        "gated linear unit",
        geglu,
        geglu_vjp,
        cd.f64(2, 3) @ cd.f64(3, 2) @ cd.f64(3, 2),
        cd.f64(2, 2),
        {"gate not differentiated": (lambda *a: geglu_vjp(*a, gate=False), "in input 0, 2")},
    ),
    Twins(
        "rotary",
        rotary,
        rotary_vjp,
        cd.f64(3, 4),
        cd.f64(3, 4),
        {"not inverted": (lambda x, ȳ: rotary_vjp(x, ȳ, -1), "transposed")},
    ),
    Twins(
        "dropout",
        lambda x, m: np.where(m, x / 0.8, 0.0),
        lambda x, m, ȳ: (np.where(m, ȳ / 0.8, 0.0), None),
        cd.f64(6) @ cd.bool(6),
        cd.f64(6),
        {
            "not scaled": (lambda x, m, ȳ: (np.where(m, ȳ, 0.0), None), "factor"),
            "without the mask": (lambda x, m, ȳ: (ȳ / 0.8, None), "mask"),
        },
    ),
    Twins(
        "dense",
        lambda x, w, b: np.maximum(x @ w + b, 0),
        lambda x, w, b, ȳ: (lambda z: (z @ w.T, x.T @ z, z.sum(0)))(ȳ * (x @ w + b > 0)),
        cd.f64(4, 3) @ cd.f64(3, 2) @ cd.f64(2),
        cd.f64(4, 2),
        {
            "bias means": (
                lambda x, w, b, ȳ: (lambda z: (z @ w.T, x.T @ z, z.mean(0)))(ȳ * (x @ w + b > 0)),
                "factor 1/4",
            ),
            "mask forgotten": (lambda x, w, b, ȳ: (ȳ @ w.T, x.T @ ȳ, ȳ.sum(0)), "mask"),
            "mask of another": (
                lambda x, w, b, ȳ: (lambda z: (z @ w.T, x.T @ z, ȳ.sum(0)))(ȳ * (x @ w + b > 0)),
                "mask",
            ),
        },
    ),
    Twins(
        "KL divergence of logits",
        lambda a, b: (softmax(a) * (log_softmax(a) - log_softmax(b))).sum(),
        lambda a, b, ȳ: (lambda p, q: (ȳ * p * (np.log(p / q) - (p * np.log(p / q)).sum()), ȳ * (q - p)))(
            softmax(a), softmax(b)
        ),
        cd.f64(4) @ cd.f64(4),
        cd.f64(),
        {
            "without the mean": (
                lambda a, b, ȳ: (lambda p, q: (ȳ * p * np.log(p / q), ȳ * (q - p)))(softmax(a), softmax(b)),
                "input 0",
            )
        },
    ),
]
