"""Netlists as programs again: a step for each gate, a box for each module.

>>> import catdiff as cd
>>> from catdiff.library.circuits.netlist import netlist
>>> adder = cd.circuits.adder(4)
>>> back = program(netlist(adder))
>>> back.dom == adder.dom, cd.circuits.table(back) == cd.circuits.table(adder)
(True, True)

It computes the same function. Whether it is the same polynomial, and so has the same derivatives, depends on whether
gates were folded: x·x came out as x.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...category.binder import Builder
from ...category.morphism import Morphism
from ...category.objects import Object, Sort
from .modules import Module, Port, combined, modules
from .tables import apart, joined


def program(top: Module) -> Morphism:
    """The morphism a netlist is, its ports being wires of z2."""
    made: dict[int, Morphism] = {}
    for module in modules(top):
        f = _program(module, made)
        made[id(module)] = f if module is top else f.box(module.name)
    return made[id(top)]


def _program(module: Module, made: dict[int, Morphism]) -> Morphism:
    """The morphism of a module, given those of the modules it uses."""
    builder = Builder(_object(module.inputs))
    wires: list[Any] = [0, *apart(builder.inputs())]
    turned: dict[int, Any] = {1: 1}

    def read(literal: int) -> Any:
        if literal & 1 and literal not in turned:
            turned[literal] = wires[literal >> 1] + 1
        return turned[literal] if literal & 1 else wires[literal >> 1]

    for cell in module.cells:
        taken = [read(literal) for literal in cell.reads]
        if isinstance(cell.kind, Module):
            f = made[id(cell.kind)]
            wires += apart(builder.apply(f, joined(taken, f.dom, builder)))
        else:
            wires.append(combined(cell.kind, *taken))
    return builder.finish(joined([read(literal) for literal in module.leaves], _object(module.outputs), builder))


def _object(ports: Iterable[Port]) -> Object:
    return Object([Sort("z2", port.shape) for port in ports])


def grouped(bits: Sequence[str]) -> tuple[Port, ...]:
    """Ports whose bits have these names: `x[0]`, `x[1]`, … one after another are the bits of one port `x`.

    >>> grouped(["x[0]", "x[1]", "c", "y[1]", "y[0]"])
    (Port(name='x', shape=(2,)), Port(name='c', shape=()), Port(name='y[1]', shape=()), Port(name='y', shape=(1,)))
    """
    ports: list[Port] = []
    for bit in bits:
        stem, bracket, index = bit.partition("[")
        last = ports[-1] if ports else None
        if bracket and last and last.shape and (last.name, f"{last.size}]") == (stem, index):
            ports[-1] = Port(stem, (last.size + 1,))
        else:
            ports.append(Port(stem, (1,)) if index == "0]" else Port(bit))
    return tuple(ports)
