"""One program in the place of another: a rewrite that is checked before it is made.

What is put in the place of a box has to be equal to it as a polynomial, for then R of what comes out is R of what went
in. Over Z₂ equal functions are not enough: `x·x → x` is refused, but for a program that is only run.

>>> import catdiff as cd
>>> x = cd.id(cd.z2())
>>> f = (x * x).box("square") >> x + 1
>>> replace(f, x * x, x)
Traceback (most recent call last):
    ...
catdiff.errors.CongruenceError: output 0 is x0² on one side and x0 on the other: one function, but R differs...
>>> replace(f, x * x, x, functions=True).flatten() == x + 1
True
"""

from __future__ import annotations

from ..category.label import Label, label
from ..category.morphism import Morphism
from ..errors import CongruenceError, with_line
from ..hypernet.build import SharingBuilder, intern, of_net
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run
from .normal import BUDGET, difference, programs


def replace(f: Morphism, left: Morphism, right: Morphism, functions: bool = False, budget: int = BUDGET) -> Morphism:
    """f with `right` in the place of each interior that is `left`, at any depth, and of f itself if it is `left`.

    Raises `CongruenceError` unless both are the same polynomials, so that R of what comes out is R of f; with
    `functions`, for a program that is only run, unless they are the same functions. `MeaningError` where a side is no
    polynomial, `BudgetError` where it has more than `budget` terms, `SignatureError` unless both have one type.
    """
    programs(f)
    said = difference(left, right, functions, budget)
    if said is not None:
        raise CongruenceError(with_line(said))
    return right if f == left else of_net(run(_replaced(f.net, left, right)))


def _replaced(net: Net, left: Morphism, right: Morphism) -> Task[Net]:
    key = ("replaced", left, right)
    found = net.memo.get(key)
    if found is None:
        b = SharingBuilder(net.dom)
        wires = list(b.inputs)
        for old, sources, _ in net.steps():
            new = (yield _inside(old, left, right)) if old.bodies else old
            first = b.add(new, tuple([wires[s] for s in sources]))
            wires += range(first, first + len(new.cod))
        found = net.memo[key] = b.finish(net.dom, b.inputs, [wires[w] for w in net.outputs.tolist()])
    return found


def _inside(old: Label, left: Morphism, right: Morphism) -> Task[Label]:
    """The box with its interiors replaced, or what is in them."""
    bodies: list[Morphism] = []
    for body in old.bodies:
        bodies += [right if body == left else of_net((yield _replaced(body.net, left, right)))]
    return (yield intern(label(old.row, old.dom, old.attrs, tuple(bodies))))
