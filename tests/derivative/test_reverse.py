"""R of every generator against central differences, and against its own row's D; R of R; RD.1–RD.7 in small."""

import numpy as np
import pytest
from samples import at, rows

import catdiff as cd
from catdiff.category.label import TABLE

A = cd.f64(3)
PROGRAMS = {name: f for name, f in at(cd.f64).items() if {w.dtype.name for w in (f.dom @ f.cod).wires} == {"f64"}}


def point(f, seed=0):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.uniform(0.3, 1.7, w.shape)) for w in f.dom.wires]


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


@pytest.mark.parametrize("name", PROGRAMS)
def test_R_of_R_of_R(name):
    agree(cd.R(cd.R(PROGRAMS[name])), seed=5, tolerance=1e-4)


@pytest.mark.parametrize("name", PROGRAMS)
def test_R_is_adjoint_to_the_rows_own_D(name):
    """⟨D[f](x, ẋ), ȳ⟩ = ⟨ẋ, R[f](x, ȳ)⟩ with the D that is made box by box from the table."""
    f, rng = PROGRAMS[name], np.random.default_rng(7)
    xs, ẋs, ȳ = (
        point(f),
        [rng.normal(size=w.shape) for w in f.dom.wires],
        [rng.normal(size=w.shape) for w in f.cod.wires],
    )
    ẏ = outputs(cd.jvp(f), [*xs, *ẋs])[len(f.cod) :]
    left = sum(np.sum(c * v) for c, v in zip(ȳ, ẏ, strict=True))
    right = sum(np.sum(v * g) for v, g in zip(ẋs, outputs(cd.R(f), [*xs, *ȳ]), strict=True))
    np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9)


def test_every_differentiable_row_is_tried():
    differentiable = {n for n, r in TABLE.items() if (r.R or r.dagger) and not r.foreign and not n.startswith("toy")}
    elsewhere = {"real", "imag", "conj", "complex"} | {"threshold", "pivotal"}  # test_rows.py, test_threshold.py
    assert differentiable - rows(PROGRAMS.values()) == elsewhere


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


def test_no_rule_sends_anything_back_to_a_discrete_wire():
    """Whatever a rule from outside gives for an index, its cotangent is 0."""
    picked = cd.generator(
        "test sends back to an index",
        forward=lambda i, x: i * x,
        R=lambda i, x, ȳ: (i, cd.cast(i, dtype="f64") * ȳ),
        D=lambda i, x, i̇, ẋ: cd.cast(i, dtype="f64") * ẋ,
        signature=lambda dom: dom[1],
    )
    f = picked(cd.index(), cd.f64())
    ī, x̄ = cd.R(f)(3, 2.0, 1.0)
    assert (ī, x̄) == (0, 3.0)


def test_no_rule_is_asked_what_comes_from_a_discrete_wire():
    """A row from outside with an index as its output need not say that it is locally constant."""
    place = cd.generator(
        "test comes from an index",
        forward=lambda x: np.asarray(np.floor(x), np.int64),
        R=lambda x, ȳ: cd.cast(ȳ, dtype="f64"),
        D=lambda x, ẋ: (None,),
        signature=lambda dom: cd.index(),
    )
    assert cd.R(place(cd.f64()))(2.5, 3) == 0.0
