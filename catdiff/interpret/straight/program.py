"""Straight-line programs as data: values, and instructions that make them.

An instruction is lines of Python with `{0}`, `{1}`, … for what it reads and `{out}` for where it writes:

- a VIEW makes a value that shows the memory of what it reads: `{0}.transpose(1, 0)`;
- an INTO writes its value into memory it is given: `multiply({0}, {1}, {out})`;
- a CALL makes values in memory of its own, or in that of what it reads, who knows: `softmax({0})`.

A value may be *thin*: of extent 1 along axes along which it is the same everywhere, and said to be larger. Whatever
broadcasts takes it as it is; `Program.full` is the value at its size. So nothing is copied only to be broadcast.

Every value has a *likeness*, an array of its shape, dtype and strides whose entries mean nothing: it tells what NumPy
will say of the value, such as whether a reshape copies. Likenesses are never written to, so they cost no memory, and
values made alike have one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray
Key = int | slice | None
UNSIGNED = np.dtype("u8")
VIEW, INTO, CALL = "view", "into", "call"


@dataclass(frozen=True, eq=False)
class Instruction:
    """Lines of Python that make values of values; `entrywise` where no entry depends on others than those beside it;
    `foreign` where they are somebody else's, who may keep what he is shown.
    """

    kind: str
    lines: tuple[str, ...]
    reads: tuple[int, ...]
    makes: tuple[int, ...]
    about: str = ""
    entrywise: bool = False
    foreign: bool = False


@dataclass(frozen=True, eq=False)
class Value:
    """What is known of a value: its likeness, the shape it stands for, whose memory it may show, and its entries where
    it is a constant.
    """

    likeness: Array
    shape: tuple[int, ...]
    roots: frozenset[int]
    constant: Array | None = None

    @property
    def thin(self) -> bool:
        """Whether it is smaller than what it stands for."""
        return self.likeness.shape != self.shape


@dataclass(eq=False)
class Program:
    """A straight-line program under construction; values 0, 1, … are the arguments."""

    values: list[Value] = field(default_factory=list)
    instructions: list[Instruction] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=dict)
    outputs: list[int] = field(default_factory=list)
    arguments: int = 0
    about: str = ""
    _known: dict[Any, int] = field(default_factory=dict)
    _named: dict[Any, str] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)
    _blank: dict[Any, Array] = field(default_factory=dict)

    def likeness(self, shape: Sequence[int], dtype: Any) -> Array:
        """An array of this shape and dtype, its axes in their order."""
        key = (tuple(shape), np.dtype(dtype))
        if key not in self._blank:
            self._blank[key] = np.empty(*key)
        return self._blank[key]

    def argument(self, likeness: Array) -> int:
        """An argument, which nobody may write to."""
        self.arguments += 1
        return self._add(likeness, likeness.shape, frozenset([len(self.values)]))

    def constant(self, array: Array, shape: Sequence[int] | None = None) -> int:
        """A constant, its memory never written to."""
        array = np.asarray(array)
        array.flags.writeable = False
        return self._add(array, tuple(array.shape if shape is None else shape), frozenset(), array)

    def name(self, text: str, value: Any) -> str:
        """A name for an object that the source speaks of: `text`, or that with a number where it is taken."""
        key = (text, id(value))
        if key not in self._named:
            n = self._taken[text] = self._taken.get(text, 0) + 1
            self._named[key] = text if n == 1 else f"{text}_{n}"
            self.names[self._named[key]] = value
        return self._named[key]

    def view(self, text: str, read: int, function: Callable[[Array], Array], shape: Sequence[int] | None = None) -> int:
        """`function` of a value, which `text` says, in memory of its own only where NumPy copies.

        `shape` is what it stands for, where that is not the shape it has.
        """
        key = (text, read, None if shape is None else tuple(shape))
        if key in self._known:
            return self._known[key]
        x = self.values[read]
        likeness = function(x.likeness)
        whole = likeness.shape if shape is None else tuple(shape)
        if text == "{0}":
            made = self._add(likeness, whole, x.roots, x.constant)
            self.instructions.append(Instruction(VIEW, (text,), (read,), (made,), self.about))
        elif x.constant is not None:
            made = self.constant(likeness, whole)
        elif not likeness.size or np.may_share_memory(likeness, x.likeness):
            made = self._add(likeness, whole, x.roots)
            self.instructions.append(Instruction(VIEW, (text,), (read,), (made,), self.about))
        else:  # a reshape that copies: first into memory of the right order, of which it is a view
            ordered = self.copied(read)
            made = self.view(text, ordered, function, shape)
        self._known[key] = made
        return made

    def part(self, read: int, key: Sequence[Key], shape: Sequence[int] | None = None) -> int:
        """`x[key]`, a view even of a single entry."""
        text = ", ".join([*map(_spelt, key), "..."])
        return self.view(f"{{0}}[{text}]", read, lambda y: y[(*key, ...)], shape)

    def turned(self, read: int, order: Sequence[int]) -> int:
        """A value with its axes in this order."""
        if [*order] == sorted(order):
            return read
        return self.view(f"{{0}}.transpose({', '.join(map(str, order))})", read, lambda y: y.transpose(order))

    def reshaped(self, read: int, shape: Sequence[int]) -> int:
        """A value with its entries in another shape."""
        shape = tuple(shape)
        if self.values[read].likeness.shape == shape:
            return read
        return self.view(f"{{0}}.reshape({shape})", read, lambda y: y.reshape(shape))

    def copied(self, read: int) -> int:
        """A value in memory of its own, its axes in their order."""
        x = self.values[read].likeness
        return self.into((f"{self.name('copyto', np.copyto)}({{out}}, {{0}})",), (read,), x.shape, x.dtype)

    def into(
        self,
        lines: Sequence[str],
        reads: Sequence[int],
        thin: Sequence[int],
        dtype: Any,
        shape: Any = None,
        entrywise: bool = False,
    ) -> int:
        """A value that the lines write, of shape `thin`, which stands for `shape`; the same one for the same lines."""
        thin, lines, reads = tuple(thin), tuple(lines), tuple(reads)
        key = (lines, reads, thin, np.dtype(dtype), shape)
        if key in self._known:
            return self._known[key]
        likeness = self.likeness(thin, dtype)
        made = self._add(likeness, thin if shape is None else tuple(shape), frozenset([len(self.values)]))
        self.instructions.append(Instruction(INTO, lines, reads, (made,), self.about, entrywise))
        self._known[key] = made
        return made

    def call(
        self, function: Any, name: str, reads: Sequence[int], likenesses: Sequence[Array], foreign: bool = False
    ) -> list[int]:
        """The values that a function gives, one or several."""
        reads = [self.full(r) for r in reads]
        roots = frozenset().union(*[self.values[r].roots for r in reads])
        first = len(self.values)
        makes = [self._add(y, y.shape, roots | {first + i}) for i, y in enumerate(likenesses)]
        text = f"{self.name(name, function)}({', '.join(f'{{{i}}}' for i in range(len(reads)))})"
        self.instructions.append(Instruction(CALL, (text,), tuple(reads), tuple(makes), self.about, foreign=foreign))
        return makes

    def inside(self, table: int, limit: int) -> int:
        """A table of indices, once it is seen that all are in `range(limit)`."""
        key = ("inside", table, limit)
        if key not in self._known:
            x = self.values[table]
            made = self._known[key] = self._add(x.likeness, x.shape, x.roots | {len(self.values)})
            text = f"{self.name('inside', inside)}({{0}}, {limit})"
            self.instructions.append(Instruction(CALL, (text,), (table,), (made,), self.about))
        return self._known[key]

    def full(self, value: int) -> int:
        """A value at the size it stands for."""
        x = self.values[value]
        if not x.thin:
            return value
        shape = x.shape
        return self.view(
            f"{self.name('broadcast_to', np.broadcast_to)}({{0}}, {shape})", value, lambda y: np.broadcast_to(y, shape)
        )

    def _add(self, likeness: Array, shape: tuple[int, ...], roots: frozenset[int], constant: Any = None) -> int:
        self.values.append(Value(likeness, shape, roots, constant))
        return len(self.values) - 1


def _spelt(key: Key) -> str:
    """An index as it is written."""
    if not isinstance(key, slice):
        return str(key)
    ends = ["" if end is None else str(end) for end in (key.start, key.stop)]
    return ":".join(ends if key.step is None else [*ends, str(key.step)])


def inside(table: Array, limit: int) -> Array:
    """The table; IndexError where one of its entries is not in `range(limit)`."""
    if table.size and np.maximum.reduce(table.view(UNSIGNED), None) >= limit:  # negative ones are very large there
        raise IndexError(f"a table holds an index outside range(0, {limit})")
    return table


def used(program: Program) -> list[Instruction]:
    """The instructions whose values somebody reads, in their order."""
    wanted, kept = set(program.outputs), []
    for instruction in reversed(program.instructions):
        if wanted.intersection(instruction.makes):
            wanted.update(instruction.reads)
            kept.append(instruction)
    return kept[::-1]
