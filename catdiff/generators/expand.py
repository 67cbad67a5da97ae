"""A macro is a row with a definition; `expand` puts the definition in its place.

A macro runs by its own kernel and differentiates by its own rules, so this changes neither what a program means nor
its type, and is how both are tested.

>>> import catdiff as cd
>>> f = cd.logsumexp(cd.f64(3))
>>> [label.row.name for label in f.net.labels]
['logsumexp']
>>> [label.row.name for label in cd.expand(f).net.labels]
['exp', 'contract', 'log']
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..category.label import Label, Row, label
from ..category.morphism import Morphism
from ..hypernet.build import SharingBuilder, intern, of_net
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run

Opens = Callable[[Row], bool]


def expand(f: Morphism, names: str | Sequence[str] | None = None) -> Morphism:
    """f with its macros replaced by their definitions, those in boxes and in definitions too.

    `names` are the rows to open, or the one to open; by default all that have a definition.
    """
    chosen = None if names is None else frozenset((names,) if isinstance(names, str) else names)

    def opens(row: Row) -> bool:
        return row.definition is not None and (chosen is None or row.name in chosen)

    return of_net(run(_expanded(f.net, opens, ("expand", chosen))))


def _expanded(net: Net, opens: Opens, key: object) -> Task[Net]:
    found = net.memo.get(key)
    if found is None:
        b = SharingBuilder(net.dom)
        wires = list(b.inputs)
        for old, sources, _ in net.steps():
            ins = tuple([wires[s] for s in sources])
            if opens(old.row) and old.row.definition:
                wires += b.splice((yield _expanded(old.row.definition(old).net, opens, key)), ins)
            else:
                new = old if not old.bodies else (yield _inside(old, opens, key))
                first = b.add(new, ins)
                wires += range(first, first + len(new.cod))
        found = net.memo[key] = b.finish(net.dom, b.inputs, [wires[w] for w in net.outputs.tolist()])
    return found


def _inside(old: Label, opens: Opens, key: object) -> Task[Label]:
    """The box with its interiors expanded."""
    bodies: list[Morphism] = []
    for body in old.bodies:
        bodies += [of_net((yield _expanded(body.net, opens, key)))]
    return (yield intern(label(old.row, old.dom, old.attrs, tuple(bodies))))
