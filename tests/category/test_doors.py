"""What a call means: constants and the dtype they take, options and operands, programs and what is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.errors import CatdiffError, ObjectError, SignatureError

A, SINGLE = cd.f64(3), cd.f32(3)
X, MASK = np.array([0.5, -1.0, 2.0]), np.array([True, False, True])


def built(body, A=A):
    return cd.morphism(A)(body)


CHOICES = {
    "two numbers": (lambda x: cd.where(x > 0, 1.0, 0.0), "f64"),
    "two integers": (lambda x: cd.where(x > 0, 1, 0), "f64"),
    "two truth values": (lambda x: cd.where(x > 0, True, False), "bool"),
    "a number and a wire": (lambda x: cd.where(x > 0, 0.1, x), None),
    "a number and an array": (lambda x: cd.where(x > 0, np.ones(3, "f4"), 0.5), "f32"),
    "a constant mask": (lambda x: cd.where(MASK, x, -np.inf), None),
    "a list as mask": (lambda x: cd.where([True, False, True], x, 0.0), None),
}


@pytest.mark.parametrize("of", [A, SINGLE])
@pytest.mark.parametrize(("body", "dtype"), CHOICES.values(), ids=CHOICES)
def test_the_branches_of_a_choice_take_their_dtype_from_each_other(body, dtype, of):
    x = X.astype(of.dtype.carrier)
    f = built(body, of)
    assert f.cod.dtype.name == (dtype or of.dtype.name)
    np.testing.assert_array_equal(f(x), body(x))


def test_choices_on_arrays():
    np.testing.assert_array_equal(cd.where(np.array([True, False]), 0.0, np.ones(2)), [0.0, 1.0])
    assert cd.where(MASK, 1.0, 0.0).dtype == float
    assert cd.where(MASK, 0.5, np.ones(3, "f4")).dtype == np.float32
    assert cd.logical_and(MASK, [True, True, False]).tolist() == [True, False, False]


@pytest.mark.parametrize("index", [[0, 2], (2, 0), np.array([1, 1]), np.array([[0], [2]], np.uint8), [1], []])
def test_indices_are_lists_and_arrays_of_integers(index):
    want = np.take(X, np.asarray(index, int))
    np.testing.assert_array_equal(cd.gather(X, index), want)
    np.testing.assert_array_equal(built(lambda x: cd.gather(x, index))(X), want)
    back = cd.scatter_add(want, index, n=3)
    np.testing.assert_array_equal(built(lambda u: cd.scatter_add(u, index, n=3), cd.f64(want.shape))(want), back)
    np.testing.assert_array_equal((cd.gather >> cd.exp)(X, index), np.exp(want))


@pytest.mark.parametrize("index", [[0.5, 1.0], MASK, ["a"], None])
def test_what_is_no_index(index):
    for call in (lambda: cd.gather(X, index), lambda: built(lambda x: cd.gather(x, index))):
        with pytest.raises(CatdiffError):
            call()


def test_scalars_of_numpy_that_are_floats_are_as_weak_as_floats():
    f = built(lambda x: x / np.sqrt(2), SINGLE)
    assert f.cod == SINGLE and f == built(lambda x: x / 2**0.5, SINGLE)
    assert (np.float64(0.1) * cd.sin(SINGLE)).cod == SINGLE
    assert cd.mul(X.astype("f4"), np.float64(0.1)).dtype == np.float32


def test_who_says_the_dtype_rounds_and_who_does_not_is_told_how():
    assert cd.const(np.float64(0.1), "f32")() == np.float32(0.1)
    np.testing.assert_array_equal(cd.const(np.array([0.1, 0.2]), "f32")(), np.float32([0.1, 0.2]))
    with pytest.raises(ObjectError, match=r"hint: .*\.astype\('float32'\)"):
        built(lambda x: x + np.array([0.1, 0.2, 0.3]), SINGLE)
    assert built(lambda x: x + np.array([0.1, 0.2, 0.3]).astype("float32"), SINGLE).cod == SINGLE
    assert built(lambda x: x + [0.1, 0.2, 0.3], SINGLE).cod == SINGLE


@pytest.mark.parametrize("name", ["sin", "exp", "mean", "softmax", "norm", "relu"])
@pytest.mark.parametrize("given_", [[1, 2], [1.5, 2], np.arange(3), np.array([True, False])])
def test_integers_alone_are_floats_to_a_smooth_family(name, given_):
    f = getattr(cd, name)
    np.testing.assert_array_equal(f(given_), f(np.asarray(given_, float)))


def test_integers_beside_floats_are_floats_and_stay_exact_among_themselves():
    np.testing.assert_array_equal(cd.add(np.ones(3), np.arange(3)), [1.0, 2.0, 3.0])
    assert cd.add(np.ones(3, "f4"), np.arange(3)).dtype == np.float32
    assert cd.mul(np.arange(3), 0.5).tolist() == [0.0, 0.5, 1.0]
    assert cd.mul(np.arange(3), 2).dtype == cd.sum(np.arange(3)).dtype == np.int64


@pytest.mark.parametrize(
    "body", [lambda x: (x > 0).mean(), lambda x: x * (x > 0), lambda x: cd.sin(x > 0), lambda x: (x > 0).sum()]
)
def test_arithmetic_with_truth_values_is_told_to_cast(body):
    with pytest.raises(SignatureError, match=r"bool has no arithmetic\nhint: x\.astype\('f64'\)"):
        built(body)
    assert built(lambda x: x * (x > 0).astype("f64"))(X).tolist() == [0.5, 0.0, 2.0]


SLIPS = {
    "f @ A": (lambda: cd.sin(A) @ A, r"object cd.f64\(3\) is none\nhint: cd.id\(cd.f64\(3\)\)"),
    "A @ f": (lambda: A @ cd.sin(A), r"hint: cd.id\(cd.f64\(3\)\)"),
    "A @ F": (lambda: A @ cd.sin, r"hint: cd.id\(cd.f64\(3\)\)"),
    "F @ A": (lambda: cd.sin @ A, r"hint: cd.id\(cd.f64\(3\)\)"),
    "A >> F": (lambda: A >> cd.sin, r"hint: cd.id\(cd.f64\(3\)\)"),
    "A >> f": (lambda: A >> cd.sin(A), r"hint: cd.id\(cd.f64\(3\)\)"),
    "f @ 0.5": (lambda: cd.id(A) @ 0.5, r"float 0.5 is none\nhint: cd.const"),
    "f >> 3": (lambda: cd.sin(A) >> 3, r"int 3 is none\nhint: cd.const"),
    "2 * F": (lambda: 2 * cd.sin, r"cd.sin is a family (.|\n)*hint: .*2 \* cd.sin\(cd.f64\(3\)\)"),
    "F + F": (lambda: cd.sin + cd.cos, r"cd.sin is a family"),
    "structure >> F": (lambda: cd.copy >> cd.add, r"the function cd.copy is none\nhint: .*cd.copy\(cd.f64\(3\)\)"),
    "f >> structure": (lambda: cd.sin(A) >> cd.discard, r"hint: .*cd.discard\(cd.f64\(3\)\)"),
    "f >> np": (lambda: cd.sin(A) >> np.sin, r"the function sin is none\nhint: .*cd.sin"),
    "array >> f": (lambda: X >> cd.sin(A), r"this ndarray is none|ndarray array"),
    "an option": (lambda: cd.sum(0), r"cd.sum\(0\) could be an option(.|\n)*cd.sum\(axis=0\)"),
    "a shape": (lambda: cd.reshape((2, 2)), r"cd.reshape\(shape=\(2, 2\)\)"),
    "no such option": (lambda: cd.softmax(A, dim=0), r"cd.softmax has no option 'dim'; its options are axis"),
    "no options": (lambda: cd.copy and cd.gather(A, dim=0), r"cd.gather has no option 'dim'"),
}


@pytest.mark.parametrize(("call", "said"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_a_typed_error_that_names_what_was_given(call, said):
    with pytest.raises(TypeError, match=said) as caught:
        call()
    assert isinstance(caught.value, CatdiffError) and "test_doors.py:" in str(caught.value)


@pytest.mark.parametrize("join", [cd.concat, cd.stack])
def test_a_list_of_arrays_is_what_numpy_joins(join):
    x, y = np.ones((2, 3)), np.zeros((2, 3))
    B = cd.f64(2, 3)
    for axis in (0, 1, -1):
        np.testing.assert_array_equal(join([x, y], axis=axis), join(x, y, axis=axis))
        np.testing.assert_array_equal(join([x, y], axis), join(x, y, axis=axis))
        assert cd.morphism(B, B)(lambda x, y, axis=axis: join([x, y], axis=axis)) == join([B, B], axis=axis)
        assert join([B, B], axis=axis) == join(B, B, axis=axis)


@given(st.lists(st.booleans(), max_size=6), st.sampled_from([cd.exp, cd.neg]))
def test_families_compose_in_any_nesting(lefts, G):
    F, f = cd.sin, cd.sin(A)
    for left in lefts:
        F, f = (F >> G, f >> G(A)) if left else (G >> F, G(A) >> f)
    assert F(A) == f
    assert eval(repr(F), {"cd": cd})(A) == f


def test_a_deep_family_meets_no_recursion_limit():
    F = cd.sin
    for _ in range(3000):
        F = (F >> cd.exp) @ cd.sin
    word = cd.Object([cd.f64().sort] * 3001)
    assert F.width == 3001 and F(word).dom == word
    assert repr(F).count("cd.sin") == 3001 and repr(F).startswith("(" * 2)
    long = cd.sin
    for _ in range(5000):
        long = cd.neg >> long
    assert long(A).cod == A and (long >> cd.sin(A)).dom == A


def test_a_morphism_in_a_family_keeps_its_type():
    with pytest.raises(CatdiffError, match=r"f64\[2\]"):
        (cd.sin(A) @ cd.exp)(cd.f64(2), A)
