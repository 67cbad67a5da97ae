"""vjp, jvp, dagger, grad, hvp, hessian and `wires=` against R and D, on random programs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import BITS, INTEGER, SMOOTH, agree, few, morphisms, objects, point, same, seeds, values

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.objects import Object

EXACT = st.sampled_from([INTEGER, BITS])
ANY = st.sampled_from([INTEGER, BITS, SMOOTH])
S = cd.f64()


def program(data, signature, budget=4):
    A, B = (data.draw(objects(signature, least=1, most=2)) for _ in range(2))
    return data.draw(morphisms(signature, dom=A, cod=B, budget=budget))


def some(data, f):
    """Some of the inputs of f, in any order, each once."""
    return data.draw(st.lists(st.integers(0, len(f.dom) - 1), unique=True))


def only(A, wires):
    return Object(A.wires[w] for w in wires)


@few
@given(st.data(), ANY, seeds())
def test_vjp_and_jvp_give_the_value_too(data, signature, seed):
    """vjp is `⟨f, R[f]⟩`; jvp, pushed forward by the rows' own D, is `⟨f, D[f]⟩` with D made of R twice."""
    f = program(data, signature)
    A, B = f.dom, f.cod
    agree(cd.vjp(f), cd.pair(cd.id(A) @ cd.discard(B) >> f, cd.R(f)), seed)
    agree(cd.jvp(f), cd.pair(cd.id(A) @ cd.discard(A) >> f, cd.D(f)), seed)


@few
@given(st.data(), ANY, seeds())
def test_cotangents_of_some_wires(data, signature, seed):
    f = program(data, signature)
    wires = some(data, f)
    chosen = cd.wiring(f.dom, wires)
    agree(cd.R(f, wires), cd.R(f) >> chosen, seed)
    agree(cd.vjp(f, wires), cd.vjp(f) >> cd.id(f.cod) @ chosen, seed)


@few
@given(st.data(), ANY, seeds())
def test_tangents_of_some_wires(data, signature, seed):
    """`D[f]` with zero for the tangents that are not given."""
    f = program(data, signature)
    n, wires = len(f.dom), some(data, f)

    def body(*ws):
        given = dict(zip(wires, ws[n:], strict=True))
        return cd.D(f)(*ws[:n], *(given.get(i, cd.zero(A)) for i, A in enumerate(f.dom)))

    inside = build(f.dom @ only(f.dom, wires), body)
    agree(cd.D(f, wires), inside, seed)
    agree(cd.jvp(f, wires) >> cd.discard(f.cod) @ cd.id(f.cod), inside, seed)


@few
@given(st.data(), EXACT, seeds())
def test_daggers_of_linear_maps(data, signature, seed):
    """For linear g = D[f](a, –): `g† = R[f](a, –)`, `g†† = g`, `(g ; h)† = h† ; g†`, `(g + g)† = g† + g†`."""
    f = program(data, signature, budget=3)
    k = data.draw(morphisms(signature, dom=f.cod, budget=3))
    g, h = (linear(x, data) for x in (f, k))
    agree(cd.dagger(g[0]), g[1], seed)
    agree(cd.dagger(cd.dagger(g[0])), g[0], seed)
    agree(cd.dagger(g[0] >> h[0]), cd.dagger(h[0]) >> cd.dagger(g[0]), seed)
    agree(cd.dagger(g[0] + g[0]), cd.dagger(g[0]) + cd.dagger(g[0]), seed)
    agree(cd.dagger(g[0] @ h[0]), cd.dagger(g[0]) @ cd.dagger(h[0]), seed)
    agree(cd.D(g[0]), cd.discard(g[0].dom) @ g[0], seed)


def linear(f, data):
    """The derivative of f at some point, forwards and backwards."""
    a = cd.id(cd.UNIT)
    for A, x in zip(f.dom, point(f.dom, data.draw(seeds())), strict=True):
        a = a @ cd.const(x, A)
    return a @ cd.id(f.dom) >> cd.D(f), a @ cd.id(f.cod) >> cd.R(f)


@few
@given(st.data(), seeds())
def test_gradients_and_hessians(data, seed):
    f = data.draw(morphisms(SMOOTH, dom=data.draw(objects(SMOOTH, least=1, most=2)), cod=S, budget=3))
    gradient, n = cd.grad(f), len(f.dom)
    agree(gradient, cd.id(f.dom) @ cd.const(1.0) >> cd.R(f), seed)
    agree(cd.value_and_grad(f), cd.pair(f, gradient), seed)
    agree(cd.hvp(f), cd.D(gradient), seed)

    def product(*ws):
        """`Σ_j H_ij v_j`, from the blocks of the Hessian."""
        blocks = cd.hessian(f)(*ws[:n])
        blocks = list(blocks) if isinstance(blocks, tuple) else [blocks]
        rows = []
        for i, x in enumerate(ws[:n]):
            here = "ab"[: x.ndim]
            terms = [
                cd.einsum(f"{here}{there},{there}->{here}", blocks[i * n + j], v)
                for j, v in enumerate(ws[n:])
                for there in ("xy"[: v.ndim],)
            ]
            rows.append(sum(terms[1:], terms[0]))
        return tuple(rows)

    agree(cd.hvp(f), build(f.dom @ f.dom, product), seed)


@pytest.mark.parametrize("derive", [cd.R, cd.D, cd.vjp, cd.jvp, cd.dagger, cd.jacobian])
@pytest.mark.parametrize("wires", [[2], [-1], [0.5], ["0"], 0])
def test_wires_that_are_not_there(derive, wires):
    with pytest.raises((cd.CatdiffError, TypeError)):
        derive(cd.mul(S, S), wires=wires)


def test_no_wires():
    f = cd.mul(S, S)
    assert cd.R(f, []) == cd.discard(S @ S @ S)
    assert values(cd.D(f, []), [2.0, 3.0]) == [0.0] and same(
        values(cd.jvp(f, []), [2.0, 3.0]), [np.float64(6), np.float64(0)]
    )
    assert cd.R(f, [1, 0]) == cd.R(f) >> cd.swap(S, S)


# -- what is given by a program --------------------------------------------------------------------------------


class Given:
    """A program with a name, say."""

    def __init__(self, f):
        self.f = f

    def through(self, operator):
        return Given(operator(self.f))


@pytest.mark.parametrize(
    ("act", "options"),
    [(cd.R, {"wires": [1]}), (cd.vjp, {"wires": [0]}), (cd.D, {}), (cd.jvp, {"wires": [1]}), (cd.grad, {})]
    + [(cd.value_and_grad, {}), (cd.hvp, {}), (cd.jacobian, {}), (cd.hessian, {})],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_what_is_given_by_a_program_is_acted_on_through_it(act, options):
    f = cd.mul(S, S) >> cd.exp
    if act in (cd.hvp, cd.jacobian, cd.hessian):
        f = cd.square(cd.f64(3)) >> cd.sum
    found = act(Given(f), **options)
    assert isinstance(found, Given) and found.f == act(f, **options)
    assert act.__doc__ and act.__name__ != "acted"
