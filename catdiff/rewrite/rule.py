"""Equations that run: a rule is a law, read from left to right.

A `Rule` is the law as one writes it, the rows at which its left side ends, and a function that looks at one box and
at what makes the wires it reads (a `Site`), and answers with the wires that are to replace its outputs, or None.

>>> from catdiff.rewrite.algebra import RULES
>>> RULES[0]
x · 0 = 0

Every rule is a **congruence for R**: `l = r` has to imply `R[l] = R[r]` over every rig the rows are interpreted in.
Equal values are not enough. Over Z₂, `x·x` and `x` have the same values and the derivatives 0 and 1, so there is no
such rule; `x + x = 0` is a law of formal polynomials over Z₂, so there is one.

**Floats.** Rules say that rounding does not matter when it does not happen (`exact`), and otherwise only merge sums
inside one contraction, whose order of additions is the kernel's own choice: nothing is reassociated across boxes,
nothing distributed, nothing cancelled (`x − x` is 0 over exact dtypes only, because of ∞ and NaN). A zero that is a
zero by construction is absorbing, `0 · ∞ = 0`, as in `R`, also a zero that a contraction holds by its structure (off
the diagonal of `diag`, outside the array in `pad`); and signed zeros are one value.

Source: rewrites that print their law are from ELEVATE, arXiv:2002.02268.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..category.label import Label, Row
from ..category.objects import Sort
from ..errors import RegistrationError, with_line
from ..generators.constants import zero_label

if TYPE_CHECKING:
    from .bench import Bench


class Site:
    """What a rule sees: one box about to be placed, and through its wires the boxes before it."""

    __slots__ = ("bench", "label", "sources")

    def __init__(self, bench: Bench, label: Label, sources: tuple[int, ...]) -> None:
        self.bench, self.label, self.sources = bench, label, sources

    def maker(self, port: int, *rows: str) -> tuple[Label, tuple[int, ...], int] | None:
        """The label and sources of the box that makes input `port`, and which of its outputs that is; None for an
        input of the net, or where the box is of none of these rows.
        """
        made = self.bench.maker[self.sources[port]]
        if made is None or (rows and made[0].row.name not in rows):
            return None
        return made[0], made[1], self.sources[port] - made[2]

    def zero(self, port: int) -> bool:
        """Whether input `port` is a symbolic zero."""
        return self.bench.names[self.sources[port]] == "zero"

    def splat(self, port: int) -> Any:
        """The number that every entry of input `port` is, where it is a constant like that; else None."""
        return self.bench.splats.get(self.sources[port])

    def uses(self, port: int) -> int:
        """An upper bound of how often the wire at input `port` is read, by this box too, which is not placed yet."""
        wire = self.sources[port]
        return self.bench.readers[wire] + self.sources.count(wire)

    def make(self, label: Label, *sources: int) -> tuple[int, ...]:
        """The outputs of a box with this label on these wires."""
        return tuple(self.bench.place(label, sources))

    def zeros(self, sorts: Iterable[Sort]) -> tuple[int, ...]:
        """A symbolic zero for each sort."""
        return tuple([self.bench.add(zero_label(s), ()) for s in sorts])


Rewrite = Callable[[Site], Sequence[int] | int | None]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Rule:
    """A law, read from left to right.

    - `law`: as it is printed;
    - `on(row)`: whether the left side may end in a box of this row;
    - `where(label)`: the side condition on that box: its dtypes, its attributes;
    - `sees`: the rows (or constants, see `bench.token`) of which one must make a wire the box reads, or None where any
      wires will do;
    - `exact`: whether floats agree bit for bit, up to the sign of zero and 0 · ∞.
    """

    law: str
    on: Callable[[Row], bool]
    rewrite: Rewrite
    where: Callable[[Label], bool]
    sees: frozenset[str] | None
    exact: bool

    def __repr__(self) -> str:
        return self.law


def always(_: Any) -> bool:
    """No condition."""
    return True


class Rules(tuple[Rule, ...]):
    """A list of rules, tried in order. A value that is compared by identity: normal forms are kept per list."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @cached_property
    def of_row(self) -> dict[Row, tuple[Rule, ...]]:
        """The rules for each row met so far."""
        return {}

    def at(self, label: Label) -> tuple[Rule, ...]:
        """Those to try at a label; found once."""
        row = label.row
        rules = self.of_row.get(row)
        if rules is None:
            rules = self.of_row[row] = tuple([r for r in self if r.on(row)])
        if not rules:
            return rules
        found = label.memo.get(self)
        if found is None:
            found = label.memo[self] = tuple([r for r in rules if r.where(label)])
        return found


def rule(
    law: str,
    *,
    on: str | Sequence[str] | Callable[[Row], bool],
    sees: Sequence[str] | None = None,
    where: Callable[[Label], bool] = always,
    exact: bool = True,
) -> Callable[[Rewrite], Rule]:
    """Decorator: the function is how `law` is applied at boxes of the rows `on`."""
    if law.count(" = ") != 1:
        raise RegistrationError(with_line(f"a law has two sides, 'left = right', not {law!r}"))
    names = frozenset([on] if isinstance(on, str) else on) if not callable(on) else frozenset()
    chosen = on if callable(on) else lambda row: row.name in names
    seen = None if sees is None else frozenset(sees)

    def made(rewrite: Rewrite) -> Rule:
        return Rule(law=law, on=chosen, rewrite=rewrite, where=where, sees=seen, exact=exact)

    return made
