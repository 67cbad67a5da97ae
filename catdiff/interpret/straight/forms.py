"""How rows are written as lines of Python that write into memory they are given.

A row whose kernel is a NumPy ufunc needs no entry: `multiply({0}, {1}, {out})`. The entries here are for rows that are
ufuncs but for a constant, and of real and complex numbers alone.

>>> import catdiff as cd
>>> FORMS["relu"](cd.relu(cd.f64(2)).net.labels[0])
('maximum({0}, 0.0, out={out})',)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...category.label import Label

Lines = tuple[str, ...]


def _power(label: Label) -> Lines | None:
    exponent = float(label.attrs["exponent"])
    if exponent == 2:
        return ("square({0}, {out})",)
    return (f"power({{0}}, {exponent!r}, {{out}})",) if np.isfinite(exponent) else None


FORMS: dict[str, Callable[[Label], Lines | None]] = {
    "relu": lambda label: ("maximum({0}, 0.0, out={out})",),
    "step": lambda label: ("heaviside({0}, 0.0, {out})",),
    "recip": lambda label: ("divide(1.0, {0}, {out})",),
    "sub": lambda label: ("subtract({0}, {1}, {out})",),
    "where": lambda label: ("copyto({out}, {2})", "copyto({out}, {1}, where={0})"),
    "pow": _power,
}
SPOKEN = {f.__name__: f for f in (np.maximum, np.heaviside, np.divide, np.subtract, np.copyto, np.power, np.square)}
