"""Sweeps over the whole table of generators: every row is tried, at every dtype it is defined on."""

import numpy as np
import pytest
from samples import SAMPLES, at, draw, rows

import catdiff as cd
from catdiff.category.label import TABLE

REAL, SINGLE = at(cd.f64), at(cd.f32)
COMPLEX = {**at(cd.c128), "complex of reals": REAL["complex"], "reals as complex": REAL["cast to c128"]}
EXACT = {make.__name__: at(make) for make in (cd.integer, cd.z2, cd.rational)}
EVERY = {f"{make.__name__} {name}": f for make in (cd.f64, cd.f32, cd.c128) for name, f in at(make).items()} | {
    f"{kind} {name}": f for kind, programs in EXACT.items() for name, f in programs.items()
}


def outputs(f, xs):
    y = f(*xs)
    return list(y) if isinstance(y, tuple) else [y]


def inner(us, vs):
    """`Re Σ conj(u) v` over wires."""
    return sum(np.real(np.sum(np.conj(u) * v)) for u, v in zip(us, vs, strict=True))


def test_every_row_is_tried():
    """A new row has a sample, or this fails."""
    own = {name for name, row in TABLE.items() if not row.foreign and not name.startswith("toy")}
    assert rows(EVERY.values()) == own


def test_every_sample_is_defined_somewhere():
    assert {name.split(" ", 1)[1] for name in EVERY} == set(SAMPLES)


def test_every_row_says_what_it_is():
    assert [name for name, row in TABLE.items() if not (row.about or row.foreign or name.startswith("toy"))] == []


@pytest.mark.parametrize("name", EVERY)
def test_programs_are_written_as_source(name):
    f = EVERY[name]
    assert eval(repr(f), {"cd": cd}) == f
    for label in f.net.labels:
        atom = cd.Atom(label)
        assert eval(repr(atom), {"cd": cd}) == atom


@pytest.mark.parametrize("name", SINGLE)
def test_f32_stays_f32(name):
    """Rules are full of Python numbers; none widens what it meets."""
    f = SINGLE[name]
    assert {w.dtype.name for label in cd.R(cd.R(f)).flatten().net.labels for w in label.cod.wires} <= {
        "f32",
        "bool",
        "index",
        *(("f64",) if name == "cast" else ()),
    }
    rng = np.random.default_rng(0)
    xs = [draw(rng, w) for w in f.dom.wires]
    ȳ = [draw(rng, w) for w in f.cod.wires]
    wide = [np.float64(v) if v.dtype == np.float32 else v for v in (*xs, *ȳ)]
    got = outputs(cd.R(f), [*xs, *ȳ])
    if name in REAL and name != "cast":
        for x̄, want in zip(got, outputs(cd.R(REAL[name]), wide), strict=True):
            np.testing.assert_allclose(x̄, want, rtol=2e-4, atol=2e-5)


def test_casts_between_precisions():
    up, down = cd.cast(cd.f32(2), "f64"), cd.cast(cd.f64(2), "f32")
    assert cd.D(up)(np.float32([1, 2]), np.float32([3, 4])).dtype == np.float64
    for f, one in ((up, np.float64), (down, np.float32)):
        assert cd.R(f)(np.ones(2, f.dom.dtype.carrier), np.array([3, 4], one)).tolist() == [3, 4]


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_R_is_the_gradient_of_the_pairing(name):
    """x̄ = ∂/∂Re x ⟨ȳ, f(x)⟩ + i ∂/∂Im x ⟨ȳ, f(x)⟩, for f and for R[f]."""
    for f in (COMPLEX[name], cd.R(COMPLEX[name])):
        rng = np.random.default_rng(1)
        xs, ȳ = [draw(rng, w) for w in f.dom.wires], [draw(rng, w) for w in f.cod.wires]
        got = outputs(cd.R(f), [*xs, *ȳ])
        for k, (x, x̄) in enumerate(zip(xs, got, strict=True)):
            want = np.zeros(x.shape, x.dtype)
            for i in np.ndindex(x.shape):
                for direction in (1, 1j) if x.dtype.kind == "c" else (1,):
                    ends = []
                    for h in (1e-6, -1e-6):
                        moved = [v.copy() for v in xs]
                        moved[k][i] += h * direction
                        ends.append(inner(ȳ, outputs(f, moved)))
                    want[i] += direction * (ends[0] - ends[1]) / 2e-6
            np.testing.assert_allclose(x̄, want, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_R_is_adjoint_to_the_rows_own_D(name):
    f, rng = COMPLEX[name], np.random.default_rng(2)
    xs, ẋ, ȳ = ([draw(rng, w) for w in word.wires] for word in (f.dom, f.dom, f.cod))
    ẏ = outputs(cd.jvp(f), [*xs, *ẋ])[len(f.cod) :]
    np.testing.assert_allclose(inner(ẏ, ȳ), inner(ẋ, outputs(cd.R(f), [*xs, *ȳ])), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, fs in EXACT.items() for name in fs])
def test_exact_rigs_are_exact(kind, name):
    """⟨D[f](x, ẋ), ȳ⟩ = ⟨ẋ, R[f](x, ȳ)⟩ and the same of R[f], with == and no float anywhere."""
    for f in (EXACT[kind][name], cd.R(EXACT[kind][name])):
        rng = np.random.default_rng(3)
        xs, ẋ, ȳ = ([draw(rng, w) for w in word.wires] for word in (f.dom, f.dom, f.cod))
        ẏ, x̄ = outputs(cd.jvp(f), [*xs, *ẋ])[len(f.cod) :], outputs(cd.R(f), [*xs, *ȳ])
        left, right = (
            sum(np.sum(np.asarray(u, object) * np.asarray(v, object)) for u, v in zip(us, vs, strict=True))
            for us, vs in ((ẏ, ȳ), (ẋ, x̄))
        )
        assert left % 2 == right % 2 if kind == "z2" else left == right
