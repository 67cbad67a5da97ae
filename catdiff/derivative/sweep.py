"""The reverse sweep: f and its reverse derivative in one net, box by box.

A *plan* comes first: which wires a cotangent reaches, and therefore what is asked of each box. Then the boxes of f are
copied, walked backwards, each rule is spliced in, and the cotangents of every wire are added up. A zero cotangent is
*absent*; it is never built. Boxes that occur twice on the same wires are shared as they are made, so a rule that
mentions `exp(x)` reads the forward value.

A box with an interior is cut in two, an *optic*: the box widened by residuals, `A → B ⊗ M`, and `R[box]`, which reads
what it needs of A, B and M beside the cotangents. So nothing is computed twice, however the program is boxed. Two
refinements: what costs no arithmetic (constants, reshapes, broadcasts) is made again rather than handed over; and in a
tower of boxes the residuals would pile up, so every box whose height is a square ≥ 64 hands over none and recomputes:
a residual is carried through at most 2√h boxes and a box at height h is run at most √h times.

Order of accumulation: edges of the canonical form from last to first, ports in order. Equal programs have equal
derivatives, to the bit.

Source: optics with residuals, Cruttwell et al., arXiv:2103.01931; the cut of a net in two is the live set across it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from ..category.label import Label, label
from ..category.objects import Object, Sort
from ..errors import NoDerivativeError
from ..generators.boxes import BOX
from ..hypernet.build import SharingBuilder, intern, of_net
from ..hypernet.canonical import canonical
from ..hypernet.net import Net
from ..hypernet.recursion import Task
from .rules import Rule, add_wires, reverse_rule, zero_wire

Mask = tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Optic:
    """A box cut in two. `forward` is the box, widened; `reverse` reads the wires `reads` (numbered: inputs of the
    box, then outputs of `forward`), then the cotangents that arrive; its outputs are for the inputs `hits`.
    """

    forward: Label
    reverse: Label
    reads: tuple[int, ...]
    hits: tuple[int, ...]
    height: int


@dataclass(frozen=True, eq=False)
class Sweep:
    """⟨f, R[f]⟩ under construction. All edges before `cut` are f's; x̄ is None where it is zero."""

    builder: SharingBuilder
    cut: int
    outputs: list[int]
    ȳ: list[int]
    x̄: list[int | None]
    height: int


Step = tuple[Label, list[int], int]


def sweep(net: Net, arriving: Sequence[bool], wanted: Sequence[bool]) -> Task[Sweep]:
    """The reverse derivative of a net, for the cotangents that arrive and the inputs that want theirs."""
    net = canonical(net)
    steps = list(net.steps())
    varied, chosen = yield _plan(net, steps, arriving, wanted)
    b = SharingBuilder(net.dom)
    env = list(b.inputs)
    for (lab, sources, _), choice in zip(steps, chosen, strict=True):
        widened = choice.forward if isinstance(choice, Optic) else lab
        first = b.add(widened, tuple([env[s] for s in sources]))
        env.extend(range(first, first + len(lab.cod)))
    cut, bar, ȳ = len(b.edges), dict[int, int](), []
    for w, arrives in zip(net.outputs.tolist(), arriving, strict=True):
        if arrives:
            ȳ.append(b.input())
            if varied[w]:
                _accumulate(b, net, bar, w, ȳ[-1])
    for (lab, sources, first), choice in zip(reversed(steps), reversed(chosen), strict=True):
        if choice is not None:
            x̄ = _pull(b, net, choice, (lab, sources, first), env, bar)
            for port, cotangent in zip(choice.hits, x̄, strict=True):
                if varied[sources[port]]:
                    _accumulate(b, net, bar, sources[port], cotangent)
    height = max((c.height for c in chosen if isinstance(c, Optic)), default=0)
    return Sweep(b, cut, [env[w] for w in net.outputs.tolist()], ȳ, [bar.get(i) for i in range(len(net.dom))], height)


def _plan(
    net: Net, steps: list[Step], arriving: Sequence[bool], wanted: Sequence[bool]
) -> Task[tuple[list[bool], list[Rule | Optic | None]]]:
    """Which wires vary with a wanted input, and per edge the rule for what reaches it."""
    varied = [w and s.dtype.kind != "discrete" for w, s in zip(wanted, net.dom.wires, strict=True)]
    for lab, sources, _ in steps:
        moves = not lab.row.locally_constant and True in [varied[s] for s in sources]
        varied.extend([moves and s.dtype.kind != "discrete" for s in lab.cod.wires])
    reached = [False] * net.wires
    for w, arrives in zip(net.outputs.tolist(), arriving, strict=True):
        reached[w] |= arrives and varied[w]
    chosen: list[Rule | Optic | None] = [None] * len(steps)
    for e in range(len(steps) - 1, -1, -1):
        lab, sources, first = steps[e]
        at = reached[first : first + len(lab.cod)]
        if True not in at:
            continue
        if lab.row is BOX:
            choice = yield optic(lab, tuple(at), tuple([varied[s] for s in sources]))
        else:
            choice = reverse_rule(lab)
        if choice is not None:
            chosen[e] = choice
            for port in choice.hits:
                reached[sources[port]] |= varied[sources[port]]
    return varied, chosen


