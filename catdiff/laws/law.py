"""Laws as data: an equation between two programs that are built from f, with its name, its notation and its source.

A law is written once, as a function that builds both sides from f, from companions (`g : B → C`) and from the
operators it speaks of, which come in as a `Calculus`. So one text serves to decide the law of our own R, to decide it
of somebody else's R, and to draw it, with an R that is only a box with that name.

>>> import catdiff as cd
>>> from catdiff.laws.axioms.derivatives import LAWS
>>> chain = next(law for law in LAWS if law.name == "RD.5")
>>> chain
RD.5 chain rule: R[f ; g] = ⟨π0, ⟨π0 ; f, π1⟩⟩ ; (1 × R[g]) ; R[f]
>>> f, g = cd.sin(cd.f64()), cd.exp(cd.f64())
>>> ((left, right),) = chain.equations(Calculus(), f, g)
>>> left == right
True

Where companions are asked for, a law is first tried with *generic* ones, boxes of which nothing is known but their
type (`generic`): if both sides are one diagram then, the law is proved for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..category.label import Row, label
from ..category.morphism import Atom, Morphism
from ..category.objects import Object
from ..category.structure import id
from ..derivative.forward import D
from ..derivative.gradients import dagger
from ..derivative.native import jvp
from ..derivative.reverse import R, vjp
from ..errors import ArgumentError, CatdiffError, with_line
from .maps import inject, second

Equation = tuple[Morphism, Morphism]


class ColumnError(CatdiffError):
    """What a column of a row builds is not what the law that it is held against is about."""


Operator = Callable[[Morphism], Morphism]


def native(f: Morphism) -> Morphism:
    """`D[f] : A ⊗ A → B` from the rows' own D, which owes nothing to R."""
    return jvp(f) >> second(f.cod, f.cod)


@dataclass(frozen=True)
class Calculus:
    """The operators that laws are about: ours, or others of the same types that are to be held against the laws.

    `R[f] : A ⊗ B → A`, `D[f] : A ⊗ A → B`, `vjp = ⟨f, R[f]⟩`, `jvp = ⟨f, D[f]⟩` from the rows' own D, of
    which `native` is the second half, `f† : B → A`; `d`, the forward derivative that R makes, by `forward_of_R` where
    nothing else is given.
    """

    R: Operator = R
    D: Operator = D
    vjp: Operator = vjp
    jvp: Operator = jvp
    dagger: Operator = dagger
    native: Operator = native
    d: Operator | None = None

    def forward(self, f: Morphism) -> Morphism:
        """`d[f] : A ⊗ A → B`."""
        return self.d(f) if self.d is not None else self.forward_of_R(f)

    def forward_of_R(self, f: Morphism) -> Morphism:
        """`(ι0 × 1) ; R[R[f]] ; π1 : A ⊗ A → B`."""
        A, B = f.dom, f.cod
        return inject(A, B) @ id(A) >> self.R(self.R(f)) >> second(A, B)


def always(f: Morphism) -> str | None:
    """Of every f."""
    return None


@dataclass(frozen=True, eq=False, repr=False)
class Law:
    """An equation, or several, between programs built from `f : A → B`.

    - `name`, `title`, `statement`: "RD.5", "chain rule", and the law in notation;
    - `sides(calculus, f, *companions)`: the equations, a pair of morphisms or a list of pairs;
    - `companions`: the types of what else it speaks of, `{"g": "B → C"}`, where A and B are f's and other letters any
      objects; a trailing ` linear` asks for linear ones;
    - `measure(calculus, f, trial) -> Decision`: in place of sides, for a law that is no equation;
    - `where(f)`: why it does not apply to f, or None;
    - `example()`: the f it is drawn with, where a generic one says nothing;
    - `structural`: whether it is about f as a whole, and not about what of f can be added and differentiated;
    - `fixed`: whether it is about this f and no other, so that smaller programs say nothing of it;
    - `each`: that it is asked not of f but of each generator alone that f is made of, and of those that its derivatives
      up to this order are made of; `column`: the column of the row that it holds against what the generator does;
    - `order`: how many derivatives its sides take, each of which makes a program about three times as large;
    - `source`: where it is from.
    """

    name: str
    title: str
    statement: str
    sides: Callable[..., Any] | None = None
    companions: Mapping[str, str] = field(default_factory=dict)
    measure: Callable[..., Any] | None = None
    where: Callable[[Morphism], str | None] = always
    order: int = 1
    structural: bool = False
    fixed: bool = False
    each: int | None = None
    column: str = ""
    source: str = ""
    example: Callable[[], Morphism] | None = None

    @property
    def group(self) -> str:
        """The family it belongs to: "RD" of "RD.5"."""
        return self.name.split(".")[0]

    def equations(self, k: Calculus, f: Morphism, *companions: Morphism) -> list[Equation]:
        """The pairs of sides, which have one type."""
        assert self.sides is not None
        found = self.sides(k, f, *companions)
        return [found] if isinstance(found, tuple) else list(found)

    def __repr__(self) -> str:
        return f"{self.name} {self.title}: {self.statement}"


