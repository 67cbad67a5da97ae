"""Where numbers stopped being numbers: the first box that makes an infinity or a NaN of numbers.

A functor like evaluation, whose boxes refuse to make what is not finite of what is:

>>> import catdiff as cd
>>> f = (cd.exp(cd.f64()).box("wave") >> cd.log).box("model")
>>> print(culprit(f, [1.0]))
None
>>> culprit(f, [1000.0]).path
('model', 'wave')
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..category.label import Label
from ..category.morphism import Morphism
from ..errors import EvaluationError
from ..interpret.functor import Functor, run
from ..interpret.numpy import NUMPY, argument


def finite(arrays: Iterable[Any]) -> bool:
    """Whether all entries of all arrays are numbers."""
    return all(np.all(np.isfinite(a)) for a in arrays if np.asarray(a).dtype.kind in "fc")


def culprit(f: Morphism, args: Sequence[Any]) -> EvaluationError | None:
    """The error that names the first box of f to make what is no number of numbers, with the boxes it is in."""
    arrays = [argument(a, s, i) for i, (a, s) in enumerate(zip(args, f.dom.wires, strict=True))]
    try:
        with np.errstate(all="ignore"):
            run(f.net, arrays, FINITE)
    except EvaluationError as error:
        return error
    return None


def _kernel(label: Label) -> Callable[..., Any]:
    compute = NUMPY.kernel(label)

    def watched(*xs: Any) -> Any:
        y = compute(*xs)
        made = y if isinstance(y, tuple) else (y,)
        if xs and not finite(made) and finite(xs):  # a constant may be infinite: a mask often is
            bad = next(v for a in made for v in np.ravel(a) if not np.isfinite(v))
            raise FloatingPointError(f"makes {bad} of numbers, the largest {_largest(xs):.3g}")
        return y

    return watched


def _largest(xs: Iterable[Any]) -> float:
    return max([float(np.max(np.abs(x))) for x in xs if np.size(x) and np.asarray(x).dtype.kind in "iufc"], default=0.0)


FINITE = Functor("finite", _kernel, NUMPY.checked)
