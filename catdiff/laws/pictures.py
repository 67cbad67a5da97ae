"""Laws as pictures: both sides of each equation, with f, g and h as boxes of which only the type is known.

The operators are drawn as boxes too: the left side of the chain rule is one box `R[f ; g]`, the right side shows what
it is made of. The text of a law is the same that is decided (see `law`); only the calculus differs (see `sketch`). Of
a congruence, `left = right` implies `R[left] = R[right]`, the premise is drawn first.

>>> from catdiff.laws import LAWS
>>> text = picture(next(law for law in LAWS if law.name == "RD.5"))
>>> text.startswith("<svg ") and "R[f ; g]" in text
True
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from ..category.morphism import Morphism
from ..draw.scene import Scene, below, beside
from ..draw.svg import svg
from ..draw.views import scene_of
from .law import Equation, Law
from .names import is_cotangent
from .sketch import LETTER, Sketch, drawn, names_of


def picture(law: Law) -> str:
    """The picture of a law as the text of an SVG file: `left = right`, one equation under the other."""
    sketch = Sketch()
    equations = drawn(law, sketch) if law.example is None else law.equations(sketch.calculus, law.example())
    shown = [_equation(sketch, e) for e in equations]
    return svg(reduce(below, shown)) if shown else ""


def _equation(sketch: Sketch, equation: Equation) -> Scene:
    names = names_of(sketch, equation)
    left, right = (_scene(side, names) for side in equation)
    return beside(left, right, "=")


def _scene(f: Morphism, names: Sequence[str]) -> Scene:
    letters = [LETTER.get(s, str(s)) for s in f.dom.wires]
    cotangents = [i for i, name in enumerate(names) if is_cotangent(name)]
    return scene_of(
        f,
        inputs=[f"{name} : {letter}" for name, letter in zip(names, letters, strict=True)],
        outputs=[LETTER.get(s, str(s)) for s in f.cod.wires],
        cotangents=cotangents,
    )
