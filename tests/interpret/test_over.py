"""Programs over rigs: agreement with NumPy where both make sense, maps of rigs, and R over every rig."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import BITS as CIRCUITS
from programs import INTEGER, MIXED, morphisms, point, seeds, values
from samples import at, draw

import catdiff as cd
from catdiff.category.label import TABLE
from catdiff.errors import ArgumentError, EvaluationError, MeaningError
from catdiff.generators.rig import Rig
from catdiff.interpret.bits import BITS, unsliced
from catdiff.interpret.exact import INTEGERS, MOD, RATIONAL
from catdiff.interpret.over import evaluate, over
from catdiff.interpret.polynomial import indeterminates, multilinear, polynomials, powers
from catdiff.interpret.rigs import RIGS

REAL = at(cd.f64)
EXACT = {(make.__name__, name): f for make in (cd.integer, cd.rational) for name, f in at(make).items()}


def numbers(f, seed=0):
    """A point of f with few digits, so that floats are exact where no division rounds them."""
    rng = np.random.default_rng(seed)
    return [np.round(draw(rng, s) * 16) / 16 if s.dtype.kind == "real" else draw(rng, s) for s in f.dom.wires]


def meaningful(f, xs, k):
    try:
        return evaluate(f, xs, k)
    except MeaningError:
        return None


# -- agreement with NumPy --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REAL)
def test_rationals_agree_with_floats(name):
    for f in (REAL[name], cd.R(REAL[name]), cd.R(cd.R(REAL[name]))):
        xs = numbers(f)
        for y, z in zip(meaningful(f, xs, RATIONAL) or (), values(f, xs), strict=False):
            np.testing.assert_allclose(y.astype(float) if y.dtype == object else y, z, rtol=1e-9, atol=1e-9)


def test_which_rows_mean_something_over_the_rationals():
    """A row that gains or loses its meaning is seen here; that of `pow` is for whole exponents."""
    means = {label.row.name for f in REAL.values() if meaningful(f, numbers(f), RATIONAL) for label in f.net.labels}
    floats = {name for name, row in TABLE.items() if not row.foreign and not name.startswith("toy")} - means
    assert floats == {
        "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "asin", "acos", "sinh", "cosh", "tanh", "sech2", "sigmoid",
        "bell", "softplus", "atan", "erf", "bump", "xlogy", "logaddexp", "atan2", "hypot", "sqrt", "std", "norm",
        "layer_norm", "softmax", "logsumexp", "log_softmax", "complex", "conj", "real", "imag",
        "threshold", "pivotal", "floordiv",  # of bits, and of integers
    }  # fmt: skip


def test_floors_of_quotients_are_exact():
    f = cd.floordiv(cd.integer(4), by=3)
    for rig in (RATIONAL, INTEGERS):
        (y,) = evaluate(f, [np.array([7, -7, 2**80, 0], object)], rig)
        assert y.tolist() == [2, -3, 2**80 // 3, 0]


@pytest.mark.parametrize("name", EXACT)
def test_exact_programs_are_the_same(name):
    for f in (EXACT[name], cd.R(EXACT[name])):
        xs = numbers(f)
        for y, z in zip(evaluate(f, xs, RATIONAL), values(f, xs), strict=True):
            assert y.tolist() == z.tolist()


@given(morphisms(MIXED), seeds())
def test_mixed_programs(f, seed):
    """Comparisons, extrema, choices among wires of all dtypes: each in its own arithmetic, reals and integers in ℚ."""
    xs = point(f.dom, seed)
    found = meaningful(f, xs, RATIONAL)
    for y, z in zip(found or (), values(f, xs) if found else (), strict=True):
        np.testing.assert_allclose(np.asarray(y, float), np.asarray(z, float), rtol=1e-5, atol=1e-5)


# -- maps of rigs ----------------------------------------------------------------------------------------------


@given(morphisms(INTEGER), seeds(), st.sampled_from((2, 6, 7, 2**31 + 11)), st.booleans())
def test_residues_are_a_map_of_rigs(f, seed, n, reverse):
    """⟦f⟧ over ℤ, reduced, is ⟦f⟧ over ℤ_n of what is reduced; and for R[f]."""
    f = cd.R(f) if reverse else f
    xs = point(f.dom, seed)
    for y, z in zip(evaluate(f, xs, INTEGERS), evaluate(f, xs, MOD(n)), strict=True):
        assert np.asarray(y % n).tolist() == z.tolist()


@given(morphisms(INTEGER), seeds(), st.booleans())
def test_a_normal_form_at_a_point_is_the_program_there(f, seed, reverse):
    f = cd.R(f) if reverse else f
    k, xs = polynomials(), point(f.dom, seed)
    where = dict(enumerate(v for x in xs for v in x.ravel().tolist()))
    for p, y in zip(evaluate(f, indeterminates(f.dom, k), k), evaluate(f, xs, INTEGERS), strict=True):
        assert [q.at(where) for q in p.flat] == y.ravel().tolist()


@given(morphisms(CIRCUITS), st.data(), st.booleans())
def test_bits_are_many_runs_at_once(f, data, reverse):
    f = cd.R(f) if reverse else f
    k, rng = BITS(5), np.random.default_rng(data.draw(seeds()))
    xs = [k.draw(rng, s.shape) for s in f.dom.wires]
    ys = evaluate(f, xs, k)
    for i in range(5):
        at_i = [np.array([unsliced(v, i) for v in x.flat], np.uint8).reshape(x.shape) for x in xs]
        for y, z in zip(ys, values(f, at_i), strict=True):
            assert [unsliced(v, i) for v in y.flat] == z.ravel().tolist()


# -- R over every rig ------------------------------------------------------------------------------------------


def derivative(p, i, ring):
    """∂p/∂xᵢ by the textbook, as coefficients by monomial."""
    found = {}
    for m, c in p.terms.items():
        n = powers(m).get(i, 0)
        if n and (c := ring.canonical(n * c)) != 0:
            found[m - (1 << (16 * i))] = c
    return found


@given(morphisms(INTEGER, budget=4), st.sampled_from(("Q[x]", "Z2[x]", "Z6[x]")))
def test_R_is_the_formal_derivative(f, name):
    """R[p](x, ȳ)ᵢ = Σⱼ ∂pⱼ/∂xᵢ ȳⱼ, coefficient by coefficient."""
    k, reverse = RIGS[name], cd.R(f)
    xs = indeterminates(reverse.dom, k)
    ring = k.entry(0).ring
    n = sum(s.size for s in f.dom.wires)
    ps = [p for y in evaluate(f, xs[: len(f.dom)], k) for p in y.flat]
    got = [p for y in evaluate(reverse, xs, k) for p in y.flat]
    for i, x̄ in enumerate(got):
        want = k.entry(0)
        for j, p in enumerate(ps):
            term = type(p)(derivative(p, i, ring), ring, p.degree)
            want = want + term * type(p)({1 << (16 * (n + j)): 1}, ring, 1)
        assert x̄ == want


@pytest.mark.parametrize("name", [n for n, k in RIGS.items() if k.entry and not (k.rounds or k.forward)])
@given(morphisms(INTEGER, budget=4), seeds())
def test_R_is_adjoint_to_D_over_every_rig(name, f, seed):
    """⟨D[f](x, ẋ), ȳ⟩ = ⟨ẋ, R[f](x, ȳ)⟩ with the independent D."""
    k, rng = RIGS[name], np.random.default_rng(seed)
    x, ẋ, ȳ = ([k.draw(rng, s.shape) for s in word.wires] for word in (f.dom, f.dom, f.cod))
    ẏ, x̄ = evaluate(cd.jvp(f), [*x, *ẋ], k)[len(f.cod) :], evaluate(cd.R(f), [*x, *ȳ], k)
    assert k.equal(k.embed(inner(k, ẏ, ȳ)), k.embed(inner(k, ẋ, x̄)))


def inner(k, us, vs):
    total = k.zeros(())
    for u, v in zip(us, vs, strict=True):
        for a, b in zip(u.reshape(-1), v.reshape(-1), strict=True):
            total = k.add(total, k.mul(a, b))
    return np.asarray(total)


# -- what is said of what means nothing ------------------------------------------------------------------------


def test_the_generator_and_its_boxes_are_named():
    f = (cd.sin(cd.f64()).box("wave") >> cd.square).box("outer")
    with pytest.raises(MeaningError, match=r"outer / wave / sin: sin means nothing over ℚ") as caught:
        evaluate(f, [1], RATIONAL)
    assert caught.value.generator == "sin" and caught.value.path == ("outer", "wave")


@pytest.mark.parametrize(
    ("f", "k", "said"),
    [
        (cd.relu(cd.f64()), MOD(5), "no order over ℤ_5"),
        (cd.relu(cd.f64()), polynomials(), "no order over"),
        (cd.recip(cd.f64()), INTEGERS, "no division over ℤ"),
        (cd.recip(cd.f64()), polynomials(), "is no constant"),
        (cd.pow(cd.f64(), exponent=-2), polynomials(INTEGERS), "no division over"),
        (cd.pow(cd.f64(), exponent=0.5), RATIONAL, "no power 0.5 over ℚ"),
        (cd.id(cd.f64()) + 0.5, MOD(2), "0.5 is not in ℤ_2"),
        (cd.id(cd.f64()) + 0.5, BITS(2), "0.5 is not in ℤ_2"),
        (cd.cast(cd.f64(), "c128"), RATIONAL, "complex wires"),
        (cd.gt(cd.f64(), cd.f64()), BITS(2), "gt of f64 wires is not known mod 2"),
        (cd.cast(cd.bool(), "index"), BITS(2), "means nothing"),
    ],
)
def test_what_means_nothing(f, k, said):
    with pytest.raises(MeaningError, match=said):
        evaluate(f, indeterminates(f.dom, k) if "[x]" in k.name else [np.ones(s.shape, int) for s in f.dom.wires], k)


def test_arguments_outside_the_rig():
    x = cd.id(cd.f64(2))
    with pytest.raises(ArgumentError, match=r"argument 0 lies on f64\[2\], over ℤ: 0.5 is no integer"):
        evaluate(x, [[0.5, 1.0]], INTEGERS)
    with pytest.raises(ArgumentError, match="an array of shape"):
        evaluate(x, [[1, 2, 3]], INTEGERS)
    with pytest.raises(ArgumentError, match="takes 1 arguments"):
        evaluate(x, [], INTEGERS)


def test_a_polynomial_that_explodes_is_stopped():
    """(1 + x0 + … + x7)^16 has 735,471 terms."""
    f = cd.sum(cd.f64(8)) + 1.0 >> cd.pow(exponent=16)
    k = polynomials(RATIONAL, 1000)
    with pytest.raises(EvaluationError, match=r"of 495 and 495 terms: the budget is 1,000 terms"):
        evaluate(f, indeterminates(f.dom, k), k)
    with pytest.raises(EvaluationError, match="65535 is the most"):
        evaluate(cd.pow(cd.f64(), exponent=2.0**17), indeterminates(cd.f64(), k), k)


def test_division_by_zero_is_an_error_of_the_run():
    with pytest.raises(EvaluationError, match="ZeroDivisionError"):
        evaluate(cd.recip(cd.f64()), [0], RATIONAL)
    with pytest.raises(EvaluationError, match="3 has no inverse in ℤ_6"):
        evaluate(cd.recip(cd.f64()), [3], MOD(6))
    assert evaluate(cd.ratio(cd.f64(), cd.f64()), [3, 0], RATIONAL)[0] == 0


def test_multilinear_polynomials_are_the_functions_they_define():
    k = polynomials(MOD(2))
    both = cd.z2() @ cd.z2()
    for f, holds in ((cd.mul(both), True), (cd.square(cd.z2()), False), (cd.copy(cd.z2()) >> cd.add, True)):
        assert multilinear(evaluate(f, indeterminates(f.dom, k), k)) == holds


def test_constants_are_exact():
    (y,) = evaluate(cd.const(0.1), [], RATIONAL)
    assert y[()] == Fraction(0.1) != Fraction(1, 10)
    assert evaluate(cd.const("1/3", "rational"), [], MOD(7))[0] == 5


def test_one_functor_for_each_rig():
    assert over(RATIONAL) is over(RATIONAL) and over(MOD(5)) is over(MOD(5)) and over(MOD(5)) is not over(MOD(7))


class Tropical:
    """A number with max for + and + for ×; the integer n ≥ 1 is 0, and 0 is −∞."""

    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return Tropical(max(self.v, tropical(other).v))

    def __mul__(self, other):
        return Tropical(self.v + tropical(other).v)

    __radd__, __rmul__ = __add__, __mul__

    def __eq__(self, other):
        return self.v == tropical(other).v

    __hash__ = None


def tropical(v):
    return v if isinstance(v, Tropical) else Tropical(0 if v else -float("inf"))


def test_a_rig_of_ones_own():
    """Longest paths are a matrix power over (max, +), and a rig without negatives refuses what needs them."""
    k = Rig(name="max-plus", entry=tropical, neg=None, sample=lambda rng: Tropical(int(rng.integers(-4, 5))))
    from catdiff.laws.rigs import broken

    assert broken(k) == []
    steps = cd.matmul(cd.f64(3, 3), cd.f64(3, 3))
    far = -float("inf")
    w = np.array([[Tropical(v) for v in row] for row in [[far, 2, 9], [far, far, 4], [far, far, far]]])
    (y,) = evaluate(steps, [w, w], k)
    assert y[0, 2].v == 6
    for f in (cd.neg(cd.f64()), cd.sub(cd.f64(), cd.f64())):
        with pytest.raises(MeaningError, match="means nothing over max-plus"):
            evaluate(f, [1] * len(f.dom), k)
