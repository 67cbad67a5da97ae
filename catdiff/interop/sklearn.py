"""scikit-learn: a model with parameters as an estimator, `CatdiffClassifier` and `CatdiffRegressor`.

They go where estimators go, into pipelines and searches, and pass scikit-learn's own `check_estimator`:

    net = make_pipeline(StandardScaler(), cd.interop.sklearn.CatdiffClassifier(model, epochs=20))
    net.fit(x, y).score(x_test, y_test)

The classes are made when they are first asked for, which is when scikit-learn is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from ..category.families import Family
from ..category.objects import Sort, f64
from ..errors import ArgumentError, with_line
from ..generators.elementwise import tanh
from ..generators.macros import softmax
from ..learning import layers as nn
from ..learning import losses, optimisers
from ..learning.learner import Learner
from ..learning.optimiser import Optimiser
from ..learning.parametric import Parametric

Model = Any  # a Para, a layer that takes its type from its neighbour, a function of two numbers, or None


class _Estimator:
    """What both have.

    - `model`: a `Para`; a layer, which takes its type from the data; a function of the numbers of inputs and outputs;
      or None, for one hidden layer of 32 units;
    - `loss`, `optimiser`: as in `cd.learn`; those usual for the task, and Adam, where None;
    - `epochs`, `batch`, `callbacks`, `progress`: as in `fit`;
    - `random_state`: a number, a `numpy.random.RandomState`, or None.
    """

    def __init__(
        self,
        model: Model = None,
        loss: Any = None,
        optimiser: Optimiser | None = None,
        epochs: int = 50,
        batch: int = 32,
        callbacks: tuple[Callable[..., Any], ...] = (),
        progress: bool = False,
        random_state: Any = None,
    ) -> None:
        self.model, self.loss, self.optimiser = model, loss, optimiser
        self.epochs, self.batch, self.callbacks, self.progress = epochs, batch, callbacks, progress
        self.random_state = random_state

    _usual: Any = None
    n_features_in_: int

    def _trained(self, x: np.ndarray, y: np.ndarray, outputs: int) -> Any:
        """Fit to arrays that were checked; `y` as the loss takes it."""
        from sklearn.utils import check_random_state

        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        self.outputs_ = outputs
        self.model_ = self._typed()
        loss = self._usual if self.loss is None else self.loss
        optimiser = optimisers.adam(0.01) if self.optimiser is None else self.optimiser
        learner = Learner(self.model_, loss, optimiser)
        run = learner.fit(
            self._shaped(x), y, self.epochs, self.batch, seed, callbacks=self.callbacks, progress=self.progress
        )
        self.params_, self.history_ = run.params, run.history
        return self

    def _typed(self) -> Parametric:
        """The model at the numbers of inputs and outputs that the data have."""
        model, inputs, outputs = self.model, self.n_features_in_, self.outputs_
        if model is None:
            made = nn.dense(inputs, 32) >> tanh >> nn.dense(32, outputs)
        elif isinstance(model, Parametric):
            made = model
        elif hasattr(model, "at"):
            made = model.at(f64(inputs))
        else:
            made = model(inputs, outputs)
        given = (made.dom.shape, made.cod.shape) if isinstance(made, Parametric) else None
        if given is None or int(np.prod(given[0])) != inputs or given[1] != (outputs,):
            said = f"the data have {inputs} features and {outputs} outputs, and the model is {made}"
            raise ArgumentError(with_line(said))
        return made

    def _shaped(self, x: np.ndarray) -> np.ndarray:
        """Rows of features as the model takes its examples: an image as an image."""
        sort: Sort = self.model_.dom.sort
        return x.reshape(len(x), *sort.shape).astype(sort.dtype.carrier)

    def _outputs(self, x: Any) -> np.ndarray:
        from sklearn.utils.validation import check_is_fitted, validate_data

        check_is_fitted(self)
        x = validate_data(self, x, reset=False, dtype=np.float64)
        return self.model_(self.params_, self._shaped(x))

    def __getstate__(self) -> Any:
        """The model is made again from what it was made of; of a layer, which stays here, from what that became."""
        state = {k: v for k, v in super().__getstate__().items() if k != "model_"}  # type: ignore[misc]
        return state | {"model": self.model_} if "params_" in state and isinstance(self.model, Family) else state

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)  # type: ignore[misc]
        if "params_" in state:
            self.model_ = self._typed()

    def _repr_html_(self) -> str:
        """The diagram of the model, where its types are known, under what the estimator is called."""
        from html import escape

        model = self.__dict__.get("model_", self.model)
        picture = model.draw() if hasattr(model, "draw") else ""
        return f"<figure><figcaption><code>{escape(repr(self))}</code></figcaption>{picture}</figure>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


class _Classifier(_Estimator):
    """A classifier: a model with a score for every class. See the arguments of `_Estimator`."""

    _usual = losses.softmax_cross_entropy

    def fit(self, X: Any, y: Any) -> Any:
        """Train on rows of features and labels of any type that sorts."""
        from sklearn.utils.multiclass import check_classification_targets
        from sklearn.utils.validation import validate_data

        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        return self._trained(X, codes, len(self.classes_))

    def predict(self, X: Any) -> np.ndarray:
        """The class of the highest score."""
        scores = self._outputs(X)
        return self.classes_[np.argmax(scores, axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """The softmax of the scores, in the order of `classes_`."""
        return softmax(self._outputs(X), axis=1)


class _Regressor(_Estimator):
    """A regressor, of one number or several. See the arguments of `_Estimator`."""

    _usual = losses.mean_squared

    def fit(self, X: Any, y: Any) -> Any:
        """Train on rows of features, and numbers or rows of them."""
        from sklearn.utils.validation import validate_data

        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True, multi_output=True)
        self.one_ = y.ndim == 1
        y = y.reshape(len(y), -1).astype(np.float64)
        return self._trained(X, y, y.shape[1])

    def predict(self, X: Any) -> np.ndarray:
        """What the model gives."""
        y = self._outputs(X)
        return y[:, 0] if self.one_ else y

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.target_tags.multi_output = True
        return tags


@lru_cache(maxsize=1)
def _classes() -> dict[str, type]:
    try:
        from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    except ImportError:
        hint = "pip install 'catdiff[sklearn]'"
        raise ArgumentError(with_line("estimators need scikit-learn, which is not installed", hint)) from None
    parts = {"CatdiffClassifier": (ClassifierMixin, _Classifier), "CatdiffRegressor": (RegressorMixin, _Regressor)}
    return {
        name: type(
            name,
            (mixin, own, BaseEstimator),
            {"__module__": __name__, "__doc__": f"{own.__doc__}\n{_Estimator.__doc__}"},
        )
        for name, (mixin, own) in parts.items()
    }


def __getattr__(name: str) -> Any:
    if name in ("CatdiffClassifier", "CatdiffRegressor"):
        return _classes()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
