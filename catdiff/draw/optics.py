"""`f ↦ (f, R[f])` on nets: every wire is doubled by the one that carries its cotangent, every box by its derivative.

The image of f under the functor to lenses is drawn as one net whose edges are *pairs*, a box above its reverse
derivative. A layout knows no difference between a wire that runs to the right and one that runs back: the cotangent of
a wire is made by the readers of the wire and read by its maker, so **it runs between the same ports**, and where the
wire divides the cotangents are summed. So the doubled net is built forwards, both wires from left to right.

>>> import catdiff as cd
>>> both = run(doubled((cd.copy(cd.f64()) >> cd.sin @ cd.exp >> cd.mul).net, (True,), 0))
>>> [label.title for label, _, _ in both.net.steps()], both.bars
(['sin', 'exp', '×'], {1, 3, 5, 7})

Source: the functor is from Cruttwell et al., arXiv:2103.01931.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..category.label import Label, Row, label
from ..category.morphism import VERBS
from ..category.objects import Object, Sort
from ..hypernet.canonical import canonical
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run
from .flow import Mask
from .folding import LIMIT, interior
from .frame import SYMBOLS

__all__ = ["Doubled", "Pair", "doubled", "run"]


@dataclass(eq=False)
class Doubled:
    """A doubled net; `bars` are the wires that carry cotangents, `pairs` the edges that stand for two boxes, `mirrored`
    those that are a dot of the reverse pass; `arrives` says of which outputs there are cotangents.
    """

    net: Net
    bars: set[int]
    pairs: dict[int, Pair]
    mirrored: set[int]
    arrives: Mask


@dataclass(frozen=True, eq=False)
class Pair:
    """A box and its reverse derivative; what is handed from one to the other, or what is inside them."""

    forward: Label
    reverse: Label
    residuals: Sequence[Sort] = ()
    inside: Doubled | None = None


@dataclass
class _Arrays:
    """A net under construction: a wire of the net that is doubled is `env[w]` here, its cotangent `bar[w]`."""

    wires: int
    env: list[int]
    bar: dict[int, int]
    labels: list[Label] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)

    def add(self, lab: Label, sources: Sequence[int]) -> range:
        """One more edge; what it makes."""
        self.labels.append(lab)
        self.sources += sources
        self.wires += len(lab.cod)
        return range(self.wires - len(lab.cod), self.wires)


def doubled(net: Net, varies: Mask, depth: int, limit: int = LIMIT) -> Task[Doubled]:
    """A net and its reverse derivative as one net, `depth` levels of boxes open, where these inputs vary."""
    key = ("doubled", varies, depth, limit)
    if key not in net.memo:
        net.memo[key] = yield _doubled(net, varies, depth, limit)
    return net.memo[key]


def _doubled(net: Net, varies: Mask, depth: int, limit: int) -> Task[Doubled]:
    net, n = canonical(net), len(net.dom)  # as R does: boxes that nobody reads have no part in it
    moving = [i for i in range(n) if varies[i]]
    made = _Arrays(n + len(moving), list(range(n)), {i: n + k for k, i in enumerate(moving)})
    pairs, mirrored = dict[int, Pair](), set[int]()
    for lab, sources, first in net.steps():
        back = [p for p, w in enumerate(sources) if w in made.bar]
        moves = bool(back) and not lab.row.locally_constant
        arrives = tuple([moves and s.dtype.kind != "discrete" for s in lab.cod.wires])
        outs = range(first, first + len(lab.cod))
        ins, bars = [made.env[w] for w in sources], [made.bar[sources[p]] for p in back]
        if True not in arrives:
            made.env += made.add(lab, ins)
        elif lab.row.name in SYMBOLS:
            made.env += made.add(lab, ins)
            if len(bars) < len(ins):  # nothing is added to a cotangent
                made.bar[first] = bars[0]
            else:
                mirrored.add(len(made.labels))
                made.bar[first] = made.add(lab, bars)[0]
        else:
            reads = tuple([p in back for p in range(len(sources))])
            pair = yield _pair(lab, reads, arrives, depth, limit)
            arrives = pair.inside.arrives if pair.inside else arrives
            pairs[len(made.labels)] = pair
            cod = [s for s, a in zip(lab.cod.wires, arrives, strict=True) if a]
            new = made.add(_both(lab, [lab.dom.wires[p] for p in back], cod), [*ins, *bars])
            made.env += new[: len(lab.cod)]
            made.bar |= dict(
                zip([w for w, a in zip(outs, arrives, strict=True) if a], new[len(lab.cod) :], strict=True)
            )
    outputs = net.outputs.tolist()
    arrives = tuple([w in made.bar for w in outputs])
    both = Net(
        Object([*net.dom.wires, *[net.dom.wires[i] for i in moving]]),
        made.labels,
        range(len(made.labels)),
        made.sources,
        [made.env[w] for w in outputs] + [made.bar[w] for w in outputs if w in made.bar],
    )
    return Doubled(both, {*made.bar.values()}, pairs, mirrored, arrives)


def _pair(lab: Label, reads: Mask, arrives: Mask, depth: int, limit: int) -> Task[Pair]:
    """A box and its derivative, open where there is depth left."""
    back = [s for s, r in zip(lab.dom.wires, reads, strict=True) if r]
    ȳ = [s for s, a in zip(lab.cod.wires, arrives, strict=True) if a]
    reverse = _named(f"R[{lab.title}]", Object([*lab.dom.wires, *ȳ]), Object(back))
    inner = interior(lab, limit) if depth else None
    if inner is not None:
        return Pair(lab, reverse, inside=(yield doubled(inner, reads, depth - 1, limit)))
    return Pair(lab, reverse, VERBS["residuals"](lab, arrives, reads))


def _both(lab: Label, back: Sequence[Sort], ȳ: Sequence[Sort]) -> Label:
    """The label of a pair."""
    return _named(lab.title, Object([*lab.dom.wires, *back]), Object([*lab.cod.wires, *ȳ]))


def _named(name: str, dom: Object, cod: Object) -> Label:
    """A box of which a picture shows the name and the type."""
    return label(Row(name=name, type_rule=lambda _: cod, forward=_nothing), dom)


def _nothing(*xs: object) -> None:
    raise AssertionError("a box of a picture does not run")
