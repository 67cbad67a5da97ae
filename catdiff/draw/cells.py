"""Characters on a grid: lines with arms, blocks of text, and rows that are put in between.

A cell of a line says in which of the four directions it goes on, and that is the character. Lines of different wires
in one cell cross, `┼`; three arms of one wire are a copy, `•`. A block may be **stretched** between two of its rows,
since every cell says whether it goes on downwards.

>>> glyph(E | S), glyph(N | S), glyph(W | E | S)
('┌', '│', '•')
>>> [columns(s) for s in ("sin", "x̄", "層")]
[3, 1, 2]
>>> print("\\n".join(map(written, leaf("mul", 2, 1).rows)))
┌─────┐
┤ mul ├
┤     │
└─────┘
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .measure import clean

N, E, S, W = 1, 2, 4, 8
COPY, SUM, POINT = "•", "○", "·"
LINES: dict[str, int] = dict(
    zip(("", "╵", "╶", "└", "╷", "│", "┌", "├", "╴", "┘", "─", "┴", "┐", "┤", "┬", "┼"), range(16), strict=True)
)
ROUND = {"╭": E | S, "╮": S | W, "╰": N | E, "╯": N | W}
CHARACTERS = {arms: c for c, arms in LINES.items()} | {E: "─", W: "─", N: "│", S: "│"}


class Cell(NamedTuple):
    """A character, empty beside one that is two columns wide, and whether a line leaves it downwards."""

    text: str = " "
    down: bool = False


Row = list[Cell]


@dataclass
class Block:
    """A rectangle of cells, with the rows at which wires enter it on the left and leave it on the right."""

    rows: list[Row]
    ins: Sequence[int] = ()
    outs: Sequence[int] = ()
    width: int = field(init=False)

    def __post_init__(self) -> None:
        self.width = len(self.rows[0]) if self.rows else 0


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(map(_columns, text))


def _columns(c: str) -> int:
    if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def cells(text: str) -> Row:
    """The text, a cell for each column; marks without a width are with the character before them."""
    row: Row = []
    for c in clean(text):
        wide = _columns(c)
        if wide:
            row += [Cell(c), *[Cell("")] * (wide - 1)]
        elif row:
            at = len(row) - 1 - (row[-1].text == "")
            row[at] = Cell(row[at].text + c)
    return row


def written(row: Row) -> str:
    """The row as text, without blanks at its end."""
    return "".join([c.text for c in row]).rstrip()


def turned(rows: Sequence[Row]) -> list[Row]:
    """The rows with the two directions exchanged, lines too: a picture that ran to the right runs down."""
    return [[_turned(c) for c in column] for column in zip(*rows, strict=True)]


def _turned(c: Cell) -> Cell:
    known: dict[str, int] = ROUND if c.text in ROUND else LINES
    arms = known.get(c.text, 0)
    swapped = sum([new for old, new in ((N, W), (E, S), (S, E), (W, N)) if arms & old])
    return Cell(next(t for t, a in known.items() if a == swapped), bool(swapped & S)) if arms else Cell(c.text)


def line(arms: int) -> Cell:
    """A cell of a box's edge."""
    return Cell(CHARACTERS[arms], bool(arms & S))


def glyph(arms: int) -> str:
    """The character of one wire that leaves a cell in these directions."""
    return COPY if arms.bit_count() > 2 else CHARACTERS[arms]


def between(row: Row) -> Row:
    """What stands below a row that is pulled away from the next one."""
    return [Cell("│", True) if c.down else Cell() for c in row]


def words(text: str, *, ins: bool = False, outs: bool = False) -> Block:
    """A line of text that a wire may enter or leave."""
    return Block([cells(text)], (0,) * ins, (0,) * outs)


