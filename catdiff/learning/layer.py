"""Layers before they know their input: families of parametric programs.

`cd.nn.dense(10)` is a layer to ten numbers from however many its neighbour gives; it is a `Para` once that is known:

>>> import catdiff as cd
>>> net = cd.nn.dense(32) >> cd.tanh >> cd.nn.dense(10)
>>> print(net.at(cd.f64(64)))
f64[64] → f64[10], of 4 parameters: dense.weight, dense.bias, dense_2.weight, dense_2.bias
>>> net.at(cd.f64(64)) == cd.nn.dense(64, 32) >> cd.tanh >> cd.nn.dense(10)
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec

from ..category.families import Family
from ..category.objects import Object
from ..errors import SignatureError, with_line
from .parametric import Parametric

P = ParamSpec("P")
Member = Callable[[Object], Any]  # of a layer, at an object: a program with parameters


class Layer(Family):
    """A `Para` for every object of some kind: a family that composes as the generators do.

    `build(A)` gives the member at A; `layer(A)` or `layer.at(A)` asks for it, and so does a left neighbour. `args` and
    `options` are what it was made with, for its repr.
    """

    def __init__(
        self,
        name: str,
        build: Callable[[Object], Any],
        width: int | None = 1,
        args: Sequence[Any] = (),
        options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(name, build, width)
        self.args, self.options = tuple(args), dict(options or {})

    def __call__(self, *objects: Any, **options: Any) -> Any:
        """The member at an object."""
        if options or not objects or not all(isinstance(A, Object) for A in objects):
            said = f"{self!r} is a layer, and is asked for at objects; at one it is called with parameters and arrays"
            raise SignatureError(with_line(said, f"{self!r}.at(cd.f64(64))"))
        return super().__call__(*objects)

    def __repr__(self) -> str:
        given = [*map(repr, self.args), *(f"{k}={v!r}" for k, v in self.options.items())]
        return f"cd.{self.name}({', '.join(given)})"


def layer(function: Callable[P, Any]) -> Callable[P, Any]:
    """Decorator: what a function of options gives at an object, `A ↦ Para`, becomes a layer with these options.

    What is a `Para` at once stays one.
    """

    @wraps(function)
    def made(*args: P.args, **options: P.kwargs) -> Any:
        at = function(*args, **options)
        if isinstance(at, Parametric):
            return at
        return Layer(f"nn.{function.__name__}", at, args=args, options=options)

    return made
