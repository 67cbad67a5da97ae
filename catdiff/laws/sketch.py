"""Operators that only draw: `R` of f is a box called `R[f]`, of which the type is known and what its wires are called.

A law is the same text whether it is decided or drawn (see `law`); only the calculus differs. A `Sketch` makes one, and
remembers of every box what it is an operator of, and the names of its wires: `R[f]` reads a point a of A and a
cotangent b̄ of B and gives a cotangent ā, `D[f]` reads a and a tangent ȧ and gives ḃ. So the inputs of a law have the
names that what reads them has for them, and a law need not name them:

>>> from catdiff.laws import LAWS
>>> chain, adjoint = (next(law for law in LAWS if law.name == name) for name in ("RD.5", "ADJ.1"))
>>> arguments(chain)
[[('A', 'a'), ('C', 'c̄')]]
>>> arguments(adjoint)
[[('A', 'a'), ('A', 'ȧ'), ('B', 'b̄')]]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from ..category.label import Label
from ..category.morphism import Atom, Morphism
from ..category.objects import Object, Sort
from .law import Calculus, Equation, Law, Operator, generic, letters_of, objects_of
from .names import Names, apart, bars, dots, numbered
from .notation import notation

LETTERS = "ABCXYZ"
OBJECTS = {letter: Object((Sort("f64", (i + 101,)),)) for i, letter in enumerate(LETTERS)}  # told apart by extents
LETTER = {A.wires[0]: letter for letter, A in OBJECTS.items()}
SUMS = "+"  # the title of what adds two wires of one name


@dataclass(frozen=True)
class Operated:
    """What a box stands for: an operator of `of`, which calls its wires so."""

    of: Morphism
    reads: Names
    gives: Names


class Sketch:
    """A calculus that draws, and what it drew."""

    def __init__(self) -> None:
        self.known: dict[Label, Operated] = {}
        R = self._operator("R[{0}]", lambda f: (f.dom @ f.cod, f.dom), lambda x, y: (x + bars(y), bars(x)))
        D = self._operator("D[{0}]", lambda f: (f.dom @ f.dom, f.cod), lambda x, y: (x + dots(x), dots(y)))
        self.calculus = Calculus(
            R=R,
            D=D,
            native=D,
            vjp=self._operator(
                "L({0})", lambda f: (f.dom @ f.cod, f.cod @ f.dom), lambda x, y: (x + bars(y), y + bars(x))
            ),
            jvp=self._operator(
                "⟨{0}, D[{0}]⟩", lambda f: (f.dom @ f.dom, f.cod @ f.cod), lambda x, y: (x + dots(x), y + dots(y))
            ),
            dagger=self._operator("{1}†", lambda f: (f.cod, f.dom), lambda x, y: (y, x)),
            d=self._operator("d[{0}]", lambda f: (f.dom @ f.dom, f.cod), lambda x, y: (x + dots(x), dots(y))),
        )

    def _operator(
        self,
        title: str,
        types: Callable[[Morphism], tuple[Object, Object]],
        names: Callable[[Names, Names], tuple[Names, Names]],
    ) -> Operator:
        def operator(f: Morphism) -> Morphism:
            box = generic(title.format(notation(f), notation(f, tight=True)), *types(f))
            assert isinstance(box, Atom)
            self.known[box.label] = Operated(f, *names(self.inputs(f), self.outputs(f)))
            return box

        return operator

    def operated(self, f: Morphism) -> Operated | None:
        """What f is an operator of, where it is one box that is."""
        net = f.net
        n = len(f.dom)
        plain = len(net.edges) == 1 and (net.sources.tolist(), net.outputs.tolist()) == (
            [*range(n)],
            [*range(n, n + len(f.cod))],
        )
        return self.known.get(net.labels[0]) if plain else None

    def inputs(self, f: Morphism) -> Names:
        """What the inputs of f are called by what reads them."""
        return tuple([self._read(f, w) or _plain(s) for w, s in enumerate(f.dom.wires)])

    def outputs(self, f: Morphism) -> Names:
        """What the outputs of f are called by what gives them."""
        ins, given = self.inputs(f), dict[int, str]()
        for label, _, first in f.net.steps():
            if box := self.known.get(label):
                given |= {first + p: name for p, name in enumerate(box.gives)}
        named = given | dict(enumerate(ins))
        return tuple([named.get(w) or _plain(s, "y") for w, s in zip(f.net.outputs.tolist(), f.cod.wires, strict=True)])

    def _read(self, f: Morphism, wire: int) -> str | None:
        """The name a wire has where it is read: at a box that is known, if need be after sums."""
        wanted = {wire}
        for label, sources, first in f.net.steps():
            ports = [p for p, w in enumerate(sources) if w in wanted]
            if ports and (box := self.known.get(label)):
                return box.reads[ports[0]]
            if ports and label.title == SUMS:
                wanted.add(first)
        return None


def _plain(sort: Sort, other: str = "x") -> str:
    return LETTER.get(sort, other).lower()


def drawn(law: Law, sketch: Sketch) -> list[Equation]:
    """The equations of a law between generic morphisms; none where it is measured."""
    if law.sides is None:
        return []
    f = generic("f", OBJECTS["A"], OBJECTS["B"])
    types = objects_of(law, f, OBJECTS.__getitem__)
    return law.equations(sketch.calculus, f, *[generic(name, *types[name]) for name in law.companions])


def names_of(sketch: Sketch, equation: Equation) -> list[str]:
    """What the inputs of both sides are called: as a box does that reads one, on the left side or else on the right."""
    left, right = equation
    read = [sketch._read(left, w) or sketch._read(right, w) for w in range(len(left.dom))]
    return apart([name or _plain(s) for name, s in zip(read, left.dom.wires, strict=True)])


@cache
def arguments(law: Law) -> list[list[tuple[str, str]]]:
    """For each equation of a law its arguments: the object each lies on, by its letter, and its name."""
    sketch = Sketch()
    return [
        [(LETTER[s], name) for s, name in zip(e[0].dom.wires, names_of(sketch, e), strict=True)]
        for e in drawn(law, sketch)
    ]


def wires(law: Law, equation: int, f: Morphism, companions: Mapping[str, Morphism]) -> list[str]:
    """What the inputs of an equation of the law are called where it is about these morphisms: a name for each wire,
    numbered from 0 where an object has several.

    >>> import catdiff as cd
    >>> from catdiff.laws import LAWS
    >>> adjoint = next(law for law in LAWS if law.name == "ADJ.1")
    >>> wires(adjoint, 0, cd.mul(cd.f64(), cd.f64()), {})
    ['a₀', 'a₁', 'ȧ₀', 'ȧ₁', 'b̄']
    """
    objects = letters_of(law, f, companions)
    return numbered([(name, len(objects[letter])) for letter, name in arguments(law)[equation]])
