"""Random left sides for every rule, random programs, and what it takes for two programs to be called equal.

Values are small integers whatever the dtype, so polynomials and contractions are exact over floats as well: equality
is equality, there is no tolerance.
"""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.label import TABLE, Label
from catdiff.category.morphism import Morphism
from catdiff.category.objects import Object, Sort
from catdiff.errors import CatdiffError
from catdiff.generators.linear import of_span
from catdiff.generators.notation import parse
from catdiff.rewrite import Rule, Rules, simplify

ARITHMETIC = ("f64", "f32", "c128", "integer", "rational", "z2")
SHAPES = st.lists(st.integers(1, 3), max_size=2).map(tuple)


def at(name: str, A: Object, **attrs: Any) -> Morphism:
    """The generator of the table at a domain."""
    return cd.atom(name, A, **attrs)


# -- equality ----------------------------------------------------------------------------------------------------


def sample(A: Object, rng: np.random.Generator) -> list[Any]:
    """Integer-valued arrays on the wires of A."""
    arrays = []
    for w in A.wires:
        name = w.dtype.name
        low, high = {"z2": (0, 2), "bool": (0, 2), "index": (0, 1)}.get(name, (-2, 3))
        x = rng.integers(low, high, w.shape)
        if name == "rational":
            exact = np.empty(w.shape, object)
            exact[...] = np.vectorize(Fraction, otypes=[object])(x) if x.size else x
            arrays.append(exact)
        elif name == "c128":
            arrays.append(x + 1j * rng.integers(low, high, w.shape))
        else:
            arrays.append(x.astype(w.dtype.carrier))
    return arrays


def points(A: Object, seed: int) -> list[list[Any]]:
    """Where two programs on A are compared: everywhere if A is at most eight bits, else in three places."""
    bits = sum(w.size for w in A.wires)
    if bits <= 8 and all(w.dtype.name == "z2" for w in A.wires):
        found = []
        for word in product((0, 1), repeat=bits):
            given = iter(word)
            found.append([np.array([next(given) for _ in range(w.size)], np.uint8).reshape(w.shape) for w in A.wires])
        return found
    rng = np.random.default_rng(seed)
    return [sample(A, rng) for _ in range(3)]


ROOM = {"f32": 2.0**22}
"""How large integers may become: beyond that floats round, and sides that are equal are not bit for bit."""


def unless(condition: bool) -> None:
    """Another example, please, where the condition holds."""
    if condition:
        assume(False)


def values(f: Morphism, xs: list[Any]) -> list[Any]:
    y = f(*xs)
    return list(y) if isinstance(y, tuple) else [y]


def assert_equal(left: Morphism, right: Morphism, seed: int = 0, order: int = 2) -> None:
    """One type, one value, and the same again for R, order times."""
    for n in range(order + 1):
        assert (left.dom, left.cod) == (right.dom, right.cod)
        for xs in points(left.dom, seed):
            try:
                wanted = values(left, xs)
            except CatdiffError as error:  # integers that do not fit into 64 bits
                assume("Overflow" not in str(error))
                raise
            for got, want, w in zip(values(right, xs), wanted, right.cod.wires, strict=True):
                unless(
                    np.size(want) > 0
                    and np.max(np.abs(np.asarray(want).astype(complex))) >= ROOM.get(w.dtype.name, 2.0**50)
                )
                assert w.dtype.name == "rational" or np.asarray(got).dtype == np.asarray(want).dtype
                assert np.array_equal(got, want), f"R{n}: {got} is not {want}"
        if n < order:
            left, right = cd.R(left), cd.R(right)


def check(rule: Rule, left: Morphism, seed: int = 0) -> None:
    """The rule applies to this left side, and the two sides are equal, and so are their derivatives."""
    right = simplify(left, Rules([rule]))
    assert right != left, f"{rule} does not apply"
    assert_equal(left, right, seed)
    if rule.exact:
        rng = np.random.default_rng(seed)
        xs = [
            x if w.dtype.kind != "real" else _rough(x, rng)
            for x, w in zip(sample(left.dom, rng), left.dom.wires, strict=True)
        ]
        for got, want in zip(values(right, xs), values(left, xs), strict=True):
            assert np.array_equal(got, want), f"{rule} rounds"


