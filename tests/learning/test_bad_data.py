"""Data and runs that went wrong: a clear word, and nothing lost."""

import numpy as np
import pytest

import catdiff as cd

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 3))
Y = rng.integers(0, 2, 30)


def learner(optimiser=None, after=None):
    model = cd.nn.dense(3, 4) >> cd.tanh >> cd.nn.dense(4, 2)
    model = model if after is None else model >> after
    return cd.learn(model, cd.losses.softmax_cross_entropy, optimiser or cd.optimisers.sgd(0.1))


def spoilt(array, value):
    array = np.array(array)
    array.reshape(-1)[7] = value
    return array


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (X, spoilt(Y, 2), "labels lie between 0 and 1, and that of example 7 is 2, one of 1 that do not"),
        (X, spoilt(Y, -1), "that of example 7 is -1"),
        (spoilt(X, np.nan), Y, "input 0 has NaN or infinity in 1 of 30 examples, first in number 2"),
        (spoilt(X, np.inf), Y, "input 0 has NaN or infinity"),
        (X, spoilt(np.ones((30, 2)), np.nan), "label 0 has NaN or infinity in 1 of 30 examples, first in number 3"),
        (X, Y + 0.5, r"labels for cd.losses.softmax_cross_entropy lie on index or f64\[2\], and these are float64\[\]"),
        (X, Y[:29], r"one leading axis of examples each, not \(30, 3\), \(29,\)"),
        (X[:0], Y[:0], r"one leading axis of examples each, not \(0, 3\), \(0,\)"),
        (X[:, :2], Y, r"input 0 of an example is f64\[3\], and 30 of shape \(2,\) were given"),
        ((X, X), Y, r"the inputs of an example lie on f64\[3\], and 2 arrays were given"),
        (X, np.array(["a"] * 30), "labels for .* lie on"),
        (np.array([["a"] * 3] * 30), Y, "argument 0 lies on"),
        (3, Y, "one leading axis of examples each"),
        (3, None, "data are x and y, or batches"),
        ([], None, "there are no batches to train on"),
        ([X], None, "batch 0 is no pair"),
        ([(X, Y), (X[:0], Y[:0])], None, "batch 1: data are arrays with one leading axis of examples each"),
        ([(X, Y), (X, spoilt(Y, 5))], None, "batch 1: labels lie between 0 and 1, and that of example 7 is 5"),
        (iter([(X, Y)]), None, "epoch 2 has no batches"),
    ],
)
def test_bad_data_are_refused(x, y, said):
    with pytest.raises(cd.CatdiffError, match=said):
        learner().fit(x, y, epochs=2, progress=False)


@pytest.mark.parametrize(
    ("model", "loss", "x", "y", "hint"),
    [
        (cd.nn.dense(3, 2), cd.losses.softmax_cross_entropy, X, Y.astype(float), "y.astype(int)"),
        (cd.nn.dense(3, 2), cd.losses.hinge, X, np.array(["a", "b"])[Y], "np.unique(y, return_inverse=True)[1]"),
        (cd.nn.dense(3, 2), cd.losses.hinge, X, Y[:, None], "y[:, 0]"),
        (cd.nn.dense(3, 1), cd.losses.mean_squared, X, Y.astype(float), "y[:, None]"),
        (cd.nn.flatten().at(cd.f64(3, 1)) >> cd.nn.dense(2), cd.losses.hinge, X, Y, "x.reshape((-1, 3, 1))"),
    ],
)
def test_hints_are_right(model, loss, x, y, hint):
    who = cd.learn(model, loss, cd.optimisers.sgd(0.1))
    with pytest.raises(cd.CatdiffError) as caught:
        who.fit(x, y, epochs=1, progress=False)
    assert f"hint: {hint} " in f"{caught.value} "
    x, y = (eval(hint), y) if hint.startswith("x") else (x, eval(hint))
    who.fit(x, y, epochs=1, progress=False)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        *[("batch", n, "examples in a batch: a whole number from 1 on") for n in (0, -1, 2.5, True, None)],
        *[("epochs", n, "epochs: a whole number from 0 on") for n in (-1, 1.5)],
        *[("seed", n, "the seed: a whole number from 0 on") for n in (-1, None, "a")],
        ("every", 0, "steps between checkpoints: a whole number from 1 on"),
    ],
)
def test_numbers_are_whole(option, value, said):
    with pytest.raises(cd.CatdiffError, match=said):
        learner().fit(X, Y, progress=False, **{option: value})


def test_a_run_of_another_model_is_no_start():
    other = cd.learn(cd.nn.dense(3, 2), cd.losses.softmax_cross_entropy, cd.optimisers.sgd(0.1))
    with pytest.raises(cd.CatdiffError, match="the run to start from is of another model"):
        learner().fit(X, Y, start=other.fit(X, Y, 1, progress=False), progress=False)


@pytest.mark.parametrize(("loss", "wrong", "low"), [("binary_cross_entropy", 2.0, 0), ("hinge", -1.5, -1)])
def test_labels_lie_where_the_loss_has_them(loss, wrong, low):
    who = cd.learn(cd.nn.dense(3, 2), getattr(cd.losses, loss), cd.optimisers.sgd(0.1))
    good = np.ones((30, 2))
    assert who.fit(X, good, 1, progress=False).epoch == 1
    with pytest.raises(cd.CatdiffError, match=f"labels lie between {low} and 1, and that of example 3 is {wrong}"):
        who.fit(X, spoilt(good, wrong), 1, progress=False)


