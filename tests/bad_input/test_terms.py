"""Wrong objects, attributes, constants, operands and derivatives: a clear typed error, before anything runs."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import settings
from programs import same, values
from toys import ROWS

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.label import label
from catdiff.category.objects import Object, Sort
from catdiff.errors import (
    ObjectError,
    RegistrationError,
    SignatureError,
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


# -- operators -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["x", np.ones(4), A, cd.sin], ids=repr)
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
