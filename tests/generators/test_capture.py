"""Wires inside boxes, by path."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import SMOOTH, few, morphisms, point, same, values

import catdiff as cd
from catdiff.errors import PathError
from catdiff.generators.capture import numbered


def paths_of(net, above=""):
    """Every path there is."""
    labels = [label for label, _, _ in net.steps()]
    for name, label in zip(numbered([label.name for label in labels]), labels, strict=True):
        yield above + name, label
        if label.bodies:
            yield from paths_of(label.bodies[0].net, f"{above}{name}.")


@few
@given(morphisms(SMOOTH, budget=6), st.data())
def test_what_is_captured_changes_nothing(f, data):
    """The first outputs are f's, bit for bit; the others are as many as the paths have."""
    every = [*paths_of(f.net)]
    chosen = data.draw(st.lists(st.sampled_from(every), max_size=3)) if every else []
    g = cd.capture(f, *[path for path, _ in chosen])
    assert g.dom == f.dom
    assert g.cod == f.cod @ cd.Object([s for _, label in chosen for s in label.cod.wires])
    xs = point(f.dom, data.draw(st.integers(0, 999)))
    with np.errstate(all="ignore"):
        assert same(values(g, xs)[: len(f.cod)], values(f, xs))


def test_what_is_captured_is_what_the_box_gives():
    A = cd.f64(3)
    layer = (cd.sin(A) >> cd.exp).box("layer")
    f = (layer >> cd.tanh >> layer).box("body") >> cd.sum
    x = np.array([0.1, 0.2, 0.3])
    y, inner, first, last, whole = cd.capture(f, "body.tanh", "body.layer.sin", "body.layer_2", "body")(x)
    h = np.tanh(np.exp(np.sin(x)))
    np.testing.assert_allclose(inner, h)
    np.testing.assert_allclose(first, np.sin(x))
    np.testing.assert_allclose(last, np.exp(np.sin(h)))
    assert np.all(last == whole) and y == last.sum()


def test_names_with_dots():
    f = cd.sin(cd.f64()).box("v1.0").box("v1")
    assert cd.capture(f, "v1.v1.0", "v1.v1.0.sin").cod == cd.f64() @ cd.f64() @ cd.f64()


def test_no_such_path():
    f = (cd.sin(cd.f64()) >> cd.exp).box("layer")
    for path, said in (("layr", "there are layer"), ("layer.cos", "in layer .* there are sin, exp"), ("", "layer")):
        with pytest.raises(PathError, match=said):
            cd.capture(f, path)
    with pytest.raises(PathError, match=r"in layer\.sin .* there are none"):
        cd.capture(f, "layer.sin.x")


def test_towers_of_boxes():
    """Python's stack is not what bounds the depth."""
    f, depth = cd.sin(cd.f64()), 3000
    for _ in range(depth):
        f = f.box("b")
    g = cd.capture(f, ".".join(["b"] * depth) + ".sin")
    assert g.cod == cd.f64() @ cd.f64()
    y, inner = g(1.0)
    assert y == inner == np.sin(1.0)


def test_captured_programs_differentiate():
    """R of a captured wire is the derivative of the part before it."""
    A = cd.f64(2)
    f = (cd.sin(A) >> cd.exp).box("layer") >> cd.sum
    g = cd.capture(f, "layer.sin")
    x, ȳ = np.array([0.5, 1.0]), np.array([2.0, 3.0])
    np.testing.assert_allclose(cd.R(g)(x, 0.0, ȳ), ȳ * np.cos(x))


def test_models_capture_over_a_batch():
    model = (cd.nn.dense(4) >> cd.nn.batch_norm() >> cd.relu >> cd.nn.dense(2)).at(cd.f64(3))
    caught = model.capture("batch_norm", "dense", "relu")
    params, x = model.init(0), np.random.default_rng(0).normal(size=(5, 3))
    y, normal, mean, variance, first, h = caught(params, x)
    np.testing.assert_array_equal(y, model(params, x))
    np.testing.assert_allclose(first, x @ params["dense.weight"])
    np.testing.assert_allclose(h, np.maximum(normal, 0))
    np.testing.assert_array_equal(mean, np.zeros((5, 4)))  # one for all examples, and so repeated for each
    assert variance.shape == (5, 4)
    assert [p.shape for p in caught(params, x[0])] == [p.shape[1:] for p in (y, normal, mean, variance, first, h)]
