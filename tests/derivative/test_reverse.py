"""R of every generator against central differences, and against its own row's D; R of R; RD.1–RD.7 in small."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.label import TABLE

A, B = cd.f64(3), cd.f64(2, 3)
SMOOTH = ["exp", "expm1", "sin", "cos", "tanh", "sech2", "sigmoid", "bell", "softplus", "atan", "erf", "bump", "neg"]
POSITIVE = ["log", "log1p", "sqrt", "recip"]
KINKED = ["abs", "relu"]
BINARY = ["add", "sub", "mul", "div", "atan2", "hypot", "maximum", "minimum", "xlogy"]


def programs():
    for name in SMOOTH + POSITIVE + KINKED:
        yield name, getattr(cd, name)(B)
    for name in BINARY:
        yield name, getattr(cd, name)(B, B)
        yield f"{name} broadcast", getattr(cd, name)(B, cd.f64(3))
    yield "pow", cd.pow(B, exponent=2.5)
    yield "matmul", cd.einsum("ij,kj->ik", B, cd.f64(4, 3))
    yield "diagonal", cd.einsum("ii->i", cd.f64(3, 3))
    yield "broadcast", cd.broadcast(A, shape=(2, 3))
    yield "sum", cd.sum(B, axis=0)
    yield "mean", cd.mean(B, axis=1, keepdims=True)
    yield "transpose", cd.transpose(B)
    yield "reshape", cd.reshape(B, (3, -1))
    yield "concat", cd.concat(B, B, axis=1)
    yield "split", cd.split(B, [1, 2], axis=1)
    yield "max", cd.max(B, axis=1)
    yield "min", cd.min(B)
    yield "sort", cd.sort(B)
    for name in ("softmax", "logsumexp", "log_softmax"):
        yield name, getattr(cd, name)(B, axis=0)
    yield "slice", build(B, lambda x: x[::-1, 1:])
    yield "where", build(B @ B, lambda x, y: cd.where(x > y, x * x, y))
    yield "gather", build(B, lambda x: cd.gather(x, cd.const([1, 0, 1], "index")))
    yield "scatter", build(B, lambda x: cd.scatter_add(x, cd.const([3, 3], "index"), n=5))
    yield "box", build(B, lambda x: cd.exp(cd.sin(B).box("wave")(x)) * x)


PROGRAMS = dict(programs())


def point(f, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.3, 1.7, w.shape) for w in f.dom.wires]


def outputs(f, xs):
    y = f(*xs)
    return list(y) if isinstance(y, tuple) else [y]


def differences(f, xs, ȳ, h=1e-6):
    """Central differences of ⟨ȳ, f(x)⟩ in every entry of every input."""
    gradient = []
    for k, x in enumerate(xs):
        g = np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            values = []
            for s in (h, -h):
                moved = [v.copy() for v in xs]
                moved[k][i] += s
                values.append(sum(np.sum(c * y) for c, y in zip(ȳ, outputs(f, moved), strict=True)))
            g[i] = (values[0] - values[1]) / (2 * h)
        gradient.append(g)
    return gradient


def agree(f, seed=0, tolerance=1e-6):
    xs = point(f, seed)
    ȳ = [np.random.default_rng(seed + 1).normal(size=w.shape) for w in f.cod.wires]
    for got, want in zip(outputs(cd.R(f), [*xs, *ȳ]), differences(f, xs, ȳ), strict=True):
        np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", PROGRAMS)
def test_R_agrees_with_differences(name):
    agree(PROGRAMS[name])


@pytest.mark.parametrize("name", PROGRAMS)
def test_R_of_R_agrees_with_differences_of_R(name):
    agree(cd.R(PROGRAMS[name]), seed=3, tolerance=1e-5)


@pytest.mark.parametrize("name", ["mul", "tanh", "softmax", "matmul", "box"])
def test_R_of_R_of_R(name):
    agree(cd.R(cd.R(PROGRAMS[name])), seed=5, tolerance=1e-4)


@pytest.mark.parametrize("name", PROGRAMS)
def test_R_is_adjoint_to_the_rows_own_D(name):
    """⟨D[f](x, ẋ), ȳ⟩ = ⟨ẋ, R[f](x, ȳ)⟩ with D applied edge by edge from the table."""
    f = PROGRAMS[name].flatten()
    xs = point(f)
    rng = np.random.default_rng(7)
    values = list(zip(xs, (rng.normal(size=x.shape) for x in xs), strict=True))
    ẋs = [v for _, v in values]
    for label, sources, _ in f.net.steps():
        values += forward(label, [values[s] for s in sources])
    ȳ = [rng.normal(size=w.shape) for w in f.cod.wires]
    left = sum(np.sum(c * values[w][1]) for c, w in zip(ȳ, f.net.outputs.tolist(), strict=True))
    right = sum(np.sum(v * g) for v, g in zip(ẋs, outputs(cd.R(f), [*xs, *ȳ]), strict=True))
    np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9)


def forward(label, pairs):
    atom = cd.Atom(label)
    xs = [x for x, _ in pairs]
    ys = outputs(atom, xs)
    if label.row.locally_constant:
        return [(y, np.zeros(np.shape(y))) for y in ys]
    if label.row.dagger:
        return list(zip(ys, outputs(atom, [v for _, v in pairs]), strict=True))
    D = build(label.dom @ label.dom, lambda *w: label.row.D(*w, **label.attrs))
    ẋs = [v.astype(w.dtype.carrier) for (_, v), w in zip(pairs, label.dom.wires, strict=True)]
    return list(zip(ys, outputs(D, [*xs, *ẋs]), strict=True))


def test_every_differentiable_row_is_tried():
    tried = {label.row.name for f in PROGRAMS.values() for label in f.flatten().net.labels}
    differentiable = {n for n, r in TABLE.items() if (r.R or r.dagger) and not r.foreign}
    assert differentiable - tried <= {"conj", "cast"} | {n for n in TABLE if n.startswith("toy")}


def test_z2_is_formal():
    """Over Z₂, copy ; and is the identity as a function, and its derivative is not: polynomials, not functions."""
    f = cd.copy(cd.z2()) >> cd.mul
    assert [int(f(v)) for v in (0, 1)] == [0, 1]
    assert [int(cd.R(f)(1, v)) for v in (0, 1)] == [0, 0]


def test_R_is_linear_in_size():
    sizes = []
    for n in (100, 200, 400):
        f = cd.sigmoid(A)
        for _ in range(n - 1):
            f = f >> cd.sigmoid
        sizes.append(len(cd.R(f).net))
    assert sizes[1] < 2.1 * sizes[0]
    assert sizes[2] < 2.1 * sizes[1]


def test_a_box_is_differentiated_once():
    box = (cd.sin(A) >> cd.exp).box("wave")
    f = box
    for _ in range(50):
        f = f >> box
    assert sum(label.name == "R[wave]" for label in cd.R(f).net.labels) == 1


def test_powers_of_a_square_stay_small():
    f = cd.copy(cd.f64()) >> cd.mul
    for bound in (3, 6, 12, 24):
        f = cd.R(f)
        assert len(f.net) <= bound


def test_deep_towers_differentiate():
    f = cd.sin(A)
    for depth in range(2000):
        f = f.box(f"b{depth}")
    assert cd.R(f).cod == A
