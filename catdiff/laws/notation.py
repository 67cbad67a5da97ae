"""Terms in the notation of the papers: what a box that stands for an operator applied to f is called.

>>> import catdiff as cd
>>> from catdiff.laws.law import generic
>>> A, B, C = cd.f64(1), cd.f64(2), cd.f64(3)
>>> f, g = generic("f", A, B), generic("g", B, C)
>>> notation(f >> g), notation(cd.pair(f, f >> g)), notation(cd.pair(f, f) >> cd.plus(B)), notation(f @ g)
('f ; g', '⟨f, f ; g⟩', 'f + f', 'f ⊗ g')
"""

from __future__ import annotations

from ..category.label import Label
from ..category.morphism import Atom, Compose, Morphism, Tensor, Wiring
from ..category.objects import Object
from ..category.structure import copy, id, swap
from ..generators.constants import CONST
from ..generators.elementwise import mul, plus
from ..hypernet.canonical import canonical
from ..hypernet.recursion import Task, run
from ..rewrite.bench import number

TIGHTEST = 3  # how much a sign after a term binds


def notation(f: Morphism, tight: bool = False) -> str:
    """A small term as text, in diagrammatic order; `tight`: in brackets where it is more than one word."""
    return run(_text(f, TIGHTEST if tight else 0))


def _text(f: Morphism, tight: int) -> Task[str]:
    """The text of a term; in brackets where it would come apart in a context that binds `tight`."""
    if named := _structural(f):
        return named
    for binary, sign in ((plus, "+"), (_product, "·")):
        if (operands := _operands(f, binary)) is not None:
            left, right = (yield _text(operands[0], 2)), (yield _text(operands[1], 2))
            return _bracketed(f"{left} {sign} {right}", tight > 1)
    if isinstance(f, Compose):
        if (paired := _pair(f)) is not None:
            return f"⟨{(yield _text(paired[0], 0))}, {(yield _text(paired[1], 0))}⟩"
        left, right = (yield _text(f.left, 1)), (yield _text(f.right, 1))
        return _bracketed(f"{left} ; {right}", tight > 1)
    if isinstance(f, Tensor):
        sides = [g for g in (f.left, f.right) if len(g.dom) + len(g.cod)]
        if len(sides) == 1:
            return (yield _text(sides[0], tight))
        return _bracketed(f"{(yield _text(f.left, 2))} ⊗ {(yield _text(f.right, 2))}", tight > 2)
    return f.label.title if isinstance(f, Atom) else _chain(f)


def _chain(f: Morphism) -> str:
    """The text of a program that has no term, where its boxes come one after another."""
    names, at = list[str](), [*range(len(f.dom))]
    for lab, sources, first in f.net.steps():
        if sources != at:
            return "…"
        names.append(lab.title)
        at = [*range(first, first + len(lab.cod))]
    return " ; ".join(names) if names and f.net.outputs.tolist() == at else "…"


def _bracketed(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def _pair(f: Morphism) -> tuple[Morphism, Morphism] | None:
    """g and h where f is `⟨g, h⟩`."""
    if isinstance(f, Compose) and isinstance(f.right, Tensor) and isinstance(f.left, Wiring):
        A = f.left.dom
        if f.right.left.dom == A and f.right.right.dom == A and f.left == copy(A):
            return f.right.left, f.right.right
    return None


def _operands(f: Morphism, binary: object) -> tuple[Morphism, Morphism] | None:
    """g and h where f is `⟨g, h⟩ ; binary`."""
    if isinstance(f, Compose) and callable(binary):
        paired = _pair(f.left) if isinstance(f.left, Compose) else None
        if paired and paired[0].cod == paired[1].cod == f.cod and f.right == binary(f.cod):
            return paired
        if isinstance(f.left, Compose) and (inner := _pair(f.left.left)) and inner[0].cod == inner[1].cod == f.cod:
            return inner if f.left.right >> f.right == binary(f.cod) else None
    return None


def _product(A: Object) -> Morphism:
    return mul(A @ A) if len(A) == 1 else id(A)


def _structural(f: Morphism) -> str | None:
    """The name of a structural map, of a zero, of a one; None where f is none."""
    if any(lab.row is not CONST and lab.row.name != "zero" for lab in f.net.labels):
        return None
    net, n = canonical(f.net), len(f.dom)
    names, sources = {"1" if _ones(lab) else lab.title for lab in net.labels}, net.outputs.tolist()
    if len(net.edges):
        made = all(s >= n for s in sources)
        return names.pop() if made and len(names) == 1 and names <= {"0", "1"} else None
    projections = {"π0": [*range(len(sources))], "π1": [*range(n - len(sources), n)]}
    if sources == [*range(n)]:
        return "1"
    if not sources:
        return "!"
    if sources == [*range(n)] * 2:
        return "Δ"
    if any(f == swap(f.dom[:i], f.dom[i:]) for i in range(1, n)):
        return "σ"
    return next((name for name, wires in projections.items() if sources == wires), None)


def _ones(lab: Label) -> bool:
    return lab.row is CONST and number(lab) == 1
