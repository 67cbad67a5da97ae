"""Training: reproducible, from arrays and iterators, measured, stopped, drawn."""

import re

import numpy as np
import pytest

import catdiff as cd

rng = np.random.default_rng(0)
X = rng.normal(size=(50, 3))
Y = (X[:, 0] - X[:, 1] > 0.2).astype(int)
Z = X @ [[1.0], [2.0], [-1.0]] + 0.5


def classifier(optimiser=None):
    model = cd.nn.dense(3, 4) >> cd.tanh >> cd.nn.dense(4, 2)
    return cd.learn(model, cd.losses.softmax_cross_entropy, optimiser or cd.optimisers.adam(0.05))


def regressor():
    return cd.learn(cd.nn.dense(3, 1), cd.losses.mean_squared, cd.optimisers.momentum(0.05))


def content(run):
    """Every byte of a run."""
    return [np.asarray(a).tobytes() for a in run.moment.values], list(run.history), run.steps


def test_the_same_seed_gives_the_same_bytes():
    one, two, other = [classifier().fit(X, Y, 3, 8, seed=s, progress=False) for s in (1, 1, 2)]
    assert content(one) == content(two)
    assert content(one) != content(other)


def test_a_step_is_what_is_written_out_by_hand():
    learner = regressor()
    run = learner.fit(X, Z, epochs=4, batch=16, seed=3, progress=False)
    w, b = learner.start(3).params.values()
    s, t = np.zeros((3, 1)), np.zeros(1)
    for epoch in range(4):
        rows = np.random.default_rng([3, epoch]).permutation(50)
        losses = []
        for at in range(0, 50, 16):
            x, z = X[rows[at : at + 16]], Z[rows[at : at + 16]]
            d = x @ w + b - z
            losses += [np.mean(d**2, axis=1)]
            s, t = 0.9 * s - 2 * x.T @ d / len(x), 0.9 * t - 2 * d.mean(0)
            w, b = w + 0.05 * s, b + 0.05 * t
        assert np.isclose(run.history[epoch]["loss"], np.mean(np.concatenate(losses)), rtol=1e-12)
    assert np.allclose(run.params["dense.weight"], w, rtol=1e-12)
    assert np.allclose(run.params["dense.bias"], b, rtol=1e-12)
    assert np.allclose(run.states["dense.weight.velocity"], s, rtol=1e-10)


def test_it_learns_and_says_how_well():
    run = classifier().fit(X, Y, 40, validation=(X[:10], Y[:10]), progress=False)
    assert run.score(X, Y) == np.mean(run.predict(X) == Y) > 0.9
    assert run.history[-1]["score"] == run.score(X[:10], Y[:10])
    scores = run.model(run.params, X[:10])
    want = np.mean(np.log(np.exp(scores).sum(1)) - scores[np.arange(10), Y[:10]])
    assert np.isclose(run.history[-1]["validation loss"], want, rtol=1e-12)
    fitted = regressor().fit(X, Z, 60, progress=False)
    assert fitted.score(X, Z) > 0.999
    assert fitted.predict(X).shape == (50, 1)


def test_single_precision_stays_single(tmp_path):
    model = cd.nn.dense(3, 4, dtype="f32") >> cd.tanh >> cd.nn.dense(4, 2, dtype="f32")
    rate = cd.schedules.cosine(0.05, 30)
    learner = cd.learn(model, cd.losses.softmax_cross_entropy, cd.optimisers.adamw(rate) >> cd.optimisers.clip(1.0))
    run = learner.fit(X.astype("f4"), Y, 3, checkpoint=tmp_path / "run.safetensors", progress=False)
    assert {a.dtype.name for a in [*run.params.values(), *run.states.values()]} == {"float32"}
    assert content(learner.load(tmp_path / "run.safetensors")) == content(run)
    with pytest.raises(cd.CatdiffError, match="float64 values were given that do not fit"):
        learner.fit(X, Y, progress=False)


def batches(epoch=0):
    order = np.random.default_rng([7, epoch]).permutation(50)
    return [(X[order[at : at + 20]], Y[order[at : at + 20]]) for at in range(0, 50, 20)]


def test_batches_may_come_from_an_iterator_or_a_function():
    rows = lambda k: iter(batches(k))  # noqa: E731
    assert content(classifier().fit(batches(), epochs=3, progress=False))[2] == 9
    by_function = classifier().fit(rows, epochs=2, progress=False)
    by_list = classifier().fit(lambda k: batches(k), epochs=2, progress=False)
    assert content(by_function) == content(by_list)
    assert content(classifier().fit(iter(batches()), epochs=1, progress=False)) == content(
        classifier().fit(batches(), epochs=1, progress=False)
    )


def test_the_order_of_the_data_may_be_that_of_the_examples():
    ordered = classifier().fit(X, Y, epochs=2, batch=10, shuffle=False, progress=False)
    by_list = classifier().fit([(X[i : i + 10], Y[i : i + 10]) for i in range(0, len(X), 10)], epochs=2, progress=False)
    assert content(ordered) == content(by_list) != content(classifier().fit(X, Y, 2, batch=10, progress=False))


def test_batches_of_several_sizes_are_one_epoch():
    uneven = [(X[:1], Y[:1]), (X[1:30], Y[1:30]), (X[30:], Y[30:])]
    run = classifier(cd.optimisers.sgd(0.0)).fit(uneven, epochs=1, progress=False)
    whole = classifier(cd.optimisers.sgd(0.0)).fit(X, Y, epochs=1, batch=50, progress=False)
    assert np.isclose(run.history[0]["loss"], whole.history[0]["loss"], rtol=1e-12)  # a mean over examples


