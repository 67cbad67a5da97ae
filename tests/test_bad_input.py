"""Wrong input of every kind: a clear typed error, nothing half-written, and no crash of the interpreter.

Files have their own tests (tests/hypernet/test_store_hostile.py); here is what else can be wrong, or only looks so.
"""

import errno
import os
import threading
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from programs import MIXED, SMOOTH, few, morphisms, point, same, seeds, values
from toys import ROWS

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.label import label
from catdiff.category.objects import Object, Sort
from catdiff.errors import (
    ArgumentError,
    EvaluationError,
    NoDerivativeError,
    ObjectError,
    RegistrationError,
    SignatureError,
    StoreError,
)

A, S = cd.f64(3), cd.f64()
THOROUGH = settings.default.max_examples >= 1000


# -- objects ---------------------------------------------------------------------------------------------------

NO_OBJECTS = {
    "an unknown dtype": (lambda: Sort("f63"), "unknown dtype 'f63'; there are f32, f64"),
    "no dtype": (lambda: Sort(None), "unknown dtype None"),
    "a list for a dtype": (lambda: Sort([]), r"unknown dtype \[\]"),
    "a negative extent": (lambda: cd.f64(2, -1), r"extents are not negative: \(2, -1\)"),
    "a float extent": (lambda: cd.f64(2.0), "a shape is made of integers"),
    "a text extent": (lambda: cd.f64("3"), "a shape is made of integers"),
    "no extent": (lambda: cd.f64(None), "a shape is made of integers"),
    "a boolean extent": (lambda: cd.f64(True), "a shape is made of integers"),
    "NumPy's boolean": (lambda: cd.f64(np.True_), "a shape is made of integers"),
    "an array of extents for one": (lambda: cd.f64(np.array([2, 3])), "a shape is made of integers"),
    "a number for a shape": (lambda: Sort("f64", 3), "a shape is made of integers"),
    "text for a shape": (lambda: Sort("f64", "33"), "a shape is made of integers"),
    "numbers for wires": (lambda: Object([3]), "an object is a word of sorts, and 3 is none"),
    "objects for wires": (lambda: Object([A]), "an object is a word of sorts"),
    "the shape of two wires": (lambda: (A @ A).shape, "is not one wire"),
}


@pytest.mark.parametrize(("make", "said"), NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_what_is_no_object(make, said):
    with pytest.raises(ObjectError, match=said):
        make()


STRUCTURE = {
    "id": cd.id,
    "copy": cd.copy,
    "discard": cd.discard,
    "swap": lambda x: cd.swap(A, x),
    "swap'": lambda x: cd.swap(x, A),
    "permute": lambda x: cd.permute(x, [0]),
    "wiring": lambda x: cd.wiring(x, [0]),
    "program": lambda x: cd.program(x, [], []),
}


@pytest.mark.parametrize("name", STRUCTURE)
@pytest.mark.parametrize("other", [3, None, "f64", 2.5, A.sort, (3,), cd.sin, cd.id(A)], ids=repr)
def test_structure_is_at_objects(name, other):
    with pytest.raises(ObjectError, match=rf"{name.strip(chr(39))} takes an object, such as cd\.f64\(3\), not"):
        STRUCTURE[name](other)


NO_WIRES = {
    "a permutation that is none": lambda: cd.permute(A @ A, [0, 0]),
    "too short a permutation": lambda: cd.permute(A @ A, [0]),
    "a permutation of floats": lambda: cd.permute(A @ A, [0.0, 1.0]),
    "a permutation that is a number": lambda: cd.permute(A, 0),
    "a permutation of text": lambda: cd.permute(A, "0"),
    "a wire that is not there": lambda: cd.wiring(A, [1]),
    "a wire from the other end that is not there": lambda: cd.wiring(A, [-2]),
    "a wire of nothing": lambda: cd.wiring(cd.UNIT, [0]),
    "fewer than no copies": lambda: cd.copy(A, -1),
    "half a copy": lambda: cd.copy(A, 0.5),
    "a true copy": lambda: cd.copy(A, True),
    "a step that reads what comes later": lambda: cd.program(A, [(cd.sin(A), [1])], [1]),
    "a step that reads text": lambda: cd.program(A, [(cd.sin(A), ["0"])], [1]),
    "a step that reads a number": lambda: cd.program(A, [(cd.sin(A), 0)], [1]),
    "an output that is not there": lambda: cd.program(A, [], [1]),
    "an output from the other end": lambda: cd.program(A, [], [-1]),
    "an output that is a float": lambda: cd.program(A, [], [0.0]),
    "a pair of nothing": lambda: cd.pair(),
}


@pytest.mark.parametrize("make", NO_WIRES.values(), ids=NO_WIRES)
def test_wire_numbers_that_are_none(make):
    with pytest.raises(ObjectError):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: cd.pair(3),
        lambda: cd.pair(cd.sin(A), cd.exp),
        lambda: cd.pair(None),
        lambda: cd.program(A, [(cd.sin, [0])], [0]),
        lambda: cd.program(A, [(3, [0])], [0]),
    ],
)
def test_programs_are_made_of_morphisms(make):
    with pytest.raises(SignatureError, match=r"not .*; give a family its object"):
        make()


