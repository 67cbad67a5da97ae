"""How layers are made: a function over wires, in a box, with named parameters.

A layer of one's own is a morphism with names for its first inputs (`cd.para`); these helpers do that for a layer that
takes its type from its neighbour.

>>> import catdiff as cd
>>> scale = Parameter("scale", cd.f64(3).sort)
>>> layer = boxed("scale", cd.f64(3), [scale], lambda s, x: s * x)
>>> print(layer)
f64[3] → f64[3], of 1 parameter: scale.scale
>>> [label.name for label in layer.body.net.labels]
['scale']
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...category.binder import build
from ...category.objects import Object, Sort
from ...errors import SignatureError, with_line
from ..initialisers import named
from ..para import Para
from ..parameters import Group, Parameter


def boxed(name: str, A: Object, parameters: Sequence[Parameter], function: Callable[..., Any]) -> Para:
    """`(P, f : P ⊗ A → B)`, f being what `function` does to wires, as one box; its parameters bear its name."""
    body = build(Object([p.sort for p in parameters]) @ A, function).box(name)
    return Para(body, (Group(name, tuple(parameters)),) if parameters else ())


def learnt(name: str, A: Object, shape: Sequence[int], initial: Any) -> Parameter:
    """A parameter of A's dtype that begins as `initial` says: a name, a function or an array."""
    return Parameter(name, Sort(A.dtype, shape), named(initial))


def checked(name: str, A: Object, axes: int, said: str, kinds: Sequence[str] = ("real",)) -> Object:
    """A, where it is one wire of numbers with so many axes or more; `said` is what they are."""
    if len(A) != 1:
        hint = "a layer on one wire of several: layer @ cd.id(B)"
        raise SignatureError(with_line(f"{name} takes one wire, {said}, not the {len(A)} of {A}", hint))
    if A.dtype.kind not in kinds:
        hint = f"cd.cast(dtype='f64') >> cd.nn.{name}(…)" if "real" in kinds and A.dtype.name != "c128" else None
        raise SignatureError(with_line(f"{name} takes {said}, and wire 0 is {A}, not of real numbers", hint))
    if len(A.shape) < axes:
        lacking = axes - len(A.shape)
        hint = f"cd.reshape(shape={(1,) * lacking + A.shape}) >> cd.nn.{name}(…)"
        raise SignatureError(with_line(f"{name} takes {said}, and wire 0 is {A}", hint))
    return A


def natural(name: str, what: str, value: Any, least: int = 1) -> int:
    """An integer that is large enough. Raises `SignatureError` where it is something else."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < least:
        raise SignatureError(with_line(f"{name}: {what} is an integer ≥ {least}, not {value!r}"))
    return int(value)
