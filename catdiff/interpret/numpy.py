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
from ..category.objects import DTYPES, Sort
from ..errors import ArgumentError, CatdiffError, EvaluationError, with_line
from ..generators.constants import as_array, exactly
from ..hypernet.net import Net
from .plan import Plan, plan_of
from .rigs import RIGS


def run(net: Net, args: Sequence[Any]) -> list[Any]:
    """The outputs of `net` on arrays that lie on its domain."""
    frames: list[tuple[Plan, list[Any], int, int, str]] = []
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
                frames.append((plan, values, at, first, name))
                plan, at, name = plan_of(label.bodies[0].net), 0, label.name
                values = [*xs, *[None] * (plan.net.wires - len(xs))]
                break
            try:
                made = (compute(*xs),) if len(sorts) == 1 else compute(*xs)
                for port, (y, sort) in enumerate(zip(made, sorts, strict=True)):
                    values[first + port] = _checked(y, sort, port)
            except CatdiffError:
                raise
            except Exception as error:
                path = [*(f[4] for f in frames), name, label.title]
                raise _failure(error, [p for p in path if p], label, xs) from error
            for w in frees:
                values[w] = None
            at += 1
        else:
            out = [values[w] for w in plan.outputs]
            if not frames:
                return out
            plan, values, at, first, name = frames.pop()
            values[first : first + len(out)] = out
            for w in plan.steps[at][4]:
                values[w] = None
            at += 1


def _checked(y: Any, sort: Sort, port: int) -> Any:
    if getattr(y, "shape", None) != sort.shape or y.dtype.name != sort.dtype.carrier:
        if sort.dtype.name == "rational" and not sort.shape:
            return np.array(y, object)
        found = f"{type(y).__name__}" if not hasattr(y, "shape") else f"{y.dtype}{list(y.shape)}"
        raise TypeError(f"output {port} is declared {sort} but the kernel gave {found}")
    return y


def _failure(error: Exception, path: list[str], label: Label, xs: list[Any]) -> EvaluationError:
    given = "; ".join(
        f"input {i}: declared {s}, got {getattr(x, 'dtype', type(x).__name__)}{list(np.shape(x))}"
        for i, (s, x) in enumerate(zip(label.dom.wires, xs, strict=True))
    )
    where = " / ".join(path)
    message = f"{where}: {type(error).__name__}: {error}" + (f"\n  {given}" if given else "")
    return EvaluationError(with_line(message), path[:-1], label.name)


def argument(value: Any, sort: Sort, place: int) -> np.ndarray:
    """`value` as an array on `sort`; lossless casts are made, anything else raises `ArgumentError`."""
    carrier = np.dtype(sort.dtype.carrier)
    weak = isinstance(value, (bool, int, float, complex, list, tuple)) and not isinstance(value, np.generic)
    array = as_array(value, object if carrier.kind == "O" else None)
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
        raise ArgumentError(with_line(f"{f} takes {len(f.dom)} arguments, one per wire, not {len(args)}"))
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
    """A morphism as a callable whose plan is made: `cd.compile(f)`."""

    __slots__ = ("morphism",)

    def __init__(self, morphism: Morphism) -> None:
        self.morphism = morphism
        plan_of(morphism.net)

    def __call__(self, *args: Any) -> Any:
        """One array per wire of the domain, as in `f(x, …)`."""
        return evaluate(self.morphism, args)

    def __repr__(self) -> str:
        return f"<compiled {self.morphism}>"


def compile(f: Morphism, backend: str = "numpy") -> Compiled:
    """f as a reusable callable, scheduled once.

    >>> import catdiff as cd
    >>> cd.compile(cd.sin(cd.f64()) >> cd.exp)
    <compiled f64 → f64>
    """
    if not isinstance(f, Morphism):
        raise ArgumentError(with_line(f"compile takes a morphism, not {f!r}"))
    if backend != "numpy":
        raise ArgumentError(with_line(f"there is no backend {backend!r}; there is 'numpy'"))
    return Compiled(f)


assert set(RIGS) <= set(DTYPES)
