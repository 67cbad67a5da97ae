"""Decision procedures: what each proves, refutes, and says of what it cannot decide."""

from time import monotonic

import numpy as np
import pytest
from hypothesis import given
from programs import BITS as CIRCUITS
from programs import INTEGER, few, morphisms, seeds, values

import catdiff as cd
from catdiff.errors import SignatureError
from catdiff.laws.decision import Decision
from catdiff.laws.procedures import exact, polynomial, proof, z2

try:
    import z3
except ImportError:
    z3 = None

needs_z3 = pytest.mark.skipif(z3 is None, reason="z3 is not installed: pip install 'catdiff[proof]'")
PROCEDURES = {"exact": exact, "polynomial": polynomial, "z2": z2, "proof": pytest.param(proof, marks=needs_z3)}
every = pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)

X, B, N = cd.id(cd.f64()), cd.id(cd.z2()), cd.id(cd.integer())
F = cd.f64()


def both(f, A=F):
    """`f(x, y)` on two wires of A."""
    return cd.morphism(A, A)(f)


def at(decision, f, g):
    """Whether f and g differ at the point a decision gives."""
    assert decision.args is not None
    return any(np.any(y != z) for y, z in zip(values(f, decision.args), values(g, decision.args), strict=True))


# -- planted equations and inequalities ------------------------------------------------------------------------

DISTRIBUTED = (both(lambda x, y: x * (x + y)), both(lambda x, y: x * x + x * y))
CUBE = ((X + 1.0) >> cd.pow(exponent=3), cd.pow(F, exponent=3) + 3.0 * cd.square(F) + 3.0 * X + 1.0)
DOUBLED = (both(lambda x, y: x * (x + y)), both(lambda x, y: x * x + x * y + x * y))
PARTS = (cd.relu(F) - (-X >> cd.relu), X)
FREE = (both(lambda x, y: cd.maximum(x, y) + cd.minimum(x, y)), both(lambda x, y: x + y))
SHIFTED = (X + 1.0 >> cd.floor, (X >> cd.floor) + 1.0)
SCALED = (2.0 * X >> cd.floor, 2.0 * (X >> cd.floor))
DE_MORGAN = (both(lambda x, y: (1 + x) * (1 + y) + 1, cd.z2()), both(lambda x, y: x + y + x * y, cd.z2()))
OR = (both(lambda x, y: x + y, cd.z2()), both(lambda x, y: x + y + x * y, cd.z2()))
IDEMPOTENT = (cd.square(cd.z2()), B)
HALF = (2.0 * X >> cd.recip, 0.5 * cd.recip(F))

EXPECTED = {  # of each pair what each procedure says
    "distributivity": (DISTRIBUTED, "tested proved tested proved"),
    "a sum doubled": (DOUBLED, "violated violated violated violated"),
    "(x + 1)³": (CUBE, "tested proved tested proved"),
    "relu(x) − relu(−x) = x": (PARTS, "tested not-applicable not-applicable proved"),
    "max + min": (FREE, "tested not-applicable not-applicable proved"),
    "floor of a shift": (SHIFTED, "tested not-applicable not-applicable proved"),
    "floor of a multiple": (SCALED, "violated not-applicable not-applicable violated"),
    "1 / 2x": (HALF, "tested not-applicable not-applicable proved"),
    "De Morgan": (DE_MORGAN, "tested proved exhaustive proved"),
    "xor is not or": (OR, "violated violated violated violated"),
    "x x = x in ℤ₂": (IDEMPOTENT, "tested violated exhaustive proved"),
    "x² = x in ℤ": ((cd.square(cd.integer()), N), "violated violated tested violated"),
    "2x = 0 in ℤ": ((2 * N, 0 * N), "violated violated tested violated"),
    "exp": ((cd.exp(F), cd.exp(F)), "not-applicable not-applicable not-applicable not-applicable"),
    "complex": ((cd.conj(cd.c128()), cd.conj(cd.c128())), " ".join(["not-applicable"] * 4)),
}
CASES = [
    pytest.param(pair, procedure, strength.replace("-", " "), id=f"{name}, {which}", marks=marks)
    for name, (pair, said) in EXPECTED.items()
    for which, procedure, strength, marks in zip(
        PROCEDURES, (exact, polynomial, z2, proof), said.split(), ((), (), (), needs_z3), strict=True
    )
]