def test_validation_is_looked_at_before():
    with pytest.raises(cd.CatdiffError, match="that of example 7 is 9"):
        learner().fit(X, Y, validation=(X, spoilt(Y, 9)), progress=False)


def test_the_box_that_made_the_first_nan_is_named(tmp_path):
    path = tmp_path / "run.safetensors"
    steep = learner(cd.optimisers.sgd(1e5), (cd.exp(cd.f64(2)).box("steep") >> cd.exp).box("head"))
    with pytest.raises(cd.errors.TrainingError, match="the loss") as caught:
        steep.fit(X, Y, 20, checkpoint=path, batch=10, progress=False)
    assert any("head" in name for name in caught.value.path)
    assert "exp" in str(caught.value) and "in epoch 1" in str(caught.value)
    assert steep.load(path).steps == 0  # the last that was good
    assert np.all(np.isfinite(steep.last.params["dense.weight"]))


def test_weights_that_are_no_numbers_are_noticed_though_the_loss_is_one(tmp_path):
    """The gradient of a root at zero is infinite, and its value is not."""
    path = tmp_path / "run.safetensors"
    A = cd.f64(1)
    root = cd.para(cd.mul(A, A) >> cd.sqrt, weight="zeros")
    who = cd.learn(root, cd.losses.mean_squared, cd.optimisers.sgd(0.1))
    with pytest.raises(cd.errors.TrainingError, match="the first box to blame is"):
        who.fit(np.ones((4, 1)), np.ones((4, 1)), 3, checkpoint=path, progress=False)
    assert who.load(path).steps == 0


def test_a_mask_of_infinities_is_not_to_blame():
    mask = cd.id(cd.f64(2)) @ cd.const([0.0, -np.inf]) >> cd.add
    who = learner(after=mask)
    run = who.fit(X, 0 * Y, 2, progress=False)
    assert np.isfinite(run.history[-1]["loss"])


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"dense.weight": np.ones((3, 4))}, "there is no value for dense.bias"),
        ({"weight": 1}, "no parameter is called weight"),
    ],
)
def test_parameters_of_other_names_are_refused(params, said):
    with pytest.raises(cd.CatdiffError, match=said):
        learner().model(params, X)


def test_a_learner_is_made_of_what_it_says():
    with pytest.raises(cd.CatdiffError, match="give a layer its input type"):
        cd.learn(cd.nn.dense(3), cd.losses.mean_squared, cd.optimisers.sgd(0.1))
    with pytest.raises(cd.CatdiffError, match="a learner takes a loss and an optimiser"):
        cd.learn(cd.nn.dense(3, 2), cd.optimisers.sgd(0.1), cd.losses.mean_squared)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (dict(validation=X), r"validation is no pair \(x, y\), but ndarray"),
        (dict(validation=(spoilt(X, np.nan), Y)), "validation: input 0 has NaN or infinity in 1 of 30"),
        (dict(validation=(X, Y + 1)), "validation: labels lie between 0 and 1"),
        (dict(callbacks=print), r"callbacks are a list of functions of a run, .*\nhint: callbacks=\[f\]"),
        (dict(callbacks=None), "callbacks are a list"),
        (dict(callbacks=[3]), "a callback is a function of a run, and 3 is none"),
        (dict(start=3), "start= takes a run, not 3"),
    ],
)
def test_bad_options_are_refused(options, said):
    with pytest.raises(cd.CatdiffError, match=said):
        learner().fit(X, Y, epochs=1, progress=False, **options)


def test_a_run_of_another_optimiser_is_no_start():
    """Momentum keeps arrays of the shapes that the squares of Adagrad have."""
    run = learner(cd.optimisers.momentum(0.1)).fit(X, Y, epochs=1, progress=False)
    with pytest.raises(cd.CatdiffError, match="of another model or optimiser"):
        learner(cd.optimisers.adagrad(0.1)).fit(X, Y, epochs=2, progress=False, start=run)


def test_what_begins_or_masks_in_another_shape_is_named():
    with pytest.raises(cd.CatdiffError, match=r"dense.weight is f64\[3,2\], and begins as an array of shape \(2, 3\)"):
        cd.nn.dense(3, 2, weight=np.zeros((2, 3))).init(0)
    with pytest.raises(cd.CatdiffError, match=r"dense.weight is f64\[3,2\], and a mask of shape \(7,\) was given"):
        cd.nn.dense(3, 2).mask({"dense.weight": np.ones(7)})
    with pytest.raises(cd.CatdiffError, match="a mapping by name, or arrays in order, not NoneType"):
        cd.nn.dense(3, 2)(None, X)


@pytest.mark.parametrize("fails", [RuntimeError, MemoryError, KeyboardInterrupt, SystemExit])
def test_whatever_stops_a_run_leaves_it_in_memory_and_on_the_disk(tmp_path, fails):
    def stop(run):
        if run.epoch == 2:
            raise fails

    who, path = learner(), tmp_path / "run.safetensors"
    with pytest.raises(fails) as stopped:
        who.fit(X, Y, epochs=3, progress=False, checkpoint=path, callbacks=[stop])
    assert f"the run is kept in learner.last and in {path}, after 2 steps" in stopped.value.__notes__[0]
    assert who.last.steps == learner().load(path).steps == 2


def test_a_history_of_nothing_is_drawn():
    pytest.importorskip("matplotlib")
    assert len(learner().fit(X, Y, epochs=0, progress=False).history.plot().axes) == 1
