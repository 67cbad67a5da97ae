"""The shape of the tables of rules from outside: a rule, what is to be said of it, and its twins that are wrong."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Foreign(NamedTuple):
    """A rule, and what is to be said of it."""

    name: str
    forward: Callable[..., Any]
    vjp: Callable[..., Any]
    dom: Any
    cod: Any
    verdict: str = "right"
    says: str = ""
    points: Any = None


@dataclass(frozen=True)
class Twins:
    """A right rule, and by what is wrong with them its twins: a vjp, and what its reason has to say."""

    name: str
    forward: Callable[..., Any]
    vjp: Callable[..., Any]
    dom: Any
    cod: Any
    wrong: dict[str, tuple[Callable[..., Any], str]] = field(default_factory=dict)
    points: Any = None


def flattened(table: Iterable[Twins]) -> list[Foreign]:
    """A row per rule."""
    out = []
    for t in table:
        out.append(Foreign(t.name, t.forward, t.vjp, t.dom, t.cod, points=t.points))
        for name, (vjp, says) in t.wrong.items():
            out.append(Foreign(f"{t.name}: {name}", t.forward, vjp, t.dom, t.cod, "wrong", says, t.points))
    return out
