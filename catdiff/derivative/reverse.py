"""`R[f] : A × B → A`, as a transformation of hypernets.

The rule of a generator is a small net, made once per label. `R` copies the boxes of f, walks them backwards, splices
in each rule and adds up the cotangents of every wire: one pass, linear in the number of boxes. A cotangent that is
zero is *absent* and is never built. Boxes that occur twice on the same wires are shared as they are made, so a rule
that mentions `exp(x)` reads the forward value.

Order of accumulation: edges from last to first, ports in order; it never depends on anything else.

Source: Cockett et al., arXiv:1910.07065, for the axioms RD.1–RD.7.
"""

from __future__ import annotations

from typing import Any

from ..category.binder import Builder, Wire
from ..category.label import Label, label
from ..category.morphism import Atom, Morphism
from ..category.objects import UNIT, Object
from ..errors import NoDerivativeError, with_line
from ..generators.boxes import BOX
from ..generators.constants import ZERO
from ..generators.elementwise import add
from ..hypernet.build import SharingBuilder, intern, of_net
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run


def R(f: Morphism) -> Morphism:
    """`R[f] : A ⊗ B → A`, `R[f](a, b̄) = J_f(a)ᵀ b̄`, again a morphism.

    >>> import catdiff as cd
    >>> bool(cd.R(cd.sin(cd.f64()))(0.0, 2.0) == 2.0)
    True
    """
    return of_net(run(_reverse(f.net)))


def _reverse(net: Net) -> Task[Net]:
    found = net.memo.get("R")
    if found is None:
        b = SharingBuilder(net.dom @ net.cod)
        n = len(net.dom)
        env = list(b.inputs[:n])
        edges = []
        for lab, sources, _ in net.steps():
            ins = tuple([env[s] for s in sources])
            first = b.add(lab, ins)
            outs = list(range(first, first + len(lab.cod)))
            env.extend(outs)
            edges.append((lab, sources, ins))
        bar: dict[int, int] = {}
        for w, c in zip(net.outputs.tolist(), b.inputs[n:], strict=True):
            _accumulate(b, net, bar, w, c)
        first = net.wires
        for lab, sources, ins in reversed(edges):
            first -= len(lab.cod)
            made = range(first, first + len(lab.cod))
            if lab.row.locally_constant or not any(w in bar for w in made):
                continue
            cotangents = [bar[w] if w in bar else _zero(b, net.sorts[w]) for w in made]
            rule, hits = yield _rule(lab)
            outs = b.splice(rule, [*ins, *cotangents])
            for port, x̄ in zip(hits, outs, strict=True):
                if net.sorts[sources[port]].dtype.kind != "discrete":
                    _accumulate(b, net, bar, sources[port], x̄)
        outputs = [bar[i] if i in bar else _zero(b, net.sorts[i]) for i in range(n)]
        found = net.memo["R"] = b.finish(net.dom @ net.cod, b.inputs, outputs)
    return found


def _zero(b: SharingBuilder, sort: Any) -> int:
    return b.add(label(ZERO, UNIT, {"dtype": sort.dtype.name, "shape": sort.shape}), ())


def _accumulate(b: SharingBuilder, net: Net, bar: dict[int, int], wire: int, x̄: int) -> None:
    if wire in bar:
        A = Object((net.sorts[wire],))
        x̄ = b.add(add(A).label, (bar[wire], x̄))
    bar[wire] = x̄


def _rule(lab: Label) -> Task[tuple[Net, tuple[int, ...]]]:
    """The net of `R[label] : A ⊗ B → A`, without the inputs nothing flows back to, and which those are not."""
    found = lab.memo.get("R")
    if found is None:
        if lab.row is BOX:
            inner = yield _reverse(lab.bodies[0].net)
            name = f"R[{lab.attrs['name']}]"
            box = yield intern(label(BOX, inner.dom, {"name": name}, (of_net(inner),)))
            found = Atom(box).net, tuple(range(len(lab.dom)))
        else:
            found = _written(lab)
        lab.memo["R"] = found
    return found


def _written(lab: Label) -> tuple[Net, tuple[int, ...]]:
    """The rule of a generator, from its row: `R`, or `π1 ; f†` where it is linear."""
    row, n = lab.row, len(lab.dom)
    builder = Builder(lab.dom @ lab.cod)
    wires = builder.inputs()
    if row.dagger:
        got: Any = row.dagger(lab)(*wires[n:])
    elif row.R:
        got = row.R(*wires, **lab.attrs)
    else:
        raise NoDerivativeError(with_line(f"the generator {row.name} has no reverse derivative"), row.name)
    results = [got] if isinstance(got, Wire) or got is None else list(got)
    hits = tuple(i for i, x̄ in enumerate(results) if x̄ is not None)
    lifted = [builder.lift(results[i], lab.dom.wires[i]) for i in hits]
    return builder.finish(tuple(lifted)).net, hits
