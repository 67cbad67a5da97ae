"""PyTorch functions as rules: `cd.laws.check_rule(*cd.interop.torch.rule(f, dom))`.

The vjp is what autograd gives, and so the `backward` of an `autograd.Function` (pass its `apply`). Everything runs
on the CPU in the dtypes of `dom`. Complex gradients are the same in both libraries, those of the pairing
Re Σ conj(u) v. PyTorch is optional: `pip install torch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..category.objects import Object, checked
from ..errors import ArgumentError, with_line
from .rule import Rule, checked_order, flat, object_of, packed


def rule(f: Callable[..., Any], dom: Object, cod: Object | None = None, *, order: int = 1) -> Rule:
    """(forward, vjp, dom, cod) of a PyTorch function, NumPy in and out.

    - `f(*x)`: one tensor per wire of `dom`, giving a tensor or a tuple of them; `apply` of an `autograd.Function`;
    - `cod`: found by calling f once where it is not given;
    - `order=2`: the rule of f's vjp instead, (x, ȳ) ↦ x̄, with the gradient that autograd derives for it.

    Raises `ImportError` where there is no PyTorch.
    """
    torch = _torch()
    checked(dom, "a rule")
    found = _codomain(torch, f, dom) if cod is None else checked(cod, "a rule")
    if checked_order(order) == 2:
        f, dom, found = _second(torch, f, dom, found), dom @ found, dom
    name = getattr(f, "__qualname__", type(f).__name__)

    def forward(*x: Any) -> Any:
        with _one_thread(torch), torch.enable_grad():  # what f does may depend on it
            return packed([y.detach().resolve_conj().numpy().copy() for y in flat(f(*_tensors(torch, x)))])

    def vjp(*args: Any) -> Any:
        x, ȳ = _tensors(torch, args[: len(dom)]), _tensors(torch, args[len(dom) :])
        with _one_thread(torch):
            gradients = pulled(torch, f, x, ȳ, False)
        return packed([None if g is None else g.detach().resolve_conj().numpy().copy() for g in gradients])

    forward.__name__ = vjp.__name__ = name
    return Rule(forward, vjp, dom, found)


def pulled(torch: Any, f: Callable[..., Any], x: Sequence[Any], ȳ: Sequence[Any], again: bool) -> list[Any]:
    """The gradients of ⟨ȳ, f⟩ at x, None where there is none; `again` where they are to be differentiated."""
    live = [t.is_floating_point() or t.is_complex() for t in x]
    with torch.enable_grad():
        inputs = [
            t if not on else t.view_as(t) if again and t.requires_grad else t.detach().requires_grad_()
            for t, on in zip(x, live, strict=True)
        ]
        pairs = [(y, c) for y, c in zip(flat(f(*inputs)), ȳ, strict=True) if y.requires_grad]
        if not pairs:
            return [None] * len(x)
        outputs, cotangents = zip(*pairs, strict=True)
        wanted = [t for t, on in zip(inputs, live, strict=True) if on]
        found = iter(
            torch.autograd.grad(outputs, wanted, cotangents, create_graph=again, allow_unused=True) if wanted else ()
        )
    return [next(found) if on else None for on in live]


@contextmanager
def _one_thread(torch: Any) -> Iterator[None]:
    """Small matrices by one thread: waking a team of them takes a thousand times as long as their Cholesky factor."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        raise ImportError("cd.interop.torch needs PyTorch: pip install torch") from None
    return torch


def _tensors(torch: Any, arrays: Sequence[Any]) -> list[Any]:
    return [torch.from_numpy(np.array(a)) for a in arrays]


def _codomain(torch: Any, f: Callable[..., Any], dom: Object) -> Object:
    """The type of what f gives, by calling it: at numbers in (0, 1), at unit matrices, at ones."""
    wires = dom.wires
    tries: list[list[np.ndarray]] = [
        [
            np.full(s.shape, v, s.dtype.carrier) if s.dtype.kind != "discrete" else np.zeros(s.shape, s.dtype.carrier)
            for s in wires
        ]
        for v in (0.5, 1.5)
    ]
    eyes = [
        (0.5 * a + np.eye(s.shape[-1])).astype(s.dtype.carrier)
        if len(s.shape) > 1 and s.shape[-1] == s.shape[-2]
        else a
        for s, a in zip(wires, tries[0], strict=True)
    ]
    error: Exception | None = None
    for x in (tries[0], eyes, tries[1]):
        try:
            outputs = flat(f(*_tensors(torch, x)))
        except Exception as failed:
            error = failed
            continue
        if any(not isinstance(y, torch.Tensor) for y in outputs):
            raise ArgumentError(with_line(f"f gives a tensor or a tuple of tensors, not {outputs!r}"))
        return object_of((y.detach().resolve_conj().numpy().dtype.name, tuple(y.shape)) for y in outputs)
    said = f"f fails wherever it was tried, so its type cannot be found ({type(error).__name__}: {error})"
    raise ArgumentError(with_line(said, "cod=cd.f64()")) from error


def _second(torch: Any, f: Callable[..., Any], dom: Object, cod: Object) -> Callable[..., Any]:
    """The vjp of f as a function of its own, of differentiable tensors only."""
    if any(s.dtype.kind not in ("real", "complex") for s in (*dom.wires, *cod.wires)):
        raise ArgumentError(with_line("order=2 takes functions of real and complex tensors only"))

    def vjp(*args: Any) -> Any:
        x, ȳ = args[: len(dom)], args[len(dom) :]
        gradients = pulled(torch, f, x, ȳ, True)
        return tuple(torch.zeros_like(t) if g is None else g for g, t in zip(gradients, x, strict=True))

    vjp.__qualname__ = f"vjp of {getattr(f, '__qualname__', 'f')}"
    return vjp
