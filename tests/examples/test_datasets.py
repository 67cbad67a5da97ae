"""The data that ship with catdiff: UCI's to the byte; and splits that are fair, disjoint and repeatable."""

import hashlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catdiff.examples import datasets
from catdiff.examples.datasets import SPECIES, digits, iris, stratified_split

FOLDER = Path(datasets.__file__).parent / "data"
ROOT = Path(datasets.__file__).parents[2]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_digits():
    x, y = digits()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((1797, 64), np.float64, (1797,), np.int64)
    assert (x.min(), x.max()) == (0, 1)
    assert np.array_equal(16 * x, np.round(16 * x))
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_digits_are_the_uci_file():
    x, y = digits()
    rows = np.column_stack([16 * x, y]).astype(int).tolist()
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    assert sha256(text.encode()) == "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"


def test_iris():
    x, y = iris()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((150, 4), np.float64, (150,), np.int64)
    assert (x.min(axis=0).tolist(), x.max(axis=0).tolist()) == ([4.3, 2.0, 1.0, 0.1], [7.9, 4.4, 6.9, 2.5])
    assert y.tolist() == [0] * 50 + [1] * 50 + [2] * 50
    assert x[[34, 37]].tolist() == [[4.9, 3.1, 1.5, 0.1]] * 2
    assert SPECIES == ("setosa", "versicolor", "virginica")


def test_iris_is_the_uci_file():
    rows = [",".join(map(str, [*lengths, f"Iris-{SPECIES[k]}"])) for lengths, k in zip(*iris(), strict=True)]
    text = "\n".join([*rows, "", ""])
    assert sha256(text.encode()) == "6f608b71a7317216319b4d27b4d9bc84e6abd734eda7872b71a458569e2656c0"


def test_the_columns_of_iris_are_named():
    header = (FOLDER / "iris.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "sepal_length,sepal_width,petal_length,petal_width,species"


def test_the_readme_has_the_checksums():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| `([\w.]+)` \|.*`([0-9a-f]{64})` \|$", readme, re.MULTILINE))
    assert stated == {
        "digits.npz": sha256((FOLDER / "digits.npz").read_bytes()),
        "iris.csv": sha256((FOLDER / "iris.csv").read_bytes().replace(b"\r\n", b"\n")),
    }


def test_digits_are_stored_as_bytes():
    with np.load(FOLDER / "digits.npz", allow_pickle=False) as stored:
        arrays = dict(stored)
    assert {name: (array.shape, array.dtype) for name, array in arrays.items()} == {
        "images": ((1797, 64), np.uint8),
        "labels": ((1797,), np.uint8),
    }


def test_a_pickle_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    np.savez_compressed(tmp_path / "digits.npz", images=np.array([object()]), labels=np.array([0]))
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        digits()


def test_digits_against_scikit_learn():
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    x, y = digits()
    assert np.array_equal(16 * x, theirs.data)
    assert np.array_equal(y, theirs.target)


def test_iris_against_scikit_learn():
    theirs = pytest.importorskip("sklearn.datasets").load_iris()
    x, y = iris()
    assert np.flatnonzero((x != theirs.data).any(axis=1)).tolist() == [34, 37]
    assert np.array_equal(y, theirs.target)
    assert tuple(theirs.target_names) == SPECIES


def test_importing_catdiff_reads_no_data():
    program = "import sys, catdiff; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "catdiff" in loaded.stdout.split()
    assert "catdiff.examples.datasets" not in loaded.stdout.split()


LABELS = st.lists(st.integers(0, 4), max_size=60)
FRACTIONS = st.floats(0.01, 0.99)


@given(LABELS, FRACTIONS, st.integers(0, 5))
def test_a_split_is_stratified_and_disjoint(y: list[int], held_out: float, seed: int):
    train, test = stratified_split(y, held_out, seed)
    assert train.dtype == test.dtype == np.int64
    assert sorted([*train, *test]) == list(range(len(y)))
    assert train.tolist() == sorted(train)
    assert test.tolist() == sorted(test)
    drawn = Counter(y[i] for i in test)
    assert all(drawn[label] == round(held_out * n) for label, n in Counter(y).items())


@given(LABELS, FRACTIONS, st.integers(0, 5))
def test_a_split_is_repeatable(y: list[int], held_out: float, seed: int):
    first, second = stratified_split(y, held_out, seed), stratified_split(np.array(y, int), held_out, seed)
    assert all(map(np.array_equal, first, second))


def test_a_split_depends_on_its_seed():
    _, y = digits()
    tests = {tuple(stratified_split(y, seed=seed)[1]) for seed in range(5)}
    assert len(tests) == 5


def test_a_split_draws_every_member_about_equally_often():
    drawn = np.bincount(np.concatenate([stratified_split([0] * 10, 0.3, seed)[1] for seed in range(1000)]))
    assert len(drawn) == 10
    assert abs(drawn - 300).max() < 75  # five standard deviations of a binomial of 1000 at 0.3


def test_a_split_of_words():
    train, test = stratified_split(["b", "a", "b", "b", "b", "a"], held_out=0.5)
    assert (len(train), len(test)) == (3, 3)


@pytest.mark.parametrize("held_out", [0.0, 1.0, -0.5, 2.0, float("nan")])
def test_a_split_needs_a_proper_fraction(held_out: float):
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        stratified_split([0, 1], held_out)


def test_a_split_needs_one_axis():
    with pytest.raises(ValueError, match=r"one-dimensional, got shape \(2, 2\)"):
        stratified_split(np.zeros((2, 2)))