@pytest.mark.parametrize(("pair", "procedure", "strength"), CASES)
def test_what_is_said_of_planted_equations(pair, procedure, strength):
    found = procedure.decide(*pair)
    assert isinstance(found, Decision) and found.procedure == procedure.__name__.rsplit(".", 1)[1]
    assert found.strength == strength, found.note
    if strength == "violated":
        assert (found.args is None and pair is IDEMPOTENT) or at(found, *pair)
    if strength == "not applicable":
        assert any(
            word in found.note for word in ("relu", "maximum", "floor", "exp", "conj", "recip", "minimum", "c128")
        )


@pytest.mark.parametrize("name", [name for name, (_, said) in EXPECTED.items() if "proved" in said])
@pytest.mark.parametrize("procedure", [polynomial, z2, pytest.param(proof, marks=needs_z3)])
def test_nothing_is_proved_of_another_program(name, procedure):
    """One side with 1 added: whoever decides says no."""
    left, right = EXPECTED[name][0]
    found = procedure.decide(left, right + 1)
    assert found.strength in ("violated", "not applicable") and (found.args is None or at(found, left, right + 1))


def test_derivatives_tell_functions_from_polynomials():
    """x·x and x are one function of bits, and their reverse derivatives are not: the rewrite x·x → x is refused."""
    left, right = IDEMPOTENT
    assert z2.decide(left, right).strength == "exhaustive"
    assert polynomial.decide(left, right).note == "x0² against x0: other polynomials, though the same function"
    found = z2.decide(cd.R(left), cd.R(right))
    assert found.violated and at(found, cd.R(left), cd.R(right))


@given(morphisms(INTEGER, budget=4), seeds())
@few
def test_proved_is_tested_too(f, seed):
    """R[R[f]] in both orders of accumulation: a law with a proof is one that random points and bits do not break."""
    doubled, sum_ = cd.R(f + f), cd.R(f) + cd.R(f)
    assert polynomial.decide(doubled, sum_).strength == "proved"
    assert exact.decide(doubled, sum_, 5, seed).held
    assert not z2.decide(doubled, sum_, 5, seed).violated


@given(morphisms(CIRCUITS, budget=4), morphisms(CIRCUITS, budget=4))
@few
def test_normal_form_z3_and_all_points_agree(f, g):
    """Equal circuits are equal polynomials once x² is x; proof and z2 say the same."""
    if (f.dom, f.cod) != (g.dom, g.cod):
        g = f + (f * f)
    by_points, by_form = z2.decide(f, g), polynomial.decide(f, g)
    assert by_points.strength in ("exhaustive", "violated")
    assert by_points.violated == (by_form.violated and by_form.args is not None)
    if z3 is not None:
        assert proof.decide(f, g).violated == by_points.violated


def test_a_constant_that_was_rounded_is_no_violation():
    """1/3 as a float is no third: the definition of the variance and its derivative agree but for that."""
    A = cd.f64(3)
    third = cd.morphism(A)(lambda x: x.sum() * (1 / 3))
    divided = cd.morphism(A)(lambda x: x.sum() / 3.0)
    for procedure in (exact, polynomial) if z3 is None else (exact, polynomial, proof):
        found = procedure.decide(third, divided)
        assert found.strength == "undecided" and "constant that was rounded" in found.note
        wrong = cd.morphism(A)(lambda x: x.sum() / 3.0001)
        assert procedure.decide(third, wrong).violated
    assert exact.decide(cd.sum(cd.rational(3)), cd.sum(cd.rational(3)) + 2.0**-60).violated


# -- points, time, size ----------------------------------------------------------------------------------------


@every
def test_morphisms_of_one_type(procedure):
    with pytest.raises(SignatureError, match="one type"):
        procedure.decide(X, N)


@every
def test_the_same_seed_the_same_answer(procedure):
    for pair in (DISTRIBUTED, DOUBLED):
        first, second = (procedure.decide(*pair, points=7, seed=3) for _ in range(2))
        assert (first.strength, first.points, first.note) == (second.strength, second.points, second.note)
        for x, y in zip(first.args or (), second.args or (), strict=True):
            assert np.array_equal(x, y)


@every
def test_the_deadline_is_kept(procedure):
    """A program of 10⁴ boxes when the time is up already."""
    f = cd.square(cd.z2() if procedure is z2 else cd.f64())
    long = f
    for _ in range(200):
        long = long >> f
    found = procedure.decide(long, long, deadline=monotonic() - 1)
    assert found.strength == "undecided" and "time was up" in found.note


