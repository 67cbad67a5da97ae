"""Reverse derivative ascent: the parameters that one example after the other leads to, however many are looked at."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.category.binder import build
from catdiff.errors import ArgumentError
from catdiff.library import ascent

RNG = np.random.default_rng


def bits(rng, *shape):
    return rng.integers(0, 2, shape).astype(np.uint8)


def flips(f, θ, x):
    """The Boolean differences of f in its parameters, by flipping one bit after the other."""
    here = f(θ, x)
    changed = []
    for place in np.ndindex(θ.shape):
        other = θ.copy()
        other[place] ^= 1
        changed.append(f(other, x) ^ here)
    return np.array(changed).reshape(*θ.shape, *here.shape)


def by_hand(model, θ, x, y):
    """θ after every example, as the paper has it: flip what the wrong bits come back to."""
    path = []
    for a, b in zip(x, y, strict=True):
        wrong = model.body(θ, a) ^ b
        θ = θ ^ (np.tensordot(flips(model.body, θ, a), wrong, wrong.ndim) % 2).astype(np.uint8)
        path.append(θ)
    return path


MODELS = {
    "lookup": (ascent.lookup(3, 2), "lookup.table"),
    "pseudo-linear": (ascent.pseudo_linear(6, ratio=2), "pseudo_linear.mask"),
    "a threshold": (
        cd.para(cd.mul(cd.z2(5), cd.z2(5)) >> build(cd.z2(5), lambda x: x.reshape(1, 5)[:, 1:]), p="zeros"),
        "p",
    ),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_the_paper_does(name, seed):
    (model, param), rng = MODELS[name], RNG(seed)
    n = 40
    x, y = bits(rng, n, *model.dom.shape), bits(rng, n, *model.cod.shape)
    start = {param: bits(rng, *model.parameters[param].sort.shape)}
    want = by_hand(model, start[param], x, y)
    moments = list(ascent.path(model, x, y, start))
    assert moments[0].examples == 0 and np.array_equal(moments[0].params[param], start[param])
    for here, following in zip(moments, [*moments[1:], ascent.Moment(n + 1, {})], strict=True):
        for k in range(max(here.examples, 1), following.examples):
            assert np.array_equal(want[k - 1], here.params[param]) or k < here.examples
    assert np.array_equal(ascent.ascend(model, x, y, start)[param], want[-1])


@pytest.mark.parametrize("noise", [0.0, 0.003, 0.1])
@pytest.mark.parametrize("n", [1, 3, 4, 5, 700])
def test_many_examples_at_a_time_are_one_after_the_other(n, noise):
    """As `cd.learn` composes it, with long stretches of right ones and without."""
    rng = RNG(n)
    model = ascent.lookup(3, 1)
    x = bits(rng, n, 3)
    y = (x.sum(1, keepdims=True) > 1).astype(np.uint8) ^ (rng.random((n, 1)) < noise)
    run = ascent.learner(model).fit(x, y, epochs=2, batch=1, shuffle=False, progress=False)
    assert np.array_equal(ascent.ascend(model, x, y, epochs=2)["lookup.table"], run.params["lookup.table"])


def test_models_of_several_wires_and_parameters():
    A = cd.z2(3)
    f = build(A @ A @ A @ A, lambda p, q, x, z: (p * x + q, (q * x * z).sum().reshape(1)))
    model, rng = cd.para(f, p="zeros", q="ones"), RNG(0)
    x, y = (bits(rng, 30, 3), bits(rng, 30, 3)), (bits(rng, 30, 3), bits(rng, 30, 1))
    p, q = np.zeros(3, np.uint8), np.ones(3, np.uint8)
    R = cd.R(f)
    for a, z, s, t in zip(*x, *y, strict=True):
        u, v = f(p, q, a, z)
        p̄, q̄, *_ = R(p, q, a, z, u ^ s, v ^ t)
        p, q = p ^ p̄, q ^ q̄
    found = ascent.ascend(model, x, y)
    assert np.array_equal(found["p"], p) and np.array_equal(found["q"], q)
    assert 0 <= ascent.accuracy(model, found, x, y) <= 1


def test_the_step_is_a_morphism_and_its_parts_are_lenses():
    model = ascent.lookup(2, 2)
    step = ascent.step(model)
    assert str(step) == "z2[2,4] @ z2[2] @ z2[2] → z2[2] @ z2[2,4]"
    assert cd.from_json(cd.to_json(step)) == step
    rng = RNG(1)
    for _ in range(10):
        θ, x, y = bits(rng, 2, 4), bits(rng, 2), bits(rng, 2)
        wrong, after = step(θ, x, y)
        assert np.array_equal(wrong, model.body(θ, x) ^ y)
        assert np.array_equal(after, θ ^ cd.R(model.body)(θ, x, wrong)[0])
    assert len(ascent.learner(model).draw()) > 1000


def test_what_is_right_changes_nothing():
    model = ascent.lookup(2, 1)
    x = np.array([[0, 0], [0, 1]], np.uint8)
    learnt = ascent.ascend(model, x, [[1], [0]])
    assert [m.examples for m in ascent.path(model, x, [[1], [0]], learnt)] == [0]
    assert ascent.accuracy(model, learnt, x, [[1], [0]]) == 1.0


def test_features_and_labels():
    assert ascent.above([[0.0], [0.5], [1.0]]).ravel().tolist() == [0, 0, 1]
    assert ascent.above([[0.0], [0.5], [1.0]], share=0.4).ravel().tolist() == [0, 1, 1]
    assert ascent.above([[3.0], [3.0]]).ravel().tolist() == [0, 0]
    assert ascent.binary([0, 1], 2).tolist() == [[0], [1]]
    assert ascent.binary([4, 3], 5).tolist() == [[0, 0, 1], [1, 1, 0]]
    assert ascent.binary([0], 1).tolist() == [[0]]
    assert ascent.one_hot([2, 0], 3).tolist() == [[0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize("labels", [[0, 3], [-1], [0.5], [[0]], ["a"]])
@pytest.mark.parametrize("code", [ascent.binary, ascent.one_hot])
def test_labels_that_are_no_classes(labels, code):
    with pytest.raises(ArgumentError, match="3 classes, numbers from 0 to 2"):
        code(labels, 3)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ([[0, 2]], [[0]], "lies on z2"),
        ([[0.5, 0.0]], [[0]], "lies on z2"),
        ([[0, 1]], [[0, 1]], "label 0 of an example is z2"),
        ([[0, 1]], [[0], [1]], "one leading axis"),
        ([], [], "one leading axis"),
    ],
)
def test_data_that_are_no_examples(x, y, said):
    with pytest.raises(ArgumentError, match=said):
        ascent.ascend(ascent.lookup(2, 1), x, y)


@pytest.mark.parametrize(
    ("start", "said"), [([[0, 1, 2, 0]], "lies on z2"), ([0, 0, 0, 0], "of shape"), ([[0.5] * 4], "lies on")]
)
def test_parameters_that_are_no_bits(start, said):
    with pytest.raises(ArgumentError, match=said):
        ascent.ascend(ascent.lookup(2, 1), [[0, 1]], [[1]], {"lookup.table": start})


def test_what_is_given_and_what_is_got_are_apart():
    """Nobody's array is written to, and who writes into a moment changes no other."""
    rng, model = RNG(5), ascent.lookup(2, 1)
    x, y, start = bits(rng, 20, 2), bits(rng, 20, 1), bits(rng, 1, 4)
    kept, want = start.copy(), ascent.ascend(model, x, y, {"lookup.table": start})
    for moment in ascent.path(model, x, y, {"lookup.table": start}):
        last = moment.params["lookup.table"].copy()
        moment.params["lookup.table"][:] = 1
    assert np.array_equal(start, kept) and np.array_equal(last, want["lookup.table"])


