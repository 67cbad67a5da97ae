"""Learners: a model, a loss and an optimiser, and the loop that feeds them.

`cd.learn(model, loss, optimiser)` composes them; its `step(n)` is one morphism, and `fit` runs that over data:

>>> import catdiff as cd, numpy as np
>>> rng = np.random.default_rng(0)
>>> x = rng.normal(size=(200, 2))
>>> y = (x[:, 0] > x[:, 1]).astype(int)
>>> learner = cd.learn(cd.nn.dense(2, 2), cd.losses.softmax_cross_entropy, cd.optimisers.adam(0.1))
>>> run = learner.fit(x, y, epochs=5, batch=20, seed=0, progress=False)
>>> run.score(x, y) > 0.95
True
>>> run.model(run.params, [[1.0, -1.0]]).argmax()
np.int64(1)

The only loop is over the data; everything else is a composite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..category.morphism import Morphism
from ..category.objects import Object
from ..errors import ArgumentError, with_line
from ..interpret.numpy import compile
from ..progress import Progress
from .batches import Data
from .losses import Loss
from .optimisers import Optimiser
from .parameters import KEY, STATE, WEIGHT, initial, leaves, named
from .parametric import Parametric
from .system import step, weights

Callback = Callable[["Run"], Any]


@dataclass
class Run:
    """Where a training is: parameters and the optimiser's states by name, and what has happened.

    `history` has a dict for every epoch: `loss`, and with validation `validation loss` and `score`.
    """

    learner: Learner
    params: dict[str, np.ndarray]
    states: dict[str, np.ndarray]
    history: list[dict[str, float]] = field(default_factory=list)
    steps: int = 0

    @property
    def model(self) -> Parametric:
        """The model that is trained."""
        return self.learner.model

    @property
    def epoch(self) -> int:
        """How many epochs have been run."""
        return len(self.history)

    def predict(self, *x: Any) -> Any:
        """What the model gives on a batch: classes where labels are classes, else its outputs."""
        y = self.model(self.params, *x)
        return np.argmax(y, axis=-1) if self.learner.classes else y

    def score(self, x: Any, y: Any) -> float:
        """The share of classes that are right; else the share of the variance that is explained, R²."""
        data = Data.of(x, y)
        got, want = self.predict(*data.inputs), data.labels[0]
        if self.learner.classes:
            return float(np.mean(got == want))
        return 1.0 - float(np.sum((want - got) ** 2) / np.sum((want - want.mean(0)) ** 2))


class Learner:
    """A model, a loss and an optimiser; `step(n)` is what they compose to.

    - `step(n)`: one step of learning on n examples, a morphism that can be drawn, stored and checked;
    - `fit(x, y, …)`: that, over data.
    """

    def __init__(self, model: Parametric, loss: Loss, optimiser: Optimiser) -> None:
        if not isinstance(model, Parametric):
            hint = "give a layer its input type, as in net.at(cd.f64(64))"
            raise ArgumentError(with_line(f"a learner takes a model with parameters, not {model!r}", hint))
        self.model, self.loss, self.optimiser = model, loss, optimiser
        self.classes = False
        self._compiled: dict[Any, Any] = {}

    def step(self, n: int, labels: Object | None = None) -> Morphism:
        """`S ⊗ W ⊗ Z ⊗ K ⊗ Aⁿ ⊗ Tⁿ → S ⊗ W ⊗ Z ⊗ L`: states, weights, inputs and labels to the next, and the loss."""
        return step(self.model, self.loss, self.optimiser, n, labels)

    def start(self, seed: int = 0) -> Run:
        """A run before its first step: initial parameters and states."""
        rng = np.random.default_rng(seed)
        return Run(self, self.model.init(rng), initial(self.optimiser.kept(weights(self.model)), rng))

    def fit(
        self,
        x: Any,
        y: Any,
        epochs: int = 10,
        batch: int = 32,
        seed: int = 0,
        validation: tuple[Any, Any] | None = None,
        callbacks: Iterable[Callback] = (),
        progress: bool = True,
    ) -> Run:
        """Train on arrays and return where that led. The same seed gives the same bytes.

        - `x`, `y`: arrays with a leading axis of examples, or tuples of them;
        - `validation`: inputs and labels that are not trained on;
        - `callbacks`: called with the run after every epoch; one that returns True ends the training.
        """
        data, run = Data.of(x, y), self.start(seed)
        labels = self._labels(data)
        bar = Progress(range(epochs), "training") if progress else range(epochs)
        for epoch in bar:
            losses = [self._advance(run, data.at(rows), labels, seed) for rows in data.order(batch, seed, epoch)]
            run.history.append({"loss": float(np.mean(losses)), **self._validated(run, validation, labels)})
            if isinstance(bar, Progress):
                bar.note(", ".join(f"{k} {v:.3g}" for k, v in run.history[-1].items()))
            if any([bool(callback(run)) for callback in callbacks]):  # noqa: C419 (all of them are called)
                break
        return run

    def _labels(self, data: Data) -> Object:
        """T, the type of the labels, of those that the loss takes."""
        for T in self.loss.targets(self.model.cod):
            whole = all(a.dtype.kind in "iub" for a in data.labels)
            discrete = all(s.dtype.kind == "discrete" for s in T.wires)
            shapes = [s.shape for s in T.wires] == [a.shape[1:] for a in data.labels]
            if shapes and (whole or not discrete):
                self.classes = discrete
                return T
        given = ", ".join(f"{a.dtype}{list(a.shape[1:])}" for a in data.labels)
        takes = " or ".join(map(str, self.loss.targets(self.model.cod)))
        raise ArgumentError(with_line(f"labels for {self.loss!r} lie on {takes}, and these are {given}"))

    def _advance(self, run: Run, data: Data, labels: Object, seed: int) -> float:
        """One step on these examples; the loss before it."""
        n = len(data)
        if (n, labels) not in self._compiled:
            self._compiled[n, labels] = compile(self.step(n, labels))
        weights, kept = self._by_role(WEIGHT), self._by_role(STATE)
        keys = [self._key(name, n, run.steps, seed) for name in self._by_role(KEY)]
        before = [*run.states.values(), *[run.params[w] for w in [*weights, *kept]]]
        out = self._compiled[n, labels](*before, *keys, *data.inputs, *data.labels)
        *after, loss = out if isinstance(out, tuple) else (out,)
        run.states = dict(zip(run.states, after, strict=False))
        run.params.update(zip([*weights, *kept], after[len(run.states) :], strict=True))
        run.steps += 1
        return float(loss)

    def _by_role(self, role: str) -> list[str]:
        return [n for n, p in named(self.model.trees) if p.role == role]

    def _key(self, name: str, n: int, steps: int, seed: int) -> np.ndarray:
        """A key for every example, from the seed, the number of the step and the name."""
        place = [n for n, _ in named(self.model.trees)].index(name)
        shape = (n, *leaves(self.model.trees)[place].sort.shape)
        return np.random.default_rng([seed, steps, place]).integers(0, 2**62, shape)

    def _validated(self, run: Run, validation: Sequence[Any] | None, labels: Object) -> dict[str, float]:
        if validation is None:
            return {}
        return {"score": run.score(*validation)}


def learn(model: Parametric, loss: Loss, optimiser: Optimiser) -> Learner:
    """The learner that a model, a loss and an optimiser compose to."""
    return Learner(model, loss, optimiser)
