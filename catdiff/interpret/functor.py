"""Functors out of the syntax: what each box does to the values on its wires, and the loop that runs a net of them.

A `Functor` says two things: which function a label stands for, and what may lie on a wire. The rest is the same for
every meaning a program has, because a functor preserves composition: boxes run one after another, each on what the
boxes before it gave, and a box with an interior is its interior. NumPy arrays are one functor (`numpy`), arrays over
a rig a family of them (`over`).

A net becomes a *plan* per functor, once (see `plan`). Running a plan is a loop; a box with an interior opens a frame
on a list, so no depth of boxes meets Python's recursion limit, and the list is the path an error message names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..category.label import Label
from ..category.objects import Sort
from ..errors import EvaluationError, MeaningError, with_line
from ..hypernet.net import Net
from .plan import Plan, plan_of

Frame = tuple[Plan, list[Any], int, str]  # a plan under way: its values, the step it waits for, the name of its box


@dataclass(frozen=True, eq=False)
class Functor:
    """A meaning of programs.

    - `kernel(label)`: the function a label without interior stands for, of one value per input, giving one value, or
      a tuple of them where the label has another number of outputs than one. Raises `MeaningError` where there is none;
    - `checked(y, sort, port)`: the value y that a kernel gave, as it is to lie on a wire of that sort. Raises
      TypeError where it may not.
    """

    name: str
    kernel: Callable[[Label], Callable[..., Any]]
    checked: Callable[[Any, Sort, int], Any]


def run(net: Net, args: Sequence[Any], functor: Functor, watch: Callable[[], None] | None = None) -> list[Any]:
    """The outputs of `net` on values that may lie on its domain. `watch` is called before each box, and may raise."""
    frames: list[Frame] = []
    checked = functor.checked
    plan, at, name = plan_of(net, functor), 0, ""
    values: list[Any] = [*args, *[None] * (plan.net.wires - len(args))]
    while True:
        steps = plan.steps
        while at < len(steps):
            if watch is not None:
                watch()
            compute, reads, first, sorts, frees, label = steps[at]
            xs = [values[s] for s in reads]
            if compute is None:
                for w in frees:  # the interior has them now, and lets go of them when it can
                    values[w] = None
                frames.append((plan, values, at, name))
                try:
                    plan, at, name = plan_of(label.bodies[0].net, functor), 0, label.name
                except Exception as error:
                    raise failure(error, frames, name, label, xs) from error
                values = [*xs, *[None] * (plan.net.wires - len(xs))]
                del xs
                break
            try:
                made = (compute(*xs),) if len(sorts) == 1 else compute(*xs)
                for port, (y, sort) in enumerate(zip(made, sorts, strict=True)):
                    values[first + port] = checked(y, sort, port)
            except Exception as error:
                raise failure(error, frames, name, label, xs) from error
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


def described(x: Any) -> str:
    """What an error message says of a value."""
    return f"{x.dtype}{list(x.shape)}" if hasattr(x, "shape") and hasattr(x, "dtype") else type(x).__name__


def failure(error: Exception, frames: Sequence[Frame], name: str, label: Label, xs: Sequence[Any]) -> Exception:
    """Which box failed, in which boxes, on what: per port the declared type and the value that came."""
    path = [n for n in (*(frame[3] for frame in frames), name) if n]
    try:
        title = label.title
    except Exception:
        title = label.name
    place = " / ".join([*path, title])
    if isinstance(error, MeaningError):
        return MeaningError(f"{place}: {error}", label.name, path)
    given = "".join(
        f"\n  input {i}: declared {s}, got {described(x)}"
        for i, (s, x) in enumerate(zip(label.dom.wires, xs, strict=True))
    )
    message = f"{place}: {type(error).__name__}: {error}{given}"
    return EvaluationError(with_line(message), path, label.name)
