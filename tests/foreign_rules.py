"""Rules from outside, right and subtly wrong, each with the verdict it deserves and words its reason has to have."""

import numpy as np
from foreign_table import Foreign

import catdiff as cd

V, S, M = cd.f64(4), cd.f64(), cd.f64(3, 3)
F = cd.f32(4)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_vjp(x, ȳ):
    y = softmax(x)
    return y * (ȳ - (ȳ * y).sum(axis=-1, keepdims=True))


def cholesky_vjp(a, l̄, half=0.5, mirror=True):
    L = np.linalg.cholesky(a)
    p = np.tril(L.T @ l̄)
    p[np.diag_indices_from(p)] *= half
    inverse = np.linalg.inv(L)
    m = inverse.T @ p @ inverse
    return 0.5 * (m + m.T) if mirror else m


def conv(stride):
    def forward(x, k):
        n = (len(x) - len(k)) // stride + 1
        return np.array([x[i * stride : i * stride + len(k)] @ k for i in range(n)])

    return forward


def conv_vjp(stride, flipped=False):
    def vjp(x, k, ȳ):
        x̄, k̄ = np.zeros_like(x), np.zeros_like(k)
        for i, c in enumerate(ȳ):
            x̄[i * stride : i * stride + len(k)] += c * (k[::-1] if flipped else k)
            k̄ += c * x[i * stride : i * stride + len(k)]
        return x̄, k̄

    return vjp


def logsumexp(x):
    m = x.max()
    return m + np.log(np.exp(x - m).sum())


def eigh_loss(a):
    w, v = np.linalg.eigh(a)
    return (v * np.arange(1.0, len(w) + 1)) @ v.T


def eigh_loss_vjp(a, ȳ):
    w, v = np.linalg.eigh(a)
    c = np.arange(1.0, len(w) + 1)
    gap = w[None, :] - w[:, None]
    with np.errstate(divide="ignore"):
        f = np.where(np.eye(len(w)) > 0, 0.0, 1.0 / gap)
    v̄ = (ȳ + ȳ.T) @ v * c
    s = v @ (f * (v.T @ v̄)) @ v.T
    return 0.5 * (s + s.T)


def solve_vjp(a, b, x̄):
    b̄ = np.linalg.solve(a.T, x̄)
    return -np.outer(b̄, np.linalg.solve(a, b)), b̄


def cofactors(a):
    n = len(a)
    minor = lambda i, j: np.linalg.det(np.delete(np.delete(a, i, 0), j, 1))  # noqa: E731
    return np.array([[(-1) ** (i + j) * minor(i, j) for j in range(n)] for i in range(n)])


def near_singular(exponent):
    def points(rng):
        u, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        v, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        return [u @ np.diag([1.0, 0.5, 10.0**-exponent]) @ v, rng.normal(size=3)]

    return points


def singular(rng):
    a = rng.normal(size=(3, 3))
    a[2] = a[0] + a[1]
    return [a]


def layer_norm(x):
    c = x - x.mean()
    return c / np.sqrt((c * c).mean() + 1e-5)


def layer_norm_vjp(x, ȳ, complete=True):
    c = x - x.mean()
    s = np.sqrt((c * c).mean() + 1e-5)
    y = c / s
    return (ȳ - ȳ.mean() - (y * (ȳ * y).mean() if complete else 0)) / s


def stale():
    kept = {}

    def forward(x):
        kept["x"] = x.copy()
        return np.sin(x)

    return forward, lambda x, ȳ: np.cos(kept["x"]) * ȳ


def first_residual():
    kept = {}

    def vjp(x, ȳ):
        kept.setdefault("x", x.copy())
        return np.cos(kept["x"]) * ȳ

    return np.sin, vjp


def winner(x, ȳ):
    out = np.zeros_like(x)
    out[np.argmax(x)] = ȳ
    return out


def hinge(w, x):
    return np.maximum(0.0, 1.0 - w * x).sum()


def hinge_vjp(w, x, ȳ):
    on = (1.0 - w * x > 0) * ȳ
    return -x * on, -w * on


