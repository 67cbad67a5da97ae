"""A watch over foreign calls: none of them may keep a check waiting for ever.

On the main thread of a Unix process a call that takes too long is interrupted (`setitimer`). Elsewhere the whole body
runs on a thread of its own, which is left behind when one of its calls does not return. What no signal reaches, such
as a loop within C that never gives the interpreter back, is noticed only in the second way.

>>> watch = Watch(seconds=60.0, call=0.05)
>>> def forever():
...     while True:
...         pass
>>> try:
...     watch.run(lambda: watch.call(forever))
... except Late as late:
...     print(late)
no answer within 0.05 s
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")


class Late(BaseException):
    """A call did not return in time. No `Exception`, so that foreign code that catches those lets it through."""


class OutOfTime(BaseException):
    """All the time there is has been spent, between two calls."""


class Watch:
    """`seconds` for everything, `call` for one foreign call, whichever ends first."""

    def __init__(self, seconds: float, call: float) -> None:
        self.start, self.seconds, self.limit = monotonic(), seconds, call
        self.name = ""  # of what was called last
        self._signals = False
        self._since: float | None = None

    @property
    def spent(self) -> float:
        """Seconds since the watch was made, as a fraction of all there are."""
        return (monotonic() - self.start) / self.seconds

    def extend(self) -> None:
        """Half as much time again, to come to a verdict."""
        self.seconds *= 1.5

    def call(self, function: Callable[..., T], *args: Any) -> T:
        """`function(*args)`, within the limit. Raises `Late`, or `OutOfTime` where there is none to begin with."""
        if self.spent > 1:
            raise OutOfTime
        if not self._signals:
            self._since = monotonic()
            try:
                return function(*args)
            finally:
                self._since = None
        signal.setitimer(signal.ITIMER_REAL, self.limit)
        try:
            return function(*args)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)

    def run(self, body: Callable[[], T]) -> T:
        """`body()`, whose foreign calls are watched."""
        if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
            return self._with_signals(body)
        return self._with_thread(body)

    def _late(self) -> Late:
        return Late(f"no answer within {self.limit:.3g} s")

    def _with_signals(self, body: Callable[[], T]) -> T:
        def ring(*_: object) -> None:
            raise self._late()

        before = signal.signal(signal.SIGALRM, ring)
        rest, every = signal.setitimer(signal.ITIMER_REAL, 0.0)
        began, self._signals = monotonic(), True
        try:
            return body()
        finally:
            self._signals = False
            signal.signal(signal.SIGALRM, before)
            if rest:  # somebody else's alarm goes on
                signal.setitimer(signal.ITIMER_REAL, max(1e-3, rest - (monotonic() - began)), every)

    def _with_thread(self, body: Callable[[], T]) -> T:
        done: list[T] = []
        failed: list[BaseException] = []

        def work() -> None:
            try:
                done.append(body())
            except BaseException as error:
                failed.append(error)

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        while worker.is_alive():
            worker.join(0.02)
            since = self._since
            if since is not None and monotonic() - since > self.limit and worker.is_alive():
                raise self._late()
        if failed:
            raise failed[0]
        return done[0]
