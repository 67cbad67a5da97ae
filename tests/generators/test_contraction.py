"""The contraction kernel against a loop over every point of E with Python numbers, for every dtype."""

import itertools
from fractions import Fraction
from math import prod
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catdiff.generators.contraction import prepare as over_rig
from catdiff.generators.notation import einsum, parse
from catdiff.generators.rig import CARRIED
from catdiff.generators.spans import Affine, Lookup, Span


def may_alias(span: Span) -> bool:
    """Whether y may be a view of the operand. Else it is new, though perhaps a read-only broadcast."""
    return len(span.inputs) == 1 and all(span.extents[i] == 1 for i in span.summed)


NAMES = {"f4": "f32", "f8": "f64", "c16": "c128", "i8": "integer", "u1": "z2", "O": "rational"}
DTYPES = [np.dtype(t) for t in NAMES]
RIGS = {np.dtype(t): CARRIED[name] for t, name in NAMES.items()}


def prepare(span, shapes, dtype):
    """The contraction over the rig that arrays of this dtype carry."""
    return over_rig(span, shapes, RIGS[dtype])


def oracle(span, values, tables):
    """`y[t(e)] += Π_k x_k[s_k(e)]`, point by point; object arrays in and out."""
    y = np.zeros(span.shape, object)
    for e in itertools.product(*map(range, span.extents)):

        def at(leg, e=e):
            return tuple(
                axis.offset + sum(coef * e[i] for i, coef in axis.terms)
                if isinstance(axis, Affine)
                else int(tables[axis.table][tuple(e[i] for i in axis.letters)])
                for axis in leg
            )

        def inside(index, shape):
            return all(0 <= i < n for i, n in zip(index, shape, strict=True))

        term, target = 1, at(span.output)
        for leg, x in zip(span.inputs, values, strict=True):
            term = term * (x[at(leg)] if inside(at(leg), x.shape) else 0)
        if inside(target, span.shape):
            y[target] = y[target] + term
    return y


def cast(numbers, dtype):
    """An object array of small Python integers, as values of the dtype."""
    y = np.empty(numbers.shape, dtype)
    if dtype.kind == "O":
        y.flat = [Fraction(int(n), 7) for n in numbers.flat]
    else:
        y[...] = numbers % 2 if dtype == np.uint8 else numbers * (1 + 2j) if dtype.kind == "c" else numbers
    return y


def lift(array):
    """The values of an array as an object array of Python numbers."""
    return np.asarray(array, dtype=object)


def agree(span, shapes, numbers, tables, dtype):
    values = [cast(x, dtype) for x in numbers]
    y = prepare(span, shapes, dtype)(values, tables)
    expected = oracle(span, [lift(x) for x in values], tables)
    assert isinstance(y, np.ndarray) and (y.dtype, y.shape) == (dtype, span.shape)
    assert np.array_equal(lift(y), expected % 2 if dtype == np.uint8 else expected)
    assert may_alias(span) or not any(np.shares_memory(y, x) for x in values)