def test_early_stopping_stops():
    still = cd.learn(cd.nn.dense(3, 2), cd.losses.softmax_cross_entropy, cd.optimisers.sgd(0.0))
    run = still.fit(X, Y, 50, validation=(X, Y), callbacks=[cd.early_stopping(3)], progress=False)
    assert run.epoch == 4
    up = classifier().fit(X, Y, 12, validation=(X, Y), callbacks=[cd.early_stopping(12, of="score")], progress=False)
    assert up.epoch == 12
    with pytest.raises(cd.CatdiffError, match="nothing called 'wisdom' is measured"):
        classifier().fit(X, Y, 2, callbacks=[cd.early_stopping(of="wisdom")], progress=False)


def test_every_callback_is_called_and_one_may_stop():
    seen = []
    run = classifier().fit(
        X, Y, 9, callbacks=[lambda run: run.epoch == 3, lambda run: seen.append(run.epoch)], progress=False
    )
    assert run.epoch == 3
    assert seen == [1, 2, 3]


def test_the_bar_says_epoch_loss_and_score(capsys):
    classifier().fit(X, Y, 2, batch=10, validation=(X, Y))
    said = capsys.readouterr().err
    assert re.fullmatch(r"training: 10/10 in .* s, epoch 2/2, loss .*, validation loss .*, score .*\n", said)


def test_the_history_is_a_table_a_column_and_a_figure(tmp_path):
    history = classifier().fit(X, Y, 30, validation=(X, Y), progress=False).history
    assert len(history["loss"]) == len(history) == 30
    assert history["loss"] == [row["loss"] for row in history]
    lines = str(history).split("\n")
    assert lines[0].split() == ["epoch", "loss", "validation", "loss", "score"]
    assert len(lines) == 22 and lines[11].split() == ["…"] * 4
    assert history._repr_html_().count("<tr>") == 22
    with pytest.raises(cd.CatdiffError, match="nothing called 'scores' was measured; there is loss, validation loss"):
        history["scores"]
    pytest.importorskip("matplotlib")
    figure = history.plot(tmp_path / "history.png")
    assert (tmp_path / "history.png").stat().st_size > 1000
    assert [line.get_label() for axes in figure.axes for line in axes.get_lines()] == history.names


def test_without_matplotlib_a_plot_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(cd.CatdiffError, match=r"catdiff\[plot\]"):
        regressor().fit(X, Z, 1, progress=False).history.plot()


def test_a_learner_and_a_run_show_themselves():
    learner = classifier()
    picture = learner._repr_mimebundle_()["image/svg+xml"]
    for name in ("optimiser", "model", "loss", "R[model]", "update", "dense.weight"):
        assert name in picture
    run = learner.fit(X, Y, 2, progress=False)
    shown = run._repr_mimebundle_()
    assert "2 epochs" in shown["text/plain"] and "<table>" in shown["text/html"]


def test_a_boxed_step_is_the_step():
    from catdiff.learning.system import step

    learner = regressor()
    boxed = step(learner.model, learner.loss, learner.optimiser, 4, boxed=True)
    args = [*learner.start(0).moment.values, X[:4], Z[:4]]
    assert all(np.array_equal(a, b) for a, b in zip(learner.step(4)(*args), boxed(*args), strict=True))


def test_over_bits_a_learner_ascends():
    """Reverse derivative ascent: a table of bits, addressed by four of them, learns a function in one pass."""
    inputs = np.array([[k >> i & 1 for i in range(4)] for k in range(16)], np.uint8)
    wanted = (inputs.sum(1) % 2 == 1).astype(np.uint8) ^ inputs[:, 0] & inputs[:, 1]
    one_hot = np.eye(16, dtype=np.uint8)
    table = cd.para(cd.mul(cd.z2(16), cd.z2(16)) >> cd.sum, table="zeros")
    learner = cd.learn(table, cd.losses.xor, cd.optimisers.ascent(), cap=cd.id(cd.z2()))
    run = learner.fit(one_hot, wanted, epochs=1, batch=1, progress=False)
    assert np.array_equal(run.predict(one_hot), wanted)
    assert np.array_equal(run.params["table"], wanted)


def test_a_cap_fits_its_loss():
    learner = cd.learn(cd.nn.dense(3, 1), cd.losses.mean_squared, cd.optimisers.sgd(0.1), cap=cd.id(cd.z2()))
    with pytest.raises(cd.CatdiffError, match="the cap of a loss on f64"):
        learner.step(1)


@pytest.mark.parametrize(
    "learner",
    [cd.ascent.learner(cd.ascent.lookup(2, 1)), cd.fixed_point.classifier(cd.integer(2), 1)],
    ids=["xor", "displacement"],
)
def test_what_one_example_got_wrong_does_not_come_back_to_others(learner):
    """Losses that are added up over a batch would be capped together: refused, with a hint that works."""
    x, y = [[0, 0], [1, 0]], [[1], [0]]
    with pytest.raises(cd.CatdiffError, match="those of 2 are added up\nhint: batch=1"):
        learner.fit(x, y, epochs=1, progress=False)
    learner.fit(x, y, epochs=1, batch=1, progress=False)


def test_a_cap_scales_what_comes_back():
    slow = cd.learn(cd.nn.dense(3, 1), cd.losses.mean_squared, cd.optimisers.sgd(0.1), cap=-0.5)
    plain = cd.learn(cd.nn.dense(3, 1), cd.losses.mean_squared, cd.optimisers.sgd(0.05))
    one, two = [k.fit(X, Z, 2, progress=False).params["dense.weight"] for k in (slow, plain)]
    assert np.allclose(one, two, rtol=1e-12)
