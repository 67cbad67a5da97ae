"""What Python's operators mean on wires and on morphisms: which generator, with which visible broadcasts."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..category.binder import Wire, build
from ..category.families import Family
from ..category.morphism import Morphism, verb
from ..errors import SignatureError, WireError, with_line
from . import algebra, casts, elementwise, linear, logic, macros, scans, select, shapes, statistics, views
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
    "std": statistics.std,
    "variance": statistics.variance,
    "argmax": select.argmax,
    "argmin": select.argmin,
}

# What NumPy calls a thing and what stands for it here, where that is not cd's function of the same name.
INSTEAD = dict(
    concatenate="cd.concat", hstack="cd.concat", vstack="cd.concat", append="cd.concat", take="cd.gather",
    absolute="cd.abs", fabs="cd.abs", amax="cd.max", amin="cd.min", var="cd.variance", rint="cd.round",
    arctan="cd.atan", arctan2="cd.atan2", arcsin="cd.asin", arccos="cd.acos", reciprocal="cd.recip",
    subtract="cd.sub", multiply="cd.mul", divide="cd.div", negative="cd.neg", power="cd.pow", around="cd.round",
    greater="cd.gt", greater_equal="cd.ge", less="cd.lt", less_equal="cd.le", equal="cd.eq", not_equal="cd.ne",
    inner="cd.einsum", tensordot="cd.einsum", vdot="cd.dot", swapaxes="cd.transpose", broadcast_to="cd.broadcast",
    ravel="x.ravel()", zeros_like="0 * x", ones_like="0 * x + 1", full_like="0 * x + value",
)  # fmt: skip
FILES = (algebra, casts, elementwise, linear, logic, macros, scans, select, shapes, statistics, views)


@verb("instead of NumPy")
def instead(name: str) -> str | None:
    """What to write for the function that NumPy calls `name`, if there is something."""
    known = any(isinstance(vars(file).get(name), Family) for file in FILES) or name == "einsum"
    return INSTEAD.get(name) or (f"cd.{name}" if known else None)


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
        base = x if isinstance(x, Wire) else exponent.builder.lift(x, exponent.dtype.name)
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
    """`x[i, a:b:c, …, None]`: integers, slices, an ellipsis and new axes; along one axis an array or list of integers,
    a mask, or an index wire, which gathers.
    """
    keys = list(key) if isinstance(key, tuple) else [key]
    tables = [i for i, k in enumerate(keys) if isinstance(k, (Wire, list, np.ndarray)) and np.ndim(k)]
    tables = tables or [i for i, k in enumerate(keys) if isinstance(k, Wire)]
    try:
        if len(tables) > 1:
            raise IndexError(f"{len(tables)} arrays of indices, where one is taken")
        if not tables:
            return linear.of_span(index_span(x.shape, key), x.object)(x)
        return _looked_up(x, keys, tables[0])
    except IndexError as error:
        raise SignatureError(with_line(f"x[…] of a wire {x.sort}: {error}", "cd.gather(x, index, axis=0)")) from None


def _looked_up(x: Wire, keys: list[Any], at: int) -> Wire:
    """`x[…, table, …]`: the other keys first, and then a gather along the axis that is left for the table."""
    table = keys[at]
    rest: list[Any] = [*keys[:at], slice(None), *keys[at + 1 :]]
    if any(not isinstance(k, slice) and k is not None and k is not Ellipsis for k in rest):
        raise IndexError("integers beside an array of indices")  # NumPy moves the axes of such about
    after = [k for k in rest[at + 1 :] if k is not None]
    ahead = Ellipsis in rest[:at]
    axis = x.ndim - 1 - len(after) if ahead else len([k for k in rest[:at] if k is not None])
    y = linear.of_span(index_span(x.shape, tuple(rest)), x.object)(x)
    place = axis + len([k for k in rest[:at] if k is None])
    return select.gather(y, _indices(table, x.shape[axis], axis), axis=place)


def _indices(table: Any, size: int, axis: int) -> Any:
    """A table of indices, those of constants from the front."""
    if isinstance(table, Wire):
        return table
    given = np.asarray(table)
    if given.dtype.kind == "b":
        if given.shape != (size,):
            raise IndexError(f"a mask of shape {given.shape} for axis {axis}, of extent {size}")
        return np.flatnonzero(given)
    if given.dtype.kind not in "iu" and given.size:
        raise IndexError(f"indices are integers, not {given.dtype}")
    given = given.astype(np.int64)
    if given.size and not (-size <= given.min() and given.max() < size):
        raise IndexError(f"an index out of range for axis {axis}, of extent {size}")
    return given % max(size, 1)


@verb("pointwise")
def pointwise(name: str, f: Any, *others: Any) -> Any:
    """`f + g`, `f * 2.0`, …: wire by wire, on equal types or with numbers and arrays."""
    for operand in (f, *others):
        if not isinstance(operand, (Morphism, int, float, complex, list, np.ndarray, np.generic)):
            hint = f"give it its object: {operand!r}({(_program(f, others)).dom!r})"
            said = f"pointwise {name} takes morphisms, numbers and arrays, not {operand!r}"
            raise SignatureError(with_line(said, hint if isinstance(operand, Family) else "cd.const(value)"))
    g = others[0] if others else f
    lead = f if isinstance(f, Morphism) else g
    if isinstance(f, Morphism) and isinstance(g, Morphism) and (f.dom != g.dom or f.cod != g.cod):
        raise SignatureError(with_line(f"pointwise {name} takes morphisms of one type, not {f} and {g}"))

    def body(*xs: Wire) -> tuple[Any, ...]:
        left, right = _values(f, lead, xs), _values(g, lead, xs)
        if name == "neg":
            return tuple(-y for y in left)
        return tuple(operation(name, a, b) for a, b in zip(left, right, strict=True))

    made = build(lead.dom, body)
    if [w.shape for w in made.cod.wires] != [w.shape for w in lead.cod.wires]:
        said = f"pointwise {name} of {lead} and {f if lead is g else g!r}: the shapes do not fit"
        raise SignatureError(with_line(said, f"a number, or an array that broadcasts to {lead.cod}"))
    return made


def _program(f: Any, others: tuple[Any, ...]) -> Morphism:
    return f if isinstance(f, Morphism) else others[0]


def _values(f: Any, lead: Morphism, xs: tuple[Wire, ...]) -> list[Any]:
    """f's outputs on these wires; a number or an array, once for each output of `lead`."""
    if not isinstance(f, Morphism):
        return [f] * len(lead.cod)
    values = f(*xs)
    return [values] if len(f.cod) == 1 else list(values)
