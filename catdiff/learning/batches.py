"""Data in batches: shuffled from a seed and the number of the epoch, so that an epoch can be run again by itself.

>>> data = Data.of([[0.0], [1.0], [2.0]], [0, 1, 2])
>>> [len(rows) for rows in data.order(batch=2, seed=0, epoch=0)]
[2, 1]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ArgumentError, with_line


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

    def order(self, batch: int, seed: int, epoch: int) -> Iterator[np.ndarray]:
        """The rows of each batch of an epoch: all examples once, the last batch with what is left."""
        rows = np.random.default_rng([seed, epoch]).permutation(len(self))
        return (rows[at : at + batch] for at in range(0, len(rows), batch))


def _arrays(x: Any) -> tuple[np.ndarray, ...]:
    return tuple([np.asarray(a) for a in x]) if isinstance(x, tuple) else (np.asarray(x),)
