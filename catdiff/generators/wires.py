"""What Python's operators mean on wires and on morphisms: which generator, with which visible broadcasts."""

from __future__ import annotations

from typing import Any

from ..category.binder import Wire, build
from ..category.families import Family
from ..category.morphism import Morphism, verb
from ..errors import SignatureError, WireError, with_line
from . import algebra, casts, elementwise, linear, logic, select, shapes, statistics
from .views import index_span

OPERATIONS: dict[str, Family] = {
    **{name: getattr(elementwise, name) for name in ("add", "sub", "mul", "div", "abs", "neg")},
    **{name: getattr(logic, name) for name in ("lt", "le", "eq", "ne")},
    "and": logic.logical_and,
    "or": logic.logical_or,
    "xor": logic.logical_xor,
    "not": logic.logical_not,
    "sum": linear.sum,
    "transpose": linear.transpose,
    "reshape": shapes.reshape,
    "cast": casts.cast,
    "matmul": algebra.matmul,
    "mean": statistics.mean,
    "max": select.max,
    "min": select.min,
}


@verb("wire operation")
def operation(name: str, *operands: Any, **attrs: Any) -> Any:
    """The wire an operator or method of `Wire` makes."""
    if name == "getitem":
        return getitem(*operands)
    if name == "pow":
        return _power(*operands)
    try:
        return OPERATIONS[name](*operands, **attrs)
    except WireError as error:
        if any(callable(v) and not isinstance(v, Morphism) for v in operands):
            return NotImplemented
        raise error


def _power(x: Any, exponent: Any) -> Any:
    if isinstance(exponent, Wire):
        base = x if isinstance(x, Wire) else exponent.builder.lift(x, exponent.sort)
        return elementwise.exp(exponent * elementwise.log(base))
    if exponent == 2:
        return x * x
    if x.dtype.kind == "exact":
        return _repeated(x, exponent)
    return elementwise.pow(x, exponent=float(exponent))


def _repeated(x: Wire, exponent: Any) -> Wire:
    """A natural power by squaring, which any rig has."""
    if not isinstance(exponent, int) or exponent < 1:
        raise SignatureError(with_line(f"over {x.dtype.name} an exponent is a natural number ≥ 1, not {exponent!r}"))
    half = x if exponent < 4 else _repeated(x, exponent // 2)
    power = half if exponent == 1 else half * half
    return power * x if exponent % 2 and exponent > 1 else power


def getitem(x: Wire, key: Any) -> Wire:
    """`x[i, a:b:c, …, None]`: integers, slices, an ellipsis and new axes; an index wire gathers along axis 0."""
    if isinstance(key, Wire):
        return select.gather(x, key)
    try:
        span = index_span(x.shape, key)
    except IndexError as error:
        raise SignatureError(with_line(f"x[…] of a wire {x.sort}: {error}", "cd.gather(x, index)")) from None
    return linear.of_span(span, x.object)(x)


@verb("pointwise")
def pointwise(name: str, f: Any, *others: Any) -> Any:
    """`f + g`, `f * 2.0`, …: wire by wire, on equal types or with Python numbers."""
    if not all(isinstance(operand, (Morphism, int, float, complex)) for operand in (f, *others)):
        return NotImplemented
    g = others[0] if others else f
    lead = f if isinstance(f, Morphism) else g
    if isinstance(f, Morphism) and isinstance(g, Morphism) and (f.dom != g.dom or f.cod != g.cod):
        raise SignatureError(with_line(f"pointwise {name} takes morphisms of one type, not {f} and {g}"))

    def body(*xs: Wire) -> tuple[Any, ...]:
        left, right = _values(f, lead, xs), _values(g, lead, xs)
        if name == "neg":
            return tuple(-y for y in left)
        return tuple(operation(name, a, b) for a, b in zip(left, right, strict=True))

    return build(lead.dom, body)


def _values(f: Any, lead: Morphism, xs: tuple[Wire, ...]) -> list[Any]:
    """f's outputs on these wires; a number, once for each output of `lead`."""
    if not isinstance(f, Morphism):
        return [f] * len(lead.cod)
    values = f(*xs)
    return [values] if len(f.cod) == 1 else list(values)
