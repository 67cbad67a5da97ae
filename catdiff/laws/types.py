"""The types of what a law speaks of, `g : B → C`, in letters that stand for objects.

A and B are what f goes between; of a law about `f : P ⊗ A → B`, A is f's last inputs, and P those before them. Any
other letter is any object. What has a type of the form `P ⊗ A → B` is a map of Para, and comes to the sides of a law as
one, with parameters P.

>>> import catdiff as cd
>>> from catdiff.laws import LAWS
>>> from catdiff.laws.law import generic
>>> associative = next(law for law in LAWS if law.name == "PARA.1")
>>> f = cd.mul(cd.f64(2), cd.f64(2)) >> cd.sum
>>> found = letters(associative, f, lambda letter: cd.f64(3))
>>> for name, (dom, cod) in types(associative, found).items():
...     print(name, ":", dom, "→", cod)
f : f64[2] @ f64[2] → f64
g : f64[3] @ f64 → f64[3]
h : f64[3] @ f64[3] → f64[3]
>>> g, h = [generic(name, *types(associative, found)[name]) for name in "gh"]
>>> print(given(associative, found, f, g, h)[1])
f64 → f64[3], of 1 parameter: q.0
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from itertools import chain
from operator import matmul

from ..category.morphism import Morphism
from ..category.objects import UNIT, Object
from ..learning.para import Para
from ..learning.parameters import Group, Parameter, Tree
from .law import Law

Letters = Mapping[str, Object]


def letters(law: Law, f: Morphism, draw: Callable[[str], Object], inputs: int = 1) -> dict[str, Object]:
    """The object each letter stands for: those of f's type are in f, others are drawn.

    `inputs` says how many wires A has where f has parameters, fewer where f has fewer.
    """
    (*parameters, A), (B,) = _ends(law.type)
    cut = max(0, len(f.dom) - inputs) if parameters else 0
    found = {A: f.dom[cut:], B: f.cod} | dict.fromkeys(parameters, f.dom[:cut])
    for kind in law.companions.values():
        for letter in chain(*_ends(kind)):
            if letter not in found:
                found[letter] = draw(letter)
    return found


def types(law: Law, letters: Letters) -> dict[str, tuple[Object, Object]]:
    """The domain and codomain of f and of each companion."""
    found = {}
    for name, kind in _kinds(law).items():
        dom, cod = (reduce(matmul, [letters[x] for x in side], UNIT) for side in _ends(kind))
        found[name] = dom, cod
    return found


def given(law: Law, letters: Letters, f: Morphism, *companions: Morphism) -> list[Morphism | Para]:
    """What the sides of the law are built from: morphisms as they are, or with names for their parameters."""
    found = []
    for kind, g in zip(_kinds(law).values(), (f, *companions), strict=True):
        P, *inputs = _ends(kind)[0]
        found.append(Para(g, group(P.lower(), letters[P])) if inputs else g)
    return found


def group(name: str, P: Object) -> tuple[Tree, ...]:
    """The wires of P as parameters under one name."""
    return (Group(name, tuple([Parameter(str(i), s) for i, s in enumerate(P.wires)])),) if len(P) else ()


def _kinds(law: Law) -> dict[str, str]:
    return {"f": law.type, **law.companions}


def _ends(kind: str) -> tuple[list[str], list[str]]:
    """The letters of `P ⊗ B → C linear`."""
    dom, cod = ([x.strip() for x in side.split("⊗")] for side in kind.removesuffix(" linear").split("→"))
    return dom, cod
