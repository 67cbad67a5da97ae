"""Programs of real scalars alone, as arithmetic of Python's own floats, which are doubles.

A NumPy call takes some 200 ns whatever it does, and Python's own arithmetic a tenth of that. What Python refuses where
IEEE 754 has an infinity or a NaN (`1.0 / 0.0`, `exp(1000.0)`), it says by an exception, and the program is then run on
arrays, as any other is. What Python does without a word, such as `1e200 * 1e200`, is an infinity without a warning.

>>> import catdiff as cd
>>> x = cd.f64()
>>> print(scalar_source(cd.sin(x) >> cd.square >> cd.exp)[0])
def run(x0):
    if type(x0) is not float:
        x0 = number(0, x0)
    v1 = sin(x0)
    v2 = v1 * v1
    v3 = exp(v2)
    return float64(v3)
<BLANKLINE>
>>> scalar_source(cd.sin(cd.f64(2))) is None
True
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...category.label import Label
from ...category.morphism import Morphism
from ...category.objects import Sort
from ...generators.linear import read
from ...hypernet.canonical import canonical
from ..numpy import NUMPY
from ..plan import scheduled

NUMBER = Sort("f64", ())
TRUTH = Sort("bool", ())


def _sigmoid(x: float) -> float:
    e = math.exp(-abs(x))
    return (1.0 if x >= 0 else e) / (1.0 + e)


def _bell(x: float) -> float:
    e = math.exp(-abs(x))
    return e / ((1.0 + e) * (1.0 + e))


def _sech2(x: float) -> float:
    e = math.exp(-2.0 * abs(x))
    return 4.0 * e / ((1.0 + e) * (1.0 + e))


# √−0 and √−∞ are not what C's pow says; NumPy's power has taken now the one, now the other.
ROOT = "sqrt({0})" if np.signbit(np.power(-0.0, 0.5)) else "pow({0}, 0.5)"


def _power(label: Label) -> str:
    exponent = float(label.attrs["exponent"])
    exact = {2.0: "{0} * {0}", 0.5: ROOT}
    return exact.get(exponent, f"pow({{0}}, {exponent!r})")


WORDS = ["exp", "expm1", "log", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"]
WORDS += ["sqrt", "erf"]
FORMULAS: dict[str, str | Callable[[Label], str]] = {
    **{word: f"{word}({{0}})" for word in WORDS},
    **{word: f"{word}({{0}}, {{1}})" for word in ("atan2", "hypot")},
    "add": "{0} + {1}",
    "sub": "{0} - {1}",
    "mul": "{0} * {1}",
    "div": "{0} / {1}",
    "neg": "-{0}",
    "recip": "1.0 / {0}",
    "abs": "fabs({0})",
    "pow": _power,
    **{word: f"{word}({{0}})" for word in ("sigmoid", "bell", "sech2")},
    "relu": "{0} if {0} > 0.0 or {0} != {0} else 0.0",
    "step": "{0} if {0} != {0} else 1.0 if {0} > 0.0 else 0.0",
    "maximum": "{0} if {0} >= {1} or {0} != {0} else {1}",
    "minimum": "{0} if {0} <= {1} or {0} != {0} else {1}",
    "lt": "{0} < {1}",
    "le": "{0} <= {1}",
    "gt": "{0} > {1}",
    "ge": "{0} >= {1}",
    "eq": "{0} == {1}",
    "ne": "{0} != {1}",
    "where": "{1} if {0} else {2}",
    "contract": lambda label: " * ".join(f"{{{i}}}" for i in range(len(label.dom))),
}
SPOKEN = {w: getattr(math, w) for w in (*WORDS, "atan2", "hypot", "fabs", "pow")} | {
    "sigmoid": _sigmoid,
    "bell": _bell,
    "sech2": _sech2,
    "float64": np.float64,
    "nan": math.nan,
    "inf": math.inf,
}


def scalar_source(f: Morphism) -> tuple[str, dict[str, Any]] | None:
    """The text of `run`, and the names it speaks of; None where f is of anything but scalars, or of other rows."""
    if any(s is not NUMBER and s != NUMBER for s in (*f.dom.wires, *f.cod.wires)) or not len(f.cod):
        return None
    net = canonical(f.flatten().net)
    names = {i: f"x{i}" for i in range(len(net.dom))}
    lines = [f"def run({', '.join(names.values())}):"]
    for x in names.values():
        lines += [f"    if type({x}) is not float:", f"        {x} = number({x[1:]}, {x})"]
    for label, sources, first in scheduled(net):
        text = _formula(label)
        if text is None:
            return None
        reads = [names[s] for s in sources]
        names[first] = f"v{first}"
        if text == "{0}":
            names[first] = reads[0]
        elif not sources:
            names[first] = text if not text.startswith("-") else f"({text})"
        else:
            lines.append(f"    v{first} = {text.format(*reads)}")
    results = ", ".join(f"float64({names[w]})" for w in net.outputs.tolist())
    return "\n".join([*lines, f"    return {results}", ""]), SPOKEN


def _formula(label: Label) -> str | None:
    """What a label does as an expression."""
    wires = (*label.dom.wires, *label.cod.wires)
    if len(label.cod) != 1 or any(s not in (NUMBER, TRUTH) for s in wires):
        return None
    if not len(label.dom):
        return repr(NUMPY.kernel(label)().item()) if wires[0] == NUMBER and not label.row.foreign else None
    form = FORMULAS.get(label.row.name)
    if label.row.name == "contract" and read(label.attrs["span"]).extents:
        return None
    return form if form is None or isinstance(form, str) else form(label)
