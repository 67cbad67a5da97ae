"""Plans: what is decided about a net before it runs.

Per box a kernel, the wires it reads and writes, and the wires that nobody reads afterwards, which are let go; and an
order in which few of them are alive at a time. A plan is of the normal form, so nothing is run twice or in vain.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..category.label import Label
from ..errors import MeaningError
from ..hypernet.canonical import canonical
from ..hypernet.net import Net

if TYPE_CHECKING:
    from .functor import Functor


class Plan:
    """The schedule of one net: steps `(kernel, reads, first write, sorts, frees, label)`, one per edge."""

    __slots__ = ("net", "outputs", "steps")

    def __init__(self, net: Net, functor: Functor) -> None:
        self.net, self.outputs = net, net.outputs.tolist()
        last = [-1] * net.wires
        edges = scheduled(net)
        for i, (_, sources, _) in enumerate(edges):
            for s in sources:
                last[s] = i
        for w in self.outputs:
            last[w] = len(edges)
        kernels = {label: _kernel(label, functor) for label in net.labels}
        self.steps = []
        for i, (label, sources, first) in enumerate(edges):
            made = range(first, first + len(label.cod))
            frees = [w for w in {*sources, *made} if last[w] == i or last[w] < 0]
            self.steps.append((kernels[label], tuple(sources), first, label.cod.wires, frees, label))


def _kernel(label: Label, functor: Functor) -> Callable[..., Any] | None:
    """What the label does; None where its interior has to be run. That it does nothing is said when it should run,
    since then the boxes it is in are known.
    """
    if label.row.interior:
        return None
    try:
        return functor.kernel(label)
    except MeaningError as error:
        return partial(_meaningless, error)


def _meaningless(error: MeaningError, *xs: Any) -> Any:
    raise error


def scheduled(net: Net) -> list[tuple[Label, list[int], int]]:
    """The edges in an order in which few values are alive at a time: depth first from the outputs, and of the boxes
    a box reads the one with the longest history first, so that what is short to make is made just before it is used.
    """
    steps = list(net.steps())
    maker = [-1] * len(net.dom)
    depth: list[int] = []
    for e, (label, sources, _) in enumerate(steps):
        depth.append(1 + max([depth[maker[s]] for s in sources if maker[s] >= 0], default=0))
        maker.extend([e] * len(label.cod))
    order: list[int] = []
    state = bytearray(len(steps))
    for w in net.outputs.tolist():
        stack = [maker[w]] if maker[w] >= 0 else []
        while stack:
            e = stack[-1]
            if state[e]:
                stack.pop()
                if state[e] == 1:
                    state[e] = 2
                    order.append(e)
                continue
            state[e] = 1
            needs = {maker[s] for s in steps[e][1] if maker[s] >= 0 and not state[maker[s]]}
            stack += sorted(needs, key=lambda k: (depth[k], -k))
    return [steps[e] for e in order]


def plan_of(net: Net, functor: Functor) -> Plan:
    """The plan of a net, made once and kept with it; of its normal form, so that nothing is run twice or in vain."""
    net, key = canonical(net), ("plan", functor)
    found = net.memo.get(key)
    if found is None:
        found = net.memo[key] = Plan(net, functor)
    return found
