"""Running error bounds: how a generator passes on the errors of its operands, and how much it adds by rounding.

Let x be what NumPy computed and e ≥ |x − x*| a bound on its distance from the value x* over the reals. A row's column
`error` says how far the result may be off, given operands that may: it *amplifies* the errors it is handed, which is a
matter of analysis, and it *rounds*, which is one of floating point: `fl(φ(x)) = φ(x)(1 + δ)` with δ at most a few units
in the last place. Bounds are worked out beside the values, a posteriori and componentwise, as in a running error
analysis; they never look at the row's own R or D, so a wrong rule cannot widen its own tolerance.

    error(label) -> bound,    bound(xs, es, y) -> e

where xs are the operands as arrays, es their bounds (float64, of the same shapes), y what was computed (a tuple where
there are several outputs) and e the bound on y. On bool and index wires, and over the exact dtypes, a bound is 0 where
the value is certain and inf where it may be another; complex values are measured by their modulus. A rule need not mind
NaN and warnings: where its bound or the value is NaN, the bound is inf (see `interpret/bounds`).

>>> import catdiff as cd
>>> bound = smooth(lambda x, e, y, exponent: (abs(x) + e) ** exponent - abs(x) ** exponent)(
...     cd.pow(cd.f64(), exponent=3).label
... )
>>> float(bound((np.float64(2.0),), (np.float64(0.01),), np.float64(8.0)))
0.1212...

What is assumed of NumPy: real sums, products, quotients and square roots round correctly, complex products to 3u, other
real functions are within `ULPS` units in the last place, and complex ones, by modulus, within four times as many and
four more. A zero keeps its sign, by which the two sides of a branch cut are told.

Source: Higham, Accuracy and Stability of Numerical Algorithms (2nd ed.), §3.3 (running error analysis), §3.1 (γₙ), §3.6
(complex arithmetic).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..category.label import Label
from ..category.objects import Object
from .rig import CARRIED

Bound = Callable[[Sequence[Any], Sequence[Any], Any], Any]
Error = Callable[[Label], Bound]

ULPS = 4.0  # what NumPy's functions are within, generously


class Format(NamedTuple):
    """A floating-point format: unit roundoff, least normal number, least number. All 0 where nothing rounds."""

    u: float
    normal: float
    least: float


EXACT = Format(0.0, 0.0, 0.0)
DOUBLE = Format(2.0**-53, 2.0**-1022, 2.0**-1074)
FORMATS = {"f32": Format(2.0**-24, 2.0**-126, 2.0**-149), "f64": DOUBLE, "c128": DOUBLE}


def format_of(label: Label) -> Format:
    """The format that the label's first output is rounded to."""
    return FORMATS.get(label.cod.wires[0].dtype.name, EXACT)


def is_complex(*words: Object) -> bool:
    """Whether one of the wires is complex."""
    return any(w.dtype.kind == "complex" for word in words for w in word.wires)


def wide(x: Any) -> Any:
    """Floats as float64, so that bounds on f32 wires are not themselves rounded to f32; others as they are."""
    return x.astype(np.float64) if x.dtype == np.float32 else x


def magnitude(x: Any) -> Any:
    """|x| as float64; over the exact dtypes 1 for what is not 0, since bounds are there 0 or inf."""
    if x.dtype.kind in "fc":
        return np.abs(wide(x))
    return np.asarray(x != 0, np.float64)


def times(a: Any, b: Any) -> Any:
    """The product of magnitudes and bounds, where 0 · inf is 0: nothing times what may be anything."""
    p = np.multiply(a, b)
    unknown = np.isnan(p)
    return np.where(unknown & ((a == 0) | (b == 0)), 0.0, p) if unknown.any() else p


def over(a: Any, b: Any) -> Any:
    """a / b of a bound and a distance that is to stay positive; inf where it may not, which is a pole."""
    return np.where(b > 0, a / np.where(b > 0, b, 1.0), np.inf)


def any_error(es: Sequence[Any]) -> bool:
    """Whether one of the operands may be off at all."""
    return any(np.any(e) for e in es)


