"""Training: the loop that feeds a step with data, and what goes on around it.

The only loop of learning. A batch goes through the compiled step; after every epoch there are measurements, callbacks
and a checkpoint; and what goes wrong stops it with a run that is whole, and a word on where.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import StoreError, TrainingError, with_line, without_line
from ..progress import Progress
from .batches import Data, Source
from .callbacks import Callback
from .checkpoint import save
from .diagnosis import culprit, finite
from .history import History
from .run import Moment, Run


@dataclass
class Training:
    """One call of `fit`: `run` is trained on `source` until it has so many epochs."""

    run: Run
    source: Source
    epochs: int
    seed: int
    validation: Data | None = None
    callbacks: tuple[Callback, ...] = ()
    path: str | Path | None = None
    every: int | None = None
    _before: tuple[Moment, list[Any], int] | None = field(default=None, repr=False)

    def go(self, progress: bool) -> Run:
        """Train, and return the run. The state is kept whatever happens."""
        batches, left = self._batches(), self._left()
        bar = Progress(batches, "training", total=left) if progress and left != 0 else None
        try:
            with np.errstate(all="ignore"):  # what is no number is found here, and said better
                for data in batches if bar is None else bar:
                    self._advance(data)
                    if bar is not None:
                        bar.note(self._said())
                    if self.every and self.run.steps % self.every == 0:
                        self.keep()
        except TrainingError:
            raise
        except BaseException as stopped:  # Ctrl-C, a full disk, a callback that fails
            self._kept(stopped)
            raise
        return self.run

    def _kept(self, stopped: BaseException) -> None:
        """Keep the run where training was stopped, and note where it is."""
        where = "learner.last"
        if self.path is not None and not isinstance(stopped, StoreError):
            try:
                self.keep()
                where = f"learner.last and in {self.path}"
            except StoreError as error:
                stopped.add_note(f"{error}")
        stopped.add_note(
            f"the run is kept in {where}, after {self.run.steps} steps; fit(…, start=learner.last) goes on"
        )

    def keep(self) -> None:
        """Write the checkpoint, where there is one."""
        if self.path is not None:
            save(self.run, self.path, {"seed": self.seed, **self.source.identity})

    def _batches(self) -> Iterator[Data]:
        """All batches that are left, from where the run is; between epochs, what is done between epochs."""
        while self.run.epoch < self.epochs and not self.run.moment.stopped:
            yield from self.source.epoch(self.run.epoch, self.run.moment.batches)
            self._close()

    def _advance(self, data: Data) -> None:
        """One step on these examples."""
        run, n = self.run, len(data)
        moment, learner = run.moment, run.learner
        args = [*moment.values, *learner.keys(n, moment.steps, self.seed), *data.inputs, *data.labels]
        *values, loss = learner.compiled(n, run.labels)(*args)
        loss = float(np.mean(loss)) if np.ndim(loss) else float(loss)
        if not isfinite(loss):
            raise self._blamed(args, n, moment.steps + 1)
        run.moment = Moment(
            tuple(values),
            moment.steps + 1,
            moment.batches + 1,
            moment.examples + n,
            moment.losses + loss * n,
            moment.history,
        )
        self._before = moment, args, n

    def _close(self) -> None:
        """The end of an epoch."""
        run, moment = self.run, self.run.moment
        if not finite(moment.values):
            assert self._before is not None
            raise self._blamed(*self._before[1:], moment.steps)
        row = {"loss": moment.losses / max(moment.examples, 1), **self._validated()}
        ended = moment._replace(history=History([*moment.history, row]), batches=0, examples=0, losses=0.0)
        shown = Run(run.learner, ended, run.labels)  # an epoch has ended when all callbacks have seen it
        stopped = [bool(callback(shown)) for callback in self.callbacks]
        run.moment = ended._replace(stopped=any(stopped))
        self.keep()

    def _validated(self) -> dict[str, float]:
        if self.validation is None:
            return {}
        run, data = self.run, self.validation
        y = run.model(run.params, *data.inputs)
        losses = run.learner.losses(len(data), run.labels)(*(y if isinstance(y, tuple) else (y,)), *data.labels)
        return {"validation loss": float(np.mean(losses)), "score": run.scored(y, data.labels[0])}

    def _blamed(self, args: list[Any], n: int, step: int) -> TrainingError:
        """What to raise where there are no numbers any more: the box that made the first that is none."""
        learner, labels = self.run.learner, self.run.labels
        found = culprit(learner.step(n, labels), args)
        if found is None and self._before is not None:  # the step before had made the weights what they are
            found = culprit(learner.step(self._before[2], labels), self._before[1])
        said = f"the loss or a weight is no finite number in epoch {self.run.epoch + 1}, at step {step}"
        blame = f"the first box to blame is {without_line(str(found))}" if found else "it was none before"
        kept = f"\n{self.path} has the last run that was good" if self.path is not None else ""
        return TrainingError(with_line(f"{said}; {blame}{kept}"), found.path if found else ())

    def _left(self) -> int | None:
        """How many batches are left, where that is known."""
        if self.source.count is None:
            return None
        return max(0, (self.epochs - self.run.epoch) * self.source.count - self.run.moment.batches)

    def _said(self) -> str:
        moment, epoch = self.run.moment, self.run.epoch
        now = f"epoch {epoch + 1}/{self.epochs}, loss {moment.losses / max(moment.examples, 1):.3g}"
        rest = {k: v for k, v in moment.history[-1].items() if k != "loss"} if epoch else {}
        return ", ".join([now, *[f"{k} {v:.3g}" for k, v in rest.items()]])
