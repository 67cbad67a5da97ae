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
>>> int(run.model(run.params, [[1.0, -1.0]]).argmax())
1
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..category.morphism import Morphism
from ..category.objects import Object, Sort
from ..errors import ArgumentError, StoreError, with_line
from ..interpret.compiled import compile
from .batches import Arrays, Data, Stream, data_of, pair, whole
from .callbacks import Callback, callables
from .checkpoint import load
from .losses import Loss
from .optimiser import Optimiser
from .parameters import KEY, STATE, WEIGHT, initial, named
from .parametric import Parametric
from .pictures import Pictured
from .run import Moment, Run
from .system import step, weights
from .training import Training


class Names(NamedTuple):
    """What the wires of a step that stay from one to the next are called."""

    states: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """All in the order of the step; the optimiser's begin with its name, so that no two are equal."""
        return (*[f"optimiser/{name}" for name in self.states], *self.values)


class Learner(Pictured):
    """A model, a loss and an optimiser; `step(n)` is what they compose to.

    - `step(n)`: one step of learning on n examples, a morphism that can be drawn, stored and checked;
    - `fit(x, y, …)`: that, over data;
    - `last`: the run that was trained last, which is there whatever stopped it.
    """

    def __init__(self, model: Parametric, loss: Loss, optimiser: Optimiser, cap: Any = -1) -> None:
        if not isinstance(model, Parametric):
            hint = "give a layer its input type, as in net.at(cd.f64(64))"
            raise ArgumentError(with_line(f"a learner takes a model with parameters, not {model!r}", hint))
        if not isinstance(loss, Loss) or not isinstance(optimiser, Optimiser):
            given = f"{loss!r} and {optimiser!r}"
            raise ArgumentError(with_line(f"a learner takes a loss and an optimiser, not {given}"))
        self.model, self.loss, self.optimiser, self.cap = model, loss, optimiser, cap
        self._kept = optimiser.kept(weights(model))
        roles = {role: [(n, p) for n, p in named(model.trees) if p.role == role] for role in (WEIGHT, STATE, KEY)}
        values = [*roles[WEIGHT], *roles[STATE]]
        self._keys = [(i, p.sort.shape) for i, (_, p) in enumerate(named(model.trees)) if p.role == KEY]
        self.names = Names(tuple([n for n, _ in named(self._kept)]), tuple([n for n, _ in values]))
        self.sorts: list[Sort] = [p.sort for _, p in [*named(self._kept), *values]]
        self.last: Run | None = None
        self.about: dict[Object, dict[str, Any]] = {}  # what a checkpoint says of it, for each T
        self._compiled: dict[Any, Callable[..., Any]] = {}

    def step(self, n: int, labels: Object | None = None) -> Morphism:
        """`S ⊗ W ⊗ Z ⊗ K ⊗ Aⁿ ⊗ Tⁿ → S ⊗ W ⊗ Z ⊗ L`: states, weights, inputs and labels to the next, and the loss."""
        return step(self.model, self.loss, self.optimiser, n, labels, self.cap)

    def compiled(self, n: int, labels: Object) -> Callable[..., tuple[Any, ...]]:
        """`step(n)`, made and compiled once, always giving a tuple."""
        if (n, labels) not in self._compiled:
            run = compile(self.step(n, labels))
            self._compiled[n, labels] = run if self.sorts else lambda *xs: (run(*xs),)
        return self._compiled[n, labels]

    def losses(self, n: int, labels: Object) -> Callable[..., Any]:
        """`Yⁿ ⊗ Tⁿ → Lⁿ`: the loss of every example by itself."""
        if ("loss", n, labels) not in self._compiled:
            self._compiled["loss", n, labels] = compile(self.loss.at(self.model.cod @ labels).map(n))
        return self._compiled["loss", n, labels]

    def keys(self, n: int, steps: int, seed: int) -> list[np.ndarray]:
        """A key for every example, from the seed, the number of the step and the place among the parameters."""
        return [np.random.default_rng([seed, steps, i]).integers(0, 2**62, (n, *shape)) for i, shape in self._keys]

    def start(self, seed: int = 0, labels: Object | None = None) -> Run:
        """A run before its first step: initial parameters and states."""
        rng = np.random.default_rng(seed)
        params = self.model.init(rng)
        values = (*initial(self._kept, rng).values(), *[params[name] for name in self.names.values])
        return Run(self, Moment(values), labels or self.loss.targets(self.model.cod)[0])

    def load(self, path: str | Path) -> Run:
        """The run that a checkpoint holds.

        Raises `StoreError` where there is none, or it is of another model, loss or optimiser, and says what differs.
        """
        run = load(self, path, None, {})
        if run is None:
            raise StoreError(with_line(f"{path}: there is no such file"))
        return run

    def fit(
        self,
        x: Any,
        y: Any = None,
        epochs: int = 10,
        batch: int = 32,
        seed: int = 0,
        validation: tuple[Any, Any] | None = None,
        callbacks: Iterable[Callback] = (),
        progress: bool = True,
        checkpoint: str | Path | None = None,
        every: int | None = None,
        start: Run | None = None,
        shuffle: bool = True,
    ) -> Run:
        """Train, and return where that led. The same seed gives the same bytes.

        - `x`, `y`: arrays with a leading axis of examples, or tuples of them; or x alone, an iterable of batches
          `(x, y)` that begins anew for every epoch, or a function of the epoch's number that gives one;
        - `validation`: inputs and labels that are not trained on;
        - `callbacks`: called with the run after every epoch; one that returns True ends the training;
        - `checkpoint`: a file that has the run after every epoch, and after `every` so many steps. The same call
          again finds it there and goes on from it, or returns it if it is complete;
        - `start`: a run to go on from, such as `learner.last` after an interruption;
        - `shuffle`: whether every epoch has an order of its own; else the examples come as they are given.

        Raises `ArgumentError` for data that do not fit, `TrainingError` where the loss is no number any more, and
        `StoreError` for a checkpoint of something else, or one that cannot be written.
        """
        epochs, seed = whole(epochs, 0, "epochs"), whole(seed, 0, "the seed")
        every = None if every is None else whole(every, 1, "steps between checkpoints")
        first, made = data_of(x, y)
        labels = self.loss.lie_on(self.model.cod, first.labels)
        typed = partial(self.typed, labels=labels)
        source = Arrays(typed(first), batch, seed, shuffle) if made is None else Stream(made, typed)
        held_out = None if validation is None else pair(validation, "validation", typed)
        called = callables(callbacks)
        run = self.start(seed, labels) if start is None else self._like(start)
        if checkpoint is not None:
            run = load(self, checkpoint, labels, {"seed": seed, **source.identity}) or run
        if run.epoch > epochs:
            raise ArgumentError(with_line(f"the run has {run.epoch} epochs already, and {epochs} were asked for"))
        self.last = run = Run(self, run.moment, labels)
        training = Training(run, source, epochs, seed, held_out, called, checkpoint, every)
        if run.epoch < epochs and not run.moment.stopped:
            training.keep()  # what cannot be written is better known before
        return training.go(progress)

    def _like(self, run: Any) -> Run:
        """A run as one to go on from. Raises `ArgumentError` where its values are not those of this learner."""
        if not isinstance(run, Run):
            raise ArgumentError(with_line(f"start= takes a run, not {run!r}", "start=learner.last"))
        there = run.learner
        if (there.names, there.sorts) != (self.names, self.sorts):
            raise ArgumentError(with_line(f"the run to start from is of another model or optimiser: {there!r}"))
        return run

    def typed(self, data: Data, labels: Object) -> Data:
        """The data as arrays on the wires of the model and of the labels. Raises `ArgumentError` where they are not."""
        return data.on(self.model.dom, labels, self.loss.bounds(self.model.cod, labels))

    def pictured(self, n: int = 1, **options: Any) -> tuple[Morphism, dict[str, Any]]:
        """A step on n examples: optimiser, model and loss, there and back again; `depth=None` opens the boxes."""
        f = step(self.model, self.loss, self.optimiser, n, None, self.cap, boxed=True)
        stay = [*self.names.states, *self.names.values]
        keys = [name for name, p in named(self.model.trees) if p.role == KEY]
        data = [str(s) for s in f.dom.wires[len(stay) + len(keys) :]]
        return f, {"inputs": [*stay, *keys, *data], "outputs": [*stay, "loss"], "depth": 0, **options}

    def __repr__(self) -> str:
        return f"<learner {self.model.dom} → {self.model.cod}: {self.loss!r}, {self.optimiser!r}>"


def learn(model: Parametric, loss: Loss, optimiser: Optimiser, cap: Any = -1) -> Learner:
    """The learner that a model, a loss and an optimiser compose to. `cap` says what comes back of a loss: −1, downhill,
    or a program α of it, such as `cd.id(cd.z2())` over ℤ₂.
    """
    return Learner(model, loss, optimiser, cap)
