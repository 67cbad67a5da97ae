"""Maps between dtypes: casts, and the real and imaginary parts of complex arrays.

Over the complex numbers the pairing is `⟨u, v⟩ = Re Σ conj(u) v`; these maps are linear over the reals, and each is
the transpose of another: `real† = cast`, `(complex)† = ⟨real, imag⟩`, `conj† = conj`.

>>> import catdiff as cd
>>> f = cd.real(cd.c128(2))
>>> f.cod, cd.dagger(f) == cd.cast(cd.f64(2), "c128")
(cd.f64(2), True)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..category.families import family, of_row
from ..category.label import Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import DTYPES, Object, Sort
from ..category.structure import id, pair
from ..errors import SignatureError, with_line
from . import crossing, rounding
from .constants import dtype_name


def _cast_type(dom: Object, dtype: str) -> Object:
    kinds = (dom.dtype.kind, DTYPES[dtype].kind if dtype in DTYPES else "?")
    wide = dom.dtype.name == "f64" and dtype == "c128"
    if not wide and kinds not in (
        ("real", "real"),
        ("discrete", "real"),
        ("discrete", "exact"),
        ("discrete", "discrete"),
    ):
        hint = "cd.real(x)" if kinds == ("complex", "real") else None
        raise SignatureError(with_line(f"there is no cast from {dom.dtype.name} to {dtype}", hint))
    return Object((Sort(dtype, dom.shape),))


def _cast_back(v: Any, name: str) -> Any:
    """The transpose: the cast back, which of a complex array takes the real part."""
    return real(v) if v.dtype.kind == "complex" else cast(v, dtype=name)


CAST = register(
    Row(
        name="cast",
        type_rule=_cast_type,
        over=lambda k, _: k.embed,
        R=lambda x, ȳ, dtype: _cast_back(ȳ, x.dtype.name),
        D=lambda x, ẋ, dtype: cast(ẋ, dtype=dtype),
        error=crossing.cast,
        flops=lambda label: 0,
        zeros="all",
        title=lambda label: label.cod.dtype.name,
        about="the entries in another dtype",
    )
)


@family("cast")
def cast(A: Object, dtype: Any) -> Morphism:
    """The entries in another dtype, ours or what NumPy calls it: f32 ↔ f64, f64 to c128, and bool or index to any
    arithmetic dtype.
    """
    name = dtype_name(dtype)
    return id(A) if A.dtype.name == name else Atom(label(CAST, A, {"dtype": name}))


def _one(name: str, kind: str, result: str | None = None) -> Any:
    """Type rule: one wire of this kind of dtype, to one of dtype `result`."""

    def rule(dom: Object) -> Object:
        if len(dom) != 1 or dom.dtype.kind != kind:
            raise SignatureError(with_line(f"{name} takes one {kind} wire, not {dom}"))
        return Object((Sort(result or dom.dtype, dom.shape),))

    return rule


def _pair_type(dom: Object) -> Object:
    if len(dom) != 2 or dom.wires[0] is not dom.wires[1] or dom.wires[0].dtype.name != "f64":
        raise SignatureError(with_line(f"complex takes the real and the imaginary part, equal f64 wires, not {dom}"))
    return Object((Sort("c128", dom.wires[0].shape),))


CONJ = register(
    Row(
        name="conj",
        type_rule=_one("conj", "complex"),
        forward=np.conjugate,
        dagger=lambda old: Atom(old),
        error=rounding.kept,
        zeros="all",
        about="complex conjugate",
    )
)
REAL = register(
    Row(
        name="real",
        type_rule=_one("real", "complex", "f64"),
        forward=np.real,
        dagger=lambda old: cast(old.cod, dtype="c128"),
        error=rounding.part,
        flops=lambda label: 0,
        zeros="all",
        about="real part",
    )
)
IMAG = register(
    Row(
        name="imag",
        type_rule=_one("imag", "complex", "f64"),
        forward=np.imag,
        dagger=lambda old: 1j * cast(old.cod, dtype="c128"),
        error=rounding.part,
        flops=lambda label: 0,
        zeros="all",
        about="imaginary part",
    )
)
COMPLEX = register(
    Row(
        name="complex",
        type_rule=_pair_type,
        forward=lambda x, y: x + 1j * y,
        dagger=lambda old: pair(real(old.cod), imag(old.cod)),
        error=rounding.part,
        flops=lambda label: 0,
        zeros="all",
        about="x + iy of real x and y",
    )
)
real, imag, complex = of_row(REAL), of_row(IMAG), of_row(COMPLEX, 2)


@family("conj", from_cod=lambda cod: cod)
def conj(A: Object) -> Morphism:
    """`conj : A → A`, the complex conjugate; the identity where A is not complex."""
    return Atom(label(CONJ, A)) if A.dtype.kind == "complex" else id(A)
