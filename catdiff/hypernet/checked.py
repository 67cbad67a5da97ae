"""JSON from strangers: the values, without what makes them dangerous, and the shapes they have to have.

Every fault is a `StoreError` whose message begins with where it is, as a path into the document if it is in a part.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from ..errors import CatdiffError, StoreError, with_line

FORMAT, VERSION = "catdiff.hypernet", 1
DIGITS = 4300  # of an integer, Python's own default; reading more takes quadratic time
AXES, EXTENT = 64, 2**63 - 1  # what NumPy could ever have, so that a type is never long to write


def fail(where: str, why: str, hint: str | None = None) -> StoreError:
    """The error for a fault at `where` in the document."""
    return StoreError(with_line(f"{where}: {why}" if where else why, hint))


def path_of(path: Any, error: type[CatdiffError] = StoreError) -> Path:
    """The path that somebody gave, or the error of whoever asked for it."""
    try:
        return Path(path)
    except TypeError:
        raise error(with_line(f"a path is text or a pathlib.Path, not {path!r}")) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))
        raise fail("", f"the key {twice!r} stands twice in one object")
    return made


def _int(text: str) -> int:
    try:
        return int(text) if len(text) <= DIGITS else int("too long")
    except ValueError:  # Python may have been told to read fewer digits than we do
        raise fail("", f"an integer of {len(text)} digits is more than is read") from None


def _float(text: str) -> float:
    value = float(text) if len(text) <= DIGITS else math.inf
    if not math.isfinite(value):
        raise fail("", f"the number {text[:40]} does not fit a 64-bit float")
    return value


def _constant(text: str) -> float:
    raise fail("", f"{text} is not JSON")


def parse(data: bytes | str) -> Any:
    """The JSON value: keys unique, numbers finite and of bearable length, nesting within Python's stack."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        return json.loads(text, object_pairs_hook=_object, parse_int=_int, parse_float=_float, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise fail("", f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise fail("", f"not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise fail("", "nested too deeply") from None


def fields(value: Any, where: str, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Any]:
    """An object with all of these keys and none but these."""
    if type(value) is not dict:
        raise fail(where, f"an object is expected, not {show(value)}")
    for key in required:
        if key not in value:
            raise fail(where, f"{key!r} is missing")
    for key in value:
        if key not in required and key not in optional:
            raise fail(where, f"{key!r} is not a key of format version {VERSION}")
    return value


def items(value: Any, where: str) -> list[Any]:
    """An array, as a list."""
    if type(value) is not list:
        raise fail(where, f"an array is expected, not {show(value)}")
    return value


def string(value: Any, where: str) -> str:
    """A string that is Unicode text: no lone surrogates."""
    if type(value) is not str:
        raise fail(where, f"a string is expected, not {show(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise fail(where, f"{value!r} is not Unicode text") from None
    return value


def integer(value: Any, where: str, bound: int, what: str) -> int:
    """An integer from 0 to below `bound`."""
    return integers([value], "", bound, what, lambda _: where)[0]


def integers(
    value: Any, where: str, bound: int | None, what: str, place: Callable[[int], str] | None = None
) -> list[int]:
    """A list of integers from 0 to below `bound`, which is how many `what` there are."""
    values = items(value, where)
    top = math.inf if bound is None else bound
    if not values or (set(map(type, values)) == {int} and min(values) >= 0 and max(values) < top):
        return values
    i = next(i for i, n in enumerate(values) if type(n) is not int or not 0 <= n < top)
    at = place(i) if place else f"{where}/{i}"
    if type(values[i]) is not int or bound is None:
        raise fail(at, f"a non-negative integer is expected, not {show(values[i])}")
    raise fail(at, f"{show(values[i])} does not number one of the {bound} {what}")


def show(value: Any) -> str:
    """A value as a message shows it."""
    kinds = {dict: "an object", list: "an array"}
    return kinds.get(type(value)) or json.dumps(value)[:40]


def reason(error: Exception) -> str:
    """The first line of a message, without the line of the user's file."""
    text = getattr(error, "strerror", None) or f"{error}".split("\n")[0].split(" " * 8)[0]
    return text or type(error).__name__