def _rough(x: Any, rng: np.random.Generator) -> Any:
    """Numbers of x's shape and dtype that sums and products round."""
    return rng.normal(size=x.shape).astype(x.dtype)


# -- left sides --------------------------------------------------------------------------------------------------


@st.composite
def wires(draw: Any, dtypes: tuple[str, ...] = ARITHMETIC) -> Object:
    return Object((Sort(draw(st.sampled_from(dtypes)), draw(SHAPES)),))


def one(A: Object, value: float = 1) -> Morphism:
    """A constant, broadcast to A."""
    name = A.dtype.name
    if name == "bool":
        return cd.const(np.full(A.shape, bool(value)), A)
    c = cd.const(value, name) if name != "rational" else cd.const(Fraction(value), name)
    return c if not A.shape else c >> cd.broadcast(c.cod, shape=A.shape)


def unary(body: Any, dtypes: tuple[str, ...] = ARITHMETIC) -> Any:
    """`body(x, A)` on one wire."""
    return wires(dtypes).map(lambda A: build(A, lambda x: body(x, A)))


def binary(body: Any, dtypes: tuple[str, ...] = ARITHMETIC) -> Any:
    return wires(dtypes).map(lambda A: build(A @ A, lambda x, y: body(x, y, A)))


REAL, EXACT = ("f64", "f32"), ("integer", "rational", "z2")
SMOOTH = (*REAL, "c128")


@st.composite
def with_zeros(draw: Any, column: str) -> Morphism:
    """A box of any row with this entry in its column `zeros`, zero where the column wants it."""
    lab = draw(labels(column))
    arithmetic = [i for i, w in enumerate(lab.dom.wires) if w.dtype.kind != "discrete"]
    gone = set(range(len(lab.dom))) if column == "all" else {draw(st.sampled_from(arithmetic))}
    kept = [i for i in range(len(lab.dom)) if i not in gone]

    dom = Object(lab.dom.wires[i] for i in kept) @ cd.f64()
    return build(dom, lambda *xs: (*_apply(lab, kept, xs), xs[-1]))


def _apply(lab: Label, kept: list[int], xs: tuple[Any, ...]) -> Any:
    """The label on the wires it keeps, zeros elsewhere; the last wire only says which program this is."""
    given = dict(zip(kept, xs[:-1], strict=True))
    builder = xs[-1].builder
    ins = [given[i] if i in given else builder.lift(cd.zero(A)) for i, A in enumerate(lab.dom)]
    return tuple(builder.apply(cd.Atom(lab), ins))


@st.composite
def labels(draw: Any, column: str) -> Label:
    """A label of a row with this entry in its column `zeros`."""
    A = draw(wires())
    name = draw(st.sampled_from([n for n, r in TABLE.items() if r.zeros == column and not n.startswith("toy")]))
    if name == "contract":
        f = draw(linear_maps(A, draw(st.integers(0, 9))))
        return next(x for x in f.net.labels if x.row.name == "contract") if f is not None else at("mul", A @ A).label
    B = Object((Sort(A.dtype, (2, *A.shape)),))
    attrs: dict[str, Any] = {
        "reshape": {"shape": (1, *A.shape)},
        "cast": {"dtype": "f64"},
        "concat": {"axis": -len(B.shape)},
        "split": {"axis": -len(B.shape), "sizes": (1, 1)},
        "cumsum": {"axis": -1, "reverse": draw(st.booleans())},
    }.get(name, {})
    for dom in (A, A @ A, B, B @ B, cd.f32(2), cd.c128(2), cd.f64(2), cd.f64(2) @ cd.f64(2)):
        with suppress(CatdiffError):
            return at(name, dom, **attrs).label
    raise AssertionError(f"no instance of {name} is known, whose column zeros says {column}")


