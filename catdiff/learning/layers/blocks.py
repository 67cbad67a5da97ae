"""Layers made of layers: under one name, around a shortcut, flat.

>>> import catdiff as cd
>>> A, f = cd.f64(4), cd.tanh(cd.f64(4))
>>> cd.nn.residual(f).body.flatten() == cd.pair(cd.id(A), f) >> cd.add(A, A)
True
>>> net = cd.nn.block(cd.nn.dense(8) >> cd.tanh >> cd.nn.dense(4), "encoder") >> cd.nn.residual(cd.nn.dense(4))
>>> list(net.at(A).parameters)[3:]
['encoder.dense_2.bias', 'residual.dense.weight', 'residual.dense.bias']
"""

from __future__ import annotations

from functools import reduce
from operator import rshift
from typing import Any

from ...category.families import Family
from ...category.morphism import Morphism
from ...category.objects import Object
from ...category.structure import copy, id
from ...errors import SignatureError, with_line
from ...generators.elementwise import plus
from ..layer import Layer, Member, layer
from ..optic import Optic
from ..para import Para
from ..parametric import Parametric, across
from .making import boxed, checked


def block(f: Any, name: str) -> Any:
    """f under a name: its parameters are called `name.…`, and it is one box."""
    if isinstance(f, Family):
        return Layer("nn.block", lambda A: block(f.at(A), name), f.width, (f, name))
    return parametric(f).box(name).named(name)


def chain(*layers: Any) -> Any:
    """`f₁ ; f₂ ; …`, layers in sequence.

    >>> import catdiff as cd
    >>> chain(cd.nn.dense(3), cd.tanh)
    cd.nn.dense(3) >> cd.tanh
    """
    if not layers:
        raise SignatureError(with_line("a chain has one layer or more", "cd.id(A) is the empty one at A"))
    return reduce(rshift, layers)


def parametric(f: Any) -> Parametric:
    """A program with parameters as it is, and any other with none; an optic too."""
    if isinstance(f, Parametric):
        return f
    if isinstance(f, Optic):
        return across(f)
    if isinstance(f, Morphism):
        return Para(f)
    raise SignatureError(with_line(f"layers are made of layers and of programs, not of {f!r}"))


def residual(f: Any) -> Any:
    """`x ↦ x + f(x)`, `⟨id, f⟩ ; add`. Source: He et al., arXiv:1512.03385."""
    if isinstance(f, Family):
        return Layer("nn.residual", lambda A: residual(f.at(A)), f.width, (f,))
    f = parametric(f)
    if f.cod != f.dom:
        said = f"residual adds x to f(x), and f takes {f.dom} and gives {f.cod}"
        back = len(f.dom) == len(f.cod) == 1 and f.dom.shape and f.dom.shape[:-1] == f.cod.shape[:-1]
        hint = f"cd.nn.residual(f >> cd.nn.dense({f.dom.shape[-1]}))" if back else None
        raise SignatureError(with_line(said, hint))
    A = f.dom
    return block(copy(A) >> id(A) @ f >> plus(A), "residual")


@layer
def flatten() -> Member:
    """All axes as one."""

    def at(A: Object) -> Para:
        checked("flatten", A, 0, "an array", ("real", "exact", "complex", "discrete"))
        return boxed("flatten", A, [], lambda x: x.reshape(-1))

    return at
