"""A hypernet: one level of boxes and wires as flat integer arrays, with hypernets inside its boxes.

Wires are numbered by their producer. Wires `0 … n-1` are the inputs; the outputs of edge 0 come next, then those of
edge 1, and so on. Three facts about hypernets are thereby true of any arrays at all and need no field:

- *left-monogamous*: every wire has exactly one producer. It may have any number of consumers, so copying and
  discarding are not boxes but how often a number occurs;
- *local*: a wire and the boxes it touches are on one level, since an interior is a net of its own;
- *well-founded*: an interior is an immutable value that existed before the box around it.

What is left to check, in one vectorised pass, is that wire numbers exist, that types fit, and that no edge reads a
wire made at or after its own (so the edges of a level stand in topological order and there is no cycle).

Source: hypernets are from Alvarez-Picallo, Ghica, Sprunger and Zanasi, arXiv:2107.13433; left-monogamous hypergraphs
present the cartesian case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.objects import Object, Sort
from ..errors import NetError

Ints = np.ndarray[Any, np.dtype[np.int32]]


class Net:
    """One level of a hypernet, immutable.

    - `dom`: the sorts of the inputs;
    - `labels`: the distinct labels that occur, `edges[e]` the index of edge e's label;
    - `sources`: the wires the edges read, edge after edge, port after port;
    - `outputs`: the wires that leave.

    Raises `NetError` where the arrays are not a hypernet.
    """

    __slots__ = ("__weakref__", "cod", "dom", "edges", "labels", "memo", "outputs", "sorts", "sources")
    dom: Object
    cod: Object
    labels: tuple[Label, ...]
    edges: Ints
    sources: Ints
    outputs: Ints
    sorts: tuple[Sort, ...]
    memo: dict[Any, Any]

    def __init__(self, dom: Object, labels: Sequence[Label], edges: Any, sources: Any, outputs: Any) -> None:
        if not isinstance(dom, Object) or not {*map(type, labels)} <= {Label}:
            raise NetError("a net has an object as its domain, and labels")
        self.dom, self.labels = dom, tuple(labels)
        self.edges, self.sources, self.outputs = _ints(edges), _ints(sources), _ints(outputs)
        self.sorts = (self._glance() if self.edges.size <= 32 else None) or self._check()
        self.cod = Object([self.sorts[w] for w in self.outputs.tolist()])
        self.memo = {}

    def _glance(self) -> tuple[Sort, ...] | None:
        """What `_check` says of a small net that is in order; None where it is not, for `_check` to say why.

        For a few boxes NumPy costs ten times what this loop does, and a tower has 10⁵ such nets.
        """
        sorts, sources, at = list(self.dom.wires), self.sources.tolist(), 0
        for e in self.edges.tolist():
            if e >= len(self.labels):
                return None
            takes = self.labels[e].dom.wires
            reads = sources[at : at + len(takes)]
            if len(reads) < len(takes) or any(s >= len(sorts) for s in reads):
                return None
            if any(sorts[s] is not sort for s, sort in zip(reads, takes, strict=True)):
                return None
            at += len(takes)
            sorts += self.labels[e].cod.wires
        if at < len(sources) or any(w >= len(sorts) for w in self.outputs.tolist()):
            return None
        return tuple(sorts)

    def _check(self) -> tuple[Sort, ...]:
        """The sort of every wire; raises `NetError` if an invariant does not hold."""
        n_in, edges = len(self.dom), self.edges
        if edges.size and not (edges.min() >= 0 and edges.max() < len(self.labels)):
            raise NetError(f"an edge's label is not one of the {len(self.labels)} labels")
        ids: dict[Sort, int] = {}
        dom_ptr, dom_ids = _csr([label.dom for label in self.labels], ids)
        cod_ptr, cod_ids = _csr([label.cod for label in self.labels], ids)
        input_ids = [ids.setdefault(s, len(ids)) for s in self.dom.wires]
        arity, coarity = np.diff(dom_ptr)[edges], np.diff(cod_ptr)[edges]
        first = n_in + np.cumsum(coarity) - coarity
        n_wires = n_in + int(coarity.sum())
        if self.sources.size != arity.sum():
            raise NetError(f"the edges read {int(arity.sum())} wires but {self.sources.size} sources are given")
        for name, wires in (("source", self.sources), ("output", self.outputs)):
            if wires.size and not (wires.min() >= 0 and wires.max() < n_wires):
                raise NetError(f"a {name} is not one of the {n_wires} wires")
        late = np.flatnonzero(self.sources >= np.repeat(first, arity))
        if late.size:
            edge = int(np.repeat(np.arange(edges.size), arity)[late[0]])
            raise NetError(
                f"edge {edge} ({self.labels[edges[edge]].title}) reads a wire made by itself or a later edge: a cycle"
            )
        kind = np.concatenate((np.asarray(input_ids, np.int64), cod_ids[_rows(cod_ptr, edges, coarity)]))
        wrong = np.flatnonzero(kind[self.sources] != dom_ids[_rows(dom_ptr, edges, arity)])
        if wrong.size:
            edge = int(np.repeat(np.arange(edges.size), arity)[wrong[0]])
            label = self.labels[edges[edge]]
            raise NetError(f"edge {edge} ({label.title} : {label.dom} → {label.cod}) reads a wire of another type")
        by_id = tuple(ids)
        return tuple([by_id[k] for k in kind.tolist()])

    def steps(self) -> Iterator[tuple[Label, list[int], int]]:
        """The edges in order: label, wires read, first wire written."""
        sources, at, wire = self.sources.tolist(), 0, len(self.dom)
        shapes = [(label, len(label.dom), len(label.cod)) for label in self.labels]
        for e in self.edges.tolist():
            label, arity, coarity = shapes[e]
            yield label, sources[at : at + arity], wire
            at += arity
            wire += coarity

    def __len__(self) -> int:
        """Number of boxes on this level."""
        return len(self.edges)

    @property
    def wires(self) -> int:
        """Number of wires on this level."""
        return len(self.sorts)

    def __repr__(self) -> str:
        return f"<hypernet {self.dom} → {self.cod}: {len(self)} boxes, {self.wires} wires>"


def _ints(values: Any) -> Ints:
    try:
        array = np.asarray(values)
    except ValueError as error:  # lists of different lengths
        raise NetError(f"wires and edges are flat arrays of integers: {error}") from None
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise NetError(f"wires and edges are flat arrays of integers, not {array.dtype}{list(array.shape)}")
    if array.size and (array.min() < 0 or array.max() > 2**31 - 1):
        raise NetError("wires and edges are numbered by non-negative 32-bit integers")
    array = array.astype(np.int32)
    array.flags.writeable = False
    return array


def _csr(objects: Sequence[Object], ids: dict[Sort, int]) -> tuple[np.ndarray, np.ndarray]:
    """Row pointers and sort numbers of a list of objects, numbering new sorts in `ids`."""
    ptr = np.zeros(len(objects) + 1, np.int64)
    flat: list[int] = []
    for i, A in enumerate(objects):
        flat += [ids.setdefault(s, len(ids)) for s in A.wires]
        ptr[i + 1] = len(flat)
    return ptr, np.asarray(flat, np.int64)


def _rows(ptr: np.ndarray, rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Positions of the entries of the chosen rows, concatenated."""
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]) if ends.size else 0) + np.repeat(ptr[rows] - ends + lengths, lengths)
