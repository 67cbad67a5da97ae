"""The core on random programs: lenses and parametric programs are categories, R a functor, 2-cells commute with it."""

from functools import partial, reduce
from operator import rshift

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import SMOOTH, few, morphisms, objects, point, values

import catdiff as cd
from catdiff.laws import strategies as cs
from catdiff.learning.optic import Optic
from catdiff.learning.parameters import Group, Parameter, named

NAMES = st.sampled_from(["dense", "bias", "dense_2"])


@st.composite
def paras(draw, dom=None, cod=None):
    """A random parametric program, its parameters in a layer with one of a few names."""
    P, f = draw(cs.models(SMOOTH, dom, cod, layers=2))
    return cd.Para(f, [Group(draw(NAMES), tuple([Parameter("w", s) for s in P.wires]))])


@st.composite
def chains(draw, make, count):
    """So many programs of which each takes what the one before it gives."""
    made = [draw(make(draw(objects(least=1, most=2))))]
    for _ in range(count - 1):
        made.append(draw(make(made[-1].cod)))
    return made


def programs_from(dom):
    return morphisms(SMOOTH, dom, budget=4)


def agree(f, g, seed):
    """Two optics: of one type, and equal as diagrams, or to the last digits where what they hand on differs."""
    assert (f.dom, f.cod) == (g.dom, g.cod)
    if f == g:
        return
    xs = point(f.round.dom, seed)
    with np.errstate(all="ignore"):
        for a, b in zip(values(f.round, xs), values(g.round, xs), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * max(1.0, np.max(np.abs(a), initial=0)))


# -- optics ----------------------------------------------------------------------------------------------------


@few
@given(chains(programs_from, 3))
def test_optics_are_a_category(fs):
    f, g, h = map(cd.lens, fs)
    assert (f >> g) >> h == f >> (g >> h)
    assert Optic.id(f.dom[0]) >> f == f == f >> Optic.id(f.cod[0])


@few
@given(chains(programs_from, 2), chains(programs_from, 2))
def test_optics_side_by_side_interchange(fs, gs):
    (f, g), (h, k) = [*map(cd.lens, fs)], [*map(cd.lens, gs)]
    assert (f >> g) @ (h >> k) == (f @ h) >> (g @ k)


@few
@given(chains(programs_from, 2), st.integers(0, 999))
def test_lens_is_a_functor(fs, seed):
    """That it preserves composition is the chain rule."""
    f, g = fs
    agree(cd.lens(f >> g), cd.lens(f) >> cd.lens(g), seed)
    assert cd.lens(cd.id(f.dom)) == Optic.id(f.dom)


@few
@given(morphisms(SMOOTH, budget=4), morphisms(SMOOTH, budget=4), st.integers(0, 999))
def test_lens_is_monoidal(f, g, seed):
    agree(cd.lens(f @ g), cd.lens(f) @ cd.lens(g), seed)


@few
@given(morphisms(SMOOTH, budget=5))
def test_the_views_of_a_lens_are_the_program_and_its_derivative(f):
    assert cd.lens(f).get == f
    assert cd.lens(f).put == cd.R(f)


# -- parametric programs ---------------------------------------------------------------------------------------


@few
@given(chains(paras, 3))
def test_para_is_a_category(fs):
    f, g, h = fs
    assert (f >> g) >> h == f >> (g >> h)
    assert cd.Para(cd.id(f.dom)) >> f == f == f >> cd.Para(cd.id(f.cod))
    assert cd.id(f.dom) >> f == f == f >> cd.id(f.cod)


@few
@given(chains(paras, 2), chains(paras, 2))
def test_para_is_monoidal_up_to_the_order_of_parameters(fs, gs):
    """(f ; g) ⊗ (h ; k) = (f ⊗ h) ; (g ⊗ k), reparametrised by the permutation that puts parameters in order."""
    f, g = (part.named(name) for part, name in zip(fs, "fg", strict=True))
    h, k = (part.named(name) for part, name in zip(gs, "hk", strict=True))
    left, right = (f >> g) @ (h >> k), (f @ h) >> (g @ k)
    order = [[*left.parameters].index(name) for name in right.parameters]
    P = cd.Object([p.sort for p in left.parameters.values()])
    assert right == left.along(inverse(P, order), right.trees)


