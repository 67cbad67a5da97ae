"""Values that are made of functions and yet go to other processes: each remembers the call that made it.

>>> import pickle
>>> import catdiff as cd
>>> optimiser = cd.optimisers.momentum(0.1) >> cd.optimisers.clip(1.0)
>>> again = pickle.loads(pickle.dumps(optimiser))
>>> again, again.on(cd.f64(3)) == optimiser.on(cd.f64(3))
(cd.optimisers.momentum(0.1, 0.9) >> cd.optimisers.clip(1.0), True)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Recipe:
    """What `recipe` can leave its note on: it is pickled as the call that made it, or as anything is without one."""

    recipe: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]] | None = None

    def __reduce__(self) -> Any:
        return super().__reduce__() if self.recipe is None else (_again, self.recipe)


class Made(Recipe):
    """A function that was made by a function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)


def recipe(make: Callable[P, T]) -> Callable[P, T]:
    """Decorates a function, or a method, whose results remember their arguments; results are `Recipe`s or functions."""

    @wraps(make)
    def noted(*args: P.args, **options: P.kwargs) -> T:
        made: Any = make(*args, **options)
        if made is NotImplemented:
            return made
        kept: Any = made if isinstance(made, Recipe) else Made(made)
        kept.recipe = (noted, args, options)
        return kept

    return noted


def _again(make: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    return make(*args, **options)
