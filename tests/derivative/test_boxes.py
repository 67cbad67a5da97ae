"""Boxes under R: cut in two, run once, differentiated once per question, at any depth."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.category.binder import build
from catdiff.derivative.rules import forward_rule, reverse_rule
from catdiff.interpret.cost import flops

A = cd.f64(3)
wave = (cd.sin(A) >> cd.exp).box("wave")


def nested(depth):
    """sin >> box(sin >> box(…))"""
    f = cd.exp(A)
    for i in range(depth):
        f = (cd.sin(A) >> f >> cd.tanh).box(f"level {i}")
    return f


PROGRAMS = {
    "one box": wave,
    "twice": wave >> wave,
    "nested": nested(5),
    "two outputs": build(A @ A, lambda x, y: (wave(x) * y, x)).box("pair"),
    "one output used": build(A, lambda x: build(A, lambda v: (cd.sin(v), cd.exp(v))).box("both")(x)[0]),
    "captured": build(A @ A, lambda x, y: build(A @ A, lambda u, v: cd.tanh(u * v)).box("f")(x, y) * x),
    "one wire out twice, read once": build(A, lambda x: build(A, lambda v: (w := cd.sin(v), w)).box("f")(x)[0]),
    "passed through": build(A @ A, lambda x, y: build(A @ A, lambda u, v: (v, u * v)).box("f")(x, y)),
    "discrete inside": build(A, lambda x: build(A, lambda v: (v > 0.5, v * v)).box("f")(x)[1]),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_R_commutes_with_opening_boxes(name):
    f = PROGRAMS[name]
    assert cd.R(f).flatten() == cd.R(f.flatten())
    assert cd.vjp(f).flatten() == cd.vjp(f.flatten())


@pytest.mark.parametrize("name", PROGRAMS)
def test_R_of_R_commutes_with_opening_boxes_up_to_the_order_of_sums(name):
    boxed, flat = (cd.R(cd.R(f)) for f in (PROGRAMS[name], PROGRAMS[name].flatten()))
    rng = np.random.default_rng(1)
    xs = [rng.uniform(0.2, 1.5, w.shape) for w in boxed.dom.wires]
    for got, want in zip(boxed(*xs), flat(*xs), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", PROGRAMS)
def test_native_and_derived_forward_modes_agree(name):
    f = PROGRAMS[name]
    rng = np.random.default_rng(0)
    xs = [rng.uniform(0.2, 1.5, w.shape) for w in f.dom.wires]
    ẋs = [rng.normal(size=x.shape) for x in xs]
    derived = cd.D(f)(*xs, *ẋs)
    derived = derived if isinstance(derived, tuple) else (derived,)
    native = cd.jvp(f)(*xs, *ẋs)
    values = f(*xs) if len(f.cod) > 1 else (f(*xs),)
    for got, want in zip(native, (*values, *derived), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("depth", [1, 2, 8, 70, 130])
def test_the_forward_pass_is_run_once(depth):
    """Up to the height where towers of boxes start to recompute, boxes cost nothing; then at most √h times."""
    f = nested(depth)
    boxed, flat = flops(cd.vjp(f)), flops(cd.vjp(f.flatten()))
    assert boxed == flat if depth < 64 else boxed <= flat + depth**0.5 * flops(f)


def test_a_tower_recomputes_from_height_64_on():
    costs = [flops(cd.vjp(f)) - flops(cd.vjp(f.flatten())) for f in (nested(63), nested(64))]
    assert costs[0] == 0 < costs[1]


def test_residuals_do_not_pile_up_in_a_tower():
    widths = [max(len(label.cod) for label in cd.R(nested(depth)).net.labels) for depth in (100, 200, 400)]
    assert widths[2] <= 2.5 * widths[0]


def test_what_costs_nothing_is_no_residual():
    f = build(A @ cd.f64(4, 3), lambda x, y: (cd.broadcast(cd.sin(x), shape=(4, 3)) * y).sum()).box("f")
    (widened,) = [label for label in cd.R(f).net.labels if label.name == "f"]
    assert widened.cod == cd.f64() @ A  # the value and sin(x), not its broadcast


def test_only_what_is_asked_for_is_computed():
    f = build(A @ A, lambda x, y: (cd.sin(x) * cd.exp(y)).sum()).box("f")
    full, part = cd.R(f), cd.R(f, wires=[1])
    assert part.cod == A and flops(part) < flops(full)
    x, y = np.linspace(0, 1, 3), np.linspace(1, 2, 3)
    np.testing.assert_array_equal(part(x, y, 1.0), full(x, y, 1.0)[1])


def test_a_box_is_differentiated_once_and_stored_once():
    f = wave
    for _ in range(50):
        f = f >> wave
    names = [label.name for label in cd.R(f).net.labels]
    assert sorted(names) == ["R[wave]", "wave"]


def test_wires_of_every_derivative():
    f = build(A @ A @ A, lambda x, y, z: (cd.sin(x) * y * cd.exp(z)).sum()).box("f")
    xs = [np.linspace(i, i + 1, 3) for i in range(3)]
    v = np.array([1.0, -2.0, 0.5])
    g = cd.grad(f)(*xs)
    for w in range(3):
        np.testing.assert_allclose(cd.grad(f, [w])(*xs), g[w])
        np.testing.assert_allclose(cd.vjp(f, [w])(*xs, 2.0)[1], 2 * g[w])
        np.testing.assert_allclose(cd.value_and_grad(f, [w])(*xs)[1], g[w])
        np.testing.assert_allclose(cd.D(f, [w])(*xs, v), np.sum(g[w] * v))
        np.testing.assert_allclose(cd.jvp(f, [w])(*xs, v)[1], np.sum(g[w] * v))
        np.testing.assert_allclose(cd.jacobian(f, wires=[w])(*xs), g[w])
        H = cd.hessian(f, wires=[w])(*xs)
        np.testing.assert_allclose(cd.hvp(f, [w])(*xs, v), H @ v)
    np.testing.assert_allclose(cd.grad(f, [2, 0])(*xs), [g[2], g[0]])
    np.testing.assert_allclose(cd.jvp(f, [2, 0])(*xs, v, 0 * v)[1], np.sum(g[2] * v))


def test_errors_name_the_boxes_on_the_way():
    f = (cd.sin(A) >> cd.generator("test no derivative", forward=np.sin)).box("inner").box("outer")
    with pytest.raises(cd.CatdiffError, match="in outer / inner: the generator test no derivative has no reverse"):
        cd.R(f)
    with pytest.raises(cd.CatdiffError, match=r"in outer / inner: .* no forward"):
        cd.jvp(f)
    with pytest.raises(cd.CatdiffError, match=r"wires=\[1\], but the inputs of"):
        cd.grad(wave >> cd.sum, wires=[1])


def test_derivatives_of_boxes_are_named_after_them():
    f = (cd.sin(cd.f64()) >> cd.exp).box("b")
    names = lambda g: [label.attrs["name"] for label in g.net.labels if label.bodies]  # noqa: E731
    assert sorted(names(cd.R(f))) == ["R[b]", "b"]
    assert names(cd.jvp(f)) == ["D[b]"]


def test_derivatives_are_worked_out_once():
    f = cd.sin(cd.f64()) >> cd.exp
    assert cd.R(f).net is cd.R(f).net and cd.vjp(f).net is not cd.R(f).net
    (sin, _) = f.net.labels
    assert reverse_rule(sin) is reverse_rule(sin) and forward_rule(sin) is forward_rule(sin)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_reverse_half_of_a_box_reads_what_it_uses(name):
    for label in cd.R(PROGRAMS[name]).net.labels:
        if label.name.startswith("R["):
            net = label.bodies[0].net
            assert {*net.sources.tolist(), *net.outputs.tolist()} >= {*range(len(net.dom))}