RIGHT = [
    Foreign("sin", np.sin, lambda x, ȳ: np.cos(x) * ȳ, V, V),
    Foreign("scalar with math", lambda x: float(np.tanh(x)), lambda x, ȳ: float((1 - np.tanh(x) ** 2) * ȳ), S, S),
    Foreign("softmax", softmax, softmax_vjp, cd.f64(2, 4), cd.f64(2, 4)),
    Foreign("cholesky", np.linalg.cholesky, cholesky_vjp, M, M),
    Foreign("cholesky unmirrored", np.linalg.cholesky, lambda a, l̄: cholesky_vjp(a, l̄, mirror=False), M, M),
    Foreign("conv stride 2", conv(2), conv_vjp(2), cd.f64(9) @ cd.f64(3), cd.f64(4)),
    Foreign("logsumexp", logsumexp, lambda x, ȳ: ȳ * softmax(x), V, S),
    Foreign("eigh loss", eigh_loss, eigh_loss_vjp, M, M),
    Foreign("solve", np.linalg.solve, solve_vjp, M @ cd.f64(3), cd.f64(3)),
    Foreign("solve, κ = 1e6", np.linalg.solve, solve_vjp, M @ cd.f64(3), cd.f64(3), points=near_singular(6)),
    Foreign("solve, κ = 1e9", np.linalg.solve, solve_vjp, M @ cd.f64(3), cd.f64(3), points=near_singular(9)),
    Foreign("det", np.linalg.det, lambda a, ȳ: ȳ * cofactors(a), M, S),
    Foreign("det by inverse", np.linalg.det, lambda a, ȳ: ȳ * np.linalg.det(a) * np.linalg.inv(a).T, M, S),
    Foreign("det, singular", np.linalg.det, lambda a, ȳ: ȳ * cofactors(a), M, S, points=singular),
    Foreign("relu", lambda x: np.maximum(x, 0), lambda x, ȳ: ȳ * (x > 0), V, V),
    Foreign("abs", np.abs, lambda x, ȳ: ȳ * np.sign(x), V, V),
    Foreign("max", np.max, winner, V, S),
    Foreign("max shared", np.max, lambda x, ȳ: ȳ * (x == x.max()) / (x == x.max()).sum(), V, S),
    Foreign("sort", np.sort, lambda x, ȳ: ȳ[np.argsort(np.argsort(x, kind="stable"), kind="stable")], V, V),
    Foreign("clip", lambda x: np.clip(x, -1, 1), lambda x, ȳ: ȳ * (np.abs(x) <= 1), V, V),
    Foreign("hinge", hinge, hinge_vjp, cd.f64(3) @ cd.f64(3), S),
    Foreign("log", np.log, lambda x, ȳ: ȳ / x, V, V),
    Foreign("sqrt", np.sqrt, lambda x, ȳ: 0.5 * ȳ / np.sqrt(x), V, V),
    Foreign("arccos", np.arccos, lambda x, ȳ: -ȳ / np.sqrt(1 - x * x), V, V),
    Foreign("logit", lambda p: np.log(p / (1 - p)), lambda p, ȳ: ȳ / (p * (1 - p)), V, V),
    Foreign("layer norm", layer_norm, layer_norm_vjp, cd.f64(5), cd.f64(5)),
    Foreign("product", lambda x, y: x * y, lambda x, y, ȳ: (y * ȳ, x * ȳ), V @ V, V),
    Foreign("two outputs", lambda x, y: (x * y, x + y), lambda x, y, a, b: (y * a + b, x * a + b), V @ V, V @ V),
    Foreign("norm", np.linalg.norm, lambda x, ȳ: ȳ * x / np.linalg.norm(x), V, S),
    Foreign(
        "gather",
        lambda x, i: x[i],
        lambda x, i, ȳ: (np.bincount(i, weights=ȳ, minlength=5), None),
        cd.f64(5) @ cd.index(3),
        cd.f64(3),
    ),
    Foreign(
        "masked",
        lambda x, m: np.where(m, x, 0.0).sum(),
        lambda x, m, ȳ: (ȳ * m, np.zeros(4, bool)),
        V @ cd.bool(4),
        S,
    ),
    Foreign("holomorphic", np.square, lambda z, w: 2 * np.conj(z) * w, cd.c128(3), cd.c128(3)),
    Foreign("modulus", lambda z: np.abs(z) ** 2, lambda z, ȳ: 2 * z * ȳ, cd.c128(3), cd.f64(3)),
    Foreign("f32", lambda x: x * np.exp(-x), lambda x, ȳ: (1 - x) * np.exp(-x) * ȳ, F, F),
    Foreign(
        "f32 matmul", lambda a, b: a @ b, lambda a, b, ȳ: (ȳ @ b.T, a.T @ ȳ), cd.f32(3, 4) @ cd.f32(4, 2), cd.f32(3, 2)
    ),
    Foreign("f32 logsumexp", logsumexp, lambda x, ȳ: (ȳ * softmax(x)).astype(np.float32), F, cd.f32()),
    Foreign("nothing", lambda x: x.sum(), lambda x, ȳ: np.zeros(0), cd.f64(0), S),
    Foreign("no rows", lambda x: np.sin(x), lambda x, ȳ: np.cos(x) * ȳ, cd.f64(0, 3), cd.f64(0, 3)),
    Foreign("floor", np.floor, lambda x, ȳ: 0 * ȳ, V, V),
    Foreign("broadcast", lambda x, b: x + b, lambda x, b, ȳ: (ȳ, ȳ.sum(0)), cd.f64(3, 4) @ V, cd.f64(3, 4)),
    Foreign("steep", lambda x: np.exp(20 * x), lambda x, ȳ: 20 * np.exp(20 * x) * ȳ, V, V),
    Foreign("wiggly", lambda x: np.sin(300 * x), lambda x, ȳ: 300 * np.cos(300 * x) * ȳ, V, V),
    Foreign(
        "entropy on the simplex",
        lambda p: -(p * np.log(p)).sum() if abs(p.sum() - 1) < 1e-9 else float("nan"),
        lambda p, ȳ: -ȳ * (np.log(p) + 1),
        V,
        S,
    ),
    Foreign(
        "log det of symmetric ones only",
        lambda a: np.linalg.slogdet(a)[1] if np.allclose(a, a.T, 1e-14) else float("nan"),
        lambda a, ȳ: ȳ * np.linalg.inv(a),
        M,
        S,
    ),
    Foreign(
        "triangular",
        lambda a, b: np.tril(a) @ b,
        lambda a, b, ȳ: (np.tril(np.outer(ȳ, b)), np.tril(a).T @ ȳ),
        M @ cd.f64(3),
        cd.f64(3),
    ),
    Foreign("prod", np.prod, lambda x, ȳ: ȳ * np.array([np.prod(np.delete(x, i)) for i in range(len(x))]), V, S),
    Foreign(
        "huber",
        lambda x: np.where(np.abs(x) < 1.3, x * x / 2, 1.3 * np.abs(x) - 0.845),
        lambda x, ȳ: ȳ * np.clip(x, -1.3, 1.3),
        V,
        V,
    ),
    Foreign("expm1", np.expm1, lambda x, ȳ: ȳ * np.exp(x), V, V),
    Foreign("softplus", lambda x: np.logaddexp(0, x), lambda x, ȳ: ȳ / (1 + np.exp(-x)), V, V),
    Foreign("constant", lambda x: np.ones(3), lambda x, ȳ: np.zeros(4), V, cd.f64(3)),
]