def test_numpys_integers_are_wire_numbers():
    assert cd.wiring(A @ S, np.array([1, 0])) == cd.swap(A, S) == cd.permute(A @ S, np.array([1, 0], "u1"))
    assert eval(repr(cd.wiring(A @ S, np.array([1, 0])))) == cd.swap(A, S)
    f = cd.program(A, [(cd.sin(A), np.array([0]))], np.array([1]))
    assert f == cd.sin(A) and eval(repr(f)) == f


# -- attributes ------------------------------------------------------------------------------------------------


def test_attributes_are_of_pythons_own_types():
    """Whatever library a number comes from: the same label, the same digest, a repr that evaluates."""
    f = cd.sin(A).box(np.str_("b"))
    assert f == cd.sin(A).box("b") and eval(repr(f)) == f
    B = cd.f64(2, 3)
    for axis in (np.int64(0), np.uint8(0), np.array(0), [0], np.array([0]), (np.int32(0),)):
        g = cd.sum(B, axis=axis if not isinstance(axis, np.ndarray) else axis.tolist())
        assert g == cd.sum(B, axis=0) and eval(repr(g)) == g
    for p in (np.float32(0.5), np.float64(0.5), Fraction(1, 2)):
        assert cd.pow(A, exponent=p) == cd.pow(A, exponent=0.5)
    row = ROWS["toy_note"]
    assert label(row, A, {"exponent": 2}) is not label(row, A, {"exponent": 2.0})
    assert label(row, A, {"exponent": True}) is not label(row, A, {"exponent": 1})
    assert label(row, A, {"exponent": np.True_}) is label(row, A, {"exponent": True})
    assert label(row, A, {"exponent": -0.0}) is not label(row, A, {"exponent": 0.0})
    assert label(row, A, {"exponent": float("nan")}) is label(row, A, {"exponent": np.float32("nan")})


@pytest.mark.parametrize("value", [object(), {1: 2}, {1}, 1j, b"x", cd.sin, A, len])
def test_attributes_that_are_none(value):
    with pytest.raises(SignatureError, match="an attribute is a number, a string, a tuple of them or None, not"):
        label(ROWS["toy_note"], A, {"a": value})


def test_attributes_nested_too_deep():
    value = ()
    for _ in range(100_000):
        value = (value,)
    with pytest.raises(SignatureError, match="nested deeper than"):
        label(ROWS["toy_note"], A, {"a": value})


def test_huge_attributes_are_compared_and_hashed():
    long = tuple(range(100_000))
    f, g = (cd.Atom(label(ROWS["toy_note"], A, {"a": a})) for a in (long, [*long]))
    assert f == g and f.label is g.label
    assert f != cd.Atom(label(ROWS["toy_note"], A, {"a": (*long[:-1], -1)}))


def test_names_that_are_none():
    for name in ("", None, 3, b"b"):
        with pytest.raises(ObjectError, match="a box has a name"):
            cd.sin(A).box(name)
    with pytest.raises(RegistrationError, match="there is a generator 'sin' already"):
        cd.generator("sin", forward=np.sin)
    for n in (-1, 2.0, True, "2", None):
        with pytest.raises(ObjectError, match="a batch axis has a natural number as its extent"):
            cd.sin(A).map(n)


