"""`cd.over(f, k)`: a program over a rig, as a function of its entries.

>>> import catdiff as cd
>>> f = cd.square(cd.f64()) + 1
>>> cd.over(f, cd.rigs.RATIONAL)(0.5), int(cd.over(f, cd.rigs.MOD(5))(3))
(Fraction(5, 4), 0)
>>> print(cd.over(cd.R(f), cd.rigs.MOD(5))(3, 4))                # R[f] is a program like any other
4
"""

from __future__ import annotations

from typing import Any

from ..category.families import Family
from ..category.morphism import Morphism
from ..errors import ArgumentError, with_line
from ..generators.rig import Rig
from .over import evaluate, runs_forward


class Interpreted:
    """A morphism over a rig: `cd.over(f, k)`."""

    __slots__ = ("morphism", "rig")

    def __init__(self, morphism: Morphism, rig: Rig) -> None:
        self.morphism, self.rig = morphism, rig

    def __call__(self, *args: Any) -> Any:
        """One argument per wire, of entries or of numbers, which embed exactly or raise `ArgumentError`; a bare array
        for one output, or the entry where it is one; a tuple for several.
        """
        ys = [y if y.shape else y[()] for y in evaluate(self.morphism, args, self.rig)]
        return ys[0] if len(ys) == 1 else tuple(ys)

    def __repr__(self) -> str:
        return f"<{self.morphism} over {self.rig.name}>"


def over(f: Morphism, rig: Rig) -> Interpreted:
    """`f : A → B` over a rig k: its arithmetic wires carry entries of k, bool and index wires what they always do.

    `cd.rigs` has the rigs that come along; one of your own is a `cd.rigs.Rig`. A generator means what its row says of
    any rig, or the rig of the generator. Where it means nothing, the call raises `MeaningError` and names the boxes it
    is in; over a rig that runs forward only, so does `over` of a reverse derivative.

    >>> import catdiff as cd
    >>> cd.over(cd.exp(cd.f64()).box("wave"), cd.rigs.RATIONAL)(1)
    Traceback (most recent call last):
        ...
    catdiff.errors.MeaningError: wave / exp: exp means nothing over ℚ
    """
    if not isinstance(f, Morphism):
        hint = f"{f!r}(cd.f64()) is one" if isinstance(f, Family) else None
        hint = "model.body is one" if isinstance(getattr(f, "body", None), Morphism) else hint
        raise ArgumentError(with_line(f"over takes a morphism, not {f!r}", hint))
    if not isinstance(rig, Rig):
        raise ArgumentError(with_line(f"a program runs over a rig, such as cd.rigs.RATIONAL, not over {rig!r}"))
    runs_forward(f, rig)
    return Interpreted(f, rig)
