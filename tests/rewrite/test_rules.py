"""Every rule is a law: both sides are equal, and so are their derivatives, twice over. What is no law is caught."""

import numpy as np
import pytest
from equations import at, check, lefts, unary, wires
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.label import label
from catdiff.errors import RegistrationError
from catdiff.generators.linear import CONTRACT, read
from catdiff.generators.spans import Span
from catdiff.rewrite import RULES, Rules, rule, simplify

laws = pytest.mark.parametrize("law", RULES, ids=str)


@laws
@given(data=st.data())
def test_both_sides_are_equal_and_so_are_their_derivatives(law, data):
    check(law, data.draw(lefts(law)), data.draw(st.integers(0, 99)))


@laws
@given(data=st.data())
def test_every_rule_makes_something_smaller(law, data):
    """… so that passes come to an end: no left side comes back."""
    left = data.draw(lefts(law))
    right = simplify(left, Rules([law]))
    assert simplify(right, Rules([law])) == right
    assert len(right.net) <= len(left.net)


def test_rules_print_their_law():
    assert str(RULES[0]) == "x · 0 = 0"
    assert len({r.law for r in RULES}) == len(RULES)
    with pytest.raises(RegistrationError, match="two sides"):
        rule("nothing", on="add")


def test_the_columns_of_a_users_row_are_enough():
    bilinear = cd.generator(
        "test bilinear",
        arity=2,
        forward=lambda x, y: 3 * x * y,
        R=lambda x, y, z̄: (3.0 * y * z̄, 3.0 * x * z̄),
        D=lambda x, y, ẋ, ẏ: 3.0 * (ẋ * y + x * ẏ),
        zeros="any",
        commutative=True,
    )
    A = cd.f64(2)
    f = cd.pair(cd.id(A), cd.discard(A) >> cd.zero(A)) >> bilinear
    assert simplify(f) == cd.discard(A) >> cd.zero(A)
    both = cd.pair(cd.id(A @ A), cd.swap(A, A)) >> bilinear(A, A) @ bilinear(A, A)
    assert len(simplify(both).net) == 1


# -- planted: each of these has to be caught by `check` ------------------------------------------------------------


@rule("x · x = x", on="mul", where=lambda x: x.dom.wires[0].dtype.name == "z2")
def idempotent(site):
    return site.sources[0] if site.sources[0] == site.sources[1] else None


@rule("x + x = 0", on="add")
def characteristic_anything(site):
    return site.zeros(site.label.cod.wires) if site.sources[0] == site.sources[1] else None


@rule("transpose(transpose(x)) = x", on="contract", sees=["contract"])
def careless(site):
    made = site.maker(0, "contract")
    return made[1][0] if made and made[0].dom == site.label.cod else None


@rule("contract(contract(x)) = contract(x)", on="contract", sees=["contract"])
def reads_outside(site):
    """Fusion that forgets that a slice of the inner result may be zeros around it."""
    made = site.maker(0, "contract")
    outer, inner = read(site.label.attrs["span"]), read(made[0].attrs["span"])
    ((a,),), ((b,),) = outer.inputs, inner.inputs
    c = a.terms[0][1] * b.terms[0][1], a.offset * b.terms[0][1] + b.offset
    leg = (type(a)(((0, c[0]),), c[1]),)
    fused = Span(outer.extents, (leg,), outer.output, outer.shape)
    return site.make(label(CONTRACT, made[0].dom, {"span": str(fused)}), made[1][0])


def windows(A):
    """x[1:] read from −1 on: a zero in front, which is not x[0]."""
    n = A.shape[0]
    return at("contract", A, span=f"a+1 -> a | a={n - 1}") >> at(
        "contract", Object_like(A, n - 1), span=f"a-1 -> a | a={n}"
    )


def Object_like(A, n):
    return type(A)((A.sort.with_shape((n,)),))


@rule("(x · y) · y = x · (y · y)", on="mul", sees=["mul"])
def reassociates(site):
    """Equal over every rig, and not exact over floats as it claims to be."""
    made = site.maker(0, "mul")
    if made is None or made[1][1] != site.sources[1]:
        return None
    lab, y = site.label, site.sources[1]
    return site.bench.add(lab, (made[1][0], site.bench.add(lab, (y, y))))


PLANTED = [
    (reassociates, st.just(build(cd.f64(9) @ cd.f64(9), lambda x, y: (x * y) * y))),
    (idempotent, unary(lambda x, A: x * x, ("z2",))),
    (characteristic_anything, unary(lambda x, A: x + x, ("f64",))),
    (careless, st.just(cd.transpose(cd.f64(2, 2, 2), axes=(1, 2, 0)) >> cd.transpose(axes=(1, 2, 0)))),
    (reads_outside, st.integers(3, 5).map(lambda n: windows(cd.f64(n)))),
]


@pytest.mark.parametrize(("wrong", "left"), PLANTED, ids=lambda v: str(v)[:30])
def test_a_planted_rule_is_caught(wrong, left):
    @given(left)
    def suite(f):
        check(wrong, f)

    with pytest.raises(AssertionError):
        suite()


def test_idempotence_over_z2_is_caught_by_its_derivative_only():
    """As functions the two sides are equal: comparing values would let it through."""
    f = cd.copy(cd.z2()) >> cd.mul
    g = simplify(f, Rules([idempotent]))
    assert all(f(v) == g(v) for v in (0, 1))
    assert [int(cd.R(f)(v, 1)) for v in (0, 1)] != [int(cd.R(g)(v, 1)) for v in (0, 1)]


@given(wires(("f64",)))
def test_floats_do_not_cancel(A):
    f = cd.copy(A) >> cd.sub(A, A)
    assert simplify(f) == f
    with np.errstate(invalid="ignore"):
        assert np.all(np.isnan(simplify(f)(np.full(A.shape, np.inf))))
