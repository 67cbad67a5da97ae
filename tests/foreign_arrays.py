"""Rules that move, gather and accumulate entries, and Fourier transforms, each with twins that are wrong."""

import numpy as np
from foreign_table import Twins

import catdiff as cd

V, S, Z = cd.f64(5), cd.f64(), cd.c128(4)


def added(shape, i, ȳ):
    out = np.zeros(shape)
    np.add.at(out, i, ȳ)
    return out


def put(shape, i, ȳ):
    out = np.zeros(shape)
    out[i] = ȳ
    return out


def cumprod_vjp(x, ȳ, reverse=True):
    out = np.zeros_like(x)
    for j in range(len(x)):
        for k in range(j, len(x)):
            out[j] += ȳ[k] * np.prod(np.delete(x[: k + 1], j))
    return out if reverse else out[::-1]


def cumprod_by_division(x, ȳ):
    return np.cumsum((ȳ * np.cumprod(x))[::-1])[::-1] / x


def top(x):
    return np.sort(x)[::-1][:2]


def top_vjp(x, ȳ, k=2):
    order = np.argsort(-x, kind="stable")[:2]
    return put(x.shape, order[:k], ȳ[:k])


def quantile(x):
    return np.quantile(x, 0.3)


def quantile_vjp(x, ȳ, swap=False):
    order, h = np.argsort(x), 0.3 * (len(x) - 1)
    k, t = int(h), h - int(h)
    return put(x.shape, order[[k, k + 1]], ȳ * np.array([t, 1 - t] if swap else [1 - t, t]))


def rfft_vjp(x, w, double=False):
    n = len(x)
    w = w.copy()
    if double:
        w[1:] *= 2
    full = np.zeros(n, complex)
    full[: len(w)] = w
    return (np.fft.ifft(full) * n).real


def logcumsumexp(x):
    return np.logaddexp.accumulate(x)


def logcumsumexp_vjp(x, ȳ, weights=True):
    y = logcumsumexp(x)
    return np.array(
        [sum(ȳ[k] * (np.exp(x[j] - y[k]) if weights else 1.0) for k in range(j, len(x))) for j in range(len(x))]
    )


def pad_vjp(x, ȳ, start=2):
    return ȳ[start : start + len(x)]


def reflect_vjp(x, ȳ, add=True):
    x̄ = ȳ[1:-1].copy()
    if add:
        x̄[1] += ȳ[0]
        x̄[-2] += ȳ[-1]
    return x̄


def std_vjp(x, ȳ, n=4):
    return ȳ * (x - x.mean()) / (n * x.std(ddof=1))


def lp(x):
    return (np.abs(x) ** 3).sum() ** (1 / 3)


def lp_vjp(x, ȳ, power=2):
    return ȳ * np.sign(x) * x * x / lp(x) ** power


def places(rng):
    return [rng.normal(size=5), rng.integers(0, 5, 4)]


def linear_scan(a, x):
    h, out = 0.0, []
    for k in range(len(x)):
        h = a[k] * h + x[k]
        out.append(h)
    return np.array(out)


def linear_scan_vjp(a, x, ȳ, shift=1, carry=True):
    h = np.r_[0.0, linear_scan(a, x)]
    ā, x̄, c = np.zeros_like(a), np.zeros_like(x), 0.0
    for k in reversed(range(len(x))):
        c = ȳ[k] + c
        ā[k], x̄[k] = c * h[k + 1 - shift], c
        c = c * a[k] if carry else 0.0
    return ā, x̄


def poly_vjp(c, x, ȳ, power=True):
    n = len(c)
    return np.array([ȳ * x ** (n - 1 - k) for k in range(n)]), ȳ * np.polyval(np.polyder(c) if power else c[:-1], x)


def reversed_sum(ȳ):
    return np.cumsum(ȳ[::-1])[::-1]


def correlate_vjp(a, b, ȳ, flip=1):
    return np.convolve(ȳ, b[::flip]), np.correlate(a, ȳ, "valid")