def build(choose, lookups=True, affine=True):
    """A span of any kind, operand shapes, small numbers and tables that fit; `choose` picks from a list."""
    count = choose([2, 3, 4, 1, 0])
    extents = tuple(choose([2, 3, 4, 1, 3, 2, 4, 3, 2, 3, 0]) for _ in range(count))
    some = [c for n in (1, 2) for c in itertools.combinations(range(count), n)] or [()]
    wired = [choose([*some, *(c[::-1] for c in some), ()]) for _ in range(choose([0, 1, 2]))] if lookups else []
    kinds = ["bare"] + ["affine"] * 2 * affine + ["lookup"] * 2 * bool(wired)
    limits = {}

    def leg(length):
        axes, shape = [], []
        for _ in range(length):
            kind, letters = choose(kinds), choose(some)
            if kind == "lookup":
                table = choose(range(len(wired)))
                axes.append(Lookup(table, wired[table]))
                shape.append(choose([1, 2, 3, 4]))
                limits[table] = min(limits.get(table, 4), shape[-1])
            elif kind == "affine" or not letters:
                terms = tuple((i, choose([1, -1, 2, 1, -2, 3])) for i in letters[: choose([2, 2, 2, 0])])
                axes.append(Affine(terms, choose([0, 1, -1, 2, 3, 4, -2])))
                shape.append(choose([3, 4, 2, 5, 6, 7, 1, 0]))
            else:
                axes.append(Affine(((letters[0], 1),)))
                exact = extents[letters[0]]
                shape.append(choose([exact, exact, exact, 3, 4, 0]) if affine else exact)
        return tuple(axes), tuple(shape)

    ranks = [2, 1, 3, 0] if affine or extents else [0]
    inputs, shapes = zip(*(leg(choose(ranks)) for _ in range(choose([1, 2, 3]))), strict=True)
    output, shape = leg(choose(ranks))
    random = np.random.default_rng(choose(range(1000)))
    numbers = [random.integers(-3, 4, s).astype(object).reshape(s) for s in shapes]
    tables = [random.integers(0, limits.get(t, 4), [extents[i] for i in own]) for t, own in enumerate(wired)]
    return Span(extents, inputs, output, shape), shapes, numbers, [np.asarray(t) for t in tables]


KINDS = [(True, True), (False, True), (False, False), (True, False)]


@st.composite
def contractions(draw):
    return build(lambda options: draw(st.sampled_from(options)), *draw(st.sampled_from(KINDS)))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@given(contractions())
def test_every_span_against_the_loop(dtype, case):
    agree(*case, dtype)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_many_spans_against_the_loop(dtype, kind):
    """Hypothesis shrinks but likes small spans; a plain generator reaches the odd ones more often."""
    choose = Random(f"{dtype} {kind}").choice
    for _ in range(100):
        agree(*build(choose, *kind), dtype)


@given(contractions())
def test_transposes_are_adjoint(case):
    """⟨ȳ, y⟩ = ⟨x̄_k, x_k⟩ for every operand, exactly."""
    span, shapes, numbers, tables = case
    values = [cast(x, np.dtype(np.int64)) for x in numbers]
    cotangent = np.random.default_rng(len(str(span))).integers(-3, 4, span.shape)
    y = prepare(span, shapes, np.dtype(np.int64))(values, tables)
    for k, x in enumerate(values):
        back = span.transpose(k, x.shape)
        others = [value for j, value in enumerate(values) if j != k]
        given_shapes = [value.shape for value in (*others, cotangent)]
        x_bar = prepare(back, given_shapes, np.dtype(np.int64))([*others, cotangent], tables)
        assert np.sum(x_bar * x) == np.sum(cotangent * y)


@given(contractions(), st.data())
def test_batched_is_a_loop_over_the_new_letter(case, data):
    span, shapes, numbers, tables = case
    n = data.draw(st.integers(0, 3))
    mask = [data.draw(st.booleans()) for _ in shapes]
    table_mask = [data.draw(st.booleans()) for _ in tables]
    values = [cast(x, np.dtype(np.int64)) for x in numbers]

    def copies(array, masked):
        """n variants along a first axis: the array rolled, so that they differ."""
        variants = [np.roll(array, i) for i in range(n)]
        return np.stack(variants) if masked and n else np.zeros((n, *array.shape), array.dtype) if masked else array

    many = [copies(x, m) for x, m in zip(values, mask, strict=True)]
    many_tables = [copies(t, m) for t, m in zip(tables, table_mask, strict=True)]
    batched = span.batched(mask, table_mask, n)
    y = prepare(batched, [x.shape for x in many], np.dtype(np.int64))(many, many_tables)
    assert y.shape == (n, *span.shape)
    one = prepare(span, shapes, np.dtype(np.int64))
    for i in range(n):
        row = [x[i] if m else x for x, m in zip(many, mask, strict=True)]
        row_tables = [t[i] if m else t for t, m in zip(many_tables, table_mask, strict=True)]
        assert np.array_equal(y[i], one(row, row_tables))


