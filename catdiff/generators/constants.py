"""Constants and zeros: generators `1 → A`.

A constant is opaque to terms: they know its type and its digest, and carry it. Values embed exactly: a Python number
takes the dtype it meets and may round in f32, an array may not.

>>> import catdiff as cd
>>> cd.const([1.0, 2.5])
cd.const([1.0, 2.5], cd.f64(2))
>>> cd.const([1.0, 2.5])() + 1
array([2. , 3.5])
>>> cd.const(0.5, "z2")
Traceback (most recent call last):
    ...
catdiff.errors.ObjectError: 0.5 is not in z2 ...
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from hashlib import blake2b
from typing import Any

import numpy as np

from ..category.label import Opaque, Row, label, register
from ..category.morphism import Atom, Morphism, verb
from ..category.objects import DTYPES, UNIT, Dtype, Object, Sort
from ..errors import ObjectError, SignatureError, with_line


@dataclass(frozen=True, eq=False)
class Constant:
    """A read-only array and the sort it has."""

    array: np.ndarray
    sort: Sort


@verb("opaque")
def opaque(array: np.ndarray, sort: Sort) -> Opaque:
    """The opaque value of an array that already has the carrier dtype and the shape of `sort`."""
    array = np.array(array, dtype=sort.dtype.carrier).reshape(sort.shape)
    array.flags.writeable = False
    h = blake2b(str(sort).encode(), digest_size=16)
    h.update(repr(array.tolist()).encode() if array.dtype == object else array.tobytes())
    return Opaque(Constant(array, sort), h.hexdigest(), _text(array, sort))


def _text(array: np.ndarray, sort: Sort) -> str:
    if array.size > 64:
        return f"<{sort} array>"
    if sort.dtype.name == "rational":
        array = np.vectorize(lambda v: int(v) if v.denominator == 1 else str(v), otypes=[object])(array)
    numbers = str(array.tolist()) if array.shape else repr(array.item())
    for word in ("nan", "inf"):
        numbers = numbers.replace(f"-{word}", f"float('-{word}')").replace(f" {word}", f" float('{word}')")
        numbers = numbers.replace(f"[{word}", f"[float('{word}')")
        numbers = f"float('{word}')" if numbers == word else numbers
    return f"{numbers}, {Object((sort,))!r}"


def carrier(name: str) -> np.dtype:
    """The NumPy dtype that values of this dtype run in."""
    return np.dtype(DTYPES[name].carrier)


def dtype_of(array: np.ndarray) -> str:
    """The dtype an array has when nobody says otherwise."""
    kind = array.dtype.kind
    if kind == "f":
        return "f32" if array.dtype.itemsize <= 4 else "f64"
    names = {"b": "bool", "i": "integer", "u": "integer", "c": "c128"}
    if kind == "O" and all(isinstance(v, (int, Fraction)) for v in array.flat):
        return "rational"
    if kind not in names:
        raise ObjectError(with_line(f"an array of {array.dtype} is no constant of any dtype ({', '.join(DTYPES)})"))
    return names[kind]


def embed(value: Any, dtype: str) -> np.ndarray:
    """`value` as an array in the carrier of `dtype`; raises `ObjectError` unless it is there exactly.

    A Python number is weak: in f32 and f64 it is rounded, as a literal would be.
    """
    weak = isinstance(value, (bool, int, float, complex)) and not isinstance(value, np.generic)
    given = np.asarray(value)
    if dtype == "rational":
        try:
            exact = [v if isinstance(v, Fraction) else Fraction(v) for v in given.ravel().tolist()]
        except (TypeError, ValueError, OverflowError):
            raise ObjectError(with_line(f"{value!r} is not in rational exactly")) from None
        result = np.empty(given.shape, object)
        result[...] = np.array([*exact, None], object)[:-1].reshape(given.shape)
        return result
    with np.errstate(all="ignore"):
        known = given.dtype.kind in "biuf" or (given.dtype.kind, dtype) == ("c", "c128")
        result = given.astype(carrier(dtype)) if known else None
    rounds = weak and DTYPES[dtype].kind in ("real", "complex") and given.dtype.kind in "bif"
    fits = result is not None and (rounds or bool(np.all((result == given) | (given != given))))
    if fits and dtype == "z2" and result is not None:
        fits = bool(np.all(result <= 1))
    if not fits or result is None:
        shown = repr(value) if given.size <= 8 else f"this array of {given.dtype}"
        raise ObjectError(
            with_line(
                f"{shown} is not in {dtype} exactly",
                f"cd.const(value, dtype) with one of {', '.join(DTYPES)}",
            )
        )
    return result


def _const_type(dom: Object, value: Opaque) -> Object:
    if len(dom):
        raise SignatureError(with_line("a constant has no inputs"))
    return Object((value.payload.sort,))


CONST = register(
    Row(
        name="const",
        type_rule=_const_type,
        kernel=lambda label: lambda: label.attrs["value"].payload.array,
        locally_constant=True,
        batch=None,
        flops=lambda label: 0,
        title=lambda label: _title(label.attrs["value"].payload.array),
        about="a constant array",
    )
)


def _title(array: np.ndarray) -> str:
    return f"{array.item():.4g}" if array.size == 1 and array.dtype.kind in "fiub" else "const"


@verb("const")
def const(value: Any, dtype: str | Dtype | Object | None = None) -> Morphism:
    """`const(c) : 1 → A`. `dtype` is a name, or the one-wire object the constant lives on."""
    if isinstance(value, Opaque):
        return Atom(label(CONST, UNIT, {"value": value}))
    shape = None
    if isinstance(dtype, Object):
        shape, dtype = dtype.shape, dtype.dtype
    name = dtype.name if isinstance(dtype, Dtype) else dtype
    if name is None:
        name = dtype_of(np.asarray(value))
    elif name not in DTYPES:
        raise ObjectError(with_line(f"unknown dtype {name!r}; there are {', '.join(DTYPES)}"))
    array = embed(value, name)
    array = array if shape is None else array.reshape(shape)
    return Atom(label(CONST, UNIT, {"value": opaque(array, Sort(name, array.shape))}))


@verb("object of")
def object_of(values: Any) -> list[Object]:
    """The object each array or number lies on; a Python number takes the dtype of the first array."""
    arrays = [np.asarray(v) for v in values]
    weak = [isinstance(v, (bool, int, float)) and not isinstance(v, np.generic) for v in values]
    lead = next((dtype_of(a) for a, w in zip(arrays, weak, strict=True) if not w), "f64")
    return [Object((Sort(lead if w else dtype_of(a), a.shape),)) for a, w in zip(arrays, weak, strict=True)]


def _zero_type(dom: Object, dtype: str, shape: tuple[int, ...]) -> Object:
    return Object((Sort(dtype, shape),))


ZERO = register(
    Row(
        name="zero",
        type_rule=_zero_type,
        kernel=lambda label: partial(np.zeros, label.cod.shape, carrier(label.cod.dtype.name)),
        locally_constant=True,
        batch=None,
        flops=lambda label: 0,
        title=lambda label: "0",
        about="zeros",
    )
)


def zero(A: Object) -> Morphism:
    """`0 : 1 → A`, one zero per wire."""
    f: Morphism | None = None
    for s in A.wires:
        atom = Atom(label(ZERO, UNIT, {"dtype": s.dtype.name, "shape": s.shape}))
        f = atom if f is None else f @ atom
    if f is None:
        from ..category.morphism import id as identity

        return identity(UNIT)
    return f
