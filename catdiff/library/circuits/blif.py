"""Circuits as BLIF, the Berkeley Logic Interchange Format, there and back.

>>> import catdiff as cd
>>> x = cd.z2()
>>> half = cd.pair(cd.add(x @ x), cd.mul(x @ x))
>>> text = blif(half, name="half_adder", inputs=["a", "b"], outputs=["s", "c"])
>>> print(text)
.model half_adder
.inputs a b
.outputs s c
.names a b n3
10 1
01 1
.names a b n4
11 1
.names n3 s
1 1
.names n4 c
1 1
.end
<BLANKLINE>
>>> read_blif(text) == half
True

Bits of a wire that has a shape are called `x[0]`, `x[1]`, …, as yosys does.

Source: Berkeley Logic Interchange Format (BLIF), University of California, Berkeley, 1992.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ...category.morphism import Morphism
from ...errors import StoreError, with_line
from ...hypernet.recursion import Task, run
from .anf import evaluated
from .modules import Module, Port, flattened, modules
from .naming import Names
from .netlist import netlist
from .programs import grouped, program
from .signals import AND, Graph, Signal, signal


def blif(f: Any, *, flat: bool = False, **names: Any) -> str:
    """The text of a BLIF file, the outermost model first. `names` are those of `netlist`; `flat`: as one model."""
    top = netlist(f, **names)
    chosen = [flattened(top)] if flat else modules(top)[::-1]
    known = Names()
    title = {id(m): known.fresh(m.name) for m in chosen}
    return "\n".join(["\n".join([*_model(m, title), ""]) for m in chosen])


def ports(module: Module, known: Names) -> tuple[list[str], list[str]]:
    """The names of the bits that come in, and of those that leave."""
    named = [Port(known.fresh(p.name), p.shape) for p in (*module.inputs, *module.outputs)]
    n = len(module.inputs)
    return [bit for p in named[:n] for bit in p.bits], [bit for p in named[n:] for bit in p.bits]


def _model(module: Module, title: dict[int, str]) -> Iterator[str]:
    known = Names()
    inputs, outputs = ports(module, known)
    yield f".model {title[id(module)]}"
    yield " ".join([".inputs", *inputs])
    yield " ".join([".outputs", *outputs])
    wires = ["", *inputs]
    turned: dict[int, str] = {0: "", 1: ""}

    def named(literal: int) -> Iterator[str]:
        """The lines that give a literal a name of its own, where it has none yet: models read no negations."""
        if literal not in turned and literal & 1:
            turned[literal] = known.fresh(f"{wires[literal >> 1]}_not")
            yield from _cover([wires[literal >> 1]], turned[literal], ["0"])
        elif literal < 2 and not turned[literal]:
            turned[literal] = known.fresh(f"const{literal}")
            yield from _cover([], turned[literal], [""] * literal)

    for cell in module.cells:
        made = [known.fresh(f"n{len(wires) + i}") for i in range(cell.width)]
        wires += made
        if isinstance(cell.kind, Module):
            for literal in cell.reads:
                yield from named(literal)
            takes, gives = ports(cell.kind, Names())
            actual = [*[turned.get(a) or wires[a >> 1] for a in cell.reads], *made]
            pairs = [f"{formal}={bit}" for formal, bit in zip((*takes, *gives), actual, strict=True)]
            yield " ".join([".subckt", title[id(cell.kind)], *pairs])
        else:
            rows = _rows(cell.kind, [a & 1 for a in cell.reads])
            yield from _cover([wires[a >> 1] for a in cell.reads], made[0], rows)
    for literal, bit in zip(module.leaves, outputs, strict=True):
        constant = literal < 2
        yield from _cover(
            [] if constant else [wires[literal >> 1]], bit, [""] * literal if constant else [str(1 - literal & 1)]
        )
    yield ".end"


def _rows(kind: str, turned: Sequence[int]) -> list[str]:
    """Where a gate is 1, its inputs being turned or not."""
    a, b = turned
    return [f"{1 - a}{1 - b}"] if kind == AND else [f"{1 - a}{b}", f"{a}{1 - b}"]


def _cover(reads: Sequence[str], made: str, rows: Sequence[str]) -> Iterator[str]:
    yield " ".join([".names", *reads, made])
    for row in rows:
        yield f"{row} 1".strip()


# -- reading ------------------------------------------------------------------------------------------------------

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
    return program(run(_built(top, models, {}, ())))


def _parsed(text: str) -> dict[str, Model]:
    models: dict[str, Model] = {}
    model, rows = None, None
    for line in re.sub(r"#.*", "", text).replace("\\\n", " ").splitlines():
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
        model.covers[made] = (reads, rows)
        return rows
    elif word == ".subckt" and rest and all("=" in pair for pair in rest[1:]):
        pairs = dict(pair.split("=", 1) for pair in rest[1:])
        model.uses |= {actual: (len(model.used), formal) for formal, actual in pairs.items()}
        model.used.append((rest[0], pairs))
    elif word != ".end":
        raise _wrong(f"{line!r} is nothing that a combinational circuit has")
    return None


def _wrong(said: str) -> StoreError:
    return StoreError(with_line(f"this is no BLIF file of a circuit: {said}"))


def _built(model: Model, models: dict[str, Model], made: dict[str, Module], within: tuple[str, ...]) -> Task[Module]:
    """The module of a model."""
    if model.name in within:
        raise _wrong(f"the model {model.name!r} uses itself")
    for name, _ in model.used:
        if name not in models:
            raise _wrong(f"there is no model {name!r}")
        if name not in made:
            made[name] = yield _built(models[name], models, made, (*within, model.name))
    if len(set(model.inputs)) < len(model.inputs):
        raise _wrong(f"two inputs of {model.name!r} have one name")
    graph = Graph(len(model.inputs))
    known = dict(zip(model.inputs, graph.signals(range(2, 2 * graph.wires, 2)), strict=True))
    for name in model.outputs:
        _made(name, model, made, graph, known)
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
    used, pairs = model.used[model.uses[name][0]]
    formal = [bit for port in made[used].inputs for bit in port.bits]
    lacking = [bit for bit in formal if bit not in pairs]
    if lacking or model.uses[name][1] in formal:
        raise _wrong(f"{lacking[0]!r} of {used!r} is not said" if lacking else f"{name!r} is made by nothing")
    return [pairs[bit] for bit in formal]


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
    rows = [row.split() for row in cover[1]]
    n = len(xs)
    if n > WIDEST:
        raise _wrong(f"a cover of {n} inputs: {WIDEST} are the most")
    if (
        any(len("".join(row)) != n + 1 or "".join(row).strip("01-") for row in rows)
        or len({row[-1] for row in rows}) > 1
    ):
        raise _wrong(f"the rows {cover[1]} are no cover of {n} inputs")
    hit = np.zeros((2,) * n, bool)
    for row in rows:
        pattern = row[0] if n else ""
        hit[tuple([slice(None) if c == "-" else int(c) for c in pattern])] = True
    on = hit if not rows or rows[0][-1] == "1" else ~hit
    (y,) = evaluated(on.transpose().reshape(-1, 1).astype(np.uint8), xs)
    return signal(y)
