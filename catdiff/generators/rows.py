"""How an elementwise generator becomes a row of the table and a family: type rules, and broadcasts one can see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..category.binder import build
from ..category.families import Family
from ..category.label import Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import DTYPES, Object, word
from ..errors import SignatureError, with_line
from .linear import broadcast_to

SMOOTH, REAL = ("real", "complex"), ("real",)
ANY = ("real", "complex", "exact")


def type_rule(
    name: str,
    arity: int,
    kinds: tuple[str, ...],
    result: str | None = None,
    dtypes: tuple[str, ...] = (),
    free: bool = False,
) -> Callable[..., Object]:
    """Type rule: `arity` equal wires of these kinds of dtype, to one wire of the same sort (or dtype `result`).

    `dtypes` names them where a kind says too much; attributes are taken where they are `free`.
    """
    taken = [d.name for d in DTYPES.values() if d.kind in kinds and (not dtypes or d.name in dtypes)]

    def rule(dom: Object, **attrs: Any) -> Object:
        wires = dom.wires
        if attrs and not free:
            raise SignatureError(with_line(f"{name} takes no attribute {next(iter(attrs))!r}"))
        if len(wires) != arity or any(w is not wires[0] for w in wires):
            raise SignatureError(with_line(f"{name} takes {arity} equal wire{'s' * (arity > 1)}, not {dom}"))
        if wires[0].dtype.name not in taken:
            said = f"{name} is not defined on {wires[0].dtype.name}; it takes {', '.join(taken)}"
            raise SignatureError(with_line(said))
        return Object((wires[0],)) if result is None else Object((type(wires[0])(result, wires[0].shape),))

    return rule


def _common(shapes: list[tuple[int, ...]], name: str) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise SignatureError(with_line(f"{name}: shapes {shapes} do not broadcast together")) from None


def aligned(row: Row, arity: int, said: str = "") -> Callable[..., Morphism]:
    """The family of a row: visible broadcasts in front where shapes differ; one box per wire where it is unary.

    `said` is its type, for its docstring.
    """

    def member(dom: Object, **attrs: Any) -> Morphism:
        if arity == 1 and len(dom) != 1:
            f = None
            for A in dom:
                f = Atom(label(row, A, attrs)) if f is None else f @ Atom(label(row, A, attrs))
            if f is None:
                raise SignatureError(with_line(f"{row.name} of no wires"))
            return f
        if len(dom) == 1 < arity:
            dom = word([dom] * arity)
        shape = _common([w.shape for w in dom.wires], row.name)
        if all(w.shape == shape for w in dom.wires):
            return Atom(label(row, dom, attrs))
        atom = Atom(label(row, Object(w.with_shape(shape) for w in dom.wires), attrs))
        return build(dom, lambda *xs: atom(*[broadcast_to(x, shape) if x.shape != shape else x for x in xs]))

    said = said or f"{' ⊗ '.join('A' * arity)} → A"
    member.__doc__ = f"`{row.name} : {said}`, {row.about}." if row.about else None
    return member


def elementwise(
    name: str,
    arity: int,
    forward: Any,
    R: Any,
    D: Any,
    kinds: tuple[str, ...] = SMOOTH,
    result: str | None = None,
    dtypes: tuple[str, ...] = (),
    rule: Callable[..., Object] | None = None,
    **more: Any,
) -> Family:
    """Register a row of the table and return its family."""
    row = register(
        Row(
            name=name,
            type_rule=rule or type_rule(name, arity, kinds, result, dtypes),
            forward=None if "over" in more else forward,
            R=R,
            D=D,
            flops=lambda label: label.cod.wires[0].size,
            **more,
        )
    )
    said = f"{' ⊗ '.join('A' * arity)} → {result or 'A'}"
    return Family(name, aligned(row, arity, said), arity, (lambda cod: cod) if arity == 1 else None)


def unary(name: str, forward: Any, R: Any, D: Any, kinds: tuple[str, ...] = SMOOTH, **more: Any) -> Family:
    """A row with one operand."""
    return elementwise(name, 1, forward, R, D, kinds, **more)
