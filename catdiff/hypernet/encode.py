"""Nets to the stored document, format version 1.

A document is four tables (sorts, constants, labels, definitions) in which entries refer to one another by
number, and the number of the root. A definition is one net; it names only definitions before it, so a
document cannot be cyclic, and equal interiors, recognised by their digests, are one definition however often
they occur.

What is written is the *normal form* of each net, so that equal morphisms give equal bytes:

>>> import catdiff as cd
>>> A = cd.f64(2)
>>> cd.to_json(cd.sin(A) >> cd.copy(A)) == cd.to_json(cd.copy(A) >> (cd.sin(A) @ cd.sin(A)))
True
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..category.label import Label, Opaque
from ..category.objects import Object, Sort
from ..errors import StoreError, with_line
from .arrays import little, written
from .canonical import canonical, label_digest, net_digest
from .checked import AXES, DIGITS, EXTENT, FORMAT, VERSION
from .net import Net
from .recursion import Task, run


def digest_text(data: bytes) -> str:
    """How a digest of 16 bytes is written."""
    return f"blake2b:{data.hex()}"


def structure(net: Net) -> tuple[Any, ...]:
    """Equal for nets that are the same arrays, where a digest is equal for the same normal form."""
    arrays = (net.edges.tobytes(), net.sources.tobytes(), net.outputs.tobytes())
    return net.dom, net.labels, arrays


class _Writer:
    """The tables of a document under construction; the dictionaries know what has a number already."""

    def __init__(self, normal: bool, inline: bool) -> None:
        self.normal, self.inline = normal, inline
        self.sort_ids: dict[Sort, int] = {}
        self.constant_ids: dict[str, int] = {}
        self.label_ids: dict[bytes, int] = {}
        self.definition_ids: dict[Any, int] = {}
        self.constants: list[dict[str, Any]] = []
        self.labels: list[dict[str, Any]] = []
        self.definitions: list[dict[str, Any]] = []
        self.arrays: dict[str, np.ndarray] = {}

    def sort(self, sort: Sort) -> int:
        if len(sort.shape) > AXES or max(sort.shape, default=0) > EXTENT:
            raise _refuse(f"a wire has more than {AXES} axes, or an extent of more than {EXTENT}")
        return self.sort_ids.setdefault(sort, len(self.sort_ids))

    def word(self, A: Object) -> list[int]:
        return [self.sort(s) for s in A.wires]

    def definition(self, net: Net) -> Task[int]:
        """The number of the definition that is `net`, after those of its interiors."""
        key = (yield net_digest(net)) if self.normal else structure(net)
        if key not in self.definition_ids:
            net = canonical(net) if self.normal else net
            dom, labels = self.word(net.dom), []
            for label in net.labels:
                labels.append((yield self.label(label)))  # noqa: PERF401
            arrays = {name: getattr(net, name).tolist() for name in ("edges", "sources", "outputs")}
            self.definition_ids[key] = len(self.definitions)
            self.definitions.append({"dom": dom, "labels": labels, **arrays})
        return self.definition_ids[key]

    def label(self, label: Label) -> Task[int]:
        digest = yield label_digest(label)
        if digest not in self.label_ids:
            bodies = []
            for body in label.bodies:
                bodies.append((yield self.definition(body.net)))  # noqa: PERF401
            name = label.row.name
            attrs = {k: self.attribute(v, f"{k} of {name}") for k, v in label.attrs.items()}
            entry = {"row": name, "attrs": attrs, "dom": self.word(label.dom), "cod": self.word(label.cod)}
            self.label_ids[digest] = len(self.labels)
            self.labels.append({**entry, "bodies": bodies})
        return self.label_ids[digest]

    def attribute(self, value: Any, where: str) -> Any:
        """An attribute as JSON; what JSON cannot say is an object with one key."""
        kind = type(value)
        if kind is Opaque:
            return {"constant": self.constant(value, where)}
        if kind is tuple:
            return [self.attribute(v, where) for v in value]
        if kind is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if kind is int:
            _check_digits(value, where)
        elif kind is str:
            _check_text(value, where)
        elif value is not None and kind is not bool:
            raise _refuse(f"{where} is a {kind.__module__}.{kind.__qualname__}, which no file can hold")
        return value

    def constant(self, value: Opaque, where: str) -> int:
        found = self.constant_ids.get(value.digest)
        if found is None:
            found = self.constant_ids[value.digest] = len(self.constants)
            self.constants.append(self.array(value, where, f"c{found}"))
        return found

    def array(self, value: Opaque, where: str, name: str) -> dict[str, Any]:
        """The entry of an array: its little-endian bytes, or its fractions, or where it is kept."""
        array, sort = getattr(value.payload, "array", None), getattr(value.payload, "sort", None)
        if not (isinstance(array, np.ndarray) and isinstance(sort, Sort)):
            raise _refuse(f"{where} is an opaque value but not an array, which no file can hold")
        if array.shape != sort.shape or array.dtype != np.dtype(sort.dtype.carrier):
            raise _refuse(f"{where} is an array of {array.dtype}{list(array.shape)}, said to be {sort}")
        for x in array.ravel().tolist() if array.dtype == object else ():
            _check_digits(x.numerator, where)
            _check_digits(x.denominator, where)
        entry = {"sort": self.sort(sort), **written(array, sort, name, self.inline)}
        if "npz" in entry:
            self.arrays[name] = little(array, sort)
        return entry


def _refuse(why: str) -> StoreError:
    return StoreError(with_line(f"cannot store this morphism: {why}"))


def _check_digits(n: int, where: str) -> None:
    if n.bit_length() > 3.32 * DIGITS:
        raise _refuse(f"{where} is an integer of more than {DIGITS} digits")


def _check_text(text: str, where: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _refuse(f"{where} is {text!r}, which is not Unicode text") from None


def _lines(name: str, entries: Sequence[str]) -> str:
    return f'"{name}": [' + ",".join(f"\n  {entry}" for entry in entries) + ("\n]" if entries else "]")


def _definition_text(entry: dict[str, Any]) -> str:
    return "{" + ",\n   ".join(f'"{key}": {json.dumps(array)}' for key, array in entry.items()) + "}"


def encode(net: Net, normal: bool = True, inline: bool = True) -> tuple[str, dict[str, np.ndarray]]:
    """The document of a net as text, and the arrays that are to be kept beside it (none if `inline`).

    `normal=False` writes every net as it was built, shared or not; the digest is the same.
    """
    writer = _Writer(normal, inline)
    root = run(writer.definition(net))
    dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    meta = {"digest": digest_text(run(net_digest(net)))}
    parts = (
        f'"format": "{FORMAT}"',
        f'"version": {VERSION}',
        _lines("sorts", [dump([s.dtype.name, s.shape]) for s in writer.sort_ids]),
        _lines("constants", [dump(c) for c in writer.constants]),
        _lines("labels", [dump(entry) for entry in writer.labels]),
        _lines("definitions", [_definition_text(d) for d in writer.definitions]),
        f'"root": {root}',
        f'"meta": {dump(meta)}',
    )
    return "{\n" + ",\n".join(parts) + "\n}\n", writer.arrays
