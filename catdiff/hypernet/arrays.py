"""The arrays of a document: as bytes in base64, as fractions, or in the `.npz` beside it.

Bytes are little-endian and in C order, so that a NaN keeps its payload, −0.0 its sign, and every machine
reads the same. Nothing is ever unpickled, and no array is made before as many bytes are there as its shape
asks for.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from ..category.objects import DTYPES, Sort
from ..errors import StoreError
from .checked import DIGITS, fail, items, reason, show, string

INLINE = 1 << 16  # bytes of an array beyond which it is kept in the .npz
LITTLE = {name: np.dtype(d.carrier).newbyteorder("<") for name, d in DTYPES.items()}
_RATIONAL = re.compile(rf"-?[0-9]{{1,{DIGITS}}}(/[0-9]{{1,{DIGITS}}})?", re.ASCII)
_OURS = re.compile(r"c[0-9]+\.npy")

Fetch = Callable[[str, str, Sort, str], bytes]


def bytes_digest(data: Any) -> str:
    """What identifies the array that is kept in the `.npz`: BLAKE2b-128 of its bytes."""
    return f"blake2b:{blake2b(data, digest_size=16).hexdigest()}"


# -- to the document -----------------------------------------------------------------------------------------


def little(array: np.ndarray, sort: Sort) -> np.ndarray:
    """The same entries, little-endian and in C order."""
    return array.astype(LITTLE[sort.dtype.name], order="C", copy=False)


def written(array: np.ndarray, sort: Sort, name: str, inline: bool) -> dict[str, Any]:
    """What the document says of an array: all of it, or that it is kept as `name`, with its digest."""
    if array.dtype == object:
        return {"values": [str(x) for x in array.ravel().tolist()]}
    array = little(array, sort)
    if inline or array.nbytes <= INLINE:
        return {"data": base64.b64encode(array.tobytes()).decode("ascii")}
    return {"npz": name, "digest": bytes_digest(array.reshape(-1).view(np.uint8))}


# -- from the document ---------------------------------------------------------------------------------------


def read(entry: dict[str, Any], sort: Sort, where: str, fetch: Fetch) -> np.ndarray:
    """The array that a constant of the document is; not writeable."""
    form = entry.keys() - {"sort"}
    if form == {"npz", "digest"}:
        name, digest = string(entry["npz"], f"{where}/npz"), string(entry["digest"], f"{where}/digest")
        array = _array(fetch(name, digest, sort, where), sort, f"{where}/npz")
    elif form == {"data"}:
        array = _inline(entry, sort, where)
    elif form == {"values"}:
        array = _rational(entry, sort, where)
    else:
        raise fail(where, "a constant has 'data', or 'values', or 'npz' and 'digest'")
    array.flags.writeable = False
    return array


def _rational(entry: dict[str, Any], sort: Sort, where: str) -> np.ndarray:
    values = items(entry["values"], f"{where}/values")
    if sort.dtype.carrier != "object" or _size(sort, len(values)) != len(values):
        raise fail(f"{where}/values", f"{len(values)} fractions are not the entries of {sort}")
    array = np.empty(len(values), object)
    for i, text in enumerate(values):
        try:
            array[i] = Fraction(_RATIONAL.fullmatch(text)[0])  # type: ignore[index]
        except (TypeError, ValueError, ZeroDivisionError):
            at = f"{where}/values/{i}"
            raise fail(at, f'a fraction such as "1/2" is expected, not {show(text)}') from None
    return _shaped(lambda: array.reshape(sort.shape), where)


def _inline(entry: dict[str, Any], sort: Sort, where: str) -> np.ndarray:
    text = string(entry["data"], f"{where}/data")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise fail(f"{where}/data", f"not base64: {error}") from None
    return _array(data, sort, f"{where}/data")


def _array(data: bytes, sort: Sort, where: str) -> np.ndarray:
    dtype = LITTLE[sort.dtype.name]
    if dtype.hasobject or _size(sort, len(data)) * dtype.itemsize != len(data):
        raise fail(where, f"{len(data)} bytes are not the entries of {sort}")
    if sort.dtype.name in ("bool", "z2") and data.translate(None, b"\0\1"):
        raise fail(where, f"entries of {sort.dtype.name} are the bytes 0 and 1")
    native = dtype.newbyteorder("=")
    return _shaped(lambda: np.ndarray(sort.shape, dtype, data).astype(native, copy=False), where)


def _size(sort: Sort, most: int) -> int:
    """The number of entries, or some number above `most`."""
    size = 0 if 0 in sort.shape else 1
    for extent in sort.shape if size else ():
        size *= extent
        if size > most:
            break
    return size


def _shaped(make: Callable[[], np.ndarray], where: str) -> np.ndarray:
    try:
        return make()
    except (ValueError, OverflowError) as error:  # more axes, or longer ones, than NumPy has
        raise fail(where, str(error)) from None


# -- the .npz ------------------------------------------------------------------------------------------------


def beside(path: Path) -> Path:
    """Where the large arrays of the document at `path` are: `a.json` has `a.npz`."""
    return path.with_name((path.name[:-5] if path.name.lower().endswith(".json") else path.name) + ".npz")


def replaceable(path: Path) -> bool:
    """Whether nothing is at `path`, or an archive such as we write."""
    if not path.exists():
        return True
    try:
        with zipfile.ZipFile(path) as old:
            return all(map(_OURS.fullmatch, old.namelist()))
    except (OSError, zipfile.BadZipFile):
        return False


def nothing_beside(name: str, digest: str, sort: Sort, where: str) -> bytes:
    """Fetches no array: the document came without its folder."""
    raise fail(f"{where}/npz", "the array is in a file beside the document; load() reads both")


@contextlib.contextmanager
def archive(path: Path, limit: int) -> Iterator[Fetch]:
    """A function that fetches arrays from the `.npz` at `path`, which is opened when the first is asked for.

    Only uncompressed members are read, and in all not more bytes than the file has.
    """
    with contextlib.ExitStack() as stack:
        opened: list[zipfile.ZipFile] = []
        left = 0

        def fetch(name: str, digest: str, sort: Sort, where: str) -> bytes:
            nonlocal left
            try:
                if not opened:
                    left = path.stat().st_size
                    if left > limit:
                        raise fail(where, f"{path.name} has {left} bytes", "pass a larger limit=")
                    opened.append(stack.enter_context(zipfile.ZipFile(path)))
                left -= _size(sort, left) * LITTLE[sort.dtype.name].itemsize
                if left < 0:
                    raise fail(where, f"{path.name} is smaller than the arrays said to be in it")
                data = _member(opened[0], name, sort)
            except StoreError:
                raise
            except FileNotFoundError:
                raise fail(f"{where}/npz", f"the array is in {path.name}, and there is no such file") from None
            except Exception as error:  # a damaged archive makes zipfile raise nearly anything
                raise fail(f"{where}/npz", f"no {name!r} in {path.name}: {reason(error)}") from None
            if bytes_digest(data) != digest:
                raise fail(f"{where}/digest", f"{name!r} in {path.name} is not the array that was saved")
            return data

        yield fetch


def _member(opened: zipfile.ZipFile, name: str, sort: Sort) -> bytes:
    """The bytes of one array, after its header has been compared with what the document says."""
    dtype = LITTLE[sort.dtype.name]
    info = opened.getinfo(f"{name}.npy")
    if info.compress_type != zipfile.ZIP_STORED or dtype.hasobject:
        raise ValueError("it is compressed, or not an array of numbers")
    with opened.open(info) as file:
        start = file.read(10)
        if np.lib.format.read_magic(BytesIO(start)) != (1, 0):
            raise ValueError("its header is not of version 1.0")
        header = file.read(int.from_bytes(start[8:], "little"))
        shape, fortran, found = np.lib.format.read_array_header_1_0(BytesIO(start[8:] + header))
        if (shape, fortran, found) != (sort.shape, False, dtype):
            raise ValueError(f"it is an array of {found}{list(shape)}")
        return file.read(sort.size * dtype.itemsize + 1)
