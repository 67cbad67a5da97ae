"""Files: `load(save(f)) == f`, bit for bit.

A stored hypernet is one JSON document, readable by people and described by `hypernet.schema.json`. Arrays of
up to 64 KiB are inside it, larger ones in the `.npz` beside it, whose name follows from the document's. Equal
morphisms give equal files, loading runs no code of the file's, and whatever is wrong with a file is a
`StoreError` that says where.

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> f = cd.sin(A).box("wave") >> cd.exp
>>> cd.from_json(cd.to_json(f)) == f
True

Pickle takes the same road, so a morphism can be sent to another process.

>>> import pickle
>>> pickle.loads(pickle.dumps(f)) == f
True
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ..category.label import TABLE
from ..category.morphism import Morphism, verb
from ..errors import StoreError, with_line
from .arrays import archive, beside, nothing_beside, replaceable
from .build import of_net
from .checked import fail, parse, path_of, reason
from .decode import decode
from .encode import encode
from .net import Net

LIMIT = 1 << 30


def to_json(f: Morphism, normal: bool = True) -> str:
    """f as the text of a JSON document, all arrays inside. `normal=False`: nets as built, not in normal form.

    Raises `StoreError` where f holds what a file cannot.
    """
    return encode(_net(f), normal)[0]


def from_json(text: str | bytes, generators: Any = (), limit: int = LIMIT) -> Morphism:
    """The morphism that the text of a document stores: `from_json(to_json(f)) == f`. See `load`."""
    if not isinstance(text, (str, bytes, bytearray)):
        raise fail("", f"a document is text or bytes, not {type(text).__name__}")
    if len(text) > limit:
        raise fail("", f"{len(text)} bytes are more than the limit of {limit}", "pass a larger limit=")
    return of_net(decode(parse(text), len(text), limit, _names(generators), nothing_beside))


def dumps(f: Morphism, normal: bool = True) -> bytes:
    """`to_json(f)` in UTF-8."""
    return to_json(f, normal).encode()


def loads(data: bytes, generators: Any = (), limit: int = LIMIT) -> Morphism:
    """`from_json` of UTF-8."""
    return from_json(data, generators, limit)


def save(f: Morphism, path: str | os.PathLike[str], normal: bool = True) -> None:
    """Write f to `path`, and its large arrays to the `.npz` beside it: both whole, or neither.

    Raises `StoreError` where the files cannot be written, or f holds what a file cannot.

    >>> import catdiff as cd, tempfile
    >>> f = cd.sin(cd.f64(3)) >> cd.exp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cd.save(f, f"{folder}/wave.json")
    ...     cd.load(f"{folder}/wave.json") == f
    True
    """
    path = path_of(path)
    text, arrays = encode(_net(f), normal, inline=False)
    parts: list[tuple[Path, Callable[[Any], Any]]] = [(path, lambda file: file.write(text.encode()))]
    try:
        if arrays:
            if not replaceable(beside(path)):
                raise StoreError(with_line(f"cannot write {beside(path)}: it is not a file of catdiff's"))
            parts.insert(0, (beside(path), lambda file: np.savez(file, **arrays)))  # type: ignore[arg-type]
        write_whole(parts)
    except (OSError, ValueError) as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(with_line(f"cannot write {path}: {reason(error)}")) from None


def load(path: str | os.PathLike[str], generators: Any = (), limit: int = LIMIT) -> Morphism:
    """The morphism stored at `path`.

    `generators` names the generators (or gives their rows or families) that are not catdiff's own and that
    the file may use; they have to be registered. `limit` is the size of file, in bytes, that is still read.

    Raises `StoreError` for anything but a well-formed file of this version.
    """
    path, trusted = path_of(path), _names(generators)
    try:
        if path.is_dir():
            raise StoreError(with_line(f"{path} is a folder, not a file"))
        if not path.is_file():
            raise StoreError(with_line(f"{path}: there is no such file"))
        with path.open("rb") as file:
            data = file.read(min(limit, path.stat().st_size) + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(with_line(f"cannot read {path}: {reason(error)}")) from None
    try:
        if len(data) > limit:
            raise fail("", f"more than the limit of {limit} bytes", "pass a larger limit=")
        with archive(beside(path), limit - len(data)) as fetch:
            return of_net(decode(parse(data), len(data), limit, trusted, fetch))
    except StoreError as error:
        raise StoreError(f"{path}: {error}") from None


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the documents that `save` and `to_json` write, as a dict.

    >>> schema()["title"]
    'A stored hypernet, format version 1'
    """
    return json.loads(Path(__file__).with_name("hypernet.schema.json").read_text(encoding="utf-8"))


@verb("reduce")
def _reduce(f: Morphism) -> tuple[Any, ...]:
    return unpickle, (dumps(f, normal=False),)


def unpickle(data: bytes) -> Morphism:
    """What a pickle calls. Whoever unpickles trusts the sender, so any registered generator will do."""
    return of_net(decode(parse(data), len(data), 1 << 62, None, nothing_beside))


def _net(f: Any) -> Net:
    if not isinstance(f, Morphism):
        hint = "model.body is one" if isinstance(getattr(f, "body", None), Morphism) else "give a family its object"
        raise StoreError(with_line(f"only a morphism can be stored, not {f!r}; {hint}"))
    return f.net


def _names(generators: Any) -> frozenset[str]:
    """The names of the generators vouched for: given as names, rows or families, several or one."""
    several = isinstance(generators, Iterable) and not isinstance(generators, str)
    names: list[Any] = [getattr(g, "name", g) for g in (generators if several else (generators,))]
    for name in names:
        if not isinstance(name, str) or name not in TABLE:
            raise StoreError(with_line(f"generators= has {name!r}, and there is no generator of that name"))
    return frozenset(names)


# -- files ---------------------------------------------------------------------------------------------------


def write_whole(parts: list[tuple[Path, Callable[[Any], Any]]]) -> None:
    """Write every file under a name of its own in the same folder, then give all of them their names.

    A link stays one, and what it leads to is written. Raises `OSError` where there is something that is no file.
    """
    written: list[tuple[Path, Path]] = []
    try:
        for name, write in parts:
            path = Path(os.path.realpath(name))
            if path.exists() and not path.is_file():  # a device would be replaced as well
                raise OSError(f"it is a {'folder' if path.is_dir() else 'device'} and no file")
            made = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
            with made.open("xb") as file:
                written.append((made, path))
                write(file)
                file.flush()
                os.fsync(file.fileno())
        for made, path in written:
            os.replace(made, path)
    finally:
        for made, _ in written:
            made.unlink(missing_ok=True)
