"""A run: where a training is, and what the model has become there.

What changes in a run is one immutable `Moment`, replaced as a whole after every step: whatever stops a training, at
whatever instant, leaves a run at the end of some step, from which it can go on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..category.objects import Object
from .batches import Data
from .checkpoint import save
from .history import History
from .parametric import Parametric

if TYPE_CHECKING:
    from .learner import Learner


class Moment(NamedTuple):
    """Everything that a run is after a step.

    - `values`: the optimiser's states, the weights and the states of layers, in the order of the step;
    - `steps`: how many there were, which is what randomness depends on, beside the seed;
    - `batches`, `examples`, `losses`: how many in the epoch under way, and the sum of their losses;
    - `history`: the epochs before; `stopped`: whether a callback ended it.
    """

    values: tuple[Any, ...]
    steps: int = 0
    batches: int = 0
    examples: int = 0
    losses: float = 0.0
    history: History = History()
    stopped: bool = False


class Run:
    """Where a training is: parameters and the optimiser's states by name, and what has happened.

    - `params`: weights, and states of layers, as the model takes them;
    - `history`: for every epoch `loss`, the mean over its examples while it went on, and with validation
      `validation loss` and `score`;
    - `predict`, `score`: what the model gives, and how good that is.
    """

    def __init__(self, learner: Learner, moment: Moment, labels: Object) -> None:
        self.learner, self.moment, self.labels = learner, moment, labels

    @property
    def model(self) -> Parametric:
        """The model that is trained."""
        return self.learner.model

    @property
    def params(self) -> dict[str, np.ndarray]:
        """Weights and states of layers by name, in the model's order."""
        names = self.learner.names
        found = dict(zip(names.values, self.moment.values[len(names.states) :], strict=True))
        return {name: found[name] for name in self.model.parameters if name in found}

    @property
    def states(self) -> dict[str, np.ndarray]:
        """The optimiser's states by name."""
        return dict(zip(self.learner.names.states, self.moment.values, strict=False))

    @property
    def history(self) -> History:
        """What was measured in every epoch."""
        return self.moment.history

    @property
    def epoch(self) -> int:
        """How many epochs have been run."""
        return len(self.history)

    @property
    def steps(self) -> int:
        """How many steps have been made."""
        return self.moment.steps

    @property
    def classes(self) -> bool:
        """Whether labels are classes."""
        return all(s.dtype.kind == "discrete" for s in self.labels.wires)

    def predict(self, *x: Any) -> Any:
        """What the model gives on a batch: classes where labels are classes, else its outputs."""
        return self._read(self.model(self.params, *x))

    def score(self, x: Any, y: Any) -> float:
        """The share of classes that are right; else the share of the variance that is explained, R²."""
        data = Data.of(x, y)
        return self.scored(self.model(self.params, *data.inputs), data.labels[0])

    def scored(self, outputs: Any, want: np.ndarray) -> float:
        """The score of what the model has given."""
        got = self._read(outputs)
        if self.classes:
            return float(np.mean(got == want))
        residual, whole = np.sum((want - got) ** 2), np.sum((want - want.mean(0)) ** 2)
        return 1.0 - float(residual / whole) if whole else float(not residual)

    def _read(self, outputs: Any) -> Any:
        return np.argmax(outputs, axis=-1) if self.classes else outputs

    def save(self, path: str | Path) -> None:
        """Write everything the run is, as `fit(…, checkpoint=path)` does; `learner.load(path)` reads it."""
        save(self, path)

    def __repr__(self) -> str:
        last = ", ".join(f"{k} {v:.3g}" for k, v in self.history[-1].items()) if self.history else "not yet trained"
        return f"<run of {self.epoch} epochs, {self.steps} steps: {last}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": f"{self!r}\n{self.history}", "text/html": self.history._repr_html_()}