def smooth(growth: Callable[..., Any], ulps: float = ULPS, size: Callable[..., Any] | None = None) -> Error:
    """The column of an elementwise generator.

    `growth(*x, *e, y, **attrs)` is at least |φ(x + t) − φ(x)| for all |t| ≤ e; NaN counts as inf. φ is computed from
    exact operands to within `ulps` units in the last place of `size(*x, y)`, by default of y; 0 where it is computed
    exactly. What it gets is float64 or complex, for f32 too.

    >>> import catdiff as cd
    >>> sine = smooth(lambda x, e, y: e)
    >>> x = np.array(1.0)
    >>> float(sine(cd.sin(cd.f64()).label)((x,), (np.array(0.0),), np.sin(x))) / 2.0**-53  # 4 units of ≤ 2u|y|
    6.731...
    """

    def error(label: Label) -> Bound:
        form, attrs = format_of(label), label.attrs
        unit = 2 * form.u * (4 * ulps + 4 if ulps and is_complex(label.dom, label.cod) else ulps)

        def bound(xs: Sequence[Any], es: Sequence[Any], y: Any) -> Any:
            ws, v = [wide(x) for x in xs], wide(y)
            e = unit * (magnitude(v) if size is None else size(*ws, v)) if unit else np.zeros(np.shape(y))
            if unit:
                e = e + underflow(form, np.abs(v), ws, es, ulps)
            if any_error(es):
                moved = es[0] != 0
                for other in es[1:]:
                    moved = moved | (other != 0)
                e = e + np.where(moved, growth(*ws, *es, v, **attrs), 0.0)
            return e

        return bound

    return error


def underflow(form: Format, size: Any, xs: Sequence[Any], es: Sequence[Any], ulps: float = 1.0) -> Any:
    """What is lost where a result is not a normal number; nothing where an operand is certainly 0, as the result is."""
    low = size < form.normal
    if not np.any(low):
        return 0.0
    for x, e in zip(xs, es, strict=True):
        low = low & ((x != 0) | (e != 0))
    return np.where(low, max(1.0, 2 * ulps) * form.least, 0.0)


def nothing(label: Label) -> Bound:
    """The column of what has no operands and is exact as it stands."""
    return lambda xs, es, y: np.zeros(np.shape(y))


def moved(label: Label) -> Bound:
    """The column of what only moves entries about: their bounds move with them, by the row itself."""
    over = label.row.over
    assert over is not None
    move = over(CARRIED["f64"], label)
    return lambda xs, es, y: move(*es)


def kept(label: Label) -> Bound:
    """The column of what neither amplifies nor rounds: `−x`, `conj`."""
    return lambda xs, es, y: es[0]


def part(label: Label) -> Bound:
    """The column of what pairs or parts real and imaginary parts, exactly."""
    return lambda xs, es, y: es[0] if len(es) == 1 else np.hypot(es[0], es[1])


def total(label: Label) -> Bound:
    """The column of x + y and x − y. A sum with 0 is exact, and no sum underflows."""
    form = format_of(label)

    def bound(xs: Sequence[Any], es: Sequence[Any], y: Any) -> Any:
        e = es[0] + es[1]
        if not form.u:
            return e
        return e + np.where((xs[0] == 0) | (xs[1] == 0), 0.0, form.u * np.abs(wide(y)))

    return bound


def product(label: Label) -> Bound:
    """The column of x · y: `|x|e_y + |y|e_x + e_x e_y`, and one rounding."""
    form = format_of(label)
    unit = form.u * (3 if is_complex(label.cod) else 1)

    def bound(xs: Sequence[Any], es: Sequence[Any], y: Any) -> Any:
        e = unit * magnitude(y) if unit else 0.0
        if any_error(es):
            b, c = magnitude(xs[0]), magnitude(xs[1])
            e = e + (times(b, es[1]) + times(c + es[1], es[0]))
        return e + (underflow(form, np.abs(y), xs, es) if unit else np.zeros(np.shape(y)))

    return bound
