"""Operators on programs: what takes a program and gives one, such as R, D and ∇.

What is *given by* a program, as a model `(P, f : P ⊗ A → B)` is, is acted on through that program:

>>> import catdiff as cd
>>> model = cd.nn.dense(2, 1)
>>> print(cd.R(model))
f64[2] @ f64[1] → f64[2,1] @ f64[1] @ f64[2], of 2 parameters: dense.weight, dense.bias
>>> cd.R(model).body == cd.R(model.body)
True
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar, overload

from ..category.morphism import Morphism

P = ParamSpec("P")


class Given(Protocol):
    """What is given by a program f."""

    def through(self, operator: Callable[[Morphism], Morphism]) -> Self:
        """What is given by `operator(f)`."""
        ...


G = TypeVar("G", bound=Given)


class Operator(Protocol[P]):
    """Of a program a program, and of what is given by one the same kind of thing."""

    @overload
    def __call__(self, f: Morphism, *args: P.args, **options: P.kwargs) -> Morphism: ...
    @overload
    def __call__(self, f: G, *args: P.args, **options: P.kwargs) -> G: ...


def operator(act: Callable[Concatenate[Morphism, P], Morphism]) -> Operator[P]:
    """Decorates a function of a program, and of options, that gives a program."""

    @wraps(act)
    def acted(f: Any, *args: P.args, **options: P.kwargs) -> Any:
        if hasattr(type(f), "through"):
            return f.through(lambda g: act(g, *args, **options))
        return act(f, *args, **options)

    return acted
