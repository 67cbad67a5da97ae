"""Circuits as files, by suffix: `.v` Verilog, `.blif` BLIF, `.aag` and `.aig` AIGER as text and as bytes.

>>> import catdiff as cd, os, tempfile
>>> path = os.path.join(tempfile.mkdtemp(), "adder.aig")
>>> cd.circuits.export(cd.circuits.adder(4), path)
>>> print(cd.circuits.read(path))
z2[4] @ z2[4] @ z2 → z2[4] @ z2
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...category.morphism import Morphism
from ...errors import StoreError, with_line
from .aiger import aiger, read_aiger
from .blif import blif
from .reading_blif import read_blif
from .verilog import verilog

WRITERS: dict[str, Callable[..., Any]] = {
    ".v": verilog,
    ".blif": blif,
    ".aag": aiger,
    ".aig": lambda f, **names: aiger(f, binary=True, **names),
}
READERS: dict[str, Callable[[bytes], Morphism]] = {
    ".blif": lambda data: read_blif(data.decode("utf-8", "replace")),
    ".aag": read_aiger,
    ".aig": read_aiger,
}


def _of(path: str | os.PathLike[str], formats: dict[str, Any], what: str) -> Any:
    """What the table says of the suffix of a path."""
    suffix = Path(path).suffix
    if suffix not in formats:
        raise StoreError(
            with_line(f"circuits are {what} files that end in {', '.join(formats)}, not {os.fspath(path)!r}")
        )
    return formats[suffix]


def export(f: Any, path: str | os.PathLike[str], **options: Any) -> None:
    """Write a circuit to a file, in the format its suffix says; options are those of `verilog`, `blif`, `aiger`.

    Raises `StoreError` for another suffix, or where the file cannot be written.
    """
    made = _of(path, WRITERS, "written to")(f, **options)
    try:
        Path(path).write_bytes(made if isinstance(made, bytes) else made.encode())
    except OSError as error:
        raise StoreError(with_line(f"{os.fspath(path)} cannot be written: {error.strerror}")) from None


def read(path: str | os.PathLike[str]) -> Morphism:
    """The circuit in a file. Raises `StoreError` where there is none, in BLIF or AIGER."""
    reader = _of(path, READERS, "read from")
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise StoreError(with_line(f"{os.fspath(path)} cannot be read: {error.strerror}")) from None
    return reader(data)