def test_numbers_that_explode_are_undecided():
    f = cd.square(F)
    for _ in range(60):
        f = f >> cd.square
    found = exact.decide(f, f)
    assert found.strength == "undecided" and "more than 65,536 bits" in found.note


def test_an_explosion_is_undecided_with_its_count():
    f = cd.sum(cd.f64(9)) + 1.0 >> cd.pow(exponent=16)
    found = polynomial.decide(f, f)
    assert found.strength == "undecided" and "the budget is 50,000 terms" in found.note


def test_points_where_a_side_is_undefined_are_not_counted():
    found = exact.decide(cd.recip(F) * X, cd.discard(F) >> cd.const(1.0), 30)
    assert (found.strength, found.points) == ("tested", 30)
    never = exact.decide((X - X >> cd.recip), (X - X >> cd.recip))
    assert never.strength == "undecided" and "no point" in never.note


def test_more_bits_than_can_be_exhausted():
    A = cd.z2(21)
    f = cd.sum(A)
    found = z2.decide(f, f, points=100)
    assert (found.strength, found.points) == ("tested", 100) and "21 bits are more than 20" in found.note
    assert z2.decide(f, f + 1).violated
    assert z2.decide(cd.sum(cd.z2(20)), cd.sum(cd.z2(20))).points == 2**20


def test_conditions_are_gone_through():
    """A bool input is a case distinction for polynomials, a bit among bits, and a term for z3."""
    C = cd.bool() @ F @ F
    f = cd.morphism(C[0], F, F)(lambda c, x, y: cd.where(c, x, y) * (x - y))
    g = cd.morphism(C[0], F, F)(lambda c, x, y: cd.where(c, x * x - x * y, y * x - y * y))
    assert polynomial.decide(f, g).strength == "proved" and z2.decide(f, g).strength == "tested"
    h = cd.morphism(C[0], F, F)(lambda c, x, y: cd.where(~c, x * x - x * y, y * x - y * y))
    for procedure in (polynomial, exact):
        found = procedure.decide(f, h)
        assert found.violated and at(found, f, h)


def test_index_inputs_are_for_points_only():
    f = cd.gather(cd.f64(3), cd.index(2))
    assert exact.decide(f, f).strength == "tested"
    for procedure in (polynomial, z2, proof):
        found = procedure.decide(f, f)
        assert found.strength == "not applicable" and ("lies on index" in found.note or "z3" in found.note)


@needs_z3
def test_a_proof_says_where_it_holds():
    found = proof.decide(cd.recip(F) * X, cd.discard(F) >> cd.const(1.0))
    assert found.strength == "proved" and "where no divisor is 0" in found.note
    vacuous = proof.decide((X - X >> cd.recip), (X - X >> cd.recip) + 1.0)
    assert vacuous.strength == "undecided"


@needs_z3
def test_laws_of_what_has_kinks_are_proved():
    A = cd.f64(3)
    for left, right in (
        (cd.sort(A) >> cd.sum, cd.sum(A)),
        (cd.R(cd.max(A)) >> cd.sum, cd.discard(A) @ cd.id(F)),
        (cd.abs(F), cd.relu(F) + (-X >> cd.relu)),
    ):
        assert proof.decide(left, right).strength == "proved"
    found = proof.decide(cd.R(cd.abs(F)), cd.R(cd.relu(F)))
    assert found.violated and at(found, cd.R(cd.abs(F)), cd.R(cd.relu(F)))


def test_without_z3(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "z3", None)
    found = proof.decide(*DISTRIBUTED)
    assert found.strength == "not applicable" and "pip install 'catdiff[proof]'" in found.note


def test_a_program_of_many_inputs_means_nothing_at_once():
    """That a generator has no meaning is found before inputs get a letter each, and so is that there are too many."""
    W, x = cd.f64(80, 80), cd.f64(80)
    wave = cd.morphism(W, x)(lambda w, v: cd.tanh(w @ v))
    line = cd.morphism(W, x)(lambda w, v: w @ v)
    assert {polynomial.decide(wave, wave).strength, exact.decide(wave, wave).strength} == {"not applicable"}
    found = polynomial.decide(line, line)
    assert found.strength == "undecided" and "6,480 numbers are too many" in found.note
