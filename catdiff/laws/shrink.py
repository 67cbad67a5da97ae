"""A small program that still fails, out of a large one.

`smallest(f, fails)` looks for a program in f of which `fails` says yes, and smaller ones in that, until nothing it
knows how to leave out can be left out. First it asks each generator of f alone, interiors of boxes included; then it
takes away edges (what they made becomes an input, or what they read takes its place), outputs, inputs, boxes around
interiors, parts of interiors, and at last size. It needs to know nothing of what is wrong.

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> f = (cd.sin(A) @ cd.tanh(A) >> cd.mul).box("layer") >> cd.exp >> cd.sum
>>> smallest(f, lambda g: "tanh" in repr(g))
cd.tanh(cd.f64())
>>> smallest(f, lambda g: "mul" in repr(g) and "exp" in repr(g))
cd.program(cd.f64(), [(cd.mul(cd.f64() @ cd.f64()), [0, 0]), (cd.exp(cd.f64()), [1])], [2])

The same f and the same answers give the same program. Source: delta debugging is from Zeller and Hildebrandt,
Simplifying and isolating failure-inducing input, IEEE Transactions on Software Engineering 28(2), 2002.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from itertools import combinations, islice
from typing import Any

from ..category.label import Label
from ..category.morphism import Atom, Morphism
from ..errors import CatdiffError
from ..hypernet.build import flat
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run
from . import pieces
from .pieces import Piece, Resize

CALLS = 1000
DEEPEST = 8  # levels of boxes in which parts of interiors are taken away
LARGEST = 20_000  # boxes that a program may be when all its boxes are opened at once
Search = Generator[Piece, Any, None]  # candidates; what is sent back: whether that one fails, and is now the net


def smallest(
    f: Morphism, fails: Callable[[Morphism], Any], deadline: float | None = None, calls: int = CALLS
) -> Morphism:
    """A small program in f of which `fails(g)` is true; f itself where there is none.

    - `fails`: a predicate on programs of any type. That it raises an `Exception` counts as no;
    - `deadline`: when to be content with what there is, as `time.monotonic()` tells it;
    - `calls`: how often `fails` is called at most. It is never asked about f itself.
    """
    g = f
    for g in shrunk(f, fails, deadline, calls):  # noqa: B007
        pass
    return g


def shrunk(
    f: Morphism, fails: Callable[[Morphism], Any], deadline: float | None = None, calls: int = CALLS
) -> Iterator[Morphism]:
    """What `smallest` finds on its way, each smaller than the one before: for whoever may be interrupted.

    >>> import catdiff as cd
    >>> f = cd.sin(cd.f64(2)) >> cd.exp >> cd.sum
    >>> for g in shrunk(f, lambda g: len(g.net) > 1):
    ...     print(len(g.net), g)
    2 f64[2] @ f64[2] → f64
    2 f64[2] → f64
    2 f64[1] → f64
    """
    trial = _Trial(fails, deadline, calls)
    try:
        yield from _shrunk(f.net, trial)
    except _Spent:
        return


class _Spent(Exception):
    """No calls are left, or no time."""


class _Trial:
    """The predicate, and what it has left."""

    def __init__(self, fails: Callable[[Morphism], Any], deadline: float | None, calls: int) -> None:
        self.fails, self.deadline, self.left = fails, deadline, calls
        self.seen: set[Any] = set()

    def __call__(self, net: Net, than: Net) -> bool:
        """Whether this net is smaller than that one, and fails."""
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise _Spent
        if measure(net) >= measure(than):
            return False
        key = (net.dom, net.labels, *(a.tobytes() for a in (net.edges, net.sources, net.outputs)))
        if key in self.seen:  # what fails is taken at once, so what was seen does not
            return False
        if not self.left:
            raise _Spent
        self.left -= 1
        self.seen.add(key)
        try:
            return bool(self.fails(pieces.morphism(net)))
        except Exception:
            return False


def _shrunk(net: Net, trial: _Trial) -> Iterator[Morphism]:
    alone = next((g for g in islice(_alone(net), trial.left // 2) if trial(g, net)), None)
    if alone is not None:
        net = alone
        yield pieces.morphism(net)
    before = None
    while before is not net:
        before = net
        for search in (*_searches(DEEPEST), _sizes):
            tries, taken = search(net), None
            with suppress(StopIteration):
                while True:
                    piece = tries.send(taken)
                    taken = trial(piece.net, net)
                    if taken:
                        net = piece.net
                        yield pieces.morphism(net)


# -- how large a program is ------------------------------------------------------------------------------------


def measure(net: Net) -> tuple[int, int, int]:
    """Boxes, those in boxes counted wherever they occur; wires of the interface; entries of all arrays."""
    return run(weight(net)), len(net.dom) + len(net.cod), sum(s.size + len(s.shape) for s in net.sorts)


def weight(net: Net) -> Task[int]:
    """How many boxes there are, those in boxes counted wherever they occur."""
    if "weight" not in net.memo:
        each = []
        for lab in net.labels:
            inside = 1
            for body in lab.bodies:
                inside += yield weight(body.net)
            each.append(inside)
        net.memo["weight"] = sum([each[k] for k in net.edges.tolist()])
    return net.memo["weight"]


# -- where to look ---------------------------------------------------------------------------------------------


def _alone(net: Net) -> list[Net]:
    """Every label of the net and of interiors by itself: generators first, the smallest ahead, then boxes likewise."""
    found: dict[int, Label] = {}
    pending = [net]
    while pending:
        for lab in pending.pop().labels:
            if id(lab) not in found:
                found[id(lab)] = lab
                pending += [body.net for body in lab.bodies]
    nets = [(lab, Atom(lab).net) for lab in found.values()]
    return [g for _, g in sorted(nets, key=lambda pair: (bool(pair[0].bodies), measure(pair[1])))]


def _searches(depth: int) -> list[Callable[[Net], Search]]:
    """What there is to try on a net, and in the boxes of one."""
    return [_open, _cut, _outputs, _inputs, _bypass, *([lambda net: _interiors(net, depth - 1)] if depth else [])]


def _open(net: Net) -> Search:
    """All boxes opened; else one after another."""
    boxes = [lab for lab in net.labels if lab.row.name == "box"]
    if boxes and run(weight(net)) <= LARGEST and (yield pieces.whole(net, flat(net))):
        return
    for box in boxes:
        piece = pieces.opened(net, box)
        if (yield piece):
            net = piece.net


def _halved(net: Net, count: Callable[[Net], int], without: Callable[[Net, range], Piece]) -> Search:
    """Parts left out, of which a net has `count`: half of them at once, then a quarter, …"""
    size = count(net) // 2 or 1
    while size:
        at = 0
        while at < count(net):
            piece = without(net, range(at, at + size))
            if (yield piece):
                net = piece.net
            else:
                at += size
        size //= 2


def _cut(net: Net) -> Search:
    """Edges left out; what they made becomes inputs."""
    return _halved(net, len, lambda net, edges: pieces.without(net, edges, bypass=False))


def _bypass(net: Net) -> Search:
    """Edges left out; what they read takes the place of what they made."""
    return _halved(net, len, lambda net, edges: pieces.without(net, edges, bypass=True))


def _outputs(net: Net) -> Search:
    """Outputs left out."""
    return _halved(net, lambda net: len(net.cod), pieces.outputs)


def _inputs(net: Net) -> Search:
    """Inputs that are not read left out; of two that are alike one."""
    piece = pieces.inputs(net, pieces.idle(net))
    if (yield piece):
        net = piece.net
    for w in reversed(pieces.idle(net)):
        piece = pieces.inputs(net, [w])
        if (yield piece):
            net = piece.net
    for i, j in list(combinations(range(len(net.dom)), 2))[::-1]:
        if j < len(net.dom) and net.sorts[i] is net.sorts[j]:
            piece = pieces.merged(net, i, j)
            if (yield piece):
                net = piece.net


def _interiors(net: Net, depth: int) -> Search:
    """The same in every box."""
    for e in range(len(net)):
        box = net.labels[int(net.edges[e])]
        if box.row.name != "box":
            continue
        body = box.bodies[0].net
        for search in _searches(depth):
            tries, taken = search(body), None
            with suppress(StopIteration):
                while True:
                    piece = tries.send(taken)
                    larger = pieces.within(net, e, piece)
                    taken = yield larger
                    if taken:
                        net, body = larger.net, piece.net


def _sizes(net: Net) -> Search:
    """Scalars; else one extent after another smaller."""
    extents = sorted({n for s in net.sorts for n in s.shape if n > 1}, reverse=True)
    for to in (Resize(), *(Resize(n, m) for n in extents for m in range(1, min(n, 4)))):
        try:
            piece = pieces.whole(net, pieces.resized(net, to))
        except CatdiffError:
            continue
        if (yield piece):
            net = piece.net
