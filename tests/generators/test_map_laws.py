"""`f.map(n)` is f on each slice, and a functor that commutes with R; exactly, on random programs over ℤ and Z₂."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from programs import BITS, INTEGER, agree, few, morphisms, point, run, same, seeds

import catdiff as cd
from catdiff.category.objects import Object

EXACT = morphisms(INTEGER, budget=4) | morphisms(BITS, budget=4)
EXTENTS = st.integers(0, 3)


def batch(A, n):
    return Object(s.with_shape((n, *s.shape)) for s in A.wires)


@given(EXACT, EXTENTS, st.data(), seeds())
def test_each_slice(f, n, data, seed):
    shared = data.draw(st.sets(st.integers(0, len(f.dom) - 1))) if len(f.dom) else set()
    g = f.map(n, shared=sorted(shared))
    assert g.cod == batch(f.cod, n)
    assert [g.dom[i] for i in range(len(f.dom))] == [A if i in shared else batch(A, n) for i, A in enumerate(f.dom)]
    xs = point(g.dom, seed)
    whole = run(g, xs)
    for k in range(n):
        assert same([y[k] for y in whole], run(f, [x if i in shared else x[k] for i, x in enumerate(xs)]))


@few
@given(st.data(), EXACT, EXTENTS, seeds())
def test_a_functor(data, f, n, seed):
    g = data.draw(morphisms(INTEGER if "integer" in str(f.cod) else BITS, dom=f.cod, budget=3))
    agree((f >> g).map(n), f.map(n) >> g.map(n), seed)
    agree((f @ g).map(n), f.map(n) @ g.map(n), seed)
    assert cd.id(f.dom).map(n) == cd.id(batch(f.dom, n))
    assert cd.copy(f.dom).map(n) == cd.copy(batch(f.dom, n))
    agree(f.box("b").map(n), f.map(n), seed)


@few
@given(EXACT, st.integers(0, 2), st.integers(0, 2), seeds())
def test_two_axes(f, m, n, seed):
    g = f.map(m).map(n)
    xs = point(g.dom, seed)
    flat = [np.reshape(x, (n * m, *x.shape[2:])) for x in xs]
    merged = run(f.map(n * m), flat)
    assert same([np.reshape(y, (n * m, *y.shape[2:])) for y in run(g, xs)], merged)


@few
@given(EXACT, EXTENTS, seeds())
def test_R_of_map_is_map_of_R(f, n, seed):
    agree(cd.R(f.map(n)), cd.R(f).map(n), seed)
    agree(cd.D(f.map(n)), cd.D(f).map(n), seed)
