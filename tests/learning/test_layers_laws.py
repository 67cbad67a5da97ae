"""What is true of every layer: its derivative, its batches, its parameters, its names."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zoo import BATCHWISE, ZOO, examples, member, ordered, point, values

import catdiff as cd

EVERY = {**ZOO, **BATCHWISE}
MODELS = {"mlp", "cnn", "transformer_block", "cnn over a batch"}  # many layers, each checked by itself


def laws_for(name):
    """Adjoints and remainders: of R too for a layer, of the first order for many of them."""
    return ["ADJ.1", "TAYLOR.1"] if name in MODELS else ["ADJ", "TAYLOR"]


def keys_of(model, rng, n=()):
    return [rng.integers(0, 2**62, (*n, *p.sort.shape)) for p in model.parameters.values() if p.role == "key"]


@pytest.mark.parametrize("name", ZOO)
def test_derivatives(name):
    f = member(name).body
    report = cd.laws.check(f, laws=laws_for(name), points=3, budget=600, sample=lambda rng: point(rng, f.dom))
    assert report.ok


@pytest.mark.parametrize("name", BATCHWISE)
def test_derivatives_over_a_batch(name):
    for model in (member(name), member(name).resting):
        f = model.over(3)
        report = cd.laws.check(
            f, laws=laws_for(name), points=3, budget=600, sample=lambda rng, f=f: positive(rng, f.dom)
        )
        assert report.ok


def positive(rng, A):
    """Points where a running variance is a variance."""
    return [rng.integers(0, 4, s.shape) if s.dtype.name == "index" else rng.uniform(0.1, 2, s.shape) for s in A.wires]


@given(st.sampled_from(sorted(ZOO)), st.integers(0, 4), st.integers(0, 99))
def test_a_batch_is_its_examples(name, n, seed):
    model, rng = member(name), np.random.default_rng(seed)
    params, xs = model.init(seed), [point(rng, model.dom) for _ in range(n)]
    columns = [np.array([x[i] for x in xs]).reshape(n, *s.shape) for i, s in enumerate(model.dom.wires)]
    columns = [c.astype(s.dtype.carrier) for c, s in zip(columns, model.dom.wires, strict=True)]
    keys = keys_of(model, rng, (n,))
    batch = values(model.over(n)(*ordered(model, params, keys), *columns))
    for i in range(n):
        alone = values(model.body(*ordered(model, params, [k[i] for k in keys]), *xs[i]))
        for y, yᵢ in zip(batch, alone, strict=True):
            np.testing.assert_allclose(y[i], yᵢ, rtol=1e-12, atol=1e-12)


@given(st.sampled_from(sorted(EVERY)), st.integers(1, 5), st.integers(1, 5))
def test_no_parameter_depends_on_the_batch(name, n, m):
    model = member(name)
    k = len(model.parameters)
    kept = [i for i, p in enumerate(model.parameters.values()) if p.role != "key"]
    for count in (n, m):
        given = model.over(count).dom
        assert [given.wires[i] for i in kept] == [p.sort for p in model.parameters.values() if p.role != "key"]
        assert [s.shape for s in given.wires[k:]] == [(count, *s.shape) for s in model.dom.wires]


@pytest.mark.parametrize("name", EVERY)
def test_at_rest_examples_have_nothing_to_do_with_each_other(name):
    model, rng = member(name), np.random.default_rng(0)
    params, xs = model.init(0), examples(rng, model, 5)
    together = values(model(params, *xs))
    for i in range(5):
        for y, yᵢ in zip(together, values(model(params, *[x[i] for x in xs])), strict=True):
            np.testing.assert_allclose(y[i], yᵢ, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", EVERY)
def test_parameters_are_the_same_at_rest(name):
    model = member(name)
    assert list(model.resting.parameters) == list(model.parameters)
    assert model.resting.resting is model.resting
    assert (model.resting.dom, model.resting.cod) == (model.dom, model.cod)


@pytest.mark.parametrize("name", sorted(ZOO))
def test_f32_stays_f32(name):
    layer, A = ZOO[name]
    if A.dtype.name == "index":
        return
    f = layer.at(cd.f32(*A.shape)).body
    made = {w.dtype.name for label in cd.R(f).flatten().net.labels for w in label.cod.wires}
    assert made <= {"f32", "bool", "index"}


@pytest.mark.parametrize("name", sorted(EVERY))
def test_layers_are_boxes_called_as_their_parameters_are(name):
    """Whoever can name a parameter can name a box: up to its last dot the name is a path."""
    model = member(name)
    for parameter in model.parameters:
        path = parameter.rpartition(".")[0]
        assert len(model.capture(path).cod) > len(model.cod)


@pytest.mark.parametrize("name", sorted(ZOO))
def test_layers_infer_their_type_from_the_left(name):
    layer, A = ZOO[name]
    alone = layer.at(A)
    assert cd.id(A) >> layer == alone
    assert cd.Para(cd.id(A)) >> layer == alone


@pytest.mark.parametrize("name", sorted(EVERY))
def test_stored_and_drawn(name):
    model = member(name)
    f = model.over(2)
    assert cd.from_json(cd.to_json(f)) == f
    picture = model.draw()
    for parameter in model.parameters:
        assert f">{re.sub(r'_[0-9]+$', '', parameter.partition('.')[0])}<" in picture


@pytest.mark.parametrize("name", sorted(EVERY))
def test_layers_are_written_as_source(name):
    layer, A = EVERY[name]
    again = eval(repr(layer), {"cd": cd})
    assert repr(again) == repr(layer)
    assert again.at(A).over(2) == layer.at(A).over(2)


LEARNING = [
    "transformer_block",
    "cnn over a batch",
    "embedding of a sentence",
    "graph with types",
    "conv 2d",
    "residual",
]


@pytest.mark.parametrize("name", LEARNING)
def test_layers_learn(name):
    """On one batch, steps of descent bring the loss down, whatever roles the parameters have."""
    model, rng = member(name), np.random.default_rng(0)
    xs = examples(rng, model, 8)
    y = rng.normal(size=(8, *model.cod.shape))
    learner = cd.learn(model, cd.losses.mean_squared, cd.optimisers.adam(0.01))
    losses = [learner.fit(*xs, y, epochs=n, batch=8, seed=0, progress=False).history[-1]["loss"] for n in (1, 30)]
    assert losses[1] < 0.95 * losses[0]


def test_layers_side_by_side():
    """Each takes its type from its own wires; resolved parts and unresolved ones mix."""
    A = cd.f64(4) @ cd.f64(5)
    want = cd.nn.dense(4, 2) @ cd.nn.dense(5, 3)
    for row in (
        cd.nn.dense(2) @ cd.nn.dense(3),
        cd.nn.dense(4, 2) @ cd.nn.dense(3),
        cd.nn.dense(2) @ cd.nn.dense(5, 3),
    ):
        assert row.at(A) == want
    below = cd.id(cd.f64(4)) @ cd.nn.dense(3)
    assert below.at(A).cod == cd.f64(4) @ cd.f64(3)
    with pytest.raises(cd.CatdiffError, match=r"gives? f64\[3\].*takes f64\[4\]"):
        (cd.nn.dense(3) >> cd.nn.dense(4, 2)).at(cd.f64(5))