LENSES = [
    Foreign("straight-through", np.round, lambda x, ȳ: ȳ, V, V, "lens", "straight-through"),
    Foreign("sign, hard tanh", np.sign, lambda x, ȳ: ȳ * (np.abs(x) <= 1), V, V, "lens", "straight-through"),
    Foreign("one-hot of softmax", lambda x: np.eye(4)[np.argmax(x)], softmax_vjp, V, V, "lens", "surrogate"),
    Foreign("clipped by value", np.sin, lambda x, ȳ: np.clip(np.cos(x) * ȳ, -1, 1), V, V, "lens", "clip"),
    Foreign(
        "clipped by norm",
        np.sin,
        lambda x, ȳ: np.cos(x) * ȳ * min(1, 10 / max(1e-300, np.linalg.norm(np.cos(x) * ȳ))),
        V,
        V,
        "lens",
        "clip",
    ),
    Foreign("reversed", lambda x: x, lambda x, ȳ: -ȳ, V, V, "lens", "reversed"),
    Foreign("scaled", lambda x: x, lambda x, ȳ: 0.1 * ȳ, V, V, "lens", "scaled"),
    Foreign("stopped", lambda x: x, lambda x, ȳ: 0 * ȳ, V, V, "lens", "stopped"),
    Foreign("quantised", lambda x: np.round(8 * x) / 8, lambda x, ȳ: ȳ, V, V, "lens", "straight-through"),
]