def inverse(P, order):
    """From P in another order back to P."""
    Q = cd.permute(P, order).cod
    return cd.permute(Q, [order.index(i) for i in range(len(order))])


@few
@given(chains(paras, 2), st.integers(0, 999))
def test_para_of_R_is_a_functor(fs, seed):
    """The lens of a composite is the composite of the lenses, parameters brought to where they are used."""
    f, g = fs
    P, Q = (cd.Object([p.sort for p in h.parameters.values()]) for h in fs)
    brought = cd.lens(cd.swap(P, Q) @ cd.id(f.dom))
    agree((f >> g).lens(), brought >> Optic.id(Q) @ f.lens() >> g.lens(), seed)


@few
@given(chains(paras, 2), st.randoms(use_true_random=False))
def test_two_cells_commute_with_composition(fs, random):
    """Frozen, masked or tied before composing or after, it is the same."""
    f, g = (part.named(name) for part, name in zip(fs, "fg", strict=True))
    for part, before in ((f, lambda f2: f2 >> g), (g, lambda g2: f >> g2)):
        name = random.choice([*part.parameters])
        sort = part.parameters[name].sort
        for change in (lambda m: m.freeze({name: np.ones(sort.shape)}), lambda m: m.mask({name: 0.5})):  # noqa: B023
            assert before(change(part)) == change(f >> g)
        alike = [n for n, p in part.parameters.items() if p.sort is sort]
        if len(alike) > 1:
            assert before(part.tie(*alike)) == (f >> g).tie(*alike)


@few
@given(chains(paras, 1), st.integers(0, 999))
def test_tying_adds_cotangents_up(fs, seed):
    """RD.4 for weights: what is used twice gets the sum."""
    (f,) = fs
    alike = [n for n, p in f.parameters.items() if p.sort is next(iter(f.parameters.values())).sort]
    if len(alike) < 2:
        return
    tied, names = f.tie(*alike), [*f.parameters]
    xs = point(tied.body.dom @ tied.cod, seed)
    given_to = dict(zip(tied.parameters, xs, strict=False))
    spread = [given_to.get(n, given_to[alike[0]]) for n in names]
    with np.errstate(all="ignore"):
        got = values(cd.R(tied.body), xs)
        want = values(cd.R(f.body), [*spread, *xs[len(given_to) :]])
        total = np.sum([want[names.index(n)] for n in alike], axis=0)
    np.testing.assert_allclose(got[[*tied.parameters].index(alike[0])], total, rtol=1e-9, atol=1e-9)


TREES = st.recursive(
    st.builds(lambda name: Parameter(name, cd.f64().sort), NAMES),
    lambda inner: st.builds(lambda name, members: Group(name, tuple(members)), NAMES, st.lists(inner, max_size=3)),
    max_leaves=8,
)


@given(st.lists(TREES, max_size=6))
def test_names_differ_and_begin_alike(trees):
    """No two parameters share a name, and what comes later changes no name of what comes before."""
    names = [name for name, _ in named(trees)]
    assert len(set(names)) == len(names)


