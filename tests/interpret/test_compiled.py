"""Compiled programs do what programs do: on random programs, on any array, from many threads; they share no array."""

import copy
import gc
import pickle
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import BITS, INTEGER, MIXED, SMOOTH, few, morphisms, objects, point, rounding, same, seeds, values

import catdiff as cd
from catdiff.errors import CatdiffError, EvaluationError
from catdiff.interpret.straight.runner import Straight

S, V, M = cd.f64(), cd.f64(3), cd.f64(3, 4)
BIG = cd.f64(300, 300)
WIDE = cd.einsum("j->ij", V, sizes={"i": 4})


def agrees(f, seed):
    """Compiled or not, f gives the same: exactly, or up to rounding where there are floats."""
    xs = point(f.dom, seed)
    with np.errstate(all="ignore"):
        try:
            right = values(f, xs)
        except EvaluationError:
            return
        made = Straight(f).run(*xs)
        left = [np.asarray(y) for y in (made if isinstance(made, tuple) else (made,))]
        if all(s.dtype.kind not in ("real", "complex") for s in (*f.dom.wires, *f.cod.wires)):
            assert same(left, right)
            return
        bound = rounding(f, f, xs)
        for x, y in zip(left, right, strict=True):
            assert (x.dtype, x.shape) == (y.dtype, y.shape)
            np.testing.assert_allclose(x, y, rtol=0, atol=bound)


# -- the same values -------------------------------------------------------------------------------------------


@given(st.data(), st.sampled_from([SMOOTH, MIXED, INTEGER, BITS]), seeds())
def test_random_programs(data, signature, seed):
    A, B = (data.draw(objects(signature, least=1, most=3)) for _ in range(2))
    agrees(data.draw(morphisms(signature, dom=A, cod=B, budget=10)), seed)


@few
@given(st.data(), st.sampled_from([SMOOTH, INTEGER, BITS]), seeds())
def test_their_derivatives(data, signature, seed):
    A, B = (data.draw(objects(signature, least=1, most=2)) for _ in range(2))
    f = data.draw(morphisms(signature, dom=A, cod=B, budget=6))
    agrees(cd.vjp(f), seed)
    agrees(cd.simplify(cd.vjp(f)), seed)


@pytest.mark.parametrize(
    "subscripts",
    [
        "ij,jk->ik", "ij,kj->ik", "ji,jk->ki", "ij,jk->k", "ij,ij->", "ij,ij->ji", "i,j->ij", "i,j->", "ij->", "ij->j",
        "bij,bjk->bik", "bij,bkj->kbi", "bij,jk->bik", "bij,bij->b", "ij,jk,kl->il", "ij,j,i->", "i,i,i->i",
        "bhid,bhjd->bhij", "ab,cd->acbd", ",ij->ij", "i,->i",
    ],
)  # fmt: skip
@pytest.mark.parametrize("extent", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["f64", "f32", "c128"])
def test_contractions(subscripts, extent, dtype):
    extents = {c: max(1, extent + i % 3 - 1) for i, c in enumerate("abcdhijkl")}
    left = subscripts.split("->")[0]
    wires = [getattr(cd, dtype)(*[extents[c] for c in part]) for part in left.split(",")]
    rng = np.random.default_rng(0)
    xs = [rng.normal(size=w.shape).astype(w.dtype.carrier) for w in wires]
    f = cd.einsum(subscripts, *wires)
    tolerance = 1e-5 if dtype == "f32" else 1e-12
    np.testing.assert_allclose(Straight(f).run(*xs), f(*xs), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    "f",
    [
        WIDE >> cd.sum,
        WIDE >> cd.exp,
        WIDE,
        WIDE >> cd.transpose,
        cd.copy(cd.f64(2, 3)) >> cd.id(cd.f64(2, 3)) @ cd.transpose >> cd.einsum("ij,jk->ik"),
        cd.zero(M) >> cd.exp,
        cd.const(2.0, M) >> cd.sum,
        cd.slice(V, None, None, -1) >> cd.exp,
        cd.slice(V, 1) >> cd.square >> cd.sum,
        cd.pad(V, 2) >> cd.exp,
        cd.reshape(M, (2, 6)) >> cd.transpose >> cd.reshape(shape=(12,)),
        cd.copy(V),
        cd.swap(V, M),
        cd.id(V) @ cd.discard(V),
        cd.discard(V),
        cd.id(cd.UNIT),
    ],
    ids=str,
)  # fmt: skip
def test_what_moves_and_broadcasts(f):
    for seed in range(3):
        agrees(f, seed)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.0, 0.0, 5e-324, 1e308, -1e308])
def test_special_values(value):
    for f in (cd.relu(S), cd.step(S), cd.exp(S), cd.log(S), cd.recip(S), cd.sigmoid(S), cd.square(S), cd.sqrt(S)):
        for g in (f, cd.vjp(f)):
            with np.errstate(all="ignore"):
                xs = [value] * len(g.dom)
                left, right = values(cd.compile(g), xs), values(g, xs)
            for x, y in zip(left, right, strict=True):
                np.testing.assert_allclose(x, y, rtol=1e-14)
                assert np.signbit(x) == np.signbit(y) or np.isnan(y)


