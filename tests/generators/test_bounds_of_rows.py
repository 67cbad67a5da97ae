"""The column `error` of the table: bounds hold for exact operands and for operands that are off, at ordinary points and
at extreme ones, in f64, f32 and c128; and they are not much larger than they have to be.
"""

import numpy as np
import pytest
import samples
from precise import EXTENDED, distance, precisely

import catdiff as cd
from catdiff.category.label import TABLE
from catdiff.errors import CatdiffError
from catdiff.interpret.bounds import Bounded, bounded

extended = pytest.mark.skipif(not EXTENDED, reason="no float type here has more digits than a double")
SLACK = 1 + 2.0**-9  # the reference is itself rounded, to 11 digits more
UNARY = [*samples.SMOOTH, *samples.KINKED, "asin", "acos"]
POWERS = (2.0, 3.0, -1.0, 0.5, -0.5, 1.7, 0.1, 1.0, 0.0)


def test_every_row_has_the_column():
    assert {
        name for name, row in TABLE.items() if not (row.error or row.interior or row.foreign or name.startswith("toy"))
    } == set()


# -- elementwise rows, with operands that are off ----------------------------------------------------------------


def _wide(rng, n, make):
    """Numbers of all magnitudes, some of them 0, integers or close to what is special."""
    x = rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-3, 2, n)
    extreme = rng.random(n) < 0.15
    x[extreme] = (rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-300, 300, n))[extreme]
    near = rng.random(n) < 0.3
    x[near] = (rng.choice([0, 1, -1, 0.5, 2, np.pi / 2, np.pi, -np.pi], n) * (1 + rng.normal(size=n) * 1e-7))[near]
    whole = rng.random(n) < 0.1
    x[whole] = rng.integers(-3, 4, n)[whole]
    if make is cd.f32:
        return np.clip(x, -3e38, 3e38).astype(np.float32)
    return x


def _operand(rng, n, make):
    if make is not cd.c128:
        return _wide(rng, n, make)
    z = _wide(rng, n, make) + 1j * _wide(rng, n, make)
    return np.where(rng.random(n) < 0.2, z.real + 0j, z)


def _errors(rng, x):
    """Bounds from a few last places to more than the number itself, and many that are 0."""
    size = np.abs(x.astype(np.result_type(x, np.float64)))
    e = size * 10.0 ** rng.uniform(-15, 0.5, x.shape)
    e = np.where(rng.random(x.shape) < 0.1, np.maximum(10.0 ** rng.uniform(-20, 1, x.shape), 1e-15 * size), e)
    e = np.where(np.isfinite(e), e, 1e300)
    return np.where(rng.random(x.shape) < 0.25, 0.0, e)


def _small_errors(rng, x):
    """The same, no larger than a thousandth of the number."""
    return np.minimum(_errors(rng, x), 1e-3 * np.abs(x))


def _shift(rng, x, e):
    """A point no further from x than e, often just so far."""
    far = np.asarray(rng.choice([0.0, 1.0, -1.0, 0.3], x.shape), np.longdouble)
    if np.iscomplexobj(x):
        far = far * np.exp(2j * np.pi * rng.choice(8, x.shape) / 8).astype(np.clongdouble) * (1 - 1e-15)
    return np.where(e == 0, x, np.asarray(x, np.result_type(x, np.longdouble)) + far * e)  # a zero keeps its sign


def holds(f, xs, es, rng, trials=12, share=1.0):
    """See that bounds of f at xs ± es, or a share of them, hold at points in reach; how many entries have one."""
    bs = bounded(f, [Bounded(x, e) for x, e in zip(xs, es, strict=True)])
    told = 0
    for _ in range(trials):
        there = precisely(f, [_shift(rng, x, e) for x, e in zip(xs, es, strict=True)])
        for b, exact in zip(bs, there, strict=True):
            off = distance(b.value, exact)
            wrong = (off > b.bound * share * SLACK) & ~np.isnan(off)
            assert not wrong.any(), [
                (f, *(x[wrong][0] for x in (*xs, *es) if x.shape == off.shape), b.value[wrong][0], exact[wrong][0]),
                (off[wrong][0], b.bound[wrong][0]),
            ]
            told += np.count_nonzero(np.isfinite(b.bound))
    return told