LARGE = {  # big enough for every way of multiplying, summing and scattering
    "a b, b c -> a c": {"a": 20, "b": 17, "c": 23},
    "a b, c b -> c a": {"a": 20, "b": 17, "c": 23},
    "b h q k, b h k d -> b h q d": {"b": 2, "h": 3, "q": 16, "k": 16, "d": 20},
    "b h q k, b k h d -> b q h d": {"b": 2, "h": 3, "q": 16, "k": 16, "d": 20},
    "n i t u, o i -> n o t u": {"n": 3, "i": 8, "o": 9, "t": 8, "u": 8},
    "n c t, c -> n t": {"n": 5, "c": 30, "t": 40},
    "n c t, c t -> n c": {"n": 5, "c": 30, "t": 40},
    "a b, a b -> ": {"a": 50, "b": 70},
    "a b, a b -> b": {"a": 50, "b": 70},
    "b a, i b, i c -> a c": {"a": 12, "b": 13, "c": 14, "i": 15},
    "a b c d -> a c": {"a": 30, "b": 2, "c": 30, "d": 2},
    "a b -> b": {"a": 200, "b": 3},
    "a a b, b c, c -> b a": {"a": 9, "b": 8, "c": 7},
}


@pytest.mark.parametrize("formula", LARGE)
@pytest.mark.parametrize("dtype", DTYPES[:5], ids=str)
def test_large_projections_against_einsum(formula, dtype):
    span = parse(formula, LARGE[formula])
    shapes = [tuple(span.extents[i] for axis in leg for i in axis.letters) for leg in span.inputs]
    random = np.random.default_rng(0)
    values = [cast(random.integers(-2, 3, shape).astype(object), dtype) for shape in shapes]
    expected = np.einsum(formula.replace(" ", ""), *(x.astype(complex if dtype.kind == "c" else int) for x in values))
    y = prepare(span, shapes, dtype)(values, [])
    assert y.dtype == dtype
    assert np.array_equal(y, expected % 2 if dtype == np.uint8 else expected)
    turned = [np.asfortranarray(x) for x in values]  # the plan guesses strides, the result must not
    assert np.array_equal(prepare(span, shapes, dtype)(turned, []), y)


@pytest.mark.parametrize("width", [1, 5, 100, 600])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_scatter_of_every_width(dtype, width):
    random = np.random.default_rng(width)
    span = parse("j c -> @0[j] c", {"j": 30, "c": width}, (7, width))
    numbers = random.integers(-3, 4, (30, width)).astype(object)
    agree(span, [(30, width)], [numbers], [random.integers(0, 7, 30)], dtype)


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (1, 1), (2, 1), (3, 2)])
def test_convolution_against_scipy(stride, pad):
    signal = pytest.importorskip("scipy.signal")
    random = np.random.default_rng(stride)
    x, w = random.normal(size=(2, 3, 11, 12)), random.normal(size=(4, 3, 3, 2))
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    expected = np.stack([
        [signal.correlate(image, kernel, "valid")[0, ::stride, ::stride] for kernel in w] for image in padded
    ])  # fmt: skip
    sizes = dict(zip("botuikl", (*expected.shape, *w.shape[1:]), strict=True))
    formula = f"b i {stride}*t+k-{pad} {stride}*u+l-{pad}, o i k l -> b o t u".replace("-0", "")
    y = prepare(parse(formula, sizes), (x.shape, w.shape), x.dtype)([x, w], [])
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)


READS = {  # formula: operand length, what it reads of 1, 2, 3, …
    "-a+3 -> a": (4, [4, 3, 2, 1]),
    "-a+2 -> a": (4, [3, 2, 1, 0]),
    "-2*a+6 -> a": (8, [7, 5, 3, 1]),
    "a-1 -> a": (4, [0, 1, 2, 3]),
    "2*a-1 -> a": (8, [0, 2, 4, 6]),
    "a+2 -> a": (4, [3, 4, 0, 0]),
    "a -> a": (2, [1, 2, 0, 0]),
    "a+4 -> a": (4, [0, 0, 0, 0]),
    "a-4 -> a": (4, [0, 0, 0, 0]),
}


