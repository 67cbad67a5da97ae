"""SciPy: a program of one number as what `scipy.optimize.minimize` takes, and its derivative at a point as an operator.

>>> import catdiff as cd
>>> f = cd.square(cd.f64(3)) >> cd.sum
>>> problem = as_scipy(f)
>>> problem.fun([1.0, 2.0, 3.0]), problem.jac([1.0, 2.0, 3.0]), problem.hessp([1.0, 2.0, 3.0], [1.0, 0.0, 0.0])
(14.0, array([2., 4., 6.]), array([2., 0., 0.]))

Several wires are one vector, one after another: `pack` and `unpack` go there and back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from math import prod
from typing import Any

import numpy as np

from ..category.morphism import Morphism
from ..category.objects import Object
from ..category.structure import id
from ..derivative.forward import D, hvp
from ..derivative.gradients import value_and_grad
from ..derivative.reverse import R
from ..errors import ArgumentError, SignatureError, with_line
from ..generators.constants import const
from ..generators.statistics import mean
from ..interpret.compiled import compile
from ..learning.batches import Data
from ..learning.learner import Learner
from ..learning.optic import Optic
from ..learning.parameters import KEY, STATE, over
from ..learning.run import Run


class Vector:
    """The wires of an object as one vector."""

    def __init__(self, A: Object) -> None:
        if any(s.dtype.kind != "real" for s in A.wires):
            raise SignatureError(with_line(f"SciPy's vectors are of real numbers, and this is {A}"))
        self.object, self.sizes = A, [prod(s.shape) for s in A.wires]

    def pack(self, arrays: Any) -> np.ndarray:
        """One array a wire, as a vector."""
        several = arrays if isinstance(arrays, (tuple, list)) and len(self.sizes) != 1 else [arrays]
        return np.concatenate([np.ravel(a).astype(np.float64) for a in several])

    def unpack(self, x: Any) -> list[np.ndarray]:
        """A vector, as one array a wire."""
        x = np.asarray(x, np.float64)
        if x.shape != (sum(self.sizes),):
            raise ArgumentError(with_line(f"{self.object} is a vector of {sum(self.sizes)} numbers, not {x.shape}"))
        parts = np.split(x, np.cumsum(self.sizes)[:-1])
        return [p.reshape(s.shape).astype(s.dtype.carrier) for p, s in zip(parts, self.object.wires, strict=True)]


class Problem:
    """A program `f : A → 1` for `scipy.optimize.minimize(p.fun, x0, jac=p.jac, hessp=p.hessp)`.

    `fun_and_jac` gives value and gradient together, for `minimize(p.fun_and_jac, x0, jac=True)`. `pack` makes a vector
    of one array a wire of A, `unpack` is the way back.
    """

    def __init__(self, f: Morphism) -> None:
        if not isinstance(f, Morphism) or len(f.cod) != 1 or f.cod.shape:
            raise SignatureError(with_line(f"what is minimised is a program of one number, not {f}"))
        self.program, self._vector = f, Vector(f.dom)
        self.pack, self.unpack = self._vector.pack, self._vector.unpack

    @cached_property
    def _both(self) -> Any:
        return compile(value_and_grad(self.program))

    @cached_property
    def _along(self) -> Any:
        return compile(hvp(self.program))

    def fun_and_jac(self, x: Any) -> tuple[float, np.ndarray]:
        """`f(x)` and `∇f(x)`, the common part computed once."""
        value, *slopes = self._both(*self.unpack(x))
        return float(value), np.concatenate([np.ravel(s).astype(np.float64) for s in slopes])

    def fun(self, x: Any) -> float:
        """`f(x)`."""
        return float(self.program(*self.unpack(x)))

    def jac(self, x: Any) -> np.ndarray:
        """`∇f(x)`."""
        return self.fun_and_jac(x)[1]

    def hessp(self, x: Any, v: Any) -> np.ndarray:
        """`∇²f(x) v`, without the matrix."""
        return self.pack(self._along(*self.unpack(x), *self.unpack(v)))


def as_scipy(f: Morphism) -> Problem:
    """`fun`, `jac` and `hessp` of a program of one number."""
    return Problem(f)


def linear_operator(f: Morphism, *x: Any) -> Any:
    """The derivative of f at a point as a `scipy.sparse.linalg.LinearOperator`: `D[f](x, –)`, with the transpose
    `R[f](x, –)`. Each is one run of a program; there is no matrix.
    """
    linalg: Any = import_module("scipy.sparse.linalg")
    A, B = Vector(f.dom), Vector(f.cod)
    if len(x) != len(f.dom):
        raise ArgumentError(with_line(f"a point of {f.dom} is {len(f.dom)} arrays, not {len(x)}"))
    forward, reverse = compile(D(f)), compile(R(f))
    return linalg.LinearOperator(
        (sum(B.sizes), sum(A.sizes)),
        matvec=lambda v: B.pack(forward(*x, *A.unpack(np.ravel(v)))),
        rmatvec=lambda v: A.pack(reverse(*x, *B.unpack(np.ravel(v)))),
        dtype=np.float64,
    )


def objective(learner: Learner, x: Any, y: Any) -> Morphism:
    """`P → 1`: the loss of all the data together, which are constants of the program."""
    model, data = learner.model, Data.of(x, y)
    labels = learner.loss.lie_on(model.cod, data.labels)
    n, data = len(data), learner.typed(data, labels)
    f = model.resting.over(n)
    roles = {p.role for p in model.parameters.values()}
    if isinstance(f, Optic) or roles & {KEY, STATE}:
        raise SignatureError(with_line("a model with states or randomness, or an optic, is trained by steps: use fit"))
    A, T = over(model.dom, n), over(labels, n)
    weights = Object([p.sort for p in model.parameters.values()])
    scores = id(weights) @ _constants(data.inputs, A) >> f
    return scores @ _constants(data.labels, T) >> learner.loss.at(model.cod @ labels).map(n) >> mean


def fit(learner: Learner, x: Any, y: Any, method: str = "L-BFGS-B", seed: int = 0, **options: Any) -> Run:
    """Train with a method of `scipy.optimize.minimize` on all the data at once, and return the run.

    `options` are the method's, such as `maxiter`. The learner's own optimiser is not used.
    """
    from scipy.optimize import minimize

    problem = as_scipy(objective(learner, x, y))
    data = Data.of(x, y)
    run = learner.start(seed, learner.loss.lie_on(learner.model.cod, data.labels))
    begin = problem.pack(list(run.params.values()) if len(run.params) != 1 else next(iter(run.params.values())))
    second = {"hessp": problem.hessp} if method in ("Newton-CG", "trust-ncg", "trust-krylov", "trust-constr") else {}
    rows: list[dict[str, float]] = []

    def measured(intermediate_result: Any) -> None:
        rows.append({"loss": float(intermediate_result.fun)})

    found = minimize(problem.fun_and_jac, begin, jac=True, method=method, options=options, callback=measured, **second)
    states = run.moment.values[: len(run.states)]
    moment = run.moment._replace(
        values=(*states, *problem.unpack(found.x)), steps=int(found.nit), history=type(run.history)(rows)
    )
    return Run(learner, moment, run.labels)


def _constants(arrays: Sequence[np.ndarray], A: Object) -> Morphism:
    whole = id(A[:0])
    for array, B in zip(arrays, A, strict=True):
        whole = whole @ const(array, B)
    return whole