@pytest.mark.parametrize(
    "name", ["", " ", "'", '"', "\\", "\n", "\0", "a,b=1", "R[b]", "×", "𝛁", "x" * 10_000, "#", "None"][1:]
)
def test_any_text_names_a_box(name):
    f = cd.sin(A).box(name)
    assert eval(repr(f)) == f == cd.from_json(cd.to_json(f))
    assert f != cd.sin(A).box(name + "'") and f.net.labels[0].name == name
    x = np.ones(3)
    assert same(values(f, [x]), [np.sin(x)]) and same(values(cd.R(f), [x, x]), [np.cos(x)])


# -- constants -------------------------------------------------------------------------------------------------


def bits(*patterns):
    return np.array(patterns, "<u8").view("<f8")


ODD = bits(0x7FF8000000000000, 0x7FF8000000000123, 0xFFF8000000000001, 0x8000000000000000, 1, 0x7FF0000000000000)


def test_odd_floats_are_constants_like_any_other(tmp_path):
    f = cd.const(ODD)
    assert f().tobytes() == ODD.tobytes()
    g = cd.id(cd.f64(6)) @ f >> cd.mul
    x = np.ones(6)
    want = values(g, [x])
    assert np.isnan(want[0][:3]).all() and np.signbit(want[0][3])
    cd.save(g, tmp_path / "g.json")
    for h in (cd.load(tmp_path / "g.json"), g.box("b"), cd.from_json(cd.to_json(g))):
        assert same(values(h, [x]), want)
    assert cd.load(tmp_path / "g.json") == g
    (gradient,) = values(cd.R(g), [x, x])
    assert gradient.tobytes() == (ODD * x).tobytes()


def test_constants_are_equal_by_their_bits():
    every = [cd.const(ODD[i : i + 1]) for i in range(len(ODD))] + [cd.const([0.0]), cd.zero(cd.f64(1))]
    assert len(set(every)) == len(every)
    nan = cd.const(float("nan"))
    assert nan == cd.const(float("nan")) and eval(repr(nan)) == nan


@pytest.mark.parametrize(
    "f",
    [
        cd.const(np.array([1.0, 2.0], ">f8")),
        cd.const(np.array([[1.0], [2.0]])[:, 0]),
        cd.const(np.array([1.0, 9.0, 2.0])[::2]),
        cd.const([1, 2], "f64"),
        cd.const(np.array([1, 2], "u1"), "f64"),
        cd.const((np.float64(1), 2)),
    ],
)
def test_a_constant_is_its_entries(f):
    assert f == cd.const([1.0, 2.0]) and f().dtype == np.dtype("float64") and f().dtype.isnative


