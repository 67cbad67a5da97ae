"""Laws as pictures: both sides of each equation, with f, g and h as boxes of which only the type is known.

The operators are drawn as boxes too: the left side of the chain rule is one box `R[f ; g]`, the right side shows what
it is made of. The text of a law is the same that is decided (see `law`); only the calculus differs.

>>> from catdiff.laws import LAWS
>>> text = picture(next(law for law in LAWS if law.name == "RD.5"))
>>> text.startswith("<svg ") and "R[f ; g]" in text
True
"""

from __future__ import annotations

from functools import reduce

from ..category.morphism import Morphism
from ..category.objects import Object, Sort
from ..draw.scene import Scene, below, beside
from ..draw.svg import svg
from ..draw.write import scene_of
from .law import DRAWN, Equation, Law, generic, objects_of

LETTERS = "ABCXYZ"
OBJECTS = {letter: Object((Sort("f64", (i + 2,)),)) for i, letter in enumerate(LETTERS)}  # told apart by their extents
NAMES = {A.wires[0]: letter for letter, A in OBJECTS.items()}


def drawn(law: Law) -> list[Equation]:
    """The equations of a law between generic morphisms, with operators that are boxes; none where it is measured."""
    if law.sides is None:
        return []
    if law.example is not None:
        return law.equations(DRAWN, law.example())[:1]
    f = generic("f", OBJECTS["A"], OBJECTS["B"])
    types = objects_of(law, f, OBJECTS.__getitem__)
    return law.equations(DRAWN, f, *[generic(name, *types[name]) for name in law.companions])


def picture(law: Law) -> str:
    """The picture of a law as the text of an SVG file: `left = right`, one equation under the other."""
    equations = [beside(_scene(left), _scene(right), "=") for left, right in drawn(law)]
    return svg(reduce(below, equations)) if equations else ""


def _scene(f: Morphism) -> Scene:
    return scene_of(f, inputs=letters(f.dom), outputs=letters(f.cod))


def letters(A: Object) -> list[str]:
    """The wires of an object as letters of objects, where they are those of one."""
    return [NAMES.get(s, str(s)) for s in A.wires]
