"""Programs with named wires.

Point-free syntax is right for pipelines and unreadable for attention. `@cd.morphism(A, B, …)` runs a Python function
once, on *wires*, and keeps what it did as a term. No value exists yet and none is traced: a wire only knows its type,
and every operation on it adds a generator, exactly as `>>` and `@` would.

>>> import catdiff as cd
>>> @cd.morphism(cd.f64(3), cd.f64(3))
... def f(x, y):
...     return cd.sin(x) * y + 2.0
>>> print(f)
f64[3] @ f64[3] → f64[3]
>>> f == (cd.sin(cd.f64(3)) @ cd.id(cd.f64(3)) >> cd.mul) + 2.0
True

Python's control flow runs at building time, so `if x > 0:` on a wire is an error that says so; use `cd.where`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ArgumentError, WireError, with_line
from .morphism import VERBS, Morphism, Program, verb
from .objects import UNIT, Object, Sort, word
from .wire import Wire


class Builder:
    """A straight-line program under construction."""

    __slots__ = ("dom", "open", "sorts", "steps")

    def __init__(self, dom: Object) -> None:
        self.dom, self.open = dom, True
        self.sorts: list[Sort] = list(dom.wires)
        self.steps: list[tuple[Morphism, tuple[int, ...]]] = []

    def inputs(self) -> list[Wire]:
        """The wires of the domain."""
        return [Wire(self, i) for i in range(len(self.dom))]

    def apply(self, f: Morphism, wires: Sequence[Wire]) -> list[Wire]:
        """Add a step: f on these wires. Their types have to be f's domain."""
        if not self.open:
            raise WireError(with_line("this wire belongs to a program that is finished; return it instead"))
        given = Object(w.sort for w in wires)
        if given != f.dom:
            dom_of = Morphism(UNIT, given)
            raise VERBS["composition error"](dom_of, f)
        first = len(self.sorts)
        self.steps.append((f, tuple(w.index for w in wires)))
        self.sorts += f.cod.wires
        return [Wire(self, i) for i in range(first, len(self.sorts))]

    def lift(self, value: Any, dtype: str | None = None) -> Wire:
        """A wire as it is; a number or an array as a constant, of this dtype where it fits exactly."""
        if isinstance(value, Wire):
            if value.builder is not self:
                raise WireError(
                    with_line(
                        "this wire belongs to another program: a morphism has no captured wires, make it an input"
                    )
                )
            return value
        if isinstance(value, Morphism) and not len(value.dom) and len(value.cod) == 1:
            return self.apply(value, ())[0]
        return self.apply(VERBS["implied constant"](value, dtype), ())[0]

    def finish(self, result: Any) -> Program:
        """The program whose outputs are `result`: a wire, or a tuple of wires and constants."""
        results = result if isinstance(result, (tuple, list)) else (result,)
        if result is None or any(r is None for r in results):
            raise WireError(with_line("the function returned None; return its output wires"))
        outputs = [self.lift(r) for r in results]
        self.open = False
        cod = Object(w.sort for w in outputs)
        return Program(self.dom, cod, self.steps, [w.index for w in outputs])


def build(dom: Object, function: Callable[..., Any]) -> Program:
    """Run `function` on one wire per wire of `dom` and keep what it did."""
    builder = Builder(dom)
    return builder.finish(function(*builder.inputs()))


def morphism(*objects: Object) -> Callable[[Callable[..., Any]], Program]:
    """`@cd.morphism(A, B, …)`: the decorated function over wires becomes a morphism `A ⊗ B ⊗ … → …`.

    The function is called once, with one argument per wire; it returns a wire or a tuple of wires, where
    Python numbers and arrays count as constants. In it, wires have NumPy's operators (`+ - * / @ **`, comparisons,
    slices) and methods (`sum`, `mean`, `max`, `reshape`, `T`, …); generators, boxes and other morphisms apply to them
    as `f(x, y)`.

    Raises `WireError` where a wire is used as if it had a value, or where it belongs to another program.

    >>> import catdiff as cd
    >>> @cd.morphism(cd.f64(5, 2), cd.f64(5, 2), cd.f64(5, 3))
    ... def attention(q, k, v):
    ...     return cd.softmax(q @ k.T / 2**0.5) @ v
    >>> print(attention)
    f64[5,2] @ f64[5,2] @ f64[5,3] → f64[5,3]
    """
    for A in objects:
        if not isinstance(A, Object):
            raise WireError(
                with_line(f"@cd.morphism takes the objects of the arguments, as in @cd.morphism(cd.f64(3)), not {A!r}")
            )
    dom = word(objects)
    return lambda function: build(dom, function)


def builder_of(values: Sequence[Any]) -> Builder | None:
    """The program the first wire among these values belongs to, if any is one."""
    return next((v.builder for v in values if isinstance(v, Wire)), None)


def apply(f: Morphism, values: Sequence[Any], builder: Builder) -> Any:
    """`f(x, y, …)` on wires: one wire, a tuple of them, or `()`."""
    if len(values) != len(f.dom):
        raise WireError(with_line(f"{f} takes {len(f.dom)} wire{'s' * (len(f.dom) != 1)}, not {len(values)}"))
    wires = [builder.lift(v, s.dtype.name) for v, s in zip(values, f.dom.wires, strict=True)]
    out = builder.apply(f, wires)
    return out[0] if len(out) == 1 else tuple(out)


@verb("apply")
def _call(f: Morphism, args: Sequence[Any]) -> Any:
    builder = builder_of(args)
    if builder is not None:
        return apply(f, args, builder)
    for i, value in enumerate(args):
        if value is None or callable(value) or isinstance(value, (Morphism, Object, str, bytes, dict, set)):
            raise _no_array(f, i, value)
    return VERBS["evaluate"](f, args)


def _no_array(f: Morphism, place: int, value: Any) -> ArgumentError:
    """What is said to `f(g)`, `f(A)` and `f(None)`: f is a program, and takes arrays."""
    said = f"{f} runs on arrays, and argument {place} is {_kind(value)}"
    hint = None
    if isinstance(value, Morphism):
        hint = "g >> f is f after g" if value.cod == f.dom else "f after g is g >> f, where g gives what f takes"
    elif isinstance(value, Object):
        hint = "f has its type already; np.zeros(A.shape) is an array that lies on A"
    elif callable(value):
        hint = "call the function first, and give f what it returns"
    return ArgumentError(with_line(said, hint))


def _kind(value: Any) -> str:
    if isinstance(value, Morphism):
        return f"a program, {value}"
    if isinstance(value, Object):
        return f"an object, {value!r}"
    text = repr(value)
    return text if len(text) < 60 else f"a {type(value).__name__}"
