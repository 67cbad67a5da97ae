"""Every exception catdiff raises, and the words it raises them with.

An error's first line is complete on its own; what follows is evidence (a table of wires, an array's shape)
and at most one hint, which has been tried before it is printed. All of them derive from `CatdiffError`, and
each also from the built-in exception a NumPy user would have caught.

>>> issubclass(CompositionError, CatdiffError) and issubclass(CompositionError, TypeError)
True
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import Any

import numpy

# the packages whose frames are nobody's own: this one, and NumPy, which calls back
_PACKAGES = tuple(os.path.dirname(os.path.abspath(file)) + os.sep for file in (__file__, numpy.__file__))


class CatdiffError(Exception):
    """Base of every error raised by catdiff."""


class ObjectError(CatdiffError, ValueError):
    """An object that does not exist: unknown dtype, negative extent, a shape that is not made of integers."""


class SignatureError(CatdiffError, TypeError):
    """A generator was asked for at an object its type rule does not accept."""


class CompositionError(CatdiffError, TypeError):
    """`f >> g` where what f gives is not what g takes. Attributes: `left`, `right`, `wire` (first mismatch)."""

    def __init__(self, message: str, left: Any = None, right: Any = None, wire: int | None = None) -> None:
        super().__init__(message)
        self.left, self.right, self.wire = left, right, wire


class WireError(CatdiffError, TypeError):
    """A wire was used as if it had a value, or outside the program it belongs to."""


class NetError(CatdiffError, ValueError):
    """Arrays that do not form a hypernet."""


class NoDerivativeError(CatdiffError, TypeError):
    """A derivative was asked of a generator that has none. Attributes: `generator`, its name, and `path`, the boxes
    it is in, outermost first.
    """

    def __init__(self, message: str, generator: str | None = None, path: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message, self.generator, self.path = message, generator, tuple(path)

    def within(self, box: str) -> NoDerivativeError:
        """The same error, met inside a box."""
        return NoDerivativeError(self.message, self.generator, (box, *self.path))

    def __str__(self) -> str:
        return f"in {' / '.join(self.path)}: {self.message}" if self.path else self.message


class ArgumentError(CatdiffError, TypeError):
    """The arrays a morphism was called with do not lie on its domain."""


class EvaluationError(CatdiffError, RuntimeError):
    """A generator failed while running. Attributes: `path` (box names, outermost first) and `generator`."""

    def __init__(self, message: str, path: Sequence[str] = (), generator: str | None = None) -> None:
        super().__init__(message)
        self.path, self.generator = tuple(path), generator


class MeaningError(CatdiffError, TypeError):
    """A functor gives a generator no meaning: `exp` over polynomials. Attributes: `generator`, its name, and `path`,
    the boxes it is in, outermost first.
    """

    def __init__(self, message: str, generator: str | None = None, path: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.generator, self.path = generator, tuple(path)


class UsageError(CatdiffError, ValueError):
    """What was asked for on a command line is not there: a module, a name in it, a law."""


class BudgetError(CatdiffError, RuntimeError):
    """What was to be worked out is larger than was allowed: a polynomial of too many terms, a time that is up."""


class CongruenceError(CatdiffError, ValueError):
    """A program was to be put in the place of one that is not equal to it, or whose reverse derivative is not."""


class StoreError(CatdiffError, ValueError):
    """A file that is not a stored hypernet or run, or not one this version reads, or that cannot be written."""


class PathError(CatdiffError, LookupError):
    """No box of a program is at this path."""


class DrawError(CatdiffError, ValueError):
    """A picture that cannot be drawn as asked for, or not written where it should be."""


class TrainingError(CatdiffError, ArithmeticError):
    """A training whose loss or weights are no numbers any more. Attribute: `path`, the boxes that the first such value
    came from, outermost first.
    """

    def __init__(self, message: str, path: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.path = tuple(path)


class RegistrationError(CatdiffError, ValueError):
    """A generator's name is taken, unknown, or its row is incomplete."""


def user_line() -> str:
    """`file.py:line` of the innermost frame outside catdiff and NumPy, for the end of a message."""
    frame = sys._getframe(1)
    while frame is not None:
        file, module = frame.f_code.co_filename, frame.f_globals.get("__name__", "")
        made = file == "<string>" and module.startswith(f"{__package__}.")  # the __init__ of a dataclass of ours
        if not made and not os.path.abspath(file).startswith(_PACKAGES):
            return f"({os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno})"
        frame = frame.f_back
    return ""


def with_line(message: str, hint: str | None = None) -> str:
    """The message, its hint if there is one, and the user's line."""
    hint_line = f"\nhint: {hint}" if hint else ""
    return f"{message}{hint_line}        {user_line()}".rstrip()


def without_line(message: str) -> str:
    """The message less the user's line, for those who wrote none: on the command line it would be our own.

    >>> without_line(with_line("there is no such file"))
    'there is no such file'
    """
    return re.sub(r" {8}\([^()\n]*:\d+\)$", "", message, flags=re.MULTILINE)


def wire_table(gives: Sequence[object], takes: Sequence[object], left: str, right: str) -> tuple[str, int]:
    """The two interfaces side by side and the index of the first mismatch.

    All wires when there are at most twelve, else the first mismatch and three on either side.
    """
    rows = max(len(gives), len(takes))
    wrong = next(i for i in range(rows) if i >= len(gives) or i >= len(takes) or gives[i] != takes[i])
    shown = range(rows) if rows <= 12 else range(max(0, wrong - 3), min(rows, wrong + 4))
    cells = [(str(gives[i]) if i < len(gives) else "—", str(takes[i]) if i < len(takes) else "—") for i in shown]
    head = (f"{left} give{'s' * (left != 'the wires')}", f"{right} takes")
    width = max(len(head[0]), *(len(a) for a, _ in cells))
    lines = [f"  wire  {head[0]:<{width}}      {head[1]}"]
    for i, (a, b) in zip(shown, cells, strict=True):
        lines.append(f"  {i:>4}  {a:<{width}}  {'──' if a == b else '✗ '}  {b}")
    if len(shown) < rows:
        lines.append(f"  … of {rows} wires")
    return "\n".join(lines), wrong