@st.composite
def linear_maps(draw: Any, A: Object, kind: int) -> Morphism | None:
    """One linear map from A, if that kind has one there: contractions of every sort, and reshapes."""
    shape, name, rank = A.shape, A.dtype.name, len(A.shape)
    if kind == 0:
        return cd.transpose(A, axes=draw(st.permutations(range(rank)))) if rank else None
    if kind == 1:
        axes = draw(st.sets(st.integers(0, max(rank - 1, 0)), max_size=rank))
        return cd.sum(A, axis=tuple(axes), keepdims=draw(st.booleans())) if axes else None
    if kind == 2:
        wide = tuple([draw(st.integers(1, 3)) if n == 1 else n for n in shape])
        return cd.broadcast(A, shape=(draw(st.integers(1, 3)),) * draw(st.integers(0, 3 - min(rank, 3))) + wide)
    if kind in (3, 4):
        keys = [_key(draw, n) for n in shape]
        f = build(A, lambda x: x[tuple(keys)] if keys else x)
        if 0 in f.cod.shape or not len(f.net):
            return None
        return f if kind == 3 else at_transposed(f, A)
    if kind == 5 and rank >= 2 and shape[0] == shape[1]:
        return cd.einsum("ii...->i...", A)
    if kind == 6 and rank == 1:
        return cd.einsum("i->ii", A)
    if kind == 7 and rank:
        m = draw(st.integers(1, 3))
        if draw(st.booleans()):
            index = np.array(draw(st.lists(st.integers(0, shape[0] - 1), min_size=m, max_size=m)))
            return build(A, lambda x: cd.gather(x, cd.const(index, "index")))
        index = np.array(draw(st.lists(st.integers(0, m - 1), min_size=shape[0], max_size=shape[0])))
        return build(A, lambda x: cd.scatter_add(x, cd.const(index, "index"), n=m))
    if kind == 8 and rank:
        entries = draw(st.lists(st.integers(0, 1), min_size=2 * shape[0], max_size=2 * shape[0]))
        array = np.array(entries).reshape(shape[0], 2)
        matrix = np.array([[Fraction(v) for v in row] for row in array.tolist()]) if name == "rational" else array
        return build(A, lambda x: cd.einsum("i...,ij->...j", x, cd.const(matrix, name)))
    if kind == 9 and rank == 1:
        a, b, c = draw(st.sampled_from([1, 2])), draw(st.integers(-1, 1)), draw(st.integers(1, 3))
        return of_span(parse(f"{a}*t+k{b:+d} -> t k" if b else f"{a}*t+k -> t k", {"t": c, "k": 2}), A)
    if kind == 10:
        return cd.reshape(A, draw(st.sampled_from([(1, *shape), (*shape, 1), (-1,), tuple(n for n in shape if n > 1)])))
    return None


def _key(draw: Any, n: int) -> Any:
    if draw(st.integers(0, 3)) == 0:
        return draw(st.integers(0, n - 1))
    stop, step = draw(st.integers(1, n)), draw(st.sampled_from([1, 1, 2, -1]))
    return slice(None, None, -1) if step < 0 else slice(draw(st.integers(0, stop - 1)), stop, step)


def at_transposed(f: Morphism, A: Object) -> Morphism | None:
    """The transpose of a slice, at an object of the shape that the slice gives, if it fits A: zeros around A."""
    if f.cod != A:
        m = 2
        big = Object((Sort(A.dtype, tuple(2 * n + 1 for n in A.shape)),))
        f = build(big, lambda x: x[tuple(slice(1, None, m) for _ in A.shape)] if A.shape else x)
    return cd.dagger(f) if f.cod == A and len(f.net) else None


