"""Span contractions as data: the text both ways, subscripts, canonical numbering, transposes, costs."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catdiff.generators.notation import einsum, parse
from catdiff.generators.spans import Affine, Lookup, Span, bare, flops


@st.composite
def spans(draw):
    letters = draw(st.integers(0, 4))
    extents = tuple(draw(st.integers(0, 4)) for _ in range(letters))
    some = st.lists(st.sampled_from(range(letters)), unique=True, max_size=3) if letters else st.just([])
    coefs = st.integers(-12, 12).filter(bool)

    @st.composite
    def axis(draw):
        chosen, kind = draw(some), draw(st.sampled_from(["bare", "affine", "lookup"]))
        if kind == "lookup":
            return Lookup(draw(st.integers(0, 2)), tuple(chosen))
        if kind == "affine":
            return Affine(tuple((i, draw(coefs)) for i in sorted(chosen)), draw(st.integers(-9, 9)))
        return Affine(tuple((i, 1) for i in chosen[:1]))

    leg = st.lists(axis(), max_size=3).map(tuple)
    inputs, output = draw(st.lists(leg, min_size=1, max_size=3)), draw(leg)
    return Span(extents, tuple(inputs), output, tuple(draw(st.integers(0, 5)) for _ in output))


SHORT = [
    ("a b, b c -> a c", "a b, b c -> a c"),
    (" a b ,b c->a c ", "a b, b c -> a c"),
    ("b i 2*t+k-1, o i k -> b o t", "a b 2*c+d-1, e b d -> a e c"),
    ("@0[j] c -> j c", "@0[a] b -> a b"),
    ("@10[ j k ] -> k", "@10[a b] -> b"),
    ("@0[] ->", "@0[] ->"),
    (", a -> a", ", a -> a"),
    ("a, -> a", "a, -> a"),
    ("->", "->"),
    (", ->", ", ->"),
    ("3 a -> a", "3 a -> a"),
    ("0 -a-3 -> a", "0 -a-3 -> a"),
    ("-2*t+1 -> t", "-2*a+1 -> a"),
    ("1*x1-k -> x1 k", "a-b -> a b"),
    ("4-t -> t", "-a+4 -> a"),
]


@pytest.mark.parametrize(("text", "formula"), SHORT)
def test_the_canonical_spelling(text, formula):
    assert parse(text, (2,) * 5).formula == formula


@given(spans())
def test_a_span_survives_its_text(span):
    assert parse(str(span)) == span
    assert str(parse(str(span))) == str(span)


def test_names_go_on_after_z():
    span = Span((2,) * 53, (tuple(Affine(((i, 1),)) for i in range(53)),), (), ())
    assert "z a1 b1" in str(span) and str(span).endswith(" a2=2")
    assert parse(str(span)) == span


def test_extents_by_name_number_the_letters():
    assert parse("a b -> b", {"b": 3, "a": 2}) == parse("a b -> b | b=3 a=2")
    assert parse("a b -> b", {"b": 3, "a": 2}).extents == (3, 2)
    assert parse("a b -> b", (2, 3, 7)).extents == (2, 3, 7)  # a letter that multiplies by 7
    assert parse("t+k -> t", (4, 2), (9,)).shape == (9,)


MALFORMED = [
    ("a b", 0),
    ("a -> b -> c", 9),
    ("a + b -> a", 2),
    ("2a -> a", 0),
    ("2*3 -> ", 0),
    ("a +b -> a", 2),
    ("+a -> a", 0),
    ("a- -> a", 0),
    ("a--b -> a", 0),
    ("1+2 -> ", 0),
    ("b a+a -> a", 2),
    ("0*a -> a", 0),
    ("@0 -> ", 0),
    ("@0[a a] -> a", 0),
    ("@0[a,b] -> a", 0),
    ("a @0[b]c -> a", 2),
    ("@0[2*a] -> a", 0),
    ("@x[a] -> a", 0),
    ("a;b -> a", 0),
    ("a -> a, b", 5),
    ("é -> a", 0),
    ("a -> a | a=2 | 2 | 2", 17),
    ("a -> a | a", 9),
    ("a -> a | a=2 a=3", 13),
    ("a -> a | b=2", 0),
    ("a -> a | a=-2", 9),
    ("a -> a | a=2 | x", 15),
    ("a -> a | a=2 | 2 2", 4),
    ("a -> a+1 | a=2", 4),
    ("a b -> a | a=2", 2),
]


@pytest.mark.parametrize(("text", "at"), MALFORMED)
def test_malformed_text_is_refused_with_its_position(text, at):
    with pytest.raises(ValueError, match=f"at position {at} of "):
        parse(text, None if "|" in text else (2,) * 5)


def test_missing_and_doubled_sizes_are_refused():
    for arguments in [("a -> a",), ("a b -> a", (2,)), ("a -> a+1", (2,)), ("a -> a", {"b": 2})]:
        with pytest.raises(ValueError, match="at position"):
            parse(*arguments)
    with pytest.raises(ValueError, match="second time"):
        parse("a -> a | a=2", (2,))
    with pytest.raises(ValueError, match="second time"):
        parse("a -> a | a=2 | 3", None, (3,))


@given(st.text("ab2*+-,>@[]| =0\t", max_size=24) | st.text(max_size=12))
def test_any_text_is_parsed_or_refused_with_a_position(text):
    for extents in (None, (2, 3, 2)):
        try:
            span = parse(text, extents)
        except ValueError as error:
            span, said = None, str(error)
        assert "at position" in said if span is None else parse(str(span)) == span


@given(spans(), st.randoms(use_true_random=False))
def test_renamed_letters_normalise_to_the_same_value(span, random):
    order = list(range(len(span.extents)))
    random.shuffle(order)
    capital = re.sub("[a-z]", lambda letter: letter[0].upper(), span.formula)
    renamed = parse(capital, {chr(ord("A") + i): span.extents[i] for i in order}, span.shape)
    assert renamed.normalise() == span.normalise() == span.normalise().normalise()


def test_letters_are_numbered_by_first_appearance():
    span = parse("z 2*y+x, x -> w z", {"w": 5, "x": 3, "y": 4, "z": 2}).normalise()
    assert str(span) == "a 2*b+c, c -> d a | a=2 b=4 c=3 d=5"
    assert parse("2*a+b -> | a=2 b=2").normalise() == parse("a+2*b -> | a=2 b=2").normalise()
    assert parse("a+b, a -> b | a=2 b=2").normalise() == parse("a+b, b -> a | a=2 b=2").normalise()


def test_einsum_reads_what_numpy_reads():
    assert str(einsum("ij,jk", [(2, 3), (3, 4)])) == "a b, b c -> a c | a=2 b=3 c=4"
    assert str(einsum("ba", [(2, 3)])) == "a b -> b a | a=2 b=3"
    assert einsum("ij, jk -> ki", [(2, 3), (3, 4)]).shape == (4, 2)
    assert str(einsum("...ij,...jk->...ik", [(7, 2, 3), (6, 7, 3, 4)])).startswith("a b c, d a c e -> d a b e")
    assert einsum("...i", [(5, 4, 3)]).shape == (5, 4, 3)
    assert einsum("i...,i", [(3, 4), (3,)]).shape == (4,)
    assert einsum("i->ik", [(2,)], {"k": 3}).shape == (2, 3)
    assert str(einsum("i->ii", [(2,)])) == "a -> a a | a=2"
    assert einsum(",", [(), ()]).shape == ()


@pytest.mark.parametrize(
    ("subscripts", "shapes", "sizes", "said"),
    [
        ("i1,j", [(2, 2), (3,)], None, "unknown character '1'"),
        ("i->i->i", [(2,)], None, "unknown character"),
        ("...i...", [(2,)], None, "unknown character"),
        ("ij,jk->ik", [(2, 3)], None, "names 2 operands, 1 are given"),
        ("ij->i", [(2,)], None, "cannot name the axes"),
        ("i->i", [(2, 3)], None, "cannot name the axes"),
        ("ij,jk->ik", [(2, 1), (5, 3)], None, "letter j is 1, but 5 in operand 1"),
        ("ii->i", [(2, 3)], None, "letter i is 2, but 3 in operand 0"),
        ("...,...", [(2,), (3,)], None, "is 2, but 3 in operand 1"),
        ("i->ik", [(2,)], None, "output letter k is not given"),
        ("i->i", [(2,)], {"k": 3}, "sizes names k"),
        ("...i->i", [(4, 2)], None, "no '...'"),
    ],
)
def test_einsum_refuses(subscripts, shapes, sizes, said):
    with pytest.raises(ValueError, match=said):
        einsum(subscripts, shapes, sizes)


def test_a_transpose_permutes_the_legs():
    conv = parse("b i 2*t+k-1, o i k -> b o t | b=8 i=3 t=5 k=3 o=4")
    back = conv.transpose(0, (8, 3, 10))
    assert (len(back.inputs), back.shape) == (2, (8, 3, 10))
    assert back == parse("o i k, b o t -> b i 2*t+k-1 | o=4 i=3 k=3 b=8 t=5 | 8 3 10")
    assert back.transpose(1, conv.shape) == parse("o i k, b i 2*t+k-1 -> b o t | o=4 i=3 k=3 b=8 t=5")
    with pytest.raises(ValueError, match="operand 2"):
        conv.transpose(2, ())


def test_batched_prepends_a_letter():
    take = parse("@0[j] c -> j c | j=2 c=3")
    assert take.batched([True], [False], 5) == parse("n @0[j] c -> n j c | n=5 j=2 c=3")
    assert take.batched([False], [True], 5) == parse("@0[n j] c -> n j c | n=5 j=2 c=3")
    assert parse("a, a -> | a=2").batched([True, False], [], 5) == parse("n a, a -> n | n=5 a=2")
    with pytest.raises(ValueError, match="flags"):
        take.batched([True], [], 5)


def test_projections_and_costs():
    matmul = einsum("ij,jk->ik", [(2, 3), (3, 4)])
    assert matmul.is_projection and not parse("t+k -> t k | t=2 k=2").is_projection
    axes = Affine(((1, 1),)), Affine(((1, 1),), 2), Affine(((1, 2),)), Affine((), 1), Lookup(0, (1,))
    assert [bare(axis) for axis in axes] == [1, None, None, None, None]
    costs = {
        "a b, b c -> a c": 2 * 24,
        "a b -> ": 6,
        "a b -> b a": 0,
        "a -> a b": 0,
        "a, a -> a": 2,
        "a+2 -> a": 0,
        "@0[a] b -> a b": 0,
        "a b -> @0[a] b": 6,
        "a -> 2*a+1": 0,
        "a b -> 3*a+b": 0,  # digits: no two points meet
        "a b -> a+b": 6,
        "a a -> a a": 0,
        "a, a, a -> ": 2 * 3,
    }
    sizes = {"a": 2, "b": 3, "c": 4}
    for text, cost in costs.items():
        used = {name: n for name, n in sizes.items() if name in text}
        rank = len(text.split("->")[1].split())
        assert flops(parse(text, used, (4,) * rank)) == cost, text


def test_check_names_what_does_not_fit():
    span = parse("@0[j] c, c -> j c | j=2 c=3")
    span.check([(9, 3), (3,)], [(2,)])
    span.check([(9, 7), (1,)])  # longer and shorter axes are slices and zeros
    for shapes, tables, said in [
        ([(9, 3)], None, "takes 2 operands, not 1"),
        ([(9, 3), (3, 1)], None, "operand 1 .* has 1 axes"),
        ([(9, 3), (3,)], [(3,)], "table 0 .* shape"),
        ([(9, 3), (3,)], [], "table 0 .* shape"),
    ]:
        with pytest.raises(ValueError, match=said):
            span.check(shapes, tables)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Affine(((1, 1), (0, 1))),
        lambda: Affine(((0, 0),)),
        lambda: Lookup(0, (1, 1)),
        lambda: Lookup(-1, ()),
        lambda: Span((), ((Affine(((0, 1),)),),), (), ()),
        lambda: Span((2,), (), (), ()),
        lambda: Span((-1,), ((),), (), ()),
        lambda: Span((), ((),), (), (1,)),
    ],
)
def test_impossible_values_are_refused(make):
    with pytest.raises(ValueError, match=r"an affine|a lookup|a letter|a span"):
        make()


@given(spans())
def test_digits_determine_their_letters(span):
    """`injective` is never wrong when it says yes, and `bounds` are reached."""
    assume(0 not in span.extents)
    for leg in span.legs:
        for axis in leg:
            if isinstance(axis, Affine) and axis.injective(span.extents):
                ranges = [[coef * e for e in range(span.extents[i])] for i, coef in axis.terms]
                values = [0]
                for steps in ranges:
                    values = [value + step for value in values for step in steps]
                assert len(set(values)) == len(values)
                assert axis.bounds(span.extents) == (min(values) + axis.offset, max(values) + axis.offset)


@pytest.mark.parametrize(
    ("text", "extents", "shape", "moves"),
    [
        ("a b -> b a", (2, 3), None, True),
        ("a -> a a", (3,), None, True),
        ("a b -> a", (3, 1), None, True),
        ("a b -> a", (3, 2), None, False),
        ("a -> 0", (3,), (1,), False),
        ("2*a+b -> a b", (2, 3), None, True),
        ("a b -> 2*a+b", (2, 3), (5,), False),
        ("a b -> 2*a+b", (2, 2), (4,), True),
        ("a, a -> a", (3,), None, False),
        ("@0[a] -> a", (3,), None, True),
        ("a -> @0[a]", (3,), (4,), False),
    ],
)
def test_a_span_that_only_moves_entries_gives_each_place_one_entry_at_most(text, extents, shape, moves):
    span = parse(text, extents, shape)
    assert span.moves == moves
    assert span.normalise().moves == moves
