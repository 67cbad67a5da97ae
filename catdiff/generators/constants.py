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

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

import numpy as np

from ..category.label import Label, Opaque, Row, label, register
from ..category.morphism import Atom, Morphism, verb
from ..category.objects import DTYPES, UNIT, Dtype, Object, Sort, checked
from ..category.structure import id as identity
from ..errors import CatdiffError, ObjectError, SignatureError, with_line
from . import rounding
from .rig import Rig


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


def dtype_name(dtype: Any) -> str:
    """The name of a dtype that is given as one of ours, by name, or as NumPy's. Raises `ObjectError`."""
    name = dtype.name if isinstance(dtype, Dtype) else dtype
    if isinstance(name, str) and name in DTYPES:
        return name
    try:
        given = None if name is None else np.dtype(name)
    except (TypeError, ValueError):
        given = None
    exact = [d.name for d in DTYPES.values() if given == np.dtype(d.carrier) and d.name not in ("z2", "rational")]
    if given is None or not exact:
        raise ObjectError(with_line(f"unknown dtype {dtype!r}; there are {', '.join(DTYPES)}"))
    return exact[0]


def as_array(value: Any, dtype: Any = None) -> np.ndarray:
    """`value` as an array; raises `ObjectError` where it is ragged or no array at all."""
    try:
        return np.asarray(value, dtype)
    except CatdiffError:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        raise ObjectError(with_line(f"{value!r} is no array: {error}")) from None


def exactly(given: np.ndarray, dtype: np.dtype) -> np.ndarray | None:
    """`given` in another dtype, None where that would change an entry; NaN stays NaN among floats."""
    kinds = given.dtype.kind, dtype.kind
    if not given.size or given.dtype == dtype or kinds[0] == "b":
        return given.astype(dtype)
    if kinds[0] not in "iufc" or (kinds[0] == "c" and kinds[1] != "c"):
        return None
    if kinds[1] in "iub":
        low, high = (0, 1) if kinds[1] == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        whole = kinds[0] in "iu" or bool(np.all(np.isfinite(given) & (given == np.floor(given))))
        return given.astype(dtype) if whole and low <= int(given.min()) and int(given.max()) <= high else None
    with np.errstate(all="ignore"):
        cast = given.astype(dtype)
    if kinds[0] in "iu":  # compared as Python integers: NumPy would compare as floats
        same = all(int(c.real) == g for c, g in zip(cast.flat, given.ravel().tolist(), strict=True))
    else:
        same = bool(np.all((cast == given) | (given != given)))
    return cast if same else None


def is_weak(value: Any) -> bool:
    """Whether `value` is made of Python's numbers, which take the dtype they meet; `np.float64` is one of those."""
    todo = [value]
    while todo:
        v = todo.pop()
        if isinstance(v, (list, tuple)):
            todo += v
        elif not isinstance(v, (bool, int, float, complex)):
            return False
    return True


def embed(value: Any, dtype: str, rounds: bool | None = None) -> np.ndarray:
    """`value` as an array in the carrier of `dtype`; raises `ObjectError` unless it is there exactly.

    What `rounds` may be rounded to f32; by default that is what is made of Python numbers, as literals would be.
    """
    real = DTYPES[dtype].kind in ("real", "complex") if dtype in DTYPES else False
    huge = type(value) is int and real and -(2**1000) < value < 2**1000  # NumPy would make an object of 2**64
    given = as_array(float(value) if huge else value)
    rounds = is_weak(value) if rounds is None else rounds
    if dtype == "rational":
        result = fractions(given, spelt=True)
    elif rounds and real and given.dtype.kind in ("f" if given.shape else "bif"):
        with np.errstate(over="ignore"):
            result = given.astype(carrier(dtype))
    else:
        result = exactly(given, carrier(dtype))
        if result is not None and dtype == "z2" and not np.all(result <= 1):
            result = None
    if result is None:
        shown = repr(value) if given.size <= 8 else f"this array of {given.dtype}"
        hint = f"cd.const(value, dtype) with one of {', '.join(DTYPES)}"
        if given.dtype.kind == "f" and DTYPES[dtype].kind == "real":
            hint = f"round it: array.astype({carrier(dtype).name!r})"
        raise ObjectError(with_line(f"{shown} is not in {dtype} exactly", hint))
    return result


def fractions(given: np.ndarray, spelt: bool = False) -> np.ndarray | None:
    """The entries as exact fractions, or None where one is no rational number; `spelt`: text such as "1/2" is one."""
    try:
        values = given.ravel().tolist()
        if not spelt and any(isinstance(v, str) for v in values):
            return None
        exact = [v if isinstance(v, Fraction) else Fraction(v) for v in values]
    except (TypeError, ValueError, OverflowError):
        return None
    result = np.empty(given.shape, object)
    result[...] = np.array([*exact, None], object)[:-1].reshape(given.shape)
    return result


def _const_type(dom: Object, value: Opaque) -> Object:
    if len(dom):
        raise SignatureError(with_line("a constant has no inputs"))
    return Object((value.payload.sort,))


def _constant_over(k: Rig, label: Label) -> Callable[..., Any]:
    array = k.embed(label.attrs["value"].payload.array)
    array.flags.writeable = False  # every run gives this array
    return lambda: array


CONST = register(
    Row(
        name="const",
        type_rule=_const_type,
        over=_constant_over,
        locally_constant=True,
        batch=None,
        error=rounding.nothing,
        flops=lambda label: 0,
        title=lambda label: _title(label.attrs["value"].payload.array),
        about="a constant array",
    )
)


def _title(array: np.ndarray) -> str:
    """The number that every entry is, if one is."""
    plain = array.dtype.kind in "fiub" and array.size and (array == array.flat[0]).all()
    return f"{array.flat[0]:.4g}" if plain else "const"


@verb("const")
def const(value: Any, dtype: str | Dtype | Object | None = None) -> Morphism:
    """`const(c) : 1 → A`. `dtype` is a name, or the one-wire object the constant lives on, which a number fills."""
    if isinstance(value, Opaque):
        return Atom(label(CONST, UNIT, {"value": value}))
    shape = None
    if isinstance(dtype, Object):
        shape, dtype = dtype.shape, dtype.dtype
    name = dtype_of(as_array(value)) if dtype is None else dtype_name(dtype)
    array = embed(value, name, rounds=True)
    if shape is not None and array.shape != shape:
        if array.shape:
            raise ObjectError(with_line(f"a constant of shape {array.shape} does not lie on {Sort(name, shape)}"))
        array = np.full(shape, array)
    return Atom(label(CONST, UNIT, {"value": opaque(array, Sort(name, array.shape))}))


def _zero_type(dom: Object, dtype: str, shape: tuple[int, ...]) -> Object:
    return Object((Sort(dtype, shape),))


ZERO = register(
    Row(
        name="zero",
        type_rule=_zero_type,
        extents=("shape",),
        over=lambda k, label: partial(k.zeros, label.cod.shape),
        locally_constant=True,
        batch=None,
        error=rounding.nothing,
        flops=lambda label: 0,
        title=lambda label: "0",
        about="zeros",
    )
)


@lru_cache(maxsize=4096)
def zero_label(sort: Sort) -> Label:
    """The symbolic zero of a sort."""
    return label(ZERO, UNIT, {"dtype": sort.dtype.name, "shape": sort.shape})


def zero(A: Object) -> Morphism:
    """`0 : 1 → A`, one zero per wire."""
    f = identity(UNIT)
    for s in checked(A, "zero").wires:
        f = f @ Atom(zero_label(s))
    return f
