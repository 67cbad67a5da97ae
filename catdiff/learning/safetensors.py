"""Named arrays and words about them in one file, in the format safetensors.

The length of a header in eight bytes, the header in JSON, and the arrays' bytes one after another. Other programs read
it; nothing in such a file is ever run, and what is read here is checked before memory is taken.

>>> import numpy as np
>>> data = dumps({"weight": np.arange(3.0)}, {"epoch": "7"})
>>> arrays, words = loads(data)
>>> arrays["weight"], words
(array([0., 1., 2.]), {'epoch': '7'})

Source: the format's description, github.com/huggingface/safetensors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from ..errors import StoreError, with_line

DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "|u1",
    "BOOL": "|b1",
    "C64": "<c8",
    "C128": "<c16",
}
NAMES = {np.dtype(code): name for name, code in DTYPES.items()}
LIMIT = 100_000_000  # bytes of header, as everywhere


def dumps(arrays: Mapping[str, np.ndarray], words: Mapping[str, str]) -> bytes:
    """The bytes of a file. Raises `StoreError` for an array that the format has no place for."""
    header: dict[str, Any] = {"__metadata__": dict(words)}
    parts, at = [], 0
    for name, array in arrays.items():
        if array.dtype not in NAMES:
            raise StoreError(with_line(f"{name} cannot be stored: safetensors has no {array.dtype}"))
        part = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        offsets = [at, at + len(part)]
        header[name] = {"dtype": NAMES[array.dtype], "shape": list(array.shape), "data_offsets": offsets}
        parts.append(part)
        at += len(part)
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])


def loads(data: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Arrays by name, and the words. Raises `StoreError` for anything but a well-formed file."""
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(LIMIT, len(data) - 8):
        raise StoreError(with_line("this is no safetensors file, or only the beginning of one"))
    try:
        header = json.loads(data[8 : 8 + size])
        words = header.pop("__metadata__", {})
        arrays = {name: _array(entry, memoryview(data)[8 + size :]) for name, entry in header.items()}
        whole = sum(a.nbytes for a in arrays.values()) == len(data) - 8 - size
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(with_line(f"the header of this safetensors file is damaged: {error}")) from None
    if not whole or not all(isinstance(w, str) for pair in words.items() for w in pair):
        raise StoreError(with_line("this safetensors file is damaged: its header does not account for its bytes"))
    return arrays, words


def _array(entry: Any, data: memoryview) -> np.ndarray:
    dtype, shape, (begin, end) = np.dtype(DTYPES[entry["dtype"]]), entry["shape"], entry["data_offsets"]
    extents = [*shape, begin, end]
    if not all(type(n) is int and n >= 0 for n in extents) or end > len(data):
        raise ValueError(f"extents {extents}")
    if prod(shape) * dtype.itemsize != end - begin:
        raise ValueError(f"{shape} of {dtype} in {end - begin} bytes")
    return np.frombuffer(data[begin:end], dtype).reshape(shape).astype(dtype.newbyteorder("="))