# -- any array -------------------------------------------------------------------------------------------------


def arrays():
    x = np.random.default_rng(0).normal(size=(3, 4))
    wide = np.zeros((6, 8))
    wide[::2, ::2] = x
    packed = np.frombuffer(b"\0" + x.tobytes(), dtype=np.uint8)[1:].view(np.float64).reshape(3, 4)
    frozen = x.copy()
    frozen.flags.writeable = False
    return {
        "plain": x, "strided": wide[::2, ::2], "reversed": x[::-1, ::-1][::-1, ::-1], "fortran": np.asfortranarray(x),
        "swapped": x.astype(">f8"), "misaligned": packed, "frozen": frozen, "list": x.tolist(),
        "single": x.astype("f4"), "subclass": x.view(np.matrix),
    }  # fmt: skip


@pytest.mark.parametrize("kind", arrays())
def test_any_array_of_the_right_shape(kind):
    f = cd.pair(cd.exp(M), cd.transpose(M))
    x = arrays()[kind]
    before = np.array(x)
    for left, right in zip(values(cd.compile(f), [x]), values(f, [x]), strict=True):
        np.testing.assert_array_equal(left, right)
    np.testing.assert_array_equal(before, np.array(x))


def test_the_same_array_twice():
    x = np.arange(9.0).reshape(3, 3)
    A = cd.f64(3, 3)
    f = cd.compile(cd.einsum("ij,jk->ik", A, A) >> cd.exp)
    np.testing.assert_array_equal(f(x / 9, (x / 9).T), np.exp(x / 9 @ (x / 9).T))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), ()])
def test_arrays_of_no_entries_and_of_one(shape):
    A = cd.f64(*shape)
    x = np.ones(shape)
    for f in (cd.exp(A), cd.copy(A) >> cd.mul >> cd.sum):
        for left, right in zip(
            values(cd.compile(cd.vjp(f)), [x, 1.0 * f(x)]), values(cd.vjp(f), [x, f(x)]), strict=True
        ):
            np.testing.assert_allclose(left, right)


def test_what_is_wrong_is_said_as_ever():
    f = (cd.sin(V) >> cd.exp).box("wave")
    for args in ([], [np.ones(2)], [np.ones(3), 1], [np.ones(3, complex)], [None], [f], ["x"]):
        said = []
        for run in (f, cd.compile(f)):
            with pytest.raises(CatdiffError) as raised:
                run(*args)
            said.append(str(raised.value))
            assert raised.value.__context__ is None
        assert said[0] == said[1]


def test_it_applies_to_wires():
    g = cd.compile(cd.sin(V) >> cd.exp)
    assert cd.morphism(V)(lambda x: g(2.0 * x)) == cd.morphism(V)(lambda x: cd.exp(cd.sin(2.0 * x)))


def test_a_row_that_fails_is_named_with_its_boxes():
    def fails(x):
        raise RuntimeError("no")

    odd = cd.generator("fails when compiled", forward=fails, R=lambda x, ȳ: ȳ)
    with pytest.raises(EvaluationError, match="outer / fails when compiled: RuntimeError: no"):
        cd.compile((cd.exp(V) >> odd).box("outer"))(np.ones(3))


def test_what_fails_far_inside_is_not_run_twice_at_every_depth():
    inner, calls = {}, []

    def goes_down(x):
        calls.append(x)
        if x[0] == 12:
            raise RuntimeError("the bottom")
        return inner["f"](x + 1)

    inner["f"] = cd.compile(cd.id(V) >> cd.generator("goes down", forward=goes_down, R=lambda x, ȳ: ȳ))
    with pytest.raises(EvaluationError, match="the bottom"):
        inner["f"](np.zeros(3))
    assert len(calls) < 200


# -- nothing is shared -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [cd.copy(V), cd.id(V), cd.transpose(M), cd.reshape(M, (12,)), cd.exp(M), cd.zero(M)])
def test_results_are_nobody_elses(f):
    g = cd.compile(f)
    xs = point(f.dom, 0)
    first, second = values(g, xs), values(g, xs)
    whole = [*xs, *first, *second]
    for i, x in enumerate(whole):
        for y in whole[i + 1 :]:
            assert x is y or not np.may_share_memory(x, y)
    for y in first:
        y[...] = 7.0  # and may be written to
    for left, right in zip(values(g, xs), second, strict=True):
        np.testing.assert_array_equal(left, right)


def test_a_row_that_gives_what_it_takes_gives_no_array_away():
    same_row = cd.generator("gives what it takes", forward=lambda x: x, R=lambda x, ȳ: ȳ)
    part_row = cd.generator("gives a view", forward=lambda x: x[::-1][::-1], R=lambda x, ȳ: ȳ)
    for row in (same_row, part_row):
        for f in (row(V), cd.exp(V) >> row, row(V) >> row, cd.exp(V) >> cd.copy(V) >> cd.id(V) @ row(V)):
            g, x = cd.compile(f), np.zeros(3)
            kept = [np.array(y) for y in values(g, [x])]
            for y in values(g, [x]):
                assert not np.may_share_memory(x, y)
                y[...] = 7.0
            assert same(kept, values(g, [x]))


