"""What Python's operators mean on wires and on morphisms: which generator, with which visible broadcasts."""

from __future__ import annotations

from typing import Any

from ..category.binder import Wire, build
from ..category.families import Family
from ..category.morphism import Morphism, verb
from ..errors import SignatureError, WireError, with_line
from . import elementwise, linear, macros, select
from .spans import Affine, Span

_BINARY = ("add", "sub", "mul", "div", "lt", "le", "eq", "ne", "abs", "neg")
OPERATIONS: dict[str, Family] = {
    **{name: getattr(elementwise, name) for name in _BINARY},
    **{name: getattr(linear, name) for name in ("sum", "transpose", "reshape", "cast")},
    "mean": macros.mean,
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
    if name == "matmul":
        return linear_matmul(*operands)
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
    return elementwise.pow(x, exponent=float(exponent))


def linear_matmul(x: Any, y: Any) -> Any:
    """NumPy's `x @ y` for vectors, matrices and stacks of matrices."""
    builder = (x if isinstance(x, Wire) else y).builder
    x, y = builder.lift(x, getattr(y, "sort", None)), builder.lift(y, getattr(x, "sort", None))
    if not x.ndim or not y.ndim:
        raise SignatureError(with_line("@ takes arrays with at least one axis; use *"))
    left, right = "i" * (x.ndim > 1), "k" * (y.ndim > 1)
    dots_x, dots_y = "..." * (x.ndim > 2), "..." * (y.ndim > 2)
    out = "..." if dots_x or dots_y else ""
    return linear.einsum(f"{dots_x}{left}j,{dots_y}j{right}->{out}{left}{right}", x, y)


def getitem(x: Wire, key: Any) -> Wire:
    """`x[i, a:b:c, …, None]`: integers, slices, an ellipsis and new axes; an index wire gathers along axis 0."""
    if isinstance(key, Wire):
        return linear_gather(x, key)
    keys = list(key) if isinstance(key, tuple) else [key]
    axes = len([k for k in keys if k is not None and k is not Ellipsis])
    if axes > x.ndim or keys.count(Ellipsis) > 1:
        raise SignatureError(with_line(f"{axes} indices for a wire of {x.sort}"))
    at = keys.index(Ellipsis) if Ellipsis in keys else len(keys)
    keys[at : at + 1] = [slice(None)] * (x.ndim - axes)
    extents: list[int] = []
    leg: list[Affine] = []
    out: list[Affine] = []
    for k in keys:
        if k is None:
            out.append(Affine(((len(extents), 1),)))
            extents.append(1)
            continue
        size = x.shape[len(leg)]
        if isinstance(k, slice):
            chosen = range(size)[k]
            leg.append(Affine(((len(extents), chosen.step),), chosen.start))
            out.append(Affine(((len(extents), 1),)))
            extents.append(len(chosen))
        elif isinstance(k, int) and -size <= k < size:
            leg.append(Affine((), k % size))
        else:
            raise SignatureError(
                with_line(f"index {k!r} into axis {len(leg)} of a wire of {x.sort}", "cd.gather(x, index)")
            )
    shape = tuple(extents)
    return linear.of_span(Span(shape, (tuple(leg),), tuple(out), shape), x.object)(x)


def linear_gather(x: Wire, index: Wire) -> Wire:
    """`x[index]` along axis 0."""
    return select.gather(x, index)


@verb("pointwise")
def pointwise(name: str, f: Any, g: Any = None) -> Any:
    """`f + g`, `f * 2.0`, …: wire by wire, on equal types or with Python numbers."""
    for operand in (f, g):
        if operand is not None and not isinstance(operand, (Morphism, int, float, complex)):
            return NotImplemented
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
