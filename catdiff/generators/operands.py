"""What stands for an array among wires or beside arrays: the dtype that numbers and lists take, and constants.

A Python number is weak: it takes the dtype of the operands it meets, which is how `x / 2` stays in f32. An array has a
dtype of its own; among wires it is embedded exactly or refused, beside arrays its integers count as floats if need be.

>>> import catdiff as cd, numpy as np
>>> cd.mul(np.ones(2, "f4"), 0.1).dtype, cd.add(np.ones(2), np.arange(2))
(dtype('float32'), array([1., 2.]))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..category.label import Opaque, label
from ..category.morphism import Atom, Morphism, verb
from ..category.objects import DTYPES, UNIT, Object, Sort
from ..category.wire import Wire
from ..errors import ObjectError, with_line
from .constants import CONST, as_array, const, dtype_of, embed, is_weak, opaque


@verb("implied constant")
def implied(value: Any, dtype: str | None = None) -> Morphism:
    """The constant that an array or a number among wires is, where they have this dtype: arrays do not round."""
    if dtype is None:
        return const(value)
    if isinstance(value, Opaque):
        return const(value)
    array = embed(as_index(value) if dtype == "index" else value, dtype)
    return Atom(label(CONST, UNIT, {"value": opaque(array, Sort(dtype, array.shape))}))


def as_index(value: Any) -> Any:
    """`value`, unless it is a mask: that is no array of indices."""
    if as_array(value).dtype.kind == "b":
        raise ObjectError(with_line("a bool array says which entries, not where they are", "np.flatnonzero(mask)"))
    return value


@verb("common dtype")
def common_dtype(values: Sequence[Any]) -> str:
    """The dtype that Python numbers among these operands take.

    That of the first wire with arithmetic, else of the first wire, else of the first array that has floats, else of
    the first array; f64 where there are only numbers, c128 or bool if such are among them, or all.
    """
    sorts = [v.sort if isinstance(v, Wire) else v.cod.sort for v in values if isinstance(v, (Wire, Morphism))]
    strong = [dtype_of(as_array(v)) for v in values if not isinstance(v, (Wire, Morphism)) and not is_weak(v)]
    names = [s.dtype.name for s in sorts if s.dtype.kind != "discrete"] or [s.dtype.name for s in sorts]
    names = names or [d for d in strong if DTYPES[d].kind in ("real", "complex")] or strong
    if names:
        return names[0]
    kinds = {as_array(v).dtype.kind for v in values}
    return "c128" if "c" in kinds else "bool" if kinds == {"b"} else "f64"


@verb("readings")
def readings(values: Sequence[Any], reads: Mapping[int, str]) -> Iterator[tuple[Object, list[Any]]]:
    """What operands may mean: the arrays as they are, then their integers and truth values among floats.

    Each time an object, and what to run on it; `reads` names the dtype of the operands that always have one.
    """
    lead = common_dtype([v for i, v in enumerate(values) if i not in reads])
    floats = lead if DTYPES[lead].kind in ("real", "complex") else "f64"
    own: list[str] = []
    for i, v in enumerate(values):
        weak, array = is_weak(v), as_array(v)
        name = reads.get(i) or (lead if weak else dtype_of(array))
        fits = i in reads or array.dtype.kind != "f" or DTYPES[name].kind in ("real", "complex")
        own.append(name if fits or not weak else "f64")
    among = [floats if d in ("integer", "bool") and i not in reads else d for i, d in enumerate(own)]
    for names in [own] if among == own else [own, among]:
        arrays = [_given(v, d, i in reads) for i, (v, d) in enumerate(zip(values, names, strict=True))]
        yield Object(Sort(d, np.shape(a)) for d, a in zip(names, arrays, strict=True)), arrays


def _given(value: Any, dtype: str, fixed: bool) -> Any:
    """An operand as what it runs as."""
    if fixed and dtype == "index":
        value = as_index(value)
    return embed(value, dtype) if fixed or is_weak(value) else as_array(value)