@given(st.lists(NAMES, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_names_do_not_depend_on_bracketing(names, random):
    parts = [cd.para(cd.mul(cd.f64(), cd.f64()), w="ones").named(name) for name in names]
    straight = reduce(rshift, parts)
    while len(parts) > 1:
        i = random.randrange(len(parts) - 1)
        parts[i : i + 2] = [parts[i] >> parts[i + 1]]
    assert parts[0] == straight
    assert list(parts[0].parameters) == list(straight.parameters)


def test_a_reparametrisation_of_another_type_is_refused():
    layer = cd.nn.dense(2, 3)
    with pytest.raises(cd.CatdiffError, match="reparametrisation"):
        layer.along(cd.id(cd.f64(2, 3)), layer.trees)


def test_layers_are_tied_weight_by_weight():
    layer = cd.nn.dense(3, 3)
    net = layer >> cd.tanh >> layer.named("other")
    whole = net.tie("dense", "other.dense")
    assert whole == net.tie("dense.weight", "other.dense.weight").tie("dense.bias", "other.dense.bias")
    assert [*whole.parameters] == ["dense.weight", "dense.bias"]
    assert net.tie("dense", "dense") == net
    with pytest.raises(cd.CatdiffError, match=r"of one type are tied.*dense.weight : f64\[3,3\].*dense_2.bias"):
        (layer >> cd.nn.dense(3, 2)).tie("dense", "dense_2")
    with pytest.raises(cd.CatdiffError, match="no weight is called 'den'"):
        net.tie("dense", "den")


def test_the_laws_are_asked_of_models_and_optics_too():
    names = ["RD", "ADJ", "LENS"]
    for f in (cd.nn.dense(3, 2) >> cd.tanh, cd.nn.batch_norm().at(cd.f64(3)), cd.lens(cd.sin(cd.f64(2)))):
        assert cd.laws.check(f, laws=names, points=5).ok
    wrong = cd.generator("wrong", forward=np.sin, R=lambda x, ȳ: ȳ * x, D=lambda x, ẋ: ẋ * cd.cos(x))
    with pytest.raises(cd.laws.LawViolation, match="wrong"):
        cd.laws.check(cd.nn.dense(3, 2) >> wrong(cd.f64(2)), laws="ADJ", points=5)
    with pytest.raises(
        cd.CatdiffError,
        match=r"mean_squared is none(.|\n)*check\(cd.losses.mean_squared\(cd.f64\(3\) @ cd.f64\(3\)\)\)",
    ):
        cd.laws.check(cd.losses.mean_squared)


@few
@given(chains(paras, 2), st.integers(0, 999))
def test_a_lean_optic_is_the_same(fs, seed):
    """There and back again; and what it is made of as well: a lens before it, which remembers what nobody reads."""
    f, g = (h.lens() for h in fs)
    A = f.dom[0]
    whole = cd.Lens(cd.id(A), cd.discard(A) @ cd.id(A)) >> f
    assert len(whole.lean().memory) <= len(f.lean().memory) <= len(f.memory)
    agree(whole, whole.lean(), seed)
    agree(f @ g, (f @ g).lean(), seed)


def test_a_lean_optic_remembers_nothing_twice():
    optimiser = cd.optimisers.sgd(0.1).on(cd.f64(3) @ cd.f64())
    assert (len(optimiser.memory), len(optimiser.lean().memory)) == (4, 2)
    assert optimiser.lean() == optimiser


def test_what_takes_programs_says_where_that_of_a_model_is():
    for do in (cd.dagger, cd.to_json):
        with pytest.raises(cd.CatdiffError, match=r"model\.body is one"):
            do(cd.nn.dense(3, 2))
    with pytest.raises(cd.CatdiffError, match=r"derivatives are of morphisms, not of f64.* over a batch"):
        cd.R(cd.nn.batch_norm().at(cd.f64(3)))


@pytest.mark.parametrize("do", [cd.R, cd.vjp, cd.D, cd.jvp, cd.jacobian, partial(cd.R, wires=[0])])
def test_an_operator_acts_on_a_model_through_its_program(do):
    model = (cd.nn.dense(3, 2) >> cd.tanh).named("net")
    assert do(model).body == do(model.body)
    assert list(do(model).parameters) == list(model.parameters)
    scalar = model >> cd.sum
    for of_one in (cd.grad, cd.value_and_grad, cd.hessian, cd.hvp):
        assert of_one(scalar).body == of_one(scalar.body)


def test_the_derivative_of_a_model_is_that_of_each_example_and_at_rest_without_dropout():
    model = cd.nn.dense(3, 4) >> cd.nn.dropout(0.5) >> cd.tanh >> cd.nn.dense(2)
    params, (x, ȳ) = model.init(0), (np.random.default_rng(0).normal(size=(5, n)) for n in (3, 2))
    w̄, *_ = cd.R(model)(params, x, ȳ)
    assert w̄.shape == (5, 3, 4)

    def loss(w):
        return (model({**params, "dense.weight": w}, x) * ȳ).sum(1)

    e, w = 1e-6 * np.eye(12).reshape(12, 3, 4), params["dense.weight"]
    slopes = np.stack([(loss(w + d) - loss(w - d)) / 2e-6 for d in e], axis=1)
    np.testing.assert_allclose(w̄.reshape(5, 12), slopes, rtol=1e-6, atol=1e-8)


def test_a_weight_is_frozen_at_its_type():
    with pytest.raises(cd.CatdiffError, match=r"dense.weight is f64\[3,2\], and an array of shape \(3, 3\) was given"):
        cd.nn.dense(3, 2).freeze({"dense.weight": np.eye(3)})
