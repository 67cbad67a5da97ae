"""Wrong arrays, and right ones that look wrong; failures while running; results that are nobody else's."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from programs import MIXED, SMOOTH, few, morphisms, point, same, seeds, values

import catdiff as cd
from catdiff.category.binder import build
from catdiff.errors import (
    ArgumentError,
    EvaluationError,
    NoDerivativeError,
)

A, S = cd.f64(3), cd.f64()
THOROUGH = settings.default.max_examples >= 1000


# -- zero extents ----------------------------------------------------------------------------------------------

EMPTY = {
    "sin": cd.sin(cd.f64(0)),
    "mul": cd.mul(cd.f64(2, 0), cd.f64(2, 0)),
    "broadcast": cd.mul(cd.f64(0), S),
    "sum": cd.sum(cd.f64(2, 0), axis=1),
    "sum of nothing": cd.sum(cd.f64(0)) >> cd.exp,
    "matmul": cd.einsum("ij,jk->ik", cd.f64(2, 0), cd.f64(0, 3)),
    "reshape": cd.reshape(cd.f64(2, 0), (0, 5)),
    "concat": cd.concat(cd.f64(0), cd.f64(2)),
    "split": cd.split(cd.f64(2), [0, 2]),
    "transpose": cd.transpose(cd.f64(0, 3)),
    "softmax": cd.softmax(cd.f64(0, 3)),
    "logsumexp": cd.logsumexp(cd.f64(2, 0), axis=0),
    "sort": cd.sort(cd.f64(0)),
    "max": cd.max(cd.f64(0, 3), axis=1),
    "slice": build(cd.f64(3), lambda x: x[3:]),
    "gather": build(cd.f64(3), lambda x: cd.gather(x, cd.const(np.zeros(0, int), "index"))),
    "const": cd.discard(S) >> cd.const(np.zeros((2, 0))),
    "box": (cd.sin(cd.f64(0)) >> cd.sum).box("b"),
    "map 0": cd.sin(A).map(0),
    "integer": cd.mul(cd.integer(0), cd.integer(0)),
    "z2": cd.add(cd.z2(0, 2), cd.z2(0, 2)),
}


@pytest.mark.parametrize("name", EMPTY)
def test_zero_extents_work_everywhere(name):
    f = EMPTY[name]
    programs = [f, f.box("b"), f.map(2), f.map(0), cd.R(f), cd.D(f), cd.R(cd.R(f)), f @ f, cd.compile(f) and f]
    for g in programs:
        out = values(g, point(g.dom))
        assert [(y.shape, y.dtype.name) for y in out] == [(s.shape, s.dtype.carrier) for s in g.cod.wires]
        assert cd.from_json(cd.to_json(g)) == g and eval(repr(g)) == g


# -- arrays at run time ----------------------------------------------------------------------------------------

REFUSED = {
    "another shape": (lambda: cd.sin(A)(np.ones(4)), r"argument 0 lies on f64\[3\], but an array of shape \(4,\)"),
    "a scalar for a vector": (lambda: cd.sin(A)(1.0), r"an array of shape \(\)"),
    "a row for a vector": (lambda: cd.sin(A)(np.ones((1, 3))), r"an array of shape \(1, 3\)"),
    "the second argument": (lambda: cd.mul(A, A)(np.ones(3), np.ones(2)), "argument 1 lies on"),
    "too few": (lambda: cd.mul(A, A)(np.ones(3)), "takes 2 arguments, one per wire, not 1"),
    "too many": (lambda: cd.sin(A)(np.ones(3), 2), "takes 1 argument, one per wire, not 2"),
    "none": (lambda: cd.sin(A)(), "takes 1 argument, one per wire, not 0"),
    "one for no wire": (lambda: cd.const(1.0)(2.0), "takes 0 arguments, one per wire, not 1"),
    "complex": (lambda: cd.sin(A)(np.ones(3) * 1j), "complex128 values were given that do not fit"),
    "objects": (lambda: cd.sin(A)(np.array([1, 2, 3], object)), "object values were given that do not fit"),
    "text": (lambda: cd.sin(S)("1"), "runs on arrays, and argument 0 is '1'"),
    "dates": (lambda: cd.sin(S)(np.datetime64("2020")), "values were given that do not fit"),
    "None": (lambda: cd.sin(S)(None), "runs on arrays, and argument 0 is None"),
    "a fraction for a float": (lambda: cd.sin(S)(Fraction(1, 3)), "object values were given that do not fit"),
    "doubles for singles": (lambda: cd.sin(cd.f32())(np.float64(0.1)), r"hint: x\.astype\('float32'\)"),
    "floats for integers": (lambda: cd.neg(cd.integer())(0.5), "float64 values were given that do not fit"),
    "whole floats for integers": (lambda: cd.neg(cd.integer())(np.float64(2)), "do not fit"),
    "unsigned beyond": (lambda: cd.neg(cd.integer())(np.uint64(2**63)), "uint64 values were given that do not fit"),
    "Python's integers beyond": (lambda: cd.neg(cd.integer())(2**70), "object values were given that do not fit"),
    "no bit": (lambda: cd.neg(cd.z2())(2), "do not fit"),
    "a byte that is no bit": (lambda: cd.neg(cd.z2(1))(np.array([255], "u1")), "do not fit"),
    "a negative bit": (lambda: cd.neg(cd.z2())(-1), "do not fit"),
    "a wrong backend": (
        lambda: cd.compile(cd.sin(A), "abacus"),
        "there is no backend 'abacus'; there are 'numpy' and 'bits'",
    ),
}


@pytest.mark.parametrize(("call", "said"), REFUSED.values(), ids=REFUSED)
def test_arrays_that_are_not_on_the_domain(call, said):
    with pytest.raises(ArgumentError, match=said):
        call()


X = np.array([0.5, 1.0, 2.0])
ACCEPTED = {
    "another byte order": X.astype(">f8"),
    "every other entry": np.repeat(X, 2)[::2],
    "backwards": X[::-1].copy()[::-1],
    "a column": np.stack([X, X], 1)[:, 0],
    "Fortran's order": np.asfortranarray(np.stack([X, X]))[0],
    "repeated by strides": X,
    "singles": X.astype("f4"),
    "halves": X.astype("f2"),
    "a list": X.tolist(),
    "a tuple": tuple(X.tolist()),
    "NumPy's scalars": [np.float64(v) for v in X],
    "a subclass": X.view(type("Sub", (np.ndarray,), {})),
    "a memoryview": memoryview(X),
    "unaligned": np.frombuffer(b"\0" + X.tobytes(), np.uint8)[1:].view(np.uint8).copy().view("f8"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_arrays_however_they_lie_in_memory(name):
    f = cd.sin(A) >> cd.exp
    for g in (f, cd.compile(f)):
        y = g(ACCEPTED[name])
        assert type(y) is np.ndarray and y.dtype == np.dtype("float64") and y.dtype.isnative
        np.testing.assert_array_equal(y, np.exp(np.sin(X)))
    np.testing.assert_array_equal(cd.R(cd.id(A))(X, ACCEPTED[name]), X)


def test_small_integers_and_booleans_where_they_are_exact():
    assert cd.neg(cd.integer())(np.int8(3)) == -3 and cd.neg(cd.integer(2))([True, False]).tolist() == [-1, 0]
    assert cd.add(cd.z2(), cd.z2())(True, np.uint64(1)) == 0
    assert cd.sin(S)(np.int64(2)) == np.sin(2.0) == cd.sin(S)(2)
    assert cd.neg(cd.rational())(2) == -2 and cd.neg(cd.rational())(Fraction(1, 2)) == Fraction(-1, 2)


# -- nothing shared --------------------------------------------------------------------------------------------

SHARING = {
    "id": cd.id(A),
    "copy": cd.copy(A),
    "sin ; copy": cd.sin(A) >> cd.copy(A, 3),
    "const": cd.discard(A) >> cd.const([1.0, 2.0]) >> cd.copy(cd.f64(2)),
    "zero": cd.discard(A) >> cd.zero(A) >> cd.copy(A),
    "reshape": cd.copy(A) >> cd.reshape(A, (3, 1)) @ cd.id(A),
    "transpose": cd.sin(A) >> cd.reshape(A, (3, 1)) >> cd.copy(cd.f64(3, 1)) >> cd.transpose @ cd.id(cd.f64(3, 1)),
    "split": cd.sin(A) >> cd.copy(A) >> cd.split(A, [1, 2]) @ cd.id(A),
    "slices": build(A, lambda x: (x[1:], x[::-1], x[:, None], x)),
    "broadcast": cd.broadcast(A, shape=(2, 3)),
    "concat of one": cd.concat(A),
    "sum over extent 1": cd.reshape(A, (1, 3)) >> cd.sum(axis=0),
    "box": (cd.id(A).box("a") >> cd.copy(A)).box("b"),
    "R of add": cd.id(A) >> cd.copy(A, 3) >> cd.R(cd.add(A, A)),
}


@pytest.mark.parametrize("name", SHARING)
def test_what_is_returned_is_the_callers(name):
    """Write on all that is returned: arguments, constants, one another and the next call stay as they were."""
    f = SHARING[name]
    for g in (f, cd.compile(f)):
        x = X.copy()
        first = values(g, [x])
        kept = [y.copy() for y in first]
        for i, y in enumerate(first):
            assert y.flags.writeable
            y[...] = -7
            assert x.tolist() == X.tolist()
            assert same(first[i + 1 :], kept[i + 1 :])
        assert same(values(g, [x]), kept)


@few
@given(morphisms(SMOOTH) | morphisms(MIXED), seeds())
def test_no_argument_is_written_to(f, seed):
    xs = point(f.dom, seed)
    for x in xs:
        x.flags.writeable = False
    out = [y for y in values(f, xs) if y.ndim]
    for i, y in enumerate(out):
        assert all(not np.shares_memory(y, z) for z in (*xs, *out[:i]))
    assert same(xs, point(f.dom, seed))


# -- failures while running ------------------------------------------------------------------------------------

NAMES = ("bad input no R", "bad input fails", "bad input wrong shape")


@pytest.fixture(scope="module")
def foreign():
    def fail(x):
        raise ZeroDivisionError("on purpose")

    forwards = (np.sin, fail, lambda x: np.append(x, 0.0))
    return {name: cd.generator(name, forward=forward) for name, forward in zip(NAMES, forwards, strict=True)}


def test_a_generator_without_R(foreign):
    f = foreign["bad input no R"](A)
    assert same(values(f, [X]), [np.sin(X)])
    for g in (f, f.box("inner").box("outer"), cd.sin(A) >> f >> cd.exp, cd.copy(A) >> f @ cd.id(A)):
        for derive in (cd.R, cd.D, lambda g: cd.R(cd.R(g)), cd.jacobian):
            with pytest.raises(NoDerivativeError, match="the generator bad input no R has no") as caught:
                derive(g)
            assert caught.value.generator == "bad input no R"
    assert cd.R(f >> cd.discard(A)) == cd.discard(A) >> cd.zero(A)  # nothing flows through it
    with pytest.raises(NoDerivativeError):  # and a failure leaves nothing behind that a second try would take for R
        cd.R(f.box("inner").box("outer"))


def test_a_kernel_that_fails_says_where(foreign):
    f = (cd.sin(A) >> (cd.exp(A) >> foreign["bad input fails"]).box("inner")).box("outer")
    for g in (f, cd.compile(f)):
        with pytest.raises(EvaluationError) as caught:
            g(X)
        first, *more = str(caught.value).split("\n")
        assert first == "outer / inner / bad input fails: ZeroDivisionError: on purpose"
        assert more[0].startswith("  input 0: declared f64[3], got float64[3]")
        assert caught.value.path == ("outer", "inner") and caught.value.generator == "bad input fails"
        assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_kernel_that_breaks_its_word(foreign):
    with pytest.raises(EvaluationError, match=r"output 0 is declared f64\[3\] but the kernel gave float64\[4\]"):
        (foreign["bad input wrong shape"](A) >> cd.sin)(X)


def test_integers_never_wrap():
    big = cd.const(2**62, "integer")
    for f in (cd.add, cd.mul):
        with pytest.raises(EvaluationError, match="does not fit into a 64-bit integer"):
            (big @ big >> f)()
    with pytest.raises(EvaluationError, match="64-bit"):
        cd.neg(cd.integer())(-(2**63))


def test_an_index_out_of_range():
    f = build(A @ cd.index(2), lambda x, i: cd.gather(x, i))
    assert f(X, [2, 0]).tolist() == [2.0, 0.5]
    for bad in ([0, 3], [-1, 0]):
        with pytest.raises(EvaluationError):
            f(X, bad)
