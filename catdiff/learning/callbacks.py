"""What is called after every epoch, with the run; what returns True ends the training.

A callback that decides by the run's history alone decides the same after a run is taken up again, and so do these.

>>> import catdiff as cd
>>> from types import SimpleNamespace
>>> stop = cd.early_stopping(patience=2)
>>> losses = [3.0, 2.0, 2.5, 2.1, 1.0]
>>> [stop(SimpleNamespace(history=[{"loss": x} for x in losses[: k + 1]])) for k in range(5)]
[False, False, False, True, False]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, with_line

if TYPE_CHECKING:
    from .run import Run

Callback = Callable[["Run"], Any]


def callables(given: Any) -> tuple[Callback, ...]:
    """Callbacks as a tuple. Raises `ArgumentError` for anything else."""
    if callable(given) or not isinstance(given, Iterable):
        raise ArgumentError(with_line(f"callbacks are a list of functions of a run, not {given!r}", "callbacks=[f]"))
    found = tuple(given)
    if strange := [f for f in found if not callable(f)]:
        raise ArgumentError(with_line(f"a callback is a function of a run, and {strange[0]!r} is none"))
    return found


def early_stopping(patience: int = 5, of: str | None = None, least: float = 0.0) -> Callback:
    """Stop when nothing has become better for `patience` epochs.

    - `of`: what is watched: `"validation loss"`, or `"loss"` where there is no validation, without it;
    - `least`: by how much it has to become better to count. Losses become better downwards, scores upwards.
    """
    if isinstance(patience, bool) or not isinstance(patience, int) or patience < 1:
        raise ArgumentError(with_line(f"patience is a number of epochs, one at least, not {patience!r}"))

    def stop(run: Any) -> bool:
        last = run.history[-1]
        name = of or ("validation loss" if "validation loss" in last else "loss")
        if name not in last:
            raise ArgumentError(with_line(f"nothing called {name!r} is measured; there is {', '.join(last)}"))
        sign = 1.0 if "loss" in name else -1.0
        values = [sign * row[name] for row in run.history]
        best, since = values[0], 0
        for value in values[1:]:
            best, since = (value, 0) if value < best - least else (best, since + 1)
        return since >= patience

    return stop
