"""Losses: programs `Y ⊗ T → L` from a prediction and a label to how far apart they are, on one example.

A loss is a family: it takes its type from what a model predicts and from the labels there are. A loss over a batch is
the mean of these. As parametric maps, `(T, e : Y ⊗ T → L)`, losses compose with models like any layer.

>>> import catdiff as cd, numpy as np
>>> Y = cd.f64(3)
>>> e = cd.losses.softmax_cross_entropy.at(Y @ cd.index())
>>> print(e)
f64[3] @ index → f64
>>> f"{e([2.0, 0.0, 0.0], 0):.4f}"
'0.2395'

| loss | e(y, t) |
|---|---|
| `mean_squared` | mean of (y − t)² |
| `half_squared` | ½ Σ (y − t)² |
| `mean_absolute` | mean of abs(y − t) |
| `huber(δ)` | mean of ½ d² for d = abs(y − t) ≤ δ, of δ (d − ½ δ) beyond |
| `binary_cross_entropy` | mean of log(1 + eʸ) − t y, y being log-odds |
| `softmax_cross_entropy` | −Σ t log softmax(y); of a class t : index, −log softmax(y)ₜ |
| `hinge` | mean of max(0, 1 − t y), t = ±1; of a class t, Σ over the others of max(0, 1 + yₖ − yₜ) |
| `displacement` | y − t, of integers, fractions or bits; with −1 as cap's program it comes back as it is |
| `xor` | y + t, over ℤ₂ |
| `dot` | Σ y t |

Source: Cruttwell et al., arXiv:2103.01931, §3.1; their cross-entropy is corrected to −Σ t log softmax(y).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..category.binder import build
from ..category.families import Family
from ..category.morphism import Morphism
from ..category.objects import Object, Sort
from ..errors import ArgumentError, SignatureError, with_line
from ..generators.elementwise import abs as absolute
from ..generators.elementwise import maximum, softplus, square
from ..generators.logic import where
from ..generators.macros import log_softmax
from ..generators.select import gather
from .recipe import Recipe, recipe

SAME, CLASS = "same", "class"


class Loss(Recipe, Family):
    """A loss `Y ⊗ T → L` for every Y it is defined on; `labels` says what T may be: like Y, or a class of it, and
    `between` what labels like Y lie between.
    """

    def __init__(
        self,
        name: str,
        build: Callable[..., Morphism],
        labels: tuple[str, ...],
        between: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(f"losses.{name}", build, 2)
        self.labels, self.between = labels, between

    def __reduce__(self) -> Any:
        """Those without arguments by their names here."""
        return super().__reduce__() if self.recipe else self.name.removeprefix("losses.")

    def targets(self, Y: Object) -> list[Object]:
        """What labels of Y may be; the first is meant where nothing else is said."""
        return [Y if kind == SAME else Object([Sort("index", ())]) for kind in self.labels]

    def bounds(self, Y: Object, T: Object) -> tuple[float, float] | None:
        """What labels on T lie between: classes are numbers of scores."""
        return (0, Y.shape[-1] - 1) if T.wires[0].dtype.kind == "discrete" else self.between

    def lie_on(self, Y: Object, labels: Sequence[np.ndarray]) -> Object:
        """T, the type of these labels along a leading axis of examples. Raises `ArgumentError` where it is none."""
        whole = all(a.dtype.kind in "iub" for a in labels)
        for T in self.targets(Y):
            discrete = all(s.dtype.kind == "discrete" for s in T.wires)
            if [s.shape for s in T.wires] == [a.shape[1:] for a in labels] and (whole or not discrete):
                return T
        given = ", ".join(f"{a.dtype}{list(a.shape[1:])}" for a in labels)
        takes = " or ".join(map(str, self.targets(Y)))
        said = f"labels for {self!r} lie on {takes}, and these are {given}"
        raise ArgumentError(with_line(said, self._advice(Y, labels)))

    def _advice(self, Y: Object, labels: Sequence[np.ndarray]) -> str | None:
        """What would make labels of these, where that is plain."""
        if len(labels) == 1 and labels[0].shape[1:] == (1,) and CLASS in self.labels:
            return "y[:, 0]"
        if len(labels) != 1 or labels[0].ndim != 1:
            return None
        if CLASS in self.labels:
            if labels[0].dtype.kind == "f":
                return "y.astype(int)" if (labels[0] % 1 == 0).all() else None
            return "np.unique(y, return_inverse=True)[1]" if labels[0].dtype.kind in "US" else None
        return "y[:, None]" if [s.shape for s in Y.wires] == [(1,)] else None


def _same(dom: Object, name: str, kinds: tuple[str, ...] = ("real",)) -> None:
    if len(dom) != 2 or dom.wires[0] is not dom.wires[1] or dom[0].dtype.kind not in kinds:
        raise SignatureError(with_line(f"{name} compares two wires of one type, a prediction and a label, not {dom}"))


def _loss(
    name: str,
    function: Callable[[Any, Any], Any],
    kinds: tuple[str, ...] = ("real",),
    between: tuple[float, float] | None = None,
) -> Loss:
    """A loss whose labels are like what is predicted."""

    def at(dom: Object) -> Morphism:
        _same(dom, name, kinds)
        return build(dom, function).box(name.replace("_", " "))

    return Loss(name, at, (SAME,), between)


def _classes(dom: Object, name: str) -> bool:
    """Whether the label is a class: an index into the scores."""
    if len(dom) == 2 and len(dom[0].shape) == 1 and str(dom[1]) == "index" and dom[0].dtype.kind == "real":
        return True
    _same(dom, name)
    return False


def _huber(δ: float) -> Callable[[Any, Any], Any]:
    def e(y: Any, t: Any) -> Any:
        d = absolute(y - t)
        return where(d <= δ, square(d) * 0.5, (d - 0.5 * δ) * δ).mean()

    return e


@recipe
def huber(delta: float = 1.0) -> Loss:
    """Quadratic near zero, linear from `delta` on. Source: P. J. Huber, 1964."""
    if not delta > 0:
        raise SignatureError(with_line(f"huber: delta is positive, not {delta!r}"))
    return _loss("huber", _huber(delta))


def _softmax_cross_entropy(dom: Object) -> Morphism:
    """`−Σ t log softmax(y)`; with a class `t : index` as label, `−log softmax(y)[t]`."""
    if _classes(dom, "softmax_cross_entropy"):
        return build(dom, lambda y, t: -gather(log_softmax(y), t)).box("softmax cross entropy")
    return build(dom, lambda y, t: -(log_softmax(y) * t).sum()).box("softmax cross entropy")


def _hinge(dom: Object) -> Morphism:
    """`mean max(0, 1 − t y)` for t = ±1; with a class as label, `Σ max(0, 1 + yₖ − yₜ)` over all other k.

    Source: Weston and Watkins, ESANN 1999.
    """
    if _classes(dom, "hinge"):
        rest = lambda y, t: maximum(0.0, 1.0 + y - gather(y, t)).sum() - 1.0  # noqa: E731
        return build(dom, rest).box("hinge")
    return build(dom, lambda y, t: maximum(0.0, 1.0 - t * y).mean()).box("hinge")


def _displacement(dom: Object) -> Morphism:
    """`y − t` over ℤ, ℚ or ℤ₂: how far from the label."""
    _same(dom, "displacement", ("exact",))
    return build(dom, lambda y, t: y - t).box("displacement")


def _xor(dom: Object) -> Morphism:
    """`y + t` over ℤ₂: which bits are wrong."""
    _same(dom, "xor", ("exact",))
    return build(dom, lambda y, t: y + t).box("xor")


mean_squared = _loss("mean_squared", lambda y, t: square(y - t).mean())
half_squared = _loss("half_squared", lambda y, t: square(y - t).sum() * 0.5)
mean_absolute = _loss("mean_absolute", lambda y, t: absolute(y - t).mean())
binary_cross_entropy = _loss("binary_cross_entropy", lambda y, t: (softplus(y) - t * y).mean(), between=(0, 1))
dot = _loss("dot", lambda y, t: (y * t).sum(), ("real", "exact"))
displacement = Loss("displacement", _displacement, (SAME,))
xor = Loss("xor", _xor, (SAME,))
softmax_cross_entropy = Loss("softmax_cross_entropy", _softmax_cross_entropy, (CLASS, SAME))
hinge = Loss("hinge", _hinge, (CLASS, SAME), (-1, 1))
