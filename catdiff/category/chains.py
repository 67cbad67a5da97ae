"""Families composed: `F >> G` and `F @ G`, not all of their parts resolved yet.

A composite is a tree with families and morphisms at its leaves, O(1) to make. At an object it is resolved left to
right, each part at what the one before it gives; the tree is walked with a list, however deep it is.

>>> import catdiff as cd
>>> wave = (cd.sin >> cd.exp) @ cd.tanh >> cd.mul
>>> wave
(cd.sin >> cd.exp) @ cd.tanh >> cd.mul
>>> A = cd.f64(3)
>>> wave(A, A) == (cd.sin(A) >> cd.exp(A)) @ cd.tanh(A) >> cd.mul(A, A)
True
"""

from __future__ import annotations

from typing import Any

from ..errors import CatdiffError, SignatureError, with_line
from .families import Family
from .morphism import VERBS, Morphism, verb
from .objects import UNIT, Object
from .wire import Wire

Part = Family | Morphism


class Composite(Family):
    """Two parts and how they are put together. `known` and `open` count the wires that its parts are known to take,
    and the parts that take any number.
    """

    symbol = ""

    def __init__(self, left: Part, right: Part, name: str, known: int, open_: int, reads: Any) -> None:
        self.left, self.right, self.known, self.open = left, right, known, open_
        super().__init__(name, self._build, None if open_ else known, self._dom, reads=reads)

    def _build(self, dom: Object) -> Morphism:
        return resolved(self, dom)

    def _dom(self, cod: Object) -> Object:
        todo: list[Part] = [self]
        while todo:
            part = todo.pop()
            if isinstance(part, Chain):
                todo += (part.left, part.right)
            else:
                cod = part.dom if isinstance(part, Morphism) else domain(part, cod)
        return cod

    def __repr__(self) -> str:
        pieces: list[str] = []
        todo: list[Any] = [self]
        while todo:
            part = todo.pop()
            if isinstance(part, Composite):
                inner: list[Any] = []
                for side in (part.left, part.right):
                    bare = not (isinstance(part, Row) and isinstance(side, Chain))
                    inner += (part.symbol, side) if bare else (part.symbol, "(", side, ")")
                todo += reversed(inner[1:])
            else:
                pieces.append(part if isinstance(part, str) else repr(part))
        return "".join(pieces)


class Chain(Composite):
    """`F >> G`."""

    symbol = " >> "

    def __init__(self, left: Part, right: Part) -> None:
        known, open_ = _count(left)
        super().__init__(left, right, "chain", known, min(open_, 1), getattr(left, "reads", None))


class Row(Composite):
    """`F @ G`: each part takes as many wires as it is known to take; at most one takes what is left."""

    symbol = " @ "

    def __init__(self, left: Part, right: Part) -> None:
        (a, p), (b, q) = _count(left), _count(right)
        reads = dict(getattr(left, "reads", {}))
        if not p:
            reads |= {a + i: dtype for i, dtype in getattr(right, "reads", {}).items()}
        super().__init__(left, right, "tensor", a + b, p + q, reads)
        self.from_cod = None


def _count(f: Part) -> tuple[int, int]:
    """How many wires f is known to take, and how many of its parts take any number."""
    if isinstance(f, Composite):
        return f.known, f.open
    width = f.width if isinstance(f, Family) else len(f.dom)
    return (0, 1) if width is None else (width, 0)


def resolved(whole: Composite, dom: Object) -> Morphism:
    """The morphism that a composite is at `dom`."""
    made: list[Morphism] = []
    todo: list[tuple[Any, Any, int, int]] = [(whole, dom, 0, len(dom))]  # a part and the wires it gets, or what to do
    while todo:
        part, word, low, high = todo.pop()
        if part == ">>" or part == "@":
            g, f = made.pop(), made.pop()
            made.append(f >> g if part == ">>" else f @ g)
        elif word is None:
            todo.append((part, made[-1].cod, 0, len(made[-1].cod)))
        elif isinstance(part, Chain):
            todo += ((">>", None, 0, 0), (part.right, None, 0, 0), (part.left, word, low, high))
        elif isinstance(part, Row):
            middle = low + _share(part, high - low)
            todo += (("@", None, 0, 0), (part.right, word, middle, high), (part.left, word, low, middle))
        else:
            made.append(_member(part, word[low:high]))
    return made[0]


def _share(row: Row, wires: int) -> int:
    """How many of these wires the left part of a row gets."""
    if row.open > 1 or row.known > wires or (row.known < wires and not row.open):
        raise SignatureError(with_line(f"cannot share out {wires} wires to {row!r}; give its parts objects"))
    known, open_ = _count(row.left)
    return known + (wires - row.known if open_ else 0)


def _member(f: Part, dom: Object) -> Morphism:
    if isinstance(f, Family):
        return f.at(dom)
    if f.dom != dom:
        raise VERBS["composition error"](Morphism(UNIT, dom), f)
    return f


def domain(family: Family, cod: Object) -> Object:
    """The domain that goes with a codomain."""
    if family.from_cod is None:
        raise SignatureError(
            with_line(f"the type of {family!r} does not follow from its right neighbour", f"{family!r}(object)")
        )
    return family.from_cod(cod)


def stranger(other: Any, symbol: str) -> CatdiffError:
    """The error for composing with what is no program, and what was probably meant."""
    if isinstance(other, Wire):
        what, hint = f"a wire ({other.sort})", "in a binder programs are applied to wires: f(x)"
    elif isinstance(other, Object):
        what, hint = f"the object {other!r}", f"cd.id({other!r}), its bare wires"
    elif callable(other):
        name = getattr(other, "__name__", type(other).__name__)
        if (getattr(other, "__module__", None) or "").startswith("catdiff."):
            what, hint = f"the function cd.{name}", f"call it first, as in cd.{name}(cd.f64(3))"
        else:
            what, hint = f"the function {name}", "a generator, such as cd.sin; or @cd.generator makes one"
    else:
        text = repr(other)
        what = f"{type(other).__name__} {text}" if len(text) < 60 else f"this {type(other).__name__}"
        hint = "cd.const(value) is the program that gives a value"
    return SignatureError(with_line(f"'{symbol}' puts programs together, and {what} is none", hint))


def _knows_how(part: Any) -> bool:
    """Whether what is neither has a type and operators of its own: an optic, a program with parameters."""
    return getattr(type(part), "__composes__", False)


@verb("chain")
def _chain(left: Any, right: Any) -> Any:
    for part in (left, right):
        if not isinstance(part, (Family, Morphism)) and not _knows_how(part):
            raise stranger(part, ">>")
    return Chain(left, right)


@verb("resolve right")
def _resolve_right(f: Morphism, family: Any) -> Any:
    if _knows_how(family):
        return NotImplemented
    if not isinstance(family, Family):
        raise stranger(family, ">>")
    return f >> family.at(f.cod)


@verb("resolve left")
def _resolve_left(family: Any, g: Morphism) -> Any:
    if not isinstance(family, Family):
        raise stranger(family, ">>")
    return family.at(domain(family, g.dom)) >> g


@verb("beside")
def _beside(left: Any, right: Any) -> Any:
    if isinstance(left, Morphism) and _knows_how(right):
        return NotImplemented
    for part in (left, right):
        if not isinstance(part, (Family, Morphism)) and not _knows_how(part):
            raise stranger(part, "@")
    return Row(left, right)