@st.composite
def chains(draw: Any, dtypes: tuple[str, ...] = ARITHMETIC, least: int = 2, kinds: Any = None) -> Morphism:
    """A few linear maps, one after the other; the wires between them are sometimes read twice."""
    f: Morphism = cd.id(draw(wires(dtypes)))
    for _ in range(draw(st.integers(least, 4))):
        g = draw(linear_maps(f.cod, draw(kinds if kinds is not None else st.integers(0, 10))))
        if g is not None and len(g.cod) == 1 and g.cod.sort.size <= 64 and len(g.cod.shape) <= 4:
            f = f >> g
    return f


@st.composite
def reshaped(draw: Any) -> Morphism:
    """A pipeline that ends in a reshape."""
    f = draw(chains(least=1, kinds=st.integers(0, 9)))
    kept = tuple([n for n in f.cod.shape if n > 1 or draw(st.booleans())])
    return f >> at("reshape", f.cod, shape=(*kept, *[1] * draw(st.integers(0, 1))))


@st.composite
def fusible(draw: Any, rule: Rule, pipelines: Any = None) -> Morphism:
    """A pipeline to which the rule applies."""
    f = draw(pipelines if pipelines is not None else chains())
    assume(simplify(f, Rules([rule])) != f)
    return f


def ten(A: Object) -> Object:
    return Object((Sort(A.dtype, (2, *A.shape)),))


def _split_concat(A: Object) -> Morphism:
    B = ten(A)
    return cd.concat(B @ B @ B, axis=0) >> cd.split(ten3(B), [2, 2, 2], axis=0)


def ten3(B: Object) -> Object:
    return Object((Sort(B.dtype, (6, *B.shape[1:])),))


def lefts(rule: Rule) -> Any:
    """Random left sides of a rule."""
    found = LEFT.get(rule.law)
    assert found is not None, f"no left side is known for {rule.law}"
    return found(rule) if callable(found) else found


NEG = [lambda x, y: x + (-y), lambda x, y: (-x) + y]
LEFT: dict[str, Any] = {
    "x · 0 = 0": with_zeros("any"),
    "f(0) = 0": with_zeros("all"),
    "x + 0 = x": st.one_of(
        unary(lambda x, A: x + cd.zero(A)), unary(lambda x, A: cd.add(cd.zero(A), x)), with_zeros("sum")
    ),
    "const(0) = 0": unary(lambda x, A: x * one(A, 0)),
    "x − 0 = x": unary(lambda x, A: x - cd.zero(A)),
    "0 − x = −x": unary(lambda x, A: cd.sub(cd.zero(A), x)),
    "−(−x) = x": unary(lambda x, A: cd.neg(cd.neg(x))),
    "−(x − y) = y − x": binary(lambda x, y, A: -(x - y)),
    "x + (−y) = x − y": st.one_of(*[binary(lambda x, y, A, f=f: f(x, y)) for f in NEG]),
    "x − (−y) = x + y": binary(lambda x, y, A: x - (-y)),
    "(−x) · (−y) = x · y": binary(lambda x, y, A: (-x) * (-y)),
    "x · 1 = x": st.one_of(unary(lambda x, A: x * one(A)), unary(lambda x, A: cd.mul(one(A), x))),
    "x · (−1) = −x": unary(lambda x, A: x * one(A, -1), ("f64", "f32", "c128", "integer", "rational")),
    "x ÷ 1 = x": unary(lambda x, A: x / one(A), SMOOTH),
    "x ^ 1 = x": unary(lambda x, A: cd.pow(x, exponent=1.0), SMOOTH),
    "conj(conj(x)) = x": wires(("c128",)).map(lambda A: at("conj", A) >> at("conj", A)),
    "x − x = 0": unary(lambda x, A: x - x, EXACT),
    "x + x = 0": unary(lambda x, A: x + x, ("z2",)),
    "−x = x": unary(lambda x, A: -x, ("z2",)),
    "x − y = x + y": binary(lambda x, y, A: x - y, ("z2",)),
    "where(c, x, x) = x": binary(lambda x, y, A: cd.where(x > y, x * y, x * y), REAL),
    "where(true, x, y) = x": st.sampled_from([True, False]).flatmap(
        lambda c: binary(lambda x, y, A: cd.where(one(Object((Sort("bool", A.shape),)), c), x, y), REAL)
    ),
    "max(x, x) = x": st.sampled_from([cd.maximum, cd.minimum]).flatmap(
        lambda f: unary(lambda x, A: f(x * x, x * x), REAL)
    ),
    "reshape(x, shape of x) = x": wires().map(lambda A: at("reshape", A, shape=A.shape)),
    "reshape(reshape(x)) = reshape(x)": wires().map(
        lambda A: cd.reshape(A, (1, *A.shape)) >> cd.reshape(shape=(*A.shape, 1, 1))
    ),
    "cast(x, dtype of x) = x": wires(REAL).map(lambda A: at("cast", A, dtype=A.dtype.name)),
    "cast(cast(x)) = cast(x)": st.one_of(
        wires(("f32",)).map(lambda A: cd.cast(A, dtype="f64") >> cd.cast(dtype="f32")),
        wires(("f64",)).map(lambda A: build(A, lambda x: (x > 0.0).astype("f32").astype("f64") * x)),
    ),
    "concat(x) = x": wires().map(lambda A: cd.concat(ten(A), axis=0)),
    "split(x) = x": wires().map(lambda A: cd.split(ten(A), [2], axis=0)),
    "split(concat(x, y, …)) = x, y, …": wires().map(_split_concat),
    "concat(split(x)) = x": wires().map(lambda A: cd.split(ten(A), [1, 1], axis=0) >> cd.concat(axis=0)),
    "contract(i… → i…)(x) = x": wires().map(lambda A: cd.transpose(A, axes=range(len(A.shape)))),
    "contract(contract(x)) = contract(x)": fusible,
    "reshape(contract(x)) = contract(x)": lambda rule: fusible(rule, reshaped()),
}

