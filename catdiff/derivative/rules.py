"""The derivatives of single boxes, as nets, from the rows of the table of generators.

A row's `R` and `D` are functions over wires; each is run once per label and kept as a small net. Where a row is
linear both follow from its transpose: `R[f] = π1 ; f†` and `D[f] = π1 ; f`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..category.binder import Builder, Wire
from ..category.label import TABLE, Label, label
from ..category.morphism import Atom
from ..category.objects import Object, Sort
from ..errors import NoDerivativeError, with_line
from ..generators.constants import zero_label
from ..hypernet.build import SharingBuilder
from ..hypernet.net import Net


@dataclass(frozen=True, eq=False)
class Rule:
    """A derivative as a net on the inputs followed by the (co)tangents; `hits` are the ports its outputs are for.

    A port that is not hit gets zero, symbolically. No rule is asked about a discrete port: there is no slope along one.
    """

    net: Net
    hits: tuple[int, ...]


def reverse_rule(lab: Label) -> Rule:
    """`R[label] : A ⊗ B → A`, without the inputs nothing flows back to."""
    return _kept(lab, "R", lab.dom @ lab.cod, lab.dom, _pulled, "reverse")


def forward_rule(lab: Label) -> Rule:
    """`D[label] : A ⊗ A → B`, from the row's own D, which owes nothing to its R."""
    return _kept(lab, "D", lab.dom @ lab.dom, lab.cod, _pushed, "forward")


def _pulled(lab: Label, wires: list[Wire]) -> Any:
    if lab.row.dagger:
        return lab.row.dagger(lab)(*wires[len(lab.dom) :])
    return _called(lab, "R", wires, f"{_count(lab.dom, 'input')} and {_count(lab.cod, 'cotangent')}")


def _pushed(lab: Label, wires: list[Wire]) -> Any:
    if lab.row.dagger:
        return Atom(lab)(*wires[len(lab.dom) :])
    return _called(lab, "D", wires, f"{_count(lab.dom, 'input')} and {_count(lab.dom, 'tangent')}")


def _count(A: Object, what: str) -> str:
    return f"{len(A)} {what}{'s' * (len(A) != 1)}"


def _called(lab: Label, key: str, wires: list[Wire], given: str) -> Any:
    """What a row's own rule gives; `NoDerivativeError` where it is not a function of these wires, or gives nothing."""
    row, function = lab.row, getattr(lab.row, key)
    if function is None:
        return None
    try:
        inspect.signature(function).bind(*wires, **lab.attrs)
    except TypeError as error:
        attrs = f" and the attributes {', '.join(lab.attrs)}" if lab.attrs else ""
        said = f"{key} of the generator {row.name} is called with {given}{attrs}: {error}"
        raise NoDerivativeError(with_line(said), row.name) from None
    except ValueError:  # no signature is known
        pass
    got = function(*wires, **lab.attrs)
    if got is None:
        hint = "it has to return its wires; (None,) says that nothing flows"
        raise NoDerivativeError(with_line(f"{key} of the generator {row.name} gives nothing", hint), row.name)
    return got


def _kept(lab: Label, key: str, dom: Object, cod: Object, apply: Callable[..., Any], kind: str) -> Rule:
    found = lab.memo.get(key)
    if found is None:
        row = lab.row
        if not (row.dagger or getattr(row, key)):
            hint = f"cd.generator({row.name!r}, …, {key}=…) gives it one"
            raise NoDerivativeError(with_line(f"the generator {row.name} has no {kind} derivative", hint), row.name)
        builder = Builder(dom)
        got = apply(lab, builder.inputs())
        results = list(got) if isinstance(got, (tuple, list)) else [got]
        if len(results) != len(cod):
            raise NoDerivativeError(
                with_line(f"{key} of the generator {row.name} gives {len(results)} wires, not {len(cod)}"), row.name
            )
        hits = tuple(i for i, w in enumerate(results) if w is not None)
        lifted = tuple(builder.lift(results[i], cod.wires[i].dtype.name) for i in hits)
        for i, w in zip(hits, lifted, strict=True):
            if w.sort is not cod.wires[i]:
                raise NoDerivativeError(
                    with_line(f"{key} of the generator {row.name} gives {w.sort} for wire {i}, not {cod.wires[i]}"),
                    row.name,
                )
        found = lab.memo[key] = Rule(builder.finish(lifted).net, hits)
    return found


def zero_wire(b: SharingBuilder, sort: Sort) -> int:
    """The wire that carries zero, where a symbolic zero meets an interface."""
    return b.add(zero_label(sort), ())


def add_wires(b: SharingBuilder, sort: Sort, x: int, y: int) -> int:
    """The wire that carries x + y."""
    return b.add(_add(sort), (x, y))


@lru_cache(maxsize=4096)
def _add(sort: Sort) -> Label:
    return label(TABLE["add"], Object((sort, sort)))
