"""Laws of what only moves entries: reshape, concat and split, cast.

>>> import catdiff as cd
>>> A = cd.f64(2, 3)
>>> cd.simplify(cd.reshape(A, (6,)) >> cd.reshape(shape=(2, 3))) == cd.id(A)
True
>>> cd.simplify(cd.split(A, [1, 2], axis=1) >> cd.concat(axis=1)) == cd.id(A)
True
"""

from __future__ import annotations

from typing import Any

from ..category.label import label
from ..generators.casts import CAST
from ..generators.shapes import RESHAPE
from .rule import Rules, Site, rule

LOSSLESS = {("f32", "f64"), ("bool", "f32"), ("bool", "f64"), ("bool", "integer"), ("bool", "rational")}
"""Casts that keep every value, so that what follows may as well start from before them."""


@rule("reshape(x, shape of x) = x", on="reshape", where=lambda label: label.dom.shape == label.cod.shape)
def same_shape(site: Site) -> Any:
    """Nothing to do."""
    return site.sources[0]


@rule("reshape(reshape(x)) = reshape(x)", on="reshape", sees=["reshape"])
def reshape_twice(site: Site) -> Any:
    """Only the last shape matters."""
    made = site.maker(0, "reshape")
    if made is None:
        return None
    return site.make(label(RESHAPE, made[0].dom, {"shape": site.label.cod.shape}), made[1][0])


@rule("cast(x, dtype of x) = x", on="cast", where=lambda label: label.dom.dtype is label.cod.dtype)
def same_dtype(site: Site) -> Any:
    """Nothing to do."""
    return site.sources[0]


@rule("cast(cast(x)) = cast(x)", on="cast", sees=["cast"])
def cast_twice(site: Site) -> Any:
    """Where the first cast keeps every value: f32 → f64 → f32 is nothing at all."""
    made = site.maker(0, "cast")
    if made is None or (made[0].dom.dtype.name, made[0].cod.dtype.name) not in LOSSLESS:
        return None
    first, last = made[0].dom, site.label.cod.dtype
    if first.dtype is last:
        return made[1][0]
    if last.kind != "real":
        return None
    return site.make(label(CAST, first, {"dtype": last.name}), made[1][0])


@rule("concat(x) = x", on="concat", where=lambda label: len(label.dom) == 1)
def concat_one(site: Site) -> Any:
    """One piece."""
    return site.sources[0]


@rule("split(x) = x", on="split", where=lambda label: len(label.cod) == 1)
def split_one(site: Site) -> Any:
    """One piece."""
    return site.sources[0]


@rule("split(concat(x, y, …)) = x, y, …", on="split", sees=["concat"])
def split_of_concat(site: Site) -> Any:
    """Cut where it was joined."""
    made = site.maker(0, "concat")
    if made is None or made[0].attrs["axis"] != site.label.attrs["axis"] or made[0].dom != site.label.cod:
        return None
    return made[1]


@rule("concat(split(x)) = x", on="concat", sees=["split"])
def concat_of_split(site: Site) -> Any:
    """Joined where it was cut, every piece in its place."""
    first = site.maker(0, "split")
    if first is None or first[0].attrs["axis"] != site.label.attrs["axis"] or first[0].cod != site.label.dom:
        return None
    pieces = [site.maker(port, "split") for port in range(len(site.sources))]
    same = all(p is not None and p[0] is first[0] and p[1] == first[1] and p[2] == i for i, p in enumerate(pieces))
    return first[1][0] if same else None


RULES = Rules(
    [same_shape, reshape_twice, same_dtype, cast_twice, concat_one, split_one, split_of_concat, concat_of_split]
)
