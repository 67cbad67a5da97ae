"""From nets to straight-line programs.

Boxes are opened, so what two of them compute alike is computed once. A step whose operands are all constants is a
constant. Every other step is a view, lines that write into memory, or a call of the row's own kernel, in this order.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from ...category.label import Label
from ...category.morphism import Morphism
from ...category.objects import Sort
from ...generators.linear import read
from ...hypernet.canonical import canonical
from ..numpy import CARRIERS, NUMPY
from ..plan import scheduled
from .forms import FORMS, SPOKEN
from .normalised import NORMALISED
from .program import Program
from .spans import contracted

NAMED = (np.maximum, np.minimum)  # ufuncs that NumPy wants to be told where to write by name
FOLDED = 1 << 20  # entries of a constant that is worked out when compiling


def lower(f: Morphism) -> Program:
    """The straight-line program of f."""
    net, p = canonical(f.flatten().net), Program()
    env = {i: p.argument(_likeness(p, s)) for i, s in enumerate(net.dom.wires)}
    for label, sources, first in scheduled(net):
        p.about = _printable(label.name)
        for k, value in enumerate(_step(p, label, [env[s] for s in sources])):
            env[first + k] = value
    p.about = ""
    p.outputs = [p.full(env[w]) for w in net.outputs.tolist()]
    return p


def _likeness(p: Program, sort: Sort) -> np.ndarray:
    """An array of the shape and dtype of what lies on a wire."""
    return p.likeness(sort.shape, CARRIERS[sort.dtype.name])


def _step(p: Program, label: Label, operands: list[int]) -> list[int]:
    folded = _folded(p, label, operands)
    if folded is not None:
        return folded
    way = WAYS.get(label.row.name)
    made = None if way is None else way(p, label, operands)
    if made is None:
        made = _into(p, label, operands)
    return _called(p, label, operands) if made is None else made


def _folded(p: Program, label: Label, operands: list[int]) -> list[int] | None:
    """The values of a step that depends on no argument; not of a foreign one, which may do as it likes."""
    size = sum(prod(s.shape) for s in label.cod.wires)
    if (
        label.row.foreign
        or label.row.name in WAYS
        or size > FOLDED
        or any(p.values[x].constant is None for x in operands)
    ):
        return None
    try:
        made = NUMPY.kernel(label)(*[p.values[p.full(x)].constant for x in operands])
    except Exception:  # it fails when it is run, and not if it is not
        return None
    made = (made,) if len(label.cod) == 1 else made
    return [
        p.constant(np.array(NUMPY.checked(y, s, i))) for i, (y, s) in enumerate(zip(made, label.cod.wires, strict=True))
    ]


# -- views -------------------------------------------------------------------------------------------------------


def _contract(p: Program, label: Label, operands: list[int]) -> list[int] | None:
    span = read(label.attrs["span"])
    kinds = {s.dtype.kind for s in label.dom.wires[: len(span.inputs)]}
    if not kinds <= {"real", "complex"} and not span.moves:
        return None
    made = contracted(p, span, operands)
    return None if made is None else [made]


def _reshape(p: Program, label: Label, operands: list[int]) -> list[int] | None:
    return [p.reshaped(p.full(operands[0]), label.cod.sort.shape)]


def _zero(p: Program, label: Label, operands: list[int]) -> list[int] | None:
    (sort,) = label.cod.wires
    return [p.constant(np.zeros((1,) * len(sort.shape), CARRIERS[sort.dtype.name]), sort.shape)]


WAYS: dict[str, Callable[[Program, Label, list[int]], list[int] | None]] = {
    "contract": _contract,
    "reshape": _reshape,
    "zero": _zero,
    **NORMALISED,
}


# -- lines -------------------------------------------------------------------------------------------------------


def _into(p: Program, label: Label, operands: list[int]) -> list[int] | None:
    """A step as lines that write into memory; of what is the same along an axis once."""
    if len(label.cod) != 1:
        return None
    (sort,) = label.cod.wires
    dtype, lines = CARRIERS[sort.dtype.name], None
    if label.row.name in FORMS and sort.dtype.kind in ("real", "complex"):
        lines = FORMS[label.row.name](label)
        for name, function in SPOKEN.items():
            p.name(name, function)
    elif not label.row.foreign and isinstance(kernel := _kernel(label), np.ufunc) and dtype.kind != "O":
        reads = ", ".join(f"{{{i}}}" for i in range(len(operands)))
        into = "out={out}" if kernel in NAMED else "{out}"
        lines = (f"{p.name(kernel.__name__, kernel)}({reads}, {into})",)
    if lines is None:
        return None
    thin = np.broadcast_shapes(*[p.values[x].likeness.shape for x in operands])
    return [p.into(lines, operands, thin, dtype, sort.shape, entrywise=len(lines) == 1)]


def _kernel(label: Label) -> Any:
    try:
        return NUMPY.kernel(label)
    except Exception:  # as above
        return None


def _called(p: Program, label: Label, operands: list[int]) -> list[int]:
    """A step as a call of what the row does."""
    run = _checked(label)
    name, made = _identifier(label.row.name), [_likeness(p, s) for s in label.cod.wires]
    return p.call(run, name, operands, made, label.row.foreign)


@lru_cache(maxsize=4096)
def _checked(label: Label) -> Callable[..., Any]:
    """What the row does, and that its values may lie on their wires."""
    kernel, wires = NUMPY.kernel(label), label.cod.wires
    if len(wires) == 1:
        (sort,) = wires
        return lambda *xs: NUMPY.checked(kernel(*xs), sort, 0)
    return lambda *xs: [NUMPY.checked(y, s, i) for i, (y, s) in enumerate(zip(kernel(*xs), wires, strict=True))]


def _identifier(name: str) -> str:
    text = "".join(c if c.isalnum() and c.isascii() else "_" for c in name)
    return f"{text}_" if text.isidentifier() else f"box_{text}_"


def _printable(name: str) -> str:
    """A name as a comment may hold it: any text names a box."""
    return "".join(c if c.isprintable() else " " for c in name)
