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

import numpy as np

from ..category.label import Label
from ..category.morphism import Morphism, verb
from .net import Net
from .recursion import Task, run

Ints = np.ndarray[Any, np.dtype[np.int64]]


def canonical(net: Net) -> Net:
    """The normal form of a net; linear time. Interiors are left as they are: they have normal forms of their own."""
    found = net.memo.get("canonical")
    if found is None:
        found = _normal(net)
        found.memo["canonical"] = True  # not itself: a cycle would outlive its last reader
        if found is not net:
            net.memo["canonical"] = found
    return net if found is True else found


def _normal(net: Net) -> Net:
    known: dict[int, int] = {}  # a net made by hand may list a label twice
    kind = np.array([known.setdefault(id(x), k) for k, x in enumerate(net.labels)], np.int64)[net.edges]
    start = _ends(0, [len(x.dom) for x in net.labels], kind)
    first = _ends(len(net.dom), [len(x.cod) for x in net.labels], kind)
    wire = _share(net, kind.tolist(), start.tolist(), first.tolist())
    reads, outputs = wire[net.sources], wire[net.outputs]
    producer = np.repeat(np.arange(-1, len(net)), np.diff(first, prepend=0))
    order = _order(producer[reads].tolist(), start.tolist(), producer[outputs].tolist())
    return _renumbered(net, kind, start, first, reads, outputs, order)


def _ends(begin: int, lengths: list[int], kind: Ints) -> Ints:
    """Where the entries of each edge begin, and at last where they end."""
    ends = np.empty(kind.size + 1, np.int64)
    ends[0] = begin
    np.cumsum(np.array(lengths, np.int64)[kind], out=ends[1:])
    ends[1:] += begin
    return ends


def _share(net: Net, kind: list[int], start: list[int], first: list[int]) -> Ints:
    """Per wire the first one that is made of the same, label by label and wire by wire."""
    sources, wire = net.sources.tolist(), list(range(net.wires))
    table: dict[tuple[int, ...], int] = {}
    for e, k in enumerate(kind):
        made = first[e]
        same = table.setdefault((k, *[wire[s] for s in sources[start[e] : start[e + 1]]]), made)
        if same != made:
            n = first[e + 1] - made
            wire[made : made + n] = range(same, same + n)
    return np.array(wire, np.int64)


def _order(needs: list[int], start: list[int], outputs: list[int]) -> list[int]:
    """The edges that the outputs need, depth first, each after those it needs, ports in order. −1 stands for inputs."""
    order: list[int] = []
    state = bytearray(len(start))
    state[-1] = 2  # inputs are there
    pending = outputs[::-1]
    while pending:
        e = pending[-1]
        if not state[e]:
            state[e] = 1
            pending += needs[start[e] : start[e + 1]][::-1]
        else:
            pending.pop()
            if state[e] == 1:
                state[e] = 2
                order.append(e)
    return order


def _renumbered(net: Net, kind: Ints, start: Ints, first: Ints, reads: Ints, outputs: Ints, order: list[int]) -> Net:
    """These edges in this order; labels as they are first met."""
    labels: dict[int, int] = {}
    edges = [labels.setdefault(k, len(labels)) for k in kind[order].tolist()]
    number = np.arange(net.wires)
    made = _rows(first, order)
    number[made] = np.arange(len(net.dom), len(net.dom) + made.size)
    sources, leave = number[reads[_rows(start, order)]], number[outputs]
    same = len(labels) == len(net.labels) and all(
        np.array_equal(a, b) for a, b in ((edges, net.edges), (sources, net.sources), (leave, net.outputs))
    )
    if same:
        return net  # in normal form already, as most interiors are
    return Net(net.dom, [net.labels[k] for k in labels], edges, sources, leave)


def _rows(ends: Ints, rows: list[int]) -> Ints:
    """Positions of the entries of the chosen rows, concatenated."""
    begin = ends[rows]
    lengths = ends[1:][rows] - begin
    stop = np.cumsum(lengths)
    return np.arange(stop[-1] if stop.size else 0) + np.repeat(begin - stop + lengths, lengths)


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


def digest(f: Morphism) -> bytes:
    """The digest of a morphism: equal for equal morphisms, in any process."""
    return run(net_digest(f.net))


@verb("equals")
def equals(f: Morphism, g: Morphism) -> bool:
    """Whether f and g are equal in the free cartesian category on the table of generators."""
    if f is g:
        return True
    return isinstance(g, Morphism) and f.dom == g.dom and f.cod == g.cod and digest(f) == digest(g)


@verb("hash")
def hash_of(f: Morphism) -> int:
    """Python's hash of a morphism: the head of its digest."""
    return int.from_bytes(digest(f)[:8], "little", signed=True)
