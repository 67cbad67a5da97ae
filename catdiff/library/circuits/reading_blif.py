"""Circuits out of BLIF files.

>>> import catdiff as cd
>>> read_blif(cd.circuits.blif(cd.circuits.half_adder, flat=True)) == cd.circuits.half_adder.flatten()
True
>>> majority = [".model majority", ".inputs x[0] x[1] x[2]", ".outputs y", ".names x[0] x[1] x[2] y"]
>>> print(read_blif(chr(10).join([*majority, "11- 1", "1-1 1", "-11 1"])))
z2[3] → z2

A cover of cubes becomes the algebraic normal form of its function, so what was one gate is one gate.
"""

from __future__ import annotations

import re

import numpy as np

from ...category.morphism import Morphism
from ...errors import StoreError, with_line
from ...hypernet.recursion import Task, run
from .anf import evaluated
from .modules import Module
from .programs import grouped, program
from .signals import Graph, Signal, signal

WIDEST = 16  # inputs of a cover


class Model:
    """A model of a BLIF file: the names of its bits, and how each name is made."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.covers: dict[str, tuple[list[str], list[str]]] = {}  # name made ↦ names read, rows
        self.uses: dict[str, tuple[int, str]] = {}  # actual name made ↦ number of the use, formal name
        self.used: list[tuple[str, dict[str, str]]] = []  # model, actual names by formal names


def read_blif(text: str) -> Morphism:
    """The circuit in a BLIF file: its first model, with the models it uses as boxes.

    Bits called `x[0]`, `x[1]`, … are one wire. Raises `StoreError` where the text is none of a combinational circuit.
    """
    models = _parsed(text)
    top = next(iter(models.values()))
    return program(run(_built(top, models, {}, set())))


def _parsed(text: str) -> dict[str, Model]:
    models: dict[str, Model] = {}
    model, rows = None, None
    for line in re.sub(r"\\\r?\n", " ", re.sub(r"#.*", "", text)).splitlines():
        words = line.split()
        if not words:
            continue
        word, *rest = words
        if word == ".model" or model is None:
            name = rest[0] if word == ".model" and rest else ""
            if word != ".model" or not name or name in models:
                raise _wrong(f"{line!r} where a model with a name of its own begins")
            model = models[name] = Model(name)
            continue
        if not word.startswith("."):
            if rows is None:
                raise _wrong(f"{line!r} is a row of no cover")
            rows.append(line)
            continue
        rows = _declared(model, word, rest, line)
    if not models:
        raise _wrong("there is no model in it")
    return models


def _declared(model: Model, word: str, rest: list[str], line: str) -> list[str] | None:
    """What a line that begins with a dot says of a model; the rows that may follow, if it begins a cover."""
    if word == ".inputs":
        model.inputs += rest
    elif word == ".outputs":
        model.outputs += rest
    elif word == ".names" and rest:
        *reads, made = rest
        rows: list[str] = []
        _once(model, [made])
        model.covers[made] = (reads, rows)
        return rows
    elif word == ".subckt" and rest and all("=" in pair for pair in rest[1:]):
        pairs = dict(pair.split("=", 1) for pair in rest[1:])
        if len(pairs) < len(rest) - 1:
            raise _wrong(f"{line!r} says one name twice")
        model.uses |= {actual: (len(model.used), formal) for formal, actual in pairs.items()}
        model.used.append((rest[0], pairs))
    elif word != ".end":
        raise _wrong(f"{line!r} is nothing that a combinational circuit has")
    return None


def _once(model: Model, names: list[str]) -> None:
    """Refuse names that something makes already."""
    for name in names:
        if name in model.covers or name in model.inputs:
            raise _wrong(f"{name!r} of {model.name!r} is made twice")


def _wrong(said: str) -> StoreError:
    return StoreError(with_line(f"this is no BLIF file of a circuit: {said}"))


def _built(model: Model, models: dict[str, Model], made: dict[str, Module], within: set[str]) -> Task[Module]:
    """The module of a model."""
    if model.name in within:
        raise _wrong(f"the model {model.name!r} uses itself")
    within.add(model.name)
    for name, _ in model.used:
        if name not in models:
            raise _wrong(f"there is no model {name!r}")
        if name not in made:
            made[name] = yield _built(models[name], models, made, within)
    if len(set(model.inputs)) < len(model.inputs):
        raise _wrong(f"two inputs of {model.name!r} have one name")
    graph = Graph(len(model.inputs))
    known = dict(zip(model.inputs, graph.signals(range(2, 2 * graph.wires, 2)), strict=True))
    for name in model.outputs:
        _made(name, model, made, graph, known)
    within.remove(model.name)
    leaves = tuple([known[name].literal for name in model.outputs])
    return Module(model.name, grouped(model.inputs), grouped(model.outputs), tuple(graph.cells), leaves)


def _made(name: str, model: Model, made: dict[str, Module], graph: Graph, known: dict[str, Signal]) -> None:
    """Put the signal called `name`, and all that it is made of, among the known ones."""
    stack, opened = [name], set()
    while stack:
        name = stack[-1]
        if name in known:
            stack.pop()
            continue
        reads = _reads(name, model, made)
        missing = [r for r in reads if r not in known]
        if missing and name in opened:
            raise _wrong(f"{name!r} is made of itself")
        opened.add(name)
        if missing:
            stack += missing
        elif name in model.covers:
            known[name] = _covered(model.covers[name], [known[r] for r in reads])
        else:
            _used(model.used[model.uses[name][0]], made, graph, known)


def _reads(name: str, model: Model, made: dict[str, Module]) -> list[str]:
    """The names of what a name is made of."""
    if name in model.covers:
        return model.covers[name][0]
    if name not in model.uses:
        raise _wrong(f"{name!r} is made by nothing")
    number, formal = model.uses[name]
    used, pairs = model.used[number]
    if not any(formal in port.bits for port in made[used].outputs):
        raise _wrong(f"{name!r} is made by nothing")
    takes = [bit for port in made[used].inputs for bit in port.bits]
    lacking = [bit for bit in takes if bit not in pairs]
    if lacking:
        raise _wrong(f"{lacking[0]!r} of {used!r} is not said")
    return [pairs[bit] for bit in takes]


def _used(use: tuple[str, dict[str, str]], made: dict[str, Module], graph: Graph, known: dict[str, Signal]) -> None:
    """What a use of a model makes, among the known signals."""
    module, pairs = made[use[0]], use[1]
    reads = [known[pairs[bit]].literal for port in module.inputs for bit in port.bits]
    gives = [bit for port in module.outputs for bit in port.bits]
    for bit, s in zip(gives, graph.signals(graph.use(module, reads, len(gives))), strict=True):
        if bit in pairs:
            known[pairs[bit]] = s


def _covered(cover: tuple[list[str], list[str]], xs: list[Signal]) -> Signal:
    """The function that a cover says: 1 where a row says so, or 0 where one says that."""
    n = len(xs)
    if n > WIDEST:
        raise _wrong(f"a cover of {n} inputs: {WIDEST} are the most")
    rows = [re.fullmatch(rf"\s*([01-]{{{n}}})\s*([01])\s*", row) for row in cover[1]]
    found = [(row[1], row[2]) for row in rows if row]
    if len(found) < len(rows) or len({value for _, value in found}) > 1:
        raise _wrong(f"the rows {cover[1]} are no cover of {n} inputs")
    hit = np.zeros((2,) * n, bool)
    for pattern, _ in found:
        hit[tuple([slice(None) if c == "-" else int(c) for c in pattern])] = True
    on = hit if not found or found[0][1] == "1" else ~hit
    (y,) = evaluated(on.transpose().reshape(-1, 1).astype(np.uint8), xs)
    return signal(y)
