"""Before and after: two programs of one type, an arrow between them, and what only one of them has in a colour.

What both have is found from both ends. From the inputs: two boxes are the same where their labels are and they read
the same. From the outputs: where their labels are the same, and so is a reader of theirs. Of the rest, as many of one
label as both have. What remains is what the rewrite did, and nothing downstream or upstream of it; within boxes of one
name likewise.

>>> import catdiff as cd
>>> A = cd.f64()
>>> f = cd.sin(A) >> cd.neg >> cd.neg >> cd.exp
>>> left, right = changes(f.net, cd.simplify(f).net)
>>> left, right                                               # two of the boxes of f are gone
({((), 1), ((), 2)}, set())
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from ..category.label import Label
from ..hypernet.net import Net
from .folding import LIMIT, interior
from .notes import Place
from .scene import Path, Scene

Pair = tuple[Net, Path, Net, Path]


def changes(f: Net, g: Net, limit: int = LIMIT) -> tuple[set[Place], set[Place]]:
    """The boxes that only f has, and those that only g has, by path and edge."""
    only: tuple[set[Place], set[Place]] = (set(), set())
    waiting: list[Pair] = [(f, (), g, ())]
    for one, path, other, path_ in waiting:  # grows while it is read
        same, inside = _matched(one, other, limit)
        for i, (net, at) in enumerate(((one, path), (other, path_))):
            only[i].update({(at, e) for e in range(len(net)) if e not in same[i]})
        waiting += [(a, (*path, e), b, (*path_, k)) for (a, e), (b, k) in inside]
    return only


def _matched(
    f: Net, g: Net, limit: int
) -> tuple[tuple[set[int], set[int]], list[tuple[tuple[Net, int], tuple[Net, int]]]]:
    """The edges that both have; and interiors of boxes that have become others of the same name, with their edges."""
    numbers: dict[tuple[object, ...], int] = {}
    (steps, value), (steps_, value_) = _numbered(f, numbers), _numbered(g, numbers)
    both = {*value} & {*value_}
    same = tuple(
        {e for e, (label, _, first) in enumerate(s) if len(label.cod) and v[first] in both}
        for s, v in ((steps, value), (steps_, value_))
    )
    inside: list[tuple[tuple[Net, int], tuple[Net, int]]] = []
    makers, makers_ = _makers(f, steps), _makers(g, steps_)
    pending = list(zip(f.outputs.tolist(), g.outputs.tolist(), strict=False))
    for w, w_ in pending:  # grows while it is read: every edge is matched once
        (e, port), (k, port_) = makers[w], makers_[w_]
        if e < 0 or k < 0 or port != port_ or e in same[0] or k in same[1]:
            continue
        (label, sources, _), (label_, sources_, _) = steps[e], steps_[k]
        if label is not label_:
            a, b = interior(label, limit), interior(label_, limit)
            if a is None or b is None or label.name != label_.name:
                continue
            inside.append(((a, e), (b, k)))
        same[0].add(e)
        same[1].add(k)
        pending += zip(sources, sources_, strict=False)
    rest: dict[Label, list[int]] = defaultdict(list)
    for k, (label, _, _) in enumerate(steps_):
        if k not in same[1]:
            rest[label].append(k)
    for e, (label, _, _) in enumerate(steps):
        if e not in same[0] and rest[label]:
            same[0].add(e)
            same[1].add(rest[label].pop(0))
    return (same[0], same[1]), inside


Step = tuple[Label, list[int], int]


def _numbered(net: Net, numbers: dict[tuple[object, ...], int]) -> tuple[list[Step], list[int]]:
    """The steps of a net, and a number for each wire: one number for all wires that are made of the same."""
    steps = list(net.steps())
    value = [numbers.setdefault(("input", i), len(numbers)) for i in range(len(net.dom))]
    for label, sources, _ in steps:
        made = (label, *[value[s] for s in sources])
        value += [numbers.setdefault((port, *made), len(numbers)) for port in range(len(label.cod))]
    return steps, value


def _makers(net: Net, steps: list[Step]) -> list[tuple[int, int]]:
    """The edge and port that make each wire; the edge is −1 for an input."""
    made = [(e, port) for e, (label, _, _) in enumerate(steps) for port in range(len(label.cod))]
    return [*[(-1, i) for i in range(len(net.dom))], *made]


def marked(scene: Scene, net: Net, places: set[Place], limit: int = LIMIT) -> Scene:
    """The scene of a net with these boxes marked as changed, and the wires they make."""
    mark = "changed"
    makers: dict[Path, list[tuple[int, int]]] = {}
    nets: list[tuple[Path, Net]] = [((), net)]
    opened = {(b.path, b.edge) for b in scene.boxes if b.open}
    for path, this in nets:  # grows while it is read
        steps = list(this.steps())
        makers[path] = _makers(this, steps)
        for e, (label, _, _) in enumerate(steps):
            inner = interior(label, limit) if (path, e) in opened else None
            if inner is not None:
                nets.append(((*path, e), inner))
    return replace(
        scene,
        boxes=tuple([replace(b, mark=mark) if (b.path, b.edge) in places else b for b in scene.boxes]),
        wires=tuple(
            [replace(w, mark=mark) if (w.path, makers[w.path][w.wire][0]) in places else w for w in scene.wires]
        ),
        dots=tuple(
            [
                replace(d, mark=mark) if (d.path, d.edge if d.edge >= 0 else makers[d.path][d.wire][0]) in places else d
                for d in scene.dots
            ]
        ),
    )
