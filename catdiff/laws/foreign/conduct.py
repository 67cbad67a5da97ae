"""How a foreign callable behaves: whether it is a function, on the arrays its type says.

A `Callee` calls forward, vjp or jvp on copies and reads the answer. What it may not do is `Misconduct`, said as that
and not as a violated law: another number of arrays than its type says, another shape or dtype, writing to its
arguments, no answer in time. A point where it raises or gives NaN is `Undefined`; whether that matters depends on the
point. `probe` calls each twice and out of turn: what is random, counts its calls or reads what an earlier call left
behind is no function of its arguments.

>>> import catdiff as cd
>>> A, watch = cd.f64(2), Watch(10.0, 10.0)
>>> Callee("forward", lambda x: x[:1], A, A, watch)([np.ones(2)])
Traceback (most recent call last):
...
catdiff.laws.foreign.conduct.Misconduct: forward gives an array of shape (1,) for output 0, which is f64[2]
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ...category.objects import Object, Sort
from .deadline import Late, Watch
from .spaces import Arrays


class Misconduct(Exception):
    """A callable does what none may, at any point. Attributes: `culprit`, its name, and `fault`, what kind it is."""

    def __init__(self, culprit: str, fault: str, said: str) -> None:
        super().__init__(said)
        self.culprit, self.fault = culprit, fault


class Undefined(Exception):
    """A callable gives no numbers at this point."""


class Callee:
    """One of the callables of a rule, with its type.

    - `name`: "forward", "vjp" or "jvp"; `takes`, `gives`: words of wires;
    - `slot`: what a reader calls the arrays it gives.
    """

    def __init__(self, name: str, function: Callable[..., Any], takes: Object, gives: Object, watch: Watch) -> None:
        self.name, self.function, self.watch = name, function, watch
        self.takes, self.gives = takes.wires, gives.wires
        self.slot = "input" if name == "vjp" else "output"

    def __call__(self, args: Sequence[np.ndarray]) -> Arrays:
        """The arrays it gives at `args`; raises `Undefined` where one of them is not finite (a vjp's may be)."""
        out = self.raw(args)[1]
        if self.name != "vjp" and not all(_finite(a) for a in out):
            raise Undefined(f"{self.name} gives NaN or infinity")
        return out

    def raw(self, args: Sequence[np.ndarray]) -> tuple[Any, Arrays]:
        """What it gave, and that as arrays of our own."""
        given = [np.array(a, s.dtype.carrier)[()] for a, s in zip(args, self.takes, strict=True)]
        self.watch.name = self.name
        try:
            got = self.watch.call(self.function, *given)
        except Late as late:
            raise Misconduct(self.name, "time", f"{self.name} does not return: {late}") from None
        except (Misconduct, Undefined):
            raise
        except Exception as error:
            raise Undefined(f"{self.name} raises {said(error)}") from error
        for i, (mine, before) in enumerate(zip(given, args, strict=True)):
            if not np.array_equal(mine, before, equal_nan=mine.dtype.kind in "fc"):
                raise Misconduct(self.name, "mutation", f"{self.name} writes to its argument {i}; it may only read it")
        return got, self._read(got)

    def _read(self, got: Any) -> Arrays:
        n = len(self.gives)
        if n == 0 and got is None:
            got = ()
        several = isinstance(got, tuple) or (isinstance(got, list) and (n != 1 or _holds_an_array(got, self.gives[0])))
        parts = list(got) if several else [got]
        if self.name == "vjp" and len(parts) != n:
            live = [i for i, s in enumerate(self.gives) if s.dtype.kind in ("real", "complex")]
            if len(parts) == len(live):  # only those that have a cotangent
                full: list[Any] = [None] * n
                for i, part in zip(live, parts, strict=True):
                    full[i] = part
                parts = full
        if len(parts) != n:
            arrays, wires = "array" if len(parts) == 1 else "arrays", "wire" if n == 1 else "wires"
            where = "dom" if self.name == "vjp" else "cod"
            raise Misconduct(
                self.name, "count", f"{self.name} gives {len(parts)} {arrays}, but {where} has {n} {wires}"
            )
        return [self._array(part, sort, i) for i, (part, sort) in enumerate(zip(parts, self.gives, strict=True))]

    def _array(self, part: Any, sort: Sort, i: int) -> np.ndarray:
        smooth = sort.dtype.kind in ("real", "complex")
        if self.name == "vjp" and (part is None or not smooth):  # what has no derivative needs no cotangent
            return np.zeros(sort.shape, sort.dtype.carrier)
        try:
            array = np.asarray(part)
        except Exception as error:
            raise self._fault(
                "type", i, f"gives {type(part).__name__}, which is no array ({said(error)})", sort
            ) from error
        if array.dtype.kind not in "biufc" and sort.dtype.carrier != "object":
            raise self._fault("type", i, f"gives {type(part).__name__}, which is no array of numbers,", sort)
        if array.shape != sort.shape:
            raise self._fault("shape", i, f"gives an array of shape {array.shape}", sort, array.size == sort.size)
        weak = isinstance(part, (bool, int, float, complex, list)) and not isinstance(part, np.generic)
        carrier = np.dtype(sort.dtype.carrier)
        if array.dtype != carrier and not (weak and np.can_cast(array.dtype, carrier, "same_kind")):
            raise self._fault("dtype", i, f"gives {array.dtype} entries", sort)
        return np.array(array, carrier)

    def _fault(self, fault: str, i: int, what: str, sort: Sort, reshaped: bool = False) -> Misconduct:
        hint = ""
        if fault == "shape" and self.name == "vjp":
            hint = "; a cotangent has the shape of its input: sum it over the axes along which the input was broadcast"
            hint = "; a cotangent has the shape of its input: reshape it" if reshaped else hint
        if fault == "dtype":
            hint = f" ({sort.dtype.carrier})"
        return Misconduct(self.name, fault, f"{self.name} {what} for {self.slot} {i}, which is {sort}{hint}")


def _holds_an_array(got: list[Any], sort: Sort) -> bool:
    """Whether a list is a list of one array, and not the array itself."""
    return len(got) == 1 and (isinstance(got[0], np.ndarray) or (np.ndim(got[0]) == len(sort.shape) == 0))


def said(error: BaseException) -> str:
    """An exception in a line."""
    first = str(error).strip().splitlines()
    return f"{type(error).__name__}: {first[0][:160]}" if first else type(error).__name__


def _finite(array: np.ndarray) -> bool:
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


def alike(left: Sequence[np.ndarray], right: Sequence[np.ndarray]) -> bool:
    """Whether two answers are one but for the order in which something was summed."""
    for a, b in zip(left, right, strict=True):
        if a.dtype.kind not in "fc":
            if not np.array_equal(a, b):
                return False
            continue
        unit = float(np.finfo(a.dtype).eps)
        size = float(np.max(np.abs(a), initial=0.0, where=np.isfinite(a)))
        if not np.allclose(a, b, rtol=0.0, atol=1e3 * unit * size, equal_nan=True):
            return False
    return True


def probe(forward: Callee, backward: Sequence[Callee], points: Sequence[Arrays], seeds: Sequence[Arrays]) -> None:
    """Raises `Misconduct` for what is no function of its arguments. `backward` also takes one of `seeds`."""
    x = points[0]
    steady(forward, x, points[1:])
    for callee in backward:
        args = [*x, *seeds[0]]
        steady(callee, args, [])
        first = callee(args)
        for y in points[1:]:
            elsewhere = "at another point"
            for other, there, word in ((forward, y, "forward"), (callee, [*y, *seeds[-1]], callee.name)):
                try:
                    other(there)
                except Undefined:
                    continue
                if not alike(first, callee(args)):
                    said = (
                        f"{callee.name} is not a function of its arguments: it gives something else for the same ones "
                        f"once {word} was called {elsewhere}; it reads what an earlier call "
                        "left behind (a stale residual?)"
                    )
                    raise Misconduct(callee.name, "state", said)


def unchanged(callee: Callee, calls: Iterable[tuple[Arrays, np.ndarray]], flat: Callable[[Arrays], np.ndarray]) -> None:
    """Raises `Misconduct` where calls (arguments, what was answered) that are made again are answered otherwise."""
    for args, before in calls:
        try:
            now = flat(callee(args))
        except Undefined:
            continue
        if not alike([before], [now]):
            said = (
                f"{callee.name} is not a function of its arguments: some time later it gives something else for the "
                "same ones; it is random, or keeps a state between calls"
            )
            raise Misconduct(callee.name, "state", said)


def steady(callee: Callee, args: Arrays, others: Sequence[Arrays]) -> None:
    """The same arguments, the same answer: now, again, and after calls with other arguments. Else `Misconduct`."""
    got, first = callee.raw(args)
    kept = [a.copy() for a in first]
    held = [got] if not isinstance(got, (tuple, list)) else list(got)
    if not alike(kept, callee(args)):
        raise Misconduct(callee.name, *_differing(callee, args))
    for other in others:
        try:
            callee(other)
        except Undefined:
            continue
        if not alike(kept, callee(args)):
            said = f"{callee.name} is not a function of its arguments: its answer depends on which calls came before"
            raise Misconduct(callee.name, "state", said)
        callee(other)
        after = [np.asarray(h) for h in held if isinstance(h, np.ndarray)]
        if after and len(after) == len(kept) and not alike(kept, after):
            said = f"{callee.name} gives the same buffer at each call: what it gave before is overwritten by the next"
            raise Misconduct(callee.name, "state", said)


def _differing(callee: Callee, args: Arrays) -> tuple[str, str]:
    """Why two calls with one set of arguments differ: chance, or a state."""
    before, pythons = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        answers = []
        for _ in range(2):
            np.random.set_state(before)  # noqa: NPY002
            random.setstate(pythons)
            answers.append(callee(args))
    finally:
        np.random.set_state(before)  # noqa: NPY002
        random.setstate(pythons)
    where = f"{callee.name} is not a function of its arguments: two calls with the same ones differ"
    if alike(*answers) and not alike(callee(args), callee(args)):
        return "random", f"{where}; it draws from a global random state (pass what is random as an argument)"
    return "random", f"{where}; it is random, reads a clock or counts its calls"
