"""`simplify(f)`: the rules, applied until none applies.

One pass walks the boxes of a net in topological order onto a workbench that shares equal boxes, tries the rules of
each box's row, and leaves out what nobody reads; interiors are normalised once per label. A pass is linear, and it is
repeated until one changes nothing. What stands in normal form already is recognised by a few array operations.

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> f = cd.R(cd.R(cd.neg(A) >> cd.neg >> cd.sin))
>>> g = cd.simplify(f)
>>> len(g.net) < len(f.net) and g.dom == f.dom and g.cod == f.cod
True
>>> cd.simplify(g) == g == cd.R(cd.R(cd.simplify(cd.neg(A) >> cd.neg >> cd.sin)))
True

`f == g` implies `simplify(f) == simplify(g)`, since a pass begins at the canonical form. The rules are congruences
for R (see `rule`), so simplifying before or after differentiating gives the same derivative.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..category.morphism import Morphism, verb
from ..generators.boxes import BOX
from ..hypernet.build import of_net
from ..hypernet.canonical import canonical
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run
from . import algebra, boxes, contraction, structure
from .bench import Bench, commutes, token
from .rule import Rules

RULES = Rules([*algebra.RULES, *structure.RULES, *contraction.RULES])
"""Every rule, in the order in which they are tried."""

SMALL = 64
"""Nets of so few boxes are looked at by a loop."""

PASSES = 64
"""A fuse: each rule makes a net smaller in a well-founded order, so passes end by themselves, after two or three."""


@verb("simplify")
def simplify(f: Morphism, rules: Rules = RULES) -> Morphism:
    """The normal form of f under the rules: of the same type, with the same values and derivatives.

    Over floats zeros by construction absorb ∞ and NaN, which f may let through; see `rule`.

    >>> import catdiff as cd
    >>> A = cd.f64(3)
    >>> cd.simplify(cd.neg(A) >> cd.sin >> cd.neg >> cd.neg) == cd.neg(A) >> cd.sin
    True
    """
    net = run(normal(f.net, rules))
    return f if net is f.net else of_net(net)


def normal(net: Net, rules: Rules) -> Task[Net]:
    """The normal form of a net."""
    key = ("normal", rules)
    found = net.memo.get(key)
    if found is None:
        found = net if (yield settled(net, rules)) else (yield _passes(net, rules))
        net.memo[key] = found.memo[key] = found
    return found


def _passes(net: Net, rules: Rules) -> Task[Net]:
    now = canonical(net)
    for _ in range(PASSES):
        new, fired = yield _one(now, rules)
        if not fired and len(new) == len(now):  # nothing happened: keep the very net that was given
            return net if len(net) == len(now) and now is canonical(net) else now
        now = new
        if (yield settled(now, rules)):
            break
    return now


def _one(net: Net, rules: Rules) -> Task[tuple[Net, int]]:
    """One pass: the new net, and how many rules were applied."""
    joined = yield boxes.merged(net)
    changed, net = int(joined is not net), joined
    uses = readers(net).tolist()
    bench = Bench(net.dom, rules)
    env, seen = list(bench.inputs), bench.readers
    for w in env:
        seen[w] = uses[w]
    for lab, sources, first in net.steps():
        ins = tuple([env[s] for s in sources])
        for s in ins:
            seen[s] -= 1
        wanted = uses[first : first + len(lab.cod)]
        if lab.row is BOX:
            wires = yield boxes.place(bench, lab, ins, tuple([u > 0 for u in wanted]), rules, normal)
        else:
            wires = bench.place(lab, ins)
        env.extend(wires)
        for w, u in zip(wires, wanted, strict=True):
            seen[w] += u
    new = bench.finish(net.dom, bench.inputs, [env[w] for w in net.outputs.tolist()])
    return new, bench.fired + changed


# -- recognising what is done ------------------------------------------------------------------------------------


def readers(net: Net) -> Any:
    """How often each wire is read, by boxes or as an output."""
    return np.bincount(net.sources, minlength=net.wires) + np.bincount(net.outputs, minlength=net.wires)


def settled(net: Net, rules: Rules) -> Task[bool]:
    """Whether, by labels alone, nothing can apply. It may say no of a normal form, never yes of anything else."""
    if len(net) <= SMALL:
        return _glance(net, rules) and (yield _interiors_settled(net, rules))
    gates = [rules.at(lab) for lab in net.labels]
    if any(r.sees is None for gate in gates for r in gate):
        return False
    names = [token(lab) for lab in net.labels]
    count = len(net.labels)
    arity = np.array([len(lab.dom) for lab in net.labels], np.int64)
    coarity = np.array([len(lab.cod) for lab in net.labels], np.int64)
    made_by = np.concatenate((np.full(len(net.dom), count), np.repeat(net.edges, coarity[net.edges])))
    pairs = np.repeat(net.edges, arity[net.edges]).astype(np.int64) * (count + 1) + made_by[net.sources]
    for pair in np.unique(pairs).tolist():
        reader, maker = divmod(pair, count + 1)
        if maker < count:
            absorbs = names[maker] == "zero" and names[reader] == "box"
            if absorbs or any(r.sees and names[maker] in r.sees for r in gates[reader]):
                return False
    inner = [k for k, lab in enumerate(net.labels) if lab.row is BOX]
    if np.any(np.isin(made_by, inner) & (readers(net) == 0)) or not tidy(net):
        return False
    return (yield _interiors_settled(net, rules))


def _glance(net: Net, rules: Rules) -> bool:
    """The same for a small net, interiors aside: for a few boxes NumPy costs more than this loop."""
    names, seen = [""] * len(net.dom), set[tuple[int, ...]]()
    read = {*net.sources.tolist(), *net.outputs.tolist()}
    for lab, sources, first in net.steps():
        names += [token(lab)] * len(lab.cod)
        near = [names[s] for s in sources]
        made = [w in read for w in range(first, first + len(lab.cod))]
        if not (all(made) and "zero" not in near if lab.row is BOX else any(made)):
            return False
        for r in rules.at(lab):
            if r.sees is None or not r.sees.isdisjoint(near):
                return False
        seen.add((id(lab), *(sorted(sources) if commutes(lab) else sources)))
    return len(seen) == len(net)


def _interiors_settled(net: Net, rules: Rules) -> Task[bool]:
    """Whether there are no twins, and the interior of every box is a normal form."""
    inner = [lab for lab in net.labels if lab.row is BOX]
    if len(inner) > 1 and (yield boxes.merged(net)) is not net:
        return False
    for lab in inner:
        left = yield boxes.shrunk(lab, (False,) * len(lab.dom), (True,) * len(lab.cod), rules, normal)
        if left is not boxes.UNCHANGED:
            return False
    return True


def tidy(net: Net) -> bool:
    """Whether no two boxes are equal, up to the order of commuting operands, and every box is read.

    Both are local: where no two boxes have one label and equal sources none can be merged, and where every box has a
    reader every box reaches an output.
    """
    ptr = np.cumsum([0, *[len(lab.cod) for lab in net.labels]])
    coarity = np.diff(ptr)[net.edges]
    first = len(net.dom) + np.cumsum(coarity) - coarity
    used = readers(net) > 0
    total = np.concatenate(([0], np.cumsum(used)))
    if np.any(total[first + coarity] == total[first]):
        return False
    arity = np.array([len(lab.dom) for lab in net.labels], np.int64)[net.edges]
    start = np.cumsum(arity) - arity
    sorts = np.array([commutes(lab) for lab in net.labels], bool)[net.edges]
    for n in np.unique(arity).tolist():
        chosen = np.flatnonzero(arity == n)
        rows = net.sources[start[chosen][:, None] + np.arange(n)]
        rows[sorts[chosen]] = np.sort(rows[sorts[chosen]], axis=1)
        keys = set(zip(net.edges[chosen].tolist(), *rows.T.tolist(), strict=True))
        if len(keys) < len(chosen):
            return False
    return True
