"""Fixed point against shifts of integers, (max, +) that runs forward only, `cd.over`, and laws over any rig."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.errors import ArgumentError, CatdiffError, EvaluationError, MeaningError, ObjectError
from catdiff.interpret.exact import INTEGERS, MOD, RATIONAL
from catdiff.interpret.fixed import fixed, rounded
from catdiff.interpret.polynomial import polynomials
from catdiff.interpret.rigs import RIGS
from catdiff.interpret.tropical import MAX_PLUS, Tropical
from catdiff.laws.rigs import EQUATIONS, broken

A = cd.f64()
WHOLE = st.integers(-(2**40), 2**40)


# -- fixed point -------------------------------------------------------------------------------------------------


@given(st.lists(WHOLE, min_size=3, max_size=3), st.lists(WHOLE, min_size=3, max_size=3), st.integers(0, 20))
def test_a_dot_product_in_shifts_of_integers(x, y, n):
    """As integer hardware has it: each product shifted down, then the sum."""
    k, one = fixed(n), 1 << n
    args = [[Fraction(v, one) for v in xs] for xs in (x, y)]
    found = cd.over(cd.dot(cd.f64(3), cd.f64(3)), k)(*args)
    assert found.raw == sum(a * b >> n for a, b in zip(x, y, strict=True))


def test_what_rounding_breaks_is_broken():
    """Each law that a rig says it breaks, it breaks; else it would be excused for nothing."""
    for k in RIGS.values():
        for law in k.rounds:
            assert law in EQUATIONS
            assert any(said.startswith(f"{law}:") for said in broken(replace(k, rounds=frozenset()), tries=200))


def test_fixed_point_has_an_order_and_no_division():
    k = fixed(8)
    assert cd.over(cd.relu(A), k)(-0.5) == 0 and cd.over(cd.max(cd.f64(2)), k)([1.5, 2.25]) == 2.25
    with pytest.raises(MeaningError, match=r"no division over fixed point 8"):
        cd.over(cd.recip(A), k)(1)


def test_what_does_not_fit():
    with pytest.raises(EvaluationError, match="OverflowError: 128 does not fit into 16 bits, 8 after the point"):
        cd.over(cd.mul(A, A), fixed(8, 16))(8, 16)
    with pytest.raises(ArgumentError, match=r"0\.1 is no multiple of 2⁻⁸; cd\.rigs\.rounded\(x, 8\) is 0\.09765625"):
        cd.over(cd.id(A), fixed(8))(0.1)
    with pytest.raises(ArgumentError, match="is of fixed point 4, not 8"):
        cd.over(cd.id(A), fixed(8))(fixed(4).entry(1))
    assert cd.over(cd.id(cd.f64(2)), fixed(8))(rounded([0.1, -0.1], 8)).tolist() == [25 / 256, -26 / 256]


@pytest.mark.parametrize("size", [(-1,), (1.5,), (True,), (8, 0), (8, "16")])
def test_formats_that_are_none(size):
    with pytest.raises(CatdiffError, match="fixed: "):
        fixed(*size)


# -- (max, +) ------------------------------------------------------------------------------------------------------


def test_longest_paths():
    far = Tropical(-math.inf)
    w = [[far, Tropical(2), Tropical(9)], [far, far, Tropical(4)], [far, far, far]]
    assert cd.over(cd.matmul(cd.f64(3, 3), cd.f64(3, 3)), MAX_PLUS)(w, w)[0, 2] == Tropical(6)
    assert cd.over(cd.linrec(cd.f64(3), cd.f64(3)), MAX_PLUS)(
        [Tropical(1)] * 3, [Tropical(0), far, Tropical(5)]
    ).tolist() == [
        Tropical(0),
        Tropical(1),
        Tropical(5),
    ]


@pytest.mark.parametrize(
    "f",
    [
        cd.R(cd.mul(A, A)),
        cd.vjp(cd.square(A)),
        cd.R(cd.square(A).box("squared") >> cd.square) >> cd.square,
        cd.R(cd.square(A)).box("gradient"),
        cd.grad(cd.square(A).box("squared")).box("outer"),
    ],
    ids=str,
)
def test_R_is_refused_in_words(f):
    with pytest.raises(MeaningError, match=r"R.* means nothing over \(max, \+\): 1 \+ 1 = 1 there"):
        cd.over(f, MAX_PLUS)


def test_negatives_and_numbers_are_refused():
    with pytest.raises(MeaningError, match="neg means nothing over"):
        cd.over(cd.neg(A), MAX_PLUS)(1)
    for strange in (0.5, -1, math.nan):
        with pytest.raises(ArgumentError, match=r"\(max, \+\)|no rational|cannot convert"):
            cd.over(cd.id(A), MAX_PLUS)(strange)
    with pytest.raises(ValueError, match="no entry"):
        Tropical(math.inf)


# -- cd.over -------------------------------------------------------------------------------------------------------


def test_results_come_as_calls_give_them():
    two = cd.copy(A)
    assert cd.over(two, RATIONAL)(0.5) == (Fraction(1, 2), Fraction(1, 2))
    assert cd.over(cd.discard(A), RATIONAL)(1) == ()
    assert cd.over(cd.id(cd.f64(2)), MOD(3))([4, 5]).tolist() == [1, 2]
    assert repr(cd.over(two, RATIONAL)) == "<f64 → f64 @ f64 over ℚ>"


@pytest.mark.parametrize(
    ("f", "k", "said"),
    [
        (cd.sin, RATIONAL, "over takes a morphism"),
        (math.sin, RATIONAL, "over takes a morphism"),
        (cd.nn.dense(3, 2), RATIONAL, "model.body is one"),
        (cd.id(A), "Q", "runs over a rig"),
    ],
)
def test_what_is_no_program_or_no_rig(f, k, said):
    with pytest.raises(ArgumentError, match=said):
        cd.over(f, k)


@pytest.mark.parametrize("name", [name for name, k in RIGS.items() if k.entry])
def test_a_row_that_means_nothing_is_named_with_its_boxes(name):
    f = cd.over((cd.sin(A).box("wave") >> cd.square).box("outer"), RIGS[name])
    if name in ("floats", "intervals", "balls", "intervals[ε]"):
        assert f(0) == 0
        return
    with pytest.raises(MeaningError, match=r"^outer / wave / sin: ") as caught:
        f(1)
    assert caught.value.path == ("outer", "wave")


def test_values_outside_the_rig():
    for f, k, x in (
        (cd.id(cd.z2()), RIGS["z2"], 2),
        (cd.id(A), RIGS["z2"], 2.0),
        (cd.id(A), RIGS["z2"], 0.5),
        (cd.id(A), RIGS["integer"], 0.5),
        (cd.id(A), MOD(4), 0.5),
        (cd.id(cd.integer()), INTEGERS, 0.5),
        (cd.id(A), RIGS["floats"], "1"),
    ):
        with pytest.raises(ArgumentError, match="argument 0 lies on"):
            cd.over(f, k)(x)
    assert cd.over(cd.square(A), RIGS["integer"])(3.0) == 9 and cd.over(cd.square(A), RIGS["z2"])(1) == 1
    assert cd.over(cd.square(cd.integer()), RIGS["floats"])(0.5) == 0.25
    assert cd.over(cd.id(A), MOD(2))(3) == 1  # an integer stands for so many ones


# -- laws over any rig -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RIGS)
def test_derivatives_are_lawful_over_every_rig(name):
    k = RIGS[name]
    report = cd.laws.check_rig(k, laws="RD.1,RD.6,ADJ.1,CG.4", programs=2, points=4)
    assert report.ok
    strongest = report.strongest()
    asked = {"RD.1", "RD.6", "ADJ.1", "CG.4"}
    if k.rounds or k.forward:
        assert not asked & strongest.keys()
        (why,) = report.law("R")
        assert (k.forward or "rounding breaks") in why.note
    else:
        assert all(strongest[law] == "tested" for law in asked)


def test_a_rig_that_is_none_is_found_out():
    wrong = replace(INTEGERS, neg=lambda x: x)
    with pytest.raises(cd.laws.LawViolation):
        cd.laws.check_rig(wrong, laws="LEARN", programs=1, points=4)
    report = cd.laws.check_rig(wrong, laws="RD.1", programs=1, points=4, raises=False)
    assert [f.title for f in report.violations] == ["x + (−x) = 0"]


def test_a_wrong_derivative_is_found_over_any_rig():
    """R doubled: over ℤ₃ it is violated, and over ℤ₂, where twice is nothing, as well; but one that is off by a factor
    of 4 is right over ℤ₃.
    """
    for factor, k, right in ((2, MOD(3), False), (2, MOD(2), False), (4, MOD(3), True)):
        wrong = cd.laws.Calculus(R=lambda f, factor=factor: cd.R(f) * float(factor))
        report = cd.laws.check(cd.square(A) + cd.id(A), laws="ADJ.1", rig=k, calculus=wrong, points=10, raises=False)
        assert report.ok == right


def test_laws_are_not_asked_where_none_hold():
    for k, said in ((MAX_PLUS, "runs forward only"), (fixed(8), "rounding breaks"), ("Q", "rig is a cd.rigs.Rig")):
        with pytest.raises(CatdiffError, match=said):
            cd.laws.check(cd.square(A), rig=k)
    with pytest.raises(ArgumentError, match="check_rig takes"):
        cd.laws.check_rig("Q")


def test_rows_that_mean_nothing_leave_a_law_open():
    report = cd.laws.check(cd.sin(A), rig=polynomials(MOD(2)), laws="RD.1", points=4)
    (found,) = report.findings
    assert found.strength == "not applicable" and "means nothing over ℤ_2[x]" in found.note


# -- what is no entry --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["z2", "integer"])
@pytest.mark.parametrize("value", [0.5, -1.5, math.nan, math.inf])
def test_a_constant_that_the_rig_of_a_dtype_has_not_is_refused(name, value):
    """And never cut off: 0.5 is no 0."""
    with pytest.raises(MeaningError, match=r"^wave / .*is not in ℤ"):
        cd.over((cd.id(A) + value).box("wave"), RIGS[name])(1)


def test_constants_that_it_has_embed_exactly():
    assert cd.over(cd.id(A) + 3.0, RIGS["z2"])(1) == 0
    assert cd.over(cd.id(A) + 2.0**62, RIGS["integer"])(1) == 2**62 + 1
    with pytest.raises(MeaningError, match="is not in ℤ in 64 bits"):
        cd.over(cd.id(A) + 2.0**63, RIGS["integer"])(1)


@pytest.mark.parametrize(
    ("k", "value"),
    [
        (MAX_PLUS, math.inf),
        (MAX_PLUS, "a"),
        (RIGS["floats"], 10**400),
        (fixed(4, 8), 100),
        (fixed(4), fixed(5).entry(1)),
    ],
)
def test_arguments_outside_the_rig_are_named(k, value):
    with pytest.raises(ArgumentError, match="argument 0 lies on f64, over"):
        cd.over(cd.id(A), k)(value)


def test_tropical_numbers_are_numbers_and_compare_with_any_integer():
    assert Tropical(0) == 1 and Tropical(-math.inf) == 0 and Tropical(0) != -1
    with pytest.raises(ValueError, match="no entry"):
        Tropical("a")


def test_rigs_that_are_made_are_made_once():
    assert polynomials() is polynomials(RATIONAL) is polynomials(coefficients=RATIONAL, budget=100_000)
    assert fixed(8, 16) is fixed(point=8, bits=16)


@pytest.mark.parametrize(
    "make", [lambda: polynomials(3), lambda: polynomials(budget=0), lambda: cd.rigs.duals(3), lambda: rounded(0.5, -1)]
)
def test_rigs_that_there_are_none_of(make):
    with pytest.raises(ObjectError):
        make()


def test_indeterminates_are_of_polynomials():
    with pytest.raises(ArgumentError, match="not of ℚ"):
        cd.rigs.indeterminates(A, RATIONAL)


@pytest.mark.parametrize("k", [fixed(8), RIGS["floats"], MAX_PLUS], ids=lambda k: k.name)
def test_polynomials_round_and_run_forward_as_their_coefficients_do(k):
    made = polynomials(k)
    assert (made.rounds, made.forward) == (k.rounds, k.forward)
    assert not broken(made)


def test_polynomials_over_enclosures_agree_where_their_coefficients_do():
    assert not broken(polynomials(RIGS["intervals"]))
    k = polynomials(RIGS["intervals"])
    assert not k.agree(k.entry(1), k.entry(2))


def test_what_is_unknown_is_neither_true_nor_false():
    """Python asks any object for its truth; to answer would be a wrong branch."""
    lt = cd.over(cd.lt(A, A), RIGS["intervals"])
    assert lt(0, 1) and not lt(1, 0)
    with pytest.raises(ValueError, match="unknown"):
        bool(lt(cd.rigs.Interval(0, 2), 1))


@pytest.mark.parametrize("k", [polynomials(), cd.rigs.duals(RATIONAL, 2)], ids=lambda k: k.name)
def test_what_is_equal_has_one_hash(k):
    for n in (0, 1, -3):
        assert k.entry(n) == n and hash(k.entry(n)) == hash(n)
    assert hash(cd.rigs.dual(1, 2)) == hash(cd.rigs.dual(1, 2, 0))
