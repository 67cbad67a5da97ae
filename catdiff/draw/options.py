"""Which options a picture takes, and what is said of others.

>>> def picture(net, depth=None, limit=400): ...
>>> options_of(picture)
['depth', 'limit']
>>> only("a picture", options_of(picture), {"depth": 1, "size": 3})
Traceback (most recent call last):
    ...
catdiff.errors.DrawError: a picture takes depth=, limit=, not size= ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import signature
from typing import Any

from ..errors import DrawError, with_line


def options_of(picture: Callable[..., Any], *hidden: str) -> list[str]:
    """The options of a function that makes pictures: its named arguments after the first, less those that are not
    the caller's.
    """
    names = list(signature(picture).parameters.values())[1:]
    return [p.name for p in names if p.kind is p.POSITIONAL_OR_KEYWORD and p.name not in hidden]


def only(what: str, known: Iterable[str], given: Iterable[str], instead: str = "") -> None:
    """Raise `DrawError` where an option that is given is not known; `instead` says where it may be."""
    known = list(known)
    other = [name for name in given if name not in known]
    if other:
        raise DrawError(with_line(f"{what} takes {_listed(known)}, not {_listed(other)}{instead}"))


def _listed(names: Iterable[str]) -> str:
    return ", ".join([f"{name}=" for name in names])
