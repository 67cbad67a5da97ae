"""Checkpoints: a run that is stopped at any moment goes on as if nothing had happened; others are refused."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import catdiff as cd
from catdiff.learning import safetensors

ROOT = Path(__file__).resolve().parents[2]
KILLS = {"ci": 20, "thorough": 100}.get(os.environ.get("HYPOTHESIS_PROFILE", "dev"), 3)

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(40, 3)), rng.integers(0, 2, 40)


def learner(width=4, between=cd.tanh, optimiser=None, loss=cd.losses.softmax_cross_entropy):
    model = cd.nn.dense(3, width) >> between >> cd.nn.dense(width, 2)
    return cd.learn(model, loss, optimiser or cd.optimisers.adam(cd.schedules.cosine(0.05, 40)))


def fit(path=None, epochs=6, who=None, **options):
    return (who or learner()).fit(X, Y, epochs, 8, checkpoint=path, progress=False, **{"validation": (X, Y), **options})


def content(run):
    return [(np.asarray(a).dtype, np.asarray(a).tobytes()) for a in run.moment.values], run.moment[1:]


@pytest.fixture(scope="module")
def whole():
    return content(fit())


@pytest.mark.parametrize("every", [None, 2])
@pytest.mark.parametrize("stop", [1, 6, 8, 30])
def test_an_interrupted_run_goes_on_exactly(tmp_path, whole, stop, every):
    path, who = tmp_path / "run.safetensors", learner()
    compute, made = who.compiled, []

    def interrupted(n, labels):
        made.append(n)
        if len(made) == stop:
            raise KeyboardInterrupt
        return compute(n, labels)

    who.compiled = interrupted
    with pytest.raises(KeyboardInterrupt) as caught:
        fit(path, who=who, every=every)
    assert f"after {stop - 1} steps" in caught.value.__notes__[0]
    assert who.last.steps == stop - 1
    assert content(learner().load(path)) == content(who.last)
    assert content(fit(path)) == whole  # from the file
    who.compiled = compute
    assert content(fit(who=who, start=who.last)) == whole  # from memory


def test_more_epochs_go_on_and_a_complete_run_is_returned(tmp_path, whole):
    path = tmp_path / "run.safetensors"
    fit(path, epochs=2)
    assert content(fit(path)) == whole
    written = path.stat().st_mtime_ns
    assert content(fit(path)) == whole
    assert path.stat().st_mtime_ns == written
    with pytest.raises(cd.CatdiffError, match="the run has 6 epochs already, and 5 were asked for"):
        fit(path, epochs=5)


def test_what_was_stopped_early_stays_stopped(tmp_path):
    path, calls = tmp_path / "run.safetensors", []
    stop = lambda run: calls.append(run.epoch) or run.epoch == 2  # noqa: E731
    assert fit(path, callbacks=[stop]).epoch == 2
    assert fit(path, callbacks=[stop]).epoch == 2
    assert calls == [1, 2]


def test_an_epoch_that_was_interrupted_while_it_was_looked_at_is_looked_at_again(tmp_path):
    """A callback that would have ended the training ends it when the run is taken up again."""
    path, calls = tmp_path / "run.safetensors", []

    def stop(run):
        calls.append(run.epoch)
        if calls == [1, 2]:
            raise KeyboardInterrupt
        return run.epoch == 2

    with pytest.raises(KeyboardInterrupt):
        fit(path, callbacks=[stop])
    assert fit(path, callbacks=[stop]).epoch == 2
    assert calls == [1, 2, 2]


def test_streams_go_on_too(tmp_path):
    batches = lambda k: [(X[i::4], Y[i::4]) for i in np.random.default_rng(k).permutation(4)]  # noqa: E731
    path = tmp_path / "run.safetensors"

    def stop(run):
        if run.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learner().fit(batches, epochs=4, checkpoint=path, callbacks=[stop], progress=False)
    whole = content(learner().fit(batches, epochs=4, progress=False))
    assert content(learner().fit(batches, epochs=4, checkpoint=path, progress=False)) == whole


CHILD = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
import test_checkpoint as t
who = t.learner()
who.compiled(8, who.loss.targets(who.model.cod)[0])
print("ready", flush=True)
t.fit({path!r}, epochs=30, who=who, every=2)
print("done", flush=True)
"""


