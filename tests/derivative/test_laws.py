"""RD.1–RD.7 and what follows from them, on random programs.

Over ℤ and Z₂ programs are polynomials and every law is asked for exactly. Over floats the two sides of a law round
differently: they may differ by what `rounding` allows, the unit roundoff times the size of the two programs and of the
numbers that occur in them. None of this certifies a rule by itself (wrong rules can satisfy all seven laws), so R is
also held against the rows' own D, against differences, and against R of the same program written otherwise.

Source: Cockett et al., arXiv:1910.07065, Definition 13 and Theorem 16.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import (
    INTEGER,
    SMOOTH,
    agree,
    few,
    morphisms,
    objects,
    seeds,
    values,
)
from sides import EXACT, SIGNATURES, D_from_R, dot, many, parallel, pushed, split, sums, zero, zeros

import catdiff as cd
from catdiff.category.binder import build

# -- the seven laws --------------------------------------------------------------------------------------------


@few
@given(st.data(), SIGNATURES, seeds())
def test_RD1_sums(data, signature, seed):
    f, g = parallel(data, signature)
    agree(cd.R(f + g), cd.R(f) + cd.R(g), seed)
    assert cd.R(zero(f.dom, f.cod)) == zero(f.dom @ f.cod, f.dom)


@few
@given(st.data(), SIGNATURES, seeds())
def test_RD2_additive_in_the_cotangent(data, signature, seed):
    (f,) = parallel(data, signature, 1)
    A, B = f.dom, f.cod
    r = cd.R(f)

    def inside(*ws):
        a, b, c = split(ws, A, B, B)
        return tuple(many(r, *a, *sums(b, c)))

    def outside(*ws):
        a, b, c = split(ws, A, B, B)
        return tuple(sums(many(r, *a, *b), many(r, *a, *c)))

    agree(build(A @ B @ B, inside), build(A @ B @ B, outside), seed)
    agree(build(A, lambda *a: tuple(many(r, *a, *zeros(B)))), zero(A, A), seed)


@given(objects(SMOOTH), objects(INTEGER))
def test_RD3_identities_and_projections(A, B):
    assert cd.R(cd.id(A)) == cd.discard(A) @ cd.id(A)
    left, right = cd.id(A) @ cd.discard(B), cd.discard(A) @ cd.id(B)
    assert cd.R(left) == cd.discard(A @ B) @ cd.id(A) @ cd.zero(B)
    assert cd.R(right) == cd.discard(A @ B) @ cd.zero(A) @ cd.id(B)
    assert cd.R(cd.swap(A, B)) == cd.discard(A @ B) @ cd.swap(B, A)
    assert cd.R(cd.discard(A)) == zero(A, A)


@given(objects(SMOOTH, least=1))
def test_R_of_copy_is_add(A):
    assert cd.R(cd.copy(A)) == cd.discard(A) @ cd.plus(A)


@few
@given(st.data(), SIGNATURES, seeds())
def test_RD4_pairing(data, signature, seed):
    f, h = parallel(data, signature)
    g = data.draw(morphisms(signature, dom=f.dom, budget=4))
    A, B, C = f.dom, f.cod, g.cod

    def outside(*ws):
        a, b, c = split(ws, A, B, C)
        return tuple(sums(many(cd.R(f), *a, *b), many(cd.R(g), *a, *c)))

    agree(cd.R(cd.pair(f, g)), build(A @ B @ C, outside), seed)
    agree(cd.R(cd.pair(f, f)), cd.R(f >> cd.copy(B)), seed)
    agree(cd.R(cd.pair(f, h) >> cd.id(B) @ cd.discard(B)), cd.R(f) @ cd.discard(cd.UNIT), seed)


@few
@given(st.data(), SIGNATURES, seeds())
def test_RD5_chain_rule(data, signature, seed):
    (f,) = parallel(data, signature, 1)
    g = data.draw(morphisms(signature, dom=f.cod, budget=4))
    A, C = f.dom, g.cod

    def outside(*ws):
        a, c = split(ws, A, C)
        return tuple(many(cd.R(f), *a, *many(cd.R(g), *many(f, *a), *c)))

    agree(cd.R(f >> g), build(A @ C, outside), seed)


@few
@given(st.data(), EXACT, seeds())
def test_RD6_linear_in_the_tangent(data, signature, seed):
    """The last block of `R³[f](a, b, 0, 0, b')` is `R[f](a, b')`, whatever b is."""
    (f,) = parallel(data, signature, 1, budget=3)
    A, B = f.dom, f.cod
    r3 = cd.R(cd.R(cd.R(f)))
    assert (r3.dom, r3.cod) == (A @ B @ A @ A @ B, A @ B @ A)

    def inside(*ws):
        a, b, b2 = split(ws, A, B, B)
        return tuple(split(many(r3, *a, *b, *zeros(A), *zeros(A), *b2), A, B, A)[2])

    agree(build(A @ B @ B, inside), cd.permute(A @ B @ B, order(A, B)) >> cd.R(f) @ cd.discard(B), seed)


def order(A, B):
    """(a, b, b') ↦ (a, b', b)"""
    m, n = len(A), len(B)
    return [*range(m), *range(m + n, m + 2 * n), *range(m, m + n)]


@few
@given(st.data(), EXACT, seeds())
def test_RD7_second_derivatives_are_symmetric(data, signature, seed):
    (f,) = parallel(data, signature, 1, budget=3)
    n = len(f.dom)
    exchange = cd.permute(
        f.dom @ f.dom @ f.dom @ f.dom, [*range(n), *range(2 * n, 3 * n), *range(n, 2 * n)] + [*range(3 * n, 4 * n)]
    )
    for second in (D_from_R(D_from_R(f)), cd.D(cd.D(f))):
        agree(second, exchange >> second, seed)


# -- what the laws alone do not see ----------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["zero", "add"])
def test_the_oracles_bite(wrong):
    """Two wrong rules for a product that satisfy all seven laws: adjointness tells them from the right one."""
    rules = {"zero": lambda x, y, z̄: (None, None), "add": lambda x, y, z̄: (z̄, z̄)}
    mul = WRONG.get(wrong) or WRONG.setdefault(
        wrong,
        cd.generator(
            f"test law {wrong}",
            forward=lambda x, y: x * y,
            R=rules[wrong],
            D=lambda x, y, ẋ, ẏ: ẋ * y + x * ẏ,
            arity=2,
        ),
    )
    S = cd.f64()
    f = mul(S, S)
    a, b, v, w, c = (np.array(x) for x in (2.0, 3.0, 1.0, 1.0, 1.0))
    ((_, tangent),) = pushed(f.net.labels[0], [(a, v), (b, w)])
    assert dot([tangent], [c]) == 5
    assert dot([v, w], values(cd.R(f), [a, b, c])) == {"zero": 0, "add": 2}[wrong]
    agree(cd.R(f), cd.R(f.box("b")))
    g = cd.sin(S) @ cd.id(S)
    chain = build(S @ S @ S, lambda x, y, z: tuple(many(cd.R(g), x, y, *many(cd.R(f), *many(g, x, y), z))))
    agree(cd.R(g >> f), chain)


WRONG: dict = {}
