"""The stored document to nets, for files that nobody vouches for.

Every number is checked before it is used as one, every count against the size of the file before anything of
that count is made, and every fault is a `StoreError` that says where, as a path into the document, and what
is wrong there. The only code that runs on what a file says is the type rules of generators registered here.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

from ..category.label import DEEPEST, TABLE, Label, Row, label
from ..category.morphism import VERBS, Morphism
from ..category.objects import DTYPES, Object, Sort
from ..errors import NetError
from .arrays import Fetch, read
from .build import intern, of_net
from .canonical import net_digest
from .checked import (
    AXES,
    EXTENT,
    FORMAT,
    VERSION,
    fail,
    fields,
    integer,
    integers,
    items,
    reason,
    show,
    string,
)
from .encode import digest_text
from .net import Net
from .recursion import run

_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_TABLES = ("sorts", "constants", "labels", "definitions")


class _Reader:
    """The tables of a document as they are read: definitions in order, a label when one needs it."""

    def __init__(
        self,
        tables: dict[str, list[Any]],
        size: int,
        limit: int,
        trusted: Collection[str] | None,
        fetch: Fetch,
    ) -> None:
        self.tables, self.trusted, self.fetch = tables, trusted, fetch
        self.allowance = limit // 1024 + 16 * size
        self.sorts = [self.sort(s, f"/sorts/{i}") for i, s in enumerate(tables["sorts"])]
        self.constants = [self.constant(c, f"/constants/{i}") for i, c in enumerate(tables["constants"])]
        self.labels: dict[int, Label] = {}
        self.definitions: list[Morphism] = []
        for d, entry in enumerate(tables["definitions"]):
            self.definitions.append(of_net(self.definition(entry, f"/definitions/{d}")))
        for k in range(len(tables["labels"])):
            self.label(k)

    def sort(self, value: Any, where: str) -> Sort:
        pair = items(value, where)
        if len(pair) != 2:
            raise fail(where, "a sort is a dtype and a shape")
        name = string(pair[0], f"{where}/0")
        if name not in DTYPES:
            raise fail(f"{where}/0", f"unknown dtype {name!r}; there are {', '.join(DTYPES)}")
        shape = integers(pair[1], f"{where}/1", None, "extents")
        if len(shape) > AXES or max(shape, default=0) > EXTENT:
            raise fail(f"{where}/1", f"a shape has at most {AXES} axes, and extents of at most {EXTENT}")
        return Sort(name, shape)

    def spend(self, units: int, where: str) -> None:
        """Refuse to make what is out of proportion to the size of the file; a wire costs a unit or more."""
        self.allowance -= units
        if self.allowance < 0:
            raise fail(where, "more wires than the size of the file justifies", "pass a larger limit=")

    def word(self, value: Any, where: str) -> Object:
        wires = [self.sorts[i] for i in integers(value, where, len(self.sorts), "sorts")]
        self.spend(sum(1 + len(str(s)) // 16 for s in wires), where)
        return Object(wires)

    def constant(self, value: Any, where: str) -> Any:
        """The opaque value of an array, as the floor of generators makes it."""
        entry = fields(value, where, ("sort",), ("data", "values", "npz", "digest"))
        sort = self.sorts[integer(entry["sort"], f"{where}/sort", len(self.sorts), "sorts")]
        array = read(entry, sort, where, self.fetch)
        try:
            return VERBS["opaque"](array, sort)
        except Exception as error:  # whatever a hostile value sets off
            raise fail(where, f"not a constant of {sort}: {reason(error)}") from None

    def row(self, value: Any, where: str) -> Row:
        name = string(value, where)
        row, ask = TABLE.get(name), f"generators=[{name!r}]"
        if row is None:
            raise fail(where, f"there is no generator {name!r}", f"import what registers it, pass {ask}")
        if self.trusted is not None and row.foreign and name not in self.trusted:
            raise fail(where, f"{name!r} is not a generator of catdiff's own", f"to vouch for it, pass {ask}")
        return row

    def attribute(self, value: Any, where: str, depth: int = 0) -> Any:
        if value is None or type(value) in (bool, int, float):
            return value
        if type(value) is str:
            return string(value, where)
        if type(value) is list:
            if depth == DEEPEST:
                raise fail(where, f"nested deeper than {DEEPEST} arrays")
            return tuple([self.attribute(v, f"{where}/{i}", depth + 1) for i, v in enumerate(value)])
        key = next(iter(fields(value, where, (), ("constant", "float"))), "") if len(value) == 1 else ""
        if key == "constant":
            return self.constants[integer(value[key], f"{where}/constant", len(self.constants), "constants")]
        if key != "float" or value[key] not in tuple(_FLOATS):
            raise fail(where, 'an object stands for a constant or for the float "nan", "inf" or "-inf"')
        return _FLOATS[value[key]]

    def label(self, k: int) -> Label:
        """Label k, whose interiors are definitions read already."""
        found = self.labels.get(k)
        if found is None:
            found = self.labels[k] = self.fresh_label(self.tables["labels"][k], f"/labels/{k}")
        return found

    def fresh_label(self, value: Any, where: str) -> Label:
        entry = fields(value, where, ("row", "attrs", "dom", "cod", "bodies"))
        row = self.row(entry["row"], f"{where}/row")
        dom, cod = self.word(entry["dom"], f"{where}/dom"), self.word(entry["cod"], f"{where}/cod")
        ready = len(self.definitions)
        bodies = tuple(
            self.definitions[d]
            for d in integers(entry["bodies"], f"{where}/bodies", ready, "definitions before this box")
        )
        attrs = entry["attrs"]
        if type(attrs) is not dict or not all(k.isidentifier() for k in attrs):
            raise fail(f"{where}/attrs", "an object whose keys are names is expected")
        attrs = {k: self.attribute(v, f"{where}/attrs/{k}") for k, v in attrs.items()}
        try:
            made = label(row, dom, attrs, bodies)
        except Exception as error:  # a type rule may fail in any way on what a file says
            raise fail(where, f"{row.name} has no such instance: {reason(error)}") from None
        if made.cod != cod:
            raise fail(f"{where}/cod", f"{row.name} gives {made.cod} here, not {cod}")
        return run(intern(made))

    def definition(self, value: Any, where: str) -> Net:
        entry = fields(value, where, ("dom", "labels", "edges", "sources", "outputs"))
        dom, known = self.word(entry["dom"], f"{where}/dom"), len(self.tables["labels"])
        labels = [self.label(k) for k in integers(entry["labels"], f"{where}/labels", known, "labels")]
        edges = integers(entry["edges"], f"{where}/edges", len(labels), "labels of this definition")
        coarity = [len(x.cod) for x in labels]
        wires = len(dom) + sum(map(coarity.__getitem__, edges))
        self.spend(wires + sum(coarity) + sum(len(x.dom) for x in labels), where)
        reads = [integers(entry[k], f"{where}/{k}", wires, "wires") for k in ("sources", "outputs")]
        try:
            return Net(dom, labels, edges, *reads)
        except NetError as error:
            raise fail(where, str(error)) from None


def decode(document: Any, size: int, limit: int, trusted: Collection[str] | None, fetch: Fetch) -> Net:
    """The net of a document that took `size` bytes; its digest is checked if it has one.

    `trusted` are the names of foreign generators it may use (`None`: any that is registered), `fetch` gives
    the bytes of an array that is kept outside the document.
    """
    if type(document) is not dict or document.get("format") != FORMAT:
        raise fail("/format", f"not a stored hypernet: the format is not {FORMAT!r}")
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise fail("/version", f"format version {show(version)}; this catdiff reads version {VERSION}")
    fields(document, "", ("format", "version", *_TABLES, "root", "meta"))
    meta = fields(document["meta"], "/meta", (), ("digest",))
    reader = _Reader({k: items(document[k], f"/{k}") for k in _TABLES}, size, limit, trusted, fetch)
    root = reader.definitions[integer(document["root"], "/root", len(reader.definitions), "definitions")].net
    if "digest" in meta and string(meta["digest"], "/meta/digest") != digest_text(run(net_digest(root))):
        raise fail(
            "/meta/digest",
            "the file does not hold the program it was saved with; was it edited by hand?",
            "to keep the edit, delete the digest from meta, load the file and save it again",
        )
    return root