def leaf(name: str, n_in: int, n_out: int) -> Block:
    """A box with a name: on a line if its ports allow it, else with an edge around."""
    text, height = cells(name), max(n_in, n_out)
    if height <= 1:
        left, right = line(N | S | W * n_in).text, line(N | S | E * n_out).text
        return Block([[Cell(left), Cell(), *text, Cell(), Cell(right)]], (0,) * n_in, (0,) * n_out)
    ins, outs = ([1 + (height - n) // 2 + i for i in range(n)] for n in (n_in, n_out))
    rows = []
    for r in range(1, height + 1):
        middle = text if r == (height + 1) // 2 else [Cell()] * len(text)
        left, right = line(N | S | W * (r in ins)), line(N | S | E * (r in outs))
        rows.append([left, Cell(), *middle, Cell(), right])
    edge = [line(E | W)] * (len(text) + 2)
    return Block([[line(E | S), *edge, line(W | S)], *rows, [line(N | E), *edge, line(N | W)]], ins, outs)


def framed(name: str, inside: Block) -> Block:
    """A block in a rounded frame with its name top left; wires cross the edge."""
    title = [line(E | W), Cell(), *cells(name), Cell()] if name else []
    width = max(inside.width, len(title) + 1)
    fill = [Cell("─")] * (width - len(title))
    top = [Cell("╭", True), *title, *fill, Cell("╮", True)]
    rows = [top]
    for r, row in enumerate(inside.rows):
        left, right = (line(N | E | S | W) if r in ports else line(N | S) for ports in (inside.ins, inside.outs))
        more = [Cell("─" if r in inside.outs else " ")] * (width - len(row))
        rows.append([left, *row, *more, right])
    rows.append([Cell("╰"), *[Cell("─")] * width, Cell("╯")])
    return Block(rows, [r + 1 for r in inside.ins], [r + 1 for r in inside.outs])


# -- in a picture that runs down: the blocks of its grid, which is turned when it is done -----------------------


def _whole(text: str, broad: int) -> Row:
    """Text in the middle of so many cells: all of it in one of them, so that nothing is put between its letters."""
    text = clean(text)
    n = columns(text)
    before = (broad - n) // 2
    letters = [Cell(text), *[Cell("")] * (n - 1)] if n else []
    return [*[Cell()] * before, *letters, *[Cell()] * (broad - n - before)]


def words_down(texts: Sequence[str], *, ins: bool = False, outs: bool = False) -> Block:
    """Lines of text one below another; a wire may enter from above or leave downwards, in the middle."""
    broad = max([columns(clean(text)) for text in texts])
    middle = max(0, (broad - 1) // 2)
    return Block(turned([_whole(text, broad) for text in texts]) or [[]], (middle,) * ins, (middle,) * outs)


def leaf_down(name: str, n_in: int, n_out: int) -> Block:
    """A box with a name, its inputs above and its outputs below."""
    broad = max(columns(clean(name)) + 2, 2 * max(n_in, n_out) - 1)
    ins, outs = ([(broad + 1 - 2 * n) // 2 + 2 * i for i in range(n)] for n in (n_in, n_out))
    top = [line(E | S), *[line(E | W | N * (i in ins)) for i in range(broad)], line(W | S)]
    bottom = [line(N | E), *[line(E | W | S * (i in outs)) for i in range(broad)], line(N | W)]
    rows = [top, [line(N | S), *_whole(name, broad), line(N | S)], bottom]
    return Block(turned(rows), [i + 1 for i in ins], [i + 1 for i in outs])


def framed_down(name: str, inside: Block) -> Block:
    """A block in a rounded frame with its name top left, where no wire enters."""
    title = [line(N | S), Cell(), *_whole(name, columns(clean(name))), Cell()]
    aside = max(0, len(title) - min([len(title), *inside.ins]))
    empty = [Cell()] * inside.width
    rows = [empty] * aside + inside.rows
    rows += [empty] * (len(title) + 1 - len(rows))
    block = framed("", Block(rows, [i + aside for i in inside.ins], [i + aside for i in inside.outs]))
    for row, cell in zip(block.rows[1:], title, strict=False):
        row[0] = cell
    return block