def _pull(
    b: SharingBuilder, net: Net, choice: Rule | Optic, step: Step, env: list[int], bar: dict[int, int]
) -> Sequence[int]:
    """The cotangents an edge sends back, one per hit."""
    lab, sources, first = step
    made = range(first, first + len(lab.cod))
    ins = [env[s] for s in sources]
    if isinstance(choice, Rule):
        cotangents = [bar[w] if w in bar else zero_wire(b, net.sorts[w]) for w in made]
        return b.splice(choice.net, ins + cotangents)
    ports = [*ins, *range(env[first], env[first] + len(choice.forward.cod))]
    back = b.add(choice.reverse, (*[ports[r] for r in choice.reads], *[bar[w] for w in made if w in bar]))
    return range(back, back + len(choice.hits))


def _accumulate(b: SharingBuilder, net: Net, bar: dict[int, int], wire: int, x̄: int) -> None:
    if wire in bar:
        x̄ = add_wires(b, net.sorts[wire], bar[wire], x̄)
    bar[wire] = x̄


def optic(lab: Label, arriving: Mask, wanted: Mask) -> Task[Optic | None]:
    """A box cut in two, once per label and question; None where nothing flows back."""
    key = ("optic", arriving, wanted)
    if key not in lab.memo:
        try:
            s = yield sweep(lab.bodies[0].net, arriving, wanted)
        except NoDerivativeError as error:
            raise error.within(lab.attrs["name"]) from None
        lab.memo[key] = (yield _cut(lab, s, arriving)) if any(w is not None for w in s.x̄) else None
    return lab.memo[key]


def _cut(lab: Label, s: Sweep, arriving: Mask) -> Task[Optic]:
    """The optic of a box, from its sweep."""
    height = s.height + 1
    hits = tuple(i for i, w in enumerate(s.x̄) if w is not None)
    back = [w for w in s.x̄ if w is not None]
    half = halved(s, lab.dom, lab.cod, back, recompute=height >= 64 and isqrt(height) ** 2 == height)
    name = lab.attrs["name"]
    ȳ = [B for B, arrives in zip(lab.cod.wires, arriving, strict=True) if arrives]
    interior = s.builder.finish(Object([*half.sorts, *ȳ]), [*half.wires, *s.ȳ], back)
    reverse = yield intern(label(BOX, interior.dom, {"name": f"R[{name}]"}, (of_net(interior),)))
    forward = lab
    if half.residuals:
        wide = s.builder.finish(lab.dom, s.builder.inputs, [*s.outputs, *half.residuals])
        forward = yield intern(label(BOX, lab.dom, {"name": name}, (of_net(wide),)))
    return Optic(forward, reverse, half.reads, hits, height)


@dataclass(frozen=True, eq=False)
class Half:
    """What the reverse half of a sweep reads of the forward half: `wires` of these `sorts`. They are the ports
    `reads`, numbered: inputs, then outputs, then `residuals`, the wires that are neither.
    """

    reads: tuple[int, ...]
    wires: list[int]
    sorts: list[Sort]
    residuals: list[int]


def halved(s: Sweep, dom: Object, cod: Object, back: Sequence[int], recompute: bool = False) -> Half:
    """Where a sweep is cut for the cotangents `back`; with `recompute`, at the inputs, so that all is run again."""
    ports = [*s.builder.inputs] if recompute else [*s.builder.inputs, *s.outputs]
    needed, residuals = ({}, {}) if recompute else _live(s, ports, back)
    ports += residuals
    place = {w: i for i, w in reversed(list(enumerate(ports)))}
    reads = tuple(i for i, w in enumerate(ports) if recompute or (w in needed and place[w] == i))
    sorts = [*dom.wires, *([] if recompute else cod.wires), *residuals.values()]
    return Half(reads, [ports[r] for r in reads], [sorts[r] for r in reads], [*residuals])


def _live(s: Sweep, ports: list[int], back: Sequence[int]) -> tuple[set[int], dict[int, Sort]]:
    """The wires of f that the reverse half reads, and those of them that are no port yet, with their sorts."""
    b = s.builder
    needed = {*back}
    for lab, sources, first in reversed(b.edges[s.cut :]):
        if not needed.isdisjoint(range(first, first + len(lab.cod))):
            needed.update(sources)
    known, residuals = set(ports), dict[int, Sort]()
    for lab, sources, first in reversed(b.edges[: s.cut]):
        made = [w for w in range(first, first + len(lab.cod)) if w in needed and w not in known]
        if made and _free(lab):
            needed.update(sources)
        else:
            residuals.update((w, lab.cod.wires[w - first]) for w in made)
    return needed, dict(sorted(residuals.items()))


def _free(lab: Label) -> bool:
    """Whether a box does no arithmetic, so that making its outputs again is as cheap as handing them over."""
    return not lab.bodies and lab.row.flops is not None and lab.row.flops(lab) == 0