@pytest.mark.parametrize(
    "model",
    [
        cd.nn.dense(2, 2),
        cd.para(cd.mul(cd.integer(2), cd.integer(2)), p="zeros"),
        (cd.nn.dense(4) >> cd.nn.batch_norm()).at(cd.f64(3)),
        cd.mul(cd.z2(), cd.z2()),
    ],
)
def test_models_that_are_no_circuits(model):
    with pytest.raises(ArgumentError, match="reverse derivative ascent"):
        ascent.ascend(model, [[0, 0]], [[0, 0]])


def test_a_number_of_epochs():
    with pytest.raises(ArgumentError, match="epochs"):
        ascent.ascend(ascent.lookup(1, 1), [[0]], [[1]], epochs=-1)
    assert not ascent.ascend(ascent.lookup(1, 1), [[0]], [[1]], epochs=0)["lookup.table"].any()


@pytest.mark.parametrize("x", [[], [["a"]], [[1.0], [np.nan]], [[np.inf], [0.0]], 3.0, [[1], [2, 3]]])
def test_measurements_that_are_none(x):
    with pytest.raises(ArgumentError, match="measurements are"):
        ascent.above(x)


@pytest.mark.parametrize("count", [0, -3, 2.5, True, "3"])
@pytest.mark.parametrize("code", [ascent.binary, ascent.one_hot])
def test_a_number_of_classes(code, count):
    with pytest.raises(ArgumentError, match="classes: a whole number from 1 on"):
        code([0], count)
    labels = np.array([0, 2])
    assert np.array_equal(code(labels, labels.max() + 1), code(labels, 3))


@pytest.mark.parametrize("inputs", [0, -1, 2.0, "2"])
def test_a_table_of_no_bits(inputs):
    with pytest.raises(cd.CatdiffError, match="words of one bit or more"):
        ascent.lookup(inputs, 1)
