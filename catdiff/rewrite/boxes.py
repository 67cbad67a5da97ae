"""What a normal form does to boxes. They stay boxes; their interfaces shrink to what is used.

- an output nobody reads, and an input the interior does not read, are no ports;
- an output that is an input, a constant or another output leaves the box; a box of which nothing is left is opened;
- an input that is a symbolic zero goes inside, where it is absorbed;
- *twins*, boxes of one name on the same wires of which one's interior computes all that the other's does, are one box
  with the outputs of both. A forward pass widened by what a backward pass wants to know is thereby computed once,
  instead of the plain one.

Each of these is done once per label and use, and every interior is in normal form itself.

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> f = (cd.copy(A) >> cd.sin(A) @ cd.exp(A)).box("both") >> cd.id(A) @ cd.discard(A)
>>> cd.simplify(f) == cd.sin(A).box("both")
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..category.label import Label, label
from ..category.objects import Object
from ..generators.boxes import BOX
from ..generators.constants import zero_label
from ..hypernet.build import SharingBuilder, intern, of_net
from ..hypernet.canonical import canonical
from ..hypernet.net import Net
from ..hypernet.recursion import Task
from .bench import Bench
from .rule import Rules

Normal = Callable[[Net, Rules], Task[Net]]
# What is left of a box: its label, if any; the inputs it keeps; per output ("in", i), ("port", p), a constant's label,
# or None where nobody reads it.
Left = tuple[Label | None, tuple[int, ...], tuple[Any, ...]]
UNCHANGED = "unchanged"


def boxed(name: dict[str, Any], net: Net) -> Task[Label]:
    """The label of a box with these attributes and this interior."""
    return (yield intern(label(BOX, net.dom, name, (of_net(net),))))


def shrunk(lab: Label, zeros: tuple[bool, ...], read: tuple[bool, ...], rules: Rules, normal: Normal) -> Task[Any]:
    """What is left of a box some inputs of which are zero and some outputs unread: a `Left`, or `UNCHANGED`."""
    key = ("left", rules, zeros, read)
    found = lab.memo.get(key)
    if found is None:
        found = lab.memo[key] = yield _shrink(lab, zeros, read, rules, normal)
    return found


def _shrink(lab: Label, zeros: tuple[bool, ...], read: tuple[bool, ...], rules: Rules, normal: Normal) -> Task[Any]:
    body = net = lab.bodies[0].net
    kept = [i for i, z in enumerate(zeros) if not z]
    if not all(read) or len(kept) < len(zeros):
        b = SharingBuilder()
        wires = lab.dom.wires
        ins = [b.add(zero_label(wires[i]), ()) if z else b.input() for i, z in enumerate(zeros)]
        out = b.splice(net, ins)
        net = b.finish(
            Object(wires[i] for i in kept), [ins[i] for i in kept], [out[p] for p, r in enumerate(read) if r]
        )
    outs: list[Any] = [("port", p) for p in range(len(net.outputs))]
    while True:
        net = yield normal(net, rules)
        inner, outs_now, used = _interface(net)
        outs = [outs_now[o[1]] if isinstance(o, tuple) and o[0] == "port" else o for o in outs]
        outs = [("in", kept[o[1]]) if isinstance(o, tuple) and o[0] == "inner" else o for o in outs]
        if inner is None or inner is net:
            break
        net, kept = inner, [kept[i] for i in used]
    if net is body and inner is net:
        return UNCHANGED
    given = iter(outs)
    spread = tuple([next(given) if r else None for r in read])
    if inner is None:
        return None, (), spread
    new = yield boxed(lab.attrs, net)
    return UNCHANGED if new is lab and spread == _all_ports(len(read)) else (new, tuple(kept), spread)


def _all_ports(n: int) -> tuple[Any, ...]:
    return tuple([("port", p) for p in range(n)])


def _interface(net: Net) -> tuple[Net | None, list[Any], list[int]]:
    """The net without needless ports (None where none is left), what became of each output, the inputs kept."""
    n, wires, outputs = len(net.dom), net.outputs.tolist(), set(net.outputs.tolist())
    constant = {
        first: lab for lab, sources, first in net.steps() if first in outputs and not len(lab.dom) and len(lab.cod) == 1
    }
    fresh: dict[int, int] = {}
    outs: list[Any] = []
    for w in wires:
        if w < n:
            outs.append(("inner", w))
        elif w in constant:
            outs.append(constant[w])
        else:
            outs.append(("port", fresh.setdefault(w, len(fresh))))
    if not fresh:
        return None, outs, []
    read = set(net.sources.tolist())
    used = [i for i in range(n) if i in read]
    if len(fresh) == len(wires) and len(used) == n:
        return net, outs, used
    b = SharingBuilder(net.dom)
    env = b.splice(net, b.inputs)
    chosen = [env[wires.index(w)] for w in fresh]
    inner = b.finish(Object(net.dom.wires[i] for i in used), [b.inputs[i] for i in used], chosen)
    return inner, outs, used


def place(
    bench: Bench, lab: Label, sources: tuple[int, ...], read: tuple[bool, ...], rules: Rules, normal: Normal
) -> Task[Sequence[int]]:
    """The wires a box gives once it is normalised; -1 for those nobody reads."""
    zeros = tuple([bench.names[s] == "zero" for s in sources])
    left = yield shrunk(lab, zeros, read, rules, normal)
    if left is UNCHANGED:
        first = bench.add(lab, sources)
        return range(first, first + len(read))
    new, kept, outs = left
    bench.fired += 1
    first = bench.add(new, tuple([sources[i] for i in kept])) if new else -1
    wires = []
    for o in outs:
        if o is None:
            wires.append(-1)
        elif isinstance(o, Label):
            wires.append(bench.add(o, ()))
        else:
            wires.append(sources[o[1]] if o[0] == "in" else first + o[1])
    return wires


# -- twins -------------------------------------------------------------------------------------------------------


def merged(net: Net) -> Task[Net]:
    """The net in which boxes of one name on the same wires are one, where one of them computes it all."""
    if sum(lab.row is BOX for lab in net.labels) < 2:
        return net
    found = net.memo.get("merged")
    if found is None:
        found = net.memo["merged"] = yield _merge(net)
        found.memo["merged"] = found
    return found


def _merge(net: Net) -> Task[Net]:
    twins: dict[Any, list[Label]] = {}
    for lab, sources, _ in net.steps():
        if lab.row is BOX:
            group = twins.setdefault((lab.text, tuple(sources)), [])
            if lab not in group:
                group.append(lab)
    if all(len(group) == 1 for group in twins.values()):
        return net
    b = SharingBuilder(net.dom)
    env, changed = list(b.inputs), False
    for lab, sources, _ in net.steps():
        ins = tuple([env[s] for s in sources])
        group = twins[lab.text, tuple(sources)] if lab.row is BOX else [lab]
        if len(group) == 1:
            first = b.add(lab, ins)
            env.extend(range(first, first + len(lab.cod)))
            continue
        where = yield _union(tuple(group))
        into, ports = where[lab]
        changed = changed or into is not lab
        first = b.add(into, ins)
        env.extend([first + p for p in ports])
    if not changed:
        return net
    return b.finish(net.dom, b.inputs, [env[w] for w in net.outputs.tolist()])


def _union(group: tuple[Label, ...]) -> Task[dict[Label, tuple[Label, list[int]]]]:
    """For each of some boxes of one name and domain the one that stands for it, and where its outputs are there."""
    key = ("union", group)
    found = group[0].memo.get(key)
    if found is None:
        kept: list[tuple[Label, dict[Label, list[int]]]] = []
        sizes = [(len(canonical(x.bodies[0].net)), len(x.cod)) for x in group]
        for _, lab in sorted(zip(sizes, group, strict=True), key=lambda pair: pair[0], reverse=True):
            for i, (big, members) in enumerate(kept):
                both = yield _joint(big, lab)
                if both is not None:
                    wide, old, new = both
                    moved = {m: [old[p] for p in ports] for m, ports in members.items()}
                    kept[i] = (wide, {**moved, lab: new})
                    break
            else:
                kept.append((lab, {lab: list(range(len(lab.cod)))}))
        found = {m: (wide, ports) for wide, members in kept for m, ports in members.items()}
        group[0].memo[key] = found
    return found


def _joint(big: Label, small: Label) -> Task[tuple[Label, list[int], list[int]] | None]:
    """A box with the outputs of both, where the second computes nothing that the first does not; and where they are."""
    b = SharingBuilder(big.dom)
    first = b.splice(big.bodies[0].net, b.inputs)
    second = b.splice(small.bodies[0].net, b.inputs)
    outputs = list(dict.fromkeys([*first, *second]))
    net = yield merged(b.finish(big.dom, b.inputs, outputs))
    if len(net) > len(canonical(big.bodies[0].net)):
        return None
    wide = big if outputs == list(first) else (yield boxed(big.attrs, net))
    return wide, [outputs.index(w) for w in first], [outputs.index(w) for w in second]
