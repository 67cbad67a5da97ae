"""Rules of linear algebra from outside, each with twins that are wrong."""

import numpy as np
from foreign_table import Twins

import catdiff as cd

M, v, S = cd.f64(3, 3), cd.f64(3), cd.f64()
inv, T = np.linalg.inv, np.transpose


def sym(a):
    return (a + a.T) / 2


def eigh_vjp(a, w̄, v̄, gap=True, half=True):
    """Of eigenvalues and eigenvectors."""
    w, v = np.linalg.eigh(a)
    d = w[None, :] - w[:, None]
    f = np.where(d == 0, 0.0, 1 / np.where(d == 0, 1, d))
    inner = np.diag(w̄) + ((f if gap else -f) * (v.T @ v̄))
    return sym(v @ inner @ v.T) if half else v @ inner @ v.T


def signed_eigh(a):
    w, v = np.linalg.eigh(a)
    return w, v


def eigvalsh_vjp(a, w̄):
    v = np.linalg.eigh(a)[1]
    return v @ np.diag(w̄) @ v.T


def qr(a):
    q, r = np.linalg.qr(a)
    s = np.where(np.diag(r) < 0, -1.0, 1.0)
    return q * s, s[:, None] * r


def qr_vjp(a, q̄, r̄, copy=True, minus=True):
    q, r = qr(a)
    m = r @ r̄.T - (q̄.T @ q if minus else 0)
    m = np.tril(m) + np.tril(m, -1).T if copy else np.tril(m)
    return (q̄ + q @ m) @ inv(r).T


def lower_solve(l, b):
    return np.linalg.solve(np.tril(l), b)


def lower_solve_vjp(l, b, ȳ, mask=True, transpose=True):
    t = np.tril(l)
    b̄ = np.linalg.solve(t.T if transpose else t, ȳ)
    l̄ = -np.outer(b̄, np.linalg.solve(t, b))
    return np.tril(l̄) if mask else l̄, b̄


def inverse_vjp(a, ȳ, transpose=True, sign=-1):
    i = inv(a).T if transpose else inv(a)
    return sign * i @ ȳ @ i


def svdvals(a):
    return np.linalg.svd(a, compute_uv=False)


def svdvals_vjp(a, s̄):
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return u @ np.diag(s̄) @ vt


def pinv_vjp(a, ȳ, terms=3):
    p = np.linalg.pinv(a)
    out = -p.T @ ȳ @ p.T
    if terms > 1:
        out = out + (np.eye(len(a)) - a @ p) @ ȳ.T @ p @ p.T
    if terms > 2:
        out = out + p.T @ p @ ȳ.T @ (np.eye(a.shape[1]) - p @ a)
    return out


def expm(a):
    n = max(0, int(np.ceil(np.log2(max(1e-300, np.abs(a).sum(0).max())))) + 5)
    a = a / 2.0**n
    out = term = np.eye(len(a))
    for k in range(1, 14):
        term = term @ a / k
        out = out + term
    for _ in range(n):
        out = out @ out
    return out


def expm_vjp(a, ȳ, transpose=True):
    n, t = len(a), a.T if transpose else a
    return expm(np.block([[t, ȳ], [np.zeros((n, n)), t]]))[:n, n:]


def cholesky_solve(a, b):
    l = np.linalg.cholesky(a)
    return np.linalg.solve(l.T, np.linalg.solve(l, b))


def cholesky_vjp(a, l̄, factor=0.5, transpose=True, lower=True):
    l = np.linalg.cholesky(a)
    p = l.T @ l̄ if transpose else l @ l̄
    p = np.tril(p) if lower else p
    p[np.diag_indices_from(p)] *= factor
    i = inv(l)
    return sym(i.T @ p @ i)


def lstsq_vjp(a, b, x̄, residual=True):
    x = np.linalg.pinv(a) @ b
    z = inv(a.T @ a) @ x̄
    return (np.outer(b - a @ x, z) if residual else 0) - np.outer(a @ z, x), a @ z


def nuclear_vjp(a, ȳ):
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return ȳ * u @ vt


def spectral_vjp(a, ȳ):
    u, _, vt = np.linalg.svd(a)
    return ȳ * np.outer(u[:, 0], vt[0])


def slogdet(a):
    return np.linalg.slogdet(a)[1]


def quadratic_vjp(a, x, ȳ, both=True):
    return ȳ * np.outer(x, x), ȳ * (a @ x + (a.T @ x if both else a @ x))


def spd(rng):
    a = rng.normal(size=(3, 3))
    return [a @ a.T + np.eye(3), rng.normal(size=3)]


