"""A straight-line program as a function that many threads may call at once.

Every call takes a workspace from those that are spare, or makes one, and gives it back; so a call interrupts no other,
nor itself. The memory of large results is used again when nobody else refers to it, which Python's count of references
tells: results that are kept are never written to.
"""

from __future__ import annotations

import itertools
import linecache
import sys
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ..numpy import argument
from .lowering import lower
from .scalars import scalar_source
from .source import Source

FLOAT = np.float64
KEPT = 3  # results whose memory may come back
NUMBERS = itertools.count(1)


class Straight:
    """f as straight-line code: called with arrays, one per wire; `source` is its text, `nbytes` its workspace."""

    __slots__ = ("nbytes", "run", "source")

    def __init__(self, f: Morphism) -> None:
        wires = f.dom.wires
        names: dict[str, Any] = {"argument": lambda i, x: argument(x, wires[i], i)}
        scalars = scalar_source(f)
        if scalars is not None:
            self.source, self.nbytes = scalars[0], 0
            names |= scalars[1] | {"number": lambda i, x: float(x if type(x) is FLOAT else argument(x, wires[i], i))}
        else:
            made = Source(lower(f), f.dom)
            self.source, self.nbytes = made.text, made.memory.nbytes
            names |= made.names | {name: recycler(*kind) for name, kind in made.fresh.items()}
            names |= {"spare": [], "own": own}
        file = f"<catdiff {next(NUMBERS)}>"
        exec(compile(self.source, file, "exec"), names)
        linecache.cache[file] = len(self.source), None, self.source.splitlines(keepends=True), file
        self.run: Callable[..., Any] = names["run"]
        weakref.finalize(self.run, linecache.cache.pop, file, None)


def own(y: Any, *others: Any) -> Any:
    """What a row gave, in memory that is no other's."""
    private = isinstance(y, np.ndarray) and y.base is None and y.flags.writeable and all(y is not x for x in others)
    return y if private else np.array(y)


def oldest(kept: deque[Any]) -> tuple[Any, int]:
    """What was kept first, taken out, and how many references there are to it."""
    y = kept.popleft()
    return y, sys.getrefcount(y)


OURS = oldest(deque([object()]))[1]  # references to what nobody else has, which Pythons count differently


def recycler(shape: tuple[int, ...], dtype: np.dtype) -> Callable[[], np.ndarray]:
    """A function that gives memory for results, that of an earlier one where it has been let go of."""
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return lambda: np.empty(shape, dtype)  # counts of references say nothing there
    kept: deque[np.ndarray] = deque(maxlen=KEPT)

    def fresh() -> np.ndarray:
        for _ in range(len(kept)):
            try:
                y, references = oldest(kept)  # no other thread has it now
            except IndexError:
                break
            if references > OURS:
                kept.append(y)
            elif (y.shape, y.dtype) == (shape, dtype) and y.flags.carray:  # and as it was when it was given away
                kept.append(y)
                return y
        y = np.empty(shape, dtype)
        kept.append(y)
        return y

    return fresh
