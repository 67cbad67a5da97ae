"""JAX functions as rules: `cd.laws.check_rule(*cd.interop.jax.rule(f, dom))`.

The vjp is JAX's, and so that of a `custom_vjp` where there is one. Everything runs in the dtypes of `dom`, double
precision included, whatever JAX is set to elsewhere. JAX's pairing of complex numbers is bilinear, ours Re Σ conj(u) v:
cotangents are conjugated on their way in and out. JAX is optional: `pip install jax`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from ..category.objects import Object, checked
from ..errors import ArgumentError, with_line
from .rule import Rule, checked_order, flat, object_of, packed


def rule(f: Callable[..., Any], dom: Object, *, order: int = 1, jit: bool = True, forward_mode: bool = False) -> Rule:
    """(forward, vjp, dom, cod, jvp) of a JAX function, NumPy in and out.

    - `f(*x)`: one array per wire of `dom`, giving an array or a tuple of them; with a `custom_vjp` or not;
    - `order=2`: the rule of f's vjp instead, (x, ȳ) ↦ x̄, with the vjp that JAX derives for it: is the second derivative
      right too?
    - `jit`: compile; False for functions that look at values (`if x > 0:`);
    - `forward_mode`: give `jvp` too, which JAX refuses for a `custom_vjp`.

    Raises `ImportError` where there is no JAX.
    """
    jax, double = _jax()
    checked(dom, "a rule")
    with double():
        if checked_order(order) == 2:
            f, dom = _second(jax, f, dom, jit)
        cod = _codomain(jax, f, dom, jit)
        wanted = [s.dtype.kind in ("real", "complex") for s in dom.wires]

        def pull(*args: Any) -> Any:
            x, ȳ = args[: len(dom)], args[len(dom) :]
            outputs, back = jax.vjp(lambda *x: tuple(flat(f(*x))), *x)
            cotangents = tuple(
                jax.numpy.conj(c).astype(y.dtype)
                if jax.numpy.issubdtype(y.dtype, jax.numpy.inexact)
                else np.zeros(y.shape, jax.dtypes.float0)
                for c, y in zip(ȳ, outputs, strict=True)
            )
            found = back(cotangents)
            return tuple(jax.numpy.conj(g) if live else None for g, live in zip(found, wanted, strict=True))

        def push(*args: Any) -> Any:
            x, ẋ = args[: len(dom)], args[len(dom) :]
            tangents = tuple(
                t if live else np.zeros(np.shape(a), jax.dtypes.float0) for a, t, live in zip(x, ẋ, wanted, strict=True)
            )
            return tuple(jax.jvp(lambda *x: tuple(flat(f(*x))), tuple(x), tangents)[1])

        compiled = jax.jit if jit else (lambda g: g)
        run, back, ahead = compiled(lambda *x: tuple(flat(f(*x)))), compiled(pull), compiled(push)

    def numbers(g: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            with double():
                return packed([None if a is None else np.array(a) for a in g(*map(jax.numpy.asarray, args))])

        call.__name__ = getattr(f, "__name__", "f")
        return call

    return Rule(numbers(run), numbers(back), dom, cod, numbers(ahead) if forward_mode else None)


def _jax() -> tuple[Any, Callable[[], Any]]:
    try:
        jax: Any = import_module("jax")
    except ImportError:
        raise ImportError("cd.interop.jax needs JAX: pip install jax") from None
    if hasattr(jax, "enable_x64"):
        return jax, lambda: jax.enable_x64(True)
    return jax, import_module("jax.experimental").enable_x64


def _codomain(jax: Any, f: Callable[..., Any], dom: Object, jit: bool) -> Object:
    """The type of what f gives: traced, or where f looks at values, by calling it at ones."""
    if jit:
        outputs = flat(
            jax.eval_shape(f, *[jax.ShapeDtypeStruct(s.shape, np.dtype(s.dtype.carrier)) for s in dom.wires])
        )
    else:
        outputs = flat(f(*[jax.numpy.ones(s.shape, s.dtype.carrier) for s in dom.wires]))
    if any(not hasattr(y, "dtype") for y in outputs):
        raise ArgumentError(with_line(f"f gives an array or a tuple of arrays, not {outputs!r}"))
    return object_of((y.dtype.name, y.shape) for y in outputs)


def _second(jax: Any, f: Callable[..., Any], dom: Object, jit: bool) -> tuple[Callable[..., Any], Object]:
    """The vjp of f as a function of its own, of differentiable arrays only."""
    cod = _codomain(jax, f, dom, jit)
    if any(s.dtype.kind not in ("real", "complex") for s in (*dom.wires, *cod.wires)):
        raise ArgumentError(with_line("order=2 takes functions of real and complex arrays only"))

    def vjp(*args: Any) -> Any:
        x, ȳ = args[: len(dom)], args[len(dom) :]
        back = jax.vjp(lambda *x: tuple(flat(f(*x))), *x)[1]
        return tuple(jax.numpy.conj(g) for g in back(tuple(jax.numpy.conj(c) for c in ȳ)))

    vjp.__name__ = f"vjp of {getattr(f, '__name__', 'f')}"
    return vjp, dom @ cod
