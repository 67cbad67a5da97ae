"""The main job: its parts against formulas written out in NumPy, its output line by line, its files."""

import re

import numpy as np
import pytest

import catdiff as cd
from catdiff.examples.datasets import digits, stratified_split
from catdiff.examples.digits import (
    cross_entropy,
    gradient_descent,
    initial,
    main,
    perceptron,
    softened,
    train,
    trained,
    training_step,
)

RNG = np.random.default_rng(0)


def batch(n: int = 8):
    """Parameters, images and targets of a small net with 5 hidden units."""
    model = perceptron(n, hidden=5)
    params = [RNG.normal(size=w.shape) for w in model.dom.wires[:-1]]
    return model, params, RNG.normal(size=(n, 64)), softened(RNG.integers(0, 10, n))


def by_hand(w1, b1, w2, b2, x, t):
    """The mean cross-entropy and its gradient in the parameters, from the textbook."""
    h = x @ w1 + b1
    a = np.maximum(h, 0)
    y = a @ w2 + b2
    p = np.exp(y) / np.exp(y).sum(1, keepdims=True)
    ȳ = (p - t) / len(x)  # the targets of a row sum to 1
    h̄ = ȳ @ w2.T * (h > 0)
    return -(np.log(p) * t).sum() / len(x), [x.T @ h̄, h̄.sum(0), a.T @ ȳ, ȳ.sum(0)]


def test_a_training_step_is_the_textbook_s():
    model, params, x, t = batch()
    *moved, value = training_step(model, cross_entropy(8), rate=0.1)(*params, x, t)
    loss, gradient = by_hand(*params, x, t)
    np.testing.assert_allclose(value, loss, rtol=1e-12)
    for after, before, g in zip(moved, params, gradient, strict=True):
        np.testing.assert_allclose(after, before - 0.1 * g, rtol=1e-10, atol=1e-12)


def test_two_steps_compose_to_one_morphism():
    model, params, x, t = batch()
    step = training_step(model, cross_entropy(8), rate=0.1)
    data, P = step.dom[4:], step.dom[:4]
    after = step >> cd.id(P) @ cd.discard(cd.f64())
    twice = cd.id(P) @ cd.copy(data) >> after @ cd.id(data) >> step
    assert twice.dom == step.dom
    *moved, _ = step(*params, x, t)
    for a, b in zip(twice(*params, x, t), step(*moved, x, t), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_step_shows_the_boxes_it_is_made_of():
    model, *_ = batch()
    step = training_step(model, cross_entropy(8), rate=0.1)
    titles = {label.title for label in step.net.labels}
    assert {"perceptron", "cross entropy", "R[perceptron]", "R[cross entropy]", "gradient descent"} <= titles


def test_gradient_descent_leaves_the_loss_alone():
    P = cd.f64(2) @ cd.f64()
    move = gradient_descent(P, rate=0.5)
    p, q, loss = move(np.ones(2), 3.0, 7.0, np.array([2.0, 4.0]), 1.0)
    assert (p.tolist(), q, loss) == ([0.0, -1.0], 2.5, 7.0)


def test_softened_labels_are_probabilities():
    t = softened(np.arange(10), amount=0.2)
    np.testing.assert_allclose(t.sum(1), 1.0)
    np.testing.assert_allclose(np.diag(t), 0.82)
    assert (softened(np.arange(10), amount=0.0) == np.eye(10)).all()


def test_initial_parameters_depend_on_the_seed_alone():
    P = perceptron(4).dom[:-1]
    one, same, other = (initial(P, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert [w.shape for w in one] == [w.shape for w in P.wires]
    assert all((a == b).all() for a, b in zip(one, same, strict=True))
    assert (one[0] != other[0]).any()
    assert not one[1].any()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder and the output of the whole job, once, as a stranger runs it."""
    import contextlib
    import io

    folder, out = tmp_path_factory.mktemp("digits"), io.StringIO()
    with contextlib.redirect_stdout(out):
        main(str(folder))
    return folder, out.getvalue()


def test_the_last_line_is_the_accuracy_and_it_is_high(run):
    last = run[1].splitlines()[-1]
    accuracy = re.fullmatch(r"held-out accuracy: (\d+\.\d) %", last)
    assert accuracy
    assert float(accuracy[1]) >= 97.0


def test_the_output_is_short_and_says_the_types(run):
    lines = run[1].splitlines()
    assert max(map(len, lines)) <= 120
    assert len(lines) < 50
    assert "model : P @ f64[32,64] → f64[32,10]" in lines
    assert "R[model] : P @ f64[32,64] @ f64[32,10] → P @ f64[32,64]" in lines


def test_what_it_says_it_stored_is_there_and_loads_back(run):
    folder, out = run
    paths = [line.removeprefix("stored ") for line in out.splitlines() if line.startswith("stored ")]
    assert paths == [str(folder / f"digits-{name}.json") for name in ("model", "derivative", "trained")]
    model, derivative, reader = map(cd.load, paths)
    assert model == perceptron(32)
    assert derivative == cd.simplify(cd.R(perceptron(32)))
    assert (len(reader.dom), reader.cod.shape[1]) == (1, 10)


def test_the_reader_is_the_perceptron_with_its_parameters_inside():
    params = initial(perceptron(3).dom[:-1], RNG)
    x = RNG.normal(size=(3, 64))
    np.testing.assert_array_equal(trained(params, 3)(x), perceptron(3)(*params, x))


def test_training_is_repeatable_bit_for_bit():
    x, y = digits()
    rows, _ = stratified_split(y)
    once, again = (train(x[rows], y[rows], epochs=1) for _ in range(2))
    assert all((a == b).all() for a, b in zip(once, again, strict=True))