@pytest.mark.parametrize("formula", READS)
def test_slices_flips_and_zeros_around(formula):
    length, expected = READS[formula]
    kernel = prepare(parse(formula, {"a": 4}), [(length,)], np.dtype("f4"))
    assert kernel([np.arange(1, length + 1, dtype="f4")], []).tolist() == expected


def test_overlapping_windows_cannot_be_written():
    windows = prepare(parse("t+k -> t k", {"t": 3, "k": 2}), [(4,)], np.dtype("f8"))([np.arange(4.0)], [])
    assert windows.tolist() == [[0, 1], [1, 2], [2, 3]] and not windows.flags.writeable


def test_flatten_and_transpose_are_views():
    x = np.arange(24.0).reshape(2, 3, 4)
    for formula, shape in [("a b c -> 12*a+4*b+c", (24,)), ("a b c -> c a b", (4, 2, 3))]:
        span = parse(formula, {"a": 2, "b": 3, "c": 4}, shape)
        y = prepare(span, [x.shape], x.dtype)([x], [])
        assert np.shares_memory(x, y) and may_alias(span)
    whole = parse("12*a+4*b+c -> a b c", {"a": 2, "b": 3, "c": 4})
    assert np.array_equal(prepare(whole, [(24,)], x.dtype)([x.ravel()], []), x)


def test_integers_are_exact_or_refused():
    dot = prepare(einsum("i,i->", [(2,), (2,)]), [(2,), (2,)], np.dtype(np.int64))
    big = np.array([2**40, -(2**40)])
    assert dot([big, np.array([2**23 - 1, 2])], []) == 2**63 - 3 * 2**40  # the bound overflows, the sum does not
    assert dot([big, np.array([3, 2])], []) == 2**40
    assert dot([np.array([2**62, 2**62]), np.array([1, 1]) * -1], []) == -(2**63)
    with pytest.raises(OverflowError, match="64-bit"):
        dot([np.array([2**62, 2**62]), np.array([1, 1])], [])
    copy = prepare(einsum("i->i", [(1,)]), [(1,)], np.dtype(np.int64))
    assert copy([np.array([-(2**63)])], []) == -(2**63)
    spread = prepare(parse("i -> @0[i]", {"i": 2}, (1,)), [(2,)], np.dtype(np.int64))
    assert spread([np.array([2**60, 1])], [np.array([0, 0])]) == 2**60 + 1


def test_tables_are_checked():
    kernel = prepare(parse("@0[j] -> j", {"j": 2}), [(5,)], np.dtype("f8"))
    x = np.arange(5.0)
    for bad in (-1, 5):
        with pytest.raises(IndexError, match=rf"table 0 holds {bad}, outside range\(0, 5\)"):
            kernel([x], [np.array([0, bad])])
    with pytest.raises(ValueError, match="table 0 takes integers of shape"):
        kernel([x], [np.array([0, 1, 2])])
    with pytest.raises(ValueError, match="table 0 takes integers of shape"):
        kernel([x], [np.array([0.0, 1.0])])
    scatter = prepare(parse("j -> @0[j]", {"j": 2}, (3,)), [(2,)], np.dtype("f4"))
    with pytest.raises(IndexError, match="holds 3"):
        scatter([np.ones(2, "f4")], [np.array([3, 0], np.uint8)])
    assert kernel([x], [np.array([4, 1], np.int8)]).tolist() == [4, 1]


def test_what_prepare_refuses():
    span = einsum("ij->j", [(2, 3)])
    with pytest.raises(ValueError, match="2 axes"):
        prepare(span, [(2,)], np.dtype("f8"))


def test_far_offsets_cost_nothing():
    far = parse("a+1000000000000, a -> a", {"a": 3})
    assert prepare(far, [(3,), (3,)], np.dtype("f4"))([np.ones(3, "f4")] * 2, []).tolist() == [0, 0, 0]
    assert prod(far.extents) == 3
