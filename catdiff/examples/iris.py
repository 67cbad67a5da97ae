"""Fisher's iris by Newton's method: the Hessian of a program is a program, read off as any other.

A linear softmax classifier has a convex loss with one minimum, which gradient descent takes thousands of steps to
meet and Newton's method ten: p ← p − H⁻¹ g, where g = ∇loss and H = ∇²loss are two morphisms made from the third.

    loss : f64[5,3] → 1      ∇loss : f64[5,3] → f64[5,3]      ∇²loss : f64[5,3] → f64[5,3,5,3]

H is forward mode over reverse, `cd.hvp` a column of it, and `R[∇loss]`, reverse over reverse, the same column by
another road, because a Hessian is symmetric:

>>> x, y = iris()
>>> loss = objective(x, y)
>>> rng = np.random.default_rng(0)
>>> p, v = rng.normal(size=(2, 5, 3))
>>> column = np.tensordot(cd.hessian(loss)(p), v, 2)
>>> np.allclose(cd.hvp(loss)(p, v), column), np.allclose(cd.R(cd.grad(loss))(p, v), column)
(True, True)
"""

from __future__ import annotations

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import SPECIES, iris, stratified_split


def with_one(x: np.ndarray) -> np.ndarray:
    """x with a column of ones, so that the last row of the weights is the bias."""
    return np.column_stack([x, np.ones(len(x))])


def objective(x: np.ndarray, y: np.ndarray, ridge: float = 0.01) -> cd.Morphism:
    """`W → 1`: the mean cross-entropy of a linear classifier on x : f64[n,4] and y : int64[n], plus ridge · ‖W‖² / 2.

    The data are constants of the program. Without the ridge the minimum lies at infinity: one species can be told
    from the others without a mistake.
    """
    n, classes = len(x), len(SPECIES)

    @cd.morphism(cd.f64(x.shape[1] + 1, classes))
    def loss(w):
        scores = with_one(x) @ w
        return -(cd.log_softmax(scores) * np.eye(classes)[y]).sum() * (1 / n) + (w * w).sum() * (ridge / 2)

    return loss.box("ridge cross entropy")


def newton(loss: cd.Morphism, p: np.ndarray, tolerance: float = 1e-10, limit: int = 30) -> list[tuple[np.ndarray, ...]]:
    """(p, loss, gradient) at every step, until the gradient is shorter than `tolerance`.

    A step that does not lower the loss is halved until it does (L. Armijo, Pacific J. Math. 16, 1966).
    """
    gradient, hessian = cd.compile(cd.value_and_grad(loss)), cd.compile(cd.hessian(loss))
    path = [(p, *gradient(p))]
    while np.linalg.norm(path[-1][2]) > tolerance and len(path) <= limit:
        p, value, g = path[-1]
        step = np.linalg.solve(hessian(p).reshape(p.size, p.size), g.ravel()).reshape(p.shape)
        slope = np.sum(g * step)
        while (at := gradient(p - step))[0] > value - 1e-4 * slope + 1e-15:
            step, slope = step / 2, slope / 2
        path.append((p - step, *at))
    return path


def main(seed: int = 0) -> None:
    """Fit the classifier with Newton's method, step by step, and report its accuracy on a quarter held out."""
    x, y = iris()
    learn, test = stratified_split(y, seed=seed)
    loss = objective(x[learn], y[learn])
    print(f"loss   : {loss}\n∇loss  : {cd.grad(loss)}\n∇²loss : {cd.hessian(loss)}\n")
    print("step  loss        ‖∇loss‖")
    path = newton(loss, np.zeros(loss.dom.shape))
    for k, (_, value, g) in enumerate(path):
        print(f"{k:>4}  {value:.8f}  {np.linalg.norm(g):.1e}")
    wrong = np.flatnonzero((with_one(x[test]) @ path[-1][0]).argmax(1) != y[test])
    for i in wrong:
        print(f"flower {test[i]} is {SPECIES[y[test[i]]]}, and was not recognised")
    print(f"held-out accuracy: {100 * (1 - len(wrong) / len(test)):.1f} %")


if __name__ == "__main__":
    main()
