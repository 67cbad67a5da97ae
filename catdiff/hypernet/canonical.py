"""Normal form, digest, equality.

In the free cartesian category two nets are equal when they have the same *maximally shared, garbage-free* form: share
equal boxes on equal wires (`f ; Δ = Δ ; (f ⊗ f)`), drop boxes nobody reads (`f ; ! = !`), number what is left by a
depth-first walk from the outputs. That form is unique, so equality is comparing arrays, and one hash of the arrays,
with interiors entering by their own digests, identifies a program across processes and files.

>>> import catdiff as cd
>>> A = cd.f64(2)
>>> f = cd.copy(A) >> (cd.sin(A) @ cd.sin(A))
>>> len(f.net), len(canonical(f.net))
(2, 1)
>>> f.equals(cd.sin(A) >> cd.copy(A))
True
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from ..category.label import Label
from ..category.morphism import Morphism, verb
from .net import Net
from .recursion import Task, run


def canonical(net: Net) -> Net:
    """The normal form of a net; linear time. Interiors are left as they are: they have normal forms of their own."""
    found = net.memo.get("canonical")
    if found is None:
        found = net.memo["canonical"] = _number(net, *_share(net))
        found.memo["canonical"] = found
    return found


def _share(net: Net) -> tuple[list[int], list[tuple[int, tuple[int, ...], int, int]], list[int]]:
    """Per wire its representative; the distinct edges (label, sources, first wire, coarity); per wire its edge."""
    wire = list(range(len(net.dom)))
    producer = [-1] * len(net.dom)
    table: dict[tuple[int, tuple[int, ...]], int] = {}
    distinct: list[tuple[int, tuple[int, ...], int, int]] = []
    coarity = [len(label.cod) for label in net.labels]
    for e, (_, sources, first) in zip(net.edges.tolist(), net.steps(), strict=True):
        key = (e, tuple([wire[s] for s in sources]))
        n = coarity[e]
        known = table.get(key)
        if known is None:
            table[key] = first
            producer.extend([len(distinct)] * n)
            distinct.append((e, key[1], first, n))
            wire.extend(range(first, first + n))
        else:
            producer.extend([producer[known]] * n if n else [])
            wire.extend(range(known, known + n))
    return wire, distinct, producer


def _number(net: Net, wire: list[int], distinct: list[Any], producer: list[int]) -> Net:
    """Edges in depth-first post-order from the outputs, sources in port order; labels as they are first met."""
    order: list[int] = []
    state = bytearray(len(distinct))
    outputs = [wire[w] for w in net.outputs.tolist()]
    stack = [producer[w] for w in reversed(outputs)]
    while stack:
        e = stack[-1]
        if e < 0 or state[e] == 2:
            stack.pop()
        elif state[e]:
            state[e] = 2
            order.append(stack.pop())
        else:
            state[e] = 1
            stack.extend([producer[s] for s in reversed(distinct[e][1])])
    number = list(range(len(net.dom))) + [0] * (net.wires - len(net.dom))
    labels: dict[int, int] = {}
    edges, sources, next_wire = [], [], len(net.dom)
    for e in order:
        label, reads, first, n = distinct[e]
        edges.append(labels.setdefault(label, len(labels)))
        sources.extend([number[s] for s in reads])
        number[first : first + n] = range(next_wire, next_wire + n)
        next_wire += n
    return Net(net.dom, [net.labels[k] for k in labels], edges, sources, [number[w] for w in outputs])


def label_digest(label: Label) -> Task[bytes]:
    """What identifies a label across processes: row, attributes, type, and the digests of its interiors."""
    if label.digest is None:
        h = blake2b(digest_size=16)
        h.update(f"{label.row.name}\0{label.text}\0{label.dom}\0{label.cod}\0".encode())
        for body in label.bodies:
            h.update((yield net_digest(body.net)))
        label.digest = h.digest()
    return label.digest


def net_digest(net: Net) -> Task[bytes]:
    """BLAKE2b-128 of the normal form."""
    found = net.memo.get("digest")
    if found is None:
        normal = canonical(net)
        h = blake2b(f"{normal.dom}\0".encode(), digest_size=16)
        for label in normal.labels:
            h.update((yield label_digest(label)))
        for array in (normal.edges, normal.sources, normal.outputs):
            h.update(len(array).to_bytes(8, "little") + array.astype("<i4").tobytes())
        found = net.memo["digest"] = normal.memo["digest"] = h.digest()
    return found


@verb("digest")
def digest(f: Morphism) -> bytes:
    """The digest of a morphism: equal for equal morphisms, in any process."""
    return run(net_digest(f.net))


@verb("equals")
def equals(f: Morphism, g: Morphism) -> bool:
    """Whether f and g are equal in the free cartesian category on the table of generators."""
    if f is g:
        return True
    return f.dom == g.dom and f.cod == g.cod and digest(f) == digest(g)


@verb("hash")
def hash_of(f: Morphism) -> int:
    """Python's hash of a morphism: the head of its digest."""
    return int.from_bytes(digest(f)[:8], "little", signed=True)