class Laws(list[Law]):
    """A list of laws that grows by decorated functions: `@LAWS.law("RD.5", "chain rule", "…", g="B → C")`.

    Made with their source, and with fields of `Law` that all of them share.
    """

    def __init__(self, source: str, **fields: Any) -> None:
        super().__init__()
        self.fields = {"source": source, **fields}

    def law(self, name: str, title: str, statement: str, **fields: Any) -> Any:
        """Decorator: the function builds the sides of the law. Fields of `Law` by name; others are companions."""

        def put(sides: Callable[..., Any]) -> Callable[..., Any]:
            companions = {key: kind for key, kind in fields.items() if len(key) == 1}
            more = {key: value for key, value in fields.items() if len(key) > 1}
            self.append(Law(name, title, statement, sides, companions, **{**self.fields, **more}))
            return sides

        return put

    def measured(self, name: str, title: str, statement: str, **more: Any) -> Any:
        """Decorator: the function decides the law itself."""

        def put(measure: Callable[..., Any]) -> Callable[..., Any]:
            self.append(Law(name, title, statement, measure=measure, **{**self.fields, **more}))
            return measure

        return put


def objects_of(law: Law, f: Morphism, draw: Callable[[str], Object]) -> dict[str, tuple[Object, Object]]:
    """The type of each companion: A and B are f's, other letters are drawn."""
    letters: dict[str, Object] = {"A": f.dom, "B": f.cod}
    found = {}
    for name, kind in law.companions.items():
        dom, cod = _ends(kind)
        for letter in (dom, cod):
            if letter not in letters:
                letters[letter] = draw(letter)
        found[name] = letters[dom], letters[cod]
    return found


def letters_of(law: Law, f: Morphism, companions: Mapping[str, Morphism]) -> dict[str, Object]:
    """The object each letter of the law stands for, where it is about these morphisms."""
    letters: dict[str, Object] = {"A": f.dom, "B": f.cod}
    for name, g in companions.items():
        letters |= dict(zip(_ends(law.companions[name]), (g.dom, g.cod), strict=True))
    return letters


def _ends(kind: str) -> tuple[str, str]:
    """The letters of `B → C linear`."""
    dom, cod = (part.strip() for part in kind.removesuffix(" linear").split("→"))
    return dom, cod


def _unknown(*xs: Any) -> Any:
    raise AssertionError("a generic morphism has a type and nothing else")


def generic(name: str, A: Object, B: Object) -> Morphism:
    """A morphism `name : A → B` of which nothing else is known; its derivatives are as generic.

    >>> import catdiff as cd
    >>> f = generic("f", cd.f64(), cd.f64(2))
    >>> [label.name for label in cd.R(f).net.labels]
    ['R[f]']
    """

    def type_rule(dom: Object) -> Object:
        return B

    def R_rule(*wires: Any) -> Any:
        return generic(f"R[{name}]", A @ B, A)(*wires)

    def D_rule(*wires: Any) -> Any:
        return generic(f"D[{name}]", A @ A, B)(*wires)

    row = Row(name=name, type_rule=type_rule, forward=_unknown, R=R_rule, D=D_rule, about="known by its type alone")
    return Atom(label(row, A))


def worded(names: str | Iterable[str], what: str, such: str) -> list[str]:
    """Names in a list, or in one string with commas. Raises `ArgumentError` where they are no strings, or none."""
    try:
        found: list[Any] = names.replace(",", " ").split() if isinstance(names, str) else list(names)
    except TypeError:
        found = [names]
    if strange := [n for n in found if not isinstance(n, str)]:
        raise ArgumentError(with_line(f"{what} are strings, {such}, not {strange[0]!r}"))
    if not found:
        raise ArgumentError(with_line(f"no {what} are named, {such}; left out, all that apply are asked"))
    return found


def chosen(laws: Sequence[Law], names: str | Iterable[str] | None) -> list[Law]:
    """The laws of these names or groups, all of them where none are named, in the order of the table. A string may hold
    several, with commas.

    Raises `ArgumentError` for a name that is none.
    """
    if names is None:
        return list(laws)
    wanted = [n.upper() for n in worded(names, "laws", "such as 'RD.5' or 'ADJ'")]
    known = {law.name for law in laws} | {law.group for law in laws}
    if unknown := [n for n in wanted if n not in known]:
        groups = ", ".join(dict.fromkeys(law.group for law in laws))
        raise ArgumentError(with_line(f"there is no law {unknown[0]!r}; there are those of {groups}"))
    return [law for law in laws if law.name in wanted or law.group in wanted]