def test_a_run_that_is_killed_at_any_moment_goes_on_exactly(tmp_path):
    whole, chance = content(fit(epochs=30)), random.Random(0)
    code = {"root": str(ROOT), "tests": str(Path(__file__).parent)}
    took = None
    for k in range(KILLS):
        path = tmp_path / f"{k}.safetensors"
        program = CHILD.format(path=str(path), **code)
        child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        if took is None:  # the first shows how long it takes, and is killed somewhere in the first half
            began = time.monotonic()
            while not path.exists() and child.poll() is None:
                time.sleep(0.001)
            took = 100 * (time.monotonic() - began)
        time.sleep(chance.uniform(0, min(took, 3.0)))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert content(fit(path, epochs=30)) == whole
        path.unlink()


@pytest.mark.parametrize("where", ["fsync", "replace"])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_fills_up_loses_nothing(tmp_path, monkeypatch, whole, where, error):
    path, who = tmp_path / "run.safetensors", learner()

    def full(*args, **options):
        raise OSError(error, os.strerror(error))

    def fill(run):
        if run.epoch == 3:
            monkeypatch.setattr(os, where, full)

    with pytest.raises(cd.CatdiffError, match=f"cannot write .*run.safetensors: {os.strerror(error)}") as error_of:
        fit(path, who=who, callbacks=[fill])
    monkeypatch.undo()
    assert who.last.epoch == 3  # in memory
    assert "the run is kept in learner.last, after" in error_of.value.__notes__[0]
    assert learner().load(path).epoch == 2  # on the disk, whole
    assert [p.name for p in tmp_path.iterdir()] == ["run.safetensors"]
    assert content(fit(path)) == whole


def test_what_cannot_be_written_is_known_before_training(tmp_path):
    calls = []
    os.mkfifo(tmp_path / "pipe")  # a device is not read to its end, which may never come, nor replaced
    for path in (tmp_path / "no" / "folder.safetensors", tmp_path, tmp_path / "pipe", "a\0b"):
        with pytest.raises(cd.CatdiffError, match=r"cannot (write|read)"):
            fit(path, callbacks=[lambda run: calls.append(run)])
    assert not calls
    with pytest.raises(cd.CatdiffError, match=r"cannot write .*: it is a device and no file"):
        learner().start().save(tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()


def test_a_link_stays_one(tmp_path, whole):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "run")
    fit(tmp_path / "link", epochs=2)
    assert (tmp_path / "link").is_symlink()
    assert [p.name for p in (tmp_path / "disk").iterdir()] == ["run"]
    assert content(fit(tmp_path / "link")) == whole


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (dict(width=5), r"dense.weight is f64\[3,4\] there and f64\[3,5\] here"),
        (dict(between=cd.relu), r"the model is another program, of other boxes: relu \(0 there, 1 here\), tanh"),
        (
            dict(optimiser=cd.optimisers.sgd(0.1)),
            r"the optimiser is cd.optimisers.adam\(.* there and .*sgd\(0.1\) here",
        ),
        (dict(loss=cd.losses.hinge), "the loss is cd.losses.softmax_cross_entropy there and cd.losses.hinge here"),
    ],
)
def test_a_checkpoint_of_something_else_is_refused(tmp_path, other, said):
    path = tmp_path / "run.safetensors"
    fit(path, epochs=1)
    before = path.read_bytes()
    with pytest.raises(cd.CatdiffError, match=said):
        fit(path, who=learner(**other))
    with pytest.raises(cd.CatdiffError, match=said):
        learner(**other).load(path)
    assert path.read_bytes() == before