def _at(name, A, **attrs):
    try:
        f = getattr(cd, name)(*A, **attrs)
    except CatdiffError:
        pytest.skip(f"{name} is not defined on {A}")
    return f


@extended
@pytest.mark.parametrize("make", [cd.f64, cd.f32, cd.c128])
@pytest.mark.parametrize("name", UNARY)
def test_bounds_of_one_operand_hold(name, make):
    rng, n = np.random.default_rng(1), 2000
    x = _operand(rng, n, make)
    assert holds(_at(name, [make(n)]), [x], [_errors(rng, x)], rng) > n


@extended
@pytest.mark.parametrize("make", [cd.f64, cd.f32, cd.c128])
@pytest.mark.parametrize("name", [*samples.BINARY, *samples.COMPARISONS])
def test_bounds_of_two_operands_hold(name, make):
    rng, n = np.random.default_rng(2), 2000
    x, y = _operand(rng, n, make), _operand(rng, n, make)
    y = np.where(rng.random(n) < 0.2, x, y)
    assert holds(_at(name, [make(n), make(n)]), [x, y], [_errors(rng, x), _errors(rng, y)], rng) > n


@extended
@pytest.mark.parametrize("make", [cd.f64, cd.c128])
@pytest.mark.parametrize("name", [*UNARY, *samples.BINARY])
def test_less_would_not_do(name, make):
    """Every bound is nearly reached somewhere, which is also how these tests are seen to bite."""
    rng, n = np.random.default_rng(1), 2000
    arity = 2 if name in samples.BINARY else 1
    f, xs = _at(name, [make(n)] * arity), [_operand(rng, n, make) for _ in range(arity)]
    if len(f.net):
        with pytest.raises(AssertionError):
            holds(f, xs, [_errors(rng, x) for x in xs], rng, share=0.8)


@extended
@pytest.mark.parametrize("make", [cd.f64, cd.f32, cd.c128])
@pytest.mark.parametrize("exponent", POWERS)
def test_bounds_of_powers_hold(exponent, make):
    rng, n = np.random.default_rng(3), 2000
    x = _operand(rng, n, make)
    if make is cd.f32:
        x = np.abs(x)
    holds(cd.pow(make(n), exponent=exponent), [x], [_errors(rng, x)], rng)


# -- every other row ---------------------------------------------------------------------------------------------

AXES = {
    "sum": lambda A: cd.sum(A, axis=1),
    "matmul": lambda A: cd.matmul(A, A),
    "three operands": lambda A: cd.einsum("ij,kj,ki->j", A, A, A),
    "cumsum": lambda A: cd.cumsum(A, axis=0, reverse=True),
    "cumprod": cd.cumprod,
    "linrec": lambda A: cd.linrec(A, A),
    "linrec backwards": lambda A: cd.linrec(A, A, axis=0, reverse=True),
    "softmax": cd.softmax,
    "logsumexp": cd.logsumexp,
    "log_softmax": cd.log_softmax,
    "variance": lambda A: cd.variance(A, axis=1, ddof=1),
    "std": lambda A: cd.std(A, axis=1),
    "norm": lambda A: cd.norm(A, axis=1),
    "layer_norm": cd.layer_norm,
    "max": lambda A: cd.max(A, axis=1),
    "min": lambda A: cd.min(A, axis=1),
    "argmax": cd.argmax,
    "argmin": cd.argmin,
    "argsort": cd.argsort,
    "sort": cd.sort,
    "cast": lambda A: cd.cast(A, "f32" if A.dtype.name == "f64" else "f64" if A.dtype.name == "f32" else "c128"),
    "quantifier": lambda A: cd.gt(A, A) >> cd.any(axis=1),
}


