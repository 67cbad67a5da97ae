"""The laws of a strict symmetric monoidal, cartesian, left-additive category, on random programs.

What holds in the free category is asked for as `==`; what only holds of values (the commutative monoid on hom-sets) is
asked for exactly, over ℤ and Z₂. Source: Cockett et al., arXiv:1910.07065, for the left-additive part.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import BITS, INTEGER, MIXED, agree, few, fit, morphisms, objects, point, same, seeds, values

import catdiff as cd

PROGRAM = morphisms(MIXED, budget=4, least=0)
EXACT = st.sampled_from([INTEGER, BITS])


def then(f, signature=MIXED):
    """Programs that can follow f."""
    return morphisms(signature, dom=f.cod, budget=4)


# -- strict monoidal -------------------------------------------------------------------------------------------


@few
@given(st.data())
def test_composition_is_associative_with_units(data):
    f = data.draw(PROGRAM)
    g = data.draw(then(f))
    h = data.draw(then(g))
    assert (f >> g) >> h == f >> (g >> h)
    assert cd.id(f.dom) >> f == f == f >> cd.id(f.cod)


@few
@given(PROGRAM, PROGRAM, PROGRAM)
def test_tensor_is_associative_with_units(f, g, h):
    assert (f @ g) @ h == f @ (g @ h)
    assert f @ cd.id(cd.UNIT) == f == cd.id(cd.UNIT) @ f
    assert (f @ g).dom == f.dom @ g.dom and (f @ g).cod == f.cod @ g.cod


@few
@given(st.data())
def test_interchange(data):
    f, g = data.draw(PROGRAM), data.draw(PROGRAM)
    h, k = data.draw(then(f)), data.draw(then(g))
    assert (f @ g) >> (h @ k) == (f >> h) @ (g >> k)
    assert f @ g == (f @ cd.id(g.dom)) >> (cd.id(f.cod) @ g) == (cd.id(f.dom) @ g) >> (f @ cd.id(g.cod))


@few
@given(objects(MIXED), objects(MIXED))
def test_identities_tensor(A, B):
    assert cd.id(A) @ cd.id(B) == cd.id(A @ B)


# -- symmetric -------------------------------------------------------------------------------------------------


@few
@given(PROGRAM, PROGRAM)
def test_swap_is_natural(f, g):
    assert f @ g >> cd.swap(f.cod, g.cod) == cd.swap(f.dom, g.dom) >> g @ f


@few
@given(objects(MIXED), objects(MIXED), objects(MIXED))
def test_swap_is_a_symmetry(A, B, C):
    assert cd.swap(A, B) >> cd.swap(B, A) == cd.id(A @ B)
    assert cd.swap(A, B @ C) == cd.swap(A, B) @ cd.id(C) >> cd.id(B) @ cd.swap(A, C)
    assert cd.swap(A, cd.UNIT) == cd.id(A) == cd.swap(cd.UNIT, A)


@few
@given(st.data())
def test_permutations_compose(data):
    A = data.draw(objects(MIXED))
    p = data.draw(st.permutations(range(len(A))))
    B = cd.permute(A, p).cod
    q = data.draw(st.permutations(range(len(A))))
    assert cd.permute(A, p) >> cd.permute(B, q) == cd.permute(A, [p[i] for i in q])
    assert cd.permute(A, p) >> cd.permute(B, [p.index(i) for i in range(len(A))]) == cd.id(A)


# -- cartesian -------------------------------------------------------------------------------------------------


@few
@given(PROGRAM)
def test_every_morphism_copies_and_discards(f):
    assert f >> cd.copy(f.cod) == cd.copy(f.dom) >> f @ f
    assert f >> cd.discard(f.cod) == cd.discard(f.dom)
    assert f >> cd.copy(f.cod, 3) == cd.copy(f.dom, 3) >> f @ f @ f


@few
@given(objects(MIXED), objects(MIXED))
def test_copy_is_a_comonoid(A, B):
    Δ, I = cd.copy(A), cd.id(A)
    assert Δ >> Δ @ I == Δ >> I @ Δ == cd.copy(A, 3)
    assert Δ >> cd.swap(A, A) == Δ
    assert Δ >> I @ cd.discard(A) == I == cd.copy(A, 1)
    assert cd.copy(A, 0) == cd.discard(A)
    assert cd.copy(A @ B) == Δ @ cd.copy(B) >> I @ cd.swap(A, B) @ cd.id(B)
    assert cd.discard(A @ B) == cd.discard(A) @ cd.discard(B)


@few
@given(st.data())
def test_pairing_is_universal(data):
    f = data.draw(PROGRAM)
    g = data.draw(morphisms(MIXED, dom=f.dom, budget=4))
    left, right = cd.id(f.cod) @ cd.discard(g.cod), cd.discard(f.cod) @ cd.id(g.cod)
    assert cd.pair(f, g) >> left == f and cd.pair(f, g) >> right == g
    h = data.draw(morphisms(MIXED, dom=f.dom, cod=f.cod @ g.cod, budget=4))
    assert cd.pair(h >> left, h >> right) == h
    e = data.draw(morphisms(MIXED, cod=f.dom, budget=3))
    assert e >> cd.pair(f, g) == cd.pair(e >> f, e >> g)
    assert cd.pair(f) == f and cd.pair(f, g, f) == cd.pair(f, cd.pair(g, f))


@few
@given(st.data())
def test_wiring_is_copying_discarding_and_permuting(data):
    A = data.draw(objects(least=1))
    sources = data.draw(st.lists(st.integers(0, len(A) - 1), max_size=4))
    project = [cd.discard(A[:i]) @ cd.id(A[i]) @ cd.discard(A[i + 1 :]) for i in sources]
    built = cd.pair(*project) if project else cd.discard(A)
    assert cd.wiring(A, sources) == built
    assert cd.wiring(A, [s - len(A) for s in sources]) == built


# -- left-additive ---------------------------------------------------------------------------------------------


def three(data, signature, parallel=3, budget=3):
    """Random f, g, … : A → B over an exact signature."""
    A = data.draw(objects(signature, least=1, most=2))
    B = data.draw(objects(signature, least=1, most=2))
    return [data.draw(morphisms(signature, dom=A, cod=B, budget=budget)) for _ in range(parallel)]


def zero(A, B):
    """`0 : A → B`."""
    return cd.discard(A) >> cd.zero(B)


@few
@given(st.data(), EXACT, seeds())
def test_hom_sets_are_commutative_monoids(data, signature, seed):
    f, g, h = three(data, signature)
    agree((f + g) + h, f + (g + h), seed)
    agree(f + g, g + f, seed)
    agree(f + zero(f.dom, f.cod), f, seed)


@few
@given(st.data(), EXACT)
def test_precomposition_is_additive(data, signature):
    """`f ; (g + h) = f ; g + f ; h` and `f ; 0 = 0`: in the free category already, since `+` is `⟨g, h⟩ ; add`."""
    g, h = three(data, signature, 2)
    f = data.draw(morphisms(signature, cod=g.dom, budget=3))
    assert f >> (g + h) == (f >> g) + (f >> h)
    assert f >> zero(g.dom, g.cod) == zero(f.dom, g.cod)


@few
@given(st.data(), EXACT, seeds())
def test_projections_and_pairings_are_additive(data, signature, seed):
    f, g = three(data, signature, 2)
    f2, g2 = three(data, signature, 2)
    f2, g2 = (fit(f.dom, f2.dom) >> k for k in (f2, g2))
    left = cd.id(f.cod) @ cd.discard(f2.cod)
    assert (cd.pair(f, f2) + cd.pair(g, g2)) >> left == f + g
    assert cd.pair(f, f2) + cd.pair(g, g2) == cd.pair(f + g, f2 + g2)
    assert zero(f.dom, f.cod @ f2.cod) == cd.pair(zero(f.dom, f.cod), zero(f.dom, f2.cod))
    agree(f - f, zero(f.dom, f.cod), seed)


@pytest.mark.parametrize("A", [cd.integer(), cd.f64(3), cd.z2(2)])
def test_postcomposition_is_not_additive(A):
    """`(g + h) ; k ≠ g ; k + h ; k` for k the square; the law asks for additivity on the left only."""
    g, h, k = cd.id(A), cd.id(A) + cd.id(A), cd.copy(A) >> cd.mul
    left, right = (g + h) >> k, (g >> k) + (h >> k)
    assert left != right
    if A.dtype.name != "z2":  # over Z₂ squaring is additive as a function, and no less unequal as a polynomial
        assert not same(values(left, [1 + 0 * point(A)[0]]), values(right, [1 + 0 * point(A)[0]]))


@pytest.mark.parametrize("A", [cd.f64(2), cd.integer(), cd.z2(2, 2), cd.rational(2)])
def test_sums_are_taken_wire_by_wire(A):
    f, g = cd.id(A @ A), cd.swap(A, A)
    x, y = point(A @ A)
    s, t = (f + g)(x, y)
    assert same([s, t], values(cd.add(A), [x, y]) + values(cd.add(A), [y, x]))
