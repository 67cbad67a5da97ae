"""What is said when two programs do not fit: both interfaces wire by wire, and a repair that was tried.

Neither side is the expected one: `left` *gives*, `right` *takes*. The boxes that touch the seam are named, and a hint
is printed only after the program it stands for has been built.

>>> import catdiff as cd
>>> A = cd.f64(2)
>>> cd.sin(A) >> cd.mul(A, A).box("area")
Traceback (most recent call last):
    ...
catdiff.errors.CompositionError: cannot compose sin >> area: sin has 1 output wire but area takes 2
<BLANKLINE>
  wire  sin gives      area takes
     0  f64[2]     ──  f64[2]
     1  —          ✗   f64[2]
hint: sin @ cd.id(cd.f64(2)) >> area ...
"""

from __future__ import annotations

from collections.abc import Callable
from keyword import iskeyword
from typing import Any

from ..errors import CatdiffError, CompositionError, wire_table, with_line
from .morphism import Atom, Compose, Morphism, verb
from .structure import id, permute

LONGEST = 160  # characters of a hint that is still one


def _seam(f: Morphism, side: str) -> str:
    """The name of the box of `f` that touches the seam."""
    while isinstance(f, Compose):
        f = f.right if side == "left" else f.left
    if type(f) is Morphism:
        return "the wires"
    return f.label.name if isinstance(f, Atom) else side


def _plural(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


@verb("composition error")
def composition_error(f: Morphism, g: Morphism) -> CompositionError:
    """The error for `f >> g`; `f` may be a bare interface, wires that g was applied to."""
    left, right = _seam(f, "left"), _seam(g, "right")
    gives, takes = f.cod.wires, g.dom.wires
    table, wrong = wire_table(gives, takes, left, right)
    if len(gives) != len(takes):
        reason = f"{left} has {_plural(len(gives), 'output wire')} but {right} takes {len(takes)}"
    else:
        reason = (
            f"wire {wrong}: {left} give{'s' * (left != 'the wires')} {gives[wrong]} but {right} takes {takes[wrong]}"
        )
    message = f"cannot compose {left} >> {right}: {reason}\n\n{table}"
    hint = None if type(f) is Morphism else _repair(f, g, *_names(left, right))
    return CompositionError(with_line(message, hint), f, g, wrong)


@verb("pair error")
def pair_error(f: Morphism, g: Morphism) -> CompositionError:
    """The error for `⟨f, g⟩` where the domains differ."""
    message = f"cannot pair {_seam(f, 'right')} and {_seam(g, 'right')}: one takes {f.dom}, the other {g.dom}"
    wrong = wire_table(f.dom.wires, g.dom.wires, "", "")[1]
    return CompositionError(with_line(message), f, g, wrong)


def _names(left: str, right: str) -> tuple[str, str]:
    """What the two sides are called in a hint: the boxes' names where those are names in Python, and two."""
    plain = left != right and all(name.isidentifier() and not iskeyword(name) for name in (left, right))
    return (left, right) if plain else ("left", "right")


def _repair(f: Morphism, g: Morphism, left: str, right: str) -> str | None:
    """A change to one side that makes `f >> g` type-check, as code; tried before it is offered."""
    gives, takes = f.cod, g.dom
    a, b = len(gives), len(takes)
    tries: list[tuple[bool, Callable[[], Any], Callable[[], str]]] = [
        (
            0 < a < b,
            lambda: f @ id(takes[a:]) >> g,
            lambda: f"{left} @ cd.id({takes[a:]!r}) >> {right}",
        ),
        (
            0 < b < a,
            lambda: f >> g @ id(gives[b:]),
            lambda: f"{left} >> {right} @ cd.id({gives[b:]!r})",
        ),
    ]
    order = _reordering(list(gives.wires), list(takes.wires)) if a == b <= 12 else None
    if order is not None:
        tries.append(
            (
                True,
                lambda: f >> permute(gives, order) >> g,
                lambda: f"{left} >> cd.permute({gives!r}, {order}) >> {right}",
            )
        )
    for applies, attempt, code in tries:
        if applies:
            try:
                attempt()
            except CatdiffError:
                continue
            return text if len(text := code()) <= LONGEST else None
    return None


def _reordering(gives: list[Any], takes: list[Any]) -> list[int] | None:
    """The first permutation that turns one word into the other, if they have the same letters."""
    order = []
    for w in takes:
        if w not in gives:
            return None
        order.append(gives.index(w))
        gives[order[-1]] = None
    return order
