"""Decision procedures: ways to find out whether two morphisms are equal, by name, the strongest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..decision import Decision
from . import floating


def _floating(left: Any, right: Any, inputs: Any, points: int, seed: int, deadline: float) -> Decision:
    return floating.decide(left, right, inputs, points, deadline)


PROCEDURES: dict[str, Callable[..., Decision]] = {"float": _floating}
