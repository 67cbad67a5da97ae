"""`digits() : (x, y)` and `iris() : (x, y)`, two small classification sets that come with catdiff.

Both are kept value for value as the UCI Machine Learning Repository publishes them, so that results in papers
can be met exactly; `data/README.md` has authors, licence and checksums. A set is read when it is asked for.

>>> x, y = digits()
>>> train, test = stratified_split(y)
>>> x[train].shape, x[test].shape
((1347, 64), (450, 64))

Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, doi:10.24432/C50P49;
R. A. Fisher, Iris, doi:10.24432/C56C76. Both CC BY 4.0.
"""

import csv
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

SPECIES = ("setosa", "versicolor", "virginica")  # species number k of `iris` is SPECIES[k]
DATA = files("catdiff.examples") / "data"


def digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """x : float64[1797, 64], 8 × 8 pixels row by row, ink from 0 to 1; y : int64[1797], the digits.

    This is the test half of the UCI set, by thirteen writers, which scikit-learn's `load_digits` returns too.
    A pixel is a count from 0 to 16 divided by 16, and hence exact.

    >>> x, y = digits()
    >>> x.shape, x.dtype, y.shape, y.dtype
    ((1797, 64), dtype('float64'), (1797,), dtype('int64'))
    >>> for row in x[4].reshape(8, 8):
    ...     print("".join(" .:*#"[int(4 * ink)] for ink in row).rstrip())
        :
       .:
       *.
      .* ::
     .#: #.
     .*#*#
        *:
        #.
    >>> int(y[4])
    4

    Source: E. Alpaydin and C. Kaynak (1998), doi:10.24432/C50P49.
    """
    with (DATA / "digits.npz").open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return stored["images"] / 16.0, stored["labels"].astype(np.int64)


def iris() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """x : float64[150, 4], lengths in cm; y : int64[150], the species, a number into `SPECIES`.

    The columns of x: sepal length, sepal width, petal length, petal width. Rows 34 and 37 are UCI's, not
    Fisher's (nor scikit-learn's): results published on the UCI file come out only with them.

    >>> x, y = iris()
    >>> x.shape, x.dtype, y.shape, y.dtype
    ((150, 4), dtype('float64'), (150,), dtype('int64'))
    >>> x[[0, 34, 37]].tolist()
    [[5.1, 3.5, 1.4, 0.2], [4.9, 3.1, 1.5, 0.1], [4.9, 3.1, 1.5, 0.1]]
    >>> [SPECIES[k] for k in y[[0, 50, 100]]]
    ['setosa', 'versicolor', 'virginica']

    Source: R. A. Fisher (1936), doi:10.24432/C56C76.
    """
    _, *rows = csv.reader((DATA / "iris.csv").read_text(encoding="utf-8").splitlines())
    x, y = [row[:4] for row in rows], [SPECIES.index(row[4]) for row in rows]
    return np.array(x, np.float64), np.array(y, np.int64)


def stratified_split(
    y: ArrayLike, held_out: float = 0.25, seed: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(train, test) : two disjoint, ascending arrays of int64 that together number all of y.

    Of the n members of each class, round(held_out · n) go to test, drawn by a generator seeded with `seed`.

    Arguments: y, one-dimensional labels of any type that sorts; held_out, strictly between 0 and 1.
    Raises: ValueError if y has another number of axes or held_out is outside its range.

    >>> train, test = stratified_split(["a", "b", "a", "b", "a", "a"], held_out=0.5)
    >>> len(train), len(test)
    (3, 3)
    >>> stratified_split([0, 1], held_out=1.0)
    Traceback (most recent call last):
        ...
    ValueError: held_out must lie strictly between 0 and 1, got 1.0
    """
    labels = np.asarray(y)
    if labels.ndim != 1:
        raise ValueError(f"y must be one-dimensional, got shape {labels.shape}")
    if not 0 < held_out < 1:
        raise ValueError(f"held_out must lie strictly between 0 and 1, got {held_out}")
    rng = np.random.default_rng(seed)
    test = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        test[rng.permutation(members)[: round(held_out * len(members))]] = True
    return np.flatnonzero(~test).astype(np.int64), np.flatnonzero(test).astype(np.int64)
