"""The binder: the same syntax with named wires, and everything a wire is not."""

import math

import numpy as np
import pytest
from hypothesis import given
from programs import MIXED, few, morphisms, objects, point, same, seeds, values

import catdiff as cd
from catdiff.category.binder import build
from catdiff.errors import CatdiffError, WireError

A, S = cd.f64(3), cd.f64()


@few
@given(morphisms(MIXED), morphisms(MIXED))
def test_applying_morphisms_is_composing_them(f, g):
    def body(*xs):
        left, right = xs[: len(f.dom)], xs[len(f.dom) :]
        return tuple(y for h, ws in ((f, left), (g, right)) if h.dom for y in _tuple(h(*ws)))

    if len(f.dom) and len(g.dom):
        assert build(f.dom @ g.dom, body) == f @ g
        assert build(f.dom, lambda *xs: f(*xs)) == f


def _tuple(y):
    return y if isinstance(y, tuple) else (y,)


@given(objects(most=4))
def test_wires_can_be_returned_in_any_order_and_number(X):
    assert build(X, lambda *xs: xs) == cd.id(X)
    assert build(X, lambda *xs: xs[::-1]) == cd.permute(X, range(len(X))[::-1])
    assert build(X, lambda *xs: [*xs, *xs]) == cd.copy(X)
    assert build(X, lambda *xs: ()) == cd.discard(X)


OPERATORS = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
    "@": lambda x, y: x @ y,
    "neg": lambda x, y: -x,
    "abs": lambda x, y: abs(y),
    "square": lambda x, y: x**2,
    "power": lambda x, y: abs(x) ** 2.5,
    "sum": lambda x, y: x.sum() + y.mean() + x.max() - y.min(),
    "slice": lambda x, y: x[1:] - y[::-1][:2],
    "item": lambda x, y: x[0] * y[-1],
    "new axis": lambda x, y: x[:, None] * y[None, :],
    "ellipsis": lambda x, y: (x[:, None] * y)[..., 0],
    "reshape": lambda x, y: (x[:, None] * y).reshape(-1),
    "transpose": lambda x, y: (x[:, None] - y).T + (x[:, None] - y).transpose(1, 0),
}
WITH_NUMBERS = {
    "right": (lambda x: x + 2, lambda x: x - 0.5, lambda x: x * 3.0, lambda x: x / 4),
    "left": (lambda x: 2 + x, lambda x: 0.5 - x, lambda x: 3.0 * x, lambda x: 4 / x),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_are_numpys(name):
    body = OPERATORS[name]
    x, y = point(A @ A, 1)
    for left, right in ((x, y), (x, x)):
        got, want = build(A @ A, body)(left, right), body(left, right)
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=1e-15)


@pytest.mark.parametrize("side", WITH_NUMBERS)
def test_numbers_are_weak_constants(side):
    for body in WITH_NUMBERS[side]:
        for dtype in (cd.f64(3), cd.f32(3)):
            (x,) = point(dtype, 2)
            got = build(dtype, body)(x)
            np.testing.assert_array_equal(got, body(x))
            assert got.dtype == x.dtype
    c = np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(build(A, lambda x: c - x)(c), 0 * c)
    np.testing.assert_array_equal(build(A, lambda x: x * c)(c), c * c)


@pytest.mark.parametrize("name", ["+", "-", "*"])
@pytest.mark.parametrize("dtype", [cd.integer(3), cd.z2(3)])
def test_operators_over_other_rigs(name, dtype):
    x, y = point(dtype @ dtype, 3)
    got = build(dtype @ dtype, OPERATORS[name])(x, y)
    want = OPERATORS[name](x.astype(int), y.astype(int)) % (2 if dtype.dtype.name == "z2" else 2**40)
    np.testing.assert_array_equal(got % (2 if dtype.dtype.name == "z2" else 2**40), want)


def test_constants_and_points_can_be_returned():
    f = build(A, lambda x: (x, 2.0, np.array([1, 2]), cd.const(True), cd.zero(S)))
    assert f.cod == A @ S @ cd.integer(2) @ cd.bool() @ S
    assert build(cd.UNIT, lambda: 1.5) == cd.const(1.5)


def test_morphisms_nest():
    @cd.morphism(A)
    def inner(x):
        return x * x

    @cd.morphism(A, S)
    def outer(x, s):
        local = build(A, lambda z: inner(z) + z)
        return local(inner(x)) * s

    x, s = point(A @ S, 1)
    assert same(values(outer, [x, s]), [((x * x) * (x * x) + x * x) * s])