def test_a_constant_is_nobody_elses():
    array = np.array([1.0, 2.0])
    f = cd.const(array)
    array[0] = 9
    assert f().tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (0.5, "integer"),
        (2**63, "integer"),
        (2, "z2"),
        (-1, "z2"),
        (0.5, "z2"),
        (1j, "f64"),
        (2, "bool"),
        (Fraction(1, 3), "f64"),
        (np.array([0.1]), "f32"),
        (None, "f64"),
        ("1", None),
        (b"1", None),
        ({}, None),
        (cd.sin, None),
        (1, "f63"),
        (1, 3),
    ],
)
def test_values_that_are_not_in_a_dtype(value, dtype):
    with pytest.raises(ObjectError):
        cd.const(value, dtype)


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
    "too many": (lambda: cd.sin(A)(np.ones(3), 2), "takes 1 arguments, one per wire, not 2"),
    "none": (lambda: cd.sin(A)(), "takes 1 arguments, one per wire, not 0"),
    "one for no wire": (lambda: cd.const(1.0)(2.0), "takes 0 arguments, one per wire, not 1"),
    "complex": (lambda: cd.sin(A)(np.ones(3) * 1j), "complex128 values were given that do not fit"),
    "objects": (lambda: cd.sin(A)(np.array([1, 2, 3], object)), "object values were given that do not fit"),
    "text": (lambda: cd.sin(S)("1"), "values were given that do not fit"),
    "dates": (lambda: cd.sin(S)(np.datetime64("2020")), "values were given that do not fit"),
    "None": (lambda: cd.sin(S)(None), "object values were given that do not fit"),
    "a fraction for a float": (lambda: cd.sin(S)(Fraction(1, 3)), "object values were given that do not fit"),
    "doubles for singles": (lambda: cd.sin(cd.f32())(np.float64(0.1)), r"hint: x\.astype\('float32'\)"),
    "floats for integers": (lambda: cd.neg(cd.integer())(0.5), "float64 values were given that do not fit"),
    "whole floats for integers": (lambda: cd.neg(cd.integer())(np.float64(2)), "do not fit"),
    "unsigned beyond": (lambda: cd.neg(cd.integer())(np.uint64(2**63)), "uint64 values were given that do not fit"),
    "Python's integers beyond": (lambda: cd.neg(cd.integer())(2**70), "object values were given that do not fit"),
    "no bit": (lambda: cd.neg(cd.z2())(2), "do not fit"),
    "a byte that is no bit": (lambda: cd.neg(cd.z2(1))(np.array([255], "u1")), "do not fit"),
    "a negative bit": (lambda: cd.neg(cd.z2())(-1), "do not fit"),
    "a wrong backend": (lambda: cd.compile(cd.sin(A), "abacus"), "there is no backend 'abacus'; there is 'numpy'"),
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


# -- depth -----------------------------------------------------------------------------------------------------


def tower(height):
    f = cd.sin(A)
    for _ in range(height):
        f = f.box("b")
    return f


def test_boxes_nested_far_beyond_pythons_stack(tmp_path):
    height = 100_000 if THOROUGH else 2_000
    f, g = tower(height), tower(height)
    assert f == g and hash(f) == hash(g) and f != tower(height - 1)
    assert same(values(f, [X]), [np.sin(X)])
    assert f.flatten() == cd.sin(A)
    cd.save(f, tmp_path / "f.json")
    assert cd.load(tmp_path / "f.json") == f
    assert same(values(f.map(2), [np.stack([X, X])]), [np.sin(np.stack([X, X]))])
    assert str(f) == "f64[3] → f64[3]" and "f64[3]" in repr(f) and "b" in str(f.summary())
    r = cd.R(f)
    assert same(values(r, [X, X]), values(cd.R(cd.sin(A)), [X, X]))


def test_long_chains_and_wide_rows(tmp_path):
    n = 100_000 if THOROUGH else 5_000
    chain = wide = cd.sin(S)
    for _ in range(n - 1):
        chain, wide = chain >> cd.sin(S), wide @ cd.sin(S)
    assert len(chain.net) == len(wide.net) == n == len(wide.dom)
    assert chain(0.0) == 0.0 and wide(*[0.0] * n) == (0.0,) * n
    assert cd.R(chain)(0.0, 1.0) == 1.0 and repr(chain).startswith("<")
    cd.save(chain, tmp_path / "c.json")
    assert cd.load(tmp_path / "c.json") == chain


# -- nothing half-written --------------------------------------------------------------------------------------

BIG = cd.const(np.arange(20_000.0)) @ cd.id(S)


def left(folder):
    return sorted((p.name, p.read_bytes()) for p in folder.iterdir())


@pytest.mark.parametrize("f", [cd.sin(A), BIG], ids=["one file", "two files"])
@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_disk_that_fails_midway(tmp_path, monkeypatch, f, call, nth):
    """Full on the first or the second file: what was there stays, and nothing else does."""
    cd.save(cd.exp(A), tmp_path / "f.json")
    before, real, calls = left(tmp_path), getattr(os, call), []

    def broken(*args, **more):
        calls.append(args)
        if len(calls) == nth:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **more)

    monkeypatch.setattr(os, call, broken)
    if f is BIG or nth == 1:
        with pytest.raises(StoreError, match=r"cannot write .*: .*No space left"):
            cd.save(f, tmp_path / "f.json")
    else:
        cd.save(f, tmp_path / "f.json")  # one file is written with one call
    monkeypatch.undo()
    after = left(tmp_path)
    if len(calls) < nth:
        assert cd.load(tmp_path / "f.json") == f
    elif (call, nth) == ("replace", 2):  # the arrays have their name already; the document still is the old one
        assert [name for name, _ in after] == ["f.json", "f.npz"] and cd.load(tmp_path / "f.json") == cd.exp(A)
    else:
        assert after == before


