"""Netlists: a program of bits as modules of gates, a module for each box.

`netlist(f)` runs f over `SIGNALS`, level by level: gates become cells of the module they are in, and a box becomes a
use of the module that its interior is, so that equal boxes are one module. A box that also takes or gives something
else than bits (an index that is a constant, say) is opened where it stands.

>>> import catdiff as cd
>>> x = cd.z2()
>>> half = cd.pair(cd.add(x @ x), cd.mul(x @ x)).box("half adder")
>>> from catdiff.library.circuits.modules import flattened, modules
>>> top = netlist(half @ cd.id(x) >> cd.id(x) @ cd.add(x))
>>> [(m.name, len(m.cells)) for m in modules(top)]
[('half adder', 2), ('circuit', 2)]
>>> flat = flattened(top)
>>> [cell.kind for cell in flat.cells], flat.leaves
(['xor', 'and', 'xor'], (8, 12))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...category.label import Label
from ...category.morphism import Morphism
from ...category.objects import Object, Sort
from ...errors import ArgumentError, MeaningError, SignatureError, with_line
from ...hypernet.canonical import canonical
from ...hypernet.net import Net
from ...hypernet.recursion import Task, run
from ...interpret.over import carrier, over
from ...learning.para import Para
from .modules import Module, Port, pruned
from .signals import SIGNALS, Graph, Signal

Names = Sequence[str] | None
Path = tuple[Any, str] | None  # the boxes around something: those around the innermost, and its name


def netlist(f: Morphism | Para, name: str = "circuit", inputs: Names = None, outputs: Names = None) -> Module:
    """The modules that f is made of; the last of `modules(…)` is the one returned, called `name`.

    f is a program of z2 and bool wires, or a model of them; parameters come first among the inputs, called by their
    names, where they are not frozen. `inputs` and `outputs` are names of ports, a wire each, x0, x1, … and y0, y1, …
    by default. Raises `SignatureError` where a wire of the interface carries no bits, `MeaningError` where a generator
    has no meaning in gates, with the boxes it is in.
    """
    if not isinstance(name, str):
        raise ArgumentError(with_line(f"the name of a circuit is a text, not {name!r}"))
    f, takes, gives = interface(f, inputs, outputs)
    return run(_module(f.net, name, takes, gives, {}, None))


def interface(f: Any, inputs: Names, outputs: Names) -> tuple[Morphism, tuple[Port, ...], tuple[Port, ...]]:
    """A program of bits, and the ports it has."""
    if isinstance(f, Para):
        free = [x for x in _numbered("x", len(f.dom) + len(f.parameters)) if x not in f.parameters]
        f, inputs = f.body, [*f.parameters, *free[: len(f.dom)]] if inputs is None else inputs
    if not isinstance(f, Morphism):
        raise SignatureError(with_line(f"a circuit is a morphism, not {f!r}; give a family its object"))
    for what, A in (("input", f.dom), ("output", f.cod)):
        for i, sort in enumerate(A.wires):
            if not _is_bits(sort):
                said = f"a circuit has z2 and bool wires, and {what} {i} of {f} is {sort}"
                raise SignatureError(with_line(said))
    takes = _ports(f.dom, _named(inputs, "x", f.dom, "input"))
    return f, takes, _ports(f.cod, _named(outputs, "y", f.cod, "output"))


def _is_bits(sort: Sort) -> bool:
    return sort.dtype.name in ("z2", "bool")


def _numbered(letter: str, n: int) -> list[str]:
    return [f"{letter}{i}" for i in range(n)]


def _named(names: Names, letter: str, A: Object, what: str) -> Sequence[str]:
    """The names of the wires of A: those given, or numbers."""
    if names is None:
        return _numbered(letter, len(A))
    if isinstance(names, str) or len(names) != len(A) or not all(isinstance(n, str) and n for n in names):
        said = f"the names of {len(A)} {what}s are as many texts, none of them empty, not {names!r}"
        raise ArgumentError(with_line(said))
    if len(set(names)) < len(names):
        raise ArgumentError(with_line(f"no two {what}s have one name: {list(names)}"))
    return names


def _ports(A: Object, names: Sequence[str]) -> tuple[Port, ...]:
    return tuple([Port(name, sort.shape) for name, sort in zip(names, A.wires, strict=True)])


def _module(
    net: Net,
    name: str,
    inputs: tuple[Port, ...],
    outputs: tuple[Port, ...],
    made: dict[Label, Module],
    path: Path,
) -> Task[Module]:
    """The module of a net; `made` has those of the boxes that were met."""
    graph = Graph(sum(port.size for port in inputs))
    wires = graph.signals(range(2, 2 * graph.wires, 2))
    ys = yield _level(net, _arrays(wires, net.dom), graph, made, path)
    return pruned(Module(name, inputs, outputs, tuple(graph.cells), _literals(ys)))


def _level(net: Net, xs: list[Any], graph: Graph, made: dict[Label, Module], path: Path) -> Task[list[Any]]:
    """The outputs of a net on arrays of signals; its gates are put into the graph."""
    net, functor = canonical(net), over(SIGNALS)
    values = list(xs)
    for label, sources, _ in net.steps():
        taken = [values[s] for s in sources]
        if label.row.interior:
            values += yield _box(label, taken, graph, made, (path, label.name))
            continue
        try:
            ys = functor.kernel(label)(*taken)
        except MeaningError as error:
            boxes = _listed(path)
            raise MeaningError(with_line(f"{' / '.join([*boxes, label.title])}: {error}"), label.name, boxes) from error
        ys = (ys,) if len(label.cod) == 1 else ys
        values += [functor.checked(y, sort, i) for i, (y, sort) in enumerate(zip(ys, label.cod.wires, strict=True))]
    return [values[w] for w in net.outputs.tolist()]


def _listed(path: Path) -> list[str]:
    """The names of the boxes, outermost first."""
    names: list[str] = []
    while path is not None:
        path, name = path
        names.append(name)
    return names[::-1]


def _box(label: Label, xs: list[Any], graph: Graph, made: dict[Label, Module], path: Path) -> Task[list[Any]]:
    """A use of the box's module, where it is one of bits; else what is in it."""
    body = label.bodies[0]
    if not all(map(_is_bits, (*body.dom.wires, *body.cod.wires))):
        return (yield _level(body.net, xs, graph, made, path))
    module = made.get(label)
    if module is None:
        takes = _ports(body.dom, _numbered("x", len(body.dom)))
        gives = _ports(body.cod, _numbered("y", len(body.cod)))
        module = made[label] = yield _module(body.net, label.name, takes, gives, made, path)
    used = graph.use(module, _literals(xs), len(module.leaves))
    return _arrays(graph.signals(used), body.cod)


def _literals(arrays: Sequence[Any]) -> tuple[int, ...]:
    return tuple([s.literal for x in arrays for s in x.ravel().tolist()])


def _arrays(signals: Sequence[Signal], A: Object) -> list[Any]:
    """One signal after the other, as an array for each wire of A."""
    arrays, at = [], 0
    for sort in A.wires:
        carried, _ = carrier(SIGNALS, sort)
        x = np.empty(sort.size, carried)
        x[:] = signals[at : at + sort.size]
        arrays.append(x.reshape(sort.shape))
        at += sort.size
    return arrays