def test_other_names_data_and_seeds_are_refused(tmp_path):
    path = tmp_path / "run.safetensors"
    fit(path, epochs=1)
    renamed = cd.learn(learner().model.named("net"), cd.losses.softmax_cross_entropy, learner().optimiser)
    with pytest.raises(cd.CatdiffError, match=r"net.dense.weight is missing there and f64\[3,4\] here"):
        renamed.load(path)
    with pytest.raises(cd.CatdiffError, match="the seed is 0 there and 1 here"):
        fit(path, seed=1)
    with pytest.raises(cd.CatdiffError, match="the batch is 8 there and 4 here"):
        learner().fit(X, Y, 6, 4, checkpoint=path, progress=False)
    with pytest.raises(cd.CatdiffError, match=r"the data is .* there and .* here"):
        learner().fit(X + 1.0, Y, 6, 8, checkpoint=path, progress=False)


def test_a_file_that_is_no_checkpoint_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    for content, said in [
        (b"dear diary, today I trained a model", "no safetensors file"),
        (b"", "no safetensors file"),
        (safetensors.dumps({"w": np.ones(2)}, {}), "is no checkpoint of catdiff's"),
        (safetensors.dumps({"w": np.ones(2)}, {"catdiff": "[]"}), "is no checkpoint of catdiff's"),
        (safetensors.dumps({"w": np.ones(2)}, {"catdiff": '{"format": 1}'}), "is damaged"),
        (safetensors.dumps({}, {"catdiff": json.dumps({"format": 99})}), "format 99"),
    ]:
        path.write_bytes(content)
        with pytest.raises(cd.CatdiffError, match=said):
            fit(path)
        assert path.read_bytes() == content
    with pytest.raises(cd.CatdiffError, match="there is no such file"):
        learner().load(tmp_path / "nothing.safetensors")


def test_any_damage_is_noticed_or_harmless(tmp_path):
    path = tmp_path / "run.safetensors"
    fit(path, epochs=1)
    good, whole = path.read_bytes(), content(learner().load(path))
    chance, harmless = random.Random(1), 0
    for _ in range(40):
        at = chance.randrange(len(good))
        path.write_bytes(good[:at])
        with pytest.raises(cd.CatdiffError):
            learner().load(path)
        bad = bytearray(good)
        bad[at] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(bad))
        try:
            assert content(learner().load(path)) == whole
            harmless += 1
        except cd.CatdiffError:  # and nothing else
            pass
    assert harmless < 5


# -- the format ------------------------------------------------------------------------------------------------

arrays = st.dictionaries(
    st.text(max_size=5).filter(lambda s: s != "__metadata__"),
    st.tuples(
        st.sampled_from(list(safetensors.NAMES)), st.lists(st.integers(0, 3), max_size=3), st.integers(0, 99)
    ).map(lambda t: np.random.default_rng(t[2]).integers(0, 2, t[1]).astype(t[0])),
    max_size=4,
)
words = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)


@given(arrays, words)
@settings(max_examples=20)
def test_what_is_written_is_read(arrays, words):
    found, said = safetensors.loads(safetensors.dumps(arrays, words))
    assert said == words and list(found) == list(arrays)
    for name, a in arrays.items():
        assert found[name].dtype == a.dtype and found[name].shape == a.shape
        assert found[name].tobytes() == a.tobytes()


def test_other_programs_read_a_checkpoint(tmp_path):
    numpy = pytest.importorskip("safetensors.numpy")
    path = tmp_path / "run.safetensors"
    run = fit(path, epochs=1)
    theirs = numpy.load_file(path)
    assert {n for n in theirs if "/" not in n} == set(run.params)
    assert all(np.array_equal(theirs[n], run.params[n]) for n in run.params)
    ours, _ = safetensors.loads(numpy.save({"w": np.arange(6.0).reshape(2, 3), "k": np.arange(3)}, {"a": "b"}))
    assert np.array_equal(ours["w"], np.arange(6.0).reshape(2, 3)) and np.array_equal(ours["k"], np.arange(3))


def test_what_has_no_place_in_the_format_is_refused():
    with pytest.raises(cd.CatdiffError, match="w cannot be stored: safetensors has no object"):
        safetensors.dumps({"w": np.array([1], object)}, {})
