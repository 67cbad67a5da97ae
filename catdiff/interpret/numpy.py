"""Evaluation on NumPy arrays.

A net becomes a *plan*, once (see `plan`). Running a plan is a loop; a box with an interior opens a frame on a list,
so no depth of boxes meets Python's recursion limit, and the list is the path an error message names.

Invariant: nothing that a caller can see is written to, and no result shares memory with an argument or a constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.morphism import Morphism, verb
from ..category.objects import Sort
from ..errors import ArgumentError, EvaluationError, with_line
from ..generators.constants import as_array, exactly, fractions
from ..hypernet.net import Net
from ..rewrite.strategy import simplify
from .plan import Plan, plan_of

Frame = tuple[Plan, list[Any], int, str]  # a plan under way: its values, the step it waits for, the name of its box


def run(net: Net, args: Sequence[Any]) -> list[Any]:
    """The outputs of `net` on arrays that lie on its domain."""
    frames: list[Frame] = []
    plan, at, name = plan_of(net), 0, ""
    values: list[Any] = [*args, *[None] * (plan.net.wires - len(args))]
    while True:
        steps = plan.steps
        while at < len(steps):
            compute, reads, first, sorts, frees, label = steps[at]
            xs = [values[s] for s in reads]
            if compute is None:
                for w in frees:  # the interior has them now, and lets go of them when it can
                    values[w] = None
                frames.append((plan, values, at, name))
                try:
                    plan, at, name = plan_of(label.bodies[0].net), 0, label.name
                except Exception as error:
                    raise _failure(error, frames, name, label, xs) from error
                values = [*xs, *[None] * (plan.net.wires - len(xs))]
                del xs
                break
            try:
                made = (compute(*xs),) if len(sorts) == 1 else compute(*xs)
                for port, (y, sort) in enumerate(zip(made, sorts, strict=True)):
                    values[first + port] = _checked(y, sort, port)
            except Exception as error:
                raise _failure(error, frames, name, label, xs) from error
            for w in frees:
                values[w] = None
            at += 1
        else:
            out = [values[w] for w in plan.outputs]
            if not frames:
                return out
            plan, values, at, name = frames.pop()
            first = plan.steps[at][2]
            values[first : first + len(out)] = out
            del out  # or these would outlive their last reader
            for w in plan.steps[at][4]:
                values[w] = None
            at += 1


def _checked(y: Any, sort: Sort, port: int) -> Any:
    if getattr(y, "shape", None) != sort.shape or y.dtype.name != sort.dtype.carrier:
        if sort.dtype.name == "rational" and not sort.shape:
            return np.array(y, object)
        raise TypeError(f"output {port} is declared {sort} but the kernel gave {_described(y)}")
    return y


def _described(x: Any) -> str:
    return f"{x.dtype}{list(x.shape)}" if hasattr(x, "shape") else type(x).__name__


def _failure(error: Exception, frames: Sequence[Frame], name: str, label: Label, xs: Sequence[Any]) -> EvaluationError:
    """Which box failed, in which boxes, on what: per port the declared type and the array that came."""
    path = [n for n in (*(frame[3] for frame in frames), name) if n]
    try:
        title = label.title
    except Exception:
        title = label.name
    given = "".join(
        f"\n  input {i}: declared {s}, got {_described(x)}"
        for i, (s, x) in enumerate(zip(label.dom.wires, xs, strict=True))
    )
    message = f"{' / '.join([*path, title])}: {type(error).__name__}: {error}{given}"
    return EvaluationError(with_line(message), path, label.name)


def argument(value: Any, sort: Sort, place: int) -> np.ndarray:
    """`value` as an array on `sort`; lossless casts are made, anything else raises `ArgumentError`."""
    carrier = np.dtype(sort.dtype.carrier)
    weak = isinstance(value, (bool, int, float, complex, list, tuple)) and not isinstance(value, np.generic)
    array = as_array(value, object if carrier.kind == "O" else None)
    if carrier.kind == "O":
        array = fractions(array)
        if array is None:
            raise ArgumentError(with_line(f"argument {place} lies on {sort}, but {value!r} are not all rationals"))
    if array.shape != sort.shape:
        raise ArgumentError(
            with_line(f"argument {place} lies on {sort}, but an array of shape {array.shape} was given")
        )
    if array.dtype == carrier and sort.dtype.name != "z2":
        return array
    if sort.dtype.name == "z2":
        cast = exactly(array, carrier) if array.dtype.kind in "biu" else None
        cast = None if cast is None or np.any(cast > 1) else cast
    elif array.dtype.kind in "biu":
        cast = exactly(array, carrier)
    else:
        allowed = np.can_cast(array.dtype, carrier, "same_kind" if weak else "safe") or not array.size
        cast = array.astype(carrier) if allowed else None
    if cast is None:
        hint = f"x.astype({carrier.name!r})" if carrier.kind in "fc" else None
        raise ArgumentError(
            with_line(f"argument {place} lies on {sort}, but {array.dtype} values were given that do not fit it", hint)
        )
    return cast


@verb("evaluate")
def evaluate(f: Morphism, args: Sequence[Any]) -> Any:
    """`f(x, …)`: one argument per wire; a bare array for one output, a tuple for several, `()` for none."""
    if len(args) != len(f.dom):
        noun = "argument" if len(f.dom) == 1 else "arguments"
        raise ArgumentError(with_line(f"{f} takes {len(f.dom)} {noun}, one per wire, not {len(args)}"))
    arrays = [argument(a, s, i) for i, (a, s) in enumerate(zip(args, f.dom.wires, strict=True))]
    out = _owned(run(f.net, arrays), arrays)
    return out[0] if len(out) == 1 else tuple(out)


def _owned(results: Sequence[Any], args: Sequence[Any]) -> list[Any]:
    """The results as nobody else's: scalars as NumPy scalars; what shares memory with an argument, a constant
    (constants are read-only) or another result is copied.
    """
    seen = {id(_owner(a)) for a in args}
    out: list[Any] = []
    for y in results:
        if not np.shape(y):
            out.append(y[()] if isinstance(y, np.ndarray) else y)
            continue
        owner = _owner(y)
        private = id(owner) not in seen and owner.base is None and owner.flags.writeable and owner.size == y.size
        out.append(y if private and y.flags.writeable else np.array(y))
        seen.add(id(owner))
    return out


def _owner(x: Any) -> Any:
    """The array whose memory a view shows."""
    while isinstance(getattr(x, "base", None), np.ndarray):
        x = x.base
    return x


class Compiled:
    """A morphism as a callable, simplified and scheduled: `cd.compile(f)`."""

    __slots__ = ("morphism", "simplified")

    def __init__(self, morphism: Morphism) -> None:
        self.morphism, self.simplified = morphism, simplify(morphism)
        plan_of(self.simplified.net)

    def __call__(self, *args: Any) -> Any:
        """One array per wire of the domain, as in `f(x, …)`."""
        return evaluate(self.simplified, args)

    def __repr__(self) -> str:
        return f"<compiled {self.morphism}>"


def compile(f: Morphism, backend: str = "numpy") -> Compiled:
    """f as a reusable callable: simplified, and scheduled once.

    `f(x)` runs f as it was built; what is compiled runs `cd.simplify(f)`, which is often less for a derivative.

    >>> import catdiff as cd
    >>> cd.compile(cd.sin(cd.f64()) >> cd.exp)
    <compiled f64 → f64>
    """
    if not isinstance(f, Morphism):
        raise ArgumentError(with_line(f"compile takes a morphism, not {f!r}"))
    if backend != "numpy":
        raise ArgumentError(with_line(f"there is no backend {backend!r}; there is 'numpy'"))
    return Compiled(f)