RULES = [
    Twins(
        "cumsum",
        np.cumsum,
        lambda x, ȳ: reversed_sum(ȳ),
        V,
        V,
        {"forwards": (lambda x, ȳ: np.cumsum(ȳ), "transpose"), "exclusive": (lambda x, ȳ: reversed_sum(ȳ) - ȳ, "")},
    ),
    Twins(
        "cumprod",
        np.cumprod,
        cumprod_vjp,
        V,
        V,
        {
            "by division": (cumprod_by_division, "zero"),
            "not divided": (lambda x, ȳ: reversed_sum(ȳ * np.cumprod(x)), ""),
        },
    ),
    Twins(
        "cumsum along axis 0",
        lambda x: x.cumsum(0),
        lambda x, ȳ: ȳ[::-1].cumsum(0)[::-1],
        cd.f64(3, 2),
        cd.f64(3, 2),
        {"along axis 1": (lambda x, ȳ: ȳ[:, ::-1].cumsum(1)[:, ::-1], "")},
    ),
    Twins(
        "logcumsumexp",
        logcumsumexp,
        logcumsumexp_vjp,
        V,
        V,
        {"of cumsum": (lambda x, ȳ: logcumsumexp_vjp(x, ȳ, False), "")},
    ),
    Twins(
        "sort",
        np.sort,
        lambda x, ȳ: put(x.shape, np.argsort(x), ȳ),
        V,
        V,
        {"unsorted": (lambda x, ȳ: ȳ, "pass as they are"), "permuted forwards": (lambda x, ȳ: ȳ[np.argsort(x)], "")},
    ),
    Twins("top 2", top, top_vjp, V, cd.f64(2), {"first only": (lambda x, ȳ: top_vjp(x, ȳ, 1), "y[1]")}),
    Twins(
        "gather",
        lambda x, i: x[i],
        lambda x, i, ȳ: (added(5, i, ȳ), None),
        V @ cd.index(4),
        cd.f64(4),
        {"overwritten": (lambda x, i, ȳ: (put(5, i, ȳ), None), "")},
    ),
    Twins(
        "gather, points given",
        lambda x, i: x[i],
        lambda x, i, ȳ: (added(5, i, ȳ), None),
        V @ cd.index(4),
        cd.f64(4),
        {"overwritten": (lambda x, i, ȳ: (put(5, i, ȳ), None), "")},
        places,
    ),
    Twins(
        "embedding",
        lambda w, i: w[i],
        lambda w, i, ȳ: (added((4, 2), i, ȳ), None),
        cd.f64(4, 2) @ cd.index(3),
        cd.f64(3, 2),
        {"mean": (lambda w, i, ȳ: (added((4, 2), i, ȳ) / 3, None), "factor 1/3")},
    ),
    Twins(
        "scatter add",
        lambda x, i: added(5, i, x),
        lambda x, i, ȳ: (ȳ[i], None),
        cd.f64(4) @ cd.index(4),
        V,
        {"reversed": (lambda x, i, ȳ: (ȳ[i][::-1], None), "")},
    ),
    Twins(
        "median",
        np.median,
        lambda x, ȳ: put(5, np.argsort(x)[2], ȳ),
        V,
        S,
        {"next to it": (lambda x, ȳ: put(5, np.argsort(x)[1], ȳ), "")},
    ),
    Twins("quantile", quantile, quantile_vjp, V, S, {"weights swapped": (lambda x, ȳ: quantile_vjp(x, ȳ, True), "")}),
    Twins(
        "fft",
        np.fft.fft,
        lambda z, w: np.fft.ifft(w) * 4,
        Z,
        Z,
        {"fft": (lambda z, w: np.fft.fft(w), "conjug"), "without n": (lambda z, w: np.fft.ifft(w), "factor 1/4")},
    ),
    Twins(
        "rfft",
        np.fft.rfft,
        rfft_vjp,
        cd.f64(6),
        cd.c128(4),
        {"doubled": (lambda x, w: rfft_vjp(x, w, True), ""), "irfft": (lambda x, w: np.fft.irfft(w, 6) * 6, "")},
    ),
    Twins(
        "complex product",
        lambda a, b: a * b,
        lambda a, b, w: (np.conj(b) * w, np.conj(a) * w),
        Z @ Z,
        Z,
        {"one unconjugated": (lambda a, b, w: (np.conj(b) * w, a * w), "conj")},
    ),
    Twins(
        "phase",
        np.angle,
        lambda z, ȳ: 1j * z / np.abs(z) ** 2 * ȳ,
        Z,
        cd.f64(4),
        {"not divided": (lambda z, ȳ: 1j * z / np.abs(z) * ȳ, "")},
    ),
    Twins(
        "roll",
        lambda x: np.roll(x, 2),
        lambda x, ȳ: np.roll(ȳ, -2),
        V,
        V,
        {"forwards": (lambda x, ȳ: np.roll(ȳ, 2), "transpose")},
    ),
    Twins(
        "pad",
        lambda x: np.pad(x, (2, 1)),
        pad_vjp,
        V,
        cd.f64(8),
        {"off by one": (lambda x, ȳ: pad_vjp(x, ȳ, 1), "shifted")},
    ),
    Twins(
        "reflecting pad",
        lambda x: np.pad(x, 1, mode="reflect"),
        reflect_vjp,
        V,
        cd.f64(7),
        {"cropped": (lambda x, ȳ: reflect_vjp(x, ȳ, False), "")},
    ),
    Twins(
        "slice with steps",
        lambda x: x[::2],
        lambda x, ȳ: put(5, slice(None, None, 2), ȳ),
        V,
        cd.f64(3),
        {"repeated": (lambda x, ȳ: np.repeat(ȳ, 2)[:5], "")},
    ),
    Twins(
        "concatenate",
        lambda a, b: np.r_[a, b],
        lambda a, b, ȳ: (ȳ[:3], ȳ[3:]),
        cd.f64(3) @ cd.f64(2),
        V,
        {"off by one": (lambda a, b, ȳ: (ȳ[1:4], ȳ[3:]), "input 0")},
    ),
    Twins(
        "transpose",
        lambda x: x.transpose(2, 0, 1),
        lambda x, ȳ: ȳ.transpose(1, 2, 0),
        cd.f64(2, 2, 2),
        cd.f64(2, 2, 2),
        {"not inverted": (lambda x, ȳ: ȳ.transpose(2, 0, 1), "transposed")},
    ),
    Twins(
        "std",
        lambda x: x.std(ddof=1),
        std_vjp,
        V,
        S,
        {
            "n for n - 1": (lambda x, ȳ: std_vjp(x, ȳ, 5), "factor 4/5"),
            "uncentred": (lambda x, ȳ: ȳ * x / (4 * x.std(ddof=1)), "constant"),
        },
    ),
    Twins(
        "variance along axis 0",
        lambda x: x.var(0),
        lambda x, ȳ: 2 * ȳ * (x - x.mean(0)) / len(x),
        cd.f64(4, 2),
        cd.f64(2),
        {
            "mean of all": (lambda x, ȳ: 2 * ȳ * (x - x.mean()) / len(x), ""),
            "without 2": (lambda x, ȳ: ȳ * (x - x.mean(0)) / len(x), "factor 1/2"),
        },
    ),
    Twins(
        "3-norm",
        lp,
        lp_vjp,
        V,
        S,
        {
            "not lowered": (lambda x, ȳ: lp_vjp(x, ȳ, 3), ""),
            "without the sign": (lambda x, ȳ: ȳ * np.abs(lp_vjp(x, 1.0)), "sign"),
        },
    ),
    Twins(
        "linear recurrence",
        linear_scan,
        linear_scan_vjp,
        V @ V,
        V,
        {
            "off by one": (lambda *a: linear_scan_vjp(*a, shift=0), "input 0"),
            "cut off": (lambda *a: linear_scan_vjp(*a, carry=False), ""),
        },
    ),
    Twins(
        "polynomial",
        np.polyval,
        poly_vjp,
        cd.f64(4) @ S,
        S,
        {"without powers": (lambda *a: poly_vjp(*a, power=False), "input 1")},
    ),
    Twins(
        "correlation",
        lambda a, b: np.correlate(a, b, "valid"),
        correlate_vjp,
        cd.f64(7) @ cd.f64(3),
        V,
        {"flipped": (lambda *x: correlate_vjp(*x, flip=-1), "flipped")},
    ),
    Twins(
        "where",
        lambda c, a, b: np.where(c, a, b),
        lambda c, a, b, ȳ: (None, np.where(c, ȳ, 0), np.where(c, 0, ȳ)),
        cd.bool(5) @ V @ V,
        V,
        {"one unmasked": (lambda c, a, b, ȳ: (None, np.where(c, ȳ, 0), ȳ), "mask")},
    ),
    Twins(
        "cummax",
        np.maximum.accumulate,
        lambda x, ȳ: added(5, np.maximum.accumulate(np.where(x == np.maximum.accumulate(x), np.arange(5), 0)), ȳ),
        V,
        V,
        {"reversed sum": (lambda x, ȳ: reversed_sum(ȳ), "mask")},
    ),
    Twins(
        "outer",
        np.outer,
        lambda a, b, ȳ: (ȳ @ b, a @ ȳ),
        cd.f64(2) @ cd.f64(3),
        cd.f64(2, 3),
        {"summed only": (lambda a, b, ȳ: (ȳ.sum(1), a @ ȳ), "input 0")},
    ),
    Twins(
        "log-softmax of sums",
        lambda x: np.log(np.exp(x).sum(0)),
        lambda x, ȳ: ȳ * np.exp(x) / np.exp(x).sum(0),
        cd.f64(3, 2),
        cd.f64(2),
        {"wrong axis": (lambda x, ȳ: ȳ * np.exp(x) / np.exp(x).sum(1, keepdims=True), "")},
    ),
]