def test_a_folder_that_is_not_there_or_not_ours(tmp_path):
    for path in (tmp_path / "no" / "f.json", tmp_path, tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(StoreError, match="cannot write"):
            cd.save(BIG, path)
    assert left(tmp_path) == []


@pytest.mark.parametrize("text", [None, 3, [], object(), ["{}"]])
def test_documents_that_are_no_text(text):
    with pytest.raises(StoreError, match="a document is text or bytes, not"):
        cd.from_json(text)


@pytest.mark.parametrize("f", [3, None, cd.sin, A, "f"])
def test_what_is_no_morphism_is_not_stored(tmp_path, f):
    for write in (cd.to_json, lambda g: cd.save(g, tmp_path / "f.json")):
        with pytest.raises(StoreError, match="only a morphism can be stored"):
            write(f)
    assert left(tmp_path) == []


# -- threads ---------------------------------------------------------------------------------------------------


def together(n, work):
    """Run `work(i)` in n threads that start at once and switch often; their results, or the first error."""
    import sys

    interval, gate, results, errors = sys.getswitchinterval(), threading.Barrier(n), [None] * n, []

    def body(i):
        gate.wait()
        try:
            results[i] = work(i)
        except BaseException as error:
            errors.append(error)

    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=body, args=(i,)) for i in range(n)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    finally:
        sys.setswitchinterval(interval)
    if errors:
        raise errors[0]
    return results


def test_threads_share_a_compiled_morphism():
    layer = (cd.tanh(cd.f64(50)) >> cd.softmax).box("layer")
    f = cd.compile(cd.R(layer >> layer >> layer >> cd.sum))
    rng = np.random.default_rng(0)
    xs = [(rng.normal(size=50), rng.normal()) for _ in range(4)]
    want = [f(*x) for x in xs]
    results = together(4, lambda i: [f(*xs[i]) for _ in range(50)])
    assert all(same([y], [want[i]]) for i, ys in enumerate(results) for y in ys)


def test_threads_build_and_look_at_one_term():
    for k in range(20):
        wide = cd.sin(cd.f64(1000 + k))
        for _ in range(30):
            wide = cd.exp(S).box("e") @ wide
        nets = together(4, lambda i, wide=wide: (wide.dom.wires, wide.net, hash(wide), cd.R(wide)))
        assert len({h for _, _, h, _ in nets}) == 1 and all(r == nets[0][3] for *_, r in nets)


def test_threads_make_one_sort_and_one_label():
    """Sorts and labels are compared by identity: two threads that make the same one have to get the same object."""
    for k in range(200):
        sorts = together(3, lambda i, k=k: cd.f64(77, k).sort)
        assert len({*map(id, sorts)}) == 1
        labels = together(3, lambda i, k=k: cd.pow(S, exponent=1000.0 + k).label)
        assert len({*map(id, labels)}) == 1
        boxes = together(3, lambda i, k=k: cd.pow(S, exponent=2000.0 + k).box("b"))
        nets = together(3, lambda i, boxes=boxes: boxes[i].net.labels[0])
        assert len({*map(id, nets)}) == 1


# -- operators -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["x", [1.0], Fraction(1, 2), np.ones(3), A, cd.sin], ids=repr)
def test_operands_that_are_no_programs(other):
    f = cd.sin(A)
    for attempt in (lambda: f + other, lambda: other + f, lambda: f * other, lambda: other - f, lambda: f / other):
        with pytest.raises(TypeError):
            attempt()


def test_operands_of_another_type():
    for g in (cd.sin(S), cd.copy(A), cd.discard(A)):
        with pytest.raises(SignatureError, match="pointwise add takes morphisms of one type"):
            cd.sin(A) + g


