"""Reverse derivative ascent: learning over ℤ₂, where there are no real numbers and no rate.

A model is a circuit `f : P ⊗ A → B` with parameters P. What it gets wrong, `f(θ, x) + y`, is a word of bits; handed to
the reverse derivative, it comes back as the parameters to flip:

    θ  ↦  θ + π_P R[f](θ, x, f(θ, x) + y)

This is the step that `cd.learn` composes of any model, here of the loss xor, the identity as cap and the optimiser
`θ⁺ = θ + θ'`, and one pass over the data learns:

>>> import catdiff as cd, numpy as np
>>> x = np.array([[a, b] for a in (0, 1) for b in (0, 1)], np.uint8)
>>> parity = x.sum(1, keepdims=True) % 2
>>> ascend(lookup(2, 1), x, parity)
{'lookup.table': array([[0, 1, 1, 0]], dtype=uint8)}
>>> learner(lookup(2, 1)).fit(x, parity, epochs=1, batch=1, shuffle=False, progress=False).params
{'lookup.table': array([[0, 1, 1, 0]], dtype=uint8)}

`ascend` gets to the same parameters, faster. What was right is a zero, and R is additive (RD.2), so it flips nothing:
the parameters change at mistakes only. Examples are looked at many at once, up to the first mistake; and what depends
on no parameter is computed once for all of them (`rewrite.staging`).

Source: Wilson and Zanasi, Reverse Derivative Ascent, arXiv:2101.10488.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..category.binder import build
from ..category.morphism import Morphism
from ..category.objects import UNIT, Object, z2
from ..category.structure import copy, discard, id
from ..errors import ArgumentError, with_line
from ..generators.elementwise import plus
from ..generators.linear import einsum
from ..interpret.functor import run
from ..interpret.numpy import NUMPY, argument
from ..learning.batches import Data, whole
from ..learning.learner import Learner
from ..learning.losses import xor
from ..learning.optic import Optic, lens
from ..learning.optimisers import ascent
from ..learning.para import Para, para
from ..learning.parameters import in_order, word_of
from ..rewrite.staging import staged
from ..rewrite.strategy import simplify
from .circuits import thresholds
from .circuits.lookups import decoder

SHORTEST, LONGEST, GROWTH = (
    4,
    256,
    4,
)  # how many examples are looked at together, and by how much more after none is wrong


# -- models --------------------------------------------------------------------------------------------------------


def lookup(inputs: int, outputs: int) -> Para:
    """The evaluation model `z2[inputs] → z2[outputs]`: a table of all values, which is what is learnt."""
    decode = decoder(inputs)
    read = build(z2(outputs, *decode.cod.shape) @ decode.dom, lambda θ, x: einsum("ok,k->o", θ, decode(x)))
    return para(read.box("lookup"), table="zeros").named("lookup")


def pseudo_linear(inputs: int, ratio: int = 4) -> Para:
    """The pseudo-linear unit `z2[inputs] → z2[1]` (`circuits.thresholds`): its mask is what is learnt."""
    unit = thresholds.pseudo_linear(inputs, ratio)
    return para(build(unit.dom, lambda θ, x: unit(θ, x).reshape(1)), mask="zeros").named("pseudo_linear")


# -- features and labels -------------------------------------------------------------------------------------------


def above(x: Any, share: float = 0.5) -> np.ndarray:
    """A bit for each number of x : [n, …]: whether it lies above this share of the way from the least to the largest in
    its place. Where all are equal, none does.

    >>> above([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]]).tolist()
    [[0, 0], [0, 0], [1, 0]]
    """
    try:
        x = np.asarray(x, float)
    except (TypeError, ValueError) as error:
        raise ArgumentError(with_line(f"measurements are numbers: {error}")) from None
    if not x.ndim or not len(x) or not np.isfinite(x).all():
        raise ArgumentError(with_line(f"measurements are finite numbers with a leading axis of examples, not {x}"))
    low, high = x.min(axis=0), x.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    return ((x - low) / span > share).astype(np.uint8)


def one_hot(classes: Any, count: int) -> np.ndarray:
    """Class k as the k-th unit vector of `count` bits."""
    count = whole(count, 1, "classes")
    found = _classes(classes, count)
    return np.eye(count, dtype=np.uint8)[found]


def binary(classes: Any, count: int) -> np.ndarray:
    """Class k as ⌈log₂ count⌉ bits, the first counting 1.

    >>> binary([0, 1, 2], 3).tolist()
    [[0, 0], [1, 0], [0, 1]]
    """
    count = whole(count, 1, "classes")
    found = _classes(classes, count)
    digits = np.arange(max(1, (count - 1).bit_length()))
    return (found[:, None] >> digits & 1).astype(np.uint8)


def _classes(classes: Any, count: int) -> np.ndarray:
    found = np.asarray(classes)
    if found.ndim != 1 or found.dtype.kind not in "iu" or (found.size and not 0 <= found.min() <= found.max() < count):
        raise ArgumentError(with_line(f"labels are {count} classes, numbers from 0 to {count - 1}, one for an example"))
    return found


def accuracy(model: Para, params: Mapping[str, Any], x: Any, y: Any) -> float:
    """The share of examples all of whose bits are right."""
    data = _data(model, x, y)
    outputs = model(params, *data.inputs)
    wrong = [g != w for g, w in zip(outputs if isinstance(outputs, tuple) else (outputs,), data.labels, strict=True)]
    return float(1 - np.mean(_any(wrong)))


# -- learning --------------------------------------------------------------------------------------------------------


def learner(model: Para) -> Learner:
    """The same as a learner, whose step can be drawn, and runs checkpointed: `fit(…, batch=1, shuffle=False)`."""
    return Learner(_checked(model), xor, ascent(), cap=id(model.cod))


def step(model: Para) -> Morphism:
    """`P ⊗ A ⊗ B → B ⊗ P`: on one example, which bits are wrong, and the parameters after it."""
    P, B = word_of(_checked(model).trees), model.cod
    return (
        ascent().on(P) @ Optic.id(model.dom @ B, UNIT)
        >> lens(model.body, range(len(P))) @ Optic.id(B, UNIT)
        >> lens(plus(B), range(len(B)))
        >> Optic(copy(B), id(B), len(B))
    ).round


class Moment(NamedTuple):
    """The parameters after so many examples, the last of which changed them."""

    examples: int
    params: dict[str, np.ndarray]


def path(model: Para, x: Any, y: Any, start: Mapping[str, Any] | None = None, epochs: int = 1) -> Iterator[Moment]:
    """The parameters at the start, and after every example that changed them, in the order of the data.

    - `x`, `y`: bits with a leading axis of examples;
    - `start`: parameters to begin with, in the place of the model's own.

    Raises `ArgumentError` where data or parameters do not fit, or are no bits.
    """
    climb, data, names = Climb(model), _data(model, x, y), list(model.parameters)
    begun = in_order(model.trees, model.init(0) if start is None else start)
    params: list[Any] = [argument(v, s, i) for i, (v, s) in enumerate(zip(begun, climb.P.wires, strict=True))]
    known = climb.known(data)

    def moment(examples: int) -> Moment:
        return Moment(examples, {name: np.array(v) for name, v in zip(names, params, strict=True)})

    yield moment(0)
    for k in range(whole(epochs, 0, "epochs")):
        for at, changed in climb.epoch(params, known, len(data)):
            params = changed
            yield moment(k * len(data) + at)


def ascend(
    model: Para, x: Any, y: Any, start: Mapping[str, Any] | None = None, epochs: int = 1
) -> dict[str, np.ndarray]:
    """The parameters at the end of that path."""
    return deque(path(model, x, y, start, epochs), maxlen=1)[0].params


class Climb:
    """The step of a model, staged and compiled."""

    def __init__(self, model: Para) -> None:
        self.model, self.P = _checked(model), word_of(model.trees)
        self.early, self.late = staged(step(model), len(self.P))
        self._step = _runnable(self.late)
        self._known: dict[int, Callable[..., list[Any]]] = {}
        self._wrong: dict[int, Callable[..., list[Any]]] = {}

    def known(self, data: Data) -> list[Any]:
        """What the step computes of examples and labels alone, for all of them."""
        n = len(data)
        if n not in self._known:
            self._known[n] = _runnable(self.early.map(n))
        return self._known[n](*data.inputs, *data.labels)

    def epoch(self, params: list[Any], known: Sequence[Any], n: int) -> Iterator[tuple[int, list[Any]]]:
        """One pass over n examples: how many were read, and the parameters, whenever these change.

        The more examples were right, the more are looked at next.
        """
        at, size = 0, SHORTEST
        while at < n:
            size = min(max(size, SHORTEST), LONGEST, n)
            first = min(at, n - size)
            wrong = self._mistaken(params, [a[first : first + size] for a in known], size)[at - first :]
            if not wrong.any():
                at, size = first + size, size * GROWTH
                continue
            at += int(np.argmax(wrong)) + 1
            size //= GROWTH
            params = list(self._step(*params, *[a[at - 1, ...] for a in known])[len(self.model.cod) :])
            yield at, params

    def _mistaken(self, params: Sequence[Any], known: Sequence[Any], size: int) -> np.ndarray:
        """Which of so many examples are."""
        if size not in self._wrong:
            wrong = self.late >> id(self.model.cod) @ discard(self.P)
            self._wrong[size] = _runnable(wrong.map(size, shared=range(len(self.P))))
        return _any(self._wrong[size](*params, *known))


def _any(bits: Any) -> np.ndarray:
    """For each example, whether any of these is set."""
    return np.logical_or.reduce([np.reshape(b, (len(b), -1)).any(axis=1) for b in bits])


def _runnable(f: Morphism) -> Callable[..., list[Any]]:
    """f simplified, of arrays that are known to lie on its wires: what `compile` gives asks that of them every time."""
    net = simplify(f).net
    return lambda *xs: run(net, xs, NUMPY)


def _checked(model: Any) -> Para:
    """A model whose parameters and outputs are bits."""
    if not isinstance(model, Para):
        raise ArgumentError(with_line(f"reverse derivative ascent takes a Para of one example, not {model!r}"))
    for what, A in (("parameters", word_of(model.trees)), ("outputs", model.cod)):
        _bits(what, A)
    return model


def _bits(what: str, A: Object) -> None:
    strange = [str(s) for s in A.wires if s.dtype.name != "z2"]
    if strange or not len(A):
        raise ArgumentError(with_line(f"reverse derivative ascent is over ℤ₂: {what} are z2 wires, not {A}"))


def _data(model: Para, x: Any, y: Any) -> Data:
    return Data.of(x, y).on(model.dom, model.cod)
