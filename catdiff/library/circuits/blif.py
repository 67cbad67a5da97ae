"""Circuits as BLIF, the Berkeley Logic Interchange Format.

>>> import catdiff as cd
>>> x = cd.z2()
>>> half = cd.pair(cd.add(x @ x), cd.mul(x @ x))
>>> print(blif(half, name="half_adder", inputs=["a", "b"], outputs=["s", "c"]))
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

Bits of a wire that has a shape are called `x[0]`, `x[1]`, …, as yosys does.

Source: Berkeley Logic Interchange Format (BLIF), University of California, Berkeley, 1992.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .modules import Module, Port, flattened, modules
from .naming import Names
from .netlist import netlist
from .signals import AND


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
    """The lines of a model; `title` has the names of all."""
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
        reads = [wires[literal >> 1]] if literal > 1 else []
        yield from _cover(reads, bit, [str(1 - (literal & 1))] if reads else [""] * literal)
    yield ".end"


def _rows(kind: str, turned: Sequence[int]) -> list[str]:
    """Where a gate is 1, its inputs being turned or not."""
    a, b = turned
    return [f"{1 - a}{1 - b}"] if kind == AND else [f"{1 - a}{b}", f"{a}{1 - b}"]


def _cover(reads: Sequence[str], made: str, rows: Sequence[str]) -> Iterator[str]:
    yield " ".join([".names", *reads, made])
    for row in rows:
        yield f"{row} 1".strip()
