"""Staging: what can be computed before some of the inputs are known.

Every `f : P ⊗ A → B` factors through what it computes of A alone,

    f = (1 ⊗ early) ; late        early : A → M,   late : P ⊗ M → B

so where A is known long before P, or meets many P, `early` is run once. Of data and parameters: features are computed
once for all epochs, however often the parameters change.

>>> import catdiff as cd
>>> P = cd.f64(3)
>>> f = cd.id(P) @ (cd.sin(P) >> cd.exp) >> cd.mul
>>> early, late = staged(f, 1)
>>> early == cd.sin(P) >> cd.exp, late == cd.mul(P, P), cd.id(P) @ early >> late == f
(True, True, True)

Source: Jones, Gomard and Sestoft, Partial Evaluation and Automatic Program Generation (1993), §4.2 (binding times).
"""

from __future__ import annotations

from ..category.binder import Builder, Wire
from ..category.label import Label
from ..category.morphism import Atom, Morphism
from ..category.objects import Object
from ..hypernet.build import of_net
from ..hypernet.canonical import canonical
from ..hypernet.net import Net
from .strategy import simplify

EARLY, LATE, FREE = "early", "late", "free"  # reads of A alone; reads of P; of neither, as constants are
Step = tuple[Label, list[int], int]


def staged(f: Morphism, n: int) -> tuple[Morphism, Morphism]:
    """`f : P ⊗ A → B` as `(1 ⊗ early) ; late`, P being the first n wires. Boxes are opened.

    M has no wire twice and none that `late` does not read; constants are made in both, and stay out of M.
    """
    net = simplify(f.flatten()).net
    steps, times = list(net.steps()), _times(net, n)
    used = {s for _, sources, first in steps if times[first] is LATE for s in sources} | {*net.outputs.tolist()}
    between = [w for w in range(len(times)) if w in used and times[w] is EARLY]
    before = Builder(f.dom[n:])
    made = _run(before, dict(zip(range(n, len(f.dom)), before.inputs(), strict=True)), steps, times, LATE)
    early = _live(before.finish(tuple([made[w] for w in between])))
    after = Builder(f.dom[:n] @ Object([net.sorts[w] for w in between]))
    made = _run(after, dict(zip([*range(n), *between], after.inputs(), strict=True)), steps, times, EARLY)
    return early, _live(after.finish(tuple([made[w] for w in net.outputs.tolist()])))


def _live(f: Morphism) -> Morphism:
    """f without the constants that only the other stage reads."""
    return of_net(canonical(f.net))


def _times(net: Net, n: int) -> list[str]:
    """When the value on each wire can be known."""
    times = [LATE if i < n else EARLY for i in range(len(net.dom))]
    for label, sources, _ in net.steps():
        reads = {times[s] for s in sources}
        times += [LATE if LATE in reads else EARLY if EARLY in reads else FREE] * len(label.cod)
    return times


def _run(builder: Builder, made: dict[int, Wire], steps: list[Step], times: list[str], left: str) -> dict[int, Wire]:
    """Add all steps but those that are `left` to the other stage."""
    for label, sources, first in steps:
        if len(label.cod) and times[first] is not left:
            outputs = builder.apply(Atom(label), [made[s] for s in sources])
            made.update(zip(range(first, first + len(label.cod)), outputs, strict=True))
    return made
