"""A progress bar over any iterable, that changes nothing it passes on.

`list(Progress(xs)) == list(xs)`. On a terminal the bar is tqdm's where the extra `catdiff[progress]` is installed, and
a plain line that is redrawn in place otherwise. Where nobody watches (a file, a pipe, a log) it is one line, written at
the end. All of it goes to standard error, so that a program's output is its own.

>>> import io
>>> log = io.StringIO()                         # no terminal
>>> bar = Progress(range(3), "training", file=log)
>>> for k in bar:
...     bar.note(f"loss {0.5 ** k:.2f}")
>>> log.getvalue()
'training: 3/3 in ... s, loss 0.25\\n'
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from time import monotonic
from typing import Any, Generic, TextIO, TypeVar

T = TypeVar("T")
WIDTH, INTERVAL = 24, 0.1  # characters of the plain bar; seconds between two drawings of it


class Progress(Generic[T]):
    """`Progress(steps, label)`: the steps, with a bar that shows how many of them are done.

    - `steps`: any iterable; one without a length gets a count instead of a bar;
    - `label`: what is going on, in a word;
    - `file`: where to draw, standard error by default;
    - `total`: how many steps there will be, where the iterable does not say.
    """

    def __init__(
        self, steps: Iterable[T], label: str = "", file: TextIO | None = None, total: int | None = None
    ) -> None:
        self.steps, self.label = steps, label
        self.file = sys.stderr if file is None else file
        self.total = len(steps) if total is None and isinstance(steps, Sized) else total
        self.text = ""
        self._bar: Any = None

    def note(self, text: str) -> None:
        """A few words to show beside the bar from now on, such as the loss."""
        self.text = text
        if self._bar is not None:
            self._bar.set_postfix_str(text, refresh=False)

    def __iter__(self) -> Iterator[T]:
        if not self.file.isatty():
            return self._once()
        self._bar = _tqdm(self.steps, self.label, self.file, self.total)
        return self._plain() if self._bar is None else iter(self._bar)

    def _once(self) -> Iterator[T]:
        """Nothing until the end, or until whatever stopped it; then one line."""
        done, start = 0, monotonic()
        try:
            for step in self.steps:
                yield step
                done += 1
        finally:
            self._write(f"{self._line(done, start)}\n")

    def _plain(self) -> Iterator[T]:
        """A line, drawn over itself."""
        done, start, drawn, width = 0, monotonic(), -INTERVAL, 0
        try:
            for step in self.steps:
                if monotonic() - drawn >= INTERVAL:
                    width, drawn = self._draw(done, start, width), monotonic()
                yield step
                done += 1
        finally:
            self._draw(done, start, width)
            self._write("\n")

    def _draw(self, done: int, start: float, width: int) -> int:
        """Draw over a line of `width` characters; the width of the new one."""
        filled = WIDTH * done // self.total if self.total else WIDTH
        bar = "" if self.total is None else f" [{'#' * filled:<{WIDTH}}]"
        line = self._line(done, start, bar)
        self._write(f"\r{line:<{width}}")
        return len(line)

    def _line(self, done: int, start: float, bar: str = "") -> str:
        count = f"{done}" if self.total is None else f"{done}/{self.total}"
        head = f"{self.label}:" if self.label else ""
        line = f"{head}{bar} {count} in {monotonic() - start:.1f} s".lstrip()
        return f"{line}, {self.text}" if self.text else line

    def _write(self, text: str) -> None:
        self.file.write(text)
        self.file.flush()


def _tqdm(steps: Iterable[Any], label: str, file: TextIO, total: int | None) -> Any:
    """tqdm's bar, or None where tqdm is not installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(steps, desc=label or None, file=file, total=total)
