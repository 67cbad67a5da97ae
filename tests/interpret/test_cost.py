"""Counts: by hand on small nets, multiplied over boxes, and the cheap-gradient bound."""

import catdiff as cd
from catdiff.category.binder import build
from catdiff.interpret.cost import cost, flops

A = cd.f64(5)


def test_by_hand():
    assert flops(cd.sin(A) >> cd.exp) == 10
    assert flops(cd.einsum("ij,jk->ik", cd.f64(2, 3), cd.f64(3, 4))) == 2 * 2 * 3 * 4
    assert flops(cd.transpose(cd.f64(2, 3))) == 0
    assert flops(cd.sum(cd.f64(2, 3))) == 6


def test_boxes_multiply():
    f = cd.sin(A)
    for depth in range(60):
        f = (f >> f).box(f"b{depth}")
    assert flops(f) == 5 * 2**60


def test_summary_prints():
    text = str((cd.sin(A) >> cd.sin >> cd.exp).summary())
    assert "sin" in text
    assert "total" in text
    assert cost(cd.sin(A)).bytes == 40


def chain(n):
    f = cd.sigmoid(A)
    for _ in range(n - 1):
        f = f >> cd.sigmoid
    return f


def mlp(width):
    dom = [cd.f64(width, width), cd.f64(width, width), cd.f64(16, width)]
    return build(dom[0] @ dom[1] @ dom[2], lambda v, w, x: (cd.tanh(x @ v) @ w).sum())


def test_gradients_are_cheap():
    """FLOPs of f and R[f] together are at most four times those of f, whatever the size."""
    for f in (chain(10), chain(100), mlp(16), mlp(64)):
        assert flops(f) + flops(cd.R(f)) <= 4 * flops(f)
