"""What the worked examples of circuits and integers find: published figures, to the last digit."""

import numpy as np
import pytest

from catdiff.__main__ import main
from catdiff.examples import polycirc_iris, rda_digits, rda_iris


def test_the_published_table():
    """Wilson and Zanasi, arXiv:2101.10488, Table 1."""
    assert rda_iris.results() == {
        "two species, binary": 0.98,
        "two species, one-hot": 0.98,
        "all three, binary": pytest.approx(55 / 75),
        "all three, one-hot": pytest.approx(55 / 75),
    }


def test_half_of_each_species_is_held_out():
    (x, y), (_, t) = rda_iris.examples(3, "one-hot")
    assert x.shape == (75, 4) and y.sum(0).tolist() == t.sum(0).tolist() == [25, 25, 25]
    assert y.argmax(1).tolist() == sorted(y.argmax(1))


def test_curves_begin_at_nothing_and_end_at_the_table():
    for species in (2, 3):
        points = rda_iris.curve(species)
        assert points[0][0] == 0 and [at for at, _ in points] == sorted(at for at, _ in points)
        assert points[-1][1] == rda_iris.results()[f"{'two species' if species == 2 else 'all three'}, one-hot"]


def test_a_picture_of_the_curves(tmp_path):
    pytest.importorskip("matplotlib")
    rda_iris.plot(tmp_path / "one.svg")
    rda_iris.plot(tmp_path / "two.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_zeros_and_ones():
    assert all(share > 0.95 for share in rda_digits.results(seeds=1)["table of the fourth row"])


@pytest.fixture(scope="module")
def run():
    return polycirc_iris.trained()


def test_twelve_integers(run):
    """yarrow-id/polycirc, README: final parameters and accuracy."""
    W = run.params["dense.weight"]
    assert W.dtype == np.int64
    assert polycirc_iris.weights(W) == [-118, 912, -884, 408, -20, -189, 68, 28, -1407, -641, 1407, 2336]
    assert polycirc_iris.accuracy(W) == 0.96


def test_the_command_line(capsys, monkeypatch, run):
    assert main(["example", "rda-iris"]) in (0, None)
    said = capsys.readouterr().out
    assert said.count("98.0 %") == 2 and said.count("73.3 %") == 2 and "0010000000000000" in said
    monkeypatch.setattr(polycirc_iris, "trained", lambda: run)
    assert main(["example", "polycirc-iris"]) in (0, None)
    said = capsys.readouterr().out
    assert "[-118, 912, -884, 408, -20, -189, 68, 28, -1407, -641, 1407, 2336]: the same" in said
    assert "accuracy: 96.0 %" in said