# -- programs ----------------------------------------------------------------------------------------------------


@st.composite
def programs(draw: Any, dtypes: tuple[str, ...] = ("f64", "integer", "z2"), depth: int = 2) -> Morphism:
    """Polynomials and contractions with zeros, ones, unread wires, and boxes some ports of which nobody reads."""
    dtype = draw(st.sampled_from(dtypes))
    shape = draw(st.lists(st.integers(1, 2), max_size=2).map(tuple))
    A = Object((Sort(dtype, shape),))
    return _program(draw, A, draw(st.integers(1, 2)), depth)


def _program(draw: Any, A: Object, inputs: int, depth: int) -> Morphism:
    dom = Object(A.wires * inputs)

    def body(*xs: Any) -> Any:
        made = list(xs)
        builder = xs[0].builder
        made_boxes = []
        for _ in range(draw(st.integers(1, 6))):
            kind = draw(st.integers(0, 9))
            x, y = (made[draw(st.integers(0, len(made) - 1))] for _ in range(2))
            if kind < 4:
                made.append((x + y, x - y, x * y, -x)[kind])
            elif kind == 4:
                made.append(builder.lift(one(A, draw(st.integers(0, 1)))))
            elif kind == 5:
                made.append(builder.lift(cd.zero(A)))
            elif kind in (6, 7) and depth:
                if made_boxes and draw(st.booleans()):
                    box = draw(st.sampled_from(made_boxes))
                else:
                    box = _program(draw, A, 2, depth - 1).box(draw(st.sampled_from("fg")))
                    made_boxes.append(box)
                made.extend(builder.apply(box, [x, y]))
            else:
                f = draw(linear_maps(A, draw(st.integers(0, 10))))
                if f is not None and f.cod == A:
                    made.append(f(x))
        count = draw(st.integers(1, 3))
        return tuple(made[-1 - draw(st.integers(0, min(4, len(made) - 1)))] for _ in range(count))

    return build(dom, body)
