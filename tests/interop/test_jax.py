"""What only JAX has: forward mode, compilation, a switch for double precision. Skipped where there is no JAX."""

import numpy as np
import pytest

import catdiff as cd

jax = pytest.importorskip("jax", reason="JAX is not installed")
jnp = jax.numpy


V = cd.f64(4)


def test_forward_mode_is_judged_too():
    report = cd.laws.check_rule(*cd.interop.jax.rule(jnp.tanh, V, forward_mode=True))
    assert report.law("adjoint")[0].strength == "tested"


def test_functions_that_look_at_values():
    def branching(x):
        return x * x if x > 0 else -x

    rule = cd.interop.jax.rule(branching, cd.f64(), jit=False)
    assert cd.laws.check_rule(*rule).verdict == "reverse derivative"


def test_what_is_set_elsewhere_stays():
    before = jax.config.jax_enable_x64
    rule = cd.interop.jax.rule(jnp.sin, V)
    assert rule.cod == V and rule.forward(np.ones(4)).dtype == "float64"
    assert jax.config.jax_enable_x64 == before
