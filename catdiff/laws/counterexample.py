"""Where a law breaks: the smallest program found, the point, both values, and the box to blame.

>>> print(Counterexample("RD.5", "R[f ; g] = …", None, [1.0, 2.0], [3.0], [4.0], "mul", names=("a", "c̄")))
RD.5 is violated: R[f ; g] = …
  to blame: mul
  at:
    a = 1.0
    c̄ = 2.0
  left side: 3.0
  right side: 4.0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import fill
from typing import Any

import numpy as np

from ..category.morphism import Morphism
from ..draw.views import describe

WIDE = 80  # columns of a terminal
LONG = 128  # characters of an array that is written out whole


ENTRIES: Any = {"float": "{:.9g}".format, "object": str}  # how entries of arrays are written


@dataclass(frozen=True)
class Counterexample:
    """Where a law breaks.

    - `law`, `statement`: its name and what it says;
    - `program`: the smallest program found that violates it, None where what was checked is no program of ours;
    - `args`, `left`, `right`: the inputs of both sides there, and what they give;
    - `blame`: the box that is to blame, or what else is;
    - `code`: what to paste to see it again; `picture`: the program as text; `seed`: of the points;
    - `names`: what the inputs are called, as in the statement; `sides`: what left and right are; `companions`: the
      other programs that the law spoke of, by name.
    """

    law: str
    statement: str
    program: Morphism | None
    args: Sequence[Any]
    left: Sequence[Any]
    right: Sequence[Any]
    blame: str
    seed: int = 0
    code: str = ""
    picture: str = ""
    names: Sequence[str] = ()
    sides: tuple[str, str] = ("left side", "right side")
    companions: Mapping[str, Morphism] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How much there is to look at: boxes, and wires of the point."""
        return len(self.args) + (4 * len(self.program.net) if self.program is not None else 0)

    def svg(self) -> str:
        """The picture of the program as SVG; empty where there is no program."""
        return "" if self.program is None else self.program.draw()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """How a notebook shows it: what there is to say, and the picture of the program."""
        drawn = self.svg()
        return {"text/plain": str(self)} | ({"image/svg+xml": drawn} if drawn else {})

    def point(self) -> dict[str, Any]:
        """The inputs, by name."""
        names = self.names if len(self.names) == len(self.args) else [f"input {i}" for i in range(len(self.args))]
        return dict(zip(names, self.args, strict=True))

    def __str__(self) -> str:
        blame = fill(f"  to blame: {self.blame}", WIDE, subsequent_indent="    ", break_long_words=False)
        return "\n".join([f"{self.law} is violated: {self.statement}", blame, *self.lines()])

    def lines(self) -> list[str]:
        """The program, the point and both values, without a word on what that means."""
        lines = ["  the smallest program found, f:"] if self.picture else []
        lines += [f"    {line}" for line in self.picture.splitlines()]
        lines += [f"  with {name} = {describe(g)}" for name, g in self.companions.items()]
        lines += ["  at:"] if self.args else []
        lines += [f"    {name} = {brief(value)}" for name, value in self.point().items()]
        for side, values in zip(self.sides, (self.left, self.right), strict=True):
            lines += [f"  {side}: {', '.join(map(brief, values))}"] if values else []
        lines += [f"  to see it again (seed {self.seed}):"] if self.code else []
        return lines + [f"    {line}" for line in self.code.splitlines()]

    def as_json(self) -> dict[str, Any]:
        """Everything but the program, of which there is the source, as JSON says it."""
        said = {x: getattr(self, x) for x in ("law", "statement", "blame", "seed", "code", "picture")}
        values = {x: [plain(v) for v in getattr(self, x)] for x in ("args", "left", "right")}
        programs = {"program": repr(self.program), "companions": {k: repr(g) for k, g in self.companions.items()}}
        return said | programs | {"names": list(self.point()), "sides": list(self.sides)} | values


def brief(value: Any) -> str:
    """An array in a line; the middle of a long one left out."""
    if np.size(value) == 1:
        return str(np.asarray(value).item()) if np.ndim(value) == 0 else f"[{np.ravel(value)[0]}]"
    text = np.array2string(np.asarray(value), separator=", ", formatter=ENTRIES)
    text = " ".join(text.split())
    return text if len(text) <= LONG else f"{text[: LONG - 16]} … {np.size(value)} entries"


def plain(value: Any) -> Any:
    """Numbers and lists of them; what JSON has no number for is written as text."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (bool, int)) or (isinstance(value, float) and abs(value) < float("inf")):
        return value
    return str(value)