def _matrices(rng, n, make, kind):
    """Square matrices of one kind of entries."""
    x = rng.normal(size=(n, n))
    if kind == "wide":
        x = x * 10.0 ** rng.uniform(-12, 12, (n, n))
    elif kind == "small":
        x = x * 1e-160
    elif kind == "offset":
        x = 1000 + 1e-3 * x
    elif kind == "ties":
        x = rng.integers(-1, 2, (n, n)).astype(float)
    elif kind == "large":
        x = x * 1e15
    if make is cd.c128:
        return x * np.exp(1j * rng.uniform(-3, 3, (n, n)))
    return x.astype("f4") if make is cd.f32 else x


@extended
@pytest.mark.parametrize("kind", ["normal", "wide", "small", "offset", "ties", "large"])
@pytest.mark.parametrize("make", [cd.f64, cd.f32, cd.c128])
@pytest.mark.parametrize("name", AXES)
def test_bounds_along_axes_hold(name, make, kind):
    rng, n = np.random.default_rng(4), 5
    try:
        f = AXES[name](make(n, n))
    except CatdiffError:
        pytest.skip(f"{name} is not defined on {make(n, n)}")
    for sure in (True, False, False):
        xs = [_matrices(rng, n, make, kind) for _ in f.dom.wires]
        es = [np.zeros(x.shape) if sure else _small_errors(rng, x) for x in xs]
        holds(f, xs, es, rng, trials=20)


SAMPLED = [(make, name) for make in (cd.f64, cd.f32, cd.c128) for name in samples.at(make)]


@extended
@pytest.mark.parametrize(("make", "name"), SAMPLED, ids=[f"{m.__name__} {n}" for m, n in SAMPLED])
def test_bounds_of_samples_and_their_derivatives_hold(make, name):
    rng = np.random.default_rng(5)
    f = samples.SAMPLES[name](make)
    for g, trials in ((f, 6), (cd.R(f), 6), (cd.R(cd.R(f)), 2)):
        for sure in (True, False):
            xs = [samples.draw(rng, s) for s in g.dom.wires]
            es = [np.zeros(x.shape) if sure or x.dtype.kind not in "fc" else _small_errors(rng, x) for x in xs]
            holds(g, xs, es, rng, trials=1 if sure else trials)


EXACT = [(make, name) for make in (cd.integer, cd.rational, cd.z2) for name in samples.at(make)]


@pytest.mark.parametrize(("make", "name"), EXACT, ids=[f"{m.__name__} {n}" for m, n in EXACT])
def test_exact_samples_are_exact_and_what_is_open_is_not_forgotten(make, name):
    rng = np.random.default_rng(7)
    f = samples.SAMPLES[name](make)
    xs = [samples.draw(rng, s) for s in f.dom.wires]
    assert all(not np.any(b.bound) for b in bounded(f, xs))
    for b in bounded(f, [Bounded(x, np.full(x.shape, np.inf)) for x in xs]):
        assert np.all((b.bound == 0) | (b.bound == np.inf))
    if name not in ("zero", "scatter_add"):  # which have zeros that stay
        assert any(np.any(b.bound) for b in bounded(f, [Bounded(x, np.full(x.shape, np.inf)) for x in xs]))


# A number that leaves room for what a right program does, in units of rounding of its largest result, where entries
# are about 1; R∘R of the worst (softmax, layer_norm) cancel as much.
ORDINARY = 20_000


@pytest.mark.parametrize(("make", "name"), SAMPLED, ids=[f"{m.__name__} {n}" for m, n in SAMPLED])
def test_bounds_of_samples_are_small(make, name):
    rng = np.random.default_rng(6)
    f = samples.SAMPLES[name](make)
    for g in (f, cd.R(f), cd.R(cd.R(f))):
        xs = [samples.draw(rng, s) for s in g.dom.wires]
        for b, s in zip(bounded(g, xs), g.cod.wires, strict=True):
            u = 2.0**-24 if "f32" in (s.dtype.name, make.__name__) else 2.0**-53
            assert np.all(b.bound <= ORDINARY * u * max(1.0, np.max(np.abs(b.value), initial=0.0))), g