def test_results_that_are_kept_are_never_written_to():
    g = cd.compile(cd.exp(BIG))
    x = np.zeros((300, 300))
    kept = [g(x + k) for k in range(5)]
    views = [g(x + k)[10:20] for k in range(5)]
    buffers = [memoryview(g(x + k)) for k in range(5)]
    for _ in range(10):
        g(x + 9)
    for k in range(5):
        assert kept[k][0, 0] == views[k][0, 0] == buffers[k][0, 0] == np.exp(k)


def test_memory_that_is_let_go_of_comes_back():
    g = cd.compile(cd.exp(BIG))
    x = np.zeros((300, 300))
    where = set()
    for _ in range(20):
        where.add(g(x).ctypes.data)
        gc.collect()
    assert len(where) <= 3


# -- many at once ----------------------------------------------------------------------------------------------


def test_many_threads():
    f = cd.compile(cd.vjp(cd.nn.mlp(16, 3).at(cd.f64(8)).body))
    rng = np.random.default_rng(0)
    points = [[rng.normal(size=s.shape) for s in f.morphism.dom.wires] for _ in range(8)]
    right = [f(*xs) for xs in points]
    with ThreadPoolExecutor(8) as pool:
        for k, made in enumerate(pool.map(lambda i: f(*points[i % 8]), range(400))):
            for a, b in zip(made, right[k % 8], strict=True):
                np.testing.assert_array_equal(a, b)


def test_a_call_within_a_call():
    inner = {}
    row = cd.generator("calls itself when compiled", forward=lambda x: x + inner["f"](x), R=lambda x, ȳ: ȳ)
    twice = cd.compile(cd.exp(V) >> row >> cd.square)
    depth = iter(range(3))
    inner["f"] = lambda x: twice(x) if next(depth, None) is not None else 0 * x
    x = np.zeros(3)
    made = twice(x)

    def by_hand(x, n):
        e = np.exp(x)
        return (e + (by_hand(e, n - 1) if n else 0 * e)) ** 2

    np.testing.assert_allclose(made, by_hand(x, 3))


# -- text ------------------------------------------------------------------------------------------------------


def _interrupt(x):
    raise KeyboardInterrupt


def test_the_source_is_shown_in_tracebacks():
    row = cd.generator("raises interrupt", forward=_interrupt, R=lambda x, ȳ: ȳ)
    try:
        cd.compile(cd.exp(V) >> row)(np.ones(3))
    except KeyboardInterrupt:
        assert "raises_interrupt_(" in traceback.format_exc()


def test_programs_too_large_to_open_are_run_box_by_box():
    f = cd.sin(V)
    for k in range(40):
        f = (f >> f).box(f"twice {k}") if k < 20 else f.box(f"once {k}")
    g = cd.compile(f)
    assert g.source is None and g.workspace == 0


def test_scalars_are_python_floats():
    f = cd.compile(cd.vjp(cd.sin(S) >> cd.exp))
    assert "float64" in f.source and "workspace" not in f.source
    made = f(0.5, np.float64(1))
    assert all(type(y) is np.float64 for y in made)
    with np.errstate(all="ignore"):
        assert cd.compile(cd.recip(S))(0.0) == np.inf and cd.compile(cd.exp(S))(1000.0) == np.inf


@pytest.mark.parametrize("exponent", [2, 0.5, -0.5, -1, 1.5, 3])
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 0.0, -0.0, -2.0, 3.0])
def test_powers_of_one_number_and_of_many(exponent, value):
    one, many = (cd.pow(A, exponent=exponent) for A in (S, V))
    with np.errstate(all="ignore"):
        left, right = cd.compile(one)(value), cd.compile(many)(np.full(3, value))[0]
        signs = {np.signbit(one(value)), np.signbit(many(np.full(3, value))[0])}  # not one in all versions of NumPy
    np.testing.assert_allclose(left, right, rtol=1e-15)
    assert np.isnan(left) or {np.signbit(left), np.signbit(right)} <= signs


def test_it_is_pickled_as_what_it_is_of():
    f = cd.compile(cd.sin(V) >> cd.exp)
    for g in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
        assert g.source == f.source and same(values(g, [np.ones(3)]), values(f, [np.ones(3)]))


def test_threads_do_not_share_a_workspace():
    seen, barrier = [], threading.Barrier(2)

    def tell(x):
        seen.append(x.ctypes.data)
        barrier.wait()
        return x * 1

    row = cd.generator("tells its memory", forward=tell, R=lambda x, ȳ: ȳ)
    f = cd.compile(cd.exp(V) >> cd.cos >> row >> cd.exp)
    threads = [threading.Thread(target=f, args=(np.ones(3),)) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(set(seen)) == 2