WRONG = [
    Foreign("sign of cos", np.cos, lambda x, ȳ: np.sin(x) * ȳ, V, V, "wrong", "sign"),
    Foreign(
        "cholesky without ½", np.linalg.cholesky, lambda a, l̄: cholesky_vjp(a, l̄, half=1.0), M, M, "wrong", "diagonal"
    ),
    Foreign("cholesky doubled", np.linalg.cholesky, lambda a, l̄: 2 * cholesky_vjp(a, l̄), M, M, "wrong", "factor 2"),
    Foreign("softmax without sum", softmax, lambda x, ȳ: softmax(x) * ȳ, cd.f64(2, 4), cd.f64(2, 4), "wrong", "sum"),
    Foreign("conv flipped, stride 2", conv(2), conv_vjp(2, True), cd.f64(9) @ cd.f64(3), cd.f64(4), "wrong", "input 0"),
    Foreign(
        "missing broadcast sum",
        lambda x, b: x + b,
        lambda x, b, ȳ: (ȳ, ȳ),
        cd.f64(3, 4) @ V,
        cd.f64(3, 4),
        "wrong",
        "shape",
    ),
    Foreign(
        "broadcast takes one row",
        lambda x, b: x + b,
        lambda x, b, ȳ: (ȳ, ȳ[0]),
        cd.f64(3, 4) @ V,
        cd.f64(3, 4),
        "wrong",
        "input 1",
    ),
    Foreign(
        "broadcast means",
        lambda x, b: x + b,
        lambda x, b, ȳ: (ȳ, ȳ.mean(0)),
        cd.f64(3, 4) @ V,
        cd.f64(3, 4),
        "wrong",
        "factor",
    ),
    Foreign("max to all tied", np.max, lambda x, ȳ: ȳ * (x == x.max()), V, S, "wrong", "ties"),
    Foreign(
        "leaky relu",
        lambda x: np.where(x > 0, x, 0.1 * x),
        lambda x, ȳ: np.where(x > 0, 1.0, 0.01) * ȳ,
        V,
        V,
        "wrong",
        "< 0",
    ),
    Foreign(
        "one output wrong",
        lambda x, y: (x * y, x + y),
        lambda x, y, a, b: (y * a + b, x * a - b),
        V @ V,
        V @ V,
        "wrong",
        "output 1",
    ),
    Foreign("prod by division", np.prod, lambda x, ȳ: ȳ * np.prod(x) / x, V, S, "wrong", "zero"),
    Foreign("stale residual", *stale(), V, V, "wrong", "stale"),
    Foreign("first residual", *first_residual(), V, V, "wrong", ""),
    Foreign("log with eps", np.log, lambda x, ȳ: ȳ / (x + 1e-8), V, V, "wrong", ""),
    Foreign("sqrt with eps", np.sqrt, lambda x, ȳ: 0.5 * ȳ / (np.sqrt(x) + 1e-6), V, V, "wrong", ""),
    Foreign("1 + 1e-4", np.exp, lambda x, ȳ: 1.0001 * np.exp(x) * ȳ, V, V, "wrong", "1.0001"),
    Foreign("additive eps", np.sin, lambda x, ȳ: np.cos(x) * ȳ + 1e-9, V, V, "wrong", "constant"),
    Foreign("transposed", lambda a, b: a @ b, lambda a, b, ȳ: (ȳ @ b, a.T @ ȳ), M @ M, M, "wrong", "input 0"),
    Foreign("swapped", lambda x, y: x * y, lambda x, y, ȳ: (x * ȳ, y * ȳ), V @ V, V, "wrong", "swap"),
    Foreign("zero", np.sin, lambda x, ȳ: 0 * ȳ, V, V, "wrong", "zero"),
    Foreign("missing conjugate", np.square, lambda z, w: 2 * z * w, cd.c128(3), cd.c128(3), "wrong", "conj"),
    Foreign(
        "layer norm without a term",
        layer_norm,
        lambda x, ȳ: layer_norm_vjp(x, ȳ, False),
        cd.f64(5),
        cd.f64(5),
        "wrong",
        "",
    ),
    Foreign("f32 factor", lambda x: x * x, lambda x, ȳ: x * ȳ, F, F, "wrong", "factor"),
    Foreign(
        "float32 inside", np.exp, lambda x, ȳ: np.exp(x.astype(np.float32)).astype(float) * ȳ, V, V, "wrong", "float32"
    ),
    Foreign("float64 out", np.exp, lambda x, ȳ: np.exp(x.astype(float)) * ȳ, F, F, "wrong", "float64"),
    Foreign(
        "wrong far out", np.tanh, lambda x, ȳ: np.where(np.abs(x) < 2, 1 - np.tanh(x) ** 2, 0.1) * ȳ, V, V, "wrong", ""
    ),
    Foreign("sort not unsorted", np.sort, lambda x, ȳ: ȳ[np.argsort(x)], V, V, "wrong", ""),
    Foreign("cumsum forward", np.cumsum, lambda x, ȳ: np.cumsum(ȳ), V, V, "wrong", "transpose"),
    Foreign(
        "solve untransposed",
        np.linalg.solve,
        lambda a, b, x̄: (lambda b̄: (-np.outer(b̄, np.linalg.solve(a, b)), b̄))(np.linalg.solve(a, x̄)),
        M @ cd.f64(3),
        cd.f64(3),
        "wrong",
        "",
    ),
    Foreign(
        "solve sign",
        np.linalg.solve,
        lambda a, b, x̄: (-solve_vjp(a, b, x̄)[0], solve_vjp(a, b, x̄)[1]),
        M @ cd.f64(3),
        cd.f64(3),
        "wrong",
        "sign",
    ),
    Foreign("mean as sum", np.mean, lambda x, ȳ: ȳ * np.ones(4), V, S, "wrong", "factor 4"),
    Foreign(
        "relu at zero", lambda x: np.maximum(x, 0), lambda x, ȳ: ȳ * np.where(x == 0, 2.0, x > 0), V, V, "wrong", ""
    ),
    Foreign("abs by division", lambda x: x * np.abs(x), lambda x, ȳ: 2 * x * x / np.abs(x) * ȳ, V, V, "wrong", "zero"),
    Foreign("not linear", np.sin, lambda x, ȳ: np.cos(x) * ȳ * (1 + 0.01 * ȳ), V, V, "wrong", ""),
    Foreign(
        "triangular unmasked",
        lambda a, b: np.tril(a) @ b,
        lambda a, b, ȳ: (np.outer(ȳ, b), np.tril(a).T @ ȳ),
        M @ cd.f64(3),
        cd.f64(3),
        "wrong",
        "input 0",
    ),
    Foreign("eigh sign", eigh_loss, lambda a, ȳ: -eigh_loss_vjp(a, ȳ), M, M, "wrong", "sign"),
    Foreign("logsumexp unshifted", logsumexp, lambda x, ȳ: ȳ * np.exp(x - x.max()), V, S, "wrong", ""),
    Foreign(
        "off by one", np.diff, lambda x, ȳ: np.r_[0, ȳ] + np.r_[-ȳ, 0] * np.r_[1, 1, 1, 0.5], V, cd.f64(3), "right", ""
    ),
    Foreign("random vjp", np.sin, lambda x, ȳ: np.cos(x) * ȳ * (1 + 0.1 * np.random.rand()), V, V, "wrong", "random"),  # noqa: NPY002
]