RULES = [
    Twins(
        "cholesky",
        np.linalg.cholesky,
        cholesky_vjp,
        M,
        M,
        {
            "without ½": (lambda a, l̄: cholesky_vjp(a, l̄, 1.0), "factor 2 on the diagonal"),
            "untransposed": (lambda a, l̄: cholesky_vjp(a, l̄, transpose=False), ""),
            "without tril": (lambda a, l̄: cholesky_vjp(a, l̄, lower=False), ""),
            "½ twice": (lambda a, l̄: cholesky_vjp(a, l̄, 0.25), "factor 1/2 on the diagonal"),
        },
    ),
    Twins(
        "cholesky, lower triangle only",
        np.linalg.cholesky,
        lambda a, l̄: (lambda s: np.tril(s + s.T) - np.diag(np.diag(s)))(cholesky_vjp(a, l̄)),
        M,
        M,
        {
            "diagonal twice": (
                lambda a, l̄: (lambda s: np.tril(s + s.T))(cholesky_vjp(a, l̄)),
                "factor 2 on the diagonal",
            ),
            "lower triangle once": (lambda a, l̄: np.tril(cholesky_vjp(a, l̄)), ""),
        },
    ),
    Twins(
        "eigh",
        signed_eigh,
        eigh_vjp,
        M,
        v @ M,
        {
            "gap's sign": (lambda *a: eigh_vjp(*a, gap=False), "output 1"),
            "without eigenvectors": (lambda a, w̄, v̄: eigh_vjp(a, w̄, 0 * v̄), "output 1"),
            "without eigenvalues": (lambda a, w̄, v̄: eigh_vjp(a, 0 * w̄, v̄), "output 0"),
        },
    ),
    Twins("eigh, unsymmetrised", signed_eigh, lambda *a: eigh_vjp(*a, half=False), M, v @ M),
    Twins(
        "eigvalsh",
        np.linalg.eigvalsh,
        eigvalsh_vjp,
        M,
        v,
        {
            "untransposed": (lambda a, w̄: (lambda v: v.T @ np.diag(w̄) @ v)(np.linalg.eigh(a)[1]), ""),
            "reversed": (lambda a, w̄: eigvalsh_vjp(a, w̄[::-1]), "flipped"),
        },
    ),
    Twins(
        "qr",
        qr,
        qr_vjp,
        cd.f64(4, 3),
        cd.f64(4, 3) @ M,
        {
            "without the copy": (lambda *a: qr_vjp(*a, copy=False), ""),
            "plus": (lambda *a: qr_vjp(*a, minus=False), "output 0"),
        },
    ),
    Twins(
        "triangular solve",
        lower_solve,
        lower_solve_vjp,
        M @ v,
        v,
        {
            "unmasked": (lambda *a: lower_solve_vjp(*a, mask=False), "mask"),
            "untransposed": (lambda *a: lower_solve_vjp(*a, transpose=False), ""),
        },
    ),
    Twins(
        "solve, many right sides",
        np.linalg.solve,
        lambda a, b, ȳ: (lambda b̄: (-b̄ @ np.linalg.solve(a, b).T, b̄))(np.linalg.solve(a.T, ȳ)),
        M @ cd.f64(3, 2),
        cd.f64(3, 2),
        {
            "sign": (
                lambda a, b, ȳ: (lambda b̄: (b̄ @ np.linalg.solve(a, b).T, b̄))(np.linalg.solve(a.T, ȳ)),
                "sign is wrong, in input 0",
            ),
            "b for x": (lambda a, b, ȳ: (lambda b̄: (-b̄ @ b.T, b̄))(np.linalg.solve(a.T, ȳ)), "input 0"),
            "untransposed": (
                lambda a, b, ȳ: (lambda b̄: (-b̄ @ np.linalg.solve(a, b).T, b̄))(np.linalg.solve(a, ȳ)),
                "",
            ),
        },
    ),
    Twins(
        "inverse",
        inv,
        inverse_vjp,
        M,
        M,
        {
            "untransposed": (lambda a, ȳ: inverse_vjp(a, ȳ, False), "transpose"),
            "sign": (lambda a, ȳ: inverse_vjp(a, ȳ, sign=1), "sign"),
        },
    ),
    Twins(
        "slogdet",
        slogdet,
        lambda a, ȳ: ȳ * inv(a).T,
        M,
        S,
        {
            "untransposed": (lambda a, ȳ: ȳ * inv(a), "transposed"),
            "times det": (lambda a, ȳ: ȳ * inv(a).T * np.linalg.det(a), ""),
        },
    ),
    Twins(
        "det",
        np.linalg.det,
        lambda a, ȳ: ȳ * np.linalg.det(a) * inv(a).T,
        M,
        S,
        {
            "without det": (lambda a, ȳ: ȳ * inv(a).T, ""),
            "untransposed": (lambda a, ȳ: ȳ * np.linalg.det(a) * inv(a), "transposed"),
        },
    ),
    Twins(
        "singular values",
        svdvals,
        svdvals_vjp,
        cd.f64(4, 3),
        v,
        {
            "squares": (lambda a, s̄: svdvals_vjp(a, s̄ * svdvals(a)), ""),
            "ascending": (lambda a, s̄: svdvals_vjp(a, s̄[::-1]), "flipped"),
        },
    ),
    Twins(
        "pinv",
        np.linalg.pinv,
        pinv_vjp,
        cd.f64(4, 3),
        cd.f64(3, 4),
        {"first term only": (lambda a, ȳ: pinv_vjp(a, ȳ, 1), "")},
    ),
    Twins(
        "pinv, wide",
        np.linalg.pinv,
        pinv_vjp,
        cd.f64(2, 3),
        cd.f64(3, 2),
        {"two terms of three": (lambda a, ȳ: pinv_vjp(a, ȳ, 2), "")},
    ),
    Twins(
        "expm",
        expm,
        expm_vjp,
        M,
        M,
        {
            "untransposed": (lambda a, ȳ: expm_vjp(a, ȳ, False), "transpose"),
            "as if commuting": (lambda a, ȳ: expm(a).T @ ȳ, ""),
        },
    ),
    Twins(
        "cholesky solve",
        cholesky_solve,
        lambda a, b, ȳ: (lambda b̄: (-sym(np.outer(b̄, cholesky_solve(a, b))), b̄))(cholesky_solve(a, ȳ)),
        M @ v,
        v,
        {
            "sign": (
                lambda a, b, ȳ: (lambda b̄: (sym(np.outer(b̄, cholesky_solve(a, b))), b̄))(cholesky_solve(a, ȳ)),
                "sign",
            ),
            "twice": (
                lambda a, b, ȳ: (lambda b̄: (-2 * sym(np.outer(b̄, cholesky_solve(a, b))), b̄))(cholesky_solve(a, ȳ)),
                "factor 2",
            ),
        },
        spd,
    ),
    Twins(
        "least squares",
        lambda a, b: np.linalg.pinv(a) @ b,
        lstsq_vjp,
        cd.f64(4, 2) @ cd.f64(4),
        cd.f64(2),
        {"without the residual": (lambda *a: lstsq_vjp(*a, residual=False), "input 0")},
    ),
    Twins(
        "nuclear norm",
        lambda a: np.linalg.norm(a, "nuc"),
        nuclear_vjp,
        cd.f64(2, 3),
        S,
        {"Frobenius": (lambda a, ȳ: ȳ * a / np.linalg.norm(a), "")},
    ),
    Twins(
        "spectral norm",
        lambda a: np.linalg.norm(a, 2),
        spectral_vjp,
        cd.f64(2, 3),
        S,
        {"squared": (lambda a, ȳ: spectral_vjp(a, 2 * svdvals(a)[0] * ȳ), "")},
    ),
    Twins(
        "quadratic form",
        lambda a, x: x @ a @ x,
        quadratic_vjp,
        M @ v,
        S,
        {"a + a for a + aᵀ": (lambda *a: quadratic_vjp(*a, both=False), "input 1")},
    ),
    Twins(
        "matrix power",
        lambda a: a @ a @ a,
        lambda a, ȳ: (lambda t: ȳ @ t @ t + t @ ȳ @ t + t @ t @ ȳ)(a.T),
        M,
        M,
        {
            "as numbers": (lambda a, ȳ: 3 * (a @ a).T @ ȳ, ""),
            "middle forgotten": (lambda a, ȳ: (lambda t: ȳ @ t @ t + t @ t @ ȳ)(a.T), ""),
        },
    ),
    Twins(
        "batched product",
        np.matmul,
        lambda a, b, ȳ: (ȳ @ b.transpose(0, 2, 1), a.transpose(0, 2, 1) @ ȳ),
        cd.f64(2, 2, 3) @ cd.f64(2, 3, 2),
        cd.f64(2, 2, 2),
        {"batch reversed": (lambda a, b, ȳ: (ȳ @ b.transpose(0, 2, 1)[::-1], a.transpose(0, 2, 1) @ ȳ), "input 0")},
    ),
    Twins(
        "trace of product",
        lambda a, b: np.trace(a @ b),
        lambda a, b, ȳ: (ȳ * b.T, ȳ * a.T),
        M @ M,
        S,
        {"untransposed": (lambda a, b, ȳ: (ȳ * b, ȳ * a.T), "transposed")},
    ),
]
