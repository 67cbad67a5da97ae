"""Programs run in extended precision: what stands in for the reals where error bounds are tried.

Where NumPy's long double has more digits than a double it is good for f64 and c128; for f32 double precision is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from catdiff.category.label import Label
from catdiff.category.morphism import Morphism
from catdiff.category.objects import Sort
from catdiff.generators.contraction import prepare
from catdiff.generators.linear import read
from catdiff.generators.rig import FLOATS
from catdiff.interpret.functor import Functor, run
from catdiff.interpret.numpy import NUMPY

EXTENDED = np.finfo(np.longdouble).eps < 2.0**-60  # 64 bits of mantissa or more
CARRIERS = {"f32": np.longdouble, "f64": np.longdouble, "c128": np.clongdouble}


def lifted(x: Any, sort: Sort) -> Any:
    """x in extended precision, if it is made of floats."""
    return np.asarray(x, CARRIERS.get(sort.dtype.name, sort.dtype.carrier))


def _kernel(label: Label) -> Callable[..., Any]:
    name, sort = label.row.name, label.cod.wires[0]
    if name == "contract" and sort.dtype.name in CARRIERS:
        span = read(label.attrs["span"])
        n = len(span.inputs)
        wide = np.clongdouble if span.tables else CARRIERS[sort.dtype.name]  # bincount takes doubles only
        compute = prepare(span, [w.shape for w in label.dom.wires[:n]], replace(FLOATS, carrier=wide))
        return lambda *xs: _as(compute([np.asarray(x, wide) for x in xs[:n]], xs[n:]), sort)
    if name == "cast":
        return lambda x: lifted(x, sort)
    kernel = NUMPY.kernel(label)
    exact = name in ("const", "zero", "uniform")  # floats by themselves
    return (lambda *xs: lifted(kernel(*xs), sort)) if exact else kernel


def _as(y: Any, sort: Sort) -> Any:
    return y.real if sort.dtype.kind == "real" and np.iscomplexobj(y) else y


def _checked(y: Any, sort: Sort, port: int) -> Any:
    if sort.dtype.name not in CARRIERS:
        return NUMPY.checked(y, sort, port)
    y = np.asarray(y)
    if y.dtype != CARRIERS[sort.dtype.name] or y.shape != sort.shape:
        raise TypeError(f"output {port} is to be {sort} in extended precision, not {y.dtype}{y.shape}")
    return y


PRECISE = Functor("extended precision", _kernel, _checked)


def precisely(f: Morphism, xs: Sequence[Any]) -> list[Any]:
    """The outputs of f at xs in extended precision."""
    with np.errstate(all="ignore"):
        return run(f.net, [lifted(x, s) for x, s in zip(xs, f.dom.wires, strict=True)], PRECISE)


def distance(y: Any, exact: Any) -> Any:
    """|y − exact| of a computed array and one in extended precision; inf where other dtypes differ, 0 where equal."""
    if np.asarray(exact).dtype.kind not in "fc":
        return np.where(np.asarray(y) != np.asarray(exact), np.inf, 0.0)
    with np.errstate(all="ignore"):
        return np.where(y == exact, 0.0, np.abs(np.asarray(y, np.asarray(exact).dtype) - exact))
