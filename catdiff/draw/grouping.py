"""A frame of too many boxes, as one of few: runs of boxes become boxes with names, that can be opened again.

The steps of a net come in an order in which every box stands after what it reads. A run of consecutive steps is
therefore **convex**, no way leaves it and comes back, and what is made of runs is a program again: the same one, with
more boxes. A run ends where names change rather than amidst equal ones. There are about √n runs of √n boxes each, so
that a frame and what is in it are equally readable; where that is still too many, runs are grouped again when they are
shown.

>>> import catdiff as cd
>>> from catdiff.hypernet.build import of_net
>>> f = cd.id(cd.f64())
>>> for _ in range(30):
...     f = f >> cd.sin
>>> for _ in range(6):
...     f = f >> cd.exp
>>> [label.title for label, _, _ in grouped(f.net, 10).steps()]
['sin ×6', 'sin ×6', 'sin ×6', 'sin ×6', 'sin ×6', 'exp ×6']
>>> of_net(grouped(f.net, 10)).flatten() == f
True
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

from ..category.label import Label
from ..category.morphism import Atom, Morphism
from ..category.objects import Object
from ..category.structure import program
from ..hypernet.net import Net
from .measure import cut

SHORT = 9  # letters of a name beside another
Step = tuple[Label, list[int], int]


def grouped(net: Net, limit: int) -> Net:
    """The net itself where it has at most `limit` boxes; else one of boxes that hold its boxes, run by run."""
    if len(net) <= limit:
        return net
    key = ("grouped", limit)
    if key not in net.memo:
        net.memo[key] = _grouped(net, limit)
    return net.memo[key]


def _grouped(net: Net, limit: int) -> Net:
    steps = list(net.steps())
    after = _last_readers(net, steps)
    number = {w: w for w in range(len(net.dom))}  # of a wire: which one it is among those made between runs
    made = len(number)
    boxes: list[tuple[Morphism, Sequence[int]]] = []
    for begin, end in _runs([label.title for label, _, _ in steps], max(1, min(limit, isqrt(len(steps) - 1) + 1))):
        f, reads, leaves = _part(net, steps, begin, end, after)
        boxes.append((f, [number[w] for w in reads]))
        number |= {w: made + i for i, w in enumerate(leaves)}
        made += len(leaves)
    return program(net.dom, boxes, [number[w] for w in net.outputs.tolist()]).net


def _last_readers(net: Net, steps: Sequence[Step]) -> list[int]:
    """For every wire the last step that reads it, beyond all of them where it is an output."""
    last = [-1] * net.wires
    for e, (_, sources, _) in enumerate(steps):
        for w in sources:
            last[w] = e
    for w in net.outputs.tolist():
        last[w] = len(steps)
    return last


def _runs(titles: Sequence[str], most: int) -> list[tuple[int, int]]:
    """At most so many runs, about equally long; a little longer where a name goes on no further."""
    runs, begin, n = list[tuple[int, int]](), 0, len(titles)
    while begin < n:
        size = -(-(n - begin) // (most - len(runs)))
        end = min(begin + size, n)
        if end < n and titles[end] == titles[end - 1]:
            changes = [i for i in range(end + 1, min(n, end + size // 2) + 1) if i == n or titles[i] != titles[i - 1]]
            end = changes[0] if changes else end
        runs.append((begin, end))
        begin = end
    return runs


def _part(
    net: Net, steps: Sequence[Step], begin: int, end: int, after: Sequence[int]
) -> tuple[Morphism, list[int], list[int]]:
    """The steps of a run as one box, with the wires it reads and those that others read of it."""
    here, first = steps[begin:end], steps[begin][2]
    if len(here) == 1:
        label, sources, _ = here[0]
        return Atom(label), sources, list(range(first, first + len(label.cod)))
    reads = list(dict.fromkeys([w for _, sources, _ in here for w in sources if w < first]))
    own = {w: i for i, w in enumerate(reads)}
    parts: list[tuple[Morphism, list[int]]] = []
    for label, sources, made in here:
        parts.append((Atom(label), [own[w] for w in sources]))
        own |= {w: len(own) + i for i, w in enumerate(range(made, made + len(label.cod)))}
    leaves = [w for w in own if w >= first and after[w] >= end]
    f = program(Object([net.sorts[w] for w in reads]), parts, [own[w] for w in leaves])
    return f.box(_name([label.title for label, _, _ in here])), reads, leaves


def _name(titles: Sequence[str]) -> str:
    """What a run is called: after its boxes, or the first and the last of them, and how many there are."""
    first, last = titles[0], titles[-1]
    called = first if len(set(titles)) == 1 else f"{cut(first, SHORT)} … {cut(last, SHORT)}"
    return f"{called} ×{len(titles)}"
