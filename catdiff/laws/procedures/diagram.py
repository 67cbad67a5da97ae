"""Decided on the diagram: two programs with one normal form are equal in the free category, so under every meaning."""

from __future__ import annotations

from ...category.morphism import Morphism
from ..decision import Decision

NAME = "diagram"


def decide(left: Morphism, right: Morphism) -> Decision:
    """`proved` where both sides are one diagram; otherwise nothing follows.

    >>> import catdiff as cd
    >>> f = cd.sin(cd.f64())
    >>> decide(f >> cd.copy(cd.f64()), cd.copy(cd.f64()) >> f @ f).strength
    'proved'
    """
    if left == right:
        return Decision(NAME, "proved", note="one diagram")
    return Decision(NAME, "undecided", note="two diagrams")
