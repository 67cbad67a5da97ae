"""JAX functions as rules; skipped where there is no JAX."""

import numpy as np
import pytest

import catdiff as cd

jax = pytest.importorskip("jax", reason="JAX is not installed")
jnp = jax.numpy


def judged(f, dom, **options):
    return cd.laws.check_rule(*cd.interop.jax.rule(f, dom, **options), budget=120.0, raises=False)


def custom(f, backward):
    g = jax.custom_vjp(lambda *x: f(*x))
    g.defvjp(lambda *x: (f(*x), x), lambda x, ȳ: backward(*x, ȳ))
    return g


V, M = cd.f64(4), cd.f64(3, 3)
RIGHT = [
    (jax.nn.softmax, V),
    (jnp.linalg.cholesky, M),
    (lambda a: jnp.exp(jnp.linalg.eigh(a)[0]).sum(), M),
    (lambda z: jnp.exp(z) * jnp.conj(z), cd.c128(2)),
    (jax.nn.relu, V),
    (lambda x, i: x[i], V @ cd.index(3)),
    (lambda x: (jnp.sin(x), x.sum()), cd.f32(4)),
    (custom(jnp.sin, lambda x, ȳ: (jnp.cos(x) * ȳ,)), V),
]
WRONG = [
    (custom(jax.nn.softmax, lambda x, ȳ: (jax.nn.softmax(x) * ȳ,)), V, "sum term"),
    (custom(jnp.cos, lambda x, ȳ: (jnp.sin(x) * ȳ,)), V, "sign"),
    (custom(lambda z: z * z, lambda z, ȳ: (2 * jnp.conj(z) * ȳ,)), cd.c128(2), "conjugate"),
]


@pytest.mark.parametrize(("f", "dom"), RIGHT)
def test_right_ones(f, dom):
    assert judged(f, dom).verdict == "reverse derivative"


@pytest.mark.parametrize(("f", "dom", "said"), WRONG)
def test_wrong_ones(f, dom, said):
    report = judged(f, dom)
    assert report.verdict == "wrong" and said in report.reason


def test_a_lens():
    assert judged(custom(jnp.round, lambda x, ȳ: (ȳ,)), V).verdict == "lens"


def test_a_second_derivative_alone_can_be_wrong():
    cube = custom(lambda x: x**3, lambda x, ȳ: (3 * jax.lax.stop_gradient(x) ** 2 * ȳ,))
    assert judged(cube, V).verdict == "reverse derivative"
    assert judged(cube, V, order=2).verdict == "wrong"
    assert judged(jnp.sin, V, order=2).verdict == "reverse derivative"


def test_forward_mode_is_judged_too():
    report = judged(jnp.tanh, V, forward_mode=True)
    assert report.law("adjoint")[0].strength == "tested"


def test_functions_that_look_at_values():
    def branching(x):
        return x * x if x > 0 else -x

    assert judged(branching, cd.f64(), jit=False).verdict == "reverse derivative"


def test_what_is_set_elsewhere_stays():
    before = jax.config.jax_enable_x64
    rule = cd.interop.jax.rule(jnp.sin, V)
    assert rule.cod == V and rule.forward(np.ones(4)).dtype == "float64"
    assert jax.config.jax_enable_x64 == before