def test_a_morphism_equals_no_other_thing():
    f = cd.sin(A)
    for other in (3, None, "f", cd.sin, A, f.net, f.label):
        assert f != other and other != f and not f.equals(other)


# -- derivatives -----------------------------------------------------------------------------------------------

DERIVATIONS = (
    cd.R,
    cd.D,
    cd.dagger,
    cd.grad,
    cd.value_and_grad,
    cd.hvp,
    cd.vjp,
    cd.jvp,
    cd.hessian,
    cd.compile,
)


@pytest.mark.parametrize("f", [3, None, "f", A, cd.sin, cd.sin >> cd.exp, np.ones(3)], ids=repr)
@pytest.mark.parametrize("derive", DERIVATIONS, ids=lambda derive: derive.__name__)
def test_only_morphisms_are_differentiated_and_compiled(derive, f):
    with pytest.raises(cd.CatdiffError):
        derive(f)


@pytest.mark.parametrize("body", [lambda x: x + "a", lambda x: cd.mul("a", x)])
def test_text_is_no_wire(body):
    with pytest.raises(cd.CatdiffError):
        build(A, body)


def test_discrete_wires_have_batches_too():
    bits = cd.bool(2)
    f = (cd.id(S) @ cd.const([True, False])).map(3)
    assert [y.tolist() for y in values(f, [[1.0, 2.0, 3.0]])] == [[1.0, 2.0, 3.0], [[True, False]] * 3]
    g = cd.id(S @ bits).map(2, shared=[1])
    assert g.dom == cd.f64(2) @ bits and g.cod == cd.f64(2) @ cd.bool(2, 2)


def test_generators_that_are_not_there():
    with pytest.raises(cd.CatdiffError, match="sine"):
        cd.atom("sine", A)


@pytest.mark.parametrize("f", [cd.copy(cd.bool(2)), cd.where(cd.bool(2), cd.bool(2), cd.bool(2)), cd.id(cd.index(2))])
def test_the_cotangent_of_a_discrete_wire_is_its_own_and_zero(f):
    r = cd.R(f)
    assert (r.dom, r.cod) == (f.dom @ f.cod, f.dom)
    for y in values(r, [np.ones(s.shape, s.dtype.carrier) for s in r.dom.wires]):
        assert not y.any()


# -- refused with an error of ours -----------------------------------------------------------------------------

REFUSED = {
    "a large integer as a double": (lambda: cd.const(np.array([2**60 + 1]), "f64"), cd.CatdiffError),
    "a NaN among the integers": (lambda: cd.const(float("nan"), "integer"), cd.CatdiffError),
    "a ragged constant": (lambda: cd.const([1, [2]]), cd.CatdiffError),
    "a constant of another shape": (lambda: cd.const(np.ones(3), cd.f64(4)), cd.CatdiffError),
    "a ragged argument": (lambda: cd.sin(A)([[1, 2], [3]]), cd.CatdiffError),
    "a large integer for a double": (lambda: cd.sin(S)(np.int64(2**60 + 1)), cd.CatdiffError),
    "zero of no object": (lambda: cd.zero(3), cd.CatdiffError),
    "jacobian of no morphism": (lambda: cd.jacobian(3), cd.CatdiffError),
    "an unknown attribute": (lambda: cd.sin(A, phase=3), cd.CatdiffError),
    "None as an operand": (lambda: cd.sin(A) + None, TypeError),
    "a slice without a step": (lambda: build(A, lambda x: x[::0]), cd.CatdiffError),
    "an input twice": (lambda: cd.grad(cd.sin(A) >> cd.sum, wires=[0, 0]), cd.CatdiffError),
    "shared inputs of no numbers": (lambda: cd.sin(A).map(2, shared=["a"]), cd.CatdiffError),
}


@pytest.mark.parametrize(("call", "error"), REFUSED.values(), ids=REFUSED)
def test_refused(call, error):
    with pytest.raises(error):
        call()


def test_an_attribute_called_name():
    with pytest.raises(cd.CatdiffError, match="box 'b' has no interior"):
        cd.atom("box", A, name="b")