@few
@given(morphisms(MIXED, budget=3), seeds())
def test_what_is_built_is_what_the_operators_do(f, seed):
    """`f(x) + f(x)` inside is `f + f` outside, wherever f's outputs can be added."""
    if len(f.cod) and len(f.dom) and all(s.dtype.kind != "discrete" for s in f.cod.wires):
        doubled = build(f.dom, lambda *xs: tuple(y + y for y in _tuple(f(*xs))))
        assert same(values(doubled, point(f.dom, seed)), values(f + f, point(f.dom, seed)))


# -- what a wire is not ----------------------------------------------------------------------------------------

VALUELESS = {
    "if": lambda x: x if x > 0 else -x,
    "and": lambda x: x and x,
    "not": lambda x: not x,
    "sorted": lambda x: sorted([x, x + 1]),
    "float": lambda x: float(x),
    "int": lambda x: int(x),
    "math": lambda x: math.sin(x),
    "range": lambda x: range(x),
    "index": lambda x: [1, 2][x],
    "array": lambda x: np.asarray(x),
    "constant": lambda x: cd.const(x),
    "evaluate": lambda x: np.array([x, x]),
}


@pytest.mark.parametrize("name", VALUELESS)
def test_a_wire_has_no_value(name):
    with pytest.raises(
        WireError, match=r"a wire \((f64|bool)\) has no value while the program is built, so "
    ) as caught:
        build(S, VALUELESS[name])
    assert "\nhint: " in str(caught.value)


def test_the_hint_for_if_is_where():
    with pytest.raises(WireError, match=r"it cannot be the condition of an if\nhint: cd\.where"):
        build(S, lambda x: 1 if x else 2)


def test_no_captured_wires():
    for inner in (lambda y, x: y + x, lambda y, x: x, lambda y, x: (y, cd.mul(x, y)), lambda y, x: cd.sin(A)(x)):
        with pytest.raises(WireError, match="another program: a morphism has no captured wires, make it an input"):
            build(A, lambda x, inner=inner: build(A, lambda y: inner(y, x))(x))


def test_a_program_that_is_finished():
    kept = []
    build(A, lambda x: kept.append(x) or x)
    (x,) = kept
    for use in (lambda: x + 1, lambda: cd.sin(x), lambda: cd.sin(A)(x), lambda: x[0], lambda: -x, lambda: x.sum()):
        with pytest.raises(WireError, match="belongs to a program that is finished"):
            use()
    assert (x.shape, x.ndim, x.dtype.name, x.sort) == ((3,), 1, "f64", A.sort)  # its type it still has


def test_a_function_that_fails_leaves_nothing():
    with pytest.raises(ZeroDivisionError):
        build(A, lambda x: 1 // 0)
    assert build(A, lambda x: x) == cd.id(A)


@pytest.mark.parametrize("body", [lambda x: None, lambda x: (x, None), lambda x: [None], lambda x: print(end="")])
def test_nothing_returned(body):
    with pytest.raises(WireError, match="the function returned None; return its output wires"):
        build(A, body)


@pytest.mark.parametrize("objects", [(3,), (A, "f64"), (A.sort,), (cd.sin,), (lambda x: x,)])
def test_the_decorator_takes_objects(objects):
    with pytest.raises(WireError, match=r"@cd\.morphism takes the objects of the arguments"):
        cd.morphism(*objects)


@pytest.mark.parametrize("body", [lambda: 1, lambda x, y: x])
def test_a_function_of_another_number_of_wires(body):
    with pytest.raises(TypeError):
        build(A, body)


def test_a_morphism_applied_to_another_number_of_wires():
    with pytest.raises(WireError, match=r"takes 1 wire, not 2"):
        build(A, lambda x: cd.sin(A)(x, x))


@pytest.mark.parametrize(
    "body",
    [
        lambda x: x[5],
        lambda x: x[-4],
        lambda x: x[0, 0],
        lambda x: x[1.0],
        lambda x: x["a"],
        lambda x: x[..., ...],
        lambda x: x.reshape(2, 2),
        lambda x: x.sum(axis=1),
        lambda x: x @ 3.0,
        lambda x: x.astype("f63"),
        lambda x: x.transpose(0, 0),
    ],
)
def test_indices_and_shapes_that_do_not_fit(body):
    with pytest.raises(CatdiffError):
        build(A, body)


def test_unpacking_a_wire():
    assert same(values(build(A, lambda x: tuple(x)), point(A)), [np.asarray(v) for v in point(A)[0]])
    with pytest.raises(WireError, match="a scalar wire has no length"):
        build(S, lambda x: tuple(x))
