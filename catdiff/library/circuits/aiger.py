"""Circuits as AIGER, and-inverter graphs, in text and in bytes, there and back.

>>> import catdiff as cd
>>> x = cd.z2()
>>> print(aiger(cd.add(x @ x), inputs=["a", "b"], outputs=["s"]).decode())
aag 5 2 0 1 3
2
4
11
6 2 5
8 3 4
10 7 9
i0 a
i1 b
o0 s
<BLANKLINE>

An xor is three and-gates here. There are no modules, so boxes are opened. Bits of a wire that has a shape are called
`x[0]`, `x[1]`, …, as yosys does.

Source: A. Biere, The AIGER And-Inverter Graph (AIG) Format, version 20071012.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...category.morphism import Morphism
from ...errors import BudgetError, StoreError, with_line
from .blif import ports
from .modules import LARGEST, Module, flattened, pruned
from .naming import Names
from .netlist import netlist
from .programs import grouped, program
from .signals import AND, Graph, Signal


def aiger(f: Any, *, binary: bool = False, **names: Any) -> bytes:
    """An AIGER file, `aag`, or `aig` where it is `binary`. `names` are those of `netlist`."""
    module = conjunctive(flattened(netlist(f, **names)))
    n, m = module.takes, len(module.cells)
    head = f"{'aig' if binary else 'aag'} {n + m} {n} 0 {len(module.leaves)} {m}\n"
    leaves = "".join([f"{literal}\n" for literal in module.leaves])
    ands = [(2 * (n + 1 + i), max(cell.reads), min(cell.reads)) for i, cell in enumerate(module.cells)]
    if binary:
        body = leaves.encode() + b"".join([_varint(y - a) + _varint(a - b) for y, a, b in ands])
    else:
        inputs = "".join([f"{2 * w}\n" for w in range(1, n + 1)])
        body = (inputs + leaves + "".join([f"{y} {b} {a}\n" for y, a, b in ands])).encode()
    symbols = [
        f"{side}{i} {bit}\n"
        for side, bits in zip("io", ports(module, Names()), strict=True)
        for i, bit in enumerate(bits)
    ]
    return head.encode() + body + "".join(symbols).encode()


def _varint(n: int) -> bytes:
    """Seven bits to a byte, the lowest first; the eighth says that there are more."""
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def conjunctive(module: Module) -> Module:
    """The same as and-gates and negations alone."""
    graph = Graph(module.takes)
    signals = [Signal(0), *graph.signals(range(2, 2 * graph.wires, 2))]

    def read(literal: int) -> Signal:
        return ~signals[literal >> 1] if literal & 1 else signals[literal >> 1]

    for cell in module.cells:
        x, y = map(read, cell.reads)
        signals.append(x * y if cell.kind == AND else ~(~(x * ~y) * ~(~x * y)))
    leaves = tuple([read(literal).literal for literal in module.leaves])
    return pruned(Module(module.name, module.inputs, module.outputs, tuple(graph.cells), leaves))


def read_aiger(data: bytes) -> Morphism:
    """The circuit in an AIGER file, in text or in bytes. Bits called `x[0]`, `x[1]`, … are one wire.

    Raises `StoreError` where the file is none, or has latches, `BudgetError` where it has more than ten million inputs.
    """
    lines = data.split(b"\n", 1)
    head = re.fullmatch(rb"(aag|aig) (\d{1,9}) (\d{1,9}) 0 (\d{1,9}) (\d{1,9})", lines[0].rstrip())
    if head is None or len(lines) < 2:
        raise _wrong(f"its first line is {lines[0][:40]!r}, where the header of a file without latches is due")
    m, i, o, a = map(int, head.groups()[1:])
    if m < i + a or len(data) < o + a:
        raise _wrong("it is shorter than its header says")
    if i > LARGEST:  # those of a file in bytes take up no room in it
        raise BudgetError(with_line(f"a circuit of {i:,} inputs: {LARGEST:,} are the most"))
    try:
        read = _text if head[1] == b"aag" else _bytes
        inputs, leaves, ands, rest = read(lines[1], i, o, a)
    except (ValueError, IndexError) as error:
        raise _wrong(f"it ends early, or has something else where a number is due ({error})") from None
    takes, gives = _symbols(rest, i, o)
    return program(_graph(inputs, leaves, ands, grouped(takes), grouped(gives)))


Parts = tuple[list[int], list[int], list[tuple[int, int, int]], bytes]


def _text(data: bytes, i: int, o: int, a: int) -> Parts:
    """Inputs, outputs, and gates of a file in text, and what stands after them."""
    lines = data.split(b"\n", i + o + a)
    numbers = [tuple(map(int, line.split())) for line in lines[: i + o + a]]
    gates = [(y, p, q) for y, p, q in numbers[i + o :]]
    return (
        [n for (n,) in numbers[:i]],
        [n for (n,) in numbers[i : i + o]],
        gates,
        lines[-1] if len(lines) > i + o + a else b"",
    )


def _bytes(data: bytes, i: int, o: int, a: int) -> Parts:
    """The same of a file in bytes."""
    lines = data.split(b"\n", o)
    at, body, gates = 0, lines[o], []
    for y in range(2 * (i + 1), 2 * (i + 1 + a), 2):
        high, at = _number(body, at)
        low, at = _number(body, at)
        gates.append((y, y - high, y - high - low))
    return [2 * w for w in range(1, i + 1)], [int(line) for line in lines[:o]], gates, body[at:]


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    n = shift = 0
    while True:
        n |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 128:
            return n, at


def _symbols(data: bytes, i: int, o: int) -> tuple[list[str], list[str]]:
    """The names of inputs and outputs."""
    names = {f"i{k}": f"x{k}" for k in range(i)} | {f"o{k}": f"y{k}" for k in range(o)}
    for line in data.decode("utf-8", "replace").split("\n"):
        key, _, name = line.partition(" ")
        if key == "c":
            break
        if key in names and name:
            names[key] = name
    return [names[f"i{k}"] for k in range(i)], [names[f"o{k}"] for k in range(o)]


def _graph(inputs: list[int], leaves: list[int], ands: list[tuple[int, int, int]], takes: Any, gives: Any) -> Module:
    """The module of these gates, which may stand in any order."""
    graph = Graph(len(inputs))
    known = {0: Signal(0)} | dict(zip(inputs, graph.signals(range(2, 2 * graph.wires, 2)), strict=True))
    made = {y: (p, q) for y, p, q in ands}
    if (
        any(y & 1 or y < 2 for y in (*inputs, *made))
        or len(known) + len(made) < 1 + len(inputs) + len(ands)
        or made.keys() & known.keys()
    ):
        raise _wrong("an input or a gate is negated, or there twice")
    for leaf in leaves:
        for y in _needed(leaf & ~1, made, known):
            p, q = (~known[v & ~1] if v & 1 else known[v] for v in made[y])
            known[y] = p * q
    found = [~known[v & ~1] if v & 1 else known[v] for v in leaves]
    return Module("circuit", takes, gives, tuple(graph.cells), tuple([s.literal for s in found]))


def _needed(leaf: int, made: dict[int, tuple[int, int]], known: dict[int, Signal]) -> Iterator[int]:
    """The gates that a literal needs and that are not known, each after those it needs."""
    stack, opened = [leaf], set()
    while stack:
        y = stack[-1]
        if y in known:
            stack.pop()
            continue
        if y not in made:
            raise _wrong(f"nothing makes {y}")
        missing = [v & ~1 for v in made[y] if v & ~1 not in known]
        if missing and y in opened:
            raise _wrong(f"{y} is made of itself")
        opened.add(y)
        stack += missing
        if not missing:
            yield y


def _wrong(said: str) -> StoreError:
    return StoreError(with_line(f"this is no AIGER file of a circuit: {said}"))
