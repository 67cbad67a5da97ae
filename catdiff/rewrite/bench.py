"""The workbench of one pass: a sharing builder that tries the rules on every box before placing it.

Boxes come in topological order, so the wires a box reads are in normal form already, and a rule looks back only as
far as its left side is deep. What a rule puts in place goes through the same gate.

Boxes with `commutative` rows are shared up to the order of their operands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.objects import Object
from ..generators.constants import CONST
from ..generators.linear import CONTRACT, read
from ..generators.spans import Affine, Span, bare
from ..hypernet.build import SharingBuilder
from .rule import Rule, Rules, Site

Gate = tuple[Label, tuple[Rule, ...], frozenset[str] | None, bool, str]
DEPTH = 16  # how deep right sides may nest within one step; what is left waits for the next pass
CARRIERS = frozenset({"contract", "reshape", "cast"})  # rows that may repeat one number unchanged


def commutes(lab: Label) -> bool:
    """Whether the operands may come in any order."""
    return lab.row.commutative and len(lab.dom) > 1 and len(set(lab.dom.wires)) == 1


def within(axis: Any, n: int, extents: Sequence[int]) -> bool:
    """Whether an index never leaves range(n); letters have extents > 0."""
    low, high = axis.bounds(tuple(extents))
    return low >= 0 and high < n


def covers(leg: Sequence[Any], shape: Sequence[int], extents: Sequence[int]) -> bool:
    """Whether a leg is distinct bare letters that run over its axes exactly."""
    found = [bare(axis) for axis in leg]
    whole = all(i is not None and extents[i] == n for i, n in zip(found, shape, strict=True))
    return whole and len(set(found)) == len(found)


def moves(span: Span, shape: Sequence[int]) -> bool:
    """Whether every entry of the result is one entry of the only operand: a view, whatever it costs to copy it."""
    if len(span.inputs) != 1 or 0 in span.extents or not covers(span.output, span.shape, span.extents):
        return False
    axes = zip(span.inputs[0], shape, strict=True)
    used = {i for axis in span.output for i in axis.letters}
    return len(used) == len(span.extents) and all(isinstance(a, Affine) and within(a, n, span.extents) for a, n in axes)


def _repeats(lab: Label) -> bool:
    """Whether a box of a carrier row turns a constant array of one number into another one of that number."""
    if lab.row is not CONTRACT:
        return True
    found = lab.memo.get("moves")
    if found is None:
        found = lab.memo["moves"] = moves(read(lab.attrs["span"]), lab.dom.wires[0].shape)
    return found


def number(lab: Label) -> Any:
    """The number every entry of a constant is, or None."""
    if "number" not in lab.memo:
        array = lab.attrs["value"].payload.array
        first = array.flat[0] if array.size else None
        same = first is not None and bool(np.all(array == first))
        lab.memo["number"] = first if same else None
    return lab.memo["number"]


def token(lab: Label) -> str:
    """What rules see of a box when they only glance at it: its row, and whether a constant is all 1 or all −1."""
    if lab.row is not CONST:
        return lab.row.name
    value = number(lab)
    return "const" if value is None or value not in (1, -1) else "const 1" if value == 1 else "const −1"


class Bench(SharingBuilder):
    """Builds a net under rules. `fired` counts how often one applied."""

    def __init__(self, dom: Object, rules: Rules) -> None:
        self.rules, self.fired, self.depth = rules, 0, 0
        self.maker: list[tuple[Label, tuple[int, ...], int] | None] = []
        self.names: list[str] = []
        self.readers: list[int] = []
        self.splats: dict[int, Any] = {}
        self._gates: dict[int, Gate] = {}
        super().__init__(dom)

    def input(self) -> int:
        """A new wire that no edge makes."""
        self.maker.append(None)
        self.names.append("")
        self.readers.append(0)
        return super().input()

    def add(self, label: Label, sources: tuple[int, ...]) -> int:
        """The first target of the edge with this label on these wires, placed as it is."""
        gate = self._gates.get(id(label)) or self._gate(label)
        key = (id(label), tuple(sorted(sources)) if gate[3] else sources)
        first = self.table.get(key)
        if first is None:
            first = self.table[key] = self.wires
            edge = (label, sources, first)
            self.edges.append(edge)
            n = len(label.cod)
            self.wires += n
            if n == 1:
                self.maker.append(edge)
                self.names.append(gate[4])
                self.readers.append(0)
            else:
                self.maker.extend([edge] * n)
                self.names.extend([gate[4]] * n)
                self.readers.extend([0] * n)
            for s in sources:
                self.readers[s] += 1
            if not sources or self.splats:
                self._note(label, sources, first)
        return first

    def _gate(self, lab: Label) -> Gate:
        rules = self.rules.at(lab)
        sees: frozenset[str] | None = frozenset()
        for r in rules:
            sees = None if sees is None or r.sees is None else sees | r.sees
        gate = self._gates[id(lab)] = (lab, rules, sees, commutes(lab), token(lab))
        return gate

    def _note(self, lab: Label, sources: tuple[int, ...], first: int) -> None:
        """Keep the number a constant array consists of."""
        value = None
        if lab.row is CONST:
            value = number(lab)
        elif len(sources) == 1 and sources[0] in self.splats and lab.row.name in CARRIERS and _repeats(lab):
            value = self.splats[sources[0]]
        if value is not None:
            self.splats[first] = value

    def place(self, lab: Label, sources: tuple[int, ...]) -> Sequence[int]:
        """The wires that a box with this label on these wires gives, after rewriting."""
        _, rules, sees, _, _ = self._gates.get(id(lab)) or self._gate(lab)
        if rules and self.depth < DEPTH:
            names = self.names
            if sees is None or any(names[s] in sees for s in sources):
                got = self._rewritten(lab, sources, rules)
                if got is not None:
                    return got
        first = self.add(lab, sources)
        return range(first, first + len(lab.cod))

    def _rewritten(self, lab: Label, sources: tuple[int, ...], rules: tuple[Rule, ...]) -> Sequence[int] | None:
        site, near = Site(self, lab, sources), {self.names[s] for s in sources}
        self.depth += 1
        try:
            for r in rules:
                if r.sees is None or not near.isdisjoint(r.sees):
                    got = r.rewrite(site)
                    if got is not None:
                        self.fired += 1
                        return (got,) if isinstance(got, int) else got
        finally:
            self.depth -= 1
        return None
