"""A run with everything it left on its wires: the values that a picture shows.

Evaluation lets go of a value as soon as nobody reads it, and runs the normal form. A trace runs the net as it is drawn,
box by box, and writes down of every wire what is on it: a few words, never the array. Interiors are traced as deep as
asked, deeper ones only to find the box in which a NaN or an infinity came to be.

>>> import catdiff as cd
>>> f = (cd.sub(cd.f64()) >> cd.log).box("loss") >> cd.exp
>>> found = trace(f, (1.0, 1.0))
>>> found.said
'the first ∞ is made by loss / log, of 0'
>>> found.notes[(0,), 3].text, found.notes[(), 3].text              # in box 0 its wire 3; outside, the last one
('−∞', '0')
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.morphism import Morphism, verb
from ..draw.folding import LIMIT, interior
from ..draw.grouping import grouped
from ..draw.notes import Note, Place, Trace
from ..errors import ArgumentError, EvaluationError, with_line
from ..generators.boxes import BOX
from ..hypernet.net import Net
from ..hypernet.recursion import Task
from ..hypernet.recursion import run as done
from .functor import run
from .numpy import NUMPY, argument

FEW, NAMES = 3, 8  # entries and inputs that are written out, boxes that are named


@verb("trace")
def trace(f: Morphism, args: Sequence[Any], depth: int = 1, limit: int = LIMIT) -> Trace:
    """What one run of f leaves on its wires, `depth` levels of boxes open, drawn with `limit` boxes to a frame.

    Raises as `f(*args)` does.
    """
    if not isinstance(args, Sized):
        raise ArgumentError(with_line(f"{f} takes a tuple of values, one per wire, not {args!r}"))
    if len(args) != len(f.dom):
        raise ArgumentError(with_line(f"{f} takes {len(f.dom)} values, one per wire, not {len(args)}"))
    arrays = [argument(a, s, i) for i, (a, s) in enumerate(zip(args, f.dom.wires, strict=True))]
    run_ = _Run(limit)
    try:
        with np.errstate(all="ignore"):  # what NumPy would warn of is what the picture shows
            done(run_.level(grouped(f.net, limit), arrays, None, depth))
    except EvaluationError:
        f(*args)  # says in which boxes
        raise
    return Trace(run_.notes, run_.first, run_.said)


class _Run:
    """A run under way: the notes so far, and where something that is no number first was."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.notes: dict[Place, Note] = {}
        self.first: Place | None = None
        self.said = ""

    def level(self, net: Net, xs: list[Any], at: Within | None, depth: int) -> Task[list[Any]]:
        """Run one interior; its outputs. Below depth 0 nothing is written down, and only the search goes on."""
        path = unrolled(at)[0] if depth >= 0 else ()
        values = list(xs)
        self.write(path, 0, xs, depth)
        if at is None and (bad := [i for i, x in enumerate(xs) if wrong(x)]):
            self.first, self.said = ((), -1), f"the first {wrong(xs[bad[0]])} is input {bad[0]}"
        for e, (label, sources, first) in enumerate(net.steps()):
            outs = yield from self.step(label, [values[s] for s in sources], (at, e, label.title), depth)
            self.write(path, first, outs, depth)
            values += outs
        return [values[w] for w in net.outputs.tolist()]

    def step(self, label: Label, ins: list[Any], at: Within, depth: int) -> Task[list[Any]]:
        """Run one box; look into it where it is to be seen open, or makes what is no number."""
        inner = interior(label, self.limit) if label.row is BOX else None
        if inner is not None and (depth > 0 or (depth < 0 and self.first is None)):
            return (yield self.level(inner, ins, at, depth - 1))
        outs = run(_alone(label), ins, NUMPY)
        if self.first is None and any(map(wrong, outs)):
            if inner is not None:
                yield self.level(inner, ins, at, -1)
            else:
                self.found(at, ins, next(filter(None, map(wrong, outs))))
        return outs

    def write(self, path: tuple[int, ...], first: int, values: Sequence[Any], depth: int) -> None:
        if depth >= 0:
            self.notes.update({(path, first + i): Note(described(x), wrong(x)) for i, x in enumerate(values)})

    def found(self, at: Within, ins: Sequence[Any], kind: str) -> None:
        """This is where the first of them is made, of these inputs."""
        path, names = unrolled(at)
        shown = names if len(names) <= NAMES else [*names[: NAMES // 2], "…", *names[-NAMES // 2 :]]
        of = ", ".join([*map(described, ins[:FEW]), *["…"] * (len(ins) > FEW)])
        self.first = (path[:-1], path[-1])
        self.said = f"the first {kind} is made by {' / '.join(shown)}" + (f", of {of}" if of else "")


Within = tuple[Any, int, str]  # the box around, the number of an edge in it, its name


def unrolled(at: Within | None) -> tuple[tuple[int, ...], list[str]]:
    """Numbers and names of the boxes from the outermost in."""
    path: list[int] = []
    names: list[str] = []
    while at is not None:
        at, e, name = at
        path.append(e)
        names.append(name)
    return tuple(path[::-1]), names[::-1]


def _alone(label: Label) -> Net:
    """The net of one box."""
    if "alone" not in label.memo:
        n, m = len(label.dom), len(label.cod)
        label.memo["alone"] = Net(label.dom, [label], [0], [*range(n)], [*range(n, n + m)])
    return label.memo["alone"]


def wrong(x: Any) -> str:
    """What is among these values that is no number: "NaN", "∞", or nothing."""
    x = np.asarray(x)
    if x.dtype.kind not in "fc" or np.isfinite(x).all():
        return ""
    return "NaN" if np.isnan(x).any() else "∞"


def described(x: Any) -> str:
    """What lies on a wire, in a few words: a scalar; the shape and a few entries; or least, greatest and mean."""
    x = np.asarray(x)
    shape = f"[{','.join(map(str, x.shape))}] " if x.shape else ""
    if x.size <= FEW:
        return shape + ", ".join([_figure(v) for v in x.ravel().tolist()])
    if x.dtype.kind == "b":
        return f"{shape}{int(x.sum())} of {x.size} true"
    if kind := wrong(x):
        n = int((np.isnan(x) if kind == "NaN" else ~np.isfinite(x)).sum())
        return f"{shape}{n} of {x.size} {kind}"
    if x.dtype.kind == "c":
        return f"{shape}|z| {_figure(np.abs(x).min())} … {_figure(np.abs(x).max())}"
    with np.errstate(all="ignore"):  # a mean may overflow where no entry does
        low, mean, high = (_figure(v, 2) for v in (x.min(), x.mean(), x.max()))
    return f"{shape}all {_figure(x.min())}" if low == high else f"{shape}{low} … {high}, ø {mean}"


def _figure(v: Any, digits: int = 3) -> str:
    """A number to so many digits."""
    if isinstance(v, (bool, np.bool_)):
        return "true" if v else "false"
    if isinstance(v, complex):
        return f"{v:.{digits}g}".replace("-", "−")
    if isinstance(v, (int, np.integer)) and abs(v) < 10**6:
        return f"{v}".replace("-", "−")
    v = float(v)
    text = "NaN" if v != v else f"{v:.{digits}g}".replace("inf", "∞").replace("nan", "NaN")
    return text.replace("e-0", "e-").replace("e+0", "e").replace("-", "−")
