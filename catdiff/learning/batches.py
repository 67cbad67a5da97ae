"""Data in batches: shuffled from a seed and the number of the epoch, so that an epoch can be run again by itself.

>>> data = Data.of([[0.0], [1.0], [2.0]], [0, 1, 2])
>>> [len(batch) for batch in Arrays(data, size=2, seed=0).epoch(0)]
[2, 1]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, islice
from typing import Any, Protocol

import numpy as np

from ..category.objects import Object
from ..errors import ArgumentError, with_line, without_line
from ..interpret.numpy import argument
from .parameters import over

Batches = Iterable[Any] | Callable[[int], Iterable[Any]]  # of pairs (x, y); a function takes the epoch's number
_ANEW = "an iterator is used up after one epoch: give a list, or a function of the epoch's number that makes one"


@dataclass(frozen=True)
class Data:
    """Examples: arrays for the inputs and for the labels, all with one leading axis."""

    inputs: tuple[np.ndarray, ...]
    labels: tuple[np.ndarray, ...]

    @staticmethod
    def of(x: Any, y: Any) -> Data:
        """Of an array or a tuple of arrays each. Raises `ArgumentError` where they are not of one length, or empty."""
        made = Data(_arrays(x), _arrays(y))
        lengths = {len(a) if a.ndim else -1 for a in (*made.inputs, *made.labels)}
        if len(lengths) != 1 or lengths & {0, -1}:
            shapes = ", ".join(str(a.shape) for a in (*made.inputs, *made.labels))
            raise ArgumentError(with_line(f"data are arrays with one leading axis of examples each, not {shapes}"))
        return made

    def __len__(self) -> int:
        return len(self.labels[0])

    def at(self, rows: Any) -> Data:
        """Some of the examples."""
        return Data(tuple([a[rows] for a in self.inputs]), tuple([a[rows] for a in self.labels]))

    def on(self, A: Object, T: Object, between: tuple[float, float] | None = None) -> Data:
        """The same as arrays on the wires of Aⁿ and Tⁿ, labels lying between two numbers where these are given.

        Raises `ArgumentError` where they do not lie there, or an entry is no number.
        """
        inputs, labels = _on(A, self.inputs, "input"), _on(T, self.labels, "label")
        for what, arrays in (("input", inputs), ("label", labels)):
            for k, a in enumerate(arrays):
                _numbers(f"{what} {k}", a)
        if between is not None:
            for a in labels:
                _lie(a, *between)
        return Data(inputs, labels)

    def digest(self) -> str:
        """What these arrays are known by: types, shapes and bytes."""
        found = blake2b(digest_size=16)
        for a in (*self.inputs, *self.labels):
            found.update(f"{a.dtype}{a.shape}".encode())
            found.update(repr(a.tolist()).encode() if a.dtype.hasobject else np.ascontiguousarray(a).tobytes())
        return found.hexdigest()


class Source(Protocol):
    """Where batches come from: `epoch(k, at)` are those of epoch k from number `at` on."""

    @property
    def count(self) -> int | None:
        """How many there are in an epoch, where that is known."""
        ...

    @property
    def identity(self) -> dict[str, Any]:
        """What a checkpoint knows the data by."""
        ...

    def epoch(self, k: int, at: int = 0) -> Iterator[Data]:
        """The batches of epoch k, from number `at` on."""
        ...


class Arrays:
    """All examples once in an epoch, in an order that follows from the seed and the epoch, or as they are given; the
    last batch has what is left.
    """

    def __init__(self, data: Data, size: int, seed: int, shuffle: bool = True) -> None:
        self.data, self.size, self.seed = data, whole(size, 1, "examples in a batch"), seed
        self.shuffle, self.count = shuffle, -(-len(data) // self.size)
        self.identity = {"batch": self.size, "data": data.digest(), **({} if shuffle else {"order": "as given"})}

    def epoch(self, k: int, at: int = 0) -> Iterator[Data]:
        """The batches of epoch k, from number `at` on."""
        n = len(self.data)
        rows = np.random.default_rng([self.seed, k]).permutation(n) if self.shuffle else np.arange(n)
        return (self.data.at(rows[i : i + self.size]) for i in range(at * self.size, len(rows), self.size))


class Stream:
    """Batches `(x, y)` from an iterable that begins anew for every epoch, or of a function of the number of the epoch.

    They are as they come: shuffling is the iterable's. Of a run that is taken up again, those that were seen are
    passed over.
    """

    count = None

    def __init__(self, batches: Batches, typed: Callable[[Data], Data]) -> None:
        self._batches, self._typed = batches, typed
        self.identity: dict[str, Any] = {}

    def epoch(self, k: int, at: int = 0) -> Iterator[Data]:
        """The batches of epoch k, from number `at` on. Raises `ArgumentError` where there is none."""
        number = -1
        for number, batch in enumerate(islice(_begun(self._batches, k), at, None), at):
            yield pair(batch, f"batch {number}", self._typed)
        if number < 0 and not at:
            raise ArgumentError(with_line(f"epoch {k + 1} has no batches", _ANEW))


def data_of(x: Any, y: Any) -> tuple[Data, Any]:
    """All data, of arrays; of batches the first, and what gives all of them."""
    if y is not None:
        return Data.of(x, y), None
    if not callable(x) and not isinstance(x, Iterable):
        raise ArgumentError(with_line(f"data are x and y, or batches (x, y), not {type(x).__name__}"))
    begun = _begun(x, 0)
    first = next(begun, None)
    if first is None:
        raise ArgumentError(with_line("there are no batches to train on", _ANEW))
    return pair(first, "batch 0"), chain([first], begun) if begun is x else x


def whole(n: Any, least: int, what: str) -> int:
    """A whole number that is large enough, or `ArgumentError`."""
    if isinstance(n, bool) or not hasattr(n, "__index__") or n < least:
        raise ArgumentError(with_line(f"{what}: a whole number from {least} on, not {n!r}"))
    return int(n)


def _begun(batches: Any, k: int) -> Iterator[Any]:
    given: Any = batches(k) if callable(batches) else batches
    return iter(given)


def pair(given: Any, name: str, typed: Callable[[Data], Data] = lambda data: data) -> Data:
    """Examples given as a pair `(x, y)`, as `typed` makes them; errors call them by this name."""
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise ArgumentError(with_line(f"{name} is no pair (x, y), but {type(given).__name__}"))
    try:
        return typed(Data.of(*given))
    except ArgumentError as error:
        raise ArgumentError(with_line(f"{name}: {without_line(str(error))}")) from None


def _numbers(what: str, a: np.ndarray) -> None:
    """Raise `ArgumentError` where an entry is NaN or infinite."""
    if a.dtype.kind in "fc" and not np.isfinite(a).all():
        bad = np.flatnonzero(~np.isfinite(a).reshape(len(a), -1).all(axis=1))
        said = f"{what} has NaN or infinity in {len(bad)} of {len(a)} examples, first in number {bad[0]}"
        raise ArgumentError(with_line(said))


def _lie(labels: np.ndarray, low: float, high: float) -> None:
    """Raise `ArgumentError` where a label lies elsewhere."""
    rows = labels.reshape(len(labels), -1)
    out = ~((low <= rows) & (rows <= high))
    if out.any():
        bad = np.flatnonzero(out.any(axis=1))
        given = rows[bad[0]][out[bad[0]]][0]
        said = f"labels lie between {low} and {high}, and that of example {bad[0]} is {given}"
        raise ArgumentError(with_line(f"{said}, one of {len(bad)} that do not"))


def _on(A: Object, arrays: tuple[np.ndarray, ...], what: str) -> tuple[np.ndarray, ...]:
    """On the wires of Aⁿ, A being an example's."""
    if len(arrays) != len(A):
        raise ArgumentError(with_line(f"the {what}s of an example lie on {A}, and {len(arrays)} arrays were given"))
    for k, (a, s) in enumerate(zip(arrays, A.wires, strict=True)):
        if a.shape[1:] != s.shape:
            said = f"{what} {k} of an example is {s}, and {len(a)} of shape {a.shape[1:]} were given"
            hint = f"x.reshape({(-1, *s.shape)})" if a[:1].size == s.size else None
            raise ArgumentError(with_line(said, hint))
    whole = over(A, len(arrays[0])).wires if arrays else ()
    return tuple([argument(a, s, i) for i, (a, s) in enumerate(zip(arrays, whole, strict=True))])


def _arrays(x: Any) -> tuple[np.ndarray, ...]:
    return tuple([np.asarray(a) for a in x]) if isinstance(x, tuple) else (np.asarray(x),)
